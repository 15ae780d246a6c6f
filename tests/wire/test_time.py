# SPDX-License-Identifier: MIT
"""`from`, `to` and `tz`: which milliseconds they let through, worked out by hand."""
import datetime
import time
import unittest

import daybook
from daybook import Account, Page, TestCase


def ms(text):
    """Of a moment in UTC."""
    return round(datetime.datetime.fromisoformat(text + "+00:00").timestamp() * 1000)


# from, tz: the first moment that is let through.
FIRST = (
    ("2025-01-31", "", "2025-01-31T00:00"),
    ("2025-01-31T12:00", "", "2025-01-31T12:00"),
    ("2025-01-31T12:00:30", "UTC", "2025-01-31T12:00:30"),
    ("2025-01-31T12:00:30.250", "", "2025-01-31T12:00:30.250"),
    ("1738324800250", "Asia/Tokyo", "2025-01-31T12:00:00.250"),
    ("2025-01-31", "Europe/Berlin", "2025-01-30T23:00"),
    ("2025-01-31T12:00", "Asia/Kathmandu", "2025-01-31T06:15"),
    ("2025-01-31T12:00Z", "Asia/Kathmandu", "2025-01-31T12:00"),
    ("2025-01-31T12:00:30.250Z", "America/New_York", "2025-01-31T12:00:30.250"),
    # The day of 23 hours; an hour that is left out is moved forward.
    ("2025-03-30", "Europe/Berlin", "2025-03-29T23:00"),
    ("2025-03-30T01:59:59.999", "Europe/Berlin", "2025-03-30T00:59:59.999"),
    ("2025-03-30T02:30", "Europe/Berlin", "2025-03-30T01:30"),
    ("2025-03-30T03:00", "Europe/Berlin", "2025-03-30T01:00"),
    # The day of 25 hours; an hour that comes twice is the earlier.
    ("2025-10-26", "Europe/Berlin", "2025-10-25T22:00"),
    ("2025-10-26T01:59:59.999", "Europe/Berlin", "2025-10-25T23:59:59.999"),
    ("2025-10-26T02:00", "Europe/Berlin", "2025-10-26T00:00"),
    ("2025-10-26T02:30", "Europe/Berlin", "2025-10-26T00:30"),
    ("2025-10-26T03:00", "Europe/Berlin", "2025-10-26T02:00"),
    ("2025-11-02T01:30", "America/New_York", "2025-11-02T05:30"),
    # Where summer time is written as the smaller offset, and where it is half an hour.
    ("2025-10-26T01:30", "Europe/Dublin", "2025-10-26T00:30"),
    ("2025-03-30T01:30", "Europe/Dublin", "2025-03-30T01:30"),
    ("2025-04-06T01:45", "Australia/Lord_Howe", "2025-04-05T14:45"),
    # A midnight that was left out, and a whole day.
    ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00"),
    ("2011-12-31", "Pacific/Apia", "2011-12-30T10:00"),
)

# to, tz: the first moment that is not let through any more.
BEHIND = (
    ("2025-01-31", "", "2025-02-01T00:00"),
    ("2024-02-28", "", "2024-02-29T00:00"),
    ("2024-02-29", "", "2024-03-01T00:00"),
    ("2024-12-31", "", "2025-01-01T00:00"),
    ("2025-01-31T12:00", "", "2025-01-31T12:00"),
    ("2025-01-31T00:00", "", "2025-01-31T00:00"),
    ("2025-01-31T12:00:30.250Z", "Europe/Berlin", "2025-01-31T12:00:30.250"),
    ("1738324800250", "", "2025-01-31T12:00:00.250"),
    ("2025-03-30", "Europe/Berlin", "2025-03-30T22:00"),
    ("2025-03-29", "Europe/Berlin", "2025-03-29T23:00"),
    ("2025-10-26", "Europe/Berlin", "2025-10-26T23:00"),
    ("2025-10-26T02:30", "Europe/Berlin", "2025-10-26T00:30"),
    ("2018-11-03", "America/Sao_Paulo", "2018-11-04T03:00"),
    ("2018-11-04", "America/Sao_Paulo", "2018-11-05T02:00"),
    ("2011-12-31", "Pacific/Apia", "2011-12-31T10:00"),
)


