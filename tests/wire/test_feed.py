# SPDX-License-Identifier: MIT
"""Following a log in the order of arrival: every event once, none missing, whatever comes late, and whoever is killed.

A follower goes on by what the answer's Link says, and knows nothing else.
"""
import random
import re
import signal
import subprocess
import threading
import time
import unittest

import segment_case
from daybook import Account, TestCase, bearer, csv_dicts, database, get, ndjson, run_well
from running_copy import WRAPPED, until

RECORDERS = 4
BATCHES = 12 if WRAPPED else 40
NEXT = re.compile(r'<(/api/v1/[^>]*)>; rel="next"')


class Follower:
    def __init__(self, account, target, limit=None):
        self.account = account
        self.next = f"/api/v1/{target}" + (f"&limit={limit}" if limit else "")
        self.ids, self.answers = [], 0

    def ask(self):
        """Takes what the next answer has; how much that is."""
        answer = get(self.next, bearer(self.account.token("read")))
        assert answer.status == 200, answer
        found = [(event["kind"], event["id"]) for event in ndjson(answer.text)]
        assert answer.headers["Daybook-Rows"] == str(len(found))
        self.next = NEXT.fullmatch(answer.headers["Link"])[1]
        assert f"after={answer.headers['Daybook-After']}" in self.next
        self.ids += found
        self.answers += 1
        return len(found)

    def drain(self):
        while self.ask():
            pass
        return self.ids


class Recorders:
    """Programs that record at once; many events are late."""

    def __init__(self, account, seed, batches=BATCHES):
        self.account = account
        self.sent, self.failures = [], []
        self.lock = threading.Lock()
        account.token("record")
        self.threads = [threading.Thread(target=self.work, args=(f"{seed} {number}", batches))
                        for number in range(RECORDERS)]
        for thread in self.threads:
            thread.start()

    def work(self, seed, batches):
        rng = random.Random(seed)
        now = int(time.time() * 1000)
        try:
            for batch in range(batches):
                events = [{"action": f"a{rng.randrange(5)}", "user": f"u{rng.randrange(9)}", "entity_type": "t",
                           "kind": rng.choice(("event", "event", "trigger")), "entity_id": f"e{rng.randrange(30)}",
                           "occurred_at": now - rng.choice((0, 1, 1000, rng.randrange(8_640_000_000))),
                           "idempotency_key": f"{seed} {batch} {number}",
                           "request": {"body": rng.choice(("needle", "hay"))}}
                          for number in range(rng.choice((1, 1, 2, 20, 100)))]
                time.sleep(rng.random() * 0.1)
                ids = self.account.record(events)
                with self.lock:
                    self.sent += [(event["kind"], identifier, event) for event, identifier in zip(events, ids)]
        except Exception as error:  # pylint: disable=broad-except
            self.failures.append(error)

    def alive(self):
        return any(thread.is_alive() for thread in self.threads)

    def join(self):
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures
        return self.sent


