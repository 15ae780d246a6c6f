// SPDX-License-Identifier: MIT
//
// The pages about an account, health and the search for a secret, and the marks that stand for secrets
// on the page of a call: with and without script, as one sees, hears and types them.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { build, makeAccount, origin, plantSource, record } from './daybook.mjs';
import { expectNoOverflow, expectOursOnly, expectValid } from './markup.mjs';

const screenshots = path.join(build, 'test/screenshots');
const widths = { 320: 640, 390: 844, 821: 900, 1280: 900 };
const mark = 'redacted:0123456789abcdef';
const hour = 3600000;
let browser;
let account;
let empty;
let call;

const plantSources = () => {
  const now = Date.now();
  const other = makeAccount('other').slug;
  plantSource(account, { name: `orders-${account.slug}`, lines: 1200345, stored: 1200301 }, [
    [account.slug, 1190000, 12, 30, 7, now - 4000, 212],
    [other, 10301, 0, 0, 0, now, 100],
  ]);
  plantSource(account, {
    name: `billing-${account.slug}`, silent_after_s: 3600, last_line_ms: now - 3 * hour, lines: 96,
    stored: 90, refused: 6, backlog_bytes: 5120, backlog_files: 2,
  }, [[account.slug, 90, 0, 0, 0, now - 3 * hour, 1800]], [
    [2, 2, now - 5 * hour, '/var/log/daybook/billing.log.1', 88123],
    [3, 3, now - 3 * hour, '/var/log/daybook/billing.log', 1024],
    [5, 1, now - 30 * hour, '/var/log/daybook/billing.log.2', 40960],
  ]);
  plantSource(account, { name: `killed-${account.slug}`, seen_ms: now - 20 * 60000 });
  plantSource(account, { name: `ended-${account.slug}`, stopped_ms: now - 26 * hour });
  plantSource(empty, { name: `shared-${account.slug}` }, [
    [account.slug, 3, 0, 0, 3, now - 60000, 40],
  ]);
};

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  account = makeAccount('about', 'admin');
  empty = makeAccount('empty', 'admin');
  const [id] = await record(account, [{
    action: 'createToken', entity_type: 'token', user: 'ann', status: 201, source: 'cli',
    request: {
      method: 'POST', url: `/api/tokens?key=${mark}&x=1`, query: { key: mark, x: '1' },
      headers: [['Host', 'api.example'], ['Authorization', mark], ['Cookie', 'redacted']],
      body: JSON.stringify({ name: 'ci', secret: mark, note: 'a redacted text', list: [mark, 'x'] }),
    },
    extra: { claimed: mark },
  }]);
  call = `${account.events}/${id}`;
  plantSources();
  browser = await launch();
});

after(() => browser?.close());

const session = async (run, options = {}, person = account.person) => {
  const visitor = await open(browser, person, options);
  try {
    await run(visitor.page);
    visitor.expectNoTrouble();
  } finally {
    await visitor.context.close();
  }
};

// Whether script runs may make no difference.
const both = (name, run) => {
  it(`${name}, with script`, () => session(run));
  it(`${name}, without script`, () => session(run, { javaScriptEnabled: false }));
};

const find = async (page, secret) => {
  await page.getByLabel('Secret', { exact: true }).fill(secret);
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: 'Find' }).click(),
  ]);
};

const looks = {
  health: { url: () => account.health },
  'health-empty': { url: () => empty.health.replace(empty.slug, bare.slug), person: () => bare.person },
  'find-secret': { url: () => account.findSecret },
  'find-secret-found': { url: () => account.findSecret, act: (page) => find(page, 'a secret') },
  'details-marks': { url: () => call },
};
let bare;

describe('the look of the pages about an account', () => {
  before(() => {
    bare = makeAccount('bare');
  });

  for (const [name, { url, act, person }] of Object.entries(looks)) {
    it(`is good, and the page is correct: ${name}`, () => session(async (page) => {
      const response = await visit(page, url());
      expectValid(await response.text(), name);
      await act?.(page);
      await expectOursOnly(page, origin);
      for (const [width, height] of Object.entries(widths)) {
        await page.setViewportSize({ width: Number(width), height });
        await expectNoOverflow(page, name);
        for (const colorScheme of ['390', '1280'].includes(width) ? ['light', 'dark'] : []) {
          await page.emulateMedia({ colorScheme });
          const file = `${name}-${width}-${colorScheme}.png`;
          await page.screenshot({ path: path.join(screenshots, file), fullPage: true });
        }
      }
    }, {}, person?.()));
  }
});
