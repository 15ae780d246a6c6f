// SPDX-License-Identifier: MIT
//
// Whether a page is correct HTML, and whether anything in it is not ours.
import assert from 'node:assert/strict';
import { HtmlValidate } from 'html-validate';

const makeValidator = (rules) => new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:document', 'html-validate:a11y'],
  rules: {
    // Everything comes from the same place: a digest would guard against nobody.
    'require-sri': ['error', { target: 'crossorigin' }],
    // A title holds the action, which its sender chose.
    'long-title': 'off',
    ...rules,
  },
});

// One rule takes minutes on a page with thousands of fields, and looks only at what templates set.
const thorough = makeValidator({});
const quick = makeValidator({ 'hidden-focusable': 'off' });

const describe = ({ line, column, ruleId, message }, source) => (
  `${line}:${column} ${ruleId}: ${message}\n  ${source.split('\n')[line - 1].trim().slice(0, 200)}`
);

// Fails with the first complaints of the validator.
export const expectValid = (source, where, validator = thorough) => {
  const { results } = validator.validateStringSync(source);
  const complaints = results.flatMap(({ messages }) => messages);
  assert.equal(
    complaints.length,
    0,
    [where, ...complaints.slice(0, 5).map((message) => describe(message, source))].join('\n'),
  );
};

export const expectValidQuickly = (source, where) => expectValid(source, where, quick);

// Every kind of element that the templates use. Nothing that was recorded may add one.
const elements = `a b bdi body button caption circle code datalist dd details dialog div dl dt form g h1 h2
  h3 head header html input kbd label li link main mark meta nav option p path pre progress script section select small
  span style summary svg table tbody td th thead time title tr ul use`.trim().split(/\s+/);

// Runs in the browser: what of the page our templates cannot have made.
const foreign = ({ known, origin }) => {
  const found = [];
  for (const element of document.querySelectorAll('*')) {
    if (!known.includes(element.localName)) {
      found.push(`element ${element.outerHTML.slice(0, 200)}`);
    }
    for (const { name, value } of element.attributes) {
      // Where a menu stands is worked out by script.
      if (name === 'style' && /^left: [\d.]+px; top: [\d.]+px;$/.test(value)) {
        continue;
      }
      if (/^on|^(style|srcdoc|formaction|http-equiv|ping|target)$/.test(name)) {
        found.push(`attribute ${name}=${value.slice(0, 200)}`);
      }
      if (/^(href|src|action|data|xlink:href)$/.test(name)
          && new URL(value, document.baseURI).origin !== origin) {
        found.push(`link ${name}=${value.slice(0, 200)}`);
      }
    }
  }
  if (document.scripts.length > 1 || [...document.scripts].some((script) => script.text)) {
    found.push('a second script, or one inside the page');
  }
  if (document.doctype?.name !== 'html' || document.compatMode !== 'CSS1Compat') {
    found.push('no doctype');
  }
  return found;
};

export const expectOursOnly = async (page, origin) => {
  assert.deepEqual(await page.evaluate(foreign, { known: elements, origin }), [], page.url());
};

// The page does not scroll sideways.
export const expectNoOverflow = async (page, where = page.url()) => {
  const { wide, room } = await page.evaluate(() => ({
    wide: document.scrollingElement.scrollWidth,
    room: window.innerWidth,
  }));
  assert.ok(wide <= room, `${where} is ${wide} wide in a window of ${room}`);
};
