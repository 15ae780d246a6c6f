// SPDX-License-Identifier: MIT
//
// What lies over the list where script runs: the menu of a cell, details, keys. By mouse, and by keyboard alone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, origin, record } from './daybook.mjs';
import { chip, chips, count, follow, rows } from './list_page.mjs';
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
  visitor = await open(browser, account.person);
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
const place = (page) => dialog(page).locator('.place');
const heading = (page, name) => dialog(page).getByRole('heading', { level: 1, name, exact: true });
const switchKeys = async (page, on) => {
  await page.getByRole('button', { name: '?' }).click();
  await page.getByLabel('Single keys are on').setChecked(on);
  await page.getByRole('button', { name: 'Close' }).click();
};

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
    await page.waitForFunction(() => document.title.startsWith('All Audit')); // the event "close" comes later than what it tells
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
    await standsAt(9, '10 of 60');
    await keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelector('.place').textContent === '11 of 60');
    await standsAt(10, '11 of 60');
    await keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.querySelector('.place').textContent === '10 of 60');
    await standsAt(9, '10 of 60');
    await dialog(page).getByRole('button', { name: 'Next' }).click();
    await page.waitForFunction(() => document.querySelector('.place').textContent === '11 of 60');
    await keyboard.press('j');
    await page.waitForFunction(() => document.querySelector('.place').textContent === '12 of 60');
    await standsAt(11, '12 of 60');

    await keyboard.press('Escape');
    await focused(page, 'tbody tr:nth-child(2) .open a');
    await page.waitForURL(onPage2);
    const seen = await rows(page);
    assert.deepEqual(seen, events.slice(10, 20).map(shownRow));
    await keyboard.press('o');
    await standsAt(11, '12 of 60');
    await page.goBack();
    await page.waitForURL(onPage2);
    await page.reload();
    assert.deepEqual(await rows(page), seen);
  }));

  it('say the place among all that match, as far as the list knows it', () => session(`${account.events}?show=25&page=2`, async (page, keyboard) => {
    const says = async (counted, wanted) => {
      await page.locator('.count').evaluate((line, text) => { line.textContent = text; }, counted);
      await page.locator('tbody tr:nth-child(2) .open a').click();
      await heading(page, events[26].action).waitFor();
      assert.equal(await place(page).textContent(), wanted);
      await keyboard.press('Escape');
      await page.waitForURL(`${account.events}?show=25&page=2`);
    };
    await says(await page.locator('.count').textContent(), '27 of 60');
    await says('1,000 - 1,024 of at least 12,345', '1,001 of at least 12,345');
    await says('', '');
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

  for (const [what, answer, trouble] of [
    ['an error', { status: 503, body: '<main><h1>503</h1><p>Too many ask at once.</p></main>' }, /503/],
    ['no list', { body: '<main><h1>Sign in</h1></main>' }],
  ]) {
    it(`keep the list when its next page is ${what}`, () => session(account.events, async (page, keyboard) => {
      const before = await rows(page);
      await page.route(onPage2, (route) => route.fulfill({ contentType: 'text/html', ...answer }));
      await page.locator('tbody tr:last-child .open a').click();
      await heading(page, events[9].action).waitFor();
      await keyboard.press('ArrowRight');
      await dialog(page).getByText('The list could not be turned.').waitFor();
      assert.deepEqual(await rows(page), before);
      await keyboard.press('Escape');
      await focused(page, 'tbody tr:last-child .open a');
      await page.waitForURL(account.events);
      await page.unroute(onPage2);
      if (trouble) {
        assert.throws(visitor.expectNoTrouble, trouble);
      }
    }));
  }

  it('end at the last call of the list', () => session(`${account.events}?page=6`, async (page, keyboard) => {
    await page.locator('tbody tr:last-child .open a').click();
    await heading(page, events[59].action).waitFor();
    assert.equal(await dialog(page).getByRole('button', { name: 'Next' }).isDisabled(), true);
    await keyboard.press('ArrowRight');
    assert.equal(await dialog(page).locator('.place').textContent(), '60 of 60');
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

  it('show no error as if it were a call', () => session(account.events, async (page) => {
    await page.route('**/events/*', (route) => route.fulfill({
      status: 503, contentType: 'text/html', body: '<main><h1>503</h1></main>',
    }));
    await page.locator('tbody tr:nth-child(1) .open a').click();
    await dialog(page).getByText('This call could not be loaded.').waitFor();
    await page.unroute('**/events/*');
    assert.throws(visitor.expectNoTrouble, /503/);
  }));

  it('open once, also when they are asked for twice', () => session(account.events, async (page, keyboard) => {
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    await page.route('**/dialog.*.js', async (route) => {
      await held;
      await route.continue();
    });
    await page.locator('tbody tr:nth-child(3) .open a').dblclick();
    release();
    await heading(page, events[2].action).waitFor();
    await keyboard.press('Escape');
    await focused(page, 'tbody tr:nth-child(3) .open a');
    await page.waitForURL(account.events);
    assert.equal(await dialog(page).isVisible(), false);
    await page.unroute('**/dialog.*.js');
  }));

  it('take keys while the call is on its way, also at the ends of the list', () => session(account.events, async (page, keyboard) => {
    const isCall = ({ pathname }) => /\/events\/[0-9a-f]{16}$/.test(pathname);
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    await page.route(isCall, async (route) => {
      await held;
      await route.continue();
    });
    await page.locator('tbody tr:nth-child(1) .open a').click();
    await place(page).getByText('1 of 60').waitFor();
    await page.waitForTimeout(100); // until a button that cannot be pressed has lost the focus
    await keyboard.press('ArrowRight');
    await place(page).getByText('2 of 60').waitFor();
    await dialog(page).getByRole('button', { name: 'Previous' }).click();
    await place(page).getByText('1 of 60').waitFor();
    await page.waitForTimeout(100);
    await keyboard.press('j');
    await place(page).getByText('2 of 60').waitFor();
    release();
    await heading(page, events[1].action).waitFor();
    await keyboard.press('Escape');
    await page.waitForURL(account.events);
    await page.unroute(isCall);
  }));

  it('take single keys only while these are on, and no arrow with Shift', () => session(account.events, async (page, keyboard) => {
    await switchKeys(page, false);
    await page.locator('tbody tr:nth-child(3) .open a').click();
    await heading(page, events[2].action).waitFor();
    for (const [key, wanted] of [['j', 3], ['k', 3], ['Shift+ArrowRight', 3], ['Shift+ArrowLeft', 3], ['ArrowRight', 4], ['ArrowLeft', 3]]) {
      await keyboard.press(key);
      assert.equal(await place(page).textContent(), `${wanted} of 60`, key);
    }
    await keyboard.press('Escape');
    await page.waitForURL(account.events);
    await switchKeys(page, true);
  }));

  it('lead back to a row that is not under the head', () => session(`${account.events}?show=50`, async (page, keyboard) => {
    await page.locator('tbody tr:last-child .open a').click();
    await heading(page, events[49].action).waitFor();
    for (let at = 49; at > 10; at -= 1) {
      await keyboard.press('ArrowLeft');
    }
    await heading(page, events[10].action).waitFor();
    assert.equal(await place(page).textContent(), '11 of 60');
    await keyboard.press('Escape');
    await page.waitForFunction((href) => location.href === href, `${account.events}?show=50`);
    await page.waitForTimeout(100); // the browser scrolls, too
    await focused(page, 'tbody tr:nth-child(11) .open a');
    assert.ok(await page.evaluate(() => scrollY > 0));
    const { y } = await page.locator('tr.current .open a').boundingBox();
    const head = await page.locator('th.open').boundingBox();
    assert.ok(y >= head.y + head.height, `${y} under ${head.y + head.height}`);
  }));

  it('scroll no more once one has left them', () => session(`${account.events}?show=50`, async (page, keyboard) => {
    await page.locator('tbody tr:first-child .open a').click();
    await heading(page, events[0].action).waitFor();
    await keyboard.press('Escape');
    await page.waitForFunction((href) => location.href === href, `${account.events}?show=50`);
    await page.waitForTimeout(100);
    const before = await page.evaluate(() => {
      scrollTo(0, document.body.scrollHeight);
      location.hash = 'nothing';
      return scrollY;
    });
    await page.waitForTimeout(100);
    assert.equal(await page.evaluate(() => scrollY), before);
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
  }));

  it('leave no open menu, with what is ticked in it', () => session(account.events, async (page, keyboard) => {
    const left = [];
    const note = (request) => request.isNavigationRequest() && left.push(request.url());
    page.on('request', note);
    await keyboard.press('k');
    await focused(page, 'tbody tr:nth-child(1) .open a');
    await chip(page, 'Date').locator('summary').click();
    await page.getByRole('button', { name: 'Apply' }).first().focus();
    await keyboard.press('n');
    await keyboard.press('Escape');
    await keyboard.press('j');
    await focused(page, 'tbody tr:nth-child(2) .open a');
    assert.deepEqual(left, []);
    page.off('request', note);
  }));

  it('are not those that select with Shift', () => session(account.events, async (page, keyboard) => {
    await keyboard.press('j');
    await focused(page, 'tbody tr:nth-child(1) .open a');
    await keyboard.press('Shift+ArrowLeft');
    await keyboard.press('ArrowLeft');
    await focused(page, 'tbody tr:nth-child(1) td.user > a');
    await keyboard.press('Shift+ArrowRight');
    await keyboard.press('ArrowLeft');
    await focused(page, 'tbody tr:nth-child(1) td.code > a');
  }));

  it('leave the browser its own while they are off', () => session(account.events, async (page, keyboard) => {
    const isTaken = async () => {
      await page.evaluate(() => addEventListener('keydown', (event) => {
        window.taken = event.defaultPrevented;
      }, { once: true }));
      await keyboard.press('/');
      return page.evaluate(() => window.taken);
    };
    assert.equal(await isTaken(), true);
    await page.evaluate(() => document.activeElement.blur());
    await switchKeys(page, false);
    await page.locator('h1').click();
    assert.equal(await isTaken(), false);
    await switchKeys(page, true);
  }));

  it('can be turned off', () => session(account.events, async (page, keyboard) => {
    await switchKeys(page, false);
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
