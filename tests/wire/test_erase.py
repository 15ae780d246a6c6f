# SPDX-License-Identifier: MIT
"""`daybook erase`: where a person's name and values stood there are marks, in every form and place, and nothing else has changed."""
import hashlib
import json
import random
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path
from urllib.parse import quote as percent

import daybook
from daybook import BUILD, VAR, Account, ask, csv_dicts, database, ndjson, run, run_well
from erased import MARK, Case
from list_oracle import SEARCHED
from running_copy import WRAPPED, until

KILLS = 10


class Everything(Case):
    def test_marks_in_their_place(self):
        self.account.record_many([self.event(number) for number in range(1500)])
        run_well("maintain")
        self.account.record_many([self.event(number) for number in range(1500, 1700)])
        other = Account()
        other.record([{"action": "a", "user": self.person.name, "request": {"body": self.person.name}}])
        before = self.account.stored()
        said = self.erase()
        events, triggers = self.changed(before)
        self.assertGreater(min(events, triggers), 100)
        self.assertTrue(said.startswith(f"{events} events and {triggers} triggers changed"), (said, events, triggers))
        self.assertTrue(said.endswith(self.marks[0]))
        self.check_rows(before)
        self.check_gone()
        run_well("maintain")
        self.check_rows(before)
        self.check_gone()
        # What the marks are found by, also by the files of texts that are made anew.
        for number, mark in enumerate(self.marks):
            wanted = sorted(row["id"] for row in self.expect(before)
                            if any(mark.encode() in (row[column] or b"") for column in SEARCHED))
            found = [int(event["id"], 16) for event in ndjson(self.account.read(f"all.ndjson?q={mark}").text) if "id" in event]
            self.assertEqual(wanted, sorted(found))
            of_user = [row["id"] for row in self.expect(before) if row["user"] == mark.encode()]
            found = [int(event["id"], 16) for event in ndjson(self.account.read(f"all.ndjson?user={mark}").text) if "id" in event]
            self.assertEqual(sorted(of_user), sorted(found), number)
        self.assertEqual(self.person.name.encode(), other.one_stored()["user"])
        self.assertEqual(self.person.name.encode(), other.one_stored()["body"])
        # Again: nothing is left to do.
        self.assertTrue(self.erase().startswith("0 events and 0 triggers"))
        self.check_rows(before)

    def test_export(self):
        """Field by field, as programs read it."""
        self.account.record_many([self.event(number) for number in range(300)])
        before, stored = csv_dicts(self.account.read("all.csv?raw=1").text), self.account.stored()
        self.erase()
        after = csv_dicts(self.account.read("all.csv?raw=1").text)
        expected = {f"{row['id']:016x}": row for row in self.expect(stored)}
        same = ("id", "occurred_at", "received_at", "account", "kind", "entity_type", "action", "status", "source", "method",
                "response_time_ms", "trigger")
        for old, new in zip(before, after, strict=True):
            row = expected[new["id"]]
            for column in old:
                if column in same:
                    if column != "trigger":
                        self.assertEqual(old[column], new[column])
                elif column == "body_sha256":
                    self.assertEqual(hashlib.sha256(row["body"]).hexdigest() if row["body"] else old[column], new[column])
                else:
                    value = "" if row[column] is None else row[column]
                    self.assertEqual(value.decode() if isinstance(value, bytes) else str(value), new[column], column)

    def test_links_follow_what_was_replaced(self):
        """Events of one request are found from one another afterwards, by its mark; and purging leaves no link behind."""
        request = f"req-{self.person.name}"
        ids = self.account.record([{"action": "a", "request_id": request},
                                   {"action": "b", "kind": "trigger", "request_id": request},
                                   {"action": "c", "request_id": "another"}])
        before = database().rows(f"SELECT value_hash, kind, id FROM event_link WHERE account_id = {self.account.number}")
        self.erase()
        mark = request.replace(self.person.name, self.marks[0]).encode()
        wanted = int.from_bytes(hashlib.sha256(mark).digest()[:8])
        rows = database().rows(f"SELECT kind, id FROM event_link WHERE account_id = {self.account.number} "
                               f"AND value_hash = {wanted} ORDER BY kind")
        self.assertEqual([["1", str(int(ids[0], 16))], ["2", str(int(ids[1], 16))]], rows)
        self.assertEqual(len(before), self.account.count("event_link"))
        self.assertIn(ids[1], self.account.open(f"events/{ids[0]}").text)
        run_well("maintain", "purge", self.account.slug, "--before", "2099-01-01", "--yes")
        self.assertEqual(0, self.account.count("event_link"))

    def test_numbers_in_json_stay_json(self):
        body = '{"id": 4711987, "ids": [4711987, 47119870, -4711987], "text": "4711987"}'
        (identifier,) = self.account.record([{"action": "a", "extra": json.loads(body), "request": {"body": body}}])
        run_well("erase", self.account.slug, "--user", "nobody there", "--value", "4711987")
        row = self.account.find(identifier)
        mark = MARK.search(row["body"].decode())[0]
        expected = json.loads(body) | {"id": mark, "ids": [mark, 47119870, -4711987], "text": mark}
        self.assertEqual(expected, json.loads(row["body"]))
        self.assertEqual(expected, json.loads(row["extra"]))
        self.assertEqual(expected, ndjson(self.account.read("all.ndjson").text)[0]["extra"])

    def test_a_cut_body_stays_cut(self):
        size = daybook.BODY_MAX
        body = self.person.name + " " + "x" * (size + 100)
        (identifier,) = self.account.record([{"action": "a", "request": {"body": body}}])
        before = self.account.find(identifier)
        self.assertGreater(before["body_bytes"], len(before["body"]))
        self.erase()
        after = self.account.find(identifier)
        whole = before["body"].replace(self.person.name.encode(), self.marks[0].encode())
        self.assertEqual(whole[:size], after["body"])
        self.assertEqual(len(whole) + before["body_bytes"] - len(before["body"]), after["body_bytes"])
        self.assertEqual(hashlib.sha256(after["body"]).digest(), after["body_sha256"])

    def test_a_text_that_has_no_room_for_marks(self):
        key = (self.person.name + "/") * 19
        (identifier,) = self.account.record([{"action": "a", "idempotency_key": key, "occurred_at": 1_700_000_000_000}])
        self.erase()
        self.assertIn(self.account.find(identifier)["idempotency_key"].decode(), self.marks)
        # The same call is known again: its hash stays.
        self.assertEqual([identifier], self.account.record([{"action": "a", "idempotency_key": key,
                                                             "occurred_at": 1_700_000_000_000}]))


