# SPDX-License-Identifier: MIT
"""When a token was last used is noted beside recording: seldom, and never at its expense."""
import concurrent.futures
import re
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
        return row["Last used"], run_well("token", "list", self.account.slug).split("\t")[-3]

    def refused(self):
        """When it was last refused as no good any more, and how often that was noted."""
        rows = database().rows(f"SELECT refused_ms, refused FROM token_use WHERE token_id = {self.number}")
        return [int(cell) for cell in rows[0]] if rows else None

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
        reads = self.account.make_token("read")
        self.account.post("tokens", {"revoke": self.number})
        for secret in (self.secret[:-1], self.secret + "0", "", reads):
            self.assertEqual(401, record(secret))
        time.sleep(0.2)
        self.assertEqual(0, database().number("SELECT COUNT(*) FROM token_use u JOIN token t ON t.id = u.token_id "
                                              f"WHERE t.account_id = {self.account.number}"))

    def test_one_that_is_good_no_more(self):
        """Whoever still uses it is refused like everybody, and its account sees that."""
        writes, before = self.count_writes(), time.time() * 1000
        for end in (f"revoked_ms = {int(before)}", f"revoked_ms = NULL, expires_ms = {int(before) - 1}"):
            database().run(f"UPDATE token SET {end} WHERE id = {self.number}")
            answers = [ask("POST", "/api/v1/events", EVENT, bearer(secret) | {"Content-Type": "application/json"})
                       for secret in [self.secret] * 20 + ["dbk_" + "0" * 64]]
            changing = ("X-Request-ID", "Date")
            self.assertEqual(1, len({(answer.status, answer.body, tuple((name, value) for name, value in answer.headers.items()
                                                                        if name not in changing)) for answer in answers}))
            self.assertEqual(401, answers[0].status)
            until(self.refused, 10, "the refusal is noted")
        self.assertLessEqual(writes(), len(workers("record")))
        last, count = self.refused()
        self.assertAlmostEqual(before, last, delta=10_000)
        self.assertLessEqual(1, count)
        self.assertLessEqual(count, 40)
        page, command = self.shown()
        self.assertEqual("none", command)
        self.assertRegex(page, r"^no use noted\s*refused (just now|.* ago)$")
        self.assertRegex(run_well("token", "list", self.account.slug), rf"\t\d{{4}}-\d\d-\d\dT[^\t]*\t{count}\n?$")

    def test_a_later_one_stays(self):
        """Another process, or whoever knows of uses from elsewhere, may come late."""
        future = int(time.time() * 1000) + 60_000
        database().run(f"INSERT INTO token_use (token_id, used_ms) VALUES ({self.number}, {future})")
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

    def test_what_one_has_read_is_a_click_away(self):
        """Of one that records the log does not say which calls it has recorded."""
        secret = self.account.make_token("read")
        database().run(f"INSERT INTO token_use (token_id, used_ms) SELECT id, {int(time.time() * 1000)} FROM token WHERE account_id = {self.account.number}")
        links = re.findall(r'<a href="([^"]*)" title="What it has read">', self.account.page("tokens"))
        self.assertEqual([f"/{self.account.slug}/events?entity=audit&amp;user=token%20{secret[:12]}"], links)

    def test_recording_does_not_depend_on_it(self):
        database().run("REVOKE INSERT, UPDATE ON daybook.token_use FROM 'recorder'@'localhost'")
        self.addCleanup(database().run, "GRANT INSERT, UPDATE ON daybook.token_use TO 'recorder'@'localhost'")
        for _ in range(20):
            self.assertEqual(201, record(self.secret))
        self.assertEqual((20, None), (self.account.count(), self.noted()))

    def test_recording_does_not_wait_for_it(self):
        """Somebody keeps the row: the answer is there all the same."""
        database().run(f"START TRANSACTION; INSERT INTO token_use (token_id, used_ms) VALUES ({self.number}, 1)")
        try:
            began = time.monotonic()
            self.assertEqual(201, record(self.secret))
            self.assertLess(time.monotonic() - began, 3, "innodb_lock_wait_timeout is 5 seconds")
        finally:
            database().run("ROLLBACK")
        self.assertEqual(1, self.account.count())


if __name__ == "__main__":
    unittest.main()
