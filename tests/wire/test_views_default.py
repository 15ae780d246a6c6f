# SPDX-License-Identifier: MIT
"""Default views: a tab opens with one, and every link to all of a list leads to all of it."""
import re
import unittest
from html import unescape

from daybook import Page, TestCase, database, run_well
from test_kept_pages import merged, often, total
from test_list import COUNT
from views import ViewAccount

NOON = 1738324800000


def links(text):
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', text)]


class Default(TestCase):
    def setUp(self):
        self.account = account = ViewAccount()
        self.shared = account.saved(account.admin, "shared", "user=all", shared=1)
        self.own = account.saved(account.ann, "own", "user=own")

    def opens(self, login, kind="events"):
        return self.account.leads(login, kind)

    def test_own_then_shared_then_none(self):
        account = self.account
        self.assertEqual((200, 200), (self.opens(account.ann), self.opens(account.bob)))
        account.change(account.admin, self.shared, "default", shared=1)
        self.assertEqual(("events?user=all",) * 3, tuple(map(self.opens, (account.ann, account.bob, account.admin))))
        account.change(account.ann, self.own, "default")
        self.assertEqual(("events?user=own", "events?user=all"), (self.opens(account.ann), self.opens(account.bob)))
        self.assertEqual(200, self.opens(account.ann, "triggers"))
        self.assertEqual([[("own", True)], [("shared", True)]], account.names(account.ann))
        account.change(account.ann, self.own, "no-default")
        self.assertEqual("events?user=all", self.opens(account.ann))
        account.change(account.admin, self.shared, "delete", shared=1)
        self.assertEqual(200, self.opens(account.ann))

    def shown(self, login, target):
        """What a list says of the view that it opened with, and where its link leads."""
        found = re.search(r'View:</span> <b><bdi>(.*?)</bdi></b>, (.*?)</span>\s*<a class="clear" href="([^"]*)">Show everything',
                          self.account.as_(login, target).text)
        return found and (unescape(found[1]), found[2], unescape(found[3]).removeprefix(f"/{self.account.slug}/"))

    def test_a_list_says_that_it_is_one(self):
        account = self.account
        account.record({"action": "a", "user": "all"})
        self.assertIsNone(self.shown(account.ann, "events?user=all"), "no default")
        account.change(account.admin, self.shared, "default", shared=1)
        for target in ("events?user=all", "events?user=all&show=50&sort=time", "events?user=all&page=1"):
            self.assertEqual(("shared", "shared default"), (self.shown(account.ann, target) or ())[:2], target)
        self.assertEqual("events?view=none", self.shown(account.ann, "events?user=all")[2])
        for target in ("events?user=all&status=failed", "events?user=other", "events?view=none", "triggers?user=all"):
            self.assertIsNone(self.shown(account.ann, target), target)
        account.change(account.ann, self.own, "default")
        self.assertEqual(("own", "default"), self.shown(account.ann, "events?user=own")[:2])
        self.assertIsNone(self.shown(account.ann, "events?user=all"))
        self.assertEqual("shared", self.shown(account.bob, "events?user=all")[0])

    def test_it_is_shown_in_any_zone(self):
        """That somebody has chosen for the times says nothing about what is asked for."""
        account = self.account
        view = account.saved(account.ann, "a day", "user=x&from=2025-01-31&to=2025-01-31T12:00")
        account.change(account.ann, view, "default")
        for zone in ("UTC", "Asia/Tokyo", "America/St_Johns"):
            login = account.ann | {"Cookie": f"daybook-zone={zone}"}
            self.assertEqual("a day", (self.shown(login, self.opens(login)) or [None])[0], zone)
        self.assertEqual("a day", self.shown(account.ann, "events?user=x&from=2025-01-31&to=2025-01-31T12:00&tz=UTC")[0])
        self.assertIsNone(self.shown(account.ann, "events?user=x&from=2025-01-31&to=2025-01-31T12:00&tz=Asia/Tokyo"),
                          "of another day")

    def test_its_new_name_is_shown_at_once(self):
        """Also where pages are kept."""
        account = self.account
        account.record({"action": "a", "user": "own"})
        run_well("maintain")
        account.change(account.ann, self.own, "default")
        for name in ("own", "<b>Ünïcode &amp; more", "own"):
            account.change(account.ann, self.own, "rename", name=name)
            for _ in range(8):
                self.assertEqual(name, self.shown(account.ann, "events?user=own")[0])

    def test_one_of_each_tab(self):
        account = self.account
        other = account.saved(account.ann, "other", "user=other", default=1)
        trigger = account.saved(account.ann, "trigger", "user=trigger", "triggers", default=1)
        self.assertEqual(("events?user=other", "triggers?user=trigger"), (self.opens(account.ann), self.opens(account.ann, "triggers")))
        account.change(account.ann, self.own, "default")
        account.change(account.ann, self.own, "default")
        defaults = [int(row["id"]) for row in account.views() if row["is_default"]]
        self.assertEqual([self.own, trigger], defaults)
        account.change(account.ann, other, "no-default")
        self.assertEqual("events?user=own", self.opens(account.ann), "it was not this one")

    def test_everything_as_a_default(self):
        """A person's way out of the shared one; it leads nowhere in circles."""
        account = self.account
        account.change(account.admin, self.shared, "default", shared=1)
        answer = account.save(account.ann, "everything", default=1)
        self.assertEqual(f"/{account.slug}/events?view=none", answer.headers["Location"])
        self.assertEqual("events?view=none", self.opens(account.ann))
        self.assertEqual(200, account.as_(account.ann, "events?view=none").status)
        self.assertIn(f"/{account.slug}/events?view=none", links(account.as_(account.ann, "-/views").text))

    def test_only_without_parameters(self):
        account = self.account
        account.change(account.ann, self.own, "default")
        for query in ("view=none", "user=", "show=10", "page=1", "menu=user", "asof=0000000000000001", "tz=UTC"):
            self.assertEqual(200, self.opens(account.ann, "events?" + query), query)
        for target in ("events.csv", "all.ndjson", "events.csv?view=none"):
            self.assertEqual(200, account.as_(account.ann, target).status)
        answer = account.as_(account.ann, "events?")
        self.assertEqual(303, answer.status)
        answer = account.program("events.csv")
        self.assertEqual(200, answer.status)

    def test_another_account(self):
        other = ViewAccount()
        run_well("member", "add", other.slug, self.account.ann_name, "auditor")
        self.account.change(self.account.ann, self.own, "default")
        self.assertEqual(200, other.leads(self.account.ann, "events"))


