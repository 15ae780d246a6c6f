// SPDX-License-Identifier: MIT
//
// Every hostile string in every text field, and then every page that shows it: nothing of it acts,
// every page stays correct HTML, and what can be shown as it is is shown so.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { addMember, daybook, makeAccount, origin, post, record } from './daybook.mjs';
import { apply, chips, count, follow, openFilter } from './list_page.mjs';
import { expectNoOverflow, expectOursOnly, expectValidQuickly } from './markup.mjs';
import {
  areThere, dangerous, hostileStrings, isPlain, shortened, visible, where,
} from './strings.mjs';

const nameMax = 1024;
const shortMax = 255;
const show = 200;
const bodyChunks = 15;
const desk = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
const bytes = (text) => Buffer.byteLength(text);

const all = hostileStrings();
const names = all.filter((text) => bytes(text) <= nameMax);
const tooLong = all.filter((text) => bytes(text) > nameMax);

// The string wherever one may stand.
const everywhere = (text, kind) => {
  const short = bytes(text) <= shortMax ? text : undefined;
  return {
    kind,
    entity_type: text,
    entity_id: text,
    entity_name: text,
    action: text,
    user: text,
    status: 200,
    request: {
      method: 'POST',
      url: text,
      params: { name: text },
      query: { [text]: text },
      headers: /[\r\n]/.test(text) ? undefined : { 'x-hostile': text },
      body: text,
    },
    response: { body_head: text },
    request_id: short,
    trace_id: short,
    client_address: short,
    forwarded_for: text,
    user_agent: text,
    trigger: { provider: short, event: short, delivery_id: short },
    extra: { note: text },
  };
};

// Plain ones first, so that a chunk holds only such or none.
const ordered = [...all].sort((a, b) => isPlain(b) - isPlain(a));
const chunkSize = Math.ceil(all.length / bodyChunks);
const chunks = Array.from({ length: Math.ceil(all.length / chunkSize) }, (_, index) => (
  ordered.slice(index * chunkSize, (index + 1) * chunkSize)
));

const bodyEvents = chunks.flatMap((chunk) => [
  { action: 'body as JSON', request: { body: JSON.stringify(chunk) } },
  { action: 'body as text', request: { body: chunk.join('\n') } },
]);

// So many of them, evenly spread.
const sample = (list, wanted) => {
  const step = Math.max(1, Math.ceil(list.length / wanted));
  return list.filter((_, index) => index % step === 0);
};

const typed = sample(
  names.filter((text) => isPlain(text) && text === text.trim() && text !== '---'),
  12,
);

let browser;
let account;
let smallAccount;
let visitor;
let ids;
let bodyIds;

before(async () => {
  smallAccount = makeAccount('typed');
  await record(smallAccount, typed.map((text) => everywhere(text, 'event')));
  account = makeAccount('hostile');
  daybook('redaction', account.slug, 'off'); // some of them look like logins
  addMember(smallAccount, account.person);
  bodyIds = await record(account, bodyEvents);
  ids = await record(account, names.map((text) => everywhere(text, 'event')));
  await record(account, names.map((text) => everywhere(text, 'trigger')));
  browser = await launch();
  visitor = await open(browser, account.person);
});

after(() => browser?.close());

// Nothing but text came in; `source` is what the server sent.
const expectHarmless = async (page, source) => {
  if (source) {
    expectValidQuickly(source, page.url());
  }
  await expectOursOnly(page, origin);
  const shown = await page.evaluate(() => [
    document.documentElement.textContent,
    ...[...document.querySelectorAll('[title]')].map((element) => element.title),
    ...[...document.querySelectorAll('[aria-label]')].map((element) => element.ariaLabel),
  ]);
  const bad = shown.find((text) => dangerous.test(text));
  assert.equal(bad?.match(dangerous), undefined, page.url());
  assert.equal(await page.evaluate(() => window.__x), undefined);
  await expectNoOverflow(page);
  await page.setViewportSize(phone);
  await expectNoOverflow(page);
  await page.setViewportSize(desk);
};

// The filter bar is the same on each page of a tab: the validator reads it once.
const withoutFilter = (source) => source.replace(/<form class="filter"[^]*?<\/form>/, '');

