// SPDX-License-Identifier: MIT

// An element with these properties and children. Strings become text, never markup.
export const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);

    element.append(...children);
    return element;
};
