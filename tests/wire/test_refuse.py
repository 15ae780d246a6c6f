# SPDX-License-Identifier: MIT
"""POST /api/v1/events: what is refused, with a reason, and that nothing of it is stored then."""
import json
import unittest

import daybook
from daybook import Account, TestCase

GOOD = {"action": "good", "idempotency_key": "good", "user": "never-seen-before"}

# A member with a value it cannot have, the name that the answer gives it, and a word of its reason.
WRONG = (
    ({"action": ""}, "action", "required"),
    ({}, "action", "required"),
    ({"action": None}, "action", "required"),
    ({"action": 5}, "action", "string"),
    ({"action": ["a"]}, "action", "string"),
    ({"action": "a", "Action": "b"}, "Action", "not a member"),
    ({"action": "a", "entity": "b"}, "entity", "not a member"),
    ({"action": "a", "id": "0000000000000001"}, "id", "not a member"),
    ({"action": "a", "request": {"path": "/"}}, "request.path", "not a member"),
    ({"action": "a", "response": {"status": 200}}, "response.status", "not a member"),
    ({"action": "a", "trigger": {"name": "x"}}, "trigger.name", "not a member"),
    ({"action": "a", "request": "GET /"}, "request", "object"),
    ({"action": "a", "response": []}, "response", "object"),
    ({"action": "a", "trigger": 1}, "trigger", "object"),
    ({"action": "a", "kind": "Event"}, "kind", "trigger"),
    ({"action": "a", "kind": 1}, "kind", "string"),
    ({"action": "a", "source": "browser"}, "source", "webhook"),
    ({"action": "a", "trigger": {"signature": "ok"}}, "trigger.signature", "unchecked"),
    ({"action": "a", "user": True}, "user", "string"),
    ({"action": "a", "entity_id": 5}, "entity_id", "string"),
    ({"action": "a", "request": {"params": 5}}, "request.params", "object"),
    ({"action": "a", "extra": True}, "extra", "object"),
    ({"action": "a", "request": {"headers": "no colon here"}}, "request.headers", "Name"),
    ({"action": "a", "request": {"headers": 'GET / HTTP/1.1\r\nHost: a'}}, "request.headers", ""),
    ({"action": "a", "request": {"body_base64": "A"}}, "request.body_base64", "base64"),
    ({"action": "a", "request": {"body_base64": "AAE"}}, "request.body_base64", "base64"),
    ({"action": "a", "request": {"body_base64": "AA E="}}, "request.body_base64", "base64"),
    ({"action": "a", "request": {"body": "x", "body_base64": "AAE="}}, "request.body_base64", ""),
    ({"action": "a", "request": {"body_base64": "AAE=", "body": "x"}}, "request.body", ""),
    ({"action": "a", "response": {"body_head_base64": "AAE=", "body_head": "x"}},
     "response.body_head", ""),
) + tuple(({"action": "a", "status": status}, "status", "100 to 599")
          for status in (0, 99, 600, -200, 200.0, 2e2, "200", True, [200], 10**30)) + tuple(
    ({"action": "a", "occurred_at": time}, "occurred_at", "milliseconds")
    for time in ("", "now", "2025-01-31", "2025-01-31T12:00:00", "2025-01-31T12:00Z", "-24h",
                 "2025-02-29T12:00:00Z", "2025-01-31T24:00:00Z", "2025-13-01T12:00:00Z",
                 "2025-01-31T12:00:00+24:00", "2025-01-31T12:00:00Z ", " 2025-01-31T12:00:00Z",
                 "2025-01-31T12:00:00.Z", "1969-12-31T23:59:59Z", "2110-01-01T00:00:00Z",
                 "1738324800000", -1, 1.5, 2**42, True, {})) + tuple(
    ({"action": "a", "response": {"time_ms": number}}, "response.time_ms", "whole number")
    for number in (-1, 1.5, 2**32, "1")) + tuple(
    ({"action": "a", "response": {"bytes": number}}, "response.bytes", "whole number")
    for number in (-1, 1.5, 2**63, "1"))

