# SPDX-License-Identifier: MIT
"""Hostile messages for an address that records: each must be kept, or refused with a reason.

A test gives messages, (headers, body) each; bodies() has them by the thousand, the same each time: every file of the
JSON test suite where `shared` is there, then bodies made by chance (hostile.py)."""
import collections
import http.client
import json

import awkward
import hostile
from daybook import HOST, TIMEOUT

SUITE = awkward.DATA / "json/JSONTestSuite"
MADE = 10000


def suite():
    """The files of the JSON test suite; none without `shared`."""
    return [path.read_bytes() for path in sorted(SUITE.glob("*.json"))]


def bodies(made=MADE):
    """(content type, body)."""
    for body in suite():
        yield "application/json", body
    yield from hostile.bodies(made)


def reason(answer):
    """What an answer of any form gives as its reason."""
    if isinstance(answer, dict):
        for name in ("error", "message"):
            if isinstance(answer.get(name), str):
                return answer[name]
    return ""


class Sender:
    """Sends messages on one connection and looks at each answer."""

    def __init__(self, test, target, headers):
        self.test = test
        self.target = target
        self.headers = headers
        self.connection = None
        self.statuses = collections.Counter()
        test.addCleanup(self.close)

    def send(self, headers, body):
        """The answer of one message as (status, bytes). A connection that the server closes is made again."""
        for attempt in (0, 1):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(HOST, timeout=TIMEOUT)
            try:
                self.connection.request("POST", self.target, body, self.headers | headers)
                answer = self.connection.getresponse()
                data = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.connection = None
                if attempt:
                    raise
        if answer.will_close:
            self.close()
        return answer.status, data

    def check(self, headers, body):
        """2xx, or 4xx with a reason. What a 2xx says."""
        status, data = self.send(headers, body)
        about = (status, data[:300], headers, body[:300])
        self.statuses[status] += 1
        self.test.assertIn(status // 100, (2, 4), about)
        # nginx itself refuses what is no request: then there is no reason in JSON.
        if status // 100 == 4 and not data.startswith(b"<html>"):
            self.test.assertTrue(reason(json.loads(data)).strip(), about)
        return json.loads(data) if status // 100 == 2 and data else None

    def check_all(self, messages):
        """Sends them all; how often each status was the answer."""
        for headers, body in messages:
            self.check(headers, body)
        return self.statuses

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None
