# SPDX-License-Identifier: MIT
"""Recording: events a second through each door, beside LOAD DATA of the same rows.

In each round every method stores the same calls into empty tables; the names in them are known already, as
they are to a log that has run for a while. Odd rounds go through the methods backwards.
"""
import mmap
import resource
import sys
import time

import calls
from load_data import LoadData
from report import Report
from sender import Poster

BATCH = 1000
EVENTS = 200_000  # unless EVENTS= says otherwise
SINGLE_EVENTS = 4000
WARM_UPS = 4  # several processes record, and each has to meet the names itself
LOADS = {
    "LOAD DATA, 10,000 rows, 1 client": (10_000, 1),
    "LOAD DATA, 10,000 rows, 2 clients": (10_000, 2),
    "LOAD DATA, 100,000 rows, 1 client": (100_000, 1),
    "LOAD DATA, 100,000 rows, 2 clients": (100_000, 2),
}
TABLES = ("event", "event_recent", "event_request", "event_link", "recent_key", "segment", "log")


class Made:
    """A file of lines, and views of so many lines of it at a time."""

    def __init__(self, path, lines):
        ends = [0]
        with open(path, "wb") as file:
            for line in lines:
                ends.append(ends[-1] + file.write(line))
        self.path = path
        self.ends = ends
        with open(path, "rb") as file:
            self.bytes = memoryview(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))

    def batches(self, size, count=None):
        last = count or len(self.ends) - 1
        return [self.bytes[self.ends[at] : self.ends[min(at + size, last)]]
                for at in range(0, last, size)]


def _children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Recording:
    def __init__(self, copy, settings):
        self.copy = copy
        self.events = settings.events_given or EVENTS
        self.made = list(calls.make(settings.seed, self.events))
        self.ndjson = Made(copy.folder / "events.ndjson", map(calls.as_event, self.made))
        self.peer = LoadData(copy, copy.folder / "peer")
        token = copy.credentials["record_token"]
        self.batches = Poster(copy.port, token, 4)
        self.singles = Poster(copy.port, token, 8, keep_alive=True)
        self.methods = {
            "POST, batches of 1,000, 4 at a time": self.post_batches,
            "daybook load": self.load,
            **{name: self.load_data(*how) for name, how in LOADS.items()},
            "POST, single events, 8 at a time": self.post_singles,
        }
        if copy.has_command("follow"):
            self.lines = Made(copy.folder / "calls.log", map(calls.as_line, self.made))
            self.methods["daybook follow"] = self.follow
            self.followed = 0
        if settings.methods:
            self.methods = {name: run for name, run in self.methods.items()
                            if any(word in name for word in settings.methods)}
        self.made = None

    # ---- The methods: each gives how many events it stored ----------------------------------------

    def post_batches(self):
        self.batches.run(self.ndjson.batches(BATCH))
        return self.events

    def post_singles(self):
        count = min(SINGLE_EVENTS, self.events)
        self.singles.run(self.ndjson.batches(1, count))
        return count

    def load(self):
        self.copy.daybook("load", "demo", str(self.ndjson.path))
        return self.events

    def follow(self):
        self.followed += 1
        self.copy.daybook("follow", "--account", "demo", "--name", f"bench{self.followed}",
                          "--once", str(self.lines.path))
        return self.events

    def load_data(self, rows, clients):
        def run():
            self.peer.run(rows, clients)
            return self.events
        return run

    # ---- Rounds ----------------------------------------------------------------------------------

    def prepare(self):
        """Makes all names known, and the files of the peer."""
        for _ in range(WARM_UPS):
            self.empty()
            self.post_batches()
        self.peer.export({rows for rows, _ in LOADS.values()})

    def empty(self):
        self.peer.empty()
        self.copy.sql("".join(f"TRUNCATE TABLE {table};" for table in TABLES))

    def measure(self, name, report):
        self.empty()
        self.copy.settle()
        before, children = self.copy.cpu_seconds(), _children_cpu()
        start = time.monotonic()
        expected = self.methods[name]()
        seconds = time.monotonic() - start
        cpu = {part: used - before[part] for part, used in self.copy.cpu_seconds().items()}
        cpu["other"] = _children_cpu() - children
        stored = max(self.peer.count(),
                     int(self.copy.sql("SELECT COUNT(*) FROM event_request;")))
        if stored != expected:
            raise RuntimeError(f"{name}: {stored} rows instead of {expected}")
        report.add(name, expected, seconds, cpu)
        print(f"{name:<36}{expected / seconds:>9,.0f}/s", file=sys.stderr)


def run(copy, settings):
    recording = Recording(copy, settings)
    report = Report("Recording", "rows a second", list(LOADS))
    size = recording.ndjson.ends[-1] / recording.events
    report.notes.append(f"{recording.events:,} events of seed {settings.seed}, body "
                        f"{calls.BODY_BYTES:,} bytes, message {size:,.0f} bytes each; "
                        f"{settings.rounds} rounds")
    recording.prepare()
    for number in range(settings.rounds):
        names = list(recording.methods)
        print(f"round {number + 1}", file=sys.stderr)
        for name in reversed(names) if number % 2 else names:
            recording.measure(name, report)
    return report
