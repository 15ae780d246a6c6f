{{%AUTOESCAPE context="HTML"}}
<div class="title">
  <h1>{{HEADING}}</h1>
  {{#DOWNLOADS}}
  <div class="downloads">
    {{#VIEWS}}
    <a class="quiet views turn" href="{{VIEWS_HREF}}">Saved views</a>
    {{/VIEWS}}
    <a class="quiet" href="{{NDJSON_HREF}}" title="Download as NDJSON: one JSON object a line, for programs"><span class="hidden">Download as </span>NDJSON</a>
    <a class="button fetch" href="{{CSV_HREF}}">Download audit</a>
  </div>
  {{/DOWNLOADS}}
</div>
{{#DONE}}
<p class="pinned" role="status">The view <b><bdi>{{NAME}}</bdi></b> is saved.</p>
{{/DONE}}
{{>SEARCH}}
{{#REFUSED}}
<div class="mistake" role="alert">
  {{#MISTAKE}}
  <p>{{ERROR_SENTENCE}}</p>
  {{/MISTAKE}}
  <p>Nothing was looked for. <a href="{{LINK_HREF}}">Show the log without what is wrong</a></p>
</div>
{{/REFUSED}}
<form class="filter" method="get" action="{{FORM_ACTION}}" autocomplete="off" aria-label="Filter">
  {{#KEPT}}
  <input type="hidden" name="{{NAME}}" value="{{VALUE:p}}">
  {{/KEPT}}
  <ul class="chips">
    {{#VIEW_SHOWN}}
    <li class="chip own view"><span class="word"><span class="label">View:</span> <b><bdi>{{NAME}}</bdi></b>, {{#SHARED}}shared {{/SHARED}}default</span>
      <a class="clear" href="{{LINK_HREF}}">Show everything</a>
    </li>
    {{/VIEW_SHOWN}}
    {{#CHIP}}
    <li class="chip">
      <details class="menu" name="menu"{{#OPENED}} open{{/OPENED}}>
        <summary class="turn"><span class="label">{{LABEL}}:</span> <bdi>{{SUMMARY}}</bdi></summary>
        <div class="panel">
          {{>PANEL}}
        </div>
      </details>
      {{#CLEAR}}
      <a class="clear" href="{{CLEAR_HREF}}" title="Remove this filter"><span class="hidden">Remove the filter {{LABEL}}</span></a>
      {{/CLEAR}}
    </li>
    {{/CHIP}}
    <li class="chip add">
      <details class="menu" name="menu"{{#OFFERS_OPENED}} open{{/OFFERS_OPENED}}>
        <summary>Add filter</summary>
        <div class="panel offers">
          {{#OFFER}}
          <details class="offer" name="offer"{{#OPENED}} open{{/OPENED}}>
            <summary class="turn">{{LABEL}}</summary>
            {{>PANEL}}
          </details>
          {{/OFFER}}
        </div>
      </details>
    </li>
    {{#CLEAR_ALL}}
    <li><a class="quiet" href="{{LINK_HREF}}">Clear all</a></li>
    {{/CLEAR_ALL}}
    {{#OWN}}
    <li class="chip own"><span class="word"><span class="label">Calls to Daybook:</span> {{#OWN_SHOWN}}<b>shown</b>{{/OWN_SHOWN}}{{#OWN_HIDDEN}}<b>left out</b>{{/OWN_HIDDEN}}</span>
      <a class="clear" href="{{LINK_HREF}}">{{#OWN_SHOWN}}Leave out{{/OWN_SHOWN}}{{#OWN_HIDDEN}}Show{{/OWN_HIDDEN}}<span class="hidden"> calls to Daybook</span></a>
    </li>
    {{/OWN}}
  </ul>
  {{>HISTOGRAM}}
  <div class="line">
    {{#COUNT}}
    <p class="count"><b>{{COUNT_FIRST}} - {{COUNT_LAST}}</b> of {{#AT_LEAST}}at least {{/AT_LEAST}}<b>{{COUNT_TOTAL}}</b></p>
    {{/COUNT}}
    {{#TEXT_ASIDE}}
    <p>No chart while texts are searched. {{#OTHER_TAB}}<a href="{{LINK_HREF}}">Search {{LABEL}} too</a>{{/OTHER_TAB}}</p>
    {{/TEXT_ASIDE}}
    {{#PLAN}}
    <p class="plan">Your plan <bdi>{{NAME}}</bdi> keeps {{NUMBER}} days: back to <time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time></p>
    {{/PLAN}}
    <div class="news" role="status">
      {{#PINNED}}
      <p class="pinned"><a href="{{LINK_HREF}}">{{NUMBER}} newer</a></p>
      {{/PINNED}}
    </div>
    {{#PINNED_SEARCH}}
    <p class="pinned">This list does not begin at the newest call. <a href="{{LINK_HREF}}">Begin there</a></p>
    {{/PINNED_SEARCH}}
    <nav class="size" aria-label="Rows of a page">Show
      <ul>
        {{#SIZE}}
        <li><a href="{{LINK_HREF}}"{{#SELECTED}} aria-current="true"{{/SELECTED}}>{{NUMBER}}</a></li>
        {{/SIZE}}
      </ul>
    </nav>
  </div>
</form>
{{#NAMED}}
<p class="rest named">{{#TEXTS}}The texts of calls were searched. As a name:{{/TEXTS}}{{#NEAR}}Did you mean one of these?{{/NEAR}} {{#WAY}}<a href="{{LINK_HREF}}">{{LABEL}}{{#NAMES}} <bdi>{{SUMMARY}}</bdi>{{/NAMES}}: {{NUMBER}}</a> {{/WAY}}</p>
{{/NAMED}}
{{#NOT_FOUND_YET}}
<section class="note">
  <h2>Nothing found yet</h2>
  <p>The search stopped when its time was up, before it came to the end of the log.</p>
</section>
{{/NOT_FOUND_YET}}
{{#UNREACHED}}
<section class="note">
  <h2>Page {{NUMBER}} was not reached</h2>
  <p>The search stopped when its time was up. Until then it had found {{COUNT_TOTAL}}.</p>
</section>
{{/UNREACHED}}
{{#REST}}
<p class="rest">Searched {{#REST_BACK_TO}}back{{/REST_BACK_TO}}{{#REST_UP_TO}}up{{/REST_UP_TO}} to <time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time>. <a href="{{LINK_HREF}}">Continue the search</a></p>
{{/REST}}
{{#EMPTY}}
<section class="note"{{#LIVE}} data-live="{{LINK_HREF}}"{{/LIVE}}>
  <h2>Nothing is recorded here yet</h2>
  {{#ADMIN}}
  <p>Every call that is recorded appears on this page within a minute<span class="plain">, when it is loaded again</span>. To send the first one,
    <a href="{{TOKENS_HREF}}">make a token</a> that may record events, and send a call with it.
    <span class="plain">ADDRESS is what stands before <code>{{FORM_ACTION}}</code> in the address of this page.</span></p>
  {{/ADMIN}}
  {{#AUDITOR}}
  <p>Every call that is recorded appears on this page within a minute<span class="plain">, when it is loaded again</span>. To send the first one, have an admin of
    this account, or the administrator of this installation, make a token:</p>
  <pre>daybook token add {{ACCOUNT}} record</pre>
  <p>and send a call with it. <span class="plain">ADDRESS is what stands before <code>{{FORM_ACTION}}</code> in the
    address of this page.</span></p>
  {{/AUDITOR}}
  <pre>
curl -H 'Authorization: Bearer TOKEN' \
&#32; -d '{"kind": "{{KIND}}", "action": "hello", "status": 200}' \
&#32; <span class="origin">ADDRESS</span>/api/v1/events</pre>
  {{#WEBHOOK}}
  <p>Webhooks of others come by themselves once they have an address here. Whoever runs this Daybook makes one:</p>
  <pre>daybook hook add {{ACCOUNT}} NAME</pre>
  {{/WEBHOOK}}
</section>
{{/EMPTY}}
{{#EMPTY_ALL}}
<section class="note"{{#LIVE}} data-live="{{LINK_HREF}}"{{/LIVE}}>
  <h2>Nothing is recorded here yet</h2>
  <p>No account has such a call.</p>
</section>
{{/EMPTY_ALL}}
{{#EMPTY_PINNED}}
<section class="note">
  <h2>Nothing is left here</h2>
  <p>This address goes back to a time of which nothing is kept any more. <a href="{{LINK_HREF}}">Begin at the newest call</a></p>
</section>
{{/EMPTY_PINNED}}
{{#EMPTY_REVERSED}}
<section class="note">
  <h2>Nothing matches</h2>
  <p>{{ERROR_SENTENCE}} <a href="{{LINK_HREF}}">Swap the two</a></p>
</section>
{{/EMPTY_REVERSED}}
{{#EMPTY_FILTERED}}
<section class="note"{{#LIVE}} data-live="{{LINK_HREF}}"{{/LIVE}}>
  <h2>Nothing matches</h2>
  <p>No call in this tab fits all of these filters{{#TIMES}}; times are in {{ZONE}}{{/TIMES}}.
    {{#TEXTS}}A text is looked for in what was sent and answered, not in the columns: actions and users are whole values, under Add filter.{{/TEXTS}}
    {{#WHOLE}}{{LABEL}}: all of it is compared, or with * at the end its beginning.{{/WHOLE}}
    {{#OTHER_TAB}}<a href="{{LINK_HREF}}">Look in {{LABEL}}</a> ·{{/OTHER_TAB}}
    {{#CLEAR_ALL}}<a href="{{LINK_HREF}}">Clear all filters</a>{{/CLEAR_ALL}}</p>
</section>
{{/EMPTY_FILTERED}}
{{#TABLE}}
<table class="events"{{#LIVE}} data-live="{{LINK_HREF}}"{{/LIVE}}>
  <caption class="hidden">{{HEADING}}: recorded calls, times in {{ZONE}}</caption>
  <thead>
    <tr>
      {{#ALL_ACCOUNTS}}
      <th class="of" scope="col">Account</th>
      {{/ALL_ACCOUNTS}}
      <th class="id" scope="col">Entity ID</th>
      <th class="name" scope="col">Entity name</th>
      <th class="entity" scope="col">Entity</th>
      <th class="action" scope="col">Action</th>
      <th class="code" scope="col">Status</th>
      <th class="user" scope="col">User</th>
      <th class="time" scope="col" aria-sort="{{#SORT_ASCENDING}}ascending{{/SORT_ASCENDING}}{{#SORT_DESCENDING}}descending{{/SORT_DESCENDING}}"><a href="{{SORT_HREF}}" title="Times in {{ZONE}}. {{#SORT_ASCENDING}}Oldest first: turn round{{/SORT_ASCENDING}}{{#SORT_DESCENDING}}Newest first: turn round{{/SORT_DESCENDING}}">Last request <span class="zone">({{ZONE}})</span></a></th>
      <th class="open" scope="col"><span class="hidden">Details</span></th>
    </tr>
  </thead>
  <tbody>
    {{#ROW}}
    <tr>
      {{#OF_ACCOUNT}}
      <td class="of" title="{{ACCOUNT:p}}"><a href="{{LINK_HREF}}">{{ACCOUNT}}</a></td>
      {{/OF_ACCOUNT}}
      <td class="id" title="{{ENTITY_ID:p}}">{{#ENTITY_ID_LINK}}<a href="{{ENTITY_ID_HREF}}">{{VALUE}}{{#HALVES}}<span>{{HEAD}}</span><span>{{TAIL}}</span>{{/HALVES}}</a>{{/ENTITY_ID_LINK}}{{#ENTITY_ID_NONE}}{{ENTITY_ID}}{{/ENTITY_ID_NONE}}</td>
      <td class="name" title="{{ENTITY_NAME:p}}">{{#ENTITY_NAME_LINK}}<a href="{{ENTITY_NAME_HREF}}">{{VALUE}}{{#HALVES}}<span>{{HEAD}}</span><span>{{TAIL}}</span>{{/HALVES}}</a>{{/ENTITY_NAME_LINK}}{{#ENTITY_NAME_NONE}}---{{/ENTITY_NAME_NONE}}</td>
      <td class="entity" title="{{ENTITY_TYPE:p}}"><a href="{{ENTITY_TYPE_HREF}}">{{ENTITY_TYPE}}</a></td>
      <td class="action" title="{{ACTION:p}}"><a href="{{ACTION_HREF}}">{{ACTION}}</a>{{#OF_PROVIDER}} <a class="provider" href="{{PROVIDER_HREF}}" title="{{PROVIDER:p}}">{{PROVIDER}}</a>{{/OF_PROVIDER}}{{#NOTES}} <span class="notes">{{#ATTEMPT}}<span class="state again">{{LABEL}}</span>{{/ATTEMPT}} {{#SIGNATURE_INVALID}}<span class="state failed">signature invalid</span>{{/SIGNATURE_INVALID}}</span>{{/NOTES}}</td>
      <td class="code"><a href="{{STATUS_HREF}}">{{#STATUS_OK}}<span class="status ok">{{STATUS}}<span class="hidden"> ok</span></span>{{/STATUS_OK}}{{#STATUS_FAILED}}<span class="status failed">{{STATUS}}<span class="hidden"> failed</span></span>{{/STATUS_FAILED}}{{#STATUS_NONE}}<span class="status none">---</span>{{/STATUS_NONE}}</a></td>
      <td class="user" title="{{USER:p}}"><a href="{{USER_HREF}}">{{USER_NAME}}{{#USER_HALVES}}<span>{{HEAD}}</span><span>{{TAIL}}</span>{{/USER_HALVES}}</a></td>
      <td class="time"><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time> <small>{{AGE}}</small></td>
      <td class="open"><a href="{{DETAILS_HREF}}" title="Details"><span class="hidden">Details of {{ACTION}}, {{TIME}}</span></a></td>
    </tr>
    {{/ROW}}
  </tbody>
</table>
{{/TABLE}}
{{#PAGER}}
<nav class="pager" aria-label="Pages">
  <ul>
    <li>{{#PREVIOUS_LINK}}<a href="{{LINK_HREF}}" rel="prev">Prev</a>{{/PREVIOUS_LINK}}{{#PREVIOUS_NONE}}<span class="off">Prev</span>{{/PREVIOUS_NONE}}</li>
    {{#PAGER_ITEM}}
    <li>{{#PAGER_LINK}}<a href="{{LINK_HREF}}"><span class="hidden">Page </span>{{NUMBER}}</a>{{/PAGER_LINK}}{{#PAGER_CURRENT}}<a aria-current="page"><span class="hidden">Page </span>{{NUMBER}}</a>{{/PAGER_CURRENT}}{{#PAGER_GAP}}<span class="off">…</span>{{/PAGER_GAP}}</li>
    {{/PAGER_ITEM}}
    <li>{{#NEXT_LINK}}<a href="{{LINK_HREF}}" rel="next">Next</a>{{/NEXT_LINK}}{{#NEXT_NONE}}<span class="off">Next</span>{{/NEXT_NONE}}</li>
  </ul>
  {{#JUMP}}
  <form class="jump" method="get" action="{{FORM_ACTION}}">
    {{#KEPT}}
    <input type="hidden" name="{{NAME}}" value="{{VALUE:p}}">
    {{/KEPT}}
    <label>Page <input type="number" name="page" min="1" max="{{NUMBER}}" required></label>
    <button class="small" type="submit">Go</button>
  </form>
  {{/JUMP}}
</nav>
{{/PAGER}}
{{#PROOF}}
<p class="proof"><a href="{{CSV_HREF}}">Download with its own proof</a>: rows and SHA-256 as the last line</p>
{{/PROOF}}
