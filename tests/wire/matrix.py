# SPDX-License-Identifier: MIT
"""Who may ask what, as daybook-urls(7) has it: every address, who asks, by which method, and the status that it says.

What stands here is written from the manual and not from the program. `{account}` is the account that it is about; `{id}`, `{name}` and
`{file}` are an event, a hook and a static file of it.
"""
import base64
import json
import re
import secrets
from urllib.parse import urlencode

import daybook
from daybook import ROOT, bearer

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
READ = ("GET", "HEAD")
PEOPLE = ("nobody", "stranger", "former", "former_operator", "auditor", "admin", "operator")
NOT_SIGNED_IN = ("anonymous", "wrong_password")
TOKENS = ("record", "read", "foreign_record", "foreign_read", "revoked_record", "revoked_read", "expired_record",
          "expired_read", "garbage")
ROLES = NOT_SIGNED_IN + PEOPLE + TOKENS


class Row:
    """One address. `good` is {role: status} for its methods; what is not in it gets `otherwise`."""

    def __init__(self, address, good, methods=READ, target=None, body=None, post=None):
        self.address = address
        self.target = target or address
        self.good = good
        self.methods = methods
        self.body = body
        self.post = post or good

    def takes(self, method):
        return method in self.methods

    def answered(self, method):
        """What those get who may."""
        return self.post if method == "POST" else self.good


class PageRow(Row):
    """nginx asks who it is before anything else; what is not theirs does not exist."""

    def statuses(self, role, method):
        if method == "TRACE":
            return {405}
        if role not in PEOPLE:  # guesses are counted before the login is looked at
            return {401, 429} if method == "POST" and "find-secret" in self.target else {401}
        return {self.answered(method).get(role, 404) if self.takes(method) else 405}


class ProgramRow(Row):
    """A token of one scope and of the account, else 401."""

    def statuses(self, role, method):
        if not self.takes(method):
            return {405}
        if method == "OPTIONS":
            return {200}
        return {self.answered(method).get(role, 401)}


class OpenRow(Row):
    """The same for everybody: `good` is a status, `options` that of the method OPTIONS."""

    def __init__(self, *arguments, options=404, **named):
        super().__init__(*arguments, **named)
        self.options = options

    def statuses(self, _, method):
        if not self.takes(method):
            return {405}
        return {self.options if method == "OPTIONS" else self.good}


READERS = {"auditor": 200, "admin": 200, "operator": 200}
MEMBERS = {"auditor": 303, "admin": 303, "operator": 403}
ADMINS = {"auditor": 403, "admin": 200, "operator": 403}
OPERATORS = {"operator": 200}
GOES_ON = {role: 303 for role in ("stranger", "auditor", "admin", "operator")}
NO_LOG = {role: 403 for role in ("nobody", "former", "former_operator")}
NOBODY = {}
FORMS = (*READ, "POST")
FILES = tuple(f"{kind}.{form}" for form in ("csv", "ndjson") for kind in ("events", "triggers", "all"))


def token_form(_):
    return urlencode({"form": secrets.token_hex(8), "scope": "read", "label": "made"})


def member_form(role):
    return urlencode({"person": f"made-by-{role}-{secrets.token_hex(4)}", "role": "auditor"})


def view_form(role):
    return urlencode({"name": f"made by {role} {secrets.token_hex(4)}"})


def shared_form(role):
    return view_form(role) + "&shared=1"


def secret_form(_):
    return urlencode({"secret": "very-secret"})


def native(role):
    return json.dumps({"action": "matrix", "user": role})


def cloudevent(role):
    return json.dumps({"specversion": "1.0", "id": secrets.token_hex(8), "source": "/matrix", "type": "matrix", "authid": role})


def kubernetes(role):
    return json.dumps({"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "items": [
        {"level": "Metadata", "auditID": secrets.token_hex(8), "stage": "ResponseComplete", "verb": "get",
         "requestURI": "/api/v1/pods", "user": {"username": role}, "requestReceivedTimestamp": "2026-01-31T12:00:00.000000Z",
         "stageTimestamp": "2026-01-31T12:00:00.000000Z", "responseStatus": {"code": 200}}]})


