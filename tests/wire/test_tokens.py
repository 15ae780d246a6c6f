# SPDX-License-Identifier: MIT
"""The page on which admins make and revoke tokens: what one is good for, where its secret is, and since when it is refused."""
import concurrent.futures
import hashlib
import re
import secrets
import unittest
from urllib.parse import urlencode

import awkward
import daybook
from admin import FORM, HERE, AdminAccount, Roster, secret_of
from daybook import TestCase, ask, bearer, database

EVENT = '{"action": "a"}'


def record(secret, target="/api/v1/events"):
    return ask("POST", target, EVENT, bearer(secret) | {"Content-Type": "application/json"}).status


def read(secret):
    return ask("GET", "/api/v1/events.csv", None, bearer(secret))


class Made(TestCase):
    def setUp(self):
        self.account = AdminAccount()

    def test_one_that_records(self):
        other = AdminAccount()
        secret = self.account.make_token("record", label="ci")
        self.assertEqual(201, record(secret))
        self.assertEqual((1, 0), (self.account.count(), other.count()))
        self.assertEqual(401, read(secret).status)
        self.assertEqual(401, record(secret, f"/publisher/v1/project/{other.slug}/event"))
        self.assertEqual((1, 0), (self.account.count(), other.count()))

    def test_one_that_reads(self):
        self.account.record({"action": "mine"})
        other = AdminAccount()
        other.record({"action": "theirs"})
        text = read(self.account.make_token("read")).text
        self.assertEqual(["mine"], [row["action"] for row in daybook.csv_dicts(text)])
        self.assertEqual(401, record(self.account.make_token("read")))
        self.assertEqual((1, 1), (self.account.count(), other.count()))

    def test_none_opens_a_page(self):
        """Neither scope is a login, on these pages either."""
        for scope in ("record", "read"):
            secret = self.account.make_token(scope)
            for page in ("events", "-/tokens", "-/members"):
                for method, body in (("GET", None), ("POST", "revoke=1")):
                    headers = FORM | HERE | bearer(secret)
                    expected = 400 if page == "events" and body else 401  # a list is asked for without a body
                    self.assertEqual(expected, ask(method, f"/{self.account.slug}/{page}", body, headers).status)

    def test_the_secret_is_shown_once(self):
        number = re.search(r'name="form" value="(\w+)"', self.account.page("tokens"))[1]
        answer = self.account.post("tokens", {"form": number, "scope": "record", "label": "once"})
        secret = secret_of(answer)
        self.assertEqual("no-store", answer.headers["Cache-Control"])
        self.assertEqual(1, answer.text.count(secret))
        self.assertEqual(201, record(secret))
        self.assertIn(secret[:12], self.account.page("tokens"))
        for piece in (secret, secret[4:], secret[12:40]):
            self.assertNotIn(piece, self.account.page("tokens"))
            self.assertNotIn(piece, daybook.run_well("token", "list", self.account.slug))
            self.assertEqual([], daybook.find_in_logs(piece))
            self.assertEqual([], daybook.find_in_tables(piece))
        stored = database().bytes(["secret_hash", "prefix", "label"],
                                  f"FROM token WHERE account_id = {self.account.number}")
        self.assertEqual([[hashlib.sha256(secret.encode()).digest(), secret[:12].encode(), b"once"]], stored)

    def test_a_form_makes_one(self):
        """Sent again, by a reload or a second press, it makes none and shows none."""
        fields = {"form": secrets.token_hex(8), "scope": "read"}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.account.post("tokens", fields), range(8)))
        self.assertEqual([200] + [409] * 7, sorted(answer.status for answer in answers))
        (secret,) = [secret_of(answer) for answer in answers if answer.status == 200]
        (number,) = self.account.token_numbers()
        for answer in [*answers, self.account.post("tokens", fields)]:
            if answer.status == 409:
                self.assertIn(f"has made token {number} ({secret[:12]}…) then", answer.text)
                self.assertNotIn(secret, answer.text)
        self.assertEqual([number], self.account.token_numbers())
        self.assertEqual(200, read(secret).status)
        other = AdminAccount()
        self.assertEqual(200, read(secret_of(other.post("tokens", fields))).status, "a number is each account's own")

    def test_how_long_it_is_good(self):
        secret = self.account.make_token("read", days="30")
        never = self.account.make_token("read", days="")
        lasts = database().rows("SELECT expires_ms - created_ms, TIMESTAMPDIFF(SECOND, FROM_UNIXTIME(created_ms / 1000)"
                                f", NOW()) < 60 FROM token WHERE account_id = {self.account.number} ORDER BY id")
        self.assertEqual([[str(30 * 86400 * 1000), "1"], ["NULL", "1"]], lasts)
        self.assertEqual([200, 200], [read(secret).status, read(never).status])
        database().run(f"UPDATE token SET expires_ms = created_ms + 1 WHERE account_id = {self.account.number} "
                       "AND expires_ms IS NOT NULL")
        self.assertEqual([401, 200], [read(secret).status, read(never).status])
        page = self.account.page("tokens")
        self.assertEqual(1, page.count('name="revoke"'), "what has expired needs not be revoked")
        rows = Roster(page).rows
        self.assertEqual([("good", "never"), ("expired", True)],
                         [(row["State"], row["Expires"] if row["Expires"] == "never" else True) for row in rows])

    def test_refused_forms_make_none(self):
        good = {"form": secrets.token_hex(8), "scope": "record"}
        for headers, status in (({}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403),
                                ({"Origin": "http://elsewhere.example"}, 403),
                                ({"Origin": f"http://{daybook.HOST}.elsewhere.example"}, 403),
                                ({"Origin": "http://127.0.0.1"}, 403)):  # another port is another origin
            self.assertEqual(status, self.account.post("tokens", good, headers=headers).status, headers)
        target = f"/{self.account.slug}/-/tokens"
        self.assertEqual(400, ask("GET", f"{target}?{urlencode(good)}", None, self.account.admin | HERE).status)
        self.assertEqual(413, ask("POST", target, "x" * 9000, FORM | HERE | self.account.admin).status)
        self.assertEqual([], self.account.token_numbers())
        origin = {"Origin": f"http://{daybook.HOST}"}
        self.assertEqual(200, self.account.post("tokens", good, headers=origin).status)


