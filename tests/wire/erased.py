# SPDX-License-Identifier: MIT
"""Events with a person's name in every form and place, and what has to become of each when it is erased.

Texts are made from pieces, so that what has to become of them is known without looking for anything in them.
"""
import hashlib
import json
import random
import re
import secrets
from urllib.parse import quote as percent, unquote

import menu
from daybook import VAR, Account, TestCase, database, ndjson, run, run_well

MARK = re.compile(r"redacted:[0-9a-f]{16}")
COLUMNS = ("entity_type", "entity_id", "entity_name", "user", "idempotency_key", "url", "params", "query", "headers", "body",
           "response_body_head", "request_id", "trace_id", "client_address", "forwarded_for", "user_agent",
           "trigger_delivery_id", "extra")


def escaped(text):
    """As a careless writer of JSON has it in a string."""
    return "".join(f"\\u{ord(letter):04x}" if number % 2 else letter for number, letter in enumerate(text))


class Person:
    """A name, an address, and how both may be written."""

    def __init__(self):
        number = secrets.token_hex(4)
        self.name = f"zoe{number}"
        self.address = f"zoe.{number}@example.com"
        self.names = [self.name, self.address]
        self.marks = {}

    def forms(self, kind):
        """A value, one way to write it, and which it is."""
        which = random.randrange(2)
        plain = self.names[which]
        ways = {"text": [plain, percent(plain, safe="")], "url": [plain, percent(plain, safe=""), f"%{ord(plain[0]):02X}{plain[1:]}"],
                "json": [plain, escaped(plain), percent(plain, safe="")]}[kind]
        return which, random.choice(ways)

    def decoys(self):
        return [self.name + "x", "a" + self.name, self.name + "_1", self.name.upper(), f"{self.name}%41", "annual"]


class Text:
    """What is sent, and what it has to be afterwards: {0} and {1} stand for the marks."""

    def __init__(self, person, kind, count=3):
        self.before, self.after, self.has = "", "", False
        separator = random.choice("/ ;") if kind == "text" else random.choice("/;")
        for _ in range(random.randrange(1, count + 1)):
            if random.random() < 0.35:
                which, form = person.forms(kind)
                self.before += form + separator
                self.after += "{%d}" % which + separator
                self.has = True
            else:
                word = random.choice([*person.decoys(), "x", "42", "ü"] if kind != "url" else [*person.decoys(), "x", "42"])
                self.before += word + separator
                self.after += word + separator


