// SPDX-License-Identifier: MIT
//
// A download that shows how many rows have come of how many, and can be stopped. Loaded with the first download. It lasts as long as the
// page does: who would leave meanwhile is asked first. What is too large for that is left to the browser.
// It is asked for with its closing line, which says whether it is whole; what is saved has none: who opens it would count it as a row.

import { make, styled } from './dom.js';

const KEPT_ROWS_MAX = 1_000_000;
const LINE_FEED = 10;
const QUOTE = 34;
const CLOSING_BYTES_MAX = 1024;

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

const isCsv = (answer) => /csv/.test(answer.headers.get('content-type'));

const fileName = (answer) => /filename="([^"]+)"/.exec(answer.headers.get('content-disposition'))?.[1] ?? 'audit';

const problem = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');

    return page.querySelector('.error p')?.textContent.trim() ?? `The server answered ${answer.status}.`;
};

const save = (href, download) => make('a', { href, download }).click();

const saveFile = (file, name) => {
    const url = URL.createObjectURL(file);

    save(url, name);
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
};

// The bytes are kept by the browser, on disk when they are many, while they are counted here.
const receive = async (answer, show) => {
    const [counted, kept] = answer.body.tee();
    const file = new Response(kept).blob();
    const count = rowCounter(isCsv(answer));
    let rows = 0;

    file.catch(() => {}); // the other half says it
    for (const reader = counted.getReader(); ;) {
        const { done, value } = await reader.read();

        if (done) {
            return { file: await file, rows };
        }
        rows = count(value);
        show(rows);
    }
};

// The closing line of a file: its bytes, and the rows and the SHA-256 that it says; none when the file has not come to it.
const findClosing = async (answer, file) => {
    const end = await file.slice(-CLOSING_BYTES_MAX).text();
    const line = isCsv(answer)
        ? /(?<=\n)"?#end"?,"?rows=(\d+)"?,"?([0-9a-f]{64})"?[^\n]*\n$/
        : /(?<=^|\n)\{"end": true, "rows": (\d+), "sha256": "([0-9a-f]{64})"[^\n]*\n$/;
    const [closing, rows, sha256] = line.exec(end) ?? [];

    return closing && { bytes: new TextEncoder().encode(closing).length, rows: Number(rows), sha256 };
};

// As the pages write numbers.
const grouped = (number) => number.toLocaleString('en');

const rowsOf = (number) => `${grouped(number)} ${number === 1 ? 'row' : 'rows'}`;

const underWay = new Set(); // addresses
const ask = (event) => event.preventDefault();

const begin = (href) => {
    underWay.add(href);
    addEventListener('beforeunload', ask);
};

const finish = (href) => {
    underWay.delete(href);
    if (underWay.size === 0) {
        removeEventListener('beforeunload', ask);
    }
};

// Each download has a box of its own.
const addBox = (...parts) => {
    const boxes = document.querySelector('.transfers')
        ?? document.body.appendChild(make('section', { className: 'transfers', ariaLabel: 'Downloads' }));

    for (const ended of boxes.querySelectorAll('.ended')) {
        ended.remove();
    }
    return boxes.appendChild(make('div', { className: 'transfer' }, ...parts));
};

const check = (isWhole) => {
    if (!isWhole) {
        throw new Error('it is not whole');
    }
};

const withProof = (href) => `${href}${href.includes('?') ? '&' : '?'}trailer=1`;

// Below what is said, for who looks. The file itself is at hand: asked for once more it might have other rows.
const proofOf = (href, file, name, { sha256 }) => make('p', { className: 'sum' }, 'SHA-256, as the server says: ',
    make('code', { textContent: sha256 }), ' ',
    make('a', {
        href: withProof(href),
        textContent: 'Save it with its own proof',
        title: 'Rows and SHA-256 as the last line',
        onclick: (event) => {
            event.preventDefault();
            saveFile(file, name.replace(/\.\w+$/, '-proof$&'));
        },
    }));

// Comes back with what is to be said at the end, and what is to stand below it.
const fetchRows = async (href, signal, bar, tell) => {
    const answer = await fetch(withProof(href), { signal });
    const announced = Number(answer.headers.get('daybook-rows') ?? NaN);

    if (!answer.ok) {
        return [await problem(answer)];
    }
    if (announced > KEPT_ROWS_MAX) {
        await answer.body.cancel();
        save(href, '');
        return [`${rowsOf(announced)}: your browser downloads them, and the name of the file says how many there are.`];
    }
    bar.hidden = !announced;
    bar.max = announced || 1;

    const { file, rows } = await receive(answer, (count) => {
        bar.value = count;
        tell(announced ? `${grouped(Math.min(count, announced))} of ${rowsOf(announced)}` : rowsOf(count));
    });
    const closing = await findClosing(answer, file);

    check(closing?.rows === rows - 1 && (Number.isNaN(announced) || closing.rows === announced));

    // Where nobody knew the number before, it goes into the name, as with others.
    const name = Number.isNaN(announced) ? fileName(answer).replace(/(-raw)?\.\w+$/, `-${closing.rows}-rows$&`) : fileName(answer);

    saveFile(file.slice(0, -closing.bytes, file.type), name);
    return [`${rowsOf(closing.rows)} downloaded.`, proofOf(href, file, name, closing)];
};

export const start = async (link) => {
    const { href } = link;

    if (underWay.has(href)) {
        return;
    }
    begin(href);

    const stop = new AbortController();
    const words = make('p', { textContent: 'Asking for the rows…' });
    const bar = make('progress', { hidden: true });
    const button = make('button', { type: 'button', className: 'small', textContent: 'Cancel', onclick: () => stop.abort() });
    let told = -Infinity;

    words.setAttribute('role', 'status');
    bar.setAttribute('aria-label', 'Rows downloaded');
    await styled;

    const box = addBox(words, bar, button);

    try {
        const [said, ...below] = await fetchRows(href, stop.signal, bar, (text) => {
            if (performance.now() - told > 200) {
                told = performance.now();
                words.textContent = text;
            }
        });

        words.textContent = said;
        box.append(...below);
    } catch (error) {
        if (error.name === 'AbortError') {
            words.textContent = 'The download was cancelled; nothing was saved.';
        } else {
            words.replaceChildren('The download broke off; nothing was saved. ',
                make('a', { href, textContent: 'Let the browser try' }));
        }
    }
    finish(href);
    bar.remove();
    box.classList.add('ended');
    button.textContent = 'Close';
    button.onclick = () => {
        box.remove();
        link.focus({ preventScroll: true });
    };
};
