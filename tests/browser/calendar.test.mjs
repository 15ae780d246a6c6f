// SPDX-License-Identifier: MIT
//
// Days and times of the filter Date, where script runs: what one calendar says the other one says as well.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, record } from './daybook.mjs';
import { apply, chip, count } from './list_page.mjs';
import { sampleEvents } from './sample.mjs';

const events = sampleEvents(60);
let browser;
let account;
let visitor;

before(async () => {
  account = makeAccount('calendar');
  await record(account, events);
  browser = await launch();
  visitor = await open(browser, account.person);
});

after(() => browser?.close());

const session = async (url, run) => {
  await visit(visitor.page, url);
  await run(visitor.page);
  await visitor.context.clearCookies();
  visitor.expectNoTrouble();
};

const between = (from, to) => events.filter(
  ({ occurred_at: at }) => at >= Date.parse(from) && at < Date.parse(to),
).length;

const panel = (page) => chip(page, 'Date').locator('.panel');
const from = (page) => panel(page).getByLabel('From');
const to = (page) => panel(page).getByLabel(/^To/);
const turn = (page, name) => panel(page).getByRole('button', { name }).click();

// The menu with its button, which gets its name when the menu opens.
const openDates = async (page) => {
  await chip(page, 'Date').locator('summary').click();
  await panel(page).locator('#zones option').first().waitFor({ state: 'attached' });
};

const expectFields = async (page, type, ...values) => {
  await panel(page).locator(`[name=to][type=${type}]`).waitFor();
  assert.deepEqual(
    await panel(page).locator('[name=from], [name=to]').evaluateAll((inputs) => inputs.map((input) => [input.type, input.value])),
    values.map((value) => [type, value]),
  );
};

