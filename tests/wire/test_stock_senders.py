# SPDX-License-Identifier: MIT
"""Other people's senders, unchanged: the packages of npm for CloudEvents and Retraced, a client that asks as Go's does, syslog-ng."""
import json
import shutil
import socket
import subprocess
import unittest

import daybook
import syslog_ng
from daybook import Account, HOST, TestCase
from test_retraced import EVENT, hash_of

CLIENTS = daybook.ROOT / "tests/clients"
URL = f"http://{HOST}"
SECONDS = 60


def missing(package):
    """Why a script that needs it cannot be run, or nothing."""
    if not shutil.which("node"):
        return "no node"
    if not (CLIENTS / "node_modules" / package).exists():
        return f"no {package}: npm --prefix tests/clients ci"
    return ""


def run(script, job):
    """What the script says of its job: lines of JSON."""
    done = subprocess.run(["node", "--require", CLIENTS / "loopback-only.cjs", CLIENTS / script],
                          input=json.dumps(job), capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode or done.stderr:
        raise AssertionError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


class CloudEvents(TestCase):
    EVENTS = [
        {"id": "A-1", "type": "dev.example.pipeline.updated", "source": "/svc/ci", "subject": "pipeline/ü 1",
         "time": "2024-02-29T23:59:59.123Z", "data": {"a": 1, "s": 'x,"y"\n😀'}, "ext1": "v", "authid": "ann"},
        {"id": "A-2", "type": "dev.example.note.added", "source": "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
         "time": "2024-02-29T23:59:59.124Z", "datacontenttype": "text/plain", "data": "plain text, \"quoted\" é"},
        {"id": "A-3", "type": "nothing", "source": "/s", "time": "2024-02-29T23:59:59.125Z", "data": [1, None]},
    ]

    def check(self, mode):
        if missing("cloudevents"):
            self.skipTest(missing("cloudevents"))
        account = Account()
        job = {"url": f"{URL}/api/v1/cloudevents", "token": account.token("record"), "events": self.EVENTS}
        answers = run("send-cloudevents.cjs", job | {"modes": [mode]})
        self.assertEqual(3, account.count(), answers)
        again = run("send-cloudevents.cjs", job | {"modes": ["structured" if mode == "binary" else "binary"]})
        self.assertEqual([one["body"] for one in answers], [one["body"] for one in again])
        self.assertEqual(3, account.count(), "the other mode sends the same events")
        for sent, kept in zip(self.EVENTS, account.stored(oldest_first=True)):
            attributes = json.loads(kept["extra"])["cloudevent"]
            for name in set(sent) - {"data"}:
                self.assertEqual(sent[name], attributes[name], name)
            data = sent.get("data", b"")
            if not isinstance(data, (str, bytes)):
                self.assertEqual(data, json.loads(kept["body"]))
            elif data:
                self.assertEqual(data, kept["body"].decode())
            self.assertEqual((sent["type"], sent["source"], sent.get("subject", ""), sent.get("authid", "")),
                             tuple((kept[column] or b"").decode()
                                   for column in ("action", "entity_name", "entity_id", "user")))

    def test_binary(self):
        self.check("binary")

    def test_structured(self):
        self.check("structured")


class Retraced(TestCase):
    EVENTS = [
        EVENT,
        {"action": "a:b%", "crud": "u", "actor": {"id": "u=1;"}, "group": {"id": "g"},
         "fields": {"k=1": "v;%", "Z": "", "ключ": "знач:%3D"}, "metadata": {"m": "1", "=;%": ";=:%"},
         "external_id": "x:1;", "source_ip": "::ffff:192.0.2.1", "is_failure": True},
        {"action": "anonymous", "crud": "r", "is_anonymous": True, "fields": {}, "metadata": {}},
        {"action": "emoji", "crud": "d", "actor": {"id": "😀"}, "target": {"id": "\ue000", "type": "Ünit"},
         "fields": {"\U00010000": "1", "\ue000": "2"}},
    ]

    def test_its_own_check_of_the_hash_passes(self):
        if missing("@retracedhq/retraced"):
            self.skipTest(missing("@retracedhq/retraced"))
        account = Account()
        job = {"endpoint": URL, "project": account.slug, "key": account.token("record"), "events": self.EVENTS}
        (said,) = run("send-retraced.cjs", job | {"component": "web", "version": "1"})
        self.assertEqual(2 * len(self.EVENTS), account.count())
        kept = {json.loads(one["extra"])["retraced"]["id"]: one for one in account.stored()}
        for identifiers in (said["single"], said["bulk"]):
            for event, identifier in zip(self.EVENTS, identifiers):
                sent = {**event, "component": "web", "version": "1"}
                self.assertEqual(sent, json.loads(kept[identifier]["body"]))
                self.assertEqual(event["action"], kept[identifier]["action"].decode())
                self.assertEqual(event.get("source_ip", ""), (kept[identifier]["client_address"] or b"").decode())
        with self.assertRaisesRegex(AssertionError, "401"):
            run("send-retraced.cjs", job | {"key": "wrong"})

    def test_as_the_client_for_go(self):
        """Written byte by byte as net/http does it: the zero time, an empty name, gzip accepted."""
        account = Account()
        event = {"action": "a", "created": "0001-01-01T00:00:00Z", "group": {"id": "g", "name": ""},
                 "crud": "u", "actor": {"id": "u", "name": "", "href": ""}, "source_ip": "2001:db8::1"}
        body = json.dumps(event).encode()
        head = (f"POST /publisher/v1/project/{account.slug}/event HTTP/1.1\r\nHost: {HOST}\r\n"
                f"User-Agent: Go-http-client/1.1\r\nContent-Length: {len(body)}\r\n"
                f"Authorization: Token token={account.token('record')}\r\n"
                "Content-Type: application/json\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
        host, port = HOST.split(":")
        with socket.create_connection((host, int(port)), SECONDS) as stream:
            stream.sendall(head.encode() + body)
            answer = b"".join(iter(lambda: stream.recv(65536), b""))
        start, _, receipt = answer.partition(b"\r\n\r\n")
        self.assertTrue(start.startswith(b"HTTP/1.1 201 "), answer)
        receipt = json.loads(receipt)
        self.assertEqual(hash_of(event, receipt["id"]), receipt["hash"])
        self.assertEqual("u", account.one_stored()["user"].decode())


class SyslogNg(TestCase):
    COUNT = 250
    TEXTS = ('user jane deleted pipeline "a,b"', "multi\tline é 😀", "{json: like}\\n", "100% <&>")

    def lines(self):
        """As RFC 5424 has them, with who did it in structured data."""
        for number in range(self.COUNT):
            yield (f"<13>1 2026-01-31T12:00:{number % 60:02}.123456+01:00 web-1 deployd 7 ID "
                   f'[audit@32473 user="jane"] \ufeff{number} {self.TEXTS[number % len(self.TEXTS)]}').encode()

    def expected(self):
        return sorted(f"{number} {self.TEXTS[number % len(self.TEXTS)]}" for number in range(self.COUNT))

    def send(self, destination):
        if syslog_ng.missing():
            self.skipTest(syslog_ng.missing())
        account = Account()
        with syslog_ng.SyslogNg(destination, URL, account.token("record")) as logger:
            logger.send_tcp(self.lines())
            logger.send_unix([b"<13>Jan 31 12:00:00 cron[7]: local message"])
            logger.wait_for(lambda: account.count() > self.COUNT)
        events = account.stored()
        self.assertEqual(sorted(self.expected() + ["local message"]),
                         sorted(one["body"].decode() for one in events), "each exactly once")
        remote = [one for one in events if one["body"] != b"local message"]
        self.assertEqual({b"jane"}, {one["user"] for one in remote})
        (line,) = [line for line in daybook.ndjson(account.read("events.ndjson").text)
                   if line["request"]["body"].startswith("7 ")]
        self.assertEqual("2026-01-31T11:00:07.123Z", line["occurred_at"])
        return account, remote

    def test_batches_of_lines(self):
        _account, remote = self.send("daybook")
        self.assertEqual({(b"host", b"web-1", b"deployd")},
                         {(one["entity_type"], one["entity_name"], one["action"]) for one in remote})
        self.assertEqual(self.COUNT, len({one["idempotency_key"] for one in remote}))

    def test_batches_of_cloudevents(self):
        _account, remote = self.send("daybook_cloudevents")
        self.assertEqual({(b"deployd", b"/syslog/web-1", b"syslog.deployd.notice")},
                         {(one["entity_id"], one["entity_name"], one["action"]) for one in remote})


if __name__ == "__main__":
    unittest.main()
