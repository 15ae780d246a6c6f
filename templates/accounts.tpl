{{%AUTOESCAPE context="HTML"}}
<div class="title">
  <h1>Choose a log</h1>
</div>
<ul class="accounts">
  {{#ROW}}
  <li><a href="{{LINK_HREF}}"><b><bdi>{{ACCOUNT_NAME}}</bdi></b> <span>{{ACCOUNT}}</span></a></li>
  {{/ROW}}
</ul>
