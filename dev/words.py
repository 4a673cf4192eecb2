"""Checks the texts that people read for gendered pronouns and for retired terms.

words.py FOLDER          prints each fault with its place, and fails if there is any
words.py --list FOLDER   prints all texts instead, each with its place

The texts are those of FOLDER that are translated (Python, XML and JavaScript of the
addons, without tests and without demo data, where customers speak), and all Markdown:
the fragments of the addons' READMEs, the docs and what lies at the top. The retired
terms are in docs/glossary.md.
"""

import ast
import re
import sys
from pathlib import Path

from lxml import etree

GLOSSARY = Path("docs", "glossary.md")
# "his" within a longer word is none; nor is the one of "his/her", which names both.
GENDERED = re.compile(r"\b(?:he|him|his|himself|she|hers?|herself)\b", re.IGNORECASE)
LEFT_OUT = {"tests", "demo", "node_modules", "lib"}
ATTRIBUTES = {"string", "placeholder", "title", "confirm", "help", "alt", "aria-label"}
ATTRIBUTES |= {"sum", "avg", "cancel-label", "confirm-title", "confirm-label"}
# Fields of records that people read, of all models that our data fill.
FIELDS = {"name", "summary", "note", "subject", "help", "label", "description", "body"}
FIELDS |= {"body_html", "default_next_summary", "default_note", "comment", "note_html"}
MARKUP = re.compile(r"\s+|<[^>]*>")
MESSAGE = re.compile(r"\b_t\(\s*(\"(?:[^\"\\]|\\.)*\"|`[^`]*`)")


def find_python_texts(path):
    """Yield (line, text, is_label) of what is shown from Python code."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in ("_", "_lt") and node.args:
                yield from read_constant(node.args[0], False)
            for keyword in node.keywords:
                if keyword.arg in ("string", "help"):
                    yield from read_constant(keyword.value, keyword.arg == "string")
        elif isinstance(node, ast.List):  # a selection
            for item in node.elts:
                if isinstance(item, ast.Tuple) and len(item.elts) == 2:
                    yield from read_constant(item.elts[1], True)
        elif isinstance(node, ast.Assign) and node.targets[0:1]:
            if getattr(node.targets[0], "id", "") == "_description":
                yield from read_constant(node.value, True)
        elif isinstance(node, ast.Dict) and path.name == "__manifest__.py":
            for key, value in zip(node.keys, node.values, strict=True):
                if getattr(key, "value", "") in ("name", "summary", "description"):
                    yield from read_constant(value, False)


def read_constant(node, is_label):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value, is_label


def find_xml_texts(path):
    """Yield (line, text, is_label) of what views, templates and records show."""
    for element in etree.parse(path).iter(etree.Element):
        shown = True
        if element.tag in ("field", "record", "script", "style", "xpath", "attribute"):
            name = element.get("name", "")
            # A field of a record; fields in views have no text of their own.
            shown = element.tag == "field" and name in FIELDS
            shown |= element.tag == "attribute" and name in ATTRIBUTES
        if element.tag == "script":
            continue
        for name in ATTRIBUTES & {*element.attrib}:
            yield element.sourceline, element.get(name), name in ("string", "title")
        if element.tag == "menuitem" and element.get("name"):
            yield element.sourceline, element.get("name"), True
        texts = [element.text if shown else None, *(child.tail for child in element)]
        for text in texts:
            if text and text.strip():
                is_label = element.get("name") == "name" or element.tag == "button"
                yield element.sourceline, text, is_label


def find_script_texts(path):
    text = path.read_text()
    for match in MESSAGE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1][1:-1], False


def find_prose(path):
    code = False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        code ^= line.startswith("```")
        if not code:
            yield number, re.sub(r"`[^`]*`", "", line), False


def find_texts(root):
    """Yield (path, line, text, is_label) of all that people read."""
    readers = {
        ".py": find_python_texts,
        ".xml": find_xml_texts,
        ".js": find_script_texts,
        ".md": find_prose,
    }
    for manifest in sorted(root.glob("*/__manifest__.py")):
        for path in sorted(manifest.parent.rglob("*")):
            folders = path.relative_to(root).parts[:-1]
            if path.suffix in readers and not LEFT_OUT & {*folders}:
                for line, text, is_label in readers[path.suffix](path):
                    yield path, line, MARKUP.sub(" ", text).strip(), is_label
    for path in [*sorted(root.glob("*.md")), *sorted((root / "docs").glob("*.md"))]:
        if path.name != GLOSSARY.name:
            for line, text, is_label in find_prose(path):
                yield path, line, text, is_label


def read_retired(root):
    """Return {retired term in lower case: (whether labels alone, what to write)}."""
    _, _, section = (root / GLOSSARY).read_text().partition("## Retired words")
    section = section.partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    return {
        term.strip().lower(): (where == "as a label", write)
        for terms, where, write in rows[2:]
        for term in terms.split(";")
    }


def find_faults(root):
    """Yield (path, line, fault) of each text that is not as the glossary wants it."""
    retired = read_retired(root)
    labels = {term for term, (only, _write) in retired.items() if only}
    terms = "|".join(map(re.escape, sorted(retired.keys() - labels)))
    anywhere = re.compile(rf"\b(?:{terms})\b", re.IGNORECASE)
    for path, line, text, is_label in find_texts(root):
        if match := GENDERED.search(text):
            yield path, line, f"“{match[0]}”: write “they”, or who it is"
        if match := anywhere.search(text):
            yield path, line, f"“{match[0]}”: write {retired[match[0].lower()][1]}"
        if is_label and text.lower() in labels:
            yield path, line, f"“{text}” as a label: write {retired[text.lower()][1]}"


def main(*arguments):
    only_list = arguments[0] == "--list"
    root = Path(arguments[-1])
    if only_list:
        for path, line, text, is_label in find_texts(root):
            print(f"{path}:{line}: {'label' if is_label else 'text'}: {text}")
        return 0
    faults = [*find_faults(root)]
    for path, line, fault in faults:
        print(f"{path}:{line}: {fault}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
