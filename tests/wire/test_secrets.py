# SPDX-License-Identifier: MIT
"""No secret reaches a table, a page, an export or a log, wherever it stood in an event.

The cases plant values of their own; then every text column of every table is searched for them.
"""
import base64
import hashlib
import hmac
import json
import re
import secrets
import time
import unittest
from urllib.parse import quote

import daybook
from daybook import Account, TestCase
from secret_forms import patterns, random_letters

NAMES = ("Authorization", "authorization", "AUTHORIZATION", "Proxy-Authorization", "Cookie",
         "cookie", "Set-Cookie", "set-cookie", "HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION",
         "HTTP_COOKIE")

# Headers as text, § for the secret; and the same as it must be kept: ¤ for the secret's mark, ¤{x} for
# that of x.
FORMS = (
    # An object, as most recorders write it; its values may be lists.
    ('{"Host": "a", "Cookie": "sid=§; a=b", "Accept":"*/*"}',
     '{"Host": "a", "Cookie": "sid=¤; a=¤{b}", "Accept":"*/*"}'),
    ('{"cookie": ["sid=§", "b=\\"§\\""]}', '{"cookie": ["sid=¤", "b=\\"¤\\""]}'),
    ('{"cookie": {"sid": "§"}}', '{"cookie": "¤{{"sid": "§"}}"}'),
    ('{"cookie": 5, "Set-Cookie": null}', '{"cookie": "¤{5}", "Set-Cookie": null}'),
    ('{"authorization": "§", "authorization": "Bearer §"}',
     '{"authorization": "¤", "authorization": "Bearer ¤"}'),
    ('{ "authorization" :\t"§" }', '{ "authorization" :\t"¤" }'),
    ('{" Cookie ": "§"}', '{" Cookie ": "¤"}'),
    # Pairs, as they arrived; more values than one are all of the name.
    ('[["Host", "a"], ["Cookie", "§"], ["COOKIE", "§"], ["Accept", "*/*"]]',
     '[["Host", "a"], ["Cookie", "¤"], ["COOKIE", "¤"], ["Accept", "*/*"]]'),
    ('[["Vary", "Cookie"], ["Set-Cookie", "§"]]', '[["Vary", "Cookie"], ["Set-Cookie", "¤"]]'),
    ('[["Set-Cookie", ["a=§; Path=/; Expires=Wed, 09 Jun 2021 10:18:14 GMT, b=§", "§"]]]',
     '[["Set-Cookie", ["a=¤; Path=/; Expires=Wed, 09 Jun 2021 10:18:14 GMT, b=¤", "¤"]]]'),
    ('[["Set-Cookie", "§", "§"], ["Host", "cookie", "a"]]',
     '[["Set-Cookie", "¤", "¤"], ["Host", "cookie", "a"]]'),
    # A flat list, as Node's rawHeaders; a value may be a name that is secret elsewhere.
    ('["Host", "a", "Cookie", "§", "Accept", "*/*"]', '["Host", "a", "Cookie", "¤", "Accept", "*/*"]'),
    ('["Vary", "Cookie", "Set-Cookie", "§", "Host", "a"]',
     '["Vary", "Cookie", "Set-Cookie", "¤", "Host", "a"]'),
    ('["Access-Control-Request-Headers", "authorization", "Cookie", "§"]',
     '["Access-Control-Request-Headers", "authorization", "Cookie", "¤"]'),
    ('["Cookie", "§", "Cookie", ["§", {"a": "§"}]]',
     '["Cookie", "¤", "Cookie", ["¤", "¤{{"a": "§"}}"]]'),
    # As HAR files write them, in either order; all that is beside the name is value.
    ('[{"name": "Host", "value": "a"}, {"name": "Cookie", "value": "§"}]',
     '[{"name": "Host", "value": "a"}, {"name": "Cookie", "value": "¤"}]'),
    ('[{"value": "§", "name": "authorization", "comment": "§"}]',
     '[{"value": "¤", "name": "authorization", "comment": "¤"}]'),
    ('[{"name": "Set-Cookie", "values": ["§", "§"]}]',
     '[{"name": "Set-Cookie", "values": ["¤", "¤"]}]'),
    ('[{"name": "Vary", "value": "Cookie"}, {"Name": "Cookie", "Value": "§"}]',
     '[{"name": "Vary", "value": "Cookie"}, {"Name": "Cookie", "Value": "¤"}]'),
    # Names with escapes.
    ('{"\\u0043ookie": "§", "Set\\u002dCookie": "§", "authorizatio\\u006E": "§"}',
     '{"\\u0043ookie": "¤", "Set\\u002dCookie": "¤", "authorizatio\\u006E": "¤"}'),
    ('[["\\u0063ookie", "§"]]', '[["\\u0063ookie", "¤"]]'),
    ('["\\u0063ookie", "§"]', '["\\u0063ookie", "¤"]'),
    ('[{"name": "\\u0063ookie", "value": "§"}]', '[{"name": "\\u0063ookie", "value": "¤"}]'),
    ('[{"n\\u0061me": "Cookie", "v\\u0061lue": "§"}]',
     '[{"n\\u0061me": "Cookie", "v\\u0061lue": "¤"}]'),
    # Other names, and URLs.
    ('{"X-Api-Key": "§", "PRIVATE-TOKEN": "§", "X-Vault-Token": 5, "X-Request-Id": "a"}',
     '{"X-Api-Key": "¤", "PRIVATE-TOKEN": "¤", "X-Vault-Token": "¤{5}", "X-Request-Id": "a"}'),
    ('{"Referer": "https://a/?tok%65n=§&b=c", "Location": "/x#access_token=§"}',
     '{"Referer": "https://a/?tok%65n=¤&b=c", "Location": "/x#access_token=¤"}'),
)
LINES = (
    ("Host: a\r\nCookie: sid=§\r\nAccept: */*\r\n", "Host: a\r\nCookie: sid=¤\r\nAccept: */*\r\n"),
    ("AUTHORIZATION:§\nHost:a", "AUTHORIZATION:¤\nHost:a"),
    ("Vary: Cookie\nSet-Cookie: §", "Vary: Cookie\nSet-Cookie: ¤"),
    ("Cookie: §\r\n\tfolded=§\r\nHost: a", "Cookie: ¤\r\n\tfolded=¤\r\nHost: a"),
    ("Cookie:\n §\nHost: a\n b\n\n", "Cookie:\n ¤\nHost: a\n b\n\n"),
    (' {"Cookie": "§"} ', ' {"Cookie": "¤"} '),
)

