// SPDX-License-Identifier: MIT
//
// What the tab Triggers says of a webhook: its attempts, its signature, the calls that it caused, and the
// way from one to the other and back, with and without script.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, origin, record } from './daybook.mjs';
import { iconOf } from './icons.mjs';
import {
  apply, chips, follow, openFilter, rows, tick,
} from './list_page.mjs';
import { expectNoOverflow, expectOursOnly, expectValid } from './markup.mjs';

const noon = Date.UTC(2025, 0, 31, 12);
const hostile = '<img src=x onerror=alert(1)>"\'{{TIME}}';
let browser;
let account;
let ids;

const webhook = (seconds, status, more = {}) => ({
  kind: 'trigger',
  action: 'receiveWebhook',
  occurred_at: noon + seconds * 1000,
  entity_type: 'trigger',
  entity_name: 'shop/deploy',
  status,
  user: 'octocat',
  source: 'webhook',
  request: { method: 'POST', url: '/hooks/github?x=1', body: '{}' },
  trigger: { provider: 'github', event: 'push', delivery_id: 'd-1', signature: 'valid' },
  ...more,
});

const call = (seconds, status, more) => ({
  action: 'runPipeline',
  occurred_at: noon + seconds * 1000,
  entity_type: 'pipeline',
  entity_name: 'shop/deploy',
  status,
  user: 'ci-bot',
  ...more,
});

before(async () => {
  account = makeAccount('triggers');
  ids = await record(account, [
    webhook(0, 500),
    webhook(60, 202, { request_id: 'r-1', trace_id: 't-1' }),
    call(61, 200, { request_id: 'r-1' }),
    call(62, 404, { trace_id: 't-1', action: hostile, user: hostile, entity_name: hostile }),
    webhook(300, 401, {
      trigger: { provider: hostile, event: hostile, delivery_id: hostile, signature: 'invalid' },
    }),
    webhook(400, 202, { trigger: { provider: 'docker', event: 'push', signature: 'unchecked' } }),
    call(500, 200, {}),
  ]);
  browser = await launch();
});

after(() => browser?.close());

// The table below a heading: cells as ears get them.
const table = (page, heading) => page.locator('.part')
  .filter({ has: page.getByRole('heading', { name: heading, exact: true }) })
  .getByRole('table');
const cells = async (page, heading) => (
  await table(page, heading).locator('tbody tr').evaluateAll(
    (found) => found.map((row) => [...row.cells].map((cell) => cell.textContent.trim()
      .replace(/\s+/g, ' '))),
  )
);

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

