// SPDX-License-Identifier: MIT
//
// Single keys for who reads the list with the keyboard, and the page that tells them. Loaded with the first such key. They can be turned
// off (WCAG 2.1.4), and are no keys while somebody types: app.js sees to that.

import { areKeysOff, make, styled, turnKeys } from './dom.js';

const rowLinks = () => [...document.querySelectorAll('.events tbody .open a')];

const move = (by) => {
    const links = rowLinks();
    const row = document.activeElement.closest('.events tbody tr') ?? document.querySelector('tr.current');
    const at = links.findIndex((link) => link.closest('tr') === row);
    const next = links[at < 0 ? 0 : Math.max(0, Math.min(at + by, links.length - 1))];

    document.querySelector('tr.current')?.classList.remove('current');
    next?.closest('tr').classList.add('current');
    next?.focus();
};

// Within a row: from one value to the next.
const moveAside = (by) => {
    const links = [...document.activeElement.closest('.events tbody tr')?.querySelectorAll('a[href]') ?? []];

    links[links.indexOf(document.activeElement) + by]?.focus();
};

const openRow = () => {
    const row = document.activeElement.closest('.events tbody tr') ?? document.querySelector('tr.current');

    row?.querySelector('.open a').click();
};

const search = () => {
    const box = document.querySelector('[name=query]') ?? document.querySelector('.add summary');

    box?.focus();
    box?.select?.();
};

const turn = (rel) => document.querySelector(`.pager a[rel=${rel}]`)?.click();

const keys = {
    '/': { does: search, says: 'Search' },
    j: { does: () => move(1), says: 'Next call' },
    k: { does: () => move(-1), says: 'Previous call' },
    o: { does: openRow, says: 'Open the details of the call' },
    ArrowRight: { does: () => moveAside(1), shown: '→', says: 'Next value of the row' },
    ArrowLeft: { does: () => moveAside(-1), shown: '←', says: 'Previous value of the row' },
    n: { does: () => turn('next'), says: 'Next page' },
    p: { does: () => turn('prev'), says: 'Previous page' },
    '?': { does: () => help(), says: 'These keys' },
};

const onSwitch = () => {
    const box = make('input', { type: 'checkbox', checked: !areKeysOff() });

    box.onchange = () => turnKeys(box.checked);
    return make('label', { className: 'is' }, box, 'Single keys are on');
};

export const help = async () => {
    const list = make('dl', {}, ...Object.entries(keys).map(([key, { shown, says }]) => make('div', {},
        make('dt', {}, make('kbd', { textContent: shown ?? key })), make('dd', { textContent: says }))));
    const close = make('button', { type: 'button', className: 'small', textContent: 'Close' });
    const dialog = make('dialog', { className: 'help' },
        make('h2', { textContent: 'Keyboard shortcuts' }), list,
        make('p', { textContent: 'In the details of a call: ← and →, or k and j, for the previous and the next one; Escape for the list.' }),
        make('div', { className: 'line' }, onSwitch(), close));

    dialog.setAttribute('aria-label', 'Keyboard shortcuts');
    close.onclick = () => dialog.close();
    dialog.onclose = () => dialog.remove();
    await styled;
    document.body.append(dialog);
    dialog.showModal();
};

export const press = (key) => {
    if (key === '?' || !areKeysOff()) {
        keys[key]?.does();
    }
};
