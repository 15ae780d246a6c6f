# SPDX-License-Identifier: MIT
"""Webhooks that an API of one's own receives: calls at a marked path become triggers, with what the API
answered and what the signature was worth."""
import json
import secrets
import tempfile
import time
import unittest
from pathlib import Path

import daybook
import hooks
import webhook_oracle
from capture import LOCATION, Front, Upstream, response
from daybook import SIGNATURES, Account, TestCase
from follower import Follower, line
from front_follower import FrontFollower
from hooks import NEEDS_CLIENTS, NEEDS_DATA, Hook
from running_copy import until

SERVER = "add_header X-Request-Id $request_id always;"
PAYLOAD = b'{"repository": {"id": 7, "full_name": "demo/build"}, "sender": {"login": "ann"}}'
GITHUB = [("Content-Type", "application/json"), ("X-GitHub-Event", "push")]
LARGE = """
location /webhooks/large {
    client_body_buffer_size 1k;
    client_max_body_size 1m;
    set $daybook_user basil;
    include daybook/location.conf;
    proxy_pass http://api;
}
"""


def answer(request):
    """The status that the path asks for."""
    last = request.target.split(b"?")[0].split(b"/")[-1]
    return response(int(last) if last.isdigit() else 200, b"answer")


def nginx_id(event):
    return event["idempotency_key"].decode().removeprefix("capture:")


class Captured(TestCase):
    def setUp(self):
        self.account = Account()
        self.api = self.enterContext(Upstream(answer))
        self.front = self.enterContext(Front(self.api, server=SERVER, location=self.location()))

    def location(self):
        return LOCATION

    def follow(self):
        self.follower = self.enterContext(FrontFollower(self.account, self.front))

    def post(self, target, headers=(), body=PAYLOAD, method="POST"):
        """nginx's id of the call."""
        answered = self.front.call(method, target, headers, body)
        return answered.header("X-Request-Id")

    def stored(self, count):
        """{nginx's id: event} of so many."""
        self.follower.wait(count)
        return {nginx_id(event): event for event in self.account.stored()}

    def one(self, *arguments, **named):
        """The event of one call."""
        if not hasattr(self, "follower"):
            self.follow()
        identifier = self.post(*arguments, **named)
        return until(lambda: [event for event in self.account.stored()
                              if nginx_id(event) == identifier], 60, "it is stored")[0]


@NEEDS_DATA
class Real(Captured):
    def test_each_is_one_trigger(self):
        daybook.run_well("redaction", self.account.slug, "off")
        any_hook = Hook(self.account, path="/webhooks/{provider}")
        bound = Hook(self.account, "--trigger", "deploy", path="/bound/{+rest}")
        self.follow()
        webhooks = list(hooks.real())
        self.assertEqual(260 + 39, len(webhooks))
        sent = [self.post(("/bound/a/b" if number % 2 else "/webhooks/any?number=%d" % number),
                          headers, body) for number, (headers, body) in enumerate(webhooks)]
        stored = self.stored(len(webhooks))
        self.assertEqual(set(sent), set(stored))
        for number, ((headers, body), identifier) in enumerate(zip(webhooks, sent)):
            with self.subTest(headers=headers):
                self.check(headers, body, stored[identifier], is_bound=number % 2 == 1)
        self.assertEqual([(150, 0), (149, 0)], [any_hook.state(), bound.state()])
        self.assertEqual([], daybook.read_csv(self.account.open("events.csv").text)[1])
        self.assertEqual(len(webhooks),
                         len(daybook.read_csv(self.account.open("triggers.csv").text)[1]))
        self.assertEqual((len(webhooks), 0),
                         (self.follower.source("stored"), self.follower.source("refused")))

    def check(self, headers, body, event, is_bound):
        told = webhook_oracle.told(headers, body)
        wanted = {
            "entity_type": "trigger" if is_bound else "provider",
            "entity_id": "deploy" if is_bound else told.entity_id,
            "entity_name": told.entity_name, "user": told.user, "trigger_provider": told.provider,
            "trigger_event": told.event, "trigger_delivery_id": told.delivery_id,
            "action": "receiveWebhook", "method": "POST", "client_address": "127.0.0.1",
            "user_agent": dict(headers)["User-Agent"], "response_body_head": "answer",
            "params": '{"rest":"a/b"}' if is_bound else '{"provider":"any"}',
        }
        found = {name: (event[name] or b"").decode() for name in wanted}
        found["params"] = found["params"].replace(" ", "")
        self.assertEqual(wanted, found)
        self.assertEqual((2, 200, 4, 3), (event["kind"], event["status"], event["source"],
                                          event["trigger_signature"]))
        self.assertEqual(body, event["body"])
        kept = [tuple(pair) for pair in json.loads(event["headers"])]
        self.assertEqual([], [pair for pair in headers if pair not in kept])


