// SPDX-License-Identifier: MIT
//
// The progress of a download where script runs, what is saved of it, and what is not.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { makeAccount, record } from './daybook.mjs';
import { follow, parseCsv } from './list_page.mjs';
import { sampleEvents } from './sample.mjs';

const total = 60;
const events = sampleEvents(total);
let browser;
let account;
let visitor;

before(async () => {
  account = makeAccount('download');
  await record(account, events);
  browser = await launch();
  visitor = await open(browser, account.person, { acceptDownloads: true });
});

after(() => browser?.close());

const session = async (url, run) => {
  await visit(visitor.page, url);
  await run(visitor.page);
  visitor.expectNoTrouble();
};

const box = (page) => page.locator('.transfer');
const csvLink = (page) => page.getByRole('link', { name: 'Download audit' });
const ndjsonLink = (page) => page.getByRole('link', { name: 'NDJSON' });
const csv = (rows) => `"head"\r\n${'"a\n""b"\r\n'.repeat(rows)}`;
const ndjson = (rows) => '{"a": 1}\n'.repeat(rows);
const sum = 'a'.repeat(64);
const csvEnd = (rows) => `"#end","rows=${rows}","${sum}",""\r\n`;
const ndjsonEnd = (rows) => `{"end": true, "rows": ${rows}, "sha256": "${sum}"}\n`;
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

// A server that sends this text to each download and, unless it ends, nothing more.
const serve = (page, { text, type = 'text/csv', announced, ends = false }) => page.evaluate((given) => {
  window.asked ??= [];
  window.fetch = async (url, { signal }) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(given.text));
        signal.addEventListener('abort', () => controller.error(signal.reason));
        if (given.ends) {
          controller.close();
        }
      },
    });
    window.asked.push(url);
    return new Response(body, {
      headers: { 'content-type': given.type, ...(given.announced && { 'daybook-rows': given.announced }) },
    });
  };
}, { text, type, announced, ends });

