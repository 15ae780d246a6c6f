# SPDX-License-Identifier: MIT
"""Pages of a log at rest, which a worker keeps: what one shows is always what is true now, for the one who asks.

Each page is asked for so often that every worker has made it.
"""
import unittest

import daybook
from daybook import Account, Page, TestCase, database, get, run_well
from running_copy import make_person, until
from test_list import COUNT

TIMES = 24
NOON = 1738324800000


def often(target, headers=None):
    """The page, asked for many times: always the same."""
    answers = [get(target, headers) for _ in range(TIMES)]
    bodies = {answer.body for answer in answers}
    assert len(bodies) == 1 and answers[0].status == 200, answers
    return answers[0].text


def total(text):
    return COUNT.search(Page(text).text)[3]


def merged(account):
    until(lambda: database().number("SELECT COUNT(*) FROM log l WHERE l.account_id = "
                                    f"{account.number} AND l.kind = 1") == 1
          and account.count("event_recent") == 0, 60, "all is in segments")


class Kept(TestCase):
    def setUp(self):
        self.account = Account()
        self.account.record([{"action": f"a{i % 3}", "user": "ann", "occurred_at": NOON + i}
                             for i in range(40)])
        merged(self.account)
        self.events = f"/{self.account.slug}/events"

    def test_new_events(self):
        self.assertEqual("40", total(often(self.events)))
        self.account.record([{"action": "new"}])
        self.assertEqual("41", total(often(self.events)))
        merged(self.account)
        self.assertEqual("41", total(often(self.events)))

    def test_deleted_events(self):
        self.assertEqual("40", total(often(self.events)))
        run_well("maintain", "purge", self.account.slug, "--before",
                 f"2025-01-31T12:00:00.{30:03}Z", "--yes")
        self.assertEqual("10", total(often(self.events)))

    def test_every_query_has_its_own(self):
        for query, count in (("", 40), ("?action=a0", 14), ("?action=a1", 13), ("?not_action=a1", 27),
                             ("?show=50", 40), ("?page=2", 40), ("?action=a0", 14)):
            self.assertEqual(str(count), total(often(self.events + query)), query)
        self.assertNotEqual(often(self.events), often(self.events + "?tz=Asia/Tokyo"))

    def test_persons_and_roles(self):
        person = "kept-reader"
        theirs = make_person(person)
        mine = often(self.events)
        self.assertEqual(404, get(self.events, theirs).status)
        run_well("member", "add", self.account.slug, person, "auditor")
        other = often(self.events, theirs)
        self.assertIn(f"<bdi>{daybook.PERSON}</bdi>", mine)
        self.assertIn(f"<bdi>{person}</bdi>", other)
        self.assertNotIn(f"<bdi>{daybook.PERSON}</bdi>", other)
        self.assertNotIn("Find a secret", other)
        database().run(f"UPDATE member SET role = 2 WHERE person = '{person}'")
        other = often(self.events, theirs)
        self.assertIn("Find a secret", other)
        self.assertIn(f"<bdi>{person}</bdi>", other)
        database().run(f"DELETE FROM member WHERE person = '{person}'")
        self.assertEqual(404, get(self.events, theirs).status)
        self.assertEqual(mine, often(self.events))

    def test_relative_times(self):
        """They count from now, so what was true a moment ago may not be true any more."""
        account = Account()
        account.record([{"action": "now"}])
        merged(account)
        target = f"/{account.slug}/events?from=-3s"
        self.assertEqual("1", total(often(target)))
        until(lambda: "Nothing matches" in get(target).text, 10, "three seconds are over")


if __name__ == "__main__":
    unittest.main()