class Wish(Case):
    def refused(self, *words, stdin=None, status=1):
        done = run("erase", *words, stdin=stdin)
        self.assertEqual(status, done.returncode, done.stderr)
        return done.stderr.decode()

    def test_refused(self):
        slug = self.account.slug
        self.account.record([{"action": "a", "user": self.person.name}])
        self.assertIn("no account", self.refused("t-never-there", "--user", "ann"))
        for words in ((), (slug,), (slug, "ann"), (slug, "--user"), (slug, "--user", "a", "--value"), (slug, "--value", "ann"),
                      (slug, "--user", "a", "--user", "b")):
            self.refused(*words, status=64)
        self.assertIn("1 to 1024", self.refused(slug, "--user", ""))
        self.assertIn("3 to 1024", self.refused(slug, "--user", "ann", "--value", "an"))
        self.assertIn("1 to 1024", self.refused(slug, "--user", "a" * 1025))
        self.assertIn("every mark", self.refused(slug, "--user", "redacted"))
        self.assertIn("standard input", self.refused(slug, "--user", "-", stdin=b""))
        run_well("account", "hold", slug, "on")
        self.assertIn("legal hold", self.refused(slug, "--user", self.person.name))
        self.assertEqual(self.person.name.encode(), self.account.one_stored()["user"])
        run_well("account", "hold", slug, "off")
        self.erase()
        self.assertEqual(self.marks[0].encode(), self.account.one_stored()["user"])

    def test_a_short_name_is_a_user_alone(self):
        self.account.record([{"action": "a", "user": "zo", "request": {"body": "zo was here"}}])
        done = run("erase", self.account.slug, "--user", "zo")
        self.assertEqual(0, done.returncode)
        self.assertIn(b"not looked for in their texts", done.stderr)
        row = self.account.one_stored()
        self.assertRegex(row["user"].decode(), MARK)
        self.assertEqual(b"zo was here", row["body"])

    def test_names_of_any_bytes(self):
        for name in ("Zoë «Q»", "a\\b'c\"d", "{curly} 100%", "名前です"):
            account = Account()
            account.record([{"action": "a", "user": name, "request": {"url": "/" + percent(name), "body": json.dumps([name])}}])
            run_well("erase", account.slug, "--user", "-", stdin=name.encode() + b"\n")
            row = account.one_stored()
            mark = row["user"].decode()
            self.assertRegex(mark, MARK)
            self.assertEqual(("/" + mark, json.dumps([mark])), (row["url"].decode(), row["body"].decode()), name)

    def test_from_standard_input(self):
        """And not a word of it can be seen while it is at work, or is written down."""
        self.account.record_many([self.event(number) for number in range(200)])
        before = self.account.stored()
        run_well("erase", self.account.slug, "--user", "-", stdin="\n".join(self.person.names).encode() + b"\n")
        self.read_marks()
        self.check_rows(before)
        self.assertEqual([], daybook.find_in_logs(self.person.address))

    def test_a_line_that_is_lost(self):
        """The others alone are not what was wished; an empty one is nothing."""
        first, second = self.person.names
        self.account.record([{"action": "a", "user": first, "request": {"body": second}}])
        before = self.account.stored()
        for lost in ("x" * 1025, "x" * 5000, "ab"):
            done = run("erase", self.account.slug, "--user", "-", stdin=f"{first}\n{lost}\n{second}\n".encode())
            self.assertEqual((1, b""), (done.returncode, done.stdout), len(lost))
            self.assertIn(b"bytes", done.stderr)
        self.assertEqual(before, self.account.stored())
        run_well("erase", self.account.slug, "--user", "-", stdin=f"{first}\n\n{second}\n".encode())
        row = self.account.one_stored()
        self.assertRegex(row["body"].decode(), MARK)

    def test_the_list_of_processes(self):
        self.account.record_many([self.event(number) for number in range(3000)])
        command = [BUILD / "bin/daybook", "--config", VAR / "daybook.conf", "erase", self.account.slug, "--user",
                   self.person.name, "--value", self.person.address]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            path = Path(f"/proc/{process.pid}/cmdline")
            until(lambda: database().number(f"SELECT COUNT(*) FROM erasure WHERE account_id = {self.account.number}"), 60,
                  "it has begun")
            seen = path.read_bytes()
            self.assertIn(b"--user", seen)
            for name in self.person.names:
                self.assertNotIn(name.encode(), seen)
            self.assertEqual(0, process.wait())

    def test_it_is_an_event_of_the_account(self):
        self.account.record([{"action": "a", "user": self.person.name}, {"action": "b", "kind": "trigger",
                                                                         "user": self.person.address}])
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        config = Path(folder.name) / "daybook.conf"
        config.write_text("".join(row for row in (VAR / "daybook.conf").read_text().splitlines(True)
                                  if not row.startswith("record_commands")))
        subprocess.run([BUILD / "bin/daybook", "--config", config, "erase", self.account.slug, "--user", self.person.name,
                        "--value", self.person.address], check=True, capture_output=True)
        self.read_marks()
        (row,) = [row for row in self.account.stored() if row["action"] == b"erase"]
        self.assertEqual(f"daybook erase {self.account.slug} --user {self.marks[0]} --value {self.marks[1]}".encode(), row["url"])
        self.assertEqual((b"audit", self.marks[0].encode(), {"events": 1, "triggers": 1}),
                         (row["entity_type"], row["entity_id"], json.loads(row["extra"])))
        for name in self.person.names:
            self.assertEqual([], daybook.find_in_tables(name))


