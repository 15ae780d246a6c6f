# SPDX-License-Identifier: MIT
"""An index that differs from the log is noticed, and made anew; and old events are deleted from both."""
import unittest

import segment_oracle
from daybook import PERSON, VAR, database, run_well
from running_copy import kill_connections
from segment_case import CACHE, START_MS, Own, run


class Deleting(Own):
    def left(self, before_s):
        """How many rows of each table stand from before that time."""
        end = (START_MS + before_s * 1000) << 22
        return {table: database().number(f"SELECT COUNT(*) FROM {table} WHERE account_id = "
                                         f"{self.account.number} AND id < {end}")
                for table in ("event", "event_request", "event_recent", "event_link")}

    def test_old_events(self):
        self.record(400)
        self.maintain()
        self.record(100)
        for before_s in (10, 20_000, 20_000, 50_010, 99_990):
            counts = {table: self.account.count(table) - count
                      for table, count in self.left(before_s).items()}
            self.purge(before_s)
            self.check()
            self.assertEqual(set(self.left(before_s).values()), {0})
            self.assertEqual({table: self.account.count(table) for table in counts}, counts)
        self.maintain()
        self.check()

    def test_all_events(self):
        self.record(200)
        self.maintain()
        numbers = max(row[0] for row in segment_oracle.segments(self.account, 1))
        before = segment_oracle.generation(self.account, 1)
        self.purge(200_000)
        for events, held, recent, found in self.check():
            self.assertFalse(events or held or recent or found)
        self.record(200)
        self.maintain()
        self.check_merged()
        self.assertGreater(segment_oracle.generation(self.account, 1), before)
        self.assertLessEqual(max(row[0] for row in segment_oracle.segments(self.account, 1)),
                             numbers + 5, "numbers are used again")
        before = segment_oracle.generation(self.account, 1)
        self.purge(200_000)
        self.forget_all()
        self.record(20)
        self.maintain()
        self.assertGreater(segment_oracle.generation(self.account, 1), before, "it never comes back")

    def test_without_an_index(self):
        self.record(200)
        self.purge(50_000)
        self.check(indexed=False)
        self.maintain()
        self.check_merged()

    def test_what_it_says(self):
        ids = self.record(30, 0, 10)
        self.record(20, 20, 30)
        said = self.purge(15)
        numbers = [int(word) for word in said.split() if word.isdigit()]
        self.assertEqual(sum(numbers), len(ids))
        done = run("maintain", "purge", self.account.slug, "--before", "2026-01-01")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--yes", done.stderr)
        self.assertEqual(self.account.count(), 20)
        for wrong in (("purge", self.account.slug), ("purge", self.account.slug, "--yes"),
                      ("--watch", "x"), ("x",)):
            self.assertEqual(run("maintain", *wrong).returncode, 64)
        for time_word in ("yesterday", "2026-13-01", "", "2026-01-01T00:00:00+1"):
            done = run("maintain", "purge", self.account.slug, "--before", time_word, "--yes")
            self.assertEqual(done.returncode, 1, time_word)
        self.assertEqual(self.account.count(), 20)


