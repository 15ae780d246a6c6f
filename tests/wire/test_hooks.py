# SPDX-License-Identifier: MIT
"""Webhooks at addresses of Daybook's own: what each becomes, signatures, limits, and that neither address
nor secret stands anywhere afterwards."""
import hashlib
import hmac
import json
import os
import re
import secrets
import subprocess
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import daybook
import hostile
import hooks
import webhook_oracle
from daybook import BUILD, VAR, Account, Page, TestCase, database
from front_follower import SANITIZED
from hooks import DATA, NEEDS_CLIENTS, NEEDS_DATA, Hook

BURST = 200
FUZZED = 1000 if SANITIZED else 10000
THREADS = 4
PAYLOAD = b'{"repository": {"id": 7, "full_name": "demo/build"}, "sender": {"login": "ann"}}'
GITHUB = [("Content-Type", "application/json"), ("X-GitHub-Event", "push")]


def slack(secret, body, seconds=0):
    stamp = str(int(time.time()) + seconds)
    signature = hmac.new(secret, b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hexdigest()
    return [("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", "v0=" + signature)]


def github(secret, body):
    return [*GITHUB, ("X-Hub-Signature-256",
                      "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest())]


class Hooks(TestCase):
    def setUp(self):
        self.account = Account()

    def accepted(self, answer):
        """The trigger that an answer names."""
        self.assertEqual(202, answer.status, answer)
        self.assertEqual("application/json", answer.headers["Content-Type"])
        self.assertEqual(["id"], list(answer.json))
        return self.account.find(answer.json["id"])


def send_all(calls):
    """Posts (address, body, headers) of a list over some connections; the answers in order."""
    answers = [None] * len(calls)

    def work(first):
        connection = hooks.Connection()
        for number in range(first, len(calls), THREADS):
            answers[number] = connection.post(*calls[number])
        connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    return answers


@NEEDS_DATA
class Real(Hooks):
    def test_each_is_one_trigger(self):
        daybook.run_well("redaction", self.account.slug, "off")
        webhooks = list(hooks.real())
        self.assertEqual(260 + 39, len(webhooks))
        places = [Hook(self.account), Hook(self.account, "--trigger", "deploy")]
        calls = [(places[number % 2].address, body, headers)
                 for number, (headers, body) in enumerate(webhooks)]
        answers = send_all(calls)
        stored = {f"{event['id']:016x}": event for event in self.account.stored()}
        self.assertEqual(len(webhooks), len(stored))
        for number, ((headers, body), answer) in enumerate(zip(webhooks, answers)):
            with self.subTest(headers=headers):
                self.assertEqual(202, answer.status, answer)
                self.check(headers, body, stored[answer.json["id"]], is_bound=number % 2 == 1)
        self.assertEqual([(150, 0), (149, 0)], [hook.state() for hook in places])
        self.assertEqual({2}, {event["kind"] for event in stored.values()})
        self.check_pages(stored)

    def check(self, headers, body, event, is_bound):
        told = webhook_oracle.told(headers, body)
        wanted = {
            "entity_type": "trigger" if is_bound else "provider",
            "entity_id": "deploy" if is_bound else told.entity_id,
            "entity_name": told.entity_name, "user": told.user, "trigger_provider": told.provider,
            "trigger_event": told.event, "trigger_delivery_id": told.delivery_id,
            "action": "receiveWebhook", "method": "POST", "client_address": "127.0.0.1",
            "user_agent": dict(headers)["User-Agent"],
        }
        found = {name: (event[name] or b"").decode() for name in wanted}
        self.assertEqual(wanted, found)
        self.assertEqual((202, 4, 3), (event["status"], event["source"], event["trigger_signature"]))
        self.assertEqual(body, event["body"])
        self.assertEqual(len(body), event["body_bytes"])
        kept = [(name, value) for name, value in json.loads(event["headers"])]
        for name, value in headers:
            self.assertEqual([value], [v for n, v in kept if n == name.lower()])

    def check_pages(self, stored):
        self.assertIn("Nothing is recorded here yet", Page(self.account.open("events").text).text)
        self.assertEqual([], daybook.read_csv(self.account.open("events.csv").text)[1])
        rows = daybook.read_csv(self.account.open("triggers.csv").text)[1]
        self.assertEqual(len(stored), len(rows))
        event = next(iter(stored.values()))
        body = self.account.open(f"triggers/{event['id']:016x}?part=body")
        self.assertEqual(event["body"], body.body)


@NEEDS_CLIENTS
class Signatures(Hooks):
    BODIES = (PAYLOAD, '{"ä": "ö"}'.encode())

    def test_of_the_stock_clients(self):
        found = hooks.signed(self.BODIES)
        self.assertLess(20, len(found))
        for one in found:
            with self.subTest(scheme=one["scheme"], body=one["body"]):
                self.check(one)

    def check(self, one):
        hook = Hook(self.account, "--provider", one["provider"], secret=one["secret"])
        before = self.account.count()
        event = self.accepted(hook.post(one["body"], one["headers"]))
        self.assertEqual(daybook.SIGNATURES["valid"], event["trigger_signature"])
        self.assertEqual(one["provider"].encode(), event["trigger_provider"])
        refused = 0
        for headers, body in hooks.flipped(one):
            self.assertRefused(hook.post(body, headers), 401, "signature")
            refused += 1
        unsigned = [pair for pair in one["headers"] if not hooks.SIGNED_BY.search(pair[0])]
        self.assertRefused(hook.post(one["body"], unsigned), 401, "signature")
        self.assertEqual((1, refused + 1), hook.state())
        lines = hook.refused()
        self.assertEqual(refused + 1, len(lines))
        self.assertEqual("no signature", lines[0][1])
        self.assertEqual({"signature does not fit"}, {line[1] for line in lines[1:]})
        self.assertEqual(hashlib.sha256(one["body"]).hexdigest(), lines[0][-1])
        self.assertEqual(before + 1, self.account.count())
        self.assertEqual([], daybook.find_in_tables(one["secret"].split(":")[-1]))


class Secret(Hooks):
    """Signatures made here, of what the clients cannot be made to do."""

    def test_another_time(self):
        hook = Hook(self.account, secret="s3cret")
        self.accepted(hook.post(b"{}", slack(b"s3cret", b"{}", -280)))
        self.assertRefused(hook.post(b"{}", slack(b"s3cret", b"{}", -320)), 401, "five minutes")
        self.assertRefused(hook.post(b"{}", slack(b"s3cret", b"{}", 320)), 401, "five minutes")
        self.assertEqual(["signed too long ago"] * 2, [line[1] for line in hook.refused()])

    def test_over_what_was_sent(self):
        """Not over what is stored of it."""
        body = b'{"password": "planted-in-a-body", "a": "\\u00fc"}'
        hook = Hook(self.account, secret="s3cret")
        event = self.accepted(hook.post(body, github(b"s3cret", body)))
        self.assertIn(b"redacted:", event["body"])

    def test_refusals_are_bounded(self):
        hook = Hook(self.account, secret="s3cret")
        for number in range(40):
            headers = [*GITHUB, ("X-GitHub-Delivery", f"d-{number}"), ("User-Agent", "a" * 400)]
            self.assertEqual(401, hook.post(PAYLOAD, headers).status)
        lines = hook.refused()
        self.assertEqual((0, 40), hook.state())
        self.assertEqual(32, len(lines))
        self.assertEqual({f"d-{number}" for number in range(8, 40)}, {line[6] for line in lines})
        self.assertEqual({("github", "push", "127.0.0.1", str(len(PAYLOAD)))},
                         {(line[4], line[5], line[2], line[7]) for line in lines})
        self.assertEqual({255}, {len(line[3]) for line in lines})
        self.assertEqual(0, self.account.count())

    def test_what_is_refused_tells_no_secret(self):
        token = "ghp_" + secrets.token_hex(18)
        hook = Hook(self.account, secret="s3cret")
        hook.post(b"{}", [*GITHUB, ("X-GitHub-Delivery", token), ("User-Agent", token)])
        self.assertEqual((0, 1), hook.state())
        self.assertEqual([], daybook.find_in_tables(token))

    def test_any_bytes(self):
        secret = b"\xff\x01 \xc3\xbc=;'\""
        hook = Hook(self.account, secret=secret)
        self.accepted(hook.post(b"x", github(secret, b"x")))

    def test_from_a_file(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"s3cret\r\n")
            file.flush()
            hook = Hook(self.account, "--secret-file", file.name)
        self.accepted(hook.post(b"x", github(b"s3cret", b"x")))
        self.assertEqual(401, hook.post(b"x", github(b"s3cret\r\n", b"x")).status)


class Configured(Hooks):
    """With another configuration than the copy's."""

    def configuration(self, key):
        text = re.sub(r"(?m)^redaction_key_file.*\n", "", (VAR / "daybook.conf").read_text())
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / "key").write_text("another key\n")
        (folder / "daybook.conf").write_text(
            text + (f"redaction_key_file = {folder}/key\n" if key else ""))
        return folder / "daybook.conf"

    def test_a_secret_needs_a_key(self):
        done = subprocess.run(
            [BUILD / "bin/daybook", "--config", self.configuration(False), "hook", "add",
             self.account.slug, "a", "--secret"], input=b"s3cret\n", capture_output=True,
            check=False)
        self.assertEqual((1, b""), (done.returncode, done.stdout))
        self.assertIn(b"redaction_key_file", done.stderr)
        self.assertEqual("", daybook.run_well("hook", "list", self.account.slug))

    def receive(self, configuration, hook, body, **headers):
        environment = {"PATH": os.environ["PATH"], "DAYBOOK_CONF": str(configuration),
                       "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "POST",
                       "PATH_INFO": hook.address, "CONTENT_LENGTH": str(len(body)),
                       "REMOTE_ADDR": "192.0.2.9"} | headers
        return subprocess.run([BUILD / "bin/record.fcgi"], input=body, env=environment,
                              capture_output=True, check=False)

    def test_with_another_key_nobody_is_believed(self):
        hook = Hook(self.account, secret="s3cret")
        headers = {"HTTP_" + name.upper().replace("-", "_"): value
                   for name, value in github(b"s3cret", b"{}")}
        for key in (True, False):
            done = self.receive(self.configuration(key), hook, b"{}", **headers)
            self.assertIn(b"Status: 503", done.stdout)
            self.assertIn(b"hook_secret_unreadable", done.stderr)
            self.assertNotIn(hook.key.encode(), done.stderr)
        self.assertEqual(0, self.account.count())
        done = self.receive(VAR / "daybook.conf", hook, b"{}", **headers)
        self.assertIn(b"Status: 202", done.stdout)
        self.assertEqual(b"192.0.2.9", self.account.one_stored()["client_address"])

    def test_moved_in_the_database(self):
        """A secret is good for its own hook alone."""
        first, second = Hook(self.account, secret="one"), Hook(self.account, secret="two")
        database().run(f"UPDATE hook h JOIN hook o ON o.account_id = h.account_id AND o.label = "
                       f"'{first.label}' SET h.secret = o.secret WHERE h.account_id = "
                       f"{self.account.number} AND h.label = '{second.label}'")
        self.assertEqual(503, second.post(b"{}", github(b"one", b"{}")).status)


class Address(Hooks):
    def test_methods(self):
        hook = Hook(self.account)
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            answer = daybook.ask(method, hook.address)
            self.assertEqual(405, answer.status)
            self.assertIn("POST", answer.headers["Allow"])

    def test_what_is_none(self):
        """All the same answer, whatever is wrong."""
        hook, other = Hook(self.account), Account()
        answers = {daybook.ask("POST", target, b"{}").body for target in (
            f"/hooks/{other.slug}/{hook.address.split('/')[-1]}", "/hooks/nobody/a-" + "0" * 32,
            f"/hooks/{self.account.slug}/{hook.label}-" + "0" * 32, hook.address + "/",
            hook.address + "0", hook.address[:-1], hook.address.upper().replace("/HOOKS", "/hooks"),
            f"/hooks/{self.account.slug}/{hook.label}", f"/hooks/{self.account.slug}/", "/hooks/",
            f"/hooks/{self.account.slug}", "/hooks", f"/hooks/{self.account.slug}/" + "a" * 5000)}
        self.assertEqual(1, len(answers), answers)
        self.assertEqual({"error": "There is nothing at this address."}, json.loads(answers.pop()))
        self.assertEqual(0, self.account.count() + other.count())

    def test_removed(self):
        hook = Hook(self.account)
        self.accepted(hook.post(PAYLOAD))
        hook.remove()
        self.assertEqual(404, hook.post(PAYLOAD).status)
        self.assertEqual(0, database().number(
            "SELECT COUNT(*) FROM hook_state s LEFT JOIN hook h ON h.id = s.hook_id WHERE h.id IS NULL"))

    def test_size(self):
        hook = Hook(self.account)
        body = b"x" * daybook.MESSAGE_MAX
        event = self.accepted(hook.post(body))
        self.assertEqual((len(body), daybook.BODY_MAX), (event["body_bytes"], len(event["body"])))
        self.assertRefused(hook.post(body + b"x"), 413, "16 MiB")
        self.assertEqual(1, self.account.count())

    def test_slack_asks_whose_it_is(self):
        body = b'{"token": "t", "challenge": "3eZbrw1a\\u00fc\\"", "type": "url_verification"}'
        answer = Hook(self.account, secret="s").post(body, slack(b"s", body))
        self.assertEqual((200, {"challenge": '3eZbrw1aü"'}), (answer.status, answer.json))
        self.assertEqual(b"url_verification", self.account.one_stored()["trigger_event"])
        self.assertEqual(401, Hook(self.account, secret="s").post(body, slack(b"t", body)).status)
        self.accepted(Hook(self.account).post(body))  # anybody could write that

    def test_query_and_odd_headers(self):
        hook = Hook(self.account)
        event = self.accepted(hooks.post(
            hook.address + "?a=1&a=%C3%BC&token=planted", b"",
            [("X-Odd", "ü".encode("latin-1")), ("X-Forwarded-For", "192.0.2.1"),
             ("Authorization", "Basic " + "cGxhbnRlZDpwbGFudGVk")]))
        self.assertEqual(["1", "ü"], json.loads(event["query"])["a"])
        self.assertRegex(event["url"], rb"^/hooks/t-\w+/h\w+-redacted:[0-9a-f]{16}\?a=1&a=%C3%BC")
        self.assertNotIn(b"planted", event["url"] + event["query"])
        self.assertNotIn(b"cGxhbnRlZ", event["headers"])
        self.assertIn(["x-odd", "ü"], json.loads(event["headers"]))
        self.assertEqual(b"192.0.2.1", event["forwarded_for"])

    def test_rate(self):
        hook, other = Hook(self.account), Hook(self.account)
        calls = [(hook.address + "0", b"", [])] * 10
        self.assertEqual({404}, {answer.status for answer in send_all(calls)})
        connection = daybook.connect()
        for _ in range(20 * BURST):
            connection.request("GET", hook.address)
            response = connection.getresponse()
            answer = daybook.Answer(response, response.read())
            if answer.status == 429:
                break
            self.assertEqual(405, answer.status)
        connection.close()
        self.assertRefused(answer, 429, "50 a second")
        self.assertRegex(answer.headers["Retry-After"], r"^\d+$")
        self.accepted(other.post(PAYLOAD))


class Hostile(Hooks):
    def test_each_is_kept(self):
        bodies = list(hostile.bodies(FUZZED))
        if DATA.is_dir():
            suite = sorted((DATA / "json/JSONTestSuite").glob("*.json"))
            self.assertLess(300, len(suite))
            bodies += [("application/json", path.read_bytes()) for path in suite]
        daybook.run_well("redaction", self.account.slug, "off")
        marks = ([], GITHUB, [("X-Gitlab-Event", "Push Hook")], [("Stripe-Signature", "t=1,v1=0")],
                 slack(b"", b""), [("webhook-signature", "v1,")], [("ce-specversion", "1.0")],
                 [("X-Event-Key", "a")])
        places = [Hook(self.account) for _ in range(len(bodies) * 10 // 9 // BURST + 1)]
        calls = []
        for number, (kind, body) in enumerate(bodies):
            headers = [pair for pair in marks[number % len(marks)] if pair[0] != "Content-Type"]
            calls.append((places[number % len(places)].address, body,
                          [("Content-Type", kind.encode("latin-1")), *headers]))
        answers = send_all(calls)
        self.assertEqual({202}, {answer.status for answer in answers})
        rows = database().rows("SELECT HEX(id), LOWER(HEX(body_sha256)) FROM event_request WHERE "
                               f"account_id = {self.account.number} AND kind = 2")
        stored = {int(key, 16): digest for key, digest in rows}
        self.assertEqual(len(bodies), len(stored))
        for (_, body, _), answer in zip(calls, answers):
            self.assertEqual(daybook.sha256(body), stored[int(answer.json["id"], 16)], body)
        self.assertEqual(200, self.account.open("triggers?show=200").status)
        self.assertEqual(len(bodies), len(daybook.ndjson(self.account.open("triggers.ndjson").text)))


class Nowhere(Hooks):
    """Address and secret, after all that can happen to a webhook."""

    def test_in_tables_logs_and_pages(self):
        secret = "planted-" + secrets.token_hex(8)
        hook, plain = Hook(self.account, secret=secret), Hook(self.account)
        said = b'{"hook": {"config": {"url": "https://a%s"}}}' % plain.address.encode()
        event = self.accepted(plain.post(said, [*GITHUB, ("Referer", "https://a" + plain.address),
                                                ("X-GitHub-Delivery", plain.key)]))
        self.assertIn(b"-redacted:", event["body"])
        self.accepted(hook.post(PAYLOAD, github(secret.encode(), PAYLOAD)))
        self.assertEqual(401, hook.post(PAYLOAD, GITHUB).status)
        for one in (hook, plain):
            self.everything_goes_wrong(one)
        for word in (secret, hook.key, plain.key):
            self.assertEqual([], daybook.find_in_logs(word))
            self.assertEqual([], daybook.find_in_tables(word))
            for page in ("triggers", "events", "-/health", "triggers.csv", "triggers.ndjson",
                         f"triggers/{event['id']:016x}"):
                answer = self.account.open(page)
                self.assertEqual(200, answer.status)
                self.assertNotIn(word.encode(), answer.body)
            for command in (("hook", "list", self.account.slug), ("status",),
                            ("hook", "refused", self.account.slug, hook.label)):
                self.assertNotIn(word.encode(), daybook.run(*command).stdout)

    def everything_goes_wrong(self, hook):
        targets = (hook.address, hook.address + "/", hook.address + "/x?y", "/%68ooks" + hook.address[6:],
                   "//hooks//" + hook.address[7:], hook.address[:-1] + f"%{ord(hook.key[-1]):02x}",
                   "/a/../" + hook.address[1:], hook.address + "?" + hook.key)
        for target in targets:
            for method in ("GET", "POST", "OPTIONS", "DELETE"):
                daybook.ask(method, target, b"{}" if method == "POST" else None)
        connection = daybook.connect()
        connection.putrequest("POST", hook.address)
        connection.putheader("Content-Length", str(1 << 30))
        connection.endheaders()
        self.assertEqual(413, connection.getresponse().status)
        connection.close()
        for _ in range(20 * BURST):
            if daybook.ask("GET", hook.address).status == 429:
                return
        self.fail("never too often")


class Command(Hooks):
    def refused(self, *arguments, stdin=None):
        done = daybook.run("hook", *arguments, stdin=stdin)
        self.assertEqual(b"", done.stdout)
        self.assertNotEqual(0, done.returncode)
        return done.stderr.decode()

    def test_refusals_say_why(self):
        slug = self.account.slug
        Hook(self.account, label="taken")
        Hook(self.account, label="path", path="/webhooks/{provider}")
        for words, *arguments in (
                ("a-z, 0-9 and -", "add", slug, "Git Hub"), ("a-z, 0-9 and -", "add", slug, "-a"),
                ("a-z, 0-9 and -", "add", slug, "a" * 65), ("already", "add", slug, "taken"),
                ("hook \"path\" already", "add", slug, "b", "--path", "/webhooks/{provider}"),
                ("begin with /", "add", slug, "b", "--path", "webhooks"),
                ("not closed", "add", slug, "b", "--path", "/a{b"),
                ("1024 bytes", "add", slug, "b", "--path", "/" + "a" * 1024),
                ("github, gitlab", "add", slug, "b", "--provider", "GitHub"),
                ("1024 bytes", "add", slug, "b", "--trigger", "a\nb"),
                ("no account", "add", "nobody", "b"), ("no account", "list", "nobody"),
                ("no hook", "remove", slug, "b"), ("no hook", "refused", slug, "b"),
                ("No such file", "add", slug, "b", "--secret-file", "/nonexistent"),
                ("usage", "add", slug), ("usage", "add", slug, "b", "--path"),
                ("usage", "add", slug, "b", "--path", ""), ("usage", "add", slug, "b", "extra"),
                ("usage", "add", slug, "b", "--secret", "--secret-file", "x"),
                ("usage", "add", slug, "b", "--trigger", "a", "--trigger", "b"), ("usage", "list"),
                ("usage", "remove", slug)):
            with self.subTest(arguments):
                self.assertIn(words, self.refused(*arguments, stdin=b""))
        for secret in (b"", b"\n", b"a" * 1025 + b"\n"):
            self.assertIn("1 to 1024 bytes", self.refused("add", slug, "b", "--secret", stdin=secret))
        self.assertEqual(["path", "taken"], [line.split("\t")[0] for line in daybook.run_well(
            "hook", "list", slug).splitlines()])

    def test_address(self):
        hook, other = Hook(self.account, label="git-hub"), Hook(self.account)
        self.assertRegex(hook.address, rf"^/hooks/{self.account.slug}/git-hub-[0-9a-f]{{32}}$")
        self.assertNotEqual(hook.key, other.key)
        self.assertEqual("", Hook(self.account, path="/a").address)

    def test_seen(self):
        hook = Hook(self.account, "--trigger", "deploy", secret="s")
        hook.post(b"{}", github(b"s", b"{}"))
        hook.post(b"{}")
        Hook(self.account, "--provider", "gitlab", label="route", path="/in/{+x}")
        first, second = [line.split("\t") for line in daybook.run_well(
            "hook", "list", self.account.slug).splitlines()]
        self.assertEqual([hook.label, "received here", "---", "deploy", "signed", "1"], first[:6])
        self.assertEqual("1", first[7])
        self.assertEqual(["route", "/in/{+x}", "gitlab", "---", "unsigned", "0", "none", "0", "none"],
                         second)
        page = Page(self.account.open("-/health").text).text
        self.assertIn(f"Webhooks {hook.label} Webhooks arrive here Trigger deploy Signatures checked "
                      "Last webhook", page)
        self.assertIn("Received 1 Refused 1 Last refused", page)
        self.assertIn("route Webhooks arrive at the API, /in/{+x} Signatures not checked "
                      "Last webhook none yet Received 0 Refused 0", page)
        self.assertNotIn(hook.label, Account().open("-/health").text)
        status = daybook.run("status").stdout.decode()
        self.assertRegex(status, rf"(?m)^hook {self.account.slug} {hook.label}  received here  "
                                 r"received 1  last 2\S+  refused 1  last_refused 2\S+$")


if __name__ == "__main__":
    unittest.main()
