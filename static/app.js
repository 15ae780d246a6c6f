// SPDX-License-Identifier: MIT
//
// What makes the pages nicer where script runs; they are complete without it, and are painted before it runs.
// Everything listens on the document.
'use strict';

{
    const root = document.documentElement;
    const openMenus = () => document.querySelectorAll('details.menu[open]');

    const closeMenusOutside = (target) => {
        for (const menu of openMenus()) {
            menu.open = menu.contains(target);
        }
    };

    // The innermost one that the focus is in, else the open menu.
    const closeMenu = () => {
        const menu = document.activeElement.closest('.filter details[open]') || openMenus()[0];

        if (menu) {
            menu.open = false;
            menu.querySelector('summary').focus();
        }
    };

    // "is" and "not" of one value exclude each other.
    const untickOpposite = (box) => {
        for (const other of box.closest('li').querySelectorAll('input')) {
            other.checked = other === box && box.checked;
        }
    };

    // The browser's own way would add empty parameters and turn the line feed of a value into CR LF. A field
    // named "action" stands in the way of form.action.
    const send = (form) => {
        const fields = new FormData(form);

        // No other zone was chosen.
        if (['', null, fields.get('tz') ?? 'UTC'].includes(fields.get('zone'))) {
            ['zone', 'from_was', 'to_was'].forEach((name) => fields.delete(name));
        }
        // "Not a saved view" is to be said where nothing else is.
        const filled = [...fields].filter(([, value]) => value).filter(([name], at, all) => name !== 'view' || !all[1]);
        const query = new URLSearchParams(filled).toString();

        location.assign(form.getAttribute('action') + (query && '?' + query));
    };

    // What is needed seldom is another script. Where it cannot be had, the link leads to the page that it would have shown.
    const doWith = async (link, script, act) => {
        try {
            await act(await script);
        } catch {
            location.assign(link.href);
        }
    };

    const isPlainClick = (event) => event.button === 0 && !event.defaultPrevented
        && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

    const openDetails = (link) => doWith(link, import('./dialog.js'), ({ open }) => open(link));

    // A link of the list that is more than a link here. True: it is taken care of.
    const press = (target) => {
        const link = target.closest('a[href]');
        const row = target.closest('.events tbody tr');

        if (link?.matches('.copying .take')) {
            doWith(link, import('./copy.js'), ({ copyTarget }) => copyTarget(link));
        } else if (link?.matches('a.views')) {
            doWith(link, import('./views.js'), ({ open }) => open(link));
        } else if (link?.matches('.legend .table')) {
            doWith(link, import('./menus.js'), ({ openTable }) => openTable(link));
        } else if (link?.matches('.ask a')) {
            link.closest('.ticks').querySelector('.find')?.focus();
            doWith(link, import('./menus.js'), ({ fillMenu }) => fillMenu(link.closest('.ticks')));
        } else if (link?.matches('.events .open a')) {
            openDetails(link);
        } else if (link?.matches('.events td:not(.of) > a')) {
            doWith(link, import('./cells.js'), ({ open }) => open(link));
        } else if (link?.matches('.downloads > a:not(.views)')) {
            doWith(link, import('./download.js'), ({ start }) => start(link));
        } else if (row && !target.closest('a, button, [popover]') && getSelection().isCollapsed) {
            openDetails(row.querySelector('.open a'));
        } else {
            return false;
        }
        return true;
    };

    const isTyping = (target) => target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]');

    // One promise for all keys: they are answered in the order in which they were pressed.
    let keys;
    const loadKeys = () => {
        keys ??= import('./keys.js').catch((error) => {
            keys = undefined;
            throw error;
        });
        return keys;
    };

    // Single keys, for nobody who types or selects, and not behind a dialog or menu.
    const pressKey = (event) => {
        const { key } = event;

        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented
            || isTyping(event.target) || document.querySelector('dialog[open], .panel.cell, .menu[open]')
            || !/^([/?jkonp]|Arrow(Left|Right))$/.test(key) || (event.shiftKey && key[1])) {
            return;
        }
        if (key === '/' && document.querySelector('[name=query], .add') && !root.matches('.keyless')) {
            event.preventDefault(); // a browser's own search
        }
        loadKeys().then(({ press: answer }) => answer(key));
    };

    // The command of an empty list: nothing is left to be filled in but the token.
    document.querySelectorAll('.origin').forEach((address) => {
        address.textContent = location.origin;
    });

    root.classList.toggle('copying', Boolean(navigator.clipboard));
    try {
        root.classList.toggle('keyless', localStorage.getItem('keys') === 'off');
    } catch {
        // A browser that keeps nothing for pages: the keys are on.
    }

    document.addEventListener('click', (event) => {
        closeMenusOutside(event.target);
        if (isPlainClick(event) && press(event.target)) {
            event.preventDefault();
            return;
        }
        if (event.target.matches('.copy')) {
            import('./copy.js').then(({ copy }) => copy(event.target));
        } else if (event.target.matches('.times')) {
            import('./menus.js').then(({ turnTimes }) => turnTimes(event.target));
        } else if (event.target.closest('.keys')) {
            loadKeys().then(({ help }) => help());
        }
    });

    document.addEventListener('input', ({ target }) => {
        if (target.matches('.find')) {
            import('./menus.js').then(({ searchTicks }) => searchTicks(target));
        }
    });

    document.addEventListener('change', ({ target }) => {
        if (target.matches('.ticks [type=checkbox]')) {
            untickOpposite(target);
        }
    });

    document.addEventListener('keydown', (event) => {
        if (event.key === 'Escape') {
            closeMenu();
        } else if (event.key === 'Enter' && event.target.matches('.find')) {
            event.preventDefault();
            if (!event.repeat && !event.isComposing) {
                import('./menus.js').then(({ takeTick }) => takeTick(event.target));
            }
        } else {
            pressKey(event);
        }
    });

    // A list and the details over it are entries of one document, also once one of them was loaded by itself: Back and Forward between
    // them then change the address alone. With its details the list sees to that (dialog.js).
    const address = () => location.pathname + location.search;
    const loaded = address();
    const loadAddress = () => {
        if (address() !== loaded && !document.querySelector('dialog.over')) {
            location.reload();
        }
    };

    addEventListener('popstate', loadAddress);

    const countNewer = () => {
        if (!document.hidden && document.querySelector('[data-live]')) {
            import('./live.js').then((live) => live.countNewer());
        }
    };

    document.addEventListener('visibilitychange', countNewer);
    setInterval(countNewer, 60_000);

    // What a form posts, the browser sends itself: it is not to be seen in an address.
    document.addEventListener('submit', (event) => {
        if (event.target.getAttribute('method') === 'get') {
            event.preventDefault();
            send(event.target);
        }
    });

    // A page that Back shows as it was left says again what its list shows, not what was about to be asked for.
    addEventListener('pageshow', ({ persisted }) => {
        if (persisted) {
            document.querySelectorAll('[method=get]').forEach((form) => form.reset());
        }
    });

    // A browser refuses to send what is wrong in a panel that is closed, and shows nothing of it. So only script makes it look at patterns.
    document.addEventListener('invalid', ({ target }) => {
        for (let panel = target.closest('details'); panel; panel = panel.parentNode.closest('details')) {
            panel.open = true;
        }
    }, true);

    const prepareMenu = (menu) => {
        if (menu.open && menu.matches('.filter details')) {
            import('./menus.js').then(({ openMenu }) => openMenu(menu));
        }
    };

    // The event does not bubble.
    document.addEventListener('toggle', ({ target }) => prepareMenu(target), true);
    openMenus().forEach(prepareMenu);
}
