# SPDX-License-Identifier: MIT
"""`daybook account delete`: nothing of the account is left anywhere, nothing of another one is touched, and its name is not given again.

The oracle is plain SQL: every table that has a column account_id, as the schema names them, and the rows that hang on others.
"""
import json
import os
import pty
import random
import secrets
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import daybook
from daybook import BUILD, PERSON, VAR, Account, TestCase, database, get, run, run_well
from follower import Follower, line
from hooks import Hook
from running_copy import WRAPPED, until
from test_operations import SMALL

KILLS = 12
HANGING = {"token_use": ("token_id", "token"), "hook_state": ("hook_id", "hook"), "hook_refusal": ("hook_id", "hook"),
           "capture_file": ("source_id", "capture_source"), "capture_account": ("source_id", "capture_source"),
           "capture_trouble": ("source_id", "capture_source")}


def tables():
    """Those whose rows are of an account, but for the two that say what accounts there are and were."""
    found = [table for table, in database().rows(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'daybook' AND column_name = 'account_id'")]
    return sorted(set(found) - {"left_account"})


def rows_of(account):
    """{table: rows} of an account, and of what hangs on something that is not there."""
    found = {table: database().number(f"SELECT COUNT(*) FROM `{table}` WHERE account_id = {account.number}")
             for table in tables()}
    for table, (column, other) in HANGING.items():
        found[f"{table} without {other}"] = database().number(
            f"SELECT COUNT(*) FROM {table} x LEFT JOIN {other} o ON o.id = x.{column} WHERE o.id IS NULL")
    found["account"] = database().number(f"SELECT COUNT(*) FROM account WHERE id = {account.number}")
    return {table: count for table, count in found.items() if count}


def folders(account):
    return sorted(path.name for path in (VAR / "cache").glob(f"{account.number}-*"))


def counts(account):
    """began, ended, events, triggers"""
    (row,) = database().rows("SELECT began_ms, ended_ms, events, triggers FROM left_account "
                             f"WHERE account_id = {account.number}")
    return tuple(map(int, row))


def events(count):
    return [{"action": f"a{number % 5}", "user": f"u{number % 90}", "kind": "trigger" if number % 3 == 0 else "event",
             "entity_type": "t", "entity_id": f"e{number % 70}", "entity_name": f"n{number % 70}", "status": 200,
             "request_id": f"r{number}", "request": {"url": f"/call/{number}", "body": "b" * (number % 300)}}
            for number in range(count)]


class Case(TestCase):
    def setUp(self):
        self.random = random.Random(self.id())
        self.account = Account()

    def delete(self):
        return run_well("account", "delete", self.account.slug, "--yes")

    def refused(self, *words, slug=None):
        """Nothing is done, and every word is said."""
        done = run("account", "delete", slug or self.account.slug, "--yes")
        said = done.stderr.decode()
        self.assertEqual(1, done.returncode, said)
        for word in words:
            self.assertIn(word, said)

    def check_gone(self, account=None):
        account = account or self.account
        self.assertEqual({}, rows_of(account))
        self.assertEqual([], folders(account))
        self.assertEqual(404, account.open("events").status)


class Everything(Case):
    def fill(self):
        """A row in each table that can have one."""
        account = self.account
        account.record_many(events(1500))
        account.record([{"action": "keyed", "idempotency_key": secrets.token_hex(8)}])
        account.read("events.csv")
        account.record([{"action": "old", "occurred_at": "2001-01-01T00:00:00Z"}, {"action": "new"}])
        run_well("maintain", "purge", account.slug, "--before", "2002-01-01", "--yes")
        run_well("maintain")
        account.record([event | {"entity_id": "new"} for event in events(20)])
        Hook(account).post(b"{}")
        Hook(account, "--provider", "github", secret="s" * 20).post(b"{}")
        run_well("erase", account.slug, "--user", "u7")
        run_well("redaction", account.slug, "add", "shoe_size")
        database().run("INSERT INTO saved_view (account_id, owner, kind, name, query, made_ms, made_by) VALUES "
                       + ", ".join(f"({account.number}, '{owner}', 1, 'mine', '', 1, 'x')" for owner in ("", PERSON)))
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(SMALL, file)
            file.flush()
            run_well("import-openapi", file.name, "--account", account.slug)
        message = {"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": {}, "items": [
            {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "auditID": "1", "stage": "RequestReceived", "verb": "get",
             "requestURI": "/api/v1/pods", "user": {"username": "ann"}, "stageTimestamp": "2024-01-15T10:30:00.000000Z"}]}
        answer = daybook.ask("POST", "/api/v1/kubernetes", json.dumps(message), daybook.bearer(account.token("record")))
        self.assertEqual(200, answer.status, answer)
        follower = Follower(account)
        self.addCleanup(follower.close)
        follower.path.write_bytes(line() + b"no line\n")
        follower.once()

    def test_nothing_is_left(self):
        other = Account()
        other.record_many(events(300))
        run_well("maintain")
        before = other.stored(), other.open("events").status, rows_of(other)
        self.fill()
        found = rows_of(self.account)
        passing = {"hook_version", "arrival_recent", "event_recent", "entity_recent"}  # until they are merged
        self.assertEqual(sorted(set(tables()) - passing), sorted(set(found) & set(tables()) - passing))
        self.assertTrue(folders(self.account))
        stored = [self.account.count(), database().number(
            f"SELECT COUNT(*) FROM event WHERE account_id = {self.account.number} AND kind = 2")]
        said = self.delete()
        self.assertIn(f"{stored[0] - stored[1]} events and {stored[1]} triggers", said)
        self.check_gone()
        began, ended, *deleted = counts(self.account)
        self.assertLessEqual(began, ended)
        self.assertEqual([stored[0] - stored[1], stored[1]], deleted)
        self.assertEqual(before, (other.stored(), other.open("events").status, rows_of(other)))
        run_well("verify", "--segments", other.slug)
        run_well("maintain")
        self.assertEqual({}, rows_of(self.account))
        self.refused("was deleted", slug=self.account.slug)
        done = run("account", "add", self.account.slug)
        self.assertEqual((1, True), (done.returncode, b"not given again" in done.stderr))
        self.assertEqual({}, rows_of(self.account))

    def test_nobody_finds_it_any_more(self):
        record, read, hook = self.account.token("record"), self.account.token("read"), Hook(self.account)
        self.delete()
        self.assertEqual(401, self.account.send([{"action": "a"}]).status)
        self.assertEqual(401, get("/api/v1/events.csv", daybook.bearer(read)).status)
        self.assertEqual(404, hook.post(b"{}").status)
        self.assertTrue(record)
        unknown = get("/t-never-there/events")
        self.assertEqual(unknown.status, self.account.open("events").status)
        self.assertNotIn(self.account.slug, run_well("account", "list"))
        self.assertNotIn(self.account.slug, run("status").stdout.decode())
        self.check_gone()

    def test_it_is_an_event_of_the_installation(self):
        """Once, also when it is told again by a command that was ended before it could write that down."""
        self.account.record(events(9))
        config = Path(tempfile.mkdtemp()) / "daybook.conf"
        self.addCleanup(lambda: (config.unlink(), config.parent.rmdir()))
        config.write_text("".join(row for row in (VAR / "daybook.conf").read_text().splitlines(True)
                                  if not row.startswith("record_commands")))
        command = [BUILD / "bin/daybook", "--config", config, "account", "delete", self.account.slug, "--yes"]
        subprocess.run(command, check=True, capture_output=True)
        database().run(f"UPDATE left_account SET ended_ms = 0 WHERE account_id = {self.account.number}")
        subprocess.run(command, check=True, capture_output=True)
        rows = database().rows(
            "SELECT r.url, r.extra, t.name FROM event e JOIN event_request r USING (account_id, kind, id) "
            "JOIN account a ON a.id = e.account_id JOIN action c ON c.id = e.action_id "
            "JOIN entity_type t ON t.id = e.entity_type_id JOIN entity n ON n.id = e.entity_id "
            f"WHERE a.slug = 'daybook' AND c.name = 'deleteAccount' AND n.external_id = '{self.account.slug}'")
        self.assertEqual([[f"daybook account delete {self.account.slug}", '{"events": 6, "triggers": 3}', "audit"]], rows)


class Refused(Case):
    def test_under_legal_hold(self):
        self.account.record(events(9))
        run_well("account", "hold", self.account.slug, "on")
        self.refused("legal hold")
        self.assertEqual(9, self.account.count())
        run_well("account", "hold", self.account.slug, "off")
        self.delete()
        self.check_gone()

    def test_others(self):
        self.refused("account of the installation", slug="daybook")
        self.refused("no account", slug="t-never-there")
        for words in (("delete",), ("delete", self.account.slug, "--no"), ("delete", self.account.slug, "--yes", "x")):
            self.assertEqual(64, run("account", *words).returncode)

    def test_while_it_is_followed(self):
        follower = Follower(self.account)
        self.addCleanup(follower.close)
        follower.path.write_bytes(line())
        follower.start()
        until(lambda: self.account.count() == 1, 60, "the line is stored")
        self.refused("daybook follow")
        self.assertEqual(0, follower.stop())
        self.delete()
        self.check_gone()

    def test_while_its_follower_stands_still(self):
        """It cannot go on, and says so instead of trying for ever."""
        follower = Follower(self.account)
        self.addCleanup(follower.close)
        follower.path.write_bytes(line())
        follower.start()
        until(lambda: self.account.count() == 1, 60, "the line is stored")
        follower.process.send_signal(signal.SIGSTOP)
        try:
            database().run(f"UPDATE capture_source SET seen_ms = seen_ms - 61000 WHERE name = '{follower.name}'")
            self.delete()
            with open(follower.path, "ab") as file:
                file.write(line())
        finally:
            follower.process.send_signal(signal.SIGCONT)
        self.assertEqual(1, follower.process.wait(timeout=60))
        follower.process = None
        self.assertIn(f'the account "{self.account.slug}" was deleted', follower.said())
        self.assertTrue(follower.path.exists(), "with the line that was not stored")
        self.check_gone()

    def ask(self, keys):
        """On a terminal; the exit status, and what it shows."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(BUILD / "bin/daybook", ["daybook", "--config", str(VAR / "daybook.conf"), "account", "delete",
                                             self.account.slug])
        shown = b""
        while b"go on: " not in shown:
            shown += os.read(terminal, 1000)
        os.write(terminal, keys)
        try:
            while more := os.read(terminal, 1000):
                shown += more
        except OSError:  # its end
            pass
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        return os.waitstatus_to_exitcode(status), shown.decode()

    def test_it_asks(self):
        self.account.record(events(9))
        done = run("account", "delete", self.account.slug, stdin=self.account.slug.encode() + b"\n")
        self.assertEqual((1, True), (done.returncode, b"--yes" in done.stderr))
        for keys in (b"yes\n", self.account.slug.encode()[:-1] + b"\n", b"\x04"):
            status, shown = self.ask(keys)
            self.assertEqual(1, status)
            self.assertIn("9 events", shown)
            self.assertIn("nothing is deleted", shown)
            self.assertEqual(9, self.account.count())
        self.assertEqual(0, self.ask(self.account.slug.encode() + b"\n")[0])
        self.check_gone()


class Meanwhile(Case):
    def test_recorders_at_work(self):
        """What they are told was stored was stored before, and what comes behind is not stored at all."""
        for _ in range(5):
            account, taken, ended = Account(), [], threading.Event()
            account.token("record")
            hook = Hook(account)
            sealed = Hook(account, secret="s" * 20)

            def record(account=account, taken=taken, ended=ended):
                while not ended.is_set():
                    answer = account.send([{"action": "a", "user": f"user {secrets.token_hex(3)}", "entity_type": "t",
                                            "entity_id": secrets.token_hex(3)} for _ in range(20)])
                    self.assertIn(answer.status, (201, 401, 500, 503), answer)
                    if answer.status == 201:
                        taken.extend(answer.json["ids"])

            def receive(hook=hook, sealed=sealed, ended=ended):
                while not ended.is_set():
                    hook.post(b"{}")
                    sealed.post(b"{}")

            threads = [threading.Thread(target=target) for target in (record, record, record, receive)]
            for thread in threads:
                thread.start()
            until(lambda: len(taken) > 200, 60, "something is recorded")
            time.sleep(self.random.random() / 5)
            run_well("account", "delete", account.slug, "--yes")
            time.sleep(0.3)
            ended.set()
            for thread in threads:
                thread.join()
            self.check_gone(account)
            *_, stored, triggers = counts(account)
            self.assertEqual(len(set(taken)), stored)
            self.assertGreater(triggers, 0)

    def test_a_follower_that_names_it(self):
        """Its lines are those of an account that there is not: counted, and the others go on."""
        other = Account()
        follower = Follower(other)
        self.addCleanup(follower.close)
        follower.path.write_bytes(line(set_account=self.account.slug) + line())
        follower.start()
        until(lambda: self.account.count() == 1 and other.count() == 1, 60, "both lines are stored")
        self.delete()
        with open(follower.path, "ab") as file:
            file.write(line(set_account=self.account.slug) + line())
        until(lambda: other.count() == 2, 60, "the other line is stored")
        self.assertEqual(0, follower.stop())
        self.check_gone()
        self.assertEqual(1, database().number(
            "SELECT t.count FROM capture_trouble t JOIN capture_source s ON s.id = t.source_id "
            f"WHERE s.name = '{follower.name}' AND t.reason = 3"))

    def test_killed_in_the_middle(self):
        """Whatever was done, the same command, or maintenance, goes on; no event is counted twice."""
        self.account.record_many(events(30000))
        run_well("maintain")
        killed = 0
        command = [BUILD / "bin/daybook", "--config", VAR / "daybook.conf", "account", "delete", self.account.slug, "--yes"]
        for number in range(KILLS):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.random.random() * (2 if WRAPPED else 0.25))
            process.kill()
            killed += process.wait() < 0
            if database().number(f"SELECT COUNT(*) FROM left_account WHERE account_id = {self.account.number}"):
                self.assertEqual(404, self.account.open("events").status)
                self.assertEqual(30000, self.account.count() + sum(counts(self.account)[2:]), number)
            else:
                self.assertEqual(30000, self.account.count())
        self.assertGreater(killed, 1)
        if self.random.random() < 0.5:
            run_well("maintain")
        else:
            subprocess.run(command, check=False, capture_output=True)
        self.check_gone()
        _, ended, *deleted = counts(self.account)
        self.assertEqual((True, [20000, 10000]), (ended > 0, deleted))

    def test_what_came_too_late_is_swept(self):
        """By somebody who had found the account before; and files that a reader wrote from what it had read."""
        self.delete()
        number = self.account.number
        database().run(f"INSERT INTO member VALUES ('{PERSON}', {number}, 1, 1)")
        database().run("INSERT INTO redaction_rule (account_id, kind, name) "
                       f"VALUES ({number}, 1, 'x')")
        folder = VAR / "cache" / f"{number}-1"
        folder.mkdir()
        for name in (f"1-{'0' * 16}", f"1-{'0' * 16}.text", f"1-{'0' * 16}.{'a' * 16}.new"):
            (folder / name).write_bytes(b"x")
        run_well("maintain")
        self.check_gone()


if __name__ == "__main__":
    unittest.main()
