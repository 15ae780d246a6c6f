# SPDX-License-Identifier: MIT
"""Searching in texts (q=): the first page of what a list of events holds, for words that are rare, common or in
no text, for ids and addresses. One request after the other by one client.
"""
import re
import statistics
import sys
from urllib.parse import quote

from http_load import Client
from made_log import ACCOUNT, PERSON
from peers import Peers
from report import Sheet, percentile

NEEDS_LOG = True
FIRST_PAGE = f"/{ACCOUNT}/events?show=50"
RARE_WORDS = 10
ORACLE_EVENTS = 2_000_000  # above it plain SQL would take minutes a word
TEXTS = ("url", "params", "query", "headers", "body", "response_body_head", "extra", "user_agent",
         "forwarded_for")


class Look:
    """A text that is looked for, with what was seen of it."""

    def __init__(self, kind, text):
        self.kind = kind
        self.text = text
        self.path = f"{FIRST_PAGE}&q={quote(text)}"
        self.times = []
        self.said = ""

    def ask(self, client):
        """A page, or the page that says that time has run out."""
        took, page = client.get(self.path, expected=None)
        self.times.append(took)
        self.said = _said(client.answer.status, page)


def _said(status, page):
    """What the page says about how many there are."""
    found = re.search(rb'<p class="count">(.*?)</p>', page, re.S)
    if found:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", found[1].decode())).strip()
    sentence = re.search(rb"<h2>(.*?)</h2>|</h1>\s*<p>(.*?)</p>", page, re.S)
    words = (sentence[1] or sentence[2]).decode() if sentence else "no count"
    return words if status == 200 else f"{status}: {words[:60]}"


def looks(copy, log):
    """Ids and addresses are those of calls in the middle of the log."""
    account = int(copy.sql(f"SELECT id FROM account WHERE slug = '{ACCOUNT}';"))
    of = f"r.account_id = {account} AND r.kind = 1"
    first, last = map(int, copy.sql(f"SELECT MIN(id), MAX(id) FROM event r WHERE {of};").split())
    near = f"{of} AND r.id >= {first + (last - first) // 2}"
    request_id, address = copy.sql(f"SELECT request_id, client_address FROM event_request r WHERE "
                                   f"{near} ORDER BY r.id LIMIT 1;").rstrip("\n").split("\t")
    entity_id = copy.sql(f"SELECT n.external_id FROM event r JOIN entity n ON n.id = r.entity_id "
                         f"WHERE {near} ORDER BY r.id LIMIT 1;").strip()
    return [*(Look("rare word, 20 times", word) for word in log.rare_words()[:RARE_WORDS]),
            *([Look("id of a request, once", request_id)] if request_id else []),  # brief calls: none
            Look("id of an entity", entity_id),
            Look("address", address), Look("common word", "deploy"),
            Look("common word, other case", "Checkout"),
            Look("id, absent", "00112233445566778899aabb"), Look("word, absent", "xylophonist"),
            Look("address, absent", "192.0.2.77")]


def by_sql(copy, text):
    """How many events hold it."""
    places = " OR ".join(f"LOCATE('{text.lower()}', LOWER(CONVERT(r.{name} USING latin1))) > 0"
                         for name in TEXTS)
    return copy.sql(f"SELECT COUNT(*) FROM event_request r WHERE r.kind = 1 AND r.account_id = "
                    f"(SELECT id FROM account WHERE slug = '{ACCOUNT}') AND ({places});").strip()


def run(copy, settings, log):
    sheet = Sheet("Searching in texts")
    wanted = looks(copy, log)
    times = max(3, min(settings.rounds, 5))
    with Peers(copy, PERSON, FIRST_PAGE) as peers:
        client = Client(peers.ports["daybook"])
        for number in range(times):
            print(f"round {number + 1}", file=sys.stderr)
            for look in wanted:
                look.ask(client)
        client.close()
    counts = {look.text: by_sql(copy, look.text) if settings.events <= ORACLE_EVENTS else "–"
              for look in wanted}
    sheet.say(f"ms until the whole first page, {times} requests each, in turn")
    sheet.table(["text", "looked for", "first time", "p50", "max", "events by SQL", "the page says"],
                [[look.kind, look.text, f"{look.times[0]:,.1f}",
                  f"{statistics.median(look.times):,.1f}", f"{max(look.times):,.1f}",
                  counts[look.text], look.said] for look in wanted])
    kinds = {}
    for look in wanted:
        kinds.setdefault(look.kind, []).extend(look.times)
    sheet.table(["all of a kind", "p50", "p99"],
                [[kind, f"{statistics.median(all_times):,.1f}", f"{percentile(all_times, 99):,.1f}"]
                 for kind, all_times in kinds.items()])
    return sheet
