# SPDX-License-Identifier: MIT
"""Files: what they announce and hold, in which order, the closing line, no formulas."""
import datetime
import random
import re
import subprocess
import unittest

import daybook
from daybook import Account, TestCase
from export_oracle import COLUMNS, DANGEROUS, defused, members, parsed_line
from segment_case import run

NOON = 1738324800000
FILES = [f"{name}.{form}" for name in ("events", "triggers", "all") for form in ("csv", "ndjson")]


def log_of_both_kinds():
    """Some events of each kind; of some times there are both, and at 5 ms even the same id."""
    account = Account()
    account.record([{"action": f"a{i}", "kind": kind, "occurred_at": NOON + i // 3,
                     "idempotency_key": f"{i}", "status": 200 + i, "user": f"u{i % 4}",
                     "request": {"url": f"/{i}", "body": f"body {i}"}}
                    for i in range(40) for kind in ("event", "trigger")[:1 + i % 2]])
    return account


class Announced(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = log_of_both_kinds()
        cls.rows = {"events": cls.account.stored("event"),
                    "triggers": cls.account.stored("trigger"), "all": cls.account.stored()}

    def assertNamed(self, answer, name, *parts):
        before = datetime.datetime.now(datetime.timezone.utc).date()
        kind, form = name.split(".")
        days = {(before - datetime.timedelta(days=days)).isoformat() for days in (0, 1)}
        names = ("-".join((self.account.slug, kind, day, *parts)) for day in days)
        wanted = {f'attachment; filename="{name}.{form}"' for name in names}
        self.assertIn(answer.headers["Content-Disposition"], wanted)

    def test_rows_and_name(self):
        for name in FILES:
            rows = len(self.rows[name.split(".")[0]])
            answer = self.account.open(name)
            self.assertEqual(200, answer.status)
            self.assertEqual(str(rows), answer.headers["Daybook-Rows"], name)
            self.assertNamed(answer, name, str(rows), "rows")
            answer = self.account.open(name + "?user=u1&raw=1&trailer=1")
            rows = sum(event["user"] == b"u1" for event in self.rows[name.split(".")[0]])
            self.assertEqual(str(rows), answer.headers["Daybook-Rows"], name)
            self.assertNamed(answer, name, str(rows), "rows", *["raw"] * name.endswith("csv"))

    def test_a_search_is_not_counted_before(self):
        for name in FILES:
            answer = self.account.open(name + "?q=body")
            self.assertEqual(None, answer.headers["Daybook-Rows"])
            self.assertNamed(answer, name)

    def test_media_types(self):
        for name in FILES:
            expected = "text/csv; charset=utf-8; header=present" if name.endswith("csv") else \
                "application/x-ndjson"
            for answer in (self.account.open(name), self.account.read(name)):
                self.assertEqual(expected, answer.headers["Content-Type"])
                self.assertEqual("no-store", answer.headers["Cache-Control"])
                self.assertEqual("nosniff", answer.headers["X-Content-Type-Options"])

    def test_head(self):
        for name in FILES:
            for query in ("", "?status=ok&trailer=1", "?q=body"):
                whole = self.account.open(name + query)
                for answer in (
                        daybook.ask("HEAD", f"/{self.account.slug}/{name}{query}", None,
                                    daybook.login()),
                        daybook.ask("HEAD", f"/api/v1/{name}{query}", None,
                                    daybook.bearer(self.account.token("read")))):
                    self.assertEqual((200, b""), (answer.status, answer.body))
                    for header in ("Daybook-Rows", "Content-Disposition", "Content-Type"):
                        self.assertEqual(whole.headers[header], answer.headers[header])

    def test_a_token_reads_the_same_file(self):
        for name in FILES:
            for query in ("", "?user=u1&sort=time&trailer=1", "?q=body+1"):
                self.assertEqual(self.account.open(name + query).body,
                                 self.account.read(name + query).body)

    def test_other_methods(self):
        for method in ("POST", "PUT", "DELETE"):
            answer = daybook.ask(method, f"/{self.account.slug}/events.csv", None, daybook.login())
            self.assertEqual(405, answer.status)
            self.assertIn("GET", answer.headers["Allow"])


class Order(TestCase):
    def test_both_kinds_are_merged(self):
        account = log_of_both_kinds()
        for query, oldest_first in (("", False), ("?sort=-time", False), ("?sort=time", True)):
            stored = account.stored(oldest_first=oldest_first)
            expected = [(f"{event['id']:016x}", event["kind"]) for event in stored]
            self.assertGreater(len(expected) - len({i for i, _ in expected}), 10, "shared ids")
            rows = daybook.csv_dicts(account.open("all.csv" + query).text)
            self.assertEqual(expected, [(row["id"], daybook.KINDS[row["kind"]]) for row in rows])
            lines = daybook.ndjson(account.open("all.ndjson" + query).text)
            self.assertEqual(expected,
                             [(line["id"], daybook.KINDS[line["kind"]]) for line in lines])

    def test_all_is_what_both_tabs_hold(self):
        account = log_of_both_kinds()
        for query in ("?user=u1", "?status=205", "?q=body+3", "?from=2025-02-01", ""):
            both = [account.open(f"{name}.ndjson{query}").text.split("\n")
                    for name in ("events", "triggers", "all")]
            lines = [[line for line in text if line and '"end"' not in line] for text in both]
            self.assertEqual(sorted(lines[0] + lines[1]), sorted(lines[2]), query)

    def test_an_empty_log(self):
        account = Account()
        header = ",".join(f'"{name}"' for name in COLUMNS) + "\r\n"
        for name in ("events", "triggers", "all"):
            self.assertEqual(header, account.open(f"{name}.csv").text)
            self.assertEqual("", account.open(f"{name}.ndjson").text)
            self.assertEqual("0", account.open(f"{name}.csv").headers["Daybook-Rows"])

    def test_form_of_the_csv(self):
        """RFC 4180, with CR LF, and nothing before the first name."""
        body = log_of_both_kinds().open("all.csv").body
        self.assertTrue(body.startswith(b'"id","occurred_at",'))
        self.assertTrue(body.endswith(b"\r\n"))
        self.assertEqual(body.count(b"\n"), body.count(b"\r\n"))
        cell = rb'"(?:[^"]|"")*"'
        row = rb"(?:%b,){%d}%b\r\n" % (cell, len(COLUMNS) - 1, cell)
        self.assertTrue(re.fullmatch(rb"(?:%b)+" % row, body))

    def test_lines_hold_every_member(self):
        account = log_of_both_kinds()
        lines = account.open("all.ndjson").text.split("\n")[:-1]
        self.assertEqual([members(event) for event in account.stored()],
                         [parsed_line(line) for line in lines])


class Names(TestCase):
    """A long file takes the names of entities from the index, and from the database what is not in it yet."""

    @staticmethod
    def events(first, count):
        names = ("Über/Build", "demo/build", "", "A", "UPPER-lower", "Ärger\n\u00df", "x" * 900 + "Y")
        return [{"action": "a", "occurred_at": NOON + i, "entity_type": f"t{i % 3}",
                 "entity_id": f"Id-{i % 1300}" if i % 7 else "", "entity_name": names[i % 1300 % len(names)]}
                for i in range(first, first + count)]

    def check(self, account, events):
        expected = [tuple(event[name] for name in ("entity_id", "entity_name", "entity_type"))
                    for event in events]
        rows = daybook.csv_dicts(account.open("events.csv?sort=time&raw=1").text)
        self.assertEqual(expected, [(row["entity_id"], row["entity_name"], row["entity_type"])
                                    for row in rows])
        lines = daybook.ndjson(account.open("events.ndjson?sort=time").text)
        self.assertEqual(expected, [(line.get("entity_id", ""), line.get("entity_name", ""),
                                     line["entity_type"]) for line in lines])

    def test_of_many_batches(self):
        account = Account()
        events = self.events(0, 2600)
        account.record_many(events)
        self.check(account, events)
        for fill in (100, 1000):  # some blocks, and then a part in none
            self.assertEqual(0, run("maintain", fill=fill).returncode)
            self.check(account, events)
            more = self.events(len(events), 700)
            account.record_many(more)
            events += more
            self.check(account, events)


class Trailer(TestCase):
    def check_csv(self, body, rows):
        lines = body.split(b"\r\n")
        self.assertEqual(b"", lines.pop())
        before = body[:-len(lines[-1]) - 2]
        (last,) = daybook.read_csv("x\n" + lines[-1].decode())[1]
        self.assertEqual(["#end", f"rows={rows}", daybook.sha256(before)] +
                         [""] * (len(COLUMNS) - 3), last)
        self.assertEqual(rows, len(daybook.read_csv(before.decode())[1]))

    def check_ndjson(self, body, rows):
        lines = body.split(b"\n")
        self.assertEqual(b"", lines.pop())
        before = body[:-len(lines[-1]) - 1]
        self.assertEqual({"end": True, "rows": rows, "sha256": daybook.sha256(before)},
                         daybook.ndjson(lines[-1].decode())[0])
        self.assertEqual(rows, len(lines) - 1)

    def test_count_and_sum(self):
        account = log_of_both_kinds()
        stored = account.stored()
        for query, keep in (("trailer=1", lambda event: True),
                            ("trailer=1&user=u1", lambda event: event["user"] == b"u1"),
                            ("trailer=1&raw=1&user=nobody", lambda event: False),
                            ("q=body", lambda event: True),
                            ("q=BODY+1", lambda event: b"body 1" in event["body"]),
                            ("q=body+1&trailer=1&raw=1", lambda event: b"body 1" in event["body"]),
                            ("q=no+such+text", lambda event: False)):
            rows = sum(map(keep, stored))
            with self.subTest(query):
                self.check_csv(account.open("all.csv?" + query).body, rows)
                self.check_ndjson(account.open("all.ndjson?" + query).body, rows)

    def test_as_the_manual_checks_it(self):
        """The command of daybook-urls(7), with the file that a list links to and others."""
        account = log_of_both_kinds()
        manual = (daybook.ROOT / "cgi-bin/man/daybook-urls.7").read_text()
        command = re.search(r"\.Ql (head -n -1 file \| sha256sum)", manual)[1].split(" | ")
        link = re.search(r'class="proof"><a href="([^"]*)">', account.open("events").text)[1].replace("&amp;", "&")
        self.assertEqual(f"/{account.slug}/events.csv?bom=1&trailer=1", link)
        for body in (daybook.get(link).body, account.open("all.ndjson?trailer=1").body):
            rows = subprocess.run([*command[0].split()[:-1], "-"], input=body, capture_output=True, check=True).stdout
            found = subprocess.run([command[1]], input=rows, capture_output=True, check=True).stdout.split()[0]
            self.assertIn(found, body.splitlines()[-1])
            self.assertEqual(body[:len(rows)], rows)

    def test_only_where_it_is_wanted(self):
        account = log_of_both_kinds()
        for query in ("", "?trailer=0", "?trailer="):
            for name in FILES:
                body = account.open(name + query).body
                self.assertNotIn(b"#end", body)
                self.assertNotIn(b'"end"', body)

    def test_of_a_file_of_many_blocks(self):
        account = Account()
        rng = random.Random(1)
        account.record_many({"action": "a", "occurred_at": NOON + i, "request": {
            "body": "".join(rng.choices("ab\n\"'=,ü€😀", k=rng.choice((10, 1000, 300000))))}}
                            for i in range(60))
        self.check_csv(account.open("events.csv?trailer=1").body, 60)
        self.check_ndjson(account.open("events.ndjson?trailer=1").body, 60)
        self.assertEqual([event["body"] for event in account.stored()],
                         [row["body"].encode() for row in
                          daybook.csv_dicts(account.open("events.csv?raw=1").text)])


class Formulas(TestCase):
    """A cell that a spreadsheet would run gets one apostrophe; without it the value is back."""

    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        starts = [*DANGEROUS, "''", "'=", "a", " =", '"=', ",=", "", "!", "%", "|", "\u00a0="]
        ends = ("", "x", "cmd|' /C calc'!A0", "SUM(1)")
        cls.account.record([{"action": "a" + start + end, "user": start + end, "extra": start + end,
                             "request": {"params": start + end, "body": start + end}}
                            if "\0" not in start else {"action": "a", "extra": start + end,
                                                       "request": {"params": start + end}}
                            for start in starts for end in ends])
        cls.raw, cls.safe = (daybook.read_csv(cls.account.open("events.csv" + query).text)[1]
                             for query in ("?raw=1", ""))

    def test_no_cell_begins_as_a_formula(self):
        for row in self.safe:
            for cell in row:
                self.assertFalse(cell.startswith(DANGEROUS) and not cell.startswith("'"), cell)

    def test_one_apostrophe_and_no_more(self):
        changed = 0
        for raw, safe in zip(self.raw, self.safe, strict=True):
            self.assertEqual([defused(cell) for cell in raw], safe)
            self.assertEqual(raw, [cell.removeprefix("'") for cell in safe])
            changed += raw != safe
        self.assertGreater(changed, 40)

    def test_raw_is_exact(self):
        stored = self.account.stored()
        for event, row in zip(stored, self.raw, strict=True):
            self.assertEqual((event["extra"].decode(), event["params"].decode()),
                             (row[COLUMNS.index("extra")], row[COLUMNS.index("params")]))


if __name__ == "__main__":
    unittest.main()
