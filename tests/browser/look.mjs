// SPDX-License-Identifier: MIT
//
// `make look`: pictures of every page in every state (pages.mjs), on a phone, a desk and a wide screen, light
// and dark, in the folder OUT; and sheets of several of them, so that a person can look at all. NAMES
// chooses states by the beginnings of their names.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { launch } from './browser.mjs';
import { build, root } from './daybook.mjs';
import {
  act, pagesOf, show, visitorFor,
} from './pages.mjs';
import { makeWorld } from './world.mjs';

const out = path.resolve(root, process.env.OUT || path.join(build, 'test/look'));
const names = (process.env.NAMES ?? '').split(' ').filter(Boolean);
const sizes = { 390: 844, 1280: 900, 1920: 1080 };
const schemes = ['light', 'dark'];
const atOnce = 2;
// Of a picture in a sheet: its width and its height at most, and how many stand beside each other.
const inSheet = {
  390: { width: 390, height: 844, columns: 4, count: 4 },
  1280: { width: 768, height: 640, columns: 2, count: 4 },
  1920: { width: 960, height: 700, columns: 2, count: 4 },
};

const heightMax = 3000;

const heightOf = (page) => page.evaluate(() => document.scrollingElement.scrollHeight);

const whole = async (page, width, height) => ({
  fullPage: true,
  clip: { x: 0, y: 0, width, height: Math.max(height, Math.min(await heightOf(page), heightMax)) },
});

const file = (name, width, scheme) => path.join(out, `${name}-${width}-${scheme}.png`);

const takePictures = async (browser, world, state) => {
  const visitor = await visitorFor(browser, world, state);
  const { page, context } = visitor;
  await show(visitor, world, state);
  await act(page, state);
  for (const [width, height] of Object.entries(sizes)) {
    await page.setViewportSize({ width: Number(width), height });
    if (state.again) {
      await act(page, state);
    }
    for (const colorScheme of schemes) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({
        path: file(state.name, width, colorScheme), timeout: 60_000,
        ...!state.again && await whole(page, Number(width), height), // its window would change for that
      });
    }
  }
  await context.close();
};

const sheetOf = (pictures, { width, height, columns }) => `<!doctype html><meta charset="utf-8"><style>
  body { display: grid; grid-template-columns: repeat(${columns}, ${width}px); gap: 8px; margin: 8px; background: #777 }
  figure { margin: 0 } figcaption { color: #fff; font: bold 14px sans-serif }
  img { display: block; width: 100%; max-height: ${height}px; object-fit: cover; object-position: top }
  </style>${pictures.map(([name, picture]) => (
    `<figure><figcaption>${name}</figcaption><img src="${pathToFileURL(picture)}"></figure>`)).join('')}`;

// All pictures of one width and scheme, several on each sheet.
const makeSheets = async (page, states, width, scheme) => {
  const measures = inSheet[width];
  for (let at = 0; at < states.length; at += measures.count) {
    const pictures = states.slice(at, at + measures.count).map(({ name }) => [
      `${name}, ${width}, ${scheme}`, file(name, width, scheme),
    ]);
    const sheet = path.join(out, `sheet-${width}-${scheme}-${String(at / measures.count + 1).padStart(2, '0')}`);
    writeFileSync(`${sheet}.html`, sheetOf(pictures, measures));
    await page.setViewportSize({ width: measures.columns * (measures.width + 8) + 8, height: 600 });
    await page.goto(String(pathToFileURL(`${sheet}.html`)), { waitUntil: 'load' });
    await page.screenshot({ path: `${sheet}.png`, fullPage: true });
    rmSync(`${sheet}.html`);
  }
};

mkdirSync(out, { recursive: true });
const browser = await launch();
const world = await makeWorld();
const states = pagesOf(world).filter(({ name }) => (
  names.length === 0 || names.some((beginning) => name.startsWith(beginning))));
const left = [...states];

await Promise.all(Array.from({ length: atOnce }, async () => {
  for (let state = left.shift(); state; state = left.shift()) {
    await takePictures(browser, world, state);
  }
}));
const page = await browser.newPage();
for (const width of Object.keys(sizes)) {
  for (const scheme of schemes) {
    await makeSheets(page, states, width, scheme);
  }
}
await browser.close();
process.stdout.write(`${states.length} states in ${out}\n`);
