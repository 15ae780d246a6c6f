# SPDX-License-Identifier: MIT
"""What a capture line says of the answer; that the client gets it as the API sent it; calls that are broken off."""
import gzip
import hashlib
import random
import socket
import struct
import threading
import time
import unittest
import zlib

import capture
from capture import chunked, request_bytes, response, until

HEAD = 4096
SOME = random.Random(2)
LOCATION = capture.LOCATION + """
location /dead { include daybook/location.conf; proxy_pass http://127.0.0.1:1; }
location /page {
    include daybook/location.conf;
    set $daybook_user fixed;
    proxy_pass http://127.0.0.1:1;
    error_page 502 /sorry;
}
location /sorry { return 502 "sorry"; }
location /front { include daybook/location.conf; return 403 "no"; }
location /slow { include daybook/location.conf; proxy_pass http://api; proxy_read_timeout 1s; }
location /zipped { include daybook/location.conf; proxy_pass http://api; gzip on; gzip_types *; }
location /stream { include daybook/location.conf; proxy_pass http://api; proxy_buffering off; }
location /socket {
    include daybook/location.conf;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection upgrade;
    proxy_pass http://api;
}
location /file { include daybook/location.conf; root FOLDER; }
"""


def reset(connection):
    """Leaves at once, as a client that is killed."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Answers(capture.TestCase):
    location = LOCATION

    def check_head(self, body, line):
        self.assertEqual(body[:HEAD].hex().encode(), line["head"])

    def test_statuses(self):
        for status in (200, 201, 202, 204, 301, 304, 400, 401, 403, 404, 405, 409, 413, 422, 429,
                       500, 501, 503, 504):
            body = b"" if status in (204, 304) else b"{\"status\": %d}" % status
            self.api.answer = lambda request, s=status, b=body: response(s, b)
            with self.subTest(status):
                answer, line = self.call("POST", "/", body=b"sent")
                self.assertEqual(body, answer.body)
                self.assertEqual((line["status"], b"OK", b"sent", str(len(body)).encode()),
                                 (line["upstream_status"], line["completion"], line["body"],
                                  line["sent"]))
                self.check_head(body, line)

    def test_headers(self):
        self.api.answer = lambda request: response(201, b"{}", [
            ("Location", "/a/%2F7?x"), ("Content-Type", "application/json"), ("X-Other", "kept"),
            ("Content-Encoding", "br")])
        answer, line = self.call("POST", "/")
        self.assertEqual((b"/a/%2F7?x", b"application/json", b"br"),
                         (line["location"], line["type"], line["encoding"]))
        self.assertEqual("kept", answer.header("X-Other"))
        self.assertEqual("/a/%2F7?x", answer.header("Location"))

    def test_sizes(self):
        """Around the length that is kept, with a length and in chunks of several sizes."""
        for size in (0, 1, HEAD - 1, HEAD, HEAD + 1, 3 * HEAD, 100000):
            body = SOME.randbytes(size)
            for target in ("/", "/stream"):
                for piece in (None, 1, 1000, HEAD, 65536):
                    if piece == 1 and size > 3 * HEAD:
                        continue
                    self.api.answer = lambda request, b=body, p=piece: response(200, b) if p is None \
                        else chunked([b[at:at + p] for at in range(0, len(b), p)])
                    with self.subTest(size=size, target=target, piece=piece):
                        answer, line = self.call("GET", target)
                        self.assertEqual(body, answer.body)
                        self.check_head(body, line)

    def test_as_it_comes(self):
        """What an unbuffered answer has sent is with the client before the API sends more."""
        more = threading.Event()

        def answer(_):
            yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"
            more.wait(capture.TIMEOUT)
            yield b"data: 2\n\n"
        self.api.answer = answer
        with self.front.connect() as connection:
            connection.settimeout(10)
            connection.sendall(request_bytes("GET", "/stream", [("Connection", "close")]))
            received = b""
            while b"data: 1" not in received:
                received += connection.recv(1000)
            more.set()
            while piece := connection.recv(1000):
                received += piece
        self.assertIn(b"data: 2", received)
        self.assertEqual(b"data: 1\n\ndata: 2\n\n".hex().encode(), self.front.line()["head"])

    def test_upgrade(self):
        """Behind 101 the connection is the client's and the API's own."""
        self.api.answer = lambda request: (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n" +
            bytes(range(256)) * 100)
        received, line = self.raw(request_bytes("GET", "/socket", [
            ("Connection", "Upgrade"), ("Upgrade", "echo")]))
        self.assertEqual(bytes(range(256)) * 100, received.split(b"\r\n\r\n", 1)[1])
        self.assertEqual((b"101", b"/socket"), (line["status"], line["uri"]))

    def test_large(self):
        """5 MB, also to a client so slow that nginx puts them into a file first."""
        body = SOME.randbytes(5 << 20)
        self.api.answer = lambda request: response(200, body)
        sent = hashlib.sha256(body).digest()
        for pause_s in (0, 0.5):
            with self.front.connect() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
                connection.sendall(request_bytes("GET", "/", [("Connection", "close")]))
                time.sleep(pause_s)
                received = b"".join(iter(lambda c=connection: c.recv(1 << 20), b""))
            self.assertEqual(sent, hashlib.sha256(received.split(b"\r\n\r\n", 1)[1]).digest())
            line = self.front.line()
            self.check_head(body, line)
            self.assertEqual((str(len(body)).encode(), b"OK"), (line["sent"], line["completion"]))

    def test_file(self):
        """What nginx itself sends from a file."""
        body = SOME.randbytes(300000)
        folder = self.front.folder / "files"
        (folder / "file").mkdir(parents=True)
        (folder / "file/a").write_bytes(body)
        answer, line = self.call("GET", "/file/a")
        self.assertEqual(body, answer.body)
        self.check_head(body, line)
        self.assertEqual(b"", line["upstream_status"])

    def test_compressed(self):
        body = b"{\"name\": \"x\"}" * 1000
        for encoding, packed in (("gzip", gzip.compress(body)), ("deflate", zlib.compress(body))):
            self.api.answer = lambda request, e=encoding, p=packed: response(
                200, p, [("Content-Encoding", e)])
            answer, line = self.call("GET", "/", [("Accept-Encoding", "gzip, deflate")])
            self.assertEqual(packed, answer.body)
            self.assertEqual(encoding.encode(), line["encoding"])
            self.check_head(packed, line)
        self.api.answer = lambda request: response(200, body)
        answer, line = self.call("GET", "/zipped", [("Accept-Encoding", "gzip")])
        self.assertEqual(body, gzip.decompress(answer.body))
        self.assertEqual(b"gzip", line["encoding"])
        self.check_head(body, line)  # as it was before nginx compressed it

    def test_head_request(self):
        self.api.answer = lambda request: response(200, b"", [("X-Length", "5")])
        answer, line = self.call("HEAD", "/")
        self.assertEqual((b"", "5", b""), (answer.body, answer.header("X-Length"), line["head"]))

    def test_front_answers(self):
        answer, line = self.call("POST", "/front", body=b"not read")
        self.assertEqual((403, b"no"), (answer.status, answer.body))
        self.assertEqual((b"", b"", b"8"), (line["upstream_status"], line["body"],
                                            line["content_length"]))
        self.check_head(b"no", line)

    def test_dead_api(self):
        answer, line = self.call("POST", "/dead", body=b"lost?")
        self.assertEqual((502, b"502", b"lost?"), (answer.status, line["upstream_status"],
                                                   line["body"]))

    def test_error_page(self):
        """Behind it nginx calls the request a GET; what was set for the location is still there."""
        answer, line = self.call("POST", "/page", body=b"lost?")
        self.assertEqual((502, b"sorry"), (answer.status, answer.body))
        self.assertEqual((b"POST /page HTTP/1.1", b"/page", b"fixed", b"lost?"),
                         (line["request"], line["uri"], line["set_user"], line["body"]))

    def test_api_breaks_off(self):
        self.api.answer = lambda request: [response(200, b"x" * 1000)[:-500]]
        self.front.raw(request_bytes("GET", "/", [("Connection", "close")]))
        line = self.front.line()
        self.assertEqual((b"200", b"500"), (line["status"], line["sent"]))
        self.api.answer = lambda request: b""
        _, line = self.call("GET", "/")
        self.assertEqual(b"502", line["status"])
        self.api.answer = lambda request: b"nonsense\r\n\r\n"
        self.front.raw(request_bytes("GET", "/", [("Connection", "close")]))
        line = self.front.line()
        self.assertEqual(b"nonsense\r\n\r\n".hex().encode(), line["head"])

    def test_api_too_slow(self):
        self.api.answer = lambda request: iter(lambda: time.sleep(0.1) or b"", None)
        _, line = self.call("POST", "/slow", body=b"asked")
        self.assertEqual((b"504", b"504", b"asked"), (line["status"], line["upstream_status"],
                                                      line["body"]))


class Aborts(capture.TestCase):
    server = "client_body_timeout 1s;"

    def test_while_the_api_works(self):
        self.api.answer = lambda request: time.sleep(1) or response(200, b"late")
        connection = self.front.connect()
        connection.sendall(request_bytes("POST", "/work", [], b"do it"))
        until(lambda: self.api.requests, "the API works")
        reset(connection)
        line = self.front.line()
        self.assertEqual((b"499", b"", b"do it", b"/work"),
                         (line["status"], line["completion"], line["body"], line["uri"]))

    def test_in_the_body(self):
        """The first half arrives; what of it is kept is its beginning."""
        for status, leave in ((b"400", reset), (b"400", lambda connection: connection.close()),
                              (b"408", lambda connection: None)):
            with self.subTest(status), self.front.connect() as connection:
                connection.sendall(request_bytes("POST", "/half", [("Content-Length", "1000")]))
                time.sleep(0.05)
                connection.sendall(b"x" * 500)
                time.sleep(0.05)
                leave(connection)
                line = self.front.line()
                self.assertEqual((status, b"1000", b""),
                                 (line["status"], line["content_length"], line["upstream_status"]))
                self.assertTrue((b"x" * 500).startswith(line["body"]))
        self.assertEqual([], self.api.requests)

    def test_in_the_answer(self):
        body = SOME.randbytes(30 << 20)
        self.api.answer = lambda request: response(200, body)
        connection = self.front.connect()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        connection.sendall(request_bytes("GET", "/much"))
        connection.recv(1000)
        reset(connection)
        line = self.front.line()
        self.assertEqual((b"200", b""), (line["status"], line["completion"]))
        self.assertEqual(body[:HEAD].hex().encode(), line["head"])
        self.assertLess(int(line["sent"]), len(body))

    def test_before_the_request(self):
        """A connection on which nothing was sent is no call."""
        self.front.connect().close()
        self.front.call("GET", "/only")
        self.assertEqual([b"/only"], [line["uri"] for line in self.front.lines(1)])


if __name__ == "__main__":
    unittest.main()
