# SPDX-License-Identifier: MIT
"""What belongs together: attempts of one delivery, triggers and the calls that they caused.

The oracle joins the texts of event_request in plain SQL, and knows nothing of table event_link.
"""
import html
import random
import re
import unittest
from html.parser import HTMLParser
from urllib.parse import urlencode

import daybook
from capture import Front, Upstream
from daybook import KINDS, Account, TestCase, database
from front_follower import FrontFollower
from running_copy import until
from test_capture_identity import EXAMPLES

DAY_MS = 24 * 60 * 60 * 1000
HOUR_MS = 60 * 60 * 1000
NOON = 1738324800000
SHOWN_MAX = 50
HOSTILE = ("<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{TIME}}", "%00&amp;",
           "\u202eevil", "a\tb  c ", "javascript:alert(1)", "ä" * 100, "' OR 1=1 -- ", "\x01\x7f")

# The ids that an event may share, as SQL over its texts: see base/event_link.h.
SHARED = """SELECT account_id, kind, id, request_id AS shared FROM event_request
      WHERE kind = 2 OR COALESCE(idempotency_key, '') <> CONCAT('capture:', request_id)
    UNION SELECT account_id, kind, id, trace_id FROM event_request
    UNION SELECT account_id, kind, id, trigger_delivery_id FROM event_request WHERE kind = 2
    UNION SELECT account_id, kind, id, SUBSTR(idempotency_key, 9) FROM event_request
      WHERE kind = 2 AND idempotency_key LIKE 'capture:%'"""


class Tables(HTMLParser):
    """The tables of a page by the heading above them: rows of cells, and the links in them."""

    def __init__(self, text):
        super().__init__()
        self.found = {}
        self.heading = self.cell = None
        self.rows = []
        self.in_heading = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "h2":
            self.heading, self.in_heading = "", True
        elif tag == "table" and self.heading:
            self.rows = self.found[self.heading] = []
        elif tag == "tr":
            self.rows.append({"cells": [], "links": [], "shown": "aria-current" in attrs})
        elif tag in ("td", "th") and self.rows:
            self.cell = ""
        elif tag == "a" and self.cell is not None:
            self.rows[-1]["links"].append(attrs["href"])

    def handle_endtag(self, tag):
        if tag == "h2":
            self.in_heading = False
        elif tag in ("td", "th") and self.cell is not None:
            self.rows[-1]["cells"].append(" ".join(self.cell.split()))
            self.cell = None

    def handle_data(self, data):
        if self.in_heading:
            self.heading += data
        elif self.cell is not None:
            self.cell += data


def tables(account, kind, identifier):
    answer = account.open(f"{kind}s/{identifier}")
    assert answer.status == 200, answer
    return {heading: rows[1:] for heading, rows in Tables(answer.text).found.items()}


def linked(account, kind, identifier):
    """The ids in the section of what belongs to an event, in their order."""
    found = tables(account, kind, identifier)
    headings = {"event": ("Trigger that caused this call", "Triggers that caused this call"),
                "trigger": ("Calls this trigger caused",)}[kind]
    rows = [row for heading in headings for row in found.get(heading, ())]
    other = {"event": "triggers", "trigger": "events"}[kind]
    prefix = f"/{account.slug}/{other}/"
    for row in rows:
        (link,) = row["links"]
        assert link.startswith(prefix), link
    return [row["links"][0][len(prefix):] for row in rows]


def expected_links(account, kind, identifier):
    """The same from the texts alone."""
    number = int(identifier, 16)
    rows = database().rows(
        f"""WITH mine AS (SELECT shared FROM ({SHARED}) s WHERE account_id = {account.number}
              AND kind = {KINDS[kind]} AND id = {number}
              AND shared REGEXP '[^0-]')
            SELECT DISTINCT HEX(s.id) FROM ({SHARED}) s JOIN mine ON mine.shared = s.shared
            WHERE s.account_id = {account.number} AND s.kind = {3 - KINDS[kind]}
              AND ABS(CAST(s.id >> 22 AS SIGNED) - {number >> 22}) <= {DAY_MS}""")
    return sorted((row[0].lower().zfill(16) for row in rows), reverse=True)


