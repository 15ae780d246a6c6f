# SPDX-License-Identifier: MIT
"""The page of a call without a body leads to the last that was sent for its entity: plain SQL says which one that is."""
import random
import re
import unittest

import test_details as details
from daybook import Account, Page, TestCase, run_well
from test_retention import DAY_MS, plan, today_ms

NOON, BACK = details.NOON, details.BACK
LAST = re.compile(r"The last body sent for this entity: <a href=\"([^\"]*)\"")


def expected(account, kind, identifier, stored):
    """The call that the page leads to, or None."""
    ids = details.same_entity(account, kind, identifier)
    at = ids.index(int(identifier, 16)) if ids else 0
    mine = stored[int(identifier, 16)]
    if mine["body"]:
        return None
    before = (stored[number] for number in reversed(ids[max(0, at - BACK):at]))
    return next((f"{event['id']:016x}" for event in before if event["status"] < 400 and event["body"] and
                 all(event[word] == mine[word] for word in ("trigger_provider", "trigger_event"))), None)


def last_body(account, kind, identifier):
    found = LAST.search(details.page_of(account, kind, identifier))
    return found and found[1].removeprefix(f"/{account.slug}/{kind}s/")


class LastBody(TestCase):
    def record(self, *calls):
        account = Account()
        about = {"entity_type": "t", "entity_id": "1", "entity_name": "n"}
        return account, account.record([
            about | {"action": action, "status": status, "occurred_at": NOON + i, "request": {"body": body}}
            for i, (action, status, body) in enumerate(calls)])

    def test_random(self):
        rng = random.Random(11)
        account, other = Account(), Account()
        make = details.AgainstOracle().random_event
        recorded = []
        for _ in range(300):
            event = make(rng)
            other.record(event)
            recorded += [(event["kind"], identifier) for identifier in account.record(event)]
        stored = {kind: {event["id"]: event for event in account.stored(kind)} for kind in details.KINDS}
        led = 0
        for kind, identifier in dict.fromkeys(recorded):
            with self.subTest(kind, id=identifier):
                wanted = expected(account, kind, identifier, stored[kind])
                led += wanted is not None
                self.assertEqual(wanted, last_body(account, kind, identifier))
        self.assertGreater(led, 10)

    def test_what_was_deleted(self):
        """It looked as the last call says that took effect, JSON or not."""
        account, ids = self.record(("create", 201, '{"n":1}'), ("update", 200, "n=2"), ("update", 403, '{"n":3}'),
                                   ("get", 200, ""), ("delete", 204, ""), ("delete", 404, ""))
        self.assertEqual([None] * 3 + [ids[1]] * 3, [last_body(account, "event", one) for one in ids])
        page = details.page_of(account, "event", ids[4])
        self.assertIn("The last body sent for this entity: 2025-01-31 12:00:00 , update", Page(page).text)
        self.assertLess(page.index("The last body"), page.index("Request URL"))
        page = account.open(f"events/{ids[4]}?tz=Asia/Tokyo&view=raw").text
        self.assertIn(f'href="/{account.slug}/events/{ids[1]}?tz=Asia%2FTokyo"><time datetime="2025-01-31T12:00:00.001Z"', page)
        account, ids = self.record(("get", 200, ""), ("update", 500, "{}"), ("delete", 200, ""))
        self.assertEqual([None] * 3, [last_body(account, "event", one) for one in ids])

    def test_as_far_back_as_it_looks(self):
        account, ids = self.record(("create", 200, "{}"), *[("get", 200, "")] * BACK, ("delete", 200, ""))
        self.assertEqual([ids[0], None], [last_body(account, "event", one) for one in ids[BACK:]])

    def test_the_plan_bounds_it(self):
        account = Account()
        bound = today_ms() - 3 * DAY_MS
        about = {"action": "a", "entity_type": "t", "entity_id": "1"}
        made, deleted = account.record([about | {"occurred_at": bound - 1, "request": {"body": "{}"}}, about | {"occurred_at": bound}])
        self.assertEqual(made, last_body(account, "event", deleted))
        run_well("account", "set-plan", account.slug, plan(3))
        self.assertIsNone(last_body(account, "event", deleted))


if __name__ == "__main__":
    unittest.main()
