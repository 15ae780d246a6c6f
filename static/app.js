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

        for (const item of box.parentNode.querySelectorAll('li')) {
            item.hidden = !item.querySelector('bdi').textContent.toLowerCase().includes(wanted);
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

    // The values are part of the page at this address.
    const fetchValues = async (url) => {
        const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');

        return page.querySelector('.values.counted') ?? Promise.reject(new Error(answer.status));
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

    // "is" and "not" of one value exclude each other.
    const untickOpposite = (box) => {
        for (const other of box.closest('li').querySelectorAll('input')) {
            other.checked = other === box && box.checked;
        }
    };

    // The browser's own way would add empty parameters and turn the line feed of a value into CR LF. A field
    // named "action" stands in the way of form.action.
    const send = (form) => {
        const filled = [...new FormData(form)].filter(([, value]) => value !== '');
        const query = new URLSearchParams(filled).toString();

        location.assign(form.getAttribute('action') + (query && '?' + query));
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

    const isPlain = (event) => !event.ctrlKey && !event.metaKey && !event.shiftKey;

    root.classList.add('scripted');
    root.classList.toggle('copying', Boolean(navigator.clipboard));

    document.addEventListener('click', (event) => {
        closeMenusOutside(event.target);
        if (event.target.matches('.copy')) {
            copy(event.target);
        } else if (root.matches('.copying') && event.target.closest('.take') && isPlain(event)) {
            event.preventDefault();
            copyTarget(event.target.closest('.take'));
        } else if (event.target.matches('.ask a') && isPlain(event)) {
            event.preventDefault();
            event.target.closest('.ticks').querySelector('.find').focus();
            fillMenu(event.target.closest('.ticks'));
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
        }
    });

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
            target.querySelector('.find, input[type=text]')?.focus();
        }
        if (ticks) {
            fillMenu(ticks);
        }
    }, true);
}
