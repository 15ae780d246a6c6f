# SPDX-License-Identifier: MIT
"""An account with an admin of its own, and the forms that admins send."""
import html
import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import daybook
from daybook import Account, ask
from running_copy import make_person

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HERE = {"Sec-Fetch-Site": "same-origin"}


class AdminAccount(Account):
    """Nobody else's tries count for its people."""

    def __init__(self):
        super().__init__(member=False)
        self.admin_name = f"admin-{self.slug}"
        self.admin = self.person("admin")

    def person(self, role, name=None):
        """The login of a new member."""
        name = name or f"{role}-{self.slug}"
        daybook.run_well("member", "add", self.slug, name, role)
        return make_person(name)

    def get(self, target):
        return ask("GET", target, None, self.admin)

    def page(self, name, query=""):
        """One of the pages that admins change something on."""
        answer = self.get(f"/{self.slug}/-/{name}{query}")
        if answer.status != 200:
            raise AssertionError(f"{name}: {answer}")
        return answer.text

    def post(self, name, fields, login=None, headers=HERE, query=""):
        """What a form of the page `name` sends."""
        return ask("POST", f"/{self.slug}/-/{name}{query}", urlencode(fields),
                   FORM | headers | (login or self.admin))

    def make_token(self, scope, login=None, **fields):
        """The secret of a token that the page has made."""
        number = re.search(r'name="form" value="([0-9a-f]{16})"', self.page("tokens"))[1]
        return secret_of(self.post("tokens", {"form": number, "scope": scope} | fields, login))

    def token_numbers(self):
        return daybook.database().numbers(f"SELECT id FROM token WHERE account_id = {self.number} ORDER BY id")

    def members(self):
        """{person: role} as the database has it."""
        rows = daybook.database().bytes(["person", "role"], f"FROM member WHERE account_id = {self.number}")
        return {person: {b"1": "auditor", b"2": "admin"}[role] for person, role in rows}


def secret_of(answer):
    if answer.status != 200:
        raise AssertionError(f"no token was made: {answer}")
    return re.search(r"<pre>(dbk_[0-9a-f]{64})</pre>", answer.text)[1]


class Roster(HTMLParser):
    """The table of such a page: a dict for each row, the fields of each form that is in it, and where its links lead."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.hidden, self.tags, self.cell, self.links = [], [], [], None, {}
        self.link, self.in_table = None, False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, frozenset(attrs)))
        self.in_table |= tag == "table"
        if tag == "tr" and self.in_table:
            self.rows.append({})
        elif tag == "td":
            self.cell = attrs.get("data-head")
        elif tag == "input" and attrs.get("name") == "member":
            self.hidden.append(attrs["value"])
        elif tag == "a":
            self.link = attrs.get("href")

    def handle_endtag(self, tag):
        if tag == "td":
            self.cell = None
        elif tag == "a":
            self.link = None
        elif tag == "table":
            self.rows = self.rows[1:]

    def handle_data(self, data):
        if self.cell:
            self.rows[-1][self.cell] = self.rows[-1].get(self.cell, "") + data
        elif self.link:
            self.links[data] = html.unescape(self.link)
