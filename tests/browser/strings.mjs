// SPDX-License-Identifier: MIT
//
// Hostile strings: the published lists of DAYBOOK_SHARED/strings where they are, else a few of each
// kind.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { root } from './daybook.mjs';

const folder = path.join(
  path.resolve(root, process.env.DAYBOOK_SHARED ?? '../shared/data'),
  'strings',
);

const few = [
  '<script>window.__x = 1; alert(1)</script>', '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)", 'javascript:alert(1)', '&lt;b&gt; &amp; &#x3c;b&#62;',
  '</textarea></title></pre><svg onload=alert(1)>', '<!-- --!> <![CDATA[ ]]>',
  '{{7*7}} {{%AUTOESCAPE}} {{>CONTENT}}', "1' OR '1'='1'; DROP TABLE event; --",
  '=cmd|\' /C calc\'!A0', '../../../../etc/passwd', '%00%0a%zz', '\u202Etxt.exe\u202C',
  '\u200B\uFEFF\u2060', '\u2028\u2029', '\u0001\u0008\u000b\u007f\u0085\u009f',
  'tab\tand\nline\r\nfeeds\r', '---', 'a'.repeat(3000), 'Ω≈ç√∫˜µ≤≥÷', '田中さんにあげて下さい',
  '👩🏽‍🚀 🏳0🌈️', 'الكل في المجمو عة', 'Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮', '𝕳𝖊𝖑𝖑𝖔 \u{1F600} \u{10FFFF}',
];

const lines = (name) => readFileSync(path.join(folder, name), 'utf8').split('\n');

const published = () => readdirSync(folder).sort().flatMap((name) => {
  if (name.endsWith('.json')) {
    return JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  }
  return lines(name);
});

export const areThere = existsSync(folder);

export const where = areThere ? folder : 'the few built in';

// Each once, none empty.
export const hostileStrings = () => (
  [...new Set([...few, ...(areThere ? published() : [])])].filter((text) => text !== '')
);

// The pages replace some characters by what one can see; strings without such are shown as they are.
const hidden = new RegExp(`[${[
  'Cc', 'Cf', 'Co', 'Cs', 'Zl', 'Zp', 'Default_Ignorable_Code_Point', 'Noncharacter_Code_Point',
].map((property) => `\\p{${property}}`).join('')}]`, 'u');

export const isPlain = (text) => !hidden.test(text.replaceAll(/[\n\t]/g, ''));

// A list shows the beginning of a name that is longer, and says so; no character is cut in two.
const shownBytes = 400;

// White space that a browser would fold or hide is shown by a sign.
export const visible = (text) => text
  .replaceAll(/^ | $|(?<= ) /g, '\u2423')
  .replaceAll(/[\t\n\r]/g, (c) => String.fromCodePoint(0x2400 + c.codePointAt(0)))
  .replaceAll(/(?! |\u3000)\p{Zs}|^\u3000|\u3000$/gu, (c) => (
    `[U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`));

export const shortened = (text) => {
  if (Buffer.byteLength(text) <= shownBytes) {
    return visible(text);
  }
  let shown = '';
  for (const character of text) {
    if (Buffer.byteLength(shown + character) > shownBytes) {
      break;
    }
    shown += character;
  }
  return `${visible(shown)}…`;
};

// What may never stand in a page as it is: controls, and what reverses or hides the text around it.
export const dangerous = new RegExp(`[${[
  '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f',
  '\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f',
  '\\u2028-\\u202e\\u2060-\\u206f', '\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}',
].join('')}]`, 'u');
