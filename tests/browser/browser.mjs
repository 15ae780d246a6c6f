// SPDX-License-Identifier: MIT
//
// Debian's Chromium, and what must never happen in it: a dialog, a second window, an error or a
// warning in the console, a request to another host.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

import { origin } from './daybook.mjs';

// No other host can be reached, whatever a page asks for.
const args = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
  '--disable-background-networking', '--disable-component-update', '--no-proxy-server',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

export const launch = (options = {}) => (
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args, ...options }));

const isOurs = (url) => {
  const { protocol, origin: from } = new URL(url);
  return from === origin || protocol === 'data:';
};

// A failed page is also told as "Failed to load resource": the tests look at its status themselves.
const isComplaint = (message) => ['error', 'warning'].includes(message.type())
  && !/^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());

// What went wrong in the context, as it happens.
const watch = (context) => {
  const troubles = [];
  const note = (what) => troubles.push(what);

  context.on('console', (message) => {
    if (isComplaint(message)) {
      note(`console ${message.type()}: ${message.text()} (${message.page()?.url()})`);
    }
  });
  context.on('weberror', (thrown) => note(`exception: ${thrown.error()}`));
  context.on('dialog', (dialog) => {
    note(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  context.on('request', (request) => {
    if (!isOurs(request.url())) {
      note(`request to elsewhere: ${request.url()}`);
    }
  });
  return troubles;
};

// A page of a new context for `person`. Whatever was noted fails expectNoTrouble(), and done() in
// the end.
export const open = async (browser, person, options = {}) => {
  const context = await browser.newContext({
    httpCredentials: person,
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'America/St_Johns',
    ...options,
  });
  const troubles = watch(context);
  const page = await context.newPage();
  const expectNoTrouble = () => assert.deepEqual(troubles.splice(0), []);

  page.setDefaultTimeout(15_000);
  context.on('page', (other) => troubles.push(`another window: ${other.url()}`));
  return {
    page,
    context,
    expectNoTrouble,
    async done() {
      await context.close();
      expectNoTrouble();
    },
  };
};

// Signs in as `person` without a challenge: for httpCredentials playwright holds every request up, and turns the cache off.
export const signedIn = ({ username, password }) => ({
  extraHTTPHeaders: {
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  },
});

// Opens the address; the page must come with this status.
export const visit = async (page, url, status = 200) => {
  const response = await page.goto(url, { waitUntil: 'load' });
  assert.equal(response.status(), status, url);
  return response;
};
