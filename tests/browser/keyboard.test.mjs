// SPDX-License-Identifier: MIT
//
// Reading the log and a call by keyboard alone, with script and without: nothing here touches the mouse.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, origin, record } from './daybook.mjs';
import { chips, count, rows } from './list_page.mjs';
import { sampleEvents, shownRow } from './sample.mjs';

const events = sampleEvents(40);
const now = Date.now();
let browser;
let account;
const visitors = {};

before(async () => {
  account = makeAccount('keyboard');
  const call = (action, minutes, body) => ({
    action, occurred_at: now - minutes * 60000, entity_type: 'pipeline', entity_id: 'p1', entity_name: 'demo/build',
    user: 'ann', status: 200, request: { method: 'PUT', url: '/api/pipelines/p1', body: JSON.stringify(body) },
  });
  await record(account, [
    ...events, call('createPipeline', 50, { replicas: 1 }), call('updatePipeline', 5, { replicas: 3, paused: true }),
  ]);
  browser = await launch();
  visitors.with = await open(browser, account.person);
  visitors.without = await open(browser, account.person, { javaScriptEnabled: false });
  await visitors.with.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
});

after(() => browser?.close());

const focusIs = (page, wanted) => page.evaluate(
  (words) => [document.activeElement.textContent.trim().replaceAll(/\s+/g, ' '), document.activeElement.ariaLabel,
    document.activeElement.getAttribute('name')].includes(words),
  wanted,
);

const tabTo = async (page, wanted, most = 120) => {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    if (await focusIs(page, wanted)) {
      return;
    }
  }
  assert.fail(`Tab does not lead to ${wanted}`);
};

const enter = (page) => Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);

for (const script of ['with', 'without']) {
  const session = async (url, run) => {
    const visitor = visitors[script];
    await visit(visitor.page, url);
    await run(visitor.page, visitor.page.keyboard);
    await visitor.context.clearCookies();
    visitor.expectNoTrouble();
  };

  describe(`by keyboard alone, ${script} script`, () => {
    it('a quick range, and out of it again', () => session(account.events, async (page, keyboard) => {
      await tabTo(page, 'Date: any time');
      await keyboard.press('Enter');
      if (script === 'with') { // the first range has the focus
        await page.waitForFunction(() => document.activeElement.textContent === 'Last hour');
      } else {
        await tabTo(page, 'Last hour');
      }
      await enter(page);
      assert.deepEqual(await chips(page), ['Date: last hour']);
      assert.equal((await count(page)).total, 2);
      await tabTo(page, 'Remove the filter Date');
      await enter(page);
      assert.equal((await count(page)).total, 42);
    }));

    it('days in a calendar, and another zone', () => session(account.events, async (page, keyboard) => {
      await tabTo(page, 'Date: any time');
      await keyboard.press('Enter');
      await tabTo(page, 'from');
      await keyboard.type('03302024');
      await tabTo(page, 'to');
      await keyboard.type('03312024');
      await tabTo(page, 'zone');
      await keyboard.press('Control+A');
      await keyboard.type('Asia/Tokyo');
      await enter(page);
      const wanted = events.filter(({ occurred_at: at }) => (
        at >= Date.parse('2024-03-29T15:00Z') && at < Date.parse('2024-03-31T15:00Z')));
      assert.deepEqual(await chips(page), ['Date: 2024-03-30 to 2024-03-31']);
      assert.equal((await count(page)).total, wanted.length);
      assert.match(await page.locator('th.time').innerText(), /Asia\/Tokyo/);
    }));

    it('the value of a cell', () => session(`${account.events}?user=Bob&show=25`, async (page, keyboard) => {
      const wanted = events.filter(({ user }) => user === 'Bob');
      await tabTo(page, wanted[0].action);
      if (script === 'with') {
        await keyboard.press('Enter');
        await page.locator('.panel.cell').waitFor();
        await page.waitForFunction(() => document.activeElement.textContent === 'Only this');
      }
      await enter(page);
      assert.deepEqual(await chips(page), [`Action: ${wanted[0].action}`, 'User: Bob']);
      assert.deepEqual(await rows(page), wanted.filter(({ action }) => action === wanted[0].action).map(shownRow));
    }));

    it('pages, the other order, how many rows', () => session(account.events, async (page) => {
      await tabTo(page, 'Next', 200);
      await enter(page);
      assert.deepEqual(await count(page), { first: 11, last: 20, total: 42 });
      await tabTo(page, 'Last request (UTC)', 200);
      await enter(page);
      assert.equal(await page.locator('th.time').getAttribute('aria-sort'), 'ascending');
      await tabTo(page, '25');
      await enter(page);
      assert.deepEqual(await count(page), { first: 1, last: 25, total: 42 });
    }));

    it('a call: what changed, a part folded, a value narrowed', () => session(
      `${account.events}?action=updatePipeline&from=-1h`,
      async (page, keyboard) => {
        await visit(page, new URL(await page.locator('td.open a').first().getAttribute('href'), page.url()).href);
        await tabTo(page, 'Request URL');
        const part = page.locator('details.part').filter({ has: page.getByRole('heading', { name: 'Request URL' }) });
        assert.equal(await part.locator('pre').isVisible(), true);
        await keyboard.press('Enter');
        assert.equal(await part.locator('pre').isVisible(), false);
        await keyboard.press('Enter');
        assert.equal(await part.locator('pre').isVisible(), true);

        const changes = page.locator('details.part').filter({ has: page.getByRole('heading', { name: 'What changed' }) });
        assert.deepEqual(
          (await changes.locator('tbody tr').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim()),
          ['~ changed /replicas 1 3', '+ added /paused true'],
        );
        await visit(page, page.url());
        await tabTo(page, 'Not user ann', 200);
        await enter(page);
        assert.deepEqual(await chips(page), ['Date: last hour', 'Action: updatePipeline', 'User: not ann']);
      },
    ));
  });
}

