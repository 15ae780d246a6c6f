# SPDX-License-Identifier: MIT
"""Any page of any filter: whole requests through nginx by one client whose connection stays. Each total is
compared with plain SQL's COUNT(*) once, and each page with the number of rows that it must have.
"""
import random
import statistics
import sys
from urllib.parse import quote

from filter_shapes import shapes
from http_load import Client, total_of
from made_log import ACCOUNT, PERSON
from peers import Peers
from report import Sheet, percentile

NEEDS_LOG = True
SHOW = 50
FIRST_PAGE = f"/{ACCOUNT}/events?show={SHOW}"
PLACES = ("first", "middle", "last", "random")
STARTS = 5
WARM_UPS = 12  # several processes answer


class Shape:
    """A filter, with what was seen of it."""

    def __init__(self, name, query, where):
        self.name = name
        self.where = where
        self.path = FIRST_PAGE + "".join(f"&{key}={quote(value)}" for key, value in query)
        self.total = None
        self.times = {place: [] for place in PLACES}
        self.starts = []
        self.menus = []

    @property
    def pages(self):
        return max(1, -(-self.total // SHOW))

    def number(self, place, rng):
        return {"first": 1, "middle": (self.pages + 1) // 2, "last": self.pages,
                "random": rng.randint(1, self.pages)}[place]

    def all_times(self):
        return [took for times in self.times.values() for took in times]


class Filters:
    def __init__(self, copy, settings, peers):
        self.copy = copy
        self.settings = settings
        self.peers = peers
        self.rng = random.Random(settings.seed)
        self.client = Client(peers.ports["daybook"])
        self.static = Client(peers.ports["static"])
        self.shapes = [Shape(*shape) for shape in shapes(copy, ACCOUNT)]
        self.sheet = Sheet("Any page of any filter")
        self.has_menus = False

    def totals(self):
        """By Daybook, and by the database."""
        for shape in self.shapes:
            shape.total = total_of(self.client.get(shape.path)[1])
            by_sql = int(self.copy.sql(f"SELECT COUNT(*) FROM event e WHERE {shape.where};"))
            if shape.total != by_sql:
                raise RuntimeError(f"{shape.name}: Daybook counts {shape.total}, SQL {by_sql}")
            print(f"{shape.name}: {shape.total:,}", file=sys.stderr)
        self.sheet.notes.append(f"all {len(self.shapes)} totals are those of plain COUNT(*)")

    def after_start(self):
        """The first request that new workers answer."""
        for _ in range(STARTS):
            for shape in self.shapes:
                self.peers.restart_daybook()
                shape.starts.append(self.client.get(shape.path)[0])

    def warm(self):
        for _ in range(WARM_UPS):
            for shape in self.shapes:
                self.client.get(shape.path)

    def page(self, shape, place):
        number = shape.number(place, self.rng)
        took, page = self.client.get(f"{shape.path}&page={number}")
        rows = min(SHOW, shape.total - (number - 1) * SHOW)
        if page.count(b'<td class="id"') != rows:
            raise RuntimeError(f"{shape.name}, page {number}: not {rows} rows")
        shape.times[place].append(took)

    def pages(self):
        """Shapes and places in turn, so that what else the machine does hits all alike."""
        for number in range(self.settings.requests):
            if number % 20 == 0:
                print(f"request {number} of {self.settings.requests} each", file=sys.stderr)
            for shape in self.shapes:
                for place in PLACES:
                    self.page(shape, place)

    def menus(self):
        """What opening a menu of the filter bar takes, where its counts come on request."""
        shape = self.shapes[0]
        _, page = self.client.get(shape.path)
        self.has_menus = b"menu=action" in page
        for _ in range(max(5, self.settings.requests // 4) if self.has_menus else 0):
            for shape in self.shapes:
                shape.menus.append(self.client.get(shape.path + "&menu=action")[0])

    # ---- Figures ---------------------------------------------------------------------------------

    def tables(self):
        self.sheet.say(f"ms a request, {self.settings.requests} of each place (pages first, middle, "
                       "last, random) of each filter, in turn")
        rows = [self.row(shape.name, f"{shape.total:,}", shape.times) for shape in self.shapes]
        everything = {place: [took for shape in self.shapes for took in shape.times[place]]
                      for place in PLACES}
        rows.append(self.row("all", "", everything))
        self.sheet.table(["filter", "events", "p50", "p99", "max", "first p50", "p99", "middle p50",
                          "p99", "last p50", "p99", "random p50", "p99", "last / first p50"], rows)
        self.sheet.say(f"ms until the first answer of new workers (all of them just started), "
                       f"{STARTS} times; and of opening the menu of actions, the counts of its "
                       "values with it" + ("" if self.has_menus else " (not in this version)"))
        self.sheet.table(
            ["filter", "start p50", "start max", "menu p50", "menu p99", "menu max"],
            [[shape.name, *_spread(shape.starts, (50,)), f"{max(shape.starts):,.2f}",
              *(_spread(shape.menus, (50, 99)) if shape.menus else ["–", "–"]),
              f"{max(shape.menus):,.2f}" if shape.menus else "–"] for shape in self.shapes])

    @staticmethod
    def row(name, total, times):
        together = [took for some in times.values() for took in some]
        ratio = statistics.median(times["last"]) / statistics.median(times["first"])
        return [name, total, *_spread(together, (50, 99)), f"{max(together):,.2f}",
                *(cell for place in PLACES for cell in _spread(times[place], (50, 99))),
                f"{ratio:.2f}"]

    def own_cost(self):
        times = [self.static.get(FIRST_PAGE)[0] for _ in range(self.settings.requests)]
        p50, p99 = _spread(times, (50, 99))
        self.sheet.notes.append("one client (Python's http.client, connection kept, no compression); a "
                                f"file of the page's size takes it p50 {p50}, p99 {p99} ms: that is "
                                "in every figure")


def _spread(times, percents):
    return [f"{percentile(times, percent):,.2f}" for percent in percents]


def run(copy, settings, _log):
    with Peers(copy, PERSON, FIRST_PAGE) as peers:
        filters = Filters(copy, settings, peers)
        filters.totals()
        filters.after_start()
        filters.warm()
        filters.pages()
        filters.menus()
        filters.own_cost()
        filters.tables()
    return filters.sheet
