# SPDX-License-Identifier: MIT
"""An account that holds words of its own wherever a word can stand, and all that somebody can get to see."""
import itertools
import re
import secrets
from urllib.parse import quote, urlencode

import daybook
from admin import AdminAccount
from daybook import bearer, run_well
from hooks import Hook
from matrix import FILES, Client
from running_copy import make_person
from test_health import Source

LONG_AGO = 1738324800000
# What two accounts have in common: these words are known to both, and lead from one event to others within an account.
SHARED = "shared-request"
TRACE = "0af7651916cd43dd8448eb211c80319c"
DELIVERY = "shared-delivery"
MENUS = ("entity", "action", "user", "status", "source", "method", "provider", "signature")


class MarkedAccount(AdminAccount):
    """`word` is part of everything that is its own."""

    def __init__(self):
        self.word = "mark" + secrets.token_hex(6)
        super().__init__()
        self.secret = f"{self.word}-secret-0a1b2c3d4e5f"
        self.lives = 0
        self.source = None
        self.ids = {"event": [], "trigger": []}

    def person(self, role, name=None):
        return super().person(role, name or f"{self.word}-{role}")

    def mark(self, field):
        return f"{self.word}-{field}"

    def capture(self, test, other):
        """A file of captured calls that are its own where a line does not say whose; some are those of `other`."""
        self.source = Source(test, self, path=f"/log/{self.word}.log")
        for account in (self, other):
            self.source.share(account, stored=4713, last_event_ms=LONG_AGO)

    def live(self):
        """Some days of it: events, webhooks, tokens, members, hooks, a plan, captured files."""
        self.lives += 1
        for number in range(7 * self.lives):
            for kind in ("event", "trigger"):
                self.ids[kind] += self.record(self.event(kind, number))
        for scope in ("record", "read"):
            run_well("token", "add", self.slug, scope, "--label", self.mark(f"label-{self.lives}"))
        run_well("member", "add", self.slug, self.mark(f"member-{self.lives}"), "auditor")
        hook = Hook(self, label=self.mark(f"hook-{self.lives}"))
        self.ids["trigger"].append(hook.post(f'{{"sender": "{self.word}"}}'.encode(), [("X-GitHub-Event", "push")]).json["id"])
        Hook(self, label=self.mark(f"path-{self.lives}"), path=f"/{self.word}/{self.lives}")
        plan = self.mark(f"plan-{self.lives}")
        run_well("plan", "add", plan, str(4000 + self.lives))
        run_well("account", "set-plan", self.slug, plan)
        self.source.update(path=f"/log/{self.word}-{self.lives}.log", lines=4711 + self.lives, backlog_bytes=4712 + self.lives)
        self.source.trouble(self.lives, 4714, LONG_AGO, f"/log/{self.word}.log", 4715)
        run_well("redaction", self.slug, "add", f"{self.word}{self.lives}")
        for shared in ("0", "1"):
            query = f"?user={self.mark('user')}&kind={('events', 'triggers')[self.lives % 2]}"
            self.post("views", {"name": self.mark(f"view-{self.lives}"), "shared": shared}, query=query)

    def event(self, kind, number):
        """One in which each text is marked, but for what both accounts have in common."""
        return {
            "kind": kind, "action": self.mark(f"action-{number}"), "entity_type": self.mark("type"),
            "entity_id": self.mark(f"id-{number}"), "entity_name": self.mark(f"name-{number}"), "user": self.mark("user"),
            "status": 418, "source": "cli", "occurred_at": LONG_AGO + self.lives * 1000 + number,
            # Every second one has the same id in both accounts: it is made of time and key.
            "idempotency_key": self.mark(f"key-{self.lives}-{number}") if number % 2 == 0 else f"key-{self.lives}-{number}",
            "request_id": SHARED, "trace_id": TRACE,
            "client_address": self.mark("address"), "forwarded_for": self.mark("forwarded"), "user_agent": self.mark("agent"),
            "request": {"method": self.word.upper(), "url": f"/{self.word}/url?{self.word}=1", "params": {self.mark("param"): 1},
                        "query": {self.mark("query"): "x"}, "body": self.mark("body common words"),
                        "headers": [[f"X-{self.word}", self.mark("header")], ["Authorization", f"Bearer {self.secret}"]]},
            "response": {"body_head": self.mark("answer")}, "extra": {self.mark("extra"): self.word},
            "trigger": {"provider": self.mark("provider") if number % 2 else "github", "event": self.mark("pushed"),
                        "delivery_id": self.mark("delivery") if number % 2 else DELIVERY, "signature": "valid"}}


# ---- What somebody can get --------------------------------------------------------------------------

QUERIES = [
    "", "show=200", "show=10&page=2", "sort=time", "audit=1", "entity=---", "not_entity=---", "user=---", "not_user=nobody",
    "action=common", "not_action=common", "status=418", "status=4xx", "not_status=ok", "source=cli", "not_source=ui", "method=other", "not_method=GET",
    "provider=github", "not_provider=github", "signature=valid", "not_signature=---", "entity_id=mark*", "entity_name=mark",
    "not_entity_id=mark*", "not_entity_name=mark", "q=common", "q=shared-request&in=request_id", "q=shared*&in=delivery_id",
    "from=2025-01-31&to=2025-01-31", "from=2025-01-31T12:00&tz=Europe/Berlin", "asof={id}", "asof=ffffffffffffffff"]
