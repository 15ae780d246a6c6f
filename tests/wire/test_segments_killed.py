# SPDX-License-Identifier: MIT
"""Maintainers and the database server are killed at any moment, while recorders run: the index says what the log says."""
import contextlib
import random
import signal
import subprocess
import threading
import time
import unittest

import segment_oracle
from daybook import database
from running_copy import WRAPPED, DatabaseServer, until
from segment_case import START_MS, Own, command, run

KILLS = 10 if WRAPPED else 60


class Killed(Own):
    """Recorders run, maintainers are killed at any moment."""

    entities = 5000

    def setUp(self):
        super().setUp()
        self.stop = threading.Event()
        self.sent = []
        self.failures = []
        self.account.token("record")

    def send(self, seed):
        own = random.Random(seed)
        while not self.stop.is_set():
            first_s = own.randrange(100_000)
            events = [self.event(first_s, first_s + own.choice((1, 1000, 100_000)))
                      for _ in range(own.randrange(1, 40))]
            answer = self.account.send(events)
            if answer.status != 201:
                self.failures.append(answer)
                return
            self.sent += answer.json["ids"]
            time.sleep(own.choice((0, 0.02, 0.1)))

    @contextlib.contextmanager
    def recorders(self, count=2):
        threads = [threading.Thread(target=self.send, args=(f"{self.id()} {i}",))
                   for i in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()
            self.assertFalse(self.failures)

    def kill(self, *arguments):
        """Runs a command, and kills it after some time; whether that was before its end."""
        process = subprocess.Popen(command(*arguments), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        time.sleep(self.random.choice((0.01, 0.03, 0.1)) * self.random.random() * (10 if WRAPPED else 1))
        process.kill()
        _, complaint = process.communicate()
        self.assertNotIn("twice", complaint)
        return process.returncode == -signal.SIGKILL

    def kill_when(self, reached, *arguments):
        """Runs a command, and kills it as soon as something is reached."""
        process = subprocess.Popen(command(*arguments), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        while process.poll() is None and not reached():
            pass
        process.kill()
        process.wait()

    def is_partly_made(self):
        return (segment_oracle.generation(self.account, 1) is None and
                len(segment_oracle.segments(self.account, 1)) > 0)

    def everything_is_there(self):
        stored = set(database().numbers(f"SELECT id FROM event WHERE account_id = {self.account.number}"))
        self.assertEqual(stored, {int(identifier, 16) for identifier in self.sent})

    def test_merging(self):
        self.sent += self.record(500)
        self.maintain()
        killed = 0
        with self.recorders():
            for i in range(KILLS):
                killed += self.kill("maintain")
                if i % 10 == 9:
                    self.check()
        self.assertGreater(killed, KILLS // 3)
        self.check()
        self.maintain()
        self.check_merged()
        self.everything_is_there()

    def test_rebuilding(self):
        """Each kill leaves a part of the index, which the next one goes on with."""
        self.sent += self.account.record_many(self.event() for _ in range(6000))
        self.maintain()
        self.forget_all()
        self.kill_when(self.is_partly_made, "maintain")
        self.assertTrue(self.is_partly_made())
        with self.recorders():
            for _ in range(KILLS):
                self.kill("maintain")
        self.maintain()
        self.check_merged()
        self.everything_is_there()

    def test_deleting(self):
        self.account.record_many(self.event() for _ in range(4000))
        self.maintain()
        with self.recorders():
            for i in range(KILLS // 2):
                before = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                       time.gmtime(START_MS // 1000 + 1000 * (i + 1)))
                self.kill("maintain", "purge", self.account.slug, "--before", before, "--yes")
                if i % 10 == 9:
                    self.check()
        self.check()
        self.purge(60_000)
        self.maintain()
        self.check_merged()
        for table in ("event", "event_request"):
            self.assertEqual(database().number(
                f"SELECT COUNT(*) FROM {table} WHERE account_id = {self.account.number} AND "
                f"id < {(START_MS + 60_000_000) << 22}"), 0)

    def test_the_server_is_killed(self):
        """What was committed is there with its index, what was not is not."""
        self.sent += self.record(300)
        self.maintain()
        server = DatabaseServer()
        self.addCleanup(server.ensure_running)
        self.record(400)
        process = subprocess.Popen(command("maintain"), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(0.03)
        server.stop(signal.SIGKILL)
        process.wait(60)
        server.start()
        until(lambda: run("status").returncode in (0, 3), 60, "the database answers")
        self.check()
        self.maintain()
        self.check_merged()


if __name__ == "__main__":
    unittest.main()
