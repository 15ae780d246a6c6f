# SPDX-License-Identifier: MIT
"""A command on a pseudo terminal, and what somebody in front of it sees."""
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from daybook import TIMEOUT

SLOW_S, SLOWER_S = 0.02, 0.004  # that a command runs between two rests, when it is made slow
REST_S = 0.13


class Screen:
    """Rows of a terminal without escapes: what is written over is gone."""

    def __init__(self, columns):
        self.columns = columns
        self.rows = [""]
        self.column = 0
        self.states = []  # the row of the cursor, each time before the cursor went back to its beginning

    def feed(self, data):
        for character in data.decode():
            if character == "\r":
                self.states.append(self.rows[-1].rstrip())
                self.column = 0
            elif character == "\n":
                self.rows.append("")
            else:
                assert character >= " ", f"{character!r} is obeyed by terminals"
                if self.column == self.columns:
                    self.rows.append("")
                    self.column = 0
                row = self.rows[-1].ljust(self.column)
                self.rows[-1] = row[:self.column] + character + row[self.column + 1:]
                self.column += 1

    @property
    def text(self):
        return "\n".join(row.rstrip() for row in self.rows)


class Terminal:
    """`stdout` may be a file of its own; standard input and error are the terminal."""

    def __init__(self, command, columns=100, stdout=None, **environment):
        self.master, slave = pty.openpty()
        self.screen = Screen(columns)
        self.data = b""
        self.resize(columns)
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=stdout or slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env=os.environ | {"TERM": "xterm"} | environment)
        os.close(slave)

    def resize(self, columns):
        self.screen.columns = columns
        self.screen.rows = [row[:columns] for row in self.screen.rows]
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def press(self, key):
        os.write(self.master, key)

    def kill(self, number):
        self.process.send_signal(number)

    def _read(self, seconds):
        """False at the end."""
        if not select.select([self.master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:  # nobody has the other end any more
            return False
        self.data += data
        self.screen.feed(data)
        return bool(data)

    def _watch(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not self._read(left):
                return False
        return True

    def watch(self, until=None, slow=0):
        """To its end, or until the screen has what `until` asks for; running only so many
        seconds between two rests, as on a machine with much else to do."""
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            if until and until(self.screen):
                return self
            if slow:
                self.kill(signal.SIGSTOP)
                self._watch(REST_S)
                self.kill(signal.SIGCONT)
            if not self._watch(slow or SLOW_S):
                assert not until, f"it ended with {self.screen.text}"
                return self
        raise AssertionError(f"after {TIMEOUT} seconds: {self.screen.text}")

    def end(self):
        """The exit status."""
        self.watch()
        os.close(self.master)
        return self.process.wait(TIMEOUT)
