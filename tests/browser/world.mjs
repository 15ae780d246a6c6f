// SPDX-License-Identifier: MIT
//
// Accounts, people and events of which every page and state can be shown: pages.mjs says which.
import { randomBytes } from 'node:crypto';

import {
  addMember, daybook, makeAccount, makePerson, plantSource, record, sql,
} from './daybook.mjs';

const hour = 3600000;
const mark = 'redacted:0123456789abcdef';

// Tokens of all kinds: with and without a label, used, expired, revoked.
const plantTokens = ({ slug }) => {
  for (const [scope, ...options] of [
    ['record', '--label', 'orders service, production', '--expires', '90'],
    ['read', '--label', 'nightly export to the warehouse'],
    ['record', '--label', 'x'.repeat(255)],
    ['read'], ['record', '--label', 'old laptop'],
  ]) {
    daybook('token', 'add', slug, scope, ...options);
  }
  const of = `WHERE account_id = (SELECT id FROM account WHERE slug = '${slug}')`;
  sql(`UPDATE token SET revoked_ms = created_ms ${of} AND label = 'old laptop';
    UPDATE token SET expires_ms = created_ms ${of} AND label = '';
    INSERT INTO token_use (token_id, used_ms) SELECT id, created_ms - 3600000 FROM token ${of} AND label LIKE 'orders%';
    INSERT INTO token_use (token_id, refused_ms, refused) SELECT id, created_ms - 120000, 3 FROM token ${of} AND label = 'old laptop'`);
};

// Files of calls: one that runs, one with troubles that is silent, one unseen for long, one that was ended.
export const plantSources = (account, other) => {
  const now = Date.now();
  plantSource(account, { name: `orders-${account.slug}`, lines: 1200345, stored: 1200301 }, [
    [account.slug, 1190000, 12, 30, 7, now - 4000, 212],
    [other.slug, 10301, 0, 0, 0, now, 100],
  ]);
  plantSource(account, {
    name: `billing-${account.slug}`, silent_after_s: 3600, last_line_ms: now - 3 * hour, lines: 96,
    stored: 90, refused: 6, backlog_bytes: 5120, backlog_files: 2,
  }, [[account.slug, 90, 0, 0, 0, now - 3 * hour, 1800]], [
    [2, 2, now - 5 * hour, '/var/log/daybook/billing.log.1', 88123],
    [3, 3, now - 3 * hour, '/var/log/daybook/billing.log', 1024],
    [5, 1, now - 30 * hour, '/var/log/daybook/billing.log.2', 40960],
  ]);
  plantSource(account, { name: `killed-${account.slug}`, seen_ms: now - 20 * 60000 });
  plantSource(account, { name: `ended-${account.slug}`, stopped_ms: now - 26 * hour });
};

const oddCalls = {
  marks: {
    action: 'createToken', entity_type: 'token', user: 'ann', status: 201, source: 'cli',
    request: {
      method: 'POST', url: `/api/tokens?key=${mark}&x=1`, query: { key: mark, x: '1' },
      headers: [['Host', 'api.example'], ['Authorization', mark], ['Cookie', 'redacted']],
      body: JSON.stringify({ name: 'ci', secret: mark, note: 'a redacted text', list: [mark, 'x'] }),
    },
    extra: { claimed: mark },
  },
  long: {
    action: 'importPipelines', entity_type: 'pipeline', user: 'ann', status: 200,
    request: {
      method: 'POST', url: '/api/pipelines/import', body: JSON.stringify(
        Array.from({ length: 400 }, (_, index) => ({ name: `demo/build-${index}`, replicas: index % 5 })),
      ),
    },
  },
  cut: {
    action: 'uploadArchive', entity_type: 'archive', user: 'ann', status: 413,
    request: { method: 'PUT', url: '/api/archives/1', body: 'one line of many\n'.repeat(70000) },
  },
  binary: {
    action: 'uploadImage', entity_type: 'image', entity_name: 'logo.png', user: 'ann', status: 201,
    request: {
      method: 'PUT', url: '/api/images/logo.png', headers: { 'content-type': 'image/png' },
      body_base64: Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\xff\xfe', 'latin1').toString('base64'),
    },
  },
  bare: { action: 'ping' },
};

