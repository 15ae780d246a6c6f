# SPDX-License-Identifier: MIT
"""The ways from the page of one call to lists: its facts as filters, the calls on its entity, the minutes around it."""
import html
import re
import unittest
from urllib.parse import parse_qs, urlsplit

import daybook
from daybook import Account, Page, TestCase
from test_details import MINUTE_MS, NOON, page_of
from test_list import shown_ids
from test_pages import ODD_NAMES, UNSHOWN_NAMES

WAYS = re.compile(r'<a href="([^"]*)" aria-label="(Only|Not) ([^"]*)" title="[^"]*">(?:only|not)</a>')


def ways(page):
    """{(Only or Not, dimension): link}"""
    found = {}
    for link, how, name in WAYS.findall(page):
        dimension = re.match(r"entity id|entity name|\w+", name)[0].replace(" ", "_")
        found[how, dimension] = html.unescape(link)
    return found


class Facts(TestCase):
    def test_every_name_finds_its_own(self):
        """Also those that no form could send, and none."""
        account = Account()
        # A filter takes CR LF for LF too, as forms send it.
        names = (*ODD_NAMES, *(name for name in UNSHOWN_NAMES if name != "a\r\nb"), "", "a*", "*")
        sent = {}
        for number, name in enumerate(names):
            event = {"action": name or "none", "user": name, "entity_type": name, "entity_id": name[:1023],
                     "entity_name": name, "occurred_at": NOON + number, "status": 200 + number}
            (one,) = account.record({key: value for key, value in event.items() if value})
            sent[one] = name
        every = list(sent)[::-1]
        for one, name in sent.items():
            found = ways(page_of(account, "event", one))
            with self.subTest(name):
                for dimension in ("user", "entity", "action", "status"):
                    self.assertEqual([one], self.shown(account, found["Only", dimension]), dimension)
                    self.assertEqual([other for other in every if other != one],
                                     self.shown(account, found["Not", dimension]), dimension)
                if name and not name.endswith("*"):
                    self.assertEqual([one], self.shown(account, found["Only", "entity_id"]))
                    self.assertEqual([other for other in every if other != one],
                                     self.shown(account, found["Not", "entity_id"]))
                else:
                    self.assertNotIn(("Only", "entity_id"), found)
                    self.assertNotIn(("Not", "entity_id"), found)
                self.assertEqual(bool(name), ("Only", "entity_name") in found)
                self.assertEqual(bool(name), ("Not", "entity_name") in found)
                if name:
                    having = self.shown(account, found["Only", "entity_name"])
                    self.assertIn(one, having)
                    self.assertEqual([other for other in every if other not in having],
                                     self.shown(account, found["Not", "entity_name"]))

    def shown(self, account, link):
        self.assertNotIn("page=", link)
        answer = daybook.get(link + "&show=200")
        self.assertEqual(200, answer.status, link)
        return shown_ids(Page(answer.text), account.slug, "events")

    def test_addresses_and_ids_are_found_by_search(self):
        account = Account()
        about = {"client_address": "203.0.113.10", "request_id": "Req-1 & more", "trace_id": "4bf92f3577b34da6", "idempotency_key": "key 77"}
        (one, other, trigger) = account.record([
            {"action": "a", "occurred_at": NOON, **about},
            {"action": "a", "occurred_at": NOON, **{name: value + "x" for name, value in about.items()},
             "trace_id": "ab"},
            {"kind": "trigger", "action": "a", "trigger": {"provider": "p", "delivery_id": "d-12345"}}])
        found = ways(page_of(account, "event", one))
        for dimension in ("address", "request", "trace", "key"):
            with self.subTest(dimension):
                self.assertEqual([one], self.shown(account, found["Only", dimension]), "not what only begins so")
                self.assertNotIn(("Not", dimension), found)
        self.assertNotIn(("Only", "trace"), ways(page_of(account, "event", other)), "too short to be searched")
        link = ways(page_of(account, "trigger", trigger))["Only", "delivery"]
        self.assertEqual([trigger], shown_ids(Page(daybook.get(link).text), account.slug, "triggers"))

    def test_a_value_that_would_be_a_beginning(self):
        account = Account()
        (one,) = account.record({"action": "a", "request_id": "abc*", "client_address": "203.0.113.10"})
        found = ways(page_of(account, "event", one))
        self.assertNotIn(("Only", "request"), found)
        self.assertIn(("Only", "address"), found)

    def test_a_value_that_is_too_short(self):
        """It is still the address that is asked for when it is put right."""
        answer = Account().open("events?q=1*&in=client_address")
        self.assertEqual(400, answer.status)
        self.assertIn('<input type="hidden" name="in" value="client_address">', answer.text)
        self.assertIn('Client address (parameter "q") must be', Page(answer.text).text)

    def test_a_name_that_looks_like_none(self):
        account = Account()
        (one,) = account.record({"action": "a", "user": "---"})
        self.assertFalse([key for key in ways(page_of(account, "event", one)) if key[1] == "user"])

    def test_the_rest_of_the_filter_stays(self):
        account = Account()
        (one,) = account.record({"action": "a", "user": "ann", "status": 404, "occurred_at": NOON, "entity_id": "e1",
                                 "entity_name": "demo"})
        query = ("user=bob&user=ann&not_user=eve&status=4xx&entity_id=e1&not_entity_id=e2&not_entity_name=x&q=abc&sort=time&show=25&tz=Europe%2FBerlin&"
                 f"page=3&asof={one}")
        found = ways(account.open(f"events/{one}?{query}").text)
        ids = {"entity_id": ["e1"], "not_entity_id": ["e2"]}
        names = {"not_entity_name": ["x"]}
        kept = {"status": ["4xx"], "q": ["abc"], "sort": ["time"], "show": ["25"], "tz": ["Europe/Berlin"]}
        users = {"user": ["bob", "ann"], "not_user": ["eve"]}
        for key, expected in (
                (("Only", "user"), kept | ids | names | {"user": ["ann"]}),
                (("Not", "user"), kept | ids | names | {"user": ["bob"], "not_user": ["eve", "ann"]}),
                (("Only", "status"), kept | ids | names | users | {"status": ["404"]}),
                (("Not", "status"), kept | ids | names | users | {"not_status": ["404"]}),
                (("Only", "source"), kept | ids | names | users | {"source": ["---"]}),
                (("Only", "entity_id"), kept | names | users | {"entity_id": ["e1"]}),
                (("Not", "entity_id"), kept | names | users | {"not_entity_id": ["e2", "e1"]}),
                (("Only", "entity_name"), kept | ids | users | {"entity_name": ["demo"]}),
                (("Not", "entity_name"), kept | ids | users | {"not_entity_name": ["x", "demo"]})):
            with self.subTest(key):
                path, query = urlsplit(found[key])[2:4]
                self.assertEqual(f"/{account.slug}/events", path)
                self.assertEqual(expected, parse_qs(query))

    def test_triggers(self):
        account = Account()
        first, second, third = account.record([
            {"kind": "trigger", "action": "a", "occurred_at": NOON + i, "trigger": about}
            for i, about in enumerate(({"provider": "github", "signature": "valid"},
                                       {"provider": "git lab", "signature": "invalid"}, {}))])
        ids = [third, second, first]
        for one in ids:
            found = ways(page_of(account, "trigger", one))
            for dimension in ("provider", "signature"):
                for how, expected in (("Only", [one]), ("Not", [i for i in ids if i != one])):
                    answer = daybook.get(found[how, dimension])
                    self.assertEqual(expected, shown_ids(Page(answer.text), account.slug, "triggers"))

    def test_methods(self):
        """Letters of either case are the same; what HTTP has no list of is another one."""
        account = Account()
        sent = ["get", "GET", "PROPFIND", "REPORT", None]
        ids = account.record([{"action": "a", "occurred_at": NOON + i, "request": {"method": method} if method else {}}
                              for i, method in enumerate(sent)])
        same = [{0, 1}, {0, 1}, {2, 3}, {2, 3}, {4}]
        for i, one in enumerate(ids):
            found = ways(page_of(account, "event", one))
            for how, expected in (("Only", same[i]), ("Not", set(range(5)) - same[i])):
                answer = daybook.get(found[how, "method"])
                self.assertEqual([ids[k] for k in sorted(expected, reverse=True)],
                                 shown_ids(Page(answer.text), account.slug, "events"))

    def test_the_list_of_the_entity(self):
        account = Account()
        ids = account.record([{"action": "a", "entity_type": "t x", "entity_id": "1&2", "occurred_at": NOON + i}
                              for i in range(9)])
        account.record({"action": "a", "entity_type": "t", "entity_id": "1&2", "occurred_at": NOON})
        page = page_of(account, "event", ids[0])
        self.assertIn("There are newer ones.", page)
        link = html.unescape(re.search(r'<a href="([^"]*)">All calls on this entity', page)[1])
        self.assertEqual(ids[::-1], shown_ids(Page(daybook.get(link).text), account.slug, "events"))

    def test_the_lists_of_these_minutes(self):
        account = Account()
        steps = (0, -10 * MINUTE_MS, 10 * MINUTE_MS, -10 * MINUTE_MS - 1, 10 * MINUTE_MS + 1)
        ids = account.record([{"action": "a", "user": user, "client_address": address, "request_id": "r", "occurred_at": NOON + step}
                              for step in steps for user, address in (("ann", "::1"), ("bob", "::1" if step else "::2"))])
        page = page_of(account, "event", ids[0])
        for words, expected in (("All calls of this user in these 20 minutes", ids[0:6:2]),
                                ("All calls of these 20 minutes, from any address", ids[:6]),
                                ("All calls of these 20 minutes, whatever their request ID", ids[:6])):
            link = html.unescape(re.search(f'<a href="([^"]*)">{words}</a>', page)[1])
            self.assertEqual(sorted(expected, reverse=True),
                             shown_ids(Page(daybook.get(link).text), account.slug, "events"))


if __name__ == "__main__":
    unittest.main()
