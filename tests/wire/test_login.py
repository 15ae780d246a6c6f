# SPDX-License-Identifier: MIT
"""The logins that deploy/nginx/login has: who may in, how a login fails and ends, and that no client can say who it is."""
import http.client
import re
import subprocess
import unittest
from urllib.parse import parse_qs, urlsplit

import daybook
from daybook import ROOT, Page, TestCase, run_well
from each_claim import CLOSED, Claims
from login_site import Portal, Provider, Site
from running_copy import make_person
from test_kept_pages import merged

SIGN_OUT = "/oauth2/sign_out?rd=/oauth2/sign_in"


class Basic(Claims, TestCase):
    @classmethod
    def setUpClass(cls):
        cls.make_account("login.basic")
        cls.mine = list(make_person("login.basic").items())
        cls.site = Site("basic")
        cls.addClassCleanup(cls.site.close)

    def test_it_opens_pages(self):
        answer = self.site.get(self.path("/{0}/events"), self.mine)
        self.assertEqual((200, True), (answer.status, b"closed" in answer.body))
        self.assertNotIn("Sign out", answer.text)

    def test_claims_of_somebody_else(self):
        stranger = list(make_person("login.stranger").items())
        self.try_claims(stranger, (403, 404))

    def test_a_sign_out_that_a_client_sends(self):
        for name in ("Sign-Out", "SIGN_OUT", "SIGN-OUT"):
            answer = self.site.get(self.path("/{0}/events"), [*self.mine, (name, "https://evil.example/")])
            self.assertNotIn(b"evil", answer.body)


class OAuth2Proxy(Claims, TestCase):
    refused_status = (302,)

    @classmethod
    def setUpClass(cls):
        cls.make_account("ann@example.com")
        cls.provider = Provider()
        cls.addClassCleanup(cls.provider.close)
        cls.site = Site("oauth2-proxy", {"127.0.0.1:4180": cls.provider.address})
        cls.addClassCleanup(cls.site.close)

    def mine(self):
        return [("Cookie", self.provider.session(self.person))]

    def test_it_opens_pages(self):
        mine = self.mine()
        for target in CLOSED[1:8]:
            answer = self.site.get(self.path(target), mine)
            self.assertEqual(200, answer.status, target)
        self.assertIn("closed", self.site.get(self.path("/{0}/events"), mine).text)

    def test_claims_of_somebody_else(self):
        self.try_claims([("Cookie", self.provider.session("eve@example.com"))], (403, 404))

    def test_a_claim_beside_the_login(self):
        """Who is signed in stays who they are."""
        text = self.site.get(self.path("/{0}/events"), [*self.mine(), ("X-Auth-Request-Email", "mallory@example.com"),
                                                        ("Authorization", "Basic bWFsbG9yeTp4")]).text
        self.assertIn(self.person, text)
        self.assertNotIn("mallory", text)

    def test_signing_in_leads_back_to_the_whole_address(self):
        wanted = self.path("/{0}/events?user=a%26b&action=closed&status=---")
        answer = self.site.get(wanted)
        self.assertEqual(302, answer.status)
        location = urlsplit(answer.headers["Location"])
        self.assertEqual(Provider.AUTHORIZE, answer.headers["Location"].partition("?")[0])
        state = parse_qs(location.query)["state"][0]
        back = self.site.get(f"/oauth2/callback?state={state}&code={self.person}")
        self.assertEqual((302, wanted), (back.status, back.headers["Location"]))
        page = self.site.get(wanted, [("Cookie", back.headers["Set-Cookie"])])
        self.assertEqual(200, page.status)
        logged = "".join(path.read_text() for path in (self.site.folder / "tmp").glob("*.log"))
        self.assertIn("/oauth2/callback?redacted", logged)
        self.assertNotIn(state, logged)

    def test_post_is_not_sent_to_the_provider(self):
        before = len(self.provider.seen)
        answer = self.site.ask("POST", self.path("/{0}/-/find-secret"), body=b"secret=very-secret")
        self.assertEqual(302, answer.status)
        for method, path, headers in self.provider.seen[before:]:
            self.assertEqual("GET", method, path)
            self.assertIn(headers.get("Content-Length"), (None, "", "0"))

    def test_signing_out(self):
        """The link of every page ends the session at once."""
        mine = self.mine()
        for target in CLOSED[1:4] + CLOSED[6:8]:
            self.assertIn(SIGN_OUT, Page(self.site.get(self.path(target), mine).text).links, target)
        answer = self.site.get(SIGN_OUT, mine)
        self.assertEqual((302, "/oauth2/sign_in"), (answer.status, answer.headers["Location"]))
        self.assertEqual(302, self.site.get(self.path("/{0}/events"), mine).status)

    def test_a_person_without_an_account_can_sign_out(self):
        answer = self.site.get("/", [("Cookie", self.provider.session("new@example.com"))])
        self.assertEqual(403, answer.status)
        self.assertIn(SIGN_OUT, Page(answer.text).links)
        self.assertIn("new@example.com", answer.text)

    def test_a_session_that_ends(self):
        mine = self.mine()
        self.assertEqual(200, self.site.get(self.path("/{0}/events"), mine).status)
        self.provider.sessions.clear()
        self.assertEqual(302, self.site.get(self.path("/{0}/events"), mine).status)

    def test_a_login_without_a_name_is_nobody(self):
        for target in CLOSED:
            answer = self.site.get(self.path(target), [("Cookie", self.provider.session(""))])
            self.assertClosed(answer, (403, 404), target, "no name")

    def test_a_name_that_only_begins_like_it(self):
        for name in (self.person + "x", self.person[:-1], self.person.upper(), f"{self.person}, eve@example.com"):
            answer = self.site.get(self.path("/{0}/events"), [("Cookie", self.provider.session(name))])
            self.assertEqual(404, answer.status, name)

    def test_what_the_provider_is_told(self):
        """Where the request came from is nginx's to say."""
        before = len(self.provider.seen)
        self.site.get(self.path("/{0}/events"), [("X-Forwarded-For", "9.9.9.9"), ("X-Real-IP", "9.9.9.9"),
                                                 ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Uri", "/healthz"),
                                                 ("X-Auth-Request-Redirect", "https://evil.example/")])
        for _, path, headers in self.provider.seen[before:]:
            self.assertEqual(["127.0.0.1"] * 2, [headers["X-Real-IP"], headers["X-Forwarded-For"]], path)
            self.assertNotIn("evil", str(headers), path)
            self.assertEqual(self.path("/{0}/events"), headers["X-Forwarded-Uri"])

    def test_kept_pages_keep_the_way_out_apart(self):
        """The same person through another login, one after the other, from the same workers."""
        merged(self.account)
        page, other = self.path("/{0}/events"), list(make_person(self.person).items())
        with Site("basic") as basic:
            for _ in range(12):
                self.assertIn("Sign out", self.site.get(page, self.mine()).text)
                self.assertNotIn("Sign out", basic.get(page, other).text)

    def test_downloads_are_counted(self):
        """Two at a time, although nobody's name is known when they are counted."""
        large = daybook.Account(member=False)
        run_well("member", "add", large.slug, self.person, "auditor")
        large.record_many({"action": "filler", "request": {"body": "x" * 200000}} for _ in range(300))
        headers = self.mine()
        waiting = [http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60) for _ in range(2)]
        for connection in waiting:
            self.addCleanup(connection.close)
        for connection in waiting:  # their answers are larger than what the way holds, and not read
            connection.request("GET", f"/{large.slug}/all.csv", headers=dict(headers))
            connection.getresponse()
        self.assertEqual(429, self.site.get(f"/{large.slug}/all.csv", headers).status)


