# SPDX-License-Identifier: MIT
"""Lists of so many accounts, and of so many names, that both are read many at a time: segments, recent events and an account without
an index, compared with what was sent.
"""
import random
import re
import subprocess
import unittest
from urllib.parse import quote

import daybook
import menu
import segment_case
from daybook import BUILD, VAR, Account, Page, TestCase, database, get, run_well
from running_copy import kill_connections
from test_list import COUNT
from test_operator import operator

SEED = 20261127
ACCOUNTS = 12
NAMES = [f"name {number}" for number in range(200)] + ["two\r\nlines", "two\nlines"]
START_MS = 1738324800000


class Many(segment_case.Own):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(SEED)
        cls.name, cls.headers = operator()
        cls.accounts = [Account() for _ in range(ACCOUNTS)]
        cls.events = []  # (account, event)
        cls.record_each()
        done = segment_case.run("maintain")
        assert done.returncode == 0, done.stderr
        cls.record_each()
        for table in ("log", "segment", "event_recent", "entity_block", "entity_recent"):
            database().run(f"DELETE FROM {table} WHERE account_id = {cls.accounts[3].number}")

    @classmethod
    def tearDownClass(cls):
        run_well("operator", "remove", cls.name)
        super().tearDownClass()

    @classmethod
    def record_each(cls):
        for account in cls.accounts:
            batch = [{"action": cls.random.choice(NAMES), "user": cls.random.choice(NAMES), "status": cls.random.choice((200, 404)),
                      "entity_type": cls.random.choice(NAMES[:3]), "entity_name": cls.random.choice(NAMES),
                      "occurred_at": START_MS + cls.random.randrange(10 ** 9)}
                     for _ in range(cls.random.randint(1, 60))]
            for event, identifier in zip(batch, account.record(batch)):
                cls.events.append((account, {**event, "id": identifier}))

    def setUp(self):
        pass

    def open(self, query, accounts):
        chosen = "&".join(f"account={account.slug}" for account in accounts)
        return get(f"/-/events?{chosen}&{query}", self.headers)

    def compare(self, query, matches, accounts=None):
        accounts = accounts or self.accounts
        wanted = [event["id"] for account, event in self.events if account in accounts and matches(event)]
        page = self.open(f"show=200&{query}", accounts)
        self.assertEqual(200, page.status, query)
        count = COUNT.search(Page(page.text).text)
        self.assertEqual(f"{len(wanted):,}" if wanted else None, count and count[3], query)
        shown = re.findall(r'<td class="open"><a href="/[^/]+/events/([0-9a-f]{16})', page.text)
        self.assertEqual(sorted(wanted, reverse=True)[:200], shown, query)

    def test_names(self):
        def query(parameter, values):
            return "&".join(f"{parameter}={quote(value)}" for value in values)

        for _ in range(6):
            some = self.random.sample(NAMES[:200], self.random.choice((1, 63, 64, 65, 130, 190)))
            asked = [*some, "never heard of", some[0]]
            for parameter, field in (("action", "action"), ("user", "user"), ("entity", "entity_type")):
                self.compare(query(parameter, asked), lambda event: event[field] in some)
                self.compare(query("not_" + parameter, asked), lambda event: event[field] not in some)
        self.compare(query("action", ["two\r\nlines"]), lambda event: event["action"] in NAMES[200:])
        self.compare(query("user", ["two\nlines"]), lambda event: event["user"] == "two\nlines")
        self.compare(query("action", ["never heard of"]), lambda _: False)
        self.compare("user=---", lambda _: False)

    def test_other_conditions(self):
        self.compare("", lambda _: True)
        self.compare("status=failed", lambda event: event["status"] == 404)
        self.compare("entity_name=name+19", lambda event: "name 19" in event["entity_name"])
        self.compare("entity_name=name+19&not_action=name%201", lambda event: "name 19" in event["entity_name"]
                     and event["action"] != "name 1")

    def test_few_accounts(self):
        """Then each is asked by itself."""
        for accounts in (self.accounts[:7], self.accounts[3:4], self.accounts[2:11]):
            self.compare("status=failed", lambda event: event["status"] == 404, accounts)

    def test_menu(self):
        values = dict(menu.ticks(self.open("menu=entity", self.accounts).text)["entity"])
        for name in NAMES[:3]:
            self.assertEqual(sum(event["entity_type"] == name for _, event in self.events), values[name])


