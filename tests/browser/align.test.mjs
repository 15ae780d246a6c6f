// SPDX-License-Identifier: MIT
//
// What stands side by side or one below the other in a wide window: fields as high as the button
// beside them, texts of a row on one line, columns of tables that follow each other at the same place.
// And what is told by colour, light and dark.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { daybook, makeAccount, record, sql } from './daybook.mjs';

const zone = 'Europe/Berlin';
const twice = Date.UTC(2025, 9, 26, 0, 30); // 02:30 in Berlin, an hour before the second 02:30
const idOfMongo = '6b06e94c5a6bb9fb5683f2ab';
const nameAsMany = 'platform/terraform-plan';
let browser;
let visitor;
let account;
let ids;

// Calls of one entity and of others around the same time, by two people.
const calls = ['getEnvironmentStatus', 'a', 'updatePipeline', 'b'].map((action, index) => ({
  action,
  entity_type: index % 2 ? 'environment' : 'pipeline',
  entity_id: index % 2 ? undefined : idOfMongo,
  entity_name: index % 2 ? 'x' : nameAsMany,
  user: index % 2 ? 'u' : 'deploy-bot',
  status: 200,
  occurred_at: twice + index * 1000,
}));

before(async () => {
  account = makeAccount('align', 'admin');
  ids = await record(account, calls);
  await record(account, [{ ...calls[0], occurred_at: twice - 1000, status: 500 }]);
  daybook('token', 'add', account.slug, 'read');
  sql(`UPDATE token SET expires_ms = created_ms WHERE scope = 2 AND account_id = (SELECT id FROM account WHERE slug = '${account.slug}')`);
  browser = await launch();
  visitor = await open(browser, account.person);
});

after(() => browser?.close());

const at = async (width, url) => {
  const { page } = visitor;
  await page.setViewportSize({ width, height: 900 });
  await visit(page, url);
  return page;
};

// Runs in the browser: the middle of the first text in each of `elements`.
const middles = (elements) => elements.map((element) => {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let text = texts.nextNode();
  while (!text.data.trim()) {
    text = texts.nextNode();
  }
  range.selectNodeContents(text);
  const { top, bottom } = range.getBoundingClientRect();
  return (top + bottom) / 2;
});

const expectOneLine = async (locator) => {
  const found = await locator.evaluateAll(middles);
  assert.ok(found.length > 1);
  assert.ok(Math.max(...found) - Math.min(...found) < 0.6, `${await locator.allInnerTexts()} at ${found}`);
};

const expectSameHeight = async (locator) => {
  const boxes = await Promise.all((await locator.all()).map((one) => one.boundingBox()));
  assert.ok(boxes.length > 1);
  for (const { y, height } of boxes) {
    assert.deepEqual({ y, height }, { y: boxes[0].y, height: boxes[0].height });
  }
};

// Of each of `locator`, what its text is cut by.
const expectUncut = async (locator) => {
  const cut = await locator.evaluateAll((found) => found
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).map(({ innerText }) => innerText));
  assert.deepEqual(cut, []);
};

describe('in a wide window', () => {
  it('a field is as high as the button beside it', async () => {
    await expectSameHeight((await at(1280, account.events)).locator('.search input, .search button'));
    const saving = await at(1280, `${account.views}?user=ann&kind=events`);
    await expectSameHeight(saving.locator('.inputs :is(input:not([type=checkbox]), select, button)'));
    await expectOneLine(saving.locator('.inputs .field > label'));
  });

  it('the texts of a row are on one line', async () => {
    const list = await at(1280, account.events);
    await expectOneLine(list.locator('tbody tr').first().locator(':is(.action, .user) a, .status'));
    const members = await at(1280, account.members);
    await expectOneLine(members.locator('tbody tr:first-child td:not(.act), tbody tr:first-child summary'));
  });

  it('a usual name and a whole ID fit into a list', async () => {
    await expectUncut((await at(1280, account.events)).locator('td:is(.id, .name) a > span'));
  });

  it('an age is whole behind a time that occurs twice, and not over the icon', async () => {
    for (const width of [1280, 1920]) {
      const page = await at(width, `${account.events}?tz=${encodeURIComponent(zone)}`);
      const row = page.locator('tbody tr').first();
      assert.match(await row.locator('td.time').innerText(), /^2025-10-26 02:30:03 \+02:00 \d+ d ago$/);
      const { cut, end } = await row.locator('small').evaluate((small) => ({
        cut: getComputedStyle(small.closest('td')).overflow !== 'visible'
          && small.closest('td').scrollWidth > small.closest('td').clientWidth,
        end: small.getBoundingClientRect().right,
      }));
      const icon = await row.locator('.open a').evaluate((link) => (
        link.getBoundingClientRect().left + Number.parseFloat(getComputedStyle(link).paddingLeft)));
      assert.ok(!cut, `cut at ${width}`);
      assert.ok(end <= icon, `${end} over the icon at ${icon}, at ${width}`);
    }
  });

  it('the columns of what is around a call are at the same place, its entities on one line', async () => {
    for (const width of [1280, 1920]) {
      const page = await at(width, `${account.events}/${ids[0]}`);
      const tables = await page.locator('.linked').evaluateAll((found) => found.map((table) => (
        [...table.tHead.rows[0].cells].map((cell) => cell.getBoundingClientRect().left))));
      assert.ok(tables.length > 1);
      tables.forEach((columns) => assert.deepEqual(columns, tables[0], `at ${width}`));
      await expectOneLine(page.locator('.linked').first().locator('tbody tr').first()
        .locator('td:is(.time, .action, .entity) , .sub'));
    }
  });

  it('who somebody is and what they may stand near each other', async () => {
    const page = await at(1920, account.members);
    const person = await page.locator('th').nth(0).boundingBox();
    const role = await page.locator('th').nth(1).boundingBox();
    assert.ok(role.x - person.x < 900, `${role.x - person.x} apart`);
  });

  it('no remark is longer than can be read', async () => {
    const page = await at(1920, account.members);
    for (const hint of await page.locator('.hint').all()) {
      assert.ok((await hint.boundingBox()).width <= 800);
    }
  });

  it('the name of a view begins where the head of its column does', async () => {
    const page = await at(1280, `${account.views}?user=ann&kind=events`);
    await page.getByLabel('Name').fill('mine');
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Save', exact: true }).click()]);
    await visit(page, account.views);
    const [head, name] = await page.locator('.roster th:first-child, .roster a.view').evaluateAll((found) => found.map((element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getBoundingClientRect().left;
    }));
    assert.equal(name, head);
  });
});

describe('light and dark', () => {
  for (const colorScheme of ['light', 'dark']) {
    it(`failed calls are red over time: ${colorScheme}`, async () => {
      const { page } = visitor;
      await page.emulateMedia({ colorScheme });
      await visit(page, account.events);
      const [red, green, blue] = await page.locator('.histogram > svg .failed').first()
        .evaluate((bar) => getComputedStyle(bar).fill.match(/\d+/g).map(Number));
      assert.ok(red - Math.max(green, blue) > 110, `rgb ${red} ${green} ${blue}`);
    });

    it(`a state that is neither good nor bad has an edge: ${colorScheme}`, async () => {
      const { page } = visitor;
      await page.emulateMedia({ colorScheme });
      await visit(page, account.tokens);
      assert.match(await page.locator('.state.stopped').first().evaluate((state) => getComputedStyle(state).boxShadow), /inset/);
    });
  }
});
