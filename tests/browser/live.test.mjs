// SPDX-License-Identifier: MIT
//
// A list that stays open: what it says of calls that come meanwhile, where script runs.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, record } from './daybook.mjs';
import { follow, rows } from './list_page.mjs';
import { sampleEvents, shownRow } from './sample.mjs';

const events = sampleEvents(14);
const [newest, second, ...older] = events;
let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

// Somebody who looks at a log of their own that holds these.
const session = async (recorded, run) => {
  const account = makeAccount('watched');
  await record(account, recorded);
  const watcher = await open(browser, account.person);
  await visit(watcher.page, account.events);
  await run(watcher.page, account, watcher);
  await watcher.done();
};

const comeBack = (page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
const ages = (page) => page.locator('.events td.time small');
const forgetAges = (page) => ages(page).evaluateAll((all) => all.forEach((age) => {
  age.textContent = 'just now';
}));

// Comes back and has heard the answer, with which the ages are renewed.
const hear = async (page) => {
  await forgetAges(page);
  await comeBack(page);
  await page.waitForFunction(() => (
    [...document.querySelectorAll('.events td.time small')].every((age) => age.textContent !== 'just now')));
};

describe('a list that is looked at', () => {
  it('says how many have come since, and moves no row', () => session(older, async (page, account) => {
    const before = await rows(page);
    await record(account, [newest, second]);
    await comeBack(page);
    await page.getByRole('link', { name: '2 newer' }).waitFor();
    assert.deepEqual(await rows(page), before);
    await follow(page.getByRole('link', { name: '2 newer' }));
    assert.deepEqual((await rows(page)).slice(0, 2), [shownRow(newest), shownRow(second)]);
    assert.equal(await page.getByText('newer').count(), 0);
  }));

  it('renews how long ago each call was', () => session(older, async (page) => {
    const before = await ages(page).allTextContents();
    assert.match(before.join(), /^(\d+ d ago,?)+$/);
    await hear(page);
    assert.deepEqual(await ages(page).allTextContents(), before);
  }));

  it('leaves the focus on what it says, also when that is another number', () => session(older, async (page, account) => {
    await record(account, [second]);
    await hear(page);
    const link = await page.getByRole('link', { name: '1 newer' }).elementHandle();
    const hasFocus = () => link.evaluate((element) => element === document.activeElement);
    await link.focus();
    await hear(page);
    assert.equal(await hasFocus(), true);
    await record(account, [newest]);
    await hear(page);
    assert.equal(await hasFocus(), false);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), '2 newer');
  }));

  for (const [what, answer, trouble] of [
    ['an error', { status: 503, body: '<main><h1>503</h1></main>' }, /503/],
    ['no list', { body: '<main><h1>Sign in</h1></main>' }],
  ]) {
    it(`says that it could not ask when the answer is ${what}`, () => session(older, async (page, account, watcher) => {
      const news = page.locator('.news');
      const isAsked = ({ pathname }) => pathname.endsWith('/events');
      await page.route(isAsked, (route) => route.fulfill({ contentType: 'text/html', ...answer }));
      await comeBack(page);
      await news.getByText('Newer calls could not be asked for.').waitFor();
      const link = news.getByRole('link', { name: 'Load the page again' });
      assert.equal(await link.evaluate(({ href }) => href), account.events);
      assert.deepEqual(await rows(page), older.slice(0, 10).map(shownRow));
      if (trouble) {
        assert.throws(watcher.expectNoTrouble, trouble);
      }
      await page.unroute(isAsked);
      await record(account, [newest]);
      await comeBack(page);
      await news.getByText('1 newer').waitFor();
      assert.equal(await news.innerText(), '1 newer');
    }));
  }

  it('shows the first call of an empty log', () => session([], async (page, account) => {
    await page.getByText('Nothing is recorded here yet').waitFor();
    await record(account, [newest]);
    await Promise.all([page.waitForEvent('load'), comeBack(page)]);
    assert.deepEqual(await rows(page), [shownRow(newest)]);
  }));

  it('leaves an empty log as it is while somebody types', () => session([], async (page, account) => {
    const box = page.getByRole('searchbox', { name: 'Search', exact: true });
    const isAsked = (answer) => answer.url() === account.events;
    await box.fill('user:ann sta');
    await record(account, [newest]);
    await Promise.all([page.waitForResponse(isAsked), comeBack(page)]);
    await page.waitForTimeout(300);
    assert.equal(await box.inputValue(), 'user:ann sta');
    await box.fill('');
    await Promise.all([page.waitForEvent('load'), comeBack(page)]);
    assert.deepEqual(await rows(page), [shownRow(newest)]);
  }));

  it('loads the list again, not the call that lay over it', () => session(older, async (page, account, watcher) => {
    await page.locator('.events .open a').first().click();
    await page.locator('dialog.over h1').waitFor();
    await page.route(({ pathname }) => pathname.endsWith('/events'), (route) => route.fulfill({ status: 404, body: 'none' }));
    await comeBack(page);
    const again = page.locator('.news a');
    await again.waitFor({ state: 'attached' });
    await page.keyboard.press('Escape');
    await page.waitForURL(account.events);
    assert.equal(await again.evaluate(({ href }) => href), account.events);
    watcher.expectNoTrouble();
  }));

  it('does not ask where asking is one of its calls', () => session(older, async (page, account) => {
    assert.equal(await page.locator('[data-live]').count(), 1);
    await visit(page, `${account.events}?audit=1`);
    assert.equal(await page.locator('.events').count(), 1);
    assert.equal(await page.locator('[data-live]').count(), 0);
  }));
});
