{{%AUTOESCAPE context="HTML"}}
<div class="fields">
  <label class="field">From <input type="text" name="from" value="{{FROM:p}}" placeholder="2026-01-31" list="spans" spellcheck="false"></label>
  <label class="field">To <input type="text" name="to" value="{{TO:p}}" placeholder="2026-01-31T18:00" spellcheck="false">
    <small>A day, a time, or a span before now such as -24h. The last day is included whole.</small></label>
  <label class="field">Time zone <input type="text" name="tz" value="{{ZONE:p}}" placeholder="UTC" spellcheck="false">
    <small>A name such as Europe/Berlin; UTC when empty.</small></label>
  <datalist id="spans">
    <option value="-1h">Last hour</option>
    <option value="-24h">Last day</option>
    <option value="-7d">Last week</option>
    <option value="-30d">Last 30 days</option>
  </datalist>
  <button class="apply" type="submit">Apply</button>
</div>
