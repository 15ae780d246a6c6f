# SPDX-License-Identifier: MIT
"""The sample API does what its description says, and the capture in front of it sees every call."""
import base64
import json
import unittest
from urllib.parse import quote

from capture import CONFIGURATION, ROOT, Front

DEPLOY = ROOT / "cgi-bin/deploy"
DESCRIPTION = json.loads((DEPLOY / "sample-api.openapi.json").read_bytes())


def user(name):
    return [("Authorization", "Basic " + base64.b64encode(f"{name}:".encode()).decode())]


class SampleApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        text = (DEPLOY / "sample-api.conf").read_text()
        text = text.replace("include daybook/http.conf;\n", "")  # it is there already
        text = text.replace("{", "{{").replace("}", "}}")
        for name, value in (("DEPLOY", str(DEPLOY)), ("PORT", "{port}"), ("VAR", "{folder}"),
                            ("RUN", "{folder}")):
            text = text.replace(f"@{name}@", value)
        assert "@" not in text
        begin, end = CONFIGURATION.index("    upstream api"), CONFIGURATION.rindex("}}")
        cls.front = Front(configuration=CONFIGURATION[:begin] + text + CONFIGURATION[end:],
                          folders=["capture", "log"], log="capture/sample-api.log")
        cls.addClassCleanup(cls.front.stop)

    def setUp(self):
        self.front.clear()

    def call(self, method, path, name="ann", body=None):
        body = b"" if body is None else json.dumps(body).encode()
        answer = self.front.call(method, "/api" + path, user(name) if name else [], body)
        line = self.front.line()
        self.assertEqual((method.encode(), str(answer.status).encode(), (name or "").encode(), body),
                         (line["method"], line["status"], line["basic_user"], line["body"]))
        return answer

    def test_a_call_becomes_a_line(self):
        answer = self.call("PATCH", "/pipelines/demo%2Fbuild", body={"replicas": 3})
        self.assertEqual(200, answer.status)
        self.assertEqual(("demo/build", 3), tuple(json.loads(answer.body)[name]
                                                  for name in ("name", "replicas")))

    def test_create(self):
        for plural in ("projects", "pipelines"):
            answer = self.call("POST", f"/{plural}", body={"name": "new/ü", "more": [1]})
            made = json.loads(answer.body)
            self.assertEqual((201, f"/api/{plural}/{made['id']}", "new/ü", [1]),
                             (answer.status, answer.header("Location"), made["name"], made["more"]))
        run = self.call("POST", "/pipelines/demo%2Fdeploy/run")
        self.assertEqual((201, "/api/builds/" + json.loads(run.body)["build"]),
                         (run.status, run.header("Location")))

    def test_refusals(self):
        for status, method, path, name, body in (
                (401, "POST", "/projects", None, {"name": "x"}),
                (403, "DELETE", "/projects/demo", "guest", None),
                (200, "GET", "/projects/demo", "guest", None),
                (400, "POST", "/projects", "ann", {}), (400, "POST", "/projects", "ann", [1]),
                (400, "PATCH", "/projects/demo", "ann", "text"),
                (409, "POST", "/projects", "ann", {"name": "demo"}),
                (404, "GET", "/projects/none", "ann", None), (404, "GET", "/", "ann", None),
                (404, "GET", "/constructor", "ann", None), (404, "GET", "/projects/toString", "ann", None),
                (404, "POST", "/pipelines/demo%2Fbuild/toString", "ann", None),
                (404, "GET", "/projects/demo/a/b", "ann", None), (400, "GET", "/%ff", "ann", None),
                (405, "PUT", "/projects/demo", "ann", {}), (405, "DELETE", "/projects", "ann", None),
                (502, "GET", "/reports/weekly", "ann", None)):
            with self.subTest(f"{method} {path} {name} {body}"):
                self.assertEqual(status, self.call(method, path, name, body).status)

    def test_description(self):
        """Every operation gives a status that its description names, also for what does not exist."""
        self.assertEqual("/api", DESCRIPTION["servers"][0]["url"])
        count = 0
        for path, item in DESCRIPTION["paths"].items():
            for method in item.keys() - {"parameters"}:
                known = item[method]["responses"]
                seen = set()
                for name in ("demo", "demo/build", "none"):
                    filled = path.replace("{name}", quote(name, safe=""))
                    for body in (None, {"name": "fresh"}, {"name": "demo"}):
                        for who in ("ann", "guest", None):
                            seen.add(str(self.call(method.upper(), filled, who, body).status))
                count += 1
                self.assertEqual(set(), seen - set(known), f"{method} {path}")
                self.assertEqual({code for code in known if code < "300"},
                                 {code for code in seen if code < "300"}, f"{method} {path}")
        self.assertEqual(12, count)


if __name__ == "__main__":
    unittest.main()
