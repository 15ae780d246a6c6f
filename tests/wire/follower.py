# SPDX-License-Identifier: MIT
"""`daybook follow` on the capture file of a front, and what it has stored."""
import subprocess
from functools import partial

from daybook import BUILD, VAR, database, quote
from running_copy import until

SECONDS = 120
# A sanitizer makes the programs so slow that a tenth of a load is as much work.
SANITIZED = BUILD.name == "asan"

FIGURES = ("lines", "stored", "duplicates", "dropped", "refused", "backlog_bytes")


class Follower:
    """Follows `log` for an account, under the account's slug as its name.

    What it says goes to the logs of the copy, which are searched for trouble at their end."""

    def __init__(self, account, log, *options):
        self.account = account
        self.log = log
        self.command = [BUILD / "bin/daybook", "--config", VAR / "daybook.conf", "follow",
                        "--account", account.slug, "--name", account.slug, *options, log]
        self.process = None

    def start(self):
        with open(VAR / "log/follow.err", "ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True)

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """As a power failure would."""
        assert self.is_alive(), self.process and self.process.returncode
        self.process.kill()
        self.process.wait(SECONDS)

    def stop(self):
        """In order; the status that it ended with."""
        if self.is_alive():
            self.process.terminate()
        return self.process.wait(SECONDS)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.stop()

    def rotated(self):
        """The files that were moved away and are still there."""
        return sorted(self.log.parent.glob(self.log.name + ".*"))

    def wait(self, count, seconds=SECONDS):
        """Until so many events are stored."""
        until(partial(self._has, count), seconds, f"{count} events stored")

    def _has(self, count):
        return self.account.count() >= count

    def figures(self):
        """What it says of itself in the database."""
        (row,) = database().rows(f"SELECT {', '.join(f'`{name}`' for name in FIGURES)} "
                                 f"FROM capture_source WHERE name = {quote(self.account.slug)}")
        return dict(zip(FIGURES, map(int, row)))

    def troubles(self):
        """{reason: how often} as the numbers of schema/0006_capture.sql."""
        return {int(reason): int(count) for reason, count in database().rows(
            "SELECT t.reason, t.count FROM capture_trouble t JOIN capture_source s "
            f"ON s.id = t.source_id WHERE s.name = {quote(self.account.slug)}")}
