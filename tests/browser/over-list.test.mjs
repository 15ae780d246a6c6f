// SPDX-License-Identifier: MIT
//
// What lies over the list where script runs: the menu of a cell, details, keys, the progress of a download. By mouse, and by
// keyboard alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, origin, record } from './daybook.mjs';
import { chip, chips, count, follow, parseCsv, rows } from './list_page.mjs';
import { sampleEvents, shownRow } from './sample.mjs';

const total = 60;
const events = sampleEvents(total);
const odd = 'it\'s 100% "odd" & <b>, a:b\tc\u202e';
let browser;
let account;
let visitor;

before(async () => {
  account = makeAccount('over');
  events[4].action = odd;
  events[6].entity_id = `${'0123456789abcdef'.repeat(3)}-end`;
  await record(account, events);
  browser = await launch();
  visitor = await open(browser, account.person, { acceptDownloads: true });
  await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
});

after(() => browser?.close());

const session = async (url, run) => {
  await visit(visitor.page, url);
  await run(visitor.page, visitor.page.keyboard);
  visitor.expectNoTrouble();
};

const cell = (page, row, name) => page.locator(`tbody tr:nth-child(${row}) td.${name} > a`);
const focused = (page, selector) => page.waitForFunction(
  (wanted) => document.activeElement.matches(wanted),
  selector,
);
const follows = (page, act) => Promise.all([page.waitForEvent('load'), act()]);
const onPage2 = ({ pathname, searchParams }) => pathname.endsWith('/events') && searchParams.get('page') === '2';
const dialog = (page) => page.locator('dialog.over');
const heading = (page, name) => dialog(page).getByRole('heading', { level: 1, name, exact: true });

describe('the menu of a cell', () => {
  const menu = (page) => page.locator('.panel.cell');

  it('shows the whole value, and leads to the list with it alone', () => session(account.events, async (page) => {
    await cell(page, 7, 'id').click();
    assert.equal(await menu(page).locator('bdi').textContent(), events[6].entity_id);
    assert.deepEqual(await menu(page).getByRole('link').allTextContents(), ['Only this', 'Without this']);
    await follow(menu(page).getByRole('link', { name: 'Only this' }));
    assert.deepEqual(await chips(page), [`Entity ID: ${events[6].entity_id}`]);
    assert.deepEqual(await rows(page), [shownRow(events[6])]);
  }));

  for (const [name, member, label] of [['entity', 'entity_type', 'Entity'], ['action', 'action', 'Action'],
    ['user', 'user', 'User'], ['code', 'status', 'Status'], ['id', 'entity_id', 'Entity ID'],
    ['name', 'entity_name', 'Entity name']]) {
    it(`includes and excludes: ${label}`, () => session(`${account.events}?show=25&page=2`, async (page) => {
      const at = events.findIndex((event, index) => index >= 25 && event[member]);
      const value = events[at][member];
      await cell(page, at - 24, name).click();
      await follow(menu(page).getByRole('link', { name: 'Without this' }));
      assert.deepEqual(await chips(page), [`${label}: not ${value}`]);
      const has = { // a name that holds it
        entity_name: (event) => event.entity_name?.toLowerCase().includes(value.toLowerCase()),
      }[member] ?? ((event) => event[member] === value);
      const others = events.filter((event) => !has(event));
      assert.deepEqual(await count(page), { first: 1, last: 25, total: others.length });

      await visit(page, `${account.events}?${{ code: 'status', id: member, name: member }[name] ?? name}=${encodeURIComponent(value)}&show=25`);
      await cell(page, 1, name).click();
      await follow(menu(page).getByRole('link', { name: 'Without this' }));
      assert.deepEqual(await chips(page), [`${label}: not ${value}`], 'one cannot have both');
    }));
  }

  it('is as exact as the value is odd', () => session(account.events, async (page) => {
    await cell(page, 5, 'action').click();
    await menu(page).getByRole('button', { name: 'Copy' }).click();
    await menu(page).getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), odd);
    await follow(menu(page).getByRole('link', { name: 'Without this' }));
    assert.equal(new URL(page.url()).searchParams.get('not_action'), odd);
    assert.equal((await count(page)).total, total - 1);
  }));

  it('includes and excludes what has none', () => session(account.events, async (page) => {
    const row = events.findIndex(({ user }) => !user) + 1;
    await cell(page, row, 'user').click();
    await follow(menu(page).getByRole('link', { name: 'Only this' }));
    assert.equal((await count(page)).total, events.filter(({ user }) => !user).length);
    await cell(page, 1, 'user').click();
    await follow(menu(page).getByRole('link', { name: 'Without this' }));
    assert.equal((await count(page)).total, events.filter(({ user }) => user).length);
  }));

  it('is used by keyboard alone', () => session(account.events, async (page, keyboard) => {
    await keyboard.press('j');
    await focused(page, 'tbody tr:nth-child(1) td.open a');
    await keyboard.press('j');
    for (const name of ['time', 'user']) {
      await keyboard.press('ArrowLeft');
      if (name === 'user') {
        await focused(page, 'tbody tr:nth-child(2) td.code > a');
      }
    }
    await keyboard.press('Enter');
    await focused(page, '.panel.cell a');
    await keyboard.press('Escape');
    await menu(page).waitFor({ state: 'detached' });
    await focused(page, 'tbody tr:nth-child(2) td.code > a');
    await keyboard.press('Enter');
    await focused(page, '.panel.cell a');
    await keyboard.press('Tab');
    await follows(page, () => keyboard.press('Enter'));
    assert.deepEqual(await chips(page), [`Status: not ${events[1].status}`]);
  }));
});

