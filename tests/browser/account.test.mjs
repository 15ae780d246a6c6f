// SPDX-License-Identifier: MIT
//
// The pages about an account, health and the search for a secret, and the marks that stand for secrets
// on the page of a call: with and without script, as one sees, hears and types them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, plantSource, record } from './daybook.mjs';
import { iconOf } from './icons.mjs';
import { plantSources } from './world.mjs';

const mark = 'redacted:0123456789abcdef';
let browser;
let account;
let empty; // its source is shared with the first
let bare; // has none
let call;

before(async () => {
  account = makeAccount('about', 'admin');
  empty = makeAccount('empty', 'admin');
  bare = makeAccount('bare');
  const [id] = await record(account, [{
    action: 'createToken', entity_type: 'token', user: 'ann', status: 201, source: 'cli',
    request: {
      method: 'POST', url: `/api/tokens?key=${mark}&x=1`, query: { key: mark, x: '1' },
      headers: [['Host', 'api.example'], ['Authorization', mark], ['Cookie', 'redacted']],
      body: JSON.stringify({ name: 'ci', secret: mark, note: 'a redacted text', list: [mark, 'x'] }),
    },
    extra: { claimed: mark },
  }]);
  call = `${account.events}/${id}`;
  plantSources(account, makeAccount('other'));
  plantSource(empty, { name: `shared-${account.slug}` }, [
    [account.slug, 3, 0, 0, 3, Date.now() - 60000, 40],
  ]);
  browser = await launch();
});

after(() => browser?.close());

const session = async (run, options = {}, person = account.person) => {
  const visitor = await open(browser, person, options);
  try {
    await run(visitor.page);
    visitor.expectNoTrouble();
  } finally {
    await visitor.context.close();
  }
};

// Whether script runs may make no difference.
const both = (name, run) => {
  it(`${name}, with script`, () => session(run));
  it(`${name}, without script`, () => session(run, { javaScriptEnabled: false }));
};

const find = async (page, secret) => {
  await page.getByLabel('Secret', { exact: true }).fill(secret);
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: 'Find' }).click(),
  ]);
};

// Runs in the browser: the figures under a heading, as [label, value].
const figures = (section, heading) => {
  const title = [...section.querySelectorAll('h3')].find((h3) => h3.textContent.startsWith(heading));
  const text = (node) => node.textContent.replace(/\s+/g, ' ').trim();
  return title && [...title.nextElementSibling.children].map(
    (div) => [text(div.querySelector('dt')), text(div.querySelector('dd'))],
  );
};

const source = (page, name) => page.locator('section.source').filter({
  has: page.getByRole('heading', { name: `Source ${name}` }),
});