# Where it cannot be known what is a name and what is a value, or where another reader of the same
# text could see a header more.
REFUSED = (
    '{"request": {"Cookie": "§"}, "response": {"Set-Cookie": "§", "Vary": "Cookie"}}',
    '{"raw": "GET / HTTP/1.1\\r\\nCookie: §"}', '{"X": "a\\rCookie: §"}',
    '{"X": ["a\\nCookie: §"]}', '{"Cookie: §": ""}', '{"Coo kie": "§"}', '{"": {"Cookie": "§"}}',
    '{"X": {"Cookie": "§"}}', '["Host: a", "Cookie: §", "cookie:§"]', '["Cookie: §"]',
    '["\\u0043ookie\\u003a §"]', '["Host", "a", "Cookie"]', '["Host", ["Cookie", {"Cookie": "§"}]]',
    '["§"]', '["Host", "a", ["Cookie", "§"]]', '[["Host", "a"], "Cookie", "§"]',
    '[["Host", {"Cookie": "§"}]]', '[[["Cookie", "§"]]]', '[[]]', '[{"Cookie": "§"}]',
    '[{"key": "Set-Cookie", "values": ["§"]}]', '[{"name": ["Cookie"], "value": "§"}]',
    '[{"name": "Host", "name": "Cookie", "value": "§"}]',
    '[{"name": "Host", "value": {"Cookie": "§"}}]', '"Cookie: §"', "[5]",
)
REFUSED_LINES = (
    "Cookie : §", "GET / HTTP/1.1\r\nCookie: §\r\n", "X: a\rCookie: §", '{"Cookie": "§"',
    '{"Cookie": "§"} {"Cookie": "§"}', "\ufeffCookie: §", "Host: a\r\n\r\nCookie: §", "§",
    " Cookie: §", "Host: a\n Cookie: §", "X: \0\nCookie: §", "Coo\0kie: §", '\n["Cookie", "§"',
    "Host: a\n§",
)


