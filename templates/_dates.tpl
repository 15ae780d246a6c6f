{{%AUTOESCAPE context="HTML"}}
<div class="fields">
  {{#MISTAKE}}
  <p class="mistake">{{ERROR_SENTENCE}}</p>
  {{/MISTAKE}}
  <ul class="spans">
    {{#SPAN}}
    <li><a href="{{LINK_HREF}}"{{#SELECTED}} aria-current="true"{{/SELECTED}}>{{LABEL}}</a></li>
    {{/SPAN}}
  </ul>
  <button class="times small" type="button">Choose times too</button>
  <label class="field">From <input type="{{FROM_TYPE}}" name="from" value="{{FROM:p}}"{{#FROM_STEP}} step="any"{{/FROM_STEP}}{{#FROM_WRONG}} aria-invalid="true"{{/FROM_WRONG}}></label>
  <label class="field">To <input type="{{TO_TYPE}}" name="to" value="{{TO:p}}"{{#TO_STEP}} step="any"{{/TO_STEP}}{{#TO_WRONG}} aria-invalid="true"{{/TO_WRONG}}>
    <small>A day counts as a whole; 19:11 ends just before 19:11:00.</small></label>
  <input type="hidden" name="from_was" value="{{FROM:p}}">
  <input type="hidden" name="to_was" value="{{TO:p}}">
  {{#ZONE_NAMED}}
  <input type="hidden" name="tz" value="{{ZONE}}">
  {{/ZONE_NAMED}}
  <label class="field">Time zone <input type="text" name="zone" value="{{VALUE:p}}" list="zones" spellcheck="false"{{#ZONE_WRONG}} aria-invalid="true"{{/ZONE_WRONG}}{{#ZONE_FREE}} data-free{{/ZONE_FREE}}>
    <small>A name such as Europe/Berlin, or Berlin alone; it stays until you choose another.</small></label>
  <datalist id="zones"></datalist>
  <button class="apply" type="submit">Apply</button>
</div>