# What no dictionary can say: the same member twice, and letters that stand for no character.
WRONG_TEXT = (
    ('{"action": "a", "action": "a"}', "action", "twice"),
    ('{"action": "a", "status": 200, "status": 404}', "status", "twice"),
    ('{"action": "a", "request": {"url": "/", "url": "/x"}}', "request.url", "twice"),
    ('{"action": "a", "user": "\\ud800"}', "user", "surrogate"),
    ('{"action": "a", "user": "\\udc00\\ud800"}', "user", "surrogate"),
    ('{"action": "a", "request": {"body": "x\\ud83d"}}', "request.body", "surrogate"),
    ('{"action": "a", "request": {"url": "/\\u0000"}}', "request.url", "NUL"),
    ('{"action": "a\\u0000"}', "action", "NUL"),
)

NOT_JSON = (b"{", b'{"action": "a"', b'{"action": "a",}', b"{'action': 'a'}", b'{"action": a}',
            b'{"action": "a"} x', b'{"action": "a"}]', b'[{"action": "a"}', b'[{"action": "a"},]',
            b'[{"action": "a"}] {"action": "b"}', b'{"action": "\xff"}', b'{"action": "\xc3"}',
            b'{"action": "\xed\xa0\x80"}', b'{"action": "\xc0\x80"}', b'{"action": "a\x00b"}',
            b'{"action": "a\nb"}', b'{"action": "\x1b"}', b'\xef\xbb\xbf{"action": "a"}',
            b'{"action": "a", "status": 0200}', b'{"action": "a", "status": NaN}',
            '{"action": "a"}'.encode("utf-16"), b"action=a", b"[" * 100000)


class Refused(TestCase):
    def setUp(self):
        self.account = Account()

    def tearDown(self):
        for table in ("event", "event_request", "event_recent", "recent_key", "user",
                      "entity_recent"):
            self.assertEqual(0, self.account.count(table), table)

    def test_a_wrong_member_is_named(self):
        for event, field, reason in WRONG:
            with self.subTest(event=event):
                answer = self.account.send([GOOD, GOOD | {"idempotency_key": "k"}, event, GOOD])
                self.assertRefused(answer, 400, field, reason)
                self.assertEqual((2, field), (answer.json["index"], answer.json.get("field")))

    def test_a_wrong_text_is_named(self):
        for text, field, reason in WRONG_TEXT:
            with self.subTest(text=text):
                answer = self.account.send(json.dumps(GOOD) + "\n" + text)
                self.assertRefused(answer, 400, field, reason)
                self.assertEqual((1, field), (answer.json["index"], answer.json.get("field")))

    def test_what_is_not_json(self):
        for message in NOT_JSON:
            with self.subTest(message=message[:40]):
                self.assertRefused(self.account.send(message), 400)

    def test_where_the_json_ends(self):
        good = json.dumps(GOOD).encode()
        for message in (good + b"\n" + good + b'\n{"action": }', b"[%b, %b, {]" % (good, good)):
            with self.subTest(message=message):
                answer = self.account.send(message)
                self.assertRefused(answer, 400, "Not JSON")
                self.assertEqual(2, answer.json.get("index", 2))

    def test_what_is_no_event(self):
        for message in ("5", '"action"', "null", "true", "[5]", "[[]]", '[[{"action": "a"}]]',
                        '{"action": "a"}\n[{"action": "b"}]'):
            with self.subTest(message=message):
                self.assertRefused(self.account.send(message), 400, "object")

    def test_nothing_at_all(self):
        for message in (b"", b"\n", b" \r\n\t\n"):
            self.assertRefused(self.account.send(message), 400, "no event")

    def test_too_many_events(self):
        one = json.dumps(GOOD)
        for message in ("\n".join([one] * 10001), "[" + ",".join([one] * 10001) + "]"):
            answer = self.account.send(message)
            self.assertRefused(answer, 400, "10000")
            self.assertEqual(10000, answer.json["index"])

    def test_too_many_bytes(self):
        """Just above the limit the program itself refuses, far above it nginx does."""
        for size in (daybook.MESSAGE_MAX + 1, 18 * 1024 * 1024):
            message = json.dumps(GOOD).ljust(size).encode()
            self.assertRefused(self.account.send(message), 413, "16 MiB")
            chunks = (message[at:at + 65536] for at in range(0, size, 65536))
            self.assertRefused(self.account.send_chunks(chunks), 413, "16 MiB")


