# SPDX-License-Identifier: MIT
"""`daybook load`: an export read back is the same log, once; an interrupted load goes on."""
import json
import unittest

import daybook
from awkward import OWN, event_full_of
from daybook import Account, TestCase
from index_rows import assert_index_rows

NOON = 1738324800000
BINARY = "AP+A4oKs7aCA"


def log_of_everything():
    """Events with and without key, time and texts; of both kinds; with all that is awkward."""
    account = Account()
    account.record_many(map(event_full_of, OWN))
    account.record([event_full_of(text) | {"idempotency_key": text, "kind": "trigger",
                                           "occurred_at": NOON} for text in OWN])
    account.record([{"action": "a", "occurred_at": NOON, "idempotency_key": f"k{i}"}
                    for i in range(50)])
    account.record([{"action": "a", "occurred_at": NOON, "kind": kind} for i in range(50)
                    for kind in daybook.KINDS])
    account.record([{"action": "without a time", "idempotency_key": f"t{i}"} for i in range(50)])
    account.record({"action": "ahead", "occurred_at": 4000000000000, "idempotency_key": "ahead",
                    "extra": {"a": 1}})
    account.record('{"action": "json", "extra": {"\\ud800" : "\\u0000",  "n":1e400, "n": 0.10},'
                   '"request": {"params": [ ], "query": {\n"two": "lines"\n}, '
                   '"headers": [["Cookie", "secret"], ["Vary", "Cookie"]]}}')
    account.record({"action": "lines", "request": {
        "headers": "Host: a\r\nCookie: secret\r\nAccept: */*\r\n", "params": "\0",
        "query": " {} "}})
    account.record({"action": "bytes", "status": 599, "source": "ui",
                    "request": {"body_base64": BINARY, "method": "PUT"},
                    "response": {"time_ms": 0, "bytes": 0, "body_head_base64": BINARY}})
    account.record({"action": "zero", "request": {"body": "\0"}, "response": {"bytes": 2**62}})
    return account


def exported(account, name="all.ndjson"):
    """The file, without what may differ between accounts."""
    lines = daybook.ndjson(account.open(name).text)
    return [{key: value for key, value in line.items() if key not in ("account", "received_at")}
            for line in lines]


class Load(TestCase):
    def load(self, account, data, status=0):
        path = daybook.VAR / "tmp" / f"{account.slug}.ndjson"
        path.write_bytes(data)
        try:
            done = daybook.run("load", account.slug, str(path))
        finally:
            path.unlink()
        self.assertEqual(status, done.returncode, done)
        return done

    def assertLoaded(self, done, read, stored):
        self.assertEqual(f"{read} events read, {stored} stored, {read - stored} stood already\n",
                         done.stdout.decode())

    def test_an_export_loaded_again_changes_nothing(self):
        account = log_of_everything()
        before = account.stored()
        for name in ("all.ndjson", "all.ndjson?sort=time", "events.ndjson", "triggers.ndjson",
                     "all.ndjson?trailer=1"):
            data = account.open(name).body
            rows = data.count(b"\n") - ("trailer" in name)
            self.assertLoaded(self.load(account, data), rows, 0)
            self.assertEqual(before, account.stored(), name)

    def test_posted_again_it_changes_nothing_either(self):
        """Without the members that only an export has, which recording refuses."""
        account = log_of_everything()
        before = account.stored()
        lines = exported(account)
        for line in lines:
            for name in ("id", "body_bytes", "body_sha256"):
                del line[name]
        self.assertEqual([f"{event['id']:016x}" for event in before],
                         account.record(json.dumps(lines)))
        self.assertEqual(before, account.stored())

    def test_another_account_gets_the_same_log(self):
        account = log_of_everything()
        for name in ("all.ndjson", "all.ndjson?sort=time"):
            other = Account()
            data = account.open(name).body
            rows = data.count(b"\n")
            self.assertLoaded(self.load(other, data), rows, rows)
            self.assertEqual(exported(account), exported(other))
            self.assertEqual([self.texts(event) for event in account.stored()],
                             [self.texts(event) for event in other.stored()])
            self.assertLoaded(self.load(other, data), rows, 0)
            assert_index_rows(other)

    def texts(self, event):
        """Without what belongs to the account; a key that was made stands for none."""
        key = event["idempotency_key"]
        made = f"daybook:{event['id']:016x}".encode()
        return event | {"account": None, "received_ms": None,
                        "idempotency_key": None if key == made else key}

    def test_a_body_that_was_cut(self):
        account, other = Account(), Account()
        account.record({"action": "a", "request": {"body": "€" * (daybook.BODY_MAX // 3 + 5)}})
        self.load(other, account.open("all.ndjson").body)
        for name in ("id", "body", "body_sha256"):
            self.assertEqual(account.one_stored()[name], other.one_stored()[name], name)

    def test_from_standard_input(self):
        account = Account()
        done = daybook.run("load", account.slug, "-", stdin=b'{"action": "a"}\r\n\n{"action": "b"}')
        self.assertEqual(0, done.returncode, done)
        self.assertLoaded(done, 2, 2)
        self.assertEqual({b"a", b"b"}, {event["action"] for event in account.stored()})

    def test_a_file_without_keys_is_recognised_too(self):
        account = Account()
        data = b'{"action": "a"}\n{"action": "a"}\n{"action": "b", "occurred_at": 5}\n'
        self.assertLoaded(self.load(account, data), 3, 3)
        self.assertLoaded(self.load(account, data), 3, 0)
        self.assertEqual(3, account.count())

    def test_it_goes_on_after_what_stopped_it(self):
        account = Account()
        lines = [json.dumps({"action": "a", "occurred_at": NOON + i, "idempotency_key": f"{i}"})
                 for i in range(2500)]
        broken = lines[:2200] + ['{"action": "a", "status": 1}'] + lines[2200:]
        done = self.load(account, "\n".join(broken).encode(), status=1)
        self.assertIn(b".ndjson:2201: status", done.stderr)
        self.assertEqual(2000, account.count(), "whole steps are kept")
        self.assertLoaded(self.load(account, "\n".join(lines).encode()), 2500, 500)
        self.assertEqual(2500, account.count())

    def test_what_the_database_refuses(self):
        """It answers, so giving the command again is of no use before something is put right."""
        account = Account()
        daybook.database().run("REVOKE INSERT ON daybook.event FROM 'recorder'@'localhost'")
        try:
            done = self.load(account, b'{"action": "a"}', status=1)
        finally:
            daybook.database().run("GRANT INSERT ON daybook.event TO 'recorder'@'localhost'")
        self.assertIn(b".ndjson:1: the database refuses what follows", done.stderr)
        self.assertLoaded(self.load(account, b'{"action": "a"}'), 1, 1)

    def test_what_cannot_be_read(self):
        account = Account()
        for data, reason in ((b"{", b":1: Not JSON"), (b'{"action": "a"} {"action": "b"}', b":1: "),
                             (b'\n\n{"action": "a", "x": 1}', b":3: x"), (b"[]", b":1: "),
                             (b'{"action": "\xff"}', b":1: Not JSON")):
            with self.subTest(data=data):
                self.assertIn(reason, self.load(account, data, status=1).stderr)
        self.assertEqual(0, account.count())
        for slug, path in (("no-such-account", "-"), (account.slug, "/no/such/file")):
            self.assertEqual(1, daybook.run("load", slug, path, stdin=b"").returncode)


if __name__ == "__main__":
    unittest.main()
