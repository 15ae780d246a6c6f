# SPDX-License-Identifier: MIT
"""The database's socket, with answers that come slowly: what reads much takes its time, however busy the machine is."""
import contextlib
import socket
import socketserver
import tempfile
import threading
import time
from pathlib import Path

from daybook import VAR

PIECE_BYTES = 16_384


class Connection(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.socket(socket.AF_UNIX) as database:
            database.connect(str(VAR / "run/db.sock"))
            asking = threading.Thread(target=self.forward, args=(self.request, database, 0))
            asking.start()
            self.forward(database, self.request, self.server.rest_s)
            asking.join()

    @staticmethod
    def forward(source, target, rest_s):
        """Until one of them has ended; then both have."""
        with contextlib.suppress(OSError):
            while piece := source.recv(PIECE_BYTES):
                time.sleep(rest_s)
                target.sendall(piece)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def slow_database(config, rest_s):
    """The path of another `config` whose database rests so long before each piece of an answer."""
    with tempfile.TemporaryDirectory(dir=VAR / "tmp") as folder:
        path = Path(folder, "db.sock")
        with socketserver.ThreadingUnixStreamServer(str(path), Connection) as server:
            server.rest_s = rest_s
            threading.Thread(target=server.serve_forever).start()
            try:
                slow = Path(folder, "daybook.conf")
                slow.write_text(Path(config).read_text().replace(str(VAR / "run/db.sock"), str(path)))
                yield slow
            finally:
                server.shutdown()
