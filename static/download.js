// SPDX-License-Identifier: MIT
//
// A download that shows how many rows have come of how many, and can be stopped. Loaded with the first download. What is too large to be
// held by the page is left to the browser.

import { make, styled } from './dom.js';

// A browser keeps what is held on disk beyond some size; more than this is not asked of it.
const HELD_ROWS_MAX = 1_000_000;
const LINE_FEED = 10;
const QUOTE = 34;

// Counts rows as they come: lines of NDJSON; records of CSV, where a line feed in quotes ends none.
export const rowCounter = (isCsv) => {
    let rows = isCsv ? -1 : 0; // the first record is the header
    let quoted = false;

    return (bytes) => {
        for (const byte of bytes) {
            if (byte === QUOTE && isCsv) {
                quoted = !quoted;
            } else if (byte === LINE_FEED && !quoted) {
                rows++;
            }
        }
        return Math.max(rows, 0);
    };
};

const fileName = (answer) => /filename="([^"]+)"/.exec(answer.headers.get('content-disposition'))?.[1] ?? 'audit';

const problem = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');

    return page.querySelector('.error p')?.textContent.trim() ?? `The server answered ${answer.status}.`;
};

const save = (parts, name) => {
    const url = URL.createObjectURL(new Blob(parts));
    const link = make('a', { href: url, download: name });

    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
};

const receive = async (answer, show) => {
    const count = rowCounter(/csv/.test(answer.headers.get('content-type')));
    const parts = [];
    let rows = 0;

    for (const reader = answer.body.getReader(); ;) {
        const { done, value } = await reader.read();

        if (done) {
            return { parts, rows };
        }
        parts.push(value);
        rows = count(value);
        show(rows);
    }
};

// As the pages write numbers.
const grouped = (number) => number.toLocaleString('en');

export const start = async (link) => {
    const stop = new AbortController();
    const words = make('p', { textContent: 'Asking for the rows…' });
    const bar = make('progress', { hidden: true });
    const button = make('button', { type: 'button', className: 'small', textContent: 'Cancel' });
    const box = make('div', { className: 'transfer' }, words, bar, button);
    const end = (text) => {
        words.textContent = text;
        bar.remove();
        button.textContent = 'Close';
        button.onclick = () => box.remove();
    };

    words.setAttribute('role', 'status');
    bar.setAttribute('aria-label', 'Rows downloaded');
    button.onclick = () => stop.abort();
    await styled;
    document.querySelector('.transfer')?.remove();
    document.body.append(box);
    try {
        const answer = await fetch(link.href, { signal: stop.signal });
        const expected = Number(answer.headers.get('daybook-rows') ?? NaN);
        let told = -Infinity;

        if (!answer.ok) {
            end(await problem(answer));
            return;
        }
        if (expected > HELD_ROWS_MAX) {
            stop.abort();
            end(`${grouped(expected)} rows: your browser downloads them, and the name of the file says how many there are.`);
            location.assign(link.href);
            return;
        }
        bar.hidden = !expected;
        bar.max = expected || 1;
        const { parts, rows } = await receive(answer, (count) => {
            bar.value = count;
            if (performance.now() - told > 200) {
                told = performance.now();
                words.textContent = expected ? `${grouped(count)} of ${grouped(expected)} rows` : `${grouped(count)} rows`;
            }
        });

        // Without a number in advance the last line is a trailer.
        const written = Number.isNaN(expected) ? rows - 1 : rows;

        save(parts, fileName(answer));
        end(`${grouped(written)} ${written === 1 ? 'row' : 'rows'} downloaded.`);
    } catch (error) {
        end(error.name === 'AbortError'
            ? 'The download was cancelled; nothing was saved.'
            : 'The download broke off; nothing was saved.');
    }
};
