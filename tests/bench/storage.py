# SPDX-License-Identifier: MIT
"""How texts may be stored: as they are; in pages that the database compresses (PAGE_COMPRESSED, which needs a file system
that takes holes); or each compressed by Daybook, which it does not do: size and time of that are worked out from what
libzstd makes of the same texts.

Two copies, the second with the other kind of table, take the same events by turns. Bodies are made from the lines of
SAMPLES/**/*.ndjson where that is given, with other digits in each event; else from calls.py.
"""
import ctypes
import json
import os
import random
import re
import statistics
import subprocess
import time
from pathlib import Path

import calls
from private_copy import PrivateCopy
from report import Sheet

ACCOUNT = "storage"
EVENTS = 200_000
ZSTD_SAMPLE = 20_000
LEVEL = 1
DIGITS = re.compile(rb"(?<=[0-9a-f])[0-9]{2,}")
VARIANTS = {
    "plain": "",
    "pages compressed": "ALTER TABLE event_request PAGE_COMPRESSED = 1;",
}


class Zstd:
    """Each text by itself, as a row would hold it."""

    def __init__(self):
        self.library = ctypes.CDLL("libzstd.so.1")
        self.library.ZSTD_compress.restype = self.library.ZSTD_decompress.restype = ctypes.c_size_t
        self.room = ctypes.create_string_buffer(4 << 20)

    def compress(self, text):
        size = self.library.ZSTD_compress(self.room, ctypes.c_size_t(len(self.room)), text,
                                          ctypes.c_size_t(len(text)), LEVEL)
        return ctypes.string_at(self.room, size)

    def decompress(self, packed):
        self.library.ZSTD_decompress(self.room, ctypes.c_size_t(len(self.room)), packed,
                                     ctypes.c_size_t(len(packed)))


def sample_bodies(folder, rng):
    """Real ones, again and again, with other digits behind the first of each number or hexadecimal text."""
    lines = [line for path in sorted(Path(folder).rglob("*.ndjson"))
             for line in path.read_bytes().splitlines() if line]
    while True:
        line = rng.choice(lines)
        yield DIGITS.sub(lambda found: b"%0*d" % (len(found[0]), rng.randrange(10 ** len(found[0]))),
                         line).decode()


def make(path, count, seed, folder):
    """A file of events; the first bodies."""
    rng = random.Random(seed)
    bodies = sample_bodies(folder, rng) if folder else None
    first = []
    with open(path, "wb") as file:
        for call in calls.make(seed, count):
            if bodies:
                call["body"] = next(bodies)
            if len(first) < ZSTD_SAMPLE:
                first.append(call["body"].encode())
            file.write(calls.as_event(call))
    return first


def download(copy):
    """Seconds for all of it."""
    begin = time.monotonic()
    subprocess.run(["curl", "-sS", "--fail", "-o", "/dev/null", "-H",
                    f"Authorization: {copy.basic_authorization()}",
                    f"http://127.0.0.1:{copy.port}/{ACCOUNT}/events.csv"], check=True)
    return time.monotonic() - begin


def load(copy, path):
    begin = time.monotonic()
    copy.daybook("load", ACCOUNT, str(path))
    return time.monotonic() - begin


def bytes_on_disk(copy):
    return (copy.var / "db/daybook/event_request.ibd").stat().st_blocks * 512


def measure_zstd(texts):
    """Bytes that are left of one, and the microseconds to pack and to unpack it."""
    zstd = Zstd()
    begin = time.process_time()
    packed = [zstd.compress(text) for text in texts]
    middle = time.process_time()
    for text in packed:
        zstd.decompress(text)
    end = time.process_time()
    each = 1e6 / len(texts)
    return sum(map(len, packed)) / len(texts), (middle - begin) * each, (end - middle) * each


class Storage:
    def __init__(self, copies, settings, folder):
        self.copies = copies
        self.rounds = settings.rounds
        self.count = settings.events_given or EVENTS
        samples = os.environ.get("SAMPLES")
        self.micros = {(name, what): [] for name in copies for what in ("load", "warm", "cold")}
        self.sizes = {name: [] for name in copies}
        self.bodies = []
        for number in range(self.rounds):
            path = folder / f"events.{number}"
            self.bodies = make(path, self.count, settings.seed + number, samples)
            self.one_round(path, self.count * (number + 1))
            path.unlink()
        self.source = "SAMPLES" if samples else "calls.py"

    def one_round(self, path, stored):
        """`stored`: how many events the log holds then.  Times are microseconds an event."""
        for name, copy in self.copies.items():
            self.micros[name, "load"].append(load(copy, path) / self.count * 1e6)
        for name, copy in self.copies.items():
            download(copy)
            self.micros[name, "warm"].append(download(copy) / stored * 1e6)
        for name, copy in self.copies.items():
            copy.restart()  # now everything is written
            self.sizes[name].append(bytes_on_disk(copy) / stored)
            self.micros[name, "cold"].append(download(copy) / stored * 1e6)

    def ratio(self, name, what):
        """How many times as fast as plain, each round by itself."""
        pairs = zip(self.micros["plain", what], self.micros[name, what])
        return f"{statistics.median(plain / other for plain, other in pairs):.2f}"

    def sheet(self):
        sheet = Sheet(f"Storing texts: {self.rounds} rounds of {self.count:,} events")
        packed, pack_us, unpack_us = measure_zstd(self.bodies)
        plain = statistics.mean(map(len, self.bodies))
        size = self.sizes["plain"][-1]
        load_us = statistics.median(self.micros["plain", "load"])
        warm_us = statistics.median(self.micros["plain", "warm"])
        rows = [[name, f"{self.sizes[name][-1]:,.0f}",
                 *(self.ratio(name, what) for what in ("load", "warm", "cold"))]
                for name in self.copies]
        rows.append([f"zstd level {LEVEL} each, worked out", f"{size - plain + packed:,.0f}",
                     f"{load_us / (load_us + pack_us):.2f}",
                     f"{warm_us / max(warm_us, warm_us / 2 + unpack_us):.2f}", "–"])
        sheet.notes.append(f"bodies from {self.source}, {plain:,.0f} bytes on average; "
                           "cold: after a restart (InnoDB reads past the system's cache)")
        sheet.table(["", "bytes an event", "load", "download, warm", "cold"], rows)
        sheet.say(f"zstd: {plain / packed:.2f} times smaller, {pack_us:.1f} µs to pack and {unpack_us:.1f} µs to "
                  "unpack a body; in a download the handler is taken to be busy half of the time without it")
        return sheet


def run(copy, settings):
    folder = copy.folder / "second"
    folder.mkdir(mode=0o700)
    with PrivateCopy(folder) as second:
        copies = dict(zip(VARIANTS, (copy, second)))
        for name, one in copies.items():
            one.sql(VARIANTS[name])
            one.daybook("account", "add", ACCOUNT)
            one.daybook("member", "add", ACCOUNT, "admin", "admin")
        return Storage(copies, settings, folder).sheet()
