# SPDX-License-Identifier: MIT
"""The zone that somebody chose last: what is shown follows it, what a link selects does not."""
import html
import re
import unittest
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

import daybook
from daybook import Account, Page, TestCase
from running_copy import until
from test_list import COUNT, shown_ids

HOUR = 3600 * 1000
NOON = 1738324800000  # 2025-01-31T12:00Z
ZONES = ("Europe/Berlin", "America/St_Johns", "Asia/Tokyo", "UTC")
SELECTED_IN_UTC = (
    "", "from=2025-01-31", "to=2025-01-31", "from=2025-01-31&to=2025-01-31", "from=2025-01-31T12:00",
    "to=2025-01-31T12:00:00.500", f"from={NOON}&to={NOON + HOUR}", "from=2025-01-31T12:00Z",
    "from=0000-01-01&to=9999-12-31", "to=0000-01-01", "from=9999-12-31", "sort=time&from=2025-01-31",
)


class Zone(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        cls.account.record([{"action": "a", "occurred_at": NOON + i * HOUR} for i in range(-30, 31)])

    def open(self, query, cookie=None, tab="events"):
        headers = daybook.login() | ({"Cookie": cookie} if cookie else {})
        return daybook.ask("GET", f"/{self.account.slug}/{tab}" + (query and "?" + query), None, headers)

    def page(self, query, zone):
        answer = self.open(query, f"other=1; daybook-zone={zone}; third=x")
        self.assertEqual(200, answer.status, answer)
        return Page(answer.text), answer.text

    def test_choosing(self):
        for tab in ("events", "triggers"):
            answer = self.open("tz=UTC&zone=Europe/Berlin&user=&entity=a&page=3&asof=0000000000000001", tab=tab)
            self.assertEqual(303, answer.status)
            self.assertEqual(f"/{self.account.slug}/{tab}?entity=a&tz=Europe%2FBerlin", answer.headers["Location"])
            self.assertRegex(answer.headers["Set-Cookie"], "^daybook-zone=Europe/Berlin; Path=/; Max-Age=[0-9]{8}; SameSite=Lax; HttpOnly$")

    def test_what_was_shown_stays_the_same_moment(self):
        """Times do; what was typed meanwhile, and days, are meant in the new zone."""
        at = "2025-01-31T12:00"
        for from_, was, expected in (
                (at, at, "2025-01-31T13:00"), (at + ":00", at, "2025-01-31T13:00"), (at + ":00.000", at + ":00", "2025-01-31T13:00"),
                (at, "2025-01-31T11:00", at), (at, "", at), (at, "yesterday", at), ("2025-01-31", "2025-01-31", "2025-01-31"),
                (at + "Z", at + "Z", at + "Z"), ("-24h", "-24h", "-24h"), (at, at + "Z", "2025-01-31T13:00"),
                ("2025-10-26T01:30", "2025-10-26T01:30", "2025-10-26T01:30Z"), ("", at, None)):
            for name in ("from", "to"):
                with self.subTest(name, value=from_, was=was):
                    answer = self.open(urlencode({name: from_, name + "_was": was, "tz": "UTC", "zone": "Europe/Berlin"}))
                    query = parse_qs(urlsplit(answer.headers["Location"]).query)
                    self.assertEqual({name: [expected], "tz": ["Europe/Berlin"]} if expected else {"tz": ["Europe/Berlin"]}, query)
        for text in (at, "2025-10-26T01:30Z"):
            answer = self.open(urlencode({"from": text, "from_was": text, "tz": "Europe/Berlin", "zone": "Europe/Berlin"}))
            self.assertEqual([text], parse_qs(urlsplit(answer.headers["Location"]).query)["from"])

    def test_beside_what_is_wrong(self):
        """The page that says so is in the zone that was chosen, and asks for the same moments."""
        at = "2025-01-31T12:00"
        for from_, expected in ((at, "2025-01-31T13:00"), ("2025-01-31T09:00", "2025-01-31T09:00"), ("2025-01-31", "2025-01-31")):
            answer = self.open(urlencode({"from": from_, "from_was": at, "tz": "UTC", "zone": "Europe/Berlin", "status": "x"}))
            self.assertEqual(400, answer.status)
            self.assertIn(f'name="from" value="{expected}"', answer.text)
            self.assertIn(f'name="from_was" value="{expected}"', answer.text)
            way_on = re.search(r'href="([^"]*)">Show the log without what is wrong', answer.text)[1].replace("&amp;", "&")
            self.assertEqual({"from": [expected], "tz": ["Europe/Berlin"]}, parse_qs(urlsplit(way_on).query))
            self.assertIn("daybook-zone=Europe/Berlin;", answer.headers.get("Set-Cookie", ""), "its form chooses no other")

    def test_not_another(self):
        answer = self.open("tz=Europe/Berlin&zone=Europe/Berlin&entity=a")
        self.assertEqual((303, None), (answer.status, answer.headers.get("Set-Cookie")))
        self.assertIsNone(self.open("tz=Europe/Berlin").headers.get("Set-Cookie"), "a link chooses nothing")

    def test_by_a_part_of_its_name(self):
        """As people type it into the form; links have the whole name."""
        for typed, zone in (("Berlin", "Europe/Berlin"), ("berlin", "Europe/Berlin"), ("EUROPE/BERLIN", "Europe/Berlin"), (" Berlin ", "Europe/Berlin"),
                            ("New York", "America/New_York"), ("new_york", "America/New_York"), ("buenos aires", "America/Argentina/Buenos_Aires")):
            with self.subTest(typed):
                answer = self.open(urlencode({"zone": typed, "from": "2025-01-31T12:00", "from_was": "2025-01-31T12:00", "tz": "UTC"}))
                self.assertEqual(303, answer.status, answer)
                query = parse_qs(urlsplit(answer.headers["Location"]).query)
                local = datetime.fromtimestamp(NOON / 1000, ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
                self.assertEqual({"tz": [zone], "from": [local]}, query)
                self.assertRegex(answer.headers["Set-Cookie"], f"^daybook-zone={zone};")
        answer = self.open("tz=Europe/Berlin&zone=berlin")
        self.assertEqual((303, None), (answer.status, answer.headers.get("Set-Cookie")), "it is the same")
        answer = self.open("zone=utc")
        self.assertEqual((303, f"/{self.account.slug}/events?tz=UTC"), (answer.status, answer.headers["Location"]))

    def test_by_a_part_of_several(self):
        answer = self.open("tz=Asia/Tokyo&zone=eastern")
        self.assertEqual(400, answer.status)
        self.assertRegex(Page(answer.text).text, r'Time zone \(parameter "zone"\) must be one time zone, and "eastern" may be '
                                                 "(America/Toronto or America/New_York|America/New_York or America/Toronto)\\.")
        self.assertIn('name="zone" value="eastern"', answer.text)
        self.assertIsNone(answer.headers.get("Set-Cookie"))

    def test_an_address_has_the_whole_name(self):
        for zone in ("Berlin", "europe/berlin", "Europe/Berlin ", "utc", "New York"):
            self.assertEqual(400, self.open(urlencode({"tz": zone})).status, zone)
        for path in ("events.csv", "events.ndjson"):
            self.assertEqual(400, daybook.get(f"/{self.account.slug}/{path}?tz=berlin").status)

    def test_none(self):
        answer = self.open("zone=Berlinn")
        self.assertEqual(400, answer.status)
        self.assertIn('Time zone (parameter "zone") must be the IANA name of a time zone, such as Europe/Berlin, or its last part, not "Berlinn".',
                      Page(answer.text).text)

    def test_whether_one_was_chosen(self):
        """The page says so to the script, which offers that of the browser where none was: also pages that a worker keeps."""
        until(lambda: self.account.count("event_recent") == 0, 60, "all is in segments")
        for query in ("", "tz=Europe/Berlin"):
            for cookie, chosen in ((None, False), ("daybook-zone=Europe/Berlin", True), ("daybook-zone=UTC", True), ("daybook-zone=Mars", False)) * 8:
                self.assertEqual(chosen, " data-free" not in self.open(query, cookie).text, (query, cookie))

    def test_where_there_is_no_account(self):
        for path in ("/t-none", "/A%0D%0Ab", "//example.com", "/-"):
            answer = daybook.get(f"{path}/events?zone=Europe/Berlin")
            self.assertIn(answer.status, (303, 400, 403, 404))
            self.assertNotIn("Set-Cookie: ", str(answer.headers.get("Location", "")))
            self.assertNotRegex(answer.headers.get("Location", "/"), "^//|[\r\n]")

    def test_the_same_rows_for_everyone(self):
        for query in SELECTED_IN_UTC:
            query = "show=100" + (query and "&" + query)
            plain = Page(self.open(query).text)
            expected = shown_ids(plain, self.account.slug, "events")
            for zone in ZONES:
                with self.subTest(query=query, zone=zone):
                    page, text = self.page(query, zone)
                    self.assertEqual(expected, shown_ids(page, self.account.slug, "events"))
                    for link in page.links:
                        parts = urlsplit(link)
                        if parts.path in ("", f"/{self.account.slug}/events", f"/{self.account.slug}/events.csv") and parts.query:
                            self.assertEqual([zone], parse_qs(parts.query).get("tz"), link)

    def test_links_select_the_same(self):
        """The link that turns the order round, taken by somebody who has chosen nothing."""
        for query in SELECTED_IN_UTC[:-1]:
            with self.subTest(query):
                page, text = self.page("show=100" + (query and "&" + query), "Asia/Tokyo")
                turned = [link for link in page.links if "sort=time" in link]
                if not turned:
                    self.assertFalse(shown_ids(page, self.account.slug, "events"))
                    continue
                other = Page(daybook.get(turned[0]).text)
                self.assertEqual(shown_ids(page, self.account.slug, "events")[::-1],
                                 shown_ids(other, self.account.slug, "events"))

    def test_shown(self):
        for zone in ZONES:
            _, text = self.page("", zone)
            shown = re.findall(r'<time datetime="([^"]+)" title="([^"]+)">([^<]+)</time>', text)
            self.assertTrue(shown)
            for utc, title, local in shown:
                moment = datetime.fromisoformat(utc)
                here = moment.astimezone(ZoneInfo(zone))
                self.assertEqual(here.strftime("%Y-%m-%d %H:%M:%S"), local)
                self.assertIn(utc, title)
                self.assertTrue(zone == "UTC" or f"({zone})" in title, title)

    def test_a_link_decides(self):
        page, text = self.page("tz=Asia/Tokyo", "Europe/Berlin")
        self.assertIn("(Asia/Tokyo)", text)
        self.assertNotIn("Berlin)", text)

    def test_details(self):
        page, _ = self.page("", "Asia/Tokyo")
        path = f"/{self.account.slug}/events/{shown_ids(page, self.account.slug, 'events')[0]}"
        text = daybook.ask("GET", path, None, daybook.login() | {"Cookie": "daybook-zone=Asia/Tokyo"}).text
        self.assertIn("(Asia/Tokyo)", text)
        self.assertNotIn("Tokyo", daybook.get(path).text)

    def test_cookies_that_are_none(self):
        plain = self.open("").text
        for cookie in ("daybook-zone=", "daybook-zone=Berlin", "daybook-zone=../../etc/passwd", "daybook-zone",
                       "xdaybook-zone=Europe/Berlin", 'daybook-zone="Europe/Berlin"', "daybook-zone=" + "x" * 4000,
                       "daybook-zone=Europe/Berlin%0d%0a"):
            with self.subTest(cookie[:40]):
                self.assertEqual(COUNT.search(Page(plain).text)[0], COUNT.search(Page(self.open("", cookie).text).text)[0])
                self.assertNotIn("Berlin)", self.open("", cookie).text)


class TheHourThatComesTwice(TestCase):
    def expected(self, ms, zone, form="%Y-%m-%d %H:%M:%S"):
        """With the offset where the other fold is another moment with the same local time."""
        here = datetime.fromtimestamp(ms / 1000, ZoneInfo(zone))
        other = here.replace(fold=1 - here.fold)
        local = other.astimezone(timezone.utc).astimezone(ZoneInfo(zone))
        twice = other.utcoffset() != here.utcoffset() and local.replace(tzinfo=None) == here.replace(tzinfo=None)
        return here.strftime(form) + (here.isoformat()[-6:].join((" ", "")) if twice else "")

    def test_shown(self):
        account = Account()
        for zone, change in (("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=timezone.utc)),
                             ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=timezone.utc)),
                             ("Europe/Dublin", datetime(2026, 10, 25, 1, tzinfo=timezone.utc)),
                             ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=timezone.utc))):
            middle = int(change.timestamp() * 1000)
            times = [middle + minutes * 60000 for minutes in (-90, -61, -60, -45, -30, -29, -15, -1, 0, 1, 29, 30, 45, 59, 60, 90)]
            ids = account.record([{"action": "a", "entity_type": "t", "entity_id": zone, "occurred_at": ms} for ms in times])
            text = account.open(f"events?tz={zone}&entity_id={zone}&sort=time&show=100").text
            self.assertEqual([self.expected(ms, zone) for ms in times], re.findall(r"<time [^>]*>([^<]+)</time>", text), zone)
            text = account.open(f"events/{ids[6]}?tz={zone}").text
            self.assertIn(f">{self.expected(times[6], zone)}</time> ({zone})", text)
            self.assertIn(f">{self.expected(times[8], zone)}</time></td>", text, "its history")

    def test_chips(self):
        account = Account()
        account.record({"action": "a"})
        for query, words in (
                ("from=2026-10-25T02:15&to=2026-10-25T01:15:30Z", "2026-10-25 02:15 +02:00 to 02:15:30 +01:00"),
                ("from=2026-10-25T01:59:59.999&to=2026-10-25T03:00", "2026-10-25 01:59:59.999 to 03:00"),
                ("to=2026-11-20T12:00Z", "until 2026-11-20 13:00"), ("from=2026-11-20", "since 2026-11-20"),
                ("from=2026-11-20&to=2026-11-20", "2026-11-20"), ("from=2026-11-20&to=2026-11-21", "2026-11-20 to 2026-11-21"),
                ("from=2026-11-20T12:00&to=2026-11-20T12:00", "2026-11-20 12:00 to 12:00"),
                (f"from={NOON}", f"since {NOON}"), ("from=-24h", "last 24 hours"), ("from=-3h&to=-1h", "-3h to -1h")):
            text = Page(account.open(f"events?tz=Europe/Berlin&{query}").text).text
            self.assertRegex(text, rf"Date:? {re.escape(words)} (?!to)", query)


