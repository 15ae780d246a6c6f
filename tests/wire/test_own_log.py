# SPDX-License-Identifier: MIT
"""The log about the log: whoever reads or changes something is an event of the account, once, and lists leave these out.

By a copy of its own, since the others are started without (AUDIT=0).
"""
import base64
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from capture import free_port
from daybook import BUILD, ROOT, Page, number
from test_list import COUNT

LOCAL = ROOT / "cgi-bin/deploy/local.sh"
SECRET = "kingfisher-4711"
EVENTS = """SELECT a.slug, ac.name, COALESCE(t.name, '---'), COALESCE(u.name, '---'), COALESCE(n.external_id, '---'), e.status,
    e.source, r.query, r.url FROM event e JOIN event_request r USING (account_id, kind, id) JOIN account a ON a.id = e.account_id
    JOIN action ac ON ac.id = e.action_id LEFT JOIN entity_type t ON t.id = e.entity_type_id
    LEFT JOIN user u ON u.id = e.user_id LEFT JOIN entity n ON n.id = e.entity_id WHERE e.id > {} ORDER BY e.id"""


class Copy:
    """A copy of Daybook that writes down what is asked of it."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="daybook-own-"))
        self.var = self.folder / "var"
        self.settings = {**os.environ, "PORT": str(free_port()), "VAR": str(self.var), "BUILD": str(BUILD), "DEMO": "0",
                         "AUDIT": "1", "WORKERS": "2", "SEGMENT_EVENTS": "500", "WRAPPER": ""}
        subprocess.run(["sh", LOCAL, "start"], env=self.settings, check=True, stdout=subprocess.DEVNULL)
        lines = (self.var / "credentials").read_text().splitlines()
        self.credentials = dict(line.split("=", 1) for line in lines)
        self.host = urlsplit(self.credentials["url"]).netloc

    def stop(self):
        subprocess.run(["sh", LOCAL, "stop"], env=self.settings, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(self.folder)

    def daybook(self, *arguments):
        return subprocess.run([BUILD / "bin/daybook", "--config", self.var / "daybook.conf", *arguments], check=True,
                              capture_output=True, text=True).stdout.strip()

    def sql(self, statement):
        done = subprocess.run(["mariadb", f"--defaults-file={self.var}/my.cnf", "-BN", "daybook", "-e", statement],
                              check=True, capture_output=True, text=True)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def ask(self, method, target, headers, body=None):
        """Asked again while it is refused as too much: of two processes for downloads one is kept free, and nginx counts the place of a
        download that was read to its end for a moment longer."""
        end = time.monotonic() + 60
        answer = self.ask_once(method, target, headers, body)
        while answer[0].status == 429 and time.monotonic() < end:
            time.sleep(0.1)
            answer = self.ask_once(method, target, headers, body)
        return answer

    def ask_once(self, method, target, headers, body):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()

    def login(self, password=None):
        pair = f"{self.credentials['user']}:{password or self.credentials['password']}"
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    def page(self, target):
        return self.ask("GET", target, self.login())[1]

    def token(self, name):
        return {"Authorization": "Bearer " + self.credentials[name]}

    def download(self, target, headers):
        answer, body = self.ask("GET", target, headers)
        assert answer.status == 200, (target, answer.status, body)
        return answer, body

    def record(self, *events):
        answer, body = self.ask("POST", "/api/v1/events", self.token("record_token"), json.dumps(events))
        assert answer.status == 201, body
        return json.loads(body)["ids"]

    def newest(self):
        """The newest id, once everything that was asked so far has been followed."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            path = self.var / "capture/own.log"
            newest = int(self.sql("SELECT COALESCE(MAX(id), 0) FROM event")[0][0])
            if path.exists() and self.backlog() == 0:
                return newest
            time.sleep(0.1)
        raise AssertionError("the follower does not come to the end of its file")

    def backlog(self):
        size = (self.var / "capture/own.log").stat().st_size
        rows = self.sql("SELECT COALESCE(MAX(read_bytes), 0) FROM capture_file")
        return size - int(rows[0][0])

    def events_after(self, identifier):
        self.newest()
        return self.sql(EVENTS.format(identifier))


    def changes_after(self, identifier):
        """Of each event: action, id and name of the entity, and what its extra says of the change; the oldest first."""
        self.newest()
        rows = self.sql("SELECT TO_BASE64(ac.name), TO_BASE64(n.external_id), TO_BASE64(COALESCE(n.name, '')), TO_BASE64(r.extra) "
                        "FROM event e JOIN event_request r USING (account_id, kind, id) JOIN action ac ON ac.id = e.action_id "
                        f"JOIN entity n ON n.id = e.entity_id WHERE e.id > {identifier} ORDER BY e.id")
        texts = [[base64.b64decode(cell.replace("\\n", "")).decode() for cell in row] for row in rows]
        return [(action, entity, name, json.loads(extra or "{}")) for action, entity, name, extra in texts]

    def post(self, target, **fields):
        """A form of the page, as a browser sends it."""
        headers = {**self.login(), "Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin",
                   "User-Agent": "test"}
        answer, body = self.ask("POST", target, headers, urlencode(fields))
        hidden = [name for name in answer.headers if name.lower().startswith("x-daybook")]
        assert not hidden, hidden
        return answer, body


