# SPDX-License-Identifier: MIT
"""The index says what the log says: merging, transactions that are open meanwhile, and the copy's own process."""
import os
import random
import subprocess
import threading
import time
import unittest

import daybook
import segment_oracle
from daybook import Account, database
from running_copy import WRAPPED, DatabaseServer, until
from segment_case import (CACHE, FILL, KINDS, START_MS, Client, Own, command, insert_event, lock,
                          run)

REBUILDS = 3 if WRAPPED else 8


class Merging(Own):
    def test_a_new_log(self):
        self.record(300)
        self.check(indexed=False)
        self.maintain()
        self.check_merged()

    def test_new_events(self):
        for minute in range(20):
            self.record(self.random.randrange(1, 60), minute * 60, minute * 60 + 60)
            self.maintain()
        self.check_merged()
        for _, _, _, found in self.check():
            self.assertEqual({events for _, events, *_ in found[:-1]}, {FILL})

    def test_late_events(self):
        """Anywhere: into segments, between them, before all; some until they are split."""
        self.record(300, 50_000, 60_000)
        self.maintain()
        before = [len(found) for _, _, _, found in self.check()]
        for first_s, last_s in ((50_000, 60_000), (55_000, 55_010), (0, 100_000), (0, 10), (55_000, 55_001)):
            self.record(100, first_s, last_s)
            self.check()
            self.maintain()
            self.check_merged()
        for count, (_, _, _, found) in zip(before, self.check()):
            self.assertGreater(len(found), count)

    def test_backwards(self):
        for hour in range(12, 0, -1):
            self.record(100, hour * 3600, hour * 3600 + 3600)
            self.maintain()
            self.check_merged()

    def test_longer_and_shorter_segments(self):
        """What other settings have made is taken as it is."""
        self.record(1000)
        self.assertEqual(run("maintain", fill=300).returncode, 0)
        longest = max(row[1] for row in segment_oracle.segments(self.account, 1))
        self.record(200)
        self.maintain()
        self.assertLess(max(row[1] for row in segment_oracle.segments(self.account, 1)), longest)
        done = run("verify", "--segments", self.account.slug)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.record(200)
        self.assertEqual(run("maintain", fill=300).returncode, 0)
        done = run("verify", "--segments", self.account.slug)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_a_generation_for_each_change(self):
        self.record(100)
        self.maintain()
        seen = {}
        for _ in range(5):
            before = segment_oracle.generation(self.account, 1)
            self.record(20, 0, 10)
            self.maintain()
            after = segment_oracle.generation(self.account, 1)
            self.assertGreater(after, before)
            now = {row[0]: row for row in segment_oracle.segments(self.account, 1)}
            for number, row in now.items():
                if seen and seen.get(number) != row:
                    self.assertGreater(row[5], before)
            seen = now

    def test_nothing_to_do(self):
        self.record(50)
        self.maintain()
        before = [segment_oracle.segments(self.account, kind) for kind in KINDS]
        self.assertIn("0 events indexed, 0 merged", self.maintain())
        self.assertEqual([segment_oracle.segments(self.account, kind) for kind in KINDS], before)

    def test_old_files_go(self):
        for _ in range(3):
            self.record(50)
            self.maintain()
        folder = CACHE / f"{self.account.number}-1"
        for path in folder.iterdir():
            os.utime(path, (time.time() - 120, time.time() - 120))
        self.maintain()
        self.assertEqual({path.name for path in folder.iterdir() if path.suffix != ".text"},
                         {f"{number}-{checksum:016x}" for number, _, _, _, checksum, _
                          in segment_oracle.segments(self.account, 1)})
        self.check_merged()


