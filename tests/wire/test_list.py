# SPDX-License-Identifier: MIT
"""Lists and files against a plain SQL oracle: random filters, orders, page sizes and pages.

DAYBOOK_SEED chooses other random events and queries, DAYBOOK_COMBINATIONS how many queries.
"""
import os
import re
import sys
import unittest
from urllib.parse import parse_qs, urlsplit

import daybook
from daybook import Page, TestCase
from list_oracle import Log, encoded

SEED = int(os.environ.get("DAYBOOK_SEED") or 20250131)
COMBINATIONS = int(os.environ.get("DAYBOOK_COMBINATIONS") or 500)
EVENTS = 3000
COUNT = re.compile(r"([\d,]+) - ([\d,]+) of ([\d,]+)")


def shown_ids(page, slug, tab):
    """The ids of the rows, in order: each row links to its details."""
    pattern = re.compile(rf"/{slug}/{tab}/([0-9a-f]{{16}})(?:\?|$)")
    ids = [match[1] for match in map(pattern.match, page.links) if match]
    return list(dict.fromkeys(ids))


class AgainstOracle(TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}, {EVENTS} events, {COMBINATIONS} combinations", file=sys.stderr)
        cls.log = Log(SEED, EVENTS)
        cls.account = cls.log.account

    def hex(self, pairs):
        return [f"{identifier:016x}" for _, identifier in pairs]

    def check_page(self, tab, parameters, found, wanted):
        answer = self.account.open(f"{tab}?{encoded(parameters, self.log.random)}")
        given = dict(parameters)
        size, number = int(given.get("show") or 10), int(given.get("page") or 1)
        last = max(1, -(-len(found) // size))
        page = Page(answer.text)
        if number > last:
            self.assertEqual(404, answer.status)
            self.check_last(tab, page, found, size, last)
            return
        self.assertEqual(200, answer.status, page.text[:500])
        self.assertEqual(self.hex(wanted), shown_ids(page, self.account.slug, tab))
        if found:
            first = (number - 1) * size + 1
            self.assertEqual((f"{first:,}", f"{first + len(wanted) - 1:,}", f"{len(found):,}"),
                             COUNT.search(page.text).groups())
        else:
            self.assertIsNone(COUNT.search(page.text))
            self.assertIn("Nothing", page.text)

    def check_last(self, tab, page, found, size, last):
        """Behind the end: a way to the last page."""
        (link,) = [link for link in page.links if link.startswith(f"/{self.account.slug}/{tab}")]
        if last > 1:
            self.assertEqual([str(last)], parse_qs(urlsplit(link).query)["page"])
        answer = daybook.get(link)
        self.assertEqual(200, answer.status)
        self.assertEqual(self.hex(found[(last - 1) * size:]),
                         shown_ids(Page(answer.text), self.account.slug, tab))

    def check_files(self, name, parameters, found):
        query = encoded([p for p in parameters if p[0] not in ("show", "page")], self.log.random)
        searched = any(n == "q" and v for n, v in parameters)
        table = self.account.open(f"{name}.csv?{query}")
        lines = self.account.open(f"{name}.ndjson?{query}")
        for answer in (table, lines):
            self.assertEqual(200, answer.status, answer)
            self.assertEqual(None if searched else str(len(found)), answer.headers["Daybook-Rows"])
        rows = [(daybook.KINDS[row["kind"]], int(row["id"], 16))
                for row in daybook.csv_dicts(table.text) if row["id"] != "#end"]
        self.assertEqual(found, rows, "CSV")
        values = [(daybook.KINDS[line["kind"]], int(line["id"], 16))
                  for line in daybook.ndjson(lines.text) if "end" not in line]
        self.assertEqual(found, values, "NDJSON")

    def page_number(self, found, parameters):
        size = int(dict(parameters)["show"] or 10) if "show" in dict(parameters) else 10
        last = max(1, -(-len(found) // size))
        rng = self.log.random
        return rng.choice((1, 1, last, rng.randint(1, last), rng.randint(1, last), last + 1,
                           last + rng.randrange(1, 1000)))

    def test_pages_and_files(self):
        sizes = []
        for number in range(COMBINATIONS):
            kind = self.log.random.choice(("event", "event", "event", "trigger"))
            parameters = self.log.query()
            found, _ = self.log.answer(kind, parameters)
            page = self.page_number(found, parameters)
            if page > 1 or self.log.random.random() < 0.3:
                parameters.append(("page", str(page).encode()))
            found, wanted = self.log.answer(kind, parameters)
            with self.subTest(number=number, kind=kind, query=encoded(parameters)):
                self.check_page(f"{kind}s", parameters, found, wanted)
                self.check_files(f"{kind}s", parameters, found)
            sizes.append(len(found))
        if COMBINATIONS >= 500:  # else chance alone may make them all alike
            self.assertGreater(sum(size > 10 for size in sizes), COMBINATIONS // 5, "too few rows")
            self.assertGreater(len(set(sizes)), COMBINATIONS // 5, "too much alike")

    def test_both_kinds_in_one_file(self):
        for number in range(COMBINATIONS // 8):
            parameters = self.log.query(rich=False)
            found, _ = self.log.answer(None, parameters)
            with self.subTest(number=number, query=encoded(parameters)):
                self.check_files("all", parameters, found)

    def test_without_any_filter(self):
        for kind, tab in (("event", "events"), ("trigger", "triggers"), (None, "all")):
            found, wanted = self.log.answer(kind, [])
            self.check_files(tab, [], found)
            if kind:
                self.check_page(tab, [], found, wanted)


if __name__ == "__main__":
    unittest.main()
