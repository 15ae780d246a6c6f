# SPDX-License-Identifier: MIT
"""The operator's view: any page of any filter over all accounts but the large one (2 million events in 200 accounts, with
ACCOUNTS=200), and over all of them with it; whole requests through nginx, one client. Each total is compared with plain
SQL's COUNT(*).
"""
import random
import sys
from urllib.parse import quote

from http_load import Client, total_of
from made_log import ACCOUNT, PERSON
from report import Sheet, percentile

NEEDS_LOG = True
SHOW = 50
WARM_UPS = 12
PLACES = ("first", "middle", "last", "random")


class Shape:
    def __init__(self, name, query, where):
        self.name = name
        self.path = f"/-/events?show={SHOW}" + "".join(f"&{key}={quote(value)}" for key, value in query)
        self.where = where
        self.total = None
        self.times = {place: [] for place in PLACES}
        self.menus = []

    def page(self, place, rng):
        pages = max(1, -(-self.total // SHOW))
        return {"first": 1, "middle": (pages + 1) // 2, "last": pages, "random": rng.randint(1, pages)}[place]

    def all_times(self):
        return [took for times in self.times.values() for took in times]


def usual(copy, table, column):
    """The name that occurs most often."""
    return copy.sql(f"SELECT n.name FROM event e JOIN {table} n ON n.id = e.{column} WHERE e.kind = 1 AND e.account_id IN "
                    f"(SELECT id FROM account WHERE slug LIKE 'small%') GROUP BY n.name ORDER BY COUNT(*) DESC LIMIT 1;").rstrip("\n")


def some(copy, table):
    """A hundred of its names."""
    return copy.sql(f"SELECT DISTINCT name FROM {table} WHERE name NOT LIKE '%''%' ORDER BY name LIMIT 100;").splitlines()


def quoted(names):
    return ", ".join(f"'{name}'" for name in names)


def shapes(copy):
    action, kind, user = (usual(copy, "action", "action_id"), usual(copy, "entity_type", "entity_type_id"),
                          usual(copy, "user", "user_id"))
    big = f"e.account_id <> (SELECT id FROM account WHERE slug = '{ACCOUNT}')"
    without = [("not_account", ACCOUNT), ("not_account", "demo")]
    demo = " AND e.account_id <> (SELECT id FROM account WHERE slug = 'demo')"
    small = big + demo
    named = "e.{} IN (SELECT id FROM {} WHERE name = '{}')".format
    newest = int(copy.sql("SELECT MAX(id) FROM event WHERE kind = 1;")) >> 22
    from_ms = newest - 30 * 86400000
    actions, users = some(copy, "action"), some(copy, "user")
    return [
        Shape("none", without, small),
        Shape("one action", [*without, ("action", action)], f"{small} AND {named('action_id', 'action', action)}"),
        Shape("one user's name", [*without, ("user", user)], f"{small} AND {named('user_id', 'user', user)}"),
        Shape("status failed", [*without, ("status", "failed")], f"{small} AND e.status BETWEEN 400 AND 599"),
        Shape("type, action, 2xx, not a user",
              [*without, ("entity", kind), ("action", action), ("status", "2xx"), ("not_user", user)],
              f"{small} AND {named('entity_type_id', 'entity_type', kind)} AND {named('action_id', 'action', action)} AND "
              f"e.status BETWEEN 200 AND 299 AND NOT {named('user_id', 'user', user)}"),
        Shape("last 30 days", [*without, ("from", str(from_ms))], f"{small} AND e.id >= {from_ms << 22}"),
        Shape("part of a name", [*without, ("entity_name", "deploy")],
              f"{small} AND e.entity_id IN (SELECT id FROM entity WHERE LOCATE('deploy', name_folded) > 0)"),
        Shape("oldest first", [*without, ("sort", "time")], small),
        Shape("nothing", [*without, ("action", "never heard of")], "FALSE"),
        Shape("100 actions", [*without, *(("action", name) for name in actions)],
              f"{small} AND e.action_id IN (SELECT id FROM action WHERE name IN ({quoted(actions)}))"),
        Shape("100 users' names", [*without, *(("user", name) for name in users)],
              f"{small} AND e.user_id IN (SELECT id FROM user WHERE name IN ({quoted(users)}))"),
        Shape("pinned: newer ones are counted", [*without, ("asof", f"{(newest - 86400000) << 22:016x}")],
              f"{small} AND e.id <= {(newest - 86400000) << 22}"),
        Shape("one account", [("account", "small007")], "e.account_id = (SELECT id FROM account WHERE slug = 'small007')"),
        Shape("all, with the large one", [], "TRUE"),
        Shape("all, status failed", [("status", "failed")], "e.status BETWEEN 400 AND 599"),
    ]


def measure(client, every, settings):
    rng = random.Random(settings.seed)
    for number in range(settings.requests):
        if number % 20 == 0:
            print(f"request {number} of {settings.requests} each", file=sys.stderr)
        for shape in every:
            for place in PLACES:
                page = shape.page(place, rng)
                took, body = client.get(f"{shape.path}&page={page}")
                rows = min(SHOW, shape.total - (page - 1) * SHOW)
                if body.count(b'<td class="id"') != rows:
                    raise RuntimeError(f"{shape.name}, page {page}: not {rows} rows")
                shape.times[place].append(took)
    for _ in range(max(3, settings.requests // 20)):
        for shape in every:
            shape.menus.append(client.get(shape.path + "&menu=account")[0])


def spread(times):
    return [f"{percentile(times, percent):,.1f}" for percent in (50, 99)]


def run(copy, settings, log):
    sheet = Sheet("The lists of all accounts as one")
    if not copy.daybook("operator", "list").startswith(PERSON):
        copy.daybook("operator", "add", PERSON)
    client = Client(copy.port, {"Authorization": copy.basic_authorization()})
    every = shapes(copy)
    for shape in every:
        shape.total = total_of(client.get(shape.path)[1])
        by_sql = int(copy.sql(f"SELECT COUNT(*) FROM event e WHERE e.kind = 1 AND {shape.where};"))
        if shape.total != by_sql:
            raise RuntimeError(f"{shape.name}: Daybook counts {shape.total}, SQL {by_sql}")
        print(f"{shape.name}: {shape.total:,}", file=sys.stderr)
    for _ in range(WARM_UPS):
        for shape in every:
            client.get(shape.path)
    measure(client, every, settings)
    client.close()
    everything = [took for shape in every for took in shape.all_times()]
    sheet.table(["filter", "events", "p50 ms", "p99", "max", "first p50", "p99", "middle p50", "p99", "last p50", "p99",
                 "random p50", "p99", "menu of accounts p50", "p99"],
                [[shape.name, f"{shape.total:,}", *spread(shape.all_times()), f"{max(shape.all_times()):,.1f}",
                  *(cell for place in PLACES for cell in spread(shape.times[place])), *spread(shape.menus)]
                 for shape in every])
    sheet.say(f"all of these requests: p50, p99 ms: {', '.join(spread(everything))}, max {max(everything):,.1f}")
    sheet.notes.append(f"all {len(every)} totals are those of plain COUNT(*); {settings.requests} requests of each place "
                       "(first, middle, last, random page of 50) of each filter, in turn")
    return sheet
