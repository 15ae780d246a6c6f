# SPDX-License-Identifier: MIT
"""The text of a search: the rows are those of the same filter in a URL, and of plain SQL; the box says it back; mistakes are shown.

What the text means is taken from daybook-urls(7). DAYBOOK_SEED chooses other random events and queries, DAYBOOK_SEARCHES how many.
"""
import html
import os
import re
import sys
import time
import unittest
from datetime import datetime, time as clock, timedelta
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

import daybook
from daybook import Account, Page, TestCase, get, run_well
from list_oracle import Log, encoded
from test_list import shown_ids
from test_operator import operator

SEED = int(os.environ.get("DAYBOOK_SEED") or 20260201)
SEARCHES = int(os.environ.get("DAYBOOK_SEARCHES") or 120)
EVENTS = 1500
BYTES_MAX = 2000
BOX = re.compile(r'<input [^>]*name="query" value="([^"]*)"([^>]*)>')
SENTENCE = re.compile(r'<div class="mistake" id="mistake">\s*<p>(.*?)</p>\s*<pre>(.*?)<mark>(.*?)<b> ← here</b></mark>(.*?)</pre>', re.S)
# What is no part of the text.
BESIDE = ("tz", "sort", "asof", "show", "page", "audit", "raw", "trailer")
SHORT = {"entity_id": "id", "entity_name": "name"}
PLACES = {b"client_address": ("address", "ip", "client_address"), b"request_id": ("request", "request_id"), b"trace_id": ("trace", "trace_id"),
          b"delivery_id": ("delivery", "delivery_id"), b"idempotency_key": ("key", "idempotency_key")}


def in_box(answer):
    return html.unescape(BOX.search(answer.text)[1])


class Writer:
    """Parameters as a text, in any of the ways that the manual allows."""

    def __init__(self, rng):
        self.random = rng

    def word(self, name):
        name = self.random.choice((name, SHORT.get(name, name)))
        if name.startswith("not_") and self.random.random() < 0.7:
            name = "-" + name.removeprefix("not_")
        return self.random.choice((name, name, name.upper()))

    def value(self, value, name=""):
        """As it is where that can be read back, else in quotes."""
        star = rb"\*?" if name.endswith("entity_id") else b""
        if re.fullmatch(rb"[A-Za-z0-9_/.@%'+=&<>\\-]+" + star, value) and value.lower() != b"none":
            return value.decode()
        escaped = "".join(
            f"\\{chr(byte)}" if byte in b'"\\' else chr(byte) if 32 <= byte < 127 and self.random.random() < 0.9
            else f"\\x{byte:02{self.random.choice('xX')}}" for byte in value)
        return f'"{escaped}"'

    def text(self, parameters):
        """The text for those of the filter, and the other parameters."""
        terms, beside = [], []
        given = [(name, value) for name, value in parameters if value]
        place = PLACES.get(dict(given).get("in"))
        for name, value in given:
            if name in BESIDE:
                beside.append((name, value))
            elif name == "in":
                continue
            elif name == "q" and place:
                terms.append(f"{self.word(self.random.choice(place))}:{self.value(value, 'entity_id')}")
            elif name == "q":
                written = self.value(value)
                terms.append(written if written[0] == '"' or b"\\" in value else f'"{written}"')
            else:
                terms.append(f"{self.word(name)}:{self.value(value, name)}")
        self.random.shuffle(terms)
        return self.random.choice((" ", "  ", "\t")).join(terms), beside


