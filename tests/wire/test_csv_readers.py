# SPDX-License-Identifier: MIT
"""The CSV as programs read it that nobody here wrote: Python's csv, Miller and sqlite3.

Every awkward text stands in every member that can hold it; each reader must give back the values
that the database holds. What a reader cannot hold is written down in one place for each.
"""
import csv
import hashlib
import io
import json
import shutil
import subprocess
import tempfile
import unittest

import daybook
from awkward import event_full_of, texts
from daybook import Account, TestCase, run_well
from export_oracle import COLUMNS, cells, defused, members, parsed, parsed_line


def go_newlines(text):
    """Miller reads with Go's csv package, which turns CR LF inside a cell into LF."""
    return text.replace("\r\n", "\n")


def miller(path):
    done = subprocess.run(["mlr", "--icsv", "--ojson", "--jvquoteall", "--no-auto-unflatten", "cat",
                           path], capture_output=True, check=True)
    return json.loads(done.stdout, strict=False)


def sqlite(path):
    wanted = ", ".join(f"hex({name})" for name in COLUMNS)
    script = f".import --csv {path} t\n.mode list\nSELECT {wanted} FROM t ORDER BY rowid;\n"
    done = subprocess.run(["sqlite3", ":memory:"], input=script.encode(), capture_output=True,
                          check=True)
    assert not done.stderr, done.stderr
    for line in done.stdout.decode().splitlines():
        values = [bytes.fromhex(cell).decode() for cell in line.split("|")]
        yield dict(zip(COLUMNS, values, strict=True))


class Readers(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        run_well("redaction", cls.account.slug, "off")  # it would see logins in some of them
        cls.texts = texts()
        cls.ids = cls.account.record_many(map(event_full_of, cls.texts))
        cls.stored = cls.account.stored()
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = daybook.Path(cls.folder.name) / "events.csv"
        cls.path.write_bytes(cls.account.open("events.csv?raw=1").body)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_with_a_byte_order_mark(self):
        """Readers that know the mark give back the very same; the rest of the file is that without it."""
        plain = self.path.read_bytes()
        for more in ("", "&trailer=1"):
            marked = self.account.open("events.csv?raw=1&bom=1" + more)
            self.assertEqual((200, b"\xef\xbb\xbf"), (marked.status, marked.body[:3]))
            self.assertTrue(marked.body[3:].startswith(plain))
        end = marked.body.rindex(b"\n", 0, len(marked.body) - 2) + 1
        self.assertIn(hashlib.sha256(marked.body[:end]).hexdigest().encode(), marked.body[end:])
        marked = self.account.open("events.csv?raw=1&bom=1").body
        path = daybook.Path(self.folder.name) / "marked.csv"
        path.write_bytes(marked)
        self.assertEqual(miller(self.path), miller(path))
        for encoding, data in (("utf-8-sig", marked), ("utf-8", plain)):
            rows = list(csv.DictReader(io.StringIO(data.decode(encoding), newline="")))
            self.assertEqual(list(COLUMNS), list(rows[0]))
        self.assertEqual(plain, self.account.open("events.csv?raw=1&bom=0").body)

    def test_where_there_is_no_such_mark(self):
        for name in ("events", "triggers", "all"):
            self.assertEqual(b"\xef\xbb\xbfid,", self.account.open(f"{name}.csv?bom=1").body[:8].replace(b'"', b""))
            answer = self.account.open(f"{name}.ndjson?bom=1")
            self.assertEqual((400, True), (answer.status, "goes with CSV alone" in answer.text))
        self.assertEqual(400, self.account.open("events?bom=1").status)
        self.assertEqual(400, self.account.open("events.csv?bom=2").status)

    def expected(self, change=lambda text: text):
        for event in self.stored:
            yield {name: change(value) if isinstance(value, str) else value
                   for name, value in cells(event).items()}

    def compare(self, expected, rows):
        rows = list(rows)
        self.assertEqual(len(self.stored), len(rows))
        for wanted, row in zip(expected, rows):
            self.assertEqual(wanted, parsed(row))

    def test_what_is_stored_is_what_was_sent(self):
        stored = {f"{event['id']:016x}": event for event in self.stored}
        self.assertEqual(len(self.texts), len(stored))
        for text, identifier in zip(self.texts, self.ids):
            self.assertEqual([text.encode()] * 3, [
                stored[identifier][name] for name in ("url", "params", "user_agent")])
            headers = event_full_of(text)["request"].get("headers")
            self.assertEqual(headers, json.loads(stored[identifier]["headers"] or "null"))

    def test_python(self):
        header, rows = daybook.read_csv(self.path.read_bytes().decode())
        self.assertEqual(COLUMNS, header)
        self.assertEqual({len(COLUMNS)}, {len(row) for row in rows})
        self.compare(self.expected(), (dict(zip(header, row)) for row in rows))

    def test_python_with_the_defused_file(self):
        rows = daybook.csv_dicts(self.account.open("events.csv").text)
        for wanted, row in zip(self.expected(), rows, strict=True):
            for name, value in wanted.items():
                if name != "trigger":
                    self.assertEqual(defused(value), row[name])

    @unittest.skipUnless(shutil.which("mlr"), "Miller is not installed")
    def test_miller(self):
        self.compare(self.expected(go_newlines), miller(self.path))

    @unittest.skipUnless(shutil.which("sqlite3"), "sqlite3 is not installed")
    def test_sqlite(self):
        self.compare(self.expected(), sqlite(self.path))

    def test_ndjson(self):
        lines = self.account.open("events.ndjson").text.split("\n")
        self.assertEqual("", lines.pop())
        for event, line in zip(self.stored, lines, strict=True):
            self.assertEqual(members(event), parsed_line(line))


class Nul(TestCase):
    """Kept in texts that are JSON or take its place: sqlite3 reads a cell up to the NUL alone."""

    def test_who_holds_it(self):
        account = Account()
        account.record({"action": "a", "extra": "x\0y", "request": {"params": "\0"}})
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            file.write(account.open("events.csv?raw=1").body)
            file.flush()
            readers = [(daybook.csv_dicts(daybook.Path(file.name).read_bytes().decode()), "x\0y")]
            if shutil.which("mlr"):
                readers.append((miller(file.name), "x\0y"))
            if shutil.which("sqlite3"):
                readers.append((sqlite(file.name), "x"))
            for rows, value in readers:
                (row,) = rows
                self.assertEqual(value, row["extra"])


if __name__ == "__main__":
    unittest.main()
