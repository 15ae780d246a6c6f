// SPDX-License-Identifier: MIT
//
// What script adds to the pages. Each test also fails on an error or a warning in the console, on a
// violation of the Content-Security-Policy (the console tells), and on a request to another host.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, origin, record } from './daybook.mjs';
import {
  apply, chip, chips, count, downloadCsv, follow, openFilter, rows, tick, tickNot, values, valuesOf,
} from './list_page.mjs';
import { sampleEvents, shownRow } from './sample.mjs';
import { visible } from './strings.mjs';

const total = 120;
const events = sampleEvents(total);
const oddAction = 'two\nlines & "more" + 100% <b>';
let browser;
let account;
let visitor;

before(async () => {
  account = makeAccount('scripted');
  events[5].action = oddAction;
  await record(account, [...events, ...sampleEvents(12, 'trigger')]);
  browser = await launch();
  visitor = await open(browser, account.person);
  await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
});

after(() => browser?.close());

// What `run` does from the address on.
const session = async (url, run) => {
  await visit(visitor.page, url);
  await run(visitor.page);
  visitor.expectNoTrouble();
};

const hasFocus = (locator) => locator.evaluate((element) => element === document.activeElement);

// The page of the first call of the list, not what lies over the list.
const openPage = async (page) => visit(page, new URL(await page.locator('td.open a').first().getAttribute('href'), page.url()).href);

const menus = (page) => page.locator('details.menu[open]').count();

