# SPDX-License-Identifier: MIT
"""Asks for pages: many clients at once by wrk, or one after the other over a connection that stays."""
import http.client
import re
import subprocess
import time

UNITS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 60e3}


class Loaded:
    """What wrk saw: answers a second, and milliseconds."""

    def __init__(self, rate, p50, p99):
        self.rate = rate
        self.p50 = p50
        self.p99 = p99


def wrk(url, connections, seconds):
    """One thread, so many connections; any answer but a page is an error."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s", url]
    text = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise RuntimeError(f"{' '.join(command)}:\n{text}")
    rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", text)[1])
    return Loaded(rate, _milliseconds(text, "50"), _milliseconds(text, "99"))


def _milliseconds(text, percent):
    found = re.search(rf"\s{percent}%\s+([0-9.]+)(us|ms|s|m)\b", text)
    return float(found[1]) * UNITS[found[2]] if found else float("nan")


class Client:
    """A connection that is kept; asks for no compression."""

    def __init__(self, port, headers=None):
        self.port = port
        self.headers = headers or {}
        self.connection = None

    def get(self, path, expected=200):
        """Milliseconds until the last byte, and the answer's body.  Any status, where none is expected."""
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
                self.connection.connect()
            try:
                start = time.perf_counter()
                self.connection.request("GET", path, headers=self.headers)
                answer = self.connection.getresponse()
                body = answer.read()
                took = (time.perf_counter() - start) * 1e3
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()  # it was idle for too long
                if attempt == 2:
                    raise
        if expected and answer.status != expected:
            raise RuntimeError(f"{answer.status} for {path}: {body[:500]!r}")
        self.answer = answer
        return took, body

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None


def total_of(page):
    """How many events a list says that there are."""
    found = re.search(rb'<p class="count">.*? of <b>([0-9,]+)</b>', page)
    if found:
        return int(found[1].replace(b",", b""))
    if b"Nothing matches" in page or b"Nothing is recorded" in page:
        return 0
    raise RuntimeError(f"no total in the page: {page[-1500:]!r}")
