# SPDX-License-Identifier: MIT
"""Codefresh's parameters of /api/audit/download as those of a page that means the same."""

from list_oracle import word

NAMES = {"userName": "user", "userId": "user", "entity": "entity", "entityId": "entity_id",
         "action": "action", "rs_status": "status", "search": "q", "from": "from", "to": "to"}
OLDEST_FIRST = (b"ASK", b"ASC")


def on_the_page(parameters):
    """The tab, and its parameters; pairs of names and bytes, as in list_oracle."""
    given = {name: value for name, value in parameters if value}
    page = [(NAMES[name], word(value.decode()).encode() if NAMES[name] in ("user", "entity", "action") else value)
            for name, value in given.items() if name in NAMES]
    if given.get("sortType") in OLDEST_FIRST:
        page.append(("sort", b"time"))
    return "triggers" if given.get("showTriggers") == b"true" else "events", page
