# SPDX-License-Identifier: MIT
"""Parameters unknown, repeated or malformed: a 400 that names them and what is accepted."""
import re
import unittest
from urllib.parse import quote, urljoin

import daybook
from daybook import Account, Page, TestCase

LISTS = ("events", "triggers")
FILES = ("events.csv", "events.ndjson", "triggers.csv", "triggers.ndjson", "all.csv", "all.ndjson")
REPEATABLE = ("entity", "action", "user", "status", "source")  # and left out
SINGLE = {"entity_id": "a", "entity_name": "a", "q": "abc", "from": "2025-01-31",
          "to": "2025-01-31", "tz": "UTC", "sort": "time", "asof": "0000000000000001"}
OF_LISTS = {"show": "25", "page": "1", "view": "none"}
OF_FILES = {"raw": "1", "trailer": "1", "view": "none"}
OF_DETAILS = {"part": "page", "view": "raw"}

# Parameter, a value that it cannot have, and a word of what it may have.
MALFORMED = (
    ("status", ("0", "99", "600", "20", "2000", "2XX", "6xx", "0xx", "xx", "OK", "good", "200 ",
                "+200", "2xx,4xx", "-200", "\u0662\u0660\u0660"), "4xx"),
    ("source", ("UI", "browser", "1", "ui ", "webhooks"), "integration"),
    ("from", ("yesterday", "2025-01", "2025-1-31", "2025-02-29", "2025-13-01", "2025-00-01",
              "2025-01-32", "31.01.2025", "2025-01-31T", "2025-01-31T24:00", "2025-01-31T12",
              "2025-01-31T12:60", "2025-01-31T12:00:61", "2025-01-31T12:00+01:00", "2025-01-31Z",
              "2025-01-31T12:00ZZ", " 2025-01-31", "-24", "24h", "-h", "-0h", "-1y", "-1.5h",
              "--1h", "-99999999999h", "1e9", "-1", "0x10", "1738324800000000000000", "now"),
     "2026-01-31"),
    ("tz", ("Berlin", "europe/berlin", "../../etc/passwd", "/etc/passwd", "Europe", "UTC+1",
            "+01:00", "Europe/Berlin ", "Europe/Berlin/", "zone.tab", "posixrules/x", "x" * 40),
     "Europe/Berlin"),
    ("sort", ("Time", "desc", "id", "-time,action", "1"), "-time"),
    ("asof", ("1", "0" * 15, "0" * 17, "000000000000000A", "0x00000000000001", "g" * 16,
              " 000000000000001"), "16"),
    ("q", ("a", "ab", "x" * 1025), "3"),
    ("entity_id", ("x" * 1026,), "1025"),
    ("entity_name", ("x" * 1025,), "1024"),
    ("not_entity_id", ("x" * 1026,), "1025"),
    ("not_entity_name", ("x" * 1025,), "1024"),
    ("user", ("x" * 1026,), "1025"),
)
OF_LISTS_MALFORMED = (
    ("show", ("0", "1", "11", "20", "1000", "10.0", "010", "ten", "-10", " 10"),
     "10, 25, 50, 100, 200"),
    ("page", ("0", "-1", "1.5", "one", "01x", "+1", " 1", "99999999999999999999"), "1 to"),
)
OF_FILES_MALFORMED = (
    ("raw", ("yes", "2", "true", "on"), "0, 1"),
    ("trailer", ("yes", "2", "no"), "0, 1"),
)


