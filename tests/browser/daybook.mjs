// SPDX-License-Identifier: MIT
//
// The running copy that the tests talk to: accounts, a person of their own, recording. A test makes
// an account for itself, so that neither other tests nor an earlier run change what it counts.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const folder = path.resolve(root, process.env.VAR ?? 'var');
export const build = path.resolve(root, process.env.BUILD ?? 'build');
const batchMax = 1000;

export const credentials = Object.fromEntries(
  readFileSync(path.join(folder, 'credentials'), 'utf8').trim().split('\n').map((line) => {
    const [, name, value] = line.match(/^([^=]+)=(.*)$/);
    return [name, value];
  }),
);

export const origin = new URL(credentials.url).origin;

// What the administrator's command prints.
export const daybook = (...args) => execFileSync(
  path.join(build, 'bin/daybook'),
  ['--config', path.join(folder, 'daybook.conf'), ...args],
  { encoding: 'utf8', maxBuffer: 1 << 28 },
);

const unique = () => randomBytes(4).toString('hex');

// Somebody who can log in and is a member of nothing.
export const makePerson = () => {
  const person = { username: `tester-${unique()}`, password: randomBytes(12).toString('hex') };
  appendFileSync(path.join(folder, 'htpasswd'), `${person.username}:{PLAIN}${person.password}\n`);
  return person;
};

export const addMember = (account, person, role = 'auditor') => {
  daybook('member', 'add', account.slug, person.username, role);
};

// Runs statements as the owner of the database.
export const sql = (statements) => execFileSync(
  'mariadb',
  [`--defaults-file=${path.join(folder, 'my.cnf')}`, 'daybook'],
  { input: statements },
);

// An empty account and somebody who may open it.
export const makeAccount = (word, role = 'auditor', name = `Tests of ${word}`) => {
  const slug = `${word}-${unique()}`;
  daybook('account', 'add', slug, '--name', name);
  const account = { slug, person: makePerson() };
  addMember(account, account.person, role);
  account.token = daybook('token', 'add', slug, 'record').trim();
  account.events = `${origin}/${slug}/events`;
  account.triggers = `${origin}/${slug}/triggers`;
  account.health = `${origin}/${slug}/-/health`;
  account.tokens = `${origin}/${slug}/-/tokens`;
  account.members = `${origin}/${slug}/-/members`;
  account.views = `${origin}/${slug}/-/views`;
  account.findSecret = `${origin}/${slug}/-/find-secret`;
  return account;
};

// What `daybook follow` would have noted of a file of calls; `columns` are those of capture_source,
// `shares` and `troubles` rows of capture_account and capture_trouble behind the number of the source.
export const plantSource = (account, columns, shares = [], troubles = []) => {
  const now = Date.now();
  const source = {
    name: `source-${unique()}`, path: '/var/log/daybook/api.log', silent_after_s: 0,
    started_ms: now - 86400000, stopped_ms: 'NULL', seen_ms: now, backlog_bytes: 0,
    backlog_files: 0, last_line_ms: now, lines: 0, stored: 0, duplicates: 0, dropped: 0, refused: 0,
    ...columns,
  };
  const text = (value) => (typeof value === 'string' && value !== 'NULL'
    ? `X'${Buffer.from(value).toString('hex')}'` : value);
  const names = Object.keys(source).map((name) => `\`${name}\``).join();
  const idOf = (slug) => `(SELECT id FROM account WHERE slug = '${slug}')`;
  sql([
    `INSERT INTO capture_source (account_id, ${names}) VALUES `
      + `(${idOf(account.slug)}, ${Object.values(source).map(text).join()})`,
    'SET @source = LAST_INSERT_ID()',
    ...shares.map(([slug, ...numbers]) => (
      `INSERT INTO capture_account VALUES (@source, ${idOf(slug)}, ${numbers.join()})`)),
    ...troubles.map((row) => (
      `INSERT INTO capture_trouble (source_id, reason, count, last_ms, file, at_byte) VALUES `
        + `(@source, ${row.map(text).join()})`)),
  ].join(';'));
  return source;
};

// Sends one message; its status and the answer.
export const post = async (account, events) => {
  const response = await fetch(`${origin}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${account.token}`, 'content-type': 'application/json' },
    body: typeof events === 'string' ? events : JSON.stringify(events),
  });
  return { status: response.status, answer: await response.json() };
};

// Records all of them; their ids.
export const record = async (account, events) => {
  const ids = [];
  for (let at = 0; at < events.length; at += batchMax) {
    const { status, answer } = await post(account, events.slice(at, at + batchMax));
    if (status !== 201) {
      throw new Error(`recording was refused with ${status}: ${JSON.stringify(answer)}`);
    }
    ids.push(...answer.ids);
  }
  return ids;
};
