# SPDX-License-Identifier: MIT
"""Retraced's publisher API: events one by one and in bulk, ids and hashes, what is refused, and hostile messages."""
import hashlib
import json
import re
import unittest

import awkward
import daybook
import intake_fuzz
from daybook import Account, TestCase, ask, bearer, database

WIRE = awkward.DATA / "wire/retraced-curl-wget-httpie-syslogng.ndjson"
EVENT = {"action": "some.record.created", "crud": "c", "created": "2023-11-14T22:13:20.000Z",
         "group": {"id": "grp", "name": "Grün AG"},
         "actor": {"id": "jdoe", "name": 'Jane "JD" Doe', "href": "https://x.example/u/1", "fields": {"dept": "R&D"}},
         "target": {"id": "rec1", "name": "record, one", "href": "/rec/1", "type": "Record"},
         "source_ip": "2001:db8::1", "description": "line1\nline2", "is_failure": True, "is_anonymous": False,
         "fields": {"quality": "a=b;c%d:e", "Z": "", "=cmd": "=1+1"}, "component": "web", "version": "1f2e",
         "external_id": "x:1", "metadata": {"m;=%": "1"}}


def encoded(text, in_pair=False):
    text = text.replace("%", "%25").replace(":", "%3A")
    return text.replace("=", "%3D").replace(";", "%3B") if in_pair else text


