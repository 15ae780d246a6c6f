# SPDX-License-Identifier: MIT
"""The histogram of a list as a page brings it."""
import html
import re

from daybook import number

BAR = re.compile(r'<a href="([^"]*)" tabindex="-1"><title>([^<]*?) \(([^()]*)\): ([\d,]+) calls?'
                 r'(?:, ([\d,]+) failed)?</title><path d="M(\d+) ')
ROW = re.compile(r'<tr><th scope="row"><a href="([^"]*)">([^<]*)</a></th>' + 5 * r"<td>([\d,]+)</td>" + "</tr>")
KEY = re.compile(r'</svg> <a href="([^"]*)">([^<]*)</a> ([\d,]+)</span>')
OUT = re.compile(r'<a class="out" href="([^"]*)">')
LAYER = re.compile(r'<path class="(\w+)" d="((?:M\d+ \d+h\.9v-\d+h-\.9z)+)"/>')
PIECE = re.compile(r"M(\d+) (\d+)h\.9v-(\d+)")


ASK = re.compile(r'<a class="table" href="([^"]*)">As a table</a>')


def with_table(path):
    """The address of the same list with the table."""
    return f"{path}{'&' if '?' in path else '?'}histogram=table"


class Histogram:
    """What it says; nothing of all when the page has none."""

    def __init__(self, text):
        self.bars = [(html.unescape(link), words, zone, number(total), number(failed or "0"), int(place))
                     for link, words, zone, total, failed, place in BAR.findall(text)]
        self.rows = [(html.unescape(link), words, *map(number, counts)) for link, words, *counts in ROW.findall(text)]
        self.keys = [(html.unescape(link), label, number(count)) for link, label, count in KEY.findall(text)]
        self.ask = [html.unescape(link) for link in ASK.findall(text)]
        self.out = [html.unescape(link) for link in OUT.findall(text)]
        self.layers = {name: [tuple(map(int, piece)) for piece in PIECE.findall(path)]
                       for name, path in LAYER.findall(text)}

    def __bool__(self):
        return bool(self.bars)

    @property
    def total(self):
        return sum(row[-1] for row in self.rows)
