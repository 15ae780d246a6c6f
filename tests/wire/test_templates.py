# SPDX-License-Identifier: MIT
"""Lists that are kept in two places say the same in both."""
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from daybook import ROOT, Account, get, run

SOURCES = ROOT / "cgi-bin"
TEMPLATES = sorted((ROOT / "templates").glob("*.tpl"))

# Where the parameters of each page stand in the manual, in the order in which the page names them.
SECTIONS = {
    "events": ("Filter", "Lists", "Menus and other parts", "Search", "Saved views"),
    "triggers": ("Filter", "Lists", "Menus and other parts", "Search", "Saved views"),
    "-/views": ("Filter", "Lists", "Saving a view"),
    "events/0000000000000000": ("Filter", "Lists", "One event", "Of all accounts"),
    "all.csv": ("Filter", "Downloads", "Search", "Saved views"),
    "events.ndjson": ("Filter", "Downloads", "Search", "Saved views"),
    "/api/v1/events.ndjson": ("Filter", "Downloads", "Search", "Saved views", "Following"),
}


class Templates(unittest.TestCase):
    def test_markers_are_those_of_the_list(self):
        listed = re.findall(r"^PAGE_KEY\((\w+)\)$", (SOURCES / "web/page_keys.h").read_text(), re.M)
        self.assertEqual(sorted(set(listed)), listed, "in order, each once")
        used = set()
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["ctemplate-make_tpl_varnames_h", "-q", "-t", ROOT / "templates", "-o",
                            folder, *(template.name for template in TEMPLATES)], check=True)
            for header in Path(folder).iterdir():
                used |= set(re.findall(r'STS_INIT_WITH_HASH\(\w+, "(\w+)"', header.read_text()))
        self.assertEqual(set(), used - set(listed), "in a template, but not in the list")
        self.assertEqual(set(), set(listed) - used, "in the list, but in no template")

    def test_each_template_is_used(self):
        code = "".join(path.read_text() for path in SOURCES.rglob("*.c"))
        included = set(re.findall(r'"(\w+\.tpl)"', code))
        self.assertEqual({template.name for template in TEMPLATES}, included)


class ReservedWords(unittest.TestCase):
    """First segments of a path that no account may have."""

    def setUp(self):
        source = (SOURCES / "store/account_store.c").read_text()
        array = re.search(r"account_reserved\[\] = \{(.*?)\}", source, re.S)[1]
        self.reserved = set(re.findall(r'"(.*?)"', array))
        self.nginx = (SOURCES / "deploy/nginx/server.conf").read_text()

    def test_they_are_the_locations_of_nginx(self):
        patterns = re.findall(r'location (?:(?:=|~|\^~) )?"?\^?/([a-z0-9-]+)(?=[/({ ])', self.nginx)
        self.assertEqual(self.reserved, set(patterns))

    def test_the_comment_names_them(self):
        comment = re.search(r"no account may have: ([a-z ]+)\.", self.nginx)[1]
        self.assertEqual(self.reserved, set(comment.split()))

    def test_no_account_is_made_of_them(self):
        for word in self.reserved:
            done = run("account", "add", word)
            self.assertEqual(1, done.returncode)
            self.assertIn(f'"{word}" cannot be an account', done.stderr.decode())


class Parameters(unittest.TestCase):
    def test_pages_accept_what_the_manual_lists(self):
        manual = (SOURCES / "man/daybook-urls.7").read_text()
        sections = {}
        for part in re.split(r"^\.S[hs] ", manual, flags=re.M)[1:]:
            title, _, text = part.partition("\n")
            sections[title] = re.findall(r"^\.It Va (\w+)$", text, re.M)
        slug = Account().slug
        for page, titles in SECTIONS.items():
            with self.subTest(page):
                path = page if page[0] == "/" else f"/{slug}/{page}"
                text = get(f"{path}?no_such_parameter=1").text
                accepted = re.search(r"Accepted: ([a-z_, ]+)\.", text)[1].split(", ")
                self.assertEqual([name for title in titles for name in sections[title]], accepted)
        self.assertEqual({title for titles in SECTIONS.values() for title in titles},
                         {title for title, names in sections.items() if names and title[0] != "/"})


if __name__ == "__main__":
    unittest.main()
