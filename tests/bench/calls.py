# SPDX-License-Identifier: MIT
"""Invented calls of an API, the same for the same seed: skewed as real ones are, in order of time.

A few users and entities do most, ten headers, a body of 1 KB as JSON. Each call can be written as an event
(man/daybook-record.5) or as the line that nginx writes for it.
"""
import json
import random

START_MS = 1767600000000
BODY_BYTES = 1024
ACTIONS = [
    (method, entity_type, verb)
    for entity_type in ("pipeline", "build", "project", "trigger", "context", "team", "image", "step")
    for method, verb in (
        ("GET", "get"),
        ("POST", "create"),
        ("PATCH", "update"),
        ("PUT", "replace"),
        ("DELETE", "delete"),
    )
]
STATUSES = [200] * 80 + [201] * 8 + [204] * 3 + [400] * 2 + [401] * 2 + [403, 404, 409, 500, 503]
AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
    "codefresh-cli/0.84.6 node/18.19.0 linux-x64",
    "python-requests/2.31.0",
    "Go-http-client/2.0",
]
WORDS = (
    "deploy build stage branch master image registry cluster token variable runtime agent step "
    "approval cache volume composition environment trigger manual schedule timeout retry rollback "
    "canary release version commit author message pull request webhook secret context"
).split()


def _skewed(count):
    """Weights: the first is taken most, as 1, 1/2, 1/3 …"""
    total, sums = 0.0, []
    for rank in range(1, count + 1):
        total += 1 / rank
        sums.append(total)
    return sums


def make(seed, count):
    """Dictionaries, one a call."""
    rng = random.Random(seed)
    users = [f"{rng.choice(WORDS)}.{rng.choice(WORDS)}{n}@example.com" for n in range(500)]
    entities = [(f"{rng.getrandbits(96):024x}", f"{rng.choice(WORDS)}/{rng.choice(WORDS)}-{n}")
                for n in range(20_000)]
    user_sums, entity_sums = _skewed(len(users)), _skewed(len(entities))
    action_sums = _skewed(len(ACTIONS))
    now_ms = START_MS
    for _ in range(count):
        now_ms += rng.randrange(40)
        method, entity_type, verb = rng.choices(ACTIONS, cum_weights=action_sums)[0]
        entity_id, entity_name = rng.choices(entities, cum_weights=entity_sums)[0]
        yield {
            "time_ms": now_ms,
            "key": f"{rng.getrandbits(128):032x}",
            "method": method,
            "entity_type": entity_type,
            "action": f"{verb}{entity_type.capitalize()}",
            "entity_id": entity_id,
            "entity_name": entity_name,
            "url": f"/api/{entity_type}s/{entity_id}?limit={rng.randrange(100)}&offset=0",
            "status": rng.choice(STATUSES),
            "user": rng.choices(users, cum_weights=user_sums)[0],
            "agent": rng.choice(AGENTS),
            "address": f"10.{rng.randrange(4)}.{rng.randrange(256)}.{rng.randrange(256)}",
            "took_ms": rng.randrange(1, 400),
            "sent": rng.randrange(20, 5000),
            "body": _body(rng, entity_id, entity_name),
            "secret": f"{rng.getrandbits(160):040x}",
        }


def _body(rng, entity_id, entity_name):
    body = {
        "id": entity_id,
        "metadata": {"name": entity_name, "revision": rng.randrange(1000), "isPublic": False},
        "spec": {"variables": [], "description": ""},
    }
    variables = body["spec"]["variables"]
    for word in rng.choices(WORDS, k=8):
        variables.append({"key": word.upper(), "value": f"{rng.getrandbits(64):x}"})
    text = json.dumps(body)
    words = " ".join(rng.choices(WORDS, k=(BODY_BYTES - len(text)) // 6))
    body["spec"]["description"] = (words + " " * BODY_BYTES)[: BODY_BYTES - len(text)]
    return json.dumps(body)


def headers(call):
    return [
        ["Host", "api.example.com"],
        ["User-Agent", call["agent"]],
        ["Accept", "application/json, text/plain, */*"],
        ["Accept-Encoding", "gzip, deflate, br"],
        ["Authorization", f"Bearer {call['secret']}"],
        ["Content-Type", "application/json;charset=utf-8"],
        ["Content-Length", str(len(call["body"]))],
        ["X-Request-Id", call["key"]],
        ["X-Forwarded-For", call["address"]],
        ["Connection", "keep-alive"],
    ]


def as_event(call):
    """One line of NDJSON, as bytes."""
    event = {
        "idempotency_key": call["key"],
        "occurred_at": call["time_ms"],
        "entity_type": call["entity_type"],
        "entity_id": call["entity_id"],
        "entity_name": call["entity_name"],
        "action": call["action"],
        "status": call["status"],
        "user": call["user"],
        "source": "ui",
        "request": {
            "method": call["method"],
            "url": call["url"],
            "params": {"id": call["entity_id"]},
            "query": {"limit": "10", "offset": "0"},
            "headers": headers(call),
            "body": call["body"],
        },
        "response": {"time_ms": call["took_ms"], "bytes": call["sent"]},
        "request_id": call["key"],
        "client_address": call["address"],
        "user_agent": call["agent"],
    }
    return json.dumps(event).encode() + b"\n"


def as_line(call):
    """The line of a capture file, as bytes: in the order of deploy/capture/http.conf, every value a string,
    the secret already replaced."""
    shown = [[name, f"sha256:{call['secret']:0>64}", 1] if name == "Authorization" else [name, value]
             for name, value in headers(call)]
    took = f"{call['took_ms'] / 1000:.3f}"
    line = {
        "daybook": 1,
        "id": call["key"][::-1],  # of the front; the client's own is in the headers
        "msec": f"{(call['time_ms'] + call['took_ms']) / 1000:.3f}",
        "time": took,
        "status": str(call["status"]),
        "upstream_status": str(call["status"]),
        "upstream_time": took,
        "completion": "OK",
        "sent": str(call["sent"]),
        "client": call["address"],
        "peer": call["address"],
        "forwarded": call["address"],
        "set_account": "",
        "set_user": "",
        "set_source": "",
        "basic_user": "",
        "api_account": "",
        "api_user": call["user"],
        "api_source": "",
        "method": call["method"],
        "uri": call["url"],
        "protocol": "HTTP/1.1",
        "request": f"{call['method']} {call['url']} HTTP/1.1",
        "location": "",
        "type": "application/json",
        "encoding": "",
        "head": b'{"ok":true}'.hex(),
        "headers": json.dumps(shown, separators=(",", ":")),
        "content_length": str(len(call["body"])),
        "body_file": "",
        "body": call["body"],
    }
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"
