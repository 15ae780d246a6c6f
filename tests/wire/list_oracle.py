# SPDX-License-Identifier: MIT
"""What a list must show, by plain SQL and Python, from the description of the parameters alone.

Here are a log of random events with everything that is awkward in it, random queries over it, and
the answer: which ids, in which order. Nothing of it is taken from the programs under test.
"""
import datetime
import random
import time
from urllib.parse import quote
from zoneinfo import ZoneInfo

import daybook

SIZES = (10, 25, 50, 100, 200)
HOUR_MS = 3600000
DAY_MS = 24 * HOUR_MS


def utc_ms(*fields):
    return int(datetime.datetime(*fields, tzinfo=datetime.timezone.utc).timestamp() * 1000)


# Moments at which clocks change somewhere, with the zone; and one of no importance.
CHANGES = (
    ("Europe/Berlin", utc_ms(2025, 3, 30, 1)), ("Europe/Berlin", utc_ms(2025, 10, 26, 1)),
    ("America/New_York", utc_ms(2025, 11, 2, 6)), ("America/New_York", utc_ms(2025, 3, 9, 7)),
    ("Australia/Lord_Howe", utc_ms(2025, 4, 5, 15)), ("America/Sao_Paulo", utc_ms(2018, 11, 4, 3)),
    ("Pacific/Apia", utc_ms(2011, 12, 30, 10)), ("Europe/Dublin", utc_ms(2025, 10, 26, 1)),
    ("Africa/Casablanca", utc_ms(2025, 3, 30, 1)), ("Asia/Kathmandu", utc_ms(2025, 6, 1, 18, 15)),
)
TYPES = ("pipeline", "Pipeline", "pipeline ", "pipeline*", "build", "a,b", "'", "ä", "a\u0308", "---", "100%",
         None)
ACTIONS = ("Deploy", "deploy", "deploy ", " deploy", "updatePipeline", "GET (unmatched)", '"x"',
           "<b>x</b>", "a&b=c", "naïve", "NAÏVE", "a\\b", "\U0001f600", "_", "%", "x" * 1024, "dep\\*", "dep*",
           "x" * 1023 + "*", "*")
USERS = ("ann", "Ann", "ANN", "ann ", "bob@example.org", "o'brien", "ünal", "Ünal", "---", "null",
         "a\tb", "a\nb", "ann\U0010ffff", "ao", "\u202eann", None, None)
BEGINNINGS = {"entity": ("pipeline*", "p*", "*", "ä*", "zz*"), "action": ("dep*", "Dep*", "deploy*", "*", "x*", "a*", "zz*", "dep\\\\*"),
              "user": ("ann*", "a*", "*", "Ü*", "ü*", "-*", "a\t*", "zz*"), "status": (), "source": (), "method": ()}
IDS = ("5cc8", "5cc80", "5cc8*", "5cc", "5CC8", "*", "5cc8\U0010ffff", "a b", "a+b", "a%20b", "ä1",
       "é1", "5cd", "5d", "0", "demo/build", None)
NAMES = ("demo/build", "Demo/Build", "demo", "DEMO\\", "de%mo", "de_mo", "über", "ÜBER", "deMO*",
         "[demo]", None, None)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
SENT_METHODS = (*METHODS, "get", "Patch", "PROPFIND", "GETS", "---", "other", "GÉT", None, None)
STATUSES = (100, 200, 201, 204, 301, 399, 400, 404, 409, 499, 500, 599, None, None)
WORDS = ("alpha", "Beta", "GAMMA", "x=1&y=2", "%2F", "ünï", "ÜNÏ", "\\d+", "100%", "a_b", "«»",
         "Ωmega")


# Values that a text may be all of, by parameter `in`; some are the beginning of others.
PLACES = {"client_address": "client_address", "request_id": "request_id", "trace_id": "trace_id",
          "delivery_id": "trigger_delivery_id", "idempotency_key": "idempotency_key"}
VALUES = ("192.0.2.1", "192.0.2.10", "2001:DB8::1", "2001:db8::1", "alpha", "ALPHA beta", "req-1*", "Ünï", None)


JOINED = """FROM event e LEFT JOIN entity_type t ON t.id = e.entity_type_id
    LEFT JOIN action a ON a.id = e.action_id LEFT JOIN user u ON u.id = e.user_id
    LEFT JOIN entity n ON n.id = e.entity_id"""

