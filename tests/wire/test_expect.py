# SPDX-License-Identifier: MIT
"""The expectation files of tests/expect, through nginx. tests/cgi runs the same ones without it."""
import os
import sys
import unittest

from daybook import ask

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "expect"))
import exchange as expectations
import fixture


class Expectations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.values, cls.logins = fixture.prepare()

    def run_file(self, path):
        for exchange in expectations.read(path, self.values):
            with self.subTest(str(exchange)):
                headers = dict(exchange.headers)
                if exchange.user:
                    headers |= self.logins[exchange.user]
                body = exchange.body if exchange.method == "POST" else None
                reply = ask(exchange.method, exchange.target, body, headers)
                self.assertEqual([], expectations.differences(exchange, reply))


def add_tests():
    for path in expectations.files():
        name = os.path.basename(path).removesuffix(".txt").replace("-", "_")
        setattr(Expectations, f"test_{name}", lambda self, path=path: self.run_file(path))


add_tests()

if __name__ == "__main__":
    unittest.main()
