{{%AUTOESCAPE context="HTML"}}
<div class="fields">
  <label class="field">{{LABEL}} <input type="text" name="{{PARAM}}" value="{{VALUE:p}}" spellcheck="false">
    <small>{{HINT}}</small></label>
  <button class="apply" type="submit">Apply</button>
</div>
