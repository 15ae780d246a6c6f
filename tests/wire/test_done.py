# SPDX-License-Identifier: MIT
"""After a form: the page says what was done, once, by what is in the database; a mistake leads back and keeps what was typed."""
import re
import unittest

from admin import AdminAccount
from daybook import TestCase, ask, database, run_well
from views import ViewAccount


def said(text):
    """What a page says was done or not done, as text."""
    return [re.sub(r"<[^>]*>", "", words).strip()
            for words in re.findall(r'<p class="(?:done|undone|pinned)"[^>]*role="(?:status|alert)">(.*?)</p>', text, re.S)]


def cookie_of(answer):
    return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]} if answer.headers.get("Set-Cookie") else {}


class Done(TestCase):
    def setUp(self):
        self.account = AdminAccount()

    def follow(self, answer, login=None):
        """What the page says that the form leads to; and it says so once."""
        self.assertEqual(303, answer.status, answer)
        self.assertRegex(answer.headers["Set-Cookie"],
                         f"^daybook-done=[a-z-]+\\.[^;]+; Path=/{self.account.slug}/; Max-Age=60; SameSite=Strict; HttpOnly$")
        login = login or self.account.admin
        target = answer.headers["Location"].partition("#")[0]
        shown = ask("GET", target, None, login | cookie_of(answer))
        self.assertRegex(shown.headers["Set-Cookie"], f"^daybook-done=; Path=/{self.account.slug}/; Max-Age=0;")
        again = ask("GET", target, None, login)
        self.assertEqual((200, [], None), (again.status, said(again.text), again.headers.get("Set-Cookie")))
        return said(shown.text)

    def members(self, **fields):
        return self.account.post("members", fields)

    def test_members(self):
        self.assertEqual(["bob is a member now, as auditor."], self.follow(self.members(person=" bob\t", role="auditor")))
        self.assertEqual("auditor", self.account.members()[b"bob"])
        self.assertEqual(["bob is a member now, as admin."], self.follow(self.members(member="bob", role="admin")))
        self.assertEqual(["bob is no member any more."], self.follow(self.members(member="bob", role="none")))
        name = "<b>&; x=\"ü\" %41"
        self.assertEqual(["&lt;b&gt;&amp;; x=&quot;ü&quot; %41 is a member now, as auditor."],
                         self.follow(self.members(person=name, role="auditor")))

    def test_only_what_is_so(self):
        added = cookie_of(self.members(person="bob", role="auditor"))
        gone = cookie_of(self.members(member="bob", role="none"))
        page = f"/{self.account.slug}/-/members"
        self.assertEqual([], said(ask("GET", page, None, self.account.admin | added).text))
        self.members(person="bob", role="admin")
        self.assertEqual([], said(ask("GET", page, None, self.account.admin | gone).text))
        self.assertEqual(["bob is a member now, as admin."], said(ask("GET", page, None, self.account.admin | added).text))
        for cookie in ("member.", "member", "", "x.bob", "revoked.1", "view.1", "member.nobody", "no-member.", "member.%ff"):
            for place in (page, f"/{self.account.slug}/-/tokens", f"/{self.account.slug}/events"):
                answer = ask("GET", place, None, self.account.admin | {"Cookie": f"daybook-done={cookie}"})
                self.assertEqual((200, []), (answer.status, said(answer.text)), cookie)
        self.assertEqual(400, ask("GET", page + "?done=member.bob", None, self.account.admin).status)

    def test_tokens(self):
        self.account.make_token("read")
        self.account.make_token("read")
        first, second = self.account.token_numbers()
        answer = self.account.post("tokens", {"revoke": first})
        self.assertEqual([f"Token {first} is revoked: what uses it is refused from now on."], self.follow(answer))
        page = f"/{self.account.slug}/-/tokens"
        forged = {"Cookie": f"daybook-done=revoked.{second}"}
        self.assertEqual([], said(ask("GET", page, None, self.account.admin | forged).text), "it is not revoked")

    def test_mistakes_lead_back(self):
        for name, fields, query in (("members", {"person": "a\x01", "role": "auditor"}, "?after=b"), ("members", {}, ""),
                                    ("members", {"person": " ", "role": "admin"}, ""), ("tokens", {"days": 0}, "?before=9"),
                                    ("tokens", {"form": "0" * 16, "scope": "read"}, ""), ("views", {"shared": "2"}, "?user=a&kind=events"),
                                    ("members", {"x": "y" * 5000}, "")):
            answer = self.account.post(name, fields, query=query)
            self.assertIn(answer.status, (400, 413))
            self.assertIn(f'href="/{self.account.slug}/-/{name}{query.replace("&", "&amp;")}">Back to the form', answer.text, fields)
        answer = self.account.post("members", {"person": "a", "role": "admin"}, headers={"Sec-Fetch-Site": "cross-site"})
        self.assertIn(f'href="/{self.account.slug}/-/members">Back to the form', answer.text)


