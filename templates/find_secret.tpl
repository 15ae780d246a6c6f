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
    <p class="hint" id="secret-hint">The value alone, as it was sent: what stands after <code>Bearer</code>, or after the
      <code>=</code> of a cookie. It is turned into its mark and forgotten: it gets into no address, no log and no
      table.</p>
  </form>
  {{/FORM}}
</div>
{{#FOUND}}
<section class="sheet found" aria-labelledby="found">
  <h2 id="found">The mark of this secret</h2>
  <p><mark>{{MARK}}</mark></p>
  <p>Calls that hold it: <a href="{{EVENTS_HREF}}">in All Audit</a>, <a href="{{TRIGGERS_HREF}}">in Triggers</a>.
    A list that is empty means that this account was never sent the secret, or not as a secret.</p>
</section>
{{/FOUND}}
