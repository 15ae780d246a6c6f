// SPDX-License-Identifier: MIT
//
// What holds for every page in every state (pages.mjs): correct HTML by two checkers, nothing for axe
// to say in light and dark, tables and forms that ears understand, no page wider than its window, nothing too
// small for a thumb.
// `make look` takes pictures of the same.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import { expectAccessible } from './accessibility.mjs';
import { launch, open, visit } from './browser.mjs';
import { build, origin, root } from './daybook.mjs';
import { expectNoOverflow, expectOursOnly, expectValid } from './markup.mjs';
import { expectNuValid } from './nu.mjs';
import {
  act, pagesOf, show, visitorFor,
} from './pages.mjs';
import { makeWorld } from './world.mjs';

const html = path.join(build, 'test/html');
const widths = { 320: 640, 390: 844, 820: 900, 821: 900, 1280: 900, 2560: 1440 };
const narrow = 880; // where the style sheets have other rules for a phone
const atOnce = 3;

// Runs in the browser: what ears would miss.
const semantics = () => {
  const found = [];
  const expect = (fine, what) => fine || found.push(what);
  const name = (element) => element.getAttribute('aria-label')
    || element.labels?.[0]?.textContent.trim()
    || element.textContent.trim();

  for (const table of document.querySelectorAll('table')) {
    expect(table.caption?.textContent.trim(), 'a table without a caption');
    for (const head of table.querySelectorAll('th')) {
      expect(['col', 'row'].includes(head.scope), `th without scope: ${head.textContent}`);
      expect(head.textContent.trim(), 'a column without a name');
    }
    const sorted = [...table.querySelectorAll('[aria-sort]')];
    const fine = table.className === 'events'
      ? sorted.length === 1 && sorted[0].textContent.includes('Last request') : sorted.length === 0;
    expect(fine, 'aria-sort');
    const columns = table.tHead.rows[0].cells.length;
    for (const row of table.tBodies[0].rows) {
      expect(row.cells.length === columns, 'a row with another count of cells');
    }
  }
  const inputs = 'input:not([type=hidden]), select, textarea';
  for (const control of document.querySelectorAll(`a, button, summary, ${inputs}`)) {
    expect(name(control), `nothing to call it by: ${control.outerHTML.slice(0, 200)}`);
  }
  for (const input of document.querySelectorAll(inputs)) {
    expect(input.labels.length || input.ariaLabel, `no label: ${input.outerHTML}`);
  }
  for (const { id } of document.querySelectorAll('[id]')) {
    expect(document.querySelectorAll(`#${CSS.escape(id)}`).length === 1, `id ${id} is not unique`);
  }
  expect(document.documentElement.lang === 'en', 'no language');
  // What lies over a page has its own.
  expect([...document.querySelectorAll('h1')].filter((h1) => !h1.closest('dialog')).length === 1, 'not one h1');
  expect(document.querySelectorAll('main').length === 1, 'not one main');
  expect(document.title.includes('Daybook'), 'title');
  return found;
};

// Runs in the browser: the open panel, when a part of it lies outside the window.
const cutPanels = () => [...document.querySelectorAll('details[open] > .panel')]
  .map((panel) => panel.getBoundingClientRect())
  .filter(({ left, right }) => left < 0 || right > window.innerWidth)
  .map(({ left, right }) => ({ left, right }));

// Runs in the browser: what a thumb would miss, lower than 24 px where it is no word of a sentence; the fields whose letters are so
// small that a phone makes the whole page larger when one writes there; and the field to correct, where something lies over it.
const awkward = () => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((element) => (
    element.checkVisibility({ visibilityProperty: true }) && !element.closest('svg')));
  const inSentence = (element) => {
    const around = element.closest('p, li, pre, dd:not(.uses)');
    return around && around.textContent.trim() !== element.textContent.trim();
  };
  const low = all('a[href], button, summary, select, input:not([type=checkbox])')
    .filter((element) => element.getBoundingClientRect().height < 23.5 && !inSentence(element));
  const small = all('select, input:not([type=checkbox])').filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16);
  const covered = all('[aria-invalid]').filter((field) => {
    const { left, right, top, bottom } = field.getBoundingClientRect();
    return ![field, null].includes(document.elementFromPoint((left + right) / 2, (top + bottom) / 2)); // null: below the window
  });
  const tell = (what) => ({ outerHTML }) => `${what}: ${outerHTML.slice(0, 160)}`;
  return [...low.map(tell('low')), ...small.map(tell('small letters')), ...covered.map(tell('covered'))];
};