def mark(account, secret):
    """What stands for the secret in the account: made here from the key of the running copy."""
    key = hashlib.sha256((daybook.VAR / "secrets/redaction").read_text().strip().encode()).digest()
    own = hmac.new(key, f"account:{account.number}".encode(), hashlib.sha256).digest()
    hashed = hashlib.sha256(secret.encode()).digest()
    return "redacted:" + hmac.new(own, hashed, hashlib.sha256).hexdigest()[:16]


class Secrets(TestCase):
    def setUp(self):
        self.account = Account()
        self.secret = "planted-" + secrets.token_hex(8)

    def marked(self, kept, account=None):
        account = account or self.account
        kept = re.sub(r"¤\{(\{.*?\}|.*?)\}",
                      lambda found: mark(account, found[1].replace("§", self.secret)), kept)
        return kept.replace("¤", mark(account, self.secret))

    def assertNowhere(self):
        self.assertEqual([], daybook.find_in_tables(self.secret))
        self.assertEqual([], daybook.find_in_logs(self.secret))


class Headers(Secrets):
    def check(self, form, kept, event):
        with self.subTest(form=form):
            (identifier,) = self.account.record(event)
            self.assertEqual(self.marked(kept),
                             self.account.find(identifier)["headers"].decode())

    def check_refused(self, form, event):
        with self.subTest(form=form):
            answer = self.account.send(event)
            self.assertRefused(answer, 400, "request.headers")
            self.assertEqual("request.headers", answer.json["field"])
            self.assertNotIn(self.secret, answer.text)

    def as_text(self, form):
        return {"action": "a", "request": {"headers": form.replace("§", self.secret)}}

    def as_json(self, form):
        return '{"action": "a", "request": {"headers": %s}}' % form.replace("§", self.secret)

    def test_json(self):
        for form, kept in FORMS:
            self.check(form, kept, self.as_json(form))
        self.assertNowhere()

    def test_json_as_text(self):
        for form, kept in FORMS + LINES:
            self.check(form, kept, self.as_text(form))
        self.assertNowhere()

    def test_other_forms_are_refused(self):
        for form in REFUSED:
            if form[0] != '"':
                self.check_refused(form, self.as_json(form))
            self.check_refused(form, self.as_text(form))
        for form in REFUSED_LINES:
            self.check_refused(form, self.as_text(form))
        self.assertEqual(0, self.account.count())
        self.assertNowhere()

    def test_loaded_again_nothing_changes(self):
        """What stands for a secret is no secret that would be replaced once more."""
        events = [self.as_text(form) for form, _ in FORMS + LINES]
        self.account.record_many(events)
        lines = daybook.ndjson(self.account.open("events.ndjson?sort=time").text)
        other = Account()
        done = daybook.run("load", other.slug, "-", stdin=self.account.open("events.ndjson").body)
        self.assertEqual(0, done.returncode, done)
        again = daybook.ndjson(other.open("events.ndjson?sort=time").text)
        self.assertEqual([line["request"] for line in lines], [line["request"] for line in again])

    def test_each_name_in_each_form(self):
        secret = self.secret
        for name in NAMES:
            for headers in ({name: secret}, [[name, secret]], ["Host", "a", name, secret],
                            [{"name": name, "value": secret}], f"{name}: {secret}\r\nHost: a\r\n"):
                with self.subTest(headers=headers):
                    (identifier,) = self.account.record(
                        {"action": "a", "request": {"headers": headers}})
                    self.assertIn(mark(self.account, secret).encode(),
                                  self.account.find(identifier)["headers"])
        self.assertNowhere()

    def test_other_names_are_kept(self):
        for name in ("Cookie-Policy", "X-Token-Type", "WWW-Authenticate", "Idempotency-Key",
                     "X-Hub-Signature-256", "Sec-WebSocket-Key"):
            for headers in ({name: "kept"}, [[name, "kept"]], ["Host", "a", name, "kept"],
                            [{"name": name, "value": "kept"}], f"{name}: kept\r\nHost: a\r\n"):
                text = headers if isinstance(headers, str) else json.dumps(headers)
                (identifier,) = self.account.record({"action": "a", "request": {"headers": text}})
                self.assertEqual(text, self.account.find(identifier)["headers"].decode())

    def test_hashed_by_the_front(self):
        """What stands for a secret that never reached the disk is the same mark."""
        hashed = "sha256:" + hashlib.sha256(self.secret.encode()).hexdigest()
        headers = f'[["Authorization", "Bearer {hashed}"], ["Cookie", "a={hashed}"]]'
        (identifier,) = self.account.record({"action": "a", "request": {"headers": headers}})
        self.assertEqual(self.marked('[["Authorization", "Bearer ¤"], ["Cookie", "a=¤"]]'),
                         self.account.find(identifier)["headers"].decode())

    def test_basic_gives_the_password(self):
        login = base64.b64encode(f"ann:{self.secret}".encode()).decode()
        (identifier,) = self.account.record(
            {"action": "a", "request": {"headers": {"Authorization": "Basic " + login}}})
        self.assertEqual(self.marked('{"Authorization": "Basic ¤"}'),
                         self.account.find(identifier)["headers"].decode())

    def test_nothing_of_a_message_is_logged(self):
        secret = self.secret
        message = {"action": "a", "user": secret, "request": {
            "url": "/" + secret, "headers": {"Cookie": secret}, "body": secret}}
        self.account.record(message)
        self.account.send([message, {"action": "a", "user": secret, "status": 1}])
        self.account.send([message, {"action": "a", "request": {"headers": secret}}])
        self.account.send(json.dumps(message) + "}")
        self.assertEqual([], daybook.find_in_logs(secret))

    def test_the_search_finds_what_is_there(self):
        """Were the search itself blind, all the above would mean nothing."""
        secret = self.secret
        self.account.record({"action": secret, "user": secret, "entity_name": secret,
                             "request": {"body": secret, "headers": {"X": secret}}})
        found = daybook.find_in_tables(secret)
        for column in ("action.name", "user.name", "entity.name", "event_request.body",
                       "event_request.headers"):
            self.assertIn(column, found)


