# SPDX-License-Identifier: MIT
"""The operator's view: the lists of several accounts as one, against the plain SQL oracle of each of them.

DAYBOOK_SEED chooses other random events and queries, DAYBOOK_COMBINATIONS how many queries.
"""
import html
import os
import re
import secrets
import sys
import unittest

import daybook
import menu
import segment_case
from daybook import PERSON, Account, Page, TestCase, database, get, login, run, run_well
from list_oracle import SEARCHED, Log, encoded, folded
from running_copy import make_person
from test_list import COUNT

SEED = int(os.environ.get("DAYBOOK_SEED") or 20260131)
COMBINATIONS = int(os.environ.get("DAYBOOK_COMBINATIONS") or 300) // 2
EVENTS = (400, 900, 60, 0)
LINK = re.compile(r'href="/(t-[0-9a-f]{12})/(events|triggers)/([0-9a-f]{16})[?"]')


def operator():
    """Somebody who is an operator, and a member of nothing; the headers of their login."""
    name = "operator-" + secrets.token_hex(4)
    headers = make_person(name)
    run_well("operator", "add", name)
    return name, headers


class Merged(TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}, {EVENTS} events, {COMBINATIONS} combinations", file=sys.stderr)
        cls.name, cls.headers = operator()
        cls.logs = [Log(SEED + number, count) for number, count in enumerate(EVENTS)]
        cls.logs[0].account.record([  # the same ids in another account: made of time and key
            {"action": "twice", "occurred_at": 1738324800000 + number, "idempotency_key": f"twice {number}"}
            for number in range(20)])
        cls.logs[1].account.record([
            {"action": "twice", "occurred_at": 1738324800000 + number, "idempotency_key": f"twice {number}"}
            for number in range(20)])
        for log in cls.logs[:2]:
            log.texts |= {(event["kind"], event["id"]): {name: folded(event[name] or b"") for name in
                                                         ("entity_name", *SEARCHED)}
                          for event in log.account.stored() if event["action"] == b"twice"}
        cls.slugs = {log.account.number: log.account.slug for log in cls.logs}

    @classmethod
    def tearDownClass(cls):
        run_well("operator", "remove", cls.name)

    def setUp(self):
        self.random = self.logs[0].random

    def open(self, target):
        return get(f"/-/{target}", self.headers)

    def answer(self, kind, parameters, numbers):
        """(account, kind, id) in the order of the merged list."""
        plain = [pair for pair in parameters if pair[0] not in ("show", "page")]
        found = [(log.account.number, *pair) for log in self.logs if log.account.number in numbers and log.ids
                 for pair in log.answer(kind, plain)[0]]
        up = (b"time" in [value for name, value in parameters if name == "sort"])
        return sorted(found, key=lambda row: (row[2] if up else -row[2], row[1], row[0]))

    def accounts(self):
        """Parameters that choose some of these accounts, and which."""
        numbers = list(self.slugs)
        chosen = self.random.sample(numbers, self.random.randint(1, len(numbers)))
        without = self.random.sample(chosen, self.random.choice((0, 0, 1)))
        parameters = [("account", self.slugs[number].encode()) for number in chosen]
        parameters += [("not_account", self.slugs[number].encode()) for number in without]
        return parameters, [number for number in chosen if number not in without]

    def rows(self, text):
        return list(dict.fromkeys((slug, identifier) for slug, _, identifier in LINK.findall(text)))

    def named(self, found):
        return [(self.slugs[number], f"{identifier:016x}") for number, _, identifier in found]

    def check_page(self, tab, parameters, found, page, size):
        answer = self.open(f"{tab}?{encoded(parameters + [('page', str(page).encode())], self.random)}")
        if page > max(1, -(-len(found) // size)):
            self.assertEqual(404, answer.status)
            return
        self.assertEqual(200, answer.status, answer)
        wanted = found[(page - 1) * size:page * size]
        self.assertEqual(self.named(wanted), self.rows(answer.text))
        if found:
            self.assertEqual(f"{len(found):,}", COUNT.search(Page(answer.text).text)[3])

    def check_file(self, tab, parameters, found):
        query = encoded([pair for pair in parameters if pair[0] != "show"], self.random)
        answer = self.open(f"{tab}.csv?{query}")
        self.assertEqual(200, answer.status, answer)
        searched = any(name == "q" and value for name, value in parameters)
        self.assertEqual(None if searched else str(len(found)), answer.headers["Daybook-Rows"])
        rows = [(row["account"], row["id"]) for row in daybook.csv_dicts(answer.text) if row["id"] != "#end"]
        self.assertEqual(self.named(found), rows)

    def test_a_log_without_an_index(self):
        with segment_case.lock():
            for table in ("log", "segment", "event_recent", "entity_block", "entity_recent"):
                database().run(f"DELETE FROM {table} WHERE account_id = {self.logs[1].account.number}")
            self.compare(COMBINATIONS // 4)

    def test_pages_and_files(self):
        self.compare(COMBINATIONS)

    def compare(self, combinations):
        for number in range(combinations):
            kind = self.random.choice(("event", "event", "trigger"))
            accounts, numbers = self.accounts()
            parameters = [pair for pair in self.logs[0].query() if pair[0] != "page"] + accounts
            found = self.answer(kind, parameters, numbers)
            size = int(dict(parameters).get("show") or 10)
            last = max(1, -(-len(found) // size))
            with self.subTest(number=number, kind=kind, query=encoded(parameters)):
                for page in {1, last, self.random.randint(1, last), last + 1}:
                    self.check_page(f"{kind}s", parameters, found, page, size)
                self.check_file(f"{kind}s", parameters, found)

    def test_both_kinds_in_one_file(self):
        for _ in range(COMBINATIONS // 8):
            accounts, numbers = self.accounts()
            parameters = self.logs[0].query(rich=False) + accounts
            with self.subTest(query=encoded(parameters)):
                self.check_file("all", parameters, self.answer(None, parameters, numbers))

    def test_everything(self):
        """Without a filter, all accounts of the installation."""
        answer = self.open("events?show=200&audit=1&asof=ffffffffffffffff")
        rows = database().rows("SELECT a.slug, LOWER(LPAD(HEX(e.id), 16, '0')) FROM event e JOIN account a "
                               "ON a.id = e.account_id WHERE e.kind = 1 ORDER BY e.id DESC, a.id LIMIT 200")
        shown = re.findall(r'<td class="open"><a href="/([^/]+)/events/([0-9a-f]{16})', answer.text)
        self.assertEqual([tuple(row) for row in rows], shown)

    def test_the_way_there_and_back(self):
        accounts = [("account", self.slugs[log.account.number].encode()) for log in self.logs]
        answer = self.open(f"events?{encoded(accounts)}&user=---&sort=time&show=25")
        link = html.unescape(re.search(r'<td class="open"><a href="([^"]*)"', answer.text)[1])
        details = get(link, self.headers)
        self.assertEqual(200, details.status)
        back = [html.unescape(each) for each in Page(details.text).links if "/-/events?" in each]
        self.assertTrue(back, Page(details.text).links)
        self.assertEqual(answer.text, get(back[0], self.headers).text)

    def test_menus(self):
        numbers = [log.account.number for log in self.logs[:2]]
        accounts = [("account", self.slugs[number].encode()) for number in numbers]
        every = [("account", slug.encode()) for slug in self.slugs.values()]
        for dimension, of_log in (("action", None), ("user", None), ("status", None), ("account", every)):
            parameters = of_log or accounts
            page = self.open(f"events?{encoded(parameters)}&menu={dimension}")
            values = {value: count for value, count in menu.ticks(page.text)[dimension] if count is not None}
            if dimension == "account":
                counted = {self.slugs[number]: len(self.answer("event", [], [number])) for number in self.slugs}
                for slug, count in counted.items():
                    self.assertEqual(count or None, values.get(slug) or None)
                continue
            self.assertTrue(values)
            for value, count in list(values.items())[:5]:
                if value in ("ok", "failed") or value.endswith("xx"):
                    continue
                self.assertEqual(len(self.answer("event", [(dimension, value.encode())], numbers)), count, value)

    def test_attempts_and_links(self):
        account = Account()
        deliveries = [{"action": "receiveWebhook", "kind": "trigger", "occurred_at": 1738324800000 + number,
                       "trigger": {"provider": "github", "event": "push", "delivery_id": "d1"}}
                      for number in range(3)]
        account.record(deliveries)
        text = Page(self.open(f"triggers?account={account.slug}").text).text
        for words in ("attempt 1 of 3", "attempt 2 of 3", "attempt 3 of 3"):
            self.assertIn(words, text)

    def test_how_many_are_newer(self):
        one, other = Account(), Account()
        both = f"account={one.slug}&account={other.slug}"
        ids = sorted(identifier for number, account in enumerate((one, other)) for identifier in account.record(
            [{"action": "ab"[i % 2], "occurred_at": 1738324800000 + 2 * i + number} for i in range(10)]))
        for query, count in ((f"asof={ids[11]}", 8), (f"asof={ids[11]}&action=a", 4), (f"asof={ids[18]}", 1)):
            self.assertIn(f">{count} newer</a>", self.open(f"events?{both}&{query}").text)
        self.assertIn(">4 newer</a>", self.open(f"events?account={one.slug}&asof={ids[11]}").text)
        for query in ("", f"&asof={ids[19]}"):
            self.assertNotIn(" newer</a>", self.open(f"events?{both}{query}").text)

    def test_a_plan_bounds_its_account_alone(self):
        one, other = Account(), Account()
        for account in (one, other):
            account.record([{"action": "long ago", "occurred_at": 1738324800000}, {"action": "now"}])
        name = "p" + secrets.token_hex(6)
        run_well("plan", "add", name, "30")
        run_well("account", "set-plan", one.slug, name)
        page = self.open(f"events?account={one.slug}&account={other.slug}")
        self.assertEqual("3", COUNT.search(Page(page.text).text)[3])
        self.assertEqual(2, sum(slug == other.slug for slug, _ in self.rows(page.text)))


class Rights(TestCase):
    def test_an_operator_reads_every_account(self):
        name, headers = operator()
        account = Account(member=False)
        (identifier,) = account.record([{"action": "x"}])
        for target in (f"/{account.slug}/events", f"/{account.slug}/events/{identifier}", f"/{account.slug}/events.csv",
                       f"/{account.slug}/-/health", "/-/events", "/-/triggers", "/-/all.ndjson?account=demo"):
            self.assertEqual(200, get(target, headers).status, target)
        self.assertEqual(403, get(f"/{account.slug}/-/find-secret", headers).status)
        self.assertEqual("/-/events", get("/", headers).headers["Location"])
        run_well("operator", "remove", name)
        for target in (f"/{account.slug}/events", f"/{account.slug}/events/{identifier}", "/-/events", "/-/all.csv"):
            self.assertEqual(404, get(target, headers).status, target)

    def test_nobody_else_does(self):
        for target in ("/-/events", "/-/triggers", "/-/events.csv", "/-/triggers.ndjson", "/-/all.csv",
                       "/-/events?account=demo", "/-/events/0000000000000001"):
            self.assertEqual(404, get(target).status, target)
            self.assertEqual(401, get(target, {}).status, target)

    def test_chooser_and_switch(self):
        name = "chooser-" + secrets.token_hex(4)
        headers = make_person(name)
        one, other = Account(member=False), Account(member=False)
        run_well("member", "add", one.slug, name, "auditor")
        self.assertEqual(f"/{one.slug}/events", get("/", headers).headers["Location"])
        self.assertNotIn("Open another log", get(f"/{one.slug}/events", headers).text)
        run_well("member", "add", other.slug, name, "admin")
        for target in ("events", "triggers", "-/health"):
            self.assertIn("Open another log", get(f"/{one.slug}/{target}", headers).text)
        self.assertEqual({f"/{one.slug}/events", f"/{other.slug}/events"},
                         {link for link in Page(get("/", headers).text).links if link.startswith("/t-")})
        run_well("operator", "add", name)
        self.assertIn("/-/events", Page(get("/", headers).text).links)
        run_well("operator", "remove", name)

    def test_parameters(self):
        _, headers = operator()
        for target, words in (("/-/events?account=" + "x" * 64, "account"), ("/-/events?x=1", "Unknown parameter"),
                              ("/-/events?menu=provider", "only triggers"), ("/-/events.csv?page=1", "page")):
            answer = get(target, headers)
            self.assertEqual((400, True), (answer.status, words in answer.text), answer)
        account = Account()
        for target in ("events?account=a", "events?not_account=a", "events.csv?account=a", "events?menu=account",
                       "events?list=all"):
            self.assertEqual(400, account.open(target).status, target)
        self.assertIn("Nothing matches", get("/-/events?account=no-such", headers).text)

    def test_command(self):
        name = "o\n" + secrets.token_hex(4)
        run_well("operator", "add", name)
        self.assertIn(name.replace("\n", "\\n"), run_well("operator", "list"))
        self.assertEqual(1, run("operator", "add", name).returncode)
        run_well("operator", "remove", name)
        self.assertEqual(1, run("operator", "remove", name).returncode)
        for words in ((), ("add",), ("add", ""), ("add", "x" * 256), ("list", "x"), ("grant", "x")):
            self.assertEqual(64, run("operator", *words).returncode, words)


if __name__ == "__main__":
    unittest.main()
