{{%AUTOESCAPE context="HTML"}}
{{#MADE}}
<div class="title">
  <h1>Token {{NUMBER}} is made</h1>
</div>
<section class="sheet" aria-labelledby="secret">
  <h2 id="secret">Its secret</h2>
  <div class="shown-once">
    <button class="copy small" type="button">Copy</button>
    <pre>{{VALUE}}</pre>
  </div>
  <p><b>Copy it now: it is shown this once.</b> Daybook keeps only its SHA-256, so whoever loses it needs another
    token.</p>
  <dl class="facts">
    {{#NAME}}<div><dt>For</dt><dd><bdi>{{LABEL}}</bdi></dd></div>{{/NAME}}
    <div><dt>May</dt><dd>{{SCOPE}} events of {{ACCOUNT}}, and nothing else</dd></div>
    <div><dt>Expires</dt><dd>{{EXPIRES}}</dd></div>
  </dl>
  <p>A program sends it as <code>Authorization: Bearer {{PREFIX}}…</code></p>
  <p><a class="quiet" href="{{BACK_HREF}}">Back to the tokens</a></p>
</section>
{{/MADE}}
{{#LIST}}
<div class="title">
  <h1>Tokens</h1>
</div>
{{#DONE}}
<p class="done" role="status">Token {{NUMBER}} is revoked: what uses it is refused from now on.</p>
{{/DONE}}
<form class="sheet new" method="post" action="{{FORM_ACTION}}" autocomplete="off">
  <h2>A new token</h2>
  <input type="hidden" name="form" value="{{FORM}}">
  <div class="inputs">
    <div class="field">
      <label for="scope">It may</label>
      <select id="scope" name="scope">
        <option value="record">record events</option>
        <option value="read">read the log</option>
      </select>
    </div>
    <div class="field wide">
      <label for="label">What it is for</label>
      <input id="label" type="text" name="label" maxlength="255" placeholder="the name of a program, say">
    </div>
    <div class="field">
      <label for="days">Days until it expires</label>
      <input id="days" type="number" name="days" min="1" max="{{DAYS_MAX}}" value="90" aria-describedby="days-hint">
    </div>
    <button type="submit">Make it</button>
  </div>
  <p class="hint" id="days-hint">Without a number of days it never expires. Its secret is shown once, on the next page.</p>
</form>
{{#TABLE}}
<table class="roster tokens">
  <caption class="hidden">Tokens of {{ACCOUNT}}, the newest first; times in UTC</caption>
  <thead>
    <tr><th scope="col">Token</th><th scope="col">For</th><th scope="col">May</th><th scope="col">Made</th><th scope="col">Expires</th><th scope="col">Last used</th><th scope="col">State</th><th scope="col"><span class="hidden">Change</span></th></tr>
  </thead>
  <tbody>
    {{#ROW}}
    <tr id="t{{NUMBER}}">
      <td data-head="Token"><span><b>{{NUMBER}}</b> <code>{{PREFIX}}…</code></span></td>
      <td class="wide" data-head="For"><bdi>{{LABEL}}</bdi></td>
      <td data-head="May">{{SCOPE}}</td>
      <td data-head="Made"><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time></td>
      <td data-head="Expires">{{#EXPIRES}}<time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time>{{/EXPIRES}}{{#NEVER}}never{{/NEVER}}</td>
      <td data-head="Last used"><span>{{#USED}}{{#READS}}<a href="{{LINK_HREF}}" title="What it has read">{{/READS}}<time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{AGE}}</time>{{#READS}}</a>{{/READS}}{{/USED}}{{#USED_NONE}}no use noted{{/USED_NONE}}{{#REFUSED}}
        <span class="refused"><b>refused</b> <time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{AGE}}</time></span>{{/REFUSED}}</span></td>
      <td data-head="State"><span>{{#GOOD}}<span class="state ok">good</span>{{/GOOD}}{{#EXPIRED}}<span class="state stopped">expired</span>{{/EXPIRED}}{{#REVOKED}}<span class="state failed">revoked</span>
        <time class="since" datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{AGE}}</time>{{/REVOKED}}</span></td>
      <td class="act">{{#REVOKE}}<details class="sure"><summary class="button small">Revoke<span class="hidden"> token {{NUMBER}}</span></summary>
        <form method="post" action="{{FORM_ACTION}}"><p>Whatever uses it is refused from now on, for good.</p>
        <button class="danger" type="submit" name="revoke" value="{{NUMBER}}">Revoke token {{NUMBER}}</button></form></details>{{/REVOKE}}</td>
    </tr>
    {{/ROW}}
  </tbody>
</table>
{{/TABLE}}
{{#EMPTY}}
<section class="note">
  <h2>There are no tokens{{#MORE}} before this number{{/MORE}}{{#NEVER}} yet{{/NEVER}}</h2>
  <p>A program needs one to record events, or to read the log.</p>
</section>
{{/EMPTY}}
<p class="below">{{#FIRST}}<a href="{{LINK_HREF}}">The newest tokens</a> {{/FIRST}}{{#NEXT_LINK}}<a href="{{LINK_HREF}}">Older tokens</a>{{/NEXT_LINK}}</p>
<p class="hint">The last use of a token that records is noted every five minutes at most; that of one that reads comes from Daybook's
  record of calls to itself, where that is kept. When a token that is revoked or expired was last
  refused is noted likewise. Times are in UTC.</p>
{{/LIST}}
