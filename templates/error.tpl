{{%AUTOESCAPE context="HTML"}}
<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>{{ERROR_TITLE}} · Daybook</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <link rel="icon" type="image/svg+xml" href="{{ICONS_URL}}">
  <link rel="stylesheet" href="{{STYLE_URL}}">
</head>
<body>
  <header class="top">
    <a class="brand" href="/">Daybook</a>
  </header>
  <main>
    <div class="error">
      <h1><span class="number">{{ERROR_STATUS}}</span> {{ERROR_TITLE}}</h1>
      <p>{{ERROR_SENTENCE}}</p>
      {{#COMMAND}}
      <pre>{{VALUE}}</pre>
      {{/COMMAND}}
      {{#LINK}}
      <p><a class="button" href="{{LINK_HREF}}">{{LINK_LABEL}}</a></p>
      {{/LINK}}
      <p class="request-id">Request <code>{{REQUEST_ID}}</code></p>
    </div>
  </main>
</body>
</html>
