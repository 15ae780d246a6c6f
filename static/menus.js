// SPDX-License-Identifier: MIT
//
// The panels of the filter bar: values that are got when a menu opens, the search among them, zones and times.
// Loaded when the first of them opens; without script values come with another page, by a link.

import { fetchPage, make } from './dom.js';

export const searchTicks = (box) => {
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

// Enter in the search ticks the one value that is left; pressed again it applies the filter. What was typed is marked, so that one can
// type the next. Values that are not there yet could be meant as well.
export const takeTick = (box) => {
    const ticks = box.closest('.ticks');

    searchTicks(box);

    const [item, ...others] = ticks.querySelectorAll('li:not([hidden])');

    if (!box.value || !item || others.length || ticks.querySelector('.ask:not(.hidden)')) {
        return;
    }
    if (item.querySelector(':checked')) {
        box.form.requestSubmit(ticks.querySelector('.apply'));
        return;
    }
    item.querySelector('input').click();
    box.select();
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

// What the page at this address has that this one has not.
const fetchPart = async (url, selector) => {
    const page = await fetchPage(url);

    return page.querySelector(selector) ?? Promise.reject(new Error(url));
};

// The histogram, in numbers.
export const openTable = async (link) => {
    const table = await fetchPart(link.href, '.legend details');

    link.replaceWith(table);
    table.querySelector('summary').focus();
};

// A page brings the values of a menu only where its address asks for them: they are got when one opens it.
export const fillMenu = async (ticks) => {
    const ask = ticks.querySelector('.ask');
    const link = ask?.querySelector('a');

    if (!link) {
        return;
    }
    ask.textContent = 'Loading values…';
    try {
        const values = await fetchPart(link.href, '.values.counted');
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
        // Not every browser has UTC among them.
        list.append(...[...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])].map((zone) => new Option(zone, zone)));
    }
};

// To who has chosen no zone yet: as if its name had been typed.
const offerZone = (input) => {
    const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const { form } = input;

    if (!zone || zone === (new FormData(form).get('tz') ?? 'UTC') || form.querySelector('.local')) {
        return;
    }
    input.closest('label').after(make('button', {
        className: 'local small', type: 'button', textContent: `Use ${zone}, this browser’s zone`,
        onclick: () => {
            input.value = zone;
            form.requestSubmit();
        },
    }));
};

const addSearch = (ticks, name) => {
    ticks.prepend(make('input', {
        className: 'find', type: 'search', placeholder: 'Search', ariaLabel: `Search in this list: ${name}`,
    }));
};

// On a touch screen the keyboard would cover the list; and the focus stays where one has gone meanwhile.
const mayFocus = (menu) => matchMedia('(pointer: fine)').matches
    && [document.body, menu.firstElementChild].includes(document.activeElement);

// The button says what it turns to. A year has four digits: else the hour that is typed next would be more of it.
const nameTimes = (button) => {
    const fields = button.closest('.fields');
    const days = fields.querySelector('[type=date]');

    for (const time of fields.querySelectorAll('[type=datetime-local]')) {
        time.max = '9999-12-31T23:59:59';
    }

    button.textContent = days ? 'Choose times too' : 'Days only';
    button.hidden = !days && !fields.querySelector('[type=datetime-local]');
};

export const openMenu = (menu) => {
    const ticks = menu.querySelector(':scope > .ticks, :scope > .panel > .ticks');

    if (ticks && !ticks.querySelector('.find')) {
        addSearch(ticks, (menu.querySelector('.label') ?? menu.firstElementChild).textContent.replace(/:$/, ''));
    }
    if (mayFocus(menu)) {
        const first = menu.querySelector('[aria-invalid]') ?? menu.querySelector('.find, .spans a, .fields input');

        first?.focus();
    }
    if (ticks) {
        fillMenu(ticks);
    }
    menu.querySelectorAll('[data-pattern]').forEach((input) => {
        input.pattern = input.dataset.pattern;
    });
    menu.querySelectorAll('#zones').forEach(fillZones);
    menu.querySelectorAll('[data-free]').forEach(offerZone);
    menu.querySelectorAll('.times').forEach(nameTimes);
};

const shiftDay = (day, count) => {
    const date = new Date(`${day}T00:00Z`);

    date.setUTCDate(date.getUTCDate() + count);
    return date.toISOString().slice(0, 10);
};

// The same moment: a day that is the end of a range counts whole.
const timeOfDay = (day, isEnd) => day && `${isEnd ? shiftDay(day, 1) : day}T00:00`;
const dayOfTime = (time, isEnd) => (isEnd && time.endsWith('T00:00') ? shiftDay(time.slice(0, 10), -1) : time.slice(0, 10));

// From a calendar of days to one with times, and back.
export const turnTimes = (button) => {
    const fields = button.closest('.fields');
    const from = fields.querySelector('[type=date]') ? 'date' : 'datetime-local';

    for (const input of fields.querySelectorAll(`[type=${from}]`)) {
        const { name, value } = input;

        input.value = ''; // the other kind does not know it
        input.type = from === 'date' ? 'datetime-local' : 'date';
        input.value = (from === 'date' ? timeOfDay : dayOfTime)(value, name === 'to');
    }
    nameTimes(button);
};
