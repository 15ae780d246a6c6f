# SPDX-License-Identifier: MIT
"""Speaks with the running copy: as a client, as its administrator and as the owner of its database."""
import base64
import hashlib
import http.client
import os
import secrets
import socket
import subprocess
import urllib.parse

VAR = os.environ.get("VAR", "var")
BUILD = os.environ.get("BUILD", "build")


def credentials():
    with open(f"{VAR}/credentials", encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("=", 1) for line in file)


CREDENTIALS = credentials()
ADDRESS = urllib.parse.urlsplit(CREDENTIALS["url"])


class Reply:
    """Status, headers as (name, value), and the bytes of the body."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name):
        values = [value for other, value in self.headers if other.lower() == name.lower()]
        return ", ".join(values) if values else None


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


LOGIN = ("Authorization", basic(CREDENTIALS["user"], CREDENTIALS["password"]))


def bearer(token):
    return ("Authorization", f"Bearer {token}")


def connect(timeout=60):
    return http.client.HTTPConnection(ADDRESS.hostname, ADDRESS.port, timeout=timeout)


def request(method, target, headers=(), body=None, timeout=60):
    """One request on a connection of its own; headers are sent as they are, repeated ones too."""
    connection = connect(timeout)
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return Reply(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def get(target, *headers):
    return request("GET", target, headers)


def record(token, body):
    headers = (bearer(token), ("Content-Type", "application/x-ndjson"))
    return request("POST", "/api/v1/events", headers, body)


def sql(statement):
    """Runs statements as the owner of the database; rows as tuples of text."""
    command = ["mariadb", f"--defaults-file={VAR}/my.cnf", "--batch", "--skip-column-names", "daybook"]
    done = subprocess.run(command, input=statement, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


def daybook(*arguments, check=True):
    """Runs the administrator's command; what it printed."""
    command = [f"{BUILD}/bin/daybook", "--config", f"{VAR}/daybook.conf", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"daybook {arguments}: {done.stderr.strip()}")
    return done.stdout.strip()


def make_account(slug):
    """Makes an account unless it is there."""
    if slug not in (line.split("\t")[0] for line in daybook("account", "list").splitlines()):
        daybook("account", "add", slug)
    return slug


def make_token(slug, scope):
    return daybook("token", "add", slug, scope)


def make_person(name, *accounts):
    """A person who may sign in and open the accounts; the header of their login."""
    password = secrets.token_hex(16)
    digest = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()
    path = f"{VAR}/htpasswd"
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file if not line.startswith(f"{name}:")]
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        file.writelines([*lines, f"{name}:{{SHA}}{digest}\n"])
    os.replace(f"{path}.new", path)
    for slug in accounts:
        daybook("member", "add", slug, name, "auditor", check=False)
    return ("Authorization", basic(name, password))


class SlowReader:
    """A GET whose client reads as slowly as it likes: little waits in its socket."""

    def __init__(self, target, *headers):
        lines = [f"GET {target} HTTP/1.1", f"Host: {ADDRESS.netloc}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in headers]
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        self.socket.settimeout(60)
        self.socket.connect((ADDRESS.hostname, ADDRESS.port))
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def begin(self):
        """Reads status and headers and leaves the body."""
        self.response = http.client.HTTPResponse(self.socket)
        self.response.begin()
        return self.response

    def close(self):
        self.socket.close()
