// SPDX-License-Identifier: MIT
//
// The details of a call over the list that it stands in. The address is that of the page of the call, which is shown as it is: to load it
// again, to keep it or to send it to somebody gives that page. Loaded when details are first opened.

import { areKeysOff, fetchPage, make, styled } from './dom.js';

const withoutHash = (href) => href.replace(/#.*/, '');

let listTitle = document.title;
let listHref = withoutHash(location.href);
let isTurned = false; // the address of the list is still that of the page which the details were opened over
const place = make('p', { className: 'place', title: 'Of the calls in the list' });
const newer = make('button', { type: 'button', className: 'small', textContent: '← Previous' });
const older = make('button', { type: 'button', className: 'small', textContent: 'Next →' });
const alone = make('a', { className: 'quiet', textContent: 'Open as a page' });
const shut = make('button', { type: 'button', className: 'small', textContent: 'Close' });
const sheet = make('div', { className: 'content', tabIndex: -1 });
const dialog = make('dialog', { className: 'over' },
    make('div', { className: 'bar' }, newer, older, place, alone, shut), sheet);

let current; // the link that it was opened by
let asked = 0;

const rowLinks = '.events tbody .open a';
const links = () => [...document.querySelectorAll(rowLinks)];

// What leads to the page of the list that goes on after its last row, or before its first.
const wayOn = (by) => document.querySelector(`.pager a[rel=${by > 0 ? 'next' : 'prev'}]`);

// The list says "11 - 20 of 91", or "of at least 91"; where it does not, no place is known.
const placeOf = (at) => {
    const [, first, total] = /^([\d,]+) - [\d,]+ (of .+)$/.exec(document.querySelector('.count')?.textContent.trim()) ?? [];

    return first ? `${(Number(first.replaceAll(',', '')) + at).toLocaleString('en')} ${total}` : '';
};

const say = (...what) => sheet.replaceChildren(make('p', { className: 'remark' }, ...what));

// What <main> holds on the page of a call or list, which has what `sign` selects.
const fetchMain = async (href, sign) => {
    const page = await fetchPage(href);
    const main = page.querySelector('main');

    if (!main?.querySelector(sign)) {
        throw new Error(`no page: ${href}`);
    }
    return { main, title: page.title };
};

const show = async (link) => {
    const all = links();
    const at = all.indexOf(link);
    const number = ++asked;

    current = link;
    document.querySelector('tr.current')?.classList.remove('current');
    link.closest('tr').classList.add('current');
    place.textContent = placeOf(at);
    newer.disabled = at === 0 && !wayOn(-1);
    older.disabled = at === all.length - 1 && !wayOn(1);
    if (document.activeElement.disabled) {
        sheet.focus(); // a button that cannot be pressed any more would lose it, and keys with it
    }
    alone.href = link.href;
    sheet.setAttribute('aria-busy', 'true');
    if (!sheet.hasChildNodes()) {
        say('Loading…');
    }
    try {
        const { main, title } = await fetchMain(link.href, 'h1');

        if (number !== asked) {
            return;
        }
        sheet.replaceChildren(...main.childNodes);
        document.title = title;
        dialog.setAttribute('aria-label', sheet.querySelector('h1').textContent);
    } catch {
        if (number !== asked) {
            return;
        }
        say('This call could not be loaded. ', make('a', { href: link.href, textContent: 'Open its page' }));
    }
    sheet.removeAttribute('aria-busy');
    sheet.scrollTop = 0;
    sheet.focus();
};

const go = (link) => {
    history.replaceState({ details: link.href }, '', link.href);
    show(link);
};

// Past the end of the page: the list behind turns to the next one, and so does its address when one is back in it.
const turn = async (by) => {
    const way = wayOn(by);
    const number = ++asked;

    sheet.setAttribute('aria-busy', 'true');
    try {
        const { main, title } = await fetchMain(way.href, rowLinks);

        if (number !== asked) {
            return;
        }
        document.querySelector('main').replaceChildren(...main.childNodes);
        listTitle = title;
        listHref = way.href;
        isTurned = true;
        go(links().at(by > 0 ? 0 : -1));
    } catch {
        if (number === asked) {
            say('The list could not be turned. ', make('a', { href: way.href, textContent: by > 0 ? 'Open its next page' : 'Open the page before' }));
            sheet.removeAttribute('aria-busy');
        }
    }
};

const step = (by) => {
    const all = links();
    const next = all[all.indexOf(current) + by];

    if (next) {
        go(next);
    } else if (wayOn(by)) {
        turn(by);
    }
};

const showRow = () => current.scrollIntoView({ block: 'nearest' });

// Back in the list, at the row where one is.
const leave = () => {
    asked++;
    sheet.replaceChildren();
    document.title = listTitle;
    showRow();
    current.focus();
};

newer.addEventListener('click', () => step(-1));
older.addEventListener('click', () => step(1));
shut.addEventListener('click', () => dialog.close());
dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) {
        dialog.close(); // what is beside it
    }
});
dialog.addEventListener('close', () => {
    leave();
    if (history.state?.details) {
        // A browser scrolls to where one was when the details were opened.
        addEventListener('popstate', () => requestAnimationFrame(showRow), { once: true });
        history.back();
    }
});
dialog.addEventListener('keydown', (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ...(areKeysOff() ? {} : { k: -1, j: 1 }) }[event.key];

    if (by && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey) {
        event.preventDefault();
        step(by);
    }
});

// Back and Forward: what the address says is shown here, or loaded.
addEventListener('popstate', ({ state }) => {
    const link = state?.details && links().find(({ href }) => href === state.details);

    if (link) {
        if (!dialog.open) {
            dialog.showModal();
        }
        show(link);
        return;
    }
    if (isTurned && !state) {
        history.replaceState(null, '', listHref);
        isTurned = false;
    }
    if (withoutHash(location.href) !== listHref) {
        location.reload();
    } else if (dialog.open) {
        dialog.close();
    }
});
document.body.append(dialog);

// Pressed twice, it opens once.
export const open = async (link) => {
    await styled;
    if (dialog.open) {
        return;
    }
    history.pushState({ details: link.href }, '', link.href);
    dialog.showModal();
    show(link);
};
