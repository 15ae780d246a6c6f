# SPDX-License-Identifier: MIT
"""Audit records of other products and access logs, by their formats: each record against a second reader."""
import collections
import gzip
import json
import re
import unittest
from pathlib import Path

import daybook
import format_oracle
from awkward import DATA
from daybook import Account, TestCase

AUDIT = DATA / "audit"
ASKED = ("entity_type", "entity", "action", "user", "status", "time")

# How many records say nothing of it at all: nobody could fill it. Without a time it is when they came.
SILENT = {
    # 5 without eventSource, 13 that name no resource and no account, 19 without an identity; 17 without eventTime, 2 "redacted"
    "aws.cloudtrail": {"entity_type": 5, "entity": 13, "user": 19, "time": 19},
    # a push without an actor; 29 without any time, 4 with "2024-12-17 00:00:00000000"
    "github.audit": {"user": 1, "time": 33},
    "okta.systemlog": {"user": 2, "time": 12},
    # no parameters, no customer: the object is not said
    "gsuite.activityevent": {"entity": 17, "user": 11, "time": 62},
    "slack.auditlogs": {"time": 29},
    "gravitational.teleportaudit": {"time": 1},  # "2023-09-20T23:00:000.000000Z"
    # 6 without responseStatus; lists and watches over all namespaces name no object
    "amazon.eks.audit": {"entity_type": 5, "entity": 26, "user": 31, "status": 6, "time": 170},
    "k8s-audit2rbac-demo": {"entity": 4},
}


def lines_of(name):
    return (AUDIT / f"{name}.ndjson").read_bytes().splitlines()


def load(account, data, *options, suffix="ndjson", status=0):
    path = daybook.VAR / "tmp" / f"{account.slug}.{suffix}"
    path.write_bytes(data)
    try:
        done = daybook.run("load", *options, account.slug, str(path))
    finally:
        path.unlink()
    if done.returncode != status:
        raise AssertionError(done)
    return done


def counts(done):
    """(read, stored) and what else the command says."""
    said = re.fullmatch(r"(\d+) events read, (\d+) stored, \d+ stood already(.*)\n", done.stdout.decode())
    return int(said[1]), int(said[2]), said[3]


def post(account, name, message):
    if not isinstance(message, (bytes, str)):
        message = json.dumps(message)
    return daybook.ask("POST", f"/api/v1/events?format={name}", message,
                       daybook.bearer(account.token("record")) | {"Content-Type": "application/json"})


def shown(row):
    """What the oracle gives, as it stands in the database."""
    found = {name: (row[name] or b"").decode() or None for name in format_oracle.COLUMNS
             if name not in ("status", "time")}
    ms = row["id"] >> 22
    return found | {"status": row["status"] or None, "time": None if ms >= daybook.START_MS - 60000 else ms}


def plain(row):
    """A row without what differs between accounts, as marks do, and between ways in."""
    return tuple(sorted((name, daybook.MARK.sub(b"mark", value) if isinstance(value, bytes) else value)
                        for name, value in row.items()
                        if name not in ("id", "account", "received_ms", "idempotency_key", "key_hash", "body_sha256")))


