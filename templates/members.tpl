{{%AUTOESCAPE context="HTML"}}
<div class="title">
  <h1>Members</h1>
</div>
{{#DONE}}
<p class="done" role="status"><bdi>{{NAME}}</bdi> {{#REMOVED}}is no member any more.{{/REMOVED}}{{#AUDITOR}}is a member now, as auditor.{{/AUDITOR}}{{#ADMIN}}is a member now, as admin.{{/ADMIN}}</p>
{{/DONE}}
<form class="sheet new" method="post" action="{{FORM_ACTION}}" autocomplete="off">
  <h2>A new member</h2>
  <div class="inputs">
    <div class="field wide">
      <label for="person">Person</label>
      <input id="person" type="text" name="person" maxlength="255" required spellcheck="false" autocapitalize="none" aria-describedby="person-hint">
    </div>
    <div class="field middling">
      <label for="role">Role</label>
      <select id="role" name="role">
        <option value="auditor">auditor: reads and downloads</option>
        <option value="admin">admin: manages the account too</option>
      </select>
    </div>
    <button type="submit">Add</button>
  </div>
  <p class="hint" id="person-hint">The name by which the login knows them, letter for letter. Daybook makes no logins: whether there is such a person it cannot say.</p>
</form>
{{#TABLE}}
<table class="roster">
  <caption class="hidden">Members of {{ACCOUNT}} by name; times in UTC</caption>
  <thead>
    <tr><th scope="col">Person</th><th scope="col">Role</th><th scope="col">Member since</th><th scope="col"><span class="hidden">Change</span></th></tr>
  </thead>
  <tbody>
    {{#ROW}}
    <tr>
      <td class="wide" data-head="Person"><span><bdi>{{NAME}}</bdi>{{#YOU}} <b>(you)</b>{{/YOU}}</span></td>
      <td data-head="Role">{{#ADMIN}}admin{{/ADMIN}}{{#AUDITOR}}auditor{{/AUDITOR}}</td>
      <td data-head="Since"><time datetime="{{TIME_ISO}}" title="{{TIME_TITLE}}">{{TIME}}</time></td>
      <td class="act"><details class="sure"><summary class="button small">Change<span class="hidden"> {{NAME}}</span></summary>
        <form method="post" action="{{FORM_ACTION}}">
          <input type="hidden" name="member" value="{{VALUE}}">
          {{#ADMIN}}<button class="small" type="submit" name="role" value="auditor">Make an auditor</button>{{/ADMIN}}{{#AUDITOR}}<button class="small" type="submit" name="role" value="admin">Make an admin</button>{{/AUDITOR}}
          <button class="danger" type="submit" name="role" value="none">Remove</button>
        </form></details></td>
    </tr>
    {{/ROW}}
  </tbody>
</table>
{{/TABLE}}
{{#EMPTY}}
<section class="note">
  <h2>There are no members after this name</h2>
</section>
{{/EMPTY}}
<p class="below">{{#FIRST}}<a href="{{LINK_HREF}}">The first members</a> {{/FIRST}}{{#NEXT_LINK}}<a href="{{LINK_HREF}}">More members</a>{{/NEXT_LINK}}</p>
<p class="hint">An admin changes this list and the tokens, and looks for secrets; an auditor reads and downloads. A change counts from the
  person's next request on. Times are in UTC.</p>
