"""Plain text as HTML: paragraphs, lines and links, in a time that grows with the text.

Odoo's ``plaintext2html`` takes minutes for one long word that is full of links.
"""

import re

from markupsafe import Markup

_LINE_END = re.compile(r"\r\n?|\n")
_LINK = re.compile(r"(?:https?|ftp)://[^\s<>\"']{1,2000}")
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


def _with_links(line):
    pieces, at = [], 0
    for found in _LINK.finditer(line):
        # what ends a sentence is not part of it
        link = found[0].rstrip(".,;:!?")
        pieces += [line[at : found.start()], _ANCHOR % (link, link)]
        at = found.start() + len(link)
    return Markup().join([*pieces, line[at:]])
