# SPDX-License-Identifier: MIT
"""The statements that the pages send to the database, as the server got them."""
from daybook import database


def seen(account, pages, condition):
    """Those of readers that `condition` (SQL over `argument`) is true of, while the account's `pages` are opened; with their values."""
    database().run("SET GLOBAL log_output = 'TABLE'")
    database().run("TRUNCATE TABLE mysql.general_log")
    database().run("SET GLOBAL general_log = 1")
    # Values are in the log of what is prepared from now on, so on new connections.
    for number in database().numbers("SELECT id FROM information_schema.processlist "
                                     "WHERE user = 'reader'"):
        database().run(f"KILL {number}")
    try:
        for page in pages:
            answer = account.open(page)
            assert answer.status == 200, answer
    finally:
        database().run("SET GLOBAL general_log = 0")
    rows = database().rows("SELECT DISTINCT HEX(argument) FROM mysql.general_log WHERE "
                           f"command_type = 'Execute' AND user_host LIKE 'reader%' AND ({condition})")
    return [bytes.fromhex(row[0]).decode() for row in rows]
