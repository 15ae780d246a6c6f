# SPDX-License-Identifier: MIT
"""`daybook import-openapi` and `daybook operation`: every call finds the operation it belongs to.

The descriptions are those of DAYBOOK_SHARED/data (`../shared/data` of the checkout otherwise).
Which operation a call belongs to is known because the call was made from it, by a few lines of
Python that share nothing with the programs.
"""
import gzip
import json
import random
import re
import unittest
from urllib.parse import quote, unquote, urlsplit

import awkward
import daybook
from daybook import Account, TestCase

OPENAPI = awkward.DATA / "openapi"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
SMALL = {"openapi": "3.0.0", "paths": {"/pets/{id}": {"get": {"operationId": "getPet"},
                                                     "delete": {"operationId": "deletePet"}},
                                       "/pets": {"post": {"operationId": "addPet"}}}}
VALUES = ("v1", "5f0000000000000000000001", "a%2Fb", "x.y", "%C3%BC", "a%20b", "a+b", "~a", "a:b,c",
          "%2E.x")
# GETs of Codefresh's API that change something, found by reading its description.
CHANGING = {"workflows-restart", "envs-terminate-all", "envs-pause", "envs-rename", "envs-start",
            "envs-stop", "envs-terminate", "envs-unpause", "kubernetes-rollback-release",
            "workflow-approve", "workflow-deny", "teams-synchronize-client-with-group",
            "users-notify-context-created"}


def merged(pairs):
    """A member that stands twice in a file, as one path of Codefresh's does, is both."""
    result = {}
    for key, value in pairs:
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = result[key] | value if both else value
    return result


def description(name):
    path = OPENAPI / name
    text = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    return text, json.loads(text, object_pairs_hook=merged)


def operations(document):
    """(METHOD, template, operation) of each."""
    return [(method.upper(), path, item[method]) for path, item in document["paths"].items()
            for method in METHODS if method in item]


def in_file(text, name="api.json"):
    path = daybook.VAR / "tmp" / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def yaml(value, indent=0):
    """Block style, with what reads the same without quotes left plain."""
    space = "  " * indent
    if isinstance(value, dict) and value:
        return "".join(f"\n{space}{scalar(key)}:{yaml(inner, indent + 1)}"
                       for key, inner in value.items())
    if isinstance(value, list) and value:
        return "".join(f"\n{space}-{yaml(inner, indent + 1)}" for inner in value)
    return " " + scalar(value)


def scalar(value):
    plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w ]*\w", value) and \
        value.lower() not in ("true", "false", "null", "yes", "no", "on", "off")
    return value if plain else json.dumps(value)


class Operations(TestCase):
    def imported(self, text, account=None, *options, base="/api"):
        account = account or Account()
        return account, daybook.run_well("import-openapi", in_file(text), "--account",
                                         account.slug, "--base-path", base, *options)

    def rows(self, account):
        """Everything that is stored, as the database tells it."""
        return daybook.database().bytes(
            ["base_path", "place", "method", "path", "operation_id", "entity_type", "action",
             "entity_id", "entity_name", "is_read", "keep"],
            f"FROM operation WHERE account_id = {account.number} ORDER BY base_path, place")

    def version(self, account):
        return daybook.database().number(
            "SELECT COALESCE(SUM(version), 0) FROM operation_version "
            f"WHERE account_id = {account.number}")

    def matched(self, account, calls):
        """[method, template, action, entity type, params] for each (method, target)."""
        text = "".join(f"{method} {target}\n" for method, target in calls)
        done = daybook.run("operation", account.slug, "match", "-", stdin=text.encode())
        found = [line.split("\t") for line in done.stdout.decode().split("\n")[:-1]]
        self.assertEqual(len(calls), len(found), done.stderr)
        self.assertEqual(0 if all(row[1] != "-" for row in found) else 1, done.returncode)
        return found

    def listed(self, account):
        lines = daybook.run_well("operation", account.slug, "list").split("\n")
        names = lines[0].split("\t")
        return [dict(zip(names, line.split("\t"))) for line in lines[1:]]


