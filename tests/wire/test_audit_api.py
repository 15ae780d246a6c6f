# SPDX-License-Identifier: MIT
"""What the clients of Codefresh are answered, asked by a plain HTTP client: the same rows as on a page, by tokens alone.

Random parameters with everything awkward in them, against plain SQL and the files that a login gets.
"""
import random
import time
import unittest
from urllib.parse import quote

import daybook
from audit_oracle import on_the_page
from daybook import Account, TestCase, ask, bearer, database, get, login, run_well
from export_oracle import defused
from list_oracle import ACTIONS, IDS, STATUSES, TYPES, USERS, Log, encoded
from segment_case import run as run_segments

SEED = 20260131
COMBINATIONS = 150
TARGETS = ("/api/audit/download", "/api/audit/entitiesList", "/api/user")


def bare(token):
    return {"Authorization": token}


class Download(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.log = Log(SEED, 1500)
        cls.account = cls.log.account
        cls.random = random.Random(SEED)

    def query(self):
        chance, pick = self.random.random, self.random.choice
        pools = {"userName": USERS, "entity": TYPES, "action": ACTIONS, "rs_status": STATUSES,
                 "entityId": (*IDS, "5cc*", "*"), "showTriggers": ("true", "false"),
                 "search": ("alpha", "ALPHA beta", "%2f", "ünï", "x=1&Y", "ωmega", '"p"', "a_b"),
                 "sortField": ("id", "createdAt", "updatedAt"),
                 "sortType": ("ASK", "DESK", "ASC", "DESC")}
        given = [(name, str(pick(pool) or "")) for name, pool in pools.items() if chance() < 0.2]
        user = dict(given).get("userName")
        if chance() < 0.1:
            given.append(("userId", user or str(pick(USERS) or "---")))
        for name in ("from", "to"):
            if chance() < 0.2:
                given.append((name, str(self.log.moment())))
        self.random.shuffle(given)
        return [(name, value.encode()) for name, value in given]

    def test_rows_are_those_of_the_page(self):
        matched = 0
        for _ in range(COMBINATIONS):
            parameters = self.query()
            tab, page = on_the_page(parameters)
            with self.subTest(parameters):
                answer = get("/api/audit/download?" + encoded(parameters, self.random),
                             bare(self.account.token("read")))
                self.assertEqual(200, answer.status, answer)
                rows = [int(row["id"], 16) for row in daybook.csv_dicts(answer.text)]
                wanted, _ = self.log.answer(tab.removesuffix("s"), page)
                self.assertEqual([identifier for _, identifier in wanted], rows)
                matched += bool(rows)
                file = self.account.open(f"{tab}.csv?{encoded(page)}")
                lines = file.body.split(b"\r\n")
                if dict(page).get("q"):
                    self.assertTrue(lines.pop(-2).startswith(b'"#end"'))
                self.assertEqual(b"\r\n".join(lines), answer.body)
                for name in ("Daybook-Rows", "Content-Type", "Content-Disposition"):
                    self.assertEqual(file.headers[name], answer.headers[name])
        self.assertGreater(matched, COMBINATIONS // 3)

    def test_bounds_of_time(self):
        account = Account()
        ids = account.record([{"action": "a", "occurred_at": ms} for ms in (1000, 1001, 1002)])
        for query, wanted in (("from=1001", ids[1:]), ("to=1001", ids[:1]), ("from=1000&to=1003", ids),
                              ("from=1001&to=1001", []), ("from=1002&to=1000", []),
                              ("from=0&to=9223372036854775807", ids)):
            rows = daybook.csv_dicts(get(f"/api/audit/download?sortType=ASK&{query}",
                                         bare(account.token("read"))).text)
            self.assertEqual(wanted, [row["id"] for row in rows], query)

    def test_a_formula_is_harmless(self):
        account = Account()
        account.record({"action": "=1+1"})
        (row,) = daybook.csv_dicts(get("/api/audit/download", bare(account.token("read"))).text)
        self.assertEqual("'=1+1", row["action"])


class EntitiesList(TestCase):
    def listed(self, account):
        answer = get("/api/audit/entitiesList", bare(account.token("read")))
        self.assertEqual((200, "application/json"), (answer.status, answer.headers["Content-Type"]))
        return answer.json

    def stored(self, account):
        """What occurs, by plain SQL, in the order of bytes; what reads like "has none" cannot be asked for."""
        found = {}
        for name, table, column in (("entities", "entity_type", "entity_type_id"),
                                    ("actions", "action", "action_id")):
            rows = database().bytes(["name"], f"FROM {table} WHERE id IN (SELECT {column} FROM event "
                                              f"WHERE account_id = {account.number})")
            found[name] = [cell.decode() for (cell,) in sorted(rows) if cell != b"---"]
        return found

    def test_against_sql(self):
        account = Log(SEED + 1, 400).account
        self.assertGreater(len(self.stored(account)["actions"]), 10)
        self.assertEqual(self.stored(account), self.listed(account))
        self.assertEqual(0, run_segments("maintain").returncode)
        self.assertEqual(self.stored(account), self.listed(account), "by the index")
        account.record([{"action": f'new "{kind}"\n', "entity_type": kind, "kind": kind}
                        for kind in ("event", "trigger")])
        self.assertEqual(self.stored(account), self.listed(account), "and what is not in it yet")
        self.assertIn('new "trigger"\n', self.listed(account)["actions"])

    def test_each_value_can_be_asked_for(self):
        account = Log(SEED + 2, 100).account
        token = bare(account.token("read"))
        listed = self.listed(account)
        for parameter, name in (("entity", "entities"), ("action", "actions")):
            for value in listed[name]:
                rows = [row for triggers in ("false", "true") for row in daybook.csv_dicts(get(
                    f"/api/audit/download?{parameter}={quote(value, safe='')}&showTriggers={triggers}",
                    token).text)]
                column = "entity_type" if parameter == "entity" else parameter
                self.assertEqual({defused(value)}, {row[column] for row in rows})

    def test_many(self):
        account = Account()
        account.record_many({"action": f"a{number:05}"} for number in range(10000))
        self.assertEqual({"entities": [], "actions": [f"a{number:05}" for number in range(10000)]},
                         self.listed(account))
        account.record({"action": "one more"})
        listed = self.listed(account)
        self.assertEqual((True, 10000), (listed["more"], len(listed["actions"])))


class Plan(TestCase):
    """What is past the plan of the account is as if it had never been."""

    def test_nothing_older(self):
        account = Account()
        now_ms = int(time.time() * 1000)
        ids = {}
        for days in (1, 29, 31, 400):
            for kind in ("event", "trigger"):
                event = {"action": f"{kind} of {days}", "entity_type": f"type of {days}", "kind": kind,
                         "occurred_at": now_ms - days * 86400000, "request": {"body": "needle"}}
                (ids[days, kind],) = account.record(event)
        name = "plan " + account.slug
        run_well("plan", "add", name, "30")
        for limit in (None, 30):
            if limit:
                run_well("account", "set-plan", account.slug, name)
            token = bare(account.token("read"))
            kept = [days for days in (1, 29, 31, 400) if not limit or days < limit]
            self.assertEqual({"entities": sorted(f"type of {days}" for days in kept),
                              "actions": sorted(f"{kind} of {days}" for days in kept
                                                for kind in ("event", "trigger"))},
                             get("/api/audit/entitiesList", token).json)
            for kind, triggers in (("event", "false"), ("trigger", "true")):
                for query in ("", "&from=0", "&search=needle", f"&from={now_ms - 500 * 86400000}"):
                    rows = daybook.csv_dicts(get(
                        f"/api/audit/download?showTriggers={triggers}{query}", token).text)
                    self.assertEqual([ids[days, kind] for days in kept], [row["id"] for row in rows])


class User(TestCase):
    def test_what_the_token_is_called(self):
        account = Account()
        for label, shown in (("night shift", "night shift"), ("", None), ("ä\"\\", "ä\"\\"),
                             ("a\nb\x1bc", "a\nb\u241bc")):
            token = run_well("token", "add", account.slug, "read", "--label", label)
            self.assertEqual(
                {"userName": shown or token[:12], "roles": ["User"],
                 "activeAccountName": account.slug, "account": [{"name": account.slug}]},
                get("/api/user", bare(token)).json)


class Tokens(TestCase):
    """Who is answered: by a token to read with, in whatever form it comes, about its own account alone."""

    @classmethod
    def setUpClass(cls):
        cls.account, cls.other = Account(), Account()
        for account in (cls.account, cls.other):
            account.record({"action": f"of {account.slug}", "entity_type": account.slug})

    def check_all(self, headers, account=None):
        for target in TARGETS:
            with self.subTest(target):
                answer = get(target, headers)
                if account is None:
                    self.assertRefused(answer, 401, "scope \"read\"")
                    self.assertEqual(answer.json["error"], answer.json["message"])
                    for one in (self.account, self.other):
                        self.assertNotIn(one.slug, answer.text)
                else:
                    self.assertEqual(200, answer.status)
                    for one in (self.account, self.other):
                        self.assertEqual(one is account, one.slug in answer.text)

    def test_forms(self):
        for account in (self.account, self.other):
            token = account.token("read")
            for form in ("{}", "Bearer {}", "bearer {}", " {} "):
                self.check_all({"Authorization": form.format(token)}, account)

    def test_refused(self):
        expired, revoked, good = (run_well("token", "add", self.account.slug, "read")
                                  for _ in range(3))
        for token, column in ((expired, "expires_ms"), (revoked, "revoked_ms")):
            database().run(f"UPDATE token SET {column} = created_ms WHERE secret_hash = "
                           f"UNHEX(SHA2('{token}', 256))")
        for headers in ({}, login(), bare("dbk_" + "0" * 64), bare(self.account.token("record")),
                        bare(expired), bare(revoked), bare(good[:-1]), bare(good + "0"),
                        bare(good.upper()), bare(good[:12]), {"X-Access-Token": good},
                        {"Cookie": "token=" + good}, bearer(self.other.token("record"))):
            self.check_all(headers)
        self.check_all(bare(good), self.account)
        for target in TARGETS:
            self.assertIn(get(f"{target}?access_token={good}", {}).status, (400, 401))

    def test_revoked_at_once(self):
        account = Account()
        account.record({"action": "a"})
        token = bare(account.token("read"))
        self.assertEqual([200] * 3, [get(target, token).status for target in TARGETS])
        (number,) = [line.split("\t")[0] for line in run_well("token", "list", account.slug).splitlines()
                     if "\tread\t" in line]
        run_well("token", "revoke", account.slug, number)
        self.check_all(token)

    def test_no_account_is_named_by_the_client(self):
        mine = bare(self.account.token("read"))
        for target in TARGETS:
            for name in ("account", "accountId", "accountName"):
                answer = get(f"{target}?{name}={self.other.slug}", mine)
                self.assertRefused(answer, 400, f'"{name}"')

    def test_logs_have_no_secret(self):
        for target in TARGETS:
            get(target, bare(self.account.token("read")))
        self.assertEqual([], daybook.find_in_logs(self.account.token("read")[4:]))


class Methods(TestCase):
    def test_only_reading(self):
        account = Account()
        token = bare(account.token("read"))
        for target in TARGETS:
            whole, head = (ask(method, target, None, token) for method in ("GET", "HEAD"))
            self.assertEqual((200, b""), (head.status, head.body))
            for name in ("Content-Type", "Content-Length", "Daybook-Rows", "Cache-Control"):
                self.assertEqual(whole.headers[name], head.headers[name], name)
            for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
                answer = ask(method, target, None, token)
                self.assertEqual((405, "GET, HEAD"), (answer.status, answer.headers["Allow"]))
                self.assertEqual(answer.json["error"], answer.json["message"])

    def test_never_a_redirect(self):
        """The clients take one for an error."""
        token = bare(Account().token("read"))
        for target in (*TARGETS, *(target + "/" for target in TARGETS), "/api", "/api/", "/api/audit",
                       "/api//user", "/api/audit/../user"):
            for headers in (token, {}):
                self.assertNotIn(get(target, headers).status // 100, (3, 5), target)


if __name__ == "__main__":
    unittest.main()
