# SPDX-License-Identifier: MIT
"""What tests change in the running copy: its processes, its database server, who may sign in.

Every process is found through VAR/pids, where deploy/local.sh noted it; no other is ever signalled.
"""
import base64
import hashlib
import os
import secrets
import signal
import subprocess
import time

from daybook import VAR, database, login

# The handlers run under another program, such as valgrind: everything takes its time.
WRAPPED = bool(os.environ.get("WRAPPER"))


def until(condition, seconds, what):
    """What `condition` gives once it is true; an AssertionError after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} seconds still not: {what}")
        time.sleep(0.02)


def _stat(pid):
    """The fields of /proc/PID/stat from the state on, or None when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(") ", 1)[1].split()
    except OSError:
        return None


def is_alive(pid):
    stat = _stat(pid)
    return stat is not None and stat[0] != "Z"


def leader(part):
    """The process that deploy/local.sh started as `part`."""
    with open(f"{VAR}/pids/{part}", encoding="utf-8") as file:
        pid, started = file.read().split()
    stat = _stat(pid)
    assert stat and stat[19] == started, f"{part} does not run any more"
    return int(pid)


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
            return {int(child) for child in file.read().split()}
    except OSError:
        return set()


def workers(handler):
    """The processes of a handler that serve requests."""
    return {pid for pid in children(leader(handler)) if is_alive(pid)}


def has_lived(pid, seconds):
    """Whether a process is so old: the supervisor counts a worker that ends sooner as broken."""
    with open("/proc/uptime", encoding="utf-8") as file:
        now = float(file.read().split()[0])
    stat = _stat(pid)
    return stat is not None and now - int(stat[19]) / os.sysconf("SC_CLK_TCK") >= seconds


def kill_connections(user):
    """Ends all connections of a database user."""
    database().run(f"KILL USER '{user}'@'localhost'")


def make_person(name):
    """Somebody who may sign in; the headers of their login."""
    password = secrets.token_hex(16)
    digest = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()
    path = VAR / "htpasswd"
    others = [line for line in path.read_text().splitlines() if not line.startswith(f"{name}:")]
    changed = path.with_suffix(".changed")
    changed.write_text("\n".join([*others, f"{name}:{{SHA}}{digest}"]) + "\n")
    changed.replace(path)
    return login(name, password)


class DatabaseServer:
    """The MariaDB server of the copy."""

    def __init__(self):
        pid = leader("mariadbd")
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            self.command = file.read().rstrip(b"\0").split(b"\0")
        self.folder = os.readlink(f"/proc/{pid}/cwd")
        self.child = None

    def stop(self, number=signal.SIGTERM):
        pid = leader("mariadbd")
        os.kill(pid, number)
        if self.child:
            self.child.wait(60)
            self.child = None
        until(lambda: not is_alive(pid), 60, "the database has ended")

    def start(self):
        """Starts it as it was started, and tells deploy/local.sh whom to end."""
        with open(f"{VAR}/log/mariadbd.err", "ab") as log:
            self.child = subprocess.Popen(
                self.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o077,
            )
        with open(f"{VAR}/pids/mariadbd", "w", encoding="utf-8") as file:
            file.write(f"{self.child.pid} {_stat(self.child.pid)[19]}\n")

    def ensure_running(self):
        """For the end of a test, however it went."""
        if self.child is None or self.child.poll() is not None:
            try:
                leader("mariadbd")
            except AssertionError:
                self.start()