@unittest.skipUnless(OPENAPI.is_dir(), f"{OPENAPI} is not there")
class Descriptions(Operations):
    def check_all(self, name, base, count, reads):
        """One call for each operation, with each of a few values for its parameters."""
        text, document = description(name)
        account, summary = self.imported(text, base=base)
        self.assertRegex(summary, rf"^{count} operations: {reads} reads, {count - reads} others; "
                                  "0 left out of the log; ")
        cases = operations(document)
        self.assertEqual(count, len(cases))
        choice = random.Random(count)
        for _ in range(3):
            values = [[choice.choice(VALUES) for _ in re.findall(r"\{", path)]
                      for _, path, _ in cases]
            calls = []
            for (method, path, _), own in zip(cases, values):
                rest = iter(own)
                calls.append((method, base + re.sub(r"\{[^}]*\}", lambda _: next(rest), path)))
            for case, own, call, found in zip(cases, values, calls, self.matched(account, calls)):
                with self.subTest(call=call):
                    names = re.findall(r"\{([^}]*)\}", case[1])
                    self.assertEqual([case[0], base + case[1]],
                                     [found[0], found[1].replace("{+", "{")])
                    self.assertEqual(dict(zip(names, map(unquote, own))), json.loads(found[4]))
        return account, summary, cases

    def test_petstore(self):
        _, summary, _ = self.check_all("petstore.json", "/v2", 20, 6)
        self.assertIn("; 0 ambiguous", summary)

    def test_codefresh(self):
        account, summary, cases = self.check_all("codefresh.openapi.json", "/api", 209, 83)
        self.assertIn("; 0 ambiguous", summary)
        rows = {row["operation_id"]: row for row in self.listed(account)}
        for method, path, operation in cases:
            row = rows[operation["operationId"]]
            with self.subTest(operation=operation["operationId"]):
                action = operation.get("x-action", operation["operationId"])
                self.assertEqual([operation["tags"][0], action],
                                 [row["entity_type"], row["action"]])
                entity = operation.get("x-entityId", {})
                if isinstance(entity, str):
                    entity = {"pathId": entity}
                for key, column in (("pathId", "entity_id"), ("pathName", "entity_name")):
                    if key in entity:
                        self.assertEqual(entity[key], row[column])
                if "x-audit" in operation:
                    self.assertEqual(("res._id", "body.name"),
                                     (row["entity_id"], row["entity_name"]))
                if method != "GET" or operation["operationId"] in CHANGING:
                    self.assertEqual("-", row["read"])
                self.assertEqual("keep", row["keep"])

    def test_github(self):
        account, summary, _ = self.check_all("github.api.json.gz", "/api/v3", 1223, 638)
        compare = "/api/v3/repos/{owner}/{repo}/compare/"
        self.assertIn(f"; 1 ambiguous: GET {compare}{{+basehead}} "
                      f"({compare}{{base}}...{{head}} goes first)", summary)
        found = self.matched(account, [("GET", "/api/v3/repos/o/r/compare/main...dev"),
                                       ("GET", "/api/v3/repos/o/r/compare/x/main...x/dev"),
                                       ("PUT", "/api/v3/repos/o/r/contents/a/b/c.md")])
        self.assertEqual([compare + "{base}...{head}", compare + "{+basehead}",
                          "/api/v3/repos/{owner}/{repo}/contents/{+path}"], [row[1] for row in found])

    def wire(self, name):
        lines = (awkward.DATA / "wire" / name).read_text().splitlines()
        return [(one["method"], one["url"]) for one in map(json.loads, lines)]

    def test_codefresh_cli(self):
        """Against a matcher of its own: of the templates that fit, the one with the earliest text."""
        text, document = description("codefresh.openapi.json")
        account, _ = self.imported(text)
        calls = self.wire("codefresh-cli.ndjson")
        self.assertEqual(32, len(calls))
        for call, found in zip(calls, self.matched(account, calls)):
            path = urlsplit(call[1]).path.removeprefix("/api")
            fitting = [template for method, template, _ in operations(document) if method == call[0]
                       and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path)]
            best = min(fitting, key=lambda one: one.replace("{", "\x7f"))
            with self.subTest(call=call):
                self.assertEqual("/api" + best, found[1])

    def test_octokit(self):
        account, _ = self.imported(description("github.api.json.gz")[0], base="/api/v3")
        calls = self.wire("octokit-rest.ndjson")
        unmatched = [call for call, found in zip(calls, self.matched(account, calls))
                     if found[1] == "-"]
        self.assertEqual((16, [("POST", "/graphql")]), (len(calls), unmatched))

    def test_notations(self):
        """The same API as YAML and as Swagger 2.0."""
        text, document = description("petstore.json")
        account, _ = self.imported(text, base="/v2")
        expected = self.rows(account)
        self.imported(yaml(document), account, base="/v2")
        self.assertEqual(expected, self.rows(account))
        swagger = {"swagger": "2.0", "basePath": "/other", "paths": document["paths"],
                   "definitions": document["components"]["schemas"]}
        for _, _, operation in operations(document):
            if operation.pop("requestBody", None):
                operation.setdefault("parameters", []).append({"name": "body", "in": "body"})
        self.imported(json.dumps(swagger), account, base="/v2")
        self.assertEqual(expected, self.rows(account))
        self.imported("# as YAML" + yaml(swagger), account, base="/v2")
        self.assertEqual(expected, self.rows(account))