const cells = (page) => page.locator('table.events tbody tr').evaluateAll((rows) => rows.map(
  (row) => Object.fromEntries(['.id', '.name', '.entity', '.action', '.user', '.action .provider'].map((name) => {
    const cell = row.querySelector(`td${name}`);
    // Behind an action stands who sent it.
    return [name, cell && { title: cell.title, text: (name === '.action' ? cell.firstElementChild : cell).textContent }];
  }).filter(([, cell]) => cell)),
));

// Every page of the tab: how many rows there are, and which plain strings none of them is.
const walk = async (url, page, validated) => {
  const actions = new Set();
  let total = Infinity;
  for (let number = 1; (number - 1) * show < total; number += 1) {
    const response = await visit(page, `${url}?show=${show}&page=${number}`);
    const source = await response.text();
    ({ total } = await count(page));
    await expectHarmless(page, validated && (number > 1 ? withoutFilter(source) : source));
    for (const { '.action': action, ...others } of await cells(page)) {
      assert.equal(action.text, action.title);
      for (const other of Object.values(others).filter(({ title }) => title !== '---')) {
        assert.deepEqual(other, action, 'the names of a row are one string');
      }
      actions.add(action.title);
    }
  }
  return { total, missing: names.filter((text) => isPlain(text) && !actions.has(shortened(text))) };
};

const part = (page, name) => page.locator('.part')
  .filter({ has: page.getByRole('heading', { name, exact: true }) }).locator('pre');

