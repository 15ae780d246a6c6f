# SPDX-License-Identifier: MIT
"""How far long work has come: one line on a terminal, whole lines elsewhere, and standard output as it always was."""
import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import daybook
import segment_case
from daybook import BUILD, TIMEOUT, VAR, Account, database
from segment_case import Own, command
from slow_database import slow_database
from terminal import SLOW_S, SLOWER_S, Terminal

EVENTS = 41_000
FEW = 12_000
FILL = 256
REST_S = 0.01  # before each answer of the database; there are some hundred
PLAIN_S = 6.5  # longer than whole lines keep silent
START_MS = 1_700_000_000_000
NUMBER = re.compile(r"[\d,]+(?:\.\d)?")


def lines(first, count):
    return b"".join(json.dumps({
        "idempotency_key": f"k{i}", "occurred_at": START_MS + i * 1000, "kind": ("event", "trigger")[i % 2],
        "action": "a", "user": f"u{i % 9}", "entity_type": "t", "entity_id": f"e{i % 500}"}).encode() + b"\n"
                    for i in range(first, first + count))


def parts_of(data, count):
    size = len(data) // count + 1
    return [data[at:at + size] for at in range(0, len(data), size)]


def feed(path, pieces, seconds):
    """Into a pipe, at an even pace; stops when nobody reads any more."""
    def run():
        try:
            with open(path, "wb", buffering=0) as pipe:
                for piece in pieces:
                    pipe.write(piece)
                    time.sleep(seconds / len(pieces))
        except BrokenPipeError:
            pass
    thread = threading.Thread(target=run)
    thread.start()
    return thread


def run_plain(*arguments, pieces=(), **environment):
    """Without a terminal; what `pieces` are comes slowly from standard input."""
    with subprocess.Popen([BUILD / "bin/daybook", "--config", VAR / "daybook.conf", *arguments], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                          env=os.environ | environment) as process:
        for piece in pieces:
            process.stdin.write(piece)
            time.sleep(PLAIN_S / len(pieces))
        out, error = process.communicate(timeout=TIMEOUT)
    return process.returncode, out.decode(), error.decode()


class Case(Own):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(dir=VAR / "tmp")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def terminal_of(self, call, **more):
        terminal = Terminal(call, **more)
        self.addCleanup(terminal.process.kill)
        return terminal

    def terminal(self, *arguments, **more):
        return self.terminal_of(command(*arguments, fill=FILL), **more)

    def drawn(self, terminal, word, unit=""):
        """The states of the line in their order: numbers rise, and it never reaches the last column."""
        states = [state for state in terminal.screen.states if state.startswith(word) and unit in state]
        self.assertGreater(len(states), 1, terminal.data)
        for state in states:
            self.assertLess(len(state), terminal.screen.columns, state)
        numbers = [float(NUMBER.search(state, len(word))[0].replace(",", "")) for state in states]
        self.assertEqual(numbers, sorted(numbers))
        self.assertGreater(numbers[-1], numbers[0])
        self.assertNotIn(b"\x1b", terminal.data)
        return states

    def share(self, states):
        """How many percent the states say; all of them do from some time on."""
        said = [re.search(r" (\d+) %", state) for state in states]
        self.assertTrue(said[-1], states[-1])
        first = next(i for i, found in enumerate(said) if found)
        self.assertTrue(all(said[first:]), states)
        percent = [int(found[1]) for found in said[first:]]
        self.assertEqual(percent, sorted(percent))
        self.assertLessEqual(percent[-1], 100)
        return percent

    def is_left(self, terminal, word):
        """After a signal: the line stands there, and the cursor below it at the beginning."""
        rows = terminal.screen.rows
        self.assertEqual(rows[-1], "", terminal.data)
        self.assertEqual(terminal.screen.column, 0)
        self.assertTrue(rows[-2].startswith(word), rows)

    def whole_lines(self, error, word):
        """Lines without an end of their own among them; the last one tells of the end."""
        self.assertNotIn("\r", error)
        self.assertTrue(error.endswith("\n"))
        found = error.splitlines()
        for line in found:
            self.assertTrue(line.startswith(word), error)
        self.assertGreater(len(found), 1)
        self.assertLess(len(found), 4)
        self.assertRegex(found[-1], r", ended after \d+ seconds$")
        return found


