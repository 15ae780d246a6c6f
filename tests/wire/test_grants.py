# SPDX-License-Identifier: MIT
"""Each database user, with its own password, can do on each table what is decided here, and nothing else."""
import getpass
import os
import re
import subprocess
import unittest

from daybook import ROOT, VAR, database

USERS = ("reader", "recorder", "maintainer", "manager")
COMMANDS = ("SELECT", "INSERT", "UPDATE", "DELETE")
TABLE_DENIED, COLUMN_DENIED, OTHER_COLUMN_MISSING = 1142, 1143, 1364

# What the recorder may do to each table besides reading it. A table that is not here makes the tests fail: whoever adds one decides.
# The log is append-only: how far files were read, what became of webhooks, and when a token was used are no part of it.
RECORDER = dict.fromkeys(
    ("entity_type", "action", "user", "entity", "entity_recent", "provider", "event", "event_request", "event_recent",
     "recent_key", "event_link"), "INSERT")
RECORDER |= dict.fromkeys(
    ("capture_source", "capture_file", "capture_account", "capture_trouble", "hook_state", "hook_refusal", "token_use"),
    "INSERT UPDATE")
RECORDER |= {"held_event": "INSERT UPDATE DELETE"}
RECORDER |= dict.fromkeys(
    ("account", "member", "token", "schema_version", "operation", "operation_version", "redaction_rule", "redaction_version",
     "hook", "hook_version", "log", "segment", "entity_block", "plan", "purge_record", "operator",
     "arrival", "arrival_log", "arrival_recent", "left_account", "erasure", "saved_view"), "")

# What the manager may do at all; "columns": only to those that are named below.
MANAGER = {"schema_version": "SELECT", "member": "SELECT INSERT DELETE", "saved_view": "DELETE"}
MANAGER_COLUMNS = {
    ("SELECT", "token"): {"id", "account_id", "prefix", "revoked_ms", "form_id"},
    ("INSERT", "token"): {"account_id", "scope", "secret_hash", "prefix", "label", "created_ms", "expires_ms",
                          "form_id"},
    ("UPDATE", "token"): {"revoked_ms"},
    ("UPDATE", "member"): {"role"},
    ("SELECT", "saved_view"): {"id", "account_id", "owner", "kind", "name", "query", "is_default"},
    ("INSERT", "saved_view"): {"account_id", "owner", "kind", "name", "query", "made_ms", "made_by"},
    ("UPDATE", "saved_view"): {"name", "is_default"},
}
DENIED = {1044, 1045, 1095, 1142, 1227, 1290, 1370, 1698}

# What none of them may do, whatever the tables.
FORBIDDEN = [
    "CREATE TABLE daybook.t (a INT)", "CREATE TEMPORARY TABLE daybook.t (a INT)",
    "DROP TABLE event", "TRUNCATE TABLE event", "ALTER TABLE event ADD COLUMN a INT",
    "RENAME TABLE event TO daybook.gone", "CREATE INDEX i ON event (status)",
    "CREATE VIEW daybook.v AS SELECT 1", "CREATE DATABASE more", "DROP DATABASE daybook",
    "CREATE PROCEDURE daybook.p() SELECT 1", "CREATE FUNCTION daybook.f() RETURNS INT RETURN 1",
    "CREATE TRIGGER daybook.t BEFORE INSERT ON event FOR EACH ROW SET @a = 1",
    "CREATE EVENT daybook.e ON SCHEDULE EVERY 1 DAY DO SELECT 1",
    "LOCK TABLES event WRITE", "CREATE USER u", "DROP USER reader@localhost",
    "GRANT SELECT ON daybook.* TO reader@localhost", "GRANT ALL ON *.* TO recorder@localhost",
    "SET PASSWORD FOR root@localhost = PASSWORD('x')", "SELECT * FROM mysql.user",
    "SELECT * FROM mysql.global_priv", "UPDATE mysql.global_priv SET priv = '{}'",
    "SET GLOBAL read_only = 1", "SET GLOBAL general_log = 1", "SET GLOBAL local_infile = 1",
    "SHUTDOWN", "FLUSH TABLES", "FLUSH PRIVILEGES",
    "SELECT 1 INTO OUTFILE '/tmp/daybook-out'", "SELECT 1 INTO DUMPFILE '/tmp/daybook-out'",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE event", "INSTALL SONAME 'x'",
    "SET SESSION sql_log_bin = 0", "CHANGE MASTER TO MASTER_HOST = 'x'", "SHOW MASTER STATUS",
]


def errors(user, statements, password=None):
    """The error number of each statement, 0 when it was accepted."""
    secret = password or (VAR / f"secrets/{user}").read_text().strip()
    command = ["mariadb", "--no-defaults", f"--socket={VAR}/run/db.sock", f"--user={user}",
               "--force", "--batch", "daybook"]
    environment = {"PATH": os.environ["PATH"], "MYSQL_PWD": secret}
    done = subprocess.run(command, input=";\n".join(statements) + ";\n", env=environment,
                          capture_output=True, text=True, check=False)
    refused = re.search(r"^ERROR (\d+) \(\S+\): ", done.stderr, re.M)
    if refused:
        return [int(refused[1])] * len(statements)
    found = dict.fromkeys(range(1, len(statements) + 1), 0)
    for code, line in re.findall(r"^ERROR (\d+) \(\S+\) at line (\d+): ", done.stderr, re.M):
        found[int(line)] = int(code)
    return list(found.values())