class Edges(TestCase):
    """Each moment has two events: the first and the last that its millisecond has room for."""

    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        edges = {ms(moment) for _, _, moment in FIRST + BEHIND}
        cls.moments = sorted([*{edge + step for edge in edges for step in (-1, 0, 1)}] * 2)
        ids = [(moment << 22) + (2**22 - 1) * (at % 2) for at, moment in enumerate(cls.moments)]
        cls.account.record_many({"action": "a", "occurred_at": identifier >> 22,
                                 "idempotency_key": f"daybook:{identifier:016x}"}
                                for identifier in ids)

    def shown(self, query):
        answer = self.account.open("events.ndjson?sort=time&" + query)
        self.assertEqual(200, answer.status, answer)
        return [int(line["id"], 16) >> 22 for line in daybook.ndjson(answer.text)]

    def test_from_is_included(self):
        for text, zone, moment in FIRST:
            with self.subTest(text=text, zone=zone):
                expected = [m for m in self.moments if m >= ms(moment)]
                self.assertEqual(expected, self.shown(f"from={text}&tz={zone}"))

    def test_to_is_excluded_but_a_bare_day_is_whole(self):
        for text, zone, moment in BEHIND:
            with self.subTest(text=text, zone=zone):
                expected = [m for m in self.moments if m < ms(moment)]
                self.assertEqual(expected, self.shown(f"to={text}&tz={zone}"))

    def test_one_day(self):
        for zone, start, end in (("", "2025-01-31T00:00", "2025-02-01T00:00"),
                                 ("Europe/Berlin", "2025-01-30T23:00", "2025-01-31T23:00")):
            expected = [m for m in self.moments if ms(start) <= m < ms(end)]
            self.assertEqual(expected, self.shown(f"from=2025-01-31&to=2025-01-31&tz={zone}"))

    def test_without_a_zone_it_is_utc(self):
        for query in ("", "&tz=", "&tz=UTC", "&tz=Etc/UTC"):
            self.assertEqual([m for m in self.moments if m >= ms("2025-10-26T02:30")],
                             self.shown("from=2025-10-26T02:30" + query))

    def test_an_empty_range(self):
        for query in ("from=2025-02-01&to=2025-01-31", "from=99999999999999", "to=0",
                      "from=2025-01-31T12:00&to=2025-01-31T12:00", "to=1970-01-01T00:00",
                      f"from={2**63 - 1}", f"from={2**42}"):
            with self.subTest(query=query):
                self.assertEqual([], self.shown(query))

    def test_a_range_wider_than_any_event(self):
        for query in (f"to={2**63 - 1}", f"from=0&to={2**42}", "from=0000-01-01&to=9999-12-31"):
            with self.subTest(query=query):
                self.assertEqual(self.moments, self.shown(query))


class Relative(TestCase):
    def test_spans_before_now(self):
        account = Account()
        now = int(time.time() * 1000)
        spans = {"s": 1000, "m": 60000, "h": 3600000, "d": 86400000, "w": 604800000}
        ages = sorted(7 * unit + shift for unit in spans.values() for shift in (-60000, 120000))
        ages = [age for age in ages if age >= 0]
        account.record_many({"action": "a", "occurred_at": now - age} for age in ages)
        for letter, unit in spans.items():
            for name, keep in (("from", lambda age, edge: age <= edge),
                               ("to", lambda age, edge: age > edge)):
                with self.subTest(span=f"-7{letter}", name=name):
                    rows = daybook.ndjson(account.open(f"events.ndjson?{name}=-7{letter}").text)
                    shown = [now - (int(row["id"], 16) >> 22) for row in rows]
                    self.assertEqual([age for age in ages if keep(age, 7 * unit)], shown)

    def test_a_whole_day_back(self):
        account = Account()
        now = int(time.time() * 1000)
        account.record_many({"action": "a", "occurred_at": now - hours * 3600000}
                            for hours in range(0, 49, 4))
        rows = daybook.ndjson(account.open("events.ndjson?from=-25h&to=-6h").text)
        self.assertEqual([8, 12, 16, 20, 24],
                         [(now - (int(row["id"], 16) >> 22)) // 3600000 for row in rows])


class Shown(TestCase):
    """The list shows the time of the zone asked for, and UTC in the machine-readable one."""

    def test_times_of_a_list(self):
        account = Account()
        moments = ("2025-10-26T00:30:00.123", "2025-10-26T01:30:00.123", "2025-06-01T23:59:59.999")
        account.record_many({"action": "a", "occurred_at": ms(moment)} for moment in moments)
        for zone, shown in (("", ("2025-10-26 01:30:00", "2025-06-01 23:59:59")),
                            ("Europe/Berlin", ("2025-10-26 02:30:00", "2025-06-02 01:59:59")),
                            ("America/New_York", ("2025-10-25 21:30:00", "2025-06-01 19:59:59"))):
            answer = account.open(f"events?tz={zone}")
            for text in shown:
                self.assertIn(text, Page(answer.text).text)
            for moment in moments:
                self.assertIn(f'datetime="{moment}Z"', answer.text)


if __name__ == "__main__":
    unittest.main()