class Views(TestCase):
    def test_saved(self):
        account = ViewAccount()
        account.record({"action": "a", "user": "ann"})
        run_well("maintain")
        answer = account.save(account.ann, "<mine>", "user=ann")
        (number,) = (row["id"] for row in account.views())
        self.assertEqual(f"daybook-done=view.{number.decode()}", answer.headers["Set-Cookie"].partition(";")[0])
        for _ in range(2):  # not as a page that is kept
            plain = ask("GET", answer.headers["Location"], None, account.ann)
            self.assertEqual([], said(plain.text))
        shown = ask("GET", answer.headers["Location"], None, account.ann | cookie_of(answer))
        self.assertEqual(["The view &lt;mine&gt; is saved."], said(shown.text))
        self.assertIn("Max-Age=0", shown.headers["Set-Cookie"])
        self.assertEqual([], said(ask("GET", answer.headers["Location"], None, account.ann).text))
        other = ask("GET", answer.headers["Location"], None, account.bob | cookie_of(answer))
        self.assertEqual([], said(other.text), "somebody else's view has no name for them")

    def test_a_name_that_is_taken(self):
        account = ViewAccount()
        account.saved(account.admin, "taken", "user=a", shared=1)
        answer = account.save(account.admin, " taken", "user=b&show=50", shared=1, default=1)
        self.assertEqual(409, answer.status)
        (words,) = said(answer.text)
        self.assertIn("another view of this name", words)
        form = re.search(r'<form class="sheet new save".*?</form>', answer.text, re.S)[0]
        self.assertIn('value="taken" aria-invalid="true"', form)
        self.assertIn('<option value="1" selected>', form)
        self.assertIn(" checked>", form)
        self.assertIn(f'action="/{account.slug}/-/views?user=b&amp;show=50&amp;kind=events"', form)
        self.assertIn(f'href="/{account.slug}/events?user=b&amp;show=50">Back to the list', answer.text)
        self.assertEqual(1, len(account.views()))
        plain = account.save(account.admin, "taken", "user=b", shared=0)
        self.assertEqual(303, plain.status)

    def test_another_name_that_is_taken(self):
        account = ViewAccount()
        first, second = account.saved(account.ann, "first", "user=a"), account.saved(account.ann, "second", "user=b")
        answer = account.post("views", {"view": second, "do": "rename", "name": "first"}, account.ann)
        self.assertEqual(409, answer.status)
        rows = dict(re.findall(r'<tr id="v(\d+)">(.*?)</tr>', answer.text, re.S))
        self.assertIn('<details class="sure" open>', rows[str(second)])
        self.assertIn('name="name" value="first"', rows[str(second)])
        self.assertNotIn(" open>", rows[str(first)])
        self.assertEqual({b"first", b"second"}, {row["name"] for row in account.views()})
        self.assertEqual(2, database().number(f"SELECT COUNT(*) FROM saved_view WHERE account_id = {account.number}"))


if __name__ == "__main__":
    unittest.main()
