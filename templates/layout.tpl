{{%AUTOESCAPE context="HTML"}}
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>{{TITLE}} · Daybook</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <link rel="icon" type="image/svg+xml" href="{{ICONS_URL}}">
  <link rel="stylesheet" href="{{STYLE_URL}}">
  {{#PAGES_STYLE}}
  <link rel="stylesheet" href="{{PAGES_STYLE_URL}}">
  {{/PAGES_STYLE}}
  <script defer src="{{SCRIPT_URL}}"></script>
</head>
<body>
  <a class="skip" href="#main">Skip to the content</a>
  <header class="top">
    <a class="brand" href="/">Daybook</a>
    {{#TABS}}
    <p class="account"><span class="hidden">Account </span>{{#SWITCH}}<a href="/" title="Open another log">{{ACCOUNT}}</a>{{/SWITCH}}{{#NO_SWITCH}}{{ACCOUNT}}{{/NO_SWITCH}}</p>
    <div class="ways">
      <nav class="tabs" aria-label="Log">
        <a href="{{EVENTS_HREF}}"{{#EVENTS_CURRENT}} aria-current="page"{{/EVENTS_CURRENT}}>All Audit</a>
        <a href="{{TRIGGERS_HREF}}"{{#TRIGGERS_CURRENT}} aria-current="page"{{/TRIGGERS_CURRENT}}>Triggers</a>
      </nav>
      {{#ABOUT}}
      <nav class="tabs aside" aria-label="Account">
        <a href="{{VIEWS_HREF}}"{{#VIEWS_CURRENT}} aria-current="page"{{/VIEWS_CURRENT}}>Views</a>
        <a href="{{HEALTH_HREF}}"{{#HEALTH_CURRENT}} aria-current="page"{{/HEALTH_CURRENT}}>Health</a>
        {{#ADMIN}}
        <a href="{{TOKENS_HREF}}"{{#TOKENS_CURRENT}} aria-current="page"{{/TOKENS_CURRENT}}>Tokens</a>
        <a href="{{MEMBERS_HREF}}"{{#MEMBERS_CURRENT}} aria-current="page"{{/MEMBERS_CURRENT}}>Members</a>
        <a href="{{FIND_SECRET_HREF}}"{{#FIND_SECRET_CURRENT}} aria-current="page"{{/FIND_SECRET_CURRENT}}>Find a secret</a>
        {{/ADMIN}}
      </nav>
      {{/ABOUT}}
    </div>
    {{/TABS}}
    <button class="keys small" type="button" title="Keyboard shortcuts">?</button>
    <p class="person" title="{{PERSON}}"><span class="hidden">Signed in as </span><bdi>{{PERSON}}</bdi>{{#SIGN_OUT}} <a class="sign-out" href="{{SIGN_OUT_HREF}}">Sign out</a>{{/SIGN_OUT}}</p>
  </header>
  <main id="main" tabindex="-1">
    {{>CONTENT}}
  </main>
</body>
</html>
