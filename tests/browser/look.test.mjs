// SPDX-License-Identifier: MIT
//
// How the pages look and what they are made of: screenshots to be looked at in
// BUILD/test/screenshots, no page wider than its window, tables and forms that ears understand.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { build, daybook, makeAccount, origin, record } from './daybook.mjs';
import { chip, openFilter } from './list_page.mjs';
import { expectNoOverflow, expectOursOnly, expectValid } from './markup.mjs';

const screenshots = path.join(build, 'test/screenshots');
const widths = { 320: 640, 390: 844, 600: 900, 820: 900, 821: 900, 1280: 900, 1920: 1080 };
const screenshotWidths = ['390', '1280'];
let browser;
let visitor;
let account;
let details;
const triggers = {}; // and the call that one of them caused

// Of the demo: a webhook that was sent more than once and set calls off, one of these calls, one whose signature is invalid.
const findTriggers = (demo, ids) => {
  const url = (tab, index) => `${account[tab]}/${ids[index]}`;
  const attempts = (id) => demo.filter(({ trigger }) => trigger?.delivery_id === id).length;
  const caused = (cause) => demo.findIndex((event) => (
    event.kind !== 'trigger' && event.request_id === cause.request_id
  ));
  const repeated = demo.findIndex((event) => (
    event.kind === 'trigger' && caused(event) >= 0 && attempts(event.trigger.delivery_id) > 1
  ));
  triggers.repeated = url('triggers', repeated);
  triggers.caused = url('events', caused(demo[repeated]));
  triggers.invalid = url('triggers', demo.findIndex(({ trigger }) => trigger?.signature === 'invalid'));
};

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  account = makeAccount('acme');
  const demo = daybook('demo', '--seed', '1').trim().split('\n').map((line) => JSON.parse(line));
  const ids = await record(account, demo);
  const shown = demo.findIndex(({ kind, request: { query, body } }) => (
    kind !== 'trigger' && query?.length !== 0 && body?.length > 300 && body.length < 600
  ));
  details = `${account.events}/${ids[shown]}`;
  findTriggers(demo, ids);
  browser = await launch();
  visitor = await open(browser, account.person);
});

after(() => browser?.close());

const filtered = '?action=updatePipeline&action=createPipeline&not_status=200&not_user=ann'
  + '&from=2000-01-01&entity_name=a&tz=Europe%2FBerlin&show=25';

// Name of the page, its address, its status, its tables, what to do there before looking.
const views = {
  list: { url: () => account.events, tables: 1 },
  filtered: { url: () => `${account.events}${filtered}`, tables: 1 },
  triggers: { url: () => `${account.triggers}?show=25&page=2`, tables: 1 },
  'menu-of-filters': {
    url: () => account.events,
    act: (page) => page.locator('.chip.add > details > summary').click(),
  },
  'menu-of-ticks': { url: () => account.events, act: (page) => openFilter(page, 'Action') },
  'menu-of-dates': {
    url: () => account.events,
    act: (page) => chip(page, 'Date').locator('summary').click(),
  },
  'menu-of-chip': {
    url: () => `${account.events}${filtered}`,
    act: (page) => chip(page, 'Status').locator('summary').click(),
  },
  'menu-of-users': { url: () => `${account.events}${filtered}&menu=user`, tables: 1 },
  details: { url: () => details, fullPage: true },
  'details-raw': { url: () => `${details}?view=raw`, fullPage: true },
  'trigger-repeated': { url: () => triggers.repeated, tables: 5, fullPage: true },
  'trigger-invalid': { url: () => triggers.invalid, fullPage: true },
  'call-caused': { url: () => triggers.caused, tables: 2, fullPage: true },
  'triggers-invalid': { url: () => `${account.triggers}?status=401&status=5xx`, tables: 1 },
  empty: { url: () => `${account.events}?user=nobody-of-that-name` },
  mistake: { url: () => `${account.events}?query=action:updatePipeline%20status:6xx`, status: 400 },
  error: { url: () => `${account.events}?nonsense=1`, status: 400 },
};

