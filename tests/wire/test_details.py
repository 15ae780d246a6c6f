# SPDX-License-Identifier: MIT
"""The page of one call: what changed, the history of its entity, what happened around that time, all of it as
JSON. Plain SQL over the tables says what must be there; Python reads the bodies.
"""
import json
import random
import re
import unittest

from daybook import Account, Page, TestCase, database, ndjson, run_well
from linked import Tables
from statements import seen
from test_retention import DAY_MS, plan, today_ms

NOON = 1738324800000
MINUTE_MS = 60 * 1000
SIDE, BACK, OTHERS, NEAR, NEIGHBOURS = 5, 256, 32, 10, 2000
KINDS = {"event": 1, "trigger": 2}
AROUND = {"request": "Around that time: same request ID", "user": "Around that time: same user",
          "address": "Around that time: same client address"}
BODIES = ('{"a": 1}', '{"a": 2, "b": [1, 2]}', "[]", "1", '"x"', "", "", "plain text", '{"a": 1', "{}x",
          "\ufeff{}", "null", '{"a": 1, "a": 2}', '{"b": 1}', '{"\\u0061": 5}', '{"c": {"a": 1}}')


def page_of(account, kind, identifier):
    answer = account.open(f"{kind}s/{identifier}")
    assert answer.status == 200, answer
    return answer.text


def hex_ids(numbers):
    return [f"{number:016x}" for number in numbers]


def table_ids(account, kind, identifier, heading, page=None):
    """The ids of a table of other calls in their order; of the call itself, which has no link, its own."""
    prefix = f"/{account.slug}/{kind}s/"
    found = []
    for row in Tables(page or page_of(account, kind, identifier)).found.get(heading, ())[1:]:
        assert row["shown"] == (not row["links"]), row
        found += [link.removeprefix(prefix) for link in row["links"]] or [identifier]
    return found


# ---- The oracle ----------------------------------------------------------------------------------


def same_entity(account, kind, identifier):
    """The ids of all calls on the entity of one, in order of time."""
    return database().numbers(
        f"""SELECT e.id FROM event e JOIN entity n ON n.id = e.entity_id
              JOIN event mine ON mine.account_id = e.account_id AND mine.kind = e.kind
                AND mine.id = {int(identifier, 16)} AND mine.entity_type_id = e.entity_type_id
              JOIN entity m ON m.id = mine.entity_id
            WHERE e.account_id = {account.number} AND e.kind = {KINDS[kind]}
              AND n.external_id = m.external_id AND (m.external_id <> '' OR n.name = m.name)
            ORDER BY e.id""")


def is_json(body):
    try:
        json.loads(body.decode("utf-8"))
    except ValueError:
        return False
    return not body.startswith(b"\xef\xbb\xbf")


def expected_history(account, kind, identifier):
    ids = same_entity(account, kind, identifier)
    if len(ids) < 2:
        return []
    at = ids.index(int(identifier, 16))
    return hex_ids(reversed(ids[max(0, at - SIDE):at + SIDE + 1]))


def member_names(body):
    """Those at the top of an object in which none is repeated."""
    value = json.loads(body, object_pairs_hook=lambda pairs: [name for name, _ in pairs])
    is_object = body.strip().startswith(b"{") and len(set(value)) == len(value)
    return set(value) if is_object else set()


def expected_previous(account, kind, identifier):
    """The call that the body is compared with, or None."""
    ids = same_entity(account, kind, identifier)
    at = ids.index(int(identifier, 16)) if ids else 0
    stored = {event["id"]: event for event in account.stored(kind)}
    mine = stored[int(identifier, 16)]
    if not is_json(mine["body"]):
        return None
    before = [stored[number] for number in reversed(ids[max(0, at - BACK):at])]
    before = [event for event in before if event["status"] < 400 and is_json(event["body"]) and
              all(event[word] == mine[word] for word in ("trigger_provider", "trigger_event"))]
    latest = {}
    for event in before:
        latest.setdefault(event["action"], event)
    if mine["action"] in latest:
        return f"{latest[mine['action']]['id']:016x}"
    related = (event["id"] for event in latest.values() if member_names(event["body"]) & member_names(mine["body"]))
    number = next(related, None)
    return number and f"{number:016x}"


