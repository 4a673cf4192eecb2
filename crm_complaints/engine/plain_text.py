"""Plain text as HTML, and HTML as plain text, in a time that grows with the text.

Odoo's ``plaintext2html`` takes minutes for one long word that is full of links, and its
``html2plaintext`` breaks lines where the HTML does and lists links at the end.
"""

import re

from lxml import etree
from markupsafe import Markup

_LINE_END = re.compile(r"\r\n?|\n")
_LINK = re.compile(r"(?:https?|ftp)://[^\s<>\"']{1,2000}")
# What ends a sentence: in Latin, Armenian, Hindi, Urdu, Chinese.
_FULL_STOPS = ".!։।۔。 \t\n"
_ANCHOR = Markup('<a href="%s" target="_blank" rel="noreferrer noopener">%s</a>')


def as_html(text):
    """Return a text as HTML: blank lines end paragraphs, addresses of pages are links.

    :rtype: Markup
    """
    paragraphs, lines = [], []
    for line in (*_LINE_END.split(text), ""):
        if line.strip():
            lines.append(_with_links(line))
        elif lines:
            paragraphs.append(Markup("<br/>").join(lines))
            lines = []
    return Markup("<p>%s</p>") % Markup("</p><p>").join(paragraphs)


def without_full_stop(text):
    """Return a sentence so that it can stand within another one."""
    return text.strip().rstrip(_FULL_STOPS)


def _with_links(line):
    pieces, at = [], 0
    for found in _LINK.finditer(line):
        # what ends a sentence is not part of it
        link = found[0].rstrip(".,;:!?")
        pieces += [line[at : found.start()], _ANCHOR % (link, link)]
        at = found.start() + len(link)
    return Markup().join([*pieces, line[at:]])


_BLOCKS = frozenset(
    ("address", "article", "blockquote", "dd", "div", "dl", "dt", "footer", "header")
    + ("h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section")
    + ("table", "td", "th", "tr", "ul")
)
# A blank line goes before and after these.
_APART = frozenset(
    ("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "ul")
)
_UNSEEN = frozenset(("head", "script", "style", "template", "title"))
_BLANKS = re.compile(r"[ \t\r\n\f]+")


def from_html(html):
    """Return the words of HTML as the plain text of a mail.

    Paragraphs are apart, items of lists have a bullet, and the address of a link stands
    behind its words. Pictures are left out.

    :param str html: a page, or a part of one
    """
    if not (html or "").strip():
        return ""
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(html.encode(), parser)
    writer = _Writer()
    if root is not None:
        unseen = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if unseen is None and event == "start":
                if element.tag in _UNSEEN:
                    unseen = element
                else:
                    writer.begin(element)
                    writer.add(element.text)
            elif event == "end":
                if unseen is None:
                    writer.end(element)
                elif unseen is element:
                    unseen = None
                if unseen is None:
                    writer.add(element.tail)
    return writer.text()


class _Writer:
    """Writes words into lines; ``gap`` is how many line ends are due before the next."""

    def __init__(self):
        self.lines = [""]
        self.gap = 0

    def begin(self, element):
        self._break_for(element)
        if element.tag == "li":
            self.add("• ")
        elif element.tag == "br":
            self.gap = max(self.gap, 1)

    def end(self, element):
        link = element.tag == "a" and (element.get("href") or "")
        if link and not link.startswith(("#", "mailto:", "tel:")):
            words = "".join(element.itertext()).strip()
            if link != words:
                self.add(f" <{link}>" if words else link)
        self._break_for(element)

    def _break_for(self, element):
        if element.tag in _BLOCKS:
            self.gap = max(self.gap, 2 if element.tag in _APART else 1)

    def add(self, words):
        words = _BLANKS.sub(" ", words or "")
        if not self.lines[-1] or self.gap:
            words = words.lstrip(" ")
        if not words:
            return
        if self.gap:
            if any(self.lines):
                self.lines += [""] * self.gap
            self.gap = 0
        if self.lines[-1].endswith(" "):
            words = words.lstrip(" ")
        self.lines[-1] += words

    def text(self):
        return "\n".join(line.rstrip(" ") for line in self.lines).strip("\n")