class Revoked(TestCase):
    def test_at_once(self):
        account, other = AdminAccount(), AdminAccount()
        for scope, use in (("record", record), ("read", lambda secret: read(secret).status)):
            secret = account.make_token(scope)
            number = account.token_numbers()[-1]
            self.assertIn(use(secret), (200, 201))
            for owner, status in ((other, 404), (account, 303), (account, 404)):
                answer = owner.post("tokens", {"revoke": number})
                self.assertEqual(status, answer.status)
                self.assertEqual(status == 404 and owner is other, use(secret) != 401)
                if status == 303:
                    self.assertEqual(f"/{account.slug}/-/tokens#t{number}", answer.headers["Location"])
        for row in Roster(account.page("tokens")).rows:
            self.assertRegex(row["State"], "^revoked\s(just now|.* ago)$")
        self.assertNotIn('name="revoke"', account.page("tokens"))

    def test_it_has_ended(self):
        """Nothing is said of when it would have."""
        account = AdminAccount()
        for days in ("", "30"):
            account.make_token("read", days=days)
            account.post("tokens", {"revoke": account.token_numbers()[-1]})
        self.assertEqual([("revoked", "")] * 2, [(row["State"].split()[0], row.get("Expires", "")) for row in Roster(account.page("tokens")).rows])

    def test_by_an_auditor_not(self):
        account = AdminAccount()
        secret, auditor = account.make_token("read"), account.person("auditor")
        for fields in ({"revoke": account.token_numbers()[0]}, {"form": "0123456789abcdef", "scope": "record"}):
            answer = account.post("tokens", fields, login=auditor)
            self.assertEqual((403, True), (answer.status, "Only an admin" in answer.text))
        self.assertEqual((200, 1), (read(secret).status, len(account.token_numbers())))


class Listed(TestCase):
    def test_page_by_page(self):
        """The newest first, each once; a form keeps its place."""
        account = AdminAccount()
        database().run("INSERT INTO token (account_id, scope, secret_hash, prefix, label, created_ms) "
                       f"SELECT {account.number}, 1, UNHEX(SHA2(CONCAT({account.number}, ' ', seq), 256)), 'dbk_', seq, 1 "
                       "FROM seq_1_to_250 ORDER BY seq")
        seen, sizes, place = [], [], f"/{account.slug}/-/tokens"
        while place:
            page = Roster(account.get(place).text)
            seen += [row["For"] for row in page.rows]
            sizes.append(len(page.rows))
            last, place = place, page.links.get("Older tokens")
        self.assertEqual([str(label) for label in range(250, 0, -1)], seen)
        self.assertEqual([100, 100, 50], sizes)
        number = account.token_numbers()[0]
        answer = account.post("tokens", {"revoke": number}, query="?" + last.partition("?")[2])
        self.assertEqual((303, f"{last}#t{number}"), (answer.status, answer.headers["Location"]))

    def test_hostile_labels(self):
        """Each is kept byte for byte, and adds nothing to the page but text."""
        account = AdminAccount()
        texts = [text for text in awkward.texts() if len(text.encode()) <= 255][:400]
        for text in texts:
            account.make_token("read", label=text)
        stored = [label for (label,) in database().bytes(
            ["label"], f"FROM token WHERE account_id = {account.number} ORDER BY id DESC")]
        self.assertEqual([text.encode() for text in reversed(texts)], stored)
        plain = AdminAccount()
        plain.make_token("read", label="plain")
        plain.make_token("read")
        known = set(Roster(plain.page("tokens")).tags) | set(Roster(plain.page("tokens", "?before=4294967295")).tags)
        place, rows = f"/{account.slug}/-/tokens", 0
        while place:
            page = Roster(account.get(place).text)
            rows += len(page.rows)
            self.assertLessEqual(set(page.tags), known | {("a", frozenset({"href"}))})
            place = page.links.get("Older tokens")
        self.assertEqual(len(texts), rows)


if __name__ == "__main__":
    unittest.main()
