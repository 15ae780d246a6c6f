# SPDX-License-Identifier: MIT
"""The page on which admins say who may open the account: what follows at once, and that the last admin stays."""
import os
import subprocess
import unittest
from urllib.parse import unquote_to_bytes, urlencode

import awkward
import daybook
from admin import FORM, HERE, AdminAccount, Roster
from daybook import BUILD, VAR, TestCase, ask, database
from running_copy import make_person, until


class Changed(TestCase):
    def setUp(self):
        self.account = AdminAccount()
        self.name = f"ann-{self.account.slug}"
        self.login = make_person(self.name)

    def change(self, fields, status=303):
        answer = self.account.post("members", fields)
        self.assertEqual(status, answer.status, answer)
        return answer

    def sees(self, page):
        return ask("GET", f"/{self.account.slug}/{page}", None, self.login).status

    def test_added_changed_and_removed(self):
        self.assertEqual((404, 404), (self.sees("events"), self.sees("-/members")))
        for role, seen in (("auditor", (200, 403, 403)), ("admin", (200, 200, 200))):
            self.change({"person" if role == "auditor" else "member": self.name, "role": role})
            self.assertEqual(seen, (self.sees("events"), self.sees("-/members"), self.sees("-/tokens")))
            self.assertEqual(role, self.account.members()[self.name.encode()])
        self.change({"member": self.name, "role": "auditor"})
        self.assertEqual(403, self.sees("-/members"))
        self.change({"member": self.name, "role": "none"})
        self.assertEqual((404, 404), (self.sees("events"), self.sees("events.csv")))
        self.assertEqual({self.account.admin_name.encode(): "admin"}, self.account.members())

    def test_only_of_this_account(self):
        other = AdminAccount()
        other.person("auditor", self.name)
        self.change({"member": self.name, "role": "admin"}, 404)
        self.change({"person": self.name, "role": "auditor"})
        self.change({"member": self.name, "role": "none"})
        self.assertEqual("auditor", other.members()[self.name.encode()])
        self.assertEqual(404, ask("POST", f"/{other.slug}/-/members", urlencode({"person": "x", "role": "admin"}),
                                  FORM | HERE | self.account.admin).status)

    def test_oneself(self):
        """Who takes the right from themselves is led away from a page that they may not see."""
        for role in ("auditor", "none"):
            account = AdminAccount()
            account.person("admin", self.name)
            answer = account.post("members", {"member": account.admin_name, "role": role})
            self.assertEqual((303, "/"), (answer.status, answer.headers["Location"]))
            self.assertEqual(403 if role == "auditor" else 404, account.get(f"/{account.slug}/-/members").status)

    def test_spellings_are_other_people(self):
        for person in (self.name.upper(), self.name.replace("ann", "änn"), self.name.replace("ann", "a\u0308nn")):
            self.change({"person": person, "role": "auditor"})
        self.assertEqual(404, self.sees("events"))
        self.assertEqual(4, len(self.account.members()))


