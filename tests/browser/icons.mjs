// SPDX-License-Identifier: MIT
//
// Which icon a style sheet has painted.
import fs from 'node:fs';

const sprite = fs.readFileSync(new URL('../../static/icons.svg', import.meta.url), 'utf8');
const names = [...sprite.matchAll(/<g id="(\w+)"/g)].map(([, name]) => name);

// The name in the sprite of the one before the text of an element; 'none' where there is none.
export const iconOf = async (locator) => {
  const { image, position, size } = await locator.evaluate((node) => {
    const { maskImage, maskPosition, width } = getComputedStyle(node, '::before');
    return { image: maskImage, position: maskPosition, size: Number.parseFloat(width) };
  });
  if (!/\/icons\.[0-9a-f]{8}\.svg#all"\)$/.test(image) || !(size > 0)) {
    return 'none';
  }
  const part = Number.parseFloat(position.split(' ')[1]) / 100;
  return names[Math.round(part * (names.length - 1))];
};
