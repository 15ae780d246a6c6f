# SPDX-License-Identifier: MIT
"""Whose call it was and who made it: every example of daybook-capture(7), run by nginx as it stands there."""
import base64
import hashlib
import json
import re
import unittest

import capture
from capture import CONFIGURATION, Front, Upstream, digest, parsed, response

MANUAL = capture.ROOT / "cgi-bin/man/daybook-capture.7"
PASSWORD = "pa:ss"


def examples():
    """The named blocks of the manual."""
    found = re.findall(r'^\.\\" example: (\w+)\n\.Bd .*\n((?:(?!\.Ed).*\n)*)', MANUAL.read_text(),
                       re.M)
    return {name: text.replace("\\e", "\\") for name, text in found}


EXAMPLES = examples()
IN_SERVER = ("basic", "auth_request", "jwt", "fixed", "by_host", "limits", "compression",
             "joined")
LOGIN = """
    upstream login { server 127.0.0.1:%d; }
"""


def basic(user, password):
    return ("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())


def bearer(claims):
    def part(value):
        text = json.dumps(value, ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    return ("Authorization", f"Bearer {part({'alg': 'none'})}.{part(claims)}.c2lnbmF0dXJl")


def check_login(request):
    """Stands in for oauth2-proxy: Ann is known by her cookie."""
    if request.header("Cookie") == b"login=ann":
        return response(202, b"", [("X-Auth-Request-User", "ann"), ("X-Account", "acme")])
    return response(401, b"", [("X-Auth-Request-User", "nobody")])


def says(**headers):
    """An API that names them in its answer."""
    lines = [(f"X-Daybook-{name.capitalize()}", value) for name, value in headers.items()]
    return lambda request: response(200, b"ok", [*lines, ("X-Other", "kept")])


class Identity(capture.TestCase):
    location = capture.LOCATION + "".join(EXAMPLES[name] for name in IN_SERVER)
    server = EXAMPLES["proxies"]

    @classmethod
    def setUpClass(cls):
        cls.login = Upstream(check_login)
        cls.addClassCleanup(cls.login.stop)
        cls.http = LOGIN % cls.login.port + EXAMPLES["map"]
        super().setUpClass()
        hashed = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
        (cls.front.folder / "htpasswd").write_text(f"ann:{{SHA}}{hashed}\n")

    def check(self, line):
        self.assertRegex(line["id"], rb"^[0-9a-f]{32}$")

    def expect(self, line, **said):
        """What the line says of account, user and source; nothing else."""
        names = ["set_account", "set_user", "set_source", "basic_user", "api_account", "api_user",
                 "api_source"]
        self.assertEqual({name: said.get(name, "").encode() for name in names},
                         {name: line[name] for name in names})

    def test_nobody(self):
        _, line = self.call("GET", "/")
        self.expect(line)

    def test_basic(self):
        answer, line = self.call("GET", "/basic/", [basic("ann", PASSWORD)])
        self.assertEqual(200, answer.status)
        self.expect(line, basic_user="ann")
        self.assertIn((b"Authorization", b"Basic " + digest(PASSWORD)), line["headers"])
        answer, line = self.call("GET", "/basic/", [basic("ann", "wrong")])
        self.assertEqual(401, answer.status)
        self.expect(line, basic_user="ann")
        self.assertEqual(1, len(self.api.requests))

    def test_answer(self):
        self.api.answer = says(user="ann", account="acme", source="ui")
        example = dict(re.findall(r"X-Daybook-(\w+): (.*)", EXAMPLES["answer"]))
        self.assertEqual({"User": "ann", "Account": "acme", "Source": "ui"}, example)
        answer, line = self.call("GET", "/", [basic("bob", "x")])
        self.expect(line, api_user="ann", api_account="acme", api_source="ui", basic_user="bob")
        self.assertEqual("kept", answer.header("X-Other"))
        self.assertEqual([], [name for name in answer.headers if "daybook" in name.lower()])

    def test_answer_given_twice(self):
        """None of them gets to the client."""
        self.api.answer = lambda request: response(200, b"ok", [("X-Daybook-User", "ann"),
                                                                ("x-daybook-user", "bob")])
        answer, line = self.call("GET", "/")
        self.expect(line, api_user="ann")
        self.assertIsNone(answer.header("X-Daybook-User"))

    def test_answer_of_bytes(self):
        self.api.answer = lambda request: response(200, b"ok", [("X-Daybook-User", b"J\xf6rg \"\\\xc3\xbc")])
        _, line = self.call("GET", "/")
        self.assertEqual(b"J\xf6rg \"\\\xc3\xbc", line["api_user"])

    def test_auth_request(self):
        answer, line = self.call("POST", "/checked/", [("Cookie", "login=ann")], b"body")
        self.assertEqual(200, answer.status)
        self.expect(line, set_user="ann", set_account="acme")
        self.assertEqual(b"body", line["body"])
        answer, line = self.call("GET", "/checked/", [("Cookie", "login=eve")])
        self.assertEqual(401, answer.status)
        self.expect(line, set_user="nobody")
        self.assertEqual(b"/checked/", self.login.requests[-1].header("X-Original-URI"))

    def test_jwt(self):
        for claims, user in (({"sub": "ann"}, "ann"), ({"sub": "J\u00f6rg \u6f22 \"'\\"}, "J\u00f6rg \u6f22 \"'\\"),
                             ({"sub": 7}, ""), ({"sub": None}, ""), ({"sub": {"a": 1}}, ""),
                             ({"sub": "x" * 1025}, ""), ({"email": "ann@example"}, ""),
                             ([], ""), ("sub", ""), (None, "")):
            with self.subTest(claims):
                answer, line = self.call("GET", "/jwt/", [bearer(claims)])
                self.assertEqual(200, answer.status)
                self.expect(line, set_user=user)
        for value in ("Bearer a.b", "Bearer a.!!.c", "Bearer a.AAAA.c", "Basic YTpi", "Bearer ..", "Bearer",
                      "bearer \xff.\xff.\xff", "x" * 7000):
            with self.subTest(value):
                answer, line = self.call("GET", "/jwt/", [("Authorization", value.encode("latin-1"))])
                self.assertEqual((200, b""), (answer.status, line["set_user"]))
        _, line = self.call("GET", "/jwt/")
        self.expect(line)

    def test_fixed(self):
        _, line = self.call("POST", "/hooks/")
        self.expect(line, set_account="acme", set_user="deploy-robot", set_source="webhook")

    def test_by_host(self):
        for host, account in (("acme.api.example", "acme"), ("OTHER.api.example:80", "other"),
                              ("api.example", "")):
            _, line = self.call("GET", "/by-host/", [("Host", host)])
            self.expect(line, set_account=account)

    def test_spoofed(self):
        """A client cannot say who it is by the names that nginx and the API use."""
        names = ["X-Daybook-User", "X-Daybook-Account", "X-Daybook-Source", "Daybook-User", "daybook_user",
                 "X-Auth-Request-User", "X-Account", "Remote-User", "X-Remote-User"]
        spoofed = [(name, "eve") for name in names]
        for target, said in (("/", {}), ("/by-host/", {}), ("/jwt/", {}),
                             ("/hooks/", {"set_account": "acme", "set_user": "deploy-robot",
                                          "set_source": "webhook"})):
            _, line = self.call("GET", target, spoofed)
            self.expect(line, **said)
            self.assertIn((b"X-Daybook-User", b"eve"), line["headers"])
        answer, line = self.call("GET", "/checked/", [*spoofed, ("Cookie", "login=ann")])
        self.expect(line, set_user="ann", set_account="acme")

    def test_proxies(self):
        for forwarded, client in (("192.0.2.7", "192.0.2.7"), ("10.9.9.9, 192.0.2.7, 127.0.0.3", "192.0.2.7"),
                                  ("nonsense", "127.0.0.1")):
            self.front.call("GET", "/", [("X-Forwarded-For", forwarded)])
            line = self.front.line()
            self.assertEqual((client, "127.0.0.1", forwarded),
                             tuple(line[name].decode() for name in ("client", "peer", "forwarded")))

    def test_limits(self):
        body = bytes(8 << 20)
        answer, line = self.call("POST", "/uploads/", body=body)
        self.assertEqual((200, body), (answer.status, line["body"]))
        answer, _ = self.call("POST", "/uploads/", body=body + b"x")
        self.assertEqual(413, answer.status)

    def test_compression(self):
        body = b"{\"id\": 7}" * 1000
        self.api.answer = lambda request: response(200, body, [("Content-Type", "application/json")])
        answer, line = self.call("GET", "/zipped/", [("Accept-Encoding", "gzip")])
        self.assertEqual("gzip", answer.header("Content-Encoding"))
        self.assertIsNone(self.api.requests[0].header("Accept-Encoding"))
        self.assertEqual(body[:4096].hex().encode(), line["head"])


class Whole(unittest.TestCase):
    def test_whole(self):
        """The first example, with another port, another folder and another API."""
        with Upstream() as api:
            text = EXAMPLES["whole"]
            for was, count in (("listen 80;", 1), ("/var/log/nginx/daybook/api.log", 1),
                               ("http://127.0.0.1:3000", 1)):
                self.assertEqual(count, text.count(was))
            head = CONFIGURATION[:CONFIGURATION.index("http {")]
            text = text.replace("listen 80;", "listen 127.0.0.1:{port};")
            text = text.replace("/var/log/nginx/daybook/api.log", "{log}")
            text = text.replace("http://127.0.0.1:3000", f"http://127.0.0.1:{api.port}")
            text = re.sub(r"\{(?!port|log)", "{{", re.sub(r"(?<!port)(?<!log)\}", "}}", text))
            with Front(api, configuration=head + text) as front:
                answer = front.call("POST", "/a%2Fb", body=b"whole")
                (raw,) = front.raw_lines(1)
                line = parsed(raw)
        self.assertEqual((200, b"/a%2Fb", b"whole", b"ok".hex().encode()),
                         (answer.status, line["uri"], line["body"], line["head"]))

    def test_every_example_is_run(self):
        self.assertEqual({*IN_SERVER, "whole", "answer", "map", "proxies"}, set(EXAMPLES))


if __name__ == "__main__":
    unittest.main()
