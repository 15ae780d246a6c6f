# SPDX-License-Identifier: MIT
"""Searches in texts: the same answers with and without the index, page by page when time is short, and in their own processes.

What must be found is looked for in Python, in the texts as the database has them.
"""
import html
import itertools
import os
import random
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from urllib.parse import quote, urlencode

import daybook
from daybook import BUILD, VAR, bearer, database, get, run_well
from list_oracle import SEARCHED
from running_copy import make_person, until, workers

START_MS = 1735689600000
EVENTS = 3600
ROW = re.compile(r'/(?:events|triggers)/([0-9a-f]{16})')
SYLLABLES = ("ba", "De", "gi", "Ko", "lu", "na", "Ri", "so", "tu", "ve", "ä", "%2F", '"', "\\", "0", "7f")


def event(choice, number, at):
    """Texts of few syllables, so that much is nearly what is looked for."""
    def text(longest):
        return "".join(choice.choice(SYLLABLES) for _ in range(choice.randrange(longest)))
    return {"action": f"a{number % 3}", "occurred_at": at, "idempotency_key": f"search-{number}",
            "user": f"u{number % 5}", "status": 200 + number % 2,
            "kind": "trigger" if number % 7 == 0 else "event",
            "request": {"method": "GET", "url": "/" + text(6), "query": {"q": text(4)},
                        "params": {"p": text(3)}, "headers": {"h": text(5)}, "body": text(60)},
            "response": {"body_head": text(10)}, "user_agent": text(4), "forwarded_for": text(3),
            "extra": {"x": text(4)}, "client_address": f"192.0.2.{number % 250}",
            "request_id": f"{choice.getrandbits(64):016x}", "trace_id": text(3),
            "trigger": {"provider": "p", "delivery_id": text(5)} if number % 7 == 0 else None}


def folded(data):
    return data.lower()  # of bytes: those of ASCII alone


def links(answer):
    """Of a page: what the rows open, in their order."""
    rows = []
    for link in daybook.Page(answer.text).links:
        found = ROW.search(link)
        if found and found[1] not in rows:
            rows.append(found[1])
    return rows


