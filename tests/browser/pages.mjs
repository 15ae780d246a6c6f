// SPDX-License-Identifier: MIT
//
// Every page of Daybook in every state worth looking at: one line each. look.test.mjs checks all of
// them, `make look` takes their pictures. A new page or state is a line here, and what it shows is
// made in world.mjs.
//
//   url     its address
//   as      who looks, a name of world.people; the admin of acme by default
//   status  with which it comes; 200 by default
//   tables  how many tables it has, where that is known
//   act     what is done there before looking; `posts` says that another page comes by it, `again` that it is to be
//           done anew when the window has changed
//   script  false where script is off
//   file    a page of nginx itself (BUILD/pages), which it sends when something is wrong
//   config  a line of daybook.conf that its program has, run as plain CGI
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { open, visit } from './browser.mjs';
import { build, folder, origin } from './daybook.mjs';
import { chip, follow, openFilter } from './list_page.mjs';

const filters = '?action=updatePipeline&action=createPipeline&not_status=200&not_user=ann'
  + '&from=2000-01-01&entity_name=a&tz=Europe%2FBerlin&show=25';

const openFirst = (selector) => (page) => page.locator(selector).first().click();

const openChip = (label) => (page) => chip(page, label).locator('summary').click();

const fillAndSend = (fields, button) => async (page) => {
  for (const [label, value] of Object.entries(fields)) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
  await follow(page.getByRole('button', { name: button, exact: true }));
};

const removeSelf = async (page) => {
  const row = page.getByRole('row').filter({ hasText: '(you)' });
  await row.locator('summary').click();
  await follow(row.getByRole('button', { name: 'Remove' }));
};

// Removes them first, where they were added before.
const addAgain = async (page) => {
  const row = page.getByRole('row').filter({ hasText: 'guest' });
  if (await row.count()) {
    await row.locator('summary').click();
    await follow(row.getByRole('button', { name: 'Remove' }));
  }
  await fillAndSend({ Person: 'guest' }, 'Add')(page);
};

const saveView = (name) => async (page) => {
  await page.locator('.save').getByLabel('Name').fill(name);
  await follow(page.getByRole('button', { name: 'Save', exact: true }));
};

const saveTwice = async (page) => {
  await saveView('A name that is taken')(page);
  await page.goto(page.url().replace(/\/events.*/, '/-/views?user=bob&kind=events'));
  await saveView('A name that is taken')(page);
};

const noScript = { script: false };

