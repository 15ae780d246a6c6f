// SPDX-License-Identifier: MIT
//
// What stands side by side or one below the other in a wide window: columns of tables that follow each
// other at the same place, texts of a row on one line.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, record } from './daybook.mjs';

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

describe('in a wide window', () => {
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
});