class Hurried:
    """The page as a CGI program whose time for a search is up at once: every page is as short as it may be."""

    def __init__(self, search_ms=0):
        self.config = tempfile.NamedTemporaryFile("w", suffix=".conf", dir=VAR / "tmp")
        self.config.write(daybook.config_with(search_ms=search_ms))
        self.config.flush()

    def close(self):
        self.config.close()

    def get(self, target):
        path, _, query = target.partition("?")
        program = "triggers" if "/triggers" in path else "events"
        environment = {"GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1",
                       "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path,
                       "QUERY_STRING": query, "REMOTE_USER": daybook.PERSON,
                       "DAYBOOK_CONF": self.config.name, "PATH": os.environ["PATH"]}
        done = subprocess.run([BUILD / f"bin/{program}.fcgi"], env=environment, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        status = int(re.search(rb"Status: (\d+)", head)[1])
        return daybook.Answer(type("Response", (), {"status": status, "headers": {}}), body)


class Searching(daybook.TestCase):
    """One log: most of it in segments with files of texts."""

    @classmethod
    def setUpClass(cls):
        cls.random = random.Random(20250303)
        cls.account = daybook.Account()
        at = START_MS
        events = []
        for number in range(EVENTS):
            at += cls.random.choice((0, 0, 0, 1, 7, 3000))
            events.append(event(cls.random, number, at))
        cls.last_ms = at
        cls.known = {}
        cls.record(events)
        run_well("maintain")
        cls.hurried = Hurried()

    @classmethod
    def tearDownClass(cls):
        cls.hurried.close()

    @classmethod
    def record(cls, events):
        cls.account.record_many(events)
        cls.known.clear()

    def stored(self, kind=None, oldest_first=False):
        """Each event and its folded texts, as the database has them since something was recorded last."""
        if (kind, oldest_first) not in self.known:
            self.known[kind, oldest_first] = [
                (stored, [folded(stored[name]) for name in SEARCHED if stored[name]])
                for stored in self.account.stored(kind, oldest_first)]
        return self.known[kind, oldest_first]

    def expect(self, kind, needle, oldest_first=False, condition=lambda event: True):
        """The ids of what must be found."""
        needle = folded(needle.encode())
        found = [stored["id"] for stored, texts in self.stored(kind, oldest_first)
                 if condition(stored) and any(needle in text for text in texts)]
        return [f"{number:016x}" for number in found]

    def needles(self, count):
        texts = [stored[name] for stored, _ in self.stored()[::37] for name in SEARCHED if stored[name]]
        for _ in range(count):
            text = self.random.choice(texts).decode()
            at = self.random.randrange(len(text))
            needle = text[at:at + self.random.randrange(3, 12)].swapcase()
            if len(needle.encode()) >= 3:
                yield needle
        yield "no such text at all"
        yield "0a1"

    def check(self, needle, kind="event", query="", condition=lambda event: True):
        """Page 1, last page and file against what must be found; the files are complete."""
        quoted = quote(needle, safe="")
        wanted = self.expect(kind, needle, condition=condition)
        page = self.account.open(f"{kind}s?show=200&q={quoted}{query}")
        self.assertEqual(200, page.status, needle)
        self.assertEqual(wanted[:200], links(page), needle)
        if len(wanted) > 200:
            last = (len(wanted) + 199) // 200
            page = self.account.open(f"{kind}s?show=200&q={quoted}{query}&page={last}")
            self.assertEqual(wanted[200 * (last - 1):], links(page), needle)
            self.assertIn(f"of {len(wanted):,} ", daybook.Page(page.text).text)
        lines = daybook.ndjson(self.account.open(f"{kind}s.ndjson?q={quoted}{query}").text)
        self.assertEqual(wanted, [line["id"] for line in lines[:-1]], needle)

    def text_files(self):
        return sorted((VAR / "cache").glob(f"{self.account.number}-*/*.text"))

    def test_what_a_text_is_besides(self):
        """A name of calls that was typed into the search leads to these calls; how many they are is right."""
        account = daybook.Account()
        records = [{"action": choice, "user": who, "entity_type": kind, "entity_id": f"id-{number % 3}",
                    "entity_name": f"the ann {number % 2}", "occurred_at": START_MS + number}
                   for number, (choice, who, kind) in enumerate(itertools.product(
                       ("anna", "getThing"), ("anna", "bob & co", "getThing"), ("anna", "thing", "id-1")))]
        ids = account.record(records)
        other = daybook.Account()
        other.record([{"action": "elsewhere", "user": "elsewhere"}])

        def has(record, what, word):
            return word in record["entity_name"] if what == "entity names with" else word == record[
                {"user": "user", "action": "action", "entity": "entity_type", "entity ID": "entity_id"}[what]]
        for word in ("anna", "getThing", "bob & co", "id-1", "the ann", "elsewhere", "thing"):
            text = account.open("events?" + urlencode({"q": word, "not_user": "bob & co"})).text
            found = {what: (html.unescape(link), int(count)) for link, what, name, count in
                     re.findall(r'<a href="([^"]*)">([\w ]+) <bdi>([^<]*)</bdi>: (\d+) calls?</a>', text)
                     if html.unescape(name) == word}
            for what in ("user", "action", "entity", "entity ID", "entity names with"):
                expected = [one for one, record in zip(ids, records)
                            if record["user"] != "bob & co" and has(record, what, word)]
                with self.subTest(word, what=what):
                    self.assertEqual(len(expected), found.get(what, ("", 0))[1])
                    if expected:
                        self.assertEqual(expected[::-1], links(daybook.get(found[what][0] + "&show=200")))
        text = account.open("events?q=" + ids[3]).text
        self.assertIn(f'<a href="/{account.slug}/events/{ids[3]}">ID of a call: open it</a>', text)
        for query in ("from=9999-12-31", "to=2001-01-01", "user=nobody"):
            self.assertIn("ID of a call", account.open(f"events?q={ids[3]}&{query}").text, "whatever else is asked for")
        self.assertNotIn("ID of a call", account.open("triggers?q=" + ids[3]).text)
        self.assertNotIn("ID of a call", other.open("events?q=" + ids[3]).text)
        self.assertNotIn("As a name", account.open("events?q=anna&user=x&action=x&entity=x&entity_id=x&entity_name=x").text)

    def test_what_holds_a_text(self):
        """A part of a name leads to the calls whose names hold it; so does a name that no call has, where nothing else was found."""
        account = daybook.Account()
        kinds = {"action": ("deletePipeline", "DeleteProject", "get<i>Pipeline", "delete"), "user": ("Ivan", "ivana", "\u202eIvan", ""),
                 "entity_type": ("pipeline", "---", "Pipelines")}
        records = [dict(zip(kinds, values), occurred_at=START_MS + number)
                   for number, values in enumerate(itertools.product(*kinds.values()))]
        ids = account.record(records)

        def folded(text):
            return "".join(one.lower() if one.isascii() else one for one in text)

        def check(text, what, word, rest):
            found = {kind: (html.unescape(link), int(count)) for link, kind, names, count in
                     re.findall(r'<a href="([^"]*)">(\w+) <bdi>([^<]*)</bdi>: (\d+) calls?</a>', text)
                     if html.unescape(names) != word}
            for kind in what:
                name = "entity" if kind == "entity_type" else kind
                held = {one for one in kinds[kind] if folded(word) in folded(one)} - {"---", ""} if word != "---" else set()
                expected = [one for one, record in zip(ids, records)
                            if held - {word} and record[kind] in held and rest(record)]
                with self.subTest(word, kind=kind):
                    self.assertEqual(len(expected), found.get(name, ("", 0))[1])
                    if expected:
                        self.assertEqual(expected[::-1], links(daybook.get(found[name][0] + "&show=200")))

        for word in ("delete", "PIPELINE", "ivan", "deletePipeline", "<i>", "pipelines", "---", "nothing of that"):
            for left_out in ("ivana", "iv*"):
                check(account.open("events?" + urlencode({"q": word, "not_user": left_out, "from": "2001-01-01"})).text, kinds, word,
                      lambda record, left_out=left_out: not record["user"].startswith(left_out.rstrip("*")))
            for kind in kinds:
                if word in (*kinds[kind], "---"):
                    continue
                name = "entity" if kind == "entity_type" else kind
                text = account.open("events?" + urlencode({name: word, "not_user": "ivana"})).text
                self.assertIn("Nothing matches", text)
                check(text, [kind], word, lambda record: record["user"] != "ivana")
        self.assertNotIn("Did you mean", account.open("events?action=delete&user=nobody").text)
        self.assertNotIn("Did you mean", daybook.Account().open("events?action=delete").text)
        self.assertIn("action <bdi>deletePipeline, get&lt;i&gt;Pipeline</bdi>: 16 calls",
                      account.open("events?action=PIPE&action=elsewhere&entity=pipeline&entity=Pipelines").text)

    def test_1_indexed(self):
        """Before the others change the log."""
        self.assertGreaterEqual(len(self.text_files()), 5)
        for needle in self.needles(60):
            self.check(needle)
            self.check(needle, "trigger")
        for needle in self.needles(15):
            self.check(needle, "event", "&user=u3&not_status=201",
                       lambda event: event["user"] == b"u3" and event["status"] != 201)

    def test_2_late_events_are_added_in_place(self):
        before = {path: path.stat().st_ino for path in self.text_files()}
        late = []
        for number in range(40):
            late.append(event(self.random, EVENTS + number,
                              START_MS + self.random.randrange(self.last_ms - START_MS)))
            late[-1]["request"]["body"] = f"xyzzy plugh {number} of those that came late"
        self.record(late)
        self.check("xyzzy PLUGH")  # not merged, or just being merged
        run_well("maintain")
        self.check("XYZZY plugh")
        self.check("plugh 17 of")
        self.check("xyzzy plugh", "trigger")
        kept = {path: inode for path, inode in before.items() if path.exists()}
        self.assertGreaterEqual(len(kept), 3, "files of segments that were not split are kept")
        for path, inode in kept.items():
            self.assertEqual(inode, path.stat().st_ino)
        for needle in self.needles(20):
            self.check(needle)

    def test_3_files_that_are_broken_or_gone(self):
        files = self.text_files()
        files[0].write_bytes(b"")
        files[1].write_bytes(files[1].read_bytes()[:-1])
        files[2].write_bytes(b"\xff" * files[2].stat().st_size)
        files[3].unlink()
        files[4].unlink()
        files[4].symlink_to("/etc/passwd")
        for needle in self.needles(25):
            self.check(needle)
            self.check(needle, "trigger")
        run_well("maintain")
        self.assertTrue(files[5].exists())

    def walk(self, slug, kind, query, oldest_first):
        """All pages of a search that is always out of time, by its own links."""
        target = f"/{slug}/{kind}s?show=200&{query}" + "&sort=time" * oldest_first
        found, pages = [], 0
        while target:
            page = self.hurried.get(target)
            self.assertEqual(200, page.status, page)
            found += links(page)
            text = daybook.Page(page.text).text
            shown = re.search(r"1 - ([\d,]+) of (at least )?([\d,]+)", text)
            self.assertEqual(len(links(page)), daybook.number(shown[3]) if shown else 0)
            rest = re.search(r'Searched (back|up) .*?<a href="([^"]*)">Continue the search', page.text,
                             re.S)
            self.assertEqual(bool(rest), bool(shown and shown[2]) or "Nothing found yet" in text)
            if rest:
                self.assertEqual("up" if oldest_first else "back", rest[1])
                self.assertNotEqual(target, rest[2])
            target = html.unescape(rest[2]) if rest else None
            pages += 1
        return found, pages

    def test_4_going_on_leaves_nothing_out(self):
        """Nothing comes twice either."""
        for needle in ("gi", "0a"):
            for oldest_first in (False, True):
                with self.subTest(needle=needle, oldest_first=oldest_first):
                    wanted = self.expect("event", needle + "na", oldest_first, lambda event:
                                         (event["user"], event["action"], event["status"])
                                         == (b"u3", b"a1", 200))
                    found, pages = self.walk(self.account.slug, "event",
                                             f"q={needle}na&user=u3&action=a1&status=200",
                                             oldest_first)
                    self.assertEqual(wanted, found)
                    self.assertGreater(pages, 5)

    def test_5_a_page_that_is_not_reached(self):
        page = self.hurried.get(f"/{self.account.slug}/events?q=gina&page=400")
        self.assertEqual(200, page.status)
        text = daybook.Page(page.text).text
        self.assertRegex(text, "Page 400 was not reached|Nothing found yet")
        self.assertIn("Continue the search", text)
        self.assertEqual(404, self.account.open("events?q=gina&page=400").status)

    def test_6_without_an_index(self):
        """As in a log that was not indexed yet; many events have the same millisecond."""
        account = daybook.Account()
        account.record_many(event(self.random, number, START_MS + number // 20)
                            for number in range(160))
        database().run(f"DELETE FROM log WHERE account_id = {account.number}")
        for oldest_first in (False, True):
            wanted = [f"{stored['id']:016x}" for stored in account.stored("event", oldest_first)
                      if any(b"gi" in folded(stored[name] or b"") and
                             b"gina" in folded(stored[name]) for name in SEARCHED)]
            found, pages = self.walk(account.slug, "event", "q=gina", oldest_first)
            self.assertEqual(wanted, found)
            self.assertGreater(pages, 7)
            if not oldest_first:
                self.assertEqual(wanted[:200], links(account.open("events?show=200&q=GINA")))


class Aside:
    """A request that may have to wait for its answer."""

    def __init__(self, target, headers):
        self.answer = None
        self.thread = threading.Thread(target=self._ask, args=(target, headers))
        self.thread.start()

    def _ask(self, target, headers):
        self.answer = get(target, headers)

    def is_done(self):
        return not self.thread.is_alive()

    def get(self):
        self.thread.join()
        return self.answer


class Pools(daybook.TestCase):
    """Who holds the searching processes holds nobody else up."""

    @classmethod
    def setUpClass(cls):
        cls.account = daybook.Account()
        cls.account.record({"action": "found", "request": {"body": "needle"}})
        cls.other = make_person("somebody-else")
        run_well("member", "add", cls.account.slug, "somebody-else", "auditor")

    def hold(self, *pools):
        """Their processes stand still until the test has ended."""
        held = [pid for pool in pools for pid in workers(pool)]
        for pid in held:
            os.kill(pid, signal.SIGSTOP)
        self.addCleanup(lambda: [os.kill(pid, signal.SIGCONT) for pid in held])
        return held

    def refusal(self, target, headers):
        """Asks again and again, a second each, until it is not left waiting; not before those who were first."""
        time.sleep(0.5)
        def ask():
            connection = daybook.connect()
            connection.timeout = 1
            try:
                connection.request("GET", target, None, headers)
                response = connection.getresponse()
                return daybook.Answer(response, response.read())
            except TimeoutError:
                return None
            finally:
                connection.close()
        return until(ask, 15, "an answer at once")

    def test_which_requests_are_searches(self):
        held = self.hold("search_events", "search_triggers", "search_download")
        slug = self.account.slug
        for target in ("events", "events?q=", "events?show=25&q=&user=", "triggers?q=", "events?xq=abc",
                       "events.csv", "events.csv?q=", "events?entity_name=q%3Dabc"):
            self.assertIn(get(f"/{slug}/{target}").status, (200, 400), target)
        self.assertEqual(303, get(f"/{slug}/events?query=needle").status, "a list leads on from the text of a search")
        for target in ("events.csv?query=", "events.csv?xquery=user:a", "triggers.ndjson?user=query%3Da"):
            self.assertIn(get(f"/{slug}/{target}").status, (200, 400), target)
        token = bearer(self.account.token("read"))
        for query in ("search=", "entity=search%3Dabc", "xsearch=abc", "%53earch=abc"):
            self.assertIn(get(f"/api/audit/download?{query}", token).status, (200, 400), query)
        answers = [Aside(f"/{slug}/{target}", headers) for target, headers in (
            ("events?q=needle", self.other), ("triggers?user=a&%71=needle", self.other),
            ("events.csv?raw=1&q=needle", None), ("all.ndjson?user=a&%71u%65ry=needle", None))]
        answers.append(Aside("/api/audit/download?action=a&%73%65%61%72%63%68=needle", token))
        time.sleep(1)
        self.assertFalse([answer for answer in answers if answer.is_done()])
        for pid in held:
            os.kill(pid, signal.SIGCONT)
        self.assertEqual([200] * 5, [answer.get().status for answer in answers])

    def test_two_at_a_time_for_each(self):
        held = self.hold("search_events", "search_triggers")
        target = f"/{self.account.slug}/events?q=needle"
        answers = [Aside(target, None),
                   Aside(f"/{self.account.slug}/triggers?q=needle", None)]
        refused = self.refusal(target, daybook.login())
        self.assertEqual(429, refused.status)
        self.assertIn("Too many at a time", refused.text)
        self.assertIn("Retry-After", refused.headers)
        self.assertEqual(200, get(f"/{self.account.slug}/events").status, "lists go on")
        self.assertEqual(200, get(f"/{self.account.slug}/events.csv").status, "downloads go on")
        answers.append(Aside(target, self.other))
        for pid in held:
            os.kill(pid, signal.SIGCONT)
        self.assertEqual([200, 200, 200], [answer.get().status for answer in answers])
        self.assertEqual(200, get(target).status)

    def test_a_program(self):
        held = self.hold("search_download")
        target, token = "/api/v1/events.csv?q=needle", bearer(self.account.token("read"))
        answers = [Aside(target, token) for _ in range(2)]
        refused = self.refusal(target, token)
        self.assertRefused(refused, 429, "token")
        self.assertEqual(refused.json["error"], refused.json["message"])
        for pid in held:
            os.kill(pid, signal.SIGCONT)
        for answer in answers:
            self.assertEqual((200, True), (answer.get().status, "needle" in answer.get().text))


if __name__ == "__main__":
    unittest.main()
