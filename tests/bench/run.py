# SPDX-License-Identifier: MIT
"""Measures Daybook beside what others can do with the same data on the same machine, in interleaved
rounds: a figure alone says little on a machine that others use too, a ratio within one round does.

    make bench                      every part
    make bench PARTS=recording EVENTS=50000 ROUNDS=3

A part is a module of this folder with `run(copy, settings)`, which gives a `report.Report`. It is
printed and kept in results/, with the date and the kind of machine. Nothing is asserted about speed.
"""
import importlib
import os
import signal
import sys
import tempfile
from pathlib import Path

import report
from private_copy import PrivateCopy

PARTS = ["recording"]


class Settings:
    """What the environment asks for."""

    def __init__(self, environment):
        self.parts = environment.get("PARTS", "").split() or PARTS
        self.events = int(environment.get("EVENTS") or 200_000)
        self.rounds = int(environment.get("ROUNDS") or 5)
        self.seed = int(environment.get("SEED") or 1)
        self.methods = environment.get("METHODS", "").split()  # all, when empty
        self.folder = environment.get("BENCH_DIR") or tempfile.gettempdir()


def end(number, _frame):
    sys.exit(128 + number)


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)  # the copy is stopped and removed all the same
    settings = Settings(os.environ)
    results = Path(__file__).with_name("results")
    for name in settings.parts:
        part = importlib.import_module(name)
        with tempfile.TemporaryDirectory(prefix="daybook-bench.", dir=settings.folder) as folder:
            with PrivateCopy(Path(folder)) as copy:
                text = part.run(copy, settings).text(copy)
        print(text)
        path = results / f"{report.now():%Y-%m-%d-%H%M}-{name}.txt"
        path.write_text(text + "\n", encoding="utf-8")
        print(f"kept in {path}", file=sys.stderr)


if __name__ == "__main__":
    main()
