# SPDX-License-Identifier: MIT
"""Real webhooks, requests and audit records: each is found, shown and exported, byte for byte but
for its secrets.

They are read from DAYBOOK_SHARED/data (`../shared/data` of the checkout otherwise). Without it the
webhooks of npm's @octokit/webhooks-examples, a dependency of the browser tests, take their place.
"""
import base64
import json
import unittest
import uuid
from urllib.parse import quote

import awkward
import daybook
from daybook import Account, TestCase
from export_oracle import cells, members, parsed, parsed_line
from list_oracle import SEARCHED

DATA = awkward.DATA
EXAMPLES = daybook.ROOT / "tests/browser/node_modules/@octokit/webhooks-examples/api.github.com"
SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
LONGEST_SEARCH = 60


def lines(path):
    return [line for line in (DATA / path).read_bytes().split(b"\n") if line]


def with_body(event, body):
    """As text where it is text."""
    try:
        event["request"]["body"] = body.decode()
    except UnicodeDecodeError:
        event["request"]["body_base64"] = base64.b64encode(body).decode()
    return event, body


def webhook(provider, name, body, headers):
    return with_body({
        "kind": "trigger", "action": f"{provider} {name}", "source": "webhook", "status": 202,
        "trigger": {"provider": provider, "event": name, "delivery_id": str(uuid.uuid4())},
        "request": {"method": "POST", "url": f"/hooks/{provider}", "headers": headers}}, body)


def github(name, body):
    return webhook("github", name, body, [["X-GitHub-Event", name],
                                          ["Content-Type", "application/json"]])


