# SPDX-License-Identifier: MIT
"""What was recorded before a file of schema/ came is brought along by it."""
import hashlib
import secrets
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from daybook import ROOT, VAR, TestCase, database

APPLY = ROOT / "cgi-bin/deploy/schema-apply.sh"
PROVIDERS = (b"github", b"GitHub", b"gitlab ", b"", "ä".encode(), b"a\x00b", b"x" * 255)
SIGNATURES = (b"", b"valid", b"invalid", b"unchecked")
def link_hash(*texts):
    """Under which a trigger stood in event_link with hour 0."""
    return int(hashlib.sha256(b"".join(text + b"\0" for text in texts)).hexdigest()[:16], 16)


class Refused(Exception):
    """What the database said."""


class Old:
    """A database with the files of schema/ up to a number, without rights for anybody."""

    def __init__(self, last):
        self.name = "daybook_" + secrets.token_hex(6)
        self.files = tempfile.TemporaryDirectory()
        (Path(self.files.name) / "grants.sql").touch()
        database().run(f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4")
        self.apply(last)

    def apply(self, last):
        for file in (ROOT / "schema").glob("[0-9]*.sql"):
            if int(file.name[:4]) <= last:
                shutil.copy(file, self.files.name)
        subprocess.run(["sh", APPLY, self.files.name, f"--defaults-file={VAR}/my.cnf", self.name],
                       check=True, stdout=subprocess.DEVNULL)

    def sql(self, statements):
        """The rows of the last statement."""
        done = subprocess.run(["mariadb", f"--defaults-file={VAR}/my.cnf", "-BN", self.name],
                              input=statements, check=False, capture_output=True, text=True)
        if done.returncode:
            raise Refused(done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def close(self):
        self.files.cleanup()
        database().run(f"DROP DATABASE {self.name}")


class Files(TestCase):
    def test_one_that_cannot_be_read(self):
        """It is not noted as applied, and nothing behind it is."""
        old = Old(1)
        self.addCleanup(old.close)
        (Path(old.files.name) / "0002_folder.sql").mkdir()
        (Path(old.files.name) / "0003_next.sql").write_text("CREATE TABLE next (id INT);")
        done = subprocess.run(["sh", APPLY, old.files.name, f"--defaults-file={VAR}/my.cnf", old.name], check=False,
                              capture_output=True, text=True)
        self.assertEqual((1, ""), (done.returncode, done.stdout))
        self.assertIn("0002_folder.sql cannot be read", done.stderr)
        self.assertEqual([["1"]], old.sql("SELECT version FROM schema_version"))


class Columns(TestCase):
    """File 10: provider and signature of triggers become numbers in event."""

    def setUp(self):
        self.old = Old(9)
        self.addCleanup(self.old.close)

    def insert(self, rows):
        """Events of account, kind, id, provider and signature, as they were written before."""
        texts = ("key_hash", "method", "url", "params", "query", "headers", "body", "body_sha256",
                 "response_body_head", "request_id", "trace_id", "client_address", "forwarded_for", "user_agent",
                 "trigger_event", "trigger_delivery_id", "extra")
        empty = ", ''" * len(texts)
        events = ", ".join(f"({account}, {kind}, {number}, 1, 2, 3, 4, 200, 1)"
                           for account, kind, number, _, _ in rows)
        requests = ", ".join(
            f"({account}, {kind}, {number}, x'{provider.hex()}', {signature}, 1, 0{empty})"
            for account, kind, number, provider, signature in rows)
        self.old.sql(
            "INSERT INTO event (account_id, kind, id, entity_type_id, action_id, user_id, entity_id, status, "
            f"source) VALUES {events}; INSERT INTO event_request (account_id, kind, id, trigger_provider, "
            f"trigger_signature, received_ms, body_bytes, {', '.join(texts)}) VALUES {requests}")

    def test_them(self):
        rows = [(account, kind, 1000 * account + 10 * i + k, provider, k)
                for account in (1, 2) for kind in (1, 2)
                for i, provider in enumerate(PROVIDERS) for k in range(len(SIGNATURES))]
        links = [(1, 7, 8, 2, 9), (1, 7, 8, 1, 9)]
        for account, kind, number, provider, signature in rows:
            if kind == 2:
                links += [(account, 0, link_hash(*texts), 2, number) for texts in (
                    (b"provider", provider), (b"signature", SIGNATURES[signature]),
                    (b"delivery", provider, b"d"))]
        self.old.sql("INSERT INTO account (id, slug, name, created_ms) VALUES (1, 'one', '', 0), (2, 'two', '', 0);"
                     f"INSERT INTO event_link VALUES {', '.join(map(str, links))}")
        self.insert(rows)
        self.old.apply(10)
        found = self.old.sql("SELECT account_id, kind, e.id, HEX(COALESCE(p.name, '')), signature, "
                             "provider_id = 0, entity_type_id, action_id, user_id, entity_id, status, source "
                             "FROM event e LEFT JOIN provider p ON p.id = provider_id ORDER BY 1, 2, 3")
        expected = []
        for account, kind, number, provider, signature in sorted(rows):
            if kind == 1:
                provider, signature = b"", 0
            expected.append([account, kind, number, provider.hex().upper(), signature,
                             int(not provider), 1, 2, 3, 4, 200, 1])
        self.assertEqual([[str(cell) for cell in row] for row in expected], found)
        self.assertEqual([[str(len(PROVIDERS) - 1)]], self.old.sql("SELECT COUNT(*) FROM provider"))
        left = self.old.sql("SELECT hour, COUNT(*) FROM event_link GROUP BY hour ORDER BY hour")
        self.assertEqual([["0", str(len(rows) // 2)], ["7", "2"]], left, "deliveries and other links stay")
        self.assertEqual([], self.old.sql("SELECT 1 FROM event_recent UNION SELECT 1 FROM log"))

    def test_an_old_program_cannot_record(self):
        """It would store an event that stands nowhere else."""
        self.old.apply(10)
        with self.assertRaisesRegex(Refused, "'provider_id' doesn't have a default value"):
            self.insert([(1, 1, 1, b"", 0)])


class EntityNames(TestCase):
    """File 11: blocks of entities are made anew; those of events stay."""

    def test_them(self):
        old = Old(10)
        self.addCleanup(old.close)
        old.sql("INSERT INTO log (account_id, kind, generation) VALUES (1, 0, 7), (1, 1, 8), (2, 0, 9);"
                "INSERT INTO entity_block VALUES (1, 1, 6, 2, 3, 'DAYENT1'), (2, 1, 9, 1, 4, 'DAYENT1');"
                "INSERT INTO segment VALUES (1, 1, 1, 8, 1, 5, 5, 6, 0, 'x');"
                "INSERT INTO entity_recent VALUES (1, 9)")
        old.apply(11)
        self.assertEqual([["1", "1", "8"]], old.sql("SELECT account_id, kind, generation FROM log"))
        self.assertEqual([["1", "6", "0", "0", ""], ["2", "9", "0", "0", ""]], old.sql(
            "SELECT account_id, generation, entities, checksum, block FROM entity_block ORDER BY 1"))
        self.assertEqual([["1", "1"]], old.sql("SELECT events, account_id FROM segment"))
        self.assertEqual([["9"]], old.sql("SELECT entity_id FROM entity_recent"))


class SearchedIds(TestCase):
    """File 19: no index of texts from before is believed, since it knows no addresses and ids; what else is in segments stays."""

    def test_them(self):
        old = Old(18)
        self.addCleanup(old.close)
        old.sql("INSERT INTO segment (account_id, kind, segment_id, generation, events, first_id, last_id, checksum, text_check, block)"
                " VALUES (1, 1, 1, 8, 1, 5, 5, 6, 77, 'x'), (1, 1, 2, 8, 1, 6, 6, 6, 0, 'y')")
        old.apply(19)
        self.assertEqual([["1", "0", "8", "x"], ["2", "0", "8", "y"]],
                         old.sql("SELECT segment_id, text_check, generation, block FROM segment ORDER BY 1"))


class Methods(TestCase):
    """Files 21 and 22: each event has the number of its method, however many there are; indexes of events are made anew."""

    NUMBERS = {b"": 0, b"GET": 1, b"HEAD": 2, b"POST": 3, b"PUT": 4, b"DELETE": 5, b"CONNECT": 6, b"OPTIONS": 7, b"TRACE": 8,
               b"PATCH": 9, b"get": 1, b"Patch": 9, b"PROPFIND": 10, b"GET ": 10, "GÉT".encode(): 10, b"\xff": 10, b"G\0": 10}
    EVENTS = 12_000  # more than two steps
    TEXTS = ("key_hash", "url", "params", "query", "headers", "body", "body_sha256", "response_body_head", "request_id", "trace_id",
             "client_address", "forwarded_for", "user_agent", "trigger_event", "trigger_delivery_id", "trigger_provider", "extra")

    def setUp(self):
        self.old = Old(20)
        self.addCleanup(self.old.close)
        methods = ", ".join(f"x'{method.hex()}'" for method in self.NUMBERS)
        ids = f"seq_1_to_{self.EVENTS}"
        for account, kind, table in ((3, 1, ids), (1, 1, "seq_1_to_20"), (3, 2, "seq_18446744073709551596_to_18446744073709551615")):
            self.old.sql(
                f"INSERT INTO event SELECT {account}, {kind}, seq, 1, 2, 3, 4, 200, 1, 5, 2 FROM {table};"
                "INSERT INTO event_request (account_id, kind, id, method, received_ms, body_bytes, trigger_signature, "
                f"{', '.join(self.TEXTS)}) SELECT {account}, {kind}, seq, ELT(1 + seq % {len(self.NUMBERS)}, {methods}), 1, 0, 0"
                f"{', char(0)' * len(self.TEXTS)} FROM {table}")
        self.old.sql("INSERT INTO event_recent SELECT * FROM event WHERE account_id = 1;"
                     "INSERT INTO log (account_id, kind, generation) VALUES (3, 0, 7), (3, 1, 8), (3, 2, 9);"
                     "INSERT INTO segment VALUES (3, 1, 1, 8, 12000, 1, 12000, 6, 77, 'DAYSEG1')")

    def test_them(self):
        self.old.apply(22)
        self.check()

    def test_applied_again(self):
        """After it was interrupted: its procedure is left, and some methods are set."""
        self.old.apply(21)
        self.old.sql("CREATE PROCEDURE set_methods() SELECT 1; UPDATE event SET method = 9 WHERE method = 0 AND id < 4000")
        self.old.apply(22)
        self.check()
        self.old.sql((ROOT / "schema/0022_methods.sql").read_text())
        self.check()

    def check(self):
        numbers = list(self.NUMBERS.values())
        for table, events in (("event", self.EVENTS + 40), ("event_recent", 20)):
            found = self.old.sql(f"SELECT id, method, entity_type_id, action_id, user_id, entity_id, status, source, provider_id, "
                                 f"signature FROM {table}")
            self.assertEqual(events, len(found))
            for identifier, *values in found:
                self.assertEqual([str(numbers[int(identifier) % len(numbers)]), *"1 2 3 4 200 1 5 2".split()],
                                 values, identifier)
        self.assertEqual([["0", "7"]], self.old.sql("SELECT kind, generation FROM log"))
        self.assertEqual([["1", "8", "0", "0", "0", ""]], self.old.sql(
            "SELECT segment_id, generation, events, checksum, text_check, block FROM segment"))
        self.assertEqual([], self.old.sql("SHOW PROCEDURE STATUS WHERE Db = DATABASE()"))

    def test_an_old_program_cannot_record(self):
        self.old.apply(21)
        with self.assertRaisesRegex(Refused, "'method' doesn't have a default value"):
            self.old.sql("INSERT INTO event (account_id, kind, id, entity_type_id, action_id, user_id, entity_id, status, source, "
                         "provider_id, signature) VALUES (1, 1, 99, 1, 2, 3, 4, 200, 1, 0, 0)")


class TokenUse(TestCase):
    """File 13: tokens of before are as good as they were; none is known to be used, and none was made by a form."""

    def test_them(self):
        old = Old(11)
        self.addCleanup(old.close)
        old.sql("INSERT INTO token (account_id, scope, secret_hash, prefix, label, created_ms, expires_ms, revoked_ms) "
                "VALUES (1, 1, REPEAT('a', 32), 'dbk_a', 'x', 5, NULL, NULL), "
                "(1, 2, REPEAT('b', 32), 'dbk_b', '', 6, 7, 8), (1, 2, REPEAT('c', 32), 'dbk_c', '', 6, 7, NULL)")
        before = old.sql("SELECT * FROM token ORDER BY id")
        old.apply(13)
        self.assertEqual([[*row, "NULL"] for row in before], old.sql("SELECT * FROM token ORDER BY id"))
        self.assertEqual([], old.sql("SELECT * FROM token_use"))
        old.sql("UPDATE token SET form_id = 9 WHERE id = 1")
        with self.assertRaisesRegex(Refused, "Duplicate entry"):
            old.sql("UPDATE token SET form_id = 9 WHERE id = 2")

    def test_refusals(self):
        """File 20: what was noted stays, and nothing is known to have been refused."""
        old = Old(19)
        self.addCleanup(old.close)
        old.sql("INSERT INTO token_use (token_id, used_ms) VALUES (1, 5)")
        old.apply(20)
        self.assertEqual([["1", "5", "0", "0"]], old.sql("SELECT token_id, used_ms, refused_ms, refused FROM token_use"))


if __name__ == "__main__":
    unittest.main()
