# SPDX-License-Identifier: MIT
"""The cells of a list: each value leads to the list with that value alone, whatever bytes it has."""
import re
import unittest
from html import unescape

import daybook
from awkward import OWN
from daybook import Account, Page, TestCase
from test_list import COUNT
from test_operator import operator

NOON = 1738324800000
CELLS = {"id": "entity_id", "name": "entity_name", "entity": "entity_type", "action": "action", "code": "status", "user": "user"}
LONG = ("x" * 300, "name-of-a-thing-that-is-long-and-ends-in-1234", "é" * 200)


def total(text):
    found = COUNT.search(Page(text).text)
    return daybook.number(found[3]) if found else 0


def folded(text):
    return re.sub("[A-Z]", lambda found: found[0].lower(), text)


class Cells(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        names = [name for name in (*OWN, *LONG, "---", "a*", "plain") if "\0" not in name]
        cls.events = [{"entity_type": name, "action": name, "user": name, "entity_id": name, "entity_name": name,
                       "status": 200 + i % 3, "occurred_at": NOON + i} for i, name in enumerate(names) if name.strip()]
        cls.events.append({"action": "alone", "occurred_at": NOON - 1})
        cls.ids = cls.account.record(cls.events)

    def matches(self, member, value):
        if member == "entity_name":
            return sum(folded(value) in folded(event.get(member, "")) for event in self.events)
        return sum(event.get(member) == value for event in self.events)

    def test_each_leads_to_its_own(self):
        text = self.account.open("events?show=200&sort=time").text
        rows = re.findall(r"<tr>\s*(<td.*?)</tr>", text, re.S)
        self.assertEqual(len(self.events), len(rows))
        order = sorted(self.events, key=lambda event: event["occurred_at"])
        for event, row in list(zip(order, rows))[::3] + [(order[0], rows[0])]:
            for cell, member in CELLS.items():
                value = event.get(member)
                inner = re.search(rf'<td class="{cell}"[^>]*>(.*?)</td>', row, re.S)[1]
                link = re.search(r'<a href="([^"]*)"', inner)
                with self.subTest(member=member, value=value):
                    if member in ("entity_id", "entity_name") and (not value or member == "entity_id" and value[-1] == "*"):
                        self.assertIsNone(link)
                        continue
                    query = unescape(link[1])
                    self.assertTrue(query.startswith("?show=200&sort=time&") or query.startswith("?sort=time&show=200&"), query)
                    expected = self.matches(member, value)
                    # The one value that reads like the word for "has none".
                    if value == "---" and member in ("entity_type", "action", "user"):
                        expected = self.matches(member, None)
                    # CR LF finds LF as well, as forms send it.
                    if isinstance(value, str) and "\r\n" in value and member not in ("entity_id", "entity_name"):
                        expected += self.matches(member, value.replace("\r\n", "\n"))
                    self.assertEqual(expected, total(self.account.open("events" + query).text))

    def test_other_filters_stay(self):
        text = self.account.open("events?status=ok&user=plain&not_user=x&page=1&asof=ffffffffffffffff&tz=Asia/Tokyo").text
        link = unescape(re.search(r'<td class="user"[^>]*><a href="([^"]*)"', text)[1])
        self.assertEqual("?status=ok&tz=Asia%2FTokyo&user=plain", link)

    def test_the_middle_gives_way(self):
        """A long name stands in two pieces, of which the second is its end; the whole is in the title. Others stand as they are."""
        text = self.account.open("events?show=200").text
        for name, shown in ((LONG[0], f"<span>{LONG[0][:-8]}</span><span>{LONG[0][-8:]}</span>"),
                            (LONG[1], f"<span>{LONG[1][:-8]}</span><span>{LONG[1][-8:]}</span>"),
                            ("plain", "plain"), (LONG[2], LONG[2])):
            for cell in ("id", "name", "user"):
                self.assertRegex(text, rf'<td class="{cell}" title="{name}"><a href="[^"]*">{shown}</a></td>')


class Providers(TestCase):
    """Who sent a webhook stands beside its action, in the list of all accounts too."""
    NAMES = ("github", "git hub/+&=%", "<b>'\"", "x" * 64)

    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        cls.account.record([{"kind": "trigger", "action": "receiveWebhook", "occurred_at": NOON + i, "request": {"body": "a webhook"},
                             "trigger": {"provider": name} if name else {}}
                            for i, name in enumerate((*cls.NAMES, *cls.NAMES[:2], None))])
        cls.account.record([{"action": "plain", "occurred_at": NOON, "request": {"body": "a webhook"}, "trigger": {"provider": "github"}}])

    def links(self, text):
        return [(unescape(href), unescape(title), unescape(shown)) for href, title, shown in
                re.findall(r'<td class="action" title="receiveWebhook"><a href="[^"]*">receiveWebhook</a>'
                           r' <a class="provider" href="([^"]*)" title="([^"]*)">([^<]*)</a></td>', text)]

    def expect_links(self, path, get, query="?status=---&show=100"):
        text = get(path + query).text
        links = self.links(text)
        self.assertEqual(sorted((*self.NAMES, *self.NAMES[:2])), sorted(title for _, title, _ in links))
        self.assertEqual(1, len(re.findall('title="receiveWebhook"><a [^>]*>receiveWebhook</a></td>', text)), "the one that nobody is said to have sent")
        for href, title, shown in links:
            with self.subTest(provider=title):
                self.assertEqual(title, shown)
                self.assertIn("status=---", href)
                self.assertEqual(2 if title in self.NAMES[:2] else 1, total(get(path + href).text))

    def test_leads_to_its_own(self):
        self.expect_links("triggers", self.account.open)

    def test_in_texts(self):
        self.assertEqual(6, len(self.links(self.account.open("triggers?q=a webhook&show=100".replace(" ", "%20")).text)))
        name, headers = operator()
        self.addCleanup(daybook.run_well, "operator", "remove", name)
        for text in (self.account.open("events?q=a%20webhook").text,
                     daybook.get(f"/-/events?account={self.account.slug}&q=a%20webhook", headers).text):
            self.assertIn('title="plain"', text)
            self.assertNotIn('class="provider"', text, "a call that is no trigger has none to narrow to")

    def test_of_all_accounts(self):
        name, headers = operator()
        self.addCleanup(daybook.run_well, "operator", "remove", name)
        self.expect_links("/-/triggers", lambda target: daybook.get(target, headers), f"?account={self.account.slug}&status=---&show=100")


class Newer(TestCase):
    def test_how_many(self):
        account = Account()
        ids = account.record([{"action": "ab"[i % 2], "occurred_at": NOON + i} for i in range(30)])
        for query, count in ((f"asof={ids[9]}", 20), (f"asof={ids[9]}&action=a", 10), (f"asof={ids[28]}", 1)):
            self.assertIn(f">{count:,} newer</a>", account.open("events?" + query).text)
        for query in (f"asof={ids[29]}", "", f"asof={ids[28]}&action=a"):
            self.assertNotIn("newer</a>", account.open("events?" + query).text)

    def test_where_a_page_hears_of_it(self):
        account = Account()
        account.record([{"action": "a", "occurred_at": NOON + i} for i in range(3)])
        live = unescape(re.search(r'<table class="events" data-live="([^"]*)">', account.open("events?action=a").text)[1])
        self.assertNotIn("newer</a>", daybook.get(live).text)
        account.record([{"action": "a"}, {"action": "b"}])
        self.assertIn(">1 newer</a>", daybook.get(live).text)
        for query in ("page=1&sort=time", f"asof={'f' * 16}", "q=aaa"):
            self.assertNotIn("data-live", account.open("events?" + query).text)


if __name__ == "__main__":
    unittest.main()
