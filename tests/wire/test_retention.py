# SPDX-License-Identifier: MIT
"""Plans: what is past its plan is nowhere to be seen, before and after it is removed, and nothing else is missing.

The oracle is arithmetic over the times that were sent, and plain SQL over the tables.
"""
import random
import re
import subprocess
import time
import unittest

import daybook
import menu
from daybook import BUILD, VAR, Account, Page, TestCase, csv_dicts, database, get, ndjson, run, run_well
from running_copy import WRAPPED
from test_kept_pages import merged
from test_list import COUNT

DAY_MS = 24 * 60 * 60 * 1000
DAYS = 30
TABLES = ("event", "event_request")
KILLS = 12
STEP_EVENTS = 5000  # as in tools/maintain_retention.c
HREF = re.compile(r'href="/[^"]*/(?:events|triggers)/([0-9a-f]{16})[?"]')


def today_ms():
    """The beginning of this day, UTC; not shortly before the next one begins."""
    while time.time() % 86400 > 86400 - 60:
        time.sleep(1)
    return int(time.time() * 1000) // DAY_MS * DAY_MS


def plan(days):
    name = f"plan {random.getrandbits(64):x}"
    run_well("plan", "add", name, str(days))
    return name


def first_id(ms):
    return ms << 22


class Case(TestCase):
    def setUp(self):
        self.random = random.Random(self.id())
        self.account = Account()
        self.bound_ms = today_ms() - DAYS * DAY_MS
        self.sent = {}

    def record(self, count, days=2 * DAYS):
        """Events on both sides of the bound, some just beside it; their times by id."""
        moments = [self.bound_ms + offset for offset in (-1, 0, 1, -1000, 1000)]
        moments += [self.bound_ms + self.random.randrange(-(days - DAYS) * DAY_MS, DAYS * DAY_MS)
                    for _ in range(count - len(moments))]
        events = [{"occurred_at": ms, "kind": self.random.choice(("event", "event", "trigger")),
                   "action": f"a{self.random.randrange(4)}", "user": f"u{number % 7}",
                   "entity_id": f"e{number % 50}", "entity_name": f"name {number % 50}", "entity_type": "t",
                   "status": self.random.choice((200, 404)), "request_id": f"r{number % 60}",
                   "request": {"url": f"/call/{number}", "body": "needle" if number % 3 else "hay"}}
                  for number, ms in enumerate(moments)]
        for identifier, event in zip(self.account.record_many(events), events):
            self.sent[identifier] = event

    def kept(self, kind=None, **equal):
        """The ids that may be seen, the newest first."""
        return sorted((identifier for identifier, event in self.sent.items()
                       if event["occurred_at"] >= self.bound_ms and (kind is None or event["kind"] == kind)
                       and all(event[name] == value for name, value in equal.items())), reverse=True)

    def ids(self, target):
        answer = self.account.open(target)
        self.assertEqual(200, answer.status, answer)
        return [event["id"] for event in ndjson(answer.text) if "id" in event]

    def pages(self, tab, query=""):
        """The ids of all pages of a list."""
        found, number = [], 1
        while True:
            answer = self.account.open(f"{tab}?show=200&page={number}{query}")
            self.assertEqual(200, answer.status, answer)
            found += list(dict.fromkeys(HREF.findall(answer.text)))
            count = COUNT.search(Page(answer.text).text)
            if not count or count[2] == count[3]:
                return found, daybook.number(count[3]) if count else 0
            number += 1

    def check_seen(self):
        for kind, tab in (("event", "events"), ("trigger", "triggers")):
            for query, equal in (("", {}), ("&action=a1", {"action": "a1"}), ("&user=u3", {"user": "u3"}),
                                 ("&from=2001-01-01", {}), ("&status=4xx&sort=time", {"status": 404})):
                expected = self.kept(kind, **equal)
                found, total = self.pages(tab, query)
                self.assertEqual(expected, sorted(found, reverse=True), query)
                self.assertEqual(len(expected), total)
                query = query.replace("&", "?", 1)
                self.assertEqual(expected, sorted(self.ids(f"{tab}.ndjson{query}"), reverse=True))
            rows = csv_dicts(self.account.read(f"{tab}.csv").text)
            self.assertEqual(self.kept(kind), [row["id"] for row in rows])
            self.assertEqual(sorted(row["id"] for row in rows if row["body"] == "needle"),
                             sorted(self.ids(f"{tab}.ndjson?q=needle")))
        self.assertEqual(self.kept(), sorted(self.ids("all.ndjson"), reverse=True))

    def check_details(self):
        """An event past its plan is answered as one that never was."""
        unknown = self.account.open("events/0000000000000001").text
        for identifier, event in self.sent.items():
            tab = event["kind"] + "s"
            answer = self.account.open(f"{tab}/{identifier}")
            if event["occurred_at"] >= self.bound_ms:
                self.assertEqual(200, answer.status)
                for other in HREF.findall(answer.text):
                    self.assertIn(other, self.kept())
            else:
                self.assertEqual((404, strip(unknown)), (answer.status, strip(answer.text)))
                self.assertEqual(404, self.account.open(f"{tab}/{identifier}?part=body").status)

    def assign(self, days=DAYS):
        name = plan(days)
        run_well("account", "set-plan", self.account.slug, name)
        return name

    def numbered(self):
        """Rows of numbers that only past events have."""
        return database().number(f"SELECT COUNT(*) FROM arrival WHERE account_id = {self.account.number} "
                                 f"AND last_id < {first_id(self.bound_ms)}")

    def left(self):
        """The ids in each table, which must be the same."""
        rows = [set(database().numbers(f"SELECT id FROM {table} WHERE account_id = {self.account.number}"))
                for table in TABLES]
        self.assertEqual(rows[0], rows[1])
        return rows[0]

    def purges(self):
        return [tuple(map(int, row)) for row in database().rows(
            "SELECT before_ms, cause, ended_ms > 0, events, triggers FROM purge_record "
            f"WHERE account_id = {self.account.number} ORDER BY started_ms, before_ms")]