describe('the calendar', () => {
  it('takes days or times, and offers zones', () => session(account.events, async (page) => {
    await openDates(page);
    await from(page).fill('2024-03-30');
    await turn(page, 'Choose times too');
    await page.locator('[name=from][type=datetime-local]').waitFor();
    assert.equal(await from(page).inputValue(), '2024-03-30T00:00');
    await from(page).fill('2024-03-30T12:00');
    assert.ok(await page.locator('#zones option').count() > 300);
    assert.equal(await page.locator('#zones option[value=UTC]').count(), 1, 'the way back');
    await page.getByLabel('Time zone').fill('Asia/Tokyo');
    await apply(panel(page));
    assert.equal((await count(page)).total, between('2024-03-30T03:00Z', '2025-01-01'));
    assert.equal(new URL(page.url()).search, '?from=2024-03-30T12%3A00&tz=Asia%2FTokyo');
    await openDates(page);
    await turn(page, 'Choose times too'); // for the end, which is a day still
    await turn(page, 'Days only');
    await page.locator('.fields [type=date]').nth(1).waitFor();
    assert.equal(await from(page).inputValue(), '2024-03-30');
  }));

  it('means the same moments by days and by times', () => session(account.events, async (page) => {
    const wanted = between('2024-03-30T00:00Z', '2024-03-31T00:00Z');
    await openDates(page);
    await from(page).fill('2024-03-30');
    await to(page).fill('2024-03-30');
    await turn(page, 'Choose times too');
    await expectFields(page, 'datetime-local', '2024-03-30T00:00', '2024-03-31T00:00');
    await turn(page, 'Days only');
    await expectFields(page, 'date', '2024-03-30', '2024-03-30');
    await apply(panel(page));
    assert.equal(new URL(page.url()).search, '?from=2024-03-30&to=2024-03-30');
    assert.equal((await count(page)).total, wanted);

    await openDates(page);
    await turn(page, 'Choose times too');
    await expectFields(page, 'datetime-local', '2024-03-30T00:00', '2024-03-31T00:00');
    await apply(panel(page));
    assert.equal((await count(page)).total, wanted);
    // An address that a download takes as well: what the fields were is asked for only beside another zone.
    assert.equal(new URL(page.url()).search, '?from=2024-03-30T00%3A00&to=2024-03-31T00%3A00');
    await openDates(page);
    await page.getByLabel('Time zone').fill('');
    await apply(panel(page));
    assert.equal(new URL(page.url()).search, '?from=2024-03-30T00%3A00&to=2024-03-31T00%3A00');
  }));

  it('knows the end of each month', () => session(account.events, async (page) => {
    await openDates(page);
    for (const [day, next] of [['2024-02-28', '2024-02-29'], ['2024-02-29', '2024-03-01'], ['2025-12-31', '2026-01-01']]) {
      await from(page).fill(day);
      await to(page).fill(day);
      await turn(page, 'Choose times too');
      await expectFields(page, 'datetime-local', `${day}T00:00`, `${next}T00:00`);
      await turn(page, 'Days only');
      await expectFields(page, 'date', day, day);
    }
    await turn(page, 'Choose times too');
    await page.locator('[name=to][type=datetime-local]').waitFor();
    await to(page).fill('2024-03-30T00:01');
    await turn(page, 'Days only');
    await expectFields(page, 'date', '2025-12-31', '2024-03-30');
  }));

  it('shows a time in UTC as that of the zone', () => session(
    `${account.events}?from=2024-03-30T03:00Z&to=2024-03-30T12:30:00Z`,
    async (page) => {
      const url = page.url();
      const wanted = between('2024-03-30T03:00Z', '2024-03-30T12:30Z');
      await openDates(page);
      await expectFields(page, 'datetime-local', '2024-03-30T03:00', '2024-03-30T12:30');
      await apply(panel(page));
      assert.equal((await count(page)).total, wanted);

      await openDates(page);
      await page.getByLabel('Time zone').fill('Asia/Tokyo');
      await apply(panel(page));
      await visit(page, url);
      assert.equal((await count(page)).total, wanted);
      await openDates(page);
      await expectFields(page, 'datetime-local', '2024-03-30T12:00', '2024-03-30T21:30');
      await apply(panel(page));
      assert.equal((await count(page)).total, wanted);
    },
  ));

  const offer = (page) => panel(page).locator('.local');

  it('offers the zone of the browser to who has chosen none', () => session(
    `${account.events}?from=2024-03-30T03:00&show=25`,
    async (page) => {
      const wanted = between('2024-03-30T03:00Z', '2025-01-01');
      await openDates(page);
      assert.equal(await offer(page).innerText(), 'Use America/St_Johns, this browser’s zone');
      await chip(page, 'Date').locator('summary').click();
      await chip(page, 'Date').locator('summary').click();
      assert.equal(await offer(page).count(), 1, 'opened again');
      await Promise.all([page.waitForURL(/St_Johns/), offer(page).click()]);
      assert.equal((await count(page)).total, wanted);
      assert.equal(new URL(page.url()).search, '?from=2024-03-30T00%3A30&tz=America%2FSt_Johns&show=25', 'the same moment');
      await openDates(page);
      assert.equal(await offer(page).count(), 0);

      await visit(page, account.events); // it is remembered
      assert.match(await page.locator('th.time').innerText(), /America\/St_Johns/);
      await visit(page, `${account.events}?tz=Asia/Tokyo`); // what a link says is no choice, but one was made
      await openDates(page);
      assert.equal(await offer(page).count(), 0);
    },
  ));

  it('offers the zone of the browser beside another one, not beside itself', () => session(
    `${account.events}?tz=America/St_Johns`,
    async (page) => {
      await openDates(page);
      assert.equal(await offer(page).count(), 0);
      await visit(page, `${account.events}?tz=Asia/Tokyo&from=2024-03-30`);
      await openDates(page);
      await Promise.all([page.waitForURL(/St_Johns/), offer(page).click()]);
      assert.equal(new URL(page.url()).search, '?from=2024-03-30&tz=America%2FSt_Johns', 'a day is meant in the new zone');
      assert.equal((await count(page)).total, between('2024-03-30T02:30Z', '2025-01-01'));
    },
  ));

  it('takes the last part of the name of a zone', () => session(account.events, async (page) => {
    await openDates(page);
    await page.getByLabel('Time zone').fill('new york');
    await apply(panel(page));
    assert.equal(new URL(page.url()).search, '?tz=America%2FNew_York');
  }));

  it('has no button for times where it has no days', () => session(`${account.events}?from=-7d&to=-1d`, async (page) => {
    const button = panel(page).locator('.times');
    await openDates(page);
    assert.equal(await button.isVisible(), false);
    await visit(page, `${account.events}?from=-7d`); // the end may be chosen still
    await openDates(page);
    assert.equal(await button.isVisible(), true);
  }));
});
