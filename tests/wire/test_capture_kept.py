# SPDX-License-Identifier: MIT
"""What a call was is kept whole, how it ended too, and no line is lost between nginx and the log."""
import contextlib
import json
import random
import signal
import threading
import time
import unittest

import daybook
from capture import Front, Upstream, in_chunks, request_bytes, response
from daybook import Account, TestCase
from front_follower import SANITIZED, FrontFollower
from running_copy import WRAPPED, DatabaseServer, until

LIMIT = 1024 * 1024
SIZES = (0, 1, 10 * 1024, LIMIT)
SERVER = "add_header X-Request-Id $request_id always;"


class Followed(TestCase):
    """A front with a follower; each test has an account of its own."""

    def setUp(self):
        self.account = Account()
        self.api = self.enterContext(Upstream())
        self.front = self.enterContext(Front(self.api, server=SERVER))
        self.follower = self.enterContext(FrontFollower(self.account, self.front))

    def event_of(self, answer):
        """The event of an answered call, as soon as it is stored."""
        key = b"capture:" + answer.header("X-Request-Id").encode()
        return until(lambda: [event for event in self.account.stored()
                              if event["idempotency_key"] == key], 60, f"{key} is stored")[0]

    def only_event(self):
        self.follower.wait(1)
        return self.account.one_stored()


class Bodies(Followed):
    def body(self, size):
        return random.Random(size).randbytes(size)

    def check(self, size, answer):
        body = self.body(size)
        self.assertEqual(200, answer.status)
        event = self.event_of(answer)
        self.assertEqual(body, event["body"])
        self.assertEqual(size, event["body_bytes"])
        self.assertEqual(daybook.sha256(body), event["body_sha256"].hex())
        self.assertEqual(200, event["status"])
        self.assertEqual(body, self.api.requests[-1].body)

    def test_each_byte_is_kept(self):
        for size in SIZES:
            with self.subTest(size):
                self.check(size, self.front.call("POST", "/body", [], self.body(size)))

    def test_the_same_in_chunks(self):
        for size in SIZES:
            with self.subTest(size):
                self.check(size, self.front.call(
                    "POST", "/body", [("Transfer-Encoding", "chunked")],
                    in_chunks(self.body(size), 4000)))

    def test_above_the_limit(self):
        """The client is told, and so is whoever reads the log."""
        answer = self.front.call("POST", "/body", [], self.body(LIMIT + 1))
        self.assertEqual(413, answer.status)
        event = self.event_of(answer)
        self.assertEqual((413, b"/body", b"POST"), (event["status"], event["url"], event["method"]))
        self.assertEqual([], self.api.requests)
        self.assertNotEqual(self.body(LIMIT + 1), event["body"])
        self.assertRegex(json.loads(event["extra"])["body"], r"\w+ \w+")


class Endings(Followed):
    def test_no_answer_of_the_api(self):
        self.api.stop()
        answer = self.front.call("POST", "/gone", [], b"kept")
        self.assertEqual(502, answer.status)
        event = self.event_of(answer)
        self.assertEqual((502, b"/gone", b"kept"), (event["status"], event["url"], event["body"]))

    def test_client_that_leaves(self):
        asked, left = threading.Event(), threading.Event()

        def answer(_request):
            asked.set()
            left.wait(60)
            return response()

        self.api.answer = answer
        with self.front.connect() as connection:
            connection.sendall(request_bytes("POST", "/left", [], b"kept"))
            self.assertTrue(asked.wait(60))
        event = self.only_event()
        left.set()
        self.assertEqual((499, b"/left", b"kept"), (event["status"], event["url"], event["body"]))
        self.assertIs(True, json.loads(event["extra"])["aborted"])

    def test_answers_of_the_api(self):
        for status in (201, 204, 304, 400, 401, 403, 404, 409, 429, 500, 503):
            with self.subTest(status):
                self.api.answer = lambda request, status=status: response(status)
                answer = self.front.call("PATCH", f"/answer/{status}", [], b"{}")
                self.assertEqual(status, answer.status)
                self.assertEqual(status, self.event_of(answer)["status"])