// All of them, by name, of what makeWorld() has made.
export const pagesOf = ({
  acme, odd, empty, planned, middle, calls,
}) => Object.entries({
  // The two tabs
  list: { url: acme.events, tables: 1 },
  'list-without-script': { url: acme.events, tables: 1, ...noScript },
  'list-oldest-first': { url: `${acme.events}?sort=time&show=10`, tables: 1 },
  'list-in-the-middle': { url: `${acme.events}?show=25&page=34`, tables: 1 },
  'list-pinned': { url: `${acme.events}?asof=${middle}&show=25`, tables: 1 },
  'list-of-a-plan': { url: planned.events, as: 'auditor', tables: 1 },
  'list-of-a-view': { url: `${planned.triggers}?status=ok`, as: 'auditor' },
  'list-odd': { url: odd.events, as: 'odd', tables: 1 },
  'list-empty': { url: empty.events, as: 'newcomer', tables: 0 },
  filtered: { url: `${acme.events}${filters}`, tables: 1 },
  'filtered-without-script': { url: `${acme.events}${filters}`, tables: 1, ...noScript },
  'filtered-to-nothing': { url: `${acme.events}?user=nobody-of-that-name`, tables: 0 },
  'filtered-by-a-part': { url: `${acme.events}?action=PIPELINE&user=ann&user=bob&user=ci`, tables: 0 },
  'filtered-backwards': { url: `${acme.events}?user=ann&from=2026-01-10&to=2026-01-05`, tables: 0 },
  'filter-mistaken': { url: `${acme.events}?user=ann&q=ab`, status: 400, tables: 0 },
  'filter-mistaken-without-script': { url: `${acme.events}?user=ann&status=failed&status=abc`, status: 400, tables: 0, ...noScript },
  'zone-mistaken': { url: `${acme.events}?user=ann&tz=UTC&zone=Mars&show=11`, status: 400, tables: 0 },
  search: { url: `${acme.events}?q=pipeline`, tables: 1 },
  'search-not-ended': { url: `${acme.events}?q=pipeline`, config: 'search_ms = 0' },
  'search-how': { url: acme.events, act: openFirst('.how summary') },
  'search-mistaken': { url: `${acme.events}?query=action:updatePipeline%20status:6xx`, status: 400, tables: 0 },
  'over-time-as-a-table': { url: `${acme.events}?tz=Europe%2FBerlin`, act: async (page) => {
    await openFirst('.legend .table')(page);
    await page.locator('.histogram table').waitFor();
  } },
  triggers: { url: `${acme.triggers}?show=25&page=2`, tables: 1 },
  'triggers-invalid': { url: `${acme.triggers}?status=401&status=5xx`, tables: 1 },
  'triggers-empty': { url: empty.triggers, as: 'newcomer', tables: 0 },

  // Menus
  'menu-of-filters': { url: acme.events, act: openFirst('.chip.add > details > summary') },
  'menu-of-ticks': { url: acme.events, act: (page) => openFilter(page, 'Action') },
  'menu-of-users': { url: `${acme.events}${filters}&menu=user`, tables: 1, ...noScript },
  'menu-of-dates': { url: acme.events, act: openChip('Date') },
  'menu-of-chip': { url: `${acme.events}${filters}`, act: openChip('Status') },

  // Over the list
  'cell-menu': {
    url: acme.events,
    again: true, // it closes when the window changes
    act: async (page) => {
      await openFirst('td.user > a')(page);
      await page.locator('.panel.cell').waitFor();
    },
  },
  'details-over-the-list': {
    url: acme.events,
    act: async (page) => {
      await openFirst('td.open a')(page);
      await page.locator('dialog h1').waitFor();
    },
  },
  keys: {
    url: acme.events,
    act: async (page) => {
      await page.getByRole('button', { name: '?' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  download: {
    url: acme.events,
    act: async (page) => {
      await page.getByRole('link', { name: 'Download audit' }).click();
      await page.getByText('rows downloaded').waitFor();
    },
  },
  'views-menu': {
    url: `${acme.events}${filters}`,
    act: async (page) => {
      await openFirst('a.views')(page);
      await page.locator('.menu.views .panel').waitFor();
    },
  },

  // One call
  details: { url: calls.plain },
  'details-raw': { url: `${calls.plain}?view=raw` },
  'details-of-secrets': { url: calls.marks, as: 'odd' },
  'details-long': { url: calls.long, as: 'odd' },
  'details-cut': { url: calls.cut, as: 'odd' },
  'details-binary': { url: calls.binary, as: 'odd' },
  'details-bare': { url: calls.bare, as: 'odd' },
  'details-caused': { url: calls.caused },
  'trigger-repeated': { url: calls.repeated },
  'trigger-invalid': { url: calls.invalid },

  // An account, and all of them
  views: { url: acme.views },
  'views-save': { url: `${acme.views}?action=approve&user=ann&kind=events` },
  'views-taken': {
    url: `${empty.views}?user=ann&kind=events`, as: 'newcomer', posts: true, act: saveTwice,
  },
  'views-saved': {
    url: `${empty.views}?user=bob&kind=events`, as: 'newcomer', posts: true, act: saveView('What bob does'),
  },
  health: { url: acme.health },
  'health-empty': { url: planned.health, as: 'auditor' },
  tokens: { url: acme.tokens, tables: 1, act: openFirst('.sure summary') },
  'tokens-made': {
    url: acme.tokens, posts: true, act: fillAndSend({ 'What it is for': 'nightly export' }, 'Make it'),
  },
  'tokens-none-before': { url: `${acme.tokens}?before=1`, tables: 0 },
  members: { url: acme.members, tables: 1, act: openFirst('.sure summary') },
  'members-changed': { url: empty.members, as: 'newcomer', posts: true, act: addAgain },
  'members-last-admin': { url: empty.members, as: 'newcomer', posts: true, act: removeSelf },
  'find-secret': { url: acme.findSecret },
  'find-secret-found': {
    url: acme.findSecret, posts: true, act: fillAndSend({ Secret: 'a secret' }, 'Find'),
  },
  'find-secret-several': {
    url: acme.findSecret, posts: true, act: fillAndSend({ Secret: `Token: Bearer dbk_${'a'.repeat(64)} ` }, 'Find'),
  },
  chooser: { url: `${origin}/`, as: 'several', tables: 0 },
  'all-accounts': { url: `${origin}/-/events?show=25`, as: 'operator', tables: 1 },
  'all-accounts-triggers': { url: `${origin}/-/triggers?account=${acme.slug}`, as: 'operator', tables: 1 },
  'all-accounts-menu': {
    url: `${origin}/-/events?show=25`, as: 'operator', act: (page) => openFilter(page, 'Account'),
  },

  // What went wrong
  'no-account': { url: `${origin}/`, as: 'stranger', status: 403 },
  'not-an-admin': { url: planned.tokens, as: 'auditor', status: 403 },
  'unknown-page': { url: `${origin}/nothing/here`, status: 404 },
  'unknown-call': { url: `${acme.events}/0123456789abcdef`, status: 404 },
  'past-the-end': { url: `${acme.events}?page=9999`, status: 404 },
  'bad-parameter': { url: `${acme.events}?nonsense=1`, status: 400 },
  'bad-date': { url: `${acme.events}?from=2026-02-30`, status: 400 },
  'signed-out': { file: 'unauthorized.html' },
  'too-many': { file: 'too-many.html' },
  'too-often': { file: 'too-often.html' },
  unavailable: { file: 'unavailable.html' },
  'no-certificate': { file: 'certificate.html' },
}).map(([name, state]) => ({ name, status: 200, as: 'admin', ...state }));

// What the handler of the tabs answers with other settings, run once as plain CGI.
const askWithConfig = ({ name, url, config }, person) => {
  const file = path.join(build, `test/${name}.conf`);
  const { pathname, searchParams } = new URL(url);
  const [key] = config.split(' ');
  const lines = readFileSync(path.join(folder, 'daybook.conf'), 'utf8').split('\n');
  writeFileSync(file, [...lines.filter((line) => !line.startsWith(`${key} `)), config, ''].join('\n'));
  const answer = execFileSync(path.join(build, 'bin/events.fcgi'), {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      GATEWAY_INTERFACE: 'CGI/1.1', SERVER_PROTOCOL: 'HTTP/1.1', REQUEST_METHOD: 'GET', SCRIPT_NAME: '',
      PATH_INFO: pathname, QUERY_STRING: String(searchParams), REMOTE_USER: person.username,
      DAYBOOK_CONF: file,
    },
  });
  return answer.slice(answer.search(/\r?\n\r?\n/)).trimStart();
};

// Answers the address of `state` with what nginx does not serve just so.
const stage = async (page, state, person) => {
  const url = state.url ?? `${origin}/${state.file}`;
  const body = state.file
    ? readFileSync(path.join(build, 'pages', state.file), 'utf8')
    : askWithConfig(state, person);

  await page.route(url, (route) => route.fulfill({
    status: state.status, contentType: 'text/html; charset=utf-8', body,
  }));
  return url;
};

// Somebody who may look at `state`, with script or not as it asks.
export const visitorFor = (browser, { people }, { as, script = true }) => (
  open(browser, people[as], { javaScriptEnabled: script })
);

// Shows `state` to the visitor, as it is before `act`; the HTML that came.
export const show = async ({ page }, { people }, state) => {
  const staged = state.file || state.config;
  const url = staged ? await stage(page, state, people[state.as]) : state.url;
  const response = await visit(page, url, state.status);
  const source = await response.text();

  if (staged) {
    await page.unroute(url);
  }
  return source;
};

// Does what `state` is about; the HTML of the page that came by it, if one did.
export const act = async (page, state) => {
  if (!state.act) {
    return undefined;
  }
  const posted = [];
  const note = (response) => {
    const request = response.request();
    if ((request.redirectedFrom() ?? request).method() === 'POST' && response.status() !== 303) {
      posted.push(response);
    }
  };
  page.on('response', note);
  await state.act(page);
  page.off('response', note);
  return state.posts ? posted.at(-1).text() : undefined;
};
