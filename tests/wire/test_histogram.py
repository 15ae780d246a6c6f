# SPDX-License-Identifier: MIT
"""The list over time: every bar against plain SQL and Python, and what its link shows.

DAYBOOK_SEED chooses other random events and queries, DAYBOOK_HISTOGRAMS how many queries.
"""
import datetime
import os
import time
import re
import unittest
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import segment_case
from daybook import Account, TestCase, database, get, run_well
from histogram import Histogram, with_table
from list_oracle import Log, encoded, milliseconds
from test_menus import total
from test_operator import operator

SEED = int(os.environ.get("DAYBOOK_SEED") or 20260131)
HISTOGRAMS = int(os.environ.get("DAYBOOK_HISTOGRAMS") or 100)
NOON = 1769860800000  # 2026-01-31
HOUR = 3600000


def class_of(status):
    return 3 if status == 0 else 0 if status < 400 else 1 if status < 500 else 2


class Common(TestCase):
    def check_marks(self, found):
        """Table and bars say the same, and all that was counted can be seen."""
        self.assertEqual([(link, words, counted) for link, words, _, counted, *_ in found.bars],
                         [(link, words, counts[-1]) for link, words, *counts in found.rows])
        self.assertEqual([failed for *_, failed, _ in found.bars], [row[3] + row[4] for row in found.rows])
        self.assertLessEqual(len(found.bars), 60)
        most = max(row[-1] for row in found.rows)
        heights = {}
        for name, column in (("failed", 4), ("refused", 3), ("none", 5), ("ok", 2)):
            drawn = {place: (bottom, height) for place, bottom, height in found.layers.get(name, [])}
            for (*_, place), row in zip(found.bars, found.rows):
                self.assertEqual(row[column] > 0, place in drawn, (name, row))
                if place in drawn:
                    self.assertEqual(64 - heights.get(place, 0), drawn[place][0], "they stand on each other")
                    self.assertGreaterEqual(drawn[place][1], 2 if name == "failed" else 1)
                    heights[place] = heights.get(place, 0) + drawn[place][1]
        for (*_, place), row in zip(found.bars, found.rows):
            self.assertLessEqual(heights[place], 64)
            self.assertAlmostEqual(64 * row[-1] / most, heights[place], delta=5)