describe('details over the list', () => {
  it('open by the book, by the row, and stay an address', () => session(account.events, async (page) => {
    const href = await page.locator('tbody tr:nth-child(3) .open a').evaluate((link) => link.href);
    await page.locator('tbody tr:nth-child(3) .open a').click();
    await heading(page, events[2].action).waitFor();
    assert.equal(page.url(), href);
    assert.equal(await page.title(), `${events[2].action}, ${account.slug} · Daybook`);
    await page.goBack();
    await dialog(page).waitFor({ state: 'hidden' });
    assert.equal(page.url(), account.events);
    assert.match(await page.title(), /^All Audit/);
    await page.goForward();
    await heading(page, events[2].action).waitFor();
    await page.reload();
    assert.equal(await page.locator('dialog').count(), 0);
    assert.equal(await page.locator('main h1').innerText(), events[2].action);

    await visit(page, account.events);
    await page.locator('tbody tr:nth-child(4) td.time').click({ position: { x: 2, y: 2 } });
    await heading(page, events[3].action).waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).click();
    await page.waitForURL(account.events);
  }));

  it('are walked through by arrows, and left for the same row by Escape', () => session(
    `${account.events}?status=ok&show=25`,
    async (page, keyboard) => {
      const url = page.url();
      const wanted = events.filter(({ status }) => status >= 100 && status < 400);
      await keyboard.press('j');
      await keyboard.press('j');
      await focused(page, 'tbody tr:nth-child(2) .open a');
      await keyboard.press('o');
      await heading(page, wanted[1].action).waitFor();
      for (const [key, at] of [['ArrowRight', 2], ['ArrowRight', 3], ['ArrowLeft', 2], ['j', 3], ['k', 2]]) {
        await keyboard.press(key);
        await page.waitForFunction((number) => document.querySelector('.place').textContent.startsWith(`${number} of`), at + 1);
        await page.waitForFunction(() => !document.querySelector('.content').ariaBusy);
        await heading(page, wanted[at].action).waitFor();
        assert.equal(page.url(), await page.locator(`tbody tr:nth-child(${at + 1}) .open a`).evaluate((link) => link.href));
      }
      await keyboard.press('Escape');
      await focused(page, 'tbody tr:nth-child(3) .open a');
      await page.waitForURL(url);
      assert.equal(await page.locator('tr.current').count(), 1);
    },
  ));

  it('have links that lead on', () => session(account.events, async (page) => {
    await page.locator('tbody tr:nth-child(1) .open a').click();
    await heading(page, events[0].action).waitFor();
    await follow(dialog(page).getByRole('link', { name: 'Raw' }));
    assert.equal(await page.locator('main h1').innerText(), events[0].action);
    assert.match(page.url(), /view=raw/);
  }));

  it('go on to the next page of the list, and back', () => session(account.events, async (page, keyboard) => {
    const standsAt = async (at, place) => {
      await page.waitForFunction(() => document.querySelector('.content')?.ariaBusy === null);
      await heading(page, events[at].action).waitFor();
      assert.equal(await dialog(page).locator('.place').textContent(), place);
      assert.equal(page.url(), await page.locator('tr.current .open a').evaluate((link) => link.href));
    };
    await page.locator('tbody tr:last-child .open a').click();
    await standsAt(9, '10 of 10');
    await keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelector('.place').textContent === '1 of 10');
    await standsAt(10, '1 of 10');
    await keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.querySelector('.place').textContent === '10 of 10');
    await standsAt(9, '10 of 10');
    await dialog(page).getByRole('button', { name: 'Next' }).click();
    await page.waitForFunction(() => document.querySelector('.place').textContent === '1 of 10');
    await keyboard.press('j');
    await page.waitForFunction(() => document.querySelector('.place').textContent === '2 of 10');
    await standsAt(11, '2 of 10');

    await keyboard.press('Escape');
    await focused(page, 'tbody tr:nth-child(2) .open a');
    await page.waitForURL(onPage2);
    const seen = await rows(page);
    assert.deepEqual(seen, events.slice(10, 20).map(shownRow));
    await keyboard.press('o');
    await standsAt(11, '2 of 10');
    await page.goBack();
    await page.waitForURL(onPage2);
    await page.reload();
    assert.deepEqual(await rows(page), seen);
  }));

  it('say when the list could not be turned', () => session(account.events, async (page, keyboard) => {
    await page.route(onPage2, (route) => route.abort());
    await page.locator('tbody tr:last-child .open a').click();
    await heading(page, events[9].action).waitFor();
    await keyboard.press('ArrowRight');
    await dialog(page).getByText('The list could not be turned.').waitFor();
    await page.unroute(onPage2);
    await follow(dialog(page).getByRole('link', { name: 'Open its next page' }));
    assert.deepEqual(await rows(page), events.slice(10, 20).map(shownRow));
    assert.throws(visitor.expectNoTrouble, /ERR_FAILED/);
  }));

  it('end at the last call of the list', () => session(`${account.events}?page=6`, async (page, keyboard) => {
    await page.locator('tbody tr:last-child .open a').click();
    await heading(page, events[59].action).waitFor();
    assert.equal(await dialog(page).getByRole('button', { name: 'Next' }).isDisabled(), true);
    await keyboard.press('ArrowRight');
    assert.equal(await dialog(page).locator('.place').textContent(), '10 of 10');
    await keyboard.press('Escape');
    await page.waitForURL(`${account.events}?page=6`);
  }));

  it('say when a call could not be loaded, and where its page is', () => session(account.events, async (page) => {
    await page.route('**/events/*', (route) => route.abort());
    await page.locator('tbody tr:nth-child(1) .open a').click();
    await dialog(page).getByText('This call could not be loaded.').waitFor();
    await page.unroute('**/events/*');
    await follow(dialog(page).getByRole('link', { name: 'Open its page' }));
    assert.equal(await page.locator('main h1').innerText(), events[0].action);
    assert.throws(visitor.expectNoTrouble, /ERR_FAILED/);
  }));

  it('leave a click with a modifier to the browser', () => session(account.events, async (page) => {
    const [other] = await Promise.all([
      visitor.context.waitForEvent('page'),
      page.locator('tbody tr:nth-child(1) .open a').click({ modifiers: ['Control'] }),
    ]);
    await other.waitForLoadState();
    assert.equal(await other.locator('main h1').innerText(), events[0].action);
    await other.close();
    assert.equal(await page.locator('dialog').count(), 0);
    assert.throws(visitor.expectNoTrouble, /another window/);
  }));
});