class Limits(TestCase):
    def test_as_many_events_as_allowed(self):
        account = Account()
        lines = [f'{{"action": "a", "occurred_at": {1738324800000 + i}, "user": "u{i % 100}"}}'
                 for i in range(daybook.EVENTS_MAX)]
        ids = account.record("\n".join(lines))
        self.assertEqual(daybook.EVENTS_MAX, len(set(ids)))
        self.assertEqual(sorted(int(i, 16) for i in ids), daybook.database().numbers(
            f"SELECT id FROM event WHERE account_id = {account.number} ORDER BY id"))

    def test_as_many_bytes_as_allowed(self):
        account = Account()
        start, end = b'{"action": "a", "request": {"body": "', b'"}}'
        body = b"x" * (daybook.MESSAGE_MAX - len(start) - len(end))
        account.record(start + body + end)
        self.assertEqual(len(body), account.one_stored()["body_bytes"])


class Tokens(TestCase):
    def ask(self, method, target, value):
        headers = {} if value is None else {"Authorization": value}
        body = b'{"action": "a"}' if method == "POST" else None
        return daybook.ask(method, target, body, headers)

    def assertNoEntry(self, answer):
        self.assertRefused(answer, 401, "token")
        self.assertEqual("Bearer", answer.headers["WWW-Authenticate"])

    def test_forms_of_a_token(self):
        account = Account()
        token = account.token("record")
        for value in ("Bearer " + token, "bearer " + token, token, "Bearer   " + token + " "):
            self.assertEqual(201, self.ask("POST", "/api/v1/events", value).status, value)
        self.assertEqual(4, account.count())

    def test_what_is_no_token(self):
        account = Account()
        token = account.token("record")
        for value in (None, "", "Bearer", "Bearer ", "Basic " + token, "Bearer " + token[:-1],
                      "Bearer " + token + "0", "Bearer " + token.upper(), "Bearer x" + token,
                      "Bearer " + token + ", " + token, daybook.login()["Authorization"],
                      "Bearer ' OR 1=1 -- ", "Bearer \xff"):
            with self.subTest(value=value):
                self.assertNoEntry(self.ask("POST", "/api/v1/events", value))
        self.assertEqual(0, account.count())

    def test_each_scope_is_good_for_itself_alone(self):
        account = Account()
        record, read = ("Bearer " + account.token(scope) for scope in ("record", "read"))
        self.assertNoEntry(self.ask("POST", "/api/v1/events", read))
        self.assertEqual(201, self.ask("POST", "/api/v1/events", record).status)
        for name in ("events.csv", "triggers.csv", "all.csv", "events.ndjson", "all.ndjson"):
            self.assertNoEntry(self.ask("GET", "/api/v1/" + name, record))
            self.assertNoEntry(self.ask("GET", "/api/v1/" + name, None))
            self.assertEqual(200, self.ask("GET", "/api/v1/" + name, read).status)

    def test_a_token_opens_its_own_account(self):
        one, other = Account(), Account()
        one.record({"action": "mine"})
        other.record({"action": "theirs"})
        self.assertEqual(["mine"], [e["action"] for e in daybook.ndjson(
            one.read("events.ndjson").text)])

    def test_revoked_and_expired(self):
        account = Account()
        token = account.token("record")
        self.assertEqual(201, account.send({"action": "a"}).status)
        for change in ("revoked_ms = 1", "revoked_ms = NULL, expires_ms = 1"):
            daybook.database().run(f"UPDATE token SET {change} WHERE account_id = {account.number}")
            self.assertNoEntry(self.ask("POST", "/api/v1/events", "Bearer " + token))
        daybook.database().run("UPDATE token SET expires_ms = 4000000000000 "
                               f"WHERE account_id = {account.number}")
        self.assertEqual(201, account.send({"action": "a"}).status)

    def test_no_table_holds_a_token(self):
        account = Account()
        self.assertEqual([], daybook.find_in_tables(account.token("record")))
        account.record({"action": "a"})
        self.assertEqual([], daybook.find_in_logs(account.token("record")))


if __name__ == "__main__":
    unittest.main()
