// SPDX-License-Identifier: MIT
//
// `make screenshots`: the pictures of the README, in light and dark, of a demo log that ends at a fixed
// time. Pages say the same each time; so a picture changes only when the look does.
import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { launch, open, visit } from './browser.mjs';
import {
  credentials, daybook, origin, record, root, sql,
} from './daybook.mjs';

const out = path.resolve(root, process.env.OUT || '.readme');
const until = Date.UTC(2026, 0, 30, 16, 20); // a Friday afternoon
const size = { width: 1280, height: 720 };

const account = { slug: credentials.account, token: credentials.record_token };
const person = { username: credentials.user, password: credentials.password };
const events = daybook('demo', '--seed', '1', '--until', String(until)).trim().split('\n').map((line) => JSON.parse(line));
const ids = await record(account, events);
sql('UPDATE event_request SET received_ms = (id >> 22) + 210'); // as if it had been recorded then

const shown = events.findLastIndex(({ action, request: { body }, response }) => (
  action === 'updatePipeline' && body?.length > 100 && body.length < 600 && response));
const log = `${origin}/${account.slug}/events`;
const pictures = {
  list: `${log}?entity=pipeline&not_user=ci-bot&page=3`,
  details: `${log}/${ids[shown]}`,
};

mkdirSync(out, { recursive: true });
const browser = await launch();
for (const colorScheme of ['light', 'dark']) {
  const { page, done } = await open(browser, person, { viewport: size, colorScheme });
  await visit(page, pictures.list);
  await page.screenshot(); // a browser's first one differs by a shade at the edges of letters
  for (const [name, url] of Object.entries(pictures)) {
    await visit(page, url);
    await page.screenshot({ path: path.join(out, `${name}-${colorScheme}.png`) });
  }
  await done();
}
await browser.close();
process.stdout.write(`pictures are in ${out}\n`);
