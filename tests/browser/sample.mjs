// SPDX-License-Identifier: MIT
//
// A small log whose every row is known, and the plain answer to what a filter must show of it.
const types = ['pipeline', 'project', 'build', 'team', ''];
const actions = ['createPipeline', 'updatePipeline', 'deleteProject', 'approve', 'login', 'signIn'];
const users = ['ann', 'Bob', 'carol@example.com', 'Dörte Müller', ''];
const statuses = [200, 201, 204, 302, 400, 403, 404, 500, 0];
const sources = ['ui', 'cli', 'integration', ''];
const newest = Date.UTC(2024, 2, 31, 12);
const stepMs = 37 * 60 * 1000 + 123;

const without = (object) => Object.fromEntries(
  Object.entries(object).filter(([, value]) => value !== '' && value !== 0),
);

const event = (index, kind) => without({
  kind,
  occurred_at: newest - index * stepMs,
  entity_type: types[index % types.length],
  entity_id: index % 7 === 0 ? '' : `id-${String(index).padStart(4, '0')}`,
  entity_name: index % 4 === 0 ? '' : `team ${index % 13}/service ${index}`,
  action: actions[index % actions.length],
  status: statuses[index % statuses.length],
  user: users[index % users.length],
  source: sources[index % sources.length],
  request: {
    method: 'POST',
    url: `/api/things/${index}?n=${index}`,
    params: { id: String(index) },
    query: { n: String(index) },
    headers: { 'content-type': 'application/json', 'x-number': String(index) },
    body: `{"number":${index},"again":1,"again":1.50,"quoted":"\\u00e9 <b>"}`,
  },
});

// Newest first, each at a time of its own.
export const sampleEvents = (count, kind = 'event') => (
  Array.from({ length: count }, (_, index) => event(index, kind))
);

const pad = (value) => String(value).padStart(2, '0');

// As the list shows it, in UTC.
export const shownTime = (ms) => {
  const time = new Date(ms);
  return `${time.getUTCFullYear()}-${pad(time.getUTCMonth() + 1)}-${pad(time.getUTCDate())} `
    + `${pad(time.getUTCHours())}:${pad(time.getUTCMinutes())}:${pad(time.getUTCSeconds())}`;
};

// The cells of its row in the list.
export const shownRow = (sample) => [
  sample.entity_id ?? '---',
  sample.entity_name ?? '---',
  sample.entity_type ?? '---',
  sample.action,
  String(sample.status ?? '---'),
  sample.user ?? '---',
  shownTime(sample.occurred_at),
  '',
];
