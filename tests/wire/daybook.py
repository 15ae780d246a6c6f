# SPDX-License-Identifier: MIT
"""What the wire tests share: the running copy, accounts in it, and its database as an oracle.

The copy is the one that VAR names (as tests/run.sh sets it; `var` of the checkout otherwise), its
programs are in BUILD. Each test makes accounts of its own, so none sees what another one recorded.
"""
import atexit
import base64
import csv
import hashlib
import http.client
import io
import json
import os
import re
import secrets
import subprocess
import time
import unittest
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("VAR") or ROOT / "var").absolute()
BUILD = Path(os.environ.get("BUILD") or ROOT / "build").absolute()
START_MS = int(time.time() * 1000)
TIMEOUT = 300
EVENTS_MAX = 10000
MESSAGE_MAX = 16 * 1024 * 1024
BODY_MAX = 1024 * 1024
KINDS = {"event": 1, "trigger": 2}
SOURCES = {"ui": 1, "cli": 2, "integration": 3, "webhook": 4}
SIGNATURES = {"valid": 1, "invalid": 2, "unchecked": 3}

csv.field_size_limit(2**31 - 1)


def _credentials():
    try:
        lines = (VAR / "credentials").read_text().splitlines()
    except OSError as error:
        raise SystemExit(f"no copy of Daybook runs with VAR={VAR}: {error}") from error
    return dict(line.split("=", 1) for line in lines)


CREDENTIALS = _credentials()
HOST = urlsplit(CREDENTIALS["url"]).netloc
PERSON = CREDENTIALS["user"]


# ---- HTTP ----------------------------------------------------------------------------------------


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


def connect():
    return http.client.HTTPConnection(HOST, timeout=TIMEOUT)


def login(person=PERSON, password=None):
    pair = f"{person}:{password or CREDENTIALS['password']}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def bearer(token):
    return {"Authorization": "Bearer " + token}


def ask(method, target, body=None, headers=None):
    """One request on a connection of its own. `body` may be an iterable: then it goes in chunks."""
    connection = connect()
    try:
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return Answer(response, response.read())
    finally:
        connection.close()


def get(target, headers=None):
    return ask("GET", target, None, login() if headers is None else headers)


# ---- The command and the database ----------------------------------------------------------------


def run(*arguments, stdin=None):
    """build/bin/daybook on the running copy; the finished process."""
    command = [BUILD / "bin/daybook", "--config", VAR / "daybook.conf", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=TIMEOUT, check=False)


