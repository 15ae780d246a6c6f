# SPDX-License-Identifier: MIT
"""What a client claims about itself, and how it writes an address, changes no answer, at any address of the matrix."""
import re
import socket
import unittest

import daybook
import matrix
from capture import request_bytes
from daybook import TestCase, bearer
from matrix import ROWS, basic
from test_matrix import World, told


def spellings(name):
    """A header's name as CGI, proxies and careless configurations could take it for another."""
    yield from (name, name.lower(), name.upper(), name.replace("-", "_"), name.upper().replace("-", "_"))


class Claims(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.close)
        cls.client = matrix.Client()
        cls.addClassCleanup(cls.client.close)

    def claims(self):
        """(what they are, headers): many at once, since none of them is to change anything."""
        several, together = [], {}
        for what, headers in self.single_claims():
            if what.startswith("a person"):
                several.append((what, headers))
            else:
                together |= headers
        everything = list(together.items())
        return [*several, *((f"part {at + 1} of all others", dict(everything[at::3])) for at in range(3))]

    def single_claims(self):
        """(what it is, its headers)"""
        admin, account, other = self.world.account.admin_name, self.world.account.slug, self.world.other.slug
        people = ("Remote-User", "X-Remote-User", "X-Forwarded-User", "X-Auth-Request-User", "X-Auth-Request-Email", "X-User",
                  "X-WEBAUTH-USER", "Http-Remote-User", "Redirect-Remote-User", "Auth-User", "Person", "Ssl-Client-S-Dn-Cn",
                  "X-Daybook-User", "Fastcgi-Remote-User", "Asking", "Authorization-User")
        for number in range(5):
            yield f"a person, spelling {number}", {list(spellings(name))[number]: admin for name in people}
        yield "an account", {name: account for word in ("X-Daybook-Account", "X-Account", "Account", "X-Tenant", "X-Org-Id")
                             for name in spellings(word)}
        yield "a token", {name: self.world.tokens["read"] for word in (
            "X-Daybook-Token", "X-Api-Key", "X-Auth-Token", "Proxy-Authorization", "X-Authorization", "Http-Authorization",
            "X-Access-Token", "Token", "X-Forwarded-Access-Token", "Redirect-Http-Authorization") for name in spellings(word)}
        yield "a cookie", {"Cookie": f"REMOTE_USER={admin}; user={admin}; token={self.world.tokens['read']}; account={account}"}
        yield "a role", {name: "operator" for word in ("X-Role", "X-Daybook-Role", "X-Forwarded-Groups", "Remote-Groups", "X-Admin",
                                                       "X-Daybook-Scope", "Scope") for name in spellings(word)}
        yield "another address", {name: f"/{account}/events" for word in (
            "X-Original-URL", "X-Original-Uri", "X-Rewrite-URL", "X-Forwarded-Uri", "X-Forwarded-Path", "Path-Info", "Script-Name",
            "X-Accel-Redirect", "X-Sendfile", "Request-Uri", "Document-Uri", "X-Forwarded-Prefix") for name in spellings(word)}
        yield "another method", {name: "DELETE" for word in ("X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override",
                                                             "Request-Method") for name in spellings(word)}
        yield "another query", {name: f"account={account}&show=200" for name in spellings("Query-String")}
        yield "another host", {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "1",
                               "X-Forwarded-Server": "evil.example", "X-Host": "evil.example", "X_Forwarded_Host": "evil.example",
                               "Forwarded": "for=127.0.0.1;host=evil.example;proto=https", "Via": "1.1 evil.example"}
        yield "another client", {name: "127.0.0.1" for word in ("X-Forwarded-For", "X-Real-IP", "True-Client-IP", "Remote-Addr",
                                                                "X-Client-IP") for name in spellings(word)}
        yield "a proxy", {"Proxy": "http://evil.example:1", "PROXY": "http://evil.example:1", "Http-Proxy": "http://evil.example:1"}
        yield "a way out", {name: "https://evil.example/" for word in ("Sign-Out", "X-Sign-Out") for name in spellings(word)}
        yield "a subrequest", {"X-Requested-With": "XMLHttpRequest", "X-Original-Method": "GET", "X-Accel-Buffering": "no",
                               "X-Accel-Limit-Rate": "1", "Daybook-Rows": "1", "X-Request-Account": other, "Request-Id": "evil"}

    def test_at_every_address(self):
        """For those who may nothing, and for those who may: they stay who they are."""
        claims = list(self.claims())
        for row in ROWS:
            target = self.world.target(row)
            for role in ("anonymous", "nobody", "stranger", "admin", "read", "foreign_read"):
                headers = self.world.headers(role)
                plain = told(self.client.ask("GET", target, headers))
                for what, claim in claims:
                    answer = self.client.ask("GET", target, claim | headers)
                    with self.subTest(target, role=role, what=what):
                        self.assertEqual(plain, told(answer))

    def test_when_recording(self):
        """Whose event it is and from where it came is not for the client to say."""
        for what, claim in self.claims():
            before = self.world.counts()
            answer = self.client.ask("POST", "/api/v1/events", claim | bearer(self.world.tokens["foreign_record"]),
                                     '{"action": "planted"}')
            self.assertEqual(201, answer.status, what)
            after = self.world.counts()
            self.assertEqual(before[self.world.account], after[self.world.account], what)
        answer = self.client.ask("POST", "/hooks/" + self.world.hook.address.partition("/hooks/")[2],
                                 {"X-Forwarded-For": "9.9.9.9", "X-Real-IP": "9.9.9.9", "Remote-Addr": "9.9.9.9"}, b"{}")
        self.assertEqual(b"127.0.0.1", self.world.account.find(answer.json["id"])["client_address"])

    # ---- Authorization --------------------------------------------------------------------------

    def raw(self, target, headers, method="GET"):
        """Headers in pairs, so that one may come twice; status and all that came back."""
        with socket.create_connection(tuple(daybook.HOST.split(":")), daybook.TIMEOUT) as connection:
            connection.sendall(request_bytes(method, target, [("Host", daybook.HOST), *headers, ("Connection", "close")]))
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        return int(received.split(b" ", 2)[1]), received

    def test_two_authorizations(self):
        """Refused as a whole: which one counts is not for chance."""
        world = self.world
        pairs = [bearer(world.tokens[role])["Authorization"] for role in ("read", "foreign_read", "revoked_read")]
        pairs += [world.logins[role]["Authorization"] for role in ("admin", "stranger")] + [""]
        for target in (f"/{world.account.slug}/events", "/api/v1/events.csv", "/api/user", "/-/events"):
            for one in pairs:
                for other in pairs:
                    for names in (("Authorization", "Authorization"), ("Authorization", "authorization")):
                        status, received = self.raw(target, list(zip(names, (one, other))))
                        with self.subTest(target, one=one, other=other):
                            self.assertEqual(400, status)
                            self.assertNotIn(b"closed", received)

    def test_a_login_is_no_token_and_a_token_is_no_login(self):
        world = self.world
        password = world.logins["admin"]["Authorization"]
        secret = world.tokens["read"]
        for target in ("/api/v1/events.csv", "/api/audit/download", "/api/audit/entitiesList", "/api/user"):
            self.assertEqual(401, self.client.ask("GET", target, {"Authorization": password}).status, target)
        for headers in (bearer(secret), basic(world.account.admin_name, secret), basic(secret, ""), basic(secret, secret),
                        basic("", secret), basic(world.account.admin_name, ""), basic("", ""), {"Authorization": secret},
                        {"Authorization": "Basic"}, {"Authorization": "Negotiate " + password.split()[1]},
                        {"Authorization": "Bearer " + password.split()[1]}, basic(world.account.admin_name + "\0x", "x")):
            for target in (f"/{world.account.slug}/events", f"/{world.account.slug}/all.csv", "/-/events", "/",
                           f"/{world.account.slug}/events?access_token={secret}"):
                answer = self.client.ask("GET", target, headers)
                self.assertEqual(401, answer.status, (target, headers))
                self.assertNotIn(b"closed", answer.body)

    # ---- Addresses ------------------------------------------------------------------------------

    def test_addresses_spelled_otherwise(self):
        """However it is written, it is nobody's who may not open it."""
        world, other = self.world, self.world.other
        slug = world.account.slug
        encoded = "".join(f"%{ord(letter):02x}" for letter in slug)
        paths = [
            f"//{slug}/events", f"/{encoded}/events", f"/{slug}%2Fevents", f"/{slug}/./events", f"/{slug}//events",
            f"/{other.slug}/../{slug}/events", f"/{other.slug}/%2e%2e/{slug}/events", f"/{other.slug}/events/..%2f..%2f{slug}/events",
            f"/static/../{slug}/events", f"/static/%2e%2e/{slug}/all.csv", f"/static/..%2f{slug}/events", f"/hooks/../{slug}/events",
            f"/api/../{slug}/events", f"/api/v1/../../{slug}/all.csv", f"/healthz/../{slug}/events", f"/publisher/../{slug}/events",
            f"/-/../{slug}/events", f"/{slug}/events/", f"/{slug}/events;x=1", f"/{slug}/events%00", f"/{slug}/events%0a",
            f"/{slug}/-/health%0a", f"/{slug.upper()}/events", f"/{slug}%20/events", f"/{slug}/EVENTS", f"/{slug}/events.CSV",
            f"/{other.slug}%00/../{slug}/events", f"/{other.slug}/events/{world.event}%0a", f"/{slug}/events%3fq=closed",
            f"/{slug}\\events", f"/{other.slug}/..;/{slug}/events", f"http://evil.example/{slug}/events", f"/{slug}/events#x"]
        for path in paths:
            for role in ("anonymous", "nobody", "stranger", "foreign_read"):
                status, received = self.raw(path, list(world.headers(role).items()))
                with self.subTest(path, role=role):
                    self.assertIn(status, (400, 401, 404))
                    self.assertNotIn(b"closed", received)

    def test_another_host(self):
        """Nothing that comes back leads to where a client says that it is."""
        world = self.world
        for row in ROWS:
            for role in ("anonymous", "admin"):
                headers = [*world.headers(role).items(), ("X-Forwarded-Host", "evil.example")]
                data = request_bytes("GET", world.target(row), [("Host", "evil.example"), *headers, ("Connection", "close")])
                with socket.create_connection(tuple(daybook.HOST.split(":")), daybook.TIMEOUT) as connection:
                    connection.sendall(data)
                    received = b"".join(iter(lambda: connection.recv(65536), b""))
                self.assertIsNone(re.search(rb"evil", received), row.target)


if __name__ == "__main__":
    unittest.main()