class OwnLog(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.copy = Copy()
        cls.addClassCleanup(cls.copy.stop)
        cls.copy.daybook("account", "add", "acme")
        cls.copy.daybook("operator", "add", cls.copy.credentials["user"])
        cls.empty = [cls.copy.page(f"/-/events{query}") for query in ("", "?action=x")]
        cls.copy.daybook("operator", "remove", cls.copy.credentials["user"])
        (cls.real,) = cls.copy.record({"action": "real", "user": "ann", "status": 200})
        cls.copy.newest()

    def test_each_call_is_one_event(self):
        copy, real = self.copy, self.real
        prefix = copy.credentials["read_token"][:12]
        mark = copy.newest()
        person, token, wrong = copy.login(), copy.token("read_token"), copy.login("wrong-" + SECRET)
        calls = [
            (person, "GET", f"/demo/events?user=ann&q={SECRET}", ("demo", "viewEvents", "admin", "---", 200)),
            (person, "GET", "/demo/events?query=user:ann", ("demo", "viewEvents", "admin", "---", 303)),
            (person, "GET", "/demo/events?query=usr:ann", ("demo", "viewEvents", "admin", "---", 400)),
            (person, "HEAD", "/demo/events?show=50", ("demo", "viewEvents", "admin", "---", 200)),
            (person, "GET", "/demo/triggers?status=4xx", ("demo", "viewTriggers", "admin", "---", 200)),
            (person, "GET", f"/demo/events/{real}", ("demo", "viewEvent", "admin", real, 200)),
            (person, "GET", "/demo/triggers/00000000000000aa", ("demo", "viewTrigger", "admin", "00000000000000aa", 404)),
            # Downloads are not asked for one after the other: two of a person are answered at a time, and nginx counts one for a moment longer.
            (person, "GET", "/demo/events.csv?user=ann", ("demo", "downloadEvents", "admin", "---", 200)),
            (person, "GET", "/demo/-/health", ("demo", "viewHealth", "admin", "---", 200)),
            (person, "GET", "/demo/-/tokens", ("demo", "viewTokens", "admin", "---", 200)),
            (person, "GET", "/demo/triggers.ndjson", ("demo", "downloadTriggers", "admin", "---", 200)),
            (person, "GET", "/demo/-/members", ("demo", "viewMembers", "admin", "---", 200)),
            (person, "GET", "/demo/-/views?kind=events", ("demo", "viewViews", "admin", "---", 200)),
            (person, "GET", "/demo/-/find-secret", ("demo", "openFindSecret", "admin", "---", 200)),
            (person, "GET", "/demo/all.csv?raw=1", ("demo", "downloadAll", "admin", "---", 200)),
            (person, "GET", "/demo/%65vents", ("demo", "viewEvents", "admin", "---", 200)),
            (person, "GET", "/static/../demo/events", ("demo", "GET (unmatched)", "admin", "---", 200)),
            (person, "GET", "/hooks/..//demo/all.csv", ("demo", "GET (unmatched)", "admin", "---", 200)),
            (token, "GET", "/api/v1/events.csv?user=ann", ("demo", "downloadEvents", f"token {prefix}", "---", 200)),
            (token, "GET", "/api/audit/download?search=abc", ("demo", "downloadEvents", f"token {prefix}", "---", 200)),
            (token, "GET", "/api/audit/entitiesList", ("demo", "viewValues", f"token {prefix}", "---", 200)),
            (token, "GET", "/api/user", ("demo", "viewUser", f"token {prefix}", "---", 200)),
            # What lets nobody in belongs to the installation.
            (person, "GET", "/acme/events", ("daybook", "viewEvents", "admin", "---", 404)),
            (person, "GET", "/-/events.csv", ("daybook", "downloadEvents", "admin", "---", 404)),
            (person, "GET", "/demo/events?no=such", ("demo", "viewEvents", "admin", "---", 400)),
            (person, "GET", "/demo/nowhere", ("daybook", "GET (unmatched)", "admin", "---", 404)),
            (wrong, "GET", "/demo/events", ("daybook", "viewEvents", "---", "---", 401)),
            ({}, "GET", "/api/v1/all.ndjson", ("daybook", "downloadAll", "---", "---", 401)),
            ({"Authorization": "Bearer " + SECRET}, "GET", "/api/user", ("daybook", "viewUser", "---", "---", 401)),
        ]
        for headers, method, target, _ in calls:
            answer, _ = copy.ask(method, target, headers)
            for name in answer.headers:
                self.assertFalse(name.lower().startswith("x-daybook"), name)
        for target in ("/healthz", "/static/no-such", "/hooks/demo/" + "a" * 40):
            copy.ask("GET", target, {})
        copy.record({"action": "recorded"})
        rows = copy.events_after(mark)
        own = [row for row in rows if row[2] == "audit"]
        self.assertEqual([("demo", "recorded", "---")], [tuple(row[:3]) for row in rows if row not in own])
        found = [(target, slug, action, user, entity, int(status))
                 for slug, action, _, user, entity, status, _, _, target in own]
        self.assertEqual(sorted((target, *expected) for _, _, target, expected in calls), sorted(found))
        self.assertIn({"user": "ann", "q": SECRET}, [json.loads(row[7]) for row in own if row[7]])
        self.assertEqual({"1", "3"}, {row[6] for row in own})
        everything = subprocess.run(["grep", "-rlF", "wrong-" + SECRET, copy.var], check=False, capture_output=True)
        self.assertEqual(b"", everything.stdout)

    def test_however_an_address_is_written(self):
        """A page is read, and a hook keeps its secret, also where the path only begins or ends like something else."""
        copy = self.copy
        mark, person, token = copy.newest(), copy.login(), copy.token("read_token")
        reads = [(person, "/static/../demo/events"), (person, "/hooks/../demo/all.csv"), (person, "/healthz/%2e%2e/demo/triggers"),
                 (person, "//demo/events"), (token, "/metrics/../api/v1/all.csv"), (token, "/publisher//..//api/user")]
        for headers, target in reads:
            self.assertEqual(200, copy.ask("GET", target, headers)[0].status, target)
        address = copy.daybook("hook", "add", "demo", "spelled")
        name = address.rpartition("/")[2]
        for target in (f"/{address}", address.replace("hooks", "%68ooks"), f"/static/..{address}", f"/demo/..{address}?a=b"):
            self.assertEqual(202, copy.ask("POST", target, {}, "{}")[0].status, target)
        secret = copy.credentials["record_token"]
        for target in ("//api/v1/events", f"/demo/../api/v1/events?access_token={secret}"):
            headers = {} if "access_token" in target else copy.token("record_token")
            self.assertEqual(201, copy.ask("POST", target, headers, '{"action": "spelled"}')[0].status, target)
        rows = [row for row in copy.events_after(mark) if row[2] == "audit" and row[1] != "addHook"]
        self.assertEqual(sorted(("demo", "200", target) for _, target in reads),
                         sorted((row[0], row[5], row[8]) for row in rows))
        for word in (name[-32:], secret):
            found = subprocess.run(["grep", "-rlF", word, copy.var / "capture", copy.var / "log"], check=False, capture_output=True)
            self.assertEqual(b"", found.stdout, word)

    def test_lists_leave_them_out(self):
        copy = self.copy
        for _ in range(5):
            copy.page("/demo/events")
        copy.newest()
        real, own = (int(copy.sql("SELECT COUNT(*) FROM event e JOIN account a ON a.id = e.account_id LEFT JOIN entity_type t ON "
                                  f"t.id = e.entity_type_id WHERE a.slug = 'demo' AND e.kind = 1 AND {condition}")[0][0])
                     for condition in ("COALESCE(t.name, '') <> 'audit'", "t.name = 'audit'"))
        self.assertGreater(own, 5)
        for query, least in (("", real), ("?audit=0", real), ("?audit=1", real + own), ("?entity=audit", own),
                             ("?entity=audit&entity=---", real + own), ("?not_entity=audit", real),
                             ("?audit=1&not_entity=audit", real), ("?q=viewEv&audit=1", 0)):
            for _ in range(4):  # by several workers, merged and not
                total = COUNT.search(Page(copy.page("/demo/events" + query)).text)
                total = number(total[3]) if total else 0
                shows = "audit=1" in query or "entity=audit" in query.replace("not_entity", "")
                if shows and least > real:
                    self.assertGreaterEqual(total, least, query)
                elif not shows:
                    self.assertEqual(least, total, query)
            answer, body = copy.download("/demo/events.ndjson" + query, copy.login())
            types = [json.loads(line).get("entity_type") for line in body.splitlines() if '"end"' not in line]
            if "q=" not in query:
                self.assertEqual(answer.headers["Daybook-Rows"], str(len(types)))
            if not shows:
                self.assertNotIn("audit", types)
                self.assertEqual(real, len(types))
            elif least > real:
                self.assertIn("audit", types)
        for target in ("/api/v1/all.csv", "/api/audit/download"):
            body = copy.download(target, copy.token("read_token"))[1]
            self.assertNotIn('"audit"', body, target)
        body = copy.download("/api/audit/download?entity=audit", copy.token("read_token"))[1]
        self.assertIn('"audit"', body)

    def test_the_chip(self):
        page = Page(self.copy.page("/demo/events?user=ann"))
        self.assertIn("Calls to Daybook: left out", " ".join(page.text.split()))
        (link,) = [link for link in page.links if "audit=1" in link]
        shown = Page(self.copy.page(link))
        self.assertIn("Calls to Daybook: shown", " ".join(shown.text.split()))
        self.assertTrue([link for link in shown.links if link.startswith("/demo/events.csv?") and "audit=1" in link])
        self.assertIn("/demo/events?user=ann", shown.links)
        asked_for = Page(self.copy.page("/demo/events?entity=audit"))
        self.assertNotIn("Calls to Daybook", asked_for.text)
        menu = self.copy.page("/demo/events?menu=entity")
        self.assertIn('value="audit"', menu)

    def test_no_account_has_a_call(self):
        """What an operator sees of a new installation."""
        self.assertEqual([True, False], ["No account has such a call." in page for page in self.empty])
        self.assertIn("Nothing matches", self.empty[1])

    def test_reading_makes_a_list_no_older(self):
        """Whoever turns pages is told of newer events only when there are some that belong to the list."""
        copy = self.copy
        copy.record(*({"action": "page", "user": "pat"} for _ in range(12)))
        page = Page(copy.page("/demo/events?user=pat"))
        (second,) = {link for link in page.links if "page=2" in link}
        for _ in range(3):
            copy.newest()
            self.assertNotIn(" newer</a>", copy.page(second))
        copy.record({"action": "page", "user": "somebody else"})
        self.assertNotIn(" newer</a>", copy.page(second))
        copy.record({"action": "page", "user": "pat"})
        self.assertIn(">1 newer</a>", copy.page(second))

    def test_changes_by_the_command(self):
        copy = self.copy
        mark = copy.newest()
        copy.daybook("member", "add", "acme", "zoë\nx", "auditor")
        copy.daybook("plan", "add", "thirty", "30")
        copy.daybook("account", "set-plan", "acme", "thirty")
        copy.daybook("account", "hold", "acme", "on")
        copy.daybook("account", "hold", "acme", "off")
        secret = copy.daybook("token", "add", "acme", "record", "--label", "robot")
        copy.daybook("token", "revoke", "acme", "3")
        copy.daybook("operator", "add", "olga")
        copy.daybook("redaction", "acme", "add", "pin")
        copy.daybook("member", "remove", "acme", "zoë\nx")
        copy.daybook("member", "list", "acme")
        copy.daybook("status")
        rows = [row for row in copy.events_after(mark) if row[6] == "2"]
        expected = [("acme", "addMember", r"zoë\nx"), ("daybook", "addPlan", "thirty"), ("acme", "setPlan", "thirty"),
                    ("acme", "setHold", "on"), ("acme", "setHold", "off"), ("acme", "addToken", "3"),
                    ("acme", "revokeToken", "3"), ("daybook", "addOperator", "olga"), ("acme", "addRedaction", "pin"),
                    ("acme", "removeMember", r"zoë\nx")]
        self.assertEqual(expected, [(row[0], row[1], row[4]) for row in rows])
        self.assertEqual({"audit"}, {row[2] for row in rows})
        self.assertEqual("daybook account set-plan acme thirty", rows[2][8])
        self.assertEqual([("addMember", "zoë\nx", "", {"role": "auditor"}), ("addToken", "3", "robot", {"scope": "record"}),
                          ("revokeToken", "3", "robot", {})],
                         [change for change in copy.changes_after(mark) if change[0] in ("addMember", "addToken", "revokeToken")])
        self.assertFalse(copy.sql(f"SELECT 1 FROM event_request WHERE url LIKE '%{secret}%'"))

    def test_words_that_look_like_options(self):
        """A change is recorded whatever words it is told, and an import in whatever order."""
        copy = self.copy
        path = copy.folder / "api.json"
        path.write_text(json.dumps({"openapi": "3.0.0", "info": {"title": "a", "version": "1"}, "paths": {
            "/a": {"get": {"operationId": "getA"}}}}))
        mark = copy.newest()
        copy.daybook("token", "add", "acme", "read", "--label", "--dry-run")
        copy.daybook("plan", "add", "--account", "40")
        copy.daybook("import-openapi", "--account", "acme", "--drop-reads", "--dry-run", str(path))
        copy.daybook("import-openapi", "--base-path", "/v1", "--account", "acme", str(path), "--drop-reads")
        rows = [row for row in copy.events_after(mark) if row[6] == "2"]
        made = copy.sql("SELECT MAX(id) FROM token")[0][0]
        self.assertEqual([("acme", "addToken", made), ("daybook", "addPlan", "--account"),
                          ("acme", "importOperations", str(path))], [(row[0], row[1], row[4]) for row in rows])

    def test_what_fails_is_no_change(self):
        mark = self.copy.newest()
        done = subprocess.run([BUILD / "bin/daybook", "--config", self.copy.var / "daybook.conf", "member", "remove", "acme",
                               "nobody"], check=False, capture_output=True)
        self.assertEqual(1, done.returncode)
        self.assertEqual([], [row for row in self.copy.events_after(mark) if row[6] == "2"])

    def test_purges_and_captures(self):
        copy = self.copy
        copy.daybook("account", "add", "old")
        token = {"Authorization": "Bearer " + copy.daybook("token", "add", "old", "record")}
        copy.daybook("plan", "add", "ten", "10")
        copy.daybook("account", "set-plan", "old", "ten")
        body = json.dumps([{"action": "x", "occurred_at": 1738324800000 + number} for number in range(7)])
        self.assertEqual(201, copy.ask("POST", "/api/v1/events", token, body)[0].status)
        copy.daybook("maintain", "purge")
        copy.daybook("maintain", "purge")
        # One of last year that was killed is told when another has come to its end.
        copy.sql("INSERT INTO purge_record (account_id, before_ms, cause, started_ms, events, triggers) "
                 "SELECT id, 1707000000000, 1, 1735689600000, 17, 4 FROM account WHERE slug = 'old'")
        copy.daybook("maintain", "purge")
        copy.daybook("maintain", "purge")
        rows = copy.sql("SELECT r.extra FROM event e JOIN event_request r USING (account_id, kind, id) JOIN account a ON "
                        "a.id = e.account_id JOIN action c ON c.id = e.action_id WHERE a.slug = 'old' AND c.name = 'purge' "
                        "ORDER BY e.id")
        self.assertEqual([{"events": 7, "triggers": 0}, {"events": 17, "triggers": 4}], [json.loads(row[0]) for row in rows])
        path = copy.folder / "api.log"
        path.write_text("")
        process = subprocess.Popen([BUILD / "bin/daybook", "--config", copy.var / "daybook.conf", "follow", "--account", "old",
                                    "--name", "front", path], stderr=subprocess.DEVNULL)
        query = ("SELECT c.name, n.external_id FROM event e JOIN account a ON a.id = e.account_id JOIN action c ON "
                 "c.id = e.action_id JOIN entity n ON n.id = e.entity_id WHERE a.slug = 'old' AND c.name LIKE '%Capture' "
                 "ORDER BY e.id")
        end = time.monotonic() + 30
        while not copy.sql(query) and time.monotonic() < end:
            time.sleep(0.1)
        process.terminate()
        process.wait()
        self.assertEqual([["startCapture", "front"], ["stopCapture", "front"]], copy.sql(query))

    def test_the_last_use_of_a_token_that_reads(self):
        self.copy.ask("GET", "/api/user", self.copy.token("read_token"))
        self.copy.newest()
        rows = self.copy.sql("SELECT t.scope, u.used_ms > 0 FROM token t JOIN token_use u ON u.token_id = t.id WHERE t.scope = 2")
        self.assertEqual([["2", "1"]], rows)
        page = " ".join(Page(self.copy.page("/demo/-/tokens")).text.split())
        self.assertRegex(page, r"read .*(ago|just now)")


if __name__ == "__main__":
    unittest.main()
