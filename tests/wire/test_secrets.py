# SPDX-License-Identifier: MIT
"""The values of authorization and cookie headers reach no table and no log, in whatever form.

The cases plant values of their own; then every text column of every table is searched for them.
"""
import json
import secrets
import unittest

import daybook
from daybook import Account, TestCase

NAMES = ("Authorization", "authorization", "AUTHORIZATION", "Proxy-Authorization", "Cookie",
         "cookie", "Set-Cookie", "set-cookie", "HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION",
         "HTTP_COOKIE")

# Headers as text, § for the secret; and the same as it must be kept.
FORMS = (
    # An object, as most recorders write it; its values may be lists.
    ('{"Host": "a", "Cookie": "sid=§; a=b", "Accept":"*/*"}',
     '{"Host": "a", "Cookie": "redacted", "Accept":"*/*"}'),
    ('{"cookie": ["sid=§", "b=§"]}', '{"cookie": "redacted"}'),
    ('{"cookie": {"sid": "§"}}', '{"cookie": "redacted"}'),
    ('{"cookie": 5, "Set-Cookie": null}', '{"cookie": "redacted", "Set-Cookie": null}'),
    ('{"authorization": "§", "authorization": "§"}',
     '{"authorization": "redacted", "authorization": "redacted"}'),
    ('{ "authorization" :\t"§" }', '{ "authorization" :\t"redacted" }'),
    ('{" Cookie ": "§"}', '{" Cookie ": "redacted"}'),
    # Pairs, as they arrived; more values than one are all of the name.
    ('[["Host", "a"], ["Cookie", "§"], ["COOKIE", "§"], ["Accept", "*/*"]]',
     '[["Host", "a"], ["Cookie", "redacted"], ["COOKIE", "redacted"], ["Accept", "*/*"]]'),
    ('[["Vary", "Cookie"], ["Set-Cookie", "§"]]',
     '[["Vary", "Cookie"], ["Set-Cookie", "redacted"]]'),
    ('[["Set-Cookie", ["§", "§"]]]', '[["Set-Cookie", "redacted"]]'),
    ('[["Set-Cookie", "§", "§"], ["Host", "cookie", "a"]]',
     '[["Set-Cookie", "redacted", "redacted"], ["Host", "cookie", "a"]]'),
    # A flat list, as Node's rawHeaders; a value may be a name that is secret elsewhere.
    ('["Host", "a", "Cookie", "§", "Accept", "*/*"]',
     '["Host", "a", "Cookie", "redacted", "Accept", "*/*"]'),
    ('["Vary", "Cookie", "Set-Cookie", "§", "Host", "a"]',
     '["Vary", "Cookie", "Set-Cookie", "redacted", "Host", "a"]'),
    ('["Access-Control-Request-Headers", "authorization", "Cookie", "§"]',
     '["Access-Control-Request-Headers", "authorization", "Cookie", "redacted"]'),
    ('["Cookie", "§", "Cookie", ["§", {"a": "§"}]]',
     '["Cookie", "redacted", "Cookie", "redacted"]'),
    # As HAR files write them, in either order; all that is beside the name is value.
    ('[{"name": "Host", "value": "a"}, {"name": "Cookie", "value": "§"}]',
     '[{"name": "Host", "value": "a"}, {"name": "Cookie", "value": "redacted"}]'),
    ('[{"value": "§", "name": "authorization", "comment": "§"}]',
     '[{"value": "redacted", "name": "authorization", "comment": "redacted"}]'),
    ('[{"name": "Set-Cookie", "values": ["§", "§"]}]',
     '[{"name": "Set-Cookie", "values": "redacted"}]'),
    ('[{"name": "Vary", "value": "Cookie"}, {"Name": "Cookie", "Value": "§"}]',
     '[{"name": "Vary", "value": "Cookie"}, {"Name": "Cookie", "Value": "redacted"}]'),
    # Names with escapes.
    ('{"\\u0043ookie": "§", "Set\\u002dCookie": "§", "authorizatio\\u006E": "§"}',
     '{"\\u0043ookie": "redacted", "Set\\u002dCookie": "redacted", '
     '"authorizatio\\u006E": "redacted"}'),
    ('[["\\u0063ookie", "§"]]', '[["\\u0063ookie", "redacted"]]'),
    ('["\\u0063ookie", "§"]', '["\\u0063ookie", "redacted"]'),
    ('[{"name": "\\u0063ookie", "value": "§"}]',
     '[{"name": "\\u0063ookie", "value": "redacted"}]'),
    ('[{"n\\u0061me": "Cookie", "v\\u0061lue": "§"}]',
     '[{"n\\u0061me": "Cookie", "v\\u0061lue": "redacted"}]'),
)
LINES = (
    ("Host: a\r\nCookie: sid=§\r\nAccept: */*\r\n",
     "Host: a\r\nCookie: redacted\r\nAccept: */*\r\n"),
    ("AUTHORIZATION:§\nHost:a", "AUTHORIZATION:redacted\nHost:a"),
    ("Vary: Cookie\nSet-Cookie: §", "Vary: Cookie\nSet-Cookie: redacted"),
    ("Cookie: §\r\n\tfolded=§\r\nHost: a", "Cookie: redacted\r\n\tredacted\r\nHost: a"),
    ("Cookie:\n §\nHost: a\n b\n\n", "Cookie:\n redacted\nHost: a\n b\n\n"),
    (' {"Cookie": "§"} ', ' {"Cookie": "redacted"} '),
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


class Headers(TestCase):
    def setUp(self):
        self.account = Account()
        self.secret = "planted-" + secrets.token_hex(8)

    def check(self, form, kept, event):
        with self.subTest(form=form):
            (identifier,) = self.account.record(event)
            self.assertEqual(kept, self.account.find(identifier)["headers"].decode())

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

    def assertNowhere(self):
        self.assertEqual([], daybook.find_in_tables(self.secret))

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
                    self.assertIn(b"redacted", self.account.find(identifier)["headers"])
        self.assertNowhere()

    def test_other_names_are_kept(self):
        for name in ("Cookies", "X-Cookie", "Cookie2", "Authorizations", "WWW-Authenticate"):
            for headers in ({name: "kept"}, [[name, "kept"]], ["Host", "a", name, "kept"],
                            [{"name": name, "value": "kept"}], f"{name}: kept\r\nHost: a\r\n"):
                text = headers if isinstance(headers, str) else json.dumps(headers)
                (identifier,) = self.account.record({"action": "a", "request": {"headers": text}})
                self.assertEqual(text, self.account.find(identifier)["headers"].decode())

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


if __name__ == "__main__":
    unittest.main()
