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
         "cookie", "Set-Cookie", "set-cookie", "HTTP_AUTHORIZATION", "HTTP_COOKIE")

# Headers as text, § for the secret; and the same as it must be kept, or None where the form is
# such that it may as well be refused.
FORMS = (
    # An object, as most recorders write it; its values may be lists.
    ('{"Host": "a", "Cookie": "sid=§; a=b", "Accept":"*/*"}',
     '{"Host": "a", "Cookie": "redacted", "Accept":"*/*"}'),
    ('{"cookie": ["sid=§", "b=§"]}', '{"cookie": "redacted"}'),
    ('{"cookie": {"sid": "§"}}', '{"cookie": "redacted"}'),
    ('{"authorization": "§", "authorization": "§"}',
     '{"authorization": "redacted", "authorization": "redacted"}'),
    ('{ "authorization" :\t"§" }', '{ "authorization" :\t"redacted" }'),
    ('{" Cookie ": "§"}', '{" Cookie ": "redacted"}'),
    ('{"request": {"Cookie": "§"}, "response": {"Set-Cookie": "§", "Vary": "Cookie"}}',
     '{"request": {"Cookie": "redacted"}, "response": {"Set-Cookie": "redacted", '
     '"Vary": "Cookie"}}'),
    # Pairs, as they arrived.
    ('[["Host", "a"], ["Cookie", "§"], ["COOKIE", "§"], ["Accept", "*/*"]]',
     '[["Host", "a"], ["Cookie", "redacted"], ["COOKIE", "redacted"], ["Accept", "*/*"]]'),
    ('[["Vary", "Cookie"], ["Set-Cookie", "§"]]',
     '[["Vary", "Cookie"], ["Set-Cookie", "redacted"]]'),
    ('[["Set-Cookie", ["§", "§"]]]', '[["Set-Cookie", "redacted"]]'),
    # A flat list, as Node's rawHeaders; a value may be a name that is secret elsewhere.
    ('["Host", "a", "Cookie", "§", "Accept", "*/*"]',
     '["Host", "a", "Cookie", "redacted", "Accept", "*/*"]'),
    ('["Vary", "Cookie", "Set-Cookie", "§", "Host", "a"]',
     '["Vary", "Cookie", "Set-Cookie", "redacted", "Host", "a"]'),
    ('["Access-Control-Request-Headers", "authorization", "Cookie", "§"]',
     '["Access-Control-Request-Headers", "authorization", "Cookie", "redacted"]'),
    # As HAR files write them, in either order, and as some proxies do.
    ('[{"name": "Host", "value": "a"}, {"name": "Cookie", "value": "§"}]',
     '[{"name": "Host", "value": "a"}, {"name": "Cookie", "value": "redacted"}]'),
    ('[{"value": "§", "name": "authorization", "comment": "c"}]',
     '[{"value": "redacted", "name": "authorization", "comment": "c"}]'),
    ('[{"key": "Set-Cookie", "values": ["§", "§"]}]',
     '[{"key": "Set-Cookie", "values": "redacted"}]'),
    ('[{"name": "Vary", "value": "Cookie"}, {"Name": "Cookie", "Value": "§"}]',
     '[{"name": "Vary", "value": "Cookie"}, {"Name": "Cookie", "Value": "redacted"}]'),
    # Lines in an array.
    ('["Host: a", "Cookie: §", "cookie:§"]', '["Host: a", "redacted", "redacted"]'),
    # Names with escapes.
    ('{"\\u0043ookie": "§", "Set\\u002dCookie": "§", "authorizatio\\u006E": "§"}',
     '{"\\u0043ookie": "redacted", "Set\\u002dCookie": "redacted", '
     '"authorizatio\\u006E": "redacted"}'),
    ('[["\\u0063ookie", "§"]]', '[["\\u0063ookie", "redacted"]]'),
    ('[{"name": "\\u0063ookie", "value": "§"}]',
     '[{"name": "\\u0063ookie", "value": "redacted"}]'),
    ('[{"n\\u0061me": "Cookie", "v\\u0061lue": "§"}]',
     '[{"n\\u0061me": "Cookie", "v\\u0061lue": "redacted"}]'),
    ('["\\u0043ookie\\u003a §"]', '["redacted"]'),
)
LINES = (
    ("Host: a\r\nCookie: sid=§\r\nAccept: */*\r\n",
     'Host: a\r\nCookie: "redacted"\r\nAccept: */*\r\n'),
    ("AUTHORIZATION:§\nHost:a", 'AUTHORIZATION:"redacted"\nHost:a'),
    ("Vary: Cookie\nSet-Cookie: §", 'Vary: Cookie\nSet-Cookie: "redacted"'),
    ("Cookie: §\r\n\tfolded=§\r\nHost: a", 'Cookie: "redacted"\r\n\t"redacted"\r\nHost: a'),
    ("Host: a\r\n\r\nCookie: §", 'Host: a\r\n\r\nCookie: "redacted"'),
    ("Cookie : §", None),
    ("GET / HTTP/1.1\r\nCookie: §\r\n", None),
    ("X: a\rCookie: §", None),
    (' {"Cookie": "§"} ', ' {"Cookie": "redacted"} '),
    ('{"Cookie": "§"', None),
    ('{"Cookie": "§"} {"Cookie": "§"}', None),
    ('"Cookie: §"', None),
    ("\ufeffCookie: §", None),
)


class Headers(TestCase):
    def setUp(self):
        self.account = Account()
        self.secret = "planted-" + secrets.token_hex(8)

    def check(self, form, kept, member, event):
        with self.subTest(form=form):
            answer = self.account.send(event)
            self.assertNotIn(self.secret, answer.text)
            if kept is None and answer.status == 400:
                return
            self.assertEqual(201, answer.status, answer)
            stored = self.account.find(answer.json["ids"][0])[member].decode()
            self.assertNotIn(self.secret, stored)
            if kept is not None:
                self.assertEqual(kept, stored)

    def assertNowhere(self):
        self.assertEqual([], daybook.find_in_tables(self.secret))

    def test_json(self):
        for form, kept in FORMS:
            self.check(form, kept, "headers", '{"action": "a", "request": {"headers": %s}}' %
                       form.replace("§", self.secret))
        self.assertNowhere()

    def test_json_as_text(self):
        for form, kept in FORMS:
            self.check(form, kept, "headers", {
                "action": "a", "request": {"headers": form.replace("§", self.secret)}})
        self.assertNowhere()

    def test_headers_inside_extra(self):
        for form, kept in FORMS:
            self.check(form, '{"headers": %s}' % kept, "extra",
                       '{"action": "a", "extra": {"headers": %s}}' %
                       form.replace("§", self.secret))
        self.assertNowhere()

    def test_lines(self):
        for form, kept in LINES:
            self.check(form, kept, "headers", {
                "action": "a", "request": {"headers": form.replace("§", self.secret)}})
        self.assertNowhere()

    def test_each_name_in_each_form(self):
        secret = self.secret
        for name in NAMES:
            for headers in ({name: secret}, [[name, secret]], ["Host", "a", name, secret],
                            [{"name": name, "value": secret}], f"{name}: {secret}\r\nHost: a\r\n",
                            [f"{name}: {secret}"]):
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