def attempts(account, identifier):
    return tables(account, "trigger", identifier).get("Attempts", [])


def trigger(time_ms=NOON, **fields):
    about = {name: fields.pop(name) for name in ("provider", "event", "delivery_id", "signature")
             if name in fields}
    return {"kind": "trigger", "action": "receiveWebhook", "occurred_at": time_ms, "status": 202,
            "trigger": about, **fields}


def call(time_ms=NOON, **fields):
    return {"action": "run", "occurred_at": time_ms, "status": 200, **fields}


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
        self.assertEqual(2, account.count("event_link"), "its provider and signature, always there")

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
        # Request id and delivery id in their hour; delivery, provider and signature; and the call's.
        self.assertEqual(6, account.count("event_link"))

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
                             [row["cells"][2].replace("shown here", "").strip() for row in rows])
            self.assertEqual("2025-01-31 12:00:00", rows[0]["cells"][1])
            for row, one in zip(rows, order):
                self.assertEqual(one == shown, row["shown"])
                self.assertEqual(one == shown, "shown here" in row["cells"][2])
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
        self.assertIn("The one shown here came later", late)
        self.assertFalse(any(row["shown"] for row in attempts(account, ids[52])))


class Pages(TestCase):
    def test_the_head(self):
        account = Account()
        for signature, word in (("valid", "Valid"), ("invalid", "Invalid"),
                                ("unchecked", "Not checked"), (None, "---")):
            with self.subTest(signature):
                about = {"signature": signature} if signature else {}
                (one,) = account.record(trigger(
                    provider="github", event="push", delivery_id="d-1", **about,
                    request={"url": "/webhooks/github?secret=x"}))
                text = account.open(f"triggers/{one}").text
                (head,) = re.findall(r'<dl class="figures webhook">(.*?)</dl>', text, re.S)
                facts = {label: " ".join(re.sub("<[^>]*>", " ", value).split()) for label, value in
                         re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", head, re.S)}
                self.assertEqual({"Provider": "github", "Webhook event": "push",
                                  "Delivery ID": "d-1", "Signature": word,
                                  "Arrived at": "/webhooks/github"}, facts)
                self.assertEqual(signature is not None, "<svg" in head)
        (plain,) = account.record(call(trigger={"provider": "github", "delivery_id": "d-1"}))
        text = account.open(f"events/{plain}").text
        self.assertNotIn('class="figures webhook"', text)
        self.assertIn("d-1", text)

    def test_the_rows(self):
        """What is said of each, in the time zone that was asked for."""
        account = Account()
        (cause,) = account.record(trigger(provider="github", event="push", trace_id="t",
                                          entity_type="trigger", entity_name="shop", user="ann"))
        (effect, unnamed) = account.record([
            call(NOON + 61000, trace_id="t", entity_type="pipeline", entity_name="a/b", entity_id="5c",
                 user="bot", status=404), {"action": "odd", "occurred_at": NOON, "trace_id": "t",
                                           "entity_type": "x", "entity_id": "7"}])
        page = tables(account, "trigger", f"{cause}?tz=Europe%2FBerlin&user=ann&page=3")
        self.assertEqual(
            [["2025-01-31 13:01:01", "run", "pipeline a/b", "404 failed", "bot",
              "Details of run, 2025-01-31 13:01:01"],
             ["2025-01-31 13:00:00", "odd", "x 7", "---", "---", "Details of odd, 2025-01-31 13:00:00"]],
            [row["cells"] for row in page["Calls this trigger caused"]])
        self.assertEqual([[f"/{account.slug}/events/{one}?tz=Europe%2FBerlin"]
                          for one in (effect, unnamed)],
                         [row["links"] for row in page["Calls this trigger caused"]])
        page = tables(account, "event", effect)
        self.assertEqual(
            [["2025-01-31 12:00:00", "receiveWebhook github push", "trigger shop", "202 ok", "ann",
              "Details of receiveWebhook, 2025-01-31 12:00:00"]],
            [row["cells"] for row in page["Trigger that caused this call"]])

    def test_marks_in_the_list(self):
        account = Account()
        account.record([trigger(signature=word) for word in ("valid", "invalid", "unchecked")])
        self.assertEqual(1, account.open("triggers").text.count("signature invalid"))
        account.record(call(trigger={"signature": "invalid"}))
        self.assertNotIn("signature invalid", account.open("events").text)

    def test_hostile_words(self):
        account = Account()
        for i, word in enumerate(HOSTILE):
            with self.subTest(word):
                cause, again = account.record([
                    trigger(NOON + i, provider=word, event=word, delivery_id=word, request_id=word,
                            status=500, request={"url": word}),
                    trigger(NOON + i + 1, provider=word, event=word, delivery_id=word,
                            action=word, entity_name=word, user=word, request_id=word)])
                (effect,) = account.record(call(NOON + i + 2, request_id=word, action=word, user=word,
                                                entity_type=word, entity_name=word))
                for kind, identifier in (("trigger", cause), ("trigger", again), ("event", effect)):
                    text = account.open(f"{kind}s/{identifier}").text
                    self.assertNotIn("<script>alert", text)
                    self.assertNotIn("<img", text)
                    self.assertNotIn("\u202e", text)
                    self.assertNotIn("\x01", text)
                    self.assertEqual([], [link for link in daybook.Page(text).links
                                          if not link.startswith(("/", "#")) and link])
                self.assertEqual([effect], linked(account, "trigger", cause))
                self.assertEqual([again, cause], linked(account, "event", effect))
                self.assertEqual(2, len(attempts(account, cause)))
        page = account.open("triggers?show=50").text
        self.assertNotIn("<script>alert", page)
        self.assertEqual(len(HOSTILE), page.count("attempt 2 of 2"))

    def test_secrets_are_marks_in_the_head(self):
        account = Account()
        token = "ghp_" + "a1B2" * 9
        (one,) = account.record(trigger(provider="github", delivery_id=token))
        text = account.open(f"triggers/{one}").text
        self.assertNotIn(token, text)
        self.assertRegex(html.unescape(text), r'Delivery ID</dt><dd><mark><a href="/[^"]*redacted')


class Filters(TestCase):
    """Provider and signature, against what was recorded."""

    def test_them(self):
        account, other = Account(), Account()
        rng = random.Random(3)
        providers = [None, "github", "GitHub", "gitlab", "a\nb", *HOSTILE]
        signatures = [None, "valid", "invalid", "unchecked"]
        recorded = {}
        for i in range(120):
            about = {"provider": rng.choice(providers), "signature": rng.choice(signatures),
                     "delivery_id": rng.choice(("github", "valid", "d"))}
            about = {name: word for name, word in about.items() if word is not None}
            (one,) = account.record({"kind": "trigger", "action": "a", "occurred_at": NOON + i,
                                     "trigger": about})
            recorded[one] = about
        other.record(trigger(provider="github", signature="invalid"))
        plain = account.record([call(NOON + i, trigger={"provider": "github"}) for i in range(3)])

        def matches(about, query):
            for name, word in query:
                dimension = name.removeprefix("not_")
                include = [w for n, w in query if n == dimension]
                exclude = [w for n, w in query if n == "not_" + dimension]
                has = about.get(dimension, "---")
                if include and has not in include or has in exclude:
                    return False
            return True

        words = {"provider": [p or "---" for p in providers] + ["nobody"],
                 "signature": [s or "---" for s in signatures]}
        cases = [[(name, word)] for dimension in words for word in words[dimension]
                 for name in (dimension, "not_" + dimension)]
        for _ in range(25):
            names = [rng.choice(("", "not_")) + rng.choice(("provider", "signature"))
                     for _ in range(rng.randrange(2, 5))]
            cases.append([(name, rng.choice(words[name.removeprefix("not_")])) for name in names])
        some = 0
        for query in cases:
            with self.subTest(query):
                target = "triggers?show=200&" + urlencode(query)
                expected = sorted((one for one, about in recorded.items() if matches(about, query)),
                                  reverse=True)
                page = daybook.Page(account.open(target).text)
                found = [link.split("?")[0].rsplit("/", 1)[1] for link in page.links
                         if link.startswith(f"/{account.slug}/triggers/")]
                self.assertEqual(expected, found)
                download = account.read("triggers.ndjson?" + urlencode(query))
                self.assertEqual(expected, [row["id"] for row in daybook.ndjson(download.text)])
                both = account.read("all.ndjson?" + urlencode(query))
                none = matches({}, query)
                self.assertEqual(sorted(expected + (plain if none else [])),
                                 sorted(row["id"] for row in daybook.ndjson(both.text)))
                self.assertEqual(str(len(expected) + (3 if none else 0)),
                                 both.headers["Daybook-Rows"])
                some += len(expected)
        self.assertGreater(some, 1000)

    def test_the_menus(self):
        account = Account()
        account.record([trigger(NOON + i, provider=word) for i, word in
                        enumerate(("github", "a&b", "<b>", ""))])
        text = account.open("triggers").text

        def ticks(name):
            found = re.findall(rf'<input type="checkbox" name="{name}" value="([^"]*)"', text)
            return [html.unescape(value) for value in found]

        self.assertEqual(["---", "<b>", "a&b", "github"], ticks("provider"))
        self.assertEqual(["valid", "invalid", "unchecked"], ticks("signature"))
        text = account.open("events").text
        self.assertEqual([], ticks("provider") + ticks("signature"))
        text = account.open("events?signature=invalid").text
        self.assertEqual(["invalid"], ticks("signature"))

    def test_a_break_of_lines_from_a_form(self):
        account = Account()
        (one,) = account.record(trigger(provider="a\nb"))
        self.assertIn(one, account.open("triggers?provider=a%0D%0Ab").text)


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


class Statements(TestCase):
    """Every statement of these pages, as the server got it, finds its rows by a key."""

    def seen(self, account, pages):
        database().run("SET GLOBAL log_output = 'TABLE'")
        database().run("TRUNCATE TABLE mysql.general_log")
        database().run("SET GLOBAL general_log = 1")
        # Values are in the log of what is prepared from now on, so on new connections.
        for number in database().numbers("SELECT id FROM information_schema.processlist "
                                         "WHERE user = 'reader'"):
            database().run(f"KILL {number}")
        try:
            for page in pages:
                self.assertEqual(200, account.open(page).status)
        finally:
            database().run("SET GLOBAL general_log = 0")
        rows = database().rows("SELECT DISTINCT HEX(argument) FROM mysql.general_log WHERE "
                               "command_type = 'Execute' AND argument LIKE '%event_link%'")
        return [bytes.fromhex(row[0]).decode() for row in rows]

    def test_explain(self):
        account = Account()
        account.record([trigger(NOON + i, provider="p", delivery_id=f"d{i % 900}", trace_id="t")
                        for i in range(2000)])
        account.record([call(NOON + i * 100, request_id=f"r{i % 100}", trace_id="t")
                        for i in range(4000)])
        (cause,) = account.record(trigger(NOON, provider="p", delivery_id="d1", request_id="r1"))
        (effect,) = account.record(call(NOON, request_id="r1"))
        database().rows("ANALYZE TABLE event, event_request, event_link")
        statements = self.seen(account, [f"triggers/{cause}", f"events/{effect}",
                                         "triggers?show=50", "triggers?signature=invalid&not_provider=q",
                                         "triggers?provider=p&provider=q&signature=---"])
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