class Import(Operations):
    def refused(self, text, account, *options, status=1):
        done = daybook.run("import-openapi", in_file(text, "bad.json"), "--account", account.slug,
                           "--base-path", "/api", *options)
        self.assertEqual((status, b""), (done.returncode, done.stdout), done)
        return done.stderr.decode()

    def test_again(self):
        account, summary = self.imported(json.dumps(SMALL))
        self.assertEqual("3 operations: 1 reads, 2 others; 0 left out of the log; 0 ambiguous",
                         summary)
        rows, version = self.rows(account), self.version(account)
        self.assertEqual(3, len(rows))
        self.imported(json.dumps(SMALL), account)
        self.assertEqual(rows, self.rows(account))
        self.assertLess(version, self.version(account))

    def test_replaces_its_base_path_alone(self):
        account, _ = self.imported(json.dumps(SMALL))
        other, _ = self.imported(json.dumps(SMALL))
        self.imported(json.dumps(SMALL), account, base="")
        self.assertEqual(6, len(self.rows(account)))
        self.imported('{"openapi": "3.1.0", "paths": {}}', account)
        self.assertEqual({b""}, {row[0] for row in self.rows(account)})
        self.assertEqual(3, len(self.rows(other)))
        self.assertEqual(1, self.version(other))

    def test_broken_ones_change_nothing(self):
        account, _ = self.imported(json.dumps(SMALL))
        rows, version = self.rows(account), self.version(account)
        text = json.dumps(SMALL, indent=1)
        for broken, complaint in (
                (text[:-9], "bad.json:15: It is not JSON: "),
                ("a: [", "bad.json:2: It is not YAML: "), (b"\xff", "It is not YAML"),
                ("{}", "bad.json:1: It is no description of an API"),
                (text.replace("/{id}", "/{id"), "The path /api/pets/{id cannot be used")):
            complained = self.refused(broken, account)
            self.assertIn(complaint, complained)
            self.assertTrue(complained.endswith(" Nothing was changed.\n"), complained)
        for options in ((), ("--overrides", in_file(gzip.compress(b"[]"), "overrides.json"))):
            complained = self.refused(text if options else gzip.compress(text.encode()), account, *options)
            self.assertRegex(complained, r"^\S+/(bad|overrides)\.json: it is compressed \(gzip\)\. Unpack it first, with gzip -d, or .*"
                                         r"gzip -dc FILE \| daybook import-openapi - … Nothing was changed\.\n$")
        overrides = in_file('[{"method": "GET", "path": "/pets/{id}", "action": "a"},\n'
                            ' {"operation_id": "no"}]', "overrides.json")
        self.assertIn("overrides.json:2: There is no operation no ",
                      self.refused(text, account, "--overrides", overrides))
        self.assertEqual((rows, version), (self.rows(account), self.version(account)))

    def test_refused(self):
        account = Account()
        for base in ("api", "/api/", "/a?b", "/" + 300 * "x"):
            done = daybook.run("import-openapi", in_file("{}"), "--account", account.slug,
                               "--base-path", base)
            self.assertEqual(1, done.returncode)
            self.assertIn("cannot be a base path", done.stderr.decode())
        for arguments in ((), ("x",), ("x", "--account"), ("x", "y", "--account", "a"),
                          ("x", "--acount", "a"), ("x", "--account", "a", "--account", "b")):
            self.assertEqual(64, daybook.run("import-openapi", *arguments).returncode)
        for arguments in (("nobody",), ("nobody", "match"), ("nobody", "match", "GET"),
                          ("nobody", "list", "x")):
            self.assertEqual(64, daybook.run("operation", *arguments).returncode)
        self.assertEqual(1, daybook.run("operation", "nobody", "list").returncode)
        done = daybook.run("import-openapi", in_file(json.dumps(SMALL)), "--account", "nobody")
        self.assertIn("there is no account", done.stderr.decode())

    def test_dry_run(self):
        account = Account()
        _, summary = self.imported(json.dumps(SMALL), account, "--dry-run")
        self.assertTrue(summary.endswith("; nothing was stored"))
        self.assertEqual(([], 0), (self.rows(account), self.version(account)))

    def test_overrides(self):
        overrides = """
            - method: GET
              path: /pets/{id}
              keep: true
              entity_id: params.id|res.ü
            - {add: true, method: GET, path: /health, action: health, entity_type: ''}
        """
        account, summary = self.imported(json.dumps(SMALL), None, "--drop-reads", "--overrides",
                                         in_file(overrides, "overrides.yaml"))
        self.assertEqual("4 operations: 2 reads, 2 others; 1 left out of the log; 0 ambiguous",
                         summary)
        rows = {row["action"]: row for row in self.listed(account)}
        self.assertEqual(["keep", "keep", "drop"],
                         [rows[one]["keep"] for one in ("getPet", "addPet", "health")])
        self.assertEqual(("params.id|res.ü", ""),
                         (rows["getPet"]["entity_id"], rows["health"]["entity_type"]))

    def test_names_of_any_kind(self):
        """Texts come back as they are, and no template is taken for another one."""
        paths = {"/" + quote(text, safe="") + str(at): {"get": {"operationId": text, "tags": [text]}}
                 for at, text in enumerate(awkward.OWN) if text and len(text.encode()) < 300}
        account, _ = self.imported(json.dumps({"openapi": "3.0.3", "paths": paths}))
        for row, (path, item) in zip(self.rows(account), paths.items()):
            self.assertEqual([f"/api{path}".encode(), item["get"]["operationId"].encode()],
                             [row[3], row[6]])
        found = self.matched(account, [("GET", "/api" + path) for path in paths])
        self.assertEqual(["/api" + path for path in paths], [row[1] for row in found])


if __name__ == "__main__":
    unittest.main()
