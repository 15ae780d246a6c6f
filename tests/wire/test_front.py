# SPDX-License-Identifier: MIT
"""What nginx does for every page: who may in, what each answer carries, static files, gzip."""
import contextlib
import gzip
import hashlib
import http.client
import os
import re
import socket
import stat
import unittest

import daybook
from daybook import BUILD, VAR, ask, bearer, get, login
from running_copy import children, leader, make_person, workers

# What each answer carries, whoever made it.
ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Server": "nginx"}
POLICY = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'",
          "img-src": "'self'", "connect-src": "'self'", "form-action": "'self'",
          "base-uri": "'none'", "frame-ancestors": "'none'"}
YEAR_SECONDS = 365 * 24 * 60 * 60


def raw(text):
    """Sends bytes as they are; the answer to them."""
    host, port = daybook.HOST.split(":")
    with socket.create_connection((host, int(port)), 60) as connection:
        connection.sendall(text.encode("latin-1"))
        response = http.client.HTTPResponse(connection)
        response.begin()
        return daybook.Answer(response, response.read())


def request_text(method, target, *headers):
    lines = [f"{method} {target} HTTP/1.1", f"Host: {daybook.HOST}", "Connection: close", *headers]
    return "\r\n".join(lines) + "\r\n\r\n"


def header_lines(headers):
    return [f"{name}: {value}" for name, value in headers.items()]


@contextlib.contextmanager
def socket_away(handler):
    """As if the handler did not run: nginx cannot reach it."""
    path = VAR / f"run/{handler}.sock"
    away = path.with_suffix(".away")
    path.rename(away)
    try:
        yield
    finally:
        away.rename(path)


class Places(unittest.TestCase):
    """Few searches and downloads are answered at a time: without a login nobody holds a place among them."""

    BODIES = ("Content-Length: 60000", "Content-Length: 1", "Transfer-Encoding: chunked", "Content-Length: 00001")

    def setUp(self):
        self.account = daybook.Account()

    def hold(self, target, *headers):
        """Asks and does not end the request; the status."""
        connection = socket.create_connection(tuple(daybook.HOST.split(":")), 60)
        self.addCleanup(connection.close)
        lines = [f"GET {target} HTTP/1.1", f"Host: {daybook.HOST}", *headers]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return int(connection.recv(4096).split()[1])

    def test_bodies_that_do_not_end(self):
        wrong = header_lines(login(password="wrong"))
        for target in ("/{0}/events?q=abc", "/{0}/all.csv", "/{0}/all.csv?q=abc", "/-/events?q=abc", "/-/all.csv", "/api/v1/all.csv",
                       "/api/v1/all.csv?q=abc", "/api/audit/download"):
            for body in self.BODIES:
                for headers in ([], wrong):
                    self.assertEqual([400] * 4, [self.hold(target.format(self.account.slug), body, *headers) for _ in range(4)])
            for asked in ("events?q=abc", "all.csv", "all.csv?q=abc"):
                self.assertEqual(200, self.account.open(asked).status, target)
            self.assertEqual(200, self.account.read("all.csv").status, target)

    def test_an_empty_body_is_none(self):
        for target in ("events", "all.csv"):
            self.assertEqual(200, get(f"/{self.account.slug}/{target}", login() | {"Content-Length": "0"}).status)
        headers = bearer(self.account.token("read"))
        refused = ask("GET", "/api/v1/all.csv", b"{}", headers)
        self.assertEqual((400, "application/json"), (refused.status, refused.headers["Content-Type"]))
        self.assertEqual("a download is asked for without a body", refused.json["error"])
        self.assertEqual(200, get("/api/v1/all.csv", headers | {"Content-Length": "0"}).status)

    def test_every_place(self):
        text = (daybook.ROOT / "cgi-bin/deploy/nginx/server.conf").read_text()
        for name, body in re.findall(r'^ *location (.*?) \{\n((?:(?! *location ).*\n)*?)(?=^ *location |^#)', text, re.M):
            if "limit_conn " in body:
                self.assertLess(body.index("if ($has_body)"), body.index("limit_conn "), name)
                self.assertEqual("programs.conf" in body, "fastcgi_request_buffering off" in body, name)


