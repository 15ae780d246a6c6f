// SPDX-License-Identifier: MIT
//
// The menu of a cell of the list: its whole value, the list with that value alone or without it. Loaded when a cell is first pressed;
// without script the cell is the link to the list with that value alone.

import { copyText } from './copy.js';
import { make, styled } from './dom.js';

const columns = {
    id: { param: 'entity_id', label: 'Entity ID' },
    name: { param: 'entity_name', label: 'Entity name' },
    entity: { param: 'entity', label: 'Entity' },
    action: { param: 'action', label: 'Action' },
    code: { param: 'status', label: 'Status' },
    user: { param: 'user', label: 'User' },
    provider: { param: 'provider', label: 'Provider' },
};

const decode = (text) => {
    try {
        return decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
        return null; // bytes that are no text
    }
};

const split = (query) => query.replace(/^\?/, '').split('&').filter(Boolean);

// The list as it is, without what has the value. Bytes stay encoded as they came: not all of them are text.
const withoutValue = (param, encoded) => {
    const wanted = decode(encoded) ?? encoded;
    const kept = split(location.search).filter((pair) => {
        const [name, value = ''] = pair.split('=');

        return !['page', 'asof', 'menu', 'histogram'].includes(name)
            && !(name === param && (decode(value) ?? value) === wanted);
    });

    return `?${[...kept, `not_${param}=${encoded}`].join('&')}`;
};

const copyButton = (text) => make('button', {
    type: 'button',
    className: 'small',
    textContent: 'Copy',
    onclick: ({ target }) => copyText(target, text),
});

const place = (menu, { left, bottom, top }) => {
    const { offsetWidth: width, offsetHeight: height } = menu;
    const below = bottom + 4 + height <= innerHeight || top < height + 4;

    menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
    menu.style.top = `${below ? bottom + 4 : top - height - 4}px`;
};

export const open = async (link) => {
    const cell = link.closest('td');
    const { param, label } = columns[link.className || cell.classList[0]];
    const encoded = split(link.search).at(-1).slice(param.length + 1);
    const value = decode(encoded);
    const menu = make('div', { className: 'panel cell', popover: 'auto' },
        make('p', {}, make('span', { className: 'label', textContent: label }),
            make('bdi', { textContent: link.title || cell.title || value })),
        make('a', { href: link.href, textContent: 'Only this' }),
        make('a', { href: withoutValue(param, encoded), textContent: 'Without this' }));

    menu.setAttribute('role', 'dialog');
    menu.setAttribute('aria-label', label);
    if (navigator.clipboard && value !== null && value !== '---') {
        // A final * that is the name's own has a \ before it in an address.
        menu.append(copyButton(param.startsWith('entity_') ? value : value.replace(/\\\*$/, '*')));
    }
    const moved = new AbortController();

    menu.addEventListener('toggle', ({ newState }) => {
        if (newState === 'closed') {
            moved.abort();
            menu.remove();
        }
    });
    await styled;
    cell.append(menu);
    menu.showPopover();
    place(menu, link.getBoundingClientRect());
    menu.querySelector('a').focus({ preventScroll: true });
    // The cell goes, and it would stay.
    for (const name of ['scroll', 'resize']) {
        addEventListener(name, () => menu.hidePopover(), { signal: moved.signal });
    }
};
