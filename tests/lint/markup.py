#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Refuses markup in C: a tag inside a string literal. Pages come from templates, which escape.

Comments do not count, nor does tools/, which writes no pages.
"""
import glob
import re
import sys

TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?P<text>(?:\\.|[^"\\\n])*)"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL
)
TAG = re.compile(r"<[A-Za-z/!]")


def tags(path):
    """Yields line number and text of each string that holds a tag."""
    with open(path, encoding="utf-8") as file:
        source = file.read()
    for token in TOKEN.finditer(source):
        text = token["text"]
        if text and TAG.search(text):
            yield source.count("\n", 0, token.start()) + 1, text


def main():
    found = 0
    for path in sorted(glob.glob("cgi-bin/**/*.c", recursive=True) + glob.glob("cgi-bin/**/*.cc", recursive=True)):
        if path.startswith("cgi-bin/tools/"):
            continue
        for number, text in tags(path):
            print(f'{path}:{number}: markup in C: "{text}"; it belongs in a template')
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
