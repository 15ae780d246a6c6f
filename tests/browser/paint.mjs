// SPDX-License-Identifier: MIT
//
// How long it takes until the largest part of a page stands there, its cache cold, the processor slowed
// four times: the median of 45 views each, one page after the other in turn, beside a page of one word.
// Ends with 1 when the list is not below 200 ms. `make lighthouse`. A view takes about 130 or about 210 ms,
// by chance: the medians of fifteen went up and down by a third, of the same page on one morning.
//
// Every view has a window of its own, and a new window loads pages of the browser's own (the list below its
// address bar) on the same processors, for a second or so: nobody's first view of a log. So it is let settle first.
import { launch, open, signedIn, visit } from './browser.mjs';
import { origin } from './daybook.mjs';
import { makeWorld } from './world.mjs';

const limitMs = 200;
const slower = 4;
const views = 45;
const settleMs = 1500;

// Runs in the browser: when the largest one was painted, from the start of the request.
const largestPaint = () => new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true });
});

const timeOf = async (browser, url, person) => {
  const { page, context, done } = await open(browser, undefined, signedIn(person));
  await visit(page, `${origin}/healthz`); // has the browser start a process for this site, and no file in its cache
  await page.waitForTimeout(settleMs);
  const wire = await context.newCDPSession(page);
  await wire.send('Emulation.setCPUThrottlingRate', { rate: slower });
  await visit(page, url);
  const ms = await page.evaluate(largestPaint);
  await done();
  return ms;
};

const medianOf = (times) => [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)];

const { acme, calls, people } = await makeWorld();
const pages = {
  word: `${origin}/healthz`, // what this machine and browser take for next to nothing
  list: `${acme.events}?show=50`,
  details: calls.plain,
};

const browser = await launch();
const times = {};
for (let view = 0; view < views; view += 1) {
  for (const [name, url] of Object.entries(pages)) {
    (times[name] ??= []).push(await timeOf(browser, url, people.admin));
  }
}
await browser.close();

process.stdout.write(`largest paint, processor ${slower} times slower\n`);
for (const [name, all] of Object.entries(times)) {
  const median = medianOf(all);
  process.stdout.write(`${name}: median ${median.toFixed(0)} ms of ${all.map((ms) => ms.toFixed(0)).join(' ')}; ${
    (median / medianOf(times.word)).toFixed(2)} x that of one word\n`);
}
if (medianOf(times.list) >= limitMs) {
  process.stdout.write(`below ${limitMs} ms was wanted of the list\n`);
  process.exitCode = 1;
}
