// SPDX-License-Identifier: MIT
//
// Copying from the details of a call. Loaded when something is first copied.

// A button with a value copies that, one without the text beside it.
export const copy = async (button) => {
    await navigator.clipboard.writeText(button.value || button.parentNode.querySelector('pre').textContent);
    button.textContent = 'Copied';
};

// What a link leads to; where that cannot be had, the link is followed.
export const copyTarget = async (link) => {
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