# Where `q` looks.
SEARCHED = ("url", "params", "query", "headers", "body", "response_body_head", "extra",
            "user_agent", "forwarded_for", "client_address", "request_id", "trace_id",
            "trigger_delivery_id", "idempotency_key")


class Log:
    """An account with random events of both kinds, and what the database says of them."""

    def __init__(self, seed, count):
        self.seed = seed
        self.random = random.Random(seed)
        self.account = daybook.Account()
        self.account.record_many(self.event() | {"idempotency_key": f"{seed} {number}"}
                                 for number in range(count))
        self.texts = {}
        for event in self.account.stored():
            key = (event["kind"], event["id"])
            self.texts[key] = {name: folded(event[name] or b"") for name in (
                "entity_name", *SEARCHED)}
        self.ids = [identifier for _, identifier in self.texts]

    def event(self):
        pick = self.random.choice
        event = {
            "kind": pick(("event", "event", "trigger")), "occurred_at": self.moment(),
            "action": pick(ACTIONS), "entity_type": pick(TYPES), "entity_id": pick(IDS),
            "entity_name": pick(NAMES), "status": pick(STATUSES), "user": pick(USERS),
            "source": pick((None, *daybook.SOURCES)),
            "request": {"method": pick(SENT_METHODS), "url": "/" + self.words(), "params": {"p": self.words()},
                        "query": {self.words(): ""}, "headers": [["X-Note", self.words()]]},
        }
        if self.random.random() < 0.3:
            event |= {"response": {"body_head": self.words()}, "user_agent": self.words(),
                      "forwarded_for": self.words(), "extra": {"note": self.words()}}
        if self.random.random() < 0.3:
            event["request"]["body_base64"] = "AP9hbHBoYcO8/w=="
        else:
            event["request"]["body"] = self.words()
        event |= {name: pick(VALUES) for name in ("client_address", "request_id", "trace_id")}
        delivery = pick(VALUES)
        if delivery:
            event["trigger"] = {"delivery_id": delivery}
        if event["request"]["method"] is None:
            del event["request"]["method"]
        return {name: value for name, value in event.items() if value is not None}

    def words(self):
        return " ".join(self.random.choices(WORDS, k=self.random.randrange(3)))

    def moment(self):
        """Many on the same millisecond, many at the very edge of an hour or a day."""
        if self.random.random() < 0.1:
            return int(time.time() * 1000) - self.random.randrange(1, 60) * HOUR_MS - HOUR_MS // 2
        _, change = self.random.choice(CHANGES)
        hours = self.random.choice((-24, -13, -2, -1, 0, 0, 1, 2, 11, 24))
        return change + hours * HOUR_MS + self.random.choice((-1, 0, 0, 1, 1800000, 1799999))

    # ---- The answer ------------------------------------------------------------------------------

    def answer(self, kind, parameters):
        """All that matches, as (kind, id) in the order of the list; and what is on the page."""
        given = {name: [v for n, v in parameters if n == name and v] for name, _ in parameters}
        one = {name: values[0] for name, values in given.items() if values}
        where = f"{JOINED} WHERE e.account_id = {self.account.number}"
        where += f" AND e.kind = {daybook.KINDS[kind]}" if kind else ""
        for dimension in ("entity", "action", "user", "status", "source", "method"):
            for name, word in ((dimension, "AND"), ("not_" + dimension, "AND NOT")):
                if given.get(name):
                    alternatives = (condition(dimension, value) for value in given[name])
                    where += f" {word} ({' OR '.join(alternatives)})"
        if "entity_id" in one:
            where += f" AND {entity_id_condition(one['entity_id'])}"
        for value in given.get("not_entity_id", ()):
            where += f" AND NOT {entity_id_condition(value)}"
        one["not_entity_name"] = given.get("not_entity_name", [])
        zone = ZoneInfo((one.get("tz") or b"UTC").decode())
        if "from" in one:
            where += f" AND (e.id >> 22) >= {milliseconds(one['from'], zone, False)}"
        if "to" in one:
            where += f" AND (e.id >> 22) < {milliseconds(one['to'], zone, True)}"
        if "asof" in one:
            where += f" AND e.id <= {int(one['asof'], 16)}"
        return self.ordered(where, one)

    def ordered(self, where, one):
        direction = "ASC" if one.get("sort") == b"time" else "DESC"
        size, page = int(one.get("show", 10)), int(one.get("page", 1))
        order = f"ORDER BY e.id {direction}, e.kind"
        found = self.pairs(f"SELECT e.kind, e.id {where} {order}")
        if "q" in one or "entity_name" in one or one.get("not_entity_name"):
            found = [pair for pair in found if self.has_texts(pair, one)]
            return found, found[(page - 1) * size:page * size]
        count = daybook.database().number(f"SELECT COUNT(*) {where}")
        assert count == len(found), "the oracle contradicts itself"
        return found, self.pairs(f"SELECT e.kind, e.id {where} {order} LIMIT {size} "
                                 f"OFFSET {(page - 1) * size}")

    def pairs(self, query):
        return [(int(kind), int(identifier)) for kind, identifier in daybook.database().rows(query)]

    def has_texts(self, pair, one):
        texts = self.texts[pair]
        if "entity_name" in one and folded(one["entity_name"]) not in texts["entity_name"]:
            return False
        if any(folded(name) in texts["entity_name"] for name in one["not_entity_name"]):
            return False
        if "q" not in one:
            return True
        sought = folded(one["q"])
        if one.get("in", b"any") == b"any":
            return any(sought in texts[name] for name in SEARCHED)
        value = texts[PLACES[one["in"].decode()]]
        return value != b"" and value.startswith(sought[:-1]) if sought.endswith(b"*") else value == sought

    # ---- Queries ---------------------------------------------------------------------------------

    def query(self, rich=True):
        """Random parameters, as a list of (name, bytes); now and then empty ones among them."""
        chance, pick = self.random.random, self.random.choice
        pools = {"entity": TYPES, "action": ACTIONS, "user": USERS,
                 "source": (None, *daybook.SOURCES), "method": (None, "other", *METHODS),
                 "status": (None, "ok", "failed", "2xx", "4xx", "5xx", "1xx", "400-409", "100-499",
                            "500-500", "300-599", "200-404", *STATUSES)}
        parameters = []
        for dimension, pool in pools.items():
            for name, limit in ((dimension, 0.22), ("not_" + dimension, 0.18)):
                while chance() < limit:
                    beginning = BEGINNINGS[dimension] and chance() < 0.2
                    value = pick(BEGINNINGS[dimension] if beginning else pool)
                    parameters.append((name, "---" if value is None else str(value) if beginning else word(str(value))))
        if chance() < 0.08:
            parameters.append((pick(("entity", "not_action", "user", "action")), "never heard of"))
        ids = ("5cc*", "5cc8*", "*", "a*", "x*", "ä*", *filter(None, IDS))
        names = ("demo", "DEMO", "/b", "über", "ü", "_", "%", "e", "\\", "nothing like it", "*")
        for name, pool in (("entity_id", ids), ("entity_name", names)):
            if chance() < 0.15:
                parameters.append((name, pick(pool)))
            while chance() < 0.12:
                parameters.append(("not_" + name, pick(pool)))
        if chance() < 0.2:
            parameters.append(("q", pick((
                "alpha", "ALPHA beta", "%2f", "ünï", "nÏ", "x=1&Y", "Ωm", "ωmega", '"p"',
                b"\xffalpha", "a_b", "192.0.2.1", "2001:db8::*"))))
        elif chance() < 0.15:
            parameters += [("q", pick(("192.0.2.1", "192.0.2.*", "2001:dB8::1", "2001:db*", "Alpha", "alpha*", "req-1*", "Ünï", "ünï", "***",
                                       f"{self.seed} 1*", f"{self.seed} 7", "nobody's"))),
                           ("in", pick(tuple(PLACES)))]
        else:
            parameters += [("in", pick(("any", "", "trace_id")))] if chance() < 0.1 else []
        parameters += self.times()
        if chance() < 0.3:
            parameters.append(("sort", pick(("time", "-time"))))
        if chance() < 0.2:
            near = pick(self.ids) + pick((0, 0, 1, -1))
            parameters.append(("asof", f"{near:016x}"))
        if rich:
            parameters.append(("show", str(pick(SIZES))) if chance() < 0.6 else ("show", ""))
        if chance() < 0.2:
            parameters.append((pick(("q", "from", "tz", "user", "entity_id", "not_entity_id", "not_entity_name", "asof")), ""))
        self.random.shuffle(parameters)
        return [(name, value.encode() if isinstance(value, str) else value)
                for name, value in parameters]

    def times(self):
        chance, pick = self.random.random, self.random.choice
        zone, change = pick(CHANGES)
        parameters = []
        if chance() < 0.35:
            parameters.append(("tz", zone))
        for name in ("from", "to"):
            if chance() < 0.25:
                parameters.append((name, self.time_text(zone, change)))
        return parameters

    def time_text(self, zone, change):
        pick = self.random.choice
        moment = datetime.datetime.fromtimestamp(
            change // 1000 + pick((-86400, -5400, -3600, 0, 1800, 3600, 86400)), ZoneInfo(zone))
        form = pick(("%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S",
                     "%Y-%m-%dT%H:%M:%S.001", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%S.500Z", "ms",
                     "-24h", "-90m", "-2d", "-1w", "-7200s"))
        if form == "ms":
            return str(int(moment.timestamp()) * 1000 + pick((-1, 0, 1)))
        return moment.strftime(form) if form[0] == "%" else form


def word(name):
    """The name as a parameter takes it: a final * of its own is told from the one that stands for any end."""
    return name[:-1] + "\\*" if name.endswith("*") else name


def folded(data):
    """ASCII letters in one case; every other byte as it is."""
    return data.lower()


def condition(dimension, value):
    none = value == b"---"
    if dimension == "status":
        ranges = {b"---": (0, 0), b"ok": (100, 399), b"failed": (400, 599)}
        if value.endswith(b"xx"):
            ranges[value] = (int(value[:1]) * 100, int(value[:1]) * 100 + 99)
        elif b"-" in value and value != b"---":
            ranges[value] = tuple(int(bound) for bound in value.split(b"-"))
        first, last = ranges.get(value) or (int(value), int(value))
        return f"e.status BETWEEN {first} AND {last}"
    if dimension == "source":
        return f"e.source = {0 if none else daybook.SOURCES[value.decode()]}"
    if dimension == "method":
        sent = ("(SELECT CAST(UPPER(CONVERT(r.method USING latin1)) AS BINARY) FROM event_request r WHERE "
                "r.account_id = e.account_id AND r.kind = e.kind AND r.id = e.id)")
        names = ", ".join(f"'{name}'" for name in METHODS)
        return (f"{sent} NOT IN ('', {names})" if value == b"other"
                else f"{sent} = {daybook.quote(b'' if none else value)}")
    column = {"entity": "t.name", "action": "a.name", "user": "u.name"}[dimension]
    if value.endswith(b"\\*"):
        value = value[:-2] + b"*"
    elif value.endswith(b"*"):
        return f"COALESCE(LEFT({column}, {len(value) - 1}) = {daybook.quote(value[:-1])}, FALSE)"
    return f"{column} IS NULL" if none else f"COALESCE({column} = {daybook.quote(value)}, FALSE)"


def entity_id_condition(value):
    if not value.endswith(b"*"):
        return f"COALESCE(n.external_id = {daybook.quote(value)}, FALSE)"
    return (f"COALESCE(n.external_id <> '' AND LEFT(n.external_id, {len(value) - 1}) = "
            f"{daybook.quote(value[:-1])}, FALSE)")


def milliseconds(value, zone, is_end):
    text = value.decode()
    if text.isdigit():
        return int(text)
    if text[0] == "-":
        units = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
        return int(time.time() * 1000) - int(text[1:-1]) * units[text[-1]] * 1000
    if text.endswith("Z"):
        text, zone = text[:-1], datetime.timezone.utc
    moment = datetime.datetime.fromisoformat(text)
    if is_end and len(text) == len("2025-01-31"):
        moment += datetime.timedelta(days=1)
    return round(moment.replace(tzinfo=zone).timestamp() * 1000)


def encoded(parameters, rng=None):
    """A query string; with `rng` as different programs would write it."""
    parts = []
    for name, value in parameters:
        text = quote(value, safe="" if rng is None or rng.random() < 0.5 else "/:*@'(),")
        if rng is not None and rng.random() < 0.5:
            text = text.replace("%20", "+")
        parts.append(f"{name}={text}")
    return "&".join(parts)
