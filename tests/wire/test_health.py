# SPDX-License-Identifier: MIT
"""How capturing goes, on the page and by the command: rows are planted in the tables as `daybook
follow` would leave them, and what is said of them is compared word for word."""
import re
import secrets
import time
import unittest

import daybook
from daybook import Account, Page, TestCase, database, quote

SECOND, MINUTE, HOUR = 1000, 60000, 3600000
REASONS = {
    1: "lines that are no capture lines",
    2: "lines that were cut short",
    3: "calls of an unknown account",
    4: "calls that the database refused",
    5: "gaps: files that vanished or were cut before their end was read",
    6: "files that cannot be read",
    99: "troubles that this version of Daybook does not know",
}
# The beginning of what is said to do about it.
REMEDIES = {
    1: "Something else writes into the file,",
    2: "nginx ended while it wrote,",
    3: "Make the account,",
    4: "The log of daybook follow says",
    5: "Rotate by renaming,",
    6: "Unpack it",
}


def now():
    return int(time.time() * 1000)


def utc(ms):
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(ms // 1000))


def iso(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03}Z"


def cell(value):
    return "NULL" if value is None else str(value) if isinstance(value, int) else quote(value)


class Source:
    """A capture file of an account; removed again, so that `daybook status` of other tests is not
    disturbed by it."""

    def __init__(self, test, account, name=None, **columns):
        self.name = name or "s-" + secrets.token_hex(4)
        values = {"name": self.name, "account_id": account.number, "path": "/log/api.log",
                  "silent_after_s": 0, "started_ms": now() - HOUR, "stopped_ms": None,
                  "seen_ms": now(), "backlog_bytes": 0, "backlog_files": 0,
                  "last_line_ms": now(), "lines": 0, "stored": 0, "duplicates": 0, "dropped": 0,
                  "refused": 0} | columns
        names = ", ".join(f"`{column}`" for column in values)
        database().run(f"INSERT INTO capture_source ({names}) "
                       f"VALUES ({', '.join(map(cell, values.values()))})")
        self.id = database().number("SELECT LAST_INSERT_ID()")
        test.addCleanup(self.remove)

    def remove(self):
        database().run(f"DELETE FROM capture_source WHERE id = {self.id}")
        database().run(f"DELETE FROM capture_account WHERE source_id = {self.id}")
        database().run(f"DELETE FROM capture_trouble WHERE source_id = {self.id}")

    def update(self, **columns):
        changes = ", ".join(f"`{name}` = {cell(value)}" for name, value in columns.items())
        database().run(f"UPDATE capture_source SET {changes} WHERE id = {self.id}")

    def share(self, account, stored=0, duplicates=0, dropped=0, unmatched=0, last_event_ms=0,
              lag_ms=0):
        database().run(f"INSERT INTO capture_account VALUES ({self.id}, {account.number}, {stored}, "
                       f"{duplicates}, {dropped}, {unmatched}, {last_event_ms}, {lag_ms})")

    def trouble(self, reason, count, last_ms, file, at_byte):
        database().run(f"INSERT INTO capture_trouble VALUES ({self.id}, {reason}, {count}, "
                       f"{last_ms}, {quote(file)}, {at_byte}, 0)")

    def lines(self, output):
        """What `daybook status` says of it: {first word: the rest of the line}, repeats joined."""
        found = {}
        for line in output.splitlines():
            if line.startswith(f"source {self.name}  "):
                word, _, rest = line.removeprefix(f"source {self.name}  ").partition(" ")
                found[word] = found[word] + "\n" + rest if word in found else rest
        return found


class Health(TestCase):
    def page(self, account):
        answer = account.open("-/health")
        self.assertEqual(200, answer.status, answer)
        return answer.text

    def sections(self, account):
        """The visible text of the block of each source, by its name, in their order."""
        parts = self.page(account).split('<section class="source">')[1:]
        texts = [Page(part.split("</section>")[0]).text for part in parts]
        return {re.match(r"Source (\S+)", text)[1]: text for text in texts}

    def status(self):
        done = daybook.run("status")
        self.assertEqual(b"", done.stderr)
        return done.returncode, done.stdout.decode()

    def test_an_account_without_capture(self):
        account = Account()
        text = Page(self.page(account)).text
        self.assertIn("Newest event none yet Newest trigger none yet", text)
        self.assertIn("No calls are captured for this account", text)
        noon = now() - 3 * HOUR
        account.record({"action": "a", "occurred_at": noon})
        account.record({"action": "a", "occurred_at": noon - 48 * HOUR, "kind": "trigger"})
        text = Page(self.page(account)).text
        self.assertIn(f"Newest event 3 hours ago {utc(noon)} "
                      f"Newest trigger 2 days ago {utc(noon - 48 * HOUR)}", text)
        plan = f"health {account.slug}"
        daybook.run_well("plan", "add", plan, "1")
        daybook.run_well("account", "set-plan", account.slug, plan)
        self.assertIn(f"Newest event 3 hours ago {utc(noon)} Newest trigger none yet", Page(self.page(account)).text)

    def test_all_figures_of_an_own_source(self):
        account = Account()
        last, read = now() - 2 * HOUR, now() - 90 * MINUTE
        source = Source(self, account, last_line_ms=read, lines=11, stored=12, duplicates=13,
                        dropped=14, refused=15, backlog_bytes=16, backlog_files=1)
        source.share(account, 21, 22, 23, 24, last, 250)
        text = self.sections(account)[source.name]
        self.assertEqual(
            f"Source {source.name} running Calls of this account "
            f"Last event 2 hours ago {utc(last)} Lag 250 ms Events stored 21 Duplicates 22 "
            "Dropped by rule 23 Without an operation 24 "
            f"All calls in /log/api.log Last line 90 minutes ago {utc(read)} "
            "Backlog 16 bytes in 1 file Lines read 11 Refused 15 Cut lines 0 Gaps 0", text)
        page = self.page(account)
        self.assertIn(f'<time datetime="{iso(last)}" title="{iso(last)}">', page)
        _, output = self.status()
        self.assertEqual({
            "state": "running",
            "file": f"/log/api.log  for {account.slug}  started {iso(self.column(source, 'started_ms'))}"
                    f"  seen {iso(self.column(source, 'seen_ms'))}  stopped none",
            "lines": "11  stored 12  duplicates 13  dropped 14  refused 15  cut 0  gaps 0  "
                     f"last_line {iso(read)}  backlog_bytes 16  backlog_files 1",
            "account": f"{account.slug}  last_event {iso(last)}  lag_ms 250  stored 21  "
                       "duplicates 22  dropped 23  unmatched 24"}, source.lines(output))

    def column(self, source, name):
        return database().number(f"SELECT {name} FROM capture_source WHERE id = {source.id}")

    def test_states(self):
        account = Account()
        source = Source(self, account, silent_after_s=7200)
        stopped = now() - HOUR
        for columns, words, attention in (
                ({"last_line_ms": now() - HOUR}, "running", False),
                ({"last_line_ms": now() - 5 * HOUR},
                 "silent: no call for 5 hours, although one is expected every 2 hours", True),
                ({"last_line_ms": 0, "started_ms": now() - 3 * HOUR},
                 "silent: no call for 3 hours, although one is expected every 2 hours", True),
                ({"silent_after_s": 0}, "running", False),
                ({"seen_ms": now() - 10 * MINUTE}, "not seen for 10 minutes", True),
                ({"stopped_ms": stopped}, f"stopped in order at {utc(stopped)}", False)):
            with self.subTest(words=words):
                source.update(**columns)
                hint = ("Nobody reads its file: daybook follow does not run, or does not reach the database. "
                        if words.startswith("not seen") else "")
                self.assertIn(f"Source {source.name} {words} {hint}Calls of this account",
                              self.sections(account)[source.name])
                status, output = self.status()
                self.assertEqual(words, source.lines(output)["state"])
                if attention or self.is_alone(source):
                    self.assertEqual(3 if attention else 0, status, output)

    def is_alone(self, source):
        """Other tests may have left sources that need attention."""
        return not database().number(f"SELECT COUNT(*) FROM capture_source WHERE id <> {source.id}")

    def test_reasons(self):
        account = Account()
        source = Source(self, account)
        last = now() - 26 * HOUR
        for reason in reversed(REASONS):
            source.trouble(reason, reason * 10, last, f"/log/api.{reason}", reason * 1000)
        text = self.sections(account)[source.name]
        for reason, words in REASONS.items():
            said = (f"{words}: {reason * 10} Last: 26 hours ago, {utc(last)} , in /log/api.{reason} "
                    f"at byte {reason * 1000} {REMEDIES.get(reason, '')}")
            self.assertIn(said, text)
        self.assertIn(" Once somebody has looked at them, run daybook status --acknowledge ", text)
        self.assertIn("Cut lines 20 Gaps 50", text)
        status, output = self.status()
        self.assertEqual(3, status)
        self.assertEqual([f"{words}  count {reason * 10}  acknowledged 0  last {iso(last)}  byte {reason * 1000}  "
                          f"in /log/api.{reason}" for reason, words in REASONS.items()],
                         source.lines(output)["trouble"].split("\n"))
        self.assertIn("  cut 20  gaps 50  ", source.lines(output)["lines"])

    def test_acknowledged(self):
        """What somebody has looked at calls for nobody, until it happens again."""
        account = Account()
        source = Source(self, account)
        source.trouble(2, 7, now(), "/log/api", 1)
        self.assertEqual(3, self.status()[0])
        daybook.run_well("status", "--acknowledge", source.name)
        status, output = self.status()
        self.assertIn("count 7  acknowledged 7  ", source.lines(output)["trouble"])
        if self.is_alone(source):
            self.assertEqual(0, status, output)
        self.assertIn("(acknowledged)", self.sections(account)[source.name])
        self.assertNotIn("Once somebody has looked", self.sections(account)[source.name])
        database().run(f"UPDATE capture_trouble SET count = 8 WHERE source_id = {source.id}")
        self.assertEqual(3, self.status()[0])
        self.assertNotIn("(acknowledged)", self.sections(account)[source.name])
        done = daybook.run("status", "--acknowledge", "nothing-of-this-name")
        self.assertEqual(1, done.returncode)
        self.assertIn(b'no source "nothing-of-this-name"', done.stderr)

    def test_sources_stand_by_name(self):
        account = Account()
        names = [f"{word}-{account.slug}" for word in ("b", "a", "c", "B")]
        for name in names:
            Source(self, account, name)
        self.assertEqual(sorted(names), list(self.sections(account)))

    def test_no_account_sees_anything_of_another(self):
        """What each may see of a source that records for both: no number of the other's."""
        owner, guest, stranger = Account(), Account(), Account()
        source = Source(self, owner, path="/log/secret-path", silent_after_s=3600, lines=770001,
                        stored=770002, duplicates=770003, dropped=770004, refused=770005,
                        backlog_bytes=770006, backlog_files=770007,
                        last_line_ms=now() - 7 * HOUR)
        source.trouble(2, 770008, now(), "/log/secret-file", 770009)
        source.share(owner, 880001, 880002, 880003, 880004, now() - 8 * HOUR, 880005)
        source.share(guest, 5, 6, 7, 8, now() - 3 * HOUR, 9)
        text = self.sections(guest)[source.name]
        self.assertIn(f"Source {source.name} silent: no call, although one is expected every 1 hour "
                      "Calls of this account Last event 3 hours ago", text)
        self.assertIn("Lag 9 ms Events stored 5 Duplicates 6 Dropped by rule 7 "
                      "Without an operation 8", text)
        self.assertNotIn("All calls in", text)
        page = self.page(guest)
        for word in ("7700", "770,0", "8800", "880,0", "secret", owner.slug, "7 hours", "8 hours"):
            self.assertNotIn(word, page)
        self.assertIn("All calls in /log/secret-path", self.sections(owner)[source.name])
        for word in ("880,001", "770,001", "770,006 bytes in 770,007 files"):
            self.assertIn(word, self.page(owner))
        self.assertNotIn(guest.slug, self.page(owner))
        self.assertNotIn(source.name, self.page(stranger))
        self.assertEqual(404, Account(member=False).open("-/health").status)

    def test_names_and_paths_of_any_bytes(self):
        account = Account()
        source = Source(self, account, f"<b>{account.slug}\t\x1b[2J", path=b"/log/\xff\n&amp;")
        page = self.page(account)
        self.assertIn(f"&lt;b&gt;{account.slug}\u2409\u241b[2J", page)
        self.assertIn("/log/\ufffd\u240a&amp;amp;", page)
        _, output = self.status()
        self.assertIn(f"source <b>{account.slug}\\t\\x1b[2J  file /log/\\xff\\n&amp;  for", output)
        self.assertNotIn("\x1b", output)
        source.remove()

    def test_the_newest_of_each_account_is_still_said(self):
        account = Account()
        _, output = self.status()
        self.assertIn(f"{account.slug}  newest event none  newest trigger none\n", output)
        when = now() - HOUR
        account.record({"action": "a", "occurred_at": when})
        self.assertIn(f"{account.slug}  newest event {iso(when)}  newest trigger none\n",
                      self.status()[1])


if __name__ == "__main__":
    unittest.main()
