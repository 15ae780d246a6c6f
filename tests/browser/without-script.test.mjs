// SPDX-License-Identifier: MIT
//
// Everything one does with the log, with script switched off. What must be shown is worked out from
// the events that were recorded, not from the pages.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import { addMember, makeAccount, makePerson, origin, record } from './daybook.mjs';
import { iconOf } from './icons.mjs';
import {
  apply, chip, chips, count, downloadCsv, follow, openFilter, pager, rows, tick, tickNot, values,
  valuesOf,
} from './list_page.mjs';
import { sampleEvents, shownRow } from './sample.mjs';

const total = 566;
const events = sampleEvents(total);
const triggers = sampleEvents(23, 'trigger');
let browser;
let account;
let visitor;

before(async () => {
  account = makeAccount('plain');
  await record(account, [...events, ...triggers]);
  browser = await launch();
  visitor = await open(browser, account.person, { javaScriptEnabled: false });
});

after(() => browser?.close());

// What `run` does from the address on, as the account's person.
const session = async (url, run) => {
  await visit(visitor.page, url);
  await run(visitor.page);
  visitor.expectNoTrouble();
};

// The same for somebody else.
const sessionOf = async (person, run) => {
  const own = await open(browser, person, { javaScriptEnabled: false });
  await run(own.page);
  await own.done();
};

const expectRows = async (page, expected) => {
  assert.deepEqual(await rows(page), expected.map(shownRow));
};

