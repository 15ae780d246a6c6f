# SPDX-License-Identifier: MIT
"""What `make install` puts where: every file that units and settings name, the site with TLS in a real nginx, the manual's commands."""
import base64
import gzip
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import daybook
from capture import free_port
from daybook import BUILD, ROOT, VAR, TestCase
from running_copy import make_person

DEPLOY = ROOT / "cgi-bin/deploy"
HANDLERS = dict(re.findall(r"^([a-z_]+) (\d+)$", (DEPLOY / "handlers").read_text(), re.M))
NGINX_CONF = Path("/etc/nginx/nginx.conf")


def make_install(*variables):
    done = subprocess.run(["make", "-s", "install", f"BUILD={BUILD}", *variables], cwd=ROOT, check=False,
                          capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
    assert done.returncode == 0, done.stderr


class Files(TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = Path(folder.name)
        make_install(f"DESTDIR={cls.root}", "prefix=/usr")
        cls.units = cls.root / "usr/lib/systemd/system"
        cls.share = cls.root / "usr/share/daybook"

    def installed(self, path):
        return (self.root / path.lstrip("/")).exists()

    def test_nothing_beside_the_prefix(self):
        self.assertEqual(["usr"], os.listdir(self.root))

    def test_every_placeholder_is_filled_in(self):
        for path in self.root.rglob("*"):
            packed = path.suffix == ".gz"
            kind = Path(path.stem).suffix if packed else path.suffix
            if path.is_file() and not path.is_symlink() and kind not in (".fcgi", ".css", ".js") and "bin" not in path.parts:
                data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
                left = set(re.findall(r"@[A-Z_]+@", data.decode(errors="replace")))
                self.assertEqual(set(), left, path)

    def test_what_units_start(self):
        lines = [line for path in self.units.glob("*.service") for line in re.findall(r"^ExecStart=(.*)$", path.read_text(), re.M)]
        self.assertEqual(4, len(lines))
        for line in lines:
            for word in re.findall(r"(?:^|\s)(/\S+)", line):
                names = [word.replace("%i", name) for name in HANDLERS] if "%i" in word else [word]
                for name in names:
                    if name not in ("/usr/bin/multiwatch", "/etc/daybook/daybook.conf"):
                        self.assertTrue(self.installed(name), name)
                        self.assertTrue(os.access(self.root / name.lstrip("/"), os.X_OK), name)

    def test_each_handler(self):
        target = (self.units / "daybook.target").read_text()
        for name, processes in HANDLERS.items():
            self.assertIn(f"daybook-handler@{name}.socket daybook-handler@{name}.service\n", target)
            self.assertIn(f"PROCESSES={processes}\n",
                          (self.units / f"daybook-handler@{name}.service.d/processes.conf").read_text())
        self.assertEqual(len(HANDLERS), target.count("daybook-handler@") // 2)

    def test_the_target_stops_every_part(self):
        """Before an upgrade nothing of the old version may be at work."""
        for path in self.units.glob("daybook*.*"):
            if path.suffix in (".service", ".socket", ".timer"):
                self.assertIn("\nPartOf=daybook.target\n", path.read_text(), path.name)

    def test_what_nginx_names(self):
        server = (self.share / "deploy/nginx/server.conf").read_text()
        choices = {"searching": ["", "search_"]}
        choices |= {name: words.split("|") for name, words in re.findall(r"\(\?<(\w+)>([a-z_|]+)\)", server)}
        named = set(re.findall(r"unix:/run/daybook/(\S+)\.sock", server))
        for variable, words in choices.items():
            named = {re.sub(rf"\$(?:{variable}(?!\w)|\{{{variable}\}})", word, name)
                     for name in named for word in words}
        self.assertEqual(set(HANDLERS), named, "every handler is asked by nginx, and nginx asks no other")
        self.assertIn(f"limit_conn downloads {int(HANDLERS['download']) - 1};", server)
        texts = [path.read_text() for path in (self.share / "deploy/nginx").rglob("*.conf")]
        paths = [path for text in texts for path in re.findall(r'(?:include|root|alias) "(/usr/[^"]*)"', text)]
        self.assertGreater(len(paths), 10)
        for path in paths:
            self.assertTrue(self.installed(path), path)
        for text in texts:
            for page in re.findall(r"location = /([a-z-]+\.html)", text):
                self.assertTrue((self.share / "deploy" / page).exists(), page)
        for page in re.search(r"location ~ .*\((.*)\)..html", server)[1].split("|"):
            self.assertTrue((self.share / f"deploy/{page}.html").exists(), page)

    def test_the_example_configuration(self):
        """It names what is there, and a database user's file for each that grants.sql has."""
        text = (self.share / "deploy/daybook.conf.example").read_text()
        self.assertIn("\ntemplates_dir = /usr/share/daybook/templates\n", text)
        users = set(re.findall(r" TO '([a-z]+)'@", (self.share / "schema/grants.sql").read_text()))
        self.assertEqual(users, set(re.findall(r"/etc/daybook/([a-z]+)\.password", text)))

    def test_every_file_of_the_sources(self):
        for folder, names in (("schema", "schema"), ("templates", "templates"), ("deploy/capture", "cgi-bin/deploy/capture"),
                              ("deploy/nginx/login", "cgi-bin/deploy/nginx/login")):
            self.assertEqual(sorted(os.listdir(ROOT / names)), sorted(os.listdir(self.share / folder)))
        manual = {path.name for path in (self.root / "usr/share/man").rglob("*") if path.is_file()}
        self.assertEqual({path.name for path in (ROOT / "cgi-bin/man").iterdir()}, manual)


class Systemd(TestCase):
    """The units as systemd reads them."""

    @classmethod
    def setUpClass(cls):
        if not shutil.which("systemd-analyze"):
            raise unittest.SkipTest("no systemd-analyze here")
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        make_install(f"prefix={folder.name}")
        cls.folder = Path(folder.name)
        cls.environment = {"PATH": os.environ["PATH"], "SYSTEMD_UNIT_PATH": f"{folder.name}/lib/systemd/system:", "LC_ALL": "C"}

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *arguments], check=False, capture_output=True, text=True, env=self.environment)

    def test_verify(self):
        units = ["daybook.target", "daybook-nightly.timer", "daybook-follow@api.service"]
        units += [f"daybook-handler@{name}.{kind}" for name in HANDLERS for kind in ("socket", "service")]
        done = self.analyze("verify", "--man=no", *units)
        self.assertEqual((0, ""), (done.returncode, "".join(
            line + "\n" for line in done.stderr.splitlines() if "daybook" in line)), done.stderr)

    def test_hardening(self):
        """The file for all of them is in effect."""
        for unit in ("daybook-handler@events.service", "daybook-maintain.service", "daybook-nightly.service",
                     "daybook-follow@api.service"):
            done = self.analyze("security", "--offline=true", "--threshold=20", unit)
            self.assertEqual(0, done.returncode, done.stdout[-3000:])

    @unittest.skipUnless(shutil.which("systemd-sysusers"), "no systemd-sysusers here")
    def test_the_user(self):
        done = subprocess.run(["systemd-sysusers", "--dry-run", self.folder / "lib/sysusers.d/daybook.conf"], check=False,
                              capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stderr)


@unittest.skipUnless(NGINX_CONF.exists(), "nginx came without its nginx.conf")
class Site(TestCase):
    """The installed site within Debian's nginx.conf, with other ports and the sockets of the running copy."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        cls.folder.chmod(0o755)
        make_install(f"prefix={cls.folder}")
        cls.plain, cls.tls = free_port(), free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", cls.folder / "key", "-out",
                        cls.folder / "pem", "-days", "30", "-subj", "/CN=daybook.example.com", "-addext",
                        "subjectAltName=DNS:daybook.example.com"], check=True, capture_output=True)
        cls.nginx = cls._start()
        cls.addClassCleanup(cls._stop)
        end = time.monotonic() + 30
        while not cls._listens():
            assert cls.nginx.poll() is None and time.monotonic() < end, (cls.folder / "error.log").read_text()
            time.sleep(0.05)

    @classmethod
    def _start(cls):
        nginx = cls.folder / "share/daybook/deploy/nginx"
        site = (nginx / "site.conf").read_text()
        for shipped, other in (("listen 80;", f"listen 127.0.0.1:{cls.plain};"), ("listen [::]:80;", ""),
                               ("listen 443 ", f"listen 127.0.0.1:{cls.tls} "), ("listen [::]:443 ssl http2;", ""),
                               ("/etc/ssl/certs/daybook.pem", cls.folder / "pem"), ("#add_header", "add_header"),
                               ("/etc/ssl/private/daybook.key", cls.folder / "key"), ("/var/log/nginx", cls.folder),
                               ("/etc/nginx/daybook-login.conf", nginx / "login/basic.conf")):
            assert shipped in site, shipped
            site = site.replace(shipped, str(other))
        (cls.folder / "site.conf").write_text(site)
        (cls.folder / "daybook").mkdir()  # of the log about the log
        for path in [nginx / "server.conf", nginx / "login/basic.conf"]:
            path.write_text(path.read_text().replace("/run/daybook", os.path.realpath(VAR / "run"))
                            .replace("/etc/nginx/daybook.htpasswd", str(VAR / "htpasswd"))
                            .replace("/var/log/nginx", str(cls.folder)))
        main = NGINX_CONF.read_text()
        user = f"user {os.environ.get('USER') or 'root'};" if os.geteuid() == 0 else ""
        temporary = "".join(f"{name}_temp_path {cls.folder}/tmp-{name};" for name in
                            ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        for pattern, other in ((r"^user .*;", user), (r"^pid .*;", f"pid {cls.folder}/pid;"),
                               (r"^\s*include /etc/nginx/(conf\.d|modules-enabled).*;", ""), (r"/var/log/nginx", str(cls.folder)),
                               (r"^\s*include /etc/nginx/sites-enabled/\*;", f"{temporary} include {cls.folder}/site.conf;")):
            main = re.sub(pattern, other, main, flags=re.M)
        (cls.folder / "nginx.conf").write_text(main)
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        return subprocess.Popen([shutil.which("nginx", path=path), "-e", cls.folder / "error.log", "-c",
                                 cls.folder / "nginx.conf", "-g", "daemon off;"], stdin=subprocess.DEVNULL)

    @classmethod
    def _listens(cls):
        with socket.socket() as connection:
            return connection.connect_ex(("127.0.0.1", cls.tls)) == 0

    @classmethod
    def _stop(cls):
        cls.nginx.terminate()
        cls.nginx.wait(60)

    def ask(self, method, target, headers=None, plain=False, context=None):
        headers = {"Host": "daybook.example.com"} | (headers or {})
        if plain:
            connection = http.client.HTTPConnection("127.0.0.1", self.plain, timeout=60)
        else:
            connection = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=60, context=context or self.context())
        connection.request(method, target, None, headers)
        response = connection.getresponse()
        answer = daybook.Answer(response, response.read())
        connection.close()
        return answer

    def context(self):
        context = ssl.create_default_context(cafile=self.folder / "pem")
        context.check_hostname = False  # the address is one of this machine
        return context

    def test_pages(self):
        account = daybook.Account(member=False)
        daybook.run_well("member", "add", account.slug, "install.ann", "auditor")
        account.record({"action": "through TLS"})
        page = f"/{account.slug}/events"
        answer = self.ask("GET", page, make_person("install.ann"))
        self.assertEqual((200, True), (answer.status, "through TLS" in answer.text))
        self.assertEqual("max-age=63072000", answer.headers["Strict-Transport-Security"])
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
        self.assertEqual(401, self.ask("GET", page).status)
        style = re.search(r'href="(/static/style[^"]*)"', answer.text)[1]
        self.assertEqual((200, "text/css"), (self.ask("GET", style).status, self.ask("GET", style).headers["Content-Type"]))
        log = (self.folder / "daybook.log").read_text()
        self.assertIn(f'user="install.ann" method=GET uri="{page}" status=200', log)

    def test_without_tls(self):
        answer = self.ask("GET", "/acme/events?user=a%26b", plain=True)
        self.assertEqual((301, "https://daybook.example.com/acme/events?user=a%26b"), (answer.status, answer.headers["Location"]))
        for target in ("/api/v1/events", "/hooks/acme/x-0123", "/publisher/v1/project/acme/event"):
            answer = self.ask("POST", target, {"Authorization": "Bearer x"}, plain=True)
            self.assertEqual(403, answer.status)
            self.assertIn("https", answer.json["error"])

    def test_old_protocols_are_refused(self):
        for version, accepted in ((ssl.TLSVersion.TLSv1, False), (ssl.TLSVersion.TLSv1_1, False),
                                  (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
            context = self.context()
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
            with self.subTest(version):
                if accepted:
                    self.assertEqual(200, self.ask("GET", "/healthz", context=context).status)
                else:
                    with self.assertRaises(ssl.SSLError):
                        self.ask("GET", "/healthz", context=context)

    def test_basic_credentials_of_nobody(self):
        wrong = base64.b64encode(b"install.ann:wrong").decode()
        self.assertEqual(401, self.ask("GET", "/", {"Authorization": f"Basic {wrong}"}).status)


if __name__ == "__main__":
    unittest.main()
