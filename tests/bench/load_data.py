# SPDX-License-Identifier: MIT
"""The peer that recording is measured against: LOAD DATA of the very rows that were recorded, into
empty copies of the same tables, read by the server itself from files that hold a transaction each.
"""

TABLES = ("event", "event_recent", "event_request", "event_link")  # one row an event in each, as calls.py makes them
SOURCES = {"event_recent": "event"}  # the same rows; `daybook maintain` may have merged some of them
FORMAT = "CHARACTER SET binary"


class LoadData:
    """Rows exported once, loaded often."""

    def __init__(self, copy, folder):
        self.copy = copy
        self.folder = folder
        folder.mkdir(mode=0o700)
        self.files = {}  # rows in a transaction -> the files' numbers
        copy.sql("".join(f"CREATE TABLE IF NOT EXISTS peer_{table} LIKE {table};"
                         for table in TABLES))

    def export(self, sizes):
        """What stands in the tables now, in files of so many rows: those of the same events in each
        table, in the order of its key."""
        counts = {self.copy.sql(f"SELECT COUNT(*) FROM {SOURCES.get(table, table)};")
                  for table in TABLES}
        if len(counts) != 1:
            raise RuntimeError(f"not one row an event in each table: {counts}")
        for table in TABLES:
            whole = self.folder / table
            self.copy.sql(f"SELECT * FROM {SOURCES.get(table, table)} ORDER BY account_id, kind, id "
                          f"INTO OUTFILE '{whole}' {FORMAT};")
            for size in sizes:
                self.files[size] = self._split(whole, table, size)
            whole.unlink()
        for size, count in self.files.items():
            for number in range(count):
                self._sort_links(self._path("event_link", size, number))

    @staticmethod
    def _sort_links(path):
        """Of a table of numbers whose key does not begin with the event."""
        lines = path.read_text(encoding="ascii").splitlines()
        lines.sort(key=lambda line: [int(cell) for cell in line.split("\t")])
        path.write_text("".join(line + "\n" for line in lines), encoding="ascii")

    def _split(self, whole, table, size):
        """A row ends at a line feed that no backslash precedes."""
        number, rows, out = 0, 0, None
        with open(whole, "rb") as lines:
            for line in lines:
                if out is None:
                    out = open(self._path(table, size, number), "wb")
                out.write(line)
                rows += not line.endswith(b"\\\n")
                if rows == size:
                    out.close()
                    number, rows, out = number + 1, 0, None
        if out:
            out.close()
            number += 1
        return number

    def _path(self, table, size, number):
        return self.folder / f"{table}.{size}.{number}"

    def empty(self):
        self.copy.sql("".join(f"TRUNCATE TABLE peer_{table};" for table in TABLES))

    def count(self):
        return int(self.copy.sql("SELECT COUNT(*) FROM peer_event_request;"))

    def run(self, size, clients):
        """Loads all, the files shared out among so many clients of the database."""
        processes = []
        for client in range(clients):
            process = self.copy.start_sql()
            statements = "".join(self._transaction(size, number)
                                 for number in range(client, self.files[size], clients))
            process.stdin.write(statements)
            process.stdin.close()
            processes.append(process)
        for process in processes:
            if process.wait() != 0:
                raise RuntimeError("LOAD DATA failed")

    def _transaction(self, size, number):
        loads = "".join(
            f"LOAD DATA INFILE '{self._path(table, size, number)}' INTO TABLE peer_{table} {FORMAT};"
            for table in TABLES
        )
        return f"START TRANSACTION; {loads} COMMIT;\n"