class AgainstOracle(TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}, {EVENTS} events, {SEARCHES} searches", file=sys.stderr)
        cls.log = Log(SEED, EVENTS)
        cls.account = cls.log.account
        cls.writer = Writer(cls.log.random)

    def search(self, tab, text, beside=()):
        """Where the search leads."""
        answer = self.account.open(f"{tab}?{encoded([('query', text.encode()), *beside])}")
        self.assertEqual(303, answer.status, answer)
        self.assertEqual(b"", answer.body)
        target = answer.headers["Location"]
        self.assertEqual(f"/{self.account.slug}/{tab}", urlsplit(target).path)
        return target

    def test_random(self):
        tried = 0
        for number in range(SEARCHES):
            kind = self.log.random.choice(("event", "trigger"))
            parameters = [pair for pair in self.log.query() if pair[0] != "page"]
            text, beside = self.writer.text(parameters)
            if not text or len(text) > BYTES_MAX:
                continue
            tried += 1
            found, wanted = self.log.answer(kind, parameters)
            with self.subTest(number=number, text=text, beside=beside):
                target = self.search(f"{kind}s", text, beside)
                self.check_page(f"{kind}s", target, wanted)
                self.check_file(kind, text, beside, found)
        self.assertGreater(tried, SEARCHES * 0.7)

    def check_page(self, tab, target, wanted):
        page = get(target)
        self.assertEqual(200, page.status, page)
        self.assertEqual([f"{identifier:016x}" for _, identifier in wanted],
                         shown_ids(Page(page.text), self.account.slug, tab))
        written = in_box(page)
        self.assertNotRegex(written, "[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u202a-\\u202e\\u2066-\\u2069\ufffd]")
        kept = [(name, value.encode()) for name, value in parse_qsl(urlsplit(target).query) if name in BESIDE]
        if len(written.encode()) <= BYTES_MAX:
            self.assertEqual(target, self.search(tab, written, kept), "what the box says means the same")

    def check_file(self, kind, text, beside, found):
        query = encoded([("query", text.encode()), *(pair for pair in beside if pair[0] != "show")])
        ids = [f"{identifier:016x}" for _, identifier in found]
        for answer in (self.account.open(f"{kind}s.csv?{query}"), self.account.read(f"{kind}s.csv?{query}")):
            self.assertEqual(200, answer.status, answer)
            self.assertEqual(ids, [row["id"] for row in daybook.csv_dicts(answer.text) if row["id"] != "#end"])


def example(number):
    return {"action": ("updatePipeline", "getPipeline", "runPipeline")[number % 3], "user": ("ann", "ci-bot", "none", None)[number % 4],
            "status": (200, 204, 399, 400, 404, 451, 499, 500, 599, None)[number % 10], "entity_type": "pipeline",
            "entity_name": f"demo/build-{number % 6}", "entity_id": f"5cc{number % 9}", "source": ("ui", "cli")[number % 2],
            "occurred_at": 1767225600000 - 43200000 + number * 7200000,  # from 2025-12-31T12:00, every two hours
            "client_address": ("203.0.113.7", "203.0.113.77", "2001:db8::7", None)[number % 4],
            "request": {"body": ("free text", "refs/heads/main")[number % 2], "method": ("GET", "PUT", "PATCH")[number % 3]}, "idempotency_key": str(number)}


