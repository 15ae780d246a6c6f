# SPDX-License-Identifier: MIT
"""Calls that break programs: collected texts in every place that can hold them, and bodies made by chance.

All of it is the same each time."""
import gzip
import json
import random
from urllib.parse import quote

import awkward

TEXTS = 2000
SEED = 20240131
BODY_MAX = 4096

TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain", "application/xml",
         "multipart/form-data; boundary=x", "application/octet-stream", "", "application/json; charset=",
         "text/html; charset=utf-16", "application/problem+json", "\xff/\xfe")
PIECES = (b"{", b"}", b"[", b"]", b":", b",", b'"', b"\\", b"\\u", b"\\ud800", b"null", b"1e999", b"-0",
          b"\0", b"\n", b"\r\n", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf",
          b"&", b"=", b"%", b"%00", b"%zz", b"+", b"--x\r\n", b"<!--", b"]]>", b'{"daybook":1,', b"\x7f",
          b"\xe2\x80\xa8", b"redacted:", b"sha256:", b'{"a":' * 40, b"[" * 200, b"\x1f\x8b", b"a=b&a=c")


def texts():
    """So many texts without a line's end: those of the collections, then pieces of them put together."""
    found = [text for text in awkward.texts() if "\r" not in text and "\n" not in text]
    chance = random.Random(SEED)
    made = dict.fromkeys(found)
    while len(made) < TEXTS:
        parts = [chance.choice(found) for _ in range(chance.randint(2, 4))]
        cut = chance.randint(1, 60)
        made["".join(part[:cut] for part in parts)] = None
    return list(made)[:TEXTS]


def header_value(text):
    """As it may stand in a header: without what nginx refuses, and without blanks around it."""
    return text.replace("\0", "").strip(" \t").encode()


def calls_of(text):
    """(method, target, headers, body) of a call with the text in every place, and of one as it is."""
    quoted = quote(text.encode(), safe="")
    headers = [("X-Note", header_value(text)), ("User-Agent", header_value(text)),
               ("Referer", header_value(text))]
    yield "POST", f"/hostile/{quoted}?q={quoted}&{quoted}={quoted}".encode(), headers, text.encode()
    yield "GET", b"/raw/" + text.encode() + b"?q=" + text.encode(), [], b""


def bodies(count):
    """(content type, body), by chance."""
    chance = random.Random(SEED)
    for number in range(count):
        yield chance.choice(TYPES), _body(chance, number % 5)


def _body(chance, kind):
    size = chance.choice((0, 1, 2, 17, 100, 1000, BODY_MAX))
    if kind == 0:
        return chance.randbytes(size)
    if kind == 1:
        return b"".join(chance.choices(PIECES, k=chance.randint(1, 40)))[:BODY_MAX]
    body = json.dumps(_value(chance, 4), ensure_ascii=chance.random() < 0.5).encode()
    if kind == 2:
        return body
    if kind == 3:
        return gzip.compress(body, mtime=0)
    broken = bytearray(body[:BODY_MAX])
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(broken) + 1)
        broken[at:at + chance.randint(0, 3)] = chance.choice(PIECES)
    return bytes(broken)


def _value(chance, depth):
    kind = chance.randrange(7 if depth else 5)
    if kind == 5:
        return [_value(chance, depth - 1) for _ in range(chance.randint(0, 5))]
    if kind == 6:
        return {_text(chance): _value(chance, depth - 1) for _ in range(chance.randint(0, 5))}
    return (None, chance.random() < 0.5, chance.randint(-2**70, 2**70), chance.uniform(-1e300, 1e300),
            _text(chance))[kind]


def _text(chance):
    return "".join(chr(chance.choice((chance.randrange(1, 0x80), chance.randrange(0x80, 0xD800),
                                      chance.randrange(0xE000, 0x110000))))
                   for _ in range(chance.randint(0, 12)))