class Headers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = daybook.Account()
        cls.event = cls.account.record({"action": "front", "request": {"body": "{}"}})[0]
        cls.page = f"/{cls.account.slug}/events"
        cls.script = re.search(r'src="(/static/app\.\w+\.js)"', get(cls.page).text)[1]

    def check(self, status, answer, data=True):
        """The answer has the status and all that every answer carries; no cache keeps data."""
        self.assertEqual(status, answer.status, answer)
        for name, value in ALWAYS.items():
            self.assertEqual([value], answer.headers.get_all(name), name)
        policies = answer.headers.get_all("Content-Security-Policy")
        self.assertEqual(1, len(policies))
        parts = dict(part.strip().split(" ", 1) for part in policies[0].split(";"))
        self.assertEqual(POLICY, parts)
        self.assertEqual(["no-store"] if data else None, answer.headers.get_all("Cache-Control"))
        self.assertEqual(data, "X-Request-ID" in answer.headers, "made by a handler")
        self.assertEqual(status == 503, "Retry-After" in answer.headers)

    def test_pages(self):
        self.check(200, get(self.page))
        self.check(200, get(f"/{self.account.slug}/triggers"))
        self.check(200, get(f"{self.page}/{self.event}"))
        self.check(200, get(f"{self.page}/{self.event}?part=body"))
        self.check(200, get(f"{self.page}.csv"))
        self.check(200, get(f"/{self.account.slug}/all.ndjson"))
        self.check(200, get("/healthz"))
        self.check(400, get(f"{self.page}?colour=red"))
        self.check(404, get(f"{self.page}?page=99"))
        self.check(404, get("/nothing"))
        self.check(404, get("/metrics"))
        self.check(405, ask("POST", self.page, b"", login()))

    def test_root(self):
        name = "front." + self.account.slug
        person = make_person(name)
        self.check(403, get("/", person))
        daybook.run_well("member", "add", self.account.slug, name, "auditor")
        self.check(303, get("/", person))

    def test_programs(self):
        token = self.account.token("record")
        self.check(201, self.account.send({"action": "front"}))
        self.check(400, self.account.send({"action": 1}))
        self.check(401, ask("POST", "/api/v1/events", b"{}"))
        self.check(401, get("/api/v1/events.csv", {}))
        self.check(404, ask("POST", "/hooks/a/b", b"{}"))
        self.check(401, ask("POST", "/publisher/v1/project/a/event", b"{}"))
        self.check(405, ask("GET", "/api/v1/events", None, bearer(token)))
        self.check(413, self.account.send(b" " * (daybook.MESSAGE_MAX + 1)))
        self.check(200, self.account.read("events.csv"))
        read = bearer(self.account.token("read"))
        for target in ("/api/audit/download", "/api/audit/entitiesList", "/api/user"):
            self.check(200, get(target, read))
            self.check(401, get(target, {}))

    def test_what_nginx_says_itself(self):
        signed_in = header_lines(login())
        self.check(401, get(self.page, {}), data=False)
        self.check(400, raw(request_text("GET", "/a%00b", *signed_in)), data=False)
        self.check(405, raw(request_text("TRACE", self.page, *signed_in)), data=False)
        self.check(414, raw(request_text("GET", "/" + "a" * 20000, *signed_in)), data=False)
        self.check(404, get("/static/nothing.css"), data=False)
        self.check(403, get("/static/"), data=False)
        self.check(405, ask("DELETE", self.script), data=False)
        self.check(413, raw(request_text("POST", self.page, "Content-Length: 70000", *signed_in)),
                   data=False)

    def test_too_large_is_said_to_programs_in_json(self):
        for target in ("/api/v1/events", "/hooks/a/b", "/publisher/a"):
            answer = raw(request_text("POST", target, f"Content-Length: {18 * 1024 * 1024}"))
            self.check(413, answer, data=False)
            self.assertEqual("application/json", answer.headers["Content-Type"])
            self.assertIn("16 MiB", answer.json["error"])

    def test_handler_out_of_reach(self):
        for handler, target in (("events", self.page),
                                ("triggers", f"/{self.account.slug}/triggers"),
                                ("details", f"{self.page}/{self.event}"),
                                ("download", f"{self.page}.csv")):
            with socket_away(handler):
                answer = get(target)
            self.check(503, answer, data=False)
            self.assertIn("text/html", answer.headers["Content-Type"])
        with socket_away("record"), socket_away("download"), socket_away("events"):
            for method, target in (("POST", "/api/v1/events"), ("GET", "/api/v1/events.csv"), ("GET", "/api/audit/download"),
                                   ("POST", "/hooks/a/b"), ("POST", "/publisher/a"), ("POST", "/healthz")):
                answer = ask(method, target, b"{}" if method == "POST" else None)
                self.check(503, answer, data=False)
                self.assertEqual("application/json", answer.headers["Content-Type"])
                self.assertTrue(answer.json["error"])
                self.assertEqual(answer.json["error"], answer.json["message"])
        self.check(200, get(self.page))

    def test_static(self):
        answer = get(self.script, {})
        self.assertEqual(200, answer.status)
        for name, value in ALWAYS.items():
            self.assertEqual([value], answer.headers.get_all(name))
        cache = answer.headers.get_all("Cache-Control")
        self.assertEqual(1, len(cache))
        self.assertIn("immutable", cache[0])
        self.assertGreaterEqual(int(re.search(r"max-age=(\d+)", cache[0])[1]), YEAR_SECONDS)


