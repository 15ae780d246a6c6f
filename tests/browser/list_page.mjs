// SPDX-License-Identifier: MIT
//
// The parts of the two tabs, as one who uses them names them.
import { readFileSync } from 'node:fs';

const texts = (locator) => locator.evaluateAll((nodes) => nodes.map((node) => {
  const copy = node.cloneNode(true);
  copy.querySelectorAll('.hidden').forEach((hidden) => hidden.remove());
  return copy.textContent.trim();
}));

// The cells of each row, without what is there for ears only, and how long ago it was.
export const rows = (page) => page.locator('table.events tbody tr').evaluateAll(
  (found) => found.map((row) => [...row.cells].map((cell) => {
    const copy = cell.cloneNode(true);
    copy.querySelectorAll('.hidden, small').forEach((hidden) => hidden.remove());
    return copy.textContent.trim();
  })),
);

// "12,345" as a number.
export const numberOf = (text) => Number(text.replaceAll(',', ''));

// "351 - 360 of 12,566" as numbers.
export const count = async (page) => {
  const line = await page.locator('.count').innerText();
  const [first, last, total] = line.match(/^([\d,]+) - ([\d,]+) of ([\d,]+)$/)
    .slice(1).map(numberOf);
  return { first, last, total };
};

export const chips = (page) => texts(page.locator('.chip:has(.clear) > details > summary'));

export const pager = (page) => texts(page.locator('.pager li'));

export const chip = (page, label) => page.locator('.chip').filter({
  has: page.locator('summary .label', { hasText: `${label}:` }),
});

// Without script the values of a menu come with another page, with script by themselves.
const showValues = async (page, panel) => {
  const scripted = await page.evaluate(() => matchMedia('(scripting: enabled)').matches);
  if (!scripted && await panel.locator('.ask').count()) {
    await follow(panel.getByRole('link', { name: 'Show values' }));
  }
  if (await panel.locator('.ticks').count()) {
    await panel.locator('.values.counted').waitFor({ state: 'attached' });
  }
  return panel;
};

// Opens the panel behind "Add filter" or behind the chip that stands there already, with all it offers.
export const openFilter = async (page, label) => {
  if (await chip(page, label).count()) {
    await chip(page, label).locator('summary').click();
    return showValues(page, chip(page, label).locator('.panel'));
  }
  await page.locator('.chip.add > details > summary').click();
  const offer = page.locator('.offer').filter({
    has: page.locator('summary', { hasText: new RegExp(`^${label}$`) }),
  });
  await offer.locator('summary').click();
  return showValues(page, offer);
};

// Each value of an open menu that can be seen, and how often it is said to occur.
export const values = (panel) => panel.locator('.values li:visible').evaluateAll(
  (items) => items.map((item) => [
    item.querySelector('bdi').textContent,
    Number(item.querySelector('.hits')?.lastChild.textContent.replaceAll(',', '') ?? NaN),
  ]),
);

// What a menu must offer of `events`, `valueOf` being what it is about: the most frequent first.
export const valuesOf = (events, valueOf) => {
  const counts = new Map();
  for (const event of events) {
    const value = String(valueOf(event) ?? '---');
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || Buffer.compare(Buffer.from(a), Buffer.from(b)));
};

export const tick = (panel, value) => panel.locator('label.is')
  .filter({ has: panel.page().locator(`input[value=${JSON.stringify(value)}]`) }).click();

export const tickNot = (panel, value) => panel.locator('label.not')
  .filter({ has: panel.page().locator(`input[value=${JSON.stringify(value)}]`) }).click();

// Clicks what leads to another page, and waits until that is there as a whole.
export const follow = (locator) => Promise.all([
  locator.page().waitForEvent('load'),
  locator.click(),
]);

export const apply = (panel) => follow(panel.getByRole('button', { name: 'Apply' }));

// The records of a CSV as RFC 4180 describes it: lines end with CR LF, quotes are doubled. A byte order mark may stand in front.
export const parseCsv = (text) => {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const records = [];
  let record = [];

  cell.lastIndex = text.startsWith('\ufeff') ? 1 : 0;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (!match) {
      throw new Error(`not CSV at ${at}: ${text.slice(at, at + 40)}`);
    }
    record.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === '\r\n') {
      records.push(record);
      record = [];
    }
  }
  return records;
};

// Presses what starts a download; the file's name and its records.
export const downloadCsv = async (page, button) => {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  const text = readFileSync(await download.path(), 'utf8');
  return { name: download.suggestedFilename(), records: parseCsv(text) };
};
