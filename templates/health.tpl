{{%AUTOESCAPE context="HTML"}}
<div class="title">
  <h1>Health</h1>
</div>
<dl class="figures">
  {{#FIGURE}}
  <div><dt>{{LABEL}}</dt><dd>{{VALUE_TEXT}}{{#WHEN}}{{AGE}} <time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}} UTC</time>{{/WHEN}}</dd></div>
  {{/FIGURE}}
</dl>
{{#SOURCE}}
<section class="source">
  <div class="source-title">
    <h2><span class="hidden">Source </span><bdi>{{NAME}}</bdi></h2>
    {{#STATE_RUNNING}}<p class="state ok"><span>{{STATE}}</span></p>{{/STATE_RUNNING}}{{#STATE_STOPPED}}<p class="state stopped"><span>{{STATE}}</span></p>{{/STATE_STOPPED}}{{#STATE_UNSEEN}}<p class="state failed"><span>{{STATE}}</span></p>{{/STATE_UNSEEN}}{{#STATE_SILENT}}<p class="state silent"><span>{{STATE}}</span></p>{{/STATE_SILENT}}
  </div>
  {{#STATE_UNSEEN}}
  <p class="hint">Nobody reads its file: <code>daybook follow</code> does not run, or does not reach the database.</p>
  {{/STATE_UNSEEN}}
  <h3>Calls of this account</h3>
  <dl class="figures">
    {{#FIGURE}}
    <div><dt>{{LABEL}}</dt><dd>{{VALUE_TEXT}}{{#WHEN}}{{AGE}} <time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}} UTC</time>{{/WHEN}}</dd></div>
    {{/FIGURE}}
  </dl>
  {{#WHOLE}}
  <h3>All calls in <code>{{FILE}}</code></h3>
  <dl class="figures">
    {{#FIGURE}}
    <div><dt>{{LABEL}}</dt><dd{{#WARNING}} class="bad"{{/WARNING}}>{{VALUE_TEXT}}{{#WHEN}}{{AGE}} <time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}} UTC</time>{{/WHEN}}</dd></div>
    {{/FIGURE}}
  </dl>
  {{#TROUBLES}}
  <ul class="troubles">
    {{#TROUBLE}}
    <li><b>{{LABEL}}: {{NUMBER}}</b> <span>Last: {{AGE}}, <time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}} UTC</time>, in <code>{{FILE}}</code> at byte {{AT_BYTE}}{{#ACKNOWLEDGED}} (acknowledged){{/ACKNOWLEDGED}}</span> <span>{{REMEDY}}</span></li>
    {{/TROUBLE}}
  </ul>
  {{#NEW}}
  <p class="hint">Once somebody has looked at them, run <code>daybook status --acknowledge</code> with the name of the source.</p>
  {{/NEW}}
  {{/TROUBLES}}
  {{/WHOLE}}
</section>
{{/SOURCE}}
{{#HOOKS}}
<section class="source">
  <div class="source-title">
    <h2>Webhooks</h2>
  </div>
  {{#HOOK}}
  <h3><bdi>{{NAME}}</bdi></h3>
  <dl class="figures">
    {{#FIGURE}}
    <div><dt>{{LABEL}}</dt><dd{{#WARNING}} class="bad"{{/WARNING}}>{{VALUE_TEXT}}{{#WHEN}}{{AGE}} <time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}} UTC</time>{{/WHEN}}</dd></div>
    {{/FIGURE}}
  </dl>
  {{/HOOK}}
  {{#REFUSED}}
  <h3>Why the last ones were refused</h3>
  <table class="roster">
    <caption class="hidden">The last webhooks that were refused, the newest first; times in UTC</caption>
    <thead>
      <tr><th scope="col">Time (UTC)</th><th scope="col">Hook</th><th scope="col">Reason</th></tr>
    </thead>
    <tbody>
      {{#ROW}}
      <tr>
        <td data-head="Time"><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time></td>
        <td data-head="Hook"><bdi>{{NAME}}</bdi></td>
        <td class="wide" data-head="Reason"><span>{{WHY}}</span></td>
      </tr>
      {{/ROW}}
    </tbody>
  </table>
  <p class="hint">Without a signature: the sender was given no secret. One that does not fit: it was given another one than the hook. Signed too long
    ago: an old webhook was sent again, or a clock is wrong. From which address each came, and of which delivery it was:
    <code>daybook hook refused {{SLUG}}</code> and the name of the hook.</p>
  {{/REFUSED}}
</section>
{{/HOOKS}}
{{#EMPTY}}
<section class="note">
  <h2>No calls are captured for this account</h2>
  <p>The nginx in front of an API can write a line for each call, and <code>daybook follow</code> makes events
    of them: no code in the API is needed. How it is set up is in the README and in the manual:</p>
  <pre>man daybook-capture</pre>
  <p>Calls that a program sends by itself, with a token, need none of this; the newest one is named above.</p>
</section>
{{/EMPTY}}
