# SPDX-License-Identifier: MIT
"""What the tests of the index share: maintainers of their own, with segments of 16 events, and connections.

The copy's own `daybook maintain --watch` stands still meanwhile.
"""
import contextlib
import os
import random
import re
import secrets
import signal
import subprocess
import time
import unittest

import segment_oracle
from daybook import BUILD, TIMEOUT, VAR, Account, database
from running_copy import children, leader

FILL = 16
CAPACITY = FILL + FILL // 12 + 4
START_MS = 1_700_000_000_000
LOCK = "LEFT(CONCAT('daybook maintain ', DATABASE()), 64)"
CACHE = VAR / "tmp" / "segments-cache"
KINDS = (1, 2)


def config(fill):
    """The copy's configuration with segments of so many events, and without files of texts."""
    path = VAR / "tmp" / f"segments-{fill}.conf"
    lines = [line for line in (VAR / "daybook.conf").read_text().splitlines()
             if not line.startswith(("segment_events", "cache_dir", "text_index"))]
    path.write_text("\n".join([*lines, f"segment_events = {fill}", f"cache_dir = {CACHE}",
                               "text_index_percent = 0", ""]))
    return path


def command(*arguments, fill=FILL):
    return [BUILD / "bin/daybook", "--config", config(fill), *arguments]


def run(*arguments, fill=FILL):
    return subprocess.run(command(*arguments, fill=fill), capture_output=True, text=True, timeout=TIMEOUT,
                          check=False)


class Client:
    """A connection of its own, through the client program, as any user."""

    def __init__(self, user=None):
        options = [f"--defaults-file={VAR}/my.cnf"]
        environment = None
        if user:
            options = ["--no-defaults", f"--socket={VAR}/run/db.sock", f"--user={user}"]
            environment = {"PATH": os.environ["PATH"],
                           "MYSQL_PWD": (VAR / f"secrets/{user}").read_text().strip()}
        self.process = subprocess.Popen(
            ["mariadb", *options, "--batch", "--skip-column-names", "--unbuffered", "daybook"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def run(self, statement):
        end = secrets.token_hex(8)
        self.process.stdin.write(f"{statement};\nSELECT '{end}';\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.strip() == end:
                return lines
            lines.append(line.strip())
        raise AssertionError(f"the client ended after {statement[:200]}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


EVENT_COLUMNS = ("account_id, kind, id, entity_type_id, action_id, user_id, entity_id, status, source, "
                 "method, provider_id, signature")


def insert_event(account, identifier):
    """The two rows of an event without texts, as the recorder writes them; to be committed with COMMIT."""
    values = f"{account.number}, 1, {identifier}, 0, 1, 0, 0, 200, 1, 0, 0, 0"
    return "; ".join(["START TRANSACTION", *(f"INSERT INTO {table} ({EVENT_COLUMNS}) VALUES ({values})"
                                             for table in ("event", "event_recent"))])


@contextlib.contextmanager
def lock():
    """Nobody else writes segments."""
    client = Client()
    try:
        assert client.run(f"SELECT GET_LOCK({LOCK}, 60)") == ["1"]
        yield client
    finally:
        client.close()


class Own(unittest.TestCase):
    """The copy's own process stands still."""

    entities = 100  # that events are about

    @classmethod
    def setUpClass(cls):
        (cls.watcher,) = children(leader("maintain"))
        with lock():
            os.kill(cls.watcher, signal.SIGSTOP)
            time.sleep(0.3)  # what it may have asked for meanwhile is answered before the lock is free

    @classmethod
    def tearDownClass(cls):
        os.kill(cls.watcher, signal.SIGCONT)

    def setUp(self):
        self.account = Account(member=False)
        self.random = random.Random(self.id())

    def event(self, first_s=0, last_s=100_000, **more):
        """An event within these seconds."""
        return {"occurred_at": START_MS + self.random.randrange(first_s * 1000, last_s * 1000),
                "kind": self.random.choice(("event", "event", "trigger")),
                "action": f"action {self.random.randrange(30)}",
                "status": self.random.choice((0, 200, 201, 404, 500)) or 200,
                "user": f"user {self.random.randrange(40)}",
                "entity_type": self.random.choice(("pipeline", "build")),
                "entity_id": str(self.random.randrange(self.entities)),
                "entity_name": self.random.choice(("", "Demo/Build", "\u00dcber")),
                "request_id": secrets.token_hex(4),
                "source": self.random.choice(("ui", "cli", "integration"))} | more

    def record(self, count, first_s=0, last_s=100_000):
        return self.account.record([self.event(first_s, last_s) for _ in range(count)])

    def maintain(self, *arguments):
        done = run("maintain", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("twice", done.stderr)
        return done.stdout

    def check(self, indexed=True):
        """By the program and by the oracle; what the oracle found of each kind."""
        done = run("verify", "--segments", self.account.slug)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(bool(re.search("(events|triggers): not indexed", done.stdout)), not indexed)
        if "entities: not indexed" not in done.stdout:
            segment_oracle.check_entities(self, self.account, CACHE)
        return [segment_oracle.check(self, self.account, kind, indexed, CACHE) for kind in KINDS]

    def purge(self, before_s):
        """Deletes what is older; what the command says."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START_MS // 1000 + before_s))
        return self.maintain("purge", self.account.slug, "--before", moment, "--yes")

    def check_merged(self):
        _, held, recent, _ = segment_oracle.check_entities(self, self.account, CACHE)
        self.assertFalse(recent)
        self.assertTrue(held)
        for _, held, recent, found in self.check():
            self.assertFalse(recent)
            self.assertTrue(held)
            self.assertLessEqual(max(events for _, events, *_ in found), CAPACITY)

    def forget_all(self):
        """As an account is found after an upgrade: events, and no index."""
        for table in ("log", "segment", "event_recent", "entity_block", "entity_recent"):
            database().run(f"DELETE FROM {table} WHERE account_id = {self.account.number}")
