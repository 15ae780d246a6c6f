# SPDX-License-Identifier: MIT
"""How many rows a person chose last: remembered by a cookie, for first pages that say nothing of it."""
import re
import unittest
from urllib.parse import parse_qs, urlsplit

import daybook
from daybook import Account, Page, TestCase, run_well
from test_list import shown_ids

NOON = 1738324800000


class Show(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        cls.ids = cls.account.record([{"action": "a", "occurred_at": NOON + i} for i in range(120)])

    def open(self, query, cookie=None, tab="events"):
        headers = daybook.login() | ({"Cookie": f"other=1; daybook-show={cookie}"} if cookie else {})
        answer = daybook.ask("GET", f"/{self.account.slug}/{tab}" + (query and "?" + query), None, headers)
        self.assertEqual(200, answer.status, answer)
        return answer

    def rows(self, query, cookie=None):
        return len(shown_ids(Page(self.open(query, cookie).text), self.account.slug, "events"))

    def test_choosing(self):
        for query, cookie, chosen in (("", None, None), ("show=10", None, None), ("show=50", None, "50"), ("show=50", "50", None),
                                      ("show=10", "50", "10"), ("", "50", None), ("user=b&show=200&page=1", "junk", "200")):
            with self.subTest(query, cookie=cookie):
                found = self.open(query, cookie).headers.get("Set-Cookie")
                self.assertEqual(chosen and f"daybook-show={chosen}; Path=/; Max-Age=34560000; SameSite=Lax; HttpOnly", found)

    def test_first_pages_alone(self):
        """What a link to a later page shows is the same for everybody."""
        run_well("maintain")  # pages are kept now
        for _ in range(3):
            for query, cookie, rows in (("", None, 10), ("", "50", 50), ("", "100", 100), ("user=", "25", 25), ("show=10", "50", 10),
                                        ("page=2", "50", 10), (f"asof={self.ids[99]}", "50", 10), ("show=25&page=2", "50", 25)):
                self.assertEqual(rows, self.rows(query, cookie), (query, cookie))

    def test_other_values_are_none(self):
        for cookie in ("11", "0", "-1", "1e2", '"50"', "9" * 4000, "%35%30"):
            self.assertEqual(10, self.rows("", cookie), cookie)

    def test_links_say_it(self):
        """Also that of the default, which would else lead back to what is remembered."""
        for query, cookie, shown in (("", "50", "50"), ("show=10", "50", "10"), ("", None, None), ("show=25", None, "25")):
            text = self.open(query, cookie).text
            sizes = re.search(r'<nav class="size".*?</nav>', text, re.S)[0]
            found = [parse_qs(urlsplit(link).query).get("show", [None])[0] for link in re.findall(r'href="([^"]*)"', sizes)]
            self.assertEqual(["10" if cookie else None, "25", "50", "100", "200"], found)
            for link in Page(text).links:
                parts = urlsplit(link)
                if "page=" in parts.query:
                    self.assertEqual(shown, parse_qs(parts.query).get("show", [None])[0], link)
            form = re.search(r'<form class="filter".*?</form>', text, re.S)[0]
            self.assertEqual(shown, (re.search(r'name="show" value="(\d+)"', form) or (None, None))[1])


if __name__ == "__main__":
    unittest.main()
