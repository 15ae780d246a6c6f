# SPDX-License-Identifier: MIT
"""`daybook follow` as a process of a test, the lines that it reads, and what it wrote into its tables."""
import json
import os
import re
import secrets
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from daybook import BUILD, VAR, database, quote

MEMBERS = ("upstream_status", "upstream_time", "forwarded", "set_account", "set_user", "set_source",
           "basic_user", "api_account", "api_user", "api_source", "location", "type", "encoding",
           "head", "content_length", "body_file", "body")
TROUBLES = {"no line": 1, "cut": 2, "account": 3, "refused": 4, "vanished": 5, "unreadable": 6}


def line(**members):
    """One line as nginx would write it, with its line break; bytes of a text are its UTF-8."""
    now = time.time()
    call = {"daybook": 1, "id": secrets.token_hex(16), "msec": f"{now:.3f}", "time": "0.001",
            "status": "200", "completion": "OK", "sent": "2", "client": "192.0.2.1",
            "peer": "192.0.2.1", "method": "GET", "uri": "/a", "protocol": "HTTP/1.1",
            "headers": "[]"} | dict.fromkeys(MEMBERS, "") | members
    call.setdefault("request", f"{call['method']} {call['uri']} HTTP/1.1")
    return json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class Follower:
    """One source: a capture file in a folder of its own, and whoever reads it."""

    def __init__(self, account, name=None, path=None):
        self.account = account
        self.name = name or "source-" + secrets.token_hex(6)
        self.folder = None if path else tempfile.TemporaryDirectory(prefix="daybook-follow-")
        self.path = Path(path or Path(self.folder.name) / "api.log")
        self.process = None
        self.log = tempfile.TemporaryFile()

    def _command(self, *options):
        return [BUILD / "bin/daybook", "--config", VAR / "daybook.conf", "follow", "--account",
                self.account.slug, "--name", self.name, *options, self.path]

    def start(self, *options, under=()):
        """`under`: a command that runs it."""
        self.process = subprocess.Popen([*under, *self._command(*options)], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        return self

    def kill(self):
        """By SIGKILL: whatever it was doing."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self):
        """Its exit status after SIGTERM."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        self.process = None
        return status

    def close(self):
        """For the end of a test, however it went."""
        if self.process is not None:
            self.kill()
        self.log.close()
        if self.folder:
            self.folder.cleanup()

    def said(self):
        self.log.seek(0)
        return self.log.read().decode()

    def once(self, *options, path=None):
        """`--once`: the finished process, and the five numbers that it printed."""
        command = self._command("--once", *options)
        command[-1] = path or command[-1]
        done = subprocess.run(command, capture_output=True, timeout=600, check=False)
        numbers = re.fullmatch(
            r"(\d+) lines read: (\d+) stored, (\d+) stood already, (\d+) dropped by a rule, "
            r"(\d+) refused\n", done.stdout.decode())
        return done, [int(number) for number in numbers.groups()] if numbers else None

    def write(self, *lines, path=None):
        with open(path or self.path, "ab", buffering=0) as file:
            file.write(b"".join(lines))

    def rotate(self, suffix="1"):
        rotated = Path(f"{self.path}.{suffix}")
        os.rename(self.path, rotated)
        return rotated

    # What the database says of it.

    def source(self, column):
        return database().number(
            f"SELECT {column} FROM capture_source WHERE name = {quote(self.name)}")

    def troubles(self):
        """{reason: count}"""
        rows = database().rows(
            "SELECT t.reason, t.count FROM capture_trouble t JOIN capture_source s ON "
            f"s.id = t.source_id WHERE s.name = {quote(self.name)}")
        names = {number: name for name, number in TROUBLES.items()}
        return {names[int(reason)]: int(count) for reason, count in rows}

    def share(self, account):
        """stored, duplicates, dropped, unmatched of an account."""
        rows = database().rows(
            "SELECT c.stored, c.duplicates, c.dropped, c.unmatched FROM capture_account c JOIN "
            "capture_source s ON s.id = c.source_id JOIN account a ON a.id = c.account_id "
            f"WHERE s.name = {quote(self.name)} AND a.slug = {quote(account.slug)}")
        return [int(cell) for cell in rows[0]] if rows else None


def request_ids(account):
    """The request ids of all its events, the oldest first."""
    return [row["request_id"].decode() for row in account.stored("event", oldest_first=True)]
