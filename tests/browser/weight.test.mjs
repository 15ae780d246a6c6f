// SPDX-License-Identifier: MIT
//
// What the first view of a list costs, its cache cold: which requests it makes, and how many bytes come
// over the wire for everything but the rows themselves.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';

import { launch, open, signedIn, visit } from './browser.mjs';
import { daybook, makeAccount, origin, record } from './daybook.mjs';

const budget = 14 * 1024;
const rows = 50;
const barsMost = 60; // TIME_SPANS_MAX
const day = 24 * 60 * 60 * 1000;
const midnight = Math.floor(Date.now() / day) * day;
const everyHalfDay = Array.from({ length: barsMost }, (_, at) => midnight - (at + 0.5) * day / 2);
const dateOf = (ms) => new Date(ms).toISOString().slice(0, 10);
const levelOfNginx = 5; // gzip_comp_level of deploy/nginx/server.conf, for what is made at each request
let browser;
let account;

before(async () => {
  account = makeAccount('weight', 'admin'); // whose pages have more links than an auditor's
  const demo = daybook('demo', '--seed', '1').trim().split('\n').map((line) => JSON.parse(line));
  await record(account, demo);
  await record(account, everyHalfDay.map((ms) => ({ action: 'getPipeline', status: 200, occurred_at: ms })));
  browser = await launch();
});

after(() => browser?.close());

// Everything that the browser asked for: its kind, status and bytes of body on the wire.
const watchWire = async (page) => {
  const wire = await page.context().newCDPSession(page);
  const answers = new Map();
  wire.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
    answers.set(requestId, { url: request.url, type });
  });
  wire.on('Network.responseReceived', ({ requestId, response }) => {
    Object.assign(answers.get(requestId), {
      status: response.status,
      mime: response.mimeType,
      encoding: response.headers['Content-Encoding'],
      cached: response.fromDiskCache,
      headBytes: response.encodedDataLength,
    });
  });
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const answer = answers.get(requestId);
    answer.bytes = encodedDataLength - answer.headBytes;
  });
  await wire.send('Network.enable');
  await wire.send('Network.clearBrowserCache');
  return answers;
};

const kinds = {
  'text/html': 'page', 'text/css': 'style', 'application/javascript': 'script', 'image/svg+xml': 'icons',
};

const firstView = async (query) => {
  const { page, done } = await open(browser, undefined, signedIn(account.person));
  const answers = await watchWire(page);
  const response = await visit(page, `${account.events}${query}`);
  await page.waitForLoadState('networkidle');
  const source = await response.text();
  // The icon of the page is one of the sprite, which the browser has by then; its own calendars have an icon inside it.
  const asked = [...answers.values()].filter(({ cached, url }) => !cached && !url.startsWith('data:'));
  await done();
  return { source, asked };
};

const body = /(<table class="events"[^]*?<tbody>)([^]*?)(<\/tbody>)/;

describe('the first view of a list of 50 rows', () => {
  const range = `&from=${dateOf(midnight - 30 * day)}&to=${dateOf(midnight - day)}`; // two bars a day
  for (const [name, query, bars] of [
    ['as it comes', ''],
    ['filtered', '&action=updatePipeline&not_user=ann'],
    ['of as many bars as there can be', range, barsMost],
  ]) {
    it(`asks for four files, of 14 KB without the rows: ${name}`, async (t) => {
      const { source, asked } = await firstView(`?show=${rows}${query}`);
      assert.equal(source.match(body)[2].match(/<tr>/g).length, rows);
      if (bars) {
        assert.equal(source.match(/<svg viewBox[^]*?<\/svg>/)[0].match(/<a /g).length, bars);
      }
      assert.deepEqual(asked.filter(({ url }) => new URL(url).origin !== origin), []);
      const bytes = {};
      for (const { url, mime, status, encoding, bytes: sent } of asked) {
        const kind = kinds[mime];
        assert.ok(kind, `${url} is ${mime}`);
        assert.equal(bytes[kind], undefined, `a second one: ${url}`);
        assert.deepEqual([status, encoding], [200, 'gzip'], url);
        bytes[kind] = sent;
      }
      assert.deepEqual(Object.keys(bytes).sort(), ['icons', 'page', 'script', 'style']);
      const frame = gzipSync(source.replace(body, '$1$3'), { level: levelOfNginx }).length;
      const { page: whole, ...files } = bytes;
      const sum = Object.values(files).reduce((one, other) => one + other, frame);
      const split = JSON.stringify({ 'page without rows': frame, rows: whole - frame, ...files });
      t.diagnostic(`${sum} of ${budget} bytes without the rows: ${split}`);
      assert.ok(whole > frame && whole < gzipSync(source, { level: levelOfNginx }).length * 1.1, split);
      assert.ok(sum <= budget, `${sum} bytes: ${split}`);
    });
  }
});
