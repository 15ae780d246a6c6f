# SPDX-License-Identifier: MIT
"""Characters that others mangle: each text member keeps them, byte for byte, or refuses them."""
import base64
import json
import unittest

import daybook
from daybook import Account, TestCase
from test_record import with_member

# Every text member, with its column.
TEXTS = {
    "entity_type": "entity_type", "entity_id": "entity_id", "entity_name": "entity_name",
    "action": "action", "user": "user", "idempotency_key": "idempotency_key",
    "request.method": "method", "request.url": "url", "request_id": "request_id",
    "trace_id": "trace_id", "client_address": "client_address", "forwarded_for": "forwarded_for",
    "user_agent": "user_agent", "trigger.provider": "trigger_provider",
    "trigger.event": "trigger_event", "trigger.delivery_id": "trigger_delivery_id",
    "request.params": "params", "request.query": "query", "request.body": "body",
    "response.body_head": "response_body_head", "extra": "extra",
}
# Those that may hold a NUL, because they are bytes or JSON.
WITH_NUL = ("request.params", "request.query", "request.body", "response.body_head", "extra")

KEPT = tuple(chr(code) for code in range(1, 0x20)) + (
    "\x7f", "\x80", "\x85", "\x9f", "\xa0", "\xad", "\u034f", "\u061c", "\u115f", "\u17b4",
    "\u180e", "\u200b", "\u200d", "\u200f", "\u2028", "\u2029", "\u202e", "\u2066", "\u2069",
    "\u3000", "\ufdd0", "\ufe0f", "\ufeff", "\ufff9", "\ufffd", "\ufffe", "\uffff",
    "\U0001f600", "\U0001d11e", "\U000e0041", "\U0010ffff", "e\u0301", "é", "ß", "ﬃ", "İ",
    " x ", "x  ", "  ", '"', "\\", "'", "`", "\\0", "\\x00", "%", "%00", "%2F", "_", "*", "---",
    "NULL", "null", "undefined", "NaN", "0", "00", "1e3", "true", "<b>", "&amp;", "&#0;", "]]>",
    "{{STATUS}}", "{{%AUTOESCAPE}}", "${x}", "$(x)", "`x`", "%n%s", "a,b", "a;b", "a\tb", "a\r\nb",
    "a\nb", "a\rb", "\n", "\r\n", "=1+1", "base64:eA==", "redacted", "daybook:", "#end", "İ" * 16,
)

HALVES = ("\\ud800", "x\\udfff", "\\udc00\\ud800", "\\ud83dx", "\\ud83d\\ud83d\\ude00")
NOT_UTF8 = (b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80",
            b"\xf4\x90\x80\x80", b"\x80", b"\xf0\x82\x82\xac", b"caf\xe9")


class Kept(TestCase):
    def test_every_character_in_every_member(self):
        """As escapes and as they are, JSON allowing."""
        for escaped in (True, False):
            account = Account()
            cases, lines = [], []
            for path in TEXTS:
                for text in KEPT:
                    cases.append((path, text))
                    lines.append(json.dumps(with_member(path, text), ensure_ascii=escaped))
            ids = account.record("\n".join(lines))
            stored = {f"{event['id']:016x}": event for event in account.stored()}
            for (path, text), identifier in zip(cases, ids):
                self.assertEqual(text.encode(), stored[identifier][TEXTS[path]], (path, text))
            self.assertEqual(len(TEXTS) * len(KEPT) - repeated_keys(cases), len(stored))

    def test_nul(self):
        account = Account()
        for path, column in TEXTS.items():
            with self.subTest(member=path):
                message = json.dumps(with_member(path, "a\0b"))
                if path in WITH_NUL:
                    (identifier,) = account.record(message)
                    self.assertEqual(b"a\0b", account.find(identifier)[column])
                else:
                    answer = account.send(message)
                    self.assertRefused(answer, 400, "NUL")
                    self.assertEqual((0, path), (answer.json["index"], answer.json["field"]))
        self.assertEqual(len(WITH_NUL), account.count())

    def test_half_a_surrogate_pair(self):
        account = Account()
        for path in TEXTS:
            for text in HALVES:
                with self.subTest(member=path, text=text):
                    message = json.dumps(with_member(path, "HERE")).replace("HERE", text)
                    answer = account.send(message)
                    self.assertRefused(answer, 400, "surrogate")
                    self.assertEqual(path, answer.json["field"])
        self.assertEqual(0, account.count())

    def test_pairs_of_surrogates(self):
        account = Account()
        (identifier,) = account.record('{"action": "\\ud83d\\ude00", "user": "\\uD834\\udd1E"}')
        stored = account.find(identifier)
        self.assertEqual(("😀".encode(), "𝄞".encode()), (stored["action"], stored["user"]))

    def test_bytes_that_are_no_utf8(self):
        account = Account()
        for path in TEXTS:
            for text in NOT_UTF8:
                with self.subTest(member=path, text=text):
                    message = json.dumps(with_member(path, "HERE")).encode().replace(b"HERE", text)
                    self.assertRefused(account.send(message), 400, "Not JSON", "UTF-8")
        self.assertEqual(0, account.count())

    def test_bare_control_characters(self):
        """JSON wants them escaped."""
        account = Account()
        for code in range(0x20):
            message = json.dumps(with_member("user", "HERE")).encode()
            answer = account.send(message.replace(b"HERE", bytes([code])))
            self.assertRefused(answer, 400, "Not JSON")
        account.record(b'{"action": "\x7f"}')
        self.assertEqual(b"\x7f", account.one_stored()["action"])


class Shown(TestCase):
    """What is kept comes back: in files exactly."""

    def test_files(self):
        account = Account()
        account.record("\n".join(json.dumps(with_member(path, text)) for path in TEXTS
                                 for text in KEPT + (("a\0b",) if path in WITH_NUL else ())))
        stored = account.stored()
        rows = daybook.csv_dicts(account.open("events.csv?raw=1").text)
        lines = daybook.ndjson(account.open("events.ndjson").text)
        self.assertEqual((len(stored), len(stored)), (len(rows), len(lines)))
        for event, row, line in zip(stored, rows, lines):
            for path, column in TEXTS.items():
                text = (event[column] or b"").decode()
                self.assertEqual(text, member_of(line, path), (path, column))
                if column == "body" and ("\0" in text or text.startswith("base64:")):
                    text = "base64:" + base64.b64encode(event[column]).decode()
                if column in row:
                    self.assertEqual(text, row[column], column)


def member_of(line, path):
    """What an NDJSON line says; made keys count as none."""
    for name in path.split("."):
        line = line.get(name, "" if name == path.split(".")[-1] else {})
    made = path == "idempotency_key" and line.startswith("daybook:") and len(line) == 24
    return "" if made else line


def repeated_keys(cases):
    """How many cases name an idempotency key that an earlier one has named."""
    keys = [text for path, text in cases if path == "idempotency_key"]
    return len(keys) - len(set(keys))


if __name__ == "__main__":
    unittest.main()