def expected_around(account, kind, identifier, what):
    number = int(identifier, 16)
    column = {"request": "r.request_id", "user": "u.name", "address": "r.client_address"}[what]
    # What nobody but the front knows stands in no index: base/event_link.h.
    is_found = "(r.kind = 2 OR r.trace_id = r.request_id OR " \
        "COALESCE(r.idempotency_key, '') <> CONCAT('capture:', r.request_id))" \
        if what == "request" else "TRUE"
    rows = database().rows(
        f"""SELECT e.id, HEX({column}), {is_found} FROM event e
              JOIN event_request r USING (account_id, kind, id) LEFT JOIN user u ON u.id = e.user_id
            WHERE e.account_id = {account.number} AND e.kind = {KINDS[kind]}
              AND ABS(CAST(e.id >> 22 AS SIGNED) - {number >> 22}) <= {10 * MINUTE_MS}""")
    values = {int(one): value for one, value, found in rows if found == "1" or int(one) == number}
    mine = values.get(number)
    if not mine or mine == "NULL":
        return []
    same = [one for one, value in values.items() if value == mine and one != number]
    nearest = sorted(same, key=lambda one: abs(one - number))[:NEAR]
    return hex_ids(sorted(nearest, reverse=True))


# ---- What changed, history, around ---------------------------------------------------------------


COMPARED = re.compile(r"The body compared with that of the latest earlier call on this entity that took effect[^<]*: <a href=\"([^\"]*)\"")


def previous(account, kind, identifier, page=None):
    found = COMPARED.search(page or page_of(account, kind, identifier))
    return found and found[1].removeprefix(f"/{account.slug}/{kind}s/")


