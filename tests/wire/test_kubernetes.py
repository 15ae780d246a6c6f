# SPDX-License-Identifier: MIT
"""The webhook of the Kubernetes API server, and calls in stages: one row a call, the latest stage of it."""
import base64
import json
import os
import subprocess
import unittest

import daybook
from awkward import DATA
from daybook import Account, TestCase, database
from test_formats import counts, load, post

TIME = "2024-01-15T10:30:00.{:06d}Z"


def event(audit_id, stage="ResponseComplete", **members):
    found = {"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": audit_id, "stage": stage,
             "requestURI": "/api/v1/namespaces/default/pods/a?x=1", "verb": "get",
             "user": {"username": "ann", "groups": ["g"]}, "sourceIPs": ["10.9.9.9", "10.0.0.1"],
             "userAgent": "kubectl/v1.28", "objectRef": {"resource": "pods", "namespace": "default", "name": "a"},
             "requestReceivedTimestamp": TIME.format(123456), "stageTimestamp": TIME.format(373456)}
    if stage != "RequestReceived":
        found["responseStatus"] = {"metadata": {}, "code": 200}
    return found | members


def batch(*events, **members):
    return {"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": {}, "items": list(events)} | members


class Kubernetes(TestCase):
    def send(self, account, message, headers=None, query="?timeout=30s"):
        if not isinstance(message, (bytes, str)):
            message = json.dumps(message)
        return daybook.ask("POST", "/api/v1/kubernetes" + query, message,
                           daybook.bearer(account.token("record")) if headers is None else headers)

    def take(self, account, *events):
        answer = self.send(account, batch(*events))
        self.assertEqual((200, {}), (answer.status, answer.json), answer)

    def held(self, account):
        return database().number(f"SELECT COUNT(*) FROM held_event WHERE account_id = {account.number}")

    def age(self, account, minutes):
        database().run(f"UPDATE held_event SET held_ms = held_ms - {minutes * 60000} WHERE account_id = {account.number}")

    def test_one_event_in_all_its_columns(self):
        account = Account()
        self.take(account, event("1", impersonatedUser={"username": "bob"}))
        row = account.one_stored()
        wanted = {"method": b"GET", "url": b"/api/v1/namespaces/default/pods/a?x=1", "status": 200, "user": b"bob",
                  "action": b"get pods", "entity_type": b"pods", "entity_name": b"default/a",
                  "client_address": b"10.0.0.1", "forwarded_for": b"10.9.9.9, 10.0.0.1", "response_time_ms": 250,
                  "user_agent": b"kubectl/v1.28", "request_id": b"1", "query": b'{"x": "1"}'}
        self.assertEqual(wanted, {name: row[name] for name in wanted})
        self.assertEqual({"user": "ann", "impersonated_user": "bob"}, json.loads(row["extra"]))
        self.assertEqual(event("1", impersonatedUser={"username": "bob"}), json.loads(row["body"]))
        self.assertEqual(1705314600123, row["id"] >> 22)

    def test_the_latest_stage_of_a_message_counts(self):
        account = Account()
        stages = ("ResponseStarted", "ResponseComplete", "RequestReceived")
        for _ in range(3):
            self.take(account, *(event(str(call), stage) for call in range(20) for stage in stages))
        rows = account.stored()
        self.assertEqual(20, len(rows))
        self.assertEqual({"ResponseComplete"}, {json.loads(row["body"])["stage"] for row in rows})
        self.assertEqual(0, self.held(account))

    def test_stages_over_several_messages(self):
        account = Account()
        self.take(account, event("1", "RequestReceived"), event("2", "RequestReceived"))
        self.assertEqual((0, 2), (account.count(), self.held(account)))
        self.take(account, event("1", "ResponseStarted"))
        self.take(account, event("1", "RequestReceived"))
        self.assertEqual((0, 2), (account.count(), self.held(account)))
        self.take(account, event("1", "Panic", responseStatus={"code": 500}), event("3", ""))
        self.assertEqual((2, 1), (account.count(), self.held(account)))
        self.assertEqual({"Panic", ""}, {json.loads(row["body"])["stage"] for row in account.stored()})

    def test_what_nothing_follows_is_recorded_after_a_while(self):
        account, other = Account(), Account()
        long = "x" * daybook.BODY_MAX
        self.take(account, event("1", "RequestReceived"), event("2", "ResponseStarted", requestObject={"a": long}))
        self.take(other, event("1", "RequestReceived"))
        self.age(account, 14)
        self.take(account, event("3"))
        self.assertEqual((1, 2), (account.count(), self.held(account)))
        self.age(account, 2)
        self.take(account)
        self.assertEqual((3, 0, 0, 1), (account.count(), self.held(account), other.count(), self.held(other)))
        rows = {row["request_id"]: row for row in account.stored()}
        self.assertEqual((0, 200), (rows[b"1"]["status"], rows[b"2"]["status"]))
        self.assertEqual(len(json.dumps(event("2", "ResponseStarted", requestObject={"a": long}))),
                         rows[b"2"]["body_bytes"])
        self.take(account, event("1"), event("1", "RequestReceived"))
        self.assertEqual(3, account.count(), "what is recorded stays: the log is only added to")
        self.age(other, 16)
        said = daybook.run_well("maintain")
        self.assertRegex(said, r"\d+ keys older than a day removed\n[1-9]\d* held calls recorded")
        self.assertEqual((1, 0), (other.count(), self.held(other)))

    def test_much_that_is_held_is_recorded_some_at_a_time(self):
        account, each, messages = Account(), 15, 8
        long = "x" * (daybook.BODY_MAX - 1000)
        for number in range(messages):
            self.take(account, *(event(f"{number} {i}", "ResponseStarted", requestObject={"a": long}) for i in range(each)))
        self.age(account, 16)
        with subprocess.Popen([daybook.BUILD / "bin/daybook", "--config", daybook.VAR / "daybook.conf", "maintain"],
                              env=os.environ | {"ASAN_OPTIONS": "quarantine_size_mb=1"}, stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = status
        self.assertEqual((0, each * messages, 0), (status, account.count(), self.held(account)))
        self.assertLess(usage.ru_maxrss, 120 * 1024, "KiB at most")

    def test_an_early_stage_that_comes_late_is_no_second_row(self):
        account = Account()
        self.take(account, event("1"))
        self.take(account, event("1", "RequestReceived"))
        self.age(account, 16)
        self.take(account)
        self.assertEqual((1, 0, 200), (account.count(), self.held(account), account.one_stored()["status"]))

    def test_nobody_hides_behind_the_id_of_another_call(self):
        account = Account()
        self.take(account, event("1"), event("1", verb="delete"), event("1", user={"username": "eve"}),
                  event("1", requestURI="/api"), event("1", sourceIPs=["6.6.6.6"]), event("1"))
        self.assertEqual(5, account.count())

    def test_held_texts_are_redacted(self):
        account = Account()
        self.take(account, event("1", "RequestReceived", requestObject={"password": "hunter2k8s"},
                                 requestURI="/api?token=hunter2k8s"))
        self.assertEqual([], daybook.find_in_tables("hunter2k8s"))
        self.assertEqual(1, self.held(account))

    def test_the_older_version_and_empty_lists(self):
        account = Account()
        for message in (batch(), batch(items=None), {"kind": "EventList", "apiVersion": "audit.k8s.io/v1"},
                        batch(event("1"), apiVersion="audit.k8s.io/v1beta1")):
            with self.subTest(message=message):
                self.assertEqual(200, self.send(account, message).status)
        self.assertEqual(1, account.count())

    def test_logins(self):
        account = Account()
        pair = base64.b64encode(f"any name:{account.token('record')}".encode()).decode()
        self.assertEqual(200, self.send(account, batch(event("1")), {"Authorization": f"Basic {pair}"}).status)
        for header in ("", "Basic", "Basic !", "Basic " + base64.b64encode(b"no colon").decode(), "Basic " + pair[:-8],
                       "Basic " + base64.b64encode(b"a:wrong").decode(), "Bearer x"):
            with self.subTest(header=header):
                self.assertEqual(401, self.send(account, batch(event("1")), {"Authorization": header}).status)
        self.assertEqual(405, daybook.ask("GET", "/api/v1/kubernetes", None, {}).status)

    def test_what_is_refused(self):
        account = Account()
        for message, word in (("", "Not JSON"), ("{", "Not JSON"), ("[]", "EventList"), ("{}", "kind"), ("7", "EventList"),
                              (batch(kind="Event"), "kind"), (batch(apiVersion="v1"), "apiVersion"),
                              (batch(items=7), "items"), (batch(items={"a": 1}), "items"), (batch(7), "object"),
                              (batch(event("1"), {}), "verb"), (batch(*[{"verb": "x"}] * 10001), "10000"),
                              (json.dumps(batch()) + "x", "Not JSON")):
            with self.subTest(message=str(message)[:99]):
                self.assertRefused(self.send(account, message), 400, word)
        answer = self.send(account, batch(event("1"), {}))
        self.assertEqual(1, answer.json["index"])
        self.assertEqual(0, account.count())
        self.assertRefused(self.send(account, b" " * (daybook.MESSAGE_MAX + 1)), 413, "16 MiB")

    def test_a_list_of_sixteen_mebibytes_and_one_of_ten_thousand(self):
        account = Account()
        small = batch(*(event(str(i)) for i in range(10)))
        room = daybook.MESSAGE_MAX - len(json.dumps(small))
        pad = "y" * (room // 10 - 40)
        self.take(account, *(event(str(i), requestObject={"pad": pad}) for i in range(10)))
        self.assertEqual(10, account.count())
        self.take(account, *(event(f"m{i}", "RequestReceived") for i in range(3000)),
                  *(event(f"n{i}") for i in range(7000)))
        self.assertEqual((7010, 3000), (account.count(), self.held(account)))
        self.take(account, *(event(f"m{i}") for i in range(3000)))
        self.assertEqual((10010, 0), (account.count(), self.held(account)))

    @unittest.skipUnless((DATA / "audit").is_dir(), "shared/data/audit is not here")
    def test_a_real_log(self):
        account = Account()
        events = [json.loads(line) for line in
                  (DATA / "audit/k8s-audit2rbac-demo.ndjson").read_text().splitlines()]
        for _ in range(2):
            self.take(account, *events)
        self.assertEqual({found["auditID"].encode() for found in events},
                         {row["request_id"] for row in account.stored()})
        self.assertEqual(len(events), account.count())

    def test_files_keep_early_stages_only_where_nothing_follows(self):
        account = Account()
        events = [event("1", "RequestReceived"), event("2", "RequestReceived"), event("1"), event("2", "ResponseStarted"),
                  event("3", "RequestReceived"), event("4"), event("4", "RequestReceived")]
        data = "\n".join(map(json.dumps, events)).encode()
        self.assertEqual((4, 4), (counts(load(account, data, "--format", "kubernetes"))[1], account.count()))
        self.assertEqual(0, counts(load(account, data, "--format", "kubernetes"))[1])
        self.assertEqual({b"1": 200, b"2": 200, b"3": 0, b"4": 200},
                         {row["request_id"]: row["status"] for row in account.stored()})
        self.assertEqual(0, self.held(account))
        whole = Account()
        load(whole, json.dumps(batch(*events), indent=1).encode(), "--format", "kubernetes")
        self.assertEqual(4, whole.count())


class Vault(TestCase):
    def line(self, kind, identifier="r-1", **members):
        return {"time": "2024-02-02T10:00:00.123456789Z" if kind == "request" else "2024-02-02T10:00:00.2Z",
                "type": kind, "auth": {"display_name": "ldap-ann", "entity_id": "e-1"},
                "request": {"id": identifier, "operation": "read", "path": "secret/data/a", "mount_type": "kv",
                            "remote_address": "10.0.0.7"}} | members

    def test_one_row_a_request(self):
        account = Account()
        lines = [self.line("request"), self.line("response"), self.line("request", "r-2"),
                 self.line("response", "r-2", error="1 error occurred:\n\t* permission denied\n\n"),
                 self.line("request", "r-3")]
        for _ in range(2):
            answer = post(account, "vault", "\n".join(map(json.dumps, lines)))
            self.assertEqual((201, 2, 1), (answer.status, len(answer.json["ids"]), answer.json["held"]), answer)
        self.assertEqual({b"r-1": 200, b"r-2": 403}, {row["request_id"]: row["status"] for row in account.stored()})
        row = account.stored()[0]
        self.assertEqual((b"ldap-ann", b"read", b"kv", b"secret/data/a", b"/v1/secret/data/a", b"10.0.0.7"),
                         tuple(row[name] for name in ("user", "action", "entity_type", "entity_name", "url",
                                                      "client_address")))
        post(account, "vault", self.line("response", "r-3"))
        self.assertEqual(3, account.count())
        self.assertEqual(0, database().number(f"SELECT COUNT(*) FROM held_event WHERE account_id = {account.number}"))
        other = Account()
        load(other, "\n".join(map(json.dumps, lines)).encode(), "--format", "vault")
        self.assertEqual({b"r-1": 200, b"r-2": 403, b"r-3": 0},
                         {row["request_id"]: row["status"] for row in other.stored()})

    def statuses(self, account):
        return {row["request_id"]: row["status"] for row in account.stored()}

    def release(self, account):
        """A quarter of an hour later."""
        database().run(f"UPDATE held_event SET held_ms = held_ms - 16 * 60000 WHERE account_id = {account.number}")

    def held(self, account):
        return database().number(f"SELECT COUNT(*) FROM held_event WHERE account_id = {account.number}")

    def test_a_request_that_is_sent_again_behind_its_response(self):
        """The answer to the first was lost: the response is recorded meanwhile, with another time."""
        account = Account()
        for kind in ("request", "response", "request"):
            self.assertEqual(201, post(account, "vault", self.line(kind)).status)
        later = self.line("response", "r-2", time="2024-02-03T09:59:59Z")
        post(account, "vault", later)
        post(account, "vault", self.line("request", "r-2"))
        post(account, "vault", self.line("request", "r-1", request=self.line("request")["request"] | {"path": "b"}))
        self.assertEqual(3, self.held(account))
        self.release(account)
        post(account, "vault", self.line("response", "r-4"))
        self.assertEqual((4, 0), (account.count(), self.held(account)))
        self.assertEqual([0, 200, 200, 200], sorted(row["status"] for row in account.stored()))
        other = Account()
        post(other, "vault", self.line("response"))
        post(other, "vault", self.line("request"))
        self.release(other)
        daybook.run_well("maintain")
        self.assertEqual((1, 0), (other.count(), self.held(other)))
        self.assertEqual({b"r-1": 200}, self.statuses(other))

    def test_a_response_that_ends_what_is_due(self):
        account = Account()
        post(account, "vault", "\n".join(json.dumps(self.line("request", name)) for name in ("r-1", "r-2")))
        self.release(account)
        post(account, "vault", self.line("response"))
        self.assertEqual({b"r-1": 200, b"r-2": 0}, self.statuses(account))
        self.assertEqual((2, 0), (account.count(), self.held(account)))

    def test_files_in_the_wrong_order(self):
        account = Account()
        load(account, json.dumps(self.line("response")).encode(), "--format", "vault")
        requests = [self.line("request"), self.line("request", "r-2")]
        said = counts(load(account, "\n".join(map(json.dumps, requests)).encode(), "--format", "vault"))
        self.assertEqual((1, 1, ", 1 earlier stages passed over"), said)
        self.assertEqual({b"r-1": 200, b"r-2": 0}, self.statuses(account))


if __name__ == "__main__":
    unittest.main()