class Following(TestCase):
    def all_numbered(self, account):
        """The copy's own maintainer gives numbers once a second."""
        until(lambda: database().number(
            "SELECT (SELECT COUNT(*) FROM event_recent r LEFT JOIN arrival_recent n USING (account_id, kind, id) WHERE "
            f"r.account_id = {account.number} AND n.id IS NULL) + (SELECT COUNT(*) FROM event e LEFT JOIN arrival_log l "
            f"USING (account_id, kind) WHERE e.account_id = {account.number} AND l.kind IS NULL)") == 0, 90,
              "everything has its number")

    def test_every_event_once(self):
        account = Account()
        recorders = Recorders(account, self.id())
        followers = [Follower(account, "events.ndjson?after=0", 7), Follower(account, "triggers.ndjson?after=0"),
                     Follower(account, "all.ndjson?after=0-0", 50)]
        while recorders.alive():
            for follower in followers:
                follower.ask()
        sent = recorders.join()
        self.all_numbered(account)
        for follower, kinds in zip(followers, (("event",), ("trigger",), ("event", "trigger"))):
            follower.drain()
            self.assertEqual(len(set(follower.ids)), len(follower.ids), "twice")
            self.assertEqual({(kind, identifier) for kind, identifier, _ in sent if kind in kinds}, set(follower.ids))
        again = Follower(account, "events.ndjson?after=0", 1000).drain()
        self.assertEqual(followers[0].ids, again, "the order is the same for who comes later")
        self.assertNotEqual(sorted(again), again, "nothing came late")
        self.assertEqual(0, followers[0].ask())

    def test_with_a_filter(self):
        account = Account()
        sent = Recorders(account, self.id(), 10).join()
        self.all_numbered(account)
        for query, matches in (("action=a1", lambda event: event["action"] == "a1"),
                               ("not_user=u3&user=u3&user=u4", lambda event: event["user"] == "u4"),
                               ("q=eedl", lambda event: event["request"]["body"] == "needle"),
                               ("entity_id=e1*&from=-7d", lambda event: event["entity_id"].startswith("e1") and
                                event["occurred_at"] >= time.time() * 1000 - 7 * 86_400_000),
                               ("action=never", lambda event: False)):
            for limit in (1 if "e1" in query else 3, 1000):
                follower = Follower(account, f"all.ndjson?{query}&after=0", limit)
                follower.drain()
                self.assertEqual(sorted((kind, identifier) for kind, identifier, event in sent if matches(event)),
                                 sorted(follower.ids), query)

    def test_a_text_is_looked_for_in_so_many_at_a_time(self):
        account = Account()
        account.record_many({"action": "x"} for _ in range(5000))
        self.all_numbered(account)
        token = bearer(account.token("read"))
        first = get("/api/v1/events.csv?after=0&q=needle", token)
        self.assertEqual(("4096", "0"), (first.headers["Daybook-After"], first.headers["Daybook-Rows"]))
        self.assertEqual("5000", get("/api/v1/events.csv?after=4096&q=needle", token).headers["Daybook-After"])
        self.assertEqual("5000", get("/api/v1/events.csv?after=0&action=y", token).headers["Daybook-After"])

    def test_csv_and_head(self):
        account = Account()
        ids = account.record([{"action": "x", "user": "=1+1"}, {"action": "y"}])
        self.all_numbered(account)
        token = bearer(account.token("read"))
        answer = get("/api/v1/events.csv?after=0", token)
        self.assertEqual(sorted(ids), sorted(row["id"] for row in csv_dicts(answer.text)))
        self.assertEqual("'=1+1", max(row["user"] for row in csv_dicts(answer.text)) or "'=1+1")
        raw = get("/api/v1/events.csv?after=0&raw=1", token)
        self.assertIn('"=1+1"', raw.text)
        self.assertIn("raw=1", raw.headers["Link"])
        self.assertEqual("2", answer.headers["Daybook-After"])
        after = get("/api/v1/events.csv?after=2", token)
        self.assertEqual(([], "2", "0"), (csv_dicts(after.text), after.headers["Daybook-After"], after.headers["Daybook-Rows"]))
        far = get("/api/v1/events.csv?after=999999", token)
        self.assertEqual("999999", far.headers["Daybook-After"])

    def test_what_is_past_its_plan_or_deleted(self):
        account = Account()
        day = 86_400_000
        now = int(time.time() * 1000) - 5000
        ids = account.record([{"action": "x", "occurred_at": now - days * day} for days in (0, 40, 1, 50, 2)])
        self.all_numbered(account)
        kept = sorted(("event", ids[number]) for number in (0, 2, 4))
        follower = Follower(account, "events.ndjson?after=0", 2)
        follower.ask()
        run_well("plan", "add", account.slug, "30")
        run_well("account", "set-plan", account.slug, account.slug)
        self.assertEqual(kept, sorted(Follower(account, "events.ndjson?after=0", 1).drain()))
        run_well("maintain", "purge")
        self.assertEqual(kept, sorted(Follower(account, "events.ndjson?after=0", 1).drain()))
        account.record([{"action": "new"}])
        self.all_numbered(account)
        follower.drain()
        self.assertEqual(4, len({identifier for _, identifier in follower.ids} - {ids[1], ids[3]}))

    def test_refused(self):
        account = Account()
        token = bearer(account.token("read"))
        for query, words in (("after=x", "after"), ("after=-1", "after"), ("after=1-", "after"), ("after=1-2-3", "after"),
                             ("after=99999999999999999999", "after"), ("after=0&after=1", "after"), ("limit=5", "limit"),
                             ("after=0&limit=0", "limit"), ("after=0&limit=10001", "limit"), ("after=0&sort=time", "sort"),
                             ("after=0&asof=0000000000000001", "asof"), ("after=0&trailer=1", "trailer"),
                             ("after=0&page=2", "page")):
            self.assertRefused(get(f"/api/v1/events.ndjson?{query}", token), 400, words)
        self.assertRefused(get("/api/v1/events.ndjson?after=0", bearer(account.token("record"))), 401)
        self.assertEqual(400, account.open("events.ndjson?after=0").status)

    def test_another_account_has_other_numbers(self):
        one, other = Account(), Account()
        one.record([{"action": "x"}] * 3)
        (identifier,) = other.record([{"action": "y"}])
        self.all_numbered(one)
        self.all_numbered(other)
        self.assertEqual([("event", identifier)], Follower(other, "all.ndjson?after=0").drain())


