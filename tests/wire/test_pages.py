# SPDX-License-Identifier: MIT
"""The pages: paging while events arrive, the pager, the menus, details, and the ways between."""
import base64
import html
import json
import re
import time
import unittest
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import daybook
from admin import AdminAccount
from daybook import Account, Page, TestCase
from menu import ticks
from test_list import COUNT, shown_ids

NOON = 1738324800000
ODD_NAMES = ("Deploy", "deploy", "deploy ", " deploy", "a&b=c", "a+b", "a%20b", "\"'<>", "ä",
             "a\u0308", "&amp;", "\U0001f600", "100%", "x" * 1024, "a\\b", "İ", "\u00a0x", "a  b")
# What a browser cannot show, or would send otherwise than it was given to it.
UNSHOWN_NAMES = ("a\tb", "a\nb", "a\r\nb", "a\rb", "\x01", "\x7f", "\u202eabc", "\u200b", "\ufeffx",
                 "\u2028", "\ufffe", "\x85")


def link_to_page(page, number):
    """The first link to page `number` of the list."""
    return next(link for link in page.links
                if parse_qs(urlsplit(link).query).get("page") == [str(number)])


def html_link(text, words):
    """Where the link with these words leads."""
    return html.unescape(re.search(f'<a href="([^"]*)">{re.escape(words)}</a>', text)[1])


def follow(link):
    answer = daybook.get(link)
    assert answer.status == 200, (link, answer)
    return Page(answer.text)


