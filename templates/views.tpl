{{%AUTOESCAPE context="HTML"}}
<div class="title">
  <h1>Saved views</h1>
</div>
{{#MISTAKE}}
<p class="undone" id="mistake" role="alert">{{SUMMARY}}</p>
{{/MISTAKE}}
{{#SAVE}}
<form class="sheet new save" method="post" action="{{FORM_ACTION}}" autocomplete="off">
  <h2>Save this view of {{TAB}}</h2>
  <ul class="words">{{#FACT}}<li><span class="label">{{LABEL}}:</span> <bdi>{{SUMMARY}}</bdi></li>{{/FACT}}</ul>
  <div class="inputs">
    <div class="field wide">
      <label for="view-name">Name</label>
      <input id="view-name" type="text" name="name" maxlength="80" required{{#TYPED}} value="{{VALUE:p}}" aria-invalid="true" aria-describedby="mistake"{{/TYPED}}>
    </div>
    {{#ADMIN}}
    <div class="field">
      <label for="view-for">For</label>
      <select id="view-for" name="shared">
        <option value="0">you alone</option>
        <option value="1"{{#SELECTED}} selected{{/SELECTED}}>all of {{ACCOUNT}}</option>
      </select>
    </div>
    {{/ADMIN}}
    <label class="tickbox"><input type="checkbox" name="default" value="1"{{#DEFAULT}} checked{{/DEFAULT}}> Make it the default of {{TAB}}</label>
    <button type="submit">Save</button>
  </div>
</form>
<p class="below"><a href="{{LINK_HREF}}">Back to the list</a></p>
{{/SAVE}}
{{#GROUP}}
<section class="views">
  <h2>{{#OWNED}}Yours{{/OWNED}}{{#SHARED}}Shared in {{ACCOUNT}}{{/SHARED}}</h2>
  {{#TABLE}}
  <table class="roster">
    <caption class="hidden">{{#OWNED}}Your views{{/OWNED}}{{#SHARED}}Views that all of {{ACCOUNT}} share{{/SHARED}}; times in UTC</caption>
    <thead>
      <tr><th scope="col">View</th><th scope="col">Of</th><th scope="col">Shows</th><th scope="col">Saved</th><th scope="col"><span class="hidden">Change</span></th></tr>
    </thead>
    <tbody>
      {{#ROW}}
      <tr id="v{{NUMBER}}">
        <td class="named" data-head="View"><span>{{#LINK}}<a class="view" href="{{LINK_HREF}}"><bdi>{{NAME}}</bdi></a>{{/LINK}}{{#BROKEN}}<bdi>{{NAME}}</bdi>{{/BROKEN}}{{#DEFAULT}} <span class="state ok">default</span>{{/DEFAULT}}</span></td>
        <td class="whose" data-head="Of">{{TAB}}</td>
        <td class="wide" data-head="Shows">{{#BROKEN}}<p>This version of Daybook does not know its filter any more: {{SUMMARY}}</p>{{/BROKEN}}{{#LINK}}<ul class="words">{{#FACT}}<li><span class="label">{{LABEL}}:</span> <bdi>{{SUMMARY}}</bdi></li>{{/FACT}}</ul>{{/LINK}}</td>
        <td data-head="Saved"><span><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time>{{#SHARED}}<span class="by">by <bdi>{{PERSON}}</bdi></span>{{/SHARED}}</span></td>
        <td class="act">{{#CHANGE}}<details class="sure"{{#OPENED}} open{{/OPENED}}><summary class="button small">Change<span class="hidden"> {{NAME}}</span></summary>
          <form method="post" action="{{FORM_ACTION}}" autocomplete="off">
            <input type="hidden" name="view" value="{{NUMBER}}">
            {{#SHARED}}<input type="hidden" name="shared" value="1">{{/SHARED}}
            <label class="field">Name <input type="text" name="name" value="{{VALUE:p}}" maxlength="80"></label>
            <button class="small" type="submit" name="do" value="rename">Rename</button>
            {{#PLAIN}}<button class="small" type="submit" name="do" value="default">Make it the default</button>{{/PLAIN}}{{#DEFAULT}}<button class="small" type="submit" name="do" value="no-default">No default any more</button>{{/DEFAULT}}
            {{#ADMIN}}<button class="small" type="submit" name="do" value="share">Share a copy</button>{{/ADMIN}}
            <button class="danger" type="submit" name="do" value="delete">Delete</button>
          </form></details>{{/CHANGE}}</td>
      </tr>
      {{/ROW}}
    </tbody>
  </table>
  {{/TABLE}}
  {{#EMPTY}}
  <p class="hint">{{#OWNED}}None yet. Filter a list, and choose <b>Saved views</b> above it to save what it shows.{{/OWNED}}{{#ADMIN}}None yet. What you save for all of {{ACCOUNT}} is shown to everybody who may open it.{{/ADMIN}}{{#MEMBER}}None yet. An admin makes them, for everybody who may open {{ACCOUNT}}.{{/MEMBER}}</p>
  {{/EMPTY}}
</section>
{{/GROUP}}
<p class="hint">A view is a filter with a name, with its order, time zone and number of rows. A tab opens with your own default, else with the
  shared one; <b>Clear all</b> in the list leaves it. Times are in UTC.</p>
