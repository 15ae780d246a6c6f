# SPDX-License-Identifier: MIT
"""Posts prepared messages over plain sockets, several at a time. Everything is made before the clock
starts, and the threads only wait for the kernel, so that the sender takes next to nothing of the machine.
"""
import socket
import threading


class Poster:
    """Sends `messages` (bytes-like) to `port`, from `connections` connections at once."""

    def __init__(self, port, token, connections, keep_alive=False):
        self.port = port
        self.connections = connections
        self.keep_alive = keep_alive
        self.head = (
            "POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: application/x-ndjson\r\n"
            f"Connection: {'keep-alive' if keep_alive else 'close'}\r\nContent-Length: "
        )

    def run(self, messages):
        """Until all are answered with 201; anything else is an error."""
        requests = [(f"{self.head}{len(message)}\r\n\r\n".encode(), message)
                    for message in messages]
        requests.reverse()
        errors = []
        threads = [
            threading.Thread(target=self._work, args=(requests, errors))
            for _ in range(self.connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise RuntimeError(f"not recorded: {errors[0]!r}")

    def _work(self, requests, errors):
        connection = None
        try:
            while not errors:
                try:
                    head, message = requests.pop()
                except IndexError:
                    break
                if connection is None:
                    connection = socket.create_connection(("127.0.0.1", self.port))
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if len(message) < 65536:
                    connection.sendall(head + bytes(message))
                else:
                    connection.sendall(head)
                    connection.sendall(message)
                answer = _read_answer(connection)
                if not answer.startswith(b"HTTP/1.1 201"):
                    errors.append(answer[:500])
                if not self.keep_alive:
                    connection.close()
                    connection = None
        except OSError as error:
            errors.append(error)
        if connection:
            connection.close()


def _read_answer(connection):
    """The whole answer: by its length, in chunks, or to the end of the connection."""
    answer = b""
    while True:
        more = connection.recv(1 << 18)
        answer += more
        if not more or _is_whole(answer):
            return answer


def _is_whole(answer):
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    head = answer[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        length = int(head[at + 17 :].split(b"\r\n", 1)[0])
        return len(answer) >= end + 4 + length
    if b"\r\ntransfer-encoding: chunked" in head:
        return answer.endswith(b"\r\n0\r\n\r\n")
    return False
