# SPDX-License-Identifier: MIT
"""The database ends, comes back, drops connections or is another one; a load is killed midway."""
import collections
import concurrent.futures
import contextlib
import json
import os
import random
import secrets
import signal
import subprocess
import tempfile
import time
import unittest

import daybook
from daybook import BUILD, VAR, ask, bearer, database, get
from running_copy import (WRAPPED, DatabaseServer, has_lived, is_alive, kill_connections, until,
                          workers)

HANDLERS = ("events", "triggers", "details", "record", "download")
QUICK_SECONDS = 30 if WRAPPED else 10
EX_CONFIG = 78


def pids():
    return {handler: workers(handler) for handler in HANDLERS}


class DatabaseGone(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = daybook.Account()
        cls.record_token, cls.read_token = map(cls.account.token, ("record", "read"))
        cls.event = cls.account.record({"action": "before"})[0]
        cls.count = 1
        cls.server = DatabaseServer()

    def setUp(self):
        self.addCleanup(self.server.ensure_running)

    def requests(self):
        """One request of each sort, by what it asks for."""
        slug = self.account.slug
        pages = ["/", "/healthz", f"/{slug}/events", f"/{slug}/triggers?show=25",
                 f"/{slug}/events/{self.event}", f"/{slug}/events/{self.event}?part=body",
                 f"/{slug}/events.csv", f"/{slug}/all.ndjson"]
        asked = {page: (lambda page=page: get(page)) for page in pages}
        for file in ("/api/v1/triggers.csv", "/api/v1/all.csv"):
            asked[file] = lambda file=file: get(file, bearer(self.read_token))
        asked["POST"] = lambda: ask("POST", "/api/v1/events", json.dumps(self.new_event()),
                                    bearer(self.record_token))
        return asked

    def new_event(self):
        type(self).count += 1
        return {"action": "during", "idempotency_key": f"during-{self.count}"}

    def many(self, times):
        """All of them, two at once (nginx allows three downloads); (what, answer) each."""
        asked = list(self.requests().items()) * times
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            answers = pool.map(lambda ask_it: ask_it(), [ask_it for _, ask_it in asked])
            return list(zip([what for what, _ in asked], answers))

    def check_gone(self):
        for what, answer in self.many(6):
            with self.subTest(what):
                self.assertEqual(503, answer.status)
                retry = answer.headers.get_all("Retry-After")
                self.assertTrue(retry and len(retry) == 1 and 1 <= int(retry[0]) <= 60, retry)
                self.assertNotIn("Content-Disposition", answer.headers)
                self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
                self.assertEqual("nosniff", answer.headers["X-Content-Type-Options"])
                if what == "POST" or what.startswith("/api"):
                    self.assertTrue(answer.json["error"])

    def check_back(self):
        for what, answer in self.many(6):
            with self.subTest(what):
                self.assertIn(answer.status, (200, 201, 303), answer)

    def stop_and_start(self, number):
        before = pids()
        self.check_back()
        self.server.stop(number)
        self.check_gone()
        self.check_gone()
        self.server.start()
        until(self.answers, 60, "the database answers")
        self.check_back()
        self.assertEqual(before, pids(), "no worker has died of it")

    def answers(self):
        with contextlib.suppress(AssertionError):
            return database().rows("SELECT 1")

    def test_stopped(self):
        self.stop_and_start(signal.SIGTERM)

    def test_killed(self):
        self.stop_and_start(signal.SIGKILL)

    def test_restarted_unseen(self):
        """The connections of all workers are dead, and nobody asked meanwhile."""
        before = pids()
        self.check_back()
        self.server.stop()
        self.server.start()
        until(self.answers, 60, "the database answers")
        self.check_back()
        self.assertEqual(before, pids())

    def test_worker_that_starts_without_it(self):
        self.server.stop()
        started = set()
        for handler in HANDLERS:
            before = workers(handler)
            until(lambda: all(has_lived(pid, 1.5) for pid in before), 5, "workers of some age")
            for pid in before:
                os.kill(pid, signal.SIGKILL)
            until(lambda: len(workers(handler) - before) == len(before), QUICK_SECONDS, "new ones")
            started |= workers(handler)
        self.check_gone()
        self.server.start()
        until(self.answers, 60, "the database answers")
        self.check_back()
        self.assertTrue(all(is_alive(pid) for pid in started))


class EarlierState(unittest.TestCase):
    """Behind a new connection the database is as it was before, as after a failover: numbers of names mean others there."""

    TIMES = 40  # so that each worker has seen a name

    def setUp(self):
        self.account = daybook.Account()
        self.account.token("record")

    def record_often(self, status):
        event = {"action": "act", "user": "ann", "entity_type": "thing", "entity_name": "one", "status": status}
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for answer in pool.map(lambda _: self.account.send(event), range(self.TIMES)):
                self.assertEqual(201, answer.status, answer)

    def test_recorded_names(self):
        self.record_often(200)
        for table in ("user", "entity_recent", "entity"):
            database().run(f"DELETE FROM {table} WHERE account_id = {self.account.number}")
        kill_connections("recorder")
        self.record_often(201)
        self.assertEqual(self.TIMES, database().number(
            "SELECT COUNT(*) FROM event e JOIN user u ON u.id = e.user_id JOIN entity n ON n.id = e.entity_id "
            f"WHERE e.account_id = {self.account.number} AND e.status = 201"))

    def shown(self, user, query):
        """How many of many answers to the same list show the user's name."""
        asked = f"/{self.account.slug}/events?{query}"
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            return sum(f">{user}<" in answer.text for answer in pool.map(get, [asked] * self.TIMES))

    def test_shown_names(self):
        self.account.record({"action": "act", "user": "ann"})
        until(lambda: database().number(f"SELECT COUNT(*) FROM log WHERE account_id = {self.account.number} AND kind = 1"),
              60, "the log is indexed")
        self.assertEqual(self.TIMES, self.shown("ann", "show=25"))
        database().run(f"UPDATE user SET name = 'bob' WHERE account_id = {self.account.number}")
        kill_connections("reader")
        self.assertEqual(self.TIMES, self.shown("bob", "show=50"))


class ConnectionsLost(unittest.TestCase):
    """Each key is recorded once, whatever became of connections, commits and answers."""

    CLIENTS = 4
    KEYS = 20 if WRAPPED else 75  # of each client, and more until enough was disturbed
    KILLS = CLIENTS * KEYS // 10
    TRIES = 200

    def send(self, account, client, answers):
        """Two events for each key and kind of time, until each has been answered with 201."""
        number = -1
        while number + 1 < self.KEYS or self.kills <= self.KILLS or self.refusals == 0:
            number += 1
            self.assertLess(number, 20 * self.KEYS, "hardly anything was disturbed")
            key = f"{client}-{number}"
            message = [{"action": "timed", "idempotency_key": f"timed {key}",
                        "occurred_at": 1700000000000 + number, "user": f"u{client} {number}"},
                       {"action": "untimed", "idempotency_key": f"untimed {key}"}]
            for _ in range(self.TRIES):
                answer = account.send(message)
                if answer.status == 201:
                    answers[key] = answer.json["ids"]
                    break
                self.refusals += 1
                self.assertEqual(503, answer.status, answer)
                time.sleep(0.01)
            else:
                self.fail(f"{key} has been refused {self.TRIES} times")
        return number + 1

    def test_every_key_once(self):
        account = daybook.Account(member=False)
        account.token("record")
        before, answers, self.refusals, self.kills = workers("record"), {}, 0, 0
        with concurrent.futures.ThreadPoolExecutor(self.CLIENTS) as pool:
            clients = [pool.submit(self.send, account, client, answers)
                       for client in range(self.CLIENTS)]
            while not all(client.done() for client in clients):
                kill_connections("recorder")
                self.kills += 1
                time.sleep(random.uniform(0.002, 0.03))
        self.assertEqual(sum(client.result() for client in clients), len(answers))
        expected = {f"{how} {key}": id for key, ids in answers.items()
                    for how, id in zip(("timed", "untimed"), ids)}
        stored = database().rows(
            "SELECT r.id, r.idempotency_key FROM event_request r JOIN event e "
            "ON e.account_id = r.account_id AND e.kind = r.kind AND e.id = r.id "
            f"WHERE r.account_id = {account.number}")
        keys = collections.Counter(key for _, key in stored)
        self.assertEqual([], [key for key, count in keys.items() if count != 1])
        self.assertEqual(expected, {key: f"{int(id):016x}" for id, key in stored})
        self.assertEqual(account.count("event"), account.count("event_request"))
        self.assertEqual(before, workers("record"), "no worker has died of it")


class LoadKilled(unittest.TestCase):
    EVENTS = 20000

    @staticmethod
    def connections():
        return set(database().numbers("SELECT id FROM information_schema.processlist WHERE user = 'recorder'"))

    def load(self, slug, path):
        return subprocess.Popen(
            [BUILD / "bin/daybook", "--config", VAR / "daybook.conf", "load", slug, path],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def test_killed_and_run_again(self):
        account = daybook.Account(member=False)
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
            for number in range(self.EVENTS):
                event = {"action": "load", "user": f"u{number % 3000}",
                         "occurred_at": 1700000000000 + number // 3}
                if number % 2:
                    event["idempotency_key"] = f"key {number}"
                file.write(json.dumps(event) + "\n")
            file.flush()
            counts = [0]
            for _ in range(3):
                running = self.load(account.slug, file.name)
                until(lambda: account.count() > counts[-1] or running.poll() is not None, 60,
                      "something more is stored")
                connected = self.connections()
                running.kill()
                running.communicate()
                self.assertEqual(-signal.SIGKILL, running.returncode, "killed too late")
                # Its last statement may be a commit.
                until(lambda: connected - self.connections(), 60, "the database has noticed")
                counts.append(account.count())
            self.assertLess(counts[-1], self.EVENTS)
            output, complaint = self.load(account.slug, file.name).communicate()
            again, _ = self.load(account.slug, file.name).communicate()
        missing = self.EVENTS - counts[-1]
        self.assertEqual(b"", complaint)
        self.assertEqual(f"{self.EVENTS} events read, {missing} stored, "
                         f"{counts[-1]} stood already\n", output.decode())
        self.assertEqual(f"{self.EVENTS} events read, 0 stored, {self.EVENTS} stood already\n",
                         again.decode())
        self.assertEqual(self.EVENTS, account.count())
        self.assertEqual(self.EVENTS, account.count("event_request"))
        self.assertEqual(self.EVENTS, database().number(
            "SELECT COUNT(DISTINCT idempotency_key) FROM event_request "
            f"WHERE account_id = {account.number}"))


class AnotherSchema(unittest.TestCase):
    """On a schema that it does not know a program does nothing and says what to do."""

    def setUp(self):
        self.database = f"t_{secrets.token_hex(6)}"
        database().run(f"CREATE DATABASE {self.database}")
        self.addCleanup(database().run, f"DROP DATABASE {self.database}")
        for user in ("reader", "recorder", "maintainer", "manager"):
            database().run(f"GRANT SELECT ON {self.database}.* TO '{user}'@'localhost'")
            self.addCleanup(database().run,
                            f"REVOKE SELECT ON {self.database}.* FROM '{user}'@'localhost'")
        config = (VAR / "daybook.conf").read_text() + f"database_name = {self.database}\n"
        with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
            file.write(config)
        self.config = file.name
        self.addCleanup(os.unlink, self.config)

    def set_version(self, *versions):
        table = f"{self.database}.schema_version"
        database().run(f"CREATE TABLE {table} LIKE daybook.schema_version")
        for version in versions:
            database().run(f"INSERT INTO {table} VALUES ({version}, 'x', NOW())")

    def complaint(self, *command, status):
        environment = {**os.environ, "DAYBOOK_CONF": self.config, "REQUEST_METHOD": "GET",
                       "PATH_INFO": "/healthz"}
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60, check=False)
        self.assertEqual((status, b""), (done.returncode, done.stdout), done.stderr)
        return done.stderr.decode()

    def check_refusal(self, *words):
        for handler in HANDLERS:
            with self.subTest(handler):
                complaint = self.complaint(BUILD / f"bin/{handler}.fcgi", status=EX_CONFIG)
                for word in words:
                    self.assertIn(word, complaint)
        for arguments in (("status",), ("account", "list"), ("load", "x", "/dev/null"),
                          ("maintain",), ("token", "add", "x", "read")):
            with self.subTest(arguments):
                complaint = self.complaint(BUILD / "bin/daybook", *arguments, status=1)
                for word in words:
                    self.assertIn(word, complaint)

    def test_newer(self):
        newest = database().number("SELECT MAX(version) FROM schema_version")
        self.set_version(1, newest + 1)
        self.check_refusal(f"schema {newest + 1}, this program knows {newest}", "install")

    def test_older(self):
        newest = database().number("SELECT MAX(version) FROM schema_version")
        self.set_version(newest - 1)
        self.check_refusal(f"schema {newest - 1}, this program knows {newest}", "schema-apply.sh")

    def test_empty_version_table(self):
        self.set_version()
        self.check_refusal("schema 0", "schema-apply.sh")

    def test_no_schema(self):
        self.check_refusal("no Daybook schema", "schema-apply.sh")


if __name__ == "__main__":
    unittest.main()