class WhoMayIn(unittest.TestCase):
    CLOSED = ["/", "/{0}/events", "/{0}/triggers", "/{0}/events/0000000000000000",
              "/{0}/events.csv", "/{0}/all.ndjson", "/{0}/-/tokens", "/-/events", "/metrics",
              "/nothing", "/apix", "/hooksx/y", "/healthzx", "/healthz/", "/healthz/{0}/events",
              "/staticx", "/API/v1/events", "/static/../{0}/events", "/static/%2e%2e/{0}/events",
              "/api/../{0}/events.csv", "/healthz/../{0}/events", "//{0}/events",
              "/{0}/events?/api/", "/{0}/events;/static/", "/./{0}/events"]

    @classmethod
    def setUpClass(cls):
        cls.account = daybook.Account(member=False)
        cls.person = make_person("front.person")
        daybook.run_well("member", "add", cls.account.slug, "front.person", "auditor")
        cls.account.record({"action": "closed"})

    def ask_raw(self, target, headers):
        return raw(request_text("GET", target.format(self.account.slug), *header_lines(headers)))

    def test_pages_need_a_login(self):
        right = self.person["Authorization"]
        for headers in ({}, login("front.person", "wrong"), login("nobody", "wrong"),
                        login("front.person", ""), {"Authorization": "Basic"},
                        {"Authorization": right.replace("Basic", "Bearer")},
                        bearer(self.account.token("read")), bearer(self.account.token("record"))):
            for target in self.CLOSED if not headers else self.CLOSED[:6]:
                with self.subTest(target, headers=headers):
                    answer = self.ask_raw(target, headers)
                    self.assertEqual(401, answer.status)
                    self.assertEqual('Basic realm="Daybook"', answer.headers["WWW-Authenticate"])
                    self.assertNotIn(b"closed", answer.body)

    def test_the_login_opens_them(self):
        for target in ("/{0}/events", "//{0}/events", "/static/../{0}/events", "/./{0}/events"):
            answer = self.ask_raw(target, self.person)
            self.assertEqual((200, True), (answer.status, b"closed" in answer.body), target)

    def test_programs_need_no_login_and_are_given_none(self):
        """There the login counts for nothing, the token alone does."""
        for headers in ({}, self.person, login("nobody", "wrong")):
            for target in ("/healthz", "/static/nothing", "/api/v1/events.csv", "/api/user", "/api/x",
                           "/hooks/x", "/publisher/x"):
                with self.subTest(target, headers=headers):
                    answer = self.ask_raw(target, headers)
                    self.assertNotIn("Basic", answer.headers.get("WWW-Authenticate", ""))
                    expected = {"/healthz": 200, "/api/v1/events.csv": 401, "/api/user": 401,
                                "/hooks/x": 405}
                    self.assertEqual(expected.get(target, 404), answer.status)

    def test_names_that_the_client_sends_count_for_nothing(self):
        """Neither with a login nor without one."""
        claims = [f"{name}: front.person" for name in
                  ("Remote-User", "REMOTE_USER", "X-Remote-User", "X-Forwarded-User", "X-User",
                   "Remote-user", "Auth-User", "HTTP_REMOTE_USER", "X-Auth-Request-User")]
        page = f"/{self.account.slug}/events"
        mine = header_lines(self.person)
        stranger = header_lines(make_person("front.stranger"))
        for claim in [*claims, "Proxy: http://127.0.0.1:9/", f"X-Original-URL: {page}",
                      "X-HTTP-Method-Override: POST", "Path-Info: /healthz", "Request-Id: mine"]:
            with self.subTest(claim):
                for status, target, *lines in ((401, page), (404, page, *stranger),
                                               (403, "/", *stranger), (401, "/api/v1/events.csv"),
                                               (200, "/healthz"), (200, page, *mine)):
                    answer = raw(request_text("GET", target, claim, *lines))
                    self.assertEqual(status, answer.status, target)
                    self.assertEqual((status, target) == (200, page), b"closed" in answer.body)

    def test_two_logins_at_once_are_refused(self):
        lines = header_lines(self.person) + header_lines(make_person("front.stranger"))
        answer = raw(request_text("GET", f"/{self.account.slug}/events", *lines))
        self.assertIn(answer.status, (400, 401))


