// SPDX-License-Identifier: MIT
//
// Names that break layouts: from right to left, of 300 characters, under heaps of combining marks, of
// emoji and tall scripts, with characters that turn or hide what stands around them. Wherever one
// stands no page is wider than its window, no row of a list higher than the others, nothing is
// painted over a neighbour, and what nobody could see is shown by its number.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import {
  addMember, daybook, makeAccount, makePerson, origin, record,
} from './daybook.mjs';
import { chip, openFilter } from './list_page.mjs';
import { expectNoOverflow } from './markup.mjs';
import { hostileStrings } from './strings.mjs';

const nameMax = 1024;
const plain = 'a plain name';
const heap = Array.from({ length: 112 }, (_, index) => String.fromCodePoint(0x300 + index)).join('');
const names = {
  plain,
  arabic: 'الكل في المجمو عة (v1.2) - فريق/خدمة',
  hebrew: 'צוות/שירות 17 [prod]',
  'both ways': 'team/الخدمة 1/שירות-b 2/end',
  long: 'W'.repeat(300),
  'long words': 'deploy/production '.repeat(17).trim(),
  'long and wide': '田'.repeat(300),
  'long arabic': 'م'.repeat(300),
  zalgo: `Z${heap}a${heap}l${heap}`,
  'below and above': [...'deploy'].map((letter) => `${letter}\u0323\u0331\u0307\u0302\u0308\u030a\u035c\u0361`).join(''),
  'starts with a mark': '\u0301\u0323name',
  emoji: '👩🏽‍🚀🏳️‍🌈👨‍👩‍👧‍👦🇩🇪🤷🏿‍♀️'.repeat(8),
  ligature: '﷽﷽﷽',
  tall: 'བསྒྲུབས་ཧྨྒླ ꧋꧄꦳ ᭛ ๎็ํ',
  sumerian: '𒐫𒈙⸻',
  vertical: 'ᠮᠣᠩᠭᠣᠯ',
  tabs: 'a\tb\nc\r\nd',
};

// What turns or hides the text around it, each with what must stand there instead.
const spoofers = [
  0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d,
  0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0x3164, 0xfeff, 0xfff9, 0xe0041,
].map((point) => ({
  text: `invoice${String.fromCodePoint(point)}gpj.exe`,
  shown: `invoice[U+${point.toString(16).toUpperCase().padStart(4, '0')}]gpj.exe`,
}));
const desk = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
const widths = [desk, phone];
let browser;
let visitor;
let account;
let ids;

// The name wherever one may stand, and the same values else.
const everywhere = (name, index) => ({
  entity_type: name, entity_id: name, entity_name: name, action: name, user: name, status: 200,
  occurred_at: Date.UTC(2026, 0, 1) - index * 1000, request: { method: 'GET', url: `/${name}`, body: name },
});

// Of the published lists: what is not plain ASCII.
const published = hostileStrings()
  .filter((text) => /[^\x20-\x7e]/.test(text) && Buffer.byteLength(text) <= nameMax && !text.includes('\0'));
const all = [...Object.values(names), ...spoofers.map(({ text }) => text), ...published];

before(async () => {
  account = makeAccount('layout');
  ids = await record(account, all.map(everywhere));
  browser = await launch();
  visitor = await open(browser, account.person);
});

after(() => browser?.close());

// Runs in the browser: the rows that are not as high as the first; the last one has no line below it.
const unequalRows = () => {
  const rows = [...document.querySelectorAll('table.events tbody tr:not(:last-child)')];
  const height = (row) => row.getBoundingClientRect().height;

  return rows.filter((row) => Math.abs(height(row) - height(rows[0])) > 0.5)
    .map((row) => `${height(row)} not ${height(rows[0])}: ${row.innerText.slice(0, 60)}`);
};

// Runs in the browser: the cells whose text could be painted over another one.
const unclipped = () => [...document.querySelectorAll('td.id, td.name, td.entity, td.action, td.user, h1')]
  .filter((cell) => getComputedStyle(cell).overflow === 'visible')
  .map((cell) => cell.className || cell.localName);

const everyWidth = async (page, look) => {
  for (const size of widths) {
    await page.setViewportSize(size);
    await expectNoOverflow(page, `${page.url()} at ${size.width}`);
    await look?.(size.width);
  }
};

