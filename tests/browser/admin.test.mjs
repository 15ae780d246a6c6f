// SPDX-License-Identifier: MIT
//
// The pages on which an admin makes and revokes tokens and changes who is a member: with and without
// script, as one sees, hears and types them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import {
  makeAccount, makePerson, origin, post, sql,
} from './daybook.mjs';
import { expectNoOverflow, expectOursOnly, expectValid } from './markup.mjs';
import { hostileStrings } from './strings.mjs';

let browser;
let fresh;

before(async () => {
  fresh = makeAccount('changes', 'admin');
  browser = await launch();
});

after(() => browser?.close());

const session = async (run, options = {}, person = fresh.person) => {
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

const press = (page, button) => Promise.all([page.waitForEvent('load'), button.click()]);

const make = async (page, scope, label, days) => {
  await page.getByLabel('It may').selectOption({ label: scope });
  await page.getByLabel('What it is for').fill(label);
  await page.getByLabel('Days until it expires').fill(days);
  await press(page, page.getByRole('button', { name: 'Make it' }));
};

const rowOf = (page, text) => page.getByRole('row').filter({ hasText: text });

// Opens what stands behind the first press, and presses there.
const change = async (page, row, button) => {
  await row.locator('summary').click();
  await press(page, row.getByRole('button', { name: button }));
};

describe('the answer that shows a secret', () => {
  it('is correct HTML, whatever the token is for', () => session(async (page) => {
    await visit(page, fresh.tokens);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.request().method() === 'POST'),
      make(page, 'record events', '<b>&amp;"', ''),
    ]);
    expectValid(await answer.text(), 'tokens-made');
    assert.equal(await page.getByText('<b>&amp;"').count(), 1);
  }));
});

describe('the tokens of an account', () => {
  both('are made, used, and revoked', async (page) => {
    await visit(page, fresh.events);
    const nav = page.getByRole('navigation', { name: 'Account' });
    await press(page, nav.getByRole('link', { name: 'Tokens' }));
    assert.equal(page.url(), fresh.tokens);
    const label = `made ${Math.random()}`;
    await make(page, 'record events', label, '7');
    const secret = await page.locator('.shown-once pre').innerText();
    assert.match(secret, /^dbk_[0-9a-f]{64}$/);
    assert.equal(page.url(), fresh.tokens, 'and in no address');
    const send = async () => (await post({ token: secret }, { action: 'a' })).status;
    assert.equal(await send(), 201);

    await press(page, page.getByRole('link', { name: 'Back to the tokens' }));
    assert.equal((await page.content()).includes(secret), false);
    const row = rowOf(page, label);
    assert.match((await row.innerText()).replace(/\s+/g, ' '), /record .* (just now|seconds? ago) good/i);
    assert.equal(await row.getByRole('button').isVisible(), false, 'a second press is needed');
    await change(page, row, /^Revoke token \d+$/);
    assert.match(page.url(), /\/-\/tokens#t\d+$/);
    assert.match(await rowOf(page, label).innerText(), /revoked/);
    assert.equal(await rowOf(page, label).locator('summary').count(), 0);
    assert.equal(await send(), 401);
  });

  both('are one for each form, however often it is sent', async (page) => {
    await visit(page, fresh.tokens);
    const label = `once ${Math.random()}`;
    await make(page, 'read the log', label, '');
    const secret = await page.locator('.shown-once pre').innerText();
    const again = await page.reload();
    assert.equal(again.status(), 409);
    assert.match(await page.locator('main').innerText(), /This form was sent before and has made token \d+/);
    assert.equal((await page.content()).includes(secret), false);
    await press(page, page.getByRole('link', { name: 'Back to the tokens' }));
    assert.equal(await rowOf(page, label).count(), 1);
  });

  it('have a secret that is copied by a press', () => session(async (page) => {
    await visit(page, fresh.tokens);
    await make(page, 'read the log', '', '');
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
      await page.locator('.shown-once pre').innerText());
  }, { permissions: ['clipboard-read', 'clipboard-write'] }));

  it('are not made with a number of days that is none', () => session(async (page) => {
    await visit(page, fresh.tokens);
    for (const days of ['0', '3651', '1.5']) {
      await page.getByLabel('Days until it expires').fill(days);
      await page.getByRole('button', { name: 'Make it' }).click();
      assert.equal(await page.getByLabel('Days until it expires').evaluate((box) => box.matches(':invalid:focus')), true);
    }
  }));
});

describe('the members of an account', () => {
  both('are added, changed, and removed', async (page) => {
    const person = makePerson();
    const status = async (url) => {
      const login = Buffer.from(`${person.username}:${person.password}`).toString('base64');
      return (await fetch(url, { headers: { authorization: `Basic ${login}` } })).status;
    };
    await visit(page, fresh.members);
    await page.getByLabel('Person').fill(person.username);
    await press(page, page.getByRole('button', { name: 'Add' }));
    assert.deepEqual([await status(fresh.events), await status(fresh.members)], [200, 403]);
    await change(page, rowOf(page, person.username), 'Make an admin');
    assert.deepEqual([await status(fresh.events), await status(fresh.members)], [200, 200]);
    await change(page, rowOf(page, person.username), 'Make an auditor');
    assert.deepEqual([await status(fresh.events), await status(fresh.members)], [200, 403]);
    await change(page, rowOf(page, person.username), 'Remove');
    assert.deepEqual([await status(fresh.events), await status(fresh.members)], [404, 404]);
    assert.equal(await rowOf(page, person.username).count(), 0);
  });

  both('keep their last admin', async (page) => {
    await visit(page, fresh.members);
    const you = rowOf(page, '(you)');
    await change(page, you, 'Remove');
    assert.match(await page.locator('main').innerText(), /This is the last admin of the account/);
    await press(page, page.getByRole('link', { name: 'Back to the members' }));
    assert.equal(await you.count(), 1);
  });

  it('have any names, which do nothing', () => {
    const crowd = makeAccount('crowd', 'admin');
    const names = hostileStrings().filter((text) => text && Buffer.byteLength(text) <= 255 && !text.includes('\0'));
    sql(`INSERT IGNORE INTO member (person, account_id, role, created_ms) SELECT x.person, a.id, 1, 1 FROM account a JOIN (${
      names.map((name) => `SELECT X'${Buffer.from(name).toString('hex')}' AS person`).join(' UNION ')
    }) x WHERE a.slug = '${crowd.slug}'`);
    return session(async (page) => {
      await visit(page, crowd.members);
      for (;;) {
        await expectOursOnly(page, origin);
        await expectNoOverflow(page);
        const more = page.getByRole('link', { name: 'More members' });
        if (await more.count() === 0) {
          break;
        }
        await press(page, more);
      }
    }, {}, crowd.person);
  });
});
