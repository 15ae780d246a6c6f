# SPDX-License-Identifier: MIT
"""What a large download costs: the memory of its worker does not grow with it, and it ends with its client."""
import contextlib
import http.client
import json
import os
import random
import signal
import tempfile
import time
import unittest

import daybook
from daybook import VAR, database, run_well
from front_follower import SANITIZED
from running_copy import WRAPPED, children, leader, until, workers
from slow_download import SlowDownload

ROWS = 100_000
NAMED = 3_000  # of them with names of their own, as long as names may be
LARGE = 20  # of them with a body as large as is kept
LARGE_BYTES = 1024 * 1024
WORKER_BYTES = 16 * 1024 * 1024
QUICK_SECONDS = 5
ACCOUNT = None


def event(number, rng):
    """Texts of some 1.7 KB, or what needs most memory."""
    named = number < NAMED
    large = number % (ROWS // LARGE) < 2
    return {
        "kind": "trigger" if number % 2 else "event",
        "occurred_at": 1700000000000 + number,
        "entity_type": "pipeline",
        "entity_id": f"{number:01024}" if named else f"{number % 997}",
        "entity_name": f"{number:01024}" if named else f"demo/{number % 997}",
        "action": f"act{number % 50}",
        "user": f"{number:01024}" if named else f"user{number % 100}",
        "request": {
            "url": f"/api/pipelines/{number}",
            "headers": [[f"X-Header-{i}", f"{rng.getrandbits(128):x}"] for i in range(10)],
            "body": '"' * LARGE_BYTES if large else f'"{rng.getrandbits(4000):x}"',
        },
    }


def setUpModule():
    global ACCOUNT
    if WRAPPED or SANITIZED:
        raise unittest.SkipTest("the handlers run within something that needs memory itself")
    rng = random.Random(1)
    ACCOUNT = daybook.Account()
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        for number in range(ROWS):
            file.write(json.dumps(event(number, rng)) + "\n")
        file.flush()
        run_well("load", ACCOUNT.slug, file.name)
    until(lambda: database().rows(
        f"SELECT (SELECT COUNT(*) FROM log WHERE account_id = {ACCOUNT.number} AND kind IN (1, 2)), "
        f"(SELECT COUNT(*) FROM event_recent WHERE account_id = {ACCOUNT.number})"
    ) == [["2", "0"]], 120, "all is in the index")


def anonymous_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("RssAnon"))


def queries():
    """How many statements readers run, or have begun and not finished."""
    return database().number("SELECT COUNT(*) FROM information_schema.processlist "
                             "WHERE user = 'reader' AND command <> 'Sleep'")


def snapshots():
    """How many transactions are open that readers have begun; InnoDB renews what it says only when it was not asked for 0.1 s."""
    time.sleep(0.2)
    return database().number("SELECT COUNT(*) FROM information_schema.innodb_trx t "
                             "JOIN information_schema.processlist p "
                             "ON p.id = t.trx_mysql_thread_id WHERE p.user = 'reader'")


@contextlib.contextmanager
def front_with(setting, other):
    """nginx with another value of a setting, for a while."""
    path = VAR / "nginx/server.conf"
    shipped = path.read_text()
    assert shipped.count(setting) == 1, setting

    def use(text):
        before = children(leader("nginx"))
        path.write_text(text)
        os.kill(leader("nginx"), signal.SIGHUP)
        until(lambda: not children(leader("nginx")) & before, 20, "nginx has read its settings")

    use(shipped.replace(setting, other))
    try:
        yield
    finally:
        use(shipped)


class LargeDownloads(unittest.TestCase):
    def begin(self, file):
        connection = http.client.HTTPConnection(daybook.HOST, timeout=60)
        self.addCleanup(connection.close)
        connection.request("GET", f"/api/v1/{file}", headers=daybook.bearer(ACCOUNT.token("read")))
        answer = connection.getresponse()
        self.assertEqual(200, answer.status)
        return connection, answer

    def test_memory_of_the_worker(self):
        for file in ("all.csv", "all.ndjson?sort=time&trailer=1", "all.csv?status=---"):
            with self.subTest(file=file):
                _, answer = self.begin(file)
                lines, most = 0, 0
                while piece := answer.read(4 * 1024 * 1024):
                    lines += piece.count(b"\n")
                    most = max(most, *map(anonymous_bytes, workers("download")))
                self.assertGreaterEqual(lines, ROWS)
                self.assertLess(most, WORKER_BYTES)

    def test_client_leaves_in_the_middle(self):
        for file in ("events.csv", "events.ndjson", "all.csv", "events.csv?q=X-Header"):
            with self.subTest(file=file):
                connection, answer = self.begin(file)
                answer.read(8 * 1024 * 1024)
                self.assertGreater(snapshots(), 0, "the download is still running")
                answer.close()
                connection.close()
                until(lambda: queries() == 0 and snapshots() == 0, QUICK_SECONDS,
                      "neither statement nor snapshot is left")

    def test_client_stalls(self):
        """nginx drops it, after 60 seconds as it is shipped and after one here."""
        with front_with("send_timeout 60s;", "send_timeout 1s;"):
            download = SlowDownload("/api/v1/all.csv", ACCOUNT.token("read"))
            self.addCleanup(download.close)
            download.read(64 * 1024)
            self.assertGreater(snapshots(), 0, "the download is still running")
            until(lambda: queries() == 0 and snapshots() == 0, 1 + QUICK_SECONDS,
                  "neither statement nor snapshot is left")
            with self.assertRaises((http.client.IncompleteRead, ConnectionResetError)):
                download.read_all()


if __name__ == "__main__":
    unittest.main()
