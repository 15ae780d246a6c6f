# SPDX-License-Identifier: MIT
"""The first page of the list, without a filter: Daybook beside a file of the same size, a FastCGI program that
gives the same bytes from memory, and PHP and Node with the same page from the same database; all behind one
nginx, in interleaved rounds. Odd rounds go through the sites backwards. Daybook as it is shipped gives a page of a
log at rest again once it has looked whether it is still true; "made anew" does not (kept_pages_bytes = 0).
"""
import statistics
import sys

from http_load import Client, total_of, wrk
from made_log import ACCOUNT, PERSON
from peers import WORKERS, Peers
from report import Sheet, percentile

NEEDS_LOG = True
PAGE = f"/{ACCOUNT}/events?show=50"
SITES = {
    "static": "nginx, a file",
    "memory": "FastCGI, from memory",
    "daybook_kept": "Daybook",
    "daybook": "Daybook, made anew",
    "php_own": "PHP, Daybook's query",
    "php_plain": "PHP, plain query",
    "node_own": "Node, Daybook's query",
    "node_plain": "Node, plain query",
}
COMPARED = ("memory", "php_own", "php_plain", "node_own", "node_plain")
CLIENTS = (16, 1)
SLOW_MS = 400  # above it single requests are counted
SINGLES = 3
WARM_UPS = 30


class One:
    """The figures of a site, one a round."""

    def __init__(self):
        self.rates, self.p50s, self.p99s = [], [], []

    def add(self, rate, p50, p99):
        self.rates.append(rate)
        self.p50s.append(p50)
        self.p99s.append(p99)


class Pages:
    def __init__(self, peers, settings):
        self.peers = peers
        self.settings = settings
        self.sheet = Sheet("First page of 50, no filter")
        self.slow = set()
        self.figures = {(site, clients): One() for site in SITES for clients in CLIENTS}

    def look(self):
        """Every site gives the page, and how large it is; which ones are slow."""
        rows = []
        for site, name in SITES.items():
            client = Client(self.peers.ports[site])
            took, page = client.get(PAGE)
            for _ in range(WARM_UPS):
                if took > SLOW_MS:
                    break
                took, page = client.get(PAGE)
            took = statistics.median(client.get(PAGE)[0] for _ in range(SINGLES))
            client.close()
            if took > SLOW_MS:
                self.slow.add(site)
            else:
                wrk(f"http://127.0.0.1:{self.peers.ports[site]}{PAGE}", WORKERS,
                    self.settings.seconds)  # what compiles while it runs has compiled then
            rows.append([name, f"{len(page):,}", f"{page.count(b'<tr>') - 1}", f"{total_of(page):,}",
                         f"{took:,.2f}"])
        self.sheet.table(["site", "page bytes", "rows", "total it says", "one request, ms"], rows)

    def measure(self, site, clients):
        figures = self.figures[site, clients]
        if site in self.slow:
            client = Client(self.peers.ports[site])
            times = [client.get(PAGE)[0] for _ in range(SINGLES)]
            client.close()
            figures.add(1e3 / statistics.mean(times), statistics.median(times),
                        percentile(times, 99))
            return
        seen = wrk(f"http://127.0.0.1:{self.peers.ports[site]}{PAGE}", clients,
                   self.settings.seconds)
        figures.add(seen.rate, seen.p50, seen.p99)

    def rounds(self):
        for number in range(self.settings.rounds):
            print(f"round {number + 1}", file=sys.stderr)
            for clients in CLIENTS:
                for site in list(SITES)[:: -1 if number % 2 else 1]:
                    if clients == CLIENTS[0] or site not in self.slow:
                        self.measure(site, clients)

    def tables(self):
        for clients in CLIENTS:
            self.sheet.say(f"{clients} client{'s' if clients > 1 else ''} (wrk -t1 -c{clients}, "
                           f"{self.settings.seconds} s a round); medians of the rounds")
            self.sheet.table(
                ["site", "pages/s", "min–max", "p50 ms", "p99 ms",
                 *(f"/ {peer.replace('_', ' ')}" for peer in COMPARED)],
                [self.row(site, clients) for site in SITES if self.figures[site, clients].rates])
        if self.slow:
            self.sheet.say(f"Slower than {SLOW_MS} ms a page, so asked {SINGLES} times a round by one "
                           "client: " + ", ".join(SITES[site] for site in SITES if site in self.slow))

    def row(self, site, clients):
        figures = self.figures[site, clients]
        rates = figures.rates
        return [SITES[site], f"{statistics.median(rates):,.1f}",
                f"{min(rates):,.1f}–{max(rates):,.1f}", f"{statistics.median(figures.p50s):,.2f}",
                f"{statistics.median(figures.p99s):,.2f}",
                *(self.ratio(rates, self.figures[peer, clients].rates) for peer in COMPARED)]

    @staticmethod
    def ratio(rates, others):
        """The median of the ratios within each round."""
        ratios = [a / b for a, b in zip(rates, others) if b]
        return f"{statistics.median(ratios):,.2f}" if ratios else "–"

    def memory(self):
        names = {"kept": "Daybook", "events": "Daybook, made anew", "memory": "FastCGI, from memory", "php": "PHP", "node": "Node"}
        self.sheet.say(f"Memory after that, all processes of a pool (PSS); pools of {WORKERS}, Node one "
                       "a core")
        self.sheet.table(["pool", "MB"], [[text, f"{self.peers.memory_mb(name):,.1f}"]
                                          for name, text in names.items()])

    def login(self):
        """What the check of a login adds, since it is off for all sites here."""
        copy = self.peers.copy
        own = Client(copy.port, {"Authorization": copy.basic_authorization()})
        bare = Client(self.peers.ports["daybook_kept"])
        pairs = [(own.get(PAGE)[0], bare.get(PAGE)[0]) for _ in range(self.settings.requests)]
        own.close()
        bare.close()
        self.sheet.say("No site asks for a login. nginx's check of one (auth_basic, apr1) adds, one "
                       f"client, median: {statistics.median(a - b for a, b in pairs):.2f} ms")


def run(copy, settings, _log):
    with Peers(copy, PERSON, PAGE) as peers:
        pages = Pages(peers, settings)
        pages.look()
        pages.rounds()
        pages.tables()
        pages.memory()
        pages.login()
    pages.sheet.notes.append(f"{settings.rounds} interleaved rounds; ratios are of pages a second, "
                             "medians of the ratios within each round")
    return pages.sheet
