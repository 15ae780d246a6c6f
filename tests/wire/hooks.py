# SPDX-License-Identifier: MIT
"""Hooks of an account, as `daybook hook` makes them, and webhooks sent to them."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import secrets
import subprocess
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import daybook
from daybook import ROOT, Account, TestCase, database

DATA = Path(os.environ.get("DAYBOOK_SHARED") or ROOT.parent / "shared").absolute() / "data"
CLIENT = ROOT / "tests/clients/webhook_signatures.mjs"
# What one address takes at once, and how many connections send.
BURST = 200
THREADS = 4
PAYLOAD = b'{"repository": {"id": 7, "full_name": "demo/build"}, "sender": {"login": "ann"}}'
GITHUB = [("Content-Type", "application/json"), ("X-GitHub-Event", "push")]
# What a signature of these says nothing about.
WITHOUT_BODY = ("gitlab", "gitee", "gitee-password", "azure-devops", "bearer")
SIGNED_BY = re.compile(r"signature|token|authorization", re.I)


class Hook:
    """One with an address here, or with a `path` for captured calls."""

    def __init__(self, account, *options, label=None, secret=None, path=None):
        self.account = account
        self.label = label or "h" + secrets.token_hex(4)
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


def send_all(calls):
    """Posts (address, body, headers) of a list over some connections; the answers in order."""
    answers = [None] * len(calls)

    def work(first):
        connection = Connection()
        for number in range(first, len(calls), THREADS):
            answers[number] = connection.post(*calls[number])
        connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    return answers


# ---- Signatures ----------------------------------------------------------------------------------


def slack(secret, body, seconds=0):
    stamp = str(int(time.time()) + seconds)
    signature = hmac.new(secret, b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256).hexdigest()
    return [("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", "v0=" + signature)]


def github(secret, body):
    return [*GITHUB, ("X-Hub-Signature-256",
                      "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest())]


def signed(bodies, *schemes):
    """Each body as the stock clients sign it: dictionaries as webhook_signatures.mjs prints them, with
    bytes in `body`."""
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


def flipped(one):
    """(headers, body) of the same with one bit changed in each signature; and in the body, where it is signed."""
    def flip(text):
        at = len(text) * 3 // 4  # in the password, where it is one
        return text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1:]
    headers = [(name, flip(value) if SIGNED_BY.search(name) else value)
               for name, value in one["headers"]]
    yield headers, one["body"]
    if one["scheme"] not in WITHOUT_BODY:
        body = bytearray(one["body"])
        body[len(body) // 2] ^= 1
        yield one["headers"], bytes(body)


# ---- Real ones -----------------------------------------------------------------------------------

NEEDS_DATA = unittest.skipUnless(DATA.is_dir(), f"no real webhooks in {DATA}")
NEEDS_CLIENTS = unittest.skipUnless((CLIENT.parent / "node_modules").is_dir(),
                                    "no stock clients: npm --prefix tests/clients ci")


def real():
    """(headers, body) of every collected webhook, as its provider sends it."""
    with open(DATA / "webhooks/github.ndjson", encoding="utf-8") as file:
        for line in file:
            webhook = json.loads(line)
            body = json.dumps(webhook["payload"], ensure_ascii=False, separators=(",", ":"))
            yield [("Content-Type", "application/json"), ("User-Agent", "GitHub-Hookshot/0"),
                   ("X-GitHub-Event", webhook["event"]),
                   ("X-GitHub-Delivery", str(uuid.uuid4()))], body.encode()
    for path in sorted((DATA / "webhooks/gitlab").glob("*.json")):
        body = path.read_bytes()
        kind = json.loads(body).get("object_kind")
        event = kind.replace("_", " ").title() + " Hook" if kind else "System Hook"
        yield [("Content-Type", "application/json"), ("User-Agent", "GitLab/17"),
               ("X-Gitlab-Event", event), ("Idempotency-Key", str(uuid.uuid4()))], body


# ---- Tests ---------------------------------------------------------------------------------------


class Hooks(TestCase):
    def setUp(self):
        self.account = Account()

    def accepted(self, answer):
        """The trigger that an answer names."""
        self.assertEqual(202, answer.status, answer)
        self.assertEqual("application/json", answer.headers["Content-Type"])
        self.assertEqual(["id"], list(answer.json))
        return self.account.find(answer.json["id"])
