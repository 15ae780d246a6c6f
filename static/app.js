// SPDX-License-Identifier: MIT
//
// What makes the pages nicer where script runs; they are complete without it. Everything listens on the
// document, so the script can stand in the head and style.css knows from the first paint that it runs.
'use strict';

{
    const root = document.documentElement;

    const openMenus = () => document.querySelectorAll('details.menu[open]');

    const closeMenusOutside = (target) => {
        for (const menu of openMenus()) {
            if (!menu.contains(target)) {
                menu.open = false;
            }
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

    const searchTicks = (box) => {
        const wanted = box.value.toLowerCase();

        const items = [...box.parentNode.querySelectorAll('li')];
        const told = box.parentNode.querySelector('.ask.hidden');

        for (const item of items) {
            item.hidden = !item.querySelector('bdi').textContent.toLowerCase().includes(wanted);
        }
        if (told) {
            told.textContent = `Values: ${items.filter((item) => !item.hidden).length} of ${items.length}`;
        }
    };

    const keepTicks = (old, fresh) => {
        for (const box of fresh.querySelectorAll('input')) {
            const before = [...old.querySelectorAll('input')]
                .find(({ name, value }) => name === box.name && value === box.value);

            if (before) {
                box.checked = before.checked;
            }
            if (before === document.activeElement) {
                setTimeout(() => box.focus());
            }
        }
    };

    const fetchPage = async (url) => {
        const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });

        return new DOMParser().parseFromString(await answer.text(), 'text/html');
    };

    // The values are part of the page at this address.
    const fetchValues = async (url) => {
        const page = await fetchPage(url);

        return page.querySelector('.values.counted') ?? Promise.reject(new Error(url));
    };

    // A page brings the values of a menu only where its address asks for them: they are got when one opens it.
    const fillMenu = async (ticks) => {
        const ask = ticks.querySelector('.ask');
        const link = ask?.querySelector('a');

        if (!link) {
            return;
        }
        ask.textContent = 'Loading values…';
        try {
            const values = await fetchValues(link.href);
            const old = ticks.querySelector('.values');

            keepTicks(old, values);
            old.replaceWith(values);
            searchTicks(ticks.querySelector('.find'));
            ask.textContent = `Values: ${values.querySelectorAll('li').length}`;
            ask.classList.add('hidden');
        } catch {
            link.textContent = 'Try again';
            ask.replaceChildren('The values could not be loaded. ', link, ' or type one below.');
        }
    };

    const fillZones = (list) => {
        if (!list.hasChildNodes()) {
            list.append(...Intl.supportedValuesOf('timeZone').map((zone) => new Option(zone, zone)));
        }
    };

    // From a calendar of days to one with times, and back.
    const turnTimes = (button) => {
        for (const input of button.closest('.fields').querySelectorAll('[type=date], [type=datetime-local]')) {
            const { type, value } = input;

            input.type = type === 'date' ? 'datetime-local' : 'date';
            input.value = type === 'date' ? value && `${value}T00:00` : value.slice(0, 10);
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

        if (fields.get('zone') === (fields.get('tz') ?? 'UTC')) {
            fields.delete('zone'); // no other was chosen
        }
        const filled = [...fields].filter(([, value]) => value !== '');
        const query = new URLSearchParams(filled).toString();

        location.assign(form.getAttribute('action') + (query && '?' + query));
    };

    // The page of saved views as a menu; where it cannot be had so, as a page.
    const openViews = async (link) => {
        const page = await fetchPage(link.href).catch(() => document);
        const parts = [...page.querySelectorAll('section.views'), ...page.querySelectorAll('.save')];
        const menu = document.createElement('details');

        if (parts.length === 0) {
            location.assign(link.href);
            return;
        }
        menu.className = 'menu views';
        menu.innerHTML = '<summary class="quiet"></summary><div class="panel"></div>';
        menu.firstChild.textContent = link.textContent;
        menu.open = true;
        link.replaceWith(menu);
        link.className = '';
        link.textContent = 'Rename, delete, choose a default';
        menu.lastChild.append(...parts, link);
        menu.firstChild.focus();
    };

    // A button with a value copies that, one without the text beside it.
    const copy = async (button) => {
        await navigator.clipboard.writeText(button.value || button.parentNode.querySelector('pre').textContent);
        button.textContent = 'Copied';
    };

    // What a link leads to; where that cannot be had, the link is followed.
    const copyTarget = async (link) => {
        try {
            const answer = await fetch(link.href, { signal: AbortSignal.timeout(30_000) });

            if (!answer.ok) {
                throw new Error(answer.status);
            }
            await navigator.clipboard.writeText(await answer.text());
            link.textContent = 'Copied';
        } catch {
            location.assign(link.href);
        }
    };

    // What is needed seldom is another script. Where it cannot be had, the link leads to the page that it would have shown.
    const doWith = async (link, script, act) => {
        try {
            act(await script);
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
            copyTarget(link);
        } else if (link?.matches('a.views')) {
            openViews(link);
        } else if (link?.matches('.ask a')) {
            link.closest('.ticks').querySelector('.find').focus();
            fillMenu(link.closest('.ticks'));
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

    // Single keys, for nobody who types, and not behind a dialog or menu.
    const pressKey = async (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented
            || isTyping(event.target) || document.querySelector('dialog[open], .panel.cell')
            || !/^([/?jkonp]|Arrow(Left|Right))$/.test(event.key)) {
            return;
        }
        if (event.key === '/') {
            event.preventDefault(); // a browser's own search
        }
        (await import('./keys.js')).press(event.key);
    };

    // How many have come since: told, not shown, so that no row moves. Nobody is asked while nobody looks.
    const countNewer = async () => {
        const table = document.querySelector('.events[data-live]');

        if (!table || document.hidden) {
            return;
        }
        const page = await fetchPage(table.dataset.live).catch(() => document); // another time

        document.querySelector('.news').replaceChildren(...page.querySelectorAll('.pinned'));
    };

    root.classList.add('scripted');
    root.classList.toggle('copying', Boolean(navigator.clipboard));

    document.addEventListener('click', (event) => {
        closeMenusOutside(event.target);
        if (isPlainClick(event) && press(event.target)) {
            event.preventDefault();
            return;
        }
        if (event.target.matches('.copy')) {
            copy(event.target);
        } else if (event.target.matches('.times')) {
            turnTimes(event.target);
        } else if (event.target.closest('.keys')) {
            import('./keys.js').then(({ help }) => help());
        }
    });

    document.addEventListener('input', ({ target }) => {
        if (target.matches('.find')) {
            searchTicks(target);
        }
    });

    document.addEventListener('change', ({ target }) => {
        if (target.matches('.size select')) {
            target.form.requestSubmit();
        } else if (target.matches('.ticks [type=checkbox]')) {
            untickOpposite(target);
        }
    });

    document.addEventListener('keydown', (event) => {
        if (event.key === 'Escape') {
            closeMenu();
        } else if (event.key === 'Enter' && event.target.matches('.find')) {
            event.preventDefault();
        } else {
            pressKey(event);
        }
    });

    document.addEventListener('visibilitychange', countNewer);
    setInterval(countNewer, 60_000);

    // What a form posts, the browser sends itself: it is not to be seen in an address.
    document.addEventListener('submit', (event) => {
        if (event.target.getAttribute('method') === 'get') {
            event.preventDefault();
            send(event.target);
        }
    });

    // The event does not bubble. On a touch screen the keyboard would cover the list.
    document.addEventListener('toggle', ({ target }) => {
        const ticks = target.open && target.querySelector(':scope > .ticks, :scope > .panel > .ticks');

        if (target.open && matchMedia('(pointer: fine)').matches) {
            target.querySelector('.find, .spans a, .fields input')?.focus();
        }
        if (ticks) {
            fillMenu(ticks);
        }
        if (target.open) {
            target.querySelectorAll('#zones').forEach(fillZones);
        }
    }, true);
}
