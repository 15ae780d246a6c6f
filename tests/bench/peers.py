# SPDX-License-Identifier: MIT
"""Other programs that answer with the list page, started beside a copy: a file, the same bytes from the
memory of a FastCGI program, PHP, Node; and one nginx in front of all of them and of Daybook, with the
settings of deploy/nginx, on a port for each. Everything listens on the loopback or on unix sockets.
"""
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from http_load import Client
from private_copy import BUILD, children, free_port

FOLDER = Path(__file__).with_name("peers")
WORKERS = 4  # of each pool, as deploy/parts.sh gives `events`
SITES = ("static", "daybook", "daybook_kept", "memory", "php_plain", "php_own", "php_export", "node_plain", "node_own")
# Headers that nginx adds by itself, or that are not of the page.
NOT_OF_PAGE = ("server", "date", "connection", "vary", "transfer-encoding")


class Peers:
    def __init__(self, copy, person, page_path):
        self.copy = copy
        self.person = person
        self.page_path = page_path
        self.folder = copy.folder / "peers"
        self.run = (copy.var / "run").resolve()
        self.ports = {site: free_port() for site in SITES}
        self.processes = {}

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        for name in list(self.processes):
            self._end(name)

    def _end(self, name):
        """The leader ends its own processes; what is left then goes too. All at once would have a supervisor start new ones."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()

    # ---- Starting --------------------------------------------------------------------------------

    def _start(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "static").mkdir(parents=True, mode=0o700)
        for name in ("tmp", "twig"):
            (self.folder / name).mkdir()
        self._launch("nginx", [_program("nginx"), "-e", self.folder / "nginx.err", "-p", self.folder,
                               "-c", self._write_nginx(), "-g", "daemon off;"])
        self._start_daybook()
        self._wait("daybook")
        self._keep_page()
        self._launch_pool("kept", BUILD / "bin/events.fcgi",
                          DAYBOOK_CONF=str(self.copy.var / "daybook.conf"))
        self._launch_pool("memory", BUILD / "test/from_memory", ANSWER=str(self.folder / "answer"))
        self._launch("php", [_program("php-fpm8.2", "php-fpm"), "--nodaemonize", "--fpm-config",
                             self._write_php(), *(["-R"] if os.getuid() == 0 else [])])
        self._install_node()
        self._launch("node", ["node", FOLDER / "node/list.mjs"], NODE_ENV="production",
                     LISTEN=str(self.folder / "node.sock"),
                     DATABASE_SOCKET=str(self.run / "db.sock"),
                     PASSWORD_FILE=str(self.copy.var / "secrets/reader"))
        for site in ("daybook_kept", "static", "memory", "php_own", "node_own"):
            self._wait(site)

    def _launch(self, name, command, **environment):
        with open(self.folder / f"{name}.err", "ab") as log:
            self.processes[name] = subprocess.Popen(
                command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True)

    def _launch_pool(self, name, program, **environment):
        """As deploy/parts.sh starts a handler."""
        self._launch(name, ["spawn-fcgi", "-n", "-s", self.folder / f"{name}.sock", "-M", "0660", "--",
                            shutil.which("multiwatch"), "-f", str(WORKERS), "--", program],
                     **environment)

    def _start_daybook(self):
        """Workers that make every page anew: a measurement asks for the same ones again and again."""
        conf = self.folder / "daybook.conf"
        conf.write_text((self.copy.var / "daybook.conf").read_text() + "\nkept_pages_bytes = 0\n")
        self._launch_pool("events", BUILD / "bin/events.fcgi", DAYBOOK_CONF=str(conf))

    def restart_daybook(self):
        """New workers, all ready and none ever asked."""
        self._end("events")
        (self.folder / "events.sock").unlink(missing_ok=True)
        self._start_daybook()
        while not (self.folder / "events.sock").exists():
            time.sleep(0.01)
        time.sleep(0.4)

    def _wait(self, site):
        """Until it gives the page."""
        end = time.monotonic() + 20
        while True:
            client = Client(self.ports[site])
            try:
                client.get(self.page_path)
                return
            except (OSError, RuntimeError) as error:
                if time.monotonic() > end:
                    logs = "".join(path.read_text(errors="replace")[-1000:]
                                   for path in self.folder.glob("*.err"))
                    raise RuntimeError(f"{site} does not answer: {error}\n{logs}") from error
            finally:
                client.close()
            time.sleep(0.1)

    def _fill_in(self, text, **more):
        names = {"FOLDER": self.folder, "RUN": self.run, "VAR": self.copy.var, "PEERS": FOLDER,
                 "PERSON": self.person, "WORKERS": WORKERS, **more,
                 **{f"{site.upper()}_PORT": port for site, port in self.ports.items()}}
        for name, value in names.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def _write_nginx(self):
        """The product's settings, those of its server too, with other paths for what nginx writes."""
        http = (self.copy.var / "nginx.conf").read_text().split("    server {\n", 1)[0]
        http = re.sub(r'(pid|error_log|access_log|\w+_temp_path) "[^"]*/', rf'\1 "{self.folder}/tmp/',
                      http)
        server = (self.copy.var / "nginx/server.conf").read_text()
        http += re.sub(r"^add_header .*\n", "", server.split("\nset $", 1)[0], flags=re.M)
        params = "\n".join(['set $asking "";', *re.findall(r"^fastcgi_param .*;$", server, re.M)])
        path = self.folder / "nginx.conf"
        path.write_text(self._fill_in((FOLDER / "nginx.conf").read_text(), HTTP=http,
                                      PARAMS=params))
        return path

    def _write_php(self):
        user = "user = root\ngroup = root" if os.getuid() == 0 else ""
        path = self.folder / "php-fpm.conf"
        path.write_text(self._fill_in((FOLDER / "php-fpm.conf").read_text(), USER=user))
        return path

    def _keep_page(self):
        """Daybook's page, once: as a file, and with its headers as a handler would give it."""
        client = Client(self.ports["daybook"])
        _, page = client.get(self.page_path)
        head = "".join(f"{name}: {value}\r\n" for name, value in client.answer.getheaders()
                       if name.lower() not in NOT_OF_PAGE)
        client.close()
        (self.folder / "static/page.html").write_bytes(page)
        (self.folder / "answer").write_bytes(f"Status: 200 OK\r\n{head}\r\n".encode() + page)

    @staticmethod
    def _install_node():
        lock, installed = (FOLDER / "node" / name
                           for name in ("package-lock.json", "node_modules/.package-lock.json"))
        if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
            return
        subprocess.run(["npm", "--prefix", FOLDER / "node", "ci", "--no-audit", "--no-fund"],
                       check=True, stdout=2)

    # ---- Memory ----------------------------------------------------------------------------------

    def memory_mb(self, name):
        """The proportional share of all processes of a pool: what they share counts once."""
        leader = self.processes[name].pid
        below = children(leader)
        return _pss(below if name in ("events", "kept", "memory") else [leader, *below])


def _pss(pids):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
    return total / 1024


def _program(*names):
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    raise RuntimeError(f"{names[0]} is not installed")
