# SPDX-License-Identifier: MIT
"""The manual pages and the tables in the code say the same: names, limits, defaults, order."""
import math
import pathlib
import re
import unittest

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "cgi-bin"


def code(path):
    """A source file without comments, the line ends of macros, and breaks inside a string."""
    text = (SOURCES / path).read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/|\\\n", " ", text, flags=re.S)
    return re.sub(r'"\n\s*"', "", text)


def table(path, name):
    """What stands between the braces of the array `name`."""
    return re.search(rf"\b{name}\[[^\]]*\] = \{{(.*?)\}};", code(path), re.S)[1]


def number(text, path):
    """A number of C: digits, a product of them, or a constant of the header `path`."""
    if re.match(r"[A-Z]", text):
        text = re.search(rf"\b{text} = ([0-9 *]+)", code(path))[1]
    return math.prod(int(factor) for factor in text.split("*"))


def section(page, title):
    text = (SOURCES / "man" / page).read_text(encoding="utf-8")
    return re.search(rf"^\.Sh {title}\n(.*?)^\.Sh ", text, re.S | re.M)[1]


def items(page, title, macro):
    """The items of a section's lists that begin with `macro`: what follows it, and their text."""
    found = re.findall(r"^\.It (\w+) (.*)\n((?:(?!\.It |\.El).*\n)*)", section(page, title), re.M)
    return [(head, text) for kind, head, text in found if kind == macro]


class Urls(unittest.TestCase):
    manual = dict(items("daybook-urls.7", "PARAMETERS", "Va"))

    def test_parameters(self):
        text = code("query/params_tables.c")
        known = {name: True for name in re.findall(r'NAME_SPEC\("(\w+)"\)', text)}
        for name, repeatable in re.findall(r'\{\s*"(\w+)",\s*FIELD_\w+,\s*(\w+),', text):
            known[name] = repeatable == "true"
        self.assertIn("entity", known)
        self.assertIn("trailer", known)
        self.assertEqual(known, {name: "Repeatable." in text for name, text in self.manual.items()})

    def test_choices(self):
        rows = re.findall(r'\{\s*"(\w+)",\s*FIELD_CHOICE,\s*\w+,\s*0,\s*0,\s*(\w+)\}',
                          code("query/params_tables.c"))
        self.assertIn("sort", dict(rows))
        for name, choices in rows:
            for choice in re.findall(r'"(.*?)"', table("query/params_tables.c", choices)):
                self.assertRegex(self.manual[name], rf"(?m)^\.Ql {choice}( |$)")


class OwnLog(unittest.TestCase):
    def test_actions(self):
        """Each action of the log about the log is named."""
        text = section("daybook-urls.7", "THE LOG ABOUT THE LOG")
        rows = re.findall(r'ROW\("\w+", [^,]+, "(\w+)"', code("intake/own_calls.c"))
        rows += re.findall(r', "(\w+)"\},', table("tools/own_event.c", "changes"))
        rows += re.findall(r'"(\w+Capture)"', code("tools/follow.c"))
        rows += re.findall(r'\.action = "(\w+)"', code("tools/leaving.c") + code("tools/erase.c"))
        self.assertTrue({"viewEvents", "downloadAll", "addMember", "purge", "stopCapture", "deleteAccount", "erase"} <= set(rows))
        self.assertEqual([], [name for name in rows if not re.search(rf"\b{name}\b", text)])


class Codefresh(unittest.TestCase):
    rows = re.findall(r'\{"(\w+)",\s*FIELD_(\w+),\s*(\w+),\s*(\w+),[^,]*,\s*(\w+)\}',
                      code("query/audit_params.c"))
    manual = dict(items("daybook-urls.7", "CODEFRESH", "Va"))

    def test_parameters(self):
        self.assertEqual(12, len(self.rows))
        self.assertEqual([name for name, *_ in self.rows], list(self.manual))
        self.assertEqual({"false"}, {repeatable for _, _, repeatable, *_ in self.rows})

    def test_choices(self):
        lists = {name: choices for name, kind, *_, choices in self.rows if kind == "CHOICE"}
        self.assertIn("sortType", lists)
        for name, choices in lists.items():
            for choice in re.findall(r'"(.*?)"', table("query/audit_params.c", choices)):
                self.assertRegex(self.manual[name], rf"(?m)^\.Ql {choice}( |$)")

    def test_values_listed(self):
        limit = re.search(r"VALUES_MAX = (\d+)", code("api.c"))[1]
        self.assertIn(f"At most {limit} of each", section("daybook-urls.7", "CODEFRESH"))


