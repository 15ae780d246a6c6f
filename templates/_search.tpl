{{%AUTOESCAPE context="HTML"}}
<form class="search" method="get" action="{{FORM_ACTION}}" role="search" autocomplete="off">
  {{#KEPT}}
  <input type="hidden" name="{{NAME}}" value="{{VALUE:p}}">
  {{/KEPT}}
  <label class="hidden" for="query">Search</label>
  <input type="search" id="query" name="query" value="{{QUERY:p}}" placeholder="action:updatePipeline -user:ci-bot status:&gt;=400 &quot;free text&quot;" autocapitalize="none" spellcheck="false"{{#MISTAKEN}} aria-invalid="true" aria-describedby="mistake" autofocus{{/MISTAKEN}}>
  <button type="submit">Search</button>
  {{#MISTAKE}}
  <div class="mistake" id="mistake">
    <p>{{ERROR_SENTENCE}}</p>
    <pre>{{BEFORE}}<mark>{{VALUE}}<b> ← here</b></mark>{{AFTER}}</pre>
  </div>
  {{/MISTAKE}}
  <details class="how">
    <summary>How to search</summary>
    <ul>
      {{#EXAMPLE}}
      <li><a href="{{LINK_HREF}}"><code>{{LABEL}}</code></a> {{HINT}}</li>
      {{/EXAMPLE}}
    </ul>
    <p>All conditions must match; values behind commas are alternatives. In quotes anything is text.</p>
  </details>
</form>
