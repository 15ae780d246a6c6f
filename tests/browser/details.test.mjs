// SPDX-License-Identifier: MIT
//
// The page of one call: what changed, what it leads to, and what can be copied from it, with and without script.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, origin, record } from './daybook.mjs';
import { chips, follow, rows } from './list_page.mjs';
import { expectNoOverflow, expectOursOnly, expectValid } from './markup.mjs';

const noon = Date.UTC(2025, 0, 31, 12);
const odd = ' a\tb  "\'<>&amp;';
const long = 'unbroken'.repeat(60);
let browser;
let account;
let ids;

const call = (seconds, user, body, more = {}) => ({
  action: 'updatePipeline',
  occurred_at: noon + seconds * 1000,
  entity_type: 'pipeline',
  entity_id: '5cc8',
  entity_name: 'shop/deploy',
  status: 200,
  user,
  source: 'ui',
  client_address: '192.0.2.7',
  request: { method: 'PATCH', url: '/api/pipelines/5cc8?x=1', headers: { 'X-A': '1' }, body },
  ...more,
});

before(async () => {
  account = makeAccount('details');
  ids = await record(account, [
    call(0, 'ann', JSON.stringify({ steps: ['a', 'b'], replicas: 1, password: 'first-secret' })),
    call(60, 'bob', JSON.stringify({
      steps: ['a', 'new', 'b'], replicas: 2, password: 'second-secret', [long]: long,
    }), { status: 500 }),
    call(120, odd, ''),
    call(180, 'ann', '[]', { entity_id: 'other', entity_name: long, action: long }),
  ]);
  browser = await launch();
});

after(() => browser?.close());

const both = (what, run) => {
  for (const javaScriptEnabled of [true, false]) {
    it(`${what}, ${javaScriptEnabled ? 'with' : 'without'} script`, async () => {
      const visitor = await open(browser, account.person, { javaScriptEnabled });
      try {
        await run(visitor.page);
        visitor.expectNoTrouble();
      } finally {
        await visitor.context.close();
      }
    });
  }
};

const scripted = (what, run) => it(what, async () => {
  const visitor = await open(browser, account.person, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  try {
    await run(visitor.page);
    visitor.expectNoTrouble();
  } finally {
    await visitor.context.close();
  }
});

const url = (number, query = '') => `${account.events}/${ids[number]}${query}`;
const part = (page, name) => page.locator('.part')
  .filter({ has: page.getByRole('heading', { name, exact: true }) });
const cells = (page, name) => part(page, name).locator('tbody tr').evaluateAll(
  (found) => found.map((row) => [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, ' '))),
);
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