class Load(Case):
    def file(self, count=EVENTS, end=b""):
        path = self.folder / "events.ndjson"
        path.write_bytes(lines(0, count) + end)
        return path

    def said(self, read, stored):
        return f"{read} events read, {stored} stored, {read - stored} stood already"

    def load(self, path, **more):
        return self.terminal("load", self.account.slug, str(path), **more)

    def test_on_a_terminal(self):
        """Ended by the person, by a manager, and not at all; then taken away again."""
        word = f"load {self.account.slug}: "
        path = self.file()
        own = self.account.count()

        def begun(screen):
            return screen.rows[-1].startswith(word)

        terminal = self.load(path).watch(begun, slow=SLOW_S)
        terminal.press(b"\x03")
        self.assertEqual(terminal.end(), -signal.SIGINT)
        self.is_left(terminal, word)
        terminal = self.load(path).watch(begun, slow=SLOW_S)
        terminal.kill(signal.SIGTERM)
        self.assertEqual(terminal.end(), -signal.SIGTERM)
        self.is_left(terminal, word)

        before = self.account.count() - own
        self.assertLess(before, EVENTS)
        terminal = self.load(path).watch(slow=SLOW_S)
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(terminal.screen.text, self.said(EVENTS, EVENTS - before) + "\n")
        states = self.drawn(terminal, word)
        self.assertGreater(self.share(states)[-1], 50)
        self.assertRegex(states[-1], r"[\d.]+ of [\d.]+ MiB, \d+ %, [\d,]+ events, [\d.]+ .iB/s")
        self.assertTrue(any(state.endswith(" left") for state in states), states)

        terminal = self.terminal("account", "delete", self.account.slug, "--yes")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(terminal.screen.text, f"{self.account.slug} is deleted, with {EVENTS // 2 + own} events and "
                                               f"{EVENTS // 2} triggers\n")
        self.drawn(terminal, f"deleting {self.account.slug}: ")

    def test_a_message_has_a_line_of_its_own(self):
        path = self.file(FEW, b'{"action": 1}\n')
        terminal = self.load(path).watch(slow=SLOW_S)
        self.assertEqual(terminal.end(), 1)
        self.assertTrue([state for state in terminal.screen.states if state.startswith("load ")])
        text = terminal.screen.text.replace("\n", "")  # it is longer than a row
        self.assertTrue(text.startswith(f"{path}:{FEW + 1}: "), text)
        self.assertTrue(text.endswith(self.said(FEW, FEW)) or text.endswith(self.said(FEW - 1000, FEW - 1000)), text)

    def test_a_window_that_gets_narrow(self):
        word = f"load {self.account.slug}: "
        terminal = self.load(self.file(FEW)).watch(lambda screen: screen.rows[-1].startswith(word), slow=SLOW_S)
        seen = len(terminal.data)
        terminal.resize(34)
        terminal.watch(slow=SLOW_S)
        self.assertEqual(terminal.end(), 0)
        texts = [text for text in terminal.data[seen:].split(b"\r")[2:] if text.startswith(word.encode())]
        self.assertGreater(len(texts), 1)
        for text in texts:
            self.assertLess(len(text), 34)

    def test_a_terminal_that_writes_no_line_over(self):
        terminal = self.load(self.file(FEW), TERM="dumb").watch(slow=SLOW_S)
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(terminal.data.decode(), self.said(FEW, FEW) + "\r\n")

    def test_standard_output_elsewhere(self):
        with open(self.folder / "out", "wb") as out:
            terminal = self.load(self.file(FEW), stdout=out).watch(slow=SLOW_S)
            self.assertEqual(terminal.end(), 0)
        self.assertEqual((self.folder / "out").read_text(), self.said(FEW, FEW) + "\n")
        self.assertEqual(terminal.screen.text, "")
        self.drawn(terminal, f"load {self.account.slug}: ")

    def test_from_a_pipe_on_a_terminal(self):
        """Without a total: what was read, and how fast."""
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        terminal = self.load(pipe)
        thread = feed(pipe, parts_of(lines(0, 3000), 20), 2.5)
        self.assertEqual(terminal.end(), 0)
        thread.join()
        states = self.drawn(terminal, f"load {self.account.slug}: ")
        for state in states:
            self.assertNotRegex(state, " of |%|left")
        self.assertRegex(states[-1], r"[\d,]+ events, [\d.]+ .iB/s$")

    def test_whole_lines(self):
        status, out, error = run_plain("load", self.account.slug, "-", pieces=parts_of(lines(0, 5000), 30))
        self.assertEqual((status, out), (0, self.said(5000, 5000) + "\n"))
        found = self.whole_lines(error, f"load {self.account.slug}: ")
        self.assertIn(" 5,000 events, ended", found[-1])

    def test_what_is_over_at_once(self):
        status, out, error = run_plain("load", self.account.slug, "-", pieces=[])
        self.assertEqual((status, out, error), (0, self.said(0, 0) + "\n", ""))
        terminal = self.load(self.file(10))
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(terminal.data.decode(), self.said(10, 10) + "\r\n")


