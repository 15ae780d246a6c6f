// SPDX-License-Identifier: MIT
//
// Back and Forward between a list, the details over it, and what one goes on to from there: the page is what the address says.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, record } from './daybook.mjs';
import { follow, openFilter } from './list_page.mjs';
import { sampleEvents } from './sample.mjs';

const events = sampleEvents(60);
let browser;
let account;
let visitor;

before(async () => {
  account = makeAccount('history');
  for (const event of events) {
    event.entity_id = 'one'; // so that each call has a history
  }
  await record(account, events);
  browser = await launch();
  visitor = await open(browser, account.person);
});

after(() => browser?.close());

const dialog = (page) => page.locator('dialog.over');

// Each test begins in a list with the details of its second call over it.
const session = (run) => async () => {
  const { page } = visitor;
  const list = `${account.events}?show=25`;
  await visit(page, list);
  const link = page.locator('tbody tr:nth-child(2) .open a');
  const details = await link.evaluate(({ href }) => href);
  await link.click();
  await dialog(page).locator('h1').waitFor();
  assert.equal(page.url(), details);
  await run(page, { list, details });
  visitor.expectNoTrouble();
};

// What is shown soon and stays: a load may be under way.
const stands = async (page, url, what) => {
  await page.waitForFunction((wanted) => location.href === wanted, url);
  await page.waitForFunction(([call, name]) => {
    const over = document.querySelector('dialog.over')?.open ?? false;
    const isList = Boolean(document.querySelector('.events'));
    const title = document.querySelector(over ? 'dialog.over h1' : 'main h1')?.textContent;

    return document.readyState === 'complete' && (call ? title === call && (over || !isList) : isList && !over && title === name);
  }, [what, 'All Audit'], { timeout: 5000 }).catch(async () => assert.fail(
    `${url}: ${await page.locator('main h1').first().textContent()}`));
};

const isList = (page, url) => stands(page, url, null);
const isCall = (page, url, at) => stands(page, url, events[at].action);

// Playwright has Chromium keep no page that was left, as it does for people.
describe('Back to a page that the browser has kept as it was', () => {
  it('shows fields that say what the list shows, not what was asked for next', async (t) => {
    const keeping = await launch({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
    t.after(() => keeping.close());
    const { page, done } = await open(keeping, account.person);
    const list = `${account.events}?user=ann&show=25`;
    await visit(page, list);
    await page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => { window.kept = persisted; });
    });
    const box = page.locator('[name=query]');
    await box.fill('status:failed');
    await Promise.all([page.waitForEvent('load'), box.press('Enter')]);
    await page.goBack({ waitUntil: 'commit' }); // it is not loaded again
    await page.waitForFunction((wanted) => location.href === wanted, list);
    assert.equal(await page.evaluate(() => window.kept), true, 'the browser has kept the page');
    assert.equal(await box.inputValue(), 'user:ann');
    await done();
  });
});

describe('Back and Forward', () => {
  it('lead from the page of a call to its list, and there again', session(async (page, { list, details }) => {
    await follow(dialog(page).getByRole('link', { name: 'Open as a page' }));
    await isCall(page, details, 1);
    for (let turn = 0; turn < 2; turn += 1) {
      await page.goBack();
      await isList(page, list);
      await page.goForward();
      await isCall(page, details, 1);
    }
  }));

  it('lead to the list from a call that was loaded again', session(async (page, { list, details }) => {
    await page.reload();
    await isCall(page, details, 1);
    await page.goBack();
    await isList(page, list);
    await page.goForward();
    await isCall(page, details, 1);
  }));

  it('lead to the call from a list that was loaded again', session(async (page, { list, details }) => {
    await page.goBack();
    await isList(page, list);
    await page.reload();
    await isList(page, list);
    await page.goForward();
    await isCall(page, details, 1);
    await page.goBack();
    await isList(page, list);
  }));

  for (const [what, link] of [
    ['the texts as they stand', (over) => over.getByRole('link', { name: 'Raw' })],
    ['an earlier call on its entity', (over) => over.locator('.linked tr:not(.shown) .open a').last()],
    ['a list without its value', (over) => over.locator('.facts').getByRole('link', { name: /^Not / }).first()],
  ]) {
    it(`lead back over two entries, and there again: ${what}`, session(async (page, { list, details }) => {
      await follow(link(dialog(page)));
      const last = page.url();
      const title = await page.locator('main h1').textContent();
      assert.notEqual(last, details);
      for (let turn = 0; turn < 2; turn += 1) {
        await page.goBack();
        await isCall(page, details, 1);
        await page.goBack();
        await isList(page, list);
        await page.goForward();
        await isCall(page, details, 1);
        await page.goForward();
        await page.waitForFunction((wanted) => location.href === wanted, last);
        await page.waitForFunction((wanted) => document.querySelector('main h1').textContent === wanted, title);
      }
      // Over both at once.
      await page.evaluate(() => { history.go(-2); });
      await isList(page, list);
      await page.goForward();
      await isCall(page, details, 1);
    }));
  }

  it('lead to the list from details that were opened in it again', session(async (page, { list, details }) => {
    await page.reload();
    await page.goBack();
    await isList(page, list);
    await page.locator('tbody tr:nth-child(5) .open a').click();
    await dialog(page).locator('h1').waitFor();
    await page.goBack();
    await isList(page, list);
    await page.goForward();
    assert.notEqual(page.url(), details);
    await isCall(page, page.url(), 4);
    assert.equal(await dialog(page).evaluate(({ open: isOpen }) => isOpen), true);
  }));

  it('lead to the page of the list where its details had come to', session(async (page, { list }) => {
    const onPage2 = ({ searchParams }) => searchParams.get('page') === '2';
    await page.goBack();
    await isList(page, list);
    await page.getByRole('link', { name: 'Skip to the content' }).press('Enter');
    await page.locator('tbody tr:nth-child(25) .open a').click();
    await dialog(page).getByRole('button', { name: 'Next' }).click();
    await page.waitForFunction((title) => document.querySelector('.over h1')?.textContent === title, events[25].action);
    await page.goBack();
    await page.waitForURL(onPage2);
    await isList(page, page.url());
    await page.goBack(); // the list as it was come to
    await isList(page, list);
    assert.equal(await page.locator('.count b').first().textContent(), '1 - 25');
  }));

  it('load nothing for a move within the page', session(async (page, { list, details }) => {
    const loaded = [];
    await page.reload();
    page.on('request', (request) => request.isNavigationRequest() && loaded.push(request.url()));
    await page.getByRole('link', { name: 'Skip to the content' }).press('Enter');
    await page.waitForURL(`${details}#main`);
    await page.goBack();
    await page.waitForURL(details);
    await page.goForward();
    await page.waitForURL(`${details}#main`);
    await page.waitForTimeout(200);
    assert.deepEqual(loaded, []);
    await page.evaluate(() => { history.go(-2); });
    await isList(page, list);
    assert.deepEqual(loaded, [list]);

    const panel = await openFilter(page, 'User');
    await panel.getByRole('searchbox').fill('typed');
    await page.evaluate(() => { location.hash = 'main'; });
    await page.goBack();
    await page.waitForURL(list);
    await page.waitForTimeout(200);
    assert.deepEqual(loaded, [list]);
    assert.equal(await panel.getByRole('searchbox').inputValue(), 'typed');
  }));
});
