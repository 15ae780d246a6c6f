// SPDX-License-Identifier: MIT
//
// A list that stays open. Loaded when somebody comes back to it, or has looked at it for a while.

import { fetchPage } from './dom.js';

// How many have come since: told, not shown, so that no row moves. Nobody is asked while nobody looks: app.js sees to that.
export const countNewer = async () => {
    const { live } = document.querySelector('.events').dataset;
    const page = await fetchPage(live).catch(() => document); // another time

    document.querySelector('.news').replaceChildren(...page.querySelectorAll('.pinned'));
};