class Entities(Own):
    entities = 10_000

    def check_entities(self):
        return segment_oracle.check_entities(self, self.account, CACHE)

    def test_some_at_a_time(self):
        for count in (10, 5, 100, 3, 40):
            self.record(count)
            _, _, recent, _ = self.check_entities()
            self.assertTrue(recent)
            self.maintain()
            self.check_merged()
        _, _, _, blocks = self.check_entities()
        self.assertLessEqual(max(count for _, count, _ in blocks), FILL)
        self.assertLess(len(blocks), 30)

    def test_noted_twice(self):
        """As by two recorders that have met the same entity: it is not taken up again, from whichever block."""
        self.record(60)
        self.maintain()
        entities, _, _, _ = self.check_entities()
        for some in (sorted(entities)[:3], sorted(entities)[-3:], sorted(entities)):
            for number in some:
                database().run(f"INSERT INTO entity_recent VALUES ({self.account.number}, {number})")
            self.record(5)
            self.maintain()
            self.check_merged()

    def test_an_open_transaction(self):
        """An entity whose number is below those of a block by now."""
        self.record(20)
        self.maintain()
        client = Client("recorder")
        self.addCleanup(client.close)
        client.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        client.run("START TRANSACTION")
        client.run("INSERT INTO entity (account_id, entity_type_id, external_id, name, name_folded) VALUES "
                   f"({self.account.number}, 0, 'late', 'Late', 'late')")
        client.run(f"INSERT INTO entity_recent SELECT account_id, id FROM entity WHERE account_id = "
                   f"{self.account.number} AND external_id = 'late'")
        self.record(60)
        self.maintain()
        self.check_merged()
        client.run("COMMIT")
        self.check()
        self.maintain()
        _, held, _, _ = self.check_entities()
        self.assertIn((b"late", b"late", b"Late"), held.values())

    def test_an_upgrade(self):
        self.record(200)
        self.maintain()
        self.forget_all()
        self.record(10)
        self.maintain()
        self.check_merged()


