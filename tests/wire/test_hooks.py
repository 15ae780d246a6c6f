# SPDX-License-Identifier: MIT
"""Webhooks at addresses of Daybook's own: what each becomes, and what its signature is worth."""
import hashlib
import json
import secrets
import tempfile
import unittest

import daybook
import hostile
import hooks
import webhook_oracle
from daybook import Page, database
from front_follower import SANITIZED
from hooks import (BURST, DATA, GITHUB, NEEDS_CLIENTS, NEEDS_DATA, PAYLOAD, Hook, Hooks, github, send_all,
                   slack)
from index_rows import assert_index_rows

FUZZED = 1000 if SANITIZED else 10000


@NEEDS_DATA
class Real(Hooks):
    def test_each_is_one_trigger(self):
        daybook.run_well("redaction", self.account.slug, "off")
        webhooks = list(hooks.real())
        self.assertEqual(260 + 39, len(webhooks))
        places = [Hook(self.account), Hook(self.account, "--trigger", "deploy")]
        calls = [(places[number % 2].address, body, headers)
                 for number, (headers, body) in enumerate(webhooks)]
        answers = send_all(calls)
        stored = {f"{event['id']:016x}": event for event in self.account.stored()}
        self.assertEqual(len(webhooks), len(stored))
        for number, ((headers, body), answer) in enumerate(zip(webhooks, answers)):
            with self.subTest(headers=headers):
                self.assertEqual(202, answer.status, answer)
                self.check(headers, body, stored[answer.json["id"]], is_bound=number % 2 == 1)
        self.assertEqual([(150, 0), (149, 0)], [hook.state() for hook in places])
        self.assertEqual({2}, {event["kind"] for event in stored.values()})
        assert_index_rows(self.account)
        self.check_pages(stored)

    def check(self, headers, body, event, is_bound):
        told = webhook_oracle.told(headers, body)
        wanted = {
            "entity_type": "trigger" if is_bound else "provider",
            "entity_id": "deploy" if is_bound else told.entity_id,
            "entity_name": told.entity_name, "user": told.user, "trigger_provider": told.provider,
            "trigger_event": told.event, "trigger_delivery_id": told.delivery_id,
            "action": "receiveWebhook", "method": "POST", "client_address": "127.0.0.1",
            "user_agent": dict(headers)["User-Agent"],
        }
        found = {name: (event[name] or b"").decode() for name in wanted}
        self.assertEqual(wanted, found)
        self.assertEqual((202, 4, 3), (event["status"], event["source"], event["trigger_signature"]))
        self.assertEqual(body, event["body"])
        self.assertEqual(len(body), event["body_bytes"])
        kept = [(name, value) for name, value in json.loads(event["headers"])]
        for name, value in headers:
            self.assertEqual([value], [v for n, v in kept if n == name.lower()])

    def check_pages(self, stored):
        self.assertIn("Nothing is recorded here yet", Page(self.account.open("events").text).text)
        self.assertEqual([], daybook.read_csv(self.account.open("events.csv").text)[1])
        rows = daybook.read_csv(self.account.open("triggers.csv").text)[1]
        self.assertEqual(len(stored), len(rows))
        event = next(iter(stored.values()))
        body = self.account.open(f"triggers/{event['id']:016x}?part=body")
        self.assertEqual(event["body"], body.body)


class Joined(Hooks):
    def test_attempts(self):
        """Of one delivery, of which the first was not believed to have arrived."""
        hook = Hook(self.account)
        headers = [*GITHUB, ("X-GitHub-Delivery", secrets.token_hex(16))]
        first, second = (hook.post(PAYLOAD, headers).json["id"] for _ in range(2))
        self.assertNotEqual(first, second)
        for one, other in ((first, second), (second, first)):
            links = Page(self.account.open(f"triggers/{one}").text).links
            self.assertTrue([link for link in links if f"/triggers/{other}" in link], links)

    def test_calls(self):
        event = self.accepted(Hook(self.account).post(PAYLOAD, [*GITHUB, ("X-Request-Id", "r-1")]))
        self.assertEqual(b"r-1", event["request_id"])
        self.assertRegex(event["idempotency_key"], rb"^hook:[0-9a-f]{32}$")
        (call,) = self.account.record({"action": "deploy", "request_id": "r-1"})
        page = Page(self.account.open(f"triggers/{event['id']:016x}").text)
        self.assertTrue([link for link in page.links if f"/events/{call}" in link], page.links)
        assert_index_rows(self.account)


@NEEDS_CLIENTS
class Signatures(Hooks):
    BODIES = (PAYLOAD, '{"ä": "ö"}'.encode())

    def test_of_the_stock_clients(self):
        found = hooks.signed(self.BODIES)
        self.assertLess(20, len(found))
        for one in found:
            with self.subTest(scheme=one["scheme"], body=one["body"]):
                self.check(one)

    def check(self, one):
        hook = Hook(self.account, "--provider", one["provider"], secret=one["secret"])
        before = self.account.count()
        event = self.accepted(hook.post(one["body"], one["headers"]))
        self.assertEqual(daybook.SIGNATURES["valid"], event["trigger_signature"])
        self.assertEqual(one["provider"].encode(), event["trigger_provider"])
        refused = 0
        for headers, body in hooks.flipped(one):
            self.assertRefused(hook.post(body, headers), 401, "signature")
            refused += 1
        unsigned = [pair for pair in one["headers"] if not hooks.SIGNED_BY.search(pair[0])]
        self.assertRefused(hook.post(one["body"], unsigned), 401, "signature")
        self.assertEqual((1, refused + 1), hook.state())
        lines = hook.refused()
        self.assertEqual(refused + 1, len(lines))
        self.assertEqual("no signature", lines[0][1])
        self.assertEqual({"signature does not fit"}, {line[1] for line in lines[1:]})
        self.assertEqual(hashlib.sha256(one["body"]).hexdigest(), lines[0][-1])
        self.assertEqual(before + 1, self.account.count())
        self.assertEqual([], daybook.find_in_tables(one["secret"].split(":")[-1]))


