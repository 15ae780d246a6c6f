// SPDX-License-Identifier: MIT
//
// The saved views as a menu of the list, which is otherwise a link to their page. Loaded when it is pressed.

import { fetchPage, make, styled } from './dom.js';

// The page of saved views as a menu in the place of the link.
const replace = async (link) => {
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

const opening = new WeakSet(); // links

// Pressed twice, it opens once.
export const open = async (link) => {
    if (!opening.has(link)) {
        opening.add(link);
        await replace(link).finally(() => opening.delete(link));
    }
};
