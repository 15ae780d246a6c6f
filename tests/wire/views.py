# SPDX-License-Identifier: MIT
"""Saved views as people make and use them, and what the database has of them."""
import re
from html import unescape

from admin import AdminAccount
from daybook import ask, bearer, database

COLUMNS = ("id", "owner", "kind", "name", "query", "is_default", "made_by")


class ViewAccount(AdminAccount):
    """With two auditors beside its admin."""

    def __init__(self):
        super().__init__()
        self.ann_name, self.bob_name = f"ann-{self.slug}", f"bob-{self.slug}"
        self.ann, self.bob = self.person("auditor", self.ann_name), self.person("auditor", self.bob_name)

    def save(self, login, name, query="", kind="events", **fields):
        """The answer to the form of the page of views that was opened from this list."""
        return self.post("views", {"name": name} | fields, login, query="?" + (query and query + "&") + f"kind={kind}")

    def saved(self, login, name, query="", kind="events", **fields):
        """Its number; the newest one."""
        answer = self.save(login, name, query, kind, **fields)
        if answer.status != 303:
            raise AssertionError(f"{name} was not saved: {answer}")
        return database().number(f"SELECT MAX(id) FROM saved_view WHERE account_id = {self.number}")

    def change(self, login, number, what, **fields):
        return self.post("views", {"view": number, "do": what} | fields, login)

    def as_(self, login, target):
        return ask("GET", f"/{self.slug}/{target}", None, login)

    def leads(self, login, target):
        """Where a list leads; its status where it does not."""
        answer = self.as_(login, target)
        return answer.headers["Location"].removeprefix(f"/{self.slug}/") if answer.status == 303 else answer.status

    def names(self, login):
        """Of each group on the page: [(name, whether it is the default)]."""
        sections = self.as_(login, "-/views").text.split('<section class="views">')[1:]
        return [[(unescape(name), "default" in mark) for name, mark in
                 re.findall(r'class="view" href="[^"]*"><bdi>(.*?)</bdi></a>(.*?)</span>', section)] for section in sections]

    def views(self):
        """All rows, as dicts."""
        rows = database().bytes(COLUMNS, f"FROM saved_view WHERE account_id = {self.number} ORDER BY id")
        return [dict(zip(COLUMNS, row)) for row in rows]

    def program(self, target):
        return ask("GET", f"/api/v1/{target}", None, bearer(self.token("read")))