class ProviderAway(TestCase):
    def test_nobody_comes_in(self):
        provider = Provider()
        cookie = [("Cookie", provider.session("ann@example.com"))]
        provider.close()
        with Site("oauth2-proxy", {"127.0.0.1:4180": provider.address}) as site:
            answer = site.get("/t-any/events", cookie)
            self.assertEqual(503, answer.status)
            self.assertIn("not available", answer.text)
            self.assertEqual(200, site.get("/healthz").status)


class Authelia(Claims, TestCase):
    refused_status = (302,)

    @classmethod
    def setUpClass(cls):
        cls.make_account("login.ann")
        cls.portal = Portal()
        cls.addClassCleanup(cls.portal.close)
        cls.site = Site("authelia", {"127.0.0.1:9091": cls.portal.address})
        cls.addClassCleanup(cls.site.close)

    def mine(self):
        return [("Cookie", self.portal.session(self.person))]

    def test_it_opens_pages(self):
        answer = self.site.get(self.path("/{0}/events"), self.mine())
        self.assertEqual((200, True), (answer.status, b"closed" in answer.body))
        self.assertIn("https://auth.example.com/logout", Page(answer.text).links)

    def test_claims_of_somebody_else(self):
        self.try_claims([("Cookie", self.portal.session("eve"))], (403, 404))

    def test_the_portal_is_told_the_whole_address(self):
        wanted = self.path("/{0}/events?user=a%26b&action=closed")
        answer = self.site.get(wanted, [("X-Original-URL", "https://evil.example/"), ("X-Forwarded-Uri", "/evil")])
        self.assertEqual(302, answer.status)
        portal = urlsplit(answer.headers["Location"])
        self.assertEqual("auth.example.com", portal.netloc)
        self.assertEqual({"rd": [f"http://127.0.0.1:{self.site.port}{wanted}"], "rm": ["GET"]}, parse_qs(portal.query))

    def test_one_who_is_not_let_in(self):
        self.portal.forbidden.add("banned")
        answer = self.site.get(self.path("/{0}/events"), [("Cookie", self.portal.session("banned"))])
        self.assertEqual(403, answer.status)


class LocationsOfNginx(TestCase):
    """What a location of deploy/nginx/server.conf must have for every login to hold."""

    text = (ROOT / "cgi-bin/deploy/nginx/server.conf").read_text()

    def test_a_page_leaves_the_login_alone(self):
        found = re.findall(r"^( *)location (.*?) \{\n(.*?)^\1\}", self.text, re.S | re.M)
        self.assertGreater(len(found), 12)
        pages = 0
        for _, name, body in found:
            if "fastcgi_pass" not in body or "programs.conf" in body:
                continue
            pages += 1
            for word in ("error_page", "add_header", "auth_basic", "auth_request", "fastcgi_param", "set $"):
                self.assertNotIn(word, body, f"{name}: the server's would be lost")
        self.assertGreater(pages, 6)

    def test_the_setting(self):
        done = subprocess.run(["sh", ROOT / "cgi-bin/deploy/local.sh", "status"], check=False, capture_output=True,
                              env={"PATH": "/usr/bin:/bin", "LOGIN": "nonsense", "VAR": str(daybook.VAR)})
        self.assertIn(b"LOGIN=nonsense", done.stderr)


if __name__ == "__main__":
    unittest.main()
