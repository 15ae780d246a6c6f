# SPDX-License-Identifier: MIT
"""Every file of the JSON test suite and 10,000 bodies made by chance at each address that records: `make hostile`.

Takes some minutes, so it is no part of `make test`, where the same bodies are dealt out over these addresses, and all of
them are sent to hooks, whose rate is limited (test_hooks.py). Each is kept, or refused with a reason: no 5xx, and the
pages still open. Every second body stands inside a message that is good up to it."""
import json
import unittest

import intake_fuzz
from daybook import Account, TestCase, bearer

JSON = "application/json"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
CLOUDEVENT = {"specversion": "1.0", "id": "1", "source": "/x", "type": "a.b"}
RECORDS = {
    "native": {"action": "a"},
    "cloudtrail": {"eventName": "a"},
    "github": {"action": "a.b"},
    "okta": {"eventType": "a.b"},
    "gsuite": {"name": "a"},
    "slack": {"action": "a"},
    "teleport": {"event": "a"},
    "kubernetes": {"verb": "get"},
    "vault": {"request": {"operation": "read"}},
    "combined": {},
    "nginx-json": {"msec": "1700000000.1", "status": 200},
}


def around(start, before="", behind=""):
    """What stands around a body as the value of one more member of `start`."""
    return before.encode() + json.dumps(start).encode()[:-1] + (b', "x": ' if start else b'"x": '), b"}" + behind.encode()


class EachAddress(TestCase):
    def setUp(self):
        self.account = Account()
        self.headers = bearer(self.account.token("record"))

    def send(self, target, headers, wrapping):
        start, end = wrapping
        sender = intake_fuzz.Sender(self, target, self.headers | headers)
        sent = sender.check_all(({}, body if number % 2 else start + body + end)
                                for number, (_type, body) in enumerate(intake_fuzz.bodies()))
        self.assertGreaterEqual(sum(sent.values()), intake_fuzz.MADE)
        self.assertEqual(200, self.account.open("events?show=200").status)
        self.assertEqual(200, self.account.open("triggers?show=200").status)
        print(f"{target.replace(self.account.slug, '{account}')}: {dict(sent)}", flush=True)

    def test_formats(self):
        for name, start in RECORDS.items():
            with self.subTest(format=name):
                self.send(f"/api/v1/events?format={name}", {"Content-Type": JSON}, around(start))

    def test_events(self):
        self.send("/api/v1/events", {"Content-Type": JSON}, around({"action": "a"}))

    def test_kubernetes(self):
        self.send("/api/v1/kubernetes", {"Content-Type": JSON}, around({"verb": "get"}, '{"items": [', "]}"))

    def test_cloudevents(self):
        self.send("/api/v1/cloudevents", {"Content-Type": STRUCTURED}, around(CLOUDEVENT))

    def test_cloudevents_batch(self):
        self.send("/api/v1/cloudevents", {"Content-Type": BATCH}, around(CLOUDEVENT, "[", "]"))

    def test_retraced(self):
        path = f"/publisher/v1/project/{self.account.slug}/event"
        start = {"action": "a", "is_anonymous": True}
        self.send(path, {"Content-Type": JSON}, around(start))
        self.send(path + "/bulk", {"Content-Type": JSON}, around(start, '{"events": [', "]}"))


if __name__ == "__main__":
    unittest.main()
