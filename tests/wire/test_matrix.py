# SPDX-License-Identifier: MIT
"""Who may ask what: every role, by every method, at every address that the manual or nginx names; and what came of it."""
import re
import secrets
import unittest
from urllib.parse import quote

import daybook
import matrix
from admin import FORM, HERE, AdminAccount
from daybook import Account, Page, TestCase, ask, bearer, database, run_well
from hooks import Hook
from matrix import METHODS, NOT_SIGNED_IN, PEOPLE, PROGRAMS, ROLES, ROWS, TOKENS, WAYS
from running_copy import make_person, workers

AGO = re.compile(rb"\b(?:\d+ [a-z]+ ago|just now)\b")
REQUEST_ID = re.compile(rb"\b[0-9a-f]{32}\b|(?<=publisher:)[0-9a-f]{8}\b")


class World:
    """An account, another one, and whoever could ask for the first one's pages."""

    def __init__(self):
        self.account, self.other = AdminAccount(), AdminAccount()
        (self.event,) = self.account.record({"action": "closed", "user": "closed"})
        (self.trigger,) = self.account.record({"action": "closed", "kind": "trigger"})
        self.other.record([{"action": "foreign"}, {"action": "foreign", "kind": "trigger"}])
        self.hook, self.other_hook = Hook(self.account), Hook(self.other)
        page = self.account.get(f"/{self.account.slug}/events").text
        self.file = re.search(r'(?:href|src)="/static/([^"]+)"', page)[1]
        self.tokens = {}
        for prefix, owner in (("", self.account), ("foreign_", self.other), ("revoked_", self.account),
                              ("expired_", self.account)):
            for scope in ("record", "read"):
                label = prefix + ("label" if owner is self.other else "closed")
                self.tokens[prefix + scope] = run_well("token", "add", owner.slug, scope, "--label", label)
        self.tokens["garbage"] = "dbk_" + secrets.token_hex(32)
        self.names = {role: f"{role}-{self.account.slug}" for role in PEOPLE if role not in ("admin", "stranger")}
        self.logins = {role: make_person(name) for role, name in self.names.items()}
        self.logins |= {"admin": self.account.admin, "stranger": self.other.admin}
        for role, right in (("auditor", "auditor"), ("former", "admin")):
            run_well("member", "add", self.account.slug, self.names[role], right)
        for role in ("operator", "former_operator"):
            run_well("operator", "add", self.names[role])
        self.end_rights()

    def end_rights(self):
        """Each was good, at every worker that might remember it, until just now."""
        times = 3 * len(workers("events"))
        for _ in range(times):
            self.expect(200, f"/{self.account.slug}/events", self.logins["former"])
            self.expect(200, f"/{self.account.slug}/-/tokens", self.logins["former"])
            self.expect(200, "/-/events?account=" + self.account.slug, self.logins["former_operator"])
            for prefix in ("revoked_", "expired_"):
                self.expect(200, "/api/v1/events.csv", bearer(self.tokens[prefix + "read"]))
                self.expect(201, "/api/v1/events", bearer(self.tokens[prefix + "record"]), b"[]")
        run_well("member", "remove", self.account.slug, self.names["former"])
        run_well("operator", "remove", self.names["former_operator"])
        for scope in ("record", "read"):
            for prefix, change in (("revoked_", "revoked_ms"), ("expired_", "expires_ms")):
                database().run(f"UPDATE token SET {change} = created_ms + 1 WHERE account_id = {self.account.number} AND scope = "
                               f"{1 + (scope == 'read')} AND label = '{prefix}closed'")

    @staticmethod
    def expect(status, target, headers, body=None):
        answer = ask("POST" if body else "GET", target, body, headers)
        assert answer.status == status, (target, answer)

    def headers(self, role):
        if role == "anonymous":
            return {}
        if role == "wrong_password":
            return daybook.login(self.account.admin_name, "wrong")
        return self.logins[role] if role in PEOPLE else bearer(self.tokens[role])

    def target(self, row, account=None, hook=None):
        account = account or self.account.slug
        return row.target.format(account=account, id=self.event, trigger=self.trigger, file=self.file,
                                 name=(hook or self.hook).address.rpartition("/")[2])

    def counts(self):
        """What recording and forms have left: in each account events, tokens, members and views."""
        return {owner: tuple(database().number(f"SELECT COUNT(*) FROM {table} WHERE account_id = {owner.number}")
                             for table in ("event", "token", "member", "saved_view")) for owner in (self.account, self.other)}

    def close(self):
        run_well("operator", "remove", self.names["operator"])


