# SPDX-License-Identifier: MIT
"""The menus of a list as a page brings them."""
import html
import re

from daybook import number

ITEM = re.compile(
    r'<label class="is"><input type="checkbox" name="([^"]*)" value="([^"]*)"( checked)?><bdi>[^<]*</bdi>'
    r'(?:<span class="hits"><span class="hidden">, matching: </span>([\d,]+)</span>)?</label>')
LINK = re.compile(r'<a href="([^"]*)">Show values<')


def ticks(text):
    """For each menu, by the name of its parameter: the values and their counts (None: not counted), in order."""
    found = {}
    for name, value, _, count in ITEM.findall(text):
        found.setdefault(name, []).append((html.unescape(value), number(count) if count else None))
    return found


def links(text):
    """Where the other menus get their values from."""
    return [html.unescape(link) for link in LINK.findall(text)]