def retraced(role):
    return json.dumps({"action": "matrix", "actor": {"id": role, "name": role}})


def retraced_bulk(role):
    return json.dumps({"events": [json.loads(retraced(role))]})


def webhook(_):
    return '{"event": "matrix"}'


PAGES = [
    PageRow("/", GOES_ON | NO_LOG),
    PageRow("/{account}", dict.fromkeys(READERS, 303)),
    PageRow("/{account}/events", READERS),
    PageRow("/{account}/events", READERS, target="/{account}/events?q=closed"),
    PageRow("/{account}/events", READERS, target="/{account}/events?menu=user&asof={id}"),
    PageRow("/{account}/triggers", READERS),
    PageRow("/{account}/triggers", READERS, target="/{account}/triggers?q=closed"),
    PageRow("/{account}/events/{id}", READERS),
    PageRow("/{account}/events/{id}", READERS, target="/{account}/events/{id}?part=body"),
    PageRow("/{account}/events/{id}", READERS, target="/{account}/events/{id}?part=curl"),
    PageRow("/{account}/events/{id}", READERS, target="/{account}/events/{id}?part=json"),
    PageRow("/{account}/triggers/{id}", READERS, target="/{account}/triggers/{trigger}"),
    PageRow("/{account}/-/health", READERS),
    PageRow("/{account}/-/find-secret", ADMINS, FORMS, body=secret_form),
    PageRow("/{account}/-/tokens", ADMINS, FORMS, body=token_form),
    PageRow("/{account}/-/members", ADMINS, FORMS, body=member_form, post=ADMINS | {"admin": 303}),
    PageRow("/{account}/-/views", READERS, FORMS, target="/{account}/-/views?user=closed&kind=events", body=view_form, post=MEMBERS),
    PageRow("/{account}/-/views", READERS, FORMS, target="/{account}/-/views?kind=triggers", body=shared_form,
            post=ADMINS | {"admin": 303}),
    *(PageRow(f"/{{account}}/{name}", READERS) for name in FILES),
    PageRow("/{account}/events.csv", READERS, target="/{account}/events.csv?q=closed"),
    *(PageRow(f"/-/{name}", OPERATORS) for name in ("events", "triggers")),
    *(PageRow(f"/-/{name}", OPERATORS, target=f"/-/{name}?account={{account}}") for name in FILES),
    PageRow("/-/events", OPERATORS, target="/-/events?account={account}&menu=account"),
    PageRow("/-/all.csv", OPERATORS, target="/-/all.csv?account={account}&q=closed"),
]
PROGRAMS = [
    ProgramRow("/api/v1/events", {"record": 201, "foreign_record": 201}, ("POST",), body=native),
    ProgramRow("/api/v1/cloudevents", {"record": 202, "foreign_record": 202}, ("POST", "OPTIONS"), body=cloudevent),
    ProgramRow("/publisher/v1/project/{account}/event", {"record": 201}, ("POST",), body=retraced),
    ProgramRow("/publisher/v1/project/{account}/event/bulk", {"record": 201}, ("POST",), body=retraced_bulk),
    ProgramRow("/api/v1/kubernetes", {"record": 200, "foreign_record": 200}, ("POST",), body=kubernetes),
    *(ProgramRow(f"/api/v1/{name}", {"read": 200, "foreign_read": 200}) for name in FILES),
    ProgramRow("/api/v1/all.csv", {"read": 200, "foreign_read": 200}, target="/api/v1/all.csv?q=closed"),
    ProgramRow("/api/audit/download", {"read": 200, "foreign_read": 200}),
    ProgramRow("/api/audit/entitiesList", {"read": 200, "foreign_read": 200}),
    ProgramRow("/api/user", {"read": 200, "foreign_read": 200}),
]
OPEN = [
    OpenRow("/hooks/{account}/{name}", 202, ("POST", "OPTIONS"), body=webhook, options=200),
    OpenRow("/healthz", 200),
    OpenRow("/static/", 200, target="/static/{file}"),
]
# What is in no manual, because nothing is there.
NOTHING = [
    PageRow(None, NOBODY, target="/nothing"),
    PageRow(None, NOBODY, target="/metrics"),
    PageRow(None, NOBODY, target="/metrics/nothing"),
    PageRow(None, NOBODY, target="/{account}/-/nothing"),
    PageRow(None, NOBODY, target="/{account}/events/nothing"),
    PageRow(None, NOBODY, target="/-/events/{id}"),
    PageRow(None, NOBODY, target="/-/health"),
    PageRow(None, NOBODY, target="/-/-/tokens"),
    *(OpenRow(None, 404, FORMS, target=target) for target in ("/api", "/api/nothing", "/publisher/v1/nothing", "/hooks")),
    OpenRow(None, 404, FORMS, target="/static/nothing"),
    *(OpenRow(None, 404, tuple(method for method in METHODS if method != "TRACE"), target=f"/{name}.html")
      for name in ("unavailable", "unauthorized", "too-often", "too-many")),
]
ROWS = PAGES + PROGRAMS + OPEN + NOTHING


