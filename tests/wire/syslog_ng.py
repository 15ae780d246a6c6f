# SPDX-License-Identifier: MIT
"""Debian's syslog-ng as a child: the configuration of man/daybook-senders.7 in a folder of its own, touching nothing of the system."""
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import daybook

PAGE = daybook.ROOT / "cgi-bin/man/daybook-senders.7"
PROGRAM = shutil.which("syslog-ng") or shutil.which("/usr/sbin/syslog-ng")
SECONDS = 30


def missing():
    """Why it cannot be run, or nothing."""
    if not PROGRAM:
        return "no syslog-ng"
    modules = [path for path in Path("/usr/lib").rglob("syslog-ng/*/libhttp.so")]
    return "" if modules else "no syslog-ng-mod-http"


def examples():
    """The example of the manual page, as a reader would copy it."""
    text = re.search(r"^\.Ss syslog-ng\n(.*?)^\.S[hs] ", PAGE.read_text(), re.S | re.M)[1]
    blocks = re.findall(r"^\.Bd -literal[^\n]*\n(.*?)^\.Ed$", text, re.S | re.M)
    # What mdoc writes for a backslash and to keep a line from being a request.
    return "".join(blocks).replace("\\e", "\\").replace("\\&", "")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class SyslogNg:
    """Runs while the `with` lasts. `destination` is one of the names in the examples."""

    def __init__(self, destination, url, token):
        self.folder = Path(tempfile.mkdtemp(prefix="daybook-syslog-"))
        self.port = free_port()
        text = examples().replace("https://daybook.example", url).replace("TOKEN", token)
        text += (f'source test {{ network(ip("127.0.0.1") port({self.port}) transport("tcp") '
                 f'flags(syslog-protocol)); unix-stream("{self.folder}/log"); }};\n'
                 f"log {{ source(test); destination({destination}); }};\n")
        (self.folder / "syslog-ng.conf").write_text(text)
        self.child = None

    def __enter__(self):
        folder = self.folder
        with open(folder / "said", "wb") as said:
            self.child = subprocess.Popen(
                [PROGRAM, "--foreground", "--no-caps", "--stderr", "--cfgfile", folder / "syslog-ng.conf",
                 "--persist-file", folder / "persist", "--control", folder / "control", "--pidfile",
                 folder / "pid"], stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        self.wait_for(lambda: (folder / "log").exists() and self.can_connect())
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait(SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def can_connect(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def wait_for(self, happened):
        """Until it has, or an error with what syslog-ng said."""
        end = time.monotonic() + SECONDS
        while not happened():
            if time.monotonic() > end or self.child.poll() is not None:
                raise AssertionError((self.folder / "said").read_text(errors="replace")[-3000:])
            time.sleep(0.05)

    def send_tcp(self, lines):
        with socket.create_connection(("127.0.0.1", self.port), SECONDS) as stream:
            stream.sendall(b"".join(line + b"\n" for line in lines))

    def send_unix(self, lines):
        with socket.socket(socket.AF_UNIX) as stream:
            stream.connect(str(self.folder / "log"))
            stream.sendall(b"".join(line + b"\n" for line in lines))