SEARCHES = ["query=user:---", "query=id:mark*+-user:nobody+status:%3E%3D400", "query=common&trailer=1"]
OF_PAGES = [*(f"menu={name}" for name in MENUS), "menu=user&asof={id}&q=common", "histogram=table", "view=raw", "account={other}", "not_account={other}",
            "list=all&account={other}", *SEARCHES[:2], "query=usr:x", "query=account:{other}", "view=1", "view=2", "view=3", "view=none",
            "user=common&tz=UTC&zone=Europe/Berlin&from=2025-01-31T12:00&from_was=2025-01-31T12:00&to_was=2025-01-31"]
OF_FILES = ["view=1", "view=2&raw=1", "raw=1", "bom=1", "trailer=1", "q=common&trailer=1", "after={id}", "after=0", "after=0&limit=3",
            "after=5&limit=10000&entity=---", *SEARCHES]
OF_VIEWS = ["kind=events", "user=a&show=25&kind=triggers"]
OF_CODEFRESH = ["showTriggers=true", "showTriggers=false", "search=common", "userName=common", "userId=common", "entity=common",
                "entityId=common", "action=common", "rs_status=418", "from=1738324800000", "to=1738324900000", "sortField=id",
                "sortType=ASK"]
DETAILS = ["", "?part=body", "?part=curl", "?view=raw", "?list=all&account={other}"]


def with_queries(prefix, names, queries, step=1):
    """Each name with each step-th of the queries, so that all of them are asked of some."""
    for at, name in enumerate(names):
        for query in queries[at % step::step]:
            yield f"{prefix}/{name}?{query}"


def targets_of_pages(slug, other, ids, step):
    """Below the account `slug`, with ids and the name of another."""
    for target in (*with_queries(f"/{slug}", ("events", "triggers"), [*QUERIES, *OF_PAGES], step),
                   *with_queries(f"/{slug}", FILES, [*QUERIES, *OF_FILES], 3 * step)):
        yield target.format(id=ids[-1], other=other)
    for identifier, tab, query in itertools.product(ids, ("events", "triggers"), DETAILS):
        yield f"/{slug}/{tab}/{identifier}{query.format(other=other)}"
    for name in ("health", "tokens", "tokens?before=4294967295", "views", *(f"views?{query}" for query in OF_VIEWS), "members", "members?after=a", "find-secret", "hooks", "nothing"):
        yield f"/{slug}/-/{name}"


def targets_of_programs(other, ids):
    for target in with_queries("/api/v1", FILES, [*QUERIES, *OF_FILES], 3):
        yield target.format(id=ids[-1], other=other)
    for query in ("", *OF_CODEFRESH):
        yield f"/api/audit/download?{query}"
    yield from ("/api/audit/entitiesList", "/api/user", "/api/v1/events", "/api/nothing", "/api/v1/events/" + ids[0])


ELSEWHERE = ["/", "/nothing", "/healthz", "/metrics", "/static/", "/static/nothing", "/-/events", "/-/triggers",
             "/-/all.csv", "/-/events?menu=account", "/-/-/health", "/unavailable.html", "/events", "/hooks/", "/publisher/"]


class Reader:
    """Somebody, by login or token; `slugs` are the accounts whose pages they try."""

    def __init__(self, name, headers, slugs, other, ids):
        self.name, self.headers = name, headers
        self.targets = [*ELSEWHERE, *targets_of_programs(other, ids)]
        for slug in slugs:  # where nothing is theirs, a few questions stand for all
            self.targets += targets_of_pages(slug, other, ids, 8 if slug == other else 1)

    def __repr__(self):
        return self.name

    def sees(self):
        """{(method, target): Answer}"""
        client = Client()
        try:
            return {(method, target): client.ask(method, target, self.headers)
                    for method, targets in (("GET", self.targets), ("HEAD", self.targets[::3])) for target in targets}
        finally:
            client.close()


def readers_of(account, other, tokens):
    """Who is of `account` and none of `other`; `tokens` are those of `other` that are good no more."""
    own = [account.ids["event"][0], account.ids["trigger"][0]]
    ids = [*own, other.ids["event"][0], other.ids["trigger"][0]]
    nobody = "nobody-" + secrets.token_hex(4)
    yield Reader("admin", account.admin, (account.slug, other.slug), other.slug, ids)
    yield Reader("read", bearer(account.token("read")), (), other.slug, ids)
    yield Reader("record", bearer(account.token("record")), (), other.slug, ids)
    yield Reader("nobody", make_person(nobody), (other.slug,), other.slug, ids)
    yield Reader("wrong password", daybook.login(other.admin_name, "wrong"), (other.slug,), other.slug, ids)
    yield Reader("anonymous", {}, (other.slug,), other.slug, ids)
    for token in tokens:
        yield Reader("a token of before", bearer(token), (), other.slug, ids)


def spelled(answer):
    """All of an answer, and as it reads without the ways in which a word can be wrapped."""
    text = "\n".join([*(f"{name}: {value}" for name, value in answer.headers.items()), answer.body.decode("latin-1")])
    return text.lower() + re.sub(r"%([0-9a-f]{2})|&#(\d+);", lambda found: chr(int(found[1], 16) if found[1] else int(found[2])),
                                 text).lower()


def guesses(text):
    """Filters that ask for one text, however it is named."""
    value = quote(text, safe="")
    for name in ("entity", "action", "user", "provider", "entity_id", "entity_name", "q"):
        yield f"{name}={value}"
    for name in ("not_entity", "not_action", "not_user", "not_provider", "not_entity_id", "not_entity_name"):
        yield f"{name}={value}"
    yield urlencode({"entity_id": text[:8] + "*"})
    yield f"menu=action&user={value}"
