# SPDX-License-Identifier: MIT
"""The values of the filter menus and their counts, against plain SQL and Python.

DAYBOOK_SEED chooses other random events and queries, DAYBOOK_MENUS how many queries.
"""
import os
import re
import unittest
from collections import Counter
from urllib.parse import parse_qsl, quote, urlsplit

import daybook
from daybook import Account, Page, TestCase
from linked import NOON, trigger
from list_oracle import METHODS, Log, encoded, word
from menu import links, ticks
from test_list import COUNT

SEED = int(os.environ.get("DAYBOOK_SEED") or 20250131)
MENUS = int(os.environ.get("DAYBOOK_MENUS") or 100)
CLASSES = {"ok": range(100, 400), "failed": range(400, 600), "2xx": range(200, 300),
           "3xx": range(300, 400), "4xx": range(400, 500), "5xx": range(500, 600),
           "1xx": range(100, 200), "400-409": range(400, 410), "100-499": range(100, 500), "500-500": range(500, 501),
           "300-599": range(300, 600), "200-404": range(200, 405)}
OFFERED = ("ok", "failed", "2xx", "3xx", "4xx", "5xx")  # whether they occur or not
SOURCES = {number: name.encode() for name, number in daybook.SOURCES.items()}


def method_of(sent):
    """What the menu calls a method that was sent."""
    known = sent.upper() in (name.encode() for name in METHODS)
    return (sent.upper() if known else b"other") if sent else None


def total(answer):
    found = COUNT.search(Page(answer.text).text)
    return daybook.number(found[3]) if found else 0