class Surroundings(unittest.TestCase):
    """What else could be reached on the machine."""

    def test_sockets_are_for_owner_and_group(self):
        for handler in ("events", "triggers", "details", "record", "download", "api"):
            status = os.stat(VAR / f"run/{handler}.sock")
            self.assertTrue(stat.S_ISSOCK(status.st_mode))
            self.assertEqual("0o660", oct(stat.S_IMODE(status.st_mode)), handler)

    def test_secrets_are_for_the_owner(self):
        self.assertEqual("0o700", oct(stat.S_IMODE(os.stat(VAR).st_mode)))
        for path in [*(VAR / "secrets").iterdir(), VAR / "credentials", VAR / "daybook.conf"]:
            self.assertEqual("0o600", oct(stat.S_IMODE(os.stat(path).st_mode)), path)

    def test_nginx_alone_listens_on_tcp_and_on_the_loopback_address_alone(self):
        listening = {}
        for table in ("tcp", "tcp6"):
            with open(f"/proc/net/{table}", encoding="ascii") as file:
                fields = [line.split() for line in file][1:]
            listening |= {f"socket:[{line[9]}]": line[1] for line in fields if line[3] == "0A"}

        def ports(pid):
            found = set()
            for entry in os.scandir(f"/proc/{pid}/fd"):
                with contextlib.suppress(FileNotFoundError):
                    found.add(listening.get(os.readlink(entry.path)))
            return found - {None}

        port = int(daybook.HOST.split(":")[1])
        self.assertEqual({f"0100007F:{port:04X}"}, ports(leader("nginx")))
        others = {leader("mariadbd")}
        for handler in ("events", "triggers", "details", "record", "download"):
            others |= {leader(handler)} | workers(handler)
        self.assertEqual(set(), set().union(*map(ports, others)))
        self.assertTrue(children(leader("nginx")))


