# SPDX-License-Identifier: MIT
"""`daybook maintain --watch` and calls that were held too long: many of them, and one that cannot be recorded."""
import secrets
import subprocess
import unittest

from daybook import BUILD, VAR, Account, TestCase, database, run
from running_copy import until


class Watch:
    def __enter__(self):
        self.process = subprocess.Popen([BUILD / "bin/daybook", "--config", VAR / "daybook.conf", "maintain", "--watch"],
                                        stderr=subprocess.PIPE, text=True)
        return self.process

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


class Held(TestCase):
    def setUp(self):
        self.account = Account(member=False)

    def hold(self, count, url="/", account=None):
        """Calls of an hour ago."""
        account = account or self.account
        database().run(
            "INSERT INTO held_event (account_id, key_hash, stage, held_ms, body_bytes, event) SELECT "
            f"{account.number}, UNHEX(LEFT(SHA2(CONCAT('held-', seq), 256), 32)), 1, "
            "(UNIX_TIMESTAMP() - 3600) * 1000, 0, CONCAT('{\"action\": \"a\", \"idempotency_key\": \"held-', seq, "
            "'\", \"occurred_at\": 1700000000000, \"request\": {\"url\": \"%s\"}}') FROM seq_1_to_%d" % (url, count))
        self.addCleanup(database().run, f"DELETE FROM held_event WHERE account_id = {account.number}")

    def test_it_ends_amid_them(self):
        count = 100000
        self.hold(count)
        with Watch() as process:
            until(lambda: self.account.count("held_event") < count, 60, "some are recorded")
            process.terminate()
            self.assertEqual(0, process.wait(30))
        left = self.account.count("held_event")
        self.assertGreater(left, 0, "it ended before the last")
        self.assertEqual(count - left, self.account.count())

    def test_one_that_cannot_be_recorded(self):
        """It stays where it is, and everything else that is due is done."""
        url = "/refused-" + secrets.token_hex(6)
        self.hold(1, url)
        other = Account(member=False)
        self.hold(3, account=other)
        database().run("INSERT INTO recent_key (account_id, kind, key_hash, id, noted_ms) "
                       f"VALUES ({other.number}, 1, '{'x' * 16}', 1, 0)")
        database().run(f"ALTER TABLE event_request ADD CONSTRAINT of_a_test CHECK (url <> '{url}')")
        try:
            with Watch() as process:
                until(lambda: other.count("recent_key") == 0, 20, "the old key is removed")
                process.terminate()
                process.wait(30)
            self.assertEqual((0, 3), (other.count("held_event"), other.count()))
            done = run("maintain")
            self.assertEqual(1, done.returncode)
            self.assertIn(b"files of texts written", done.stdout)
        finally:
            database().run("ALTER TABLE event_request DROP CONSTRAINT of_a_test")
        self.assertEqual((1, 0), (self.account.count("held_event"), self.account.count()))


if __name__ == "__main__":
    unittest.main()
