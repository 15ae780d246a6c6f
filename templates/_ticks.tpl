{{%AUTOESCAPE context="HTML"}}
<div class="ticks">
  {{#ASK}}
  <p class="ask" role="status"><a href="{{LINK_HREF}}">Show values<span class="hidden"> of {{LABEL}}</span></a></p>
  {{/ASK}}
  <div class="values{{#COUNTED}} counted{{/COUNTED}}">
    {{#TICKS}}
    <ul>
      {{#TICK}}
      <li>
        <label class="is"><input type="checkbox" name="{{PARAM}}" value="{{VALUE:p}}"{{#INCLUDED}} checked{{/INCLUDED}}><bdi>{{VALUE_TEXT}}</bdi>{{#HITS}}<span class="hits"><span class="hidden">, matching: </span>{{NUMBER}}</span>{{/HITS}}</label>
        <label class="not"><input type="checkbox" name="{{NOT_PARAM}}" value="{{VALUE:p}}"{{#EXCLUDED}} checked{{/EXCLUDED}}>not<span class="hidden"> {{VALUE_TEXT}}</span></label>
      </li>
      {{/TICK}}
    </ul>
    {{/TICKS}}
    {{#EMPTY}}
    <p>No call fits the other filters.</p>
    {{/EMPTY}}
    {{#MORE}}
    <p>These are the {{NUMBER}} most frequent values. Type any other below.</p>
    {{/MORE}}
    {{#TEXT_ASIDE}}
    <p>What is searched in texts does not narrow these counts.</p>
    {{/TEXT_ASIDE}}
  </div>
  {{#MISTAKE}}
  <p class="mistake">{{ERROR_SENTENCE}}</p>
  {{/MISTAKE}}
  <label class="field">Another value <input type="text" name="{{PARAM}}"{{#MISTAKE}} value="{{VALUE:p}}" aria-invalid="true"{{/MISTAKE}}{{#PATTERNED}} data-pattern="{{PATTERN}}"{{/PATTERNED}} spellcheck="false">{{#ACCEPTED}}
    <small>{{HINT}}</small>{{/ACCEPTED}}</label>
  <button class="apply" type="submit">Apply</button>
</div>