class FewOfEach(segment_case.Own):
    """A page takes few rows of each account, and more of one that has most of the page; without an index the database says how many."""

    EACH, ACCOUNTS, SHOW = 250, 8, 200

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(SEED)
        cls.name, cls.headers = operator()
        cls.accounts = [Account() for _ in range(cls.ACCOUNTS)]
        cls.ids = []
        for number, account in enumerate(cls.accounts):  # those of the last one are the newest
            later = 10 ** 9 if number + 1 == cls.ACCOUNTS else 0
            cls.ids += account.record([{"action": "a", "occurred_at": START_MS + later + cls.random.randrange(10 ** 9)}
                                       for _ in range(cls.EACH)])

    @classmethod
    def tearDownClass(cls):
        run_well("operator", "remove", cls.name)
        super().tearDownClass()

    def setUp(self):
        pass

    def shown(self, query):
        chosen = "&".join(f"account={account.slug}" for account in self.accounts)
        page = get(f"/-/events?{chosen}&show={self.SHOW}&{query}", self.headers)
        return re.findall(r'<td class="open"><a href="/[^/]+/events/([0-9a-f]{16})', page.text)

    def check_pages(self):
        for order, ids in (("-time", sorted(self.ids, reverse=True)), ("time", sorted(self.ids))):
            for page in range(len(ids) // self.SHOW):
                self.assertEqual(ids[page * self.SHOW:(page + 1) * self.SHOW], self.shown(f"sort={order}&page={page + 1}"), page)

    def test_rows_and_pages(self):
        # What the server notes of each statement on a new connection from now on.
        for name, value in (("log_output", "'TABLE'"), ("long_query_time", "0"), ("slow_query_log", "1")):
            database().run(f"SET GLOBAL {name} = {value}")
        database().run("TRUNCATE TABLE mysql.slow_log")
        kill_connections("reader")
        try:
            self.assertEqual(sorted(self.ids)[:self.SHOW], self.shown("sort=time"))
        finally:
            database().run("SET GLOBAL slow_query_log = 0, long_query_time = DEFAULT")
        read = database().number("SELECT SUM(rows_sent) FROM mysql.slow_log "
                                 "WHERE user_host LIKE 'reader%' AND sql_text LIKE 'SELECT e.id, e.kind%'")
        self.assertGreaterEqual(read, self.SHOW)
        self.assertLess(read, 3 * self.SHOW)
        self.check_pages()
        done = segment_case.run("maintain")
        self.assertEqual(0, done.returncode, done.stderr)
        self.check_pages()


class Parts(segment_case.Own):
    """A download of many accounts takes the matches of a segment in parts; the files of texts of closed segments are asked for each."""

    FILL = 5000

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(SEED)
        cls.name, cls.headers = operator()
        cls.accounts = [Account() for _ in range(2)]
        cls.events = []  # (account, id, status, body)
        cls.record_each(7000)
        cls.maintain()
        cls.record_each(300)  # late ones, between those of the segments

    @classmethod
    def tearDownClass(cls):
        run_well("operator", "remove", cls.name)
        super().tearDownClass()

    @classmethod
    def maintain(cls):
        lines = [line for line in (VAR / "daybook.conf").read_text().splitlines() if not line.startswith("segment_events")]
        path = VAR / "tmp" / "parts.conf"
        path.write_text("\n".join([*lines, f"segment_events = {cls.FILL}", ""]))
        done = subprocess.run([BUILD / "bin/daybook", "--config", path, "maintain"], check=True, capture_output=True, timeout=300)
        assert re.search(rb" [1-9]\d* files of texts written", done.stdout), done.stdout

    @classmethod
    def record_each(cls, count):
        for account in cls.accounts:
            for start in range(0, count, 3000):
                batch = [{"action": "a", "status": cls.random.choice((200, 200, 404)),
                          "request": {"body": cls.random.choice(["plain"] * 99 + ["needle"])},
                          "occurred_at": START_MS + cls.random.randrange(10 ** 9)} for _ in range(min(count - start, 3000))]
                cls.events += [(account.slug, identifier, event["status"], event["request"]["body"])
                               for event, identifier in zip(batch, account.record(batch))]

    def setUp(self):
        pass

    def compare(self, query, matches):
        chosen = "&".join(f"account={account.slug}" for account in self.accounts)
        wanted = sorted((identifier, slug) for slug, identifier, *rest in self.events if matches(*rest))
        for sort in ("", "&sort=time"):
            text = get(f"/-/events.ndjson?{chosen}&{query}{sort}", self.headers).text
            found = [(row["id"], row["account"]) for row in daybook.ndjson(text) if "id" in row]
            self.assertEqual(len(wanted), len(found), query + sort)
            self.assertEqual(wanted if sort else wanted[::-1], found, query + sort)

    def test_parts(self):
        self.compare("", lambda status, body: True)
        self.compare("status=404", lambda status, body: status == 404)
        self.compare("status=ok", lambda status, body: status == 200)
        self.compare("q=needle", lambda status, body: body == "needle")
        self.compare("q=needle&status=ok", lambda status, body: body == "needle" and status == 200)
        self.compare("q=nowhere+to+be+found", lambda status, body: False)


class TooMany(TestCase):
    """A search in texts goes through 250 accounts at most."""

    PREFIX = "t-too-many-"

    @classmethod
    def setUpClass(cls):
        cls.name, cls.headers = operator()
        cls.addClassCleanup(run_well, "operator", "remove", cls.name)
        cls.addClassCleanup(database().run, f"DELETE FROM account WHERE slug LIKE '{cls.PREFIX}%'")
        rows = ", ".join(f"('{cls.PREFIX}{number}', 'x', 0)" for number in range(251))
        database().run(f"INSERT INTO account (slug, name, created_ms) VALUES {rows}")

    def test_what_was_typed_stays_where_it_was(self):
        answer = get("/-/events?q=a+%22needle%22&user=ann&sort=time", self.headers)
        text = Page(answer.text).text
        self.assertEqual(400, answer.status)
        self.assertIn("goes through at most 250 accounts", text)
        self.assertIn('name="q" value="a &quot;needle&quot;"', answer.text)
        self.assertIn('href="/-/events?user=ann&amp;sort=time">Show the log without what is wrong', answer.text)
        self.assertEqual(200, get("/-/events?user=ann", self.headers).status)
        chosen = "&".join(f"account={self.PREFIX}{number}" for number in range(250))
        self.assertEqual(200, get(f"/-/events?q=needle&{chosen}", self.headers).status)
        self.assertEqual(400, get("/-/triggers?q=needle", self.headers).status)

    def test_a_download(self):
        answer = get("/-/all.csv?q=needle", self.headers)
        self.assertEqual((400, True), (answer.status, "goes through at most 250 accounts" in answer.text))


if __name__ == "__main__":
    unittest.main()