def pairs(fields):
    """In the order of UTF-16, as JavaScript sorts."""
    names = sorted(fields, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return "".join(f"{encoded(name, True)}={encoded(fields[name], True)};" for name in names)


def hash_of(event, identifier):
    """The hash by the rules of the API, written from its description."""
    parts = [identifier, event["action"]]
    parts += [(event.get(party) or {}).get("id", "") for party in ("target", "actor", "group")]
    text = "".join(encoded(part) + ":" for part in parts + [event.get("source_ip") or ""])
    text += f"{int(bool(event.get('is_failure')))}:{int(bool(event.get('is_anonymous')))}:"
    text += pairs(event["fields"]) if event.get("fields") is not None else ":"
    if event.get("external_id"):
        text += ":" + encoded(event["external_id"])
    if event.get("metadata") is not None:
        text += ":" + pairs(event["metadata"])
    return hashlib.sha256(text.encode()).hexdigest()


class Retraced(TestCase):
    def setUp(self):
        self.account = Account()
        self.path = f"/publisher/v1/project/{self.account.slug}/event"
        self.key = self.account.token("record")

    def send(self, message, suffix="", authorization=None, **headers):
        if not isinstance(message, bytes):
            message = json.dumps(message, ensure_ascii=False).encode()
        return ask("POST", self.path + suffix, message,
                   {"Content-Type": "application/json",
                    "Authorization": authorization or f"token={self.key}"} | headers)

    def assertCreated(self, answer, *events):
        """201 with an id and the right hash for each."""
        self.assertEqual(201, answer.status, answer)
        receipts = answer.json if isinstance(answer.json, list) else [answer.json]
        self.assertEqual(len(events), len(receipts))
        for event, receipt in zip(events, receipts):
            self.assertEqual({"id", "hash"}, {*receipt})
            self.assertRegex(receipt["id"], r"\A[0-9a-f]{32}\Z")
            self.assertEqual(hash_of(event, receipt["id"]), receipt["hash"], event)
        return [receipt["id"] for receipt in receipts]

    def assertError(self, answer, status, *words):
        self.assertEqual(status, answer.status, answer)
        self.assertEqual("application/json", answer.headers["Content-Type"])
        self.assertEqual((status, "Error"), (answer.json["status"], answer.json["type"]))
        self.assertRegex(answer.headers["X-Retraced-RequestId"], r"\A\w+:[0-9a-f]{8}")
        for word in words:
            self.assertIn(word, answer.json["error"])

    def test_event(self):
        answer = self.send(EVENT, **{"X-Request-Uuid": "0123456789"})
        (identifier,) = self.assertCreated(answer, EVENT)
        self.assertRegex(answer.headers["X-Retraced-RequestId"], r"\AcreateEvent:[0-9a-f]{8}\.01234567\Z")
        event = self.account.one_stored()
        for name, value in (("action", "some.record.created"), ("entity_type", "Record"),
                            ("entity_id", "rec1"), ("entity_name", "record, one"), ("method", "POST"),
                            ("user", 'Jane "JD" Doe'), ("client_address", "2001:db8::1"),
                            ("url", self.path), ("idempotency_key", f"retraced {identifier}")):
            self.assertEqual(value, event[name].decode(), name)
        self.assertEqual((1, 3, None), (event["kind"], event["source"], event["status"] or None))
        self.assertEqual(EVENT, json.loads(event["body"]))
        self.assertEqual({"retraced": {"id": identifier, "hash": hash_of(EVENT, identifier), "event": EVENT}},
                         json.loads(event["extra"]))
        (line,) = daybook.ndjson(self.account.read("events.ndjson").text)
        self.assertEqual(EVENT["created"], line["occurred_at"])

    def test_hashes(self):
        least = {"action": "a", "actor": {"id": "u"}}
        for members in ({}, {"fields": {}}, {"metadata": {}}, {"fields": {}, "metadata": {}},
                        {"external_id": ""}, {"fields": {"\ue000": "1", "\U00010000": "2", "a": "3"}},
                        {"metadata": {"b": "%3D", "a": ";"}}, {"actor": {"id": "u:%"}},
                        {"is_failure": True, "is_anonymous": True}, {"source_ip": "::1"},
                        {"group": {"id": "g", "name": ""}}, {"target": {}}, {"target": None},
                        {"action": "日本語\u2028"}, {"unknown": [1]}, {"crud": "", "description": None}):
            self.assertCreated(self.send(least | members), least | members)

    def test_bulk(self):
        events = [EVENT, {"action": "b", "is_anonymous": True}, EVENT]
        ids = self.assertCreated(self.send({"events": events}, "/bulk"), *events)
        self.assertEqual(3, len(set(ids)), "each POST of an event is one of its own")
        kept = {json.loads(one["extra"])["retraced"]["id"]: one for one in self.account.stored()}
        self.assertEqual({*ids}, {*kept})
        self.assertEqual({"action": "b", "is_anonymous": True}, json.loads(kept[ids[1]]["body"]))
        self.assertCreated(self.send({"events": []}, "/bulk"))
        self.assertCreated(self.send({"events": [EVENT] * 51}, "/bulk"), *[EVENT] * 51)

    def test_times(self):
        least = {"action": "a", "actor": {"id": "u"}}
        for created, kept in (("2023-11-14T23:13:20+01:00", "2023-11-14T22:13:20.000Z"),
                              (1700000000000, "2023-11-14T22:13:20.000Z"),
                              (1700000000123456, "2023-11-14T22:13:20.123Z"),
                              ("0001-01-01T00:00:00Z", None), (None, None)):
            event = least | {"created": created}
            (identifier,) = self.assertCreated(self.send(event), event)
            (line,) = [line for line in daybook.ndjson(self.account.read("events.ndjson").text)
                       if line["extra"]["retraced"]["id"] == identifier]
            self.assertEqual(kept or line["received_at"], line["occurred_at"], created)

    def test_refused(self):
        for message, words in (
                ({"crud": "c"}, ("action is required", "actor is required")),
                ({"action": "a", "actor": {"name": "x"}}, ("actor.id is required",)),
                ({"action": "a", "actor": {"id": "u"}, "crud": "x"}, ("crud",)),
                ({"action": "a", "actor": {"id": "u"}, "source_ip": "no"}, ("source_ip",)),
                ({"action": "a", "actor": {"id": "u"}, "fields": {"n": 1}}, ("fields",)),
                ([], ("object",)), (b"{", ("Not JSON at byte 1",)), (b"", ("Not JSON",))):
            self.assertError(self.send(message), 400, *words)
        answer = self.send({"events": [EVENT, {"action": "a"}, EVENT | {"crud": "x", "action": ""}]}, "/bulk")
        self.assertError(answer, 400, "2 of 3")
        self.assertEqual([1, 2], [one["index"] for one in answer.json["invalid"]])
        self.assertEqual([{"action", "crud"}], [{v["field"] for v in answer.json["invalid"][1]["violations"]}])
        self.assertEqual({"field": "crud", "violation": "invalid", "received": "x"},
                         {name: value for name, value in answer.json["invalid"][1]["violations"][1].items()
                          if name != "message"})
        for message in ({}, [], {"events": {}}, {"events": None}):
            self.assertError(self.send(message, "/bulk"), 400, "events")
        self.assertEqual(0, self.account.count())

    def test_authorization(self):
        for authorization in (f"Token token={self.key}", f"Bearer {self.key}", self.key):
            self.assertCreated(self.send(EVENT, authorization=authorization), EVENT)
        other = Account(member=False)
        for authorization in ("token=", "token=x", f"Token={self.key}", f"token={other.token('record')}",
                              f"token={self.account.token('read')}", "Basic eDp5"):
            answer = self.send(EVENT, authorization=authorization)
            self.assertError(answer, 401)
            self.assertEqual("Bearer", answer.headers["WWW-Authenticate"])
            self.assertEqual(401, self.send({"events": []}, "/bulk", authorization).status)
        self.assertEqual((3, 0), (self.account.count(), other.count()))

    def test_what_is_not_here(self):
        for method, target in (("GET", "viewertoken?group_id=grp"), ("POST", "graphql"), ("POST", "event/"),
                               ("POST", "event/bulk/x"), ("GET", "")):
            answer = ask(method, f"/publisher/v1/project/{self.account.slug}/{target}", None, bearer(self.key))
            self.assertRefused(answer, 404)
        self.assertEqual(405, ask("GET", self.path).status)

    def test_secrets(self):
        secret = "s3cr3t-0123456789abcdef"
        self.assertCreated(self.send(EVENT | {"fields": {"password": secret}}),
                           EVENT | {"fields": {"password": secret}})
        self.assertEqual([], daybook.find_in_tables(secret))
        self.assertEqual([], daybook.find_in_tables(self.key))

    def test_recorded_requests(self):
        """What the client of npm has sent; what it asks beside reporting is not here."""
        if not WIRE.exists():
            self.skipTest(f"no {WIRE}")
        for line in WIRE.read_text().splitlines():
            call = json.loads(line)
            target, found = re.subn(r"\A/publisher/v1/project/p1", self.path[:-len("/event")], call["url"])
            if not found:
                continue
            headers = dict(call["headers"]) | {"Authorization": f"token={self.key}"}
            answer = ask(call["method"], target, call["body"].encode() or None, headers)
            if "/event" not in target:
                self.assertRefused(answer, 404)
                continue
            message = json.loads(call["body"])
            self.assertCreated(answer, *message.get("events", [message]))
        self.assertEqual(3, self.account.count())
        self.assertEqual({"Grün AG"}, {json.loads(one["body"])["group"]["name"] for one in self.account.stored()})


class Hostile(TestCase):
    def test_every_body(self):
        """As an event, as a member of one, and as what a bulk holds."""
        account = Account(member=False)
        path = f"/publisher/v1/project/{account.slug}/event"
        headers = {"Authorization": f"token={account.token('record')}"}
        event, bulk = (intake_fuzz.Sender(self, target, headers) for target in (path, path + "/bulk"))
        start = b'{"action":"a","is_anonymous":true'
        kept = 0
        for number, (_type, body) in enumerate(intake_fuzz.bodies()):
            sender, message = ((event, body), (event, start + b',"other":' + body + b"}"),
                               (event, start + b',"fields":' + body + b"}"),
                               (bulk, b'{"events":[' + body + b"]}"),
                               (bulk, b'{"events":[' + start + b',"external_id":' + body + b"}]}"))[number // 5 % 5]
            answer = sender.check({}, message)
            kept += len(answer) if isinstance(answer, list) else answer is not None
        self.assertLessEqual({*event.statuses, *bulk.statuses}, {201, 400})
        self.assertGreater(kept, 500)
        self.assertEqual(kept, database().number(
            f"SELECT COUNT(*) FROM event WHERE account_id = {account.number}"))


if __name__ == "__main__":
    unittest.main()
