// SPDX-License-Identifier: MIT
//
// Saved views: saved from a list, used, made a default, shared and deleted; with and without script,
// and by keyboard alone.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { launch, open, visit } from './browser.mjs';
import {
  addMember, build, daybook, makeAccount, makePerson, origin, record,
} from './daybook.mjs';
import { chip, count } from './list_page.mjs';
import { expectNoOverflow, expectOursOnly, expectValid } from './markup.mjs';
import { sampleEvents } from './sample.mjs';

const screenshots = path.join(build, 'test/screenshots');
const widths = { 320: 640, 390: 844, 1280: 900, 1920: 1000 };
const events = sampleEvents(60);
const failed = events.filter(({ status }) => status >= 400).length;
let browser;
let account;

before(async () => {
  mkdirSync(screenshots, { recursive: true });
  account = makeAccount('views', 'admin');
  await record(account, [...events, ...sampleEvents(5, 'trigger')]);
  browser = await launch();
});

after(() => browser?.close());

const session = async (run, options = {}, person = account.person) => {
  const visitor = await open(browser, person, options);
  try {
    await run(visitor.page);
    visitor.expectNoTrouble();
  } finally {
    await visitor.context.close();
  }
};

// A person of their own for each, so that no default of another test is in the way.
const both = (name, run) => {
  for (const [how, javaScriptEnabled] of [['with', true], ['without', false]]) {
    it(`${name}, ${how} script`, () => {
      const person = makePerson();
      addMember(account, person, 'admin');
      return session((page) => run(page, javaScriptEnabled), { javaScriptEnabled }, person);
    });
  }
};

const press = (page, button) => Promise.all([page.waitForEvent('load'), button.click()]);

// The menu of a list, or the page where no script runs.
const openViews = async (page, scripted) => {
  const link = page.locator('main').getByRole('link', { name: 'Saved views', exact: true });
  if (scripted) {
    await link.click();
    await page.locator('details.views .panel').waitFor();
  } else {
    await press(page, link);
  }
};

const save = async (page, name, { shared = false, opens = false } = {}) => {
  const form = page.locator('.save');
  await form.getByLabel('Name').fill(name);
  await form.getByLabel('For').selectOption(shared ? '1' : '0');
  await form.getByLabel('Make it the default of All Audit').setChecked(opens);
  await press(page, form.getByRole('button', { name: 'Save' }));
};

const change = async (page, name, button) => {
  const row = page.getByRole('row').filter({ hasText: name });
  await row.locator('summary').click();
  await press(page, row.getByRole('button', { name: button }));
};

describe('the look of saved views', () => {
  it('is good, and the page is correct', () => session(async (page) => {
    for (const [index, [query, name]] of [
      ['status=failed&not_user=ci-bot&from=-24h', 'What failed since yesterday'],
      ['sort=time&show=50&tz=Europe/Berlin', 'x'.repeat(80)], ['user=ann', '\u05e9\u05dc\u05d5\u05dd \u202eabc'],
      ['action=a', '<b>&amp;"'],
    ].entries()) {
      await visit(page, `${account.events}?${query}`);
      await openViews(page, true);
      await save(page, name, { shared: index > 1 });
    }
    const response = await visit(page, `${origin}/${account.slug}/-/views?status=failed&user=ann&kind=events`);
    expectValid(await response.text(), 'views');
    await page.locator('.sure summary').first().click();
    for (const look of ['views', 'views-menu']) {
      if (look === 'views-menu') {
        await visit(page, `${account.events}?status=failed`);
        await openViews(page, true);
      }
      await expectOursOnly(page, origin);
      for (const [width, height] of Object.entries(widths)) {
        await page.setViewportSize({ width: Number(width), height });
        await expectNoOverflow(page, look);
        if (look === 'views') {
          const lefts = await page.locator('td.named > *').evaluateAll((all) => all.flatMap((name) => (
            [name, name.querySelector('a')].map((element) => element.getBoundingClientRect().left))));
          assert.equal(new Set(lefts.slice(0, 4)).size, 1, 'names begin where their column does');
        }
        for (const colorScheme of width === '320' ? [] : ['light', 'dark']) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: path.join(screenshots, `${look}-${width}-${colorScheme}.png`), fullPage: true });
        }
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    }
  }));
});

