// SPDX-License-Identifier: MIT
//
// The saved views as a menu of the list, which is otherwise a link to their page. Loaded when it is pressed.

import { fetchPage, make, styled } from './dom.js';

const opening = new WeakSet(); // links

// The page of saved views as a menu; where it cannot be had so, as a page. Pressed twice, it opens once.
export const open = async (link) => {
    if (opening.has(link)) {
        return;
    }
    opening.add(link);

    const page = await fetchPage(link.href);
    const parts = [...page.querySelectorAll('section.views'), ...page.querySelectorAll('.save')];
    const panel = make('div', { className: 'panel' }, ...parts);
    const summary = make('summary', { className: 'quiet turn', textContent: link.textContent });

    if (parts.length === 0) {
        throw new Error('no views');
    }
    await styled;
    link.replaceWith(make('details', { className: 'menu views', open: true }, summary, panel));
    link.className = '';
    link.textContent = 'Rename, delete, choose a default';
    panel.append(link);
    summary.focus();
};