describe('names that break layouts', () => {
  it('leave all rows of a list at the same height', async () => {
    const { page } = visitor;
    await visit(page, `${account.events}?show=200`);
    assert.equal(await page.locator('table.events tbody tr').count(), all.length);
    await everyWidth(page, async (width) => {
      assert.deepEqual(await page.evaluate(unequalRows), [], `at ${width}`);
      assert.deepEqual(await page.evaluate(unclipped), []);
    });
    visitor.expectNoTrouble();
  });

  it('leave the blocks of a phone in line', async () => {
    const { page } = visitor;
    await page.setViewportSize(phone);
    await visit(page, `${account.events}?show=25&page=5`);
    const middles = (selector) => page.locator(selector).evaluateAll((all) => all.map((element) => {
      const { top, bottom } = element.getBoundingClientRect();
      return Math.round((top + bottom) / 2);
    }));
    const times = await middles('td.time');
    (await middles('.open a')).forEach((middle, index) => {
      assert.ok(Math.abs(middle - times[index]) <= 1, `the icon is at ${middle}, the time at ${times[index]}`);
    });
    await page.setViewportSize({ width: 375, height: 667 });
    const [count, size] = await middles('.count, .size');
    assert.ok(Math.abs(count - size) <= 1, 'the numbers of rows are in one line');
    visitor.expectNoTrouble();
  });

  it('are shown with the numbers of what nobody could see', async () => {
    const { page } = visitor;
    await visit(page, `${account.events}?show=200`);
    const actions = await page.locator('td.action').allTextContents();
    for (const { text, shown } of spoofers) {
      assert.equal(actions[all.indexOf(text)].trim(), shown);
      await visit(page, `${account.events}?action=${encodeURIComponent(text)}`);
      assert.equal(await chip(page, 'Action').locator('summary bdi').textContent(), shown);
      await visit(page, `${account.events}/${ids[all.indexOf(text)]}`);
      assert.equal(await page.locator('h1').textContent(), shown);
      assert.match(await page.title(), new RegExp(`^${shown.replaceAll(/[[\]+.]/g, '\\$&')}`));
    }
    visitor.expectNoTrouble();
  });

  for (const [word, name] of Object.entries(names)) {
    it(`fit into chips and details: ${word}`, async () => {
      const { page } = visitor;
      const value = encodeURIComponent(name);
      await visit(page, `${account.events}?action=${value}&not_user=${value}x&entity_name=${value}`);
      await everyWidth(page, async () => {
        for (const box of await page.locator('.chip:visible').all()) {
          const { x, height } = await box.boundingBox();
          assert.ok(x >= 0 && height < 44, `a chip ${height} high`);
        }
        const label = await chip(page, 'Action').locator('.label').boundingBox();
        const shown = await chip(page, 'Action').locator('summary bdi').boundingBox();
        assert.ok(label.x + label.width <= shown.x, 'the label stands before its value');
      });
      await visit(page, `${account.events}/${ids[all.indexOf(name)]}`);
      await everyWidth(page);
      visitor.expectNoTrouble();
    });
  }

  it('fit into menus', async () => {
    const { page } = visitor;
    await visit(page, account.events);
    const panel = await openFilter(page, 'Action');
    await everyWidth(page, async (width) => {
      const items = await panel.locator('.values li').evaluateAll((found) => found.map((item) => {
        const { height, left, right } = item.getBoundingClientRect();
        return { height, left, right, text: item.innerText };
      }));
      assert.ok(items.length > Object.keys(names).length);
      for (const { height, left, right, text } of items) {
        assert.ok(Math.abs(height - items[0].height) < 0.5, `${height} high: ${text}`);
        assert.ok(left >= 0 && right <= width, text);
      }
    });
    visitor.expectNoTrouble();
  });

  it('leave the button of a menu in view, and nothing behind it that has the focus', async () => {
    const { page } = visitor;
    await page.setViewportSize({ width: 390, height: 700 });
    await visit(page, account.events);
    const panel = await openFilter(page, 'Action');
    const button = panel.getByRole('button', { name: 'Apply' });
    assert.equal(await page.evaluate(() => scrollY), 0);
    const { y, height } = await button.boundingBox();
    assert.ok(y + height <= 700, `it ends at ${y + height}`);
    await panel.getByRole('searchbox').focus();
    for (let presses = 0; presses < 30; presses += 1) {
      await page.keyboard.press('Tab');
      const hidden = await page.evaluate(() => {
        const { left, right, top, bottom } = document.activeElement.getBoundingClientRect();
        return !document.activeElement.contains(document.elementFromPoint((left + right) / 2, bottom - 1))
          && `${document.activeElement.outerHTML}: ${top} to ${bottom}`;
      });
      assert.equal(hidden, false);
    }
    await panel.getByRole('textbox', { name: 'Another value' }).focus();
    await page.keyboard.press('Tab');
    assert.ok(await button.evaluate((element) => element === document.activeElement));
    visitor.expectNoTrouble();
  });

  it('may be those of accounts, members and tokens', async () => {
    const person = makePerson();
    const odd = [names.arabic, 'W'.repeat(200), names['below and above'], names['starts with a mark']];
    const accounts = odd.map((name) => {
      const named = makeAccount('named', 'admin', name);
      addMember(named, person, 'admin');
      addMember(named, { username: name });
      daybook('token', 'add', named.slug, 'read', '--label', name);
      return named;
    });
    const { page, done } = await open(browser, person);
    for (const url of [`${origin}/`, accounts[0].members, accounts[1].members, accounts[0].tokens, accounts[1].tokens]) {
      await visit(page, url);
      await everyWidth(page);
    }
    await done();
  });
});
