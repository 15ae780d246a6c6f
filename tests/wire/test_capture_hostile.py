# SPDX-License-Identifier: MIT
"""What breaks programs, through the capture: every call is answered and kept just as it was made.

Nothing that nginx or `daybook follow` says of it is an error of ours, and the log can be read afterwards.
Exactly is what an account without redaction keeps; with it, all but the secrets.
"""
import json
import re
import unittest

import awkward
import hostile
from caller import Caller
from capture import as_bytes
from daybook import Account, TestCase, csv_dicts, database, ndjson, run_well
from front_follower import SANITIZED, FrontFollower
from test_capture_load import quick_front

FUZZED = 2000 if SANITIZED else 10000
REDACTED = re.compile(rb"redacted(?::[0-9a-f]{16})?")
COLUMNS = {"key": "r.idempotency_key", "method": "r.method", "url": "r.url", "headers": "r.headers",
           "body": "r.body", "status": "e.status", "action": "a.name"}


class Hostile:
    """`calls` gives what is sent; each call's event is in `events`, by its request id."""

    redaction = "off"

    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        run_well("redaction", cls.account.slug, cls.redaction)
        cls.front = cls.enterClassContext(quick_front())
        cls.follower = cls.enterClassContext(FrontFollower(cls.account, cls.front))
        cls.caller = Caller(cls.front.port)
        cls.addClassCleanup(cls.caller.close)
        for call in cls.calls():
            cls.caller.call(*call)
        cls.follower.wait(len(cls.caller.calls))
        cls.events = cls.read()

    @classmethod
    def read(cls):
        rows = database().bytes(
            COLUMNS.values(), "FROM event e JOIN event_request r ON r.account_id = e.account_id "
            "AND r.kind = e.kind AND r.id = e.id LEFT JOIN action a ON a.id = e.action_id "
            f"WHERE e.account_id = {cls.account.number}")
        events = [dict(zip(COLUMNS, row)) for row in rows]
        return {event["key"].decode().removeprefix("capture:"): event for event in events}

    def for_each(self, check):
        """`check` gives what is wrong with a call's event, if anything."""
        wrong = [(identifier, call, found) for identifier, call in self.caller.calls.items()
                 if (found := check(call, self.events[identifier]))]
        self.assertEqual([], wrong[:5], f"{len(wrong)} wrong")

    def test_every_call_is_answered(self):
        self.assertEqual([], self.caller.unanswered)
        self.assertEqual([], [call for call in self.caller.calls.values() if call.status >= 500])

    def test_every_call_is_kept_once(self):
        self.assertEqual(set(self.caller.calls), set(self.events))
        self.assertEqual(len(self.caller.calls), self.account.count())
        self.assertEqual({}, self.follower.troubles())
        self.assertTrue(self.follower.is_alive())

    def test_status_method_and_target_are_kept(self):
        self.for_each(lambda call, event: (
            int(event["status"]) != call.status and "status") or (
            self.is_read(call) and event["method"] != call.method.encode() and "method") or (
            self.is_read(call) and not self.same(event["url"], as_bytes(call.target)) and "url"))

    def test_bodies_are_kept(self):
        self.for_each(lambda call, event: self.is_read(call) and
                      not self.same(event["body"], call.body) and event["body"])

    def test_headers_are_kept_in_order(self):
        own = ("Host", "Content-Length")

        def check(call, event):
            kept = [(name, value) for name, value in json.loads(event["headers"] or b"[]")
                    if name not in own]
            sent = [(name, self.as_text(value)) for name, value in call.headers]
            return self.is_read(call) and not (
                [name for name, _ in kept] == [name for name, _ in sent] and all(
                    self.same(value.encode(), was.encode())
                    for (_, value), (_, was) in zip(kept, sent))) and kept

        self.for_each(check)

    def same(self, kept, sent):
        """Whether nothing was touched; but for secrets, where they are taken out."""
        if kept == sent or self.redaction == "off":
            return kept == sent
        first, *pieces = REDACTED.split(kept)
        if not pieces or not sent.startswith(first) or not sent.endswith(pieces[-1]):
            return False
        at = len(first)
        for piece in pieces:
            at = sent.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        return True

    @staticmethod
    def as_text(value):
        """As UTF-8 where it is that, else as Latin-1."""
        value = as_bytes(value)
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.decode("latin-1")

    @staticmethod
    def is_read(call):
        """Whether nginx did not refuse it before it had read it."""
        return call.status not in (400, 414)

    def test_no_action_holds_what_was_sent(self):
        self.assertLessEqual({event["action"] for event in self.events.values()},
                             {b"POST (unmatched)", b"GET (unmatched)", b"(unmatched)"})

    def test_log_can_be_read(self):
        count = len(self.caller.calls)
        self.assertEqual(200, self.account.open("events").status)
        self.assertEqual(count, len(ndjson(self.account.open("events.ndjson").text)))
        self.assertEqual(count, len(csv_dicts(self.account.open("events.csv").text)))


class Texts(Hostile, TestCase):
    """Hostile texts in paths, queries, headers and bodies."""

    @classmethod
    def calls(cls):
        for text in hostile.texts():
            yield from hostile.calls_of(text)

    def test_some_are_refused_by_nginx_and_kept(self):
        """The target too, as far as nginx has read it."""
        refused = [(call, self.events[identifier])
                   for identifier, call in self.caller.calls.items() if not self.is_read(call)]
        self.assertGreater(len(refused), 500)
        self.assertLess(len(refused), len(self.events) // 2)
        for call, event in refused:
            target = as_bytes(call.target)
            self.assertTrue(target.startswith(event["url"]), (call, event["url"]))
            self.assertGreaterEqual(len(event["url"]), min(len(target), 1000))


class Fuzzed(Hostile, TestCase):
    """Bodies made by chance, under types that they may not have."""

    @classmethod
    def calls(cls):
        for content_type, body in hostile.bodies(FUZZED):
            yield "POST", "/fuzzed", [("Content-Type", content_type.encode("latin-1"))], body


class JsonFiles(Hostile, TestCase):
    """JSONTestSuite: bodies that are JSON, that are not, and that may be."""

    @classmethod
    def setUpClass(cls):
        if not awkward.shared(cls.__name__):
            raise unittest.SkipTest(f"no collections in {awkward.DATA}")
        super().setUpClass()

    @classmethod
    def calls(cls):
        paths = sorted((awkward.DATA / "json/JSONTestSuite").glob("*.json"))
        assert len(paths) == 318, len(paths)
        for path in paths:
            yield "POST", "/json", [("Content-Type", "application/json")], path.read_bytes()


class Redacted(Hostile, TestCase):
    """All of them as an account that says nothing of redaction keeps them: secrets are taken out of some."""

    redaction = "on"

    @classmethod
    def calls(cls):
        yield from Texts.calls()
        yield from list(Fuzzed.calls())[:2000]
        if awkward.shared(cls.__name__):
            yield from JsonFiles.calls()


if __name__ == "__main__":
    unittest.main()
