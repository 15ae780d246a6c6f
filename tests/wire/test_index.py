# SPDX-License-Identifier: MIT
"""The index against plain SQL in the same snapshot (compare_index.c), while events are recorded, also late ones, merged and
deleted: random filters, pages, counts by value and over time.

DAYBOOK_SEED chooses other events and filters, DAYBOOK_CASES how many (`make test-long` takes 20,000).
"""
import datetime
import os
import re
import subprocess
import sys
import threading
import time
import unittest

import daybook
from list_oracle import Log

SEED = int(os.environ.get("DAYBOOK_SEED") or 20250202)
CASES = int(os.environ.get("DAYBOOK_CASES") or 500)
EVENTS = 6000
RESULT = re.compile(r"(\d+) cases, (\d+) different, (\d+) by SQL alone")
PROGRAM = daybook.BUILD / "test/compare_index"


def compare(slug, kind, seed, cases):
    command = [PROGRAM, daybook.VAR / "daybook.conf", slug, str(kind), str(seed), str(cases)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Others:
    """Those who change the log meanwhile; each until told to stop."""

    def __init__(self, log, *works):
        self.log = log
        self.stopped = threading.Event()
        self.failures = []
        self.threads = [threading.Thread(target=self.go_on, args=(work,)) for work in works]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *error):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def go_on(self, work):
        try:
            while not self.stopped.wait(0.05):
                work()
        except Exception as error:  # pylint: disable=broad-except
            self.failures.append(error)


@unittest.skipUnless(PROGRAM.exists(), "compare_index is not built")
class AgainstSql(daybook.TestCase):
    @classmethod
    def setUpClass(cls):
        print(f"seed {SEED}, {CASES} cases", file=sys.stderr)
        cls.log = Log(SEED, EVENTS)
        cls.slug = cls.log.account.slug
        cls.number = 0

    def record_some(self):
        """Most at the times of the others, some now."""
        events = [self.log.event() for _ in range(self.log.random.randrange(1, 60))]
        for event in events:
            if self.log.random.random() < 0.2:
                event["occurred_at"] = int(time.time() * 1000)
        self.log.account.record_many(events)

    def delete_some(self):
        """All that is older than one of the oldest; the older half, when the log has grown."""
        count = self.log.account.count()
        rows = daybook.database().numbers(
            f"SELECT id >> 22 FROM event WHERE account_id = {self.log.account.number} "
            f"ORDER BY id LIMIT {count // 2 if count > 3 * EVENTS else 40}")
        if rows:
            before = datetime.datetime.fromtimestamp(rows[-1] // 1000, datetime.timezone.utc)
            daybook.run_well("maintain", "purge", self.slug, "--before",
                             before.strftime("%Y-%m-%dT%H:%M:%SZ"), "--yes")
        time.sleep(0.3)

    def wait_for_index(self):
        """Until the log is indexed and nothing waits to be merged."""
        query = (f"SELECT (SELECT COUNT(*) FROM log WHERE account_id = {self.log.account.number} "
                 "AND kind IN (1, 2)), (SELECT COUNT(*) FROM event_recent "
                 f"WHERE account_id = {self.log.account.number})")
        end = time.monotonic() + 60
        while daybook.database().rows(query) != [["2", "0"]]:
            self.assertLess(time.monotonic(), end, "the log is not indexed")
            time.sleep(0.2)

    def check(self, cases):
        self.__class__.number += 2
        programs = [compare(self.slug, kind, SEED + self.number + kind, cases // 2)
                    for kind in (1, 2)]
        for program in programs:
            output, errors = program.communicate(timeout=3600)
            self.assertEqual(0, program.returncode, output + errors)
            done, different, plain = map(int, RESULT.search(output).groups())
            self.assertEqual((cases // 2, 0), (done, different), output)
            self.assertEqual(0, plain, "the log was not indexed")

    def test_at_rest(self):
        self.wait_for_index()
        self.check(CASES // 2)

    def test_while_it_changes(self):
        self.wait_for_index()
        with Others(self.log, self.record_some, self.record_some, self.delete_some) as others:
            self.check(CASES - CASES // 2)
        self.assertEqual([], others.failures)
        self.wait_for_index()
        self.check(max(20, CASES // 20))


if __name__ == "__main__":
    unittest.main()