def tables():
    """{table: [column]} of the database."""
    found = {}
    for table, column in database().rows("SELECT table_name, column_name FROM information_schema.columns "
                                         "WHERE table_schema = 'daybook' ORDER BY 1, ordinal_position"):
        found.setdefault(table, []).append(column)
    return found


def decided(user, command, table):
    """May this user do it to every column of the table?"""
    if user == "maintainer" or (command == "SELECT" and user != "manager"):
        return True
    return command in {"reader": {}, "recorder": RECORDER, "manager": MANAGER}[user].get(table, "").split()


def on_table(command, table, columns):
    """A statement that finds and changes nothing, yet is refused without the right to all of it."""
    none = f"FROM `{table}` WHERE FALSE"
    return {"SELECT": f"SELECT * {none}",
            "INSERT": f"INSERT INTO `{table}` SELECT " + ", ".join(["1"] * len(columns)) + " FROM DUAL WHERE FALSE",
            "UPDATE": f"UPDATE `{table}` SET " + ", ".join(f"`{column}` = 1" for column in columns) + " LIMIT 0",
            "DELETE": f"DELETE FROM `{table}` LIMIT 0"}[command]


def on_column(command, table, column):
    """The same of one column."""
    return {"SELECT": f"SELECT `{column}` FROM `{table}` WHERE FALSE",
            "INSERT": f"INSERT INTO `{table}` (`{column}`) SELECT 1 FROM DUAL WHERE FALSE",
            "UPDATE": f"UPDATE `{table}` SET `{column}` = 1 LIMIT 0"}[command]


class Grants(unittest.TestCase):
    def test_each_table_is_decided(self):
        self.assertEqual(set(tables()), set(RECORDER))
        self.assertLessEqual(set(MANAGER) | {table for _, table in MANAGER_COLUMNS}, set(RECORDER))

    def test_rights_on_tables(self):
        cases = [(command, table, on_table(command, table, columns))
                 for table, columns in tables().items() for command in COMMANDS]
        for user in USERS:
            for (command, table, statement), error in zip(cases, errors(user, [case[2] for case in cases])):
                with self.subTest(user=user, statement=statement):
                    if decided(user, command, table):
                        self.assertEqual(0, error)
                    elif user == "manager" and (command, table) in MANAGER_COLUMNS:
                        self.assertIn(error, (TABLE_DENIED, COLUMN_DENIED))
                    else:
                        self.assertEqual(TABLE_DENIED, error)

    def test_rights_on_columns(self):
        """Each column by itself, of every table that a user has not all of."""
        for user in USERS:
            cases = [(command, table, column) for table, columns in tables().items() for command in COMMANDS[:3]
                     if not decided(user, command, table) for column in columns]
            found = errors(user, [on_column(*case) for case in cases]) if cases else []
            for (command, table, column), error in zip(cases, found):
                with self.subTest(user=user, command=command, table=table, column=column):
                    some = MANAGER_COLUMNS.get((command, table), ()) if user == "manager" else ()
                    if column in some:
                        self.assertIn(error, (0, OTHER_COLUMN_MISSING))
                    else:
                        self.assertEqual(COLUMN_DENIED if some else TABLE_DENIED, error)

    def test_no_hash_of_a_secret_is_compared(self):
        """A right to a column is needed in a condition too: the manager cannot ask which token has this hash, or none."""
        self.assertEqual([COLUMN_DENIED] * 2, errors("manager", [
            "UPDATE token SET revoked_ms = 1 WHERE secret_hash = 'x'",
            "SELECT id FROM token WHERE secret_hash > 'x'"]))

    def test_the_file_says_the_same(self):
        """schema/grants.sql grants nothing beyond tables of this database, to no other user, and nothing to pass on."""
        text = re.sub(r"--.*", "", (ROOT / "schema/grants.sql").read_text())
        for statement in filter(None, map(str.strip, text.split(";"))):
            found = re.fullmatch(r"GRANT [A-Z, ]+(?:\([a-z_, ]+\))? ON daybook\.(?:\w+|\*) TO '(\w+)'@'localhost'",
                                 statement)
            self.assertTrue(found, statement)
            self.assertIn(found[1], USERS)

    def test_nothing_else_is_allowed(self):
        forbidden = [*FORBIDDEN, f"KILL {database().number('SELECT CONNECTION_ID()')}"]
        for user in USERS:
            for statement, error in zip(forbidden, errors(user, forbidden)):
                with self.subTest(user=user, statement=statement):
                    self.assertIn(error, DENIED)
        self.assertTrue(database().number("SELECT COUNT(*) FROM schema_version"))

    def test_a_password_is_needed(self):
        for user in USERS:
            self.assertEqual([1045], errors(user, ["SELECT 1"], "wrong"))
            self.assertEqual(32, len((VAR / f"secrets/{user}").read_text().strip()))

    def test_there_are_no_other_users(self):
        known = {user for (user,) in database().rows(
            "SELECT CONCAT(user, '@', host) FROM mysql.global_priv "
            "WHERE JSON_VALUE(priv, '$.account_locked') IS NULL")}
        owners = {"root@localhost", f"{getpass.getuser()}@localhost"}
        self.assertEqual({f"{user}@localhost" for user in USERS}, known - owners)


if __name__ == "__main__":
    unittest.main()