def strip(page):
    return re.sub(r"[0-9a-f]{32}", "", page)


class Lists(Case):
    def test_what_is_past_it_is_not_seen_and_then_removed(self):
        self.record(600)
        self.assertEqual(len(self.sent), len(self.ids("all.ndjson")))
        self.assign()
        self.check_seen()
        self.check_details()
        old = [identifier for identifier in self.sent if identifier not in self.kept()]
        for target in (f"events?asof={max(old)}", f"events?q={max(old)}", f"events?to={DAYS + 1}", "events?from=-9999d&to=2001-01-01"):
            page = self.account.open(target.replace(f"to={DAYS + 1}", f"to={self.bound_ms}"))
            self.assertEqual((200, []), (page.status, HREF.findall(page.text)), target)
        events = sum(self.sent[identifier]["kind"] == "event" for identifier in old)
        run_well("maintain", "purge")
        self.assertEqual({int(identifier, 16) for identifier in self.kept()}, self.left())
        self.assertEqual([(self.bound_ms, 1, 1, events, len(old) - events)], self.purges())
        self.check_seen()
        self.check_details()
        run_well("verify", "--segments", self.account.slug)
        self.assertEqual(0, database().number(
            f"SELECT COUNT(*) FROM event_link WHERE account_id = {self.account.number} "
            f"AND id < {first_id(self.bound_ms)}"))
        said = [line for line in run("status").stdout.decode().splitlines()
                if line.startswith(f"retention {self.account.slug} ")]
        self.assertRegex(said[0], rf"days {DAYS}  hold off  purge before .*ended 2.*  events {events}"
                                  rf"  triggers {len(old) - events}$")

    def test_numbers_of_arrival_go_with_the_events(self):
        """Also when the last step was a full one, and the next finds nothing left to remove."""
        self.account.record_many([{"action": "a", "occurred_at": self.bound_ms - 1 - number}
                                  for number in range(STEP_EVENTS)])
        run_well("maintain")
        self.assertGreater(self.numbered(), 0)
        self.assign()
        run_well("maintain", "purge")
        self.assertEqual([(self.bound_ms, 1, 1, STEP_EVENTS, 0)], self.purges())
        self.assertEqual(0, self.numbered())

    def test_the_page_says_so(self):
        self.record(50)
        merged(self.account)
        said = r"Your plan {} keeps {} days: back to {} 00:00:00"
        day = time.strftime("%Y-%m-%d", time.gmtime(self.bound_ms / 1000))
        for _ in range(12):
            self.assertNotIn("Your plan", Page(self.account.open("events").text).text)
        name = self.assign()
        for tab in ("events", "triggers", "events?user=nobody"):
            text = " ".join(Page(self.account.open(tab).text).text.split())
            self.assertRegex(text, said.format(re.escape(name), DAYS, day))
        run_well("plan", "change", name, str(DAYS + 400))
        for _ in range(12):
            text = " ".join(Page(self.account.open("events").text).text.split())
            self.assertRegex(text, said.format(re.escape(name), DAYS + 400, ".*"))
        run_well("account", "set-plan", self.account.slug, "none")
        self.assertNotIn("Your plan", Page(self.account.open("events").text).text)

    def test_a_list_is_not_filtered_by_it(self):
        """What the plan hides is no filter that could be cleared."""
        self.sent = {}
        self.account.record([{"action": "old", "occurred_at": self.bound_ms - 1}])
        self.assign()
        text = self.account.open("events").text
        self.assertNotIn("Clear all", text)
        self.assertNotIn("Nothing matches", text)

    def test_a_range_before_it_is_not_turned_round(self):
        """From is what was asked for, not where the plan begins."""
        self.account.record([{"action": "new"}])
        self.assign()
        for query in ("to=2001-01-01", "from=2001-01-01&to=2001-02-01", "from=-9999d&to=2001-01-01T12:00"):
            text = Page(self.account.open(f"events?{query}").text).text
            self.assertIn("No call in this tab fits", text, query)
            self.assertNotIn("can lie between", text, query)
        text = Page(self.account.open("events?from=2001-01-01T12:00&to=2001-01-01T12:00").text).text
        self.assertIn("From, 2001-01-01T12:00, is the same moment as To, 2001-01-01T12:00", text)

    def test_a_list_up_to_a_time_leads_out_to_all(self):
        """Not to the month around what the plan keeps of it."""
        self.account.record([{"action": "new"}, {"action": "old", "occurred_at": self.bound_ms - 1}, {"action": "kept", "occurred_at": self.bound_ms}])
        self.assign()
        (way,) = re.findall(r'class="out" href="([^"]*)"', self.account.open(f"events?to={time.strftime('%Y-%m-%d')}").text)
        self.assertNotRegex(way, "from=|to=")

    def test_menus(self):
        self.record(300)
        self.account.record([{"action": "only then", "occurred_at": self.bound_ms - 5}])
        self.assign()
        values = dict(menu.ticks(self.account.open("events?menu=action").text)["action"])
        counts = {action: len(self.kept("event", action=action)) for action in ("a0", "a1", "a2", "a3")}
        self.assertEqual(counts, values)

    def test_other_accounts(self):
        other = Account()
        other.record([{"action": "x", "occurred_at": self.bound_ms - 1}])
        self.assign()
        run_well("maintain", "purge")
        self.assertEqual(1, other.count())
        self.assertIn('"x"', get(f"/{other.slug}/events.ndjson").text)


