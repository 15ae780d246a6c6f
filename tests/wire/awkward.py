# SPDX-License-Identifier: MIT
"""Texts that break programs: some written down here, many more from collections of others.

The collections are in DAYBOOK_SHARED/data (`../shared/data` of the checkout otherwise). Without
them a line says so, and the texts that stand here are all.
"""
import json
import os
import sys

import daybook

SHARED = os.environ.get("DAYBOOK_SHARED") or daybook.ROOT.parent / "shared"
DATA = daybook.Path(SHARED).absolute() / "data"

OWN = (
    "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "'", "'=1", "''", "＝1", "－1", "＋1", "＠a",
    "=cmd|' /C calc'!A0", " =1", '"=1"', ",=1", ";=1", "\ufeff=1", '"', '""', '"""', ",", ",,",
    "a,b", 'a"b', "a'b", "a\nb", "a\r\nb", "a\rb", "\n", "\r", "\r\n", " a ", "\t", "  ", "\\",
    "\\n", "\\\"", "\\N", "NULL", "null", "true", "0", "-0", "007", "1e5", "0x1F", "1_000", "NaN",
    "Inf", "1.50", "#end", "rows=1", "#", "--", "base64:", "base64:QQ==", "{", "{}", "[]",
    "{\"a\":1}", "x" * 255, "é", "e\u0301", "ＡＢ", "漢字", "👩‍👩‍👧‍👦", "\u202eabc\u202c", "\u200b",
    "\ufeff", "\ufffd", "\ufffe", "\U0010ffff", "\x01", "\x08", "\x0b", "\x0c", "\x1a", "\x1b[31m",
    "\x7f", "\x85", "\u2028", "\u2029", "<b>", "&amp;", "]]>", "--><script>alert(1)</script>",
    "javascript:alert(1)", "{{STATUS}}", "${x}", "`id`", "$(id)", "' OR 1=1 -- ", "%00", "%s%n",
    "../../etc/passwd", "a|b", "a;b", "|", ";", "¦", "a\u00a0b",
)


def shared(why):
    """Whether the collections are there; says so in a line if not."""
    if (DATA / "README.md").exists():
        return True
    print(f"{why}: no collections in {DATA}", file=sys.stderr)
    return False


def spectrum_values():
    """The values of csv-spectrum, names of columns included."""
    values = []
    for path in sorted((DATA / "csv/csv-spectrum/json").glob("*.json")):
        for row in json.loads(path.read_bytes().decode("utf-8", "replace")):
            values += [*row, *row.values()] if isinstance(row, dict) else []
    return values


def texts():
    """Every text once."""
    found = list(OWN)
    if shared("own texts alone"):
        found += json.loads((DATA / "strings/blns.json").read_bytes())
        for path in sorted((DATA / "strings").glob("*.txt")):
            found += path.read_bytes().decode("utf-8", "replace").split("\n")
        found += spectrum_values()
    return [text for text in dict.fromkeys(found) if text and "\0" not in text]


# Where a text may stand, with its limit in bytes; what of them are columns of the CSV.
MEMBERS = {
    "entity_type": 1024, "entity_id": 1024, "entity_name": 1024, "action": 1024, "user": 1024,
    "request_id": 255, "trace_id": 255, "client_address": 255, "forwarded_for": 4096,
    "user_agent": 65535, "extra": None, "request.method": 32, "request.url": 65535,
    "request.params": None, "request.query": None, "request.body": None,
    "response.body_head": 4096, "trigger.provider": 255, "trigger.event": 255,
    "trigger.delivery_id": 255,
}


def event_full_of(text):
    """An event with the text in every member that can hold it."""
    event = {"action": "too long"}
    for path, limit in MEMBERS.items():
        if limit is None or len(text.encode()) <= limit:
            *parents, name = path.split(".")
            target = event
            for parent in parents:
                target = target.setdefault(parent, {})
            target[name] = text
    if not any(end in text for end in "\r\n"):  # a header stands on one line
        event["request"]["headers"] = {"X-Note": text}
    return event
