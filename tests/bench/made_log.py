# SPDX-License-Identifier: MIT
"""A log of millions of events in the copy's tables: make_events writes rows into pipes, LOAD DATA reads
them, since recording as many by POST takes hours. What stands there is what Daybook stores for the same
calls (the first ones are recorded too, and compared), but for table event_link, which no part reads.
"""
import json
import os
import subprocess
import sys
import time
import urllib.request

from private_copy import BUILD

ACCOUNT = "big"
BATCH = 100_000
CHECKED = 200
INDEX_S = 3600
PERSON = "admin"
STREAMS = {"event": 1, "event_request": 2}  # clients of the database for each table
FORMAT = "CHARACTER SET binary"
NAMES = {
    "entity_type": "(id, name)",
    "action": "(id, name)",
    "provider": "(id, name)",
    "user": "(id, account_id, name)",
    "entity": "(id, account_id, entity_type_id, external_id, name) "
              "SET name_folded = LOWER(CONVERT(name USING latin1))",
}
ROWS = {
    "event": "(account_id, kind, id, entity_type_id, action_id, user_id, entity_id, status, source, "
             "method, provider_id, signature)",
    "event_request": "(account_id, kind, id, @key_hash, idempotency_key, received_ms, method, url, "
                     "params, query, headers, body, body_bytes, @body_sha256, response_time_ms, "
                     "response_bytes, request_id, trace_id, client_address, user_agent, "
                     "trigger_provider, trigger_event, trigger_delivery_id, trigger_signature) "
                     "SET key_hash = UNHEX(@key_hash), body_sha256 = UNHEX(@body_sha256), "
                     "response_body_head = '', forwarded_for = '', extra = ''",
}
# What one call is in the tables, with names in place of numbers: not when it was received.
COMPARED = """
SELECT HEX(e.id), e.kind, t.name, a.name, u.name, n.external_id, n.name, n.name_folded, e.status,
    e.source, e.method, p.name, e.signature, HEX(r.key_hash), r.idempotency_key, r.method, r.url, r.params,
    r.query, r.headers, HEX(r.body), r.body_bytes, HEX(r.body_sha256), r.response_time_ms,
    r.response_bytes, r.response_body_head, r.request_id, r.trace_id, r.client_address,
    r.forwarded_for, r.user_agent, r.trigger_provider, r.trigger_event, r.trigger_delivery_id,
    r.trigger_signature, r.extra
FROM event e JOIN event_request r ON r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id
    LEFT JOIN entity_type t ON t.id = e.entity_type_id LEFT JOIN action a ON a.id = e.action_id
    LEFT JOIN user u ON u.id = e.user_id LEFT JOIN entity n ON n.id = e.entity_id
    LEFT JOIN provider p ON p.id = e.provider_id
WHERE e.account_id = (SELECT id FROM account WHERE slug = '{account}')
    AND e.kind IN (1, 2) AND e.id IN ({ids})
ORDER BY e.kind, e.id;
"""