const save = (name, source) => writeFileSync(path.join(html, `${name}.html`), source);

// Several states begin with the same page.
const validated = new Set();
const expectValidOnce = (source, where) => {
  if (!validated.has(source)) {
    validated.add(source);
    expectValid(source, where);
  }
};

// The HTML as it came and, where something was done on the page, as it came then and as it stands.
const expectCorrect = async (page, state, source) => {
  const { name } = state;
  expectValidOnce(source, name);
  save(name, source);
  const posted = await act(page, state);
  if (posted) {
    expectValid(posted, `${name}, then`);
    save(`${name}-then`, posted);
  } else if (state.act) {
    save(`${name}-then`, await page.content());
  }
};

rmSync(html, { recursive: true, force: true });
mkdirSync(html, { recursive: true });
const browser = await launch();
const world = await makeWorld();

after(() => browser.close());

// Who looks at one state looks at the next one too: a browser takes a second to open a window.
const idle = new Map();
const kindOf = ({ as, script }) => `${as} ${script}`;
const takeVisitor = async (state) => (
  idle.get(kindOf(state))?.pop() ?? visitorFor(browser, world, state)
);

const giveBack = async (state, visitor) => {
  visitor.expectNoTrouble();
  await visitor.page.setViewportSize({ width: 1280, height: 900 });
  idle.set(kindOf(state), [...idle.get(kindOf(state)) ?? [], visitor]);
};

describe('every page in every state', { concurrency: atOnce }, () => {
  for (const state of pagesOf(world)) {
    it(`is correct, and good to see and hear: ${state.name}`, { timeout: 120_000 }, async () => {
      const { name, tables } = state;
      const visitor = await takeVisitor(state);
      const { page } = visitor;
      const source = await show(visitor, world, state);
      await expectOursOnly(page, origin);
      if (tables !== undefined) {
        assert.equal(await page.getByRole('table').count(), tables);
      }
      await expectCorrect(page, state, source);
      await expectOursOnly(page, origin);
      assert.deepEqual(await page.evaluate(semantics), []);
      if (state.script !== false) { // axe itself is a script; with it the page is the same but for more
        await expectAccessible(page, name);
      }
      for (const [width, height] of Object.entries(widths)) {
        await page.setViewportSize({ width: Number(width), height });
        if (state.again) {
          await act(page, state);
        }
        await expectNoOverflow(page, name);
        assert.deepEqual(await page.evaluate(cutPanels), [], `at ${width}`);
        assert.deepEqual(Number(width) <= narrow ? await page.evaluate(awkward) : [], [], `at ${width}`);
      }
      await giveBack(state, visitor);
    });
  }
});

describe('the pages, style sheet and icons', () => {
  it('are correct for the Nu checker', async () => {
    const found = readdirSync(html).map((file) => path.join(html, file));
    const ours = ['style.css', 'icons.svg'].map((file) => path.join(root, 'static', file));
    await expectNuValid([...found, ...ours]);
  });
});

describe('the look of the pages', () => {
  it('is dark where that is asked for', async () => {
    const { page, done } = await open(browser, world.people.admin);
    const brightness = async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await visit(page, world.acme.events);
      const [red, green, blue] = await page.evaluate(
        () => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number),
      );
      return (red + green + blue) / 3;
    };
    assert.ok(await brightness('light') > 200);
    assert.ok(await brightness('dark') < 60);
    await done();
  });
});