describe('the page of a call', () => {
  both('says what changed, in signs and words', async (page) => {
    const response = await visit(page, url(1));
    expectValid(await response.text(), 'details');
    await expectOursOnly(page, origin);
    const changes = await cells(page, 'What would have changed');
    assert.deepEqual(changes.slice(0, 2), [
      ['+ added', '/steps/1', '', '"new"'], ['~ changed', '/replicas', '1', '2'],
    ]);
    assert.match(changes[2][2], /^"redacted:[0-9a-f]{16}"$/);
    const box = part(page, 'What would have changed');
    assert.match(await box.locator('.about').innerText(), /by ann, status 200[^]*This call has status 500 and counts as one/);
    assert.equal(await box.locator('mark').count(), 2);
    await follow(box.getByRole('link', { name: /updatePipeline/ }));
    assert.equal(page.url(), url(0));
    assert.equal(await page.getByText('Nothing to compare').count(), 0, 'the first call says nothing');
    await visit(page, url(2));
    assert.equal(await page.getByRole('heading', { name: 'changed' }).count(), 0, 'a call without a body says nothing');
  });

  both('stays within the window, whatever it holds', async (page) => {
    for (const number of [1, 2, 3]) {
      await visit(page, url(number));
      for (const width of [320, 390, 881, 1280, 1920, 2560]) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoOverflow(page, `${ids[number]} at ${width}`);
      }
    }
  });

  both('lets a long part be closed from anywhere in it', async (page) => {
    await page.setViewportSize({ width: 390, height: 240 });
    await visit(page, url(1));
    const body = part(page, 'Request payload: body');
    const end = body.locator('pre');
    const { height } = await end.boundingBox();
    assert.ok(height > 240);
    await end.evaluate((text) => scrollBy(0, text.getBoundingClientRect().bottom - innerHeight));
    const summary = await body.locator('summary').boundingBox();
    assert.ok(summary.y >= 0, 'its name is in view'); // a click would bring it there
    await page.mouse.click(summary.x + 20, summary.y + 20);
    assert.equal(await body.evaluate(({ open: is }) => is), false);
  });

  both('is in line on a phone', async (page) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await visit(page, url(1));
    const boxes = (selector) => page.locator(selector).evaluateAll((all) => all.map((element) => element.getBoundingClientRect().toJSON()));
    const history = '.linked:has([aria-current])';
    const statuses = await boxes(`${history} .status`);
    assert.equal(statuses.length, 3);
    assert.equal(new Set(statuses.map(({ right }) => right)).size, 1, 'statuses end in one line');
    const times = await boxes(`${history} td.time`);
    const users = await boxes(`${history} td.user`);
    assert.deepEqual(users.map(({ top }) => top), times.map(({ top }) => top), 'who is beside when');
    assert.equal(new Set(users.map(({ left }) => left)).size, 1);
    assert.deepEqual(
      (await boxes('.who li')).map(({ left }) => left), (await boxes('.who bdi')).map(({ left }) => left), 'nothing before a word',
    );
    const rowsOfChanges = await boxes('.changed tbody tr');
    const values = await boxes('.changed td:last-child');
    values.forEach(({ width }, index) => assert.ok(width > rowsOfChanges[index].width - 30, 'a value has the whole width'));
  });

  both('leads through the history of the entity', async (page) => {
    await visit(page, url(1));
    const history = await cells(page, 'History of this entity');
    assert.deepEqual(history.map((row) => [row[0], row[5]]), [
      ['2025-01-31 12:02:00', 'Details of updatePipeline, 2025-01-31 12:02:00'],
      ['2025-01-31 12:01:00', 'this one'],
      ['2025-01-31 12:00:00', 'Details of updatePipeline, 2025-01-31 12:00:00'],
    ]);
    assert.equal(await part(page, 'History of this entity').locator('tr[aria-current=true]').count(), 1);
    await follow(page.getByRole('link', { name: 'All calls on this entity' }));
    assert.equal((await rows(page)).length, 3);
    assert.deepEqual(await chips(page), ['Entity: pipeline', 'Entity ID: 5cc8']);
  });

  both('shows who else was there', async (page) => {
    await visit(page, url(0));
    assert.equal((await cells(page, 'Around that time: same user')).length, 1);
    assert.equal((await cells(page, 'Around that time: same client address')).length, 3);
    assert.equal(await part(page, 'Around that time: same request ID').count(), 0);
    await follow(page.getByRole('link', { name: 'All calls of this user in these 20 minutes' }));
    assert.equal((await rows(page)).length, 2);
  });

  both('narrows the list that it was opened from, by a value or without it', async (page) => {
    await visit(page, `${account.events}?show=25&user=bob&user=ann`);
    await visit(page, new URL(await page.locator('td.open a').first().getAttribute('href'), page.url()).href);
    await follow(page.getByRole('link', { name: 'Not user ann' }));
    assert.equal(page.url(), `${account.events}?user=bob&not_user=ann&show=25`);
    await visit(page, url(1));
    await follow(page.getByRole('link', { name: 'Only status 500' }));
    assert.equal((await rows(page)).length, 1);
    await visit(page, url(2));
    await follow(page.locator('.facts div').filter({ hasText: 'User' }).first()
      .getByRole('link', { name: /^Only user/ }));
    assert.equal(new URL(page.url()).searchParams.get('user'), odd);
    assert.equal((await rows(page)).length, 1);
    assert.equal(await page.getByRole('link', { name: /^Without entity id/ }).count(), 0);
  });

  both('folds its parts, by keyboard too', async (page) => {
    await visit(page, url(1));
    const body = part(page, 'Request payload: body');
    await body.locator('pre').waitFor();
    await body.locator('summary').focus();
    await page.keyboard.press('Enter');
    await body.locator('pre').waitFor({ state: 'hidden' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Space');
    await body.locator('pre').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await body.locator('pre').isVisible(), true);
    assert.equal(await body.locator('summary button').count(), 0);
  });

  it('leads to all of the call as JSON and as curl, without script', async () => {
    const visitor = await open(browser, account.person, { javaScriptEnabled: false });
    try {
      await visit(visitor.page, url(1));
      assert.equal(await visitor.page.locator('.copy:visible').count(), 0);
      await follow(visitor.page.getByRole('link', { name: 'JSON', exact: true }));
      assert.equal(visitor.page.url(), url(1, '?part=json'));
      await visit(visitor.page, url(1));
      await follow(visitor.page.getByRole('link', { name: 'curl', exact: true }));
      assert.equal(visitor.page.url(), url(1, '?part=curl'));
      visitor.expectNoTrouble();
    } finally {
      await visitor.context.close();
    }
  });

  scripted('copies all of it as JSON and as curl', async (page) => {
    await visit(page, url(1));
    await page.getByRole('link', { name: 'Copy as JSON' }).click();
    await page.getByRole('link', { name: 'Copied' }).waitFor();
    const copied = JSON.parse(await clipboard(page));
    assert.equal(copied.id, ids[1]);
    assert.match(copied.request.body, /"password":"redacted:[0-9a-f]{16}"/);
    await page.getByRole('link', { name: 'Copy as curl' }).click();
    await page.waitForFunction(() => [...document.querySelectorAll('.take')].at(-1).textContent === 'Copied');
    const command = await clipboard(page);
    assert.match(command, /^# For bash[^]*\ncurl --globoff/);
    assert.doesNotMatch(command, /second-secret/);
    assert.equal(page.url(), url(1));
  });

  scripted('copies a value as it was sent, by mouse and by keyboard', async (page) => {
    await visit(page, url(2));
    const user = page.locator('.facts div').filter({ has: page.getByText('User', { exact: true }) });
    const button = user.getByRole('button');
    assert.equal(await button.evaluate((node) => getComputedStyle(node).opacity), '0');
    await user.hover();
    assert.equal(await button.evaluate((node) => getComputedStyle(node).opacity), '1');
    await button.click();
    await user.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal((await clipboard(page)).replaceAll('\r\n', '\n'), odd);
    const action = page.locator('.facts div').first().getByRole('button', { name: 'Copy Action' });
    await action.focus();
    assert.equal(await action.evaluate((node) => getComputedStyle(node).opacity), '1');
    await page.keyboard.press('Enter');
    await page.locator('.facts div').first().getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await clipboard(page), 'updatePipeline');
  });
});
