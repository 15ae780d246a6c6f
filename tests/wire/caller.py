# SPDX-License-Identifier: MIT
"""Many calls one after the other, each just as it is named, on connections that are kept."""
import http.client
import socket

from capture import TIMEOUT, request_bytes


class Caller:
    """What it asked for and was answered: `calls` is {request id: Call}."""

    def __init__(self, port):
        self.port = port
        self.socket = None
        self.calls = {}
        self.unanswered = []

    def call(self, method, target, headers=(), body=b"", sent=None):
        """One call. `sent` are the bytes for the wire where they are not simply those of the rest."""
        data = sent or request_bytes(method, target, headers, body)
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
        call = Call(method, target, headers, body)
        try:
            self.socket.sendall(data)
            answer = http.client.HTTPResponse(self.socket, method=method)
            answer.begin()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            call.error = error
            self.unanswered.append(call)
            self.close()
            return call
        call.status = answer.status
        identifier = answer.headers["X-Request-Id"]
        assert identifier not in self.calls, identifier
        self.calls[identifier] = call
        if answer.will_close:
            self.close()
        return call

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None


class Call:
    def __init__(self, method, target, headers, body):
        self.method = method
        self.target = target
        self.headers = list(headers)
        self.body = body
        self.status = None
        self.error = None

    def __repr__(self):
        return f"{self.method} {self.target[:200]!r} {self.status} {self.error or ''}"
