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

const credentials = Object.fromEntries(
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

export const addMember = (account, person) => {
  daybook('member', 'add', account.slug, person.username, 'auditor');
};

// An empty account and somebody who may open it.
export const makeAccount = (word) => {
  const slug = `${word}-${unique()}`;
  daybook('account', 'add', slug, '--name', `Tests of ${word}`);
  const account = { slug, person: makePerson() };
  addMember(account, account.person);
  account.token = daybook('token', 'add', slug, 'record').trim();
  account.events = `${origin}/${slug}/events`;
  account.triggers = `${origin}/${slug}/triggers`;
  return account;
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