def in_json(value, times):
    for _ in range(times):
        value = json.dumps({"m": value}, ensure_ascii=False)
    return value


# Where a secret may stand: part of the event, text (§ the secret), as it must be kept.
PLANTED = (
    ("url", "/p?a=1&tok%65n=§&b[password]=§#access_token=§", "/p?a=1&tok%65n=¤&b[password]=¤#access_token=¤"),
    ("url", "https://ann:§@h/;jsessionid=§/x", "https://ann:¤@h/;jsessionid=¤/x"),
    ("query", '{"api_key": "§", "a": ["b"], "token": ["§"]}', '{"api_key": "¤", "a": ["b"], "token": ["¤"]}'),
    ("params", '{"token": "§", "id": 5}', '{"token": "¤", "id": 5}'),
    ("body", '{"pass\\u0077ord": "§", "n": 1e3, "credentials": {"a": ["§"]}}',
     '{"pass\\u0077ord": "¤", "n": 1e3, "credentials": {"a": ["¤"]}}'),
    ("body", '[{"name": "DB_PASSWORD", "value": "§"}, {"value": "§", "encrypted": true}]',
     '[{"name": "DB_PASSWORD", "value": "¤"}, {"value": "¤", "encrypted": true}]'),
    ("body", '{"data": {"k": "§"}, "kind": "Secret"}', '{"data": {"k": "¤"}, "kind": "Secret"}'),
    ("body", '{"spec": {"data": {"k": "§"}, "type": "secret"}}',
     '{"spec": {"data": {"k": "¤"}, "type": "secret"}}'),
    ("body", in_json('{"password": "§"}', 1), in_json('{"password": "¤"}', 1)),
    ("body", in_json('{"password": "§", "a": "b"}', 4), in_json('{"password": "¤", "a": "b"}', 4)),
    ("body", "user=ann&password=§&x=1", "user=ann&password=¤&x=1"),
    ("body", "payload=%7B%22token%22%3A%22§%22%7D", "payload=%7B%22token%22%3A%22¤%22%7D"),
    ("body", '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n§\r\n--b--\r\n',
     '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n¤\r\n--b--\r\n'),
    ("body", "user: ann\npassword: §\nsecret: |\n  §\nb: c\n", "user: ann\npassword: ¤\nsecret: |\n  ¤\nb: c\n"),
    ("body", "<a><password>§</password></a>", "<a><password>¤</password></a>"),
    ("body", '{"a": 1}\n{"token": "§"}\n', '{"a": 1}\n{"token": "¤"}\n'),
    ("body", "{'password': '§', }", "{'password': '¤', }"),
    ("body", "curl -H 'Authorization: Bearer §' --token §", "curl -H 'Authorization: Bearer ¤' --token ¤"),
    ("head", '{"ok": true, "token": "§", "a": {"b": "c', '{"ok": true, "token": "¤", "a": {"b": "c'),
    ("extra", '{"a": {"client_secret": "§"}}', '{"a": {"client_secret": "¤"}}'),
)

