# SPDX-License-Identifier: MIT
"""What the cells of CSV and the members of NDJSON must be, made from what the database holds."""
import base64
import datetime
import json

import daybook

COLUMNS = ("id occurred_at received_at account kind entity_id entity_name entity_type action "
           "status user source method url params query headers body body_bytes body_sha256 "
           "response_time_ms client_address user_agent request_id trace_id trigger extra").split()
KIND_NAMES = {number: name for name, number in daybook.KINDS.items()}
SOURCE_NAMES = {0: ""} | {number: name for name, number in daybook.SOURCES.items()}
SIGNATURE_NAMES = {0: ""} | {number: name for name, number in daybook.SIGNATURES.items()}

# What a spreadsheet could take for a formula, or for the mark of a text.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "'", "\uff1d", "\uff0b", "\uff0d",
             "\uff20")


def utc_text(ms):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return moment.isoformat(timespec="milliseconds") + "Z"


def is_text(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def body_cell(body):
    if not is_text(body) or b"\0" in body or body.startswith(b"base64:"):
        return "base64:" + base64.b64encode(body).decode()
    return body.decode()


def trigger_of(event):
    trigger = {name: (event["trigger_" + name]).decode()
               for name in ("provider", "event", "delivery_id")}
    trigger["signature"] = SIGNATURE_NAMES[event["trigger_signature"]]
    return {name: value for name, value in trigger.items() if value}


def cells(event):
    """A row as it stands in `raw=1`; the trigger as its own dictionary."""
    row = {name: (event[name] or b"").decode() for name in (
        "account", "entity_id", "entity_name", "entity_type", "action", "user", "method", "url",
        "params", "query", "headers", "client_address", "user_agent", "request_id", "trace_id",
        "extra")}
    row |= {
        "id": f"{event['id']:016x}", "occurred_at": utc_text(event["id"] >> 22),
        "received_at": utc_text(event["received_ms"]), "kind": KIND_NAMES[event["kind"]],
        "status": str(event["status"] or ""), "source": SOURCE_NAMES[event["source"]],
        "body": body_cell(event["body"]), "body_bytes": str(event["body_bytes"]),
        "body_sha256": event["body_sha256"].hex(),
        "response_time_ms": "" if event["response_time_ms"] is None else str(
            event["response_time_ms"]),
        "trigger": trigger_of(event)}
    return row


def parsed(row):
    """A row as a reader gave it, in the form of cells()."""
    return row | {"trigger": json.loads(row["trigger"] or "{}")}


def defused(cell):
    return "'" + cell if cell.startswith(DANGEROUS) else cell


def members(event):
    """An NDJSON line as a dictionary; texts that are JSON as the text that they are."""
    row = cells(event)
    line = {name: row[name] for name in (
        "id", "kind", "occurred_at", "received_at", "account", "entity_type", "entity_id",
        "entity_name", "action", "user", "source", "request_id", "trace_id", "client_address",
        "user_agent", "body_sha256", "extra", "trigger")}
    key = event["idempotency_key"]
    line["idempotency_key"] = f"daybook:{row['id']}" if key is None else key.decode()
    line["forwarded_for"] = event["forwarded_for"].decode()
    line["status"] = event["status"]
    line["request"] = dropped({name: row[name] for name in (
        "method", "url", "params", "query", "headers")} | as_bytes("body", event["body"]))
    line["response"] = {name: value for name, value in (
        ("time_ms", event["response_time_ms"]), ("bytes", event["response_bytes"]))
                        if value is not None}
    line["response"] |= dropped(as_bytes("body_head", event["response_body_head"]))
    always = {"request": line["request"], "body_bytes": event["body_bytes"]}
    return dropped(line) | always


def as_bytes(name, data):
    if is_text(data):
        return {name: data.decode()}
    return {name + "_base64": base64.b64encode(data).decode()}


def dropped(line):
    return {name: value for name, value in line.items() if value not in ("", 0, {})}


def parsed_line(line):
    """An NDJSON line in the form of members(): every JSON text as it stands in the line."""
    found = json.loads(line)
    for parent, name in ((found, "extra"), (found["request"], "params"),
                         (found["request"], "query"), (found["request"], "headers")):
        if name in parent and not isinstance(parent[name], str):
            parent[name] = text_of_member(line, name, parent[name])
    return found


def text_of_member(line, name, value):
    """The very letters of the object or array that follows `"name": ` and means `value`."""
    decoder = json.JSONDecoder()
    mark = f'"{name}": '
    at = line.find(mark)
    while at >= 0:
        start = at + len(mark)
        if line[start] in "{[":
            found, end = decoder.raw_decode(line, start)
            if found == value:
                return line[start:end]
        at = line.find(mark, start)
    raise AssertionError(f"no {name} in {line[:200]}")