describe('keys', () => {
  it('do what their list says', () => session(account.events, async (page, keyboard) => {
    await keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await help.waitFor();
    for (const key of ['/', 'j', 'k', 'o', 'n', 'p', '?']) {
      assert.ok((await help.locator('kbd').allTextContents()).includes(key), key);
    }
    await keyboard.press('n'); // nothing behind a dialog
    await keyboard.press('Escape');
    assert.equal(page.url(), account.events);
    await follows(page, () => keyboard.press('n'));
    assert.deepEqual(await count(page), { first: 11, last: 20, total });
    await follows(page, () => keyboard.press('p'));
    assert.deepEqual(await count(page), { first: 1, last: 10, total });
    await keyboard.press('j');
    await keyboard.press('j');
    await keyboard.press('k');
    await focused(page, 'tbody tr:nth-child(1) .open a');
  }));

  it('never steal typing', () => session(account.events, async (page, keyboard) => {
    await chip(page, 'Date').locator('summary').click();
    const zone = page.getByLabel('Time zone');
    await zone.fill('');
    await zone.pressSequentially('jk/o?np');
    assert.equal(await zone.inputValue(), 'jk/o?np');
    assert.equal(page.url(), account.events);
    assert.equal(await page.locator('dialog').count(), 0);
    // Nor do they leave an open menu, with what is ticked in it.
    await page.getByRole('button', { name: 'Apply' }).first().focus();
    await keyboard.press('n');
    assert.equal(page.url(), account.events);
  }));

  it('can be turned off', () => session(account.events, async (page, keyboard) => {
    await page.getByRole('button', { name: '?' }).click();
    await page.getByLabel('Single keys are on').uncheck();
    await page.getByRole('button', { name: 'Close' }).click();
    await keyboard.press('j');
    await keyboard.press('n');
    await keyboard.press('?');
    await page.getByLabel('Single keys are on').check();
    assert.equal(page.url(), account.events);
    assert.equal(await page.locator('tr.current').count(), 0);
    await keyboard.press('Escape');
    await keyboard.press('j');
    await focused(page, 'tbody tr:nth-child(1) .open a');
  }));
});

