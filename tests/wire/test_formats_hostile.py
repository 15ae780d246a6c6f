# SPDX-License-Identifier: MIT
"""Whatever is sent as records of other products is kept, or refused with a reason; nothing breaks."""
import json
import unittest

import daybook
import hostile
from awkward import DATA
from daybook import Account, TestCase

BODIES = 10000
FORMATS = ("cloudtrail", "github", "okta", "gsuite", "slack", "teleport", "kubernetes", "vault", "combined", "nginx-json")
MEMBERS = ("action", "eventName", "eventType", "event", "name", "verb", "requestURI", "items", "events", "Records", "id",
           "request", "time", "created_at", "msec", "status", "entity", "type", "part", "auditID", "stage", "user",
           "sourceIPs", "objectRef", "requestParameters", "parameters", "target", "actor", "http_cookie", "kind")

ACTIONS = {"action": "a", "eventName": "a", "eventType": "a", "event": "a", "verb": "get", "request": {"operation": "read"},
           "msec": "1700000000.1", "status": 200}


def targets():
    return [f"/api/v1/events?format={name}" for name in FORMATS] + ["/api/v1/kubernetes?timeout=30s"]


def named(chance, value, depth=0):
    """The same with names that the formats look for."""
    if isinstance(value, dict):
        return {chance.choice(MEMBERS): named(chance, member, depth + 1) for member in value.values()}
    if isinstance(value, list):
        return [named(chance, element, depth + 1) for element in value]
    return value


def records():
    """Bodies by chance, of which two of three have names that mean something."""
    chance = hostile.random.Random(hostile.SEED)
    for number, (_, body) in enumerate(hostile.bodies(BODIES)):
        if number % 3:
            try:
                found = named(chance, json.loads(body))
                found = found if isinstance(found, dict) else {chance.choice(MEMBERS): found}
                body = json.dumps(ACTIONS | found, ensure_ascii=False).encode()
            except (ValueError, RecursionError):
                body = b'{"' + chance.choice(MEMBERS).encode() + b'": "x", "action": ' + body[:2000] + b"}"
        yield body


class Hostile(TestCase):
    def send_all(self, bodies):
        """Over one connection; how often each status came."""
        account = Account()
        seen = {}
        connection = daybook.connect()
        headers = daybook.bearer(account.token("record")) | {"Content-Type": "application/json"}
        for body, target in bodies:
            connection.request("POST", target, body, headers)
            response = connection.getresponse()
            text = response.read()
            seen[response.status] = seen.get(response.status, 0) + 1
            if response.status not in (200, 201):
                self.assertEqual(400, response.status, (target, body[:500], text))
                self.assertTrue(json.loads(text)["error"].strip(), (target, body[:500]))
        connection.close()
        self.assertGreater(sum(seen.values()), 0)
        self.assertEqual(200, account.open("events?show=200").status)
        self.assertEqual(200, account.open("all.ndjson").status)
        return seen

    @unittest.skipUnless((DATA / "json/JSONTestSuite").is_dir(), "shared/data/json is not here")
    def test_every_file_of_the_suite_at_every_address(self):
        files = [path.read_bytes() for path in sorted((DATA / "json/JSONTestSuite").iterdir())]
        wrapped = [json.dumps(ACTIONS).encode()[:-1] + b', "x": ' + text + b"}" for text in files]
        seen = self.send_all((text, target) for text in files + wrapped for target in targets())
        self.assertGreater(seen[201], 300)
        self.assertGreater(seen[400], 3000)

    def test_bodies_by_chance(self):
        seen = self.send_all((body, targets()[number % len(targets())]) for number, body in enumerate(records()))
        self.assertEqual(BODIES, sum(seen.values()))
        self.assertGreater(seen[201], 500)

    def test_deep_long_and_many(self):
        """Each of them within the time that a sender waits."""
        account = Account()
        many = ",".join(['{"name": "x"}'] * 10000)
        wide = ",".join(f'"m{i}": {i}' for i in range(200000))
        for name, text in (
                ("gsuite", '{"id": {"applicationName": "a"}, "events": [' + many + "]}"),
                ("gsuite", '{"id": {"applicationName": "' + "b" * 1000000 + '"}, "events": [' + many + "]}"),
                ("cloudtrail", '{"eventName": "a", ' + wide + "}"),
                ("cloudtrail", '{"eventName": "a", "requestParameters": {' + wide + "}}"),
                ("cloudtrail", '{"eventName": "a", "requestParameters": ' + '{"a":' * 400 + "1" + "}" * 400 + "}"),
                ("nginx-json", '{"msec": 1, "status": 200, ' + wide + "}"),
                ("kubernetes", '{"verb": "get", "sourceIPs": [' + ",".join(['"1"'] * 100000) + "]}"),
                ("combined", '1 - - [17/May/2015:10:05:03 +0000] "GET /' + "\\" * 1000000 + '" 200 1'),
                ("okta", '{"eventType": "' + "e" * 8000000 + '"}')):
            with self.subTest(name=name, text=text[:60]):
                answer = daybook.ask("POST", f"/api/v1/events?format={name}", text,
                                     daybook.bearer(account.token("record")))
                self.assertEqual(201, answer.status, answer)


if __name__ == "__main__":
    unittest.main()
