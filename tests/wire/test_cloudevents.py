# SPDX-License-Identifier: MIT
"""CloudEvents over HTTP: each mode, what is kept of an event, what is refused, tokens, and hostile messages."""
import base64
import json
import unittest

import awkward
import daybook
import intake_fuzz
from daybook import Account, TestCase, ask, bearer, database
from hooks import Hook

PATH = "/api/v1/cloudevents"
WIRE = awkward.DATA / "wire/cloudevents.ndjson"
EVENT = {"specversion": "1.0", "id": "A-1", "source": "/svc/ci", "type": "com.example.order.created.v2"}
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


class CloudEvents(TestCase):
    def setUp(self):
        self.account = Account()
        self.token = self.account.token("record")

    def send(self, body, content_type=STRUCTURED, target=PATH, **headers):
        body = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask("POST", target, body, bearer(self.token) | {"Content-Type": content_type} | names)

    def send_binary(self, body=b"x", content_type="text/plain", attributes=None, **headers):
        attributes = EVENT if attributes is None else attributes
        names = {f"ce_{name}": value for name, value in attributes.items()}
        return self.send(body, content_type, **names, **headers)

    def assertKept(self, answer):
        self.assertEqual(202, answer.status, answer)
        return answer.json["ids"]

    def attributes(self, event):
        return json.loads(event["extra"])["cloudevent"]

    def test_structured(self):
        sent = EVENT | {"time": "2024-02-29T23:59:59.123Z", "subject": "pipeline/ü 1", "authid": "ann",
                        "datacontenttype": "application/json", "number": 5, "flag": True,
                        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
        body = json.dumps(sent, ensure_ascii=False)[:-1] + ', "data": {"b" : 1.0, "b":[ ]} , "none":null}'
        (identifier,) = self.assertKept(self.send(body.encode()))
        event = self.account.one_stored()
        self.assertEqual(int(identifier, 16), event["id"])
        self.assertEqual(b'{"b" : 1.0, "b":[ ]}', event["body"])
        self.assertEqual(sent, self.attributes(event))
        for name, value in (("action", EVENT["type"]), ("entity_type", "order"),
                            ("entity_id", "pipeline/ü 1"), ("entity_name", "/svc/ci"), ("user", "ann"),
                            ("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"), ("method", "POST"),
                            ("url", PATH), ("idempotency_key", "cloudevent /svc/ci A-1")):
            self.assertEqual(value, event[name].decode(), name)
        self.assertEqual((1, 3, None), (event["kind"], event["source"], event["status"] or None))
        (line,) = daybook.ndjson(self.account.read("events.ndjson").text)
        self.assertEqual("2024-02-29T23:59:59.123Z", line["occurred_at"])

    def test_binary(self):
        """Body as it is, whatever it is; attributes percent-decoded; the headers are kept, but for the token."""
        body = bytes(range(256))
        self.assertKept(self.send_binary(body, "application/octet-stream", ce_subject="Euro%20%E2%82%AC%2525",
                                         ce_ext1="v", User_Agent="probe/1"))
        event = self.account.one_stored()
        self.assertEqual(body, event["body"])
        self.assertEqual("Euro €%25", event["entity_id"].decode())
        self.assertEqual(EVENT | {"datacontenttype": "application/octet-stream", "subject": "Euro €%25",
                                  "ext1": "v"}, self.attributes(event))
        headers = dict(map(tuple, json.loads(event["headers"])))
        self.assertEqual(len(headers), len(json.loads(event["headers"])), "none twice")
        self.assertEqual(("Euro%20%E2%82%AC%2525", "probe/1"), (headers["ce-subject"], headers["user-agent"]))
        self.assertNotIn("authorization", headers)

    def test_data(self):
        for number, (members, body) in enumerate((
                ({}, b""), ({"data": "text"}, b'"text"'), ({"data": None}, b"null"),
                ({"data": "<a/>\u2028", "datacontenttype": "text/xml"}, "<a/>\u2028".encode()),
                ({"data_base64": base64.b64encode(b"\0\xff").decode()}, b"\0\xff"))):
            (identifier,) = self.assertKept(self.send(EVENT | {"id": str(number)} | members))
            self.assertEqual(body, self.account.find(identifier)["body"], members)

    def test_batch(self):
        events = [EVENT | {"id": str(number), "data": number} for number in range(3)]
        ids = self.assertKept(self.send(events, BATCH))
        self.assertEqual([b"0", b"1", b"2"], [self.account.find(one)["body"] for one in ids])
        self.assertEqual([], self.assertKept(self.send([], BATCH)))
        answer = self.send(events + [{"id": "x"}], BATCH)
        self.assertRefused(answer, 400, "specversion")
        self.assertEqual((3, "specversion"), (answer.json["index"], answer.json["field"]))
        self.assertEqual(3, self.account.count())

    def test_sent_again(self):
        """The same source and id at the same time is the same event, in whatever mode it comes."""
        sent = EVENT | {"time": "2024-02-29T23:59:59Z"}
        ids = self.assertKept(self.send(sent)) + self.assertKept(self.send([sent, sent], BATCH))
        ids += self.assertKept(self.send_binary(attributes=sent))
        self.assertEqual(1, len(set(ids)))
        self.assertEqual(1, self.account.count())
        self.assertKept(self.send(sent | {"source": "/svc/cd"}))
        self.assertKept(self.send(sent | {"id": "A-2"}))
        self.assertEqual(3, self.account.count())
        without = self.assertKept(self.send(EVENT | {"id": "timeless"}))
        self.assertEqual(without, self.assertKept(self.send(EVENT | {"id": "timeless"})))

    def test_refused(self):
        for body, content_type, status, word in (
                (b"x", "application/cloudevents+avro", 415, "application/cloudevents+json"),
                (b"x", "application/cloudevents-batch+protobuf", 415, "batch+json"),
                (b"{", STRUCTURED, 400, "Not JSON at byte 1"), (b"", STRUCTURED, 400, "Not JSON"),
                (b"[]", STRUCTURED, 400, "object"), (b"{}", BATCH, 400, "array"),
                (b"{}", "application/json", 400, "no CloudEvent")):
            self.assertRefused(self.send(body, content_type), status, word)
        for name in EVENT:
            left = {key: value for key, value in EVENT.items() if key != name}
            for answer in (self.send(left), self.send(left | {name: ""}), self.send_binary(attributes=left)):
                self.assertRefused(answer, 400, f"{name} is required")
        for members, word in (({"specversion": "0.3"}, "specversion"), ({"time": "now"}, "time"),
                              ({"data": 1, "data_base64": "YQ=="}, "data_base64"), ({"x_y": 1}, "x_y"),
                              ({"deep": {}}, "deep"), ({"data_base64": "?"}, "base64")):
            self.assertRefused(self.send(EVENT | members), 400, word)
        self.assertRefused(self.send_binary(ce_subject="%C0%A0"), 400, "subject", "UTF-8")
        self.assertEqual(0, self.account.count())

    def test_handshake(self):
        """Asked without a token, as those who ask have none."""
        answer = ask("OPTIONS", PATH, None, {"WebHook-Request-Origin": "eventemitter.example.com",
                                             "WebHook-Request-Rate": "120"})
        self.assertEqual((200, b""), (answer.status, answer.body))
        self.assertEqual("eventemitter.example.com", answer.headers["WebHook-Allowed-Origin"])
        self.assertEqual("120", answer.headers["WebHook-Allowed-Rate"])
        self.assertEqual("POST, OPTIONS", answer.headers["Allow"])
        answer = ask("OPTIONS", PATH, None, {"WebHook-Request-Origin": "a.example"})
        self.assertEqual("*", answer.headers["WebHook-Allowed-Rate"])
        answer = ask("OPTIONS", PATH)
        self.assertEqual((200, None), (answer.status, answer.headers["WebHook-Allowed-Origin"]))
        self.assertEqual(405, ask("OPTIONS", "/api/v1/events").status)

    def test_handshake_of_a_hook(self):
        """It takes as many as nginx lets through; where there is no hook, nobody is welcome."""
        hook = Hook(self.account)
        for wanted, allowed in (("120", "120"), ("100000", "3000"), ("x", "3000")):
            answer = ask("OPTIONS", hook.address, None,
                         {"WebHook-Request-Origin": "e.example", "WebHook-Request-Rate": wanted})
            self.assertEqual((200, "e.example", allowed),
                             (answer.status, answer.headers["WebHook-Allowed-Origin"],
                              answer.headers["WebHook-Allowed-Rate"]))
        answer = ask("OPTIONS", hook.address[:-1] + "x", None, {"WebHook-Request-Origin": "e.example"})
        self.assertEqual((404, None), (answer.status, answer.headers["WebHook-Allowed-Origin"]))
        self.assertEqual(0, self.account.count())

    def test_token_in_the_query(self):
        headers = {"Content-Type": STRUCTURED}
        target = f"{PATH}?a=1&access_token={self.token}&b=%C3%BC"
        self.assertEqual(202, ask("POST", target, json.dumps(EVENT), headers).status)
        self.assertEqual(f"{PATH}?a=1&b=%C3%BC", self.account.one_stored()["url"].decode())
        self.assertRefused(ask("POST", f"{PATH}?access_token=x", "{}", headers), 401, "record")
        self.assertRefused(ask("POST", PATH, "{}", headers), 401, "record")
        self.assertEqual([], daybook.find_in_tables(self.token))
        self.assertEqual([], daybook.find_in_logs(self.token))

    def test_secrets(self):
        """In data, in an attribute, in a header: as everywhere."""
        secret = "s3cr3t-0123456789abcdef"
        self.assertKept(self.send(EVENT | {"data": {"password": secret}, "apikey": secret}))
        self.assertKept(self.send_binary(json.dumps({"token": secret}).encode(), "application/json",
                                         attributes=EVENT | {"id": "2"}, X_Api_Key=secret))
        self.assertEqual([], daybook.find_in_tables(secret))

    def test_recorded_requests(self):
        """What the client of npm has sent, byte for byte: its headers hold Latin-1."""
        if not WIRE.exists():
            self.skipTest(f"no {WIRE}")
        for line in WIRE.read_text().splitlines():
            call = json.loads(line)
            headers = [(name, value) for name, value in call["headers"]
                       if name.lower() not in ("host", "connection", "transfer-encoding")]
            answer = ask("POST", PATH, iter([call["body"].encode()]),
                         bearer(self.token) | {n: v.encode("latin-1") for n, v in headers})
            self.assertKept(answer)
        self.assertEqual(1, self.account.count(), "the same event in both modes")
        event = self.account.one_stored()
        self.assertEqual('{"a":1,"s":"x,\\"y\\"\\n😀"}', event["body"].decode())
        self.assertEqual("pipeline/ü 1", event["entity_id"].decode())
        self.assertEqual("v", self.attributes(event)["ext1"])


class Hostile(TestCase):
    def test_every_body(self):
        """As an event, as a batch, as the data of a whole event, and as it comes in binary mode."""
        account = Account(member=False)
        sender = intake_fuzz.Sender(self, PATH, bearer(account.token("record")))
        whole = json.dumps(EVENT)[:-1].encode()
        names = {f"ce-{name}": value for name, value in EVENT.items() if name != "id"}
        sent = []

        def messages():
            for number, (content_type, body) in enumerate(intake_fuzz.bodies()):
                form = number % 4
                if form == 0:
                    yield {"Content-Type": STRUCTURED}, body
                elif form == 1:
                    yield {"Content-Type": BATCH}, b"[" + whole + b',"data":' + body + b"}]"
                elif form == 2:
                    yield {"Content-Type": STRUCTURED}, whole + b"," + body[1:]
                else:
                    kind = {"Content-Type": content_type.encode("latin-1")} if content_type else {}
                    sent.append(body)
                    yield names | kind | {"ce-id": str(number), "ce-time": "2024-02-29T23:59:59Z"}, body

        statuses = sender.check_all(messages())
        self.assertLessEqual({*statuses}, {202, 400})
        stored = database().number("SELECT COUNT(*) FROM event_request WHERE account_id = "
                                   f"{account.number} AND idempotency_key <> 'cloudevent /svc/ci A-1'")
        self.assertEqual(len(sent), stored, "nothing that is no event of its own is refused")


if __name__ == "__main__":
    unittest.main()
