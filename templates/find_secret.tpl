{{%AUTOESCAPE context="HTML"}}
<div class="title">
  <h1>Find a secret</h1>
</div>
<div class="sheet">
  <p>Daybook keeps no secrets: where a password, token or key was sent, a mark such as
    <mark>redacted:0123456789abcdef</mark> stands in its place. The same secret has the same mark throughout this
    account, so the calls that used it can be found from the secret itself.</p>
  {{#KEYLESS}}
  <p class="remark">This installation has no key to tell secrets apart: in its log the word <mark>redacted</mark> stands for
    each of them, and none can be found again.</p>
  {{/KEYLESS}}
  {{#FORM}}
  <form class="secret" method="post" action="{{FORM_ACTION}}" autocomplete="off">
    <label class="field" for="secret">Secret</label>
    <input id="secret" type="password" name="secret" maxlength="8192" required autocomplete="new-password" spellcheck="false" aria-describedby="secret-hint">
    <button type="submit">Find</button>
    <p class="hint" id="secret-hint">As it was sent, or the whole header: <code>Name: value</code>. It is looked for
      without the blanks around it too, and so is what stands behind <code>Bearer</code>, a name or the <code>=</code> of a cookie. It is
      turned into its mark and forgotten: it gets into no address, no log and no table.</p>
  </form>
  {{/FORM}}
</div>
{{#TOKEN}}
<section class="sheet" aria-labelledby="token">
  <h2 id="token">A token of Daybook</h2>
  {{#FOREIGN}}<p>It looks like one, but is not a token of this account.</p>{{/FOREIGN}}
  {{#OWNED}}
  <p>It is <a href="{{LINK_HREF}}">token {{NUMBER}}</a> of {{ACCOUNT}}{{#NAME}}, made for <bdi>{{LABEL}}</bdi>{{/NAME}}:
    {{#GOOD}}<span class="state ok">good</span> Revoke it if others may know it.{{/GOOD}}{{#EXPIRED}}<span class="state failed">expired</span> It is refused.{{/EXPIRED}}{{#REVOKED}}<span class="state failed">revoked</span> It is refused.{{/REVOKED}}</p>
  {{#READS}}<p>It may read the log: {{#LINK}}<a href="{{LINK_HREF}}">{{/LINK}}{{#AT_LEAST}}at least {{/AT_LEAST}}{{COUNT}} call{{#SEVERAL}}s{{/SEVERAL}} to Daybook{{#LINK}}</a>{{/LINK}}
    made with it, as far as those are recorded and kept.</p>{{/READS}}
  {{#RECORDS}}<p>It may record events and read nothing. What it recorded is not told apart from what other tokens did; last use
    noted: {{#USED}}<time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{AGE}}</time>{{/USED}}{{#USED_NONE}}none{{/USED_NONE}}.</p>{{/RECORDS}}
  {{/OWNED}}
</section>
{{/TOKEN}}
{{#FOUND}}
<section class="sheet found" aria-labelledby="found">
  <h2 id="found">The mark{{#MARKS}}s{{/MARKS}} of this secret</h2>
  {{#TRIMMED}}<p>There were blanks or line ends around what was pasted: it was looked for without and with them.</p>{{/TRIMMED}}
  <ul class="guesses">
    {{#ROW}}<li><mark>{{MARK}}</mark>
      <span class="hint">{{#OF_ALL}}of all that was pasted{{/OF_ALL}}{{#OF_PASTED}}of all that was pasted, with the blanks{{/OF_PASTED}}{{#OF_VALUE}}of what stands behind the name{{/OF_VALUE}}{{#OF_INSIDE}}of the secret in it, as it is taken out of a header{{/OF_INSIDE}}</span>
      <span>{{#EVENTS}}{{#LINK}}<a href="{{LINK_HREF}}">{{/LINK}}{{#AT_LEAST}}at least {{/AT_LEAST}}{{COUNT}} call{{#SEVERAL}}s{{/SEVERAL}}{{#LINK}}</a>{{/LINK}} in All Audit{{/EVENTS}},
      {{#TRIGGERS}}{{#LINK}}<a href="{{LINK_HREF}}">{{/LINK}}{{#AT_LEAST}}at least {{/AT_LEAST}}{{COUNT}} webhook{{#SEVERAL}}s{{/SEVERAL}}{{#LINK}}</a>{{/LINK}} in Triggers{{/TRIGGERS}}</span></li>
    {{/ROW}}
  </ul>
  {{#EMPTY}}<p>No call and no webhook that is kept holds it: this account was never sent the secret, or not where it was known to be
    one.</p>{{/EMPTY}}
  {{#REST}}<p>The time for counting was up: the lists look further.</p>{{/REST}}
  {{#MORE}}<p>There are more secrets in it than were looked for: ask for each alone.</p>{{/MORE}}
</section>
{{/FOUND}}
