# SPDX-License-Identifier: MIT
"""Each database user, with its own password, can do what schema/grants.sql says, nothing else."""
import getpass
import os
import re
import subprocess
import unittest

from daybook import ROOT, VAR, database

USERS = ("reader", "recorder", "maintainer")
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


def granted():
    """{user: {(privilege, table)}} as schema/grants.sql has it; the table is * for all."""
    text = re.sub(r"--.*", "", (ROOT / "schema/grants.sql").read_text())
    rights = {user: set() for user in USERS}
    for privileges, table, user in re.findall(
            r"GRANT ([A-Z, ]+) ON daybook\.(\S+) TO '(\w+)'@'localhost'", text):
        rights[user] |= {(privilege.strip(), table) for privilege in privileges.split(",")}
    return rights


class Grants(unittest.TestCase):
    def test_rights_on_tables(self):
        """Each statement changes and finds nothing, yet is refused without the right."""
        columns = dict(database().rows(
            "SELECT table_name, MIN(column_name) FROM information_schema.columns "
            "WHERE table_schema = 'daybook' GROUP BY table_name"))
        self.assertIn("event", columns)
        for user, rights in granted().items():
            cases = []
            for table, column in columns.items():
                none = f"FROM `{table}` WHERE FALSE"
                cases += [("SELECT", table, f"SELECT * {none}"),
                          ("INSERT", table, f"INSERT INTO `{table}` SELECT * {none}"),
                          ("UPDATE", table, f"UPDATE `{table}` SET `{column}` = 1 WHERE FALSE"),
                          ("DELETE", table, f"DELETE {none}")]
            found = errors(user, [statement for _, _, statement in cases])
            for (privilege, table, statement), error in zip(cases, found):
                with self.subTest(user=user, statement=statement):
                    allowed = (privilege, table) in rights or (privilege, "*") in rights
                    self.assertEqual(0 if allowed else 1142, error)

    def test_the_log_is_append_only(self):
        """Whatever grants.sql comes to say: whom the web server reaches cannot change the past."""
        rights = granted()
        self.assertEqual({("SELECT", "*")}, rights["reader"])
        self.assertEqual({"SELECT", "INSERT", "UPDATE", "DELETE"},
                         {privilege for privilege, _ in rights["recorder"]})
        self.assertEqual(  # how far files were read, and what became of webhooks, is no part of the log
            {"capture_source", "capture_file", "capture_account", "capture_trouble", "hook_state",
             "hook_refusal", "held_event"},
            {table for privilege, table in rights["recorder"] if privilege == "UPDATE"})
        self.assertEqual(
            {"held_event"},
            {table for privilege, table in rights["recorder"] if privilege == "DELETE"})
        for table in ("account", "member", "token", "schema_version", "*"):
            self.assertNotIn(("INSERT", table), rights["recorder"])

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