class Parameters(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        (cls.event,) = cls.account.record({"action": "a"})

    def assertNamed(self, target, name, *words):
        with self.subTest(target=target[:120]):
            answer = self.account.open(target)
            self.assertEqual(400, answer.status, answer)
            page = Page(answer.text)
            for word in (name, *words):
                self.assertIn(word, page.text)

    def assertTaken(self, target):
        with self.subTest(target=target[:120]):
            answer = self.account.open(target)
            self.assertEqual(200, answer.status, answer)

    def everywhere(self):
        """Each address with the parameters that it takes besides the filter."""
        for tab in LISTS:
            yield tab, OF_LISTS
        yield f"events/{self.event}", OF_LISTS | OF_DETAILS
        for name in FILES:
            yield name, OF_FILES

    def test_ids_and_names_to_leave_out_are_counted(self):
        for name in ("not_entity_id", "not_entity_name"):
            each = "&".join(f"{name}={i}" for i in range(21))
            self.assertEqual(200, self.account.open(f"events?{each.rpartition('&')[0]}").status)
            self.assertNamed(f"events?{each}", name, "20")

    def test_known_ones(self):
        for target, own in self.everywhere():
            for name, value in (SINGLE | own).items():
                self.assertTaken(f"{target}?{name}={value}")
            for name in REPEATABLE:
                self.assertTaken(f"{target}?{name}=---&not_{name}=---&{name}=---&not_{name}=---")
            self.assertTaken(f"{target}?" + "&".join(f"{name}=" for name in SINGLE | own))
            self.assertTaken(f"{target}?&&&")

    def test_unknown_ones(self):
        for target, own in self.everywhere():
            others = {*OF_LISTS, *OF_FILES, *OF_DETAILS} - {*own}
            for name in ("Entity", "ENTITY", "entity ", "entities", "not_from", "not_q", "limit",
                         "id", "accounts", "_", "entity[]", "é", *others):
                self.assertNamed(f"{target}?{quote(name)}=1", name.strip(), "Unknown", "entity")
            self.assertNamed(f"{target}?user=ann&bogus", "bogus", "Unknown")
            self.assertNamed(f"{target}?bogus=", "bogus", "Unknown")
            self.assertNamed(f"{target}?=1", "Unknown")

    def test_repeated_ones(self):
        for target, own in self.everywhere():
            for name, value in (SINGLE | own).items():
                self.assertNamed(f"{target}?{name}={value}&user=x&{name}={value}", name,
                                 "more than once")

    def test_malformed_ones(self):
        for target, own in self.everywhere():
            tables = MALFORMED
            tables += OF_LISTS_MALFORMED if "show" in own else OF_FILES_MALFORMED
            if target in ("triggers", "triggers.ndjson", "all.csv", "events.ndjson"):
                tables = tuple((name, values[:2], word) for name, values, word in tables)
            for name, values, word in tables:
                for value in values:
                    self.assertNamed(f"{target}?{name}={quote(value, safe='')}", name, word)
        for name, word in (("not_status", "4xx"), ("not_source", "webhook"), ("to", "2026-01-31")):
            for value in ("x", "2025-02-30", "-5"):
                self.assertNamed(f"events?{name}={value}", name, word)

    def test_malformed_escapes(self):
        for target, _ in self.everywhere():
            for text in ("%", "%2", "%zz", "%2x", "a%", "%%20", "%u0041"):
                self.assertNamed(f"{target}?user={text}", "user", "%")
            self.assertNamed(f"{target}?us%r=a", "%")
            self.assertNamed(f"{target}?user=a%00b", "user", "NUL")

    def test_each_page_leads_on(self):
        """What a refused page leads to is a page that is there."""
        for target, query in ((f"events/{self.event}", "bogus=1"), (f"events/{self.event}", "view=x"),
                              ("-/views", "bogus=1"),
                              ("events.csv", "bogus=1"), ("triggers.csv", "from=x"),
                              ("all.csv", "status=x"), ("events.ndjson", "bom=1")):
            with self.subTest(target=target, query=query):
                answer = self.account.open(f"{target}?{query}")
                self.assertEqual(400, answer.status)
                (way,) = re.findall('<a class="button" href="([^"]*)"', answer.text)
                there = urljoin(f"/{self.account.slug}/{target}", way)
                self.assertEqual(200, daybook.get(there, daybook.login()).status, there)

    def test_too_many(self):
        self.assertTaken("events?" + "&".join(["user=x"] * 1000))
        self.assertNamed("events?" + "&".join(["user=x"] * 1001), "1,000")

    def test_the_complaint_shows_what_came_as_text(self):
        for value in ("<script>alert(1)</script>", '"><img src=x>', "{{STATUS}}", "\x1b[31m",
                      "\u202e"):
            for name in ("bogus" + value, "sort"):
                answer = self.account.open(f"events?{quote(name, safe='')}={quote(value, safe='')}")
                self.assertEqual(400, answer.status)
                self.assertNotIn("<script>alert", answer.text)
                self.assertNotIn("<img src=x", answer.text)
                self.assertNotIn("\x1b", answer.text)
        for value in ("%FF", "%C3", "%ED%A0%80", "%80" * 50):
            for query in (f"sort={value}", f"{value}=1", f"user={value}%"):
                answer = self.account.open("events?" + query)
                self.assertEqual(400, answer.status)
                self.assertTrue(answer.text)

    def test_programs_get_it_in_json(self):
        for name in FILES:
            for query, word in (("bogus=1", "bogus"), ("status=abc", "status"), ("q=ab", "q"),
                                ("show=10", "show"), ("sort=time&sort=time", "sort")):
                self.assertRefused(self.account.read(f"{name}?{query}"), 400, word)

    def test_bytes_that_are_no_utf8(self):
        """Names are bytes: what cannot have been recorded is looked for and not found."""
        for name in ("user", "entity", "action", "entity_id", "entity_name", "q"):
            target = f"events?{name}=abc%FF%C3%28"
            self.assertTaken(target)
            text = Page(self.account.open(target).text).text
            self.assertIn("Nothing matches", text)
            self.assertEqual(name == "q", "not in the columns" in text, name)


class Addresses(TestCase):
    def test_what_is_no_page(self):
        account = Account()
        for target in ("event", "events/x", "events.xml", "all", "all/x", "events.csv/", "-/x",
                       "events/../../etc/passwd", "EVENTS", "events%0A"):
            with self.subTest(target=target):
                self.assertEqual(404, account.open(target).status)
        for target in ("events%00", "events.csv%00"):
            self.assertEqual(400, account.open(target).status, "nginx takes no NUL in an address")

    def test_a_login_is_needed(self):
        account = Account()
        for target in ("events", "triggers", "events.csv", "all.ndjson", "events/0000000000000001"):
            for headers in ({}, daybook.login("nobody", "x"), daybook.login(password="wrong"),
                            daybook.bearer(account.token("read")), {"REMOTE_USER": daybook.PERSON},
                            {"Remote-User": daybook.PERSON}):
                answer = daybook.get(f"/{account.slug}/{target}", headers)
                self.assertEqual(401, answer.status, (target, headers))
                self.assertIn("Basic", answer.headers["WWW-Authenticate"])

    def test_other_methods(self):
        account = Account()
        for target in ("events", "triggers", "events.csv", "events/0000000000000001"):
            for method in ("POST", "PUT", "DELETE", "OPTIONS"):
                answer = daybook.ask(method, f"/{account.slug}/{target}", None, daybook.login())
                self.assertEqual(405, answer.status, (method, target))
                self.assertIn("GET", answer.headers["Allow"])


if __name__ == "__main__":
    unittest.main()
