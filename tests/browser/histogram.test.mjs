// SPDX-License-Identifier: MIT
//
// The list over time: what a bar, a row of its table or a word of its legend says is what it leads to, by mouse and by keyboard,
// with and without script.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { daybook, makeAccount, record } from './daybook.mjs';
import { count, numberOf } from './list_page.mjs';
import { expectNoOverflow, expectValid } from './markup.mjs';

let browser;
let account;

before(async () => {
  account = makeAccount('over-time');
  await record(account, daybook('demo', '--seed', '1').trim().split('\n').map((line) => JSON.parse(line)));
  browser = await launch();
});

after(() => browser?.close());

// "2026-01-31 (UTC): 37 calls, 2 failed"
const said = (title) => numberOf(title.match(/: ([\d,]+) calls?(, [\d,]+ failed)?$/)[1]);

const bars = (page) => page.locator('.histogram > svg a');

for (const javaScriptEnabled of [true, false]) {
  describe(`the list over time, script ${javaScriptEnabled ? 'on' : 'off'}`, () => {
    let visitor;

    before(async () => {
      visitor = await open(browser, account.person, { javaScriptEnabled });
    });

    after(() => visitor?.done());

    it('narrows by a click on a bar, again and again', async () => {
      const { page } = visitor;
      await visit(page, account.events);
      let { total } = await count(page);
      for (let depth = 0; depth < 3; depth += 1) {
        const titles = await bars(page).locator('title').allTextContents();
        assert.equal(titles.reduce((sum, title) => sum + said(title), 0), total);
        const most = titles.reduce((best, title, at) => (said(title) > said(titles[best]) ? at : best), 0);
        await Promise.all([page.waitForURL(/from=/), bars(page).nth(most).click()]);
        ({ total } = await count(page));
        assert.equal(total, said(titles[most]));
      }
      await page.getByRole('link', { name: 'Zoom out' }).click();
      assert.ok((await count(page)).total >= total);
    });

    it('narrows by keyboard, through the table', async () => {
      const { page } = visitor;
      await visit(page, `${account.events}?status=failed&tz=Europe%2FBerlin`);
      await page.getByRole('link', { name: 'As a table' }).focus();
      await page.keyboard.press('Enter');
      const table = page.getByRole('table', { name: 'Calls over time' });
      await table.waitFor();
      const summary = page.locator('.histogram summary');
      if (!javaScriptEnabled) {
        await summary.focus(); // the page is another
      }
      assert.equal(await page.locator(':focus').innerText(), 'As a table');
      for (const open of [false, true]) {
        await page.keyboard.press('Enter');
        assert.equal(await table.isVisible(), open);
      }
      const wanted = numberOf(await table.locator('tbody tr').first().locator('td').last()
        .innerText());
      await page.keyboard.press('Tab');
      const focused = page.locator(':focus');
      assert.equal(await focused.innerText(), await table.locator('tbody a').first().innerText());
      assert.notEqual(await focused.evaluate((link) => getComputedStyle(link).outlineStyle), 'none');
      await Promise.all([page.waitForURL(/from=/), page.keyboard.press('Enter')]);
      assert.equal((await count(page)).total, wanted);
    });

    it('has no bar on the way of the Tab key', async () => {
      const { page } = visitor;
      await visit(page, account.events);
      await page.locator('.add > details > summary').focus();
      const reached = [];
      for (let step = 0; step < 8; step += 1) {
        await page.keyboard.press('Tab');
        reached.push(await page.locator(':focus').evaluate((node) => node.closest('.histogram > svg') !== null));
      }
      assert.ok(!reached.includes(true));
    });

    it('leads from its legend to what it counts', async () => {
      const { page } = visitor;
      await visit(page, account.events);
      const entries = await page.locator('.legend span').allInnerTexts();
      assert.ok(entries.length >= 3);
      for (const entry of entries) {
        const [, label, number] = entry.trim().match(/^(.*) ([\d,]+)$/);
        await visit(page, account.events);
        await page.locator('.legend').getByRole('link', { name: label, exact: true }).click();
        assert.equal((await count(page)).total, numberOf(number), label);
      }
    });
  });
}

describe('how the list over time is made', () => {
  it('is correct, stretches, and is not printed with links', async () => {
    const visitor = await open(browser, account.person);
    const { page } = visitor;
    const response = await visit(page, `${account.events}?histogram=table`);
    expectValid(await response.text(), 'histogram');
    for (const width of [320, 390, 1280, 2560]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoOverflow(page, 'histogram');
      const box = await page.locator('.histogram > svg').boundingBox();
      assert.ok(box.width > width * 0.6, `${box.width} of ${width}`);
      await page.locator('.histogram summary').click();
      await expectNoOverflow(page, 'histogram, without its table');
      await page.locator('.histogram summary').click();
    }
    await page.emulateMedia({ media: 'print' });
    assert.ok(await page.locator('.histogram > svg').isVisible());
    assert.ok(!(await page.locator('.histogram summary').isVisible()));
    await visitor.done();
  });
});