class OpenTransactions(Own):
    def begin(self, first_s, last_s, count=5):
        """A recorder that has written, and not yet committed; where the id is one that a segment may cover."""
        client = Client("recorder")
        client.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        ids = [(START_MS + self.random.randrange(first_s * 1000, last_s * 1000)) << 22 |
               self.random.randrange(1 << 22) for _ in range(count)]
        client.run("START TRANSACTION")
        for identifier in ids:
            client.run(insert_event(self.account, identifier).partition("; ")[2])
        self.addCleanup(client.close)
        return client, ids

    def holds(self, ids):
        (events, held, recent, _), _ = self.check()
        self.assertLessEqual(set(ids), events.keys())
        return [identifier in recent for identifier in ids]

    def test_across_a_merge(self):
        self.record(200)
        self.maintain()
        self.record(100)
        client, ids = self.begin(0, 100_000)
        self.maintain()
        self.check()
        client.run("COMMIT")
        self.assertEqual(self.holds(ids), [True] * len(ids))
        self.maintain()
        self.assertEqual(self.holds(ids), [False] * len(ids))

    def test_across_a_rebuild(self):
        self.record(200)
        self.maintain()
        self.forget_all()
        client, ids = self.begin(0, 100_000)
        self.record(100)
        self.maintain()
        self.check()
        client.run("COMMIT")
        self.assertEqual(self.holds(ids), [True] * len(ids))
        self.maintain()
        self.assertEqual(self.holds(ids), [False] * len(ids))

    def test_across_a_deletion(self):
        self.record(300)
        self.maintain()
        client, ids = self.begin(0, 50_000)
        self.purge(50_000)
        self.check()
        client.run("COMMIT")
        self.assertEqual(self.holds(ids), [True] * len(ids))
        self.maintain()
        self.assertEqual(self.holds(ids), [False] * len(ids))
        self.purge(50_000)
        (events, _, _, _), _ = self.check()
        self.assertFalse(events.keys() & set(ids))

    def test_that_is_rolled_back(self):
        self.record(200)
        client, ids = self.begin(0, 100_000)
        self.maintain()
        client.run("ROLLBACK")
        self.maintain()
        (events, _, _, _), _ = self.check()
        self.assertFalse(events.keys() & set(ids))


    def test_committed_between_reading_and_deleting(self):
        """The merge waits for one of its rows, while others of the same range are recorded: these stay."""
        self.record(200)
        self.maintain()
        self.record(100)
        (_, _, recent, _), _ = self.check()
        client = Client()
        self.addCleanup(client.close)
        client.run("START TRANSACTION")
        client.run(f"SELECT id FROM event_recent WHERE account_id = {self.account.number} AND kind = 1 AND "
                   f"id = {min(recent)} FOR UPDATE")
        process = subprocess.Popen(command("maintain"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: database().number("SELECT COUNT(*) FROM information_schema.processlist WHERE "
                                        "info LIKE 'DELETE FROM event_recent%'"), 60, "it waits")
        late = {int(identifier, 16) for identifier in self.record(100)}
        client.run("COMMIT")
        self.assertEqual(process.wait(60), 0)
        (events, _, recent, _), _ = self.check()
        self.assertEqual(recent.keys(), late & events.keys())
        self.maintain()
        self.check_merged()


class Commits(Own):
    """Events are committed all the time, as many as the server can, while the index is made again and again."""

    def commit(self, seed):
        own = random.Random(seed)
        client = Client("recorder")
        at_ms = START_MS
        while not self.stop.is_set():
            at_ms += 1
            client.run(insert_event(self.account, at_ms << 22 | own.randrange(1 << 22)) + "; COMMIT")
        client.close()

    def test_between_two_statements(self):
        self.stop = threading.Event()
        threads = [threading.Thread(target=self.commit, args=(i,)) for i in range(2)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(REBUILDS):
                for table in ("log", "segment"):
                    database().run(f"DELETE FROM {table} WHERE account_id = {self.account.number}")
                done = run("maintain", fill=5000)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertNotIn("twice", done.stderr)
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(run("verify", "--segments", self.account.slug).returncode, 0)
        segment_oracle.check(self, self.account, 1, cache=CACHE)


class Watching(unittest.TestCase):
    """The copy's own process."""

    def waiting(self, account):
        return account.count("event_recent")

    def test_it_merges(self):
        account = Account(member=False)
        for _ in range(3):
            account.record([{"action": "a"}] * 700)
            until(lambda: self.waiting(account) == 0, 60, "everything is merged")
            done = daybook.run("verify", "--segments", account.slug)
            self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn(f"{account.slug} events: 2100 in ", done.stdout.decode())

    def test_it_rebuilds_what_nobody_writes_to(self):
        account = Account(member=False)
        account.record([{"action": "a"}] * 100)
        until(lambda: self.waiting(account) == 0, 60, "everything is merged")
        with lock():
            database().run(f"DELETE FROM segment WHERE account_id = {account.number}")
            database().run(f"DELETE FROM log WHERE account_id = {account.number}")
        until(lambda: segment_oracle.generation(account, 1), 60, "there is an index")
        self.assertEqual(daybook.run("verify", "--segments", account.slug).returncode, 0)

    def test_the_database_comes_back(self):
        account = Account(member=False)
        account.record([{"action": "before"}] * 10)
        server = DatabaseServer()
        self.addCleanup(server.ensure_running)
        server.stop()
        time.sleep(1)
        server.start()
        until(lambda: daybook.run("status").returncode in (0, 3), 60, "the database answers")
        account.record([{"action": "after"}] * 10)
        until(lambda: self.waiting(account) == 0, 60, "everything is merged")

    def test_it_ends_when_it_is_told(self):
        process = subprocess.Popen(command("maintain", "--watch"), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        time.sleep(0.5)
        process.terminate()
        _, complaint = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, complaint)
        for line in complaint.splitlines():
            self.assertRegex(line, r"^time=\S+ level=\w+ program=daybook pid=\d+ event=\w+ ")

    def test_it_ends_amid_the_removal_of_keys(self):
        """An hour's keys of busy senders are millions: some are removed at each look."""
        account = Account(member=False)
        database().run("INSERT INTO recent_key (account_id, kind, key_hash, id, noted_ms) SELECT "
                       f"{account.number}, 1, UNHEX(LPAD(HEX(seq), 32, '0')), seq, 0 FROM seq_1_to_300000")
        for still in (True, False):
            with subprocess.Popen(command("maintain", "--watch"), stderr=subprocess.PIPE, text=True) as process:
                until(lambda still=still: account.count("recent_key") < (300000 if still else 1), 60, "keys are removed")
                if not still:
                    until(lambda: "keys_removed" in process.stderr.readline(), 60, "it is said")
                process.terminate()
                self.assertEqual(0, process.wait(60))
            self.assertEqual(still, account.count("recent_key") > 0)

    def test_one_at_a_time(self):
        with lock():
            process = subprocess.Popen(command("maintain"), stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            self.assertIn("another", process.stderr.readline())
            self.assertIsNone(process.poll())
        said, complaint = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, complaint)
        self.assertIn("merged", said)


if __name__ == "__main__":
    unittest.main()