class LastAdmin(TestCase):
    def together(self, account, wishes):
        """Sends (person who asks, fields) all at once, to processes of their own: each has to wait for the rows of the admins.
        The statuses."""
        waiting = ("SELECT COUNT(*) FROM information_schema.processlist WHERE user = 'manager' AND time_ms > 100 "
                   "AND info LIKE 'SELECT person FROM member %FOR UPDATE'")
        keeper = daybook.Database()
        self.addCleanup(keeper.close)
        keeper.run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        keeper.run("START TRANSACTION")
        keeper.rows(f"SELECT 1 FROM member WHERE account_id = {account.number} FOR UPDATE")
        asking = []
        for person, fields in wishes:
            body = urlencode(fields).encode()
            environment = {"PATH": os.environ["PATH"], "DAYBOOK_CONF": f"{VAR}/daybook.conf", "REQUEST_METHOD": "POST",
                           "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "SCRIPT_NAME": "",
                           "PATH_INFO": f"/{account.slug}/-/members", "QUERY_STRING": "", "REMOTE_USER": person,
                           "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
                           "HTTP_SEC_FETCH_SITE": "same-origin"}
            asking.append(subprocess.Popen([BUILD / "bin/members.fcgi"], env=environment, stdin=subprocess.PIPE,
                                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=daybook.ROOT))
            asking[-1].stdin.write(body)
            asking[-1].stdin.flush()
        until(lambda: database().number(waiting) == len(wishes), 20, "all wait for the rows")
        keeper.run("COMMIT")
        return [int(process.communicate()[0].split(b"\r\n")[0].split()[1]) for process in asking]

    def two(self):
        account = AdminAccount()
        account.person("admin", f"other-{account.slug}")
        return account, account.admin_name, f"other-{account.slug}"

    def test_each_takes_the_other_away(self):
        for first, second in (("none", "none"), ("auditor", "auditor"), ("none", "auditor"), ("auditor", "none")):
            account, ann, bob = self.two()
            statuses = self.together(account, [(ann, {"member": bob, "role": first}),
                                               (bob, {"member": ann, "role": second})])
            self.assertEqual([303, 403], sorted(statuses), "who came second is no admin any more")
            self.assertEqual(1, list(account.members().values()).count("admin"))

    def test_both_leave(self):
        for role in ("none", "auditor"):
            account, ann, bob = self.two()
            statuses = self.together(account, [(person, {"member": person, "role": role}) for person in (ann, bob)])
            self.assertEqual([303, 409], sorted(statuses))
            self.assertEqual(1, list(account.members().values()).count("admin"))

    def test_who_is_removed_makes_nobody_an_admin(self):
        """Not even at the same moment; whichever comes first, the account has an admin whom somebody made who was one."""
        account, ann, bob = self.two()
        statuses = self.together(account, [(ann, {"member": bob, "role": "none"}),
                                           (bob, {"person": "carl", "role": "admin"})])
        self.assertEqual(303, statuses[0])
        self.assertEqual(statuses[1] == 303, b"carl" in account.members())
        self.assertIn(statuses[1], (303, 403))

    def test_three(self):
        """Of three who all leave one stays."""
        account, ann, bob = self.two()
        account.person("admin", f"third-{account.slug}")
        people = [ann, bob, f"third-{account.slug}"]
        statuses = self.together(account, [(person, {"member": person, "role": "none"}) for person in people])
        self.assertEqual([303, 303, 409], sorted(statuses))
        self.assertEqual(["admin"], list(account.members().values()))

    def test_the_command_may(self):
        """Who has the command can give the right back with it."""
        account = AdminAccount()
        daybook.run_well("member", "remove", account.slug, account.admin_name)
        self.assertEqual({}, account.members())


class Hostile(TestCase):
    def test_any_name(self):
        """Names that only the command can give, of any bytes: each is listed once, changed and removed by the form beside it."""
        account = AdminAccount()
        names = {text.encode() for text in awkward.texts() if len(text.encode()) <= 255}
        names = set(sorted(names)[:300]) | {b"\xff\xfe", b"\xed\xa0\x80", b"a\nb", b"a\r\nb", b" ann ", b"ann", b"%41", b"a%00",
                                            b"x" * 255, b"\xff" * 255, b"'\"<b>&amp;"}
        database().run("INSERT INTO member (person, account_id, role, created_ms) VALUES " + ", ".join(
            f"({daybook.quote(name)}, {account.number}, 1, 1)" for name in names))
        plain = AdminAccount()
        plain.person("auditor")
        known = set(Roster(plain.page("members")).tags) | {("a", frozenset({"href"}))}
        place, hidden = f"/{account.slug}/-/members", []
        while place:
            page = Roster(account.get(place).text)
            self.assertLessEqual(set(page.tags), known)
            self.assertEqual(len(page.rows), len(page.hidden))
            hidden += page.hidden
            place = page.links.get("More members")
        found = [unquote_to_bytes(value) for value in hidden]
        self.assertEqual(sorted(names | {account.admin_name.encode()}), sorted(found))
        for value, name in zip(hidden, found):
            if name in names:
                self.assertEqual(303, account.post("members", {"member": value, "role": "admin"}).status, name)
                self.assertEqual(303, account.post("members", {"member": value, "role": "none"}).status, name)
        self.assertEqual({account.admin_name.encode(): "admin"}, account.members())

    def test_a_form_cannot_give_every_name(self):
        account = AdminAccount()
        for text in (b"\xff", b"a\nb", b"a\tb", b" ", b"a\n", b"\x7f", b"a\x00b"):
            body = b"role=admin&person=" + b"".join(b"%%%02x" % byte for byte in text)
            answer = ask("POST", f"/{account.slug}/-/members", body, FORM | HERE | account.admin)
            self.assertEqual(400, answer.status, text)
        self.assertEqual(1, len(account.members()))


