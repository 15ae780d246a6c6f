# SPDX-License-Identifier: MIT
"""`daybook hook`: what it refuses, what it shows, and how secrets are kept."""
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import daybook
from daybook import BUILD, VAR, Account, Page, database
from hooks import Hook, Hooks, github, slack


class Configured(Hooks):
    """With another configuration than the copy's."""

    def configuration(self, key):
        text = re.sub(r"(?m)^redaction_key_file.*\n", "", (VAR / "daybook.conf").read_text())
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "key").write_text("another key\n")
        (folder / "daybook.conf").write_text(
            text + (f"redaction_key_file = {folder}/key\n" if key else ""))
        return folder / "daybook.conf"

    def test_a_secret_needs_a_key(self):
        done = subprocess.run(
            [BUILD / "bin/daybook", "--config", self.configuration(False), "hook", "add",
             self.account.slug, "a", "--secret"], input=b"s3cret\n", capture_output=True,
            check=False)
        self.assertEqual((1, b""), (done.returncode, done.stdout))
        self.assertIn(b"redaction_key_file", done.stderr)
        self.assertEqual("", daybook.run_well("hook", "list", self.account.slug))

    def receive(self, configuration, hook, body, **headers):
        environment = {"PATH": os.environ["PATH"], "DAYBOOK_CONF": str(configuration),
                       "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST",
                       "PATH_INFO": hook.address, "CONTENT_LENGTH": str(len(body)),
                       "REMOTE_ADDR": "192.0.2.9"} | headers
        return subprocess.run([BUILD / "bin/record.fcgi"], input=body, env=environment,
                              capture_output=True, check=False)

    def test_with_another_key_nobody_is_believed(self):
        hook = Hook(self.account, secret="s3cret")
        headers = {"HTTP_" + name.upper().replace("-", "_"): value
                   for name, value in github(b"s3cret", b"{}")}
        for key in (True, False):
            done = self.receive(self.configuration(key), hook, b"{}", **headers)
            self.assertIn(b"Status: 503", done.stdout)
            self.assertIn(b"hook_secret_unreadable", done.stderr)
            self.assertNotIn(hook.key.encode(), done.stderr)
        self.assertEqual(0, self.account.count())
        done = self.receive(VAR / "daybook.conf", hook, b"{}", **headers)
        self.assertIn(b"Status: 202", done.stdout)
        self.assertEqual(b"192.0.2.9", self.account.one_stored()["client_address"])

    def test_moved_in_the_database(self):
        """A secret is good for its own hook alone."""
        first, second = Hook(self.account, secret="one"), Hook(self.account, secret="two")
        database().run(f"UPDATE hook h JOIN hook o ON o.account_id = h.account_id AND o.label = "
                       f"'{first.label}' SET h.secret = o.secret WHERE h.account_id = "
                       f"{self.account.number} AND h.label = '{second.label}'")
        self.assertEqual(503, second.post(b"{}", github(b"one", b"{}")).status)


