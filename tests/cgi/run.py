#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the handlers as plain CGI programs: environment and standard input in, the reply compared.

No server takes part, only the database of a running copy: of the one in VAR, or of one that is made
for this and removed. WRAPPER is a command to run the handlers under. Ends like unittest does.
"""
import html
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import typing
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
WRAPPER = os.environ.get("WRAPPER", "").split()
sys.path[:0] = [os.path.join(HERE, "..", "expect"), os.path.join(HERE, "..", "wire")]

import exchange as expectations

# Which program answers which path: what the locations of deploy/nginx/server.conf say.
ROUTES = [
    (r"/api/(v1/(events|triggers|all)\.(csv|ndjson)|audit/download)", "download"),
    (r"/api/(audit/entitiesList|user)", "api"),
    (r"/(api|hooks|publisher)(/.*)?", "record"),
    (r"/[^/]+/triggers", "triggers"),
    (r"/[^/]+/(events|triggers)/[^/]+", "details"),
    (r"/[^/]+/-/health", "health"),
    (r"/[^/]+/-/find-secret", "find_secret"),
    (r"/[^/]+/-/tokens", "tokens"),
    (r"/[^/]+/-/members", "members"),
    (r"/[^/]+/-/views", "views"),
    (r"/[^/]+/(events|triggers|all)\.(csv|ndjson)", "download"),
    (r".*", "events"),
]
HANDLERS = {"events": "GET, HEAD", "triggers": "GET, HEAD", "details": "GET, HEAD"}
HANDLERS |= {"download": "GET, HEAD", "record": "POST"}
HANDLERS |= {"api": "GET, HEAD", "health": "GET, HEAD", "find_secret": "GET, HEAD, POST"}
HANDLERS |= {"tokens": "GET, HEAD, POST", "members": "GET, HEAD, POST", "views": "GET, HEAD, POST"}
LOG_LINE = re.compile(rb"time=\S+ level=(info|warning|error) program=\S+ pid=\d+ .*")
MAX_BODY = 16 * 1024 * 1024
EX_CONFIG = 78


class Reply(typing.NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Result:
    """What a program wrote, and how it ended."""

    def __init__(self, done):
        self.exit_status = done.returncode
        self.stdout = done.stdout
        self.stderr = done.stderr
        self.log = [line for line in done.stderr.splitlines() if LOG_LINE.fullmatch(line)]
        self.noise = [line for line in done.stderr.splitlines() if not LOG_LINE.fullmatch(line)]

    def reply(self):
        """The reply, whose status line and headers must stand before the body."""
        head, separator, body = self.stdout.partition(b"\r\n\r\n")
        if not separator:
            raise AssertionError(f"no end of the headers in {self.stdout[:500]!r}, {self.stderr!r}")
        lines = head.decode("latin-1").split("\r\n")
        status = re.fullmatch(r"Status: (\d{3}) \S.*", lines[0])
        if not status:
            raise AssertionError(f"begins with {lines[0]!r}, not with the status")
        headers = http.client.HTTPMessage()
        for line in lines[1:]:
            name, colon, value = line.partition(": ")
            if not colon:
                raise AssertionError(f"not a header: {line!r}")
            headers[name] = value
        return Reply(int(status[1]), headers, body)


def execute(program, variables, body=b"", config=None, stdout=subprocess.PIPE, wrapper=WRAPPER):
    environment = {
        "PATH": os.environ["PATH"],
        "DAYBOOK_CONF": config or f"{os.environ['VAR']}/daybook.conf",
        "GATEWAY_INTERFACE": "CGI/1.1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SCRIPT_NAME": "",
        **variables,
    }
    done = subprocess.run(
        [*wrapper, f"{BUILD}/bin/{program}.fcgi"],
        env={os.fsencode(name): os.fsencode(value) for name, value in environment.items()},
        input=body,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    return Result(done)


def variables_of(method, target, user=None, headers=(), body=None):
    """The environment of one request, as a web server would make it."""
    path, _, query = target.partition("?")
    variables = {
        "REQUEST_METHOD": method,
        "PATH_INFO": urllib.parse.unquote_to_bytes(path),
        "QUERY_STRING": query,
    }
    if user:
        variables["REMOTE_USER"] = user
    if body is not None:
        variables["CONTENT_LENGTH"] = str(len(body))
    for name, value in headers:
        special = name.lower() == "content-type"
        variables[("" if special else "HTTP_") + name.upper().replace("-", "_")] = value
    return variables


def program_of(target):
    path = target.partition("?")[0]
    return next(program for pattern, program in ROUTES if re.fullmatch(pattern, path))


def request(method, target, user=None, headers=(), body=None):
    variables = variables_of(method, target, user, headers, body)
    return execute(program_of(target), variables, body or b"")


class Case(unittest.TestCase):
    maxDiff = None

    def reply_of(self, result):
        """The reply of a program that ended well and wrote nothing but its one line of log."""
        self.assertEqual([], result.noise)
        self.assertEqual(0, result.exit_status, result.stderr)
        self.assertTrue(result.log[-1:] and b" event=request " in result.log[-1], result.stderr)
        reply = result.reply()
        self.assertIsNotNone(reply.headers.get("X-Request-ID"))
        self.assertIsNotNone(reply.headers.get("Cache-Control"))
        return reply


class Expectations(Case):
    """The files of tests/expect. Never under WRAPPER, which takes a second for each program:
    tests/wire sends the same requests to programs that go on."""

    def run_file(self, path):
        for exchange in expectations.read(path, VALUES):
            with self.subTest(str(exchange)):
                body = exchange.body if exchange.method == "POST" else None
                variables = variables_of(exchange.method, exchange.target, exchange.user,
                                         exchange.headers, body)
                result = execute(program_of(exchange.target), variables, body or b"", wrapper=())
                self.assertEqual([], expectations.differences(exchange, self.reply_of(result)))


class Requests(Case):
    """What only a CGI program can be sent: a web server would refuse or mend it."""

    def token(self):
        return [("Authorization", f"Bearer {VALUES['record_token']}")]

    def record(self, body, **variables):
        request = variables_of("POST", "/api/v1/events", None, self.token(), body)
        return self.reply_of(execute("record", {**request, **variables}, body))

    def test_method_not_allowed(self):
        for handler, allowed in HANDLERS.items():
            target = "/api/v1/events" if handler == "record" else "/expect/events"
            for method in {"PUT", "get", "", "GET", "POST"} - set(allowed.split(", ")):
                with self.subTest(handler=handler, method=method):
                    variables = variables_of(method, target, VALUES["ann"])
                    reply = self.reply_of(execute(handler, variables))
                    self.assertEqual(405, reply.status)
                    self.assertEqual(allowed, reply.headers.get("Allow"))

    def test_head_is_get_without_body(self):
        for target in ("/", "/healthz", "/expect/events", "/expect/triggers", "/expect/nothing",
                       "/expect/events/6704fb2e57c4c06a", "/expect/events.csv",
                       "/expect/all.ndjson", "/expect/-/health", "/expect/-/find-secret",
                       "/expect/-/tokens", "/expect/-/members", "/expect/-/views"):
            with self.subTest(target):
                get = self.reply_of(request("GET", target, VALUES["ann"]))
                head = self.reply_of(request("HEAD", target, VALUES["ann"]))
                self.assertEqual(b"", head.body)
                self.assertEqual(get.status, head.status)
                for reply in (get, head):
                    del reply.headers["X-Request-ID"]
                self.assertEqual(get.headers.items(), head.headers.items())

    def test_unknown_and_foreign_account_look_the_same(self):
        """Nothing but the id of the request may differ, the length neither."""
        def answer(target, user):
            reply = self.reply_of(request("GET", target, user))
            number = reply.headers["X-Request-ID"]
            headers = [(name, value.replace(number, "")) for name, value in reply.headers.items()]
            return reply.status, headers, reply.body.replace(number.encode(), b"")

        for page in ("events", "triggers", "events/6704fb2e57c4c06a", "events.csv", "all.ndjson",
                     "-/health", "-/find-secret", "-/tokens", "-/members", "-/views"):
            with self.subTest(page):
                unknown = answer(f"/expect-nowhere/{page}", VALUES["ann"])
                self.assertEqual(404, unknown[0])
                self.assertEqual(unknown, answer(f"/expect-other/{page}", VALUES["ann"]))
                self.assertEqual(unknown, answer(f"/expect/{page}", VALUES["nobody"]))
                self.assertEqual(unknown, answer(f"/expect/{page}", ""))

    def test_nobody_is_signed_in(self):
        self.assertEqual(403, self.reply_of(request("GET", "/")).status)
        variables = variables_of("GET", "/expect/events", None, [("Remote-User", VALUES["ann"])])
        self.assertEqual(404, self.reply_of(execute("events", variables)).status)

    def test_command_for_a_person_of_no_account(self):
        """Copied into a shell, it names the person, whatever the name holds."""
        for name in ("nobody-else", "Ann Lee", "o'neil", "$(touch x)`id`;\"", "Zo\u00eb\u202e\x01\\", "-f"):
            with self.subTest(name):
                reply = self.reply_of(request("GET", "/", name))
                self.assertEqual(403, reply.status)
                command = re.search("<pre>(.*?)</pre>", reply.body.decode(), re.DOTALL)[1]
                script = 'daybook() { printf "%s\\0" "$@"; }\n' + html.unescape(command)
                done = subprocess.run(["bash", "-c", script], capture_output=True, check=True)
                self.assertEqual(["member", "add", "ACCOUNT", name, "auditor", ""],
                                 done.stdout.decode().split("\0"))

    def test_request_id_is_taken_over_when_it_is_one(self):
        for given, taken in (("abc-123", True), ("", False), ("a b", False), ("a\r\nX: y", False),
                             ("x" * 63, True), ("x" * 64, False)):
            with self.subTest(given):
                variables = {**variables_of("GET", "/healthz"), "REQUEST_ID": given}
                number = self.reply_of(execute("events", variables)).headers["X-Request-ID"]
                self.assertEqual(taken, number == given)
                self.assertTrue(taken or re.fullmatch("[0-9a-f]{32}", number), number)

    def test_path_of_no_page(self):
        """No handler relies on the server in front to send it its own addresses alone."""
        for path in ("", "expect/events", "/\xff/events", "/expect", "/expect/events/",
                     "/expect//events", "/expect/events\n", "/" + "a/" * 500,
                     "/expect/a/events.csv", "/expect/a/6704fb2e57c4c06a", "/api/v1/a/events.csv"):
            for handler in HANDLERS:
                with self.subTest(handler=handler, path=path):
                    method = "POST" if handler == "record" else "GET"
                    variables = variables_of(method, "/", VALUES["ann"], self.token(), b"")
                    reply = self.reply_of(execute(handler, {**variables, "PATH_INFO": path}))
                    leads_on = handler == "events" and path in ("/expect", "/expect/events/")
                    self.assertEqual(303 if leads_on else 404, reply.status)

    def test_content_length_that_is_none(self):
        for length in ("x", "-1", " 30", "0x1e", "30,30", "184467440737095516160"):
            with self.subTest(length):
                reply = self.record(b'{"action": "brokenContentLength"}', CONTENT_LENGTH=length)
                self.assertIn(reply.status, (400, 413))
                self.assertIn(b'"error"', reply.body)

    def test_body_shorter_than_declared(self):
        body = b'{"action": "shorterThanDeclared"}'
        for length in (len(body) + 1, MAX_BODY):
            reply = self.record(body, CONTENT_LENGTH=str(length))
            self.assertEqual(400, reply.status)
            self.assertIn(b"before its declared length", reply.body)

    def test_body_longer_than_declared(self):
        """A CGI program reads what is declared, and no more."""
        reply = self.record(b'{"action": "longer"} this is not read', CONTENT_LENGTH="20")
        self.assertEqual(201, reply.status)

    def test_no_content_length_is_an_empty_body(self):
        reply = self.record(b'{"action": "noContentLength"}', CONTENT_LENGTH="")
        self.assertEqual(400, reply.status)

    def test_body_above_the_limit(self):
        """Told by the declared length alone: nothing of the body has to be there."""
        for length in (MAX_BODY + 1, 2**63, 2**64 - 1):
            reply = self.record(b"", CONTENT_LENGTH=str(length))
            self.assertEqual(413, reply.status)
            self.assertIn(b"16 MiB", reply.body)

    def test_body_at_the_limit(self):
        event = b'{"action": "atTheLimit"}'
        reply = self.record(event + b" " * (MAX_BODY - len(event)))
        self.assertEqual(201, reply.status)

    def test_standard_output_is_closed(self):
        """Nobody reads: the program ends by itself."""
        reader, writer = os.pipe()
        os.close(reader)
        variables = variables_of("GET", "/expect/all.csv", VALUES["ann"])
        result = execute("download", variables, stdout=writer)
        os.close(writer)
        self.assertEqual([], result.noise)
        self.assertIn(b" end=client_gone ", result.stderr)


class Configuration(Case):
    """A program that cannot work says why on one line and ends."""

    def refused(self, handler, text=None, path=None):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(text or "")
            file.flush()
            result = execute(handler, variables_of("GET", "/healthz"), config=path or file.name)
        self.assertEqual((EX_CONFIG, b""), (result.exit_status, result.stdout), result.stderr)
        self.assertEqual(1, len(result.noise), result.stderr)
        return result.noise[0].decode()

    def test_configuration_that_is_none(self):
        for text, words in (("colour = red\n", ":1: unknown key"), ("database_name\n", ":1: "),
                            ("# x\ndatabase_port = 65536\n", ":2: "),
                            ("database_name = a\ndatabase_name = b\n", ":2: repeated key")):
            with self.subTest(text):
                self.assertIn(words, self.refused("events", text))

    def test_no_such_file(self):
        for handler in HANDLERS:
            self.assertIn("/nowhere.conf", self.refused(handler, path="/nowhere.conf"))

    def test_no_templates(self):
        with tempfile.TemporaryDirectory() as folder:
            for handler in ("events", "details"):
                self.assertIn(folder, self.refused(handler, f"templates_dir = {folder}\n"))

    def test_database_out_of_reach(self):
        """The page says so, the program lives."""
        templates = os.path.join(ROOT, "templates")
        text = f"templates_dir = {templates}\ndatabase_socket = /nowhere/db.sock\n"
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(text)
            file.flush()
            for handler, target in (("events", "/"), ("events", "/healthz"),
                                    ("events", "/expect/events"), ("triggers", "/expect/triggers"),
                                    ("details", "/expect/events/6704fb2e57c4c06a"),
                                    ("download", "/expect/all.csv"),
                                    ("download", "/api/audit/download"),
                                    ("api", "/api/user"), ("api", "/api/audit/entitiesList"),
                                    ("health", "/expect/-/health"),
                                    ("find_secret", "/expect/-/find-secret"),
                                    ("tokens", "/expect/-/tokens"),
                                    ("members", "/expect/-/members"),
                                    ("views", "/expect/-/views")):
                with self.subTest(target):
                    variables = variables_of("GET", target, VALUES["ann"])
                    reply = self.reply_of(execute(handler, variables, config=file.name))
                    self.assertEqual(503, reply.status)
                    self.assertIsNotNone(reply.headers.get("Retry-After"))


def add_tests():
    for path in expectations.files():
        name = os.path.basename(path).removesuffix(".txt").replace("-", "_")
        setattr(Expectations, f"test_{name}", lambda self, path=path: self.run_file(path))


def local(action):
    subprocess.run(["sh", f"{ROOT}/cgi-bin/deploy/local.sh", action], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)


def start_copy():
    """A copy for this run alone; the folder to remove afterwards."""
    folder = tempfile.mkdtemp(prefix="daybook-cgi.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        os.environ["PORT"] = str(free.getsockname()[1])
    os.environ |= {"VAR": folder, "BUILD": BUILD, "DEMO": "0"}
    local("start")
    return folder


def main():
    global VALUES
    os.chdir(ROOT)
    folder = None if os.environ.get("VAR") else start_copy()
    try:
        import fixture

        VALUES, _ = fixture.prepare()
        add_tests()
        unittest.main(verbosity=2)
    finally:
        if folder:
            local("stop")
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