class MadeLog:
    """The account `big` of a copy, and its small neighbours."""

    def __init__(self, copy, settings):
        self.copy = copy
        self.folder = copy.folder / "made"
        self.plan = [f"events={settings.events}", f"seed={settings.seed}",
                     f"body={settings.body_bytes}", f"accounts={settings.accounts}",
                     f"others={settings.others if settings.accounts else 0}", f"batch={BATCH}"]
        self.notes = []
        self.processes = []

    def prepare(self):
        """Loads it, or finds it loaded."""
        note = self.copy.folder / "made.json"
        if note.exists():
            kept = json.loads(note.read_text())
            if kept["plan"] != self.plan or not kept["whole"]:
                raise RuntimeError(f"{note} was made with {kept['plan']}, wholly: {kept['whole']}; "
                                   f"wanted is {self.plan}: remove its folder, or name another")
            self.notes = kept["notes"]
            return
        self._keep(note, False)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        try:
            self._load()
        finally:
            for process in self.processes:
                if process.poll() is None:
                    process.kill()
            self._unblock()
        self.check()
        self._index()
        self._keep(note, True)

    def _keep(self, note, whole):
        note.write_text(json.dumps({"plan": self.plan, "notes": self.notes, "whole": whole}))

    # ---- Loading ---------------------------------------------------------------------------------

    def _make(self, table, *options, **how):
        command = [BUILD / "test/make_events", table, self.folder, *self.plan, *options]
        process = subprocess.Popen(command, **how)
        self.processes.append(process)
        return process

    def _load(self):
        start = time.monotonic()
        makes = self._make("names", stdout=subprocess.PIPE, text=True)
        batches = int(makes.communicate()[0])
        for table, columns in NAMES.items():
            self._load_names(table, columns)
        for table, streams in STREAMS.items():
            for number in range(batches):
                os.mkfifo(self.folder / f"{table}.{number}", 0o600)
            for stream in range(streams):
                self._start_stream(table, batches * stream // streams,
                                   batches * (stream + 1) // streams)
        self._wait(batches)
        # Last: maintain would index an account that it knows while rows still come.
        self._load_names("account", "(id, slug) SET name = slug, created_ms = 0")
        self.copy.sql(f"INSERT INTO member SELECT '{PERSON}', id, 2, 0 FROM account "
                      f"WHERE slug = '{ACCOUNT}';")
        for path in self.folder.iterdir():
            path.unlink()
        seconds = time.monotonic() - start
        count = int(self.copy.sql("SELECT COUNT(*) FROM event;"))
        self._note(f"made and loaded {count:,} events in {seconds:,.0f} s "
                   f"({count / seconds:,.0f}/s): {' '.join(self.plan)}; "
                   f"the database takes {_size(self.copy.var / 'db'):,.0f} MB")

    def _load_names(self, table, columns):
        self.copy.sql(f"LOAD DATA INFILE '{self.folder}/{table}.0' INTO TABLE {table} {FORMAT} "
                      f"{columns};")

    def _start_stream(self, table, first, last):
        if first == last:
            return
        self._make(table, f"from={first}", f"to={last}")
        statements = self.folder / f"load.{table}.{first}"  # more than a pipe holds
        statements.write_text("".join(f"LOAD DATA INFILE '{self.folder}/{table}.{number}' INTO TABLE {table} "
                                      f"{FORMAT} {ROWS[table]};\nSELECT '{table} {number}';\n"
                                      for number in range(first, last)))
        self.processes.append(self.copy.start_sql(script=statements))

    def _wait(self, batches):
        """Until all have ended; when one fails the others are not waited for."""
        waiting = set(self.processes)
        shown = time.monotonic()
        while waiting:
            for process in list(waiting):
                status = process.poll()
                if status is None:
                    continue
                if status != 0:
                    raise RuntimeError(f"loading failed: {process.args}")
                waiting.remove(process)
            time.sleep(0.1)
            if time.monotonic() > shown + 20:
                shown = time.monotonic()
                left = sum(1 for path in self.folder.iterdir() if path.is_fifo())
                print(f"loading, {batches} batches of {BATCH:,}; {left} pipes", file=sys.stderr)

    def _unblock(self):
        """A server that waits for the other end of a pipe would not even stop."""
        for path in self.folder.iterdir():
            if path.is_fifo():
                try:
                    os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                except OSError:
                    pass  # nobody waits

    # ---- Is it what Daybook stores? --------------------------------------------------------------

    def check(self):
        """Records the first calls in the account demo and compares them with what was loaded."""
        makes = self._make("ndjson", f"limit={CHECKED}", stdout=subprocess.PIPE)
        message = makes.communicate()[0]
        request = urllib.request.Request(
            f"{self.copy.credentials['url']}/api/v1/events", message,
            {"Authorization": f"Bearer {self.copy.credentials['record_token']}",
             "Content-Type": "application/x-ndjson"})
        with urllib.request.urlopen(request) as answer:
            answer.read()
        ids = ", ".join(self.copy.sql("SELECT DISTINCT id FROM event WHERE account_id = "
                                      "(SELECT id FROM account WHERE slug = 'demo');").split())
        loaded = self.copy.sql(COMPARED.format(account=ACCOUNT, ids=ids)).splitlines()
        recorded = self.copy.sql(COMPARED.format(account="demo", ids=ids)).splitlines()
        for number, (ours, theirs) in enumerate(zip(loaded, recorded)):
            if ours != theirs:
                raise RuntimeError(f"row {number}: loaded\n{ours}\nbut recorded\n{theirs}")
        if len(loaded) != CHECKED or len(recorded) != CHECKED:
            raise RuntimeError(f"{len(loaded)} rows loaded and {len(recorded)} recorded of {CHECKED}")
        self._note(f"{CHECKED} of them also recorded by POST: the same rows")

    def _index(self):
        start = time.monotonic()
        while True:  # the copy's own maintain may be at it already, and takes its time
            try:
                self.copy.daybook("maintain")
                break
            except subprocess.CalledProcessError:
                time.sleep(1)
                if time.monotonic() > start + (60 if self._is_indexed() else INDEX_S):
                    print("daybook maintain fails", file=sys.stderr)
                    break
        self._note(f"{'indexed' if self._is_indexed() else 'NOT INDEXED'}: daybook maintain ended "
                   f"{time.monotonic() - start:,.1f} s later; {self.segments()} segments; "
                   f"{_size(self.copy.var / 'cache'):,.0f} MB in the cache folder")

    def _is_indexed(self):
        return int(self.copy.sql("SELECT COUNT(*) FROM log l JOIN account a ON a.id = l.account_id "
                                 f"WHERE a.slug = '{ACCOUNT}' AND l.kind > 0;")) == 2

    def segments(self):
        return int(self.copy.sql("SELECT COUNT(*) FROM segment WHERE events > 0;"))

    def _note(self, text):
        print(text, file=sys.stderr)
        self.notes.append(text)

    def rare_words(self):
        """Each stands in twenty bodies of the account."""
        folder = self.copy.folder / "words"
        folder.mkdir(exist_ok=True)
        subprocess.run([BUILD / "test/make_events", "names", folder, "events=1000"], check=True,
                       stdout=subprocess.DEVNULL)
        return (folder / "words.0").read_text().split()


def _size(folder):
    """MB on the disk."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
            except FileNotFoundError:
                pass
    return total / 1e6