class AgainstOracle(TestCase):
    def random_event(self, rng):
        event = {"kind": rng.choice(("event", "event", "trigger")), "action": rng.choice("aabcd"),
                 "status": rng.choice((200, 200, 204, 302, 399, 400, 403, 499, 500, None)),
                 "occurred_at": NOON + rng.choice((0, 1, MINUTE_MS, 9 * MINUTE_MS, 10 * MINUTE_MS,
                                                   10 * MINUTE_MS + 1, 3600000)) * rng.choice((1, -1)),
                 "request": {"body": rng.choice(BODIES)}}
        choices = {"entity_type": ("", "t", "u"), "entity_id": ("", "1", "1", "2", "1 "),
                   "entity_name": ("", "n", "m", "N"), "user": ("", "ann", "Ann"),
                   "client_address": ("", "192.0.2.1", "192.0.2.2"), "request_id": ("", "r1", "r2"),
                   "trace_id": ("", "r1")}
        event |= {name: rng.choice(words) for name, words in choices.items()}
        if rng.random() < .2:
            event["idempotency_key"] = "capture:" + rng.choice(("r1", "r2", "r3"))
        if event["kind"] == "trigger":
            event["trigger"] = {"provider": rng.choice(("p", "p", "q")), "event": rng.choice("ef")}
        return {name: value for name, value in event.items() if value}

    def test_random(self):
        """Few values, used often, in two accounts, at the borders of what is looked at."""
        rng = random.Random(7)
        accounts = Account(), Account()
        recorded = [(account, event["kind"], *account.record(event)) for account in accounts
                    for event in (self.random_event(rng) for _ in range(160))]
        compared, of_another_action = 0, 0
        for account, kind, identifier in dict.fromkeys(recorded):
            with self.subTest(account.slug, id=identifier):
                before = expected_previous(account, kind, identifier)
                page = page_of(account, kind, identifier)
                compared += before is not None
                of_another_action += "none has the same action" in page
                self.assertEqual(before, previous(account, kind, identifier, page))
                self.assertEqual(expected_history(account, kind, identifier), table_ids(
                    account, kind, identifier, "History of this entity", page))
                for what, heading in AROUND.items():
                    self.assertEqual(expected_around(account, kind, identifier, what),
                                     table_ids(account, kind, identifier, heading, page), what)
        self.assertGreater(compared, 40)
        self.assertGreater(of_another_action, 10)

    def test_as_far_back_as_it_looks(self):
        account = Account()
        about = {"action": "a", "entity_type": "t", "entity_id": "1"}
        first, *_, last = account.record(
            [about | {"occurred_at": NOON, "request": {"body": "{}"}}] +
            [about | {"occurred_at": NOON + i} for i in range(1, BACK)] +
            [about | {"occurred_at": NOON + BACK, "request": {"body": "{}"}}])
        self.assertEqual(first, previous(account, "event", last))
        (later,) = account.record(about | {"occurred_at": NOON + BACK - 1, "action": "one more"})
        self.assertIsNone(previous(account, "event", last))
        self.assertIn("at most 256 are looked at", page_of(account, "event", last))
        self.assertIsNone(previous(account, "event", later), "its own body is no JSON")

    def test_a_renamed_entity(self):
        account = Account()
        ids = account.record([{"action": "a", "entity_type": "t", "entity_id": "1", "entity_name": f"n{i:02}",
                               "occurred_at": NOON + i, "request": {"body": str(i)}} for i in range(40)])
        for at in (0, 1, 20, 39):
            self.assertEqual(ids[max(0, at - SIDE):at + SIDE + 1][::-1],
                             table_ids(account, "event", ids[at], "History of this entity"))
        self.assertEqual(ids[19], previous(account, "event", ids[20]))

    def test_the_plan_bounds_them(self):
        account = Account()
        bound = today_ms() - 3 * DAY_MS
        about = {"action": "a", "entity_type": "t", "entity_id": "1", "user": "ann", "request_id": "r",
                 "client_address": "192.0.2.1", "request": {"body": "{}"}}
        past, one, two = account.record([about | {"occurred_at": bound + step} for step in (-1, 0, 1)])
        shown = {heading: table_ids(account, "event", two, heading)
                 for heading in ("History of this entity", *AROUND.values())}
        self.assertEqual([[two, one, past]] + 3 * [[one, past]], list(shown.values()))
        run_well("account", "set-plan", account.slug, plan(3))
        shown = {heading: table_ids(account, "event", two, heading) for heading in shown}
        self.assertEqual([[two, one]] + 3 * [[one]], list(shown.values()))
        self.assertIsNone(previous(account, "event", one))
        self.assertNotIn(past, page_of(account, "event", one))

    def test_a_busy_log(self):
        """As many neighbours as are looked at, and what lies behind them."""
        account = Account()
        one = {"action": "a", "user": "ann", "client_address": "192.0.2.1"}
        crowd = [{"action": "b", "user": "bob", "occurred_at": NOON + i // 10 + 1} for i in range(NEIGHBOURS - 1)]
        (shown, last), _ = account.record([one | {"occurred_at": NOON}, one | {"occurred_at": NOON + 9000}]), \
            account.record_many(crowd)
        page = page_of(account, "event", shown)
        self.assertEqual([last], table_ids(account, "event", shown, AROUND["user"]))
        self.assertEqual([last], table_ids(account, "event", shown, AROUND["address"]))
        self.assertNotIn("So much was going on", page)
        (beyond,) = account.record(one | {"occurred_at": NOON + 9001})
        page = page_of(account, "event", shown)
        for what in ("user", "address"):
            self.assertEqual([last], table_ids(account, "event", shown, AROUND[what]))
        self.assertEqual(2, page.count("only the 2,000 calls before this one and as many after it were looked at"))
        self.assertEqual([last], table_ids(account, "event", beyond, AROUND["user"]))

    def test_ten_of_many(self):
        account = Account()
        ids = account.record([{"action": "a", "user": "ann", "occurred_at": NOON + i * i} for i in range(30)])
        for at in (0, 3, 15, 29):
            expected = expected_around(account, "event", ids[at], "user")
            self.assertEqual(NEAR, len(expected))
            self.assertEqual(expected, table_ids(account, "event", ids[at], AROUND["user"]))
        self.assertIn("these are the nearest 10", page_of(account, "event", ids[0]))


class ComparedWith(TestCase):
    """Which call the page compares with, and what it says of the two."""

    def record(self, *calls):
        account = Account()
        about = {"entity_type": "t", "entity_id": "1"}
        return account, account.record([
            about | {"action": action, "status": status, "user": user, "occurred_at": NOON + i,
                     "request": {"body": body}} for i, (action, status, user, body) in enumerate(calls)])

    def words(self, account, identifier):
        text = Page(page_of(account, "event", identifier)).text.replace(" ,", ",").replace(" .", ".")
        return re.search(r"What (would have )?changed.*?(?= What (would have )?changed in the body )", text)[0]

    def test_what_was_refused_was_never_in_force(self):
        account, ids = self.record(("update", 200, "ann", '{"replicas":3}'), ("update", 403, "mallory", '{"replicas":999}'),
                                   ("update", 200, "bob", '{"replicas":4}'))
        table = {one: [row["cells"] for row in Tables(page_of(account, "event", one)).found[heading]]
                 for one, heading in ((ids[1], "What would have changed"), (ids[2], "What changed"))}
        self.assertEqual([["Change", "Where", "Before", "Wanted"], ["~ changed", "/replicas", "3", "999"]], table[ids[1]])
        self.assertEqual([["Change", "Where", "Before", "Now"], ["~ changed", "/replicas", "3", "4"]], table[ids[2]])
        same = "The body compared with that of the latest earlier call on this entity that took effect " \
            "and has the same action: update of 2025-01-31 12:00:00 by ann, status 200."
        self.assertEqual(f"What changed {same}", self.words(account, ids[2]))
        self.assertEqual(f"What would have changed {same} This call has status 403 and counts as one that did not "
                         "take effect.", self.words(account, ids[1]))

    def test_aborted_and_broken_calls_took_none(self):
        for status in (400, 499, 500, 599):
            account, ids = self.record(("a", 399, "ann", "{}"), ("a", status, "ann", '{"x":1}'), ("a", 200, "ann", '{"y":1}'))
            self.assertEqual([ids[0]] * 2, [previous(account, "event", one) for one in ids[1:]])
            self.assertIn(f"status {status} and counts as", self.words(account, ids[1]))
        account, ids = self.record(("a", None, "ann", "{}"), ("a", None, "", '{"x":1}'), ("a", 200, "ann", '{"y":1}'))
        self.assertEqual(ids[:2], [previous(account, "event", one) for one in ids[1:]])
        self.assertIn("of 2025-01-31 12:00:00, status unknown.", self.words(account, ids[2]))

    def test_another_action(self):
        """An update is compared with what created the entity, not with what ran it; and with an update as soon as there is one."""
        create, update = ("create", 201, "ann", '{"steps":[],"name":"n"}'), ("update", 200, "bob", '{"steps":[1]}')
        run = ("run", 200, "cid", '{"branch":"main"}')
        account, ids = self.record(create, run, run, update, run, update)
        self.assertEqual([None, None, ids[1], ids[0], ids[2], ids[3]], [previous(account, "event", one) for one in ids])
        self.assertIn("took effect and has members in common; none has the same action: create of 2025-01-31 12:00:00 by ann, "
                      "status 201.", self.words(account, ids[3]))
        self.assertIn("no earlier call on this entity that took effect has a JSON body like it", page_of(account, "event", ids[1]))

    def test_webhooks(self):
        """Bodies of one sender are alike, whatever they are about."""
        account = Account()
        hook = {"kind": "trigger", "action": "receiveWebhook", "entity_type": "provider", "entity_id": "1", "status": 200}
        kinds = (("github", "push"), ("github", "pull_request"), ("gitlab", "push"), ("github", "push"))
        ids = account.record([
            hook | {"occurred_at": NOON + i, "trigger": {"provider": provider, "event": event},
                    "request": {"body": json.dumps({"repository": {"id": 1}, "number": i})}}
            for i, (provider, event) in enumerate(kinds)])
        self.assertEqual([None, None, None, ids[0]], [previous(account, "trigger", one) for one in ids])

    def test_behind_many_others(self):
        """As far back as it looks stands the one of the same action, among bodies that are like it and bodies that are none."""
        update, run = ("update", 200, "ann", '{"n":1}'), ("run", 200, "ann", '{"n":2}')
        account, ids = self.record(update, *[run] * (BACK - 3), ("update", 200, "ann", ""), ("update", 500, "ann", '{"n":3}'), update)
        self.assertEqual(ids[0], previous(account, "event", ids[-1]))
        account, ids = self.record(update, *[run] * BACK, update)
        self.assertEqual(ids[-2], previous(account, "event", ids[-1]), "one of another action, no further back")

    def test_many_other_actions(self):
        for others, is_compared in ((OTHERS - 1, True), (OTHERS, False)):
            account, ids = self.record(("create", 200, "ann", '{"n":1}'), *((f"run{i}", 200, "ann", '{"m":1}') for i in range(others)),
                                       ("update", 200, "ann", '{"n":2}'))
            self.assertEqual(ids[0] if is_compared else None, previous(account, "event", ids[-1]))


class Changes(TestCase):
    def compare(self, before, now):
        account = Account()
        ids = account.record([{"action": "a", "entity_type": "t", "entity_id": "1", "occurred_at": NOON + i,
                               "request": {"body": body}} for i, body in enumerate((before, now))])
        page = page_of(account, "event", ids[1])
        rows = Tables(page).found.get("What changed", [])[1:]
        return [tuple(row["cells"]) for row in rows], page

    def test_a_table(self):
        rows, _ = self.compare('{"steps": ["a", "b", "c"], "old": {"x": 1}, "n": 1.0}',
                               '{"n": 1.00, "steps": ["a", "new", "b", "c"], "<b>": null}')
        self.assertEqual([("+ added", "/steps/1", "", '"new"'), ("− removed", "/old", '{ "x": 1 }', ""),
                          ("~ changed", "/n", "1.0", "1.00"), ("+ added", "/<b>", "", "null")], rows)
        rows, _ = self.compare("[]", '{"a": 1}')
        self.assertEqual([("~ changed", "the whole body", "[]", '{ "a": 1 }')], rows)

    def test_nothing_changed(self):
        for before, now, words in (
                ('{"a": 1}', '{"a": 1}', "Nothing: the bodies are the same."),
                ('{"a": 1, "b": "c"}', '{"b":"\\u0063","a":1}', "Nothing but how the body is written.")):
            rows, page = self.compare(before, now)
            self.assertEqual([], rows)
            self.assertIn(words, page)

    def test_bodies_that_are_none(self):
        for before, now in (("", "{}"), ("x", "{}"), ('{"a":', "{}")):
            rows, page = self.compare(before, now)
            self.assertEqual([], rows)
            self.assertIn("Nothing to compare the body with", page)
        for now in ("", "x", '{"a":'):
            rows, page = self.compare("{}", now)
            self.assertEqual([], rows)
            self.assertNotIn("Nothing", page)

    def test_the_first_call_says_nothing(self):
        account = Account()
        (first,) = account.record([{"action": "a", "entity_type": "t", "entity_id": "1", "request": {"body": "{}"}}])
        self.assertNotIn("Nothing to compare", page_of(account, "event", first))

    def test_secrets_stay_marks(self):
        _, page = self.compare('{"password": "first-secret"}', '{"password": "second-secret"}')
        table = page[page.index("What changed"):page.index("Request URL")]
        self.assertEqual(2, len(re.findall(r"<mark><a[^>]*>redacted:[0-9a-f]{16}</a></mark>", table)))

    def test_hostile(self):
        name = "</code><script>alert(1)</script>\u202e{{TIME}}"
        rows, page = self.compare(json.dumps({name: 1}), json.dumps({name: "'\"><img src=x onerror=alert(1)>\x01"}))
        self.assertEqual(1, len(rows))
        self.assertNotIn("<script>alert", page)
        self.assertNotIn("<img", page)
        self.assertNotIn("\u202e", page)

    def test_large(self):
        many = json.dumps({f"n{i}": i for i in range(500)})
        rows, page = self.compare("{}", many)
        self.assertEqual(100, len(rows))
        self.assertIn("these are the first 100", page)
        rows, page = self.compare("[]", "[" + "0," * 70000 + "0]")
        self.assertIn("too large to be compared", page)
        long = "x" * 100000
        rows, page = self.compare(json.dumps([long + "1"]), json.dumps([long + "2"]))
        self.assertEqual([("~ changed", "/0", "…" + "x" * 80 + '1"', "…" + "x" * 80 + '2"')], rows)
        deep = "[" * 500 + "{}" + "]" * 500
        rows, page = self.compare(deep.format("1"), deep.replace("{}", "2"))
        self.assertEqual(1, len(rows))


class Parts(TestCase):
    def test_json(self):
        account = Account()
        events = [{"action": "a", "occurred_at": NOON, "user": "ann", "request": {
                      "url": "/?a=b", "headers": {"a": ["b"]}, "body": '{"n": 1.50}\n'}},
                  {"action": "b", "occurred_at": NOON, "request": {"body_base64": "/wA="}},
                  {"kind": "trigger", "action": "c", "trigger": {"provider": "p"}, "extra": {"x": 1}}]
        lines = {}
        for event, one in zip(events, account.record(events)):
            kind = event.get("kind", "event")
            answer = account.open(f"{kind}s/{one}?part=json")
            self.assertEqual((200, "application/json"), (answer.status, answer.headers["Content-Type"]))
            self.assertIn(f"/{account.slug}/{kind}s/{one}?part=json", Page(page_of(account, kind, one)).links)
            lines[one] = answer.json
            self.assertEqual(404, Account().open(f"{kind}s/{one}?part=json").status)
        self.assertEqual(lines, {event["id"]: event for event in ndjson(account.open("all.ndjson").text)})

    def test_the_line_below_the_title(self):
        account = Account()
        one, two = account.record([
            {"action": "a", "entity_type": "pipeline", "entity_id": "1", "entity_name": "demo", "user": "ann",
             "source": "ui", "occurred_at": NOON}, {"action": "b", "entity_id": "7", "occurred_at": NOON}])
        self.assertIn("Entity pipeline Entity name demo User ann Source ui",
                      Page(page_of(account, "event", one)).text)
        text = Page(page_of(account, "event", two)).text
        self.assertIn("Entity ID 7 Action", text)


class Statements(TestCase):
    def test_explain(self):
        """Each finds its rows by a key, and none sorts more than the few that it has found."""
        account = Account()
        account.record_many({"action": f"a{i % 9}", "user": f"u{i % 3}", "entity_type": "t",
                             "entity_id": f"e{i % 4}", "entity_name": f"n{i % 8}", "occurred_at": NOON + i * 10,
                             "client_address": f"192.0.2.{i % 5}", "request_id": f"r{i % 50}",
                             "request": {"body": "{}" if i % 2 else "x"}} for i in range(9000))
        database().rows("ANALYZE TABLE event, event_request, event_link, entity")
        one = f"{account.stored()[4500]['id']:016x}"
        (none,) = account.record({"action": "a", "entity_type": "t", "entity_id": "e1", "occurred_at": NOON + 50005})
        statements = seen(account, [f"events/{one}", f"events/{none}"],
                          "argument LIKE '%FROM event%' OR argument LIKE '%FROM entity%' OR argument LIKE '%FROM (SELECT%'")
        self.assertGreaterEqual(len(statements), 14)
        for statement in statements:
            for row in database().rows("EXPLAIN " + statement):
                _, _, table, access, _, key, *_, extra = row
                if table.startswith("<derived"):
                    continue
                with self.subTest(statement[:400], row=row):
                    self.assertIn(access, ("range", "ref", "eq_ref", "const"))
                    self.assertIn(key, ("PRIMARY", "entity", "external_id"))
                    self.assertNotIn("filesort", extra)
                    if key == "entity":
                        self.assertIn("Using index", extra)


if __name__ == "__main__":
    unittest.main()
