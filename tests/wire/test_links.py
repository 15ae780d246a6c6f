# SPDX-License-Identifier: MIT
"""What belongs together: attempts of one delivery, triggers and the calls that they caused."""
import random
import re
import unittest

from capture import Front, Upstream
from daybook import Account, TestCase, database, run_well
from front_follower import FrontFollower
from linked import (DAY_MS, HOUR_MS, NOON, SHOWN_MAX, attempts, call, expected_links, linked,
                    trigger)
from running_copy import until
from statements import seen
from test_capture_identity import EXAMPLES


class Linked(TestCase):
    def assertLinked(self, account, kind, identifier, expected):
        self.assertEqual(expected, linked(account, kind, identifier))
        self.assertEqual(expected, expected_links(account, kind, identifier))

    def test_each_kind_of_id(self):
        """Whichever the API hands on: it is one kind of id."""
        for of_trigger in ("request_id", "trace_id", "delivery_id"):
            for of_call in ("request_id", "trace_id"):
                with self.subTest(trigger=of_trigger, call=of_call):
                    account = Account()
                    (cause,) = account.record(trigger(**{of_trigger: "an-id"}))
                    first, second, _ = account.record([
                        call(NOON + 5, **{of_call: "an-id"}), call(NOON - 5, **{of_call: "an-id"}),
                        call(NOON, **{of_call: "An-id"})])
                    self.assertLinked(account, "trigger", cause, [first, second])
                    self.assertLinked(account, "event", first, [cause])

    def test_two_common_ids_link_once(self):
        account = Account()
        (cause,) = account.record(trigger(request_id="r", trace_id="t", delivery_id="d"))
        (effect,) = account.record(call(request_id="t", trace_id="r"))
        (same,) = account.record(call(request_id="d", trace_id="d"))
        self.assertLinked(account, "trigger", cause, sorted((effect, same), reverse=True))
        self.assertLinked(account, "event", effect, [cause])

    def test_a_day_before_and_after(self):
        for time_ms in (NOON, NOON + 1, NOON - 1, NOON + HOUR_MS // 2, 0, HOUR_MS - 1, HOUR_MS,
                        DAY_MS, 5 * DAY_MS):
            with self.subTest(time_ms):
                account = Account()
                (cause,) = account.record(trigger(time_ms, request_id="r"))
                times = [time for step in (0, 1, HOUR_MS, DAY_MS - 1, DAY_MS, DAY_MS + 1, 2 * DAY_MS)
                         for time in {time_ms - step, time_ms + step} if time >= 0]
                ids = dict(zip(account.record([call(time, request_id="r") for time in times]), times))
                inside = sorted((one for one, time in ids.items() if abs(time - time_ms) <= DAY_MS),
                                reverse=True)
                self.assertLinked(account, "trigger", cause, inside)
                for one in ids:
                    self.assertLinked(account, "event", one, [cause] if one in inside else [])

    def test_accounts_never_meet(self):
        one, other = Account(), Account()
        (cause,) = one.record(trigger(request_id="r", provider="github", delivery_id="d"))
        (theirs,) = other.record(call(request_id="r"))
        (again,) = other.record(trigger(NOON + 1, provider="github", delivery_id="d"))
        self.assertLinked(one, "trigger", cause, [])
        self.assertLinked(other, "event", theirs, [])
        self.assertEqual([], attempts(one, cause))
        self.assertEqual([], attempts(other, again))
        self.assertNotIn("attempt", one.open("triggers").text)
        page = one.open(f"triggers/{cause}").text
        self.assertIn("no call within a day of it", page)

    def test_kinds_meet_only_the_other(self):
        account = Account()
        first, second = account.record([call(request_id="r"), call(NOON + 1, request_id="r")])
        self.assertLinked(account, "event", first, [])
        one, two = account.record([trigger(trace_id="t"), trigger(NOON + 1, trace_id="t")])
        self.assertLinked(account, "trigger", one, [])
        self.assertLinked(account, "trigger", two, [])
        self.assertLinked(account, "event", second, [])

    def test_no_id_is_no_link(self):
        account = Account()
        (cause,) = account.record(trigger(trace_id="0" * 32, request_id="-"))
        account.record([call(trace_id="0" * 32), call(request_id="-"), call(request_id="")])
        self.assertLinked(account, "trigger", cause, [])
        self.assertEqual(0, account.count("event_link"))

    def test_recorded_twice(self):
        account = Account()
        cause = trigger(request_id="r", provider="p", delivery_id="d", signature="valid",
                        idempotency_key="k")
        effect = call(NOON + 9, request_id="r", idempotency_key="k")
        for _ in range(3):
            (first,) = account.record(cause)
            second, twin = account.record([effect, effect])
            self.assertEqual(second, twin)
        self.assertLinked(account, "trigger", first, [second])
        self.assertEqual([], attempts(account, first))
        # Request id and delivery id in their hour; the delivery at all times; and the call's.
        self.assertEqual(4, account.count("event_link"))

    def test_a_time_that_is_not_given_or_believed(self):
        account = Account()
        cause = trigger(request_id="r")
        del cause["occurred_at"]
        (first,) = account.record(cause)
        (second,) = account.record(call(4000000000000, request_id="r"))
        self.assertLinked(account, "trigger", first, [second])

    def test_more_than_are_shown(self):
        account = Account()
        (cause,) = account.record(trigger(request_id="r", trace_id="t"))
        ids = account.record([call(NOON + i * HOUR_MS // 4, request_id="r") for i in range(49)])
        self.assertEqual(ids[::-1], linked(account, "trigger", cause))
        self.assertNotIn("There are more", account.open(f"triggers/{cause}").text)
        ids += account.record([call(NOON + DAY_MS // 2 + 1 + i, request_id="r") for i in range(2)])
        expected = expected_links(account, "trigger", cause)
        self.assertEqual(51, len(expected))
        self.assertEqual(expected[:SHOWN_MAX], linked(account, "trigger", cause))
        self.assertIn("these are the newest 50", account.open(f"triggers/{cause}").text)
        account.record([call(NOON - i, request_id="r", trace_id="t") for i in range(200)])
        self.assertEqual(expected[:SHOWN_MAX], linked(account, "trigger", cause))

    def test_random(self):
        """A few ids, much too often used, in two accounts, around the borders of hours and days."""
        rng = random.Random(20)
        accounts = Account(), Account()
        recorded = []
        words = ["r1", "r2", "R1", "t1", "x" * 255, "0", "ü"]
        steps = [0, 1, HOUR_MS - 1, HOUR_MS, DAY_MS - 1, DAY_MS, DAY_MS + 1, DAY_MS + HOUR_MS]
        for account in accounts:
            for _ in range(90):
                time_ms = NOON + rng.choice((-1, 1)) * rng.choice(steps) + rng.choice((-1, 0, 1))
                ids = {name: rng.choice(words) for name in ("request_id", "trace_id")
                       if rng.random() < .5}
                if rng.random() < .4:
                    if rng.random() < .5:
                        ids |= {"provider": rng.choice("pq"), "delivery_id": rng.choice(words)}
                    kind, event = "trigger", trigger(time_ms, **ids)
                else:
                    kind, event = "event", call(time_ms, **ids)
                if rng.random() < .3:
                    event["idempotency_key"] = "capture:" + rng.choice(words)[:200]
                recorded.append((account, kind, *account.record(event)))
        some = 0
        for account, kind, identifier in recorded:
            expected = expected_links(account, kind, identifier)
            self.assertEqual(expected[:SHOWN_MAX], linked(account, kind, identifier))
            some += len(expected)
        self.assertGreater(some, 500)


class Attempts(TestCase):
    def test_of_one_delivery(self):
        account = Account()
        first, other, third, second = account.record([
            trigger(provider="github", delivery_id="d", status=500),
            trigger(NOON + 1, provider="gitlab", delivery_id="d"),
            trigger(NOON + 40 * DAY_MS, provider="github", delivery_id="d", status=202),
            trigger(NOON + 2, provider="github", delivery_id="d", status=504)])
        order = [first, second, third]
        for shown in order:
            rows = attempts(account, shown)
            self.assertEqual(["1", "2", "3"], [row["cells"][0] for row in rows])
            self.assertEqual(["500 failed", "504 failed", "202 ok"],
                             [row["cells"][2] for row in rows])
            self.assertEqual("2025-01-31 12:00:00", rows[0]["cells"][1])
            for row, one in zip(rows, order):
                self.assertEqual(one == shown, row["shown"])
                self.assertEqual(one == shown, "this one" in row["cells"][3])
                self.assertEqual([] if one == shown else [f"/{account.slug}/triggers/{one}"],
                                 row["links"])
        self.assertEqual([], attempts(account, other))
        marks = re.findall(r"attempt \d+ of \d+", account.open("triggers").text)
        self.assertEqual(["attempt 3 of 3", "attempt 2 of 3", "attempt 1 of 3"], marks)
        self.assertNotIn("attempt", account.open("events").text)

    def test_what_is_none(self):
        account = Account()
        account.record([trigger(provider="github", delivery_id="d", idempotency_key="k"),
                        trigger(provider="github", delivery_id="d", idempotency_key="k"),
                        trigger(provider="github"), trigger(NOON + 1, provider="github"),
                        trigger(provider="githubd", delivery_id="x"),
                        trigger(provider="github", delivery_id="dx"),
                        call(trigger={"provider": "github", "delivery_id": "d"})])
        self.assertNotIn("attempt", account.open("triggers?show=25").text)

    def test_a_page_of_many(self):
        """More deliveries than one statement asks for, some of them more often than are counted."""
        account = Account()
        account.record([trigger(NOON + i, provider="p", delivery_id=f"d{i % 90}")
                        for i in range(270)])
        page = account.open("triggers?show=200").text
        self.assertEqual(90, page.count("attempt 3 of 3"))
        self.assertEqual(90, page.count("attempt 2 of 3"))
        self.assertEqual(20, page.count("attempt 1 of 3"))
        ids = account.record([trigger(NOON + 1000 + i, provider="p", delivery_id="often")
                              for i in range(53)])
        page = account.open("triggers?show=100").text
        self.assertEqual(3, page.count("one of more than 50 attempts"))
        self.assertIn("attempt 50 of more than 50", page)
        self.assertEqual(47, page.count("attempt 3 of 3"))
        rows = attempts(account, ids[7])
        self.assertEqual([str(i + 1) for i in range(50)], [row["cells"][0] for row in rows])
        self.assertEqual([False] * 7 + [True] + [False] * 42, [row["shown"] for row in rows])
        late = account.open(f"triggers/{ids[52]}").text
        self.assertIn("these are the first 50", late)
        self.assertIn("This one came later", late)
        self.assertFalse(any(row["shown"] for row in attempts(account, ids[52])))


class Captured(TestCase):
    """The id that a client sends is the event's request id, and what the API is told."""

    def setUp(self):
        self.account = Account()
        self.api = self.enterContext(Upstream())
        self.front = self.enterContext(Front(self.api, location=EXAMPLES["joined"]))
        self.enterContext(FrontFollower(self.account, self.front))

    def call(self, *headers):
        """The event of a call with these headers, and the request id that the API got."""
        before = {event["id"] for event in self.account.stored()}
        self.front.call("POST", "/joined/a", headers, b"x")
        until(lambda: self.account.count() > len(before), 60, "the call is stored")
        (event,) = [event for event in self.account.stored() if event["id"] not in before]
        return event, self.api.requests[-1].header("X-Request-Id")

    def test_which_id(self):
        for headers, expected in (
                ((("X-Request-Id", "r-1"),), b"r-1"), ((("x-REQUEST-id", "r-2"),), b"r-2"),
                ((("X-Correlation-ID", "c-1"),), b"c-1"),
                ((("X-Correlation-Id", "c-2"), ("X-Request-Id", "r-3")), b"r-3"),
                ((("X-Request-Id", "r-4"), ("X-Request-Id", "r-5")), b"r-4"),
                ((("X-Request-Id", ""), ("X-Correlation-Id", "")), None), ((), None)):
            with self.subTest(headers):
                event, told = self.call(*headers)
                front = event["idempotency_key"].removeprefix(b"capture:")
                self.assertRegex(front, rb"^[0-9a-f]{32}$")
                self.assertEqual(expected or front, event["request_id"])
                self.assertEqual(event["request_id"], told)

    def test_a_long_one_is_cut(self):
        event, _ = self.call(("X-Request-Id", "r" * 300))
        self.assertEqual(b"r" * 255, event["request_id"])
        self.assertIn(b'"request_id"', event["extra"])

    def test_links(self):
        (cause,) = self.account.record({"kind": "trigger", "action": "a", "request_id": "r-1"})
        effect, _ = self.call(("X-Request-Id", "r-1"))
        self.assertEqual([f"{effect['id']:016x}"], linked(self.account, "trigger", cause))
        self.assertEqual([cause], linked(self.account, "event", f"{effect['id']:016x}"))
        rows = self.account.count("event_link")
        self.call()
        self.assertEqual(rows, self.account.count("event_link"), "nobody else knows its id")
        self.call(("traceparent", "00-" + "a" * 32 + "-" + "b" * 16 + "-01"))
        self.assertEqual(rows + 1, self.account.count("event_link"))


class CapturedWebhook(TestCase):
    """A webhook at a marked path, whose receiver calls back with the request id that the front handed on to it."""

    def check(self, header, *headers):
        """With `header` handed on as the receiver's request id, and what the sender said itself."""
        account = Account()
        run_well("hook", "add", account.slug, "any", "--path", "/webhooks/{provider}")
        location = f"""location / {{
            include daybook/location.conf;
            proxy_set_header X-Request-Id {header};
            proxy_pass http://api;
        }}"""
        with Upstream() as api, Front(api, location=location) as front, \
                FrontFollower(account, front):
            for _ in range(2):
                front.call("POST", "/webhooks/github", (
                    ("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "d-1"),
                    ("Content-Type", "application/json"), *headers), b"{}")
            told = api.requests[-1].header("X-Request-Id")
            front.call("POST", "/api/run", [("X-Request-Id", told)], b"x")
            front.call("POST", "/api/run", [], b"x")
            until(lambda: account.count() == 4, 60, "all calls are stored")
        first, second = [f"{event['id']:016x}" for event in account.stored("trigger", True)]
        (effect,) = [f"{event['id']:016x}" for event in account.stored("event")
                     if event["request_id"] == told]
        self.assertEqual([effect], linked(account, "trigger", second))
        self.assertEqual([effect], expected_links(account, "trigger", second))
        self.assertEqual(2, len(attempts(account, first)))
        return linked(account, "trigger", first), effect

    def test_the_id_of_the_front(self):
        of_first, _ = self.check("$request_id")
        self.assertEqual([], of_first, "another attempt, another id")

    def test_the_id_of_the_front_in_place_of_the_senders(self):
        self.check("$request_id", ("X-Request-Id", "of-the-sender"))

    def test_the_id_of_the_sender(self):
        """It is that of both attempts, so both may have caused the call."""
        of_first, effect = self.check("$daybook_request_id", ("X-Request-Id", "of-the-sender"))
        self.assertEqual([effect], of_first)


class Statements(TestCase):
    """Every statement of these pages, as the server got it, finds its rows by a key."""

    def test_explain(self):
        account = Account()
        account.record([trigger(NOON + i, provider="p", delivery_id=f"d{i % 900}", trace_id="t")
                        for i in range(2000)])
        account.record([call(NOON + i * 100, request_id=f"r{i % 100}", trace_id="t")
                        for i in range(4000)])
        (cause,) = account.record(trigger(NOON, provider="p", delivery_id="d1", request_id="r1"))
        (effect,) = account.record(call(NOON, request_id="r1"))
        database().rows("ANALYZE TABLE event, event_request, event_link")
        statements = seen(account, [f"triggers/{cause}", f"events/{effect}",
                                    "triggers?show=50", "triggers?signature=invalid&not_provider=q",
                                    "triggers?provider=p&provider=q&signature=---"],
                          "argument LIKE '%event_link%' OR argument LIKE '%signature%'")
        self.assertGreaterEqual(len(statements), 4)  # one of them more than once
        for statement in statements:
            for row in database().rows("EXPLAIN " + statement):
                _, select, table, access, _, key, *_, extra = row
                if select == "UNION RESULT" or table.startswith("<derived"):
                    continue
                with self.subTest(statement[:300], row=row):
                    self.assertIn(access, ("range", "ref", "eq_ref", "const"))
                    self.assertEqual("PRIMARY", key)
                    self.assertNotIn("filesort", extra)
                    if table == "event_link":
                        self.assertIn("Using index", extra)


if __name__ == "__main__":
    unittest.main()
