{{%AUTOESCAPE context="HTML"}}
<p class="back"><a href="{{BACK_HREF}}"><svg class="icon" aria-hidden="true"><use href="{{ICONS_URL}}#back"></use></svg>Back to the list</a></p>
<div class="title">
  <h1>{{HEADING}}</h1>
  {{#STATUS_OK}}<span class="status ok"><svg class="icon" aria-hidden="true"><use href="{{ICONS_URL}}#ok"></use></svg>{{STATUS}}<span class="hidden"> ok</span></span>{{/STATUS_OK}}{{#STATUS_FAILED}}<span class="status failed"><svg class="icon" aria-hidden="true"><use href="{{ICONS_URL}}#failed"></use></svg>{{STATUS}}<span class="hidden"> failed</span></span>{{/STATUS_FAILED}}{{#STATUS_NONE}}<span class="status none">---</span>{{/STATUS_NONE}}
  <p class="when"><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time> ({{ZONE}})</p>
  <nav class="switch" aria-label="How texts are shown">
    {{#VIEW_RAW}}
    <a aria-current="page">Indented</a><a href="{{LINK_HREF}}">Raw</a>
    {{/VIEW_RAW}}
    {{#VIEW_INDENTED}}
    <a href="{{LINK_HREF}}">Indented</a><a aria-current="page">Raw</a>
    {{/VIEW_INDENTED}}
  </nav>
</div>
<div class="call">
  <dl class="facts">
    {{#FACT}}
    <div><dt>{{LABEL}}</dt><dd{{#MISSING}} class="none"{{/MISSING}}>{{#PIECE}}{{PLAIN:p}}{{#MARK_LINK}}<mark><a href="{{LINK_HREF}}" title="A secret stood here; the same secret has the same mark in this account. Find it elsewhere">{{MARK}}</a></mark>{{/MARK_LINK}}{{#MARK_LONE}}<mark title="A secret stood here">redacted</mark>{{/MARK_LONE}}{{/PIECE}}</dd></div>
    {{/FACT}}
  </dl>
  <div class="parts">
    {{#PART}}
    <section class="part">
      <h2>{{LABEL}}</h2>
      {{#BODY_FACTS}}
      <ul class="about">
        <li>{{BODY_BYTES}} bytes</li>
        {{#BODY_CUT}}
        <li class="cut">only the first {{BODY_STORED_BYTES}} were kept</li>
        {{/BODY_CUT}}
        <li>SHA-256{{#BODY_CUT}} of what was kept{{/BODY_CUT}} <code>{{BODY_SHA256}}</code></li>
        {{#BODY_FILE}}
        <li><a href="{{LINK_HREF}}"><svg class="icon" aria-hidden="true"><use href="{{ICONS_URL}}#download"></use></svg>Download the bytes</a></li>
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
    </section>
    {{/PART}}
  </div>
</div>