def strings_in(value):
    """Every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings_in(one)


class Recorded:
    """Cases are (event, body); each gets an entity id of its own, by which it is found again."""

    search_every = 1

    @classmethod
    def setUpClass(cls):
        cls.cases = cls.read()
        for number, (event, _) in enumerate(cls.cases):
            event["entity_id"] = f"case/{number}"
        cls.account = Account()
        cls.ids = cls.account.record_many(event for event, _ in cls.cases)
        cls.stored = {f"{event['id']:016x}": event for event in cls.account.stored()}
        cls.tab = f"{cls.cases[0][0].get('kind', 'event')}s"

    def for_each(self, check):
        for identifier, (event, body) in zip(self.ids, self.cases, strict=True):
            with self.subTest(case=event["entity_id"], action=event["action"]):
                check(identifier, event, body)

    def test_each_is_stored_once(self):
        self.assertEqual(len(self.cases), len(self.stored))

        def check(identifier, event, body):
            stored = self.stored[identifier]
            self.assertAsSent(body, stored["body"])
            for name in ("method", "url", "query"):
                self.assertAsSent(event["request"].get(name, ""), stored[name], name)

        self.for_each(check)

    def test_each_is_found_by_its_id(self):
        def check(identifier, event, _):
            found = daybook.ndjson(self.account.read(
                f"{self.tab}.ndjson?entity_id={quote(event['entity_id'])}").text)
            self.assertEqual([identifier], [line["id"] for line in found])

        self.for_each(check)

    def test_found_by_a_text_of_its_own(self):
        searched = []

        def check(identifier, event, body):
            kept = self.stored[identifier]
            sent = kept["body"] + kept["url"]
            words = [word for word in self.words(event, body)
                     if 3 <= len(word.encode()) <= LONGEST_SEARCH and word.encode() in sent]
            if not words or self.ids.index(identifier) % self.search_every:
                return
            word = max(words, key=len)
            typed = word.upper() if word.isascii() else word
            rows = daybook.csv_dicts(self.account.open(
                f"{self.tab}.csv?q={quote(typed, safe='')}").text)
            found = [row["id"] for row in rows[:-1]]
            self.assertEqual(self.holding(word), found, word)
            self.assertIn(identifier, found)
            searched.append(word)

        self.for_each(check)
        self.assertGreater(len(searched), len(self.cases) // self.search_every // 2)

    def words(self, event, body):
        try:
            return list(strings_in(json.loads(body)))
        except (ValueError, RecursionError):
            return [event["request"]["url"]]

    def holding(self, word):
        return [identifier for identifier, event in self.stored.items()
                if any(word.encode().lower() in (event[name] or b"").lower() for name in SEARCHED)]

    def test_details_give_the_very_bytes(self):
        def check(identifier, *_):
            body = self.stored[identifier]["body"]
            page = self.account.open(f"{self.tab}/{identifier}")
            self.assertEqual(200, page.status, page)
            self.assertIn(daybook.sha256(body), page.text)
            self.assertEqual(body, self.account.open(f"{self.tab}/{identifier}?part=body").body)

        self.for_each(check)

    def test_exported_exactly(self):
        rows = daybook.csv_dicts(self.account.open(f"{self.tab}.csv?raw=1").text)
        for stored, row in zip(self.stored.values(), rows, strict=True):
            self.assertEqual(cells(stored), parsed(row))
        found = self.account.open(f"{self.tab}.ndjson").text.split("\n")[:-1]
        for stored, line in zip(self.stored.values(), found, strict=True):
            self.assertEqual(members(stored), parsed_line(line))


class SharedRecorded(Recorded):
    @classmethod
    def setUpClass(cls):
        if not awkward.shared(cls.__name__):
            raise unittest.SkipTest(f"no collections in {DATA}")
        super().setUpClass()


class Webhooks(Recorded, TestCase):
    search_every = 4

    @classmethod
    def read(cls):
        if awkward.shared("webhooks"):
            return cls.collected()
        if EXAMPLES.exists():
            return [github(event["name"], json.dumps(example, ensure_ascii=False).encode())
                    for event in json.loads((EXAMPLES / "index.json").read_bytes())
                    for example in event["examples"]]
        raise unittest.SkipTest(f"no webhooks in {DATA} or {EXAMPLES}")

    @classmethod
    def collected(cls):
        """GitHub's payloads as the bytes that stand in their lines, GitLab's as files."""
        cases = []
        for line in lines("webhooks/github.ndjson"):
            name = json.loads(line)["event"]
            start = b'{"event":%b,"payload":' % json.dumps(name).encode()
            assert line.startswith(start) and line.endswith(b"}")
            cases.append(github(name, line[len(start):-1]))
        for path in sorted((DATA / "webhooks/gitlab").glob("*.json")):
            cases.append(webhook("gitlab", path.stem, path.read_bytes(),
                                 [["X-Gitlab-Event", path.stem], ["X-Gitlab-Token", "t"]]))
        assert len(cases) == 299, len(cases)
        return cases


class Requests(SharedRecorded, TestCase):
    """The traffic of real clients."""

    @classmethod
    def read(cls):
        cases = []
        for path in sorted((DATA / "wire").glob("*.ndjson")):
            for line in lines(path):
                request = json.loads(line)
                url, headers = request["url"], request["headers"]
                cases.append(with_body({
                    "action": f"{request['method']} {url}"[:100], "request": {
                        "method": request["method"], "url": url, "headers": headers,
                        "query": url.partition("?")[2]}}, request["body"].encode()))
        assert len(cases) == 64, len(cases)
        return cases

    def words(self, event, body):
        return [event["request"]["url"][-LONGEST_SEARCH:]]

    def test_headers_are_kept_but_for_the_secret_ones(self):
        secrets = set()

        def check(identifier, event, _):
            kept = self.stored[identifier]["headers"].decode()
            self.assertAsSent(json.dumps(event["request"]["headers"], ensure_ascii=False), kept)
            for (name, sent), (_, value) in zip(event["request"]["headers"], json.loads(kept),
                                                strict=True):
                if name.lower() in SECRET_HEADERS:
                    self.assertNotEqual(sent, value)
                    secrets.add(sent.split(" ")[-1])

        self.for_each(check)
        self.assertGreater(len(secrets), 3)
        for secret in secrets:
            for event in self.stored.values():
                self.assertNotIn(secret.encode(), event["headers"])


class AuditRecords(SharedRecorded, TestCase):
    """Records of other logs, as bodies."""

    search_every = 10

    @classmethod
    def read(cls):
        cases = [with_body({"action": path.stem, "status": 200, "request": {
            "method": "POST", "url": f"/audit/{path.stem}",
            "headers": {"Content-Type": "application/json"}}}, line)
                 for path in sorted((DATA / "audit").glob("*.ndjson")) for line in lines(path)]
        assert len(cases) == 1029, len(cases)
        return cases


class JsonFiles(SharedRecorded, TestCase):
    """JSONTestSuite: bodies that are JSON, that are not, and that may be."""

    @classmethod
    def read(cls):
        cases = [with_body({"action": path.name[:1], "request": {
            "method": "POST", "url": "/" + path.name,
            "headers": [["Content-Type", "application/json"]]}}, path.read_bytes())
                 for path in sorted((DATA / "json/JSONTestSuite").glob("*.json"))]
        assert len(cases) == 318, len(cases)
        return cases

    def words(self, event, body):
        return [event["request"]["url"]]


if __name__ == "__main__":
    unittest.main()
