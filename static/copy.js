// SPDX-License-Identifier: MIT
//
// Copying from the details of a call and the menu of a cell. Loaded when something is first copied.

const SAID_MS = 2000;

const said = new WeakMap(); // of each button: its label, and the timer that brings it back

// In the place of its label, for a while; then it can be read again what the button copies.
const say = (button, text) => {
    const { label, timer } = said.get(button) ?? { label: [...button.childNodes] };

    clearTimeout(timer);
    button.textContent = text;
    said.set(button, { label, timer: setTimeout(() => button.replaceChildren(...label), SAID_MS) });
};

export const copyText = async (button, text) => {
    try {
        await navigator.clipboard.writeText(text);
        say(button, 'Copied');
    } catch {
        say(button, 'Not allowed here');
    }
};

// A button with a value copies that, one without the text beside it.
export const copy = (button) => copyText(button, button.value || button.parentNode.querySelector('pre').textContent);

// What a link leads to; where that cannot be had, the link is followed. The clipboard is asked before the answer is there: some browsers
// let a page write to it right after a press alone.
export const copyTarget = async (link) => {
    const text = fetch(link.href, { signal: AbortSignal.timeout(30_000) })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.status))));

    try {
        await (window.ClipboardItem
            ? navigator.clipboard.write([new ClipboardItem({ 'text/plain': text.then((all) => new Blob([all], { type: 'text/plain' })) })])
            : navigator.clipboard.writeText(await text));
        say(link, 'Copied');
    } catch {
        location.assign(link.href);
    }
};
