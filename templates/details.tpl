{{%AUTOESCAPE context="HTML"}}
<p class="back"><a href="{{BACK_HREF}}">Back to the list</a></p>
<div class="title">
  <h1>{{HEADING}}</h1>
  {{#HEAD}}{{#STATUS_OK}}<span class="status ok">{{STATUS}}<span class="hidden"> ok</span></span>{{/STATUS_OK}}{{#STATUS_FAILED}}<span class="status failed">{{STATUS}}<span class="hidden"> failed</span></span>{{/STATUS_FAILED}}{{#STATUS_NONE}}<span class="status none">---</span>{{/STATUS_NONE}}{{/HEAD}}
  <p class="when"><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time> ({{ZONE}})</p>
  <div class="takes">
    <a class="quiet take" href="{{JSON_HREF}}" title="All of this call, in the form in which it is recorded"><span class="by-script">Copy as </span>JSON</a>
    <a class="quiet take" href="{{CURL_HREF}}" title="A command that sends this call again, without its secrets"><span class="by-script">Copy as </span>curl</a>
  </div>
  <nav class="switch" aria-label="How texts are shown">
    {{#VIEW_RAW}}
    <a aria-current="page">Indented</a><a href="{{LINK_HREF}}">Raw</a>
    {{/VIEW_RAW}}
    {{#VIEW_INDENTED}}
    <a href="{{LINK_HREF}}">Indented</a><a aria-current="page">Raw</a>
    {{/VIEW_INDENTED}}
  </nav>
  <ul class="who">
    {{#WHO}}
    <li><span class="hidden">{{LABEL}} </span><bdi>{{NAME}}</bdi></li>
    {{/WHO}}
  </ul>
</div>
{{#TRIGGER}}
<dl class="figures webhook">
  {{#FACT}}
  <div><dt>{{LABEL}}</dt><dd{{#MISSING}} class="none"{{/MISSING}}>{{#PIECE}}{{PLAIN:p}}{{#MARK_LINK}}<mark><a href="{{LINK_HREF}}" title="A secret stood here; the same secret has the same mark in this account. Find it elsewhere">{{MARK}}</a></mark>{{/MARK_LINK}}{{#MARK_LONE}}<mark title="A secret stood here">redacted</mark>{{/MARK_LONE}}{{/PIECE}}{{#SIGNATURE_VALID}}<span class="state ok"><span>valid</span></span>{{/SIGNATURE_VALID}}{{#SIGNATURE_INVALID}}<span class="state failed"><span>invalid</span></span>{{/SIGNATURE_INVALID}}{{#SIGNATURE_UNCHECKED}}<span class="state unchecked"><span>not checked</span></span>{{/SIGNATURE_UNCHECKED}}{{#MISSING_BADGE}}<span class="none">---</span>{{/MISSING_BADGE}}</dd><dd class="uses">{{#COPY}}<button class="copy" type="button" value="{{VALUE:p}}">Copy<span class="hidden"> {{LABEL}}</span></button>{{/COPY}}{{#ONLY}}<a href="{{LINK_HREF}}" aria-label="Only {{NAME:p}}" title="The list with this value alone">only</a>{{/ONLY}}{{#WITHOUT}}<a href="{{LINK_HREF}}" aria-label="Not {{NAME:p}}" title="The list without this value">not</a>{{/WITHOUT}}</dd></div>
  {{/FACT}}
</dl>
{{/TRIGGER}}
<div class="call">
  <dl class="facts">
    {{#FACT}}
    <div><dt>{{LABEL}}</dt><dd{{#MISSING}} class="none"{{/MISSING}}>{{#PIECE}}{{PLAIN:p}}{{#MARK_LINK}}<mark><a href="{{LINK_HREF}}" title="A secret stood here; the same secret has the same mark in this account. Find it elsewhere">{{MARK}}</a></mark>{{/MARK_LINK}}{{#MARK_LONE}}<mark title="A secret stood here">redacted</mark>{{/MARK_LONE}}{{/PIECE}}</dd><dd class="uses">{{#COPY}}<button class="copy" type="button" value="{{VALUE:p}}">Copy<span class="hidden"> {{LABEL}}</span></button>{{/COPY}}{{#ONLY}}<a href="{{LINK_HREF}}" aria-label="Only {{NAME:p}}" title="The list with this value alone">only</a>{{/ONLY}}{{#WITHOUT}}<a href="{{LINK_HREF}}" aria-label="Not {{NAME:p}}" title="The list without this value">not</a>{{/WITHOUT}}</dd></div>
    {{/FACT}}
  </dl>
  <div class="parts">
    {{#CHANGES}}
    <details class="part" open>
      <summary class="turn"><h2>{{LABEL}}</h2></summary>
      <p class="about">The body compared with that of the latest earlier call on this entity that took effect{{#SAME_ACTION}} and has the same action{{/SAME_ACTION}}{{#OTHER_ACTION}} and has members in common; none has the same action{{/OTHER_ACTION}}: <a href="{{LINK_HREF}}"><bdi>{{ACTION}}</bdi> of <time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time></a>{{#BY}} by <bdi>{{USER}}</bdi>{{/BY}}, status {{#HEAD}}{{#STATUS_OK}}{{STATUS}}{{/STATUS_OK}}{{#STATUS_NONE}}unknown{{/STATUS_NONE}}{{/HEAD}}.{{#NO_EFFECT}} This call has status {{STATUS}} and counts as one that did not take effect.{{/NO_EFFECT}}</p>
      {{#TABLE}}
      <table class="linked changed{{#NO_EFFECT}} wanted{{/NO_EFFECT}}">
        <caption class="hidden">{{LABEL}} in the body</caption>
        <thead>
          <tr><th scope="col">Change</th><th scope="col">Where</th><th scope="col">Before</th><th scope="col">{{#NO_EFFECT}}Wanted{{/NO_EFFECT}}{{#DONE}}Now{{/DONE}}</th></tr>
        </thead>
        <tbody>
          {{#ROW}}
          <tr>
            <td class="sign">{{#ADDED}}<span class="ok"><b>+</b> added</span>{{/ADDED}}{{#REMOVED}}<span class="failed"><b>−</b> removed</span>{{/REMOVED}}{{#CHANGED}}<b>~</b> changed{{/CHANGED}}</td>
            <td>{{#PATH}}<code>{{#PIECE}}{{PLAIN:p}}{{#MARK_LINK}}<mark><a href="{{LINK_HREF}}" title="A secret stood here; the same secret has the same mark in this account. Find it elsewhere">{{MARK}}</a></mark>{{/MARK_LINK}}{{#MARK_LONE}}<mark title="A secret stood here">redacted</mark>{{/MARK_LONE}}{{/PIECE}}</code>{{/PATH}}{{#WHOLE}}the whole body{{/WHOLE}}</td>
            <td>{{#BEFORE}}<code>{{#PIECE}}{{PLAIN:p}}{{#MARK_LINK}}<mark><a href="{{LINK_HREF}}" title="A secret stood here; the same secret has the same mark in this account. Find it elsewhere">{{MARK}}</a></mark>{{/MARK_LINK}}{{#MARK_LONE}}<mark title="A secret stood here">redacted</mark>{{/MARK_LONE}}{{/PIECE}}</code>{{/BEFORE}}</td>
            <td>{{#NOW}}<code>{{#PIECE}}{{PLAIN:p}}{{#MARK_LINK}}<mark><a href="{{LINK_HREF}}" title="A secret stood here; the same secret has the same mark in this account. Find it elsewhere">{{MARK}}</a></mark>{{/MARK_LINK}}{{#MARK_LONE}}<mark title="A secret stood here">redacted</mark>{{/MARK_LONE}}{{/PIECE}}</code>{{/NOW}}</td>
          </tr>
          {{/ROW}}
        </tbody>
      </table>
      {{/TABLE}}
      {{#MORE}}
      <p class="remark">There are more: these are the first {{NUMBER}}.</p>
      {{/MORE}}
      {{#SAME}}
      <p class="remark">Nothing: the bodies are the same.</p>
      {{/SAME}}
      {{#SAME_VALUE}}
      <p class="remark">Nothing but how the body is written.</p>
      {{/SAME_VALUE}}
      {{#TOO_LARGE}}
      <p class="remark">The bodies are too large to be compared.</p>
      {{/TOO_LARGE}}
    </details>
    {{/CHANGES}}
    {{#LAST_BODY}}
    <p class="remark">The last body sent for this entity: <a href="{{LINK_HREF}}"><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time>, <bdi>{{ACTION}}</bdi></a></p>
    {{/LAST_BODY}}
    {{#FIRST}}
    <p class="remark">Nothing to compare the body with: no earlier call on this entity that took effect has a JSON body like it (at most {{NUMBER}} are looked at).</p>
    {{/FIRST}}
    {{#PART}}
    <details class="part" open>
      <summary class="turn"><h2>{{LABEL}}</h2></summary>
      {{#BODY_FACTS}}
      <ul class="about">
        <li>{{BODY_BYTES}} bytes</li>
        {{#BODY_CUT}}
        <li class="cut">only the first {{BODY_STORED_BYTES}} were kept</li>
        {{/BODY_CUT}}
        <li>SHA-256{{#BODY_CUT}} of what was kept{{/BODY_CUT}} <code>{{BODY_SHA256}}</code></li>
        {{#BODY_FILE}}
        <li><a class="fetch" href="{{LINK_HREF}}">Download the bytes</a></li>
        {{/BODY_FILE}}
      </ul>
      {{/BODY_FACTS}}
      {{#PART_TEXT}}
      <button class="copy small" type="button">Copy</button>
      <pre>
{{#PIECE}}{{PLAIN:p}}{{#MARK_LINK}}<mark><a href="{{LINK_HREF}}" title="A secret stood here; the same secret has the same mark in this account. Find it elsewhere">{{MARK}}</a></mark>{{/MARK_LINK}}{{#MARK_LONE}}<mark title="A secret stood here">redacted</mark>{{/MARK_LONE}}{{/PIECE}}</pre>
      {{/PART_TEXT}}
      {{#PART_CUT}}
      <p class="remark">The text goes on: this is its beginning only.</p>
      {{/PART_CUT}}
      {{#PART_BINARY}}
      <p class="remark">This is not text, so it is not shown.</p>
      {{/PART_BINARY}}
      {{#PART_EMPTY}}
      <p class="remark">None.</p>
      {{/PART_EMPTY}}
    </details>
    {{/PART}}
    {{#ATTEMPTS}}
    <details class="part" open>
      <summary class="turn"><h2>Attempts</h2></summary>
      <table class="linked">
        <caption class="hidden">Attempts of this delivery, the first one first; times in {{ZONE}}</caption>
        <thead>
          <tr><th class="number" scope="col">Attempt</th><th class="time" scope="col">Time</th><th scope="col">Status</th><th class="open" scope="col"><span class="hidden">Details</span></th></tr>
        </thead>
        <tbody>
          {{#ROW}}
          <tr{{#SHOWN}} class="shown" aria-current="true"{{/SHOWN}}>
            <td class="number">{{NUMBER}}</td>
            <td class="time"><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time></td>
            <td class="code">{{#STATUS_OK}}<span class="status ok">{{STATUS}}<span class="hidden"> ok</span></span>{{/STATUS_OK}}{{#STATUS_FAILED}}<span class="status failed">{{STATUS}}<span class="hidden"> failed</span></span>{{/STATUS_FAILED}}{{#STATUS_NONE}}<span class="status none">---</span>{{/STATUS_NONE}}</td>
            <td class="open">{{#SHOWN}}<span class="this">this one</span>{{/SHOWN}}{{#LINK}}<a href="{{DETAILS_HREF}}" title="Details"><span class="hidden">Details of attempt {{NUMBER}}, {{TIME}}</span></a>{{/LINK}}</td>
          </tr>
          {{/ROW}}
        </tbody>
      </table>
      {{#MORE}}
      <p class="remark">There are more: these are the first {{NUMBER}}.{{#SHOWN_LATER}} This one came later.{{/SHOWN_LATER}}</p>
      {{/MORE}}
    </details>
    {{/ATTEMPTS}}
    {{#LINKED}}
    <details class="part" open>
      <summary class="turn"><h2>{{LABEL}}</h2></summary>
      {{#TABLE}}
      <table class="linked">
        <caption class="hidden">{{LABEL}}, the newest first; times in {{ZONE}}</caption>
        <thead>
          <tr><th class="time" scope="col">Time</th><th class="action" scope="col">Action</th><th scope="col">Entity</th><th class="code" scope="col">Status</th><th class="user" scope="col">User</th><th class="open" scope="col"><span class="hidden">Details</span></th></tr>
        </thead>
        <tbody>
          {{#ROW}}
          <tr{{#SHOWN}} class="shown" aria-current="true"{{/SHOWN}}>
            <td class="time"><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time></td>
            <td class="action">{{ACTION}}{{#WEBHOOK}} <span class="sub">{{PROVIDER}} {{WEBHOOK_EVENT}}</span>{{/WEBHOOK}}</td>
            <td class="entity">{{ENTITY_TYPE}} <span class="sub">{{ENTITY_NAME}}</span></td>
            <td class="code">{{#STATUS_OK}}<span class="status ok">{{STATUS}}<span class="hidden"> ok</span></span>{{/STATUS_OK}}{{#STATUS_FAILED}}<span class="status failed">{{STATUS}}<span class="hidden"> failed</span></span>{{/STATUS_FAILED}}{{#STATUS_NONE}}<span class="status none">---</span>{{/STATUS_NONE}}</td>
            <td class="user">{{USER}}</td>
            <td class="open">{{#SHOWN}}<span class="this">this one</span>{{/SHOWN}}{{#LINK}}<a href="{{DETAILS_HREF}}" title="Details"><span class="hidden">Details of {{ACTION}}, {{TIME}}</span></a>{{/LINK}}</td>
          </tr>
          {{/ROW}}
        </tbody>
      </table>
      {{/TABLE}}
      {{#EMPTY}}
      <p class="remark">None is recorded: no call within a day of it has its request, trace or delivery ID.</p>
      {{/EMPTY}}
      {{#MORE}}
      <p class="remark">There are more: these are the newest {{NUMBER}}.</p>
      {{/MORE}}
      {{#FOOT}}
      <p class="remark">{{#MORE_NEWER}}There are newer ones. {{/MORE_NEWER}}{{#MORE_OLDER}}There are older ones. {{/MORE_OLDER}}{{#NEAREST}}There are more: these are the nearest {{NUMBER}}. {{/NEAREST}}{{#BOUNDED}}So much was going on that only the {{NUMBER}} calls before this one and as many after it were looked at. {{/BOUNDED}}{{#ALL}}<a href="{{LINK_HREF}}">{{NAME}}</a>{{/ALL}}</p>
      {{/FOOT}}
    </details>
    {{/LINKED}}
  </div>
</div>
