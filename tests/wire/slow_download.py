# SPDX-License-Identifier: MIT
"""A client that takes its time."""
import hashlib
import http.client
import socket

import daybook


class SlowDownload:
    """A download whose client reads as slowly as it likes: hardly anything waits in its socket."""

    def __init__(self, target, token):
        host, port = daybook.HOST.split(":")
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        self.socket.settimeout(60)
        self.socket.connect((host, int(port)))
        self.socket.sendall(f"GET {target} HTTP/1.1\r\nHost: {daybook.HOST}\r\n"
                            f"Authorization: Bearer {token}\r\n\r\n".encode())
        self.response = http.client.HTTPResponse(self.socket)
        self.response.begin()
        self.digest = hashlib.sha256()
        self.bytes = 0

    def read(self, size):
        """So many bytes of the body, fewer only at its end."""
        piece = self.response.read(size)
        self.digest.update(piece)
        self.bytes += len(piece)
        return piece

    def read_all(self):
        while self.read(256 * 1024):
            pass

    def close(self):
        self.response.close()
        self.socket.close()