@unittest.skipUnless(AUDIT.is_dir(), "shared/data/audit is not here")
class Records(TestCase):
    def post_all(self, name, account):
        """The stored row of each record, sent alone."""
        form = format_oracle.FILES[name].__name__
        ids = []
        for line in lines_of(name):
            answer = post(account, form, line)
            self.assertEqual(201, answer.status, (line, answer))
            ids.append(int(answer.json["ids"][0], 16) if answer.json["ids"] else None)
        rows = {row["id"]: row for row in account.stored()}
        return [rows.get(number) for number in ids]

    def test_every_column_of_every_record(self):
        total = 0
        for name, reader in format_oracle.FILES.items():
            rows = self.post_all(name, Account())
            silent, first = collections.Counter(), {}
            for line, row in zip(lines_of(name), rows):
                total += 1
                if row is None:
                    self.assertIn(json.loads(line)["stage"], ("RequestReceived", "ResponseStarted"))
                    continue
                wanted = format_oracle.read(reader, first.setdefault(row["id"], line))
                with self.subTest(file=name, line=line[:300]):
                    found = shown(row)
                    if found["url"] and "redacted:" in found["url"]:
                        self.assertAsSent(wanted["url"], found["url"])
                        wanted["url"] = found["url"]
                    self.assertEqual(wanted, found)
                    self.assertAsSent(first[row["id"]], row["body"])
                found = shown(row) | {"entity": row["entity_id"] or row["entity_name"]}
                silent.update(column for column in ASKED if not found[column])
            with self.subTest(file=name):
                self.assertEqual(SILENT[name], dict(silent))
        self.assertEqual(1029, total)

    def test_a_file_gives_the_same_and_twice_changes_nothing(self):
        read = stored = 0
        for name, reader in format_oracle.FILES.items():
            form, lines = reader.__name__, lines_of(name)
            posted, loaded = Account(), Account()
            for line in lines:
                post(posted, form, line)
            first = counts(load(loaded, b"\n".join(lines), "--format", form))
            with self.subTest(file=name):
                again = counts(load(loaded, b"\n".join(lines) + b"\n", "--format", form))
                self.assertEqual((first[0], 0, first[2]), again)
                rows = {plain(row) for row in posted.stored()} ^ {plain(row) for row in loaded.stored()}
                early = [row for row in rows if b"ResponseStarted" not in dict(row)["body"]]
                self.assertEqual([], early, "all but what is held")
            read += first[0] + (" stage" in first[2])
            stored += first[1]
        self.assertEqual(1029, read)

    def test_wrapped_in_what_the_products_wrap_them_in(self):
        wraps = {"aws.cloudtrail": lambda records: {"Records": records},
                 "okta.systemlog": lambda records: {"data": {"events": records}},
                 "gsuite.activityevent": lambda records: {"kind": "admin#reports#activities", "items": records},
                 "slack.auditlogs": lambda records: {"entries": records, "response_metadata": {"next_cursor": ""}},
                 "gravitational.teleportaudit": lambda records: {"events": records},
                 "github.audit": lambda records: records}
        for name, wrap in wraps.items():
            form = format_oracle.FILES[name].__name__
            records = [json.loads(line) for line in lines_of(name)]
            whole = json.dumps(wrap(records))
            indented = json.dumps(wrap(records), indent=2)
            with self.subTest(file=name):
                plainly, wrapped, apart = Account(), Account(), Account()
                read = counts(load(plainly, "\n".join(map(json.dumps, records)).encode(), "--format", form))
                for text in (whole, indented):
                    self.assertEqual(read[0], counts(load(wrapped, text.encode(), "--format", form))[0])
                self.assertEqual(len(post(apart, form, whole).json["ids"]), len(records))
                wanted = self.bodies(plainly)
                self.assertEqual(wanted, self.bodies(apart))
                self.assertLessEqual(set(wanted), set(self.bodies(wrapped)))

    def bodies(self, account):
        return sorted(json.dumps(json.loads(daybook.MARK.sub(b"mark", row["body"]))) for row in account.stored())


def access_lines():
    return gzip.decompress((DATA / "traffic/apache_logs.gz").read_bytes()).splitlines()


COMBINED = re.compile(rb'(\S+) (\S+) (.+?) \[([^]]+)\] "(\S+) (.*?)(?: HTTP/[\d.]+)?" (\d+) (\d+|-)(?: "(.*?)" "(.*?)"?)?$')


