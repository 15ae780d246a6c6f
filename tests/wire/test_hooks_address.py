# SPDX-License-Identifier: MIT
"""The address of a hook: what it answers, how much it takes, and that neither it nor a secret stands anywhere
afterwards."""
import json
import secrets
import unittest

import daybook
import hooks
from daybook import Account, database
from hooks import BURST, GITHUB, PAYLOAD, Hook, Hooks, github, send_all, slack


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


if __name__ == "__main__":
    unittest.main()