class Removing(Case):
    def test_a_hold_keeps_everything(self):
        self.record(100)
        self.assign()
        run_well("account", "hold", self.account.slug, "on")
        run_well("maintain", "purge")
        done = run("maintain", "purge", self.account.slug, "--before", "2099-01-01", "--yes")
        self.assertEqual(1, done.returncode)
        self.assertIn(b"legal hold", done.stderr)
        self.assertEqual(len(self.sent), len(self.left()))
        self.assertEqual([], self.purges())
        listed = [line.split("\t") for line in run_well("account", "list").splitlines()]
        self.assertIn([self.account.slug, "held"], [[row[0], row[3]] for row in listed])
        run_well("account", "hold", self.account.slug, "off")
        run_well("maintain", "purge")
        self.assertEqual({int(identifier, 16) for identifier in self.kept()}, self.left())

    def test_a_hold_during_a_purge_stops_it(self):
        """A step that has begun ends first, and after the command has returned there is none."""
        self.record(12000, days=200)
        self.assign()
        command = [BUILD / "bin/daybook", "--config", VAR / "daybook.conf", "maintain", "purge",
                   self.account.slug, "--before", "2099-01-01", "--yes"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            while process.poll() is None and self.account.count() == len(self.sent):
                time.sleep(0.01)
            run_well("account", "hold", self.account.slug, "on")
            left = self.left()
            said, complaint = process.communicate()
        self.assertEqual(1, process.returncode, said)
        self.assertIn("hold", complaint)
        self.assertTrue(left)
        self.assertEqual(left, self.left())
        ((_, _, ended, events, triggers),) = self.purges()
        self.assertEqual((0, len(self.sent) - len(left)), (ended, events + triggers))

    def test_killed_in_the_middle(self):
        """Each run is killed somewhere, and has something more to remove than the one before."""
        self.record(20000, days=200)
        name = self.assign(200)
        run_well("maintain")
        killed = 0
        for number in range(KILLS):
            run_well("plan", "change", name, str(200 - (number + 1) * 14))
            process = subprocess.Popen(
                [BUILD / "bin/daybook", "--config", VAR / "daybook.conf", "maintain", "purge"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(self.random.random() * (1 if WRAPPED else 0.06))
            process.kill()
            killed += process.wait() < 0
            removed = sum(events + triggers for _, _, _, events, triggers in self.purges())
            self.assertEqual(len(self.sent), len(self.left()) + removed)
        self.assertGreater(killed, 1)
        run_well("verify", "--segments", self.account.slug)
        run_well("plan", "change", name, str(DAYS))
        run_well("maintain", "purge")
        self.assertEqual({int(identifier, 16) for identifier in self.kept()}, self.left())
        run_well("verify", "--segments", self.account.slug)
        self.check_seen()

    def test_one_account_that_fails_holds_up_no_other(self):
        self.record(50)
        self.assign()
        bad, self.account = self.account, Account()
        self.sent = {}
        self.record(50)
        self.assign()
        self.addCleanup(database().run, "DROP TRIGGER refuse")
        database().run(f"CREATE TRIGGER refuse BEFORE DELETE ON event FOR EACH ROW SET @refused = IF(OLD.account_id = {bad.number}, "
                       "(SELECT 1 UNION SELECT 2), 0)")
        self.assertEqual(1, run("maintain", "purge").returncode)
        self.assertEqual(50, bad.count())
        self.assertEqual({int(identifier, 16) for identifier in self.kept()}, self.left())


class Commands(TestCase):
    def test_plans(self):
        name = plan(400)
        account = Account(member=False)
        run_well("account", "set-plan", account.slug, name)
        self.assertIn(f"{name}\t400\t1", run_well("plan", "list"))
        run_well("plan", "change", name, "365")
        self.assertIn(f"{name}\t365\t1", run_well("plan", "list"))
        self.assertIn([account.slug, account.slug, name, "---"],
                      [line.split("\t") for line in run_well("account", "list").splitlines()])
        done = run("plan", "add", name, "1")
        self.assertEqual((1, True), (done.returncode, b"stands already" in done.stderr))
        self.assertIn(b"12 months", run("plan", "change", name, "364").stderr)
        for words in (("change", "no such plan", "3"), ("add", "", "3"), ("add", "none", "3"), ("add", "x", "0"),
                      ("add", "x", "36501"), ("add", "x", "1d"), ("add", "x" * 64, "3"), ("add", b"\xff", "3")):
            self.assertNotEqual(0, run("plan", *words).returncode, words)
        for words in (("set-plan", account.slug, "no such plan"), ("set-plan", "no-such-account", name),
                      ("hold", account.slug, "perhaps"), ("hold", account.slug)):
            self.assertNotEqual(0, run("account", *words).returncode, words)
        self.assertIn(f"{name}\t364\t1", run_well("plan", "list"))


if __name__ == "__main__":
    unittest.main()