class Rotation(Followed):
    def call(self, count):
        for number in range(count):
            self.assertEqual(200, self.front.call("GET", f"/{number}").status)

    @staticmethod
    def database_answers():
        with contextlib.suppress(AssertionError):
            return daybook.database().rows("SELECT 1")

    def test_file_is_deleted_only_when_all_of_it_is_stored(self):
        server = DatabaseServer()
        self.addCleanup(server.ensure_running)
        self.call(1)
        self.follower.wait(1)
        server.stop()
        try:
            self.call(5)
            rotated = self.front.rotate()
            self.call(1)
            time.sleep(3)
            self.assertTrue(rotated.exists())
        finally:
            server.start()
            until(self.database_answers, 60, "the database answers")
        self.follower.wait(7)
        until(lambda: not rotated.exists(), 60, "the rotated file is deleted")
        self.assertEqual(7, self.account.count())
        self.assertTrue(self.front.log.exists())
        self.assertTrue(self.follower.is_alive())

    def test_file_that_nginx_still_writes_to(self):
        """It was moved away, and nginx is told only much later."""
        self.call(2)
        rotated = self.front.log.rename(self.front.log.with_name(self.front.log.name + ".1"))
        self.follower.wait(2)
        time.sleep(3)
        self.call(3)
        self.follower.wait(5)
        self.assertTrue(rotated.exists())
        self.front.process.send_signal(signal.SIGUSR1)
        until(lambda: not rotated.exists(), 60, "the rotated file is deleted")
        self.call(1)
        self.follower.wait(6)
        self.assertEqual(6, self.account.count())
        self.assertEqual({}, self.follower.troubles())

    def test_files_that_were_rotated_while_nobody_read(self):
        self.call(2)
        self.follower.wait(2)
        self.assertEqual(0, self.follower.stop())
        self.call(3)
        rotated = [self.front.rotate()]
        self.call(4)
        rotated.append(self.front.rotate())
        self.call(5)
        self.follower.start()
        self.follower.wait(14)
        until(lambda: not any(path.exists() for path in rotated), 60, "both are deleted")
        self.assertEqual(14, self.account.count())


class CutLines(Followed):
    def spoil(self, text):
        with open(self.front.log, "ab") as log:
            log.write(text)

    def check(self, reason, words):
        """One line was not stored, and what came after it was."""
        answer = self.front.call("GET", "/after")
        self.assertEqual(b"/after", self.event_of(answer)["url"])
        self.assertEqual(2, self.account.count())
        self.assertEqual({reason: 1}, self.follower.troubles())
        said = [line for line in daybook.run("status").stdout.decode().splitlines()
                if line.startswith(f"source {self.follower.name}  trouble ")]
        self.assertEqual(1, len(said), said)
        self.assertRegex(said[0], f"{words}  count 1  .*  byte [0-9]+  in {self.front.log}")

    def test_line_cut_in_the_middle(self):
        self.event_of(self.front.call("GET", "/before"))
        self.spoil(self.front.raw_lines(1)[0][:300])
        self.check("cut", "lines that were cut short")

    def test_line_cut_at_its_end(self):
        self.event_of(self.front.call("GET", "/before"))
        self.spoil(self.front.raw_lines(1)[0][:-3] + b"\n")
        self.check("cut", "lines that were cut short")

    def test_line_of_another_kind(self):
        self.event_of(self.front.call("GET", "/before"))
        self.spoil(b'127.0.0.1 - - "GET / HTTP/1.1" 200\n')
        self.check("no line", "lines that are no capture lines")

    def test_cut_at_the_end_of_a_rotated_file(self):
        self.event_of(self.front.call("GET", "/before"))
        self.spoil(self.front.raw_lines(1)[0][:300])
        self.front.rotate()
        self.check("cut", "lines that were cut short")


class Soon(Followed):
    def test_in_the_list_within_a_second(self):
        self.event_of(self.front.call("GET", "/first"))
        slowest = 0
        for number in range(10):
            self.front.call("GET", f"/soon/{number}")
            start = time.monotonic()
            until(lambda number=number: self.listed() == number + 2, 60, "it is in the list")
            slowest = max(slowest, time.monotonic() - start)
            time.sleep(random.random() / 5)
        if not SANITIZED and not WRAPPED:
            self.assertLess(slowest, 1)

    def listed(self):
        page = daybook.Page(self.account.open("events?show=50").text)
        prefix = f"/{self.account.slug}/events/"
        return len({link for link in page.links if link.startswith(prefix)})


if __name__ == "__main__":
    unittest.main()