class Meanwhile(Case):
    def test_later_ones_are_not_touched(self):
        """Whoever has recorded the name before does not go on with what it was numbered."""
        for number in range(3):
            self.account.record([{"action": "old", "user": self.person.name, "entity_id": self.person.name}] * 9)
            self.erase()
            ids = [identifier for _ in range(16) for identifier in self.account.record(
                [{"action": f"new {number}", "user": self.person.name, "entity_id": self.person.name}])]
            for identifier in ids:
                row = self.account.find(identifier)
                self.assertEqual([self.person.name.encode()] * 2, [row["user"], row["entity_id"]])
        self.assertEqual(0, run("verify", "--segments", self.account.slug).returncode)

    def test_recorders_at_work(self):
        """What was there before is erased; what comes meanwhile is one or the other, whole, and has a user."""
        self.account.record_many([self.event(number) for number in range(3000)])
        run_well("maintain")
        before = self.account.stored()
        ended = threading.Event()
        ids = []

        def record():
            while not ended.is_set():
                ids.extend(self.account.record([{"action": "meanwhile", "user": self.person.name, "entity_type": "t",
                                                 "entity_id": self.person.name, "request": {"body": self.person.name}}] * 5))
                time.sleep(0.005)

        threads = [threading.Thread(target=record) for _ in range(3)]
        for thread in threads:
            thread.start()
        until(lambda: len(ids) > 50, 60, "something is recorded")
        try:
            self.erase()
        finally:
            time.sleep(0.2)
            ended.set()
            for thread in threads:
                thread.join()
        old = {row["id"] for row in before}
        rows = self.account.stored()
        self.assertEqual(self.expect(before), [row for row in rows if row["id"] in old])
        new = [row for row in rows if row["id"] not in old]
        self.assertEqual(sorted(int(identifier, 16) for identifier in set(ids)), sorted(row["id"] for row in new))
        mark, name = self.marks[0].encode(), self.person.name.encode()
        found = {(row["user"], row["entity_id"], row["body"]) for row in new}
        self.assertLessEqual(found, {(mark,) * 3, (name,) * 3})
        self.assertIn((name,) * 3, found)
        self.assertEqual(0, run("verify", "--segments", self.account.slug).returncode)
        self.assertEqual(sorted(row["id"] for row in new if row["user"] == name), sorted(
            int(event["id"], 16) for event in ndjson(self.account.read(f"all.ndjson?user={self.person.name}").text)
            if "id" in event))

    def test_killed_in_the_middle(self):
        """Each event is as it was or as it is to be, the index says the same, and the same command goes on."""
        self.account.record_many([self.event(number) for number in range(4000)])
        run_well("maintain")
        before = self.account.stored()
        self.read_marks()
        after = self.expect(before)
        command = [BUILD / "bin/daybook", "--config", VAR / "daybook.conf", "erase", self.account.slug, "--user",
                   self.person.name, "--value", self.person.address]
        killed, partly = 0, 0
        for _ in range(KILLS):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.random() * (3 if WRAPPED else 0.4))
            process.kill()
            killed += process.wait() < 0
            rows = self.account.stored()
            for old, new, row in zip(before, after, rows, strict=True):
                self.assertIn(row, (old, new))
            partly += before != rows != after
            self.assertEqual(0, run("verify", "--segments", self.account.slug).returncode)
        self.assertGreater(killed, 1)
        self.assertGreater(partly, 0)
        subprocess.run(command, check=True, capture_output=True)
        self.check_rows(before)
        self.check_gone()
        (row,) = database().rows("SELECT SUM(ended_ms > 0), COUNT(*) = SUM(ended_ms > 0), MAX(events), MAX(triggers) "
                                 f"FROM erasure WHERE account_id = {self.account.number}")
        self.assertEqual(["1", *map(str, self.changed(before))], row[1:])


