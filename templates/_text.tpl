{{%AUTOESCAPE context="HTML"}}
<div class="fields">
  {{#MISTAKE}}
  <p class="mistake">{{ERROR_SENTENCE}}</p>
  {{/MISTAKE}}
  {{#ONLY}}
  <label class="field">{{LABEL}} <input type="{{FIELD_TYPE}}" name="{{PARAM}}" value="{{VALUE:p}}" spellcheck="false"{{#PATTERNED}} data-pattern="{{PATTERN}}"{{/PATTERNED}}{{#MISTAKE}} aria-invalid="true"{{/MISTAKE}}>
    <small>{{#LINES}}It stays as it is: a field cannot hold its line break. {{/LINES}}{{HINT}}</small></label>
  {{/ONLY}}
  {{#WITHOUT}}
  <label class="field">Not<span class="hidden"> this {{LABEL}}</span> <input type="{{FIELD_TYPE}}" name="{{NOT_PARAM}}" value="{{VALUE:p}}" spellcheck="false">
    {{#LINES}}<small>It stays as it is: a field cannot hold its line break.</small>{{/LINES}}</label>
  {{/WITHOUT}}
  <button class="apply" type="submit">Apply</button>
</div>