class Everywhere(Secrets):
    @staticmethod
    def event(part, text):
        if part == "extra":
            return {"action": "a", "extra": text}
        if part == "head":
            return {"action": "a", "response": {"body_head": text}}
        return {"action": "a", "request": {part: text}}

    def kept(self, identifier, part, account=None):
        column = "response_body_head" if part == "head" else part
        return (account or self.account).find(identifier)[column].decode()

    def test_planted(self):
        for part, text, kept in PLANTED:
            with self.subTest(part=part, text=text):
                sent = text.replace("§", self.secret)
                (identifier,) = self.account.record(self.event(part, sent))
                self.assertEqual(self.marked(kept), self.kept(identifier, part))
        self.assertNowhere()
        self.check_pages()

    def check_pages(self):
        """No page and no export has it, whoever asks for it."""
        targets = ["events", "events.csv", "events.csv?raw=1", "events.ndjson", "all.csv", "triggers",
                   "events?q=" + quote(self.secret)]
        targets += [f"events/{event['id']:016x}{view}" for event in self.account.stored()
                    for view in ("", "?view=raw", "?part=body")]
        for target in targets:
            text = self.account.open(target).text
            if "q=" not in target:
                self.assertNotIn(self.secret, text, target)
        for part, rows in (("ndjson", daybook.ndjson), ("csv", daybook.csv_dicts)):
            self.assertTrue(rows(self.account.open(f"events.{part}").text))

    def test_patterns(self):
        for name, secret in patterns().items():
            with self.subTest(name=name):
                (identifier,) = self.account.record({
                    "action": secret, "entity_type": secret, "entity_id": secret,
                    "entity_name": secret, "user": secret, "request_id": secret,
                    "trace_id": secret, "client_address": secret, "user_agent": "a " + secret,
                    "forwarded_for": secret, "idempotency_key": secret,
                    "extra": {"a": [secret]}, "response": {"body_head": f"x {secret}"},
                    "request": {"url": "/p/" + secret.replace(" ", "%20"), "params": {"p": secret},
                                "query": {"q": secret}, "headers": {"X-A": secret},
                                "body": f"some {secret} text"}})
                kept = self.account.find(identifier)
                value = secret.removeprefix("Bearer ")
                stands = secret.replace(value, mark(self.account, value))
                self.assertEqual(f"some {stands} text", kept["body"].decode())
                self.assertEqual(stands, kept["user"].decode())
                self.assertEqual("/p/" + stands.replace(" ", "%20"), kept["url"].decode())
                self.assertEqual([], daybook.find_in_tables(value))

    def test_private_keys(self):
        key = random_letters(64)
        text = f"-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n"
        for body in (text, json.dumps({"a": text}), json.dumps({"a": json.dumps({"b": text})})):
            self.account.record({"action": "a", "request": {"body": body}})
        self.assertEqual([], daybook.find_in_tables(key))

    def test_body_is_measured_without_secrets(self):
        """Above the stored length means cut, and nothing else."""
        body = '{"password": "%s"}' % ("x" * 100)
        (identifier,) = self.account.record({"action": "a", "request": {"body": body}})
        event = self.account.find(identifier)
        self.assertEqual(len(event["body"]), event["body_bytes"])
        body = '{"password": "%s", "a": "%s"}' % (self.secret, "x" * daybook.BODY_MAX)
        (identifier,) = self.account.record({"action": "a", "request": {"body": body}})
        event = self.account.find(identifier)
        self.assertEqual(daybook.BODY_MAX, len(event["body"]))
        kept = body.replace(self.secret, mark(self.account, self.secret))
        self.assertEqual(len(kept), event["body_bytes"])

    def test_two_accounts_have_two_marks(self):
        other = Account()
        event = self.event("body", '{"password": "%s"}' % self.secret)
        (first,), (second,) = self.account.record(event), other.record(event)
        self.assertEqual(self.marked('{"password": "¤"}'), self.kept(first, "body"))
        self.assertEqual(self.marked('{"password": "¤"}', other), self.kept(second, "body", other))
        self.assertNotEqual(self.kept(first, "body"), self.kept(second, "body", other))

    def test_loaded_again_nothing_changes(self):
        for part, text, _ in PLANTED:
            self.account.record(self.event(part, text.replace("§", self.secret)))
        export = self.account.open("events.ndjson?sort=time").body
        before = self.account.stored()
        self.assertEqual(0, daybook.run("load", self.account.slug, "-", stdin=export).returncode)
        self.assertEqual(before, self.account.stored())
        other = Account()
        self.assertEqual(0, daybook.run("load", other.slug, "-", stdin=export).returncode)
        for sent, kept in zip(before, other.stored(), strict=True):
            for name in ("url", "params", "query", "headers", "body", "response_body_head", "extra"):
                self.assertEqual(sent[name], kept[name])