@NEEDS_CLIENTS
class Signatures(Captured):
    BODIES = (PAYLOAD, '{"ä": "ö"}'.encode())

    def test_of_the_stock_clients(self):
        found = hooks.signed(self.BODIES)
        wanted = {}
        calls = []
        for number, one in enumerate(found):
            Hook(self.account, "--provider", one["provider"], secret=one["secret"],
                 path=f"/signed/{number}/{{status}}")
            calls.append((f"/signed/{number}/201", one["headers"], one["body"], "valid"))
            calls += [(f"/signed/{number}/403", headers, body, "invalid")
                      for headers, body in hooks.flipped(one)]
            calls.append((f"/signed/{number}/403", [], one["body"], "invalid"))
        self.follow()
        for target, headers, body, worth in calls:
            wanted[self.post(target, headers, body)] = (target, worth, body)
        stored = self.stored(len(wanted))
        for identifier, (target, worth, body) in wanted.items():
            event = stored[identifier]
            with self.subTest(target=target, headers=event["headers"]):
                self.assertEqual(SIGNATURES[worth], event["trigger_signature"])
                self.assertEqual(2, event["kind"])
                self.assertEqual(int(target.split("/")[-1]), event["status"])
                self.assertEqual(body, event["body"])
        for one in found:
            self.assertEqual([], daybook.find_in_tables(one["secret"].split(":")[-1]))
            self.assertNotIn(one["secret"], self.follower.said())

    def test_a_digest_is_nobodys_secret(self):
        """What a client writes itself that looks like what the front puts in the place of a secret."""
        Hook(self.account, "--provider", "gitlab", secret="s3cret", path="/webhooks/gitlab")
        event = self.one("/webhooks/gitlab", [
            ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", "sha256:" + daybook.sha256(b"s3cret"))])
        self.assertEqual(SIGNATURES["invalid"], event["trigger_signature"])
        event = self.one("/webhooks/gitlab", [
            ("X-Gitlab-Event", "Push Hook"), ("X-Gitlab-Token", "s3cret")])
        self.assertEqual(SIGNATURES["valid"], event["trigger_signature"])
        self.assertEqual([], daybook.find_in_tables("s3cret"))


class Marked(Captured):
    def location(self):
        return LOCATION + LARGE

    def test_others_are_calls(self):
        Hook(self.account, path="/webhooks/{provider}")
        for method, target in (("GET", "/webhooks/a"), ("PUT", "/webhooks/a"), ("POST", "/webhooks"),
                               ("POST", "/webhooks/a/b"), ("POST", "/other")):
            event = self.one(target, GITHUB, method=method)
            self.assertEqual((1, 0, method + " (unmatched)"), (
                event["kind"], event["trigger_signature"], event["action"].decode()))
        event = self.one("/webhooks/a%2Fb", GITHUB)
        self.assertEqual((2, {"provider": "a/b"}), (event["kind"], json.loads(event["params"])))

    def test_before_operations(self):
        """Also before one whose calls are left out."""
        description = {"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {
            "/webhooks/github": {"post": {"operationId": "receive", "tags": ["hook"],
                                          "responses": {}}}}}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "openapi.json"
            path.write_text(json.dumps(description))
            daybook.run_well("import-openapi", str(path), "--account", self.account.slug)
        self.assertEqual((1, "hook"), self.kind_of(self.one("/webhooks/github", GITHUB)))
        Hook(self.account, path="/webhooks/{provider}")
        event = until(lambda: next((event for event in [self.one("/webhooks/github", GITHUB)]
                                    if event["kind"] == 2), None), 30, "the hook counts")
        self.assertEqual((2, "provider"), self.kind_of(event))

    @staticmethod
    def kind_of(event):
        return event["kind"], event["entity_type"].decode()

    def test_added_and_removed(self):
        """A follower that runs learns of it."""
        self.assertEqual(1, self.one("/webhooks/a", GITHUB)["kind"])
        hook = Hook(self.account, path="/webhooks/{provider}")
        until(lambda: self.one("/webhooks/a", GITHUB)["kind"] == 2, 30, "it counts")
        self.assertEqual((1, 0), hook.state())
        hook.remove()
        until(lambda: self.one("/webhooks/a", GITHUB)["kind"] == 1, 30, "it does not count")

    def test_another_account(self):
        Hook(Account(), path="/webhooks/{provider}")
        self.assertEqual(1, self.one("/webhooks/a", GITHUB)["kind"])

    def test_a_body_that_is_not_there(self):
        """Nobody can say what its signature is worth."""
        Hook(self.account, secret="s3cret", path="/webhooks/{provider}")
        event = self.one("/webhooks/large", [*GITHUB, ("X-Hub-Signature-256", "sha256=00")],
                         body=b"x" * 5000)
        self.assertEqual((2, SIGNATURES["unchecked"], b""),
                         (event["kind"], event["trigger_signature"], event["body"]))
        self.assertEqual("github", event["trigger_provider"].decode())
        self.assertEqual("basil", event["user"].decode())  # as the front says, where the payload does not

    def test_what_the_api_answers_is_kept(self):
        Hook(self.account, secret="s3cret", path="/webhooks/{status}")
        for status in (200, 404, 500):
            event = self.one(f"/webhooks/{status}", GITHUB)
            self.assertEqual((2, status, SIGNATURES["invalid"]),
                             (event["kind"], event["status"], event["trigger_signature"]))

    def test_secret_in_the_path(self):
        planted = "planted" + secrets.token_hex(8)
        Hook(self.account, path="/webhooks/{token}")
        event = self.one(f"/webhooks/{planted}", GITHUB)
        self.assertRegex(event["url"], rb"^/webhooks/redacted:[0-9a-f]{16}$")
        self.assertEqual([], daybook.find_in_tables(planted))

    def test_redaction_as_everywhere(self):
        planted = "planted" + secrets.token_hex(8)
        Hook(self.account, path="/webhooks/{provider}")
        token = "ghp_" + secrets.token_hex(18)
        body = json.dumps({"password": planted, "repository": {"full_name": token}}).encode()
        event = self.one("/webhooks/a", [*GITHUB, ("X-GitHub-Delivery", token)], body=body)
        self.assertIn(b"redacted:", event["body"])
        self.assertEqual([], daybook.find_in_tables(planted) + daybook.find_in_tables(token))


class Lines(TestCase):
    """Lines that a front of another making could write."""

    def test_who_says_that_it_is_a_digest(self):
        account = Account()
        Hook(account, "--provider", "gitlab", secret="s3cret", path="/in/{+x}")
        follower = Follower(account)
        self.addCleanup(follower.close)
        token = ["X-Gitlab-Token", "sha256:" + daybook.sha256(b"s3cret")]
        for by, header in (("client", token), ("front", [*token, 1])):
            follower.write(line(method="POST", uri=f"/in/{by}", body="{}", headers=json.dumps(
                [["X-Gitlab-Event", "Push Hook"], header])))
        follower.once()
        self.assertEqual(
            {b"/in/client": SIGNATURES["invalid"], b"/in/front": SIGNATURES["valid"]},
            {event["url"]: event["trigger_signature"] for event in account.stored()})

    def test_headers_that_are_none(self):
        """The front could not give them: nothing is known, and nothing lost."""
        account = Account()
        Hook(account, secret="s3cret", path="/in/{+x}")
        follower = Follower(account)
        self.addCleanup(follower.close)
        for headers in ("", "[", '[["X-GitHub-Event"]]', '[["X-GitHub-Event", 5]]', "{}"):
            follower.write(line(method="POST", uri="/in/a", body="{}", headers=headers))
        follower.once()
        self.assertEqual({(2, b"unknown", SIGNATURES["invalid"])}, {
            (event["kind"], event["trigger_provider"], event["trigger_signature"])
            for event in account.stored()})
        self.assertEqual(5, account.count())


class Again(TestCase):
    """Lines of a file, read twice."""

    def test_each_counts_once(self):
        account, other = Account(), Account()
        first = Hook(account, path="/in/a")
        second = Hook(account, path="/in/b")
        third = Hook(other, path="/in/a")
        follower = Follower(account)
        self.addCleanup(follower.close)
        lines = [line(method="POST", uri=f"/in/{'ab'[number % 2]}", body="{}",
                      api_account=other.slug if number % 5 == 0 else "") for number in range(2500)]
        follower.write(*lines)
        follower.once()
        states = [(1000, 0), (1000, 0), (250, 0)]
        self.assertEqual(states, [hook.state() for hook in (first, second, third)])
        self.assertEqual({2}, {event["kind"] for event in account.stored()[:10]})
        copy = Follower(account)
        self.addCleanup(copy.close)
        copy.write(*lines, *[line(method="POST", uri="/in/a") for _ in range(10)])
        done, _ = copy.once()
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual([(1010, 0), *states[1:]], [hook.state() for hook in (first, second, third)])


if __name__ == "__main__":
    unittest.main()
