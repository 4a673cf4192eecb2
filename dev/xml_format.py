"""Checks that XML files are well-formed, have our header, and are indented by four spaces.

xml_format.py [--fix] PATH…       files, or folders with all below them
"""

import argparse
import re
import sys
from pathlib import Path

from lxml import etree

# As OCA's checks want it.
HEADER = '<?xml version="1.0" encoding="UTF-8" ?>\n'
INDENT = 4
# A tag's attributes may hold ">" in quotes.
TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<!DOCTYPE[^>]*>"
    r"|<(?P<close>/)?(?P<name>[^\s/>]+)(?:\"[^\"]*\"|'[^']*'|[^\"'>])*?(?P<empty>/)?>",
    re.DOTALL,
)


def find_shifts(text):
    """Yield (offset, length, lines to shift by) of each token that is first on its line.

    Text between tags is left alone: in letters and pages the author decides its layout.
    """
    depth = 0
    preserved = None  # inside <pre>, white space is content
    for token in TOKEN.finditer(text):
        closing, name = token["close"], token["name"]
        if closing:
            depth -= 1
            preserved = None if preserved == depth else preserved
        line_start = text.rfind("\n", 0, token.start()) + 1
        lead = text[line_start : token.start()]
        if not lead.strip() and preserved is None and lead != " " * INDENT * depth:
            yield line_start, token.end(), INDENT * depth - len(lead.expandtabs(INDENT))
        if name and not closing and not token["empty"]:
            if name == "pre" and preserved is None:
                preserved = depth
            depth += 1


def fix(text):
    """Return the text with each such token, and its further lines, moved to its place."""
    for start, end, shift in reversed(list(find_shifts(text))):
        moved = []
        for line in text[start:end].split("\n"):
            bare = line.expandtabs(INDENT)
            indent = len(bare) - len(bare.lstrip(" "))
            moved.append(" " * max(0, indent + shift) + bare.lstrip(" "))
        text = text[:start] + "\n".join(moved) + text[end:]
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n")) + "\n"


def find_problems(path):
    data = path.read_bytes()
    try:
        etree.fromstring(data)
    except etree.XMLSyntaxError as error:
        return [f"{path}:{error.lineno}: {error.msg}"]
    text = data.decode()
    problems = [
        f"{path}:{text.count(chr(10), 0, start) + 1}: not indented by {INDENT} spaces a level"
        for start, _end, _shift in find_shifts(text)
    ]
    if not text.startswith(HEADER):
        problems.append(f"{path}:1: the first line must be {HEADER.strip()}")
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            problems.append(f"{path}:{number}: trailing white space")
    if not text.endswith("\n") or text.endswith("\n\n"):
        problems.append(f"{path}: the file must end with one line break")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--fix", action="store_true", help="fix what can be fixed")
    parser.add_argument("paths", nargs="+", type=Path)
    options = parser.parse_args()
    files = []
    for path in options.paths:
        files += sorted(path.rglob("*.xml")) if path.is_dir() else [path]
    problems = []
    for path in files:
        found = find_problems(path)
        if found and options.fix:
            path.write_text(fix(path.read_text()))
            found = find_problems(path)
        problems += found
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