// Of the demo: a webhook that was sent more than once and set calls off, one of these calls, one whose
// signature is invalid, a call with query and body.
const find = (demo) => {
  const attempts = (id) => demo.filter(({ trigger }) => trigger?.delivery_id === id).length;
  const caused = (cause) => demo.findIndex((event) => (
    event.kind !== 'trigger' && event.request_id === cause.request_id
  ));
  const repeated = demo.findIndex((event) => (
    event.kind === 'trigger' && caused(event) >= 0 && attempts(event.trigger.delivery_id) > 1
  ));
  return {
    repeated,
    caused: caused(demo[repeated]),
    invalid: demo.findIndex(({ trigger }) => trigger?.signature === 'invalid'),
    plain: demo.findIndex(({ kind, request: { query, body } }) => (
      kind !== 'trigger' && query?.length !== 0 && body?.length > 300 && body.length < 600
    )),
  };
};

const plantMembers = (account) => {
  for (const name of ['ann', 'Zoë Müller', 'bob@example.com', ' blank ', 'a\nb', 'x'.repeat(255)]) {
    addMember(account, { username: name });
  }
};

// Somebody who may read all accounts.
const makeOperator = () => {
  const operator = makePerson();
  daybook('operator', 'add', operator.username);
  return operator;
};

// `calls` are addresses of details; `people` are by what they may see.
export const makeWorld = async () => {
  const acme = makeAccount('acme', 'admin');
  const odd = makeAccount('odd', 'admin');
  const empty = makeAccount('empty', 'admin');
  const planned = makeAccount('planned');
  const demo = daybook('demo', '--seed', '1').trim().split('\n').map((line) => JSON.parse(line));
  const ids = await record(acme, demo);
  const found = Object.entries(find(demo)).map(([name, index]) => [
    name, `${demo[index].kind === 'trigger' ? acme.triggers : acme.events}/${ids[index]}`,
  ]);
  const oddIds = await record(odd, Object.values(oddCalls));
  const plan = `days-${randomBytes(4).toString('hex')}`;
  const several = makePerson();

  plantTokens(acme);
  plantSources(acme, odd);
  plantMembers(acme);
  daybook('hook', 'add', acme.slug, 'github', '--provider', 'github');
  sql(`INSERT INTO hook_state (hook_id, received, last_received_ms, refused, last_refused_ms)
    SELECT h.id, 0, 0, 3, 1767225600000 FROM hook h JOIN account a ON a.id = h.account_id WHERE a.slug = '${acme.slug}'`);
  sql(`INSERT INTO hook_refusal SELECT h.id, n.n, 1767225600000 - n.n * 90000, n.n + 1, '', '', '', '', '', 2, REPEAT('x', 32)
    FROM hook h JOIN account a ON a.id = h.account_id JOIN (SELECT 0 n UNION SELECT 1 UNION SELECT 2) n WHERE a.slug = '${acme.slug}'`);
  daybook('plan', 'add', plan, '7');
  daybook('account', 'set-plan', planned.slug, plan);
  await record(planned, demo.slice(-40));
  sql(`INSERT INTO saved_view (account_id, owner, kind, name, query, is_default, made_ms, made_by)
    SELECT id, '', 2, 'What is sent to us & by whom', 'status=ok', 1, 1, 'ann' FROM account WHERE slug = '${planned.slug}'`);
  addMember(acme, several);
  addMember(odd, several);
  return {
    acme,
    odd,
    empty,
    planned,
    middle: ids[Math.floor(ids.length / 2)],
    calls: {
      ...Object.fromEntries(found),
      ...Object.fromEntries(Object.keys(oddCalls).map((name, index) => (
        [name, `${odd.events}/${oddIds[index]}`]))),
    },
    people: {
      admin: acme.person,
      auditor: planned.person,
      odd: odd.person,
      newcomer: empty.person,
      several,
      stranger: makePerson(),
      operator: makeOperator(),
    },
  };
};