def run_well(*arguments, stdin=None):
    done = run(*arguments, stdin=stdin)
    if done.returncode != 0:
        raise AssertionError(f"daybook {arguments}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode().strip()


def config_with(**keys):
    """The copy's configuration with other values of some keys."""
    lines = (VAR / "daybook.conf").read_text().splitlines()
    kept = [line for line in lines if line.partition("=")[0].strip() not in keys]
    return "\n".join([*kept, *(f"{key} = {value}" for key, value in keys.items()), ""])


class Database:
    """The database as its owner sees it, through one `mariadb` client."""

    def __init__(self):
        self._open()

    def _open(self):
        self.client = subprocess.Popen(
            ["mariadb", f"--defaults-file={VAR}/my.cnf", "--batch", "--skip-column-names",
             "--unbuffered", "daybook"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def close(self):
        try:
            self.client.stdin.close()
        except BrokenPipeError:
            pass
        self.client.wait()
        self.client.stdout.close()
        self.client.stderr.close()

    def rows(self, query):
        """Cells as they are printed: for numbers and HEX()."""
        complaint = ""
        for _ in range(2):  # the server may have been started anew since
            rows = self._try(query)
            if rows is not None:
                return rows
            complaint = self.client.stderr.read().decode()
            self.close()
            self._open()
            if "server" not in complaint.lower():
                break
        raise AssertionError(f"{complaint} in {query[:500]}")

    def _try(self, query):
        end = secrets.token_hex(8).encode()
        rows = []
        try:
            self.client.stdin.write(query.encode() + b";\nSELECT '" + end + b"';\n")
            self.client.stdin.flush()
        except BrokenPipeError:
            return None
        for line in self.client.stdout:
            if line == end + b"\n":
                return rows
            rows.append(line[:-1].decode("ascii").split("\t"))
        return None

    def number(self, query):
        return int(self.rows(query)[0][0])

    def numbers(self, query):
        return [int(row[0]) for row in self.rows(query)]

    def bytes(self, expressions, rest):
        """Rows of the expressions as bytes, None where one is NULL."""
        wanted = ", ".join(f"HEX(CONCAT({expression}))" for expression in expressions)
        return [[None if cell == "NULL" else bytes.fromhex(cell) for cell in row]
                for row in self.rows(f"SELECT {wanted} {rest}")]

    def run(self, statement):
        self.rows(statement)


_database = None


def database():
    global _database
    if _database is None:
        _database = Database()
        atexit.register(_database.close)
    return _database


def find_in_tables(text):
    """The columns of all tables, as table.column, in which the text stands in any row.

    Of the requests, which are many, those of the accounts that were made since these tests began."""
    tables = {}
    for table, column in database().rows(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = "
            "'daybook' AND (data_type LIKE '%char' OR data_type LIKE '%binary' OR data_type LIKE "
            "'%text' OR data_type LIKE '%blob') ORDER BY 1, 2"):
        tables.setdefault(table, []).append(column)
    found = []
    for table, columns in tables.items():
        seen = ", ".join(f"COALESCE(MAX(LOCATE({quote(text)}, `{column}`) > 0), 0)"
                         for column in columns)
        own = (f" WHERE account_id IN (SELECT id FROM account WHERE created_ms >= {START_MS})"
               if table == "event_request" else "")
        (row,) = database().rows(f"SELECT {seen} FROM `{table}`{own}")
        found += [f"{table}.{column}" for column, is_in in zip(columns, row) if is_in == "1"]
    return found


def find_in_logs(text):
    """The logs of the copy in which the text stands."""
    return [log.name for log in (VAR / "log").iterdir() if text.encode() in log.read_bytes()]


def quote(value):
    """A literal that no byte can break."""
    value = value.encode() if isinstance(value, str) else value
    return "X'" + value.hex() + "'"


# Where each part of an event stands: names as in the CSV header where it has them.
STORED = {
    "id": "e.id", "kind": "e.kind", "account": "c.slug", "received_ms": "r.received_ms",
    "entity_type": "t.name", "entity_id": "n.external_id", "entity_name": "n.name",
    "action": "a.name", "status": "e.status", "user": "u.name", "source": "e.source",
    "idempotency_key": "r.idempotency_key", "key_hash": "r.key_hash", "method": "r.method",
    "url": "r.url", "params": "r.params", "query": "r.query", "headers": "r.headers",
    "body": "r.body", "body_bytes": "r.body_bytes", "body_sha256": "r.body_sha256",
    "response_time_ms": "r.response_time_ms", "response_bytes": "r.response_bytes",
    "response_body_head": "r.response_body_head", "request_id": "r.request_id",
    "trace_id": "r.trace_id", "client_address": "r.client_address",
    "forwarded_for": "r.forwarded_for", "user_agent": "r.user_agent",
    "trigger_provider": "r.trigger_provider", "trigger_event": "r.trigger_event",
    "trigger_delivery_id": "r.trigger_delivery_id", "trigger_signature": "r.trigger_signature",
    "extra": "r.extra",
}
JOINED = """
    FROM event e JOIN account c ON c.id = e.account_id
    JOIN event_request r ON r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id
    LEFT JOIN entity_type t ON t.id = e.entity_type_id LEFT JOIN action a ON a.id = e.action_id
    LEFT JOIN user u ON u.id = e.user_id LEFT JOIN entity n ON n.id = e.entity_id"""
NUMBERS = ("id", "kind", "status", "source", "received_ms", "body_bytes", "response_time_ms",
           "response_bytes", "trigger_signature")


# ---- Accounts ------------------------------------------------------------------------------------


class Account:
    """A new, empty account that the login of the copy may open."""

    def __init__(self, member=True):
        self.slug = "t-" + secrets.token_hex(6)
        run_well("account", "add", self.slug)
        if member:
            run_well("member", "add", self.slug, PERSON, "auditor")
        self.number = database().number(f"SELECT id FROM account WHERE slug = '{self.slug}'")
        self._tokens = {}

    def token(self, scope):
        if scope not in self._tokens:
            self._tokens[scope] = run_well("token", "add", self.slug, scope)
        return self._tokens[scope]

    def send(self, message, **headers):
        """POSTs bytes, text or what json.dumps() takes; the answer, whatever it is."""
        if not isinstance(message, (bytes, str)):
            message = json.dumps(message, ensure_ascii=False)
        if isinstance(message, str):
            message = message.encode()
        return ask("POST", "/api/v1/events", message,
                   bearer(self.token("record")) | {"Content-Type": "application/json"} | headers)

    def send_chunks(self, chunks):
        """The same without a declared length."""
        return ask("POST", "/api/v1/events", iter(chunks), bearer(self.token("record")))

    def record(self, message):
        """The ids of what must be accepted."""
        answer = self.send(message)
        if answer.status != 201:
            raise AssertionError(f"refused: {answer}")
        return answer.json["ids"]

    def record_many(self, events):
        """As many messages as the limits ask for."""
        ids, lines, size = [], [], 0
        for event in events:
            line = json.dumps(event, ensure_ascii=False).encode() + b"\n"
            if len(lines) == EVENTS_MAX or size + len(line) > MESSAGE_MAX:
                ids += self.record(b"".join(lines))
                lines, size = [], 0
            lines.append(line)
            size += len(line)
        return ids + (self.record(b"".join(lines)) if lines else [])

    def open(self, target):
        """A page or file of the account, asked for by the login."""
        return get(f"/{self.slug}/{target}")

    def read(self, target):
        """A file of the account, asked for by a program."""
        return get(f"/api/v1/{target}", bearer(self.token("read")))

    def count(self, table="event"):
        return database().number(f"SELECT COUNT(*) FROM {table} WHERE account_id = {self.number}")

    def stored(self, kind=None, oldest_first=False):
        """Every event as it stands in the database, in the order of the list: bytes and numbers."""
        return self._select(f"AND e.kind = {KINDS[kind]}" if kind else "",
                            "e.id, e.kind" if oldest_first else "e.id DESC, e.kind")

    def find(self, identifier):
        """The one event with this id, which 16 hexadecimal digits name."""
        (event,) = self._select(f"AND e.id = {int(identifier, 16)}", "e.id")
        return event

    def _select(self, condition, order):
        rows = database().bytes(STORED.values(), f"{JOINED} WHERE e.account_id = {self.number} "
                                                 f"{condition} ORDER BY {order}")
        events = [dict(zip(STORED, row)) for row in rows]
        for event in events:
            for name in NUMBERS:
                event[name] = None if event[name] is None else int(event[name])
        return events

    def one_stored(self):
        (event,) = self.stored()
        return event


# ---- Reading what comes back ---------------------------------------------------------------------


def number(text):
    """What a page writes as 12,345."""
    return int(text.replace(",", ""))


def read_csv(text):
    """Header and rows, as Python's csv reads them strictly."""
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    return rows[0], rows[1:]


def csv_dicts(text):
    header, rows = read_csv(text)
    return [dict(zip(header, row)) for row in rows]


def ndjson(text):
    return [json.loads(line) for line in text.split("\n") if line]


def sha256(data):
    return hashlib.sha256(data).hexdigest()


MARK = re.compile(rb"redacted:[0-9a-f]{16}")


def is_as_sent(kept, sent):
    """Is `kept` what was sent, but for marks in place of something (in quotes where a number was)?"""
    pieces = MARK.split(kept)
    pattern = rb"[^\x00]{1,10000}?".join(re.escape(piece) for piece in pieces)
    return re.fullmatch(pattern, sent, re.S) is not None


class Page(HTMLParser):
    """The links and the visible text of a page."""

    def __init__(self, text):
        super().__init__()
        self.links = []
        self.words = []
        self.hidden = 0
        self.feed(text)
        self.close()
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        self.hidden += tag in ("script", "style", "title")

    def handle_endtag(self, tag):
        self.hidden -= tag in ("script", "style", "title")

    def handle_data(self, data):
        if not self.hidden:
            self.words.append(data)


class TestCase(unittest.TestCase):
    maxDiff = 2000

    def assertAsSent(self, sent, kept, *about):
        """Nothing but secrets was replaced."""
        sent, kept = (text.encode() if isinstance(text, str) else text for text in (sent, kept))
        if sent != kept and not is_as_sent(kept, sent):
            self.assertEqual(sent, kept, *about)

    def assertRefused(self, answer, status, *words):
        """The answer is an error in JSON whose sentence holds the words."""
        self.assertEqual(status, answer.status, answer)
        self.assertEqual("application/json", answer.headers["Content-Type"], answer)
        self.assertTrue(answer.json["error"].strip(), answer)
        for word in words:
            self.assertIn(word, answer.json["error"])