describe('a download', () => {
  const box = (page) => page.locator('.transfer');

  it('says how many rows it has brought', () => session(`${account.events}?status=ok`, async (page) => {
    const wanted = events.filter(({ status }) => status >= 100 && status < 400);
    for (const [name, read] of [['Download audit', (text) => parseCsv(text).length - 1],
      ['NDJSON', (text) => text.trimEnd().split('\n').length]]) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name }).click(),
      ]);
      assert.match(download.suggestedFilename(), new RegExp(`-${wanted.length}-rows\\.`));
      assert.equal(read(readFileSync(await download.path(), 'utf8')), wanted.length);
      await box(page).getByText(`${wanted.length} rows downloaded.`).waitFor();
      await box(page).getByRole('button', { name: 'Close' }).click();
      assert.equal(await box(page).count(), 0);
    }
  }));

  it('counts what a search finds, which nobody knows before', () => session(`${account.events}?q=again`, async (page) => {
    await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download audit' }).click()]);
    await box(page).getByText(`${total} rows downloaded.`).waitFor();
  }));

  it('shows rows of rows, and stops when it is cancelled', () => session(account.events, async (page) => {
    // A server that sends ten rows and then nothing.
    await page.evaluate(() => {
      const real = window.fetch;
      window.fetch = async (url, options) => {
        const { signal } = options;
        const body = new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode(`"head"\r\n${'"a\n""b"\r\n'.repeat(10)}`));
            signal.addEventListener('abort', () => controller.error(signal.reason));
          },
        });
        window.fetch = real;
        return new Response(body, { headers: { 'content-type': 'text/csv', 'daybook-rows': '60' } });
      };
    });
    await page.getByRole('link', { name: 'Download audit' }).click();
    await box(page).getByText('10 of 60 rows').waitFor();
    assert.equal(await box(page).getByRole('progressbar').evaluate((bar) => bar.value / bar.max), 10 / 60);
    await box(page).getByRole('button', { name: 'Cancel' }).click();
    await box(page).getByText('The download was cancelled; nothing was saved.').waitFor();
  }));

  it('says why there is none', () => session(account.events, async (page) => {
    await page.route('**/events.csv*', (route) => route.fulfill({
      status: 429,
      contentType: 'text/html',
      body: '<div class="error"><h1>429</h1><p>You have too many downloads already.</p></div>',
    }));
    await page.getByRole('link', { name: 'Download audit' }).click();
    await box(page).getByText('You have too many downloads already.').waitFor();
    await page.unroute('**/events.csv*');
  }));
});

describe('a list that is looked at', () => {
  it('says how many have come since, and moves no row', async () => {
    const own = makeAccount('watched');
    const [first, second, ...older] = sampleEvents(14);
    await record(own, older);
    const watcher = await open(browser, own.person);
    const { page } = watcher;
    await visit(page, own.events);
    const before = await rows(page);
    await record(own, [first, second]);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.getByRole('link', { name: '2 newer' }).waitFor();
    assert.deepEqual(await rows(page), before);
    await follow(page.getByRole('link', { name: '2 newer' }));
    assert.deepEqual((await rows(page)).slice(0, 2), [shownRow(first), shownRow(second)]);
    assert.equal(await page.getByText('newer').count(), 0);
    await watcher.done();
  });

  it('takes days or times, and offers zones', () => session(account.events, async (page) => {
    await chip(page, 'Date').locator('summary').click();
    await page.getByLabel('From').fill('2024-03-30');
    await page.getByRole('button', { name: 'Choose times too' }).click();
    await page.locator('[name=from][type=datetime-local]').waitFor();
    assert.equal(await page.getByLabel('From').inputValue(), '2024-03-30T00:00');
    await page.getByLabel('From').fill('2024-03-30T12:00');
    assert.ok(await page.locator('#zones option').count() > 300);
    await page.getByLabel('Time zone').fill('Asia/Tokyo');
    await follows(page, () => page.getByRole('button', { name: 'Apply' }).first().click());
    const wanted = events.filter(({ occurred_at: at }) => at >= Date.parse('2024-03-30T03:00Z'));
    assert.equal((await count(page)).total, wanted.length);
    assert.equal(new URL(page.url()).search, '?from=2024-03-30T12%3A00&tz=Asia%2FTokyo');
    await chip(page, 'Date').locator('summary').click();
    await page.getByRole('button', { name: 'Choose times too' }).click(); // for the end, which is a day still
    await page.getByRole('button', { name: 'Days only' }).click();
    await page.locator('.fields [type=date]').nth(1).waitFor();
    assert.equal(await page.getByLabel('From').inputValue(), '2024-03-30');
    await page.context().clearCookies();
  }));
});
