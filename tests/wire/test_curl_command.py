# SPDX-License-Identifier: MIT
"""The command that sends a recorded call again: run by a shell, the server gets what was recorded."""
import base64
import os
import subprocess
import tempfile
import unittest

from capture import Upstream
from daybook import Account, TestCase

NOON = 1738324800000
# What a shell, curl or a terminal might take for something else.
HOSTILE = ["'", "''", "'\\''", "\\", "\\\\'", "$(touch hacked)", "`touch hacked`", "$URL", "${x}", "!!",
           "\"", "a\nb", "a\r\nb", "\t\x1b[31m\x07\x7f", "; touch hacked #", "@/etc/passwd", "@-", "-K x",
           "{1,2}[3-4]", "ü\u202e\U0001f600", "%0a%00", "$'\\x41'", "\\101", " ", "a" * 30000]


class Commands(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = Account()
        cls.api = Upstream()
        cls.addClassCleanup(cls.api.stop)

    def command(self, request):
        (one,) = self.account.record({"action": "a", "request": request})
        answer = self.account.open(f"events/{one}?part=curl")
        self.assertEqual(200, answer.status)
        self.assertEqual("text/plain; charset=utf-8", answer.headers["Content-Type"])
        return one, answer.body

    def send(self, request):
        """What the server got when the command was run."""
        one, command = self.command(request)
        self.assertTrue(all(32 <= byte < 127 or byte == 10 for byte in command), command)
        with tempfile.TemporaryDirectory() as folder:
            body = self.account.open(f"events/{one}?part=body").body
            with open(os.path.join(folder, f"{one}-body.bin"), "wb") as file:
                file.write(body)
            done = subprocess.run(
                ["bash", "-c", command], cwd=folder, capture_output=True, timeout=60, check=False,
                env={"PATH": os.environ["PATH"], "URL": f"http://127.0.0.1:{self.api.port}"})
            self.assertEqual(0, done.returncode, (command[:2000], done.stderr))
            self.assertEqual([f"{one}-body.bin"], os.listdir(folder))
        return self.api.requests[-1], command

    @staticmethod
    def headers(request):
        return [pair for pair in request.headers
                if pair[0].lower() not in (b"host", b"content-length")]

    def test_bodies(self):
        for body in HOSTILE:
            with self.subTest(body[:50]):
                got, command = self.send({"method": "POST", "url": "/a", "body": body})
                self.assertEqual(body.encode(), got.body)
                self.assertNotIn(b"body.bin", command)
        for body in (bytes(range(256)), b"\0", b"\xff", b"a" * 40000):
            with self.subTest(body[:50]):
                got, command = self.send({"method": "PUT", "url": "/a", "body_base64":
                                          base64.b64encode(body).decode()})
                self.assertEqual(body, got.body)
                self.assertIn(b"body.bin", command)

    def test_methods_and_urls(self):
        for method in ("GET", "POST", "DELETE", "PATCH", "PROPFIND", "HEAD", "a'b"):
            got, _ = self.send({"method": method, "url": "/a"})
            self.assertEqual(method.encode(), got.method)
        for url in ("/a%2Fb?x=1&y=%20", "/../a/./b", "/{1,2}[3-4]", "/'\"`$(touch hacked)$URL",
                    "/a;touch?b!!", "/\u00fc", "/a#b", "http://x/a", "*"):
            url = url.replace(" ", "%20")
            got, _ = self.send({"method": "GET", "url": url})
            self.assertEqual(url.encode(), got.target)

    def test_headers(self):
        sent = [("X-A", "1"), ("X-A", "2"), ("x-empty", ""), ("User-Agent", "a'b\"$(touch hacked)"),
                ("Content-Type", "text/x"), ("X-Bytes", "ü"), ("X-At", "@/etc/passwd"),
                ("X-Sign", "\\ `touch hacked` !!")]
        expected = [(name.encode(), value.encode()) for name, value in sent if value]
        forms = [
            [list(pair) for pair in sent],
            [word for pair in sent for word in pair],
            [{"name": name, "value": value} for name, value in sent],
            "".join(f"{name}: {value}\r\n" for name, value in sent),
        ]
        for form in forms:
            with self.subTest(form):
                got, command = self.send({"method": "POST", "url": "/", "headers": form, "body": "x"})
                self.assertEqual(expected, self.headers(got))
                self.assertIn(b"-H 'x-empty;'", command)
        got, _ = self.send({"method": "POST", "url": "/", "body": "x",
                            "headers": {"Accept": ["a/b", "c/d"], "X-Number": 5}})
        self.assertEqual([(b"Accept", b"a/b"), (b"Accept", b"c/d"), (b"X-Number", b"5")],
                         self.headers(got))
        got, _ = self.send({"method": "POST", "url": "/", "body": "x"})
        self.assertEqual([], self.headers(got), "curl adds nothing of its own")
        got, _ = self.send({"method": "POST", "url": "/", "body": "xyz", "headers": {
            "Host": "elsewhere", "Content-Length": "99", "Transfer-Encoding": "chunked"}})
        self.assertEqual(b"xyz", got.body)

    def test_comments(self):
        _, command = self.command({"method": "GET", "url": "/", "headers": {"Authorization": "Bearer x"}})
        self.assertIn(b"Secrets are not kept", command)
        self.assertNotIn(b"Bearer x", command)
        _, command = self.command({"method": "GET", "url": "/"})
        self.assertNotIn(b"Secrets", command)
        _, command = self.command({"method": "POST", "url": "/", "body": "a" * (1024 * 1024 + 1)})
        self.assertIn(b"Of 1048577 bytes of the body only the first 1048576 were kept", command)

    def test_the_way_there(self):
        (one,) = self.account.record({"kind": "trigger", "action": "a"})
        path = f"/{self.account.slug}/triggers/{one}?part=curl"
        self.assertIn(f'href="{path}"', self.account.open(f"triggers/{one}").text)
        self.assertIn(b"curl", self.account.open(f"triggers/{one}?part=curl").body)
        self.assertEqual(404, Account().open(f"triggers/{one}?part=curl").status)


if __name__ == "__main__":
    unittest.main()
