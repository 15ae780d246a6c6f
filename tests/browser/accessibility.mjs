// SPDX-License-Identifier: MIT
//
// What axe has to say about a page: nothing. Every rule counts, best practices and experimental ones too.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Rules that are not ours to keep.
const off = [
  'color-contrast-enhanced', // level AAA, 7:1, which leaves next to no colour; color-contrast is AA and on
];

// Runs in the browser, where axe is by then.
const complaints = async ({ rulesOff, tag }) => {
  const rules = axe.getRules(tag && [tag]).filter(({ ruleId }) => !rulesOff.includes(ruleId));
  // An open menu lies over a part of the list, wherever its edge comes to be; the list is asked about where none is open.
  const covered = document.querySelector('.menu[open] > .panel') ? ['.events'] : [];
  const { violations } = await axe.run({ include: [document], exclude: covered }, {
    runOnly: rules.map(({ ruleId }) => ruleId),
    resultTypes: ['violations'],
  });

  return violations.map(({ id, help, nodes }) => (
    `${id}: ${help} (${nodes.length})\n  ${nodes.slice(0, 3).map(({ html, failureSummary }) => (
      `${html.slice(0, 200)}\n    ${failureSummary.replaceAll('\n', '\n    ')}`)).join('\n  ')}`));
};

// The page as it stands now, in both schemes. They differ in colours alone, so in dark only what is about these is asked again.
export const expectAccessible = async (page, where) => {
  await page.evaluate(axe);
  for (const [colorScheme, tag] of [['light', null], ['dark', 'cat.color']]) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(complaints, { rulesOff: off, tag });
    assert.equal(found.length, 0, [`${where}, ${colorScheme}`, ...found].join('\n'));
  }
};