class Secret(Hooks):
    """Signatures made here, of what the clients cannot be made to do."""

    def test_another_time(self):
        hook = Hook(self.account, secret="s3cret")
        self.accepted(hook.post(b"{}", slack(b"s3cret", b"{}", -280)))
        self.assertRefused(hook.post(b"{}", slack(b"s3cret", b"{}", -320)), 401, "five minutes")
        self.assertRefused(hook.post(b"{}", slack(b"s3cret", b"{}", 320)), 401, "five minutes")
        self.assertEqual(["signed too long ago"] * 2, [line[1] for line in hook.refused()])

    def test_over_what_was_sent(self):
        """Not over what is stored of it."""
        body = b'{"password": "planted-in-a-body", "a": "\\u00fc"}'
        hook = Hook(self.account, secret="s3cret")
        event = self.accepted(hook.post(body, github(b"s3cret", body)))
        self.assertIn(b"redacted:", event["body"])

    def test_refusals_are_bounded(self):
        hook = Hook(self.account, secret="s3cret")
        for number in range(40):
            headers = [*GITHUB, ("X-GitHub-Delivery", f"d-{number}"), ("User-Agent", "a" * 400)]
            self.assertEqual(401, hook.post(PAYLOAD, headers).status)
        lines = hook.refused()
        self.assertEqual((0, 40), hook.state())
        self.assertEqual(32, len(lines))
        self.assertEqual({f"d-{number}" for number in range(8, 40)}, {line[6] for line in lines})
        self.assertEqual({("github", "push", "127.0.0.1", str(len(PAYLOAD)))},
                         {(line[4], line[5], line[2], line[7]) for line in lines})
        self.assertEqual({255}, {len(line[3]) for line in lines})
        self.assertEqual(0, self.account.count())

    def test_what_is_refused_tells_no_secret(self):
        token = "ghp_" + secrets.token_hex(18)
        hook = Hook(self.account, secret="s3cret")
        hook.post(b"{}", [*GITHUB, ("X-GitHub-Delivery", token), ("User-Agent", token)])
        self.assertEqual((0, 1), hook.state())
        self.assertEqual([], daybook.find_in_tables(token))

    def test_any_bytes(self):
        secret = b"\xff\x01 \xc3\xbc=;'\""
        hook = Hook(self.account, secret=secret)
        self.accepted(hook.post(b"x", github(secret, b"x")))

    def test_from_a_file(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"s3cret\r\n")
            file.flush()
            hook = Hook(self.account, "--secret-file", file.name)
        self.accepted(hook.post(b"x", github(b"s3cret", b"x")))
        self.assertEqual(401, hook.post(b"x", github(b"s3cret\r\n", b"x")).status)


class Hostile(Hooks):
    def test_each_is_kept(self):
        bodies = list(hostile.bodies(FUZZED))
        if DATA.is_dir():
            suite = sorted((DATA / "json/JSONTestSuite").glob("*.json"))
            self.assertLess(300, len(suite))
            bodies += [("application/json", path.read_bytes()) for path in suite]
        daybook.run_well("redaction", self.account.slug, "off")
        marks = ([], GITHUB, [("X-Gitlab-Event", "Push Hook")], [("Stripe-Signature", "t=1,v1=0")],
                 slack(b"", b""), [("webhook-signature", "v1,")], [("ce-specversion", "1.0")],
                 [("X-Event-Key", "a")])
        places = [Hook(self.account) for _ in range(len(bodies) * 10 // 9 // BURST + 1)]
        calls = []
        for number, (kind, body) in enumerate(bodies):
            headers = [pair for pair in marks[number % len(marks)] if pair[0] != "Content-Type"]
            calls.append((places[number % len(places)].address, body,
                          [("Content-Type", kind.encode("latin-1")), *headers]))
        answers = send_all(calls)
        self.assertEqual({202}, {answer.status for answer in answers})
        rows = database().rows("SELECT HEX(id), LOWER(HEX(body_sha256)) FROM event_request WHERE "
                               f"account_id = {self.account.number} AND kind = 2")
        stored = {int(key, 16): digest for key, digest in rows}
        self.assertEqual(len(bodies), len(stored))
        for (_, body, _), answer in zip(calls, answers):
            self.assertEqual(daybook.sha256(body), stored[int(answer.json["id"], 16)], body)
        self.assertEqual(200, self.account.open("triggers?show=200").status)
        self.assertEqual(len(bodies), len(daybook.ndjson(self.account.open("triggers.ndjson").text)))


if __name__ == "__main__":
    unittest.main()
