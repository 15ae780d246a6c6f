# SPDX-License-Identifier: MIT
"""The commands that say who may open a log and which programs may write or read it, and what follows at once."""
import re
import subprocess
import unittest

import daybook
from daybook import BUILD, PERSON, VAR, Account, TestCase, database, run, run_well

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
USAGE = 64


def lines(*command):
    return [line.split("\t") for line in run_well(*command).splitlines()]


class Members(TestCase):
    def test_added_listed_and_removed(self):
        account = Account(member=False)
        self.assertEqual([], lines("member", "list", account.slug))
        self.assertEqual(404, account.open("events").status)
        run_well("member", "add", account.slug, PERSON, "auditor")
        run_well("member", "add", account.slug, "zoë\nx", "admin")
        self.assertEqual(200, account.open("events").status)
        listed = lines("member", "list", account.slug)
        self.assertEqual([[PERSON, "auditor"], ["zoë\\nx", "admin"]], [row[:2] for row in listed])
        for row in listed:
            self.assertRegex(row[2], f"^{TIME}$")
        run_well("member", "remove", account.slug, PERSON)
        self.assertEqual(404, account.open("events").status)
        self.assertEqual(404, account.open("events.csv").status)
        self.assertEqual(["zoë\\nx"], [row[0] for row in lines("member", "list", account.slug)])

    def test_only_of_this_account(self):
        account, other = Account(), Account()
        run_well("member", "remove", account.slug, PERSON)
        self.assertEqual(200, other.open("events").status)

    def test_refused(self):
        account = Account(member=False)
        for command, status, words in (
                (("member", "remove", account.slug, "nobody"), 1, "nobody is no member of"),
                (("member", "remove", "no-such", "nobody"), 1, 'no account "no-such"'),
                (("member", "list", "no-such"), 1, 'no account "no-such"'),
                (("member", "remove", account.slug, ""), USAGE, "usage"),
                (("member", "list"), USAGE, "usage"),
                (("member", "add", account.slug, "ann", "operator"), USAGE, "usage")):
            done = run(*command)
            self.assertEqual(status, done.returncode, command)
            self.assertIn(words, done.stderr.decode(), command)


class Output(TestCase):
    def test_that_cannot_be_written(self):
        """Whoever is given no token must not think that it is in the file."""
        account = Account()
        for command in (("token", "add", account.slug, "read"), ("account", "list"), ("help",),
                        ("demo", "--count", "2000")):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([BUILD / "bin/daybook", "--config", VAR / "daybook.conf", *command], stdout=full,
                                      stderr=subprocess.PIPE, check=False)
            self.assertEqual((1, True), (done.returncode, b"could be written" in done.stderr), (command, done.stderr))


class Tokens(TestCase):
    def numbers(self, account):
        return [row[0] for row in lines("token", "list", account.slug)]

    def test_listed(self):
        account = Account()
        secrets = [run_well("token", "add", account.slug, "record", "--label", "a\tb"),
                   run_well("token", "add", account.slug, "read", "--expires", "30"),
                   run_well("token", "add", account.slug, "read", "--expires", "1", "--label", "c")]
        rows = lines("token", "list", account.slug)
        self.assertEqual([[secret[:12] for secret in secrets], ["record", "read", "read"], ["good"] * 3],
                         [[row[at] for row in rows] for at in (1, 2, 3)])
        self.assertEqual(["a\\tb", "---", "c"], [row[6] for row in rows])
        self.assertEqual("none", rows[0][5])
        for row in rows[1:]:
            self.assertRegex(row[4] + row[5], f"^{TIME}{TIME}$")
        for secret in secrets:
            self.assertNotIn(secret[13:], run_well("token", "list", account.slug))
            self.assertEqual([], daybook.find_in_tables(secret[4:]))
        expires = database().numbers("SELECT expires_ms - created_ms FROM token WHERE account_id = "
                                     f"{account.number} AND expires_ms IS NOT NULL ORDER BY id")
        for days, lasts_ms in zip((30, 1), expires):
            self.assertAlmostEqual(days * 86400_000, lasts_ms, delta=10_000)

    def test_revoked_at_once(self):
        account, other = Account(), Account()
        account.record({"action": "a"})
        self.assertEqual(200, account.read("events.csv").status)
        other.token("read")
        record, read = self.numbers(account)
        done = run("token", "revoke", other.slug, read)
        self.assertEqual((1, True), (done.returncode, b"no token number" in done.stderr))
        self.assertEqual(200, account.read("events.csv").status)
        run_well("token", "revoke", account.slug, read)
        self.assertEqual(401, account.read("events.csv").status)
        self.assertEqual(201, account.send({"action": "a"}).status)
        run_well("token", "revoke", account.slug, record)
        self.assertEqual(401, account.send({"action": "a"}).status)
        self.assertEqual(["revoked"] * 2, [row[3] for row in lines("token", "list", account.slug)])
        self.assertEqual(1, run("token", "revoke", account.slug, read).returncode)

    def test_expired(self):
        account = Account()
        account._tokens["read"] = run_well("token", "add", account.slug, "read", "--expires", "1")
        self.assertEqual(200, account.read("events.csv").status)
        database().run(f"UPDATE token SET expires_ms = created_ms + 1 WHERE account_id = {account.number}")
        self.assertEqual(401, account.read("events.csv").status)
        self.assertEqual("expired", lines("token", "list", account.slug)[0][3])

    def test_the_longest_and_one_of_before(self):
        """Older versions took more days than there are times: such a token is listed with the last one."""
        account = Account()
        for _ in range(2):
            run_well("token", "add", account.slug, "read", "--expires", "3650")
        first = min(self.numbers(account))
        database().run(f"UPDATE token SET expires_ms = created_ms + 36500 * 86400000 WHERE id = {first}")
        rows = lines("token", "list", account.slug)
        self.assertEqual(["2109-05-15T07:35:11.103Z", "good"], [rows[0][5], rows[0][3]])
        self.assertLess(rows[1][5], "2109")

    def test_refused(self):
        account = Account()
        for options in (["--expires", "0"], ["--expires", "3651"], ["--expires", "1d"], ["--expires"],
                        ["--label", "x" * 256], ["--for", "x"]):
            done = run("token", "add", account.slug, "read", *options)
            self.assertEqual((USAGE, b""), (done.returncode, done.stdout), options)
        for number in ("0", "-1", "x", "4294967296"):
            self.assertEqual(USAGE, run("token", "revoke", account.slug, number).returncode, number)
        self.assertEqual([], self.numbers(account))
        self.assertTrue(re.search(r"token add .*--expires DAYS", run("token").stderr.decode()))


if __name__ == "__main__":
    unittest.main()