class Long(Case):
    EVENTS, AT_ONCE = 120_000, 100_000

    def test_users_are_looked_for_in_ranges(self):
        """No index finds them: one statement over a long log would give nothing for so long that it counts as lost."""
        self.account.record({"action": "a", "user": self.person.name})
        database().run("INSERT INTO event (account_id, kind, id, entity_type_id, action_id, user_id, entity_id, status, source, "
                       f"method, provider_id, signature) SELECT {self.account.number}, 1, {daybook.START_MS << 22} - seq * 1000, "
                       f"0, 1, 0, 0, 200, 0, 0, 0, 0 FROM seq_1_to_{self.EVENTS}")
        # What the server notes of each statement on a new connection from now on.
        for name, value in (("log_output", "'TABLE'"), ("long_query_time", "0"), ("slow_query_log", "1")):
            database().run(f"SET GLOBAL {name} = {value}")
        database().run("TRUNCATE TABLE mysql.slow_log")
        try:
            self.assertTrue(self.erase().startswith("1 events and 0 triggers changed"))
        finally:
            database().run("SET GLOBAL slow_query_log = 0, long_query_time = DEFAULT")
        counts = database().numbers("SELECT rows_examined FROM mysql.slow_log WHERE sql_text LIKE '%event_recent x%'")
        self.assertGreater(sum(counts), self.EVENTS)
        self.assertLessEqual(max(counts), self.AT_ONCE)
        run_well("account", "delete", self.account.slug, "--yes")


