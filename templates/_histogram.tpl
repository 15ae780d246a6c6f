{{%AUTOESCAPE context="HTML"}}
<div class="histogram">
  <p class="most">Most in one bar: {{NUMBER}}</p>
  <svg viewBox="0 0 {{WIDTH}} 64" preserveAspectRatio="none" aria-hidden="true">
    {{#LAYER}}
    <path class="{{CLASS}}" d="{{PATH}}"/>
    {{/LAYER}}
    {{#BAR}}
    <a href="{{LINK_HREF}}" tabindex="-1"><title>{{TIME_TITLE}}{{#STATUS_FAILED}}{{NUMBER}} failed{{/STATUS_FAILED}}</title><path d="M{{PLACE}} 0h1v64h-1z"/></a>
    {{/BAR}}
  </svg>
  <p class="axis" aria-hidden="true">{{#AXIS}}<span>{{TIME}}</span>{{/AXIS}}</p>
  <div class="legend">
    {{#LEGEND}}
    <span><svg class="key" aria-hidden="true"><path class="{{CLASS}}" d="M0 0h9v9h-9z"/></svg> <a href="{{LINK_HREF}}">{{LABEL}}</a> {{NUMBER}}</span>
    {{/LEGEND}}
    {{#ZOOM_OUT}}
    <a class="out" href="{{LINK_HREF}}">Zoom out</a>
    {{/ZOOM_OUT}}
    {{#ASK}}
    <a class="table" href="{{LINK_HREF}}">As a table</a>
    {{/ASK}}
    {{#TABLE}}
    <details open>
      <summary>As a table</summary>
      <table>
        <caption class="hidden">Calls over time</caption>
        <thead><tr><th scope="col">Time ({{ZONE}})</th><th scope="col">OK</th><th scope="col">4xx</th><th scope="col">5xx</th><th scope="col">No status</th><th scope="col">Total</th></tr></thead>
        <tbody>
          {{#ROW}}
          <tr><th scope="row"><a href="{{LINK_HREF}}">{{TIME}}</a></th><td>{{COUNT_OK}}</td><td>{{COUNT_REFUSED}}</td><td>{{COUNT_FAILED}}</td><td>{{COUNT_NONE}}</td><td>{{COUNT_TOTAL}}</td></tr>
          {{/ROW}}
        </tbody>
      </table>
    </details>
    {{/TABLE}}
  </div>
</div>