describe('hostile strings', () => {
  it('come from the published lists', {
    skip: areThere ? false : 'no folder DAYBOOK_SHARED/strings: a few built in are used',
  }, (t) => {
    t.diagnostic(`${all.length} strings from ${where}; ${tooLong.length} too long for a name`);
    assert.ok(all.length > 1000);
  });

  it('are refused with a reason where they cannot be kept', async () => {
    for (const text of tooLong) {
      const { status, answer } = await post(account, [everywhere(text, 'event')]);
      assert.equal(status, 400);
      assert.equal(answer.index, 0);
      assert.match(answer.error, new RegExp(`at most ${nameMax} bytes long, not ${bytes(text)}`));
    }
    const refused = [
      [{ action: 'a\u0000b' }, 'action', /NUL/],
      [{ action: 'x', user: '\u0000' }, 'user', /NUL/],
      [{ action: 'x', request: { url: '/\u0000' } }, 'request.url', /NUL/],
      [{ action: '\ud800' }, 'action', /surrogate/],
      [{ action: 'x', request: { body: 'a\udfffb' } }, 'request.body', /surrogate/],
      [{ action: 'x', request: { headers: { '<b>': 'x' } } }, 'request.headers', /names of/],
      [{ action: 'x', request: { headers: { a: 'b\nc: d' } } }, 'request.headers', /one line/],
      [{ action: '' }, 'action', /required/],
      [{ action: 'x', '<b>': 1 }, '<b>', /not a member/],
    ];
    for (const [event, field, reason] of refused) {
      const { status, answer } = await post(account, [{ action: 'good' }, event]);
      assert.equal(status, 400);
      assert.deepEqual([answer.index, answer.field], [1, field]);
      assert.match(answer.error, reason);
    }
  });

  it('do nothing in the list', async () => {
    const { total, missing } = await walk(account.events, visitor.page, true);
    visitor.expectNoTrouble();
    assert.equal(total, names.length + bodyEvents.length);
    assert.deepEqual(missing, []);
  });

  it('do nothing in the menus, and stand there whole', async () => {
    const { page } = visitor;
    for (const [tab, menu, max] of [
      ...['entity', 'action', 'user'].map((dimension) => ['events', dimension, nameMax]),
      ['triggers', 'provider', shortMax],
    ]) {
      const response = await visit(page, `${account[tab]}?menu=${menu}`);
      await expectHarmless(page, await response.text());
      const offered = await page.locator(`.counted input[name=${menu}]`).evaluateAll(
        (boxes) => boxes.map(({ value }) => value),
      );
      // HTML has no line ends but line feeds.
      const kept = new Set(names.map((name) => name.replaceAll(/\r\n?/g, '\n')));
      const wanted = [...kept].filter((name) => bytes(name) <= max && name !== '---').length;
      assert.ok(offered.length >= Math.min(wanted, 400), `${menu}: ${offered.length} of ${wanted}`);
      const strange = offered.filter((value) => isPlain(value) && value !== '---' && !kept.has(value));
      assert.deepEqual(menu === 'action' ? strange.filter((v) => !/^body as/.test(v)) : strange, []);
    }
    visitor.expectNoTrouble();
  });

  it('do nothing where no policy holds them back', async () => {
    const { page, done } = await open(browser, account.person, { bypassCSP: true });
    const { total, missing } = await walk(account.triggers, page, false);
    assert.equal(total, names.length);
    assert.deepEqual(missing, []);
    for (const id of [...sample(ids, 10), ...sample(bodyIds, 10)]) {
      await visit(page, `${account.events}/${id}`);
      await expectHarmless(page);
    }
    await done();
  });

  it('are shown in details as they were sent', async () => {
    const { page } = visitor;
    for (const text of sample(names, 24)) {
      const id = ids[names.indexOf(text)];
      const response = await visit(page, `${account.events}/${id}?view=raw`);
      await expectHarmless(page, await response.text());
      if (isPlain(text)) {
        assert.equal(await page.locator('.facts dd').first().textContent(), visible(text));
        assert.equal(await part(page, 'Request URL').textContent(), text);
        assert.equal(await part(page, 'Request payload: body').textContent(), text);
        assert.equal(await part(page, 'Response: first bytes').textContent(), text);
        const query = await part(page, 'Request query').textContent();
        assert.deepEqual(JSON.parse(query), { [text]: text });
      }
    }
    visitor.expectNoTrouble();
  });

  it('do nothing in a body, and stand there whole', async () => {
    const { page } = visitor;
    for (const [index, id] of bodyIds.entries()) {
      const response = await visit(page, `${account.events}/${id}`);
      await expectHarmless(page, await response.text());
      const chunk = chunks[index >> 1];
      const shown = await part(page, 'Request payload: body').textContent();
      if (chunk.every(isPlain)) {
        const { body } = bodyEvents[index].request;
        assert.equal(shown, index % 2 ? body : JSON.stringify(chunk, null, 2));
      }
    }
    visitor.expectNoTrouble();
  });

  it('filter by exactly themselves', async () => {
    const { page } = visitor;
    for (const text of typed) {
      await visit(page, smallAccount.events);
      const panel = await openFilter(page, 'Action');
      await panel.getByLabel('Another value').fill(text);
      await apply(panel);
      assert.equal(new URL(page.url()).searchParams.get('action'), text);
      assert.deepEqual(await count(page), { first: 1, last: 1, total: 1 });
      assert.deepEqual(await chips(page), [`Action: ${shortened(text)}`]);
      await visit(page, new URL(await page.locator('td.open a').getAttribute('href'), page.url()).href);
      assert.equal(await part(page, 'Request payload: body').textContent(), text);
      await follow(page.getByRole('link', { name: 'Back to the list' }));
      assert.equal(new URL(page.url()).searchParams.get('action'), text);
      await expectHarmless(page);
    }
    visitor.expectNoTrouble();
  });

  it('can be told apart by eye, white space too', async () => {
    const { page } = visitor;
    const own = makeAccount('blank');
    const spaced = [' ', '  ', 'deploy', 'deploy ', ' deploy', 'de ploy', 'de  ploy', 'Deploy'];
    addMember(own, account.person);
    await record(own, spaced.map((action) => ({ action })));
    await visit(page, own.events);
    const seen = async (locator) => new Set((await locator.allInnerTexts()).map(
      (text) => text.replaceAll(/\s+/g, ' ').trim(),
    ));
    const inList = await seen(page.locator('td.action'));
    const inMenu = await seen((await openFilter(page, 'Action')).locator('.is bdi'));
    for (const shown of [inList, inMenu]) {
      assert.ok(!shown.has(''), 'a name that nobody sees');
      assert.equal(shown.size, spaced.length, [...shown].join('|'));
    }
    visitor.expectNoTrouble();
  });

  it('do nothing in an address', async () => {
    const { page } = visitor;
    const queries = sample(names, 15).map(encodeURIComponent).flatMap((text) => [
      [`${text}=1`, 400], [`status=${text}`, 400], [`user=x${text}`, 200],
    ]);
    for (const [query, status] of queries) {
      const response = await visit(page, `${smallAccount.events}?${query}`, status);
      await expectHarmless(page, await response.text());
    }
    for (const odd of ['%ff', '%c3%28', '%ed%a0%80', '%f4%90%80%80', '%00', 'a%0d%0ab', '%c2%85']) {
      const response = await page.goto(`${smallAccount.events}?user=${odd}`);
      assert.ok(response.status() < 500, odd);
      await expectHarmless(page, await response.text());
    }
    visitor.expectNoTrouble();
  });
});
