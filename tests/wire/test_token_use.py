# SPDX-License-Identifier: MIT
"""When a token was last used is noted beside recording: seldom, and never at its expense."""
import concurrent.futures
import secrets
import time
import unittest

from admin import AdminAccount, Roster
from daybook import TestCase, ask, bearer, database, run_well
from running_copy import until, workers

EVENT = '{"action": "a"}'


def record(secret):
    return ask("POST", "/api/v1/events", EVENT, bearer(secret) | {"Content-Type": "application/json"}).status


class Uses(TestCase):
    def setUp(self):
        self.account = AdminAccount()
        self.secret = self.account.make_token("record")
        (self.number,) = self.account.token_numbers()

    def noted(self):
        """When the token was used, as it stands in the database; None: nothing does."""
        times = database().numbers(f"SELECT used_ms FROM token_use WHERE token_id = {self.number}")
        return times[0] if times else None

    def shown(self):
        """On the page and by the command."""
        (row,) = Roster(self.account.page("tokens")).rows
        return row["Last used"], run_well("token", "list", self.account.slug).split("\t")[-1]

    def count_writes(self):
        """Where each attempt to note this token is counted from now on."""
        counter = f"t_{secrets.token_hex(6)}"
        database().run(f"CREATE DATABASE {counter}")
        self.addCleanup(database().run, f"DROP DATABASE {counter}")
        database().run(f"CREATE TABLE {counter}.seen (token_id INT UNSIGNED)")
        database().run(f"CREATE TRIGGER daybook.{counter} BEFORE INSERT ON daybook.token_use FOR EACH ROW "
                       f"INSERT INTO {counter}.seen VALUES (NEW.token_id)")
        self.addCleanup(database().run, f"DROP TRIGGER daybook.{counter}")
        return lambda: database().number(f"SELECT COUNT(*) FROM {counter}.seen WHERE token_id = {self.number}")

    def test_noted_and_shown(self):
        self.assertEqual(("no use noted", "none"), self.shown())
        before = time.time() * 1000
        self.assertEqual(201, record(self.secret))
        until(self.noted, 10, "the use is noted")
        self.assertAlmostEqual(before, self.noted(), delta=10_000)
        page, command = self.shown()
        self.assertRegex(page, "^(just now|.* ago)$")
        self.assertRegex(command, r"^\d{4}-\d\d-\d\dT")

    def test_seldom(self):
        """However many requests there are, each process writes once."""
        writes = self.count_writes()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual({201}, set(pool.map(lambda _: record(self.secret), range(200))))
        until(writes, 10, "the use is noted")
        self.assertLessEqual(writes(), len(workers("record")))

    def test_a_refused_message_is_a_use(self):
        answer = ask("POST", "/api/v1/events", "{", bearer(self.secret) | {"Content-Type": "application/json"})
        self.assertEqual(400, answer.status)
        until(self.noted, 10, "the use is noted")

    def test_a_wrong_secret_is_none(self):
        self.account.post("tokens", {"revoke": self.number})
        for secret in (self.secret, self.secret[:-1], self.secret + "0", ""):
            self.assertEqual(401, record(secret))
        time.sleep(0.2)
        self.assertIsNone(self.noted())

    def test_a_later_one_stays(self):
        """Another process, or whoever knows of uses from elsewhere, may come late."""
        future = int(time.time() * 1000) + 60_000
        database().run(f"INSERT INTO token_use VALUES ({self.number}, {future})")
        self.assertEqual(201, record(self.secret))
        time.sleep(0.3)
        self.assertEqual(future, self.noted())

    def test_reading_leaves_no_trace_by_itself(self):
        secret = self.account.make_token("read")
        self.assertEqual(200, ask("GET", "/api/v1/events.csv", None, bearer(secret)).status)
        rows = Roster(self.account.page("tokens")).rows
        self.assertEqual(["no use noted", "no use noted"], [row["Last used"] for row in rows])
        self.assertEqual(0, database().number("SELECT COUNT(*) FROM token_use u JOIN token t ON t.id = u.token_id "
                                              f"WHERE t.account_id = {self.account.number}"))

    def test_recording_does_not_depend_on_it(self):
        database().run("REVOKE INSERT, UPDATE ON daybook.token_use FROM 'recorder'@'localhost'")
        self.addCleanup(database().run, "GRANT INSERT, UPDATE ON daybook.token_use TO 'recorder'@'localhost'")
        for _ in range(20):
            self.assertEqual(201, record(self.secret))
        self.assertEqual((20, None), (self.account.count(), self.noted()))

    def test_recording_does_not_wait_for_it(self):
        """Somebody keeps the row: the answer is there all the same."""
        database().run(f"START TRANSACTION; INSERT INTO token_use VALUES ({self.number}, 1)")
        try:
            began = time.monotonic()
            self.assertEqual(201, record(self.secret))
            self.assertLess(time.monotonic() - began, 3, "innodb_lock_wait_timeout is 5 seconds")
        finally:
            database().run("ROLLBACK")
        self.assertEqual(1, self.account.count())


if __name__ == "__main__":
    unittest.main()