class Formats(unittest.TestCase):
    def test_names(self):
        rows = re.findall(r'\{\s*"([\w-]+)",\s*"', table("intake/formats.c", "formats"))
        self.assertIn("nginx-json", rows)
        self.assertEqual(rows, [name for name, _ in items("daybook-formats.5", "FORMATS", "Cm")])


class Record(unittest.TestCase):
    page = "daybook-record.5"

    def members(self, name, prefix=""):
        """Rows (full name, kind, limit) of a table in native_event.c and of those it names."""
        rows = re.findall(r'\{"(\w+)",\s*(\w+),\s*[^,]+,\s*(\w+),\s*(\w+)\}',
                          table("intake/native_event.c", name))
        self.assertTrue(rows)
        for member, kind, limit, inner in rows:
            yield prefix + member, kind, number(limit, "base/event.h")
            if inner != "NULL":
                yield from self.members(inner, f"{prefix}{member}.")

    def test_members(self):
        known = [(name, kind) for name, kind, _ in self.members("event_members")]
        for title, exported in (("MEMBERS", False), ("NDJSON EXPORT", True)):
            self.assertEqual(
                [name for name, kind in known if (kind == "MEMBER_EXPORT_ONLY") == exported],
                [name for name, _ in items(self.page, title, "Va")])

    def test_limits_of_members(self):
        manual = dict(items(self.page, "MEMBERS", "Va"))
        for name, _, limit in self.members("event_members"):
            stated = re.findall(r"at most (\d+) bytes", manual.get(name, ""))
            self.assertEqual([str(limit)] if limit else [], stated, name)

    def test_limits_of_a_message(self):
        message = section(self.page, "MESSAGE")
        for constant, unit in (("INTAKE_EVENTS_MAX", "events"), ("INTAKE_BODY_MAX", "bytes")):
            self.assertIn(f" {number(constant, 'intake/intake.h')} {unit}", message)

    def test_secrets(self):
        """Each secret name and the beginning of each pattern is named."""
        text = re.sub(r"^\.(Ql|It|Pq) ", "", section(self.page, "HEADERS AND SECRETS"), flags=re.M)
        letters = re.sub(r"[^a-z0-9]", "", text.lower())
        names = re.findall(r'STR\("(\w+)"\)', table("redaction/redact_names.c", "terms"))
        self.assertIn("apikey", names)
        self.assertEqual([], [name for name in names if name not in letters])
        starts = re.findall(r'\{"(.*?)", \d', table("redaction/redact_pattern.c", "patterns"))
        self.assertIn("ghp_", starts)
        unnamed = [start for start in starts if start not in text and start[:3] != "xox"
                   and start != "eyJ" and "slack" not in start]
        self.assertEqual([], unnamed)

    def test_csv_columns(self):
        columns = re.findall(r'"(\w+)"', table("export/export.c", "columns"))
        self.assertIn("id", columns)
        self.assertEqual(columns, [name for name, _ in items(self.page, "CSV EXPORT", "Li")])


