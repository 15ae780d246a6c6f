# SPDX-License-Identifier: MIT
"""From a call through nginx to the log: its operation, its entity, its user, and no secret of it anywhere."""
import base64
import gzip
import json
import re
import secrets
import time
import unittest
from pathlib import Path

import capture
import daybook
from capture import Front, Upstream
from daybook import ROOT, Account, run_well
from follower import Follower
from running_copy import until

SHARED = ROOT.parent / "shared"
DATA = SHARED / "data"


def wire(name):
    """The requests of a real client."""
    return [json.loads(text) for text in (DATA / f"wire/{name}.ndjson").read_text().splitlines()]


def headers_of(request):
    """What the client sent but for what belongs to its connection."""
    return [pair for pair in request["headers"]
            if pair[0].lower() not in ("connection", "host", "content-length")]


class Oracle:
    """Which operation of a description a call belongs to: one regular expression for each, and no more."""

    def __init__(self, description, base_path):
        self.operations = []
        for path, item in description["paths"].items():
            literals = tuple(0 if part.startswith("{") else 1 for part in path.split("/"))
            pattern = re.sub(r"\\\{.*?\\\}", "([^/]+)", re.escape(base_path + path))
            for method, operation in item.items():
                if method in ("get", "put", "post", "delete", "patch", "head", "options"):
                    self.operations.append((method.upper(), re.compile(pattern), literals, operation))

    def find(self, method, url):
        path = url.partition("?")[0]
        for candidate in (path, path.rstrip("/")):
            matches = [(literals, operation) for wanted, pattern, literals, operation in self.operations
                       if wanted == method and pattern.fullmatch(candidate)]
            if matches:
                return max(matches, key=lambda match: match[0])[1]
        return None


class Captured(daybook.TestCase):
    """An account, an API, nginx in front of it, and a follower of what nginx writes."""

    def begin(self, answer=None, **front):
        self.account = Account()
        self.api = Upstream(answer)
        self.addCleanup(self.api.stop)
        self.front = Front(self.api, **front)
        self.addCleanup(self.front.stop)
        self.follower = Follower(self.account, path=self.front.log)
        self.addCleanup(self.follower.close)
        self.follower.start()

    def import_operations(self, name, base_path):
        """The oracle of what was imported."""
        text = (DATA / f"openapi/{name}").read_bytes()
        path = Path(self.front.folder) / "api.json"
        path.write_bytes(gzip.decompress(text) if name.endswith(".gz") else text)
        run_well("import-openapi", path, "--account", self.account.slug, "--base-path", base_path)
        return Oracle(json.loads(path.read_text()), base_path)

    def stored(self, count):
        until(lambda: self.account.count() >= count, 60, f"{count} calls are stored")
        self.assertEqual(count, self.account.count())
        return self.account.stored()


@unittest.skipUnless(DATA.is_dir(), "the shared data is not beside this checkout")
class RealClients(Captured):
    def replay(self, name):
        """Every request, told apart by a request id of the client's: {it: (request, row)}."""
        sent = {}
        for request in wire(name):
            mark = secrets.token_hex(8)
            answer = self.front.call(request["method"], request["url"],
                                     [*headers_of(request), ("X-Mark", mark)], request["body"].encode())
            self.assertEqual(200, answer.status)
            sent[mark] = request
        rows = self.stored(len(sent))
        marks = [dict(json.loads(row["headers"]))["X-Mark"] for row in rows]
        self.assertEqual(sorted(sent), sorted(marks))
        return [(sent[mark], row) for mark, row in zip(marks, rows)]

    def check(self, pairs, oracle):
        """How many belong to an operation; each event is the call that was made."""
        mapped = 0
        for request, row in pairs:
            with self.subTest(method=request["method"], url=request["url"]):
                operation = oracle.find(request["method"], request["url"])
                action = f"{request['method']} (unmatched)"
                if operation:
                    mapped += 1
                    action = operation.get("x-action") or operation["operationId"]
                    self.assertEqual(operation["tags"][0].encode(), row["entity_type"])
                self.assertEqual(action.encode(), row["action"])
                self.assertEqual((request["method"].encode(), request["url"].encode(), 200),
                                 (row["method"], row["url"], row["status"]))
                if b"redacted:" not in row["body"]:
                    self.assertEqual((request["body"].encode(), len(request["body"].encode())),
                                     (row["body"], row["body_bytes"]))
        return mapped

    def test_codefresh_cli(self):
        self.begin()
        oracle = self.import_operations("codefresh.openapi.json", "/api")
        pairs = self.replay("codefresh-cli")
        self.assertEqual((32, 32), (len(pairs), self.check(pairs, oracle)))
        self.assertEqual({daybook.SOURCES["cli"]}, {row["source"] for _, row in pairs})
        found = {(request["method"], request["url"]): row for request, row in pairs}
        for call, entity in {
                ("POST", "/api/projects"): (None, b"demo-project"),
                ("DELETE", "/api/projects/5f0000000000000000000001"): (b"5f0000000000000000000001",) * 2,
                ("PATCH", "/api/projects/5f0000000000000000000001"): (b"5f0000000000000000000001", None),
                ("DELETE", "/api/pipelines/demo-project%2Fbuild"): (None, b"demo-project/build"),
                ("DELETE", "/api/agent/5f0000000000000000000001"): (b"5f0000000000000000000001", None),
                ("POST", "/api/agents"): (None, b"edge-1")}.items():
            with self.subTest(call=call):
                row = found[call]
                self.assertEqual(entity, (row["entity_id"] or None, row["entity_name"] or None))

    def test_octokit(self):
        self.begin()
        oracle = self.import_operations("github.api.json.gz", "/api/v3")
        pairs = self.replay("octokit-rest")
        unmatched = [request["url"] for request, row in pairs if b"(unmatched)" in row["action"]]
        self.assertEqual((16, 15, ["/graphql"]), (len(pairs), self.check(pairs, oracle), unmatched))