# A text, the same in a URL, and in SQL.
TIME = "(e.id >> 22)"
EXAMPLES = [
    ("action:updatePipeline -user:ci-bot status:>=400 created:2026-01-01..2026-01-31 \"free text\"",
     "action=updatePipeline&not_user=ci-bot&status=failed&q=free%20text&from=2026-01-01&to=2026-01-31",
     f"a.name = 'updatePipeline' AND NOT (u.name <=> 'ci-bot') AND e.status >= 400 AND {TIME} >= 1767225600000 "
     f"AND {TIME} < 1769904000000 AND r.body LIKE '%free text%'"),
    ("user:none", "user=---", "u.name IS NULL"),
    ("user:\"none\"", "user=none", "u.name = 'none'"),
    ("user:none,ann user:\"none\"", "user=---&user=ann&user=none", "u.name IS NULL OR u.name IN ('ann', 'none')"),
    ("id:5cc1*", "entity_id=5cc1%2A", "n.external_id = '5cc1'"),
    ("-id:5cc1*,5cc2 -id:5cc3", "not_entity_id=5cc1%2A&not_entity_id=5cc2&not_entity_id=5cc3",
     "n.external_id NOT IN ('5cc1', '5cc2', '5cc3')"),
    ("-name:BUILD-3,build-4 id:5cc1", "entity_id=5cc1&not_entity_name=BUILD-3&not_entity_name=build-4",
     "n.external_id = '5cc1' AND n.name NOT IN ('demo/build-3', 'demo/build-4')"),
    ("name:BUILD-3 source:cli", "entity_name=BUILD-3&source=cli", "n.name = 'demo/build-3' AND e.source = 2"),
    ("status:>399", "status=failed", "e.status >= 400"),
    ("status:<500", "status=100-499", "e.status BETWEEN 1 AND 499"),
    ("status:400..451", "status=400-451", "e.status BETWEEN 400 AND 451"),
    ("-status:404..500", "not_status=404-500", "NOT e.status BETWEEN 404 AND 500"),
    ("status:>=400 status:<500", "status=4xx", "e.status BETWEEN 400 AND 499"),
    ("-status:<=204,>451", "not_status=100-204&not_status=452-599", "NOT e.status BETWEEN 1 AND 204 AND e.status < 452"),
    ("status:4xx,none", "status=4xx&status=---", "e.status DIV 100 = 4 OR e.status = 0"),
    ("created:2026-01-02", "from=2026-01-02&to=2026-01-02", f"{TIME} >= 1767312000000 AND {TIME} < 1767398400000"),
    ("created:>=2026-01-02 created:<2026-01-03", "from=2026-01-02&to=2026-01-03T00%3A00",
     f"{TIME} >= 1767312000000 AND {TIME} < 1767398400000"),
    ("created:2026-01-02T12:00..", "from=2026-01-02T12%3A00", f"{TIME} >= 1767355200000"),
    ("created:\"2026-01-02 12:00\"", "from=2026-01-02T12%3A00&to=2026-01-02T12%3A01",
     f"{TIME} >= 1767355200000 AND {TIME} < 1767355260000"),
    ("created:\"2026-01-02 12:00\"..\"2026-01-02 14:30\"", "from=2026-01-02%2012%3A00&to=2026-01-02%2014%3A30",
     f"{TIME} >= 1767355200000 AND {TIME} < 1767364200000"),
    ("created:..-1h", "to=-1h", "TRUE"),
    ("created:-24h", "from=-24h", "FALSE"),
    ("-method:get,Patch", "not_method=GET&not_method=PATCH", "r.method = 'PUT'"),
    ("ip:203.0.113.7 method:PUT", "method=PUT&q=203.0.113.7&in=client_address", "r.client_address = '203.0.113.7' AND r.method = 'PUT'"),
    ("address:203.0.113.*", "q=203.0.113.%2A&in=client_address", "r.client_address LIKE '203.0.113.%'"),
    ("address:2001:DB8::7", "q=2001%3ADB8%3A%3A7&in=client_address", "r.client_address = '2001:db8::7'"),
    ("key:377", "q=377&in=idempotency_key", "r.idempotency_key = '377'"),
    ("refs/heads", "q=refs%2Fheads", "r.body LIKE '%refs/heads%'"),
]


