# SPDX-License-Identifier: MIT
"""An nginx with the capture's include files in front of an API made of Python, and the lines it writes.

    with Upstream() as api, Front(api) as front:
        answer = front.call("POST", "/a%2Fb", [("X-A", "1")], b"body")
        (line,) = front.lines(1)

A line's values are bytes, its headers a list of pairs of bytes: read by Python's json alone.
"""
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CAPTURE = ROOT / "cgi-bin/deploy/capture"
DATA = Path(os.environ.get("DAYBOOK_SHARED") or ROOT.parent / "shared").absolute() / "data"
MODULE = Path("/usr/lib/nginx/modules/ngx_http_js_module.so")
TIMEOUT = 60


def digest(secret):
    """What stands for a secret in a line."""
    secret = secret.encode() if isinstance(secret, str) else secret
    return b"sha256:" + hashlib.sha256(secret).hexdigest().encode()


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def until(condition, what, seconds=TIMEOUT):
    """What `condition` gives once it is true; an AssertionError after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} seconds still not: {what}")
        time.sleep(0.01)


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


# ---- The API -------------------------------------------------------------------------------------


class Request:
    """What reached the API."""

    def __init__(self, head, body):
        lines = head.split(b"\r\n")
        self.method, self.target, _ = lines[0].split(b" ", 2)
        self.headers = [tuple(line.split(b": ", 1)) for line in lines[1:] if b": " in line]
        self.body = body

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name.lower().encode():
                return value
        return None


def response(status=200, body=b"", headers=()):
    """The bytes of an answer."""
    lines = [f"HTTP/1.1 {status} Status".encode(), b"Connection: close"]
    lines += [as_bytes(name) + b": " + as_bytes(value) for name, value in headers]
    lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(pieces, headers=()):
    """The parts of an answer in chunks, one for each piece."""
    lines = [b"HTTP/1.1 200 OK", b"Connection: close", b"Transfer-Encoding: chunked"]
    lines += [as_bytes(name) + b": " + as_bytes(value) for name, value in headers]
    yield b"\r\n".join(lines) + b"\r\n\r\n"
    for piece in pieces:
        yield b"%x\r\n" % len(piece) + piece + b"\r\n"
    yield b"0\r\n\r\n"


class Upstream:
    """Answers each request by `answer(request)`: bytes, or an iterable of bytes sent one by one."""

    def __init__(self, answer=None):
        self.answer = answer or (lambda request: response(200, b"ok"))
        self.requests = []
        upstream = self

        class Handler(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def handle(self):
                upstream.serve(self.rfile, self.wfile)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            request_queue_size = 256

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def serve(self, reader, writer):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = reader.readline()
            if not line:
                return
            head += line
        length = re.search(rb"(?im)^content-length: *(\d+)", head)
        request = Request(head[:-4], reader.read(int(length[1])) if length else b"")
        self.requests.append(request)
        answer = self.answer(request)
        try:
            for piece in [answer] if isinstance(answer, bytes) else answer:
                writer.write(piece)
                writer.flush()
        except OSError:
            pass  # whoever asked has left

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


# ---- The client ----------------------------------------------------------------------------------


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name):
        return self.headers.get(name)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


def request_bytes(method, target, headers=(), body=b"", version="HTTP/1.1"):
    """A request just as it is named; Host and the body's length are added where they are missing."""
    given = {as_bytes(name).lower() for name, _ in headers}
    headers = list(headers)
    if b"host" not in given:
        headers.insert(0, ("Host", "api.example"))
    if body and not given & {b"content-length", b"transfer-encoding"}:
        headers.append(("Content-Length", str(len(body))))
    lines = [b" ".join(map(as_bytes, (method, target, version)))]
    lines += [as_bytes(name) + b": " + as_bytes(value) for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def in_chunks(body, size):
    """A body as `Transfer-Encoding: chunked` has it."""
    pieces = [body[at:at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n" % len(piece) + piece + b"\r\n" for piece in pieces) + b"0\r\n\r\n"


class Client:
    """What one sends to a port of this machine."""

    def __init__(self, port):
        self.port = port

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), TIMEOUT)

    def raw(self, data):
        """Sends bytes; all that comes back until the other side closes."""
        with self.connect() as connection:
            sender = threading.Thread(target=self._send, args=(connection, data), daemon=True)
            sender.start()
            received = []
            try:
                while piece := connection.recv(1 << 20):
                    received.append(piece)
            except ConnectionError:
                pass
            sender.join(TIMEOUT)
            return b"".join(received)

    @staticmethod
    def _send(connection, data):
        try:
            connection.sendall(data)
        except OSError:
            pass  # refused before all of it was read

    def call(self, method, target, headers=(), body=b"", version="HTTP/1.1"):
        """One request on a connection of its own."""
        headers = [*headers, ("Connection", "close")]
        with self.connect() as connection:
            data = request_bytes(method, target, headers, body, version)
            sender = threading.Thread(target=self._send, args=(connection, data), daemon=True)
            sender.start()
            answer = http.client.HTTPResponse(connection, method=method)
            answer.begin()
            body = answer.read()
            sender.join(TIMEOUT)
            return Answer(answer.status, answer.headers, body)


# ---- nginx ---------------------------------------------------------------------------------------

CONFIGURATION = """
{user}
load_module {module};
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 1024; }}
http {{
    include daybook/http.conf;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    access_log off;
    upstream api {{ server {api}; }}
    {http}
    server {{
        listen 127.0.0.1:{port} default_server;
        access_log {log} daybook_capture;
        include daybook/server.conf;
        {server}
        {location}
    }}
}}
"""
LOCATION = """
location / {
    include daybook/location.conf;
    proxy_pass http://api;
}
"""


def parsed(raw):
    """One line: values as bytes, headers as pairs of bytes, and the names of those with hidden secrets."""
    line = json.loads(raw.decode("latin-1"))
    line = {name: value.encode("latin-1") if isinstance(value, str) else value
            for name, value in line.items()}
    if line["headers"]:
        headers = json.loads(line["headers"].decode("latin-1"))
        assert all(header[2:] in ([], [1]) for header in headers)
        line["headers"] = [tuple(part.encode("latin-1") for part in header[:2])
                           for header in headers]
        line["hidden"] = [header[0].encode("latin-1") for header in headers if header[2:]]
    return line


class Front(Client):
    """nginx with the capture in front of `api` (an Upstream, or an address as nginx writes it).

    `http`, `server` and `location` are put into the configuration as they are; without `location` all
    goes to the API. `log` is where the lines go (a file in a folder of its own otherwise), `capture`
    the folder of the include files, `configuration` what stands for all of nginx.conf."""

    def __init__(self, api="127.0.0.1:1", http="", server="", location=LOCATION, workers=1, log=None,
                 capture=CAPTURE, configuration=CONFIGURATION, folders=()):
        super().__init__(free_port())
        self.folder = Path(tempfile.mkdtemp(prefix="daybook-front-"))
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / (log or "capture/api.log")
        self.log.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        for name in folders:
            (self.folder / name).mkdir(exist_ok=True)
        (self.folder / "daybook").symlink_to(capture)
        configuration = configuration.format(
            user="user root;" if os.getuid() == 0 else "", module=MODULE, workers=workers,
            folder=self.folder, port=self.port, log=self.log, http=http, server=server,
            location=location.replace("FOLDER", str(self.folder / "files")),
            api=f"127.0.0.1:{api.port}" if isinstance(api, Upstream) else api)
        (self.folder / "nginx.conf").write_text(configuration)
        self.process = None
        self.start()

    def start(self):
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        self.process = subprocess.Popen(
            [shutil.which("nginx", path=path), "-e", self.folder / "error.log",
             "-p", self.folder, "-c", self.folder / "nginx.conf", "-g", "daemon off;"],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        until(self._answers, "nginx listens")

    def _answers(self):
        if self.process.poll() is not None:
            errors = self.errors()
            self.stop()
            raise AssertionError("nginx ended: " + errors)
        try:
            self.connect().close()
        except ConnectionError:
            return False
        return True

    def errors(self):
        """What nginx says of itself, without notices."""
        text = (self.folder / "error.log").read_text(errors="replace")
        return "".join(line + "\n" for line in text.splitlines()
                       if not re.search(r"\[(notice|info)\]", line))

    def workers(self):
        """The processes that serve requests."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children",
                  encoding="utf-8") as file:
            return [int(pid) for pid in file.read().split()]

    def raw_lines(self, count=0):
        """The lines so far, without their ends, once there are so many of them."""
        def read():
            text = self.log.read_bytes()
            return text.split(b"\n")[:-1] if text.count(b"\n") >= count else None
        return until(lambda: (lines := read()) is not None and [lines], f"{count} lines")[0]

    def lines(self, count=0):
        """The same, parsed."""
        return [parsed(raw) for raw in self.raw_lines(count)]

    def line(self):
        """The next line: waits for the first and takes it away. For one call at a time."""
        (line,) = self.lines(1)
        self.clear()
        return line

    def clear(self):
        """Forgets the lines: nginx appends to what is there."""
        os.truncate(self.log, 0)

    def rotate(self, to=None):
        """Moves the file away as an operator does, and waits until nginx writes to a new one."""
        to = Path(to) if to else self.log.with_name(f"{self.log.name}.{time.time_ns()}")
        self.log.rename(to)
        self.process.send_signal(signal.SIGUSR1)
        until(self.log.exists, "a new file")
        return to

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(TIMEOUT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


# ---- Tests ---------------------------------------------------------------------------------------


class TestCase(unittest.TestCase):
    """A front for each class of tests, with an API that each test may make answer otherwise."""

    api_answer = None
    http = server = ""
    location = LOCATION

    @classmethod
    def setUpClass(cls):
        cls.api = Upstream(cls.api_answer)
        cls.front = Front(cls.api, http=cls.http, server=cls.server, location=cls.location)
        cls.addClassCleanup(cls.api.stop)
        cls.addClassCleanup(cls.front.stop)

    def setUp(self):
        self.api.answer = self.api_answer or (lambda request: response(200, b"ok"))
        self.api.requests.clear()
        self.front.clear()

    def call(self, *arguments, **named):
        """One call; the answer and its line, which holds what holds for each."""
        answer = self.front.call(*arguments, **named)
        line = self.front.line()
        self.assertEqual(answer.status, int(line["status"]))
        self.check(line)
        return answer, line

    def raw(self, data):
        """Bytes as they are; what came back and the line."""
        received = self.front.raw(data)
        line = self.front.line()
        self.check(line)
        return received, line

    def check(self, line):
        self.assertEqual(1, line["daybook"])
        self.assertEqual("daybook", next(iter(line)))
        self.assertRegex(line["id"], rb"^[0-9a-f]{32}$")
        self.assertLess(abs(time.time() - float(line["msec"])), 60)
        self.assertRegex(line["time"], rb"^\d+\.\d{3}$")
        self.assertEqual(b"127.0.0.1", line["client"])