class Matrix(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.client = matrix.Client()
        cls.addClassCleanup(cls.client.close)

    def send(self, row, role, method, headers=None, target=None):
        """One question as such a client sends it."""
        body, headers = None, dict(self.world.headers(role) if headers is None else headers)
        if method in ("POST", "PUT", "PATCH") and row.body:
            body = row.body(role)
            headers |= {"Content-Type": "application/cloudevents+json"} if "cloudevents" in row.target else \
                FORM | HERE if "/-/" in row.target else {"Content-Type": "application/json"}
        return self.client.ask(method, target or self.world.target(row), headers, body)

    def test_every_role_address_and_method(self):
        before, accepted = self.world.counts(), dict.fromkeys(ROLES, 0)
        for row in ROWS:
            for role in ROLES:
                for method in METHODS:
                    answer = self.send(row, role, method)
                    with self.subTest(row.target, role=role, method=method):
                        self.assertIn(answer.status, row.statuses(role, method))
                        self.check(row, role, method, answer)
                    accepted[role] += row in PROGRAMS and method == "POST" and answer.status < 300
        after = self.world.counts()
        self.assertEqual({"record": 5, "foreign_record": 3}, {role: count for role, count in accepted.items() if count})
        changes = [tuple(new - old for old, new in zip(before[owner], after[owner])) for owner in (self.world.account, self.world.other)]
        self.assertEqual((5 + len(ROLES), 1, 1, 3), changes[0], "the hook takes from everybody")
        self.assertEqual((3, 0, 0, 0), changes[1])

    def check(self, row, role, method, answer):
        """What holds for each answer, whatever its status."""
        for name in answer.headers:
            self.assertFalse(name.lower().startswith("x-daybook"), name)
        if method == "HEAD":
            self.assertEqual(b"", answer.body)
        if answer.status == 405 and method != "TRACE" and "/static/" not in row.target:
            self.assertNotIn(method, answer.headers["Allow"].split(", "))
        if role not in ("auditor", "admin", "operator", "read"):
            self.assertNotIn(b"closed", answer.body.replace(b"q=closed", b""))
            self.assertNotIn(self.world.event.encode(), answer.body)
        if role.startswith("foreign") and answer.status == 200 and row in PROGRAMS:
            self.assertNotIn(self.world.account.slug.encode(), answer.body)

    def test_an_account_that_is_not_theirs_does_not_exist(self):
        """The same answer, byte for byte, wherever the account stands."""
        nowhere = "t-" + secrets.token_hex(6)
        for row in ROWS:
            if "{account}" not in row.target:
                continue
            for role in ("anonymous", "nobody", "stranger", "former", "former_operator", "foreign_record", "foreign_read"):
                for method in ("GET", "HEAD", "DELETE", "POST"):
                    if method == "POST" and "find-secret" in row.target or "{name}" in row.target:
                        continue
                    theirs = self.send(row, role, method)
                    missing = self.send(row, role, method, target=self.world.target(row, nowhere))
                    with self.subTest(row.target, role=role, method=method):
                        self.assertSame(theirs, missing)

    def test_what_is_not_theirs_does_not_exist(self):
        """In the account that is theirs: the ids, names and numbers of another."""
        world, other = self.world, self.world.other
        unused = f"{int(world.event, 16) ^ 1:016x}"
        self.assertEqual(0, database().number(f"SELECT COUNT(*) FROM event WHERE id = {int(unused, 16)}"))
        for target in ("/{0}/events/{1}", "/{0}/triggers/{1}", "/{0}/events/{1}?part=body", "/{0}/events/{1}?part=curl",
                       "/{0}/events/{1}?list=all&account={2}", "/{0}/events?asof={1}", "/{0}/events.ndjson?asof={1}",
                       "/{0}/triggers?asof={1}&menu=action", "/{0}/all.csv?asof={1}&trailer=1"):
            for method in ("GET", "HEAD"):
                theirs, missing = (self.client.ask(method, target.format(other.slug, identifier, world.account.slug), other.admin)
                                   for identifier in (world.event, unused))
                with self.subTest(target, method=method):
                    self.assertSame(theirs, missing, (world.event, unused))
        number, missing = world.account.token_numbers()[0], 4294967295
        self.assertSame(other.post("tokens", {"revoke": number}), other.post("tokens", {"revoke": missing}),
                        (str(number), str(missing)))
        self.assertSame(*(other.post("members", {"member": name, "role": "none"})
                          for name in (world.names["auditor"], "somebody-else")))
        name = world.hook.address.rpartition("/")[2]
        answers = [self.client.ask("POST", f"/hooks/{slug}/{key}", {}, b"{}") for slug, key in
                   ((other.slug, name), (other.slug, name[:-1] + "x"), (world.account.slug, name[:-1] + "x"), ("t-none", name))]
        for answer in answers:
            self.assertEqual(404, answer.status)
            self.assertSame(answers[0], answer)

    def test_tokens_in_every_way(self):
        """A good one opens the same in each way that is documented, one that is not good opens nothing in any."""
        before, accepted = self.world.counts(), 0
        refused = {}
        for row in PROGRAMS:
            method = row.methods[0]
            for role in TOKENS:
                for way, show in WAYS.items():
                    headers, query = show(self.world.tokens[role])
                    target = self.world.target(row)
                    target += ("&" if "?" in target else "?") * bool(query) + query
                    answer = self.send(row, role, method, headers, target)
                    expected = row.statuses(role, method)
                    if way == "access_token" and method == "GET":
                        expected = {400}  # senders alone may put it there
                    with self.subTest(row.target, role=role, way=way):
                        self.assertEqual(expected, {answer.status})
                        self.assertNotIn(self.world.tokens[role].encode(), answer.body)
                        if answer.status == 401 and "publisher" not in row.target:
                            self.assertSame(refused.setdefault(row, answer), answer)
                    accepted += method == "POST" and role == "record"
        after = self.world.counts()
        self.assertEqual(accepted, after[self.world.account][0] - before[self.world.account][0])

    def test_a_token_cut_joined_or_changed(self):
        good, other = self.world.tokens["read"], self.world.tokens["foreign_read"]
        for text in (good[:-1], good + "0", good.upper(), good[4:], f"{good},{other}", f"{good} {other}", f"{other}{good}",
                     quote(good).replace("_", "%5F"), f'"{good}"', good[:12], "' OR ''='", "%", "*", "null", "0"):
            for way in ("Bearer", "alone", "token=", "Basic"):
                answer = self.client.ask("GET", "/api/v1/events.csv", WAYS[way](text)[0])
                self.assertEqual(401, answer.status, (way, text))

    def test_accounts_are_named_on_pages_of_all_alone(self):
        """`account` and the like, where one account is shown, are refused or change nothing."""
        world, own = self.world, self.world.other
        for name in ("events", "triggers", *matrix.FILES):
            for query in (f"account={world.account.slug}", f"not_account={own.slug}", "list=all", "menu=account"):
                for headers, target in ((own.admin, f"/{own.slug}/{name}"), (world.logins["operator"], f"/{own.slug}/{name}")):
                    self.assertEqual(400, self.client.ask("GET", f"{target}?{query}", headers).status, (target, query))
        for name in matrix.FILES:
            for query in ("account=", "not_account=", "list=all"):
                answer = self.client.ask("GET", f"/api/v1/{name}?{query}{world.account.slug}", bearer(world.tokens["foreign_read"]))
                self.assertEqual(400, answer.status, query)
        identifier = f"{own.stored('event')[0]['id']:016x}"
        plain, named = (Page(self.client.ask("GET", f"/{own.slug}/events/{identifier}{query}", own.admin).text)
                        for query in ("", f"?list=all&account={world.account.slug}"))
        self.assertEqual(plain.text, named.text, "only the way back")

    def test_an_account_in_what_is_recorded(self):
        """It is the token's, whatever the message says."""
        world, before = self.world, self.world.counts()
        named = {"account": world.account.slug, "account_id": world.account.number}
        for name, value in named.items():
            answer = world.other.send({"action": "planted", name: value})
            self.assertIn(answer.status, (201, 400), name)
        world.other.record({"action": "planted", "idempotency_key": "shared"})
        (identifier,) = world.account.record({"action": "kept", "idempotency_key": "shared"})
        self.assertEqual(b"kept", world.account.find(identifier)["action"])
        for headers in ({"X-Account": world.account.slug}, {"X-Daybook-Account": world.account.slug}):
            world.other.send({"action": "planted"}, **headers)
        after = world.counts()
        self.assertEqual(1, after[world.account][0] - before[world.account][0])

    def assertSame(self, one, other, names=("", "")):
        """Nothing tells two answers apart but the request, and what each was asked for."""
        self.assertEqual(*(told(answer, name) for answer, name in zip((one, other), names)))


def told(answer, name=""):
    """All that an answer tells, without what names the request and how long ago something was, and so how long it is."""
    def same(data):
        data = REQUEST_ID.sub(b"REQUEST", data)
        data = AGO.sub(b"AGO", data)
        data = re.sub(rb'name="form" value="[0-9a-f]{16}"', b"FORM", data)
        return re.sub(rb"\b%s\b" % name.encode(), b"NAME", data) if name else data
    headers = sorted((key, same(value.encode())) for key, value in answer.headers.items()
                     if key not in ("Date", "Connection")
                     and not (key == "Content-Length" and (name or AGO.search(answer.body))))
    return answer.status, headers, same(answer.body)


class Coverage(unittest.TestCase):
    """A new address, or a new location of nginx, is in the matrix or fails here."""

    def test_the_manual(self):
        self.assertEqual(matrix.addresses(), {row.address for row in ROWS if row.address})

    def test_nginx(self):
        found = matrix.locations("server.conf") + matrix.locations("login/basic.conf")
        every = [one for outer in found for one in (outer, *outer.inner)]
        self.assertGreater(len(every), 20)
        asked = {matrix.chosen(found, row.target.partition("?")[0].format(account="acme", id="0" * 16, trigger="0" * 16,
                                                                          name="x", file="x")) for row in ROWS}
        self.assertEqual(["@too_large", "@too_many", "@too_often", "@unavailable"],
                         sorted(str(one) for one in every if one not in asked))

    def test_roles(self):
        self.assertEqual(len(ROLES), len(set(ROLES)))
        self.assertEqual(set(ROLES), {*NOT_SIGNED_IN, *PEOPLE, *TOKENS})


if __name__ == "__main__":
    unittest.main()