class Entities(Captured):
    def test_id_from_the_response(self):
        """`x-audit` with source res; a Location; and an id that the answer has no more room for."""
        self.begin(lambda request: {
            b"/v1/agents": capture.response(200, b'{"_id": "a-1", "other": "' + b"x" * 9000 + b'"}'),
            b"/v1/late": capture.response(200, b'{"other": "' + b"x" * 9000 + b'", "_id": "a-2"}'),
            b"/v1/things": capture.response(201, b"", [("Location", "/v1/things/t%2F9")]),
        }[request.target])
        operations = {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {
            path: {"post": {"operationId": "create", "x-audit": {
                "id": {"path": "_id", "source": "res"},
                "name": {"path": "body.name", "source": "req"}}}} for path in ("/agents", "/late")}}
        operations["paths"]["/things"] = {"post": {"operationId": "createThing", "tags": ["thing"]}}
        description = Path(self.front.folder) / "api.json"
        description.write_text(json.dumps(operations))
        run_well("import-openapi", description, "--account", self.account.slug, "--base-path", "/v1")
        for path in ("/v1/agents", "/v1/late", "/v1/things"):
            self.front.call("POST", path, [("Content-Type", "application/json")], b'{"name": "N"}')
        rows = {row["url"]: (row["entity_id"], row["entity_name"]) for row in self.stored(3)}
        self.assertEqual({b"/v1/agents": (b"a-1", b"N"), b"/v1/late": (b"", b"N"),
                          b"/v1/things": (b"t/9", b"N")}, rows)

    def test_an_import_is_seen_while_following(self):
        self.begin()
        self.front.call("GET", "/v1/pets/1")
        self.stored(1)
        description = Path(self.front.folder) / "api.json"
        description.write_text(json.dumps({
            "openapi": "3.0.0", "info": {"title": "a", "version": "1"},
            "paths": {"/pets/{petId}": {"get": {"operationId": "getPet", "tags": ["pet"]}}}}))
        run_well("import-openapi", description, "--account", self.account.slug, "--base-path", "/v1")
        time.sleep(1.2)
        self.front.call("GET", "/v1/pets/2")
        self.assertEqual([b"GET (unmatched)", b"getPet"],
                         [row["action"] for row in reversed(self.stored(2))])


class Secrets(Captured):
    def test_no_secret_anywhere(self):
        """In every place of a call: none is in a table, a page, an export or a log; the capture file aside."""
        planted = {}

        def plant(where, form="%s"):
            planted[where] = form % secrets.token_hex(18)
            return planted[where]

        token, planted["aws"] = plant("response"), "AKIA" + secrets.token_hex(8).upper()
        self.begin(lambda request: capture.response(
            200, f'{{"access_token": "{token}", "id": 7}}'.encode(), [("Set-Cookie", f"sid={token}")]))
        description = Path(self.front.folder) / "api.json"
        description.write_text(json.dumps({
            "openapi": "3.0.0", "info": {"title": "a", "version": "1"}, "paths": {
                "/reset/{token}": {"post": {"operationId": "reset", "tags": ["login"]}},
                "/login/{id}": {"post": {"operationId": "login", "tags": ["login"]}}}}))
        run_well("import-openapi", description, "--account", self.account.slug, "--base-path", "")
        basic = base64.b64encode(b"ann:" + plant("basic").encode()).decode()
        self.front.call(
            "POST", f"/reset/{plant('path')}?api_key={plant('query')}&x=1&access_token={plant('query2')}",
            [("Authorization", f"Basic {basic}"), ("Cookie", f"a=1; sid={plant('cookie')}"),
             ("X-Api-Key", plant("x-api-key")), ("PRIVATE-TOKEN", plant("private-token")),
             ("X-Gitlab-Token", plant("gitlab", "glpat-%s")),
             ("Referer", f"https://a.example/?token={plant('referer')}"),
             ("Content-Type", "application/json")],
            json.dumps({"user": "ann", "password": plant("json"), "deep": [{"clientSecret": plant("deep")}],
                        "text": f'{{"token": "{plant("nested")}"}}',
                        "note": "key " + planted["aws"]}).encode())
        self.front.call("POST", "/login/5", [("Content-Type", "application/x-www-form-urlencoded"),
                                             ("Authorization", f"Bearer {plant('bearer')}")],
                        f"name=ann&password={plant('form')}&next=%2F".encode())
        self.front.call("PUT", f"/x/{plant('jwt', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.%s')}")
        self.stored(3)
        pages = "".join(
            self.account.open(target).text for target in
            ["events", "events?show=100&q=ann", "events.csv", "events.ndjson", "events.csv?raw=1", "-/health"]
            + [f"events/{row['id']:016x}{view}" for row in self.account.stored() for view in
               ("", "?view=raw", "?part=body")])
        for where, secret in planted.items():
            with self.subTest(where=where):
                self.assertEqual([], daybook.find_in_tables(secret))
                self.assertEqual([], daybook.find_in_logs(secret))
                self.assertNotIn(secret, pages)
        self.assertNotIn(basic, pages)
        self.assertIn("redacted:", pages)
        for secret in planted.values():
            self.assertNotIn(secret, self.follower.said())


if __name__ == "__main__":
    unittest.main()