describe('the log with script', () => {
  it('narrows a list of ticks while one types', () => session(account.events, async (page) => {
    const panel = await openFilter(page, 'User');
    const shown = () => panel.locator('li:visible bdi').allInnerTexts();
    const find = panel.getByRole('searchbox');
    const shows = async (wanted) => { // soon: the script of menus may still be on its way
      for (let wait = 0; wait < 40 && String(await shown()) !== String(wanted); wait += 1) {
        await page.waitForTimeout(50);
      }
      assert.deepEqual(await shown(), wanted);
    };
    await find.waitFor();
    const names = valuesOf(events, ({ user }) => user).map(([name]) => name);
    assert.equal(names.length, 5);
    await shows(names);
    await find.pressSequentially('DÖR');
    await shows(['Dörte Müller']);
    await find.fill('nobody at all');
    await shows([]);
    await find.fill('b');
    await shows(['Bob']);
    await tick(panel, 'Bob');
    await find.fill('');
    await tick(panel, 'ann');
    await apply(panel);
    assert.deepEqual(await chips(page), ['User: Bob, ann']);
  }));

  it('ticks the one value that is left by Enter, and applies by another', () => session(`${account.events}?not_user=carol%40example.com`, async (page) => {
    const panel = await openFilter(page, 'User');
    const find = panel.getByRole('searchbox');
    const ticked = () => panel.locator('input:checked').evaluateAll((boxes) => boxes.map(({ name, value }) => `${name}=${value}`));
    const stays = async (text, wanted) => {
      await find.fill(text);
      await find.press('Enter');
      await page.waitForTimeout(200);
      assert.deepEqual((await ticked()).sort(), wanted.sort(), text);
      assert.equal(await find.inputValue(), text);
    };
    const loaded = [];
    const note = (request) => request.isNavigationRequest() && loaded.push(request.url());
    page.on('request', note);
    for (const text of ['', 'o', 'nobody at all']) {
      await stays(text, ['not_user=carol@example.com']);
    }
    await stays('DÖR', ['not_user=carol@example.com', 'user=Dörte Müller']);
    assert.equal(await find.evaluate(({ selectionStart, selectionEnd }) => selectionEnd - selectionStart), 3);
    await page.keyboard.type('bo');
    assert.equal(await find.inputValue(), 'bo');
    await find.evaluate((box) => { // a key that is held down
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, repeat: true }));
      box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, isComposing: true }));
    });
    await stays('bo', ['not_user=carol@example.com', 'user=Dörte Müller', 'user=Bob']);
    assert.deepEqual(loaded, []);
    page.off('request', note);
    await Promise.all([page.waitForEvent('load'), find.press('Enter')]);
    assert.deepEqual(await chips(page), ['User: Bob, Dörte Müller; not carol@example.com']);
  }));

  it('ticks and sends nothing by Enter before one types, and while the values are on their way', () => session(
    `${account.events}?entity_id=id-0003&user=ann`,
    async (page) => {
      let release;
      const held = new Promise((resolve) => { release = resolve; });
      const loaded = [];
      const note = (request) => request.isNavigationRequest() && loaded.push(request.url());
      page.on('request', note);
      await page.route('**/*menu=user*', async (route) => {
        await held;
        await route.continue();
      });
      await chip(page, 'User').locator('summary').click();
      const user = chip(page, 'User').locator('.panel');
      await user.getByRole('searchbox').fill('an');
      await user.getByRole('searchbox').press('Enter');
      await page.waitForTimeout(200);
      release();
      await user.locator('.values.counted').waitFor();
      await page.unroute('**/*menu=user*');

      await chip(page, 'User').locator('summary').click();
      await visit(page, `${account.events}?entity_id=id-0003`);
      const action = await openFilter(page, 'Action');
      assert.equal((await values(action)).length, 1);
      await action.getByRole('searchbox').press('Enter');
      await page.waitForTimeout(200);
      assert.equal(await action.locator('input:checked').count(), 0);
      assert.deepEqual(loaded, [`${account.events}?entity_id=id-0003`]);
      page.off('request', note);
    },
  ));

  it('counts in a menu what each value would leave', () => session(
    `${account.events}?action=approve&action=login&user=ann&not_status=404`,
    async (page) => {
      const others = events.filter(({ action }) => ['approve', 'login'].includes(action))
        .filter(({ status }) => status !== 404);
      const users = valuesOf(others, ({ user }) => user);
      const ticked = users.filter(([name]) => name === 'ann');
      const user = await openFilter(page, 'User');
      assert.deepEqual(await values(user), [...ticked, ...users.filter(([name]) => name !== 'ann')]);
      assert.equal(await user.locator('.hits').first().textContent(), `, matching: ${ticked[0][1]}`);
      await page.keyboard.press('Escape');

      const wanted = others.filter((event) => event.user === 'ann');
      const source = await openFilter(page, 'Source');
      assert.deepEqual(await values(source), valuesOf(wanted, (event) => event.source));
      await tick(source, (await values(source))[0][0]);
      const [[, hits]] = await values(source);
      await apply(source);
      assert.equal((await count(page)).total, hits);
    },
  ));

  it('says that the values are on their way, and keeps what is ticked meanwhile', () => session(
    `${account.events}?user=ann&not_user=Bob`,
    async (page) => {
      let asked = 0;
      let release;
      const held = new Promise((resolve) => { release = resolve; });
      await page.route('**/*menu=user*', async (route) => {
        asked += 1;
        await held;
        await route.continue();
      });
      const panel = chip(page, 'User').locator('.panel');
      await chip(page, 'User').locator('summary').click();
      await panel.getByText('Loading values…').waitFor();
      assert.deepEqual(await values(panel), [['ann', NaN], ['Bob', NaN]]);
      await tick(panel, 'ann');
      await panel.getByRole('searchbox').fill('o');
      release();
      await panel.locator('.values.counted').waitFor();
      await panel.getByRole('status').filter({ hasText: 'Values: 5' }).waitFor({ state: 'attached' });
      assert.deepEqual((await values(panel)).map(([name]) => name), ['Bob', 'carol@example.com']);
      assert.deepEqual(
        await panel.locator('input:checked').evaluateAll(
          (boxes) => boxes.map(({ name, value }) => `${name}=${value}`),
        ),
        ['not_user=Bob'],
      );
      await page.keyboard.press('Escape');
      await chip(page, 'User').locator('summary').click();
      assert.equal(await panel.getByText('Loading values…').count(), 0);
      assert.equal(asked, 1);
      await page.unroute('**/*menu=user*');
    },
  ));

  it('says what to do when the values do not come', () => session(account.events, async (page) => {
    await page.route('**/*menu=action*', (route) => route.fulfill({ status: 404, body: 'gone' }));
    await page.locator('.chip.add > details > summary').click();
    const offer = page.locator('.offer').filter({ has: page.locator('summary', { hasText: /^Action$/ }) });
    await offer.locator('summary').click();
    await offer.getByText('The values could not be loaded. Try again or type one below.').waitFor();
    await page.unroute('**/*menu=action*');
    await offer.getByRole('link', { name: 'Try again' }).click();
    await offer.locator('.values.counted').waitFor();
    assert.deepEqual(
      (await values(offer)).map(([, hits]) => hits),
      valuesOf(events, ({ action }) => action).map(([, hits]) => hits),
    );
    assert.ok(await hasFocus(offer.getByRole('searchbox')));
  }));

  it('puts the cursor where one will type', () => session(account.events, async (page) => {
    const panel = await openFilter(page, 'Action');
    await panel.getByRole('searchbox').waitFor();
    assert.ok(await hasFocus(panel.getByRole('searchbox')));
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await chip(page, 'Date').locator('summary').click();
    await page.getByRole('link', { name: 'Last hour' }).waitFor();
    assert.ok(await hasFocus(page.getByRole('link', { name: 'Last hour' })));
  }));

  it('closes menus on Escape, a click elsewhere, and when another opens', () => session(
    account.events,
    async (page) => {
      const add = page.locator('.chip.add > details');
      const panel = await openFilter(page, 'Status');
      assert.equal(await menus(page), 1);
      await page.keyboard.press('Escape');
      assert.equal(await panel.evaluate((offer) => offer.open), false);
      assert.equal(await menus(page), 1);
      await page.keyboard.press('Escape');
      assert.equal(await menus(page), 0);
      assert.ok(await hasFocus(add.locator('> summary')));

      await add.locator('> summary').click();
      assert.equal(await menus(page), 1);
      await add.locator('.panel').click({ position: { x: 2, y: 2 } });
      assert.equal(await menus(page), 1);
      await page.locator('h1').click();
      assert.equal(await menus(page), 0);

      await add.locator('> summary').click();
      await chip(page, 'Date').locator('summary').click();
      assert.equal(await menus(page), 1);
      assert.equal(await add.evaluate((menu) => menu.open), false);
      await page.keyboard.press('Escape');
      assert.equal(await menus(page), 0);
    },
  ));

  it('fills its own address into the command of an empty log', async () => {
    const own = makeAccount('fresh');
    const { page, done } = await open(browser, own.person);
    await visit(page, own.events);
    const text = await page.locator('main').innerText();
    assert.ok(text.trimEnd().endsWith(` \\\n  ${origin}/api/v1/events`), text);
    assert.doesNotMatch(text, /ADDRESS/);
    await done();
  });

  it('writes nothing empty into the address', () => session(account.events, async (page) => {
    let panel = await openFilter(page, 'Action');
    await tick(panel, 'approve');
    await apply(panel);
    const { search } = new URL(page.url());
    assert.deepEqual(
      [...new URLSearchParams(search)].filter(([name]) => name !== 'show'),
      [['action', 'approve']],
    );
    panel = await openFilter(page, 'Action');
    await tick(panel, 'approve');
    await apply(panel);
    assert.doesNotMatch(page.url(), /action/);
    assert.doesNotMatch(page.url(), /=(&|$)/);
    assert.deepEqual(await count(page), { first: 1, last: 10, total });
  }));

  it('opens the panel of what cannot be sent', () => session(account.events, async (page) => {
    for (const [label, name, wrong, right] of [['Contains', 'Contains', 'ab', 'n=1'], ['Status', 'Another value', '4x', '4xx']]) {
      const address = page.url();
      const field = (await openFilter(page, label)).getByLabel(name, { exact: false }).last();
      await field.fill(wrong);
      await chip(page, 'Date').locator('summary').click();
      assert.ok(!await field.isVisible());
      await chip(page, 'Date').getByRole('button', { name: 'Apply' }).click();
      await field.waitFor();
      assert.ok(await hasFocus(field), label);
      assert.equal(page.url(), address, 'nothing was sent');
      await field.fill(right);
      await apply(page.locator('.offer[open]'));
    }
    assert.deepEqual(await chips(page), ['Status: 4xx', 'Contains: n=1']);
  }));

  it('does not let a value be wanted and excluded', () => session(account.events, async (page) => {
    const panel = await openFilter(page, 'Action');
    const ticked = () => panel.locator('input:checked').evaluateAll(
      (boxes) => boxes.map(({ name, value }) => `${name}=${value}`),
    );
    await tick(panel, 'login');
    assert.deepEqual(await ticked(), ['action=login']);
    await tickNot(panel, 'login');
    assert.deepEqual(await ticked(), ['not_action=login']);
    await tick(panel, 'login');
    await tick(panel, 'login');
    assert.deepEqual(await ticked(), []);
  }));

  it('finds a name with signs and a line feed', () => session(account.events, async (page) => {
    const panel = await openFilter(page, 'Action');
    await panel.locator('li', { has: page.locator('bdi', { hasText: '100%' }) })
      .locator('label.is').click();
    await apply(panel);
    assert.equal(new URL(page.url()).searchParams.get('action'), oddAction);
    assert.equal(await page.locator('td.action').getAttribute('title'), visible(oddAction));
    await openPage(page);
    assert.equal(await page.locator('.facts dd').first().textContent(), visible(oddAction));
    await follow(page.getByRole('link', { name: 'Back to the list' }));
    assert.equal(new URL(page.url()).searchParams.get('action'), oddAction);
    assert.deepEqual(await count(page), { first: 1, last: 1, total: 1 });
  }));

  it('is used by keyboard alone', () => session(account.events, async (page) => {
    const { keyboard } = page;
    const tabTo = async (what) => {
      for (let presses = 0; presses < 80; presses += 1) {
        await keyboard.press('Tab');
        const text = await page.evaluate(() => document.activeElement.textContent.trim());
        if (text === what) {
          return;
        }
      }
      assert.fail(`Tab does not lead to ${what}`);
    };
    await keyboard.press('Tab');
    assert.ok(await hasFocus(page.getByRole('link', { name: 'Skip to the content' })));
    await tabTo('Add filter');
    await keyboard.press('Enter');
    await tabTo('Source');
    await keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement.type === 'search');
    await page.locator('.values.counted').waitFor();
    await keyboard.press('Tab');
    await keyboard.press('Space');
    await tabTo('Apply');
    await Promise.all([page.waitForEvent('load'), keyboard.press('Enter')]);
    const [[source]] = valuesOf(events, (event) => event.source);
    assert.deepEqual(await chips(page), [`Source: ${source}`]);
    const wanted = events.filter((event) => (event.source ?? '---') === source);
    assert.deepEqual(await rows(page), wanted.slice(0, 10).map(shownRow));
  }));

  it('copies a text as it is shown', () => session(
    `${account.events}?entity_id=id-0003`,
    async (page) => {
      await openPage(page);
      await follow(page.getByRole('link', { name: 'Raw' }));
      const part = page.locator('.part')
        .filter({ has: page.getByRole('heading', { name: 'Request payload: body' }) });
      await part.getByRole('button', { name: 'Copy' }).click();
      await part.getByRole('button', { name: 'Copied' }).waitFor();
      assert.equal(
        await page.evaluate(() => navigator.clipboard.readText()),
        events[3].request.body,
      );
    },
  ));

  for (const [what, said] of [['says so', 'Copied'], ['says that it may not', 'Not allowed here']]) {
    it(`${what} for two seconds where something is copied`, () => session(
      `${account.events}?entity_id=id-0003`,
      async (page) => {
        await openPage(page);
        const button = page.getByRole('button', { name: 'Copy Entity ID' });
        const label = await button.innerHTML();
        await button.evaluate((element, refuses) => {
          window.labels = [];
          new MutationObserver(() => window.labels.push([element.innerHTML, performance.now()])).observe(element, { childList: true });
          if (refuses) {
            navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'));
          }
        }, said !== 'Copied');
        await button.click();
        await page.waitForFunction(() => window.labels.length === 2);
        const [[now, from], [then, to]] = await page.evaluate(() => window.labels);
        assert.deepEqual([now, then], [said, label]);
        assert.ok(to - from > 1900 && to - from < 4000, `${to - from} ms`);
      },
    ));
  }

  it('walks through tabs, details and a download without trouble', () => session(
    `${account.events}?show=50`,
    async (page) => {
      await openPage(page);
      await follow(page.getByRole('link', { name: 'Back to the list' }));
      const button = page.getByRole('link', { name: 'Download audit' });
      const { records } = await downloadCsv(page, button);
      assert.equal(records.length, total + 1);
      await follow(page.getByRole('link', { name: 'Triggers' }));
      assert.deepEqual(await count(page), { first: 1, last: 10, total: 12 });
      await visit(page, `${account.events}?page=0`, 400);
      await visit(page, `${account.events}/0000000000000001`, 404);
    },
  ));

  it('sends what the wall against foreign content needs', async () => {
    const response = await visit(visitor.page, account.events);
    const policy = response.headers()['content-security-policy'];
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'(;|$)/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|data:/);
    assert.equal(response.headers()['x-content-type-options'], 'nosniff');
    assert.equal(response.headers()['cache-control'], 'no-store');
    const ran = await visitor.page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      return window.ran === true;
    });
    assert.equal(ran, false);
  });
});
