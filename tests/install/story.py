# SPDX-License-Identifier: MIT
"""What test-install does in its fresh Debian: the commands of daybook-install(7), and what must come of them."""
import base64
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import stat
import struct
import subprocess
import time

import run as install
from units import Units

PASSWORD = "correct horse"
NAME = "daybook.example.com"
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
EX_CONFIG = 78
OWN_EVENTS = """mariadb -BN daybook -e "SELECT u.name FROM event e JOIN entity_type t ON t.id = e.entity_type_id
    JOIN account a ON a.id = e.account_id JOIN user u ON u.id = e.user_id WHERE t.name = 'audit' AND a.slug = 'acme'" """
DAYBOOK = "runuser -u daybook -- /usr/local/bin/daybook"


def check(condition, what):
    if not condition:
        raise SystemExit(f"test-install: {what}")


def until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"after {seconds} seconds still not: {what}")
        time.sleep(0.05)


class Machine:
    """The chroot as if it were running: commands of the manual, units, requests."""

    def __init__(self, root):
        self.root = root
        self.blocks = install.examples()
        log = root / "var/log/units"
        log.mkdir(exist_ok=True)
        self.units = Units(root, log)
        self.nginx = self.database = None

    # ---- Commands ------------------------------------------------------------------------------------

    def sh(self, script, **more):
        return install.in_root(self.root, script, **more)

    def do(self, name, **replaced):
        """The block `name` of the manual; what it prints. Lines about services are done here."""
        printed, lines = "", []
        for line in self.blocks[name].splitlines():
            for shipped, other in replaced.items():
                line = line.replace(shipped, other)
            found = re.fullmatch(r"(?:(nginx -t) && )?systemctl (.*)", line)
            if not found:
                lines.append(line)
                continue
            printed += self.sh("\n".join([*lines, found[1] or ""]))
            lines = []
            self.systemctl(*found[2].split())
        return printed + (self.sh("\n".join(lines), **({"input": PASSWORD} if name == "basic" else {})) if lines else "")

    def fails(self, script, status, words):
        """A command that is to be refused."""
        printed = self.sh(f"{{ {script}; }} 2>&1 || echo status=$?")
        check(f"status={status}" in printed and words in printed, f"{script}: {printed}")

    # ---- Services ------------------------------------------------------------------------------------

    def systemctl(self, action, *names):
        names = [name for name in names if name != "--now"]
        for name in names:
            if name == "mariadb":
                self.stop_database()
                self.start_database()
            elif name == "nginx":
                self.reload_nginx()
            elif action == "stop":
                self.units.stop()
            else:
                self.units.start(name if "." in name else f"{name}.service")
        self.units.check()

    def stop_database(self):
        if self.database:
            self.database.terminate()
            self.database.wait(60)
            self.database = None

    def start_database(self):
        self.sh("install -m 755 -o mysql -g root -d /run/mysqld")
        with open(self.root / "var/log/mariadb.log", "ab") as log:
            self.database = subprocess.Popen(["chroot", self.root, "/usr/sbin/mariadbd", "--user=mysql"],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(lambda: "1" in self.sh("mariadb -BNe 'SELECT 1' 2>/dev/null || true"), "the database answers")

    def reload_nginx(self):
        if self.nginx:
            self.sh("nginx -s reload")
        else:
            self.sh("nginx")
            self.nginx = int((self.root / "run/nginx.pid").read_text())

    # ---- Requests ------------------------------------------------------------------------------------

    def ask(self, method, target, headers=None, body=None, port=443):
        context = ssl.create_default_context(cafile=self.root / "etc/ssl/certs/daybook.pem")
        connection = (Connection(context) if port == 443 else http.client.HTTPConnection("127.0.0.1", port, timeout=60))
        connection.request(method, target, body, {"Host": NAME} | (headers or {}))
        response = connection.getresponse()
        answer = response.status, response.read(), response.headers
        connection.close()
        return answer

    def exports(self, tokens):
        found = {}
        for slug, token in tokens.items():
            for file in ("all.ndjson?trailer=1", "all.ndjson?trailer=1&sort=time", "events.csv", "triggers.csv?raw=1"):
                status, body, _ = self.ask("GET", f"/api/v1/{file}", {"Authorization": f"Bearer {token}"})
                check(status == 200, f"{slug} {file}: {status} {body[:300]}")
                found[slug, file] = body
        return found


class Connection(http.client.HTTPSConnection):
    """To this machine, by the name in its certificate, which is checked."""

    def __init__(self, context):
        super().__init__(NAME, timeout=60, context=context)

    def connect(self):
        self.sock = self._context.wrap_socket(socket.create_connection(("127.0.0.1", 443), 60), server_hostname=NAME)


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", IFF_UP, b""))


def listens(port):
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


# ---- The chapters ------------------------------------------------------------------------------------


def begin_with_older(machine):
    """A log that the version before the newest file of the schema has made; then what upgrading says."""
    older = "/root/older"
    machine.sh(f"/usr/local/share/daybook/deploy/schema-apply.sh {older}/schema daybook")
    machine.sh(f"sed 's|/usr/local/share/daybook/templates|{older}/templates|' {older}/cgi-bin/deploy/daybook.conf.example "
               ">/root/older.conf")
    command = f"{older}/build/bin/daybook --config /root/older.conf"
    machine.sh(f"{command} account add older; {command} demo --count 3000 >/root/older.ndjson\n"
               f"{command} load older /root/older.ndjson; {command} maintain")
    machine.fails(f"{DAYBOOK} status", 1, "apply the newer")
    machine.fails("DAYBOOK_CONF=/etc/daybook/daybook.conf /usr/local/libexec/daybook/events.fcgi </dev/null", EX_CONFIG,
                  "apply the newer")
    machine.do("stop")
    machine.do("backup")
    machine.sh("rm /etc/daybook/manager.password; mariadb -e \"DROP USER manager@localhost\"")  # as if it were new
    before = machine.sh("cat /etc/daybook/reader.password")
    machine.do("passwords")
    machine.do("database")
    check(machine.sh("cat /etc/daybook/reader.password") == before, "a password that was there stays")
    machine.do("upgrade")


def install_all(machine):
    machine.do("settings")
    machine.do("passwords")
    machine.do("database")
    machine.do("config")
    has_older = (machine.root / "root/older").exists()
    if has_older:
        install.say("upgrade of a log of the older version")
        begin_with_older(machine)
    else:
        install.say("no history of the sources: no older version to upgrade from")
        machine.do("schema")
    machine.do("start")
    return has_older


def open_to_people(machine):
    token = machine.do("account").split()[-1]
    machine.sh(f"openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME} "
               "-keyout /etc/ssl/private/daybook.key -out /etc/ssl/certs/daybook.pem")
    machine.do("nginx")
    machine.do("own")
    machine.do("basic", **{"openssl passwd -apr1": "openssl passwd -apr1 -stdin"})
    until(lambda: machine.ask("GET", "/healthz")[0] == 200, "healthz")
    events = [{"action": "updatePipeline", "user": "ann", "kind": kind, "status": 200 + number,
               "request": {"url": f"/p/{number}", "body": "\u00e9\u0000\ud83d\ude00" * number}}
              for number in range(20) for kind in ("event", "trigger")]
    status, body, _ = machine.ask("POST", "/api/v1/events", {"Authorization": f"Bearer {token}"}, json.dumps(events))
    check(status == 201, f"recording: {status} {body}")
    login = {"Authorization": "Basic " + base64.b64encode(f"ann:{PASSWORD}".encode()).decode()}
    for target in ("/acme/events", "/acme/triggers", "/acme/events?q=updatePipeline", "/acme/events.csv", "/acme/-/health",
                   "/acme/-/find-secret", f"/acme/events/{json.loads(body)['ids'][0]}"):
        check(machine.ask("GET", target, login)[0] == 200, f"{target} with the login")
        check(machine.ask("GET", target)[0] == 401, f"{target} without a login")
    status, _, headers = machine.ask("GET", "/acme/events?x=1", port=80)
    check((status, headers["Location"]) == (301, f"https://{NAME}/acme/events?x=1"), f"port 80: {status}")
    check(machine.ask("POST", "/api/v1/events", {}, "{}", port=80)[0] == 403, "a program at port 80")
    until(lambda: "ann" in machine.sh(OWN_EVENTS), "who opened the log is an event of it")
    return token


def look_at_processes(machine):
    """Sockets for nginx alone; a worker that dies is replaced; nothing runs as root."""
    web = machine.units.group("www-data")
    for path in (machine.root / "run/daybook").iterdir():
        found = path.stat()
        check(stat.S_ISSOCK(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o660 and found.st_gid == web, f"socket {path}")
    machine.fails("runuser -u nobody -- test -e /run/daybook/events.sock", 1, "")
    machine.fails("runuser -u www-data -- cat /etc/daybook/reader.password", 1, "Permission denied")
    leader = machine.units.running["daybook-handler@events.service"].pid

    def workers():
        with open(f"/proc/{leader}/task/{leader}/children", encoding="ascii") as file:
            return {int(word) for word in file.read().split()}

    before = workers()
    check(len(before) == 4, f"workers of events: {before}")
    user = machine.units.account("daybook")[0]
    check({os.stat(f"/proc/{pid}").st_uid for pid in before} == {user}, "workers run as the user daybook")
    time.sleep(1.5)  # so old that the supervisor does not count it as broken
    os.kill(min(before), signal.SIGKILL)
    until(lambda: len(workers()) == 4 and workers() != before, "a worker was replaced")
    machine.units.start("daybook-nightly.service")


def capture(machine):
    """nginx's workers, the follower and the folder that both share, through rotations."""
    machine.sh("ln -s /usr/local/share/daybook/deploy/capture /etc/nginx/daybook")
    (machine.root / "etc/nginx/sites-enabled/api").write_text("""
        include daybook/http.conf;
        server { listen 127.0.0.1:8082; location / { return 200 made; } }
        server {
            listen 127.0.0.1:8081;
            access_log /var/log/nginx/daybook/api.log daybook_capture;
            include daybook/server.conf;
            location / { include daybook/location.conf; proxy_pass http://127.0.0.1:8082; }
        }""")
    machine.do("follow", **{"--rotate 300": "--rotate 1"})
    machine.sh("nginx -t")
    machine.reload_nginx()
    until(lambda: listens(8081), "nginx has read its settings")
    sent = 0
    end = time.monotonic() + 5
    while time.monotonic() < end:
        check(machine.ask("PUT", f"/things/{sent}", {}, "x", port=8081)[0] == 200, "the API answers")
        sent += 1
        time.sleep(0.02)

    def stored():
        return int(machine.sh("mariadb -BNe \"SELECT COUNT(*) FROM event_request WHERE url LIKE '/things/%'\" daybook"))

    until(lambda: stored() == sent, f"{sent} captured calls are stored")
    check("running" in machine.sh(f"{DAYBOOK} status"), "status of the follower")
    folder = machine.root / "var/log/nginx/daybook"
    until(lambda: len(list(folder.iterdir())) <= 2, "rotated files are deleted")
    (machine.root / "etc/nginx/sites-enabled/api").unlink()
    machine.reload_nginx()
    machine.systemctl("stop", "daybook.target")
    machine.systemctl("start", "daybook.target")


def lose_and_restore(machine, tokens, record):
    before = machine.exports(tokens)
    machine.do("backup")
    status, _, _ = machine.ask("POST", "/api/v1/events", {"Authorization": f"Bearer {record}"}, '{"action": "afterwards"}')
    check(status == 201 and machine.exports(tokens) != before, "recording after the backup")
    install.say("the machine is lost; restoring")
    machine.systemctl("stop", "daybook.target")
    machine.stop_database()
    shutil.rmtree(machine.root / "var/lib/mysql")
    for path in (machine.root / "etc/daybook").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    machine.sh("mariadb-install-db --user=mysql --skip-test-db >/dev/null")
    machine.start_database()
    machine.do("restore-etc")
    machine.do("database")
    printed = machine.do("restore")
    check("differ" not in printed, printed)
    until(lambda: machine.ask("GET", "/healthz")[0] == 200, "healthz")
    after = machine.exports(tokens)
    for key, body in before.items():
        check(after[key] == body, f"the export {key} is another one: {len(body)} bytes before, {len(after[key])} after")
    status, _, _ = machine.ask("POST", "/api/v1/events", {"Authorization": f"Bearer {record}"}, '{"action": "again"}')
    check(status == 201, "recording after the restore")
    machine.sh(f"{DAYBOOK} verify --segments")
    rows = {slug: body.count(b"\n") for (slug, file), body in before.items() if file == "all.ndjson?trailer=1"}
    install.say(f"the same exports, byte by byte: {sum(map(len, before.values()))} bytes, lines {rows}")


def tell(root):
    loopback_up()
    install.mount(root)
    machine = Machine(root)
    machine.sh("systemd-sysusers && systemd-tmpfiles --create /usr/local/lib/tmpfiles.d/daybook.conf")
    install.say("database and start")
    has_older = install_all(machine)
    install.say("login, TLS, recording")
    record = open_to_people(machine)
    look_at_processes(machine)
    install.say("capture")
    capture(machine)
    install.say("backup")
    tokens = {slug: machine.sh(f"{DAYBOOK} token add {slug} read").split()[-1]
              for slug in (["acme", "older"] if has_older else ["acme"])}
    lose_and_restore(machine, tokens, record)
    machine.units.stop()
    machine.stop_database()