class Rules(Secrets):
    def kept(self, text):
        (identifier,) = self.account.record({"action": "a", "request": {"body": text}})
        return self.account.find(identifier)["body"].decode()

    def test_rules_take_effect(self):
        """Within two seconds, in programs that are running; and they can be taken back."""
        text = '{"x-corp": "§", "apiKey": "§", "b": "ghp_%s"}' % random_letters(36)
        text = text.replace("§", self.secret)
        pattern = text[-42:-2]
        by_name = {"x-corp": "xCorp", "apiKey": "api-key"}

        def expect(*marked):
            kept = json.loads(self.kept(text))
            for name, value in (("x-corp", self.secret), ("apiKey", self.secret), ("b", pattern)):
                self.assertEqual(mark(self.account, value) if name in marked else value, kept[name])

        expect("apiKey", "b")
        for rule, marked in ((("add", by_name["x-corp"]), ("x-corp", "apiKey", "b")),
                             (("keep", by_name["apiKey"]), ("x-corp", "b")),
                             (("patterns", "off"), ("x-corp",)),
                             (("remove", by_name["apiKey"]), ("x-corp", "apiKey")),
                             (("off",), ()), (("on",), ("x-corp", "apiKey")),
                             (("patterns", "on"), ("x-corp", "apiKey", "b"))):
            daybook.run_well("redaction", self.account.slug, *rule)
            time.sleep(2)
            with self.subTest(rule=rule):
                for _ in range(8):  # every worker
                    expect(*marked)
        self.assertEqual("add xCorp", daybook.run_well("redaction", self.account.slug, "list"))

    def test_logins_and_cookies_always(self):
        for rule in (("keep", "authorization"), ("keep", "Cookie"), ("off",)):
            daybook.run_well("redaction", self.account.slug, *rule)
        headers = f"Authorization: Bearer {self.secret}\nCookie: a={self.secret}"
        (identifier,) = self.account.record({"action": "a", "request": {"headers": headers}})
        self.assertEqual(self.marked("Authorization: Bearer ¤\nCookie: a=¤"),
                         self.account.find(identifier)["headers"].decode())

    def test_wrong_use(self):
        slug = self.account.slug
        for arguments, status in ((("redaction",), 64), (("redaction", slug), 64),
                                  (("redaction", slug, "add"), 64), (("redaction", slug, "on", "x"), 64),
                                  (("redaction", slug, "patterns", "maybe"), 64),
                                  (("redaction", slug, "add", "a"), 1), (("redaction", slug, "add", "-!"), 1),
                                  (("redaction", slug, "add", "x" * 129), 1),
                                  (("redaction", "no-such", "list"), 1)):
            with self.subTest(arguments=arguments):
                done = daybook.run(*arguments)
                self.assertEqual(status, done.returncode, done)
                self.assertTrue(done.stderr)


if __name__ == "__main__":
    unittest.main()
