# SPDX-License-Identifier: MIT
"""The commands of the stock Codefresh CLI: each call they make becomes an event that says what it was.

Commands and their calls are in codefresh_cli.py, the API that answers them is codefresh_api.py, and the
API's description is in DAYBOOK_SHARED/data. Between them stands nginx with the capture.
"""
import json
import re
import subprocess
import unittest

import awkward
import codefresh_cli
import openapi_oracle
from codefresh_api import BASE, CodefreshApi
from capture import Front
from codefresh_cli import GUARD, KEY, SECRET, STEPS, USER, WRONG_KEY, Cli
from daybook import SOURCES, Account, TestCase, find_in_logs, find_in_tables, run_well
from front_follower import FrontFollower

DESCRIPTION = awkward.DATA / "openapi/codefresh.openapi.json"
# The API keeps the request id, so that its calls and the events can be told apart.
LOCATION = """location / {
    include daybook/location.conf;
    proxy_set_header X-Request-Id $request_id;
    proxy_pass http://api;
}"""
SECRETS = re.compile(rb"%b|agent-[0-9a-f]{24}" % re.escape(SECRET.encode()))
NAMED = ("User-Agent", "Codefresh-User-Agent-Type", "Codefresh-User-Agent-Version")


class CodefreshCli(TestCase):
    @classmethod
    def setUpClass(cls):
        if not awkward.shared(cls.__name__):
            raise unittest.SkipTest(f"no description in {DESCRIPTION}")
        if codefresh_cli.missing():
            raise unittest.SkipTest(codefresh_cli.missing())
        cls.operations = openapi_oracle.operations(DESCRIPTION, BASE)
        cls.account = Account()
        run_well("import-openapi", DESCRIPTION, "--account", cls.account.slug, "--base-path", BASE)
        cls.api = cls.enterClassContext(CodefreshApi({KEY: USER}))
        cls.front = cls.enterClassContext(Front(f"127.0.0.1:{cls.api.port}", location=LOCATION))
        cls.follower = cls.enterClassContext(FrontFollower(cls.account, cls.front))
        cls.cli = Cli(cls.front.url)
        cls.addClassCleanup(cls.cli.remove)
        cls.results = []
        for step in STEPS:
            seen = len(cls.api.calls)
            status, printed = cls.cli.run(step.words)
            cls.results.append((step, status, printed, cls.api.calls[seen:]))
        cls.follower.wait(len(cls.api.calls))
        cls.events = {event["request_id"].decode(): event for event in cls.account.stored()}

    def for_each(self, check):
        for number, (step, status, printed, calls) in enumerate(self.results):
            with self.subTest(number, words=step.words):
                check(step, status, printed, calls)

    def test_each_command_ends_as_the_api_answered(self):
        def check(step, status, printed, _calls):
            self.assertEqual(step.exit, status, printed)
            self.assertIn(step.prints, printed)

        self.for_each(check)

    def test_each_command_calls_what_it_is_known_to_call(self):
        def check(step, _status, printed, calls):
            self.assertEqual([status for _, status in step.calls], [call.status for call in calls],
                             (calls, printed))
            for (identifier, _), call in zip(step.calls, calls, strict=True):
                if identifier:
                    operation = self.operations[identifier]
                    self.assertEqual(operation.method, call.method)
                    self.assertTrue(operation.pattern.fullmatch(call.target), call.target)

        self.for_each(check)

    def test_download_is_what_the_api_sent(self):
        (sent,) = [call.answer for call in self.api.calls if "/audit/download" in call.target]
        self.assertEqual(sent, (self.cli.home / "audit.csv").read_bytes())

    def for_each_event(self, check):
        """The operation of each call (None: it has none), the call and its event."""
        for step, _, _, calls in self.results:
            for (identifier, _), call in zip(step.calls, calls):
                event = self.events[dict(call.headers)["X-Request-Id"]]
                with self.subTest(words=step.words, call=f"{call.method} {call.target}"):
                    check(self.operations.get(identifier), call, event)

    def test_each_call_is_one_event(self):
        self.assertEqual({dict(call.headers)["X-Request-Id"] for call in self.api.calls},
                         set(self.events))
        self.assertEqual(len(self.api.calls), self.account.count())
        self.assertGreater(len(self.api.calls), len(STEPS))

    def test_events_hold_the_call(self):
        def check(_operation, call, event):
            self.assertEqual((call.method, call.target, call.status),
                             (event["method"].decode(), event["url"].decode(), event["status"]))
            kept = dict(map(tuple, json.loads(event["headers"])))
            sent = dict(call.headers)
            self.assertEqual([sent[name] for name in NAMED], [kept[name] for name in NAMED])
            self.assertRegex(event["body"], self.hidden(call.body))
            self.assertRegex(event["response_body_head"], self.hidden(call.answer))

        self.for_each_event(check)

    @staticmethod
    def hidden(data):
        """What is kept of it: marks in the place of the secret and of the tokens that the API makes."""
        plain = SECRETS.split(data)
        return rb"\A%b\Z" % b"redacted:[0-9a-f]{16}".join(map(re.escape, plain))

    def test_events_say_who(self):
        """All but the check of a new key is said to come from the command line."""
        def check(_operation, call, event):
            self.assertEqual(call.user, event["user"] and event["user"].decode())
            is_cli = dict(call.headers)["Codefresh-User-Agent-Type"] == "cli"
            self.assertEqual(SOURCES["cli" if is_cli else "integration"], event["source"])

        self.for_each_event(check)
        self.assertEqual({None, USER}, {call.user for call in self.api.calls})
        self.assertEqual(3, sum(event["source"] != SOURCES["cli"] for event in self.events.values()))

    def test_events_say_what(self):
        def check(operation, call, event):
            if operation is None:
                self.assertEqual((f"{call.method} (unmatched)".encode(), None),
                                 (event["action"], event["entity_type"]))
                return
            self.assertEqual(operation.action, event["action"].decode())
            self.assertEqual(operation.entity_type, event["entity_type"].decode())
            self.assertEqual(operation.params(call.target),
                             json.loads(event["params"].decode() or "{}"))
            for told, column in zip(operation.sources, ("entity_id", "entity_name")):
                if told:
                    self.assertEqual(operation.value(told, call), event[column].decode(), told)

        self.for_each_event(check)

    def test_secrets_are_nowhere(self):
        for secret in (KEY, WRONG_KEY, SECRET):
            self.assertEqual([], find_in_tables(secret))
            self.assertEqual([], find_in_logs(secret))


class LoopbackOnly(TestCase):
    """What keeps the CLI on this machine works."""

    def test_other_machines_are_refused(self):
        if codefresh_cli.missing():
            self.skipTest(codefresh_cli.missing())
        for script in ('fetch("http://192.0.2.1/")', 'fetch("https://client.example/")',
                       'require("http").get("http://192.0.2.1/")',
                       'require("https").get("https://192.0.2.1/")',
                       'require("net").connect(80, "192.0.2.1")',
                       'require("dns").lookup("client.example", () => {})'):
            with self.subTest(script):
                done = subprocess.run(["node", "--require", GUARD, "-e", script], timeout=60,
                                      capture_output=True, text=True, check=False)
                self.assertEqual(86, done.returncode, done.stderr)
                self.assertIn("is not this machine", done.stderr)


if __name__ == "__main__":
    unittest.main()