class Views(Case):
    """Saved views: what they are called, filter and who made them."""

    def plant(self, owner, name, query, made_by):
        database().run("INSERT INTO saved_view (account_id, owner, kind, name, query, made_ms, made_by) VALUES "
                       f"({self.account.number}, {daybook.quote(owner.encode())}, 1, {daybook.quote(name.encode())}, "
                       f"{daybook.quote(query.encode())}, 1, {daybook.quote(made_by.encode())})")

    def rows(self):
        columns = ("owner", "name", "query", "made_by")
        rows = database().bytes(columns, f"FROM saved_view WHERE account_id = {self.account.number} ORDER BY id")
        return [tuple(value.decode() for value in row) for row in rows]

    def test_marks(self):
        name, address = self.person.names
        self.account.record([{"action": "a", "user": name}, {"action": "b", "user": "bob"}])
        self.plant("", f"What {name} did", f"user={name}&not_user=bob", name)
        self.plant(daybook.PERSON, f"{name}", f"q={percent(address, safe='')}&user={name}x", "bob")
        self.plant(daybook.PERSON, f"{address}", "", "bob")
        self.plant("", "nothing", "user=bob", "bob")
        self.plant(daybook.PERSON, f"{name} {name} {name} {name} {name} {name} {name} {name} {name} {name} {name}", f"user={name}", name)
        self.erase()
        first, second = self.marks
        found = self.rows()
        self.assertEqual([("", f"What {first} did", f"user={first}&not_user=bob", first),
                          (daybook.PERSON, first, f"q={second}&user={name}x", "bob"), (daybook.PERSON, second, "", "bob"),
                          ("", "nothing", "user=bob", "bob")], found[:4])
        self.assertEqual((daybook.PERSON, f"user={first}", first), (found[4][0], *found[4][2:]))
        self.assertEqual(" ".join([first] * 11)[:255], found[4][1])
        number = database().number(f"SELECT MIN(id) FROM saved_view WHERE account_id = {self.account.number}")
        rows = csv_dicts(ask("GET", f"/{self.account.slug}/events.csv?view={number}", None, daybook.login()).text)
        self.assertEqual([first], [row["user"] for row in rows])

    def test_a_name_that_ends_with_a_star(self):
        """A view asks for it with \\* at the end."""
        self.account.record([{"action": "a", "user": "Karla Star*"}])
        self.plant("", "k", "user=Karla%20Star%5C%2A&not_user=Karla%20Star%2A", "bob")
        run_well("erase", self.account.slug, "--user", "Karla Star*")
        mark = csv_dicts(self.account.open("events.csv").text)[0]["user"]
        self.assertEqual([("", "k", f"user={mark}&not_user={mark}", "bob")], self.rows())

    def test_two_names_that_become_one(self):
        name, mark_of = self.person.name, f"b {self.person.name}"
        self.plant("", f"a {name}", "user=1", "bob")
        self.account.record([{"action": "a", "user": name}])
        self.plant("", mark_of, "user=2", "bob")
        self.erase()
        self.plant("", f"a {name}", "user=3", "bob")
        self.erase()
        names = [row[1] for row in self.rows()]
        self.assertEqual([f"a {self.marks[0]}", f"b {self.marks[0]}"], names[:2])
        self.assertRegex(names[2], rf"^a {self.marks[0]} \(\d+\)$")

    def test_a_hold(self):
        self.plant("", self.person.name, "", "bob")
        run_well("account", "hold", self.account.slug, "on")
        done = run("erase", self.account.slug, "--user", self.person.name)
        self.assertEqual(1, done.returncode)
        self.assertEqual([("", self.person.name, "", "bob")], self.rows())


if __name__ == "__main__":
    unittest.main()
