# SPDX-License-Identifier: MIT
"""Hooks of an account, as `daybook hook` makes them, and webhooks sent to them."""
import http.client
import json
import os
import secrets
import subprocess
from pathlib import Path

import daybook
from daybook import ROOT, database

DATA = Path(os.environ.get("DAYBOOK_SHARED") or ROOT.parent / "shared").absolute() / "data"
CLIENT = ROOT / "tests/clients/webhook_signatures.mjs"
HEADERS_UNSIGNED = 0


class Hook:
    """One with an address here, or with a `path` for captured calls."""

    def __init__(self, account, *options, label=None, secret=None, path=None):
        self.account = account
        self.label = label or "h" + secrets_word()
        arguments = ["hook", "add", account.slug, self.label, *options]
        if path:
            arguments += ["--path", path]
        if secret is not None:
            arguments.append("--secret")
        done = daybook.run(*arguments,
                           stdin=None if secret is None else as_bytes(secret) + b"\n")
        if done.returncode:
            raise AssertionError(done.stderr.decode())
        self.address = done.stdout.decode().strip()

    @property
    def key(self):
        """The part of the address that only the sender knows."""
        return self.address[-32:]

    def post(self, body, headers=()):
        """The answer; `headers` are pairs, so that nothing is added or joined."""
        return post(self.address, body, headers)

    def state(self):
        """received, refused"""
        rows = database().rows(
            "SELECT s.received, s.refused FROM hook h JOIN hook_state s ON s.hook_id = h.id WHERE "
            f"h.account_id = {self.account.number} AND h.label = '{self.label}'")
        return tuple(int(cell) for cell in rows[0]) if rows else (0, 0)

    def refused(self):
        """The lines of `daybook hook refused`, as lists of cells."""
        text = daybook.run_well("hook", "refused", self.account.slug, self.label)
        return [line.split("\t") for line in text.splitlines()]

    def remove(self):
        daybook.run_well("hook", "remove", self.account.slug, self.label)


def secrets_word():
    return secrets.token_hex(4)


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def post(address, body, headers=(), connection=None):
    own = connection or daybook.connect()
    try:
        own.putrequest("POST", address, skip_accept_encoding=True)
        own.putheader("Content-Length", str(len(body)))
        for name, value in headers:
            own.putheader(name, value)
        own.endheaders(body)
        response = own.getresponse()
        return daybook.Answer(response, response.read())
    finally:
        if not connection:
            own.close()


class Connection:
    """One that stays open, for many webhooks."""

    def __init__(self):
        self.connection = daybook.connect()

    def post(self, address, body, headers=()):
        try:
            return post(address, body, headers, self.connection)
        except (http.client.HTTPException, ConnectionError):
            self.connection.close()
            return post(address, body, headers, self.connection)

    def close(self):
        self.connection.close()


def signed(bodies, *schemes):
    """Each body as the stock clients sign it: dictionaries as webhook_signatures.mjs prints them, with
    bytes in `body`."""
    import base64
    lines = b"".join(base64.b64encode(body) + b"\n" for body in bodies)
    done = subprocess.run(["node", CLIENT, *schemes], input=lines, capture_output=True, check=False,
                          timeout=daybook.TIMEOUT, cwd=CLIENT.parent)
    if done.returncode:
        raise AssertionError(done.stderr.decode(errors="replace"))
    found = [json.loads(line) for line in done.stdout.decode().splitlines()]
    for one in found:
        one["body"] = base64.b64decode(one["body_base64"])
        one["headers"] = [tuple(pair) for pair in one["headers"]]
    return found