class Links(TestCase):
    """Where a person has a default, each link that a list writes, but for the tabs."""

    def setUp(self):
        self.account = account = ViewAccount()
        account.record([{"action": f"a{number % 3}", "user": "ann", "kind": kind, "occurred_at": NOON + number}
                        for number in range(30) for kind in ("event", "trigger")])
        for kind in ("events", "triggers"):
            account.saved(account.ann, "mine", "user=nobody", kind, default=1)

    def bare(self, text):
        """Links without a query to a list, beside the two tabs."""
        inside = text.split("<main")[1]
        return [link for link in links(inside) if link.split("#")[0] in (f"/{self.account.slug}/events", f"/{self.account.slug}/triggers")]

    def test_of_lists(self):
        account = self.account
        for kind in ("events", "triggers"):
            for query in ("view=none", "action=a1", "action=none-such", "page=2", "sort=time", "show=25", "from=2025-01-01", "audit=1",
                          "q=abc", f"asof={(NOON << 22) + (5 << 22):016x}", "entity_id=x", "menu=user"):
                with self.subTest(kind, query=query):
                    text = account.as_(account.ann, f"{kind}?{query}").text
                    self.assertEqual([], self.bare(text))
                    self.assertNotIn("view=none", [link for link in links(text) if ".csv" in link or ".ndjson" in link or "/-/" in link])
                    for link in links(text.split("<main")[1]):
                        if "view=none" in link:
                            self.assertRegex(link, rf"^/{account.slug}/{kind}\?view=none(&(menu=\w+|histogram=table))?$")
                    other = account.as_(account.bob, f"{kind}?{query}").text
                    self.assertNotIn("view=none", other)

    def test_ways_back(self):
        """From the last filter, the second page, the other order, and an event."""
        account = self.account
        for query, label in (("action=a1", "Clear all"), ("action=a1", "Remove the filter"), ("page=2", ">1<"), ("sort=time", "Oldest first")):
            text = account.as_(account.ann, f"events?{query}").text
            link = [unescape(href) for href, inner in re.findall(r'<a[^>]*href="([^"]*)"(.*?)</a>', text, re.S) if label in inner + "<"]
            self.assertTrue(link, label)
            answer = account.as_(account.ann, link[0].split("/", 2)[2])
            self.assertEqual(200, answer.status, link)
            self.assertEqual("30", COUNT.search(Page(answer.text).text)[3])
        text = account.as_(account.ann, "events?view=none").text
        details = next(link for link in links(text) if re.match(rf"/{account.slug}/events/[0-9a-f]{{16}}", link))
        answer = account.as_(account.ann, details.split("/", 2)[2])
        self.assertEqual(200, answer.status)
        self.assertIn(f"/{account.slug}/events?view=none", links(answer.text))

    def test_kept_pages(self):
        """What a process keeps is neither given instead of a default nor with another's links."""
        account = self.account
        merged(account)
        events = f"/{account.slug}/events"
        self.assertEqual("30", total(often(events, account.bob)))
        self.assertEqual({"events?user=nobody"}, {account.leads(account.ann, "events") for _ in range(24)})
        self.assertIn("view=none", often(events + "?action=a1", account.ann))
        self.assertNotIn("view=none", often(events + "?action=a1", account.bob))
        number = account.saved(account.bob, "bobs", "user=nobody", default=1)
        self.assertEqual({"events?user=nobody"}, {account.leads(account.bob, "events") for _ in range(24)})
        self.assertIn("view=none", often(events + "?action=a1", account.bob))
        account.change(account.bob, number, "delete")
        self.assertEqual("30", total(often(events, account.bob)))
        self.assertNotIn("view=none", often(events + "?action=a1", account.bob))


class Cost(TestCase):
    def test_one_statement_by_a_key(self):
        """What a list asks about defaults is one look at a key, which holds all that is asked for."""
        rows = database().rows("EXPLAIN SELECT BIT_OR(v.kind) FROM saved_view v WHERE v.account_id = 1 AND v.owner IN ('a', '') "
                               "AND v.is_default = 1")
        self.assertEqual(1, len(rows))
        self.assertIn("one_default", rows[0])
        self.assertIn("Using index", rows[0][-1])


if __name__ == "__main__":
    unittest.main()
