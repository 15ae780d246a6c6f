{{%AUTOESCAPE context="HTML"}}
<div class="fields">
  <label class="field">{{LABEL}} <input type="text" name="{{PARAM}}" value="{{VALUE:p}}" spellcheck="false">
    <small>{{HINT}}</small></label>
  {{#WITHOUT}}
  <label class="field">Not<span class="hidden"> this {{LABEL}}</span> <input type="text" name="{{NOT_PARAM}}" value="{{VALUE:p}}" spellcheck="false"></label>
  {{/WITHOUT}}
  <button class="apply" type="submit">Apply</button>
</div>