// Runs in the browser: what ears would miss.
const semantics = () => {
  const found = [];
  const expect = (fine, what) => fine || found.push(what);
  const name = (element) => element.getAttribute('aria-label')
    || element.labels?.[0]?.textContent.trim()
    || element.textContent.trim();

  for (const table of document.querySelectorAll('table')) {
    expect(table.caption?.textContent.trim(), 'a table without a caption');
    for (const head of table.querySelectorAll('th')) {
      expect(['col', 'row'].includes(head.scope), `th without scope: ${head.textContent}`);
      expect(head.textContent.trim(), 'a column without a name');
    }
    const sorted = [...table.querySelectorAll('[aria-sort]')];
    const fine = table.className === 'events'
      ? sorted.length === 1 && sorted[0].textContent.includes('Last request') : sorted.length === 0;
    expect(fine, 'aria-sort');
    const columns = table.tHead.rows[0].cells.length;
    for (const row of table.tBodies[0].rows) {
      expect(row.cells.length === columns, 'a row with another count of cells');
    }
  }
  const inputs = 'input:not([type=hidden]), select, textarea';
  for (const control of document.querySelectorAll(`a, button, summary, ${inputs}`)) {
    expect(name(control), `nothing to call it by: ${control.outerHTML.slice(0, 200)}`);
  }
  for (const input of document.querySelectorAll(inputs)) {
    expect(input.labels.length || input.ariaLabel, `no label: ${input.outerHTML}`);
  }
  for (const { id } of document.querySelectorAll('[id]')) {
    expect(document.querySelectorAll(`#${CSS.escape(id)}`).length === 1, `id ${id} is not unique`);
  }
  expect(document.documentElement.lang === 'en', 'no language');
  expect(document.querySelectorAll('h1').length === 1, 'not one h1');
  expect(document.querySelectorAll('main').length === 1, 'not one main');
  expect(document.title.includes('Daybook'), 'title');
  return found;
};

// Runs in the browser: the open panel, when a part of it lies outside the window.
const cutPanels = () => [...document.querySelectorAll('details[open] > .panel')]
  .map((panel) => panel.getBoundingClientRect())
  .filter(({ left, right }) => left < 0 || right > window.innerWidth)
  .map(({ left, right }) => ({ left, right }));

describe('the look of the pages', () => {
  const validated = new Set();

  for (const [name, { url, status, tables, act, fullPage }] of Object.entries(views)) {
    it(`is good, and the page is correct: ${name}`, async () => {
      const { page } = visitor;
      const response = await visit(page, url(), status);
      if (!validated.has(url())) {
        expectValid(await response.text(), name);
        validated.add(url());
      }
      await expectOursOnly(page, origin);
      assert.deepEqual(await page.evaluate(semantics), []);
      if (tables) {
        assert.equal(await page.getByRole('table').count(), tables);
      }
      await act?.(page);
      for (const [width, height] of Object.entries(widths)) {
        await page.setViewportSize({ width: Number(width), height });
        await expectNoOverflow(page, name);
        assert.deepEqual(await page.evaluate(cutPanels), [], `at ${width}`);
        if (screenshotWidths.includes(width)) {
          for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme });
            const file = `${name}-${width}-${colorScheme}.png`;
            await page.screenshot({ path: path.join(screenshots, file), fullPage });
          }
        }
      }
      visitor.expectNoTrouble();
    });
  }

  it('is dark where that is asked for', async () => {
    const { page } = visitor;
    const brightness = async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await visit(page, account.events);
      const [red, green, blue] = await page.evaluate(
        () => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number),
      );
      return (red + green + blue) / 3;
    };
    assert.ok(await brightness('light') > 200);
    assert.ok(await brightness('dark') < 60);
    visitor.expectNoTrouble();
  });
});
