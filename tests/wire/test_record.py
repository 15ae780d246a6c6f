# SPDX-License-Identifier: MIT
"""POST /api/v1/events: every member of the wire format, its three forms, what is kept as sent."""
import base64
import hashlib
import json
import re
import time
import unittest

import daybook
from daybook import Account, TestCase, database
from index_rows import assert_index_rows
from running_copy import kill_connections

EVERY_BYTE = bytes(range(256))
FULL = {
    "idempotency_key": "run-1/ä", "kind": "trigger", "occurred_at": "2025-01-31T12:00:00.123Z",
    "entity_type": "pipeline", "entity_id": "5cc8…", "entity_name": "demo/build",
    "action": "updatePipeline", "status": 200, "user": "ann", "source": "webhook",
    "request": {"method": "PATCH", "url": "/api/pipelines/demo%2Fbuild?x=1",
                "params": {"name": "demo/build"}, "query": {"x": "1"},
                "headers": {"Accept": "*/*"}, "body": "{\"a\" : 1}"},
    "response": {"time_ms": 12, "bytes": 345, "body_head": "fine"},
    "request_id": "r-1", "trace_id": "t-1", "client_address": "192.0.2.7",
    "forwarded_for": "198.51.100.1, 192.0.2.7", "user_agent": "curl/8",
    "trigger": {"provider": "github", "event": "push", "delivery_id": "d-1",
                "signature": "valid"},
    "extra": {"team": "a"},
}
FULL_STORED = {
    "kind": 2, "entity_type": "pipeline", "entity_id": "5cc8…", "entity_name": "demo/build",
    "action": "updatePipeline", "status": 200, "user": "ann", "source": 4,
    "idempotency_key": "run-1/ä", "method": "PATCH", "url": "/api/pipelines/demo%2Fbuild?x=1",
    "params": '{"name": "demo/build"}', "query": '{"x": "1"}', "headers": '{"Accept": "*/*"}',
    "body": '{"a" : 1}', "body_bytes": 9, "response_time_ms": 12, "response_bytes": 345,
    "response_body_head": "fine", "request_id": "r-1", "trace_id": "t-1",
    "client_address": "192.0.2.7", "forwarded_for": "198.51.100.1, 192.0.2.7",
    "user_agent": "curl/8", "trigger_provider": "github", "trigger_event": "push",
    "trigger_delivery_id": "d-1", "trigger_signature": 1, "extra": '{"team": "a"}',
}


def in_bytes(values):
    return {name: value.encode() if isinstance(value, str) else value
            for name, value in values.items()}