class Configuration(unittest.TestCase):
    rows = re.findall(r'\{"(\w+)",\s*KEY_\w+,\s*offsetof\([^)]*\),\s*"(.*?)",\s*(\d+)\}',
                      table("base/config.c", "keys"))
    known = {name: initial for name, initial, _ in rows}

    def test_manual(self):
        self.assertIn("database_name", self.known)
        manual = [(head.partition(" =")[0], head.partition(" =")[2].strip(), text)
                  for head, text in items("daybook.conf.5", "KEYS", "Va")]
        self.assertEqual(self.known, {name: initial for name, initial, _ in manual})
        texts = {name: text for name, _, text in manual}
        for name, _, limit in self.rows:
            self.assertEqual([limit] if limit != "0" else [],
                             re.findall(r"(?i)at most (\d+)\.", texts[name]), name)

    def test_example(self):
        text = (SOURCES / "deploy" / "daybook.conf.example").read_text(encoding="utf-8")
        keys = re.findall(r"^(#?)(\w+) =(.*)$", text, re.M)
        self.assertEqual(set(self.known), {name for _, name, _ in keys})
        for comment, name, value in keys:
            if comment:  # shows what the key has when it is left out
                self.assertEqual(self.known[name], value.strip(), name)


class Operations(unittest.TestCase):
    def test_overrides(self):
        names = re.findall(r'= "(\w+)"', table("intake/openapi_override.c", "names"))
        self.assertEqual(names[:2] + ["operation_id", "entity_type"], names[:4])
        manual = items("daybook-operations.5", "OVERRIDES", "Va")
        self.assertEqual(names, [name for name, _ in manual])

    def test_extensions(self):
        """Every extension that is read is told of, and no other one."""
        manual = (SOURCES / "man" / "daybook-operations.5").read_text(encoding="utf-8")
        read = set(re.findall(r'"(x-[a-zA-Z-]+)"', code("intake/openapi.c"))) - {"x-"}
        self.assertEqual(read, set(re.findall(r"Ql (x-[a-zA-Z-]+)", manual)))

    def test_sources(self):
        known = [name.strip('."\\') for name in re.findall(
            r'STR\("(.*?)"\)', table("intake/operation_source.c", "prefixes"))]
        manual = re.findall(r"^\.It (?:Ql|Qq) (\w+)",
                            section("daybook-operations.5", "ENTITY AND ACTION"), re.M)
        self.assertEqual(known[:-1] + ["text"], manual)


class Hooks(unittest.TestCase):
    def test_providers(self):
        rows = re.findall(r"""\.name = STR\("([\w-]+)"\)""", code("intake/webhook_provider.c"))
        self.assertIn("unknown", rows)
        lists = re.findall(r"^\.Bl -tag.*?^\.El", section("daybook-hooks.7", "PROVIDERS"), re.S | re.M)
        columns = [re.findall(r"^\.It ([\w, -]+)$", text, re.M) for text in lists]
        self.assertEqual(rows, columns[0], "in the order in which they are tried")
        self.assertEqual(sorted(rows), sorted(", ".join(columns[1]).split(", ")))


class Commands(unittest.TestCase):
    maxDiff = None

    @staticmethod
    def usage(head):
        """`Ar slug Op Fl -name Ar text` as the command itself says it, without spaces."""
        words = head.split() + (["Oc"] if " Op " in head else [])
        plain = {"Ar": "", "Cm": "", "Fl": "-", "Op": "[", "Oo": "[", "Oc": "]"}
        return "".join(plain.get(word, word) for word in words)

    def test_handlers(self):
        names = re.findall(r"^([a-z_]+) \d+$", (SOURCES / "deploy/handlers").read_text(encoding="utf-8"), re.M)
        named = re.findall(r"\.Nm (\w+)\.fcgi", section("daybook.8", "DESCRIPTION"))
        self.assertEqual({name.removeprefix("search_") for name in names}, set(named))

    def test_commands(self):
        one_text = re.sub(r'"\s*\n\s*"', "", table("tools/daybook.c", "commands"))
        rows = re.findall(r'\{"([\w-]+)",\s*"(.*?)",\s*".*?",\s*\w+_run\}', one_text)
        known = {name: re.sub(r"\s", "", usage).lower() for name, usage in rows}
        self.assertIn("account", known)
        manual = {}
        for head, _ in items("daybook.8", "COMMANDS", "Ic"):
            name, _, rest = head.partition(" ")
            manual.setdefault(name, []).append(self.usage(rest))
        self.assertEqual(known, {name: "|".join(forms) for name, forms in manual.items()})


if __name__ == "__main__":
    unittest.main()