class Paging(TestCase):
    def test_pages_do_not_shift_while_events_arrive(self):
        account = Account()
        ids = account.record([{"action": "a", "occurred_at": NOON + i} for i in range(35)])[::-1]
        page = Page(account.open("events").text)
        shown = []
        for number in range(1, 5):
            shown += shown_ids(page, account.slug, "events")
            self.assertEqual("35", COUNT.search(page.text)[3])
            account.record([{"action": "new", "occurred_at": NOON + 1000 * number + i}
                            for i in range(3)])
            if number < 4:
                page = follow(link_to_page(page, number + 1))
        self.assertEqual(ids, shown)
        live = Page(account.open("events").text)
        self.assertEqual("47", COUNT.search(live.text)[3], "the first page is live")

    def test_pages_do_not_shift_while_time_goes_on(self):
        """Neither those of a span that begins or ends so long before now: what has left it, or come into it, shifts no page."""
        account = Account()
        now = int(time.time() * 1000)
        ids = account.record([{"action": "a", "occurred_at": now - 8000 + 300 * i} for i in range(27)])
        lists = []
        for query, order in ("from=-9s&sort=time", ids), ("to=-2s", ids[::-1]):
            page = Page(account.open("events?" + query).text)
            lists.append((page, order, shown_ids(page, account.slug, "events"), COUNT.search(page.text)[3]))
        time.sleep(2.5)
        for page, order, first, total in lists:
            further = follow(link_to_page(page, 2))
            at = order.index(first[-1]) + 1
            self.assertEqual(order[at:at + 10], shown_ids(further, account.slug, "events"))
            self.assertEqual(total, COUNT.search(further.text)[3])

    def test_back_to_the_newest(self):
        account = Account()
        ids = account.record([{"action": "a", "occurred_at": NOON + i} for i in range(30)])
        page = Page(account.open(f"events?asof={ids[19]}").text)
        self.assertEqual(ids[19:9:-1], shown_ids(page, account.slug, "events"))
        live = [link for link in page.links if link == f"/{account.slug}/events"]
        self.assertTrue(live, "a way to the newest events")

    def test_the_numbers_of_the_pager(self):
        """PREV 1 … 34 35 [36] 37 38 … 57 NEXT, of 566 events."""
        account = Account()
        account.record([{"action": "a", "occurred_at": NOON + i} for i in range(566)])
        for number, shown, numbers in (
                (36, "351 - 360 of 566", (1, 34, 35, 37, 38, 57)),
                (1, "1 - 10 of 566", (2, 3, 57)), (57, "561 - 566 of 566", (1, 55, 56)),
                (4, "31 - 40 of 566", (1, 2, 3, 5, 6, 57)), (2, "11 - 20 of 566", (1, 3, 4, 57))):
            with self.subTest(page=number):
                page = Page(account.open(f"events?page={number}").text)
                self.assertIn(shown, page.text)
                pager = page.text[page.text.index(" Prev "):]
                found = [int(n) for n in re.findall(r"Page (\d+)", pager)]
                self.assertEqual(sorted((*numbers, number)), found)
                gaps = sum(b - a > 1 for a, b in zip(found, found[1:]))
                self.assertEqual(gaps, pager.count("…"))
                for other in numbers:
                    expected = None if other == 1 else [str(other)]
                    self.assertTrue(any(parse_qs(urlsplit(link).query).get("page") == expected
                                        for link in page.links if "asof=" in link), other)

    def test_any_page_by_its_number(self):
        """A field where numbers are left out; its form asks for what the links to pages ask for."""
        account = Account()
        name = 'ä "<&\'%2F+ '
        account.record([{"action": "a", "user": name, "occurred_at": NOON + i} for i in range(100)])
        form = re.compile(r'<form class="jump" method="get" action="([^"]*)">(.*?)</form>', re.S)
        for query, there in (("show=10", True), ("show=10&page=5", True), ("show=10&page=10", True), ("show=25", False),
                             ("show=10&tz=Europe/Berlin&sort=time&not_action=b&not_action=c&" + urlencode({"user": name}), True)):
            with self.subTest(query):
                answer = account.open("events?" + query)
                found = form.search(answer.text)
                self.assertEqual(there, bool(found))
                if not there:
                    continue
                self.assertIn('name="page" min="1" max="10" required', found[2])
                fields = [(html.unescape(key), html.unescape(value)) for key, value in
                          re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', found[2])]
                link = html.unescape(re.search(r'<a href="([^"]*)"><span class="hidden">Page </span>(?!1<)', answer.text)[1])
                expected = parse_qs(urlsplit(link).query)
                del expected["page"]
                self.assertEqual(expected, parse_qs(urlencode(fields)))
                self.assertEqual(f"/{account.slug}/events", found[1])
                page = daybook.get(f"{found[1]}?{urlencode([*fields, ('page', 7)])}")
                self.assertIn("61 - 70 of 100", Page(page.text).text)

    def test_the_other_tab_shows_the_same_time(self):
        account = Account()
        for tab, other, name in (("events", "triggers", "Triggers"), ("triggers", "events", "All Audit")):
            for query, expected in (("", ""), ("user=ann&show=50", ""), ("from=-24h&user=ann", "?from=-24h"),
                                    ("to=2025-01-31&show=50&sort=time&tz=Europe/Berlin&q=abc",
                                     "?to=2025-01-31&tz=Europe%2FBerlin&sort=time&show=50")):
                text = account.open(tab + "?" + query).text
                with self.subTest(tab=tab, query=query):
                    self.assertEqual(f"/{account.slug}/{other}{expected}", html_link(text, name))

    def test_no_event_at_all(self):
        page = Page(Account().open("events").text)
        self.assertIn("Nothing is recorded here yet", page.text)
        self.assertIsNone(COUNT.search(page.text))

    def test_the_way_out_of_an_empty_log(self):
        account = AdminAccount()
        answer = daybook.ask("GET", f"/{account.slug}/events", None, account.admin)
        self.assertEqual(f"/{account.slug}/-/tokens", html_link(answer.text, "make a token"))

    def test_a_pinned_list_of_which_nothing_is_left(self):
        account = Account()
        account.record({"action": "a", "occurred_at": NOON})
        answer = account.open("events?asof=0000000000000001")
        self.assertIn("Nothing is left here", answer.text)
        self.assertEqual("1", COUNT.search(follow(html_link(answer.text, "Begin at the newest call")).text)[3])

    def test_the_tabs_are_apart(self):
        account = Account()
        (event,) = account.record({"action": "a", "occurred_at": NOON})
        (trigger,) = account.record({"action": "a", "occurred_at": NOON, "kind": "trigger"})
        for tab, identifier, other in (("events", event, trigger), ("triggers", trigger, event)):
            page = Page(account.open(tab).text)
            self.assertEqual([identifier], shown_ids(page, account.slug, tab))
            self.assertEqual(200, account.open(f"{tab}/{identifier}").status)
            self.assertEqual(404, account.open(f"{tab}/{other}").status)


class Links(TestCase):
    def test_a_form_keeps_what_no_field_can_hold(self):
        account = Account()
        account.record({"action": "a", "entity_name": "a\nb"})
        for name in ("entity_name", "not_entity_name", "entity_id", "q"):
            text = account.open(f"events?{name}=xa%0Ab").text
            self.assertIn(f'<input type="hidden" name="{name}" value="xa\nb"', text)
            self.assertNotIn(f'<input type="hidden" name="{name}"', account.open(f"events?{name}=xab").text)

    def test_the_zone_that_is_asked_for_stays(self):
        """UTC too, for somebody whose browser remembers another."""
        account = Account()
        about = {"action": "a", "entity_id": "e1", "user": "ann"}
        *_, last = account.record([about | {"occurred_at": NOON + number, "request": {"body": json.dumps({"n": number})}} for number in range(3)])
        login = daybook.login() | {"Cookie": "daybook-zone=Europe/Berlin"}
        text = daybook.get(f"/{account.slug}/events/{last}?tz=UTC", login).text
        ways = [link for link in Page(text).links if urlsplit(link).path.startswith(f"/{account.slug}/events")]
        self.assertGreater(len(ways), 10)
        elsewhere = [link for link in ways if "tz=UTC" not in link and "part=" not in link]
        self.assertEqual([f"/{account.slug}/events"], elsewhere, "the tab alone")

    QUERY = ("entity=a%2Cb&not_user=---&user=%C3%A4%20b&status=4xx&status=200&entity_name=%25&"
             "q=a%26b&from=2025-01-01&tz=Europe%2FBerlin&sort=time&show=25")

    def test_the_filter_goes_along(self):
        account = Account()
        account.record([{"action": "a", "entity_type": "a,b", "user": "ä b", "status": 200,
                         "entity_name": "100%", "occurred_at": NOON + i,
                         "request": {"url": "/?a&b"}} for i in range(60)])
        page = Page(account.open("events?" + self.QUERY).text)
        self.assertIn("1 - 25 of 60", page.text)
        wanted = parse_qs(self.QUERY)
        second = link_to_page(page, 2)
        self.assertEqual(wanted, {name: values for name, values in parse_qs(
            urlsplit(second).query).items() if name not in ("page", "asof")})
        details = [link for link in page.links if "/events/" in link]
        back = Page(daybook.get(details[3]).text)
        way_back = next(link for link in back.links if link.startswith(f"/{account.slug}/events?"))
        self.assertEqual(shown_ids(page, account.slug, "events"),
                         shown_ids(follow(way_back), account.slug, "events"))
        del wanted["show"]
        files = [link for link in page.links if "/events.csv" in link or "/events.ndjson" in link]
        for link, marks in zip(files, ({}, {"bom": ["1"]}, {"bom": ["1"], "trailer": ["1"]}), strict=True):
            self.assertEqual(wanted | marks, parse_qs(urlsplit(link).query))
            self.assertEqual("60", daybook.ask("HEAD", link.replace("q=a%26b&", ""), None,
                                               daybook.login()).headers["Daybook-Rows"])

    def test_each_row_has_its_details(self):
        account = Account()
        account.record([{"action": f"a{i}", "occurred_at": NOON} for i in range(12)])
        page = Page(account.open("events?show=25").text)
        for identifier in shown_ids(page, account.slug, "events"):
            action = account.find(identifier)["action"].decode()
            self.assertIn(action, Page(account.open(f"events/{identifier}").text).text)


class Menus(TestCase):
    """Every tick of a menu filters by the very value that it stands for."""

    def ticks(self, account, name):
        return [value for value, _ in ticks(account.open(f"events?menu={name}").text).get(name, [])]

    def test_they_list_what_occurs(self):
        account, other = Account(), Account()
        other.record({"action": "theirs", "user": "theirs", "entity_type": "theirs"})
        account.record([{"action": name, "user": name, "entity_type": name, "status": 201,
                         "source": "cli"} for name in ODD_NAMES])
        account.record({"action": "b", "kind": "trigger"})
        for dimension in ("action", "user", "entity"):
            self.assertEqual(sorted(ODD_NAMES), sorted(self.ticks(account, dimension)))
        self.assertIn("201", self.ticks(account, "status"))
        self.assertNotIn("202", self.ticks(account, "status"))
        self.assertEqual(["cli"], self.ticks(account, "source"))

    def check_ticks(self, names):
        account = Account()
        account.record([{"action": "a", "user": name, "entity_type": name} for name in names])
        for dimension, column in (("user", "user"), ("entity", "entity_type")):
            for value in self.ticks(account, dimension):
                rows = daybook.csv_dicts(account.open(
                    f"events.csv?raw=1&{dimension}={quote(value, safe='')}").text)
                self.assertEqual([value], [row[column] for row in rows])

    def test_a_tick_selects_its_value(self):
        self.check_ticks(ODD_NAMES)

    def test_a_tick_of_a_name_that_no_page_can_show(self):
        """Such a value may be missing in the menu; if it is there it has to work."""
        for name in UNSHOWN_NAMES:
            with self.subTest(name=name):
                self.check_ticks([name])


class Details(TestCase):
    def test_everything_of_an_event_is_shown(self):
        account = Account()
        event = {
            "kind": "trigger", "occurred_at": NOON + 7, "idempotency_key": "the-key",
            "entity_type": "the-type", "entity_id": "the-id", "entity_name": "the-name",
            "action": "the-action", "status": 418, "user": "the-user", "source": "webhook",
            "request": {"method": "PURGE", "url": "/the-url?a=%2F", "params": {"the": "params"},
                        "query": {"the": "query"}, "headers": {"The": "headers"},
                        "body": "the body"},
            "response": {"time_ms": 5678, "bytes": 91011, "body_head": "the answer"},
            "request_id": "the-request", "trace_id": "the-trace", "client_address": "the-client",
            "forwarded_for": "the-proxy", "user_agent": "the-agent",
            "trigger": {"provider": "the-provider", "event": "the-event",
                        "delivery_id": "the-delivery", "signature": "invalid"},
            "extra": {"the": "extra"}}
        (identifier,) = account.record(event)
        text = Page(account.open(f"triggers/{identifier}").text).text
        text = text.replace("91,011 bytes", "91011 bytes").replace("5,678 ms", "5678 ms")
        words = re.findall(r"the-\w+|The|headers|params|query|extra|the body|the answer|PURGE|418|"
                           r"5678|91011|invalid|webhook|%2F", json.dumps(event))
        self.assertGreater(len(words), 25)
        for word in (*words, daybook.sha256(b"the body"), identifier, "2025-01-31T12:00:00.007Z",
                     "8 bytes"):
            self.assertIn(word, text)

    def test_json_is_shown_in_the_order_and_with_the_digits_sent(self):
        account = Account()
        (identifier,) = account.record({"action": "a", "request": {
            "body": '{"b":1.0,"a":[123456789012345678901234567890,1E5],"b":"\\u00e9\\/"}'}})
        text = html.unescape(account.open(f"events/{identifier}").text)
        self.assertIn('{\n  "b": 1.0,\n  "a": [\n    123456789012345678901234567890,\n    1E5\n'
                      '  ],\n  "b": "\\u00e9\\/"\n}', text)
        raw = html.unescape(account.open(f"events/{identifier}?view=raw").text)
        self.assertIn('{"b":1.0,"a":[123456789012345678901234567890,1E5],"b":"\\u00e9\\/"}', raw)

    def test_the_body_as_a_file(self):
        account = Account()
        for body in (bytes(range(256)), b"<script>", b"\0", b"x" * 100000):
            (identifier,) = account.record({"action": "a", "request": {
                "body_base64": base64.b64encode(body).decode()}})
            answer = account.open(f"events/{identifier}?part=body")
            self.assertEqual((200, body), (answer.status, answer.body))
            self.assertEqual("application/octet-stream", answer.headers["Content-Type"])
            self.assertIn("attachment", answer.headers["Content-Disposition"])
            self.assertIn(daybook.sha256(body), account.open(f"events/{identifier}").text)

    def test_what_is_not_there(self):
        mine, other, closed = Account(), Account(), Account(member=False)
        (identifier,) = mine.record({"action": "a"})
        (foreign,) = other.record({"action": "a"})
        (hidden,) = closed.record({"action": "a"})
        self.assertEqual(200, mine.open(f"events/{identifier}").status)
        pages = [mine.open(target) for target in (
            f"events/{foreign}", f"events/{int(identifier, 16) ^ 1:016x}", "events/x", "events/0",
            f"events/{identifier.upper()}x", f"events/{identifier}0", f"triggers/{identifier}")]
        closed_pages = [closed.open(target) for target in (
            "events", "triggers", f"events/{hidden}", "events.csv", "all.ndjson")]
        pages += closed_pages + [daybook.get("/t-no-such-account" + path) for path in (
            "/events", f"/events/{identifier}", "/events.csv")]
        for answer in pages:
            self.assertEqual(404, answer.status, answer)
        for one, another in zip(closed_pages[:1], pages[-3:]):
            self.assertEqual(strip_request(one.text), strip_request(another.text),
                             "not yours and not there look the same")


def strip_request(text):
    return re.sub(r"[0-9a-f]{32}", "", text)


if __name__ == "__main__":
    unittest.main()
