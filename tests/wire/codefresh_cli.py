# SPDX-License-Identifier: MIT
"""The Codefresh CLI of npm (tests/clients), unchanged, and what each of its commands asks of an API."""
import json
import os
import shutil
import subprocess
import tempfile
from collections import namedtuple
from pathlib import Path

CLIENTS = Path(__file__).resolve().parents[1] / "clients"
CLI = CLIENTS / "node_modules/codefresh/lib/interface/cli/codefresh"
GUARD = CLIENTS / "loopback-only.cjs"
SECONDS = 120

KEY = "5f0000000000000000000001.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
WRONG_KEY = "5f0000000000000000000002.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
USER = "ann"
# The value of a secret that one of the commands creates.
SECRET = "s3cr3t-2b1f6c0e"

PIPELINE = {"version": "1.0", "kind": "pipeline", "metadata": {"name": "shop/büild"},
            "spec": {"steps": {"a": {"image": "alpine", "commands": ["echo hi"]}}, "stages": []}}

# A command: its words, the status it ends with, a text in what it prints, and its calls as operations of
# the API's description with the status of each. {url} and {build} are filled in.
Step = namedtuple("Step", "words exit prints calls")
STEPS = [
    Step("auth create-context wrong --url {url} --api-key " + WRONG_KEY, 1, "API Key is not valid",
         [("users-get", 401), (None, 401)]),
    Step("auth create-context acme --url {url} --api-key " + KEY, 0, "Switched to context: acme",
         [("users-get", 200)]),
    Step("create project shop -t a -t b", 0, '"shop" created',
         [("projects-get-by-name", 404), ("projects-create", 200)]),
    Step("create project shop", 1, "already exists", [("projects-get-by-name", 200)]),
    Step("get projects", 0, "shop", [("projects-list", 200)]),
    Step("patch project shop -t z", 0, "patched",
         [("projects-get", 404), ("projects-get-by-name", 200), ("projects-patch", 200)]),
    Step("create -f pipeline.json", 0, "shop/büild created",
         [("pipelines-validate-yaml", 200), ("pipelines-create", 200)]),
    Step("get pipelines shop/büild", 0, "shop/büild", [("pipelines-get", 200)]),
    Step("run shop/büild --detach --branch feature/ü#1 -v A=1", 0, "5f",
         [("pipelines-get", 200), ("pipelines-run", 200)]),
    Step("get builds --limit 5 --status success", 0, "shop/büild", [("workflows-list", 200)]),
    Step("get builds {build}", 0, "success", [("workflows-get-build", 200)]),
    Step("restart {build} --detach", 0, "5f", [("workflows-restart", 200)]),
    Step("create context secret my-secret -v token=" + SECRET, 0, "my-secret created",
         [("contexts-create", 200)]),
    Step("get contexts", 0, "my-secret", [("contexts-list", 200)]),
    Step("delete context my-secret", 0, "deleted", [("contexts-delete", 200)]),
    Step("delete context my-secret", 1, "could not find", [("contexts-delete", 404)]),
    Step("create board b1", 0, '"b1" created', [("helm-boards-create", 200)]),
    Step("delete board --name b1", 0, "deleted",
         [("helm-boards-get-by-name", 200), ("helm-boards-delete", 200)]),
    Step("delete registry dockerhub", 1, "do not have permissions", [("registries-delete", 403)]),
    Step("annotate image sha:abc -l quality=high", 0, "added", [("annotations-create", 200)]),
    Step("create agent edge-1", 0, '"edge-1" created', [("agent-create", 200)]),
    Step("delete agent edge-1", 0, "deleted",
         [("agent-list", 404), ("agent-byName", 200), ("agent-delete", 200)]),
    Step("create trigger event:abc 5f01", 0, "linked", [("triggers-create", 200)]),
    Step("delete trigger event:abc 5f01", 0, "unlinked", [("triggers-delete", 200)]),
    Step("get runtime-environments", 0, "kubernetes/production", [("runtime-envs-list", 200)]),
    Step("download audit --file audit.csv --userName Döe", 0, "", [("audit-download", 200)]),
    Step("delete pipeline shop/büild", 0, "deleted", [("pipelines-delete", 200)]),
    Step("delete project shop", 0, "deleted",
         [("projects-get", 404), ("projects-get-by-name", 200), ("projects-delete", 200)]),
]


def missing():
    """Why the CLI cannot be run, or nothing."""
    if not shutil.which("node"):
        return "no node"
    if not CLI.exists():
        return f"no {CLI}: npm --prefix tests/clients ci"
    return ""


class Cli:
    """A home of its own for the CLI, which may reach nothing but this machine."""

    def __init__(self, url):
        self.home = Path(tempfile.mkdtemp(prefix="daybook-cli-"))
        self.names = {"url": url, "build": ""}
        (self.home / "pipeline.json").write_text(json.dumps(PIPELINE))

    def run(self, words):
        """How the command ended, and all that it printed."""
        return self.run_arguments(*[word.format_map(self.names) for word in words.split()])

    def run_arguments(self, *arguments):
        """The same for arguments with whatever is in them."""
        command = ["node", "--require", GUARD, CLI, *arguments]
        done = subprocess.run(command, cwd=self.home, stdin=subprocess.DEVNULL, timeout=SECONDS,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, env={"HOME": str(self.home), "LANG": "C.UTF-8",
                                                "PATH": os.environ["PATH"]})
        if arguments[:1] == ("run",):
            self.names["build"] = done.stdout.strip()
        return done.returncode, done.stdout

    def remove(self):
        shutil.rmtree(self.home, ignore_errors=True)
