// SPDX-License-Identifier: MIT
//
// The Nu checker (validator.w3.org/nu), one Java process for everything it is given.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';

const jar = path.join(
  path.dirname(createRequire(import.meta.url).resolve('vnu-jar/package.json')),
  'build/dist/vnu.jar',
);

// What it says that is no fault, and why.
const accepted = [];

const say = ({ url, lastLine, message, extract }) => (
  `${path.basename(url)}:${lastLine ?? 0}: ${message}\n  ${(extract ?? '').trim().slice(0, 200)}`
);

// Fails with what the checker says of these files, warnings too.
export const expectNuValid = async (files) => {
  const done = await promisify(execFile)('java', [
    '-Xss4m', '-jar', jar, '--format', 'json', '--stdout', '--exit-zero-always', '--also-check-css', '--also-check-svg',
    ...files,
  ], { maxBuffer: 1 << 28 });
  const { messages } = JSON.parse(done.stdout);
  const found = messages.filter(({ message }) => !accepted.some((known) => known.test(message)));

  assert.equal(found.length, 0, found.slice(0, 20).map(say).join('\n'));
};
