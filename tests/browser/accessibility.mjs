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
  const { violations } = await axe.run(document, {
    runOnly: rules.map(({ ruleId }) => ruleId),
    resultTypes: ['violations'],
  });

  // An open menu covers a link of the list in part, wherever its edge comes to be: how large that is, is asked where none is open.
  const isCovered = ({ target }) => document.querySelector('.menu[open] > .panel')
    && document.querySelector(target[0]).closest('.events');
  const kept = violations
    .map((one) => ({ ...one, nodes: one.nodes.filter((node) => one.id !== 'target-size' || !isCovered(node)) }))
    .filter(({ nodes }) => nodes.length > 0);

  return kept.map(({ id, help, nodes }) => (
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
