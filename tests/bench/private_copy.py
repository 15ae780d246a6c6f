# SPDX-License-Identifier: MIT
"""A copy of Daybook for measuring, started by deploy/local.sh like any other: own data, own port.

Its database has the memory and the log of a small production server (deploy/my.cnf is for a copy to look
at); what a commit promises stays the same.
"""
import base64
import os
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BUILD") or ROOT / "build").absolute()
LOG_OPTION = "--innodb-log-file-size=1G"
TICKS = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _cpu_ticks(pid):
    """Of a process and of those it has waited for."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        return sum(int(field) for field in file.read().rsplit(") ", 1)[1].split()[11:15])


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as file:
        return [int(child) for child in file.read().split()]


class PrivateCopy:
    def __init__(self, folder, build=BUILD, buffer_pool="1G"):
        self.build = build
        self.var = folder / "var"
        self.folder = folder
        self.port = free_port()
        self.database_options = os.environ.get(
            "DATABASE_OPTIONS", f"--innodb-buffer-pool-size={buffer_pool} {LOG_OPTION}")

    def __enter__(self):
        self._local("start")
        lines = (self.var / "credentials").read_text().splitlines()
        self.credentials = dict(line.split("=", 1) for line in lines)
        return self

    def __exit__(self, *error):
        self._local("stop")

    def _local(self, command):
        settings = {
            "PORT": str(self.port),
            "VAR": str(self.var),
            "BUILD": str(self.build),
            "DEMO": "0",
            "AUDIT": "0",
            "DATABASE_OPTIONS": self.database_options,
        }
        script = ROOT / "cgi-bin/deploy/local.sh"
        subprocess.run(
            ["sh", script, command], env={**os.environ, **settings}, check=True, stdout=2
        )

    def basic_authorization(self):
        """The header of the person who may open the log."""
        pair = f"{self.credentials['user']}:{self.credentials['password']}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    # ---- Its programs ----------------------------------------------------------------------------

    def daybook(self, *arguments):
        """The output of build/bin/daybook on this copy."""
        command = [self.build / "bin/daybook", "--config", self.var / "daybook.conf", *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def has_command(self, name):
        command = [self.build / "bin/daybook", "help"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        return any(line.split()[:1] == [name] for line in (done.stdout + done.stderr).splitlines())

    def start_sql(self, text=True, script=None):
        """A client of the database as its owner; SQL goes into its stdin, or stands in a file."""
        command = ["mariadb", f"--defaults-file={self.var}/my.cnf", "-BN", "daybook"]
        if script:
            with open(script, "rb") as statements:
                return subprocess.Popen(command, stdin=statements, stdout=subprocess.DEVNULL)
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=text
        )

    def sql(self, statements, binary=False):
        """What they give, one row a line."""
        client = self.start_sql(text=not binary)
        output, _ = client.communicate(statements.encode() if binary else statements)
        if client.returncode != 0:
            raise RuntimeError(f"SQL failed: {statements[:200]}")
        return output

    def settle(self, seconds=30):
        """Waits until the database has nothing more to write, so that a run does not pay for the last."""
        self.sql("SET GLOBAL innodb_max_dirty_pages_pct = 0;")
        end = time.monotonic() + seconds
        query = "SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty';"
        while int(self.sql(query).split()[1]) > 50 and time.monotonic() < end:
            time.sleep(0.05)
        self.sql("SET GLOBAL innodb_max_dirty_pages_pct = 90;")

    def restart(self):
        """All of it, with nothing in the database's memory."""
        self._local("stop")
        self._local("start")

    def pids(self, part):
        """The processes of a part: handlers' workers, nginx's, or the database."""
        leader = int((self.var / "pids" / part).read_text().split()[0])
        return [leader, *children(leader)]

    # ---- Where the time goes ---------------------------------------------------------------------

    def cpu_seconds(self):
        """By part: what the processes of this copy have used so far."""
        seconds = {}
        for part in ("mariadbd", "record", "nginx"):
            seconds[part] = sum(_cpu_ticks(pid) for pid in self.pids(part)) / TICKS
        return seconds