class Matrix(TestCase):
    """Who may do what on the pages of admins, by method."""
    pages = ("tokens", "members")
    forms = {"tokens": "form=0123456789abcdef&scope=read", "members": "person=carl&role=auditor"}

    def test_it(self):
        account = AdminAccount()
        secret = {scope: account.token(scope) for scope in ("record", "read")}
        outsider = make_person(f"outsider-{account.slug}")
        others = {"nobody": {}, "outsider": outsider, "admin of another": AdminAccount().admin,
                  "auditor": account.person("auditor"), "wrong password": daybook.login(account.admin_name, "x"),
                  "record token": daybook.bearer(secret["record"]), "read token": daybook.bearer(secret["read"]),
                  "header": {"Remote-User": account.admin_name, "X-Remote-User": account.admin_name,
                             "X-Forwarded-User": account.admin_name, "Remote_User": account.admin_name}}
        expected = {"nobody": 401, "outsider": 404, "admin of another": 404, "auditor": 403, "wrong password": 401,
                    "record token": 401, "read token": 401, "header": 401}
        before = account.members(), account.token_numbers()
        for page in self.pages:
            for who, headers in others.items():
                for method in ("GET", "HEAD", "POST"):
                    with self.subTest(page=page, who=who, method=method):
                        body = self.forms[page] if method == "POST" else None
                        answer = ask(method, f"/{account.slug}/-/{page}", body, FORM | HERE | headers)
                        self.assertEqual(expected[who], answer.status)
                        self.assertNotIn(account.admin_name.encode(), answer.body)
            for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
                answer = ask(method, f"/{account.slug}/-/{page}", None, HERE | account.admin)
                self.assertEqual((405, "GET, HEAD, POST"), (answer.status, answer.headers["Allow"]))
        self.assertEqual(before, (account.members(), account.token_numbers()))

    def test_an_admin(self):
        account = AdminAccount()
        for page in self.pages:
            for method in ("GET", "HEAD"):
                self.assertEqual(200, ask(method, f"/{account.slug}/-/{page}", None, account.admin).status)
        self.assertEqual(200, account.post("tokens", {"form": "0123456789abcdef", "scope": "read"}).status)
        self.assertEqual(303, account.post("members", {"person": "carl", "role": "auditor"}).status)

    def test_the_tabs(self):
        """Admins are shown the way, auditors are not, and nobody keeps a page of the other."""
        account = AdminAccount()
        auditor = account.person("auditor")
        account.record({"action": "a"})
        for page in ("events", "triggers", "-/health"):
            for _ in range(8):
                for login, shown in ((account.admin, True), (auditor, False)):
                    text = ask("GET", f"/{account.slug}/{page}", None, login).text
                    for tab in self.pages:
                        self.assertEqual(shown, f'href="/{account.slug}/-/{tab}"' in text, page)

    def test_without_the_manager(self):
        """Its password is wrong: the pages show what there is, a change is refused, and works again with the right one."""
        account = AdminAccount()
        database().run("ALTER USER 'manager'@'localhost' IDENTIFIED BY 'another'")
        database().run("KILL USER 'manager'@'localhost'")
        try:
            self.assertEqual(200, account.get(f"/{account.slug}/-/members").status)
            answer = account.post("members", {"person": "carl", "role": "auditor"})
            self.assertEqual((503, True), (answer.status, "The list shows" in answer.text))
        finally:
            password = (VAR / "secrets/manager").read_text().strip()
            database().run(f"ALTER USER 'manager'@'localhost' IDENTIFIED BY '{password}'")
        self.assertEqual(303, account.post("members", {"person": "carl", "role": "auditor"}).status)

    def test_without_its_rights(self):
        """As after an upgrade without grants.sql: that will not go away by trying again."""
        account = AdminAccount()
        database().run("REVOKE INSERT ON daybook.member FROM 'manager'@'localhost'")
        self.addCleanup(database().run, "GRANT INSERT ON daybook.member TO 'manager'@'localhost'")
        answer = account.post("members", {"person": "carl", "role": "auditor"})
        self.assertEqual((500, True), (answer.status, "the log of this program says why" in answer.text))
        self.assertNotIn(b"carl", account.members())


if __name__ == "__main__":
    unittest.main()