class Killed(segment_case.Own):
    """The copy's own maintainer stands still; others are killed at any moment."""

    def numbers(self):
        return [Follower(self.account, f"{tab}.ndjson?after=0").drain() for tab in ("events", "triggers")]

    def check_numbers(self, sent):
        for kind, found in zip(("event", "trigger"), self.numbers()):
            self.assertEqual(len(set(found)), len(found), "twice")
            self.assertEqual({identifier for each, identifier, _ in sent if each == kind},
                             {identifier for _, identifier in found})
        self.assertEqual(0, database().number(
            "SELECT COUNT(*) FROM arrival_recent n LEFT JOIN event_recent r USING (account_id, kind, id) "
            f"WHERE n.account_id = {self.account.number} AND r.id IS NULL"))

    def test_killed_maintainers(self):
        follower = Follower(self.account, "all.ndjson?after=0", 200)
        recorders = Recorders(self.account, self.id(), BATCHES)
        killed = 0
        while recorders.alive():
            process = subprocess.Popen(segment_case.command("maintain"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.random.random() * (1 if WRAPPED else 0.1))
            process.kill()
            killed += process.wait() == -signal.SIGKILL
            follower.ask()
        sent = recorders.join()
        self.assertGreater(killed, 2)
        self.maintain()
        self.check_numbers(sent)
        self.check_merged()
        follower.drain()
        self.assertEqual(sorted((kind, identifier) for kind, identifier, _ in sent), sorted(follower.ids))

    def test_a_log_of_before_there_were_numbers(self):
        """All of it gets numbers once, also when it is still being recorded in, merged and made anew."""
        sent = Recorders(self.account, self.id(), BATCHES // 2).join()
        self.maintain()
        for table in ("arrival", "arrival_log", "arrival_recent"):
            database().run(f"DELETE FROM {table} WHERE account_id = {self.account.number}")
        sent += Recorders(self.account, self.id() + " more", 5).join()
        recorders = Recorders(self.account, self.id() + " yet more", BATCHES // 2)
        self.maintain()
        for table in ("log", "segment"):
            database().run(f"DELETE FROM {table} WHERE account_id = {self.account.number} AND kind > 0")
        self.maintain()
        sent += recorders.join()
        self.maintain()
        self.check_numbers(sent)


if __name__ == "__main__":
    unittest.main()
