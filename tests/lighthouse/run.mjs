// SPDX-License-Identifier: MIT
//
// `make lighthouse`: what Lighthouse makes of the pages, as a table of scores, each with the audits
// that took something off, and the names of those below 1 that do not count. Ends with 1 when a score is below 100.
import { launch } from 'chrome-launcher';
import lighthouse, { desktopConfig } from 'lighthouse';

import { signedIn } from '../browser/browser.mjs';
import { makeWorld } from '../browser/world.mjs';

const categories = ['performance', 'accessibility', 'best-practices'];
const presets = { mobile: undefined, desktop: desktopConfig };
const log = (line) => process.stdout.write(`${line}\n`);

const pagesOf = ({ acme, calls }) => ({
  list: `${acme.events}?show=50`,
  filtered: `${acme.events}?action=updatePipeline&not_user=ann&show=50`,
  details: calls.plain,
  health: acme.health,
});

const lost = ({ audits, categories: scored }) => Object.values(scored).flatMap(
  ({ id, auditRefs }) => auditRefs
    .map((reference) => ({ category: id, weight: reference.weight, ...audits[reference.id] }))
    .filter(({ score }) => score !== null && score < 1),
);

// What is to be changed for an audit: the elements or files it names.
const items = ({ details }) => (details?.items ?? []).slice(0, 5).map((item) => (
  item.node?.snippet ?? item.url ?? item.description ?? JSON.stringify(item).slice(0, 200)));

const browser = await launch({
  chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-proxy-server', '--no-first-run'],
});
const world = await makeWorld();
const speeds = []; // Lighthouse's measure of this machine: what its times are to be read against
let fine = true;

try {
  log(`${'page'.padEnd(20)}${categories.map((name) => name.padStart(16)).join('')}   largest paint`);
  for (const [name, url] of Object.entries(pagesOf(world))) {
    for (const [preset, config] of Object.entries(presets)) {
      const { lhr } = await lighthouse(url, {
        port: browser.port,
        onlyCategories: categories,
        extraHeaders: signedIn(world.people.admin).extraHTTPHeaders,
        logLevel: 'error',
      }, config);
      speeds.push(lhr.environment.benchmarkIndex);
      const scores = categories.map((category) => Math.round(lhr.categories[category].score * 100));
      const paint = lhr.audits['largest-contentful-paint'].displayValue;
      log(`${`${name}, ${preset}`.padEnd(20)}${scores.map((score) => String(score).padStart(16)).join('')}   ${paint}`);
      const audits = lost(lhr);
      for (const audit of audits.filter(({ weight }) => weight > 0)) {
        log(`    ${audit.category} ${audit.id} ${audit.score}: ${audit.title} ${audit.displayValue ?? ''}`);
        items(audit).forEach((item) => log(`        ${item}`));
      }
      const notes = audits.filter(({ weight }) => weight === 0).map(({ id, score }) => `${id} ${score}`);
      log(`    without weight: ${notes.join(', ') || 'nothing'}`);
      fine &&= lhr.runtimeError === undefined && scores.every((score) => score === 100);
    }
  }
  log(`machine: benchmarkIndex ${Math.min(...speeds)} to ${Math.max(...speeds)}`);
} finally {
  await browser.kill();
}
process.exitCode = fine ? 0 : 1;
