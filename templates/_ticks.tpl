{{%AUTOESCAPE context="HTML"}}
<div class="ticks">
  <input class="find" type="search" placeholder="Search" aria-label="Search in this list: {{LABEL}}">
  <ul>
    {{#TICK}}
    <li>
      <label class="is"><input type="checkbox" name="{{PARAM}}" value="{{VALUE:p}}"{{#INCLUDED}} checked{{/INCLUDED}}><bdi>{{VALUE_TEXT}}</bdi></label>
      <label class="not"><input type="checkbox" name="{{NOT_PARAM}}" value="{{VALUE:p}}"{{#EXCLUDED}} checked{{/EXCLUDED}}>not<span class="hidden"> {{VALUE_TEXT}}</span></label>
    </li>
    {{/TICK}}
  </ul>
  <label class="field">Another value <input type="text" name="{{PARAM}}" spellcheck="false"></label>
  <button class="apply" type="submit">Apply</button>
</div>
