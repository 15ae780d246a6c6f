# SPDX-License-Identifier: MIT
"""`daybook follow`: what the database refuses: a value, which is left out and counted, or everything, which waits; and more accounts than calls."""
import json
import re
import secrets
import subprocess
import tempfile

import daybook
from daybook import BUILD, VAR, Account, database, run_well
from follower import Follower, line
from running_copy import until
from test_follow import SECONDS, Follow


def import_and_drop_reads(follower, account):
    """The account leaves GET /a out."""
    with open(follower.path.with_name("api.json"), "w", encoding="utf-8") as file:
        json.dump({"openapi": "3.0.0", "info": {"title": "a", "version": "1"}, "paths": {
            "/a": {"get": {"operationId": "getA"}}}}, file)
    run_well("import-openapi", file.name, "--account", account.slug, "--drop-reads")


class Refused(Follow):
    def test_a_value_that_the_database_refuses(self):
        """One call among others: only that one is left out, and its file is kept."""
        url = "/refused-" + secrets.token_hex(6)
        identifiers = self.ids(20)
        self.write(identifiers[:11])
        self.follower.write(line(uri=url))
        self.write(identifiers[11:])
        database().run(f"ALTER TABLE event_request ADD CONSTRAINT of_a_test CHECK (url <> '{url}')")
        try:
            done, numbers = self.follower.once()
        finally:
            database().run("ALTER TABLE event_request DROP CONSTRAINT of_a_test")
        self.assertEqual((1, [21, 20, 0, 0, 1]), (done.returncode, numbers), done.stderr)
        self.assertStored(identifiers)
        self.assertEqual({"refused": 1}, self.follower.troubles())

    def test_rights_that_are_wanting(self):
        """As while an upgrade is half done: everything waits, and nothing is refused for it; also where all calls are left out."""
        kept, left_out = Account(), Account()
        import_and_drop_reads(self.follower, left_out)
        for account, table, right in ((kept, "event_link", "INSERT"), (left_out, "capture_account", "INSERT, UPDATE")):
            with self.subTest(table):
                self.account, self.follower = account, Follower(account)
                self.addCleanup(self.follower.close)
                self.write(self.ids(3), headers='[["X-Request-Id","shared"]]')
                database().run(f"REVOKE {right} ON daybook.{table} FROM 'recorder'@'localhost'")
                try:
                    self.follower.start()
                    until(lambda: self.follower.said().count(f"`{table}`") > 2, SECONDS, "it was tried again")
                    self.assertEqual([0, {}], [self.follower.source("`lines`"), self.follower.troubles()])
                finally:
                    database().run(f"GRANT {right} ON daybook.{table} TO 'recorder'@'localhost'")
                until(lambda: self.follower.source("`lines`") == 3, SECONDS, "the lines are read")
                self.assertEqual([0, {}], [self.follower.source("refused"), self.follower.troubles()])
                self.assertEqual(0, self.follower.stop())


class ManyAccounts(Follow):
    COUNT = 1100

    def make_accounts(self):
        """The beginning of the names of many accounts that leave GET /a out, as the account of the test does."""
        prefix = "many-" + secrets.token_hex(4)
        of_these = f"account_id IN (SELECT id FROM account WHERE slug LIKE '{prefix}-%')"
        for sql in (f"DELETE FROM account WHERE slug LIKE '{prefix}-%'",
                    *(f"DELETE FROM {table} WHERE {of_these}"
                      for table in ("operation", "operation_version", "capture_account"))):
            self.addCleanup(database().run, sql)  # the last one first
        template = f"(SELECT id FROM account WHERE slug = {daybook.quote(self.account.slug)})"
        columns = "base_path, place, method, path, operation_id, entity_type, action, entity_id, entity_name, is_read, keep"
        names = ", ".join(f"('{prefix}-{number}', '', 1)" for number in range(self.COUNT))
        database().run(f"INSERT INTO account (slug, name, created_ms) VALUES {names}")
        for table, rest in ("operation", columns), ("operation_version", "version"):
            database().run(f"INSERT INTO {table} (account_id, {rest}) SELECT a.id, {rest} FROM account a, {table} o "
                           f"WHERE a.slug LIKE '{prefix}-%' AND o.account_id = {template}")
        return prefix

    def test_more_than_a_step_has_calls(self):
        """Each account that a line names has a share of the step, also when its call is left out."""
        import_and_drop_reads(self.follower, self.account)
        prefix = self.make_accounts()
        self.follower.write(*(line(set_account=f"{prefix}-{number}") for number in range(self.COUNT)), line(uri="/b"))
        done, numbers = self.follower.once()
        self.assertEqual((0, [self.COUNT + 1, 1, 0, self.COUNT, 0]), (done.returncode, numbers), done.stderr)
        dropped = database().number("SELECT SUM(c.dropped) FROM capture_account c JOIN account a ON a.id = c.account_id "
                                    f"WHERE a.slug LIKE '{prefix}-%' AND c.dropped = 1")
        self.assertEqual(self.COUNT, dropped)


class Unreachable(Follow):
    def test_told_to_end_while_the_database_is_away(self):
        """That is an end in order; but whoever had files read once has to know that none was."""
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
            config.write(re.sub(r"(?m)^(database_socket) =.*$", r"\1 = /nowhere/db.sock", (VAR / "daybook.conf").read_text()))
            config.flush()
            for options, status in (([], 0), (["--once"], 1)):
                with subprocess.Popen([BUILD / "bin/daybook", "--config", config.name, "follow", "--account", "x", *options,
                                       self.follower.path], stderr=subprocess.PIPE, text=True) as process:
                    for _ in range(2):  # the second time it waits
                        self.assertIn("database_error", process.stderr.readline())
                    process.terminate()
                    self.assertEqual(status, process.wait(30), options)