class Days(TestCase):
    """Days on offer beside the spans: of the zone, and said as days, so that a link means the same tomorrow."""

    def offered(self, query):
        text = self.account.open("events?" + query).text
        return {label: (parse_qs(urlsplit(html.unescape(link)).query), bool(current)) for link, current, label in
                re.findall(r'<li><a href="([^"]+)"( aria-current="true")?>(Today|Yesterday|Last month)</a>', text)}

    def expected(self, zone):
        today = datetime.now(ZoneInfo(zone)).date()
        yesterday, last = today - timedelta(days=1), today.replace(day=1) - timedelta(days=1)
        return {"Today": (today, today), "Yesterday": (yesterday, yesterday), "Last month": (last.replace(day=1), last)}

    def test_days(self):
        self.account = Account()
        self.account.record({"action": "a"})
        for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Niue"):
            with self.subTest(zone):
                before, found = self.expected(zone), self.offered(f"tz={zone}&action=a&from=-1h")
                if before != self.expected(zone):
                    self.skipTest("midnight went by")
                for label, (first, last) in before.items():
                    wanted = {"action": ["a"], "from": [str(first)], "to": [str(last)], "tz": [zone]}
                    self.assertEqual((wanted, False), found[label], label)
                    opened = self.offered(urlencode(wanted, doseq=True))
                    self.assertEqual([label], [other for other, (_, current) in opened.items() if current])


class Ages(TestCase):
    def test_ages(self):
        account = Account()
        now = datetime.now(timezone.utc)
        ages = (("just now", 5), ("just now", 50), ("1 min ago", 70), ("119 min ago", 119.5 * 60), ("2 h ago", 2.1 * 3600),
                ("47 h ago", 47.5 * 3600), ("2 d ago", 49 * 3600), ("400 d ago", 400.5 * 86400))
        account.record([{"action": "a", "occurred_at": (now - timedelta(seconds=s)).isoformat(timespec="milliseconds")
                         .replace("+00:00", "Z")} for _, s in ages])
        text = account.open("events").text
        self.assertEqual([age for age, _ in ages], re.findall(r"<small>([^<]+)</small></td>", text))


if __name__ == "__main__":
    unittest.main()
