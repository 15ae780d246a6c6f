#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the one-way rule of the layers: who may include whom.

handlers -> export -> pages -> query, access -> web, store; handlers, tools -> recording -> store, intake -> redaction -> base;
tools -> upkeep -> store -> index -> base. No handler includes another one, web and store never see each other, and the libraries that
stand for a layer's purpose are included at one place each. Prints file:line and the reason of each breach.
"""
import os
import re
import sys

ROOT = "cgi-bin"
HANDLERS = set(re.findall(r"^([a-z_]+) \d+$", open("cgi-bin/deploy/handlers", encoding="ascii").read(), re.M))

MAY_INCLUDE = {
    "base": {"base"},
    "redaction": {"redaction", "base"},
    "intake": {"intake", "redaction", "base"},
    "index": {"index", "base"},
    "store": {"store", "index", "base"},
    "upkeep": {"upkeep", "store", "index", "base"},
    "web": {"web", "base", "generated"},
    "recording": {"recording", "intake", "redaction", "store", "base"},
    "tools": {"tools", "recording", "upkeep", "intake", "redaction", "store", "index", "base"},
    "query": {"query", "web", "store", "base"},
    "access": {"access", "web", "store", "base"},
    "pages": {"pages", "query", "access", "web", "intake", "redaction", "store", "base", "generated"},
    "export": {"export", "pages", "query", "access", "web", "intake", "store", "base"},
    "handler": {"export", "pages", "query", "access", "recording", "web", "intake", "redaction", "store", "base", "generated"},
}

# Each of these headers is included by one file alone.
ALONE = ("mysql.h", "fcgiapp.h", "csv.h", "ctemplate/", "yaml.h", "zstd.h")

INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def layer_of(path):
    """The layer of a file named from cgi-bin; a header that the build makes stands in none."""
    folder, name = os.path.split(path)
    if folder:
        return folder.split("/")[0]
    if name == "static_names.h":
        return "generated"
    return "handler" if os.path.splitext(name)[0] in HANDLERS else os.path.splitext(name)[0]


def sources():
    for folder, _, names in sorted(os.walk(ROOT)):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".cc")):
                yield os.path.relpath(os.path.join(folder, name), ROOT)


def includes(path):
    """Yields line number, whether it is quoted, and name of each include."""
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            found = INCLUDE.match(line)
            if found:
                yield number, found[1] == '"', found[2]


def why_not(path, name):
    """Why `path` may not include our own header `name`, or None."""
    layer, other = layer_of(path), layer_of(name)
    if other != "generated" and not os.path.exists(os.path.join(ROOT, name)):
        return f'"{name}" is not named from {ROOT}/'
    if layer == "handler" and other == "handler":
        own = os.path.splitext(path)[0] == os.path.splitext(name)[0]
        return None if own else f"a handler includes another handler ({name})"
    if other not in MAY_INCLUDE.get(layer, ()):
        return f"{layer} may not include {other} ({name})"
    if name.endswith("_private.h") and not path.startswith(name[: -len("_private.h")]):
        return f"{name} is private to {name[:-len('_private.h')]}*"
    return None


def main():
    breaches = 0
    users = {}
    for path in sources():
        for number, quoted, name in includes(path):
            why = why_not(path, name) if quoted else None
            if not quoted:
                for library in ALONE:
                    if name == library or (library.endswith("/") and name.startswith(library)):
                        first = users.setdefault(library, path)
                        if first != path:
                            why = f"<{name}> belongs to {ROOT}/{first} alone"
            if why:
                print(f"{ROOT}/{path}:{number}: {why}")
                breaches += 1
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