class Command(Hooks):
    def refused(self, *arguments, stdin=None):
        done = daybook.run("hook", *arguments, stdin=stdin)
        self.assertEqual(b"", done.stdout)
        self.assertNotEqual(0, done.returncode)
        return done.stderr.decode()

    def test_refusals_say_why(self):
        slug = self.account.slug
        Hook(self.account, label="taken")
        Hook(self.account, label="path", path="/webhooks/{provider}")
        for words, *arguments in (
                ("a-z, 0-9 and -", "add", slug, "Git Hub"), ("a-z, 0-9 and -", "add", slug, "-a"),
                ("a-z, 0-9 and -", "add", slug, "a" * 65), ("already", "add", slug, "taken"),
                ("hook \"path\" already", "add", slug, "b", "--path", "/webhooks/{provider}"),
                ("begin with /", "add", slug, "b", "--path", "webhooks"),
                ("not closed", "add", slug, "b", "--path", "/a{b"),
                ("1024 bytes", "add", slug, "b", "--path", "/" + "a" * 1024),
                ("github, gitlab", "add", slug, "b", "--provider", "GitHub"),
                ("1024 bytes", "add", slug, "b", "--trigger", "a\nb"),
                ("no account", "add", "nobody", "b"), ("no account", "list", "nobody"),
                ("no hook", "remove", slug, "b"), ("no hook", "refused", slug, "b"),
                ("No such file", "add", slug, "b", "--secret-file", "/nonexistent"),
                ("usage", "add", slug), ("usage", "add", slug, "b", "--path"),
                ("usage", "add", slug, "b", "--path", ""), ("usage", "add", slug, "b", "extra"),
                ("usage", "add", slug, "b", "--secret", "--secret-file", "x"),
                ("usage", "add", slug, "b", "--trigger", "a", "--trigger", "b"), ("usage", "list"),
                ("usage", "remove", slug)):
            with self.subTest(arguments):
                self.assertIn(words, self.refused(*arguments, stdin=b""))
        for secret in (b"", b"\n", b"a" * 1025 + b"\n"):
            self.assertIn("1 to 1024 bytes", self.refused("add", slug, "b", "--secret", stdin=secret))
        self.assertEqual(["path", "taken"], [line.split("\t")[0] for line in daybook.run_well(
            "hook", "list", slug).splitlines()])

    def test_address(self):
        hook, other = Hook(self.account, label="git-hub"), Hook(self.account)
        self.assertRegex(hook.address, rf"^/hooks/{self.account.slug}/git-hub-[0-9a-f]{{32}}$")
        self.assertNotEqual(hook.key, other.key)
        self.assertEqual("", Hook(self.account, path="/a").address)

    def reasons(self):
        """What the page says of the last ones that were refused, row by row."""
        text = self.account.open("-/health").text
        rows = re.findall(r'<tr>\s*<td data-head="Time"><time datetime="([^"]*)".*?'
                          r'<bdi>([^<]*)</bdi>.*?<span>([^<]*)</span></td>\s*</tr>', text, re.S)
        self.assertEqual(bool(rows), "Why the last ones were refused" in text)
        return rows

    def test_why_refused(self):
        """The page tells why, of the newest 20 of all hooks, and nothing that the sender said."""
        self.assertEqual([], self.reasons())
        first, second = Hook(self.account, secret="s3cret"), Hook(self.account, secret="s3cret")
        other = Account()
        Hook(other, label="of-another", secret="s3cret").post(b"{}")
        said = [("User-Agent", "planted-agent"), ("X-GitHub-Event", "planted-event"), ("X-GitHub-Delivery", "planted-delivery")]
        first.post(b"{}", said)
        second.post(b"{}", [*github(b"another", b"{}"), *said[:1]])
        second.post(b"{}", slack(b"s3cret", b"{}", -320))
        self.assertEqual([(second.label, "signed too long ago"), (second.label, "signature does not fit"), (first.label, "no signature")],
                         [row[1:] for row in self.reasons()])
        for _ in range(19):
            first.post(b"{}")
        rows = self.reasons()
        self.assertEqual([(first.label, "no signature")] * 19 + [(second.label, "signed too long ago")], [row[1:] for row in rows])
        self.assertEqual(sorted((row[0] for row in rows), reverse=True), [row[0] for row in rows])
        text = self.account.open("-/health").text
        for word in ("planted", "of-another", first.key, second.key, "s3cret"):
            self.assertNotIn(word, text)
        database().run(f"UPDATE hook_refusal r JOIN hook h ON h.id = r.hook_id SET r.reason = 200 WHERE h.account_id = {self.account.number}")
        self.assertEqual({"unknown"}, {row[2] for row in self.reasons()})

    def test_seen(self):
        hook = Hook(self.account, "--trigger", "deploy", secret="s")
        hook.post(b"{}", github(b"s", b"{}"))
        hook.post(b"{}")
        Hook(self.account, "--provider", "gitlab", label="route", path="/in/{+x}")
        first, second = [line.split("\t") for line in daybook.run_well(
            "hook", "list", self.account.slug).splitlines()]
        self.assertEqual([hook.label, "received here", "---", "deploy", "signed", "1"], first[:6])
        self.assertEqual("1", first[7])
        self.assertEqual(["route", "/in/{+x}", "gitlab", "---", "unsigned", "0", "none", "0", "none"],
                         second)
        page = Page(self.account.open("-/health").text).text
        self.assertIn(f"Webhooks {hook.label} Received by Daybook Trigger deploy Signatures checked "
                      "Last webhook", page)
        self.assertIn("Received 1 Refused 1 Last refused", page)
        self.assertIn("route Received by the API, at /in/{+x} Signatures not checked "
                      "Last webhook none yet Received 0 Refused 0", page)
        self.assertNotIn(hook.label, Account().open("-/health").text)
        self.assertEqual(1, len(self.reasons()))
        status = daybook.run("status").stdout.decode()
        self.assertRegex(status, rf"(?m)^hook {self.account.slug} {hook.label}  received here  "
                                 r"received 1  last 2\S+  refused 1  last_refused 2\S+$")


if __name__ == "__main__":
    unittest.main()