describe('a download', () => {
  it('says how many rows it has brought', () => session(`${account.events}?status=ok`, async (page) => {
    const wanted = events.filter(({ status }) => status >= 100 && status < 400);
    for (const [link, read] of [[csvLink(page), (text) => parseCsv(text).length - 1],
      [ndjsonLink(page), (text) => text.trimEnd().split('\n').length]]) {
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      assert.match(download.suggestedFilename(), new RegExp(`-${wanted.length}-rows\\.`));
      const text = readFileSync(await download.path(), 'utf8');
      assert.equal(read(text), wanted.length);
      assert.equal(text.startsWith('\ufeff'), /\.csv$/.test(download.suggestedFilename()), 'the mark that spreadsheets want');
      await box(page).getByText(`${wanted.length} rows downloaded.`).waitFor();
      await box(page).getByRole('button', { name: 'Close' }).click();
      assert.equal(await box(page).count(), 0);
      assert.equal(await link.evaluate((element) => element === document.activeElement), true, 'the focus is not lost with its button');
    }
  }));

  it('counts what a search finds, which nobody knows before, and saves the rows without the closing line', () => session(
    `${account.events}?q=again`,
    async (page) => {
      for (const [link, name] of [[csvLink(page), 'csv'], [ndjsonLink(page), 'ndjson']]) {
        const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
        await box(page).getByText(`${total} rows downloaded.`).waitFor();
        const { searched, all } = await page.evaluate(async ([one, other]) => ({
          searched: await (await fetch(one)).text(), all: await (await fetch(other)).text(),
        }), [await link.evaluate(({ href }) => href), `${account.events}.${name}`]);
        assert.ok(searched.length > all.length, 'the link itself has it');
        assert.equal(readFileSync(await download.path(), 'utf8'), (name === 'csv' ? '\ufeff' : '') + all);
        assert.match(download.suggestedFilename(), new RegExp(`-${total}-rows\\.${name}$`));
      }
    },
  ));

  it('says the SHA-256 of what it saved, and saves the same with its closing line', () => session(`${account.events}?q=again&show=25`, async (page) => {
    for (const url of [page.url(), account.events, `${account.events}?user=ann`]) {
      await visit(page, url);
      for (const link of [csvLink(page), ndjsonLink(page)]) {
        const [plain] = await Promise.all([page.waitForEvent('download'), link.click()]);
        const saved = readFileSync(await plain.path());
        const sumIn = box(page).locator('.sum code');
        await sumIn.waitFor();
        assert.equal(await sumIn.textContent(), sha256(saved));
        const proof = box(page).getByRole('link', { name: 'Save it with its own proof' });
        const [proven] = await Promise.all([page.waitForEvent('download'), proof.click()]);
        const whole = readFileSync(await proven.path());
        assert.match(proven.suggestedFilename(), /-rows-proof\.(csv|ndjson)$/);
        assert.deepEqual(whole.subarray(0, saved.length), saved);
        const end = whole.subarray(saved.length).toString();
        assert.match(end, /^[^\n]+\n$/, 'one line more');
        assert.ok(end.includes(sha256(saved)), end);
        const href = await proof.evaluate((element) => element.href);
        assert.equal(sha256(await page.evaluate(async (address) => (await fetch(address)).text(), href)), sha256(whole.toString().replace('\ufeff', '')));
      }
    }
  }));

  it('with its own proof needs no script', async () => {
    const other = await open(browser, account.person, { javaScriptEnabled: false, acceptDownloads: true });
    await visit(other.page, `${account.events}?status=ok`);
    const [download] = await Promise.all([other.page.waitForEvent('download'),
      other.page.getByRole('link', { name: 'Download with its own proof' }).click()]);
    const bytes = readFileSync(await download.path());
    const end = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
    assert.equal(bytes.subarray(end).toString().split(',')[2].replaceAll('"', ''), sha256(bytes.subarray(0, end)));
    other.expectNoTrouble();
    await other.context.close();
    await visit(visitor.page, `${account.events}?user=nobody-of-that-name`);
    assert.equal(await visitor.page.locator('.proof').count(), 0);
  });

  it('of a search that finds nothing is the head alone', () => session(`${account.events}?q=${'absent'.repeat(3)}`, async (page) => {
    for (const [link, lines] of [[csvLink(page), 1], [ndjsonLink(page), 0]]) {
      const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
      await box(page).getByText('0 rows downloaded.').waitFor();
      assert.equal(readFileSync(await download.path(), 'utf8').split('\n').length - 1, lines);
    }
  }));

  it('shows rows of rows, and stops when it is cancelled', () => session(account.events, async (page) => {
    await serve(page, { text: csv(10), announced: '60' });
    await csvLink(page).click();
    await box(page).getByText('10 of 60 rows').waitFor();
    assert.equal(await box(page).getByRole('progressbar').evaluate((bar) => bar.value / bar.max), 10 / 60);
    await box(page).getByRole('button', { name: 'Cancel' }).click();
    await box(page).getByText('The download was cancelled; nothing was saved.').waitFor();
  }));

  for (const [what, query, answer] of [
    ['is shorter than announced', '', { text: csv(59) + csvEnd(59), announced: '60' }],
    ['is longer than announced', '', { text: csv(61) + csvEnd(61), announced: '60' }],
    ['is as long as announced, but not closed', '', { text: csv(60), announced: '60' }],
    ['has more rows than its closing line says', '', { text: csv(61) + csvEnd(60), announced: '60' }],
    ['has no closing line', '?q=again', { text: csv(10) }],
    ['has no closing line of NDJSON', '?q=again', { text: ndjson(10), type: 'application/x-ndjson' }],
    ['has fewer rows than its closing line says', '?q=again', { text: csv(9) + csvEnd(10) }],
    ['has fewer rows than its closing line of NDJSON says', '?q=again', {
      text: ndjson(9) + ndjsonEnd(10), type: 'application/x-ndjson',
    }],
  ]) {
    it(`is not saved when it ${what}`, () => session(account.events + query, async (page) => {
      const saved = [];
      const note = (download) => saved.push(download.url());
      const link = answer.type ? ndjsonLink(page) : csvLink(page);
      const href = await link.evaluate((element) => element.href);
      page.on('download', note);
      await serve(page, { ...answer, ends: true });
      await link.click();
      await box(page).getByText('The download broke off; nothing was saved.').waitFor();
      const again = box(page).getByRole('link', { name: 'Let the browser try' });
      assert.equal(await again.evaluate((element) => element.href), href);
      await Promise.all([page.waitForEvent('download'), again.click()]);
      assert.deepEqual(saved, [href]);
      page.off('download', note);
    }));
  }

  it('is left to the browser when it is large', () => session(account.events, async (page) => {
    const href = await csvLink(page).evaluate((element) => element.href);
    await serve(page, { text: csv(1), announced: '1000001' });
    const [download] = await Promise.all([page.waitForEvent('download'), csvLink(page).click()]);
    assert.equal(download.url(), href);
    await box(page).getByText('1,000,001 rows: your browser downloads them').waitFor();
  }));

  it('has a box of its own, and is not begun twice', () => session(account.events, async (page) => {
    await serve(page, { text: csv(10), announced: '60' });
    await csvLink(page).click();
    await box(page).getByText('10 of 60 rows').waitFor();
    await serve(page, { text: ndjson(20), type: 'application/x-ndjson', announced: '60' });
    await csvLink(page).click();
    await ndjsonLink(page).click();
    await box(page).getByText('20 of 60 rows').waitFor();
    assert.deepEqual(await box(page).getByRole('status').allTextContents(), ['10 of 60 rows', '20 of 60 rows']);
    assert.equal(await page.evaluate(() => window.asked.length), 2);
    await box(page).first().getByRole('button', { name: 'Cancel' }).click();
    await box(page).first().getByText('The download was cancelled; nothing was saved.').waitFor();
    assert.equal(await box(page).nth(1).getByRole('status').textContent(), '20 of 60 rows');

    await csvLink(page).click(); // in the place of the one that has ended
    await box(page).getByText('Cancel').nth(1).waitFor();
    assert.equal(await box(page).count(), 2);
    assert.equal(await page.evaluate(() => window.asked.length), 3);
    await box(page).first().getByRole('button', { name: 'Cancel' }).click();
    await box(page).nth(1).getByRole('button', { name: 'Cancel' }).click();
    await box(page).nth(1).getByText('The download was cancelled').waitFor();
  }));

  it('asks who would leave, until all have ended', () => session(account.events, async (page) => {
    const away = page.getByRole('link', { name: 'Triggers' });
    const stays = async () => {
      const [dialog] = await Promise.all([page.waitForEvent('dialog'), away.click()]);
      assert.equal(dialog.type(), 'beforeunload');
      assert.equal(page.url(), account.events);
      assert.throws(visitor.expectNoTrouble, /dialog/);
    };
    await serve(page, { text: csv(10), announced: '60' });
    await csvLink(page).click();
    await box(page).getByText('10 of 60 rows').waitFor();
    await serve(page, { text: ndjson(60) + ndjsonEnd(60), type: 'application/x-ndjson', announced: '60', ends: true });
    await Promise.all([page.waitForEvent('download'), ndjsonLink(page).click()]);
    await box(page).getByText('60 rows downloaded.').waitFor();
    await stays();
    await box(page).first().getByRole('button', { name: 'Cancel' }).click();
    await box(page).getByText('The download was cancelled; nothing was saved.').waitFor();
    await follow(away);
    assert.equal(page.url(), account.triggers);
  }));

  it('says why there is none', () => session(account.events, async (page) => {
    await page.route('**/events.csv*', (route) => route.fulfill({
      status: 429,
      contentType: 'text/html',
      body: '<div class="error"><h1>429</h1><p>You have too many downloads already.</p></div>',
    }));
    await csvLink(page).click();
    await box(page).getByText('You have too many downloads already.').waitFor();
    await page.unroute('**/events.csv*');
  }));
});
