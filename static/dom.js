// SPDX-License-Identifier: MIT
//
// What the scripts that are loaded when they are needed share.

// An element with these properties and children. Strings become text, never markup.
export const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);

    element.append(...children);
    return element;
};

const style = new URL('./pages.css', import.meta.url).href;

// Resolved when the rules are there that the first view of a list does without; without them it is plain, but works.
export const styled = new Promise((resolve) => {
    const link = make('link', { rel: 'stylesheet', href: style, onload: resolve, onerror: resolve });

    if ([...document.styleSheets].some(({ href }) => href === style)) {
        resolve();
    } else {
        document.head.append(link);
    }
});

// The switch of the single keys, and the browser that remembers it, if it may: app.js has asked it.
const { classList } = document.documentElement;

export const areKeysOff = () => classList.contains('keyless');
export const turnKeys = (areOn) => {
    classList.toggle('keyless', !areOn);
    try {
        localStorage.setItem('keys', areOn ? 'on' : 'off');
    } catch {
        // Then for this page alone.
    }
};

// A page that says what is wrong is none.
export const fetchPage = async (url) => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(30_000) });

    if (!answer.ok) {
        throw new Error(`${answer.status}: ${url}`);
    }
    return new DOMParser().parseFromString(await answer.text(), 'text/html');
};
