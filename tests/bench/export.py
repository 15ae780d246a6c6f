# SPDX-License-Identifier: MIT
"""Downloading: all events with all their texts as CSV, through nginx, beside what the database's own tools and PHP
do with the same rows. Warm: again and again; cold: after a restart, with nothing in memory. Then what the list
feels of as many downloads as are allowed at a time. ROUNDS=0: only cold.
"""
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from http_load import Client
from made_log import ACCOUNT, PERSON
from peers import Peers
from report import Sheet, percentile

NEEDS_LOG = True
FIRST_PAGE = f"/{ACCOUNT}/events?show=50"
DROP_CACHES = Path("/proc/sys/vm/drop_caches")
SAMPLE_ROWS = 20_000
# At a time: deploy/parts.sh has a worker more, and deploy/nginx/server.conf lets nobody have more than two.
BY_PERSON, BY_TOKEN = 2, 1
COLUMNS = """LOWER(HEX(e.id)), e.id >> 22, r.received_ms, c.slug, e.kind, n.external_id, n.name, t.name,
    a.name, e.status, u.name, e.source, r.method, r.url, r.params, r.query, r.headers, r.body,
    r.body_bytes, HEX(r.body_sha256), r.response_time_ms, r.client_address, r.user_agent,
    r.request_id, r.trace_id, r.trigger_provider, r.trigger_event, r.trigger_delivery_id, r.extra"""
TABLES = """event e FORCE INDEX (PRIMARY)
    JOIN event_request r ON r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id
    JOIN account c ON c.id = e.account_id
    LEFT JOIN entity_type t ON t.id = e.entity_type_id LEFT JOIN action a ON a.id = e.action_id
    LEFT JOIN user u ON u.id = e.user_id LEFT JOIN entity n ON n.id = e.entity_id"""


class RssAnon:
    """The most memory of its own that any of the processes had; their files' pages are not counted."""

    def __init__(self, pids):
        self.pids = pids
        self.most_mb = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.done.set()
        self.thread.join()

    def _watch(self):
        while not self.done.wait(0.05):
            for pid in self.pids:
                try:
                    with open(f"/proc/{pid}/status", encoding="ascii") as file:
                        kb = next(int(line.split()[1]) for line in file if line.startswith("RssAnon"))
                except (OSError, StopIteration):
                    continue
                self.most_mb = max(self.most_mb, kb / 1024)


