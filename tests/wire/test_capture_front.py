# SPDX-License-Identifier: MIT
"""What nginx writes with the capture's include files: one line a call, whatever happens to it."""
import base64
import json
import random
import time
import unittest

import capture
from capture import digest, in_chunks, request_bytes

LIMIT = 1024 * 1024
SOME = random.Random(1)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "MKCOL", "QUERY",
           "X-ODD_METHOD"]
TARGETS = [b"/a%2Fb", b"/a%253Ab", b"/%C3%BC", b"//double//slash/", b"/p;v=1/x;y", b"/a/../b/./c",
           b"/?", b"/?a=1&a=2&b=%20+", b"/%01%ff", b"/~!$&'()*,:@", b"/\xc3\xbc\xff", b"/q?\xe9=\xe9",
           b"/" + b"long/" * 1000, b"/#f?no"]


def basic(user, password):
    pair = user + b":" + password
    return b"Basic " + base64.b64encode(pair)


class Requests(capture.TestCase):
    def test_methods(self):
        for method in METHODS:
            with self.subTest(method):
                _, line = self.call(method, "/m")
                self.assertEqual(method.encode(), line["method"])
                self.assertEqual(method.encode() + b" /m HTTP/1.1", line["request"])
                self.assertEqual(method.encode(), self.api.requests[-1].method)
        answer, line = self.call("HEAD", "/m")
        self.assertEqual(b"", answer.body)
        self.assertEqual((b"HEAD", b"200", b"0"), (line["method"], line["status"], line["sent"]))

    def test_targets(self):
        for target in TARGETS:
            with self.subTest(target):
                _, line = self.call("GET", target)
                self.assertEqual(target, line["uri"])

    def test_headers(self):
        headers = [(b"Host", b"api.example:8080"), (b"X-Twice", b"1"), (b"x-tWICE", b"2"),
                   (b"X-Twice", b"1"), (b"X-Empty", b""), (b"X-Bytes", b"\xe9\xff\xc3\xbc"),
                   (b"X-Quote", b"\"a\\b'</script>"), (b"X-Control", b"a\x01\x1f\t\x7fb"),
                   (b"Idempotency-Key", b"k"), (b"traceparent", b"00-" + b"a" * 32 + b"-b-01")]
        _, line = self.call("GET", "/", headers)
        self.assertEqual([*headers, (b"Connection", b"close")], line["headers"])
        many = [(b"X-%d" % number, b"v" * 60) for number in range(90)]
        _, line = self.call("GET", "/", many)
        self.assertEqual(many, line["headers"][1:-1])

    def test_secrets(self):
        known = "sha256:" + "0" * 64
        cases = [
            (b"Authorization", basic(b"ann", b"pa:ss"), b"Basic " + digest("pa:ss")),
            (b"Authorization", basic(b"\xff", b"\xe9\x00\xff"), b"Basic " + digest(b"\xe9\0\xff")),
            (b"Authorization", basic(b"ann", b""), b"Basic " + digest("")),
            (b"Authorization", b"Basic !!", b"Basic " + digest("!!")),
            (b"Authorization", b"basic  " + basic(b"a", b"b")[6:], b"basic  " + digest("b")),
            (b"Authorization", b"Bearer a.b.c", b"Bearer " + digest("a.b.c")),
            (b"Authorization", b"token ghp_example", b"token " + digest("ghp_example")),
            (b"Authorization", b"Bearer", digest("Bearer")),
            (b"Authorization", b"5f00.aaaa", digest("5f00.aaaa")),
            (b"Authorization", b"token=k3y", digest("token=k3y")),
            (b"Authorization", b"open sesame", digest("open sesame")),
            (b"Authorization", b"Bearer \xe9\xff", b"Bearer " + digest(b"\xe9\xff")),
            (b"Authorization", b"Bearer " + known.encode(), b"Bearer " + digest(known)),
            (b"Authorization", b"", b""),
            (b"proxy-authorization", b"Digest username=\"a\", response=\"b\"",
             b"Digest " + digest("username=\"a\", response=\"b\"")),
            (b"X-Authentication", b"Bearer x", b"Bearer " + digest("x")),
            (b"X-Forwarded-Authorization", b"Bearer x", b"Bearer " + digest("x")),
            (b"Cookie", b"a=b; c=\"d e\" ;g=;;h;i = j=k",
             b"a=" + digest("b") + b"; c=" + digest("\"d e\"") + b" ;g=;;" + digest("h") +
             b";i = " + digest("j=k")),
            (b"COOKIE", b"s=\xe9\xff", b"s=" + digest(b"\xe9\xff")),
            (b"Cookie", b"n\xe9=1", b"n\xe9=" + digest("1")),
            (b"X-Api-Key", known.encode(), digest(known)),
            (b"X-Nothing", known.encode(), known.encode()),
        ]
        for name in ("PRIVATE-TOKEN", "X-Gitlab-Token", "X-CSRFToken", "ApiKey", "X-API-KEY",
                     "X-Amz-Security-Token", "X-Client-Secret", "X-Password", "passwd",
                     "X-Credentials", "X-Session-Id", "JSESSIONID", "X-SID", "Auth", "X-Auth", "Ocp-Apim-Subscription-Key",
                     "X-Goog-IAP-JWT-Assertion", "X-GitHub-OTP", "X-Auth-Key", "Set-Cookie"):
            cases.append((name.encode(), b"v\xc3\xbc\xff", digest(b"v\xc3\xbc\xff")))
        for name, value, expected in cases:
            with self.subTest(name=name, value=value):
                self.front.call("GET", "/", [(name, value)])
                (raw,) = self.front.raw_lines(1)
                line = self.front.line()
                self.assertIn((name, expected), line["headers"])
                self.assertEqual([] if name == b"X-Nothing" else [name], line["hidden"])
                if value and expected != value:
                    self.assertNotIn(value, raw)
                    passed_on = [pair[1] for pair in self.api.requests[-1].headers
                                 if pair[0] == name]
                    self.assertEqual([value], passed_on, "the API gets the secret")

    def test_long_headers(self):
        """As long as nginx takes them, of the forms that are slow to look through."""
        start = time.monotonic()
        for value in (b" " * 4000 + b"x", b"a=" + b" " * 7000 + b"x" + b"\t" * 200, b";" * 7000,
                      b"=" * 7000, b"a=b;" * 1700, b"a" * 7000, b"\xff" * 7000, b"a -" * 2000):
            for name in (b"Cookie", b"Authorization", b"X-Token", b"X-" + b"key-" * 200):
                _, line = self.call("GET", "/", [(name, b"x" + value), (b"X-Other", b"there")])
                self.assertIn((b"X-Other", b"there"), line["headers"])
                self.assertEqual([name] if name[:6] != b"X-key-" else [], line["hidden"])
                if line["hidden"]:
                    (found,) = [text for key, text in line["headers"] if key == name]
                    self.assertIn(b"sha256:", found)
        self.assertLess(time.monotonic() - start, 10)

    def test_harmless_names(self):
        """Names that only sound as if."""
        for name in ("Sec-WebSocket-Key", "Idempotency-Key", "X-Inside", "X-Auth-Request-User", "Author",
                     "X-Compass", "X-Spin", "X-Hub-Signature-256", "X-Cache-Key", "WWW-Authenticate",
                     "X-Session-Affinity"):
            _, line = self.call("GET", "/", [(name, "seen")])
            self.assertIn((name.encode(), b"seen"), line["headers"])
            self.assertEqual([], line["hidden"])

    def test_bodies(self):
        every = bytes(range(256))
        for name, body in (("none", b""), ("one", b"\0"), ("every byte", every * 40),
                           ("10 KB", SOME.randbytes(10240)), ("1 MB", SOME.randbytes(LIMIT)),
                           ("text", "naïve — \"quoted\"\r\n\u2028😀".encode() * 50)):
            with self.subTest(name):
                _, line = self.call("POST", "/", body=body)
                self.assertEqual(body, line["body"])
                self.assertEqual(body, self.api.requests[-1].body)
                self.assertEqual(str(len(body)) if body else "", line["content_length"].decode())
                self.assertEqual(b"", line["body_file"])
                for size in (1, 6, 700, 70000):
                    if body and (size > 1 or len(body) < 20000):
                        received, line = self.raw(request_bytes(
                            "POST", "/", [("Transfer-Encoding", "chunked"),
                                          ("Connection", "close")], in_chunks(body, size)))
                        self.assertIn(b" 200 ", received[:20])
                        self.assertEqual(body, line["body"])

    def test_body_in_tiny_chunks(self):
        """More bytes say how long the chunks are than the chunks have: the line says where it went."""
        received, line = self.raw(request_bytes(
            "POST", "/", [("Transfer-Encoding", "chunked"), ("Connection", "close")],
            in_chunks(bytes(LIMIT), 1)))
        self.assertIn(b" 200 ", received[:20])
        self.assertEqual((b"", str(LIMIT).encode()), (line["body"], line["content_length"]))
        self.assertIn(b"/body/", line["body_file"])

    def test_expect_continue(self):
        body = SOME.randbytes(5000)
        with self.front.connect() as connection:
            connection.sendall(request_bytes("PUT", "/", [
                ("Expect", "100-continue"), ("Content-Length", str(len(body))),
                ("Connection", "close")]))
            self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 100 "))
            connection.sendall(body)
            self.assertIn(b" 200 ", connection.recv(1000))
        self.assertEqual(body, self.front.line()["body"])

    def test_too_large(self):
        body = bytes(LIMIT + 1)
        answer, line = self.call("POST", "/big", body=body)
        self.assertEqual(413, answer.status)
        self.assertEqual((b"", str(LIMIT + 1).encode()), (line["body"], line["content_length"]))
        received, line = self.raw(request_bytes("POST", "/big", [
            ("Transfer-Encoding", "chunked")], in_chunks(body, 65536)))
        self.assertIn(b" 413 ", received[:20])
        self.assertEqual((b"413", b""), (line["status"], line["upstream_status"]))
        self.assertLessEqual(int(line["content_length"]), LIMIT, "what of it had come by then")
        self.assertEqual([], self.api.requests)

    def test_protocols(self):
        received, line = self.raw(b"GET /old HTTP/1.0\r\n\r\n")
        self.assertIn(b" 200 ", received[:20])
        self.assertEqual((b"HTTP/1.0", []), (line["protocol"], line["headers"]))
        _, line = self.raw(b"GET http://api.example/whole?a HTTP/1.1\r\nHost: x\r\n"
                           b"Connection: close\r\n\r\n")
        self.assertEqual((b"/whole?a", b"GET http://api.example/whole?a HTTP/1.1"),
                         (line["uri"], line["request"]))

    def test_pipeline(self):
        """Several calls on one connection, sent at once."""
        calls = [request_bytes("POST", f"/{number}", [], b"x" * number) for number in range(20)]
        last = request_bytes("GET", "/last", [("Connection", "close")])
        received = self.front.raw(b"".join(calls) + last)
        self.assertEqual(21, received.count(b"HTTP/1.1 200 "))
        lines = self.front.lines(21)
        self.assertEqual([f"/{number}".encode() for number in range(20)] + [b"/last"],
                         [line["uri"] for line in lines])
        self.assertEqual([b"x" * number for number in range(20)] + [b""],
                         [line["body"] for line in lines])
        self.assertEqual(21, len({line["id"] for line in lines}))

    def test_malformed(self):
        """What nginx does not pass on: status, method, URL and whether the request line is there."""
        host = b" HTTP/1.1\r\nHost: x\r\n"
        for status, method, uri, data in (
                (400, b"", b"", b"BLA\r\n\r\n"),
                (400, b"", b"", b"\x16\x03\x01\x02\x00\xff\xfe\r\n\r\n"),
                (400, b"", b"", b"get / HTTP/1.1\r\n\r\n"),
                (400, b"", b"", b"GET /\x01" + host + b"\r\n"),
                (400, b"", b"", b"GET /a b" + host + b"\r\n"),
                (505, b"", b"", b"GET / HTTP/9.1\r\nHost: x\r\n\r\n"),
                (400, b"GET", b"", b"GET /a%00b" + host + b"\r\n"),
                (400, b"GET", b"/", b"GET / HTTP/1.1\r\n\r\n"),
                (400, b"GET", b"/", b"GET /" + host + b"Host: y\r\n\r\n"),
                (400, b"POST", b"/", b"POST /" + host + b"Content-Length: -1\r\n\r\n"),
                (501, b"POST", b"/", b"POST /" + host + b"Transfer-Encoding: odd\r\n\r\n"),
                (400, b"POST", b"/", b"POST /" + host + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
                (414, b"", b"", b"GET /" + b"x" * 40000 + host + b"\r\n"),
                (400, b"GET", b"/", b"GET /" + host + b"X: " + b"x" * 40000 + b"\r\n\r\n"),
                (400, b"GET", b"/", b"GET /" + host + b"A\0B: x\r\n\r\n"),
                (400, b"GET", b"/", b"GET /" + host + b"A: x\0y\r\n\r\n")):
            with self.subTest(data[:60]):
                received, line = self.raw(data)
                self.assertTrue(received.startswith(b"HTTP/1.1 "))
                self.assertEqual((status, method, uri, b""),
                                 (int(line["status"]), line["method"], line["uri"],
                                  line["upstream_status"]))
                self.assertEqual(data.split(b"\r\n")[0][:8192], line["request"])
        self.assertEqual([], self.api.requests)

    def test_dropped_headers(self):
        """A header that nginx does not pass on is not in the line either."""
        _, line = self.call("GET", "/", [("Under_score", "1"), ("Dot.ted", "2"), ("X-A", "3")])
        self.assertEqual([b"Host", b"X-A", b"Connection"], [name for name, _ in line["headers"]])
        self.assertEqual(b"3", self.api.requests[0].header("X-A"))
        self.assertIsNone(self.api.requests[0].header("Under_score"))

    @unittest.skipUnless(capture.DATA.is_dir(), "no recorded requests at hand")
    def test_real_requests(self):
        """What command-line clients and SDKs sent when they were recorded."""
        count = 0
        for name in ("codefresh-cli", "octokit-rest", "cloudevents",
                     "retraced-curl-wget-httpie-syslogng"):
            for text in (capture.DATA / f"wire/{name}.ndjson").read_bytes().splitlines():
                with self.subTest(name, number=count):
                    self.replay(json.loads(text))
                count += 1
        self.assertEqual(32 + 16 + 2 + 14, count)

    def replay(self, wire):
        headers = [(name.encode("latin-1"), value.encode("latin-1"))
                   for name, value in wire["headers"] if name.lower() != "connection"]
        headers.append((b"Connection", b"close"))
        body = wire["body"].encode()
        is_chunked = any(name.lower() == b"transfer-encoding" for name, _ in headers)
        sent = in_chunks(body, 100) if is_chunked else body
        received, line = self.raw(request_bytes(wire["method"], wire["url"], headers, sent,
                                                wire["version"]))
        self.assertTrue(received.startswith(b"HTTP/1.1 "))
        if "%00" in wire["url"]:  # nginx does not take that for a URL
            self.assertEqual((b"400", f"{wire['method']} {wire['url']} HTTP/1.1".encode()),
                             (line["status"], line["request"]))
            return
        self.assertEqual((wire["method"], wire["url"], body),
                         (line["method"].decode(), line["uri"].decode(), line["body"]))
        secret = {b"authorization", b"cookie"}
        self.assertEqual([pair for pair in headers if pair[0].lower() not in secret],
                         [pair for pair in line["headers"] if pair[0].lower() not in secret])
        for name, value in line["headers"]:
            if name.lower() in secret:
                self.assertIn(b"sha256:", value)


if __name__ == "__main__":
    unittest.main()
