// SPDX-License-Identifier: MIT
// The list page as Node programs are commonly written: Express, mysql2 and EJS, in as many processes as
// there are cores. The header X-Query is `plain`, what everyone writes, or `own`, what Daybook asks for
// its first page.
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import express from 'express';
import mysql from 'mysql2/promise';

const names = ` LEFT JOIN entity_type t ON t.id = e.entity_type_id
  LEFT JOIN action a ON a.id = e.action_id LEFT JOIN user u ON u.id = e.user_id
  LEFT JOIN entity n ON n.id = e.entity_id`;
const columns = `LOWER(HEX(e.id)) AS id, e.id >> 22 AS ms, e.status, CONVERT(t.name USING utf8mb4) AS type,
  CONVERT(a.name USING utf8mb4) AS action, CONVERT(u.name USING utf8mb4) AS user,
  CONVERT(n.external_id USING utf8mb4) AS entity_id, CONVERT(n.name USING utf8mb4) AS entity_name`;
const queries = {
  plain: {
    total: 'SELECT COUNT(*) AS total FROM event e WHERE e.account_id = ? AND e.kind = 1',
    rows: `SELECT ${columns} FROM event e${names} WHERE e.account_id = ? AND e.kind = 1
      ORDER BY e.id DESC LIMIT ? OFFSET ?`,
  },
  own: {
    total: `SELECT COALESCE(SUM(s.events), 0) + (SELECT COUNT(*) FROM event_recent r
      WHERE r.account_id = s.account_id AND r.kind = 1) AS total FROM segment s
      WHERE s.account_id = ? AND s.kind = 1`,
    rows: `SELECT STRAIGHT_JOIN ${columns} FROM (SELECT * FROM event FORCE INDEX (PRIMARY)
      WHERE account_id = ? AND kind = 1 ORDER BY id DESC LIMIT ? OFFSET ?) e${names}
      ORDER BY e.id DESC`,
  },
};
const member = `SELECT a.id, CONVERT(a.slug USING utf8mb4) AS slug, m.role FROM member m
  JOIN account a ON a.id = m.account_id WHERE m.person = ? AND a.slug = ?`;

const pager = (page, last) => {
  const numbers = [1, page - 2, page - 1, page, page + 1, page + 2, last]
    .filter((number) => number >= 1 && number <= last);
  const items = [];
  let before = 0;
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    if (number > before + 1) items.push(0);
    items.push(number);
    before = number;
  }
  return items;
};

const serve = () => {
  const pool = mysql.createPool({
    socketPath: process.env.DATABASE_SOCKET,
    user: 'reader',
    password: readFileSync(process.env.PASSWORD_FILE, 'utf8').trim(),
    database: 'daybook',
    charset: 'utf8mb4',
    connectionLimit: 4,
  });
  const app = express();
  app.set('view engine', 'ejs');
  app.set('views', new URL('views', import.meta.url).pathname);
  app.set('etag', false);
  app.enable('view cache');
  app.get('/:account/events', async (request, response, next) => {
    try {
      const person = request.get('X-Remote-User');
      const query = queries[request.get('X-Query')];
      const show = Number(request.query.show ?? 50);
      const page = Number(request.query.page ?? 1);
      const [[account]] = await pool.execute(member, [person, request.params.account]);
      if (!account) {
        response.sendStatus(404);
        return;
      }
      const [[counted]] = await pool.execute(query.total, [account.id]);
      const total = Number(counted.total);
      const [rows] = await pool.execute(query.rows, [account.id, String(show), String((page - 1) * show)]);
      for (const row of rows) {
        row.iso = new Date(Number(row.ms)).toISOString();
        row.time = `${row.iso.slice(0, 10)} ${row.iso.slice(11, 19)}`;
      }
      const last = Math.max(1, Math.ceil(total / show));
      response.set('Cache-Control', 'no-store');
      response.render('list', {
        account, person, show, page, total, rows, last, items: pager(page, last),
        newest: rows[0]?.id ?? '',
        icons: '/static/icons.1378e03b.svg',
        menus: [['entity', 'Entity'], ['action', 'Action'], ['user', 'User'], ['status', 'Status'],
          ['source', 'Source'], ['method', 'Method']],
        texts: [
          ['entity_id', 'Entity ID', 'The whole ID, or its beginning with * at the end.'],
          ['entity_name', 'Entity name', 'Any part of the name; A and a are the same.'],
          ['q', 'Contains',
            'Any part of URL, headers, body, answer, ids …; at least 3 characters.'],
        ],
        sizes: [10, 25, 50, 100, 200],
      });
    } catch (error) {
      next(error);
    }
  });
  app.listen(process.env.LISTEN);
};

if (cluster.isPrimary) {
  for (let i = 0; i < (availableParallelism?.() ?? 2); i += 1) cluster.fork();
  cluster.on('exit', () => process.exit(1));
} else {
  serve();
}
