# SPDX-License-Identifier: MIT
"""Every answered call is in the log exactly once, whatever happens to the files, to `daybook follow` and
to the database while calls are made as fast as they can be."""
import contextlib
import signal
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

import load_client
from capture import Front, free_port
from daybook import Account, TestCase, database, sha256
from front_follower import SANITIZED, SECONDS, FrontFollower
from running_copy import DatabaseServer, until

CALLS = 10000 if SANITIZED else 100000
CLIENTS = 2
CONNECTIONS = 8
# What happens, one after the other, each while further calls come in: Kill of the follower, Rotation, Stop
# of the database, Crash of the database; it is started again at once.
DISTURBANCES = "KRKRKRSKRKRKRCKRKRKK"
# How many slices of the calls may be made before what is due in the first of them has happened.
AHEAD = 3
MOVED_SECONDS = 0.2
CLIENT = Path(load_client.__file__)


def quick_front():
    """A front whose API is nginx too, so that the client is what takes time."""
    port = free_port()
    return Front(
        workers=2, server="add_header X-Request-Id $request_id always;",
        http=f"""upstream quick {{ server 127.0.0.1:{port}; keepalive 64; }}
            keepalive_requests 1000000;
            server {{ listen 127.0.0.1:{port}; location / {{ return 200 ok; }} }}""",
        location="""location / {
            include daybook/location.conf;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://quick;
        }""")