class AgainstOracle(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.log = Log(SEED, 2000)
        cls.account = cls.log.account
        cls.events = {(event["kind"], event["id"]): {
            "entity": event["entity_type"], "action": event["action"], "user": event["user"],
            "status": str(event["status"]).encode() if event["status"] else None,
            "source": SOURCES.get(event["source"]), "method": method_of(event["method"])} for event in cls.account.stored()}

    def counts(self, kind, dimension, parameters):
        """How often each value occurs in what all others of the parameters leave; None: has none."""
        others = [(name, value) for name, value in parameters
                  if name not in (dimension, "not_" + dimension, "q")]
        found, _ = self.log.answer(kind, others)
        return others, Counter(self.events[pair][dimension] for pair in found)

    @staticmethod
    def expected(dimension, parameters, counts):
        """What the menu must show: what is ticked, the classes of statuses, the others by their counts."""
        def count(value):
            if value in ("*", "-*"):
                return None  # it means the name "---" as well, which the menu cannot offer
            if dimension in ("entity", "action", "user") and value.endswith("*"):
                return sum(n for name, n in counts.items() if name is not None and (
                    name == value.encode()[:-2] + b"*" if value.endswith("\\*") else name.startswith(value.encode()[:-1])))
            if dimension == "status" and value in CLASSES:
                return sum(n for status, n in counts.items() if status and int(status) in CLASSES[value])
            return counts[None if value == "---" else value.encode()]

        fixed = [value.decode() for wanted in (dimension, "not_" + dimension)
                 for name, value in parameters if name == wanted and value]
        if dimension == "status":
            fixed += OFFERED
        fixed = list(dict.fromkeys(fixed))
        # A name that reads like "has none" cannot be asked for.
        names = sorted(((-n, "---" if value is None else word(value.decode())) for value, n in counts.items()
                        if value != b"---"))
        return [(value, count(value)) for value in fixed] + [
            (value, -n) for n, value in names if value not in fixed]

    def test_values_and_counts(self):
        selected = 0
        for number in range(MENUS):
            rng = self.log.random
            kind = rng.choice(("event", "event", "trigger"))
            dimension = rng.choice(("entity", "action", "user", "status", "source", "method"))
            parameters = [(name, value) for name, value in self.log.query(rich=False)
                          if name != "q"]  # whose texts are left out of account, see below
            others, counts = self.counts(kind, dimension, parameters)
            query = encoded(parameters, rng)
            with self.subTest(number=number, kind=kind, dimension=dimension, query=query):
                text = self.account.open(f"{kind}s?{query}&menu={dimension}").text
                menus = ticks(text)
                shown = menus.get(dimension, [])
                self.assertEqual(self.expected(dimension, parameters, counts), shown)
                self.assertTrue(all(count is None for name, menu in menus.items()
                                    if name != dimension for _, count in menu))
                for value, count in rng.sample(shown, min(3, len(shown))):
                    if count is None:
                        continue
                    answer = self.account.open(
                        f"{kind}s?{encoded(others)}&{dimension}={quote(value, safe='')}")
                    self.assertEqual(count, total(answer), value)
                    selected += count > 0
        self.assertGreater(selected, MENUS // 2)

    def test_a_search_in_texts_is_left_out_of_account(self):
        _, counts = self.counts("event", "user", [("action", b"Deploy")])
        text = self.account.open("events?action=Deploy&q=alpha&menu=user").text
        self.assertEqual(self.expected("user", [], counts), ticks(text)["user"])
        self.assertIn("What is searched in texts does not narrow these counts.", text)

    def test_a_page_alone_brings_what_is_ticked(self):
        text = self.account.open("events?user=ann&user=nobody&not_user=---&status=404").text
        self.assertEqual(
            {"user": [("ann", None), ("nobody", None), ("---", None)],
             "status": [(word, None) for word in ("404", "ok", "failed", "2xx", "3xx", "4xx", "5xx")]},
            ticks(text))
        self.assertNotIn("counted", text)

    def test_the_links_ask_for_the_same_list(self):
        query = ("user=%C3%BCnal&not_action=a%26b%3Dc&q=alpha&from=2011-01-01&tz=Europe%2FBerlin&show=25&"
                 "asof=7fffffffffffffff")
        for menu in (None, "user"):
            text = self.account.open("events?" + query + (f"&menu={menu}" if menu else "")).text
            asked = [dict(parse_qsl(urlsplit(link).query)) for link in links(text)]
            menus = [one.pop("menu") for one in asked]
            self.assertEqual(sorted({"entity", "action", "user", "status", "source", "method"} - {menu}),
                             sorted(menus))
            self.assertEqual([dict(parse_qsl(query))] * len(menus), asked)
            carrying = [link for link in Page(text).links if "menu=" in link]
            self.assertEqual(len(menus), len(carrying), "no other link carries it")


class Edges(TestCase):
    def test_the_most_frequent_of_many(self):
        account = Account()
        account.record_many({"action": "a", "user": f"u{i:03}", "occurred_at": NOON + i * 7 + j}
                            for i in range(510) for j in range(2 if i % 50 == 0 else 1))
        text = account.open("events?menu=user").text
        twice = [(f"u{i:03}", 2) for i in range(0, 510, 50)]
        once = [(f"u{i:03}", 1) for i in range(510) if i % 50]
        self.assertEqual((twice + once)[:500], ticks(text)["user"])
        self.assertIn("These are the 500 most frequent values. Type any other below.", text)
        text = account.open("events?user=u509&user=u050&menu=user").text
        self.assertEqual([("u509", None), ("u050", 2), ("u000", 2)], ticks(text)["user"][:3],
                         "no count is better than a wrong one")

    def test_long_names(self):
        account = Account()
        account.record_many({"action": f"{i:04}" + "x" * 1020} for i in range(100))
        text = account.open("events?menu=action").text
        self.assertEqual(64, len(ticks(text)["action"]))
        self.assertIn("These are the 64 most frequent values.", text)

    def test_a_search_that_finds_nothing(self):
        account = Account()
        account.record({"action": "a", "user": "ann"})
        text = account.open("events?action=b&menu=user").text
        self.assertEqual([], ticks(text).get("user", []))
        self.assertIn("No call fits the other filters.", text)
        self.assertEqual([("b", 0), ("a", 1)], ticks(account.open("events?action=b&menu=action").text)["action"])

    def test_what_only_triggers_have(self):
        account = Account()
        account.record([trigger(NOON + i, provider=provider, **about) for i, (provider, about) in enumerate((
            ("github", {"signature": "valid"}), ("github", {"signature": "invalid"}),
            ("a&b", {"signature": "valid"}), ("<b>", {}), ("", {"signature": "valid"}),
            ("github", {"signature": "unchecked"})))])

        def menu(query):
            (name,) = re.findall(r"menu=(\w+)", query)
            return ticks(account.open("triggers?" + query).text)[name]

        self.assertEqual([("github", 3), ("---", 1), ("<b>", 1), ("a&b", 1)], menu("menu=provider"))
        self.assertEqual([("valid", 3), ("---", 1), ("invalid", 1), ("unchecked", 1)], menu("menu=signature"))
        self.assertEqual([("a&b", 1), ("---", 1), ("github", 1)],
                         menu("menu=provider&provider=a%26b&signature=valid"))
        self.assertEqual([("invalid", 1), ("unchecked", 1), ("valid", 1)],
                         menu("menu=signature&signature=invalid&provider=github"))

    def test_refusals(self):
        account = Account()
        for target, words in (("events?menu=users", '"menu"'), ("events?menu=user&menu=action", '"menu"'),
                              ("events?menu=provider", "only triggers have"), ("events.csv?menu=user", '"menu"')):
            answer = account.open(target)
            self.assertEqual(400, answer.status)
            self.assertIn(words, Page(answer.text).text)
        (identifier,) = account.record({"action": "a"})
        self.assertEqual(400, account.open(f"events/{identifier}?menu=user").status)
        self.assertEqual(200, account.open("events?menu=").status)


class Texts(TestCase):
    NOTE = "It stays as it is"

    def test_a_line_break_is_noted_where_it_is(self):
        account = Account()
        for query, noted in (("entity_id=a%0Ab", [True, False]), ("entity_id=a&not_entity_id=b%0Dc", [False, True, False]),
                             ("entity_id=a", [False, False])):
            panel = account.open(f"events?{query}").text.split(">Entity ID:<")[1].split('class="apply"')[0]
            fields = panel.split("<label")[1:]
            self.assertEqual(noted, [self.NOTE in field for field in fields], query)
            self.assertEqual(noted, ['type="hidden"' in field for field in fields], query)


if __name__ == "__main__":
    unittest.main()
