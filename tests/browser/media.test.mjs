// SPDX-License-Identifier: MIT
//
// A list and a call on paper, and in colours that the reader chose.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, record } from './daybook.mjs';
import { sampleEvents } from './sample.mjs';

const longId = `${'0123456789abcdef'.repeat(3)}-end`;
const events = sampleEvents(20);
let browser;
let account;
let visitor;

before(async () => {
  account = makeAccount('media');
  events[0].request.body = JSON.stringify(Array.from({ length: 100 }, (_, number) => ({ number })));
  events[1].entity_id = longId;
  await record(account, events);
  browser = await launch();
  visitor = await open(browser, account.person);
});

after(() => browser?.close());

const session = async (run) => {
  await visitor.page.emulateMedia({ media: null, forcedColors: null });
  await visit(visitor.page, account.events);
  await run(visitor.page);
  visitor.expectNoTrouble();
};

const sheets = async (page) => (await page.pdf({ format: 'A4' })).toString('latin1').match(/\/Type \/Page\b/g).length;

describe('on paper', () => {
  it('a call that lies over the list is alone, and whole', () => session(async (page) => {
    const over = page.locator('dialog.over');
    await page.locator('tbody tr:first-child .open a').click();
    await over.getByRole('heading', { level: 1 }).waitFor();
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.events').isVisible(), false);
    assert.deepEqual(await page.locator('body > :visible').evaluateAll((all) => all.map(({ className }) => className)), ['over']);
    assert.equal(await over.locator('.bar').isVisible(), false);
    assert.equal(await over.locator('h1').isVisible(), true);
    for (const part of [over, over.locator('.content')]) {
      assert.equal(await part.evaluate((element) => getComputedStyle(element).overflow), 'visible');
    }
    const printed = await sheets(page);
    await page.reload();
    const alone = await sheets(page); // with the head of each page
    assert.ok(alone > 2 && [alone, alone - 1].includes(printed), `${printed} sheets of ${alone}`);
  }));

  it('a list has nothing that is for pressing, and its search as far as there is one', () => session(async (page) => {
    const pressed = page.locator('button:visible, summary:visible:not(:has(.label)), input:visible, .search:visible');
    assert.ok(await pressed.count() > 3);
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(await pressed.evaluateAll((all) => all.map(({ outerHTML }) => outerHTML)), []);
    await page.emulateMedia({ media: null });
    await visit(page, `${account.events}?q=again`);
    await page.emulateMedia({ media: 'print' });
    assert.deepEqual(await pressed.evaluateAll((all) => all.map(({ value, className }) => value ?? className)), ['search', 'again']);
  }));

  it('a long name is one text again', () => session(async (page) => {
    const link = page.locator('tbody tr:nth-child(2) td.id > a');
    assert.notEqual(await link.innerText(), longId);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await link.innerText(), longId);
    assert.equal(await link.evaluate((element) => getComputedStyle(element).display), 'block');
    assert.deepEqual(
      await link.locator('span').evaluateAll((halves) => halves.map((half) => getComputedStyle(half).display)),
      ['inline', 'inline'],
    );
  }));
});

describe('in colours of the reader\'s choice', () => {
  it('the tab where one is differs from the others', () => session(async (page) => {
    await page.emulateMedia({ forcedColors: 'active' });
    const colours = await page.locator('.tabs a').evaluateAll((all) => (
      all.map((tab) => [tab.ariaCurrent === 'page', getComputedStyle(tab).borderBottomColor])));
    const [[, current]] = colours.filter(([is]) => is);
    const others = colours.filter(([is]) => !is);
    assert.ok(others.length > 0);
    assert.ok(others.every(([, colour]) => colour !== current), String(colours));
  }));
});