class Clients:
    """Programs that call at full speed, a slice of the calls at a time."""

    def __init__(self, port):
        self.lines = []
        self.allowed = 0
        self.processes = [
            subprocess.Popen([sys.executable, CLIENT, str(port), str(CONNECTIONS), str(first),
                              str(CLIENTS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for first in range(CLIENTS)]
        self.readers = [threading.Thread(target=self._read, args=(process,), daemon=True)
                        for process in self.processes]
        for reader in self.readers:
            reader.start()

    def _read(self, process):
        for line in process.stdout:
            self.lines.append(line)

    def call(self, count):
        """Lets so many further calls be made."""
        self.allowed += count
        for process in self.processes:
            process.stdin.write(f"{count // CLIENTS}\n")
            process.stdin.flush()

    def wait(self, count):
        """Until so many calls were made since the beginning."""
        until(lambda: len(self.lines) >= count or any(
            process.poll() is not None for process in self.processes), SECONDS, f"{count} calls")

    def finish(self):
        """Ends them; ({number: request id}, the numbers of the aborted calls)."""
        for process in self.processes:
            process.stdin.close()
            process.wait(SECONDS)
        for process, reader in zip(self.processes, self.readers, strict=True):
            reader.join(SECONDS)
            process.stdout.close()
        pairs = [line.split() for line in self.lines]
        return ({int(number): word for number, word in pairs if word != "-"},
                {int(number) for number, word in pairs if word == "-"})


class Load(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        cls.database_server = DatabaseServer()
        cls.addClassCleanup(cls.database_server.ensure_running)
        cls.front = cls.enterClassContext(quick_front())
        cls.follower = cls.enterClassContext(FrontFollower(cls.account, cls.front))
        cls.died = []
        started = time.monotonic()
        cls.answered, cls.aborted = cls.call_and_disturb()
        called = time.monotonic()
        until(lambda: cls.all_is_stored() or not cls.follower.is_alive(), 3 * SECONDS,
              "all that nginx wrote is stored")
        stored = time.monotonic()
        print(f"{CALLS / (called - started):.0f} calls/s; {stored - called:.1f} s later all of them "
              "were stored", file=sys.stderr)

    @classmethod
    def tearDownClass(cls):
        """Takes so many events away again, and all that counts them: tests that look through all tables come after this one."""
        for table in ("segment", "log", "event_recent", "arrival", "arrival_log", "arrival_recent", "event_request", "event"):
            database().run(f"DELETE FROM {table} WHERE account_id = {cls.account.number}")

    @classmethod
    def call_and_disturb(cls):
        """Calls are under way or due whenever something happens."""
        size = CALLS // len(DISTURBANCES)
        clients = Clients(cls.front.port)
        try:
            for number, disturbance in enumerate(DISTURBANCES):
                due = min(number + AHEAD, len(DISTURBANCES))
                clients.call(size * due - clients.allowed)
                clients.wait(size * number + size // 2)
                cls.disturb(disturbance)
            clients.wait(CALLS)
        finally:
            result = clients.finish()
        return result

    @classmethod
    def disturb(cls, disturbance):
        if disturbance == "K":
            if not cls.follower.is_alive():
                cls.died.append(cls.follower.process.returncode)
            else:
                cls.follower.kill()
            cls.follower.start()
        elif disturbance == "R":
            cls.rotate()
        else:
            cls.restart_database(signal.SIGTERM if disturbance == "S" else signal.SIGKILL)

    @classmethod
    def rotate(cls):
        """nginx writes to the file that was moved away until it is told."""
        cls.front.log.rename(cls.front.log.with_name(f"{cls.front.log.name}.{time.time_ns()}"))
        time.sleep(MOVED_SECONDS)
        cls.front.process.send_signal(signal.SIGUSR1)
        until(cls.front.log.exists, SECONDS, "a new file")

    @classmethod
    def restart_database(cls, number):
        """Until the follower has begun to read what came in meanwhile: it is killed next."""
        cls.database_server.stop(number)
        cls.database_server.start()
        before = until(cls.lines_read, SECONDS, "the database answers")
        until(lambda: cls.lines_read() > before, SECONDS, "the follower goes on")

    @classmethod
    def lines_read(cls):
        with contextlib.suppress(AssertionError):
            return cls.follower.source("`lines`")
        return 0

    @classmethod
    def all_is_stored(cls):
        return not cls.follower.rotated() and cls.read_to_the_end()

    @classmethod
    def read_to_the_end(cls):
        """Whether the mark stands at the end of the file that nginx writes to."""
        status = cls.front.log.stat()
        return database().number(
            "SELECT COALESCE(MAX(f.read_bytes), 0) FROM capture_file f JOIN capture_source s "
            f"ON s.id = f.source_id WHERE s.name = '{cls.account.slug}' AND f.ended_ms IS NULL "
            f"AND f.inode = {status.st_ino}") == status.st_size

    @classmethod
    def rows(cls):
        """What was stored: request id, number of the call, status, digest as told and as it is."""
        return database().rows(
            "SELECT SUBSTR(r.idempotency_key, 9), LEFT(r.body, 8), e.status, "
            "LOWER(HEX(r.body_sha256)), SHA2(r.body, 256) FROM event e JOIN event_request r ON "
            "r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id "
            f"WHERE e.account_id = {cls.account.number}")

    def test_every_call_was_made(self):
        self.assertEqual(set(range(CALLS)), set(self.answered) | self.aborted)
        self.assertEqual(CALLS, len(self.answered) + len(self.aborted))
        self.assertEqual("", self.front.errors())

    def test_follow_ended_only_when_it_was_killed(self):
        self.assertEqual([], self.died)
        self.assertTrue(self.follower.is_alive())

    def test_each_answered_call_is_stored_exactly_once(self):
        numbers = {identifier: number for number, identifier in self.answered.items()}
        self.assertEqual(len(self.answered), len(numbers))
        stored, extra = [], []
        for identifier, text, status, told, digest in self.rows():
            number = int(text)
            self.assertEqual(sha256(load_client.body(number)), digest)
            self.assertEqual(digest, told)
            if identifier in numbers:
                self.assertEqual((numbers[identifier], "200"), (number, status))
                stored.append(number)
            else:
                extra.append(number)
        self.assertEqual([], sorted(set(self.answered) - set(stored))[:10], "not stored")
        self.assertEqual(len(self.answered), len(stored), "some are stored twice")
        self.assertEqual(len(extra), len(set(extra)))
        self.assertLessEqual(set(extra), self.aborted)

    def test_figures_add_up(self):
        figures = self.follower.figures()
        self.assertEqual(self.account.count(), figures["stored"])
        self.assertEqual(figures["lines"], figures["stored"] + figures["duplicates"])
        self.assertEqual(0, figures["refused"])
        self.assertEqual({}, self.follower.troubles())


if __name__ == "__main__":
    unittest.main()
