{{%AUTOESCAPE context="HTML"}}
<div class="title">
  <h1>{{HEADING}}</h1>
</div>
{{>SEARCH}}
<section class="note">
  <h2>Nothing was looked for</h2>
  <p>The search above has a mistake. <a href="{{LINK_HREF}}">Show the log without what is wrong</a></p>
</section>
