# SPDX-License-Identifier: MIT
"""`daybook follow`: which files it takes up, and which it leaves alone: inodes used again, foreign files, rotation in a backlog."""
import contextlib
import os
import resource
import shutil
import signal
import subprocess
import time
import unittest

from follower import line, request_ids
from running_copy import kill_connections, until
from test_follow import SECONDS, Follow


class Files(Follow):
    def file_with_inode(self, inode):
        """A new empty file of that inode; most file systems give the lowest free one."""
        for number in range(2000):
            path = self.follower.path.with_name(f"probe{number}")
            path.touch()
            if path.stat().st_ino == inode:
                return path
        return self.skipTest("this file system does not use inodes again")

    def test_inode_and_length_of_a_deleted_file(self):
        """Two rotations between two looks: the file in the middle is known to nobody by its name."""
        lengths = dict(msec=f"{time.time():.3f}")
        first, middle, last = (self.ids(3) for _ in range(3))
        self.follower.start()
        self.write(first, **lengths)
        inode = self.follower.path.stat().st_ino
        self.wait_for(3)
        rotated = self.follower.rotate()
        self.write(["between"])
        until(lambda: not rotated.exists(), SECONDS, "the rotated file is deleted")
        self.wait_for(4)
        self.follower.process.send_signal(signal.SIGSTOP)
        try:
            self.follower.rotate("2")
            os.rename(self.file_with_inode(inode), self.follower.path)
            self.write(middle, **lengths)
            self.follower.rotate("3")
            self.write(last)
        finally:
            self.follower.process.send_signal(signal.SIGCONT)
        self.wait_for(10)
        self.assertEqual(sorted(first + ["between"] + middle + last), sorted(request_ids(self.account)))
        self.assertEqual({}, self.follower.troubles())

    def test_foreign_file_is_said_once(self):
        """Where nginx writes another format: it grows with every call, and is no more than one trouble."""
        self.follower.start()
        for _ in range(20):
            self.follower.write(b'127.0.0.1 - - "GET / HTTP/1.1" 200\n')
            time.sleep(0.1)
        until(lambda: self.follower.troubles() == {"unreadable": 1}, SECONDS, "it is noted")
        time.sleep(0.5)
        self.assertEqual({"unreadable": 1}, self.follower.troubles())
        self.assertEqual(1, self.follower.said().count("files that cannot be read"))

    def test_foreign_file_that_becomes_right(self):
        """Emptied and written anew, overwritten with as many bytes, or another file in its place."""
        def emptied():
            os.truncate(self.follower.path, 0)
            self.write(["emptied"])

        def overwritten():
            whole = line(id="overwritten")
            self.follower.path.write_bytes(b"x" * (len(whole) - 1) + b"\n")
            time.sleep(0.5)
            with open(self.follower.path, "r+b") as file:
                file.write(whole)

        def replaced():
            self.follower.path.unlink()
            self.write(["replaced"])

        for count, put_right in enumerate([emptied, overwritten, replaced], 1):
            with self.subTest(put_right.__name__):
                self.follower = type(self.follower)(self.account)
                self.addCleanup(self.follower.close)
                self.follower.write(b"foreign\n")
                self.follower.start()
                until(lambda: self.follower.troubles() == {"unreadable": 1}, SECONDS, "it is noted")
                put_right()
                self.wait_for(count)
                self.assertEqual({"unreadable": 1}, self.follower.troubles())
                self.follower.stop()

    def test_compressed_file_that_grows_is_said_once(self):
        self.follower.start()
        for _ in range(8):
            self.follower.write(b"\x1f\x8b", path=self.follower.path.with_name("api.log.2.gz"))
            time.sleep(0.5)
        self.assertEqual({"unreadable": 1}, self.follower.troubles())

    def test_file_that_cannot_be_opened_is_said_once(self):
        """As one of another user; root may open those, so a folder stands for it here."""
        self.follower.path.mkdir()
        self.follower.start()
        until(lambda: self.follower.troubles() == {"unreadable": 1}, SECONDS, "it is noted")
        time.sleep(2.5)
        self.assertEqual({"unreadable": 1}, self.follower.troubles())
        self.follower.path.rmdir()
        self.write(["opened"])
        self.wait_for(1)
        self.assertEqual({"unreadable": 1}, self.follower.troubles())

    def test_once_says_that_nothing_could_be_read(self):
        for make in (lambda path: path.mkdir(), lambda path: path.write_bytes(b"GET / HTTP/1.1\n" * 100)):
            make(self.follower.path)
            done, numbers = self.follower.once()
            self.assertEqual((1, [0] * 5), (done.returncode, numbers), done.stderr)
            self.assertIn(b"event=capture_", done.stderr)
            (self.follower.path.rmdir if self.follower.path.is_dir() else self.follower.path.unlink)()
        self.write(["one"])
        done, numbers = self.follower.once()
        self.assertEqual((0, [1, 1, 0, 0, 0]), (done.returncode, numbers), done.stderr)

    def test_another_file_of_the_source_meanwhile(self):
        """As lines that were refused are read again: the file that is followed has not vanished by that."""
        self.follower.start()
        self.write(["one", "two"])
        self.wait_for(2)
        refused = self.follower.path.with_name("refused.log")
        self.write(["three"], path=refused)
        done, numbers = self.follower.once("--again", path=refused)
        self.assertEqual([1, 1, 0, 0, 0], numbers, done.stderr)
        self.write(["four"])
        self.wait_for(4)
        self.assertEqual({}, self.follower.troubles())

    def test_rotation_in_a_backlog(self):
        """--rotate bounds how long a body stands in plain, also while lines come faster than they are stored."""
        chunk, lines = line(id="same", msec="1700000000.000") * 10000, 0
        nginx = subprocess.Popen(["sh", "-c", "trap '' USR1; exec sleep 600"])
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.kill)
        pid = self.follower.path.with_name("nginx.pid")
        pid.write_text(f"{nginx.pid}\n", encoding="ascii")
        self.follower.write(chunk * 12)
        lines += 120000
        self.follower.start("--rotate", "1", "--nginx-pid", str(pid))
        end = time.monotonic() + SECONDS
        while not self.rotated():
            self.assertLess(time.monotonic(), end, "it was not rotated")
            if lines - self.follower.source("COALESCE(MAX(`lines`), 0)") < 120000:
                self.follower.write(chunk)
                lines += 10000
        until(lambda: self.follower.source("`lines`") >= lines, 120, "all lines are read")
        self.assertEqual([lines, 1, lines - 1], [
            self.follower.source("`lines`"), self.account.count(), self.follower.source("duplicates")])
        until(lambda: not self.rotated(), SECONDS, "what was rotated is deleted")
        self.assertEqual({}, self.follower.troubles())

    def test_rotation_that_was_not_told(self):
        """Whoever renamed the file was killed before he told nginx, which writes on: told again, it opens a new one."""
        path = self.follower.path
        self.write(["one"])
        self.follower.rotate("20260101T000000.000Z")
        with subprocess.Popen(["sh", "-c", 'trap ": > $0" USR1; while :; do sleep 0.1; done', path]) as nginx:
            pid = path.with_name("nginx.pid")
            pid.write_text(f"{nginx.pid}\n", encoding="ascii")
            self.follower.start("--rotate", "1", "--nginx-pid", str(pid))
            try:
                until(path.exists, SECONDS, "nginx was told")
            finally:
                nginx.kill()
        self.wait_for(1)

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "only root has other users' processes")
    def test_nginx_that_may_not_be_told(self):
        """Nothing is rotated, since nginx would go on with the old file; the log says why."""
        with subprocess.Popen(["sleep", "600"], user="nobody") as nginx:
            pid = self.follower.path.with_name("nginx.pid")
            pid.write_text(f"{nginx.pid}\n", encoding="ascii")
            self.write(["one"])
            self.follower.start("--rotate", "1", "--nginx-pid", str(pid),
                                under=["setpriv", "--bounding-set=-kill", "--inh-caps=-kill"])
            try:
                until(lambda: "event=capture_rotation" in self.follower.said(), SECONDS, "it says so")
                self.assertIn('reason="Operation not permitted"', self.follower.said())
                self.assertEqual([], self.rotated())
            finally:
                nginx.kill()

    def test_more_files_than_a_process_may_open_at_first(self):
        """All of them rotated, and nginx still writes to each; the database's connection is lost meanwhile."""
        identifiers = self.ids(101)
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (60, hard))
        try:
            self.follower.start()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        with contextlib.ExitStack() as writers:
            for identifier in identifiers[:100]:
                self.write([identifier])
                last = writers.enter_context(open(self.follower.path, "ab", buffering=0))
                self.follower.rotate(identifier)
            self.wait_for(100)
            kill_connections("recorder")
            last.write(line(id=identifiers[100]))
            self.wait_for(101)
        self.assertStored(identifiers)
        self.assertEqual({}, self.follower.troubles())

    def rotated(self):
        return list(self.follower.path.parent.glob("api.log.2*"))