describe('by keyboard alone, copying', () => {
  it('a text, a value, the whole call', async () => {
    const { page, expectNoTrouble } = visitors.with;
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await visit(page, `${account.events}?action=updatePipeline&from=-1h`);
    await visit(page, new URL(await page.locator('td.open a').first().getAttribute('href'), page.url()).href);
    const url = page.url();
    await tabTo(page, 'Copy as JSON');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.textContent === 'Copied');
    assert.equal(JSON.parse(await copied()).action, 'updatePipeline');
    await tabTo(page, 'Copy as curl');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.textContent === 'Copied');
    assert.match(await copied(), /^curl --globoff /m);
    await tabTo(page, 'Copy Entity ID');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.textContent === 'Copied');
    assert.equal(await copied(), 'p1');
    assert.equal(page.url(), url);
    expectNoTrouble();
  });
});

describe('single keys in a browser that keeps nothing for pages', () => {
  it('work, and can be turned off for the page', async () => {
    const { page, context, done } = await open(browser, account.person);
    const place = page.locator('dialog.over .place');
    await context.addInitScript(() => Object.defineProperty(window, 'localStorage', {
      get() { throw new DOMException('denied', 'SecurityError'); },
    }));
    await visit(page, account.events);
    await page.keyboard.press('j');
    await page.locator('tr.current').waitFor();
    await page.keyboard.press('Enter');
    await place.getByText(/^1 of/).waitFor();
    await page.keyboard.press('ArrowRight');
    await place.getByText(/^2 of/).waitFor();
    await page.keyboard.press('j');
    await place.getByText(/^3 of/).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(account.events);
    await place.waitFor({ state: 'hidden' });
    await page.keyboard.press('?');
    await page.getByLabel('Single keys are on').uncheck();
    await page.keyboard.press('Escape');
    await page.locator('dialog.help').waitFor({ state: 'detached' });
    await page.keyboard.press('k');
    await page.keyboard.press('?');
    assert.equal(await page.getByLabel('Single keys are on').isChecked(), false);
    assert.equal(await page.locator('tr.current').evaluate((row) => row.sectionRowIndex), 2);
    await done();
  });
});
