// SPDX-License-Identifier: MIT
//
// A list that stays open. Loaded when somebody comes back to it, or has looked at it for a while.

import { fetchPage, make } from './dom.js';

const textOf = (elements) => elements.map(({ textContent }) => textContent).join();

// Said once, not each minute; and a link that has the focus keeps it.
const tell = (...news) => {
    const place = document.querySelector('.news');
    const focused = place.contains(document.activeElement);

    if (textOf(news) !== textOf([...place.children])) {
        place.replaceChildren(...news);
        if (focused) {
            place.querySelector('a')?.focus();
        }
    }
};

// The same rows are on that page, with how long ago they are now.
const renewAges = (page) => {
    const ages = new Map([...page.querySelectorAll('.events time + small')]
        .map((age) => [age.previousElementSibling.dateTime, age.textContent]));

    for (const age of document.querySelectorAll('.events time + small')) {
        age.textContent = ages.get(age.previousElementSibling.dateTime) ?? age.textContent;
    }
};

// Is there something that would be lost if the page was loaded again: what was typed, a menu, a dialog?
const isInUse = () => document.querySelector('.menu[open], dialog[open]')
    || [...document.querySelectorAll('[name=query]')].some(({ value, defaultValue }) => value !== defaultValue);

// How many have come since: told, not shown, so that no row moves. Only where there was no row yet the page is loaded again.
// Nobody is asked while nobody looks: app.js sees to that.
export const countNewer = async () => {
    const { live } = document.querySelector('[data-live]').dataset;
    let page;

    try {
        page = await fetchPage(live);
        if (!page.querySelector('.filter')) {
            throw new Error('not a list'); // but a page to sign in
        }
    } catch {
        tell(make('p', { className: 'pinned' }, 'Newer calls could not be asked for. ',
            make('a', { href: '', textContent: 'Load the page again' })));
        return;
    }
    if (page.querySelector('.events') && !document.querySelector('.events')) {
        if (!isInUse()) {
            location.reload();
        }
        return;
    }
    tell(...page.querySelectorAll('.news .pinned'));
    renewAges(page);
};
