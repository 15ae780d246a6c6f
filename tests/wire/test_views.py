# SPDX-License-Identifier: MIT
"""Saved views: what a form saves is what the list and the files show, and nobody sees or changes what is somebody else's."""
import concurrent.futures
import unittest
from urllib.parse import quote

import awkward
import daybook
from admin import Roster
from daybook import TestCase, csv_dicts, database, run_well
from running_copy import make_person
from views import ViewAccount

# As one may type them, and as they are saved.
QUERIES = {
    "": "",
    "status=failed&not_user=ci-bot": "not_user=ci-bot&status=failed",
    "user=ann&user=bob&entity=---": "entity=---&user=ann&user=bob",
    "from=-24h&show=50&tz=Europe/Berlin&sort=time": "from=-24h&tz=Europe%2FBerlin&sort=time&show=50",
    "q=a%26b&entity_id=x*&audit=1": "audit=1&entity_id=x%2A&q=a%26b",
    "page=3&asof=0000000000000001&show=10&sort=-time&tz=&user=": "",
    "action=%F0%9F%93%96%20%C3%BC": "action=%F0%9F%93%96%20%C3%BC",
}


class Saved(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.account = ViewAccount()

    def test_what_is_saved(self):
        for number, (typed, query) in enumerate(QUERIES.items()):
            for kind in ("events", "triggers"):
                with self.subTest(typed, kind=kind):
                    answer = self.account.save(self.account.ann, f"view {number}", typed, kind)
                    place = f"/{self.account.slug}/{kind}" + ("?" + query if query else "")
                    self.assertEqual((303, place), (answer.status, answer.headers["Location"]))
                    row = self.account.views()[-1]
                    self.assertEqual((query.encode(), f"view {number}".encode()), (row["query"], row["name"]))
                    self.assertEqual((self.account.ann_name.encode(),) * 2, (row["owner"], row["made_by"]))
                    self.assertEqual(b"1" if kind == "events" else b"2", row["kind"])

    def test_the_same_again(self):
        """A form that is sent twice, and one that says something else by the same name."""
        account = ViewAccount()
        first = account.saved(account.ann, "mine", "user=a")
        self.assertEqual(first, account.saved(account.ann, "mine", "user=a"))
        answer = account.save(account.ann, "mine", "user=b")
        self.assertEqual((409, True), (answer.status, "another view of this name" in answer.text))
        account.saved(account.ann, "mine", "user=b", "triggers")
        account.saved(account.bob, "mine", "user=c")
        account.saved(account.admin, "mine", "user=d", shared=1)
        account.saved(account.admin, "mine", "user=e")
        self.assertEqual(5, len(account.views()))
        self.assertEqual(1, len({row["id"] for row in account.views() if row["query"] == b"user=a"}))

    def test_names(self):
        account = ViewAccount()
        for name, kept in ((" a ", "a"), ("x" * 80, "x" * 80), ("ü" * 40, "ü" * 40), ("\u202eab", "\u202eab"), ("a  b", "a  b")):
            account.saved(account.ann, name)
            self.assertEqual(kept.encode(), account.views()[-1]["name"])
        for name in ("", " ", "x" * 81, "ü" * 41, "a\nb", "a\tb", "\x7f", b"\xff", "a\x00b"):
            self.assertEqual(400, account.save(account.ann, name).status, name)
        self.assertEqual(5, len(account.views()))

    def test_a_name_that_does_not_fit_stays_in_its_form(self):
        """A field counts characters, not bytes: what was typed is there to be made shorter."""
        account = ViewAccount()
        typed = "б" * 41
        answer = account.save(account.admin, typed, "user=a", shared=1, default=1)
        self.assertEqual(400, answer.status)
        form = answer.text.split('class="sheet new save"')[1].split("</form>")[0]
        self.assertIn(f'value="{typed}"', form)
        self.assertEqual([True, True], [mark in form for mark in ('value="1" selected', 'name="default" value="1" checked')])
        self.assertIn("1 to 80 bytes", daybook.Page(answer.text).text)
        number = account.saved(account.ann, "short", "user=a")
        answer = account.change(account.ann, number, "rename", name=typed)
        self.assertEqual((400, True), (answer.status, f'value="{typed}"' in answer.text.split(f'id="v{number}"')[1]))
        self.assertEqual([b"short"], [row["name"] for row in account.views()])

    def test_refused(self):
        account = ViewAccount()
        for query in ("user=a", "kind=all", "kind=events&nothing=1", "kind=events&status=x", "kind=events&view=1", "kind=events&menu=user"):
            self.assertEqual(400, account.post("views", {"name": "a"}, account.ann, query="?" + query).status, query)
        for fields in ({}, {"view": 1}, {"do": "delete"}, {"name": "a", "view": 1}, {"view": 0, "do": "delete"}, {"view": 1, "do": "x"},
                       {"view": 1, "do": "rename"}, {"view": 1, "do": "share", "shared": 1}, {"name": "a", "owner": "b"},
                       {"view": 1, "do": "default", "default": 1}):
            self.assertEqual(400, account.post("views", fields, account.ann, query="?kind=events").status, fields)
        self.assertEqual(400, account.post("views", {"name": "a"}, account.ann).status, "of no list")
        for headers, status in (({}, 403), ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Origin": "https://elsewhere.example"}, 403)):
            self.assertEqual(status, account.post("views", {"name": "a"}, account.ann, headers, "?kind=events").status)
        self.assertEqual([], account.views())

    def test_long_filters(self):
        account = ViewAccount()
        value = "x" * 1000
        account.saved(account.ann, "long", f"user={value}&user=a{value}&user=b{value}")
        answer = account.save(account.ann, "longer", f"user={value}&user=a{value}&user=b{value}&user=c{value}")
        self.assertEqual((400, True), (answer.status, "at most 4000 bytes" in answer.text))

    def test_in_words(self):
        account = ViewAccount()
        account.saved(account.ann, "words", "status=failed&not_user=ci-bot&user=ann&q=secret+word&from=-24h&sort=time&show=25&tz=Asia/Tokyo")
        text = daybook.Page(account.as_(account.ann, "-/views").text).text
        for words in ("Status: failed", "User: ann; not ci-bot", "Contains: secret word", "Date: last 24 hours", "Order: oldest first",
                      "Rows: 25 on a page", "Time zone: Asia/Tokyo"):
            self.assertIn(words, " ".join(text.split()))


class Used(TestCase):
    """The oracle is the same filter typed into the address."""

    @classmethod
    def setUpClass(cls):
        cls.account = account = ViewAccount()
        account.record([{"action": f"a{number % 3}", "user": "ann" if number % 2 else "bob", "status": 200 + 100 * (number % 4),
                         "kind": "trigger" if number % 5 == 0 else "event", "request": {"body": "needle" if number % 7 else "hay"}}
                        for number in range(90)])

    def ids(self, text):
        return [row["id"] for row in csv_dicts(text)]

    def test_list(self):
        number = self.account.saved(self.account.ann, "list", "user=ann&status=failed&sort=time&show=25")
        self.assertEqual("events?user=ann&status=failed&sort=time&show=25", self.account.leads(self.account.ann, f"events?view={number}"))
        self.assertEqual(404, self.account.leads(self.account.ann, f"triggers?view={number}"))
        for query in ("page=2", "user=ann", "menu=user", "view=2", "asof=0000000000000001"):
            self.assertEqual(400, self.account.leads(self.account.ann, f"events?view={number}&{query}"), query)
        for value in ("0", "-1", "x", "4294967296", "99999999999", "None"):
            self.assertEqual(400, self.account.leads(self.account.ann, f"events?view={value}"), value)

    def test_files(self):
        account, query = self.account, "user=ann&not_action=a1&sort=time"
        number = account.saved(account.ann, "files", query + "&show=200")
        shared = account.saved(account.admin, "files", query, shared=1)
        for name in ("events.csv", "events.ndjson", "all.csv", "all.ndjson"):
            for more in ("", "&raw=1", "&trailer=1"):
                expected = account.as_(account.ann, f"{name}?{query}{more}")
                self.assertGreater(len(expected.body), 1000)
                for view in (number, shared):
                    self.assertEqual(expected.body, account.as_(account.ann, f"{name}?view={view}{more}").body)
            self.assertEqual(account.program(f"{name}?{query}").body, account.program(f"{name}?view={shared}").body)
            for more in ("user=ann", "sort=time", "asof=0000000000000001"):
                self.assertEqual(400, account.as_(account.ann, f"{name}?view={number}&{more}").status)
        self.assertEqual(404, account.as_(account.ann, f"triggers.csv?view={number}").status)
        self.assertEqual(404, account.program(f"triggers.csv?view={shared}").status)

    def test_a_search_goes_where_searches_go(self):
        account = self.account
        number = account.saved(account.admin, "search", "q=needle&user=ann", shared=1)
        answer = account.as_(account.ann, f"events.csv?view={number}&raw=1")
        self.assertEqual((303, f"/{account.slug}/events.csv?user=ann&q=needle&raw=1"), (answer.status, answer.headers["Location"]))
        answer = account.program(f"all.ndjson?view={number}&after=0&limit=3")
        self.assertEqual((303, "/api/v1/all.ndjson?user=ann&q=needle&after=0&limit=3"), (answer.status, answer.headers["Location"]))

    def test_an_emptied_form_asks_for_everything(self):
        account = ViewAccount()
        asked = '<input type="hidden" name="view" value="none">'
        self.assertNotIn(asked, account.as_(account.ann, "events?user=ann").text)
        number = account.saved(account.ann, "mine", "user=ann")
        account.change(account.ann, number, "default")
        self.assertEqual(2, account.as_(account.ann, "events?user=ann").text.count(asked), "of the search and of the filter")

    def test_a_follower(self):
        account = self.account
        number = account.saved(account.admin, "follower", "user=ann", shared=1)
        run_well("maintain")
        answer = account.program(f"events.csv?view={number}&after=0&limit=5")
        self.assertEqual(self.ids(account.program("events.csv?user=ann&after=0&limit=5").text), self.ids(answer.text))
        self.assertIn("user=ann&limit=5&after=", answer.headers["Link"])
        oldest = account.saved(account.admin, "oldest", "user=ann&sort=time", shared=1)
        self.assertEqual(400, account.program(f"events.csv?view={oldest}&after=0").status)

    def test_one_that_no_version_knows(self):
        account = ViewAccount()
        for name in ("bad", "worse"):
            account.saved(account.ann, name, "user=a")
        first, second = (int(row["id"]) for row in account.views())
        database().run(f"UPDATE saved_view SET query = 'flavour=sour', is_default = 1 WHERE id = {first}")
        database().run(f"UPDATE saved_view SET query = 'user=%zz%0d%0a' WHERE id = {second}")
        for target in (f"events?view={first}", f"events?view={second}", "events", f"events.csv?view={first}"):
            answer = account.as_(account.ann, target)
            self.assertEqual((409, True), (answer.status, "this version of Daybook does not know" in answer.text), target)
            self.assertIn(f'href="/{account.slug}/events?view=none"', answer.text)
        self.assertEqual(200, account.as_(account.ann, "events?view=none").status)
        text = account.as_(account.ann, "-/views").text
        self.assertEqual(2, text.count("does not know its filter any more"))
        self.assertEqual(303, account.change(account.ann, first, "delete").status)
        self.assertEqual(200, account.as_(account.ann, "events").status)


class Whose(TestCase):
    def setUp(self):
        self.account = account = ViewAccount()
        self.anns = account.saved(account.ann, "of ann", "user=ann-only", default=1)
        self.shared = account.saved(account.admin, "of all", "user=all", shared=1)
        self.before = account.views()

    def test_each_sees_their_own_and_the_shared(self):
        account = self.account
        self.assertEqual([[("of ann", True)], [("of all", False)]], account.names(account.ann))
        self.assertEqual([[], [("of all", False)]], account.names(account.bob))
        self.assertNotIn("ann-only", account.as_(account.bob, "-/views").text)
        self.assertEqual("events?user=all", account.leads(account.bob, f"events?view={self.shared}"))

    def test_somebody_elses_is_none(self):
        """Answers for it and for one that does not exist differ in nothing."""
        account, other = self.account, ViewAccount()
        missing = 4294967295

        def answer(login, target, number):
            answer = account.as_(login, target.format(number)) if login is not None else account.program(target.format(number))
            headers = {name: value for name, value in answer.headers.items() if name not in ("X-Request-ID", "Date", "Content-Length")}
            return answer.status, headers, answer.text.replace(answer.headers["X-Request-ID"], "")

        for login in (account.bob, account.admin, None):
            for target in ("events.csv?view={}", "all.ndjson?view={}&raw=1", *(["events?view={}"] if login else [])):
                self.assertEqual(404, answer(login, target, self.anns)[0])
                self.assertEqual(answer(login, target, missing), answer(login, target, self.anns))
        for number in (self.anns, self.shared):
            for target in (f"events?view={number}", f"events.csv?view={number}"):
                self.assertEqual(404, other.as_(other.admin, target).status)
            for what in ("rename", "delete", "default", "no-default", "share"):
                fields = {"name": "taken"} if what == "rename" else {}
                self.assertEqual(404, other.change(other.admin, number, what, **fields).status)
                if what != "share":
                    self.assertEqual(404, other.change(other.admin, number, what, shared=1, **fields).status)
        for login in (account.bob, account.admin):
            for what in ("rename", "delete", "default", "no-default"):
                self.assertEqual(404, account.change(login, self.anns, what, name="taken").status)
        self.assertEqual(404, account.change(account.admin, self.anns, "share").status)
        self.assertEqual(self.before, account.views())

    def test_only_admins_change_what_all_share(self):
        account = self.account
        for what in ("rename", "delete", "default", "no-default"):
            self.assertEqual(403, account.change(account.ann, self.shared, what, shared=1, name="taken").status)
            self.assertEqual(404, account.change(account.ann, self.shared, what, name="taken").status)
        self.assertEqual(403, account.change(account.ann, self.anns, "share").status)
        self.assertEqual(403, account.save(account.ann, "a", shared=1).status)
        self.assertEqual(self.before, account.views())
        self.assertEqual(303, account.change(account.admin, self.shared, "rename", shared=1, name="renamed").status)
        self.assertEqual(303, account.change(account.admin, self.shared, "delete", shared=1).status)
        self.assertEqual(404, account.change(account.admin, self.shared, "delete", shared=1).status)
        self.assertEqual([self.anns], [int(row["id"]) for row in account.views()])

    def test_an_operator_uses_them(self):
        name = f"operator-{self.account.slug}"
        login = make_person(name)
        run_well("operator", "add", name)
        self.addCleanup(run_well, "operator", "remove", name)
        account = self.account
        self.assertEqual([[("of all", False)]], account.names(login))
        self.assertEqual("events?user=all", account.leads(login, f"events?view={self.shared}"))
        self.assertEqual(404, account.leads(login, f"events?view={self.anns}"))
        self.assertEqual(403, account.save(login, "mine").status)
        self.assertEqual(403, account.change(login, self.shared, "delete", shared=1).status)
        account.change(account.admin, self.shared, "default", shared=1)
        self.assertEqual(200, account.leads(login, "events"), "it is the members' default")
        for target in ("/-/events?view=1", "/-/events.csv?view=1", "/-/-/views"):
            self.assertIn(daybook.get(target, login).status, (400, 404))

    def test_renamed_and_copied(self):
        account = self.account
        other = account.saved(account.ann, "second", "user=b")
        self.assertEqual(409, account.change(account.ann, other, "rename", name="of ann").status)
        answer = account.change(account.ann, other, "rename", name=" third ")
        self.assertEqual((303, f"/{account.slug}/-/views#v{other}"), (answer.status, answer.headers["Location"]))
        self.assertEqual(303, account.change(account.ann, other, "rename", name="third").status, "again")
        mine = account.saved(account.admin, "of mine", "user=c", "triggers")
        self.assertEqual([303, 303], [account.change(account.admin, mine, "share").status for _ in range(2)])
        self.assertEqual([("third", False)], account.names(account.ann)[0][1:])
        self.assertEqual([("of all", False), ("of mine", False)], account.names(account.bob)[1])
        copied = account.views()[-1]
        self.assertEqual((b"", b"2", b"user=c", account.admin_name.encode()),
                         tuple(copied[name] for name in ("owner", "kind", "query", "made_by")))

    def test_limits(self):
        account = self.account
        database().run("INSERT INTO saved_view (account_id, owner, kind, name, query, made_ms, made_by) " + " UNION ALL ".join(
            f"SELECT {account.number}, '{owner}', 1 + {number % 2}, 'n{number}', '', 1, 'x'"
            for owner in (account.ann_name, "") for number in range(99)))
        for login, fields in ((account.ann, {}), (account.admin, {"shared": 1})):
            answer = account.save(login, "one more", **fields)
            self.assertEqual((409, True), (answer.status, "There are 100 views already" in answer.text))
        self.assertEqual(303, account.save(account.bob, "one more").status)
        self.assertEqual(303, account.change(account.ann, self.anns, "delete").status)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda number: account.save(account.ann, f"race {number}").status, range(8)))
        self.assertEqual([303] + [409] * 7, sorted(answers))

    def test_gone_with_the_member(self):
        """By the page and by the command; who comes back has none."""
        account = self.account
        account.saved(account.bob, "of bob", default=1)
        made = account.saved(account.admin, "made by the admin", shared=1)
        account.post("members", {"member": quote(account.ann_name), "role": "none"})
        run_well("member", "remove", account.slug, account.bob_name)
        self.assertEqual([self.shared, made], [int(row["id"]) for row in account.views()])
        run_well("member", "add", account.slug, account.ann_name, "auditor")
        self.assertEqual([], account.names(account.ann)[0])
        self.assertEqual(200, account.leads(account.ann, "events"))

    def test_an_admin_no_more(self):
        """Their own views stay, the shared ones are not theirs to change."""
        account = self.account
        login = account.person("admin", f"second-{account.slug}")
        account.saved(login, "own")
        account.post("members", {"member": f"second-{account.slug}", "role": "auditor"})
        self.assertEqual(403, account.change(login, self.shared, "delete", shared=1).status)
        self.assertEqual([("own", False)], account.names(login)[0])


class Hostile(TestCase):
    def test_any_name_and_filter(self):
        account = ViewAccount()
        kept = []
        for text in awkward.texts():
            name = text.encode("utf-8", "surrogatepass")
            answer = account.save(account.ann, name, "user=" + quote(text, errors="replace"))
            self.assertIn(answer.status, (303, 400, 409), text)
            if answer.status == 303:
                kept.append(text)
            if len(kept) == 90:
                break
        self.assertGreater(len(kept), 10)
        plain = ViewAccount()
        plain.saved(plain.ann, "plain", "user=a")
        page = Roster(account.as_(account.ann, "-/views").text)
        self.assertLessEqual(set(page.tags), set(Roster(plain.as_(plain.ann, "-/views").text).tags))
        self.assertEqual(len(kept), len([row for row in page.rows if row]))
        for row in account.views():
            self.assertEqual("events?" + row["query"].decode(), account.leads(account.ann, f"events?view={int(row['id'])}"))


if __name__ == "__main__":
    unittest.main()