class AgainstOracle(Common):
    @classmethod
    def setUpClass(cls):
        cls.log = Log(SEED, 3000)
        cls.account = cls.log.account
        cls.statuses = {(event["kind"], event["id"]): event["status"] for event in cls.account.stored()}

    def counted(self, found, link, zone):
        """By the times in a link: how many of the pairs lie within, by class."""
        asked = dict(parse_qsl(urlsplit(link).query))
        first = milliseconds(asked["from"].encode(), ZoneInfo(zone), False)
        end = milliseconds(asked["to"].encode(), ZoneInfo(zone), True)
        counts = [0, 0, 0, 0]
        for pair in found:
            if first <= pair[1] >> 22 < end:
                counts[class_of(self.statuses[pair])] += 1
        return (first, end), counts

    def test_bars(self):
        clicked = 0
        for number in range(HISTOGRAMS):
            rng = self.log.random
            kind = rng.choice(("event", "event", "trigger"))
            parameters = [pair for pair in self.log.query() if pair[0] != "q"]
            zone = next((value.decode() for name, value in parameters if name == "tz" and value), "UTC")
            found, _ = self.log.answer(kind, parameters)
            query = encoded(parameters, rng)
            with self.subTest(number=number, kind=kind, query=query):
                histogram = Histogram(self.account.open(with_table(f"{kind}s?{query}")).text)
                self.assertEqual(len(found), histogram.total)
                self.assertEqual(bool(found), bool(histogram))
                if not found:
                    continue
                self.check_marks(histogram)
                before = 0
                for link, _, *counts in histogram.rows:
                    (first, end), expected = self.counted(found, link, zone)
                    self.assertEqual([*expected, sum(expected)], counts, link)
                    self.assertLessEqual(before, first, "they do not overlap")
                    before = end
                for link, _, *counts in rng.sample(histogram.rows, min(2, len(histogram.rows))):
                    self.assertEqual(counts[-1], total(get(link)), link)
                    clicked += 1
                for link, label, count in histogram.keys:
                    self.assertEqual(count, total(get(link)), label)
        self.assertGreater(clicked, HISTOGRAMS // 2)

    def test_a_search_in_texts_has_none(self):
        self.assertFalse(Histogram(self.account.open("events?q=alpha").text))
        self.assertFalse(Histogram(self.account.open("events?user=nobody").text))

    def test_its_table_is_asked_for(self):
        """A page comes without it, and with a link to the same page with it, which nothing else leads to."""
        for path in ("events", "events?show=25&page=2&status=ok", "triggers?sort=time"):
            plain = self.account.open(path).text
            found = Histogram(plain)
            self.assertEqual([], found.rows)
            self.assertEqual(1, plain.count("histogram=table"))
            (link,) = found.ask
            page = get(link).text
            self.assertEqual((found.bars, found.keys), (Histogram(page).bars, Histogram(page).keys))
            self.assertEqual([], Histogram(page).ask)
            self.assertEqual([counted for *_, counted, _, _ in found.bars], [row[-1] for row in Histogram(page).rows])
            self.assertNotIn("histogram=table", page)

    def test_every_page_has_the_same(self):
        first = Histogram(self.account.open("events?show=50").text)
        self.assertEqual(first.bars, Histogram(self.account.open("events?show=50&page=2").text).bars)


class Known(Common):
    def histogram(self, account, query=""):
        return Histogram(account.open(with_table("events" + query)).text)

    @staticmethod
    def ends():
        """What makes the log longer than what is looked at: nothing is drawn where there is no log."""
        return [{"action": "a", "status": 200, "occurred_at": NOON + years * 365 * 24 * HOUR} for years in (-3, -2)] + [
            {"action": "a", "status": 200, "occurred_at": NOON + 200 * 24 * HOUR}]

    def words(self, account, query=""):
        return [row[1] for row in self.histogram(account, query).rows]

    def test_words_and_links(self):
        account = Account()
        account.record([{"action": "a", "status": status, "occurred_at": NOON + number * HOUR} for number, status in
                        enumerate((200, 404, 500, 503, 302))] + [{"action": "a", "occurred_at": NOON}] + self.ends())
        slug = account.slug
        found = self.histogram(account, "?from=2026-01-31&to=2026-01-31&show=25")
        self.assertEqual([
            (f"/{slug}/events?from=2026-01-31T12%3A00&to=2026-01-31T12%3A30&show=25", "2026-01-31 12:00 to 12:30",
             "UTC", 2, 0, 24),
            (f"/{slug}/events?from=2026-01-31T13%3A00&to=2026-01-31T13%3A30&show=25", "2026-01-31 13:00 to 13:30",
             "UTC", 1, 1, 26)], [(link.replace(":", "%3A"), *rest) for link, *rest in found.bars][:2])
        self.assertEqual([("OK", 2), ("4xx", 1), ("5xx", 2), ("No status", 1)], [key[1:] for key in found.keys])
        self.assertEqual([f"/{slug}/events?from=2026-01-26&to=2026-02-01&show=25"], found.out)
        found = self.histogram(account, "?from=2026-01-01&to=2026-02-28")
        self.assertEqual([(f"/{slug}/events?from=2026-01-31&to=2026-01-31", "2026-01-31", "UTC", 6, 3, 30)],
                         found.bars)
        self.assertEqual(["2026-01-26 to 2026-02-01"], self.words(account, "?from=2025-10-01&to=2026-04-30"))
        self.assertEqual(["2026-01-01 to 2026-01-31"], self.words(account, "?from=2024-05-01&to=2026-07-01"))
        self.assertEqual(["2026-01-31"], self.words(account, "?from=2026-01-01&to=2026-02-28&tz=Asia/Tokyo&status=200"))

    def test_the_hour_that_comes_twice(self):
        account = Account()
        first = 1761436800000  # 2025-10-26T00:00Z: 2 o'clock in Berlin, an hour later once more
        account.record([{"action": "a", "occurred_at": first + number * 60000} for number in range(150)] +
                       self.ends())
        found = self.histogram(account, "?tz=Europe/Berlin&from=2025-10-26&to=2025-10-26")
        self.assertEqual([30] * 5, [row[-1] for row in found.rows])
        self.assertEqual(["2025-10-26 02:00 +02:00 to 02:30 +02:00", "2025-10-26 02:30 +02:00 to 02:00 +01:00",
                          "2025-10-26 02:00 +01:00 to 02:30 +01:00", "2025-10-26 02:30 +01:00 to 03:00",
                          "2025-10-26 03:00 to 03:30"], [row[1] for row in found.rows])
        self.assertEqual([row[1] for row in found.rows], [bar[1] for bar in found.bars])
        for link, *_, counted in found.rows:
            self.assertEqual(counted, total(get(link)), link)
        self.assertIn("2025-10-26T01:00Z", found.rows[2][0].replace("%3A", ":"))

    def axis(self, account, query):
        text = account.open("events" + query).text
        return re.findall(r"<span>([^<]*)</span>", re.search(r'<p class="axis"[^>]*>.*?</p>', text, re.DOTALL)[0])

    def test_as_much_of_a_time_as_the_spans_need(self):
        """Ends of the range that lie within a span."""
        account = Account()
        account.record([{"action": "a", "occurred_at": NOON + i * 1000 + 300} for i in range(7000)] + self.ends())
        ends = f"from={NOON + 1255}&to={{}}"
        for to, axis, first in (
                (NOON + 6000000, ("12:00", "12:50", "13:40"), "2026-01-31 12:00 to 12:05"),
                (NOON + 60123, ("12:00:01", "12:00:31", "12:01:00"), "2026-01-31 12:00:01 to 12:00:02"),
                (NOON + 2500, ("12:00:01", "12:00:02"), "2026-01-31 12:00:01 to 12:00:02")):
            query = "?" + ends.format(to)
            self.assertEqual([f"2026-01-31 {time}" for time in axis], self.axis(account, query))
            self.assertEqual(first, self.words(account, query)[0])
        self.assertEqual("2026-01-31 12:00:02.000 to 12:00:02.500", self.words(account, query)[1], "seconds would be the same")
        self.assertEqual([f"2026-01-31 12:00:00.{ms}" for ms in ("100", "500")],
                         self.axis(account, f"?from={NOON + 100}&to={NOON + 500}"))
        query = f"?from={NOON - 30 * 24 * HOUR + 255}&to={NOON + 24 * HOUR + 255}"
        self.assertEqual("2026-02-01", self.axis(account, query)[-1])

    def test_a_pinned_list(self):
        account = Account()
        ids = account.record([{"action": "a", "occurred_at": NOON + number} for number in range(10)])
        found = self.histogram(account, f"?asof={sorted(ids)[4]}")
        self.assertEqual(5, found.total)
        for link, *_, counted in found.rows:
            self.assertEqual(counted, total(get(link)), link)
        account.record([{"action": "a", "occurred_at": NOON + 30 * 24 * HOUR}])
        found = self.histogram(account, f"?asof={sorted(ids)[-1]}&from=2026-01-01&to=2026-03-01")
        self.assertEqual(10, found.total)

    def test_within_the_plan(self):
        account = Account()
        now = int(time.time() * 1000)
        account.record([{"action": "a", "occurred_at": now - days * 24 * HOUR} for days in range(1, 20)])
        name = f"histogram {account.slug}"
        run_well("plan", "add", name, "10")
        run_well("account", "set-plan", account.slug, name)
        found = self.histogram(account)
        self.assertEqual(total(account.open("events")), found.total)
        self.assertEqual(10, found.total)
        for link, *_, counted in found.rows:
            self.assertEqual(counted, total(get(link)), link)

    def test_a_range_across_classes(self):
        """Links of the legend ask for the part of the range that lies in the class."""
        account = Account()
        account.record([{"action": "a", "status": status, "occurred_at": NOON + status} for status in
                        (200, 204, 301, 400, 404, 410, 450, 500, 503)])
        for asked, counts in (("300-599", [1, 4, 2]), ("450-503", [1, 2]), ("200-404", [3, 2])):
            found = self.histogram(account, f"?status={asked}")
            self.assertEqual(counts, [count for *_, count in found.keys], asked)
            self.assertEqual(counts, [total(get(link)) for link, *_ in found.keys], asked)

    def test_removed_events(self):
        account = Account()
        account.record([{"action": "a", "occurred_at": NOON + number * 1000} for number in range(40)])
        run_well("maintain", "purge", account.slug, "--before", "2026-01-31T12:00:30Z", "--yes")
        self.assertEqual(10, self.histogram(account).total)

    def test_status_words(self):
        account = Account()
        account.record([{"action": "a", "status": status, "occurred_at": NOON + status} for status in
                        (200, 204, 301, 400, 404, 404, 500, 503)] + [{"action": "a", "occurred_at": NOON}])
        for query in ("?status=failed", "?status=404&status=2xx", "?status=failed&status=404", "?not_status=404",
                      "?status=503&status=5xx", "?status=---&status=ok", "?status=4xx&not_status=400"):
            found = self.histogram(account, query)
            self.assertTrue(found)
            for link, label, count in found.keys:
                self.assertEqual(count, total(get(link)), (query, label))


class Operator(Common):
    def test_all_accounts(self):
        name, headers = operator()
        self.addCleanup(run_well, "operator", "remove", name)
        logs = [Log(SEED + number, count) for number, count in enumerate((300, 500, 20, 0))]
        accounts = "&".join(f"account={log.account.slug}" for log in logs)
        for number in range(20):
            parameters = [pair for pair in logs[0].query() if pair[0] not in ("q", "asof")]
            query = encoded(parameters)
            with self.subTest(query=query):
                counts = [len(log.answer("event", parameters)[0]) for log in logs]
                found = Histogram(get(with_table(f"/-/events?{accounts}&{query}"), headers).text)
                self.assertEqual(sum(counts), found.total)
                if found:
                    self.check_marks(found)
                for link, *_, counted in found.rows[:3]:
                    self.assertEqual(counted, total(get(link, headers)), link)


class NotIndexed(segment_case.Own):
    def test_bars(self):
        """A log of which nothing is in the index: by plain SQL, the same."""
        account = Account()
        account.record([{"action": "a", "status": status, "occurred_at": NOON + number * 7 * HOUR}
                        for number in range(200) for status in (200, 404, 500, None) if number % 3 or status])
        with segment_case.lock():
            recent = [Histogram(account.open(with_table("events" + query)).text) for query in ("", "?status=failed")]
            database().run(f"DELETE FROM log WHERE account_id = {account.number}")
            plain = [Histogram(account.open(with_table("events" + query)).text) for query in ("", "?status=failed")]
        for one, other in zip(recent, plain):
            self.assertTrue(one)
            self.assertEqual(one.bars, other.bars)
            self.assertEqual(one.rows, other.rows)
            for link, *_, counted in other.rows[:3]:
                self.assertEqual(counted, total(get(link)), link)
        end = datetime.datetime.fromtimestamp((NOON + 199 * 7 * HOUR) / 1000, datetime.timezone.utc)
        self.assertIn(end.strftime("%Y-%m-%d"), plain[0].rows[-1][1])


if __name__ == "__main__":
    unittest.main()
