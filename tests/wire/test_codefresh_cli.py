# SPDX-License-Identifier: MIT
"""The commands of the stock Codefresh CLI: each call they make becomes an event that says what it was.

Commands and their calls are in codefresh_cli.py, the API that answers them is codefresh_api.py, and the
API's description is in DAYBOOK_SHARED/data.
"""
import subprocess
import unittest

import awkward
import codefresh_cli
import openapi_oracle
from codefresh_api import BASE, CodefreshApi
from codefresh_cli import GUARD, KEY, STEPS, USER, Cli
from daybook import TestCase

DESCRIPTION = awkward.DATA / "openapi/codefresh.openapi.json"


class CodefreshCli(TestCase):
    @classmethod
    def setUpClass(cls):
        if not awkward.shared(cls.__name__):
            raise unittest.SkipTest(f"no description in {DESCRIPTION}")
        if codefresh_cli.missing():
            raise unittest.SkipTest(codefresh_cli.missing())
        cls.operations = openapi_oracle.operations(DESCRIPTION, BASE)
        cls.api = CodefreshApi({KEY: USER})
        cls.enterClassContext(cls.api)
        cls.cli = Cli(f"http://127.0.0.1:{cls.api.port}")
        cls.addClassCleanup(cls.cli.remove)
        cls.results = []
        for step in STEPS:
            seen = len(cls.api.calls)
            status, printed = cls.cli.run(step.words)
            cls.results.append((step, status, printed, cls.api.calls[seen:]))

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