class Case(TestCase):
    def setUp(self):
        seed = self.id()
        random.seed(seed)
        self.account = Account()
        self.person = Person()
        self.expected = {}

    def text(self, kind, count=3):
        made = Text(self.person, kind, count)
        self.expected[made.before.encode()] = made.after
        return made.before

    def json(self):
        """JSON whose strings hold the texts."""
        parts = [Text(self.person, "json") for _ in range(3)]
        before = '{"a": "%s", "b": ["%s", 7], "c\\n%s": null}' % tuple(part.before for part in parts)
        after = '{"a": "%s", "b": ["%s", 7], "c\\n%s": null}'
        self.expected[before.encode()] = ("JSON", after, [part.after for part in parts])
        return before

    def event(self, number):
        rare = number % 4 == 0
        user = self.person.name if number % 9 == 0 else random.choice([self.person.address, *self.person.decoys(), "bob"])
        entity = random.choice([self.person.name, "users/" + self.person.name, "e1", self.person.name + "x"])
        event = {"action": "act", "user": user, "entity_type": "t", "entity_id": entity, "entity_name": f"n {entity}",
                 "kind": random.choice(("event", "event", "trigger")), "occurred_at": 1_700_000_000_000 + number * 1000,
                 "request": {"method": "GET", "url": "/x"}, "request_id": f"r-{number}"}
        for name in (self.person.name, "users/" + self.person.name):
            self.expected[name.encode()] = name.replace(self.person.name, "{0}")
            self.expected[f"n {name}".encode()] = "n " + name.replace(self.person.name, "{0}")
        self.expected[self.person.address.encode()] = "{1}"
        if rare:
            event["request"] = {"method": "GET", "url": "/" + self.text("url"), "query": self.json(), "params": self.json(),
                                "headers": {"X-A": "1"}, "body": self.json() if number % 8 else self.text("text", 40)}
            event |= {"response": {"body_head": self.text("text")}, "user_agent": self.text("text"),
                      "forwarded_for": self.text("text"), "extra": json.loads("{}")}
            event["idempotency_key"] = f"{secrets.token_hex(6)}/{self.text_of_name(number)}"
            event["request_id"] = self.text_of_name(number, "request/")
            event["trace_id"] = self.text_of_name(number, "trace/")
            event["client_address"] = self.text_of_name(number, "host/")
            if event["kind"] == "trigger":
                event["trigger"] = {"provider": "github", "delivery_id": self.text_of_name(number, "d/")}
        return event

    def text_of_name(self, number, prefix=""):
        text = f"{prefix}{number}/{self.person.name}"
        self.expected[text.encode()] = f"{prefix}{number}/{{0}}"
        return text

    def erase(self, *more, stdin=None):
        """What the command says, with the marks read from it."""
        said = run_well("erase", self.account.slug, "--user", self.person.name, "--value", self.person.address, *more,
                        stdin=stdin)
        self.read_marks()
        return said

    def read_marks(self):
        """As `daybook find-secret` makes them."""
        self.marks = [run("find-secret", self.account.slug, stdin=name.encode() + b"\n").stdout.decode().split("\n")[0]
                      for name in self.person.names]

    def after(self, column, value):
        """What must have become of a value."""
        if value is None or column not in COLUMNS:
            return value
        if column == "user":
            names = [name.encode() for name in self.person.names]
            return self.marks[names.index(value)].encode() if value in names else value
        if column == "idempotency_key" and b"/" in value:
            first, rest = value.split(b"/", 1)
            return first + b"/" + self.after("url", rest)
        found = self.expected.get(value) or (self.expected.get(value[1:]) if column == "url" else None)
        if found is None:
            return value
        if isinstance(found, tuple):
            return (found[1] % tuple(part.format(*self.marks) for part in found[2])).encode()
        text = found.format(*self.marks).encode()
        return b"/" + text if column == "url" and value not in self.expected else text

    def expect(self, before):
        """The rows as they have to be."""
        rows = []
        for row in before:
            new = {column: self.after(column, value) for column, value in row.items()}
            if new["body"] != row["body"]:
                new["body_bytes"] = len(new["body"]) + row["body_bytes"] - len(row["body"])
                new["body_sha256"] = hashlib.sha256(new["body"]).digest()
            rows.append(new)
        return rows

    def changed(self, before):
        """How many events and triggers change."""
        pairs = [(old, new) for old, new in zip(before, self.expect(before)) if old != new]
        return [sum(old["kind"] == kind for old, _ in pairs) for kind in (1, 2)]

    def check_rows(self, before):
        for old, new in zip(self.expect(before), self.account.stored(), strict=True):
            self.assertEqual(old, new)

    def check_gone(self):
        """Nowhere to be found: neither in the lists and files, nor in the tables and the cache."""
        verified = run("verify", "--segments", self.account.slug)
        self.assertEqual(0, verified.returncode, verified.stdout.decode())
        for text in self.person.names:
            # A decoy holds the name too, but goes on behind it or comes from before it.
            whole = re.compile(rf"(?<![a-zA-Z0-9_]){re.escape(text)}(?!%41|[a-zA-Z0-9_])")
            for target in ("all.csv", "events.ndjson", "triggers.ndjson"):
                self.assertIsNone(whole.search(self.account.read(target).text), target)
            for query in (f"user={percent(text)}", f"entity_id={percent(text)}"):
                self.assertEqual([], [event for event in ndjson(self.account.read(f"all.ndjson?{query}").text) if "id" in event])
            for tab in ("events", "triggers"):
                page = self.account.open(tab).text
                self.assertIsNone(whole.search(unquote(page)))
                self.assertNotIn(text, [value for values in menu.ticks(page).values() for value, _ in values])
            for path in (VAR / "cache").glob(f"{self.account.number}-*/*"):
                self.assertIsNone(whole.search(path.read_bytes().decode("latin-1")), path)
            for table in ("user", "entity"):
                self.assertEqual(0, database().number(
                    f"SELECT COUNT(*) FROM {table} WHERE account_id = {self.account.number} AND name = '{text}'"))