class Members(TestCase):
    def test_every_member_reaches_its_column(self):
        account = Account()
        before = int(time.time() * 1000)
        ids = account.record(FULL)
        after = int(time.time() * 1000)
        stored = account.one_stored()
        self.assertEqual(in_bytes(FULL_STORED), {name: stored[name] for name in FULL_STORED})
        self.assertEqual(1738324800123, stored["id"] >> 22)
        self.assertEqual([f"{stored['id']:016x}"], ids)
        self.assertEqual(hashlib.sha256(b'{"a" : 1}').digest(), stored["body_sha256"])
        self.assertEqual(hashlib.sha256("run-1/ä".encode()).digest()[:16], stored["key_hash"])
        self.assertTrue(before <= stored["received_ms"] <= after, stored["received_ms"])
        assert_index_rows(account)

    def test_every_member_comes_back_in_ndjson(self):
        account = Account()
        (identifier,) = account.record(FULL)
        (line,) = daybook.ndjson(account.open("triggers.ndjson").text)
        added = {"id": identifier, "account": account.slug, "body_bytes": 9,
                 "body_sha256": daybook.sha256(b'{"a" : 1}'), "received_at": line["received_at"]}
        self.assertEqual(FULL | added, line)

    def test_every_column_comes_back_in_csv(self):
        account = Account()
        (identifier,) = account.record(FULL)
        (row,) = daybook.csv_dicts(account.open("triggers.csv").text)
        self.assertRegex(row.pop("received_at"), r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual(FULL["trigger"], json.loads(row.pop("trigger")))
        names = ("entity_type", "entity_id", "entity_name", "action", "user", "source", "kind",
                 "request_id", "trace_id", "client_address", "user_agent", "occurred_at")
        self.assertEqual(
            {name: FULL[name] for name in names} |
            {name: FULL_STORED[name] for name in ("method", "url", "params", "query", "headers",
                                                  "body", "extra")} |
            {"id": identifier, "account": account.slug, "status": "200", "body_bytes": "9",
             "body_sha256": daybook.sha256(b'{"a" : 1}'), "response_time_ms": "12"}, row)

    def test_only_an_action_is_required(self):
        account = Account()
        account.record({"action": "ping"})
        stored = account.one_stored()
        absent = {"entity_type": None, "entity_id": None, "entity_name": None, "user": None,
                  "status": 0, "source": 0, "kind": 1, "idempotency_key": None, "body_bytes": 0,
                  "response_time_ms": None, "response_bytes": None, "trigger_signature": 0}
        empty = ("method", "url", "params", "query", "headers", "body", "response_body_head",
                 "request_id", "trace_id", "client_address", "forwarded_for", "user_agent",
                 "trigger_provider", "trigger_event", "trigger_delivery_id", "extra")
        expected = absent | {name: b"" for name in empty} | {"action": b"ping"}
        self.assertEqual(expected, {name: stored[name] for name in expected})
        self.assertLess(abs((stored["id"] >> 22) - time.time() * 1000), 60000)

    def test_null_is_as_good_as_absent(self):
        account = Account()
        account.record({name: None for name in FULL} | {"action": "ping"})
        account.record({"action": "ping"} |
                       {name: {member: None for member in FULL[name]}
                        for name in ("request", "response", "trigger")})
        for stored in account.stored():
            self.assertEqual((1, 0, 0, b"", None), tuple(
                stored[name] for name in ("kind", "status", "source", "body", "user")))

    def test_each_word_of_a_member(self):
        account = Account()
        words = [("source", word, number) for word, number in daybook.SOURCES.items()]
        words += [("kind", word, number) for word, number in daybook.KINDS.items()]
        words += [("signature", word, number) for word, number in daybook.SIGNATURES.items()]
        words += [("status", number, number) for number in (100, 200, 399, 400, 599)]
        for name, word, _ in words:
            member = {"trigger": {name: word}} if name == "signature" else {name: word}
            account.record({"action": f"{name} {word}"} | member)
        stored = {event["action"].decode(): event for event in account.stored()}
        for name, word, number in words:
            column = "trigger_signature" if name == "signature" else name
            self.assertEqual(number, stored[f"{name} {word}"][column], (name, word))

    def test_times(self):
        noon = 1738324800000
        account = Account()
        for text, expected in (
                ("2025-01-31T12:00:00Z", noon), ("2025-01-31t12:00:00z", noon),
                ("2025-01-31T12:00:00.1Z", noon + 100), ("2025-01-31T12:00:00.0019Z", noon + 1),
                ("2025-01-31T12:00:00.123456789Z", noon + 123),
                ("2025-01-31T17:45:00+05:45", noon), ("2025-01-31T04:00:00.500-08:00", noon + 500),
                ("2025-02-01T00:00:00+12:00", noon), ("2016-12-31T23:59:60Z", 1483228800000),
                ("1970-01-01T00:00:00Z", 0), (0, 0), (noon + 7, noon + 7)):
            with self.subTest(time=text):
                (identifier,) = account.record({"action": "a", "occurred_at": text})
                self.assertEqual(expected, int(identifier, 16) >> 22)

    def test_lengths_are_counted_in_bytes(self):
        account = Account()
        for path, most in (("entity_type", 1024), ("entity_id", 1024), ("entity_name", 1024),
                           ("action", 1024), ("user", 1024), ("idempotency_key", 255),
                           ("request_id", 255), ("trace_id", 255), ("client_address", 255),
                           ("forwarded_for", 4096), ("user_agent", 65535),
                           ("request.method", 32), ("request.url", 65535),
                           ("trigger.provider", 255), ("trigger.event", 255),
                           ("trigger.delivery_id", 255)):
            with self.subTest(member=path):
                fits = "ä" * (most // 2) + "x" * (most % 2)
                account.record(with_member(path, fits))
                answer = account.send(with_member(path, fits + "x"))
                self.assertRefused(answer, 400, path)
                self.assertEqual((0, path), (answer.json["index"], answer.json["field"]))
        columns = {"trigger.provider": "trigger_provider", "trigger.event": "trigger_event",
                   "trigger.delivery_id": "trigger_delivery_id"}
        longest = {path: max(len(event[columns.get(path, path.split(".")[-1])] or b"")
                             for event in account.stored())
                   for path in ("entity_id", "user", "user_agent", "request.url", *columns)}
        self.assertEqual({"entity_id": 1024, "user": 1024, "user_agent": 65535,
                          "request.url": 65535} | dict.fromkeys(columns, 255), longest)


def with_member(path, value):
    event = {"action": "a"}
    *parents, name = path.split(".")
    target = event
    for parent in parents:
        target = target.setdefault(parent, {})
    target[name] = value
    return event


class Forms(TestCase):
    EVENTS = [{"action": f"a{i}", "occurred_at": 1738324800000 + i, "user": "ü\n\"\\"}
              for i in range(3)]

    def same_everywhere(self, message):
        account = Account()
        ids = account.record(message)
        stored = account.stored(oldest_first=True)
        self.assertEqual([f"{event['id']:016x}" for event in stored], ids)
        self.assertEqual([(f"a{i}".encode(), "ü\n\"\\".encode(), 1738324800000 + i)
                          for i in range(3)],
                         [(event["action"], event["user"], event["id"] >> 22) for event in stored])

    def test_array(self):
        self.same_everywhere(json.dumps(self.EVENTS))

    def test_array_with_white_space(self):
        self.same_everywhere("\r\n " + json.dumps(self.EVENTS, indent="\t") + " \n\n")

    def test_ndjson(self):
        self.same_everywhere("".join(json.dumps(event) + "\n" for event in self.EVENTS))

    def test_ndjson_as_windows_writes_it(self):
        self.same_everywhere("\r\n\r\n".join(json.dumps(event) for event in self.EVENTS))

    def test_objects_one_after_another(self):
        self.same_everywhere("\n".join(json.dumps(event, indent=2) for event in self.EVENTS))

    def test_object(self):
        account = Account()
        self.assertEqual(1, len(account.record(json.dumps(self.EVENTS[0]))))
        self.assertEqual(b"a0", account.one_stored()["action"])

    def test_ids_in_the_order_sent(self):
        account = Account()
        ids = account.record([{"action": f"a{i}", "occurred_at": 1738324800000 - i}
                              for i in range(50)])
        self.assertEqual(sorted(ids, reverse=True), ids)
        self.assertEqual(50, len(set(ids)))

    def test_empty_array(self):
        account = Account()
        self.assertEqual([], account.record("[]"))
        self.assertEqual(0, account.count())

    def test_in_chunks(self):
        account = Account()
        answer = account.send_chunks([b'{"action"', b': "a"}\n', b'{"action": "b"}'])
        self.assertEqual(201, answer.status, answer)
        self.assertEqual(2, account.count())

    def test_media_type_does_not_matter(self):
        account = Account()
        for media_type in ("application/json", "application/x-ndjson", "text/plain",
                           "application/x-www-form-urlencoded"):
            answer = account.send({"action": "a"}, **{"Content-Type": media_type})
            self.assertEqual(201, answer.status, (media_type, answer))


class AsSent(TestCase):
    """Texts that are JSON are kept as the bytes that stood in the message."""

    TEXTS = ('{ "b" : 1,  "a":[ 1.0, 1e3, 123456789012345678901234567890 ] ,"b":2 }',
             '{"\\u00e9": "\\/\\u0000\\ud800", "e": ""}', "[]", "{}", '[[["x"]], null, true]',
             '{"tab":"\\t","é":"€ 𝄞"}', '{\n  "indented": [\n    1\n  ]\n}')
    HEADERS = ('{ "B" : 1,  "a":[ 1.0, 1e3, true ] ,"b":null, "B":"\\u00e9\\/\\t" }', "[]", "{}",
               '[["Host","a"],\n ["accept", "a" , "b"], ["x"]]', '["Host","a" , "Host", "€ 𝄞"]',
               '[{"name":"Host","value" : "a"},\n{"value":"b", "NAME":"accept", "comment":""}]',
               '{":path": "/", "a!#$%&\\u0027*+-.^_`|~": ""}')
    LINES = ("Host: a\r\nAccept: */*\r\n", "host:a\nx:", "a:b\n\tc\n  d \r\n\r\n", "X: \tä")

    def test_json_keeps_its_letters(self):
        account = Account()
        for text in self.TEXTS:
            (identifier,) = account.record(
                '[{"action": "a", "extra": %s, "request": {"params": %s, "query": %s}}]' % (
                    text, text, text))
            stored = account.find(identifier)
            for name in ("params", "query", "extra"):
                self.assertEqual(text, stored[name].decode(), name)

    def test_json_given_as_text_is_the_same(self):
        account = Account()
        for text in self.TEXTS:
            (identifier,) = account.record({
                "action": "a", "extra": text, "request": {"params": text, "query": text}})
            stored = account.find(identifier)
            for name in ("params", "query", "extra"):
                self.assertEqual(text, stored[name].decode(), name)

    def test_headers_in_each_of_their_forms(self):
        account = Account()
        sent = [*self.HEADERS, *(json.dumps(text) for text in self.HEADERS + self.LINES)]
        ids = account.record("".join('{"action": "a", "request": {"headers": %s}}' % text
                                     for text in sent))
        for text, identifier in zip(self.HEADERS * 2 + self.LINES, ids, strict=True):
            self.assertEqual(text, account.find(identifier)["headers"].decode())

    def test_other_texts(self):
        account = Account()
        account.record({"action": "a", "extra": "no JSON", "request": {
            "params": "id=1", "query": "x=1&x=2"}})
        stored = account.one_stored()
        self.assertEqual((b"no JSON", b"id=1", b"x=1&x=2"), tuple(
            stored[name] for name in ("extra", "params", "query")))

    def test_any_bytes_as_body(self):
        account = Account()
        text = base64.b64encode(EVERY_BYTE * 3).decode()
        account.record({"action": "a", "request": {"body_base64": text},
                        "response": {"body_head_base64": text}})
        stored = account.one_stored()
        self.assertEqual(EVERY_BYTE * 3, stored["body"])
        self.assertEqual(EVERY_BYTE * 3, stored["response_body_head"])
        self.assertEqual(768, stored["body_bytes"])
        self.assertEqual(hashlib.sha256(EVERY_BYTE * 3).digest(), stored["body_sha256"])

    def test_a_long_body_is_cut_and_says_so(self):
        account = Account()
        for character, kept in (("x", daybook.BODY_MAX), ("€", daybook.BODY_MAX - 1)):
            body = character * (daybook.BODY_MAX // len(character.encode()) + 9)
            (identifier,) = account.record({"action": "a", "request": {"body": body},
                                            "response": {"body_head": body[:5000]}})
            stored = account.find(identifier)
            self.assertEqual(body.encode()[:kept], stored["body"])
            self.assertEqual(len(body.encode()), stored["body_bytes"])
            self.assertEqual(hashlib.sha256(stored["body"]).digest(), stored["body_sha256"])
            head = stored["response_body_head"]
            self.assertEqual(body[:4096 // len(character.encode())].encode(), head)


class Answers(TestCase):
    def test_the_answer_names_itself(self):
        answer = Account().send({"action": "a"})
        self.assertEqual("application/json", answer.headers["Content-Type"])
        self.assertEqual("no-store", answer.headers["Cache-Control"])
        self.assertTrue(re.fullmatch(r'\{"ids": \["[0-9a-f]{16}"\]\}\n', answer.text), answer)

    def test_other_methods_and_addresses(self):
        token = daybook.bearer(Account().token("record"))
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            answer = daybook.ask(method, "/api/v1/events", None, token)
            self.assertRefused(answer, 405)
            self.assertIn("POST", answer.headers["Allow"])
        for target in ("/api", "/api/", "/api/v1", "/api/v1/event", "/api/v1/events/",
                       "/api/v2/events", "/hooks/x/y"):
            self.assertRefused(daybook.ask("POST", target, b"{}", token), 404)


class Transactions(TestCase):
    """As the server got them."""

    def seen(self, account):
        """{connection: its statements in their order} while an event is recorded on new connections."""
        database().run("SET GLOBAL log_output = 'TABLE'")
        database().run("TRUNCATE TABLE mysql.general_log")
        database().run("SET GLOBAL general_log = 1")
        kill_connections("recorder")
        try:
            account.record({"action": account.slug, "entity_name": "n"})
        finally:
            database().run("SET GLOBAL general_log = 0")
        found = {}
        for thread, text in database().rows("SELECT thread_id, HEX(argument) FROM mysql.general_log WHERE "
                                            "command_type = 'Query' AND user_host LIKE 'recorder%'"):
            found.setdefault(thread, []).append(bytes.fromhex(text).decode())
        return found

    def test_isolation(self):
        """One message begins a transaction that writes; one that reads has a consistent snapshot."""
        writes = reads = 0
        for statements in self.seen(Account()).values():
            self.assertIn("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", statements)
            for before, statement in zip(statements, statements[1:]):
                if not statement.startswith("START TRANSACTION"):
                    continue
                asks = before == "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
                self.assertEqual("SNAPSHOT" in statement, asks, (before, statement))
                writes += not asks
                reads += asks
        self.assertLessEqual(3, writes, "names, then entities, then events")
        self.assertLess(0, reads)


if __name__ == "__main__":
    unittest.main()
