# SPDX-License-Identifier: MIT
"""Reads the expectation files NN-name.txt of this folder and compares replies with them.

A file holds exchanges, in their order. Lines that begin with `>` are the request, those with `<`
the reply, `#` begins a comment; the comment right above a request says what it shows.

    # A page size that does not exist is refused with those that do.
    > GET /{account}/events?show=11
    > User: {person}
    < 400
    < Content-Type: text/html; charset=utf-8
    < Retry-After: (none)
    < X-Request-ID: /[0-9a-f]{32}/
    <
    < one of 10, 25
    < !200 OK

`User:` is the person who has signed in, not a header. An empty `>` ends the request's headers, the
rest is its body. A header of the reply is compared whole, or with /a pattern/, or is not to be
there. After an empty `<` each line must be in the body; with `!` in front it must not. `(empty)` is
an empty body. Names in braces stand for values that only the running copy knows.
"""
import glob
import os
import re

FOLDER = os.path.dirname(os.path.abspath(__file__))
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Exchange:
    """One request and what is expected of its reply."""

    def __init__(self, place, label):
        self.place = place
        self.label = label
        self.method = self.target = self.user = None
        self.headers = []
        self.body = b""
        self.status = None
        self.expected_headers = []
        self.fragments = []

    def __str__(self):
        return f"{self.place}: {self.method} {self.target} ({self.label})"


def _fill(text, values):
    return PLACEHOLDER.sub(lambda found: values[found[1]] if found[1] in values else found[0], text)


def _split_header(line):
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def _read_request(exchange, lines):
    first, *rest = lines
    exchange.method, exchange.target = first.split(" ")
    end = rest.index("") if "" in rest else len(rest)
    for name, value in map(_split_header, rest[:end]):
        if name == "User":
            exchange.user = value
        else:
            exchange.headers.append((name, value))
    exchange.body = "\n".join(rest[end + 1 :]).encode()


def _read_reply(exchange, lines):
    first, *rest = lines
    exchange.status = int(first)
    end = rest.index("") if "" in rest else len(rest)
    exchange.expected_headers = [_split_header(line) for line in rest[:end]]
    exchange.fragments = rest[end + 1 :]


def _blocks(path):
    """Yields (line number, mark, lines) for each run of lines with the same mark."""
    mark, start, lines = None, 0, []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line[:1] != mark:
                if lines:
                    yield start, mark, lines
                mark, start, lines = line[:1], number, []
            if mark:
                if mark not in "<>#" or line[1:2] not in ("", " "):
                    raise ValueError(f"{path}:{number}: neither request, reply nor comment")
                lines.append(line[2:])
    if lines:
        yield start, mark, lines


def read(path, values):
    """The exchanges of a file, with `values` in place of the names in braces."""
    exchanges, label = [], ""
    for number, mark, lines in _blocks(path):
        lines = [_fill(line, values) for line in lines]
        if mark == "#":
            label = " ".join(lines)
        elif mark == ">":
            exchanges.append(Exchange(f"{os.path.basename(path)}:{number}", label))
            label = ""
            _read_request(exchanges[-1], lines)
        else:
            _read_reply(exchanges[-1], lines)
    return exchanges


def files():
    """The expectation files, simple ones first."""
    return sorted(glob.glob(os.path.join(FOLDER, "[0-9]*.txt")))


def _header_fits(expected, found):
    if expected == "(none)":
        return found is None
    if found is None:
        return False
    if len(expected) > 2 and expected[0] == expected[-1] == "/":
        return re.fullmatch(expected[1:-1], found) is not None
    return expected == found


def _fragment_fits(fragment, body):
    if fragment == "(empty)":
        return body == b""
    if fragment.startswith("!"):
        return fragment[1:].encode() not in body
    return fragment.encode() in body


def differences(exchange, reply):
    """What is not as expected of a reply (status, headers, body), one sentence each."""
    found = []
    if reply.status != exchange.status:
        found.append(f"status is {reply.status}, expected {exchange.status}")
    for name, expected in exchange.expected_headers:
        if not _header_fits(expected, reply.headers.get(name)):
            found.append(f"{name} is {reply.headers.get(name)!r}, expected {expected}")
    for fragment in exchange.fragments:
        if not _fragment_fits(fragment, reply.body):
            found.append(f"body does not fit {fragment!r}")
    if exchange.method == "HEAD" and reply.body:
        found.append("a reply to HEAD has a body")
    length = reply.headers.get("Content-Length")
    if length is not None and exchange.method != "HEAD" and int(length) != len(reply.body):
        found.append(f"Content-Length is {length}, the body has {len(reply.body)} bytes")
    if found:
        found.append(f"reply was {reply.status} {reply.headers.items()} {reply.body[:2000]!r}")
    return found