# ---- What the manual and nginx name ---------------------------------------------------------------


def addresses():
    """Those of daybook-urls(7), with {account} and so on in place of its arguments."""
    found = set()
    for line in (ROOT / "cgi-bin/man/daybook-urls.7").read_text().splitlines():
        if line.startswith(".It Pa "):
            for part in line.removeprefix(".It Pa ").split(" , "):
                part = re.sub(r"\bAr (\w+)", r"{\1}", part)
                found.add("".join(word for word in part.split() if word not in ("Ns", "Pa")))
    return found


class Location:
    """One of nginx, as it stands in its configuration; nested ones are in `inner`."""

    def __init__(self, modifier, text):
        self.modifier = modifier
        self.text = text
        self.inner = []

    def __repr__(self):
        return f"{self.modifier} {self.text}".strip()

    def fits(self, path):
        if self.modifier == "~":
            return re.search(self.text.replace("(?<", "(?P<"), path) is not None
        return path == self.text if self.modifier == "=" else path.startswith(self.text)


def locations(name):
    """Of a file of deploy/nginx: the outer ones, in their order."""
    found = []
    for indent, modifier, text in re.findall(r'^( *)location (?:(=|~|\^~) )?("[^"]*"|\S+) \{',
                                             (ROOT / "cgi-bin/deploy/nginx" / name).read_text(), re.M):
        (found[-1].inner if indent else found).append(Location(modifier, text.strip('"')))
    return found


def chosen(found, path):
    """The location that nginx takes for a path."""
    exact = [one for one in found if one.modifier == "=" and one.fits(path)]
    prefixes = [one for one in found if one.modifier in ("", "^~") and not one.text.startswith("@") and one.fits(path)]
    longest = max(prefixes, key=lambda one: len(one.text), default=None)
    if exact:
        return exact[0]
    if longest is not None and longest.modifier == "^~":
        return longest
    for one in found:
        if one.modifier == "~" and one.fits(path):
            return chosen(one.inner, path) or one
    return longest


# ---- How a token is shown --------------------------------------------------------------------------


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


# {how: (headers of a secret, addition to the query)}: daybook-urls(7), daybook-senders(7), daybook-formats(5).
WAYS = {
    "Bearer": lambda secret: (bearer(secret), ""),
    "bearer": lambda secret: ({"Authorization": f"bearer {secret}"}, ""),
    "alone": lambda secret: ({"Authorization": secret}, ""),
    "token=": lambda secret: ({"Authorization": f"token={secret}"}, ""),
    "Token token=": lambda secret: ({"Authorization": f"Token token={secret}"}, ""),
    "Basic": lambda secret: (basic("any", secret), ""),
    "access_token": lambda secret: ({}, f"access_token={secret}"),
}


class Client:
    """One connection that is kept."""

    def __init__(self):
        self.connection = daybook.connect()

    def ask(self, method, target, headers, body=None):
        self.connection.request(method, target, body, headers)
        response = self.connection.getresponse()
        return daybook.Answer(response, response.read())

    def close(self):
        self.connection.close()
