# SPDX-License-Identifier: MIT
"""Another nginx in front of the running copy, with another login of deploy/nginx/login, and who stands behind such a login.

    with Provider() as provider, Site("oauth2-proxy", {"127.0.0.1:4180": provider.address}) as site:
        answer = site.get("/acme/events", [("Cookie", provider.session("ann@example.com"))])
"""
import http.client
import http.server
import os
import re
import secrets
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from capture import free_port
from daybook import BUILD, ROOT, VAR, Answer

DEPLOY = ROOT / "cgi-bin/deploy"
NAMES = {"PAGES": BUILD / "pages", "HTPASSWD": VAR / "htpasswd"}
TIMEOUT = 60


def login_file(name, changes):
    """A file of deploy/nginx/login as an installation has it, with what an administrator changes in it."""
    text = (DEPLOY / f"nginx/login/{name}.conf").read_text()
    for placeholder, value in NAMES.items():
        text = text.replace(f"@{placeholder}@", str(value))
    for shipped, other in changes.items():
        assert shipped in text, shipped
        text = text.replace(shipped, str(other))
    return text


class Site:
    """nginx as the copy has it, on a port of its own. `listen` stands behind the port, `more` in the server."""

    def __init__(self, name, changes=None, listen="", more=""):
        self.port = free_port()
        self.tls = "ssl" in listen
        self.folder = Path(tempfile.mkdtemp(prefix="daybook-login-"))
        for folder in ("log", "tmp"):
            (self.folder / folder).mkdir()
        (self.folder / "login.conf").write_text(more + login_file(name, changes or {}))
        (self.folder / "nginx.conf").write_text(self._settings(listen))
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        self.process = subprocess.Popen(
            [shutil.which("nginx", path=path), "-e", self.folder / "log/nginx.err", "-p", self.folder,
             "-c", self.folder / "nginx.conf", "-g", "daemon off;"], stdin=subprocess.DEVNULL)
        end = time.monotonic() + TIMEOUT
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("nginx does not start: " + self.errors())
            time.sleep(0.02)

    def _settings(self, listen):
        text = (VAR / "nginx.conf").read_text()
        text = re.sub(r'(pid|error_log|access_log|\w+_temp_path) "[^"]*/', rf'\1 "{self.folder}/tmp/', text)
        text = re.sub(r"listen [^;]*;", f"listen 127.0.0.1:{self.port} {listen};", text)
        text = re.sub(r"^ *include sample-api.conf;", "", text, flags=re.M)
        login = f'include "{VAR}/nginx/login.conf";'
        assert login in text
        return text.replace(login, f'include "{self.folder}/login.conf";')

    def errors(self):
        return (self.folder / "log/nginx.err").read_text() + "".join(
            path.read_text() for path in self.folder.glob("tmp/nginx.err"))

    def _listens(self):
        try:
            self._connect(None).close()
            return True
        except (ConnectionError, ssl.SSLError):
            return False

    def _connect(self, context):
        if self.tls:
            context = context or client_context()
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=TIMEOUT, context=context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        connection.connect()
        return connection

    def ask(self, method, target, headers=(), context=None, body=None):
        """One request; `headers` are pairs and may repeat a name."""
        connection = self._connect(context)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response, response.read())
        finally:
            connection.close()

    def get(self, target, headers=(), context=None):
        return self.ask("GET", target, headers, context)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(TIMEOUT)
        shutil.rmtree(self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def client_context(certificate=None):
    """A client of TLS that shows a certificate (files of certificate and key), or none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if certificate:
        context.load_cert_chain(*certificate)
    return context


class Service:
    """A small HTTP server of a test: answer(request) is called with each request, which is also kept in `seen`."""

    def __init__(self):
        service = self
        self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                service.seen.append((self.command, self.path, self.headers))
                status, headers = service.answer(self)
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request):
        raise NotImplementedError

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Provider(Service):
    """Behaves as oauth2-proxy does with --reverse-proxy --set-xauthrequest: a session is a cookie, /oauth2/auth answers 202 or 401,
    /oauth2/start goes to the identity provider, and after the callback back to where somebody wanted to be."""

    AUTHORIZE = "https://provider.example/authorize"

    def __init__(self):
        super().__init__()
        self.sessions = {}
        self.wanted = {}

    def session(self, email, user="1234567890"):
        """The cookie of somebody who has signed in."""
        key = secrets.token_hex(16)
        self.sessions[key] = (user, email)
        return f"_oauth2_proxy={key}"

    def who(self, request):
        found = re.search(r"_oauth2_proxy=([0-9a-f]+)", request.headers.get("Cookie", ""))
        return self.sessions.get(found[1]) if found else None

    def answer(self, request):
        url = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        wanted = query.get("rd") or request.headers.get("X-Auth-Request-Redirect") or "/"
        return {"/oauth2/auth": self._auth, "/oauth2/start": self._start, "/oauth2/callback": self._callback,
                "/oauth2/sign_out": self._sign_out}.get(url.path, lambda *_: (404, []))(request, query, wanted)

    def _auth(self, request, *_):
        who = self.who(request)
        if not who:
            return 401, []
        return 202, [(name, value) for name, value in zip(("X-Auth-Request-User", "X-Auth-Request-Email"), who)
                     if value]

    def _start(self, request, query, wanted):
        state = secrets.token_hex(8)
        self.wanted[state] = wanted
        return 302, [("Location", f"{self.AUTHORIZE}?state={state}"), ("Set-Cookie", f"_oauth2_proxy_csrf={state}")]

    def _callback(self, request, query, wanted):
        """The provider has said, by `code`, who it is."""
        return 302, [("Location", self.wanted.pop(query["state"])), ("Set-Cookie", self.session(query["code"]))]

    def _sign_out(self, request, query, wanted):
        found = re.search(r"_oauth2_proxy=([0-9a-f]+)", request.headers.get("Cookie", ""))
        self.sessions.pop(found[1] if found else "", None)
        return 302, [("Location", wanted), ("Set-Cookie", "_oauth2_proxy=; Max-Age=0")]


class Portal(Service):
    """Behaves as Authelia's endpoint for auth_request does: 200 with Remote-User, or 401 with the portal's address."""

    def __init__(self):
        super().__init__()
        self.sessions = {}
        self.forbidden = set()

    def session(self, name):
        key = secrets.token_hex(16)
        self.sessions[key] = name
        return f"authelia_session={key}"

    def answer(self, request):
        assert request.path == "/api/authz/auth-request", request.path
        found = re.search(r"authelia_session=([0-9a-f]+)", request.headers.get("Cookie", ""))
        name = self.sessions.get(found[1]) if found else None
        if name in self.forbidden:
            return 403, []
        if name is not None:
            return 200, [("Remote-User", name), ("Remote-Groups", "admins"), ("Remote-Email", "x@example.com")]
        wanted = quote(request.headers.get("X-Original-URL", ""), safe="")
        return 401, [("Location", f"https://auth.example.com/?rd={wanted}&rm={request.headers.get('X-Original-Method')}")]
