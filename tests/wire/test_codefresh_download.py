# SPDX-License-Identifier: MIT
"""The stock Codefresh CLI reads the log: `auth create-context`, then `download audit` with each of its filters.

What it saves is compared with the rows of the page, with the file that a login gets, and with plain SQL.
"""
import json
import re
import unittest

import codefresh_cli
import daybook
from audit_oracle import on_the_page
from codefresh_cli import Cli
from daybook import Page, TestCase, run_well
from list_oracle import Log, encoded
from test_list import shown_ids

DESCRIPTION = codefresh_cli.CLIENTS / "node_modules/codefresh/openapi.json"
BERLIN_MS = 1743296400000  # one of list_oracle.CHANGES, around which there are many events

# Parameters as the CLI's options; True is an option without a value. A run of the CLI takes seconds: what the values mean is
# asked without it, by test_audit_api; here each option is met, with what may go wrong between a command line and an address.
DOWNLOADS = [
    {},
    {"userName": "o'brien"}, {"userName": "ünal"}, {"userId": "Ann", "userName": "Ann"},
    {"entity": "a,b"}, {"entity": "pipeline ", "rs_status": 200},
    {"entityId": "a+b"}, {"action": "a&b=c"}, {"action": "\U0001f600"},
    {"showTriggers": "true", "sortField": "id"}, {"showTriggers": "false", "search": "x=1&y=2"},
    {"search": "ünï", "sortField": "updatedAt", "sortType": "DESK"},
    {"from": BERLIN_MS, "sortType": "ASK"}, {"to": BERLIN_MS},
    {"showTriggers": True, "sortField": "createdAt", "sortType": "ASK", "rs_status": 404},
    {"userName": "ann", "entity": "pipeline", "from": BERLIN_MS - 3600000, "to": BERLIN_MS + 3600000, "sortType": "ASK"},
]


def options(parameters):
    return [f"--{name}" if value is True else f"--{name}={value}" for name, value in parameters.items()]


def on_the_wire(parameters):
    """As pairs of names and bytes."""
    return [(name, ("true" if value is True else str(value)).encode())
            for name, value in parameters.items()]


@unittest.skipIf(codefresh_cli.missing(), codefresh_cli.missing())
class CodefreshDownload(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.log = Log(20260201, 290)
        cls.account = cls.log.account
        cls.cli = Cli(daybook.CREDENTIALS["url"])
        cls.addClassCleanup(cls.cli.remove)
        cls.created = cls.create_context("mine", cls.account.token("read"))

    @classmethod
    def create_context(cls, name, key):
        return cls.cli.run_arguments("auth", "create-context", name, "--url",
                                     daybook.CREDENTIALS["url"], "--api-key", key)

    def download(self, *arguments, name="audit.csv"):
        """How it ended, what it printed, and the file that it left."""
        path = self.cli.home / name
        path.unlink(missing_ok=True)
        status, printed = self.cli.run_arguments("download", "audit", "--file", path, *arguments)
        return status, printed, path.read_bytes() if path.exists() else None

    def page_ids(self, tab, parameters):
        """The ids on all pages, as a person turns them."""
        ids, number = [], 1
        while True:
            answer = self.account.open(f"{tab}?" + encoded([*parameters, ("show", b"100"),
                                                            ("page", str(number).encode())]))
            self.assertEqual(200, answer.status)
            shown = shown_ids(Page(answer.text), self.account.slug, tab)
            ids += shown
            if len(shown) < 100:
                return ids
            number += 1

    def test_the_key_is_accepted(self):
        self.assertEqual((0, True), (self.created[0], "Switched to context: mine" in self.created[1]))
        status, printed = self.cli.run("auth current-context")
        self.assertEqual(0, status)
        self.assertRegex(printed, rf"\bmine\b.*\b{self.account.slug}\s+Valid\b")

    def test_every_option_is_tried(self):
        description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
        parameters = description["paths"]["/audit/download"]["get"]["parameters"]
        tried = {(name, value) for one in DOWNLOADS for name, value in one.items()}
        self.assertEqual({one["name"] for one in parameters}, {name for name, _ in tried})
        for one in parameters:
            for value in one["schema"].get("enum", ()):
                self.assertIn((one["name"], value), tried)

    def test_rows_are_those_of_the_page(self):
        matched = 0
        for parameters in DOWNLOADS:
            with self.subTest(parameters):
                status, printed, saved = self.download(*options(parameters))
                self.assertEqual((0, ""), (status, printed))
                rows = daybook.csv_dicts(saved.decode())
                tab, page = on_the_page(on_the_wire(parameters))
                wanted, _ = self.log.answer(tab.removesuffix("s"), page)
                ids = [row["id"] for row in rows]
                self.assertEqual([f"{identifier:016x}" for _, identifier in wanted], ids, "by SQL")
                self.assertEqual(self.page_ids(tab, page), ids, "on the page")
                file = daybook.csv_dicts(self.account.open(f"{tab}.csv?{encoded(page)}").text)
                self.assertEqual([row for row in file if row["id"] != "#end"], rows, "for a login")
                matched += bool(rows)
        self.assertGreater(matched, len(DOWNLOADS) - 5)

    def test_name_of_the_file(self):
        status, printed = self.cli.run("download audit --entityId 5cc8")
        self.assertEqual((0, ""), (status, printed))
        (saved,) = self.cli.home.glob("codefresh_audit_*.csv")
        self.assertEqual(self.account.open("events.csv?entity_id=5cc8").body, saved.read_bytes())

    def test_what_is_wrong_is_said(self):
        for option, words in (("--rs_status=20", 'Parameter "rs_status" must be a number from 100 to 599'),
                              ("--search=ab", 'Parameter "search" must be 3 to 200 bytes long'),
                              ("--from=yesterday", 'Parameter "from" must be a number')):
            status, printed, saved = self.download(option)
            self.assertEqual((1, None), (status, saved), option)
            self.assertRegex(printed, rf"^Error: {re.escape(words)}")

    def test_keys_that_do_not_read(self):
        unknown = "dbk_" + "0" * 64
        for key in (unknown, self.account.token("record"), "not.a.key"):
            status, printed = self.create_context("wrong", key)
            self.assertEqual((1, True), (status, "API Key is not valid" in printed), printed)

    def test_a_revoked_key(self):
        other = daybook.Account()
        cli = Cli(daybook.CREDENTIALS["url"])
        self.addCleanup(cli.remove)
        status, _ = cli.run_arguments("auth", "create-context", "--url", daybook.CREDENTIALS["url"],
                                      "--api-key", other.token("read"))
        self.assertEqual(0, status)
        self.assertEqual(0, cli.run("download audit --file kept.csv")[0])
        number = run_well("token", "list", other.slug).split("\t")[0]
        run_well("token", "revoke", other.slug, number)
        status, printed = cli.run("download audit --file gone.csv")
        self.assertEqual((1, False), (status, (cli.home / "gone.csv").exists()))
        self.assertIn("create or update your authentication context", printed)
        self.assertRegex(cli.run("auth current-context")[1], r"\bRevoked\b")


if __name__ == "__main__":
    unittest.main()