describe('the tab Triggers', () => {
  both('marks further attempts and invalid signatures in words', async (page) => {
    const response = await visit(page, account.triggers);
    expectValid(await response.text(), 'triggers');
    const actions = (await rows(page)).map((row) => row[3].replace(/\s+/g, ' '));
    assert.deepEqual(actions, [
      'receiveWebhook docker',
      `receiveWebhook ${hostile} signature invalid`,
      'receiveWebhook github attempt 2 of 2',
      'receiveWebhook github attempt 1 of 2',
    ]);
    const icons = [];
    for (const note of await page.locator('.notes .state').all()) {
      icons.push(await iconOf(note));
    }
    assert.deepEqual(icons, ['failed', 'again', 'again']);
    for (const width of [320, 390, 821, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await expectNoOverflow(page, `triggers at ${width}`);
      const cut = await page.locator('.notes, td .provider').evaluateAll((notes) => notes.filter((note) => {
        const cell = note.closest('td').getBoundingClientRect();
        return note.getBoundingClientRect().right > cell.right + 1;
      }).length);
      assert.equal(cut, 0, `marks and senders are whole at ${width}`);
    }
  });

  it('includes and excludes who sent it', async () => {
    const visitor = await open(browser, account.person);
    const { page } = visitor;
    const menu = page.locator('.panel.cell');
    const sender = (name) => page.locator('td.action > a.provider', { hasText: name });
    await visit(page, account.triggers);
    await sender('github').first().click();
    assert.equal(await menu.getAttribute('aria-label'), 'Provider');
    assert.equal(await menu.locator('bdi').textContent(), 'github');
    await follow(menu.getByRole('link', { name: 'Only this' }));
    assert.deepEqual(await chips(page), ['Provider: github']);
    assert.equal((await rows(page)).length, 2);
    await sender('github').first().click();
    await follow(menu.getByRole('link', { name: 'Without this' }));
    assert.deepEqual(await chips(page), ['Provider: not github']);
    assert.equal((await rows(page)).length, 2);
    await sender('<img').click();
    assert.equal(await menu.locator('bdi').textContent(), hostile);
    await follow(menu.getByRole('link', { name: 'Only this' }));
    assert.deepEqual(await chips(page), [`Provider: ${hostile}`]);
    visitor.expectNoTrouble();
    await visitor.context.close();
  });

  both('leads without a menu to the list of one sender', async (page) => {
    await visit(page, account.triggers);
    const href = await page.locator('td.action > a.provider', { hasText: 'docker' }).getAttribute('href');
    await visit(page, new URL(href, page.url()).href);
    assert.deepEqual(await chips(page), ['Provider: docker']);
    assert.equal((await rows(page)).length, 1);
  });

  both('leads from attempt to attempt, to the calls and back', async (page) => {
    const response = await visit(page, `${account.triggers}/${ids[1]}`);
    expectValid(await response.text(), 'trigger');
    await expectOursOnly(page, origin);
    assert.deepEqual(
      await page.locator('.webhook div').evaluateAll(
        (found) => found.map((fact) => [...fact.children].filter((part) => !part.matches('.uses'))
          .map((part) => part.textContent.trim())),
      ),
      [['Provider', 'github'], ['Webhook event', 'push'], ['Delivery ID', 'd-1'],
        ['Signature', 'valid'], ['Webhook address', '/hooks/github']],
    );
    await page.setViewportSize({ width: 390, height: 844 });
    const widths = await page.locator('.webhook, .webhook div:last-child').evaluateAll((all) => all.map(({ clientWidth }) => clientWidth));
    assert.equal(widths[0], widths[1], 'no empty place beside the last');
    await page.setViewportSize({ width: 1280, height: 900 });
    assert.deepEqual(await cells(page, 'Attempts'), [
      ['1', '2025-01-31 12:00:00', '500 failed', 'Details of attempt 1, 2025-01-31 12:00:00'],
      ['2', '2025-01-31 12:01:00', '202 ok', 'this one'],
    ]);
    assert.equal(
      await table(page, 'Attempts').locator('[aria-current=true] .number').innerText(),
      '2',
    );
    const caused = await cells(page, 'Calls this trigger caused');
    assert.deepEqual(caused.map((row) => [row[0], row[3]]), [
      ['2025-01-31 12:01:02', '404 failed'], ['2025-01-31 12:01:01', '200 ok'],
    ]);
    assert.ok(caused[0][1].startsWith('<img src=x'), 'text, not a picture');
    assert.deepEqual(caused[1].slice(1, 5), ['runPipeline', 'pipeline shop/deploy', '200 ok', 'ci-bot']);

    await follow(page.getByRole('link', { name: 'Details of runPipeline, 2025-01-31 12:01:01' }));
    assert.equal(page.url(), `${account.events}/${ids[2]}`);
    assert.deepEqual(await cells(page, 'Trigger that caused this call'), [
      ['2025-01-31 12:01:00', 'receiveWebhook github push', 'trigger shop/deploy', '202 ok', 'octocat',
        'Details of receiveWebhook, 2025-01-31 12:01:00'],
    ]);
    await follow(page.getByRole('link', { name: /^Details of receiveWebhook/ }));
    assert.equal(page.url(), `${account.triggers}/${ids[1]}`);
    await follow(page.getByRole('link', { name: /^Details of attempt 1/ }));
    assert.equal(page.url(), `${account.triggers}/${ids[0]}`);
    await page.getByText('None is recorded').waitFor();
  });

  both('shows the words of strangers as text', async (page) => {
    const response = await visit(page, `${account.triggers}/${ids[4]}`);
    expectValid(await response.text(), 'hostile trigger');
    assert.equal(await page.locator('img').count(), 0);
    assert.deepEqual(
      await page.locator('.webhook dd:not(.uses)').evaluateAll((found) => found.map((fact) => fact.textContent)),
      [hostile, hostile, hostile, 'invalid', '/hooks/github'],
    );
    await expectNoOverflow(page, 'hostile trigger');
    await visit(page, `${account.triggers}/${ids[5]}`);
    assert.equal(await page.locator('.webhook .state').innerText(), 'Not checked');
    await visit(page, `${account.events}/${ids[6]}`);
    assert.equal(
      await page.getByRole('heading', { name: /caused this call/ }).count(),
      0,
      'a call that nothing caused says nothing',
    );
  });

  both('filters by signature and provider', async (page) => {
    await visit(page, account.triggers);
    const signature = await openFilter(page, 'Signature');
    await tick(signature, 'invalid');
    await apply(signature);
    assert.deepEqual(await chips(page), ['Signature: invalid']);
    assert.equal((await rows(page)).length, 1);
    await visit(page, account.triggers);
    const provider = await openFilter(page, 'Provider');
    await tick(provider, 'github');
    await apply(provider);
    assert.equal((await rows(page)).length, 2);
    await visit(page, account.events);
    assert.equal(await page.locator('.offer > summary', { hasText: 'Signature' }).count(), 0);
  });
});
