# SPDX-License-Identifier: MIT
"""A program that makes as many calls as one processor can, and says how each was answered.

    load_client.py PORT CONNECTIONS FIRST STEP

For each number on a line of its standard input it makes so many calls, numbered FIRST, FIRST + STEP, and
so on. Each gets a line: its number, then the X-Request-Id of the answer; `-` for one that it aborted.
"""
import hashlib
import socket
import sys

BODY_BYTES = 1024
ABORT_EVERY = 499
PIECE = 1 << 16


def body(number):
    """What call `number` sends: text, what JSON escapes, and bytes that are no UTF-8."""
    digest = hashlib.sha256(b"%d" % number).hexdigest().encode()
    return (b"%08d\n\"\\\x00\x7f\xc3\xbc\xff" % number + digest * 16)[:BODY_BYTES]


def request(number):
    return (b"POST /load/%d?n=%d HTTP/1.1\r\nHost: api.example\r\nUser-Agent: load\r\n"
            b"Content-Length: %d\r\n\r\n" % (number % 100, number, BODY_BYTES) + body(number))


class Connection:
    def __init__(self, port):
        self.port = port
        self.open()

    def open(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), 60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def abort(self, number):
        """Asks and leaves."""
        self.socket.sendall(request(number))
        self.socket.close()
        self.open()

    def answer(self):
        """The request id of the answer, which must be a good one."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.socket.recv(PIECE)
            if not piece:
                raise ConnectionError("closed before the answer")
            data += piece
        head, _, rest = data.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        if not lines[0].startswith(b"HTTP/1.1 200 "):
            raise ConnectionError(f"answered {lines[0]!r}")
        headers = dict(line.split(b": ", 1) for line in lines[1:])
        missing = int(headers[b"Content-Length"]) - len(rest)
        while missing > 0:
            missing -= len(self.socket.recv(missing))
        return headers[b"X-Request-Id"].decode()


def calls(connections, numbers):
    """One call on each connection at a time; the lines for them."""
    asked = []
    for connection, number in zip(connections, numbers):
        if number % ABORT_EVERY == 0:
            connection.abort(number)
            yield f"{number} -\n"
        else:
            connection.socket.sendall(request(number))
            asked.append((connection, number))
    for connection, number in asked:
        yield f"{number} {connection.answer()}\n"


def main():
    port, count, number, step = map(int, sys.argv[1:])
    connections = [Connection(port) for _ in range(count)]
    for line in sys.stdin:
        end = number + int(line) * step
        while number < end:
            numbers = range(number, min(end, number + count * step), step)
            sys.stdout.write("".join(calls(connections, numbers)))
            sys.stdout.flush()
            number += len(numbers) * step


if __name__ == "__main__":
    main()
