# SPDX-License-Identifier: MIT
"""What a client can claim about itself, tried at each kind of address, whatever the login in front is."""
import base64

from daybook import Account, run_well

CLOSED = ("/", "/{0}/events", "/{0}/triggers", "/{0}/events/{1}", "/{0}/events.csv", "/{0}/all.ndjson", "/{0}/-/health",
          "/{0}/-/find-secret", "/{0}/-/tokens", "/{0}/-/members", "/{0}/events?q=closed", "/{0}/events.csv?q=closed", "/{0}/-/nothing", "/-/events", "/metrics",
          "/nothing", "//{0}/events", "/static/../{0}/events", "/api/../{0}/events.csv")
OPEN = {"/healthz": 200, "/static/nothing": 404, "/api/v1/events.csv": 401, "/api/audit/download": 401,
        "/api/user": 401, "/api/x": 404, "/hooks/x": 405,
        "/hooks/{0}/x": 405, "/publisher/x": 404}


def claims(person, password="x"):
    """Headers by which somebody could hope to be `person`."""
    basic = base64.b64encode(f"{person}:{password}".encode()).decode()
    names = ("Remote-User", "REMOTE_USER", "REMOTE-USER", "HTTP_REMOTE_USER", "X-Remote-User", "X-Forwarded-User",
             "X-Forwarded-Email", "X-Forwarded-Preferred-Username", "X-Auth-Request-User", "X-Auth-Request-Email",
             "X_Auth_Request_Email", "Remote-Email", "X-User", "X-Email", "From", "Person", "Auth-User",
             "X-SSL-Client-S-DN-CN", "SSL-Client-CN")
    for name in names:
        yield [(name, person)]
    yield [("SSL-Client-S-DN", f"CN={person}"), ("SSL-Client-Verify", "SUCCESS"), ("X-SSL-Client-Verify", "SUCCESS")]
    yield [("Authorization", f"Basic {basic}")]
    yield [("Proxy-Authorization", f"Basic {basic}")]
    yield [("Authorization", f"Bearer {person}")]
    yield [("Cookie", f"_oauth2_proxy={person}; authelia_session={person}; REMOTE_USER={person}")]
    yield [("X-Original-URL", "/healthz"), ("X-Forwarded-Uri", "/healthz"), ("X-Rewrite-URL", "/healthz")]
    yield [(name, person) for name in names if "_" not in name]


class Claims:
    """For a TestCase with `site` and `person`, who may open `account`; refused_status is what somebody without a login gets."""

    refused_status = (401,)

    @classmethod
    def make_account(cls, person):
        cls.person = person
        cls.account = Account(member=False)
        run_well("member", "add", cls.account.slug, person, "admin")
        (cls.event,) = cls.account.record({"action": "closed", "request": {"body": "closed"}})

    def path(self, target):
        return target.format(self.account.slug, self.event)

    def assertClosed(self, answer, statuses, target, claim):
        with self.subTest(target, claim=claim):
            self.assertIn(answer.status, statuses)
            self.assertNotIn(b"closed", answer.body)
            self.assertNotIn(self.account.slug, answer.headers.get("Location", "").partition("?")[0])

    def try_claims(self, login=(), statuses=None, context=None):
        """Without a login, or with that of somebody who is no member: each claim changes nothing."""
        for claim in claims(self.person):
            if login and {name.lower() for name, _ in claim} & {name.lower() for name, _ in login}:
                continue
            for target in CLOSED:
                answer = self.site.get(self.path(target), [*login, *claim], context)
                self.assertClosed(answer, statuses or self.refused_status, target, claim)
            for target, status in OPEN.items():
                answer = self.site.get(self.path(target), [*login, *claim], context)
                with self.subTest(target, claim=claim):
                    self.assertEqual(status, answer.status)
                    self.assertNotIn(b"closed", answer.body)

    def test_claims_without_a_login(self):
        self.try_claims()

    def try_programs(self):
        """A token opens what it opens, and no page, whatever the login is."""
        for scope in ("read", "record"):
            header = [("Authorization", "Bearer " + self.account.token(scope))]
            for target in CLOSED:
                self.assertClosed(self.site.get(self.path(target), header), self.refused_status, target, scope)
        read = self.site.get("/api/v1/events.csv", [("Authorization", "Bearer " + self.account.token("read"))])
        self.assertEqual((200, True), (read.status, b"closed" in read.body))
        sent = self.site.ask("POST", "/api/v1/events", [("Authorization", "Bearer " + self.account.token("record"))],
                             body=b'{"kind": "trigger", "action": "sent"}')
        self.assertEqual(201, sent.status)

    def test_programs(self):
        self.try_programs()