class Examples(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        cls.account.record([example(number) for number in range(400)])
        cls.events = f"/{cls.account.slug}/events"

    def ids(self, condition):
        rows = daybook.database().rows(
            "SELECT e.id FROM event e JOIN event_request r USING (account_id, kind, id) LEFT JOIN action a ON a.id = e.action_id "
            "LEFT JOIN user u ON u.id = e.user_id LEFT JOIN entity n ON n.id = e.entity_id "
            f"WHERE e.account_id = {self.account.number} AND ({condition}) ORDER BY e.id DESC")
        return [f"{int(identifier):016x}" for (identifier,) in rows]

    def test_examples(self):
        for text, query, condition in EXAMPLES:
            with self.subTest(text):
                wanted = self.ids(condition)
                answer = self.account.open("events?" + urlencode({"query": text, "show": "200"}))
                self.assertEqual(303, answer.status, answer)
                self.assertEqual(sorted(f"{query}&show=200".split("&")), sorted(urlsplit(answer.headers["Location"]).query.split("&")))
                for target in (answer.headers["Location"], f"{self.events}?{query}&show=200"):
                    self.assertEqual(wanted[:200], shown_ids(Page(get(target).text), self.account.slug, "events"))
                for file in (f"events.csv?{urlencode({'query': text})}", f"events.csv?{query}"):
                    found = [row["id"] for row in daybook.csv_dicts(self.account.open(file).text) if row["id"] != "#end"]
                    self.assertEqual(wanted, found, file)
        self.assertGreater(len(self.ids(EXAMPLES[0][2])), 2, "the example finds something")

    def test_those_of_the_page(self):
        page = self.account.open("events?tz=Asia/Tokyo&show=25&sort=time&audit=1&page=2")
        links = [link for link in Page(page.text).links if "query=" in link]
        self.assertEqual(6, len(links))
        self.assertEqual(1, sum("created%3A2026-01-31T14%3A00.." in link for link in links), "a time of day")
        for link in links:
            answer = get(link)
            self.assertEqual(303, answer.status, link)
            given = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
            self.assertEqual(("Asia/Tokyo", "25", "time", "1", None),
                             tuple(given.get(name) for name in ("tz", "show", "sort", "audit", "page")))
            self.assertEqual(200, get(answer.headers["Location"]).status)

    def test_words_for_days(self):
        """Those of the list's zone, written as days: the link finds the same tomorrow."""
        account = Account()
        for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
            now = datetime.now(ZoneInfo(zone))
            if now.hour == 23 and now.minute == 59:
                time.sleep(61 - now.second)
                now = datetime.now(ZoneInfo(zone))
            today = now.date()
            noon = datetime.combine(today, clock(12), ZoneInfo(zone))
            hours = {f"{zone}{days}": noon - timedelta(days=days) for days in range(3) if noon - timedelta(days=days) < now}
            account.record([{"action": action, "occurred_at": int(moment.timestamp() * 1000)} for action, moment in hours.items()])
            for word, days in (("today", (0,)), ("yesterday", (1,)), ("Yesterday..today", (0, 1))):
                answer = account.open("events?" + urlencode({"query": f"created:{word}", "tz": zone}))
                first, last = today - timedelta(days=max(days)), today - timedelta(days=min(days))
                self.assertEqual({"from": str(first), "to": str(last), "tz": zone}, dict(parse_qsl(urlsplit(answer.headers["Location"]).query)))
                rows = daybook.csv_dicts(account.open("events.csv?" + urlencode({"query": f"created:{word}", "tz": zone})).text)
                wanted = {f"{zone}{ago}" for ago in days} & hours.keys()
                self.assertEqual(wanted, {row["action"] for row in rows if row["action"].startswith(zone)}, word)
            self.assertIn(f'name="query" value="created:{today}"', account.open(f"events?from={today}&to={today}&tz={zone}").text)
        self.assertEqual(400, account.open("events?from=today").status, "a word of the search alone")

    def test_beside_other_parameters(self):
        answer = self.account.open("events?query=user:ann&status=failed&menu=action&page=2&asof=ffffffffffffffff")
        self.assertEqual(f"{self.events}?user=ann&status=failed&page=2&asof=ffffffffffffffff&menu=action", answer.headers["Location"])
        for name in ("events", "events.csv", "all.ndjson"):
            answer = self.account.open(f"{name}?query=user:ann&user=bob")
            self.assertEqual(400, answer.status)
            named = 'User (parameter "user")' if name == "events" else 'Parameter "user"'
            self.assertIn(f'{named} stands beside "query"', html.unescape(answer.text))
        self.assertRefused(self.account.read("events.csv?query=created:-1h&from=-2h"), 400, 'Parameter "from" stands beside "query"')

    def test_nothing_asked(self):
        self.assertEqual(200, self.account.open("events?query=").status)
        self.assertEqual(self.events, self.account.open("events?query=+%09").headers["Location"])

    def test_followers(self):
        answer = self.account.read("events.ndjson?after=0&limit=5&query=user:ann")
        self.assertEqual(200, answer.status)
        self.assertIn("user=ann", answer.headers["Link"])
        self.assertNotIn("query", answer.headers["Link"])
        self.assertEqual({"ann"}, {event["user"] for event in daybook.ndjson(answer.text)} | {"ann"})


MISTAKES = [  # the text before it, what is wrong, what stands behind, and a part of the sentence
    ("user:ann ", "usr", ":bob", "did you mean \"user\"?"),
    ("größe 😀 ", "stats", ":404", "did you mean \"status\"?"),
    ("status:", "6xx", " user:ann", "a class such as 4xx"),
    ("user:ann ", "\"free text", "", "the quote is not closed"),
    ("user:", "", "", "needs a value"),
    ("created:", "2026-02-30", "", "a time is today, yesterday, a day"),
    ("created:", "tomorrow", " user:ann", "a time is today, yesterday, a day"),
    ("created:2026-01-02 ", "14", ":00", "a day and a time go in quotes together"),
    ("created:\"2026-01-02 14:00\"", "x", "", "a blank or .. must follow the closing quote"),
    ("<b>&amp;\u202e ", "x", ":y", "there is no word"),
    ("", "NOT", " user:ann", "as in -user:ann"),
    ("user:ann ", "OR", " user:bob", "as in user:ann,bob"),
    ("user:", "(", "ann bob)", "nothing is grouped here"),
    ("action:", "*", "update*", "a * stands at the end, for all that begin so"),
    ("", "date", ":-24h", "did you mean \"created\"?"),
]


class Mistakes(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        cls.account.record([{"action": "a", "user": "ann"}])

    def test_the_page(self):
        for tab in ("events", "triggers"):
            for before, wrong, behind, said in MISTAKES:
                text = before + wrong + behind
                with self.subTest(tab=tab, text=text):
                    answer = self.account.open(f"{tab}?tz=Asia/Tokyo&query={quote(text)}")
                    self.assertEqual(400, answer.status)
                    self.assertNotIn("<table", answer.text)
                    self.assertIn('<nav class="tabs" aria-label="Log">', answer.text)
                    self.assertEqual(text, in_box(answer))
                    self.assertIn('aria-invalid="true" aria-describedby="mistake"', BOX.search(answer.text)[2])
                    self.assertIn('<input type="hidden" name="tz" value="Asia/Tokyo">', answer.text)
                    sentence, *pieces = (html.unescape(piece) for piece in SENTENCE.search(answer.text).groups())
                    self.assertTrue(sentence.startswith(f"Character {len(before) + 1} of the query: "), sentence)
                    self.assertIn(said, sentence)
                    visible = [piece.replace("\u202e", "[U+202E]") for piece in (before, wrong, behind)]
                    self.assertEqual(visible, pieces)

    def test_files(self):
        for text, sentence in (("usr:ann", "there is no word \"usr\""), ("account:demo", "there is no word \"account\"")):
            page = self.account.open(f"events?query={quote(text)}")
            said = html.unescape(SENTENCE.search(page.text)[1])
            self.assertIn(sentence, said)
            for name in ("events.csv", "all.ndjson"):
                answer = self.account.open(f"{name}?query={quote(text)}")
                self.assertEqual(400, answer.status)
                self.assertIn(said, html.unescape(answer.text))
                self.assertRefused(self.account.read(f"{name}?query={quote(text)}"), 400, said)

    def test_length(self):
        self.assertEqual(303, self.account.open("events?query=" + "+" * 1990 + "user:ann").status)
        answer = self.account.open("events?query=" + "%C3%BC" * 1000 + "x")
        self.assertEqual(400, answer.status)
        self.assertIn("Character 1001 of the query: it goes on after the 2000 bytes", answer.text)

    def test_bytes(self):
        """What is no text cannot be sent back by a form, and is shown."""
        answer = self.account.open("events?query=%FF%FF+usr:x")
        self.assertEqual(400, answer.status)
        self.assertIn("Character 4 of", answer.text)
        self.assertIn('value="\ufffd\ufffd usr:x"', answer.text)

    def test_whose_log_it_is_comes_first(self):
        for query in ("user:ann", "usr:ann"):
            answers = [get(f"/{slug}/events?query={query}") for slug in (Account(member=False).slug, "t-none")]
            self.assertEqual([404, 404], [answer.status for answer in answers])
            self.assertNotIn("mistake", answers[0].text)


class OfAllAccounts(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.name, cls.headers = operator()
        cls.accounts = [Account(), Account()]
        for account in cls.accounts:
            account.record([{"action": "shared", "user": user} for user in ("ann", "bob")])

    @classmethod
    def tearDownClass(cls):
        run_well("operator", "remove", cls.name)

    def test_rows(self):
        one, two = (account.slug for account in self.accounts)
        for text, query, count in ((f"account:{one},{two} user:ann", f"user=ann&account={one}&account={two}", 2),
                                   (f"account:{one},{two} -account:{two}", f"account={one}&account={two}&not_account={two}", 2)):
            answer = get("/-/events?" + urlencode({"query": text}), self.headers)
            self.assertEqual(f"/-/events?{query}", answer.headers["Location"])
            page = get(answer.headers["Location"], self.headers)
            self.assertIn(f"1 - {count} of {count}", Page(page.text).text)
            self.assertEqual({*text.split()}, {*in_box(page).split()})
            rows = daybook.csv_dicts(get("/-/events.csv?" + urlencode({"query": text}), self.headers).text)
            self.assertEqual(count, len(rows))

    def test_mistake(self):
        answer = get("/-/events?query=acount:x", self.headers)
        self.assertEqual(400, answer.status)
        self.assertIn('did you mean "account"?', html.unescape(answer.text))
        self.assertEqual("acount:x", in_box(answer))

    def test_others(self):
        self.assertEqual([404, 404], [get(f"/-/events?query={text}").status for text in ("user:ann", "usr:ann")])


if __name__ == "__main__":
    unittest.main()