describe('the log without script', () => {
  it('asks for a login', async () => {
    const response = await fetch(account.events);
    assert.equal(response.status, 401);
    assert.match(response.headers.get('www-authenticate'), /^Basic /);
    assert.doesNotMatch(await response.text(), /createPipeline/);
  });

  it('leads from / to the only account, newest first', () => session(origin, async (page) => {
    assert.equal(page.url(), account.events);
    assert.deepEqual(await count(page), { first: 1, last: 10, total });
    assert.deepEqual(await chips(page), []);
    assert.deepEqual(
      await page.locator('table.events thead th').evaluateAll((heads) => heads.map(
        (head) => head.textContent.replace(/\s*\(.*/, '').trim(),
      )),
      ['Entity ID', 'Entity name', 'Entity', 'Action', 'Status', 'User', 'Last request', 'Details'],
    );
    assert.deepEqual(await pager(page), ['Prev', '1', '2', '3', '…', '57', 'Next']);
    await expectRows(page, events.slice(0, 10));
  }));

  it('says with an icon and a code how a call ended', () => session(account.events, async (page) => {
    for (const [index, badge] of (await page.locator('td.code .status').all()).entries()) {
      const text = (await badge.textContent()).trim();
      const status = events[index].status ?? 0;
      const word = status === 0 ? 'none' : status < 400 ? 'ok' : 'failed';
      assert.equal(text, word === 'none' ? '---' : `${status} ${word}`);
      assert.equal(await iconOf(badge), word);
    }
  }));

  it('adds a filter, excludes, and removes it again', () => session(account.events, async (page) => {
    const panel = await openFilter(page, 'Action');
    await tick(panel, 'approve');
    await tick(panel, 'login');
    await apply(panel);
    const wanted = events.filter(({ action }) => ['approve', 'login'].includes(action));
    assert.deepEqual(await chips(page), ['Action: approve, login']);
    assert.deepEqual(await count(page), { first: 1, last: 10, total: wanted.length });
    await expectRows(page, wanted.slice(0, 10));

    const second = await openFilter(page, 'User');
    await tickNot(second, 'Bob');
    await tickNot(second, '---');
    await apply(second);
    const rest = wanted.filter(({ user }) => user && user !== 'Bob');
    assert.deepEqual(await chips(page), ['Action: approve, login', 'User: not ---, Bob']);
    assert.deepEqual(await count(page), { first: 1, last: 10, total: rest.length });
    await expectRows(page, rest.slice(0, 10));

    const again = await openFilter(page, 'Action');
    await tick(again, 'login');
    await apply(again);
    const approved = rest.filter(({ action }) => action === 'approve');
    assert.deepEqual(await chips(page), ['Action: approve', 'User: not ---, Bob']);
    await expectRows(page, approved.slice(0, 10));

    await follow(chip(page, 'Action').locator('a.clear'));
    const users = events.filter(({ user }) => user && user !== 'Bob');
    assert.deepEqual(await chips(page), ['User: not ---, Bob']);
    assert.deepEqual(await count(page), { first: 1, last: 10, total: users.length });

    await follow(page.getByRole('link', { name: 'Clear all' }));
    assert.deepEqual(await chips(page), []);
    assert.deepEqual(await count(page), { first: 1, last: 10, total });
  }));

  it('filters by what has none, by status class and by text', () => session(
    account.events,
    async (page) => {
      const type = await openFilter(page, 'Entity');
      await tick(type, '---');
      await apply(type);
      const status = await openFilter(page, 'Status');
      await tick(status, '4xx');
      await tick(status, '---');
      await apply(status);
      let wanted = events.filter((event) => !event.entity_type
        && (!event.status || (event.status >= 400 && event.status < 500)));
      assert.deepEqual(await chips(page), ['Entity: ---', 'Status: 4xx, ---']);
      assert.deepEqual(await count(page), { first: 1, last: 10, total: wanted.length });
      await expectRows(page, wanted.slice(0, 10));

      const name = await openFilter(page, 'Entity name');
      await name.getByRole('textbox').first().fill('TEAM 1');
      await apply(name);
      wanted = wanted.filter((event) => event.entity_name?.includes('team 1'));
      assert.ok(wanted.length > 0);
      assert.deepEqual(
        await chips(page),
        ['Entity: ---', 'Status: 4xx, ---', 'Entity name: TEAM 1'],
      );
      await expectRows(page, wanted.slice(0, 10));
    },
  ));

  it('leaves out IDs and names, several of them', () => session(`${account.events}?show=200`, async (page) => {
    const leave = async (label, value) => {
      const panel = await openFilter(page, label);
      await panel.getByRole('textbox').last().fill(value);
      await apply(panel);
    };
    await leave('Entity ID', 'id-01*');
    await leave('Entity ID', 'id-0009');
    await leave('Entity name', 'TEAM 1');
    assert.deepEqual(await chips(page), ['Entity ID: not id-01*, id-0009', 'Entity name: not TEAM 1']);
    const wanted = events.filter(({ entity_id: id, entity_name: name }) => !/^id-01|^id-0009$/.test(id ?? '')
      && !name?.includes('team 1'));
    assert.equal((await count(page)).total, wanted.length);
    await expectRows(page, wanted.slice(0, 200));
    const panel = await openFilter(page, 'Entity ID');
    assert.deepEqual(await panel.getByRole('textbox').evaluateAll((fields) => fields.map(({ value }) => value)),
      ['', 'id-01*', 'id-0009', '']);
    await panel.getByRole('textbox').nth(2).fill('');
    await apply(panel);
    assert.deepEqual((await chips(page))[0], 'Entity ID: not id-01*');
  }));

  it('finds by ID, by its beginning, and in the body', () => session(account.events, async (page) => {
    let panel = await openFilter(page, 'Entity ID');
    await panel.getByRole('textbox').first().fill('id-0123');
    await apply(panel);
    await expectRows(page, [events[123]]);

    panel = await openFilter(page, 'Entity ID');
    await panel.getByRole('textbox').first().fill('id-012*');
    await apply(panel);
    await expectRows(page, events.slice(120, 130).filter((event) => event.entity_id));

    await follow(page.getByRole('link', { name: 'Clear all' }));
    panel = await openFilter(page, 'Contains');
    await panel.getByRole('textbox').fill('"number":321,');
    await apply(panel);
    await expectRows(page, [events[321]]);
  }));

  it('shows the values of one menu, with counts, on the same list', () => session(
    `${account.events}?action=approve&status=4xx&user=nobody&not_user=ann&page=1&show=25`,
    async (page) => {
      const others = events.filter(({ action, status }) => action === 'approve'
        && status >= 400 && status < 500);
      assert.equal(await page.locator('details[open], .hits').count(), 0);
      const user = await openFilter(page, 'User');
      const query = new URL(page.url()).searchParams;
      assert.equal(query.get('menu'), 'user');
      assert.equal(query.get('show'), '25');
      assert.equal(await page.locator('.panel:visible').count(), 1);
      const users = valuesOf(others, (event) => event.user);
      const ann = users.find(([name]) => name === 'ann') ?? ['ann', 0];
      assert.deepEqual(
        await values(user),
        [['nobody', 0], ann, ...users.filter(([name]) => name !== 'ann')],
      );
      await tick(user, 'nobody');
      await apply(user);
      assert.equal(new URL(page.url()).searchParams.get('menu'), null);
      assert.deepEqual(await chips(page), ['Action: approve', 'User: not ann', 'Status: 4xx']);

      const status = await openFilter(page, 'Status');
      const rest = events.filter((event) => event.action === 'approve' && event.user !== 'ann');
      const within = (low, high) => rest.filter((event) => (
        event.status >= low && event.status < high)).length;
      assert.deepEqual(await values(status), [
        ['4xx', within(400, 500)], ['ok', within(100, 400)], ['failed', within(400, 600)],
        ['2xx', within(200, 300)], ['3xx', within(300, 400)], ['5xx', within(500, 600)],
        ...valuesOf(rest, (event) => event.status),
      ]);

      await follow(page.getByRole('link', { name: 'Clear all' }));
      const source = await openFilter(page, 'Source');
      assert.equal(await page.locator('.panel:visible').count(), 1);
      assert.deepEqual(await values(source), valuesOf(events, (event) => event.source));
    },
  ));

  it('takes a value that no list offers', () => session(account.events, async (page) => {
    const panel = await openFilter(page, 'User');
    await panel.getByLabel('Another value').fill('Dörte Müller');
    await apply(panel);
    assert.deepEqual(await chips(page), ['User: Dörte Müller']);
    await expectRows(page, events.filter(({ user }) => user === 'Dörte Müller').slice(0, 10));
  }));

  it('filters by days and times, also of a zone', () => session(account.events, async (page) => {
    const between = (from, to) => events.filter(
      ({ occurred_at: at }) => at >= Date.parse(from) && at < Date.parse(to),
    );
    const show = async (from, to, zone) => {
      await chip(page, 'Date').locator('summary').click();
      await page.getByLabel('From').fill(from);
      await page.getByLabel(/^To/).fill(to);
      await page.getByLabel('Time zone').fill(zone);
      await apply(chip(page, 'Date').locator('.panel'));
      return count(page);
    };
    assert.deepEqual(await chips(page), []);

    let wanted = between('2024-03-28T00:00Z', '2024-03-30T00:00Z');
    assert.equal((await show('2024-03-28', '2024-03-29', '')).total, wanted.length);
    assert.deepEqual(await chips(page), ['Date: 2024-03-28 to 2024-03-29']);
    await expectRows(page, wanted.slice(0, 10));

    // A calendar with times, where there is one.
    await visit(page, `${account.events}?from=2024-03-28T00:00&to=2024-03-29T00:00`);
    wanted = between('2024-03-28T06:30Z', '2024-03-29T10:15Z');
    assert.equal((await show('2024-03-28T06:30', '2024-03-29T10:15', 'UTC')).total, wanted.length);
    await visit(page, account.events);

    // The clocks go forward on the 31st: that day has 23 hours.
    wanted = between('2024-03-30T23:00Z', '2024-03-31T22:00Z');
    assert.equal((await show('2024-03-31', '2024-03-31', 'Europe/Berlin')).total, wanted.length);
    const shown = (await rows(page)).map((row) => row[6]);
    assert.equal(shown[0], '2024-03-31 14:00:00');
    assert.match(await page.locator('th.time').innerText(), /Europe\/Berlin/);

    await follow(chip(page, 'Date').locator('a.clear'));
    assert.deepEqual(await chips(page), []);
    assert.equal((await count(page)).total, total);

    // The zone stays for what is shown; what an address selects is meant in UTC all the same.
    await visit(page, `${account.events}?to=2024-03-29`);
    assert.equal((await count(page)).total, between('2024-03-01T00:00Z', '2024-03-30T00:00Z').length);
    assert.match(await page.locator('th.time').innerText(), /Europe\/Berlin/);
    assert.deepEqual(await chips(page), ['Date: until 2024-03-30 01:00']);
    await page.context().clearCookies();
  }));

  it('changes the page size', () => session(`${account.events}?page=3`, async (page) => {
    const sizes = page.getByRole('navigation', { name: 'Rows of a page' });
    await follow(sizes.getByRole('link', { name: '50' }));
    assert.equal(page.url(), `${account.events}?show=50`);
    assert.deepEqual(await count(page), { first: 1, last: 50, total });
    assert.equal(await sizes.locator('[aria-current]').innerText(), '50');
    assert.deepEqual(await pager(page), ['Prev', '1', '2', '3', '…', '12', 'Next']);
    await expectRows(page, events.slice(0, 50));
  }));

  it('pages by number, next, previous, first and last', () => session(
    account.events,
    async (page) => {
      const go = (name) => follow(page.locator('.pager').getByRole('link', { name, exact: true }));
      await go('Page 3');
      assert.deepEqual(await count(page), { first: 21, last: 30, total });
      await expectRows(page, events.slice(20, 30));
      await go('Next');
      assert.deepEqual(await count(page), { first: 31, last: 40, total });
      await go('Page 57');
      assert.deepEqual(await count(page), { first: 561, last: 566, total });
      await expectRows(page, events.slice(560));
      assert.deepEqual(await pager(page), ['Prev', '1', '…', '55', '56', '57', 'Next']);
      assert.equal(await page.locator('.pager [rel=next]').count(), 0);
      await go('Prev');
      await go('Page 54');
      assert.deepEqual(
        await pager(page),
        ['Prev', '1', '…', '52', '53', '54', '55', '56', '57', 'Next'],
      );
      assert.equal(await page.locator('.pager [aria-current=page]').textContent(), 'Page 54');
      await go('Page 1');
      assert.deepEqual(await count(page), { first: 1, last: 10, total });
      assert.equal(await page.locator('.pager [rel=prev]').count(), 0);
      await visit(page, `${account.events}?page=36`);
      assert.deepEqual(
        await pager(page),
        ['Prev', '1', '…', '34', '35', '36', '37', '38', '…', '57', 'Next'],
      );
      assert.deepEqual(await count(page), { first: 351, last: 360, total });
    },
  ));

  it('keeps its place when newer events come', async () => {
    const own = makeAccount('moving');
    const [first, ...older] = sampleEvents(31);
    await record(own, older);
    await sessionOf(own.person, async (page) => {
      await visit(page, own.events);
      await follow(page.getByRole('link', { name: 'Next' }));
      await record(own, [first]);
      await follow(page.getByRole('link', { name: 'Next' }));
      await expectRows(page, older.slice(20, 30));
      assert.deepEqual(await count(page), { first: 21, last: 30, total: 30 });
      await follow(page.locator('.pinned').getByRole('link'));
      await expectRows(page, [first, ...older.slice(0, 9)]);
      assert.deepEqual(await count(page), { first: 1, last: 10, total: 31 });
      assert.equal(await page.locator('.pinned').count(), 0);
    });
  });

  it('turns the order round and back', () => session(
    `${account.events}?action=approve`,
    async (page) => {
      const caret = page.locator('th.time');
      const wanted = events.filter(({ action }) => action === 'approve');
      assert.equal(await caret.getAttribute('aria-sort'), 'descending');
      await follow(caret.getByRole('link'));
      assert.equal(await caret.getAttribute('aria-sort'), 'ascending');
      assert.deepEqual(await chips(page), ['Action: approve']);
      await expectRows(page, wanted.slice(-10).reverse());
      await follow(page.getByRole('link', { name: 'Next' }));
      await expectRows(page, wanted.slice(-20, -10).reverse());
      await follow(page.getByRole('navigation', { name: 'Rows of a page' }).getByRole('link', { name: '25' }));
      await expectRows(page, wanted.slice(-25).reverse());
      await follow(caret.getByRole('link'));
      assert.equal(await caret.getAttribute('aria-sort'), 'descending');
      await expectRows(page, wanted.slice(0, 25));
    },
  ));

  it('opens a call by its book and goes back to the very same list', () => session(
    `${account.events}?action=approve&not_user=Bob&tz=Asia%2FTokyo&sort=time&show=25&page=2`,
    async (page) => {
      const url = page.url();
      const list = await rows(page);
      await follow(page.locator('td.open a').nth(4));
      assert.match(new URL(page.url()).pathname, /\/events\/[0-9a-f]{16}$/);
      assert.equal(await page.locator('h1').innerText(), 'approve');

      await follow(page.getByRole('link', { name: 'Back to the list' }));
      assert.equal(page.url(), url);
      assert.deepEqual(await rows(page), list);

      await follow(page.locator('td.open a').nth(4));
      await follow(page.getByRole('link', { name: 'Raw' }));
      await follow(page.getByRole('link', { name: 'Back to the list' }));
      assert.equal(page.url(), url);
      assert.deepEqual(await rows(page), list);
    },
  ));

  it('shows a call as it was sent', () => session(`${account.events}?entity_id=id-0010`, async (page) => {
    const { request } = events[10];
    const part = (name) => page.locator('.part')
      .filter({ has: page.getByRole('heading', { name, exact: true }) }).locator('pre');
    await follow(page.locator('td.open a'));
    assert.equal(await part('Request URL').textContent(), request.url);
    assert.equal(await part('Request params').textContent(), '{\n  "id": "10"\n}');
    assert.equal(await part('Request query').textContent(), '{\n  "n": "10"\n}');
    assert.deepEqual(
      JSON.parse(await part('Request payload: headers').textContent()),
      request.headers,
    );
    // Order, repetitions and every digit stay.
    assert.equal(
      await part('Request payload: body').textContent(),
      '{\n  "number": 10,\n  "again": 1,\n  "again": 1.50,\n  "quoted": "\\u00e9 <b>"\n}',
    );
    await follow(page.getByRole('link', { name: 'Raw' }));
    assert.equal(await part('Request payload: body').textContent(), request.body);
    assert.equal(await part('Request params').textContent(), JSON.stringify(request.params));
  }));

  it('downloads as CSV what the filter shows, all pages of it', () => session(
    `${account.events}?not_action=login&status=ok&sort=time`,
    async (page) => {
      const { total: shown } = await count(page);
      const { name, records } = await downloadCsv(
        page,
        page.getByRole('link', { name: 'Download audit' }),
      );
      const wanted = events.filter(({ action, status }) => action !== 'login' && status < 400);
      wanted.reverse();
      const [header, ...lines] = records;
      assert.equal(lines.length, shown);
      assert.match(name, /-events-\d{4}-\d\d-\d\d-\d+-rows\.csv$/);
      assert.ok(name.startsWith(`${account.slug}-`) && name.endsWith(`-${shown}-rows.csv`), name);
      assert.deepEqual(lines.map((line) => line[header.indexOf('url')]), wanted.map(
        (event) => event.request.url,
      ));
      assert.deepEqual(lines.map((line) => line[header.indexOf('body')]), wanted.map(
        (event) => event.request.body,
      ));
    },
  ));

  it('has triggers on a tab of their own', () => session(account.events, async (page) => {
    await follow(page.getByRole('link', { name: 'Triggers' }));
    assert.equal(page.url(), account.triggers);
    assert.equal(await page.locator('h1').innerText(), 'Triggers');
    assert.deepEqual(await count(page), { first: 1, last: 10, total: triggers.length });
    await expectRows(page, triggers.slice(0, 10));
    await follow(page.locator('td.open a').first());
    assert.match(new URL(page.url()).pathname, /\/triggers\/[0-9a-f]{16}$/);
    await follow(page.getByRole('link', { name: 'Back to the list' }));
    await follow(page.getByRole('link', { name: 'All Audit' }));
    assert.deepEqual(await count(page), { first: 1, last: 10, total });
  }));

  it('says so when nothing matches', () => session(
    `${account.events}?action=approve&user=nobody`,
    async (page) => {
      assert.equal(await page.locator('table, .pager, .count').count(), 0);
      assert.equal(await page.getByRole('heading', { name: 'Nothing matches' }).count(), 1);
      assert.deepEqual(await chips(page), ['Action: approve', 'User: nobody']);
      await follow(page.getByRole('link', { name: 'Clear all filters' }));
      assert.equal((await count(page)).total, total);
    },
  ));

  it('says in an empty log how the first call comes in', async () => {
    const own = makeAccount('fresh');
    await sessionOf(own.person, async (page) => {
      await visit(page, own.events);
      assert.match(await page.locator('main').innerText(), /Nothing is recorded here yet/);
      assert.match(await page.locator('main').innerText(), /ADDRESS is what stands before[^]*ADDRESS\/api\/v1\/events/);
      assert.equal(await page.locator('table').count(), 0);
    });
  });

  it('refuses a bad parameter by name and says what it takes', async () => {
    const refused = {
      'nonsense=1': /"nonsense".*entity, not_entity/,
      'Action=approve': /"Action"/,
      'page=0': /"page".*number from 1/,
      'page=1&page=2': /"page".*(once|repeated)/,
      'show=7': /"show".*10, 25, 50, 100, 200/,
      'status=abc': /"status".*4xx/,
      'source=smoke': /"source".*webhook/,
      'from=yesterday': /"from".*2026-01-31/,
      'to=2024-02-30': /"to"/,
      'tz=Mars%2FOlympus': /"tz".*Europe\/Berlin/,
      'sort=name': /"sort".*time/,
      'q=ab': /"q".*3/,
      'asof=1': /"asof".*16/,
      'action=%zz': /"action"|%zz/,
      'raw=1': /"raw"/,
      'menu=users': /"menu".*entity, action, user/,
      'menu=provider': /"menu".*triggers/,
    };
    for (const [query, sentence] of Object.entries(refused)) {
      await visit(visitor.page, `${account.events}?${query}`, 400);
      assert.match(await visitor.page.getByRole('alert').innerText(), sentence, query);
    }
    visitor.expectNoTrouble();
  });

  it('leads from past the end to the last page', async () => {
    const { page } = visitor;
    await visit(page, `${account.events}?show=100&page=7&action=approve`, 404);
    assert.match(await page.locator('.error').innerText(), /Page 7 does not exist/);
    await follow(page.getByRole('link', { name: 'Go to the last page' }));
    const wanted = events.filter(({ action }) => action === 'approve');
    assert.deepEqual(await count(page), { first: 1, last: wanted.length, total: wanted.length });
    visitor.expectNoTrouble();
  });

  it('does not tell a foreign account or event from one that is not there', async () => {
    const other = makeAccount('foreign');
    const [id] = await record(other, sampleEvents(1));
    const sentence = async (url) => {
      await visit(visitor.page, url, 404);
      return (await visitor.page.locator('.error').innerText()).replace(/Request .*/, '');
    };
    const missing = await sentence(`${origin}/no-such-account/events`);
    assert.match(missing, /^404 /);
    assert.equal(await sentence(other.events), missing);
    assert.equal(await sentence(`${other.events}/${id}`), missing);
    const gone = await sentence(`${account.events}/0000000000000001`);
    assert.equal(await sentence(`${account.events}/${id}`), gone);
    assert.match(await sentence(`${account.events}/nonsense`), /^404 /);
    assert.match(await sentence(`${origin}/${account.slug}/nothing/here`), /^404 /);
    visitor.expectNoTrouble();
  });

  it('lets people of several accounts choose, and turns those of none away', async () => {
    const other = makeAccount('second');
    const person = makePerson();
    await sessionOf(person, async (page) => {
      await visit(page, origin, 403);
      assert.match(await page.locator('.error').innerText(), /administrator/);
      addMember(account, person);
      addMember(other, person);
      await visit(page, origin);
      await follow(page.getByRole('link', { name: account.slug }));
      assert.deepEqual(await count(page), { first: 1, last: 10, total });
      await visit(page, origin);
      await follow(page.getByRole('link', { name: other.slug }));
      assert.match(await page.locator('main').innerText(), /Nothing is recorded here yet/);
    });
  });
});