describe('saved views', () => {
  both('say in whole that one is what a tab opens with', async (page, scripted) => {
    await visit(page, `${account.events}?status=failed`);
    await openViews(page, scripted);
    await save(page, 'A name so long that a telephone has to break it', { opens: true });
    await page.setViewportSize({ width: 390, height: 844 });
    const [chip, word, link] = await page.locator('.chip.view, .chip.view .word b, .chip.view .clear').evaluateAll((all) => (
      all.map((element) => element.getBoundingClientRect().toJSON())));
    assert.ok(word.height > 24, 'it takes two lines');
    assert.ok(word.top - chip.top >= 4 && chip.bottom - word.bottom >= 4, `${word.top - chip.top} above`);
    assert.ok(link.height > chip.height - 3, 'the link is as high as the chip');
    await page.setViewportSize({ width: 1280, height: 900 });
    await visit(page, `${origin}/${account.slug}/-/views`);
    await change(page, 'A name so long', 'No default any more');
  });

  both('are saved from a list, and lead back to it', async (page, scripted) => {
    await visit(page, `${account.events}?status=failed&show=25`);
    await openViews(page, scripted);
    const name = `failures ${Math.random()}`;
    await save(page, name);
    assert.equal(page.url(), `${account.events}?status=failed&show=25`);
    await visit(page, `${account.events}?action=none-such`);
    await openViews(page, scripted);
    await press(page, page.getByRole('link', { name }));
    assert.equal(page.url(), `${account.events}?status=failed&show=25`);
    assert.equal((await count(page)).total, failed);
  });

  both('are what a tab opens with, until one clears it', async (page, scripted) => {
    await visit(page, `${account.events}?status=failed`);
    await openViews(page, scripted);
    await save(page, 'mine', { opens: true });
    const tabs = page.getByRole('navigation', { name: 'Log' });
    await press(page, tabs.getByRole('link', { name: 'Triggers' }));
    await press(page, tabs.getByRole('link', { name: 'All Audit' }));
    assert.equal(page.url(), `${account.events}?status=failed`);
    await press(page, page.getByRole('link', { name: 'Clear all' }));
    assert.equal(page.url(), `${account.events}?view=none`);
    assert.equal((await count(page)).total, events.length);
    await press(page, page.getByRole('link', { name: 'Page 2', exact: true }));
    await press(page, page.getByRole('link', { name: 'Page 1', exact: true }));
    assert.equal((await count(page)).total, events.length);
    await visit(page, `${account.events}?status=failed`);
    await press(page, chip(page, 'Status').getByRole('link', { name: /^Remove the filter/ }));
    assert.equal((await count(page)).total, events.length);
  });

  both('are renamed, made no default any more, copied for all, and deleted', async (page) => {
    const views = `${origin}/${account.slug}/-/views`;
    await visit(page, `${views}?user=ann&kind=events`);
    const name = `renamed ${Math.random()}`;
    await save(page, 'first', { opens: true });
    await visit(page, views);
    const mine = page.locator('section.views').first();
    await mine.locator('summary').click();
    await mine.getByLabel('Name').fill(name);
    await press(page, mine.getByRole('button', { name: 'Rename' }));
    assert.match(await mine.getByRole('row').nth(1).innerText(), new RegExp(`${name}\\s+default`));
    await change(page, name, 'No default any more');
    assert.equal(await mine.getByText('default', { exact: true }).count(), 0);
    await change(page, name, 'Share a copy');
    const shared = page.locator('section.views').nth(1).getByRole('row').filter({ hasText: name });
    assert.equal(await shared.count(), 1);
    await mine.locator('summary').click();
    await press(page, mine.getByRole('button', { name: 'Delete' }));
    assert.match(await mine.innerText(), /None yet/);
    assert.equal(await shared.count(), 1);
    await change(page, name, 'Delete');
    assert.equal(await shared.count(), 0);
  });

  it('are opened, saved and left by keyboard alone', () => session(async (page) => {
    await visit(page, `${account.events}?status=failed`);
    const focused = () => page.evaluate(() => {
      const { localName, textContent, name } = document.activeElement;
      return [localName, name || textContent.trim()].join(' ');
    });
    const tabTo = async (wanted) => {
      for (let tries = 0; tries < 60 && await focused() !== wanted; tries += 1) {
        await page.keyboard.press('Tab');
      }
      assert.equal(await focused(), wanted);
    };
    await page.locator('main h1').click();
    await tabTo('a Saved views');
    await page.keyboard.press('Enter');
    await page.locator('details.views .panel').waitFor();
    assert.equal(await focused(), 'summary Saved views');
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('details.views .panel').isVisible(), false);
    assert.equal(await focused(), 'summary Saved views');
    await page.keyboard.press('Enter');
    await tabTo('input name');
    await page.keyboard.type('typed');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    assert.equal(page.url(), `${account.events}?status=failed`);
    await page.locator('main h1').click();
    await tabTo('a Saved views');
    await page.keyboard.press('Enter');
    await tabTo('a typed');
  }));

  it('open once, also when they are asked for twice', () => session(async (page) => {
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    await page.route('**/-/views*', async (route) => {
      await held;
      await route.continue();
    });
    await visit(page, account.events);
    await page.locator('a.views').dblclick();
    release();
    await page.locator('details.views .panel').waitFor();
    await page.waitForLoadState('networkidle');
    assert.equal(await page.locator('details.views').count(), 1);
    assert.equal(await page.locator('.save').count(), 1);
  }));

  it('stay a page where a menu cannot be had', () => session(async (page) => {
    await visit(page, account.events);
    const link = page.locator('a.views');
    await page.route('**/-/views*', (route) => (
      route.request().isNavigationRequest() ? route.continue() : route.fulfill({ body: 'Sign in' })));
    await press(page, link);
    assert.match(page.url(), /\/-\/views\?kind=events$/);
  }));

  it('are of an account: the list of all has none', () => {
    const person = makePerson();
    daybook('operator', 'add', person.username);
    return session(async (page) => {
      await visit(page, `${origin}/-/events?account=${account.slug}`);
      assert.equal(await page.getByRole('link', { name: 'Saved views', exact: true }).count(), 0);
      await visit(page, account.events);
      await openViews(page, true);
      assert.equal(await page.locator('.save').count(), 0, 'an operator saves none');
    }, {}, person).finally(() => daybook('operator', 'remove', person.username));
  });
});
