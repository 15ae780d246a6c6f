// SPDX-License-Identifier: MIT
//
// The search box, by keyboard alone, with script and without: what it finds, how it says what the list shows, where a mistake is.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, origin, record } from './daybook.mjs';
import { apply, chip, chips, count, follow, openFilter, rows, tick } from './list_page.mjs';
import { expectOursOnly, expectValid } from './markup.mjs';
import { sampleEvents, shownRow } from './sample.mjs';

const events = sampleEvents(120);
const oddUser = 'none, "two\nlines" \\ \u202eand more';
let browser;
let account;

before(async () => {
  account = makeAccount('searching');
  events[3].user = oddUser;
  events[4].user = 'none';
  await record(account, events);
  browser = await launch();
});

after(() => browser?.close());

const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

const tabTo = async (page, locator) => {
  for (let steps = 0; steps < 80; steps += 1) {
    if (await hasFocus(locator)) {
      return;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail(`no way by Tab to ${locator}`);
};

const press = (page, key) => Promise.all([page.waitForEvent('load'), page.keyboard.press(key)]);

const box = (page) => page.getByRole('searchbox', { name: 'Search', exact: true });

// Types `text` in the place of what stands in the box, and sends it.
const search = async (page, text) => {
  await tabTo(page, box(page));
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.type(text);
  await press(page, 'Enter');
};

const expectFound = async (page, fits) => {
  const wanted = events.filter(fits);
  assert.deepEqual(await rows(page), wanted.slice(0, 10).map(shownRow));
  assert.equal((await count(page)).total, wanted.length);
};

for (const javaScriptEnabled of [true, false]) {
  describe(`the search box with${javaScriptEnabled ? '' : 'out'} script`, () => {
    let visitor;
    before(async () => { visitor = await open(browser, account.person, { javaScriptEnabled }); });
    after(() => visitor.done());

    const session = (name, target, run) => it(name, async () => {
      await visit(visitor.page, account.events + target);
      await run(visitor.page);
      visitor.expectNoTrouble();
    });

    session('finds what is typed, and says it as the list shows it', '?tz=Asia%2FTokyo', async (page) => {
      await search(page, 'STATUS:>=400 -user:ann created:2024-03-29..2024-03-31');
      const address = 'not_user=ann&status=failed&from=2024-03-29&to=2024-03-31&tz=Asia%2FTokyo';
      assert.equal(page.url(), `${account.events}?${address}`);
      assert.equal(await box(page).inputValue(), '-user:ann status:failed created:2024-03-29..2024-03-31');
      assert.deepEqual(await chips(page), ['Date: 2024-03-29 to 2024-03-31', 'User: not ann', 'Status: failed']);
      const since = Date.UTC(2024, 2, 28, 15);
      const wanted = events.filter(({ status, user, occurred_at: at }) => status >= 400 && user !== 'ann' && at >= since);
      assert.equal((await count(page)).total, wanted.length);
    });

    session('looks for a text', '', async (page) => {
      await search(page, '"n=17" action:signIn');
      await expectFound(page, ({ action }, index) => action === 'signIn' && index === 17);
      assert.equal(await box(page).inputValue(), 'action:signIn n=17');
    });

    session('follows what the form and the chips change', '?user=ann', async (page) => {
      const panel = await openFilter(page, 'Action');
      await tick(panel, 'login');
      await apply(panel);
      assert.equal(await box(page).inputValue(), 'action:login user:ann');
      await follow(chip(page, 'User').locator('.clear'));
      assert.equal(await box(page).inputValue(), 'action:login');
      await search(page, '');
      assert.equal(await box(page).inputValue(), '');
      assert.equal((await count(page)).total, events.length);
    });

    session('shows a mistake and where it is, and lets one go on typing', '?show=25', async (page) => {
      await search(page, 'action:approve status:4x');
      assert.match(page.url(), /\/events\?/);
      assert.equal(await page.locator('table').count(), 0);
      assert.ok(await hasFocus(box(page)), 'the box has the focus');
      assert.equal(await box(page).getAttribute('aria-invalid'), 'true');
      const described = page.locator(`#${await box(page).getAttribute('aria-describedby')}`);
      assert.match(await described.innerText(), /^Character 23 of the query: a status is a number from 100 to 599/);
      assert.equal(await described.locator('pre').innerText(), 'action:approve status:4x ← here');
      assert.equal(await described.locator('mark').innerText(), '4x ← here');
      await expectOursOnly(page, origin);
      await page.keyboard.press('End');
      await page.keyboard.type('x');
      await press(page, 'Enter');
      assert.equal(page.url(), `${account.events}?action=approve&status=4xx&show=25`);
      assert.equal(await box(page).getAttribute('aria-invalid'), null);
    });

    for (const [field, query] of [['From', 'from=2026-02-30'], ['To', 'to=today'], ['Time zone', 'zone=Mars&tz=UTC']]) {
      session(`marks what is wrong of the dates: ${field}`, '?show=25', async (page) => {
        await visit(page, `${account.events}?user=ann&${query}`, 400);
        const wrong = page.locator('.panel [aria-invalid]');
        assert.deepEqual(await wrong.evaluateAll((all) => all.map(({ labels }) => labels[0].firstChild.data.trim())), [field]);
        if (javaScriptEnabled) {
          await wrong.and(page.locator(':focus')).waitFor();
        }
      });
    }

    const filters = '?user=ann&from=2024-03-01&tz=Asia%2FTokyo&show=25';

    session('keeps the other filters where one is wrong, and shows it where it was typed', filters, async (page) => {
      await (await openFilter(page, 'Contains')).getByLabel('Contains').fill('\u00e9'); // two bytes, which no pattern sees
      await apply(page.locator('.offer[open]'));
      const panel = page.locator('.offer[open]');
      const field = panel.getByLabel('Contains');
      const said = 'Contains (parameter "q") must be 3 to 200 bytes long, not "\u00e9".';
      assert.equal(await panel.locator('.mistake').innerText(), said);
      assert.equal(await field.inputValue(), '\u00e9');
      assert.equal(await field.getAttribute('aria-invalid'), 'true');
      assert.deepEqual(await chips(page), ['Date: since 2024-03-01', 'User: ann']);
      assert.ok((await page.getByRole('alert').innerText()).startsWith(said));
      assert.equal(await page.locator('table').count(), 0);
      const way = page.getByRole('link', { name: 'Show the log without what is wrong' });
      assert.equal(await way.evaluate(({ href }) => href), account.events + filters);
      await field.fill('n=17');
      await apply(panel);
      assert.equal(await box(page).inputValue(), 'user:ann created:2024-03-01.. n=17');
      assert.ok(page.url().includes('show=25'));
    });

    session('sends back what no line can hold', `?user=${encodeURIComponent(oddUser)}`, async (page) => {
      assert.equal((await count(page)).total, 1);
      assert.equal(await box(page).inputValue(), 'user:"none, \\"two\\nlines\\" \\\\ \\xE2\\x80\\xAEand more"');
      const address = page.url();
      await tabTo(page, box(page));
      await press(page, 'Enter');
      assert.equal(decodeURIComponent(page.url()), decodeURIComponent(address));
      assert.equal((await count(page)).total, 1);
    });

    session('tells nobody from a user of that name', '', async (page) => {
      await search(page, 'user:none');
      await expectFound(page, ({ user }) => user === undefined);
      await search(page, 'user:"none"');
      await expectFound(page, ({ user }) => user === 'none');
      assert.equal(await box(page).inputValue(), 'user:"none"');
    });

    session('has examples that one can follow', '?tz=Asia%2FTokyo', async (page) => {
      const how = page.locator('.how summary');
      await tabTo(page, how);
      await page.keyboard.press('Enter');
      const example = page.getByRole('link', { name: 'status:failed created:-24h' });
      await tabTo(page, example);
      await press(page, 'Enter');
      assert.equal(page.url(), `${account.events}?status=failed&from=-24h&tz=Asia%2FTokyo`);
      assert.equal(await box(page).inputValue(), 'status:failed created:-24h');
    });

    it('is correct HTML, with a mistake as well', async () => {
      for (const [query, status] of [['query=%3Cb%3E"%26:x', 400], ['user=%3Cb%3E%22%26', 200]]) {
        const response = await visit(visitor.page, `${account.events}?${query}`, status);
        expectValid(await response.text(), query);
      }
      visitor.expectNoTrouble();
    });
  });
}
