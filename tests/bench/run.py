# SPDX-License-Identifier: MIT
"""Measures Daybook beside what others can do with the same data on the same machine, in interleaved
rounds: a figure alone says little on a machine that others use too, a ratio within one round does.

    make bench                      every part
    make bench PARTS=recording EVENTS=50000 ROUNDS=3
    make bench PARTS="pages filters export search" EVENTS=10000000 BENCH_VAR=/large/disk/log10m

A part is a module of this folder with `run(copy, settings)`, which gives a `report.Report` or a
`report.Sheet`. It is printed and kept in results/, with the date and the kind of machine. Nothing is
asserted about speed. The part retention changes its log, and makes one of its own. A part with NEEDS_LOG reads one large log, which is made once for all of them; with
BENCH_VAR it stays in that folder for the next time.

Settings, all optional: EVENTS, ROUNDS, SEED; of the large log BODY_BYTES (1000; 100 for very many events),
ACCOUNTS and OTHERS (small accounts, and events of all of these, among those of the big one),
TEXT_INDEX_PERCENT (0: texts are not indexed); of its parts
REQUESTS (200 of each kind), SECONDS (3, of each load), EXPORT_EVENTS (the newest so many; else all);
DATABASE_OPTIONS, BENCH_DIR (where what is not kept stands), METHODS (words of names, of recording and export).
"""
import importlib
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import report
from made_log import MadeLog
from private_copy import PrivateCopy

PARTS = ["recording", "pages", "filters", "search", "export", "accounts", "retention"]


class Settings:
    """What the environment asks for."""

    def __init__(self, environment):
        def number(name, default):
            return int(environment.get(name) or default)

        self.parts = environment.get("PARTS", "").split() or PARTS
        self.events_given = number("EVENTS", 0)
        self.events = self.events_given or 1_000_000
        self.rounds = number("ROUNDS", 5)
        self.seed = number("SEED", 1)
        self.methods = environment.get("METHODS", "").split()  # all, when empty
        self.folder = environment.get("BENCH_DIR") or tempfile.gettempdir()
        self.log_folder = environment.get("BENCH_VAR")  # of the large log, to be kept
        self.body_bytes = number("BODY_BYTES", 1000)
        self.accounts = number("ACCOUNTS", 0)
        self.others = number("OTHERS", 2_000_000)
        self.export_events = number("EXPORT_EVENTS", 0)  # the newest so many; 0: all
        self.requests = number("REQUESTS", 200)  # of each kind
        self.seconds = number("SECONDS", 3)  # of each load, in each round


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def end(number, _frame):
    """Everything that was started is stopped and removed all the same; once is enough."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def measure(name, part, folder, settings):
    large = getattr(part, "NEEDS_LOG", False)
    with PrivateCopy(folder, buffer_pool="4G" if large else "1G") as copy:
        if not large:
            return part.run(copy, settings).text(copy)
        log = MadeLog(copy, settings)
        log.prepare()
        sheet = part.run(copy, settings, log)
        sheet.notes = [*log.notes, *sheet.notes]
        return sheet.text(copy)


def main():
    for number in SIGNALS:
        signal.signal(number, end)
    settings = Settings(os.environ)
    results = Path(__file__).with_name("results")
    with ExitStack() as stack:
        log_folder = settings.log_folder
        if log_folder:
            Path(log_folder).mkdir(parents=True, exist_ok=True)
        for name in settings.parts:
            part = importlib.import_module(name)
            large = getattr(part, "NEEDS_LOG", False)
            if large and not log_folder:
                log_folder = stack.enter_context(
                    tempfile.TemporaryDirectory(prefix="daybook-bench.", dir=settings.folder))
            if large:
                text = measure(name, part, Path(log_folder).absolute(), settings)
            else:
                with tempfile.TemporaryDirectory(prefix="daybook-bench.", dir=settings.folder) as own:
                    text = measure(name, part, Path(own), settings)
            print(text, flush=True)
            path = results / f"{report.now():%Y-%m-%d-%H%M}-{name}.txt"
            path.write_text(text + "\n", encoding="utf-8")
            print(f"kept in {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