@unittest.skipUnless((DATA / "traffic").is_dir(), "shared/data/traffic is not here")
class AccessLogs(TestCase):
    def test_ten_thousand_lines(self):
        account = Account()
        lines = access_lines()
        data = b"\n".join(lines)
        self.assertEqual((10000, 10000, ""), counts(load(account, data, "--format", "combined", suffix="log")))
        self.assertEqual((10000, 0, ""), counts(load(account, data, "--format", "combined", suffix="log")))
        wanted = [COMBINED.match(line).groups() for line in lines]
        rows = account.stored()
        for what, of_line, of_row in (
                ("status", lambda line: int(line[6]), lambda row: row["status"]),
                ("url", lambda line: (line[4], line[5]), lambda row: (row["method"], row["url"])),
                ("path and status", lambda line: (line[5].split(b"?")[0], int(line[6])),
                 lambda row: (row["url"].split(b"?")[0], row["status"])),
                ("bytes", lambda line: None if line[7] == b"-" else int(line[7]), lambda row: row["response_bytes"]),
                ("client", lambda line: line[0], lambda row: row["client_address"]),
                ("agent", lambda line: line[9].replace(b"-", b"", line[9] == b"-"), lambda row: row["user_agent"]),
                ("action", lambda line: line[4] + b" (unmatched)", lambda row: row["action"]),
                ("time", lambda line: line[3].split()[0].decode(), lambda row: self.clf(row["id"] >> 22))):
            with self.subTest(what):
                self.assertEqual(collections.Counter(map(of_line, wanted)), collections.Counter(map(of_row, rows)))

    def clf(self, ms):
        return format_oracle.datetime.datetime.fromtimestamp(ms // 1000, format_oracle.datetime.timezone.utc).strftime(
            "%d/%b/%Y:%H:%M:%S")

    def test_by_http_equal_lines_are_as_many_and_a_retry_none(self):
        account = Account()
        lines = access_lines()
        for _ in range(2):
            for at in range(0, len(lines), 5000):
                answer = post(account, "combined", b"\n".join(lines[at:at + 5000]))
                self.assertEqual(201, answer.status, answer)
        self.assertEqual(10000, account.count())

    def test_hostile_lines(self):
        account = Account()
        front = b'10.0.0.1 - - [17/May/2015:10:05:03 +0200] '
        for line, method, url, status in (
                (b'"GET /a\\x22b HTTP/1.1" 200 5 "-" "x\\x22y"', b"GET", b'/a"b', 200),
                (b'"GET /a\\"b HTTP/1.1" 200 5 "-" "-"', b"GET", b'/a"b', 200),
                (b'"\\x16\\x03\\x01\\x00" 400 0 "-" "-"', b"", "\x16\x03\x01\ufffd".encode(), 400),
                (b'"-" 408 0 "-" "-"', b"", b"", 408),
                (b'"" 400 0 "-" "-"', b"", b"", 400),
                (b'"GET / with spaces HTTP/1.1" 404 - "-" "-"', b"GET", b"/ with spaces", 404),
                (b'"GET /\xff\xfe HTTP/1.0" 200 1 "-" "-"', b"GET", "/ÿþ".encode(), 200),
                (b'"FOO /x" 501 1', b"FOO", b"/x", 501),
                (b'"get / HTTP/1.1" 400 1', b"", b"get / HTTP/1.1", 400),
                (b'"GET /old" 200 7 "r" "ua" "1.2.3.4" 0.003', b"GET", b"/old", 200)):
            with self.subTest(line=line):
                row = account.find(post(account, "combined", front + line).json["ids"][0])
                self.assertEqual((method, url, status), (row["method"], row["url"], row["status"]))
                self.assertEqual(1431849903000, row["id"] >> 22)
                known = method if method == b"GET" else b""
                self.assertEqual((known + b" (unmatched)").strip(), row["action"])
        for line in (b"nonsense", b'1 - - [99/May/2015:10:05:03 +0200] "GET /" 200 1', b'1 - - [] "GET /" 200 1',
                     b'1 - - [17/May/2015:10:05:03 +0200 "GET /" 200 1', b'1 - - [17/May/2015:10:05:03 +0200] "GET /',
                     front + b'"GET /" ', front + b'"-" abc 0', b"\0", b"[", b'" " "'):
            with self.subTest(line=line):
                self.assertRefused(post(account, "combined", line), 400, "This is no line of")
        self.assertRefused(post(account, "combined", b" \n \n"), 400, "no record")

    def test_a_user_with_401_is_a_claim_and_secrets_are_marks(self):
        account = Account()
        post(account, "combined", b'::1 - ann smith [17/May/2015:10:05:03 +0000] "GET /?password=hunter2xyz&a=1 HTTP/1.1"'
             b' 401 5 "http://x/?token=hunter2xyz" "-"')
        row = account.one_stored()
        self.assertIsNone(row["user"])
        self.assertEqual({"claimed_user": "ann smith"}, json.loads(row["extra"]))
        self.assertNotIn(b"hunter2", b"".join(value for value in row.values() if isinstance(value, bytes)))
        self.assertEqual([], daybook.find_in_tables("hunter2xyz"))

    def test_nginx_json(self):
        account = Account()
        line = {"msec": "1700000000.123", "remote_addr": "2001:db8::1", "remote_user": "ann", "request_method": "PUT",
                "request_uri": "/a%2Fb?x=1&token=hunter2abc", "status": "201", "body_bytes_sent": "17",
                "request_time": "0.250", "http_user_agent": "curl/8", "http_x_forwarded_for": "10.1.1.1",
                "http_authorization": "Bearer hunter2abc", "request_id": "5f3a", "server_name": "api", "ssl": None,
                "http_traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "request_body": "{}"}
        for _ in range(2):
            answer = post(account, "nginx-json", json.dumps(line) + "\n")
            self.assertEqual(201, answer.status, answer)
        row = account.one_stored()
        self.assertEqual(
            (b"PUT", 201, b"ann", b"2001:db8::1", b"10.1.1.1", b"curl/8", 17, 250, b"5f3a", b"{}",
             b"4bf92f3577b34da6a3ce929d0e0e4736", 1700000000123),
            tuple(row[name] for name in ("method", "status", "user", "client_address", "forwarded_for", "user_agent",
                                         "response_bytes", "response_time_ms", "request_id", "body", "trace_id"))
            + (row["id"] >> 22,))
        self.assertTrue(row["url"].startswith(b"/a%2Fb?x=1&token=redacted:"), row["url"])
        self.assertEqual({"server_name": "api", "ssl": None}, json.loads(row["extra"]))
        headers = dict(json.loads(row["headers"]))
        self.assertEqual("curl/8", headers["user-agent"])
        self.assertIn("redacted:", headers["authorization"])
        self.assertEqual([], daybook.find_in_tables("hunter2abc"))
        latin = b'{"time_iso8601": "2023-11-14T22:13:20+00:00", "request": "GET /\xe9 HTTP/1.1", "status": 200}'
        row = account.find(post(account, "nginx-json", latin).json["ids"][0])
        self.assertEqual("/é".encode(), row["url"])
        for bad in ({"status": 200}, {"msec": "1700000000.123"}, {"msec": "x", "status": 200}):
            self.assertRefused(post(account, "nginx-json", bad), 400, "This is no line of")

    def test_operations_say_what_a_line_is_about(self):
        account = Account()
        api = {"openapi": "3.0.0", "info": {"title": "x", "version": "1"}, "paths": {"/pets/{id}": {"put": {
            "operationId": "updatePet", "tags": ["pet"], "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]}}}}
        path = daybook.VAR / "tmp" / f"{account.slug}.json"
        path.write_text(json.dumps(api))
        daybook.run_well("import-openapi", str(path), "--account", account.slug)
        path.unlink()
        line = b'10.0.0.1 - ann [17/May/2015:10:05:03 +0000] "PUT /pets/7 HTTP/1.1" 200 5 "-" "-"\n'
        load(account, line, "--format", "combined", suffix="log")
        row = account.one_stored()
        self.assertEqual((b"updatePet", b"7", b"ann"), (row["action"], row["entity_id"], row["user"]))


class Forms(TestCase):
    def test_an_unknown_format_names_those_there_are(self):
        account = Account()
        for query in ("format=x", "format=", "format=native&format=okta", "format=%00%ff", "a=1&format=CloudTrail"):
            with self.subTest(query=query):
                answer = daybook.ask("POST", f"/api/v1/events?{query}", b"{}",
                                     daybook.bearer(account.token("record")))
                self.assertRefused(answer, 400, "format")
                self.assertEqual("format", answer.json["field"])
        self.assertIn("cloudtrail, github", post(account, "x", "{}").json["error"])
        self.assertEqual(201, post(account, "native", {"action": "a"}).status)
        done = daybook.run("load", "--format", "x", account.slug, "-", stdin=b"")
        self.assertEqual(1, done.returncode)
        self.assertIn(b"cloudtrail, github", done.stderr)
        self.assertIn("okta\t", daybook.run_well("load", "--format", "list"))

    def test_the_wrong_format_is_refused_and_stores_nothing(self):
        account = Account()
        answer = post(account, "okta", [{"eventType": "a.b"}, {"action": "repo.create"}])
        self.assertRefused(answer, 400, "no record of the format okta", "eventType")
        self.assertEqual(1, answer.json["index"])
        for message in ("[1]", '"x"', "[[{}]]", "{", "null", '{"Records": [{"eventName": "a"}, 7]}'):
            with self.subTest(message=message):
                self.assertEqual(400, post(account, "cloudtrail", message).status)
        self.assertEqual(0, account.count())
        self.assertEqual([], post(account, "cloudtrail", {"Records": []}).json["ids"])
        self.assertRefused(post(account, "slack", "[" + ",".join(['{"action":"a"}'] * 10001) + "]"), 400, "10000")

    def test_events_of_one_google_activity(self):
        account = Account()
        activity = {"kind": "admin#reports#activity", "id": {"time": "2024-01-15T10:30:00.000Z", "uniqueQualifier": "77",
                                                             "applicationName": "drive"},
                    "actor": {"email": "ann@example.com"}, "ipAddress": "::1", "events": [
                        {"type": "access", "name": "view", "parameters": [{"name": "doc_id", "value": "d1"},
                                                                          {"name": "billable", "boolValue": True}]},
                        {"type": "access", "name": "edit", "parameters": [{"name": "doc_title", "multiValue": ["T"]}]}]}
        for _ in range(2):
            self.assertEqual(2, len(post(account, "gsuite", {"items": [activity]}).json["ids"]))
        rows = account.stored()
        self.assertEqual({(b"view", b"d1", None), (b"edit", None, b"T")},
                         {(row["action"], row["entity_id"] or None, row["entity_name"] or None) for row in rows})
        self.assertEqual({b"ann@example.com"}, {row["user"] for row in rows})

    def test_one_id_on_different_records_loses_none(self):
        account = Account()
        record = {"eventName": "a", "eventID": "1", "eventTime": "2024-01-15T10:30:00Z"}
        for name in ("x", "y", "x"):
            post(account, "cloudtrail", record | {"userAgent": name})
        self.assertEqual(2, account.count())

    def test_texts_of_any_length_and_kind(self):
        account = Account()
        long = "é" * 70000
        answer = post(account, "slack", {"action": long, "id": long, "actor": {"user": {"email": "a\0b"}},
                                         "context": {"ua": long}, "date_create": 1700000000,
                                         "entity": {"type": "app", "app": {"name": "\ud800x"}}})
        self.assertEqual(201, answer.status, answer)
        row = account.one_stored()
        self.assertEqual(("é" * 512).encode(), row["action"])
        self.assertEqual("a\ufffdb".encode(), row["user"])
        self.assertEqual("\ufffd".encode(), row["entity_name"])
        self.assertEqual(1700000000000, row["id"] >> 22)
        self.assertEqual(201, post(account, "slack", {"action": "a", "date_create": "yesterday"}).status)
        (row,) = [row for row in account.stored() if row["action"] == b"a"]
        self.assertEqual({"unreadable_time": "yesterday"}, json.loads(row["extra"]))


if __name__ == "__main__":
    unittest.main()
