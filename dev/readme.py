"""Writes each addon's README.rst and static/description/index.html from its readme/*.md.

readme.py           writes them
readme.py --check   prints those that are out of date, and fails if there are any

The fragments have OCA's names. Of Markdown, they may use paragraphs, lists, headings,
blocks of code, emphasis, links and pictures. Pictures are in static/description; one of
the same name as a picture of docs/images is a copy of it.
"""

import ast
import re
import sys
from pathlib import Path

from docutils.core import publish_string

ROOT = Path(__file__).resolve().parent.parent
SECTIONS = {
    "CONTEXT": "Use Cases / Context",
    "INSTALL": "Installation",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known issues / Roadmap",
    "HISTORY": "Changelog",
}
CODE = re.compile(r"(`[^`]+`)")
LINK = re.compile(r"\[([^\]]+)\]\((\S+?)\)")
PICTURE = re.compile(r"!\[([^\]]+)\]\(\.\./(\S+?)\)")
FRAME = """\
{title}

..
   Written by `make readme` from readme/*.md. Change the fragments there.

Development status: {development_status} · Licence: {license} · Odoo {series}

{description}

**Table of contents**

.. contents::
   :local:

{sections}

{tracker}

Report errors where the code is hosted, after a look at what is known there. Say what
you did, what you expected and what happened. Vulnerabilities are not reported in public:
``SECURITY.md`` of the project says how.

{credits}

{authors_title}

{authors}

{contributors_title}

{contributors}
"""


def underline(title, line):
    return f"{title}\n{line * len(title)}"


def convert(markdown):
    """Return a fragment as reStructuredText."""
    lines, code = [], False
    for line in markdown.strip().split("\n"):
        if line.startswith("```"):
            code = not code
            lines += ["::", ""] if code else []
        elif code:
            lines.append(f"   {line}".rstrip())
        elif line.startswith("#"):
            lines.append(underline(convert_text(line.lstrip("# ")), "-"))
        elif match := PICTURE.fullmatch(line):
            lines += [f".. image:: {match[2]}", f"   :alt: {match[1]}"]
        else:
            lines.append(convert_text(line))
    return "\n".join(lines)


def convert_text(text):
    return "".join(
        f"`{part}`" if part.startswith("`") else LINK.sub(r"`\1 <\2>`__", part)
        for part in CODE.split(text)
    )


def write_rst(addon):
    """Return the README of an addon in reStructuredText."""
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    fragments = {
        path.stem: convert(path.read_text()) for path in addon.glob("readme/*.md")
    }
    title = manifest["name"]
    return FRAME.format(
        **manifest,
        title=f"{'=' * len(title)}\n{underline(title, '=')}",
        series=manifest["version"][:4],
        description=fragments["DESCRIPTION"],
        sections="\n\n".join(
            f"{underline(name, '=')}\n\n{fragments[key]}"
            for key, name in SECTIONS.items()
            if key in fragments
        ),
        tracker=underline("Bug Tracker", "="),
        credits=underline("Credits", "="),
        authors_title=underline("Authors", "-"),
        authors="\n".join(f"- {name}" for name in manifest["author"].split(", ")),
        contributors_title=underline("Contributors", "-"),
        contributors=fragments["CONTRIBUTORS"],
    )


def write_html(rst):
    """Return a README as the page that Odoo shows of an addon."""
    page = publish_string(
        rst.replace("image:: static/description/", "image:: "),
        writer_name="html5",
        settings_overrides={
            "stylesheet_path": None,
            "embed_stylesheet": False,
            "output_encoding": "unicode",
            "initial_header_level": 2,
            "halt_level": 2,  # a warning is an error
        },
    )
    # which program wrote it is of no use to readers
    return re.sub(r'<meta name="generator"[^>]*>\n', "", page)


def find_outdated(addon):
    """Yield (path, bytes) of each file that is not what it should be."""
    rst = write_rst(addon)
    wanted = {addon / "README.rst": rst.encode()}
    page = addon / "static" / "description" / "index.html"
    wanted[page] = write_html(rst).encode()
    for picture in page.parent.glob("*.png"):
        original = ROOT / "docs" / "images" / picture.name
        if original.exists():
            wanted[picture] = original.read_bytes()
    for path, content in wanted.items():
        if not path.exists() or path.read_bytes() != content:
            yield path, content


def main(*arguments):
    check = arguments == ("--check",)
    outdated = False
    for fragments in sorted(ROOT.glob("*/readme")):
        for path, content in find_outdated(fragments.parent):
            outdated = True
            if check:
                print(f"{path.relative_to(ROOT)}: out of date, run `make readme`")
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                print(f"{path.relative_to(ROOT)}: written")
    return check and outdated


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
