# SPDX-License-Identifier: MIT
"""Workers that die, clients that leave or stall, and downloads that cannot be finished."""
import concurrent.futures
import http.client
import json
import os
import re
import secrets
import signal
import tempfile
import time
import unittest

import daybook
from daybook import VAR, ask, bearer, database, get, run_well
from running_copy import WRAPPED, has_lived, is_alive, kill_connections, until, workers
from slow_download import SlowDownload

BIG_EVENTS = 3000
BODY_BYTES = 8000
CLIENTS = 32
REQUESTS = 200 if WRAPPED else 1000
QUICK_SECONDS = 20 if WRAPPED else 5
DOWNLOADS_AT_A_TIME = 3  # one fewer than there are workers: deploy/parts.sh
FOR_EACH = 2  # person or token: deploy/nginx/server.conf
BIG = None


def setUpModule():
    """An account whose download is far larger than all that sockets and nginx hold."""
    global BIG
    BIG = daybook.Account()
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        for number in range(BIG_EVENTS):
            event = {"action": "big", "kind": "trigger" if number % 3 == 0 else "event",
                     "occurred_at": 1700000000000 + number,
                     "request": {"body": secrets.token_hex(BODY_BYTES // 2)}}
            file.write(json.dumps(event) + "\n")
        file.flush()
        run_well("load", BIG.slug, file.name)


def reading():
    """The connections on which the database sends rows to a reader."""
    return database().numbers("SELECT id FROM information_schema.processlist "
                              "WHERE user = 'reader' AND command <> 'Sleep' ORDER BY id")


def standing():
    """Those of them whose statement has been running for long: its rows are not taken."""
    return database().numbers("SELECT id FROM information_schema.processlist WHERE user = 'reader' "
                              "AND command <> 'Sleep' AND time_ms > 300 ORDER BY id")


def connections_of(file):
    return 2 if file.startswith("all") else 1


class Downloads(unittest.TestCase):
    def begin(self, file="events.csv", token=None):
        """A download of which only the beginning is read: its worker cannot go on."""
        download = SlowDownload(f"/api/v1/{file}", token or BIG.token("read"))
        self.addCleanup(download.close)
        if download.response.status == 200:
            download.read(64 * 1024)
        return download

    def wait_until_idle(self):
        until(lambda: not reading(), QUICK_SECONDS, "no worker reads the database")

    def wait_until_it_stands(self, download, connections):
        """In the middle of its statements: a download has many, and between two of them there is none to kill."""
        for _ in range(20):
            time.sleep(0.4)
            if len(standing()) == connections:
                return
            download.read(128 * 1024)
        self.fail("its statements are always done")

    def check_failed(self, file, whole, fault):
        """The client of a download that suffers the fault must see that it failed."""
        for _ in range(3):
            self.wait_until_idle()
            download = self.begin(file)
            self.wait_until_it_stands(download, connections_of(file))
            fault(standing())
            try:
                download.read_all()
            except (http.client.IncompleteRead, ConnectionResetError):
                self.assertLess(download.bytes, whole)
                download.close()
                return
            # The last rows of the statement were on their way already, so there was nothing to kill.
            self.assertEqual(download.bytes, whole)
        self.fail("each time it was whole")

    def test_database_connection_killed_midway(self):
        before = workers("download")
        for file in ("events.csv", "all.csv", "events.ndjson?trailer=1"):
            whole = len(BIG.read(file).body)
            for statement in ("KILL", "KILL QUERY"):
                # Of the two connections of all.csv the last is as good as the first.
                for place in (0, -1) if file.startswith("all") else (0,):
                    with self.subTest(file=file, statement=statement, place=place):
                        self.check_failed(
                            file, whole, lambda ids: database().run(f"{statement} {ids[place]}"))
            self.assertEqual(whole, len(BIG.read(file).body), "the next download is whole again")
        self.assertEqual(before, workers("download"), "no worker has died of it")

    def test_connections_lost_while_idle(self):
        """No client sees it: each worker makes a new connection."""
        target = "all.ndjson?from=1700000000000&to=1700000000100"
        for _ in range(8):
            kill_connections("reader")
            self.assertEqual(200, BIG.read(target).status)

    def test_client_leaves(self):
        """The worker gives up soon, not after all rows."""
        before = workers("download")
        for file in ("events.csv", "all.ndjson"):
            download = self.begin(file)
            number = download.response.headers["X-Request-ID"]
            self.wait_until_it_stands(download, connections_of(file))
            download.close()
            self.wait_until_idle()
            line = until(lambda: self.log_line(number), QUICK_SECONDS, "a line in the log")
            self.assertIn(" end=client_gone ", line)
            self.assertLess(int(re.search(r" rows=(\d+) ", line)[1]), BIG_EVENTS // 2)
        self.assertEqual(before, workers("download"))

    def log_line(self, number):
        """What a worker logged at the end of a request, if it has ended."""
        for line in (VAR / "log/download.err").read_text().splitlines(keepends=True):
            if f" request={number} event=request " in line and line.endswith("\n"):
                return line
        return None

    def test_stalled_downloads_hold_up_nothing_else(self):
        downloads = [self.begin() for _ in range(4)]
        self.assertEqual([200] * FOR_EACH + [429] * (4 - FOR_EACH),
                         sorted(download.response.status for download in downloads))
        other = run_well("token", "add", BIG.slug, "read")
        others = [self.begin(token=other) for _ in range(4)]
        left = DOWNLOADS_AT_A_TIME - FOR_EACH
        self.assertEqual([200] * left + [429] * (4 - left),
                         sorted(download.response.status for download in others))
        downloads += others
        for download in downloads:
            if download.response.status == 429:
                self.assertIsNotNone(download.response.headers["Retry-After"])
                self.assertEqual("application/json", download.response.headers["Content-Type"])
        began = time.monotonic()
        for _ in range(5):
            self.assertEqual(200, BIG.open("events").status)
            self.assertEqual(200, BIG.open("triggers").status)
            self.assertEqual(200, get("/healthz").status)
            self.assertEqual(201, BIG.send({"action": "meanwhile", "kind": "trigger"}).status)
        self.assertLess(time.monotonic() - began, QUICK_SECONDS)
        for download in downloads:
            download.close()
        self.wait_until_idle()
        until(lambda: BIG.read("events.csv?entity=nothing").status == 200, QUICK_SECONDS,
              "a place for another download")

    def test_sigterm_lets_a_download_finish(self):
        whole = BIG.read("all.ndjson")
        download = self.begin("all.ndjson")
        self.wait_until_it_stands(download, connections_of("all.ndjson"))
        before = workers("download")
        until(lambda: all(has_lived(pid, 1.5) for pid in before), 5, "workers of some age")
        for pid in before:
            os.kill(pid, signal.SIGTERM)
        until(lambda: sum(map(is_alive, before)) == 1, QUICK_SECONDS, "the idle workers have ended")
        time.sleep(0.5)
        busy = [pid for pid in before if is_alive(pid)]
        self.assertEqual(1, len(busy), "the busy one goes on")
        download.read_all()
        self.assertEqual(len(whole.body), download.bytes)
        until(lambda: not is_alive(busy[0]), QUICK_SECONDS, "the busy worker has ended")
        until(lambda: len(workers("download")) == len(before), QUICK_SECONDS, "new workers")
        self.assertEqual(len(whole.body), len(BIG.read("all.ndjson").body))


class Workers(unittest.TestCase):
    def kill_some(self, handler, moments, done):
        """Kills a worker as each number of requests is done; the pids."""
        killed = []
        for moment in moments:
            until(lambda: len(done) >= moment, 120, f"{moment} requests are done")
            pid = until(lambda: next((p for p in workers(handler) if has_lived(p, 1.5)), None), 5,
                        "a worker of some age")
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
        return killed

    def under_load(self, handler, request, count):
        """Requests, one after the other and then 32 at once, while workers die; all the answers."""
        answers = []
        moments = [count // 10, count // 3, count * 2 // 3]

        def one(number):
            answers.append((number, request(number)))

        with concurrent.futures.ThreadPoolExecutor(CLIENTS + 1) as pool:
            kills = pool.submit(self.kill_some, handler, moments, answers)
            for number in range(count // 5):
                one(number)
            list(pool.map(one, range(count // 5, count)))
            killed = kills.result()
        failed = [(number, answer) for number, answer in answers if answer.status >= 500]
        self.assertEqual(count, len(answers))
        self.assertLessEqual(len(failed), len(killed), failed)
        for _, answer in failed:
            self.assertEqual(503, answer.status)
            self.assertIsNotNone(answer.headers["Retry-After"])
        until(lambda: len(workers(handler)) == 4, QUICK_SECONDS, "as many workers as before")
        self.assertFalse(workers(handler) & set(killed))
        return answers, failed

    def test_killed_while_lists_are_read(self):
        account = daybook.Account()
        account.record([{"action": f"a{number}"} for number in range(30)])
        login = daybook.login()
        answers, failed = self.under_load(
            "events", lambda number: get(f"/{account.slug}/events?page={number % 3 + 1}", login),
            REQUESTS)
        self.assertEqual(len(answers) - len(failed),
                         sum(answer.status == 200 and b"</html>" in answer.body[-20:]
                             for _, answer in answers))

    def test_killed_while_events_are_recorded(self):
        """What was answered with 201 is there; what was not may be sent again."""
        account = daybook.Account(member=False)
        headers = bearer(account.token("record"))

        def send(number):
            event = {"action": f"new{number % 50}", "user": f"user {number}",
                     "idempotency_key": f"k{number}"}
            return ask("POST", "/api/v1/events", json.dumps(event), headers)

        answers, failed = self.under_load("record", send, REQUESTS)
        answers = [pair for pair in answers if pair not in failed]
        answers += [(number, send(number)) for number, _ in failed]
        ids = [answer.json["ids"][0] for _, answer in answers]
        stored = database().numbers(f"SELECT id FROM event WHERE account_id = {account.number}")
        self.assertEqual(sorted(f"{number:016x}" for number in stored), sorted(ids))

    def test_sigterm_ends_an_idle_worker_at_once(self):
        for handler in ("events", "triggers", "details", "record", "download"):
            with self.subTest(handler):
                before = workers(handler)
                until(lambda: all(has_lived(pid, 1.5) for pid in before), 5, "workers of some age")
                pid = min(before)
                os.kill(pid, signal.SIGTERM)
                until(lambda: not is_alive(pid), QUICK_SECONDS, "it has ended")
                until(lambda: len(workers(handler)) == len(before), QUICK_SECONDS, "another one")


if __name__ == "__main__":
    unittest.main()