class Damaged(Own):
    def setUp(self):
        super().setUp()
        self.record(200)
        self.maintain()
        self.record(20)

    def verify(self, *options):
        return run("verify", "--segments", *options, self.account.slug)

    def change(self, statement):
        database().run(statement.replace("OWN", f"account_id = {self.account.number} AND kind = 1"))

    def expect(self, words, statement):
        """The change is seen, and put right."""
        before = segment_oracle.generation(self.account, 1)
        self.change(statement)
        done = self.verify()
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(words, done.stdout)
        done = self.verify("--rebuild")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.check()
        self.assertGreater(segment_oracle.generation(self.account, 1), before)

    def test_one_that_cannot_be_made_anew(self):
        """It is not said that it was, and is made anew another time."""
        self.change("DELETE FROM event_recent WHERE OWN ORDER BY id LIMIT 1")
        database().run("CREATE TRIGGER of_a_test BEFORE DELETE ON log FOR EACH ROW SIGNAL SQLSTATE '45000'")
        try:
            done = self.verify("--rebuild")
        finally:
            database().run("DROP TRIGGER of_a_test")
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("made anew", done.stdout)
        done = self.verify("--rebuild")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("made anew", done.stdout)
        self.check()

    def test_event_lost(self):
        self.expect("is not in the index", "DELETE FROM event_recent WHERE OWN ORDER BY id LIMIT 1")

    def test_row_left(self):
        self.expect("is in the index twice", "INSERT INTO event_recent SELECT account_id, kind, id, "
                    "entity_type_id, action_id, user_id, entity_id, status, source, method, provider_id, signature "
                    "FROM event e WHERE OWN AND NOT EXISTS (SELECT 1 FROM event_recent r WHERE r.account_id = "
                    "e.account_id AND r.kind = e.kind AND r.id = e.id) LIMIT 1")

    def test_no_event(self):
        self.expect("is in the index and not in the log", "INSERT INTO event_recent SELECT account_id, kind, id + 1, entity_type_id, "
                    "action_id, user_id, entity_id, status, source, method, provider_id, signature FROM event "
                    "WHERE OWN LIMIT 1")

    def test_event_gone(self):
        self.expect("is in the index and not in the log", "DELETE FROM event WHERE OWN ORDER BY id LIMIT 1")

    def test_other_values(self):
        self.expect("has other values", "UPDATE event SET status = 418 WHERE OWN ORDER BY id LIMIT 1")
        self.expect("has other values", "UPDATE event SET signature = 3 WHERE OWN ORDER BY id DESC LIMIT 1")
        self.expect("has other values", "UPDATE event SET method = 9 WHERE OWN ORDER BY id DESC LIMIT 1")

    def test_block(self):
        self.expect("cannot be read", "UPDATE segment SET block = LEFT(block, 100) WHERE OWN AND events > 0 LIMIT 1")
        self.expect("cannot be read", "UPDATE segment SET checksum = 1 WHERE OWN AND events > 0 LIMIT 1")
        self.expect("cannot be read", "UPDATE segment SET block = '' WHERE OWN AND events > 0 LIMIT 1")

    def test_count_of_a_block(self):
        """A row that says something else than its block gives no wrong total, and nothing is written past it."""
        run_well("member", "add", self.account.slug, PERSON, "auditor")
        for change in ("events - 1", "events + 1"):
            change = f"UPDATE segment SET events = {change} WHERE OWN AND events > 1 LIMIT 1"
            self.change(change)
            kill_connections("reader")
            self.assertEqual(200, self.account.open("events?status=2xx").status, "the log itself is asked")
            self.assertIn(f'index_damaged where="account {self.account.number}, kind 1,', (VAR / "log/events.err").read_text())
            self.change(change.replace("- 1", "+ 0").replace("+ 1", "- 1").replace("+ 0", "+ 1"))
            self.expect("cannot be read", change)

    def test_overlap(self):
        self.expect("overlaps", "UPDATE segment SET last_id = last_id + (1 << 50) WHERE OWN AND events > 0 "
                    "ORDER BY first_id LIMIT 1")

    def test_generation(self):
        self.change("UPDATE log SET generation = 1 WHERE OWN")
        self.assertIn("newer than its log", self.verify().stdout)
        self.assertEqual(self.verify("--rebuild").returncode, 0)
        self.check()

    def test_entities(self):
        own = f"account_id = {self.account.number}"
        for words, statement in (
                ("cannot be read", f"UPDATE entity_block SET block = LEFT(block, 40) WHERE {own}"),
                ("has other values", f"UPDATE entity SET name_folded = 'x' WHERE {own} AND name <> '' LIMIT 1"),
                ("has other values", f"UPDATE entity SET name = 'X' WHERE {own} AND name <> '' LIMIT 1"),
                ("is not in the index", "INSERT INTO entity (account_id, entity_type_id, external_id, name, "
                 f"name_folded) VALUES ({self.account.number}, 0, 'new', '', '')"),
                ("is in the index and not in the log", f"DELETE FROM entity WHERE {own} LIMIT 1"),
                ("is newer", f"UPDATE log SET generation = 1 WHERE {own} AND kind = 0")):
            database().run(statement)
            done = self.verify()
            self.assertEqual(done.returncode, 1, done.stdout)
            self.assertRegex(done.stdout, f"{self.account.slug} entities: .* {words}")
            self.assertEqual(self.verify("--rebuild").returncode, 0)
            self.check()

    def test_a_merge_meets_it(self):
        """The index is made anew by itself."""
        before = segment_oracle.generation(self.account, 1)
        self.change("UPDATE segment SET block = LEFT(block, 60) WHERE OWN AND events > 0")
        done = run("maintain")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("segment_damaged", done.stderr)
        self.check_merged()
        self.assertGreater(segment_oracle.generation(self.account, 1), before)

    def test_a_deletion_meets_it(self):
        self.change("UPDATE segment SET block = LEFT(block, 60) WHERE OWN AND events > 0")
        self.purge(50_001)
        self.maintain()
        self.check_merged()

    def test_file(self):
        number, _, _, _, checksum, _ = segment_oracle.segments(self.account, 1)[0]
        path = CACHE / f"{self.account.number}-1" / f"{number}-{checksum:016x}"
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        self.assertIn("damaged file", self.verify().stdout)
        self.assertEqual(self.verify().returncode, 1)
        self.assertEqual(self.verify("--rebuild").returncode, 0)
        self.assertFalse(path.exists())
        self.assertEqual(self.verify().returncode, 0)


if __name__ == "__main__":
    unittest.main()
