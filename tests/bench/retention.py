# SPDX-License-Identifier: MIT
"""Old events of three accounts are removed, each under a plan of its own, while somebody reads: is exactly what
should be left there, and do the readers wait? Once in the middle the removing process is killed.
"""
import copy as copies
import csv
import io
import json
import signal
import subprocess
import sys
import time
import urllib.request

from http_load import Client, total_of
from made_log import ACCOUNT, MadeLog
from report import Sheet, percentile

EVENTS, OTHERS, ACCOUNTS = 1_400_000, 600_000, 2
SHARES = (0.5, 0.25, 0.75)  # of the log of each account that is removed
KINDS = {1: "events", 2: "triggers"}
QUERIES = ("", "?page=400", "?status=failed", "?action=updatePipeline&page=3", "?user=---", "?sort=time&show=50")
DAY_MS = 24 * 60 * 60 * 1000
KILLED_AFTER_S = 5


class Tenant:
    """An account, its plan, and what plain SQL says that is to be left of it."""

    def __init__(self, copy, number, slug, share):
        self.copy = copy
        self.number, self.slug = number, slug
        self.days = self._days(share)
        self.bound_ms = (int(time.time() * 1000) // DAY_MS - self.days) * DAY_MS
        self.before = {kind: self.count(kind) for kind in KINDS}
        self.left = {kind: self.count(kind, f"AND id >= {self.bound_ms << 22}") for kind in KINDS}
        self.sums = self.sum(f"AND id >= {self.bound_ms << 22}")
        self.edges = {kind: (self.edge(kind, "MAX", "<"), self.edge(kind, "MIN", ">=")) for kind in KINDS}

    def _where(self, kind, more):
        return f"WHERE account_id = {self.number} AND kind = {kind} {more}"

    def edge(self, kind, function, side):
        """The last event that goes, or the first that stays."""
        return int(self.copy.sql(f"SELECT {function}(id) FROM event {self._where(kind, f'AND id {side} {self.bound_ms << 22}')};"))

    def count(self, kind, more="", table="event"):
        return int(self.copy.sql(f"SELECT COUNT(*) FROM {table} {self._where(kind, more)};"))

    def sum(self, more="", table="event"):
        """Two sets of ids with one sum of their hashes are the same, but for bad luck."""
        return self.copy.sql(f"SELECT COUNT(*), SUM(CRC32(CONCAT(kind, id))) FROM {table} "
                             f"WHERE account_id = {self.number} AND kind IN (1, 2) {more};")

    def _days(self, share):
        offset = int(self.count(1) * share)
        identifier = int(self.copy.sql(f"SELECT id FROM event {self._where(1, '')} ORDER BY id LIMIT {offset}, 1;"))
        return int(time.time() * 1000) // DAY_MS - (identifier >> 22) // DAY_MS

    def assign(self):
        self.copy.daybook("plan", "add", f"{self.days} days", str(self.days))
        self.copy.daybook("account", "set-plan", self.slug, f"{self.days} days")


class Readers:
    """One client that reads the lists of all accounts in turn, as they are shown to a person."""

    def __init__(self, copy, tenants):
        self.client = Client(copy.port, {"Authorization": copy.basic_authorization()})
        self.paths = [f"/{tenant.slug}/{tab}{query}" for query in QUERIES for tenant in tenants
                      for tab in KINDS.values()]
        self.totals = {}

    def read(self, seconds=0, until=lambda: True):
        """Milliseconds of each request, and paths whose total was not what it was before."""
        times, wrong = [], []
        end = time.monotonic() + seconds
        while time.monotonic() < end or not until():
            for path in self.paths:
                took, page = self.client.get(path, expected=None)
                times.append(took)
                total = total_of(page) if self.client.answer.status == 200 else None
                if self.totals.setdefault(path, total) != total:
                    wrong.append(path)
        return times, wrong


def start_purge(copy):
    command = [copy.build / "bin/daybook", "--config", copy.var / "daybook.conf", "maintain", "purge"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def rows_of(copy, tenant, kind):
    """Of the CSV that a person downloads."""
    request = urllib.request.Request(f"{copy.credentials['url'].rstrip('/')}/{tenant.slug}/{KINDS[kind]}.csv",
                                     headers={"Authorization": copy.basic_authorization()})
    csv.field_size_limit(2**31 - 1)
    with urllib.request.urlopen(request) as answer:
        reader = csv.DictReader(io.TextIOWrapper(answer, encoding="utf-8", newline=""), strict=True)
        oldest = tenant.bound_ms
        count = 0
        for row in reader:
            count += 1
            if int(row["id"], 16) >> 22 < oldest:
                raise RuntimeError(f"{tenant.slug}: {row['id']} is past its plan")
        return count


def check(copy, tenants, sheet):
    rows = []
    for tenant in tenants:
        for table in ("event", "event_request"):
            if tenant.sum(table=table) != tenant.sums:
                raise RuntimeError(f"{tenant.slug}: other rows are left in {table}")
        for kind, name in KINDS.items():
            client = Client(copy.port, {"Authorization": copy.basic_authorization()})
            _, page = client.get(f"/{tenant.slug}/{name}", expected=None)
            for identifier, status in zip(tenant.edges[kind], (404, 200)):
                client.get(f"/{tenant.slug}/{name}/{identifier:016x}", expected=status)
            client.close()
            shown, written = total_of(page), rows_of(copy, tenant, kind)
            rows.append([tenant.slug, name, f"{tenant.days:,}", f"{tenant.before[kind]:,}", f"{tenant.left[kind]:,}",
                         f"{tenant.count(kind):,}", f"{shown:,}", f"{written:,}"])
            if len({tenant.left[kind], tenant.count(kind), shown, written}) != 1:
                raise RuntimeError(f"not the same everywhere: {rows[-1]}")
    sheet.table(["account", "log", "plan, days", "events before", "to be left, by SQL", "left", "total of the list",
                 "rows of the CSV"], rows)
    sheet.say("The pages of the last event that went and of the first that stayed in each log answer 404 and 200.")
    sheet.say("The ids that are left in event and event_request are those of the plain SQL (sums of hashes). "
              "daybook verify --segments:\n" + copy.daybook("verify", "--segments"))
    removed = sum(tenant.before[kind] - tenant.left[kind] for tenant in tenants for kind in KINDS)
    recorded = int(copy.sql("SELECT SUM(events + triggers) FROM purge_record;"))
    sheet.say(f"Removed by SQL: {removed:,}; written down in purge_record: {recorded:,}")
    if removed != recorded:
        raise RuntimeError("the record of the purges says something else")
    return removed


def make(copy, settings):
    own = copies.copy(settings)
    own.events = settings.events_given or EVENTS
    own.accounts = ACCOUNTS
    own.others = own.events * OTHERS // EVENTS
    log = MadeLog(copy, own)
    log.prepare()
    names = [line.split("\t") for line in copy.sql("SELECT id, slug FROM account WHERE slug NOT IN ('demo', 'daybook') "
                                                   f"ORDER BY slug <> '{ACCOUNT}', slug;").splitlines()]
    copy.sql("INSERT IGNORE INTO member SELECT 'admin', id, 2, 0 FROM account;")
    return log, [Tenant(copy, int(number), slug, share) for (number, slug), share in zip(names, SHARES)]


def run(copy, settings):
    log, tenants = make(copy, settings)
    sheet = Sheet("Removing what plans do not keep, while somebody reads")
    for tenant in tenants:
        tenant.assign()
    readers = Readers(copy, tenants)
    readers.read(1)
    figures = {"before": readers.read(settings.seconds * 5)[0]}
    start = time.monotonic()
    process = start_purge(copy)
    first, wrong = readers.read(KILLED_AFTER_S)
    process.send_signal(signal.SIGKILL)
    print(f"killed: {process.wait()}", file=sys.stderr)
    if process.returncode != -signal.SIGKILL:
        raise RuntimeError("it had ended before it was killed")
    copy.daybook("verify", "--segments")
    process = start_purge(copy)
    second, more = readers.read(until=lambda: process.poll() is not None)
    seconds = time.monotonic() - start
    figures["during"] = first + second
    figures["after"] = readers.read(settings.seconds * 5)[0]
    if wrong + more:
        raise RuntimeError(f"totals changed meanwhile: {sorted(set(wrong + more))[:5]}")
    sheet.table(["lists, one client", "requests", "p50 ms", "p99 ms", "max ms"],
                [[name, f"{len(times):,}", f"{percentile(times, 50):.2f}", f"{percentile(times, 99):.2f}",
                  f"{max(times):.1f}"] for name, times in figures.items()])
    ratio = percentile(figures["during"], 99) / max(percentile(figures["before"], 99),
                                                    percentile(figures["after"], 99))
    sheet.say(f"p99 during : the slower of before and after = {ratio:.2f}. {len(readers.paths)} lists in turn: "
              + json.dumps(QUERIES))
    removed = check(copy, tenants, sheet)
    sheet.say(f"{removed:,} removed in {seconds:,.0f} s ({removed / seconds:,.0f}/s, with rests as long as the work), "
              f"killed once after {KILLED_AFTER_S} s")
    sheet.notes += log.notes
    return sheet
