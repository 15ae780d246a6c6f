# SPDX-License-Identifier: MIT
"""systemd's part in a chroot, where it cannot run: starts what the installed units say, by their very lines.

Knows the settings that Daybook's units use and that a process can be given from outside: ExecStart with its variables,
Environment, EnvironmentFile, User, AmbientCapabilities, UMask, StandardInput=socket, KillMode, TimeoutStopSec, the sockets of
.socket units, Wants. It does not build the sandbox and starts nothing again that died.
"""
import os
import re
import shlex
import signal
import socket
import subprocess
import time
from pathlib import Path

UNIT_FOLDERS = ("etc/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system")


class Units:
    def __init__(self, root, log):
        self.root = Path(root)
        self.log = Path(log)
        self.running = {}
        self.sockets = {}

    # ---- Reading -------------------------------------------------------------------------------------

    def files(self, name):
        """The unit's file and its drop-ins, in the order of their effect."""
        template = re.sub(r"@[^.]*\.", "@.", name)
        prefix = re.match(r"[a-z]+-", name)
        kind = name.rpartition(".")[2]
        folders = [self.root / folder for folder in UNIT_FOLDERS]
        main = [folder / unit for unit in (name, template) for folder in folders if (folder / unit).exists()]
        if not main:
            raise FileNotFoundError(f"no unit {name}")
        owners = [name, template] + ([f"{prefix[0]}.{kind}"] if prefix else [])
        extra = {path.name: path for owner in owners for folder in folders for path in (folder / f"{owner}.d").glob("*.conf")}
        return [main[0], *(extra[key] for key in sorted(extra))]

    def settings(self, name):
        """Each setting's values; an empty value takes back what stood before."""
        instance = (re.search(r"@([^.]*)\.", name) or ["", ""])[1]
        found = {}
        for path in self.files(name):
            for line in path.read_text().splitlines():
                key, equals, value = line.partition("=")
                if not equals or line.startswith("#"):
                    continue
                if value:
                    found.setdefault(key, []).append(value.replace("%i", instance))
                else:
                    found.pop(key, None)
        return found

    def environment(self, settings):
        found = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        lines = [word for value in settings.get("Environment", []) for word in shlex.split(value)]
        for path in settings.get("EnvironmentFile", []):
            file = self.root / path.lstrip("-").lstrip("/")
            if file.exists() or not path.startswith("-"):
                lines += file.read_text().splitlines()
        return found | dict(line.split("=", 1) for line in lines if "=" in line)

    @staticmethod
    def command(line, environment):
        """The words of an ExecStart: ${NAME} is replaced within a word, $NAME alone becomes words."""
        words = []
        for word in shlex.split(line):
            if re.fullmatch(r"\$[A-Z_]+", word):
                words += environment.get(word[1:], "").split()
            else:
                words.append(re.sub(r"\$\{([A-Z_]+)\}", lambda name: environment.get(name[1], ""), word))
        return words

    # ---- Starting ------------------------------------------------------------------------------------

    def account(self, name):
        """Numbers of a user and its group, as the chroot knows them."""
        for line in (self.root / "etc/passwd").read_text().splitlines():
            fields = line.split(":")
            if fields[0] == name:
                return int(fields[2]), int(fields[3])
        raise KeyError(name)

    def group(self, name):
        for line in (self.root / "etc/group").read_text().splitlines():
            if line.split(":")[0] == name:
                return int(line.split(":")[2])
        raise KeyError(name)

    def listen(self, name):
        if name in self.sockets:
            return
        settings = self.settings(name)
        (path,) = settings["ListenStream"]
        folder, file = os.path.split(self.root / path.lstrip("/"))
        listening = socket.socket(socket.AF_UNIX)
        here = os.getcwd()
        os.chdir(folder)  # a socket's name must be short
        try:
            Path(file).unlink(missing_ok=True)
            listening.bind(file)
            os.chown(file, self.account(settings["SocketUser"][0])[0], self.group(settings["SocketGroup"][0]))
            os.chmod(file, int(settings["SocketMode"][0], 8))
        finally:
            os.chdir(here)
        listening.listen(128)
        self.sockets[name] = listening

    def prefix(self, settings):
        """Becomes the unit's user, with the capabilities that it keeps."""
        (user,) = settings.get("User", ["root"])
        capabilities = [f"+{word.lower().removeprefix('cap_')}" for value in settings.get("AmbientCapabilities", [])
                        for word in value.split()]
        keep = ["--inh-caps", ",".join(["-all", *capabilities]), "--ambient-caps", ",".join(["-all", *capabilities]),
                "--bounding-set", ",".join(["-all", *capabilities])]
        return ["chroot", str(self.root), "setpriv", "--reuid", user, "--regid", user, "--init-groups", *keep,
                "--no-new-privs", "--"]

    def start(self, name):
        """A target with all that it wants, a socket, or a service; one that runs stays."""
        kind = name.rpartition(".")[2]
        if kind == "socket":
            self.listen(name)
            return
        settings = self.settings(name)
        if kind in ("target", "timer"):
            for wanted in [word for value in settings.get("Wants", []) for word in value.split()]:
                self.start(wanted)
            return
        if name in self.running and self.running[name].poll() is None:
            return
        for wanted in settings.get("Requires", []):
            self.start(wanted)
        environment = self.environment(settings)
        (line,) = settings["ExecStart"]
        given = subprocess.DEVNULL
        if settings.get("StandardInput") == ["socket"]:
            given = self.sockets[name.replace(".service", ".socket")]
        with open(self.log / f"{name}.log", "ab") as log:
            process = subprocess.Popen([*self.prefix(settings), *self.command(line, environment)], stdin=given,
                                       stdout=log, stderr=log, env=environment, start_new_session=True,
                                       umask=int(settings.get("UMask", ["0022"])[0], 8))
        if settings.get("Type") == ["oneshot"]:
            if process.wait() != 0:
                raise RuntimeError(f"{name} failed: {self.said(name)}")
        else:
            self.running[name] = process

    def said(self, name):
        return (self.log / f"{name}.log").read_text(errors="replace")[-2000:]

    def stop(self):
        """TERM to the services as KillMode says, all at once; then the sockets go."""
        stopped, self.running = self.running, {}
        for name, process in stopped.items():
            tell = os.kill if self.settings(name).get("KillMode") == ["mixed"] else os.killpg
            if process.poll() is None:
                tell(process.pid, signal.SIGTERM)
        for name, process in stopped.items():
            try:
                process.wait(float(self.settings(name)["TimeoutStopSec"][0]))
            except subprocess.TimeoutExpired as error:
                raise RuntimeError(f"{name} does not end") from error
        for listening in self.sockets.values():
            listening.close()
        self.sockets.clear()

    def check(self):
        """Every service that was started is there."""
        time.sleep(0.5)
        for name, process in self.running.items():
            if process.poll() is not None:
                raise RuntimeError(f"{name} ended with {process.returncode}: {self.said(name)}")