class Static(unittest.TestCase):
    TYPES = {"css": "text/css", "js": "application/javascript", "svg": "image/svg+xml",
             "png": "image/png", "ico": "image/x-icon", "woff2": "font/woff2"}

    def test_what_pages_name_exists_under_a_name_made_of_its_content(self):
        account = daybook.Account()
        event = account.record({"action": "static"})[0]
        pages = [get("/"), account.open("events"), account.open("triggers"), get("/nothing"),
                 account.open(f"events/{event}"), account.open("events?show=11")]
        named = set()
        for page in pages:
            found = set(re.findall(r'(?:href|src)="(/static/[^"#]*)', page.text))
            self.assertTrue(found, page)
            named |= found
        # Scripts name others, and a style sheet.
        waiting = [target for target in named if target.endswith(".js")]
        while waiting:
            others = {f"/static/{name}" for name in re.findall(r"'\./([\w.]+)'", get(waiting.pop(), {}).text)}
            waiting += [other for other in others - named if other.endswith(".js")]
            named |= others
        for target in named:
            with self.subTest(target):
                name, digest, ending = target.removeprefix("/static/").split(".")
                answer = get(target, {})
                self.assertEqual(200, answer.status)
                self.assertEqual(digest, hashlib.sha256(answer.body).hexdigest()[:8])
                self.assertEqual(self.TYPES[ending], answer.headers["Content-Type"])
                self.assertEqual(404, get(f"/static/{name}.{ending}", {}).status)
        built = {f"/static/{path.name}" for path in (BUILD / "static").iterdir()}
        self.assertEqual(built, named | {f"{target}.gz" for target in named}, "every file is used")

    def test_nothing_else_is_served(self):
        for target in ("/static/../nginx.conf", "/static/..%2fnginx.conf", "/static../nginx.conf",
                       "/static/%2e%2e/%2e%2e/GNUmakefile", "/static//etc/passwd",
                       "/static/.htaccess"):
            with self.subTest(target):
                self.assertIn(raw(request_text("GET", target)).status, (400, 401, 404))


class Compression(unittest.TestCase):
    def test_pages_and_static_files_are_compressed(self):
        account = daybook.Account()
        account.record([{"action": f"a{number}"} for number in range(10)])
        page = f"/{account.slug}/events"
        sheet = re.search(r'href="(/static/style[^"]*)"', get(page).text)[1]
        for target in (page, sheet):
            answer = get(target, login() | {"Accept-Encoding": "gzip"})
            self.assertEqual("gzip", answer.headers["Content-Encoding"])
            self.assertIn("Accept-Encoding", answer.headers["Vary"])
            plain = get(target)
            self.assertNotIn("Content-Encoding", plain.headers)
            self.assertEqual(plain.body, gzip.decompress(answer.body))

    def test_static_files_are_compressed_when_built(self):
        account = daybook.Account()
        for target in set(re.findall(r'(?:href|src)="(/static/[^"#]*)', account.open("events").text)):
            with self.subTest(target):
                answer = get(target, {"Accept-Encoding": "gzip"})
                self.assertEqual((BUILD / f"{target[1:]}.gz").read_bytes(), answer.body)
                self.assertEqual("gzip", answer.headers["Content-Encoding"])
                self.assertIn("Accept-Encoding", answer.headers["Vary"])
                self.assertEqual((BUILD / target[1:]).read_bytes(), gzip.decompress(answer.body))

    def test_pages_with_secrets_are_not(self):
        account = daybook.Account(member=False)
        daybook.run_well("member", "add", account.slug, daybook.PERSON, "admin")
        for page in ("tokens", "members", "find-secret"):
            with self.subTest(page):
                answer = get(f"/{account.slug}/-/{page}", login() | {"Accept-Encoding": "gzip"})
                self.assertEqual(200, answer.status)
                self.assertNotIn("Content-Encoding", answer.headers)

    def test_downloads_are_not(self):
        account = daybook.Account()
        account.record([{"action": "a", "request": {"body": "b" * 2000}}] * 10)
        for file in ("events.csv", "all.ndjson"):
            for answer in (get(f"/{account.slug}/{file}", login() | {"Accept-Encoding": "gzip"}),
                           get(f"/api/v1/{file}",
                               bearer(account.token("read")) | {"Accept-Encoding": "gzip"})):
                self.assertEqual(200, answer.status)
                self.assertNotIn("Content-Encoding", answer.headers)
                self.assertGreater(len(answer.body), 20000)


if __name__ == "__main__":
    unittest.main()
