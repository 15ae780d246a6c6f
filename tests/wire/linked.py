# SPDX-License-Identifier: MIT
"""Reads from the pages what belongs together; and the oracle, which joins the texts of event_request in
plain SQL and knows nothing of table event_link.
"""
from html.parser import HTMLParser

from daybook import KINDS, database

DAY_MS = 24 * 60 * 60 * 1000
HOUR_MS = 60 * 60 * 1000
NOON = 1738324800000
SHOWN_MAX = 50
HOSTILE = ("<script>alert(1)</script>", "\"'><img src=x onerror=alert(1)>", "{{TIME}}", "%00&amp;",
           "\u202eevil", "a\tb  c ", "javascript:alert(1)", "ä" * 100, "' OR 1=1 -- ", "\x01\x7f")

# The ids that an event may share, as SQL over its texts: see base/event_link.h.
SHARED = """SELECT account_id, kind, id, request_id AS shared FROM event_request
      WHERE kind = 2 OR COALESCE(idempotency_key, '') <> CONCAT('capture:', request_id)
    UNION SELECT account_id, kind, id, trace_id FROM event_request
    UNION SELECT account_id, kind, id, trigger_delivery_id FROM event_request WHERE kind = 2
    UNION SELECT account_id, kind, id, SUBSTR(idempotency_key, 9) FROM event_request
      WHERE kind = 2 AND idempotency_key LIKE 'capture:%'"""


class Tables(HTMLParser):
    """The tables of a page by the heading above them: rows of cells, and the links in them."""

    def __init__(self, text):
        super().__init__()
        self.found = {}
        self.heading = self.cell = None
        self.rows = []
        self.in_heading = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "h2":
            self.heading, self.in_heading = "", True
        elif tag == "table" and self.heading:
            self.rows = self.found[self.heading] = []
        elif tag == "tr":
            self.rows.append({"cells": [], "links": [], "shown": "aria-current" in attrs})
        elif tag in ("td", "th") and self.rows:
            self.cell = ""
        elif tag == "a" and self.cell is not None:
            self.rows[-1]["links"].append(attrs["href"])

    def handle_endtag(self, tag):
        if tag == "h2":
            self.in_heading = False
        elif tag in ("td", "th") and self.cell is not None:
            self.rows[-1]["cells"].append(" ".join(self.cell.split()))
            self.cell = None

    def handle_data(self, data):
        if self.in_heading:
            self.heading += data
        elif self.cell is not None:
            self.cell += data


def tables(account, kind, identifier):
    answer = account.open(f"{kind}s/{identifier}")
    assert answer.status == 200, answer
    return {heading: rows[1:] for heading, rows in Tables(answer.text).found.items()}


def linked(account, kind, identifier):
    """The ids in the section of what belongs to an event, in their order."""
    found = tables(account, kind, identifier)
    headings = {"event": ("Trigger that caused this call", "Triggers that caused this call"),
                "trigger": ("Calls this trigger caused",)}[kind]
    rows = [row for heading in headings for row in found.get(heading, ())]
    other = {"event": "triggers", "trigger": "events"}[kind]
    prefix = f"/{account.slug}/{other}/"
    for row in rows:
        (link,) = row["links"]
        assert link.startswith(prefix), link
    return [row["links"][0][len(prefix):] for row in rows]


def expected_links(account, kind, identifier):
    """The same from the texts alone."""
    number = int(identifier, 16)
    rows = database().rows(
        f"""WITH mine AS (SELECT shared FROM ({SHARED}) s WHERE account_id = {account.number}
              AND kind = {KINDS[kind]} AND id = {number}
              AND shared REGEXP '[^0-]')
            SELECT DISTINCT HEX(s.id) FROM ({SHARED}) s JOIN mine ON mine.shared = s.shared
            WHERE s.account_id = {account.number} AND s.kind = {3 - KINDS[kind]}
              AND ABS(CAST(s.id >> 22 AS SIGNED) - {number >> 22}) <= {DAY_MS}""")
    return sorted((row[0].lower().zfill(16) for row in rows), reverse=True)


def attempts(account, identifier):
    return tables(account, "trigger", identifier).get("Attempts", [])


def trigger(time_ms=NOON, **fields):
    about = {name: fields.pop(name) for name in ("provider", "event", "delivery_id", "signature")
             if name in fields}
    return {"kind": "trigger", "action": "receiveWebhook", "occurred_at": time_ms, "status": 202,
            "trigger": about, **fields}


def call(time_ms=NOON, **fields):
    return {"action": "run", "occurred_at": time_ms, "status": 200, **fields}
