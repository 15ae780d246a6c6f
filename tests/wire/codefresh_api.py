# SPDX-License-Identifier: MIT
"""An API that the Codefresh CLI takes for Codefresh's: some of its paths, and what it remembers.

It keeps every call as it came and how it was answered, which is the oracle of what a log of it holds.
It is told who a key belongs to, and says so in X-Daybook-User, as an API behind Daybook's capture can.
"""
import json
import re
import threading
from collections import namedtuple
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote

BASE = "/api"
RUNTIME = {"metadata": {"name": "kubernetes/production"}, "version": 7, "default": True}
# What no key may delete.
PROTECTED = "dockerhub"

Call = namedtuple("Call", "method target headers body status user answer")


class Refused(Exception):
    """An answer other than the one that was asked for."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Things(dict):
    """The things of one kind, by id; each is found by its id or by its name."""

    def add(self, number, thing):
        self[f"5f{number:022x}"] = thing
        return list(self)[-1]

    def find(self, word, name_of):
        for identifier, thing in self.items():
            if word in (identifier, name_of(thing)):
                return identifier
        raise Refused(404, f"could not find {word}")


class Memory:
    """What the API knows; one of it for each API."""

    def __init__(self):
        self.count = 0
        self.projects = Things()
        self.pipelines = Things()
        self.contexts = Things()
        self.boards = Things()
        self.agents = Things()
        self.builds = Things()
        self.annotations = Things()
        self.teams = Things()
        self.triggers = set()

    def add(self, kind, thing):
        self.count += 1
        return getattr(self, kind).add(self.count, thing)


# ---- What is asked for: functions of memory, parameters of the path and body -> answer ------------


def is_named(member):
    return lambda thing: thing[member]


def metadata_name(thing):
    return thing["metadata"]["name"]


def get_user(_memory, _params, _body):
    return {"_id": "5e0000000000000000000001", "userName": "ann", "email": "ann@example.com",
            "roles": ["User"], "activeAccountName": "acme",
            "account": [{"name": "acme", "_id": "5e0000000000000000000002",
                         "runtimeEnvironment": RUNTIME["metadata"]["name"]}]}


def project(memory, identifier):
    return {"id": identifier, "pipelinesNumber": len(memory.pipelines), "favorite": False,
            "updatedAt": "2024-05-06T07:08:09.010Z", **memory.projects[identifier]}


def list_projects(memory, _params, _body):
    return {"limit": 25, "offset": 0, "total": len(memory.projects),
            "projects": [project(memory, one) for one in memory.projects]}


def create_project(memory, _params, body):
    return project(memory, memory.add("projects", body))


def get_project(memory, params, _body):
    return project(memory, memory.projects.find(params["id"], lambda _: None))


def get_project_by_name(memory, params, _body):
    return project(memory, memory.projects.find(params["name"], is_named("projectName")))


def patch_project(memory, params, body):
    memory.projects[memory.projects.find(params["id"], lambda _: None)].update(body)
    return get_project(memory, params, body)


def delete_project(memory, params, _body):
    del memory.projects[memory.projects.find(params["id"], lambda _: None)]
    return {}


def validate_yaml(_memory, _params, body):
    return {"valid": "image" in body["yaml"],
            "details": [{"message": "a step without an image"}]}


def pipeline(memory, params):
    identifier = memory.pipelines.find(params["name"], metadata_name)
    found = memory.pipelines[identifier]
    return {**found, "metadata": {**found["metadata"], "id": identifier,
                                  "created_at": "2024-05-06T07:08:09.010Z"}}


def create_pipeline(memory, _params, body):
    memory.add("pipelines", body)
    return pipeline(memory, {"name": metadata_name(body)})


def get_pipeline(memory, params, _body):
    return pipeline(memory, params)


def list_pipelines(memory, _params, _body):
    return {"count": len(memory.pipelines),
            "docs": [pipeline(memory, {"name": one}) for one in memory.pipelines]}


def delete_pipeline(memory, params, _body):
    del memory.pipelines[memory.pipelines.find(params["name"], metadata_name)]
    return {}


def run_pipeline(memory, params, body):
    found = pipeline(memory, params)
    return memory.add("builds", {
        "serviceId": found["metadata"]["id"], "pipelineName": metadata_name(found),
        "status": "success", "branchName": body.get("branch"), "revision": "0123abcd",
        "repoOwner": "acme", "repoName": "shop", "created": "2024-05-06T07:08:09.010Z",
        "started": "2024-05-06T07:08:10.010Z", "finished": "2024-05-06T07:09:10.010Z"})


def build(memory, identifier):
    return {"id": identifier, **memory.builds[identifier]}


def get_build(memory, params, _body):
    return build(memory, memory.builds.find(params["id"], lambda _: None))


def list_builds(memory, _params, _body):
    return {"workflows": {"total": len(memory.builds),
                          "docs": [build(memory, one) for one in memory.builds]}}


def rebuild(memory, params, _body):
    return memory.add("builds", memory.builds[memory.builds.find(params["id"], lambda _: None)])


def create_context(memory, _params, body):
    memory.add("contexts", body)
    return body


def list_contexts(memory, _params, _body):
    return list(memory.contexts.values())


def get_context(memory, params, _body):
    return memory.contexts[memory.contexts.find(params["name"], metadata_name)]


def delete_context(memory, params, _body):
    del memory.contexts[memory.contexts.find(params["name"], metadata_name)]
    return {}


def board(memory, identifier):
    return {"_id": identifier, "type": "helm", "filter": {}, **memory.boards[identifier]}


def create_board(memory, _params, body):
    return board(memory, memory.add("boards", body))


def list_boards(memory, _params, _body):
    return [board(memory, one) for one in memory.boards]


def get_board_by_name(memory, params, _body):
    return board(memory, memory.boards.find(params["name"], is_named("name")))


def delete_board(memory, params, _body):
    del memory.boards[memory.boards.find(params["id"], lambda _: None)]
    return {}


def delete_registry(_memory, params, _body):
    if params["id"] == PROTECTED:
        raise Refused(403, "only an administrator may delete it")
    return {}


def create_agent(memory, _params, body):
    identifier = memory.add("agents", body)
    return {"_id": identifier, "id": identifier, "token": f"agent-{identifier}", **body}


def agent(memory, identifier):
    return {"id": identifier, "status": {"healthStatus": "N/A"}, **memory.agents[identifier]}


def get_agent(memory, params, _body):
    return agent(memory, memory.agents.find(params["agentId"], lambda _: None))


def get_agent_by_name(memory, params, _body):
    return agent(memory, memory.agents.find(params["name"], is_named("name")))


def delete_agent(memory, params, _body):
    del memory.agents[memory.agents.find(params["agentId"], lambda _: None)]
    return {}


def create_annotation(memory, _params, body):
    return {"_id": memory.add("annotations", body), "accountId": "5e0000000000000000000002", **body}


def create_team(memory, _params, body):
    return {"_id": memory.add("teams", body), **body}


def create_trigger(memory, params, _body):
    memory.triggers.add((params["event"], params["pipeline"]))
    return {}


def delete_trigger(memory, params, _body):
    if (params["event"], params["pipeline"]) not in memory.triggers:
        raise Refused(404, "could not find the trigger")
    memory.triggers.discard((params["event"], params["pipeline"]))
    return {}


def list_runtimes(_memory, _params, _body):
    return [RUNTIME]


def download_audit(_memory, _params, _body):
    return "Entity,Action\nproject,createProject\n"


# Literal parts before parameters: the first that fits answers.
ROUTES = [(method, re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path) + "/?"), function)
          for method, path, function in (
    ("GET", "/user", get_user),
    ("GET", "/projects", list_projects),
    ("POST", "/projects", create_project),
    ("GET", "/projects/name/{name}", get_project_by_name),
    ("GET", "/projects/{id}", get_project),
    ("PATCH", "/projects/{id}", patch_project),
    ("DELETE", "/projects/{id}", delete_project),
    ("POST", "/pipelines/yaml/validator", validate_yaml),
    ("GET", "/pipelines", list_pipelines),
    ("POST", "/pipelines", create_pipeline),
    ("POST", "/pipelines/run/{name}", run_pipeline),
    ("GET", "/pipelines/{name}", get_pipeline),
    ("DELETE", "/pipelines/{name}", delete_pipeline),
    ("GET", "/workflow", list_builds),
    ("GET", "/builds/rebuild/{id}", rebuild),
    ("GET", "/builds/{id}", get_build),
    ("GET", "/contexts", list_contexts),
    ("POST", "/contexts", create_context),
    ("GET", "/contexts/{name}", get_context),
    ("DELETE", "/contexts/{name}", delete_context),
    ("GET", "/helm/boards", list_boards),
    ("POST", "/helm/boards", create_board),
    ("GET", "/helm/boards/name/{name}", get_board_by_name),
    ("DELETE", "/helm/boards/{id}", delete_board),
    ("DELETE", "/registries/{id}", delete_registry),
    ("POST", "/agents", create_agent),
    ("GET", "/agents/name/{name}", get_agent_by_name),
    ("GET", "/agent/{agentId}", get_agent),
    ("DELETE", "/agent/{agentId}", delete_agent),
    ("POST", "/annotations", create_annotation),
    ("POST", "/team", create_team),
    ("POST", "/hermes/triggers/{event}/{pipeline}", create_trigger),
    ("DELETE", "/hermes/triggers/{event}/{pipeline}", delete_trigger),
    ("GET", "/runtime-environments", list_runtimes),
    ("GET", "/audit/download", download_audit),
)]


# ---- HTTP ----------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.connection.settimeout(60)

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def serve(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        user = self.server.api.keys.get(self.headers["Authorization"])
        status, answer = self.server.api.answer(self.command, self.path, body, user)
        is_text = isinstance(answer, str) and "\n" in answer
        sent = answer.encode() if is_text else json.dumps(answer).encode()
        self.server.api.calls.append(Call(self.command, self.path, self.headers.items(), body,
                                          status, user, sent))
        self.send_response(status)
        self.send_header("Content-Type", "text/csv" if is_text else "application/json")
        self.send_header("Content-Length", str(len(sent)))
        if user:
            self.send_header("X-Daybook-User", user)
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve  # noqa: N815


class CodefreshApi:
    """Answers on `port` of the loopback while it is entered. `keys` says whom a key belongs to."""

    def __init__(self, keys):
        self.keys = keys
        self.memory = Memory()
        self.calls = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.api = self
        self.port = self.server.server_address[1]
        self.lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, target, body, user):
        """Status and JSON value, or a text, for one call."""
        path, _, query = target.partition("?")
        if not user:
            return 401, {"message": "Unauthorized", "error": "unknown key"}
        for known, pattern, function in ROUTES:
            found = pattern.fullmatch(path.removeprefix(BASE)) if path.startswith(BASE) else None
            if known == method and found:
                params = {name: unquote(part) for name, part in found.groupdict().items()}
                params |= {name: values[0] for name, values in parse_qs(query).items()
                           if name not in params}
                try:
                    with self.lock:
                        return 200, function(self.memory, params, json.loads(body or b"{}"))
                except Refused as refused:
                    return refused.status, {"message": str(refused), "error": "refused"}
        return 404, {"message": f"could not find {path}", "error": "no such path"}