class Index(Case):
    """`maintain` and `verify` over one log that was loaded once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loaded = Account(member=False)
        daybook.run_well("load", cls.loaded.slug, "-", stdin=lines(0, EVENTS))

    @classmethod
    def tearDownClass(cls):
        daybook.run_well("account", "delete", cls.loaded.slug, "--yes")
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self.account = self.loaded

    def maintained(self):
        done = segment_case.run("maintain", fill=FILL)
        self.assertEqual(done.returncode, 0, done.stderr)

    def all_of(self, said):
        """How the end of what `verify` has printed is shown."""
        rows = sum(int(number) for number in re.findall(r": (\d+) in \d+ segments", said))
        self.assertGreater(rows, EVENTS)
        return f"verify: {rows:,} of {rows:,} rows, 100 %"

    def blocked(self, *arguments):
        """Runs the command while a table that it needs is locked for some time."""
        client = segment_case.Client()
        try:
            client.run("LOCK TABLES segment WRITE, log READ, event READ")
            with subprocess.Popen(command(*arguments, fill=FILL), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True) as process:
                time.sleep(PLAIN_S)
                client.run("UNLOCK TABLES")
                out, error = process.communicate(timeout=TIMEOUT)
        finally:
            client.close()
        self.assertEqual(process.returncode, 0, error)
        return out, error

    def test_maintain(self):
        word = f"indexing {self.account.slug}: "
        self.forget_all()
        terminal = self.terminal("maintain").watch(lambda screen: screen.rows[-1].startswith(word), slow=SLOW_S)
        terminal.press(b"\x03")
        self.assertEqual(terminal.end(), -signal.SIGINT)
        self.is_left(terminal, word)
        database().run(f"DELETE FROM segment WHERE account_id = {self.account.number}")
        terminal = self.terminal("maintain").watch(slow=SLOWER_S)
        self.assertEqual(terminal.end(), 0)
        rows = terminal.screen.text.splitlines()
        (indexed,) = re.findall(r"(?m)^(\d+) events indexed, ", terminal.screen.text) or self.fail(terminal.data)
        self.assertGreaterEqual(int(indexed), EVENTS)
        self.assertFalse([row for row in rows if word in row], rows)
        self.assertGreater(self.share(self.drawn(terminal, word, " events"))[-1], 30)

    def test_maintain_elsewhere(self):
        self.forget_all()
        out, error = self.blocked("maintain")
        self.assertRegex(out, r"\A\d+ keys older than a day removed\n\d+ held calls recorded\n\d+ events indexed, "
                              r"\d+ merged, \d+ segments and \d+ files of texts written\n\Z")
        self.whole_lines(error, f"indexing {self.account.slug}: ")

    def test_verify(self):
        self.maintained()
        expected = segment_case.run("verify", "--segments", self.account.slug, fill=FILL)
        self.assertEqual((expected.returncode, expected.stderr), (0, ""))
        slow = self.enterContext(slow_database(segment_case.config(FILL), REST_S))
        call = [BUILD / "bin/daybook", "--config", slow, "verify", "--segments", self.account.slug]
        terminal = self.terminal_of(call).watch(lambda screen: screen.rows[-1].startswith("verify: "))
        terminal.press(b"\x03")
        self.assertEqual(terminal.end(), -signal.SIGINT)
        self.is_left(terminal, "verify: ")
        terminal = self.terminal_of(call).watch()
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(terminal.screen.text, expected.stdout)
        states = self.drawn(terminal, "verify: ")
        self.assertGreater(self.share(states)[-1], 50)
        total = re.search(r" of [\d,]+ rows, ", self.all_of(expected.stdout))[0]
        self.assertIn(total, states[-1])

    def test_verify_elsewhere(self):
        self.maintained()
        expected = segment_case.run("verify", "--segments", self.account.slug, fill=FILL)
        out, error = self.blocked("verify", "--segments", self.account.slug)
        self.assertEqual(out, expected.stdout)
        self.assertIn(self.all_of(expected.stdout), self.whole_lines(error, "verify: ")[-1])

    def test_purge(self):
        """Its total is known from the beginning."""
        half = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START_MS // 1000 + EVENTS // 2))
        terminal = self.terminal("maintain", "purge", self.account.slug, "--before", half, "--yes").watch(slow=SLOW_S)
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(terminal.screen.text, f"{EVENTS // 4} events and {EVENTS // 4} triggers deleted\n")
        states = self.drawn(terminal, f"deleting from {self.account.slug}: ")
        self.assertRegex(states[-1], f" {EVENTS // 2:,} of {EVENTS // 2:,} events, 100 %")
        daybook.run_well("load", self.account.slug, "-", stdin=lines(0, EVENTS // 2))

    def test_watch(self):
        """Lines of the log among it stay whole; elsewhere there are no others."""
        word = f"indexing {self.account.slug}: "
        self.forget_all()
        terminal = self.terminal("maintain", "--watch", columns=200).watch(
            lambda screen: f" event=indexed account={self.account.slug} kind=triggers " in screen.text, slow=SLOWER_S)
        terminal.press(b"\x03")
        self.assertEqual(terminal.end(), 0)
        # What is done in half a second draws nothing: the one of them that took longer.
        self.drawn(terminal, word, max(" events", " triggers", key="".join(terminal.screen.states).count))
        text = terminal.screen.text
        self.assertEqual(text.count(" event="), text.count("time="))
        self.assertNotIn("indexing ", text)


class Import(Case):
    def setUp(self):
        super().setUp()
        self.path = self.folder / "pipe"
        os.mkfifo(self.path)
        self.pieces = parts_of(json.dumps({
            "openapi": "3.0.0", "info": {"title": "t", "version": "1", "description": "x" * 2**20},
            "paths": {f"/things/{i}": {"get": {"responses": {}}} for i in range(100)}}).encode(), 40)
        self.said = "100 operations: 100 reads, 0 others; 0 left out of the log; 0 ambiguous\n"

    def test_on_a_terminal(self):
        """A description that comes slowly: all else is over at once."""
        arguments = ("import-openapi", str(self.path), "--account", self.account.slug)
        terminal = self.terminal(*arguments)
        thread = feed(self.path, self.pieces, 4)
        terminal.watch(lambda screen: screen.rows[-1].startswith("import-openapi: "))
        terminal.press(b"\x03")
        self.assertEqual(terminal.end(), -signal.SIGINT)
        self.is_left(terminal, "import-openapi: ")
        thread.join()
        terminal = self.terminal(*arguments)
        thread = feed(self.path, self.pieces, 2)
        self.assertEqual(terminal.end(), 0)
        thread.join()
        self.assertEqual(terminal.screen.text, self.said)
        self.assertRegex(terminal.screen.states[-3], r"^import-openapi: [\d.]+ .iB, [\d.]+ .iB/s$")

    def test_whole_lines(self):
        status, out, error = run_plain("import-openapi", "-", "--account", self.account.slug, pieces=self.pieces)
        self.assertEqual((status, out), (0, self.said))
        self.whole_lines(error, "import-openapi: ")
        status, out, error = run_plain("import-openapi", "-", "--account", self.account.slug,
                                       pieces=[], NO_COLOR="1")
        self.assertEqual((status, out), (1, ""))


if __name__ == "__main__":
    unittest.main()