describe('the health of an account', () => {
  both('is one click away from its log', async (page) => {
    await visit(page, account.events);
    const link = page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Health' });
    await Promise.all([page.waitForEvent('load'), link.click()]);
    assert.equal(page.url(), account.health);
    assert.equal(await page.locator('nav [aria-current=page]').innerText(), 'Health');
  });

  both('says the state of each source in words and by an icon', async (page) => {
    await visit(page, account.health);
    for (const [word, state, icon] of [
      ['orders', 'running', 'ok'], ['killed', 'not seen for 20 minutes', 'failed'],
      ['billing', 'silent: no call for 3 hours, although one is expected every 1 hour', 'silent'],
      ['ended', /^stopped in order at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/, 'stopped'],
    ]) {
      const shown = source(page, `${word}-${account.slug}`).locator('.state');
      const text = (await shown.textContent()).trim();
      assert.ok(state instanceof RegExp ? state.test(text) : text === state, text);
      assert.equal(await iconOf(shown), icon);
      assert.equal(await shown.isVisible(), true);
    }
  });

  both('shows figures, and what is wrong, where it was met', async (page) => {
    await visit(page, account.health);
    const billing = source(page, `billing-${account.slug}`);
    const whole = await billing.evaluate(figures, 'All calls in');
    assert.deepEqual(whole.slice(1), [
      ['Backlog', '5,120 bytes in 2 files'], ['Lines read', '96'], ['Refused', '6'],
      ['Cut lines', '2'], ['Gaps', '1'],
    ]);
    const troubles = await billing.getByRole('listitem').allInnerTexts();
    assert.equal(troubles.length, 3);
    assert.match(troubles[0], /cut short: 2[^]*in \/var\/log\/daybook\/billing\.log\.1 at byte 88123\nnginx ended [^]* lost\.$/i);
    const [time] = await billing.locator('.troubles time').all();
    assert.match(await time.getAttribute('datetime'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  both('shows of a shared source nothing but the own part', async (page) => {
    await visit(page, account.health);
    const shared = source(page, `shared-${account.slug}`);
    assert.equal(await shared.evaluate(figures, 'All calls in'), undefined);
    const own = await shared.evaluate(figures, 'Calls of this account');
    assert.deepEqual(own.slice(2), [
      ['Events stored', '3'], ['Duplicates', '0'], ['Dropped by rule', '0'],
      ['Without an operation', '3'],
    ]);
  });

  it('tells an auditor as much, and leads them to no search for secrets', () => session(
    async (page) => {
      await visit(page, bare.health);
      assert.equal(await page.getByRole('heading', { level: 2 }).innerText(),
        'No calls are captured for this account');
      assert.equal(await page.getByRole('link', { name: 'Find a secret' }).count(), 0);
      assert.equal(await page.getByRole('link', { name: /Tokens|Members/ }).count(), 0);
      await visit(page, bare.findSecret, 403);
    },
    {},
    bare.person,
  ));
});

describe('the marks on the page of a call', () => {
  both('stand where secrets stood, and lead to the same secret', async (page) => {
    await visit(page, call);
    const marks = page.locator('main mark');
    assert.ok(await marks.count() >= 6);
    const link = page.locator('pre mark').getByRole('link', { name: mark }).first();
    assert.match(await link.getAttribute('title'), /^A secret stood here; the same secret has the/);
    const background = (locator) => locator.evaluate((node) => getComputedStyle(node).backgroundColor);
    assert.notEqual(await background(marks.first()), await background(page.locator('pre').first()));
    await Promise.all([page.waitForEvent('load'), link.click()]);
    assert.equal(page.url(), `${account.events}?q=${encodeURIComponent(mark)}`);
    assert.equal(await page.locator('table.events tbody tr').count(), 1);
  });

  it('are copied as text', () => session(async (page) => {
    await visit(page, `${call}?view=raw`);
    const part = page.locator('.part').filter({ hasText: 'Request URL' });
    await part.getByRole('button', { name: 'Copy' }).click();
    await part.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
      `/api/tokens?key=${mark}&x=1`);
  }, { permissions: ['clipboard-read', 'clipboard-write'] }));
});

describe('the search for a secret', () => {
  both('gives the mark, and shows the secret nowhere', async (page) => {
    await visit(page, account.findSecret);
    const box = page.getByLabel('Secret', { exact: true });
    assert.equal(await box.getAttribute('type'), 'password');
    await find(page, 'hunter2-and-more');
    assert.equal(page.url(), account.findSecret);
    assert.match(await page.locator('.found mark').innerText(), /^redacted:[0-9a-f]{16}$/);
    assert.equal((await page.content()).includes('hunter2'), false);
    assert.equal(await box.inputValue(), '');
    assert.match(await page.locator('.found').innerText(), /0 calls in All Audit,\s+0 webhooks in Triggers/);
    assert.equal(await page.locator('.found').getByRole('link').count(), 0);
  });

  it('is done by keyboard alone', () => session(async (page) => {
    await visit(page, account.findSecret);
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim()
      || document.activeElement.name);
    const seen = [];
    for (let i = 0; i < 13 && seen.at(-1) !== 'Find'; i++) {
      await page.keyboard.press('Tab');
      seen.push(await focused());
    }
    assert.deepEqual(seen, ['Skip to the content', 'Daybook', 'All Audit', 'Triggers', 'Views', 'Health',
      'Tokens', 'Members', 'Find a secret', '?', 'secret', 'Find']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('typed');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    assert.equal(await page.getByRole('heading', { name: 'The mark of this secret' }).count(), 1);
  }));

  it('asks for something to look for', () => session(async (page) => {
    await visit(page, account.findSecret);
    await page.getByRole('button', { name: 'Find' }).click();
    assert.equal(await page.getByLabel('Secret', { exact: true }).evaluate(
      (box) => box.matches(':invalid:focus'),
    ), true);
  }));
});