class Export:
    def __init__(self, copy, settings, peers):
        self.copy = copy
        self.settings = settings
        self.peers = peers
        self.sheet = Sheet("Downloading with all texts")
        account = int(copy.sql(f"SELECT id FROM account WHERE slug = '{ACCOUNT}';"))
        self.where = f"e.account_id = {account} AND e.kind = 1"
        self.from_ms = self._from_ms()
        if self.from_ms:
            self.where += f" AND e.id >= {self.from_ms} << 22"
        self.rows = int(copy.sql(f"SELECT COUNT(*) FROM event e WHERE {self.where};"))
        self.select = (f"SELECT STRAIGHT_JOIN {COLUMNS} FROM {TABLES} WHERE {self.where} "
                       "ORDER BY e.id DESC")
        (peers.folder / "export.sql").write_text(self.select)
        self.auth = copy.folder / "authorization"
        self.auth.write_text(f"Authorization: {copy.basic_authorization()}\n")
        self.auth.chmod(0o600)
        self.methods = {
            "Daybook, CSV": self.daybook,
            "mariadb --quick --batch": self.batch,
            "SELECT … INTO OUTFILE": self.outfile,
            "PHP, fputcsv": self.php,
        }
        wanted = settings.methods
        self.methods = {name: method for name, method in self.methods.items()
                        if not wanted or any(word in name for word in wanted)}
        self.states = ("warm", "cold") if settings.rounds else ("cold",)
        self.seconds = {}
        self.bytes = {}
        self.worker_mb = {}
        sample = copy.sql(f"{self.select} LIMIT {SAMPLE_ROWS};", binary=True)
        self.batch_bytes = len(sample) * self.rows // min(SAMPLE_ROWS, self.rows)

    def _from_ms(self):
        """Where the newest so many begin; 0: all are wanted."""
        wanted = self.settings.export_events
        if not wanted:
            return 0
        found = self.copy.sql(f"SELECT id >> 22 FROM event e WHERE {self.where} "
                              f"ORDER BY id DESC LIMIT 1 OFFSET {wanted};")
        return int(found or 0)

    # ---- The methods: each gives how many bytes it wrote ------------------------------------------

    def download_url(self):
        return (f"http://127.0.0.1:{self.copy.port}/{ACCOUNT}/events.csv"
                + (f"?from={self.from_ms}" if self.from_ms else ""))

    def _curl(self, url, *options):
        """Bytes, and the answer's header Daybook-Rows."""
        with tempfile.NamedTemporaryFile() as head:
            command = ["curl", "-sS", "--fail", "-o", "/dev/null", "-D", head.name, "-w",
                       "%{size_download}", *options, url]
            size = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
            rows = [line.split(b":")[1].strip() for line in head.read().splitlines()
                    if line.lower().startswith(b"daybook-rows")]
        return int(size), int(rows[0]) if rows else None

    def daybook(self):
        size, rows = self._curl(self.download_url(), "-H", f"@{self.auth}")
        if rows != self.rows:
            raise RuntimeError(f"{rows} rows announced of {self.rows}")
        return size

    def php(self):
        return self._curl(f"http://127.0.0.1:{self.peers.ports['php_export']}/")[0]

    def batch(self):
        command = ["mariadb", f"--defaults-file={self.copy.var}/my.cnf", "--quick", "--batch", "daybook"]
        subprocess.run(command, input=self.select.encode(), check=True, stdout=subprocess.DEVNULL)
        return self.batch_bytes

    def outfile(self):
        path = self.copy.folder / "outfile.csv"
        try:
            self.copy.sql(f"{self.select} INTO OUTFILE '{path}' CHARACTER SET binary "
                          "FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"';")
            return path.stat().st_size
        finally:
            path.unlink(missing_ok=True)

    # ---- Rounds ----------------------------------------------------------------------------------

    def measure(self, name, state):
        print(f"{state}: {name} …", end="", file=sys.stderr, flush=True)
        with RssAnon(self.copy.pids("download")[1:]) as memory:
            start = time.monotonic()
            size = self.methods[name]()
            took = time.monotonic() - start
        print(f" {took:.1f} s", file=sys.stderr)
        self.seconds.setdefault((name, state), []).append(took)
        self.bytes[name] = size
        if name.startswith("Daybook"):
            self.worker_mb[state] = max(self.worker_mb.get(state, 0), memory.most_mb)

    def warm(self):
        self.daybook()
        for number in range(self.settings.rounds):
            for name in list(self.methods)[:: -1 if number % 2 else 1]:
                self.measure(name, "warm")

    def cold(self):
        """Each method after a restart, with the system's own cache dropped where that is allowed."""
        for name in self.methods:
            self.copy.restart()
            if not drop_caches():
                self.sheet.notes.append(f"cold: only the database was restarted, {DROP_CACHES} cannot "
                                        "be written")
            self.measure(name, "cold")

    def tables(self):
        pool, data = self.copy.sql(
            "SELECT @@innodb_buffer_pool_size, SUM(data_length + index_length) FROM "
            "information_schema.tables WHERE table_schema = 'daybook';").split()
        self.sheet.notes.append(f"{self.rows:,} rows; the tables take about {int(data) / 1e9:,.1f} GB, "
                                f"the buffer pool is {int(pool) / 1e9:,.1f} GB")
        for state in self.states:
            base = statistics.median(self.seconds["mariadb --quick --batch", state])
            self.sheet.say(f"{state}; medians")
            self.sheet.table(["method", "runs", "seconds", "min–max", "rows/s", "MB/s",
                              "/ mariadb --batch"],
                             [self.row(name, state, base) for name in self.methods])
            self.sheet.say(f"most memory of its own of a download worker, {state}: "
                           f"{self.worker_mb[state]:.1f} MB (RssAnon)")

    def row(self, name, state, base):
        seconds = self.seconds[name, state]
        median = statistics.median(seconds)
        return [name, str(len(seconds)), f"{median:,.1f}", f"{min(seconds):,.1f}–{max(seconds):,.1f}",
                f"{self.rows / median:,.0f}", f"{self.bytes[name] / median / 1e6:,.0f}",
                f"{base / median:.2f}"]

    # ---- The list meanwhile ----------------------------------------------------------------------

    def list_times(self):
        """ms of first pages, and of any pages of the failed ones."""
        rng = random.Random(self.settings.seed)
        client = Client(self.peers.ports["daybook"])
        first, other = [], []
        for _ in range(self.settings.requests):
            first.append(client.get(FIRST_PAGE)[0])
            other.append(client.get(f"{FIRST_PAGE}&status=failed&page={rng.randint(1, 100)}")[0])
        client.close()
        return first, other

    def beside_downloads(self):
        self.daybook()
        alone = self.list_times()
        token = self.copy.daybook("token", "add", ACCOUNT, "read").split()[-1]
        by_token = self.copy.folder / "token"
        by_token.write_text(f"Authorization: Bearer {token}\n")
        by_token.chmod(0o600)
        api = self.download_url().replace(f"/{ACCOUNT}/", "/api/v1/")
        wanted = [(self.download_url(), self.auth)] * BY_PERSON + [(api, by_token)] * BY_TOKEN
        downloads = [_download_on_and_on(url, header) for url, header in wanted]
        try:
            time.sleep(1)
            beside = self.list_times()
        finally:
            finished = sum(map(_end_downloads, downloads))
        again = self.list_times()
        self.sheet.say(f"ms a list page, {self.settings.requests} requests of each by one client: alone, "
                       f"beside {len(downloads)} downloads ({finished} were finished meanwhile), and alone "
                       "again")
        rows = []
        for place, name in enumerate(("first page", "page 1 to 100 of the failed")):
            times = [some[place] for some in (alone, beside, again)]
            rows.append([name, *(f"{percentile(some, percent):,.2f}" for some in times
                                 for percent in (50, 99))])
        self.sheet.table(["page", "alone p50", "p99", "beside p50", "p99", "again p50", "p99"], rows)


def _download_on_and_on(url, header):
    """A process that downloads until it is ended, and writes a line each time; it has its interpreter for itself."""
    return subprocess.Popen(["sh", "-c", 'while curl -sS --fail -o /dev/null -H "$1" "$2"; do echo; done',
                             "sh", f"@{header}", url], stdout=subprocess.PIPE, start_new_session=True)


def _end_downloads(process):
    """How many it finished; it fails when one failed."""
    if process.poll() is not None:
        raise RuntimeError("a download failed")
    os.killpg(process.pid, signal.SIGKILL)
    return len(process.communicate()[0].splitlines())


def drop_caches():
    os.sync()
    try:
        DROP_CACHES.write_text("3", encoding="ascii")
    except OSError:
        return False
    return True


def run(copy, settings, _log):
    with Peers(copy, PERSON, FIRST_PAGE) as peers:
        export = Export(copy, settings, peers)
        if settings.rounds:
            export.warm()
        export.cold()
        export.tables()
        if settings.rounds:
            export.beside_downloads()
    export.sheet.notes = list(dict.fromkeys(export.sheet.notes))
    return export.sheet
