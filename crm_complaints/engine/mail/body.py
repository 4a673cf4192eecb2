"""A mail's HTML: made harmless, reduced to its sender's own words, or folded.

The HTML is what Odoo makes of a mail: a text mail is one <pre>. Nothing here raises,
whatever is in it. It is meant for a mail before Odoo has put its own addresses in the
place of the pictures that the mail brought along.
"""

import html as entities
import re

from lxml import etree

from . import budget, source
from .quotes import Line, left_out, visible


def _names(words):
    return frozenset(words.split())


# What browsers show in lines of their own.
_BLOCKS = _names(
    "address article aside blockquote body caption center dd details dir div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li "
    "main menu nav ol optgroup option p pre section summary table tbody tfoot thead tr ul "
    "xmp listing plaintext"
)
_INLINE = _names(
    "a abbr acronym b bdi bdo big br cite code col colgroup del dfn em font i img ins kbd "
    "label mark q rp rt ruby s samp small span strike strong sub sup td th time tt u var "
    "wbr"
)
_TAGS = _BLOCKS - {"form", "fieldset", "legend", "optgroup", "option"} | _INLINE
# Other names for what may stay.
_RENAMED = {
    "fieldset": "div",
    "legend": "div",
    "option": "div",
    "optgroup": "div",
    "form": "div",
    "xmp": "pre",
    "listing": "pre",
    "plaintext": "pre",
    "textarea": "pre",
    "body": "div",
    "label": "span",
}
# These go with all that is in them; of others only the tag goes.
_GONE = _names(
    "applet audio base basefont bgsound command datalist embed frame frameset head iframe "
    "isindex keygen link meta noembed noframes param script source style template title "
    "track xml"
)
_ATTRIBUTES = _names(
    "abbr align alt axis bgcolor border cellpadding cellspacing char charoff clear color "
    "cols colspan compact data-filename data-o-mail-quote data-o-mail-quote-container "
    "data-o-mail-quote-node data-smartmail datetime dir face frame headers height hspace "
    "href lang nowrap rel reversed rowspan rules scope size span src start style summary "
    "target title type valign value vspace width"
)
_STYLES = re.compile(
    r"(?:background(?:-color)?|border(?:-[a-z-]+)?|caption-side|clear|color|direction|"
    r"display|empty-cells|float|font(?:-(?:family|size|style|variant|weight|stretch))?|"
    r"height|hyphens|letter-spacing|line-height|list-style(?:-type|-position)?|"
    r"margin(?:-[a-z]+)?|max-height|max-width|min-height|min-width|opacity|"
    r"overflow(?:-wrap)?|padding(?:-[a-z]+)?|table-layout|text-(?:align|decoration|"
    r"decoration-[a-z]+|indent|transform)|unicode-bidi|vertical-align|visibility|"
    r"white-space|width|word-(?:break|spacing|wrap))$"
)
_DECLARATION = re.compile(
    r"(?<![\w-])([\w-]{1,60})\s{0,20}:\s{0,20}((?:[^;\"']|\"[^\"]*\"|'[^']*')+)"
)
# The name of a function, read backwards from its bracket.
_FUNCTION = re.compile(r"\s*([\w-]*)")
_COLOURS = frozenset(["rgb", "rgba", "hsl", "hsla", "calc", "min", "max"])
_LINK = re.compile(r"(?:https?|ftps?|mailto|tel|sms|callto|sip|xmpp):|//", re.I)
_PICTURE = re.compile(r"cid:|data:image/(?:png|jpe?g|gif|webp)[;,]", re.I)
_OUTSIDE = re.compile(r"(?:https?:|ftp:)?//([^/?#\s]*)", re.I)
# Characters that HTML cannot carry, and halves of characters.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f]+")
_SPACES = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028-\u202f\u2060\ufeff]+")
_PAGE = re.compile(r"<(?:/?(?:html|body|head)\b|!doctype)[^<>]*>", re.I)
_ANY_TAG = re.compile(r"<[^<>]*>")
_ENDLESS = [(re.compile("-->"), re.compile("<!--"))] + [
    (re.compile(rf"</{name}\b", re.I), re.compile(rf"<{name}\b[^<>]*>", re.I))
    for name in ("style", "script", "title", "template", "noembed", "noframes")
]
_OPENING = re.compile("<[a-zA-Z]")
# Attributes as libxml2 reads them: with a value, or anything up to a blank or the end.
_ATTRIBUTE = re.compile(
    r"[\s/]*(?:[\w:.-]+\s*=\s*(?:\"[^\"]*\"?|'[^']*'?|[^\s>\"'][^\s>]*)|[^\s/>]+)"
)
_NOTHING = re.compile(r"(?:0*[01])?(?:\.\d*)?\s{0,9}(?:px|pt|em|%)?$", re.I)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|mso-hide\s*:\s*all",
    re.I,
)
_NO_SIZE = re.compile(
    r"(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*0*[01](?:\.\d*)?(?:px|pt|em|%)?\s*"
    r"(?:!important\s*)?(?:;|$)",
    re.I,
)
_DISPLAY_NONE = re.compile(r"display\s*:\s*none", re.I)
_KEEPS_LINES = re.compile(r"white-space\s*:\s*pre", re.I)
_QUOTE_BORDER = re.compile(r"border(?:-[a-z-]{0,30})?left", re.I)
# What Odoo folds in a text, whoever wrote it.
_ODOO_MARKS = re.compile(r"\n>|(?:^|\n)--\s?(?:[\r\n]|$)")
# How mail programs call what they wrap around a quote and a signature.
_QUOTES = re.compile(
    r"yahoo_quoted|yahooquoted|yahoo-quoted|moz-cite-prefix|gmail_attr|zmail_extra|"
    r"mail-editor-reference-message-container|olk_src_body_section|isreplycontent|"
    r"protonmail_quote|tutanota_quote|zimbra_quote|cite\b",
    re.I,
)
_HISTORY = re.compile(r"divrplyfwdmsg|appendonsend|stopspelling|replymessage", re.I)
_SIGNATURES = re.compile(
    r"gmail_signature|moz-signature|odoo_signature|protonmail_signature|signature$|"
    r"ms-outlook-mobile-signature|composer_signature|"
    r"mobile-?signature",
    re.I,
)
# What is to be taken out of a tree is called so, until it is.
_TO_REMOVE, _TO_UNWRAP = "to-remove", "to-unwrap"
_LONGEST_STYLE = 2_000
# Of one tag; and how often a text is looked at to count them.
_MOST_ATTRIBUTES, _MOST_LOOKS = 300, 20
_LONGEST_ATTRIBUTE = 2_000
# Half of what Odoo and its editor put up with.
_DEEPEST = 120
# It takes two rounds to see that nothing changes any more.
_ROUNDS = 6


def harmless(html, picture="Picture"):
    """Return a mail's HTML that loads nothing from outside and in which nothing acts.

    A picture from outside becomes its description and a link to open it deliberately;
    one that nobody was to see vanishes.

    :param html: any text that is said to be HTML
    :param picture: the word that stands for a picture, in the language of whoever opens it
    :return: HTML of the same words; the same again if it is given back
    """
    return _safely(html, lambda text: _settled(text, picture), keeps=False)


def own_words(html, subject=""):
    """Return the own words of a mail's sender, without history and signature.

    What they forward is theirs, too, and so is what they write between quotes. In doubt
    it stays, and if nothing else remained, all of it.

    :param html: a mail's HTML
    :param subject: the mail's subject, which tells a forwarded mail from an answered one
    """
    return _safely(html, lambda text: _without(text, subject), keeps=True)


def folded(html, subject=""):
    """Return a mail's HTML marked so that Odoo's chatter folds history and signature.

    It folds what `own_words` leaves out, and takes away marks that Odoo has made on
    the sender's own words.

    :param html: a mail's HTML
    :param subject: as for `own_words`
    """
    return _safely(html, lambda text: _with_marks(text, subject), keeps=True)


def _safely(html, make, keeps):
    """Return what `make` makes of the HTML, its words as text where that fails.

    :param keeps: give the HTML back as it is, rather than as text
    """
    text, made = "", None
    with source.tolerant():
        text = _NO_TEXT.sub("", "".join(str(html or "").splitlines(True)))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        made = make(text)
    if made is None:
        return text if keeps or not text else _as_text(text)
    return made


def _as_text(text):
    """Return what is left of HTML that cannot be read: its words, as they stand."""
    words = entities.unescape(_ANY_TAG.sub(" ", text))
    return f"<pre>{entities.escape(_NO_TEXT.sub('', words))}</pre>"


class _Unreadable(Exception):
    """The parser would lose something of this HTML."""


def _parsed(text):
    """Return the tree of a text, a body with what is in it."""
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    # bodies in bodies and what follows a body's end would be lost
    text = _closed(_PAGE.sub("", text))
    if _has_many_attributes(text):
        raise _Unreadable
    root = etree.fromstring(f"<html><body>{text}</body></html>".encode(), parser)
    body = None if root is None else root.find("body")
    if body is None or any(
        "depth" in error.message for error in parser.error_log.filter_from_fatals()
    ):
        raise _Unreadable
    body.attrib.clear()
    return body


def _closed(text):
    """Take the beginning away of what nobody sees and has no end: all would be gone."""
    for end, beginning in _ENDLESS:
        last = max((found.end() for found in end.finditer(text)), default=0)
        text = text[:last] + beginning.sub("", text[last:])
    return text


def _has_many_attributes(text):
    """Tell whether a tag has so many attributes that the parser would take too long.

    It compares each with all others. Where a tag begins depends on what stands before
    it, so each place is looked at where one may.
    """
    looked_at, most = 0, _MOST_LOOKS * len(text) + _LONGEST_STYLE
    for opening in _OPENING.finditer(text):
        begin = at = opening.end()
        for _attribute in range(_MOST_ATTRIBUTES):
            found = _ATTRIBUTE.match(text, at)
            if not found:
                break
            at = found.end()
        else:
            return True
        looked_at += at - begin
        if looked_at > most:
            return True
    return False


def _written(body):
    """Return the HTML of what is in a body."""
    text = etree.tostring(body, encoding="unicode", method="html", with_tail=False)
    return text.removeprefix("<body>").removesuffix("</body>").strip("\n")


# -- making it harmless


def _settled(text, picture):
    """Clean until cleaning changes nothing more: the parser moves what is badly nested."""
    for _round in range(_ROUNDS):
        before, text = text, _cleaned(text, picture)
        if text == before:
            return text
    return _as_text(text)


def _cleaned(text, picture):
    body = _parsed(text)
    for element in list(body.iterdescendants()):
        budget.check()
        _clean(element, picture)
    _sweep(body)
    _make_shallow(body)
    return _written(body)


def _make_shallow(body):
    """Take out the tags of what is nested too deep, but not what is in it.

    Odoo cuts off what is in more than 255 elements when it stores a text.
    """
    depth, deep = 0, []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        if depth > _DEEPEST and element.tag not in ("br", "hr", "img"):
            deep.append(element)
    for element in deep:
        if element.tag in _BLOCKS and (element.text or "").strip():
            line = etree.Element("br")
            line.tail, element.text = element.text, None
            element.insert(0, line)
        _unwrap(element)
    if deep:
        _sweep(body)


def _clean(element, picture):
    """Make one element harmless, or take it out."""
    tag = element.tag.lower() if isinstance(element.tag, str) else ""
    if tag in _GONE:
        _remove(element)
        return
    if tag == "input":
        _replace(element, _words_of_input(element))
        return
    if tag in ("img", "image"):
        if not _keep_picture(element):
            _replace_picture(element, picture)
        return
    element.tag = _RENAMED.get(tag, tag)
    if element.tag not in _TAGS:
        _unwrap(element)
        return
    _clean_attributes(element)


def _clean_attributes(element):
    for name, value in element.items():
        if len(value) > _LONGEST_ATTRIBUTE and not (
            name == "src" and element.tag == "img"
        ):
            del element.attrib[name]
            continue
        if "<" in value:
            # whoever looks for tags from here on would take it for one
            value = value.replace("<", "%3C")
            element.set(name, value)
        if name in ("class", "id", "name"):
            marks = _marks(value)
            if marks and name != "name":
                element.set(name, marks)
            else:
                del element.attrib[name]
        elif name not in _ATTRIBUTES or (name == "src" and element.tag != "img"):
            del element.attrib[name]
        elif name == "href":
            _set_or_drop(element, name, _link(value) if element.tag == "a" else "")
        elif name == "style":
            _set_or_drop(element, name, _style(value))
    if element.tag == "a" and element.get("href"):
        element.set("target", "_blank")
        element.set("rel", "noreferrer noopener nofollow")


def _set_or_drop(element, name, value):
    if not value:
        del element.attrib[name]
    elif value != element.get(name):
        element.set(name, value)


def _marks(value):
    """Return of classes or an id what tells quotes and signatures."""
    return " ".join(
        word
        for word in value.split()
        if len(word) < 60
        and (
            _QUOTES.search(word)
            or _HISTORY.search(word)
            or _SIGNATURES.search(word)
            or word.startswith("gmail_")
        )
    )


def _link(value):
    """Return a link that leads outside when somebody follows it, else ''."""
    if value.lower().startswith("www."):
        return f"http://{value}"
    # browsers, too, read on past control characters
    for text in (_CONTROLS.sub("", value).strip(), _SPACES.sub("", value)):
        if _LINK.match(text):
            return text
    return ""


def _style(value):
    """Return the declarations of a style that only say what text looks like."""
    if len(value) > _LONGEST_STYLE:
        return ""
    kept = []
    for name, what in _DECLARATION.findall(value):
        name, what = name.lower(), what.strip()
        functions = {
            _FUNCTION.match(before[::-1])[1][::-1].lower()
            for before in what.split("(")[:-1]
        }
        if _STYLES.match(name) and functions <= _COLOURS:
            kept.append(f"{name}: {what}")
    return "; ".join(kept)


def _keep_picture(element):
    """Clean a picture that the mail brings along, and tell whether it is one."""
    source = _SPACES.sub(
        lambda found: " " if found[0] == " " else "", element.get("src", "").strip()
    )
    if element.tag != "img" or not _PICTURE.match(source):
        return False
    scheme, rest = source.split(":", 1)
    element.set("src", f"{scheme.lower()}:{rest}")
    _clean_attributes(element)
    return True


def _replace_picture(element, picture):
    """Put words and a link in the place of a picture from outside."""
    source = element.get("src") or element.get("srcset", "").split(" ")[0].rstrip(",")
    source = _SPACES.sub("", source or element.get("href", ""))
    outside = _OUTSIDE.match(source)
    words = visible(element.get("alt") or element.get("title") or "")
    if _unseen(element) or not (outside or words):
        _replace(element, "")
        return
    if not outside:
        _replace(element, f"[{words}]")
        return
    link = etree.Element("a", href=source)
    host = visible(outside[1].rpartition("@")[2])
    link.text = f"[{picture}: {words} ({host})]" if words else f"[{picture}: {host}]"
    _clean_attributes(link)
    around = next(element.iterancestors("a"), None)
    if around is None:
        element.addprevious(link)
        _replace(element, "")
        return
    # a link in a link would end the outer one
    _replace(element, f"[{words or picture}]")
    around.addnext(link)


def _unseen(element):
    """Tell whether a picture is there to tell its owner that the mail was opened."""
    style = element.get("style", "")
    sizes = [element.get(name) for name in ("width", "height") if element.get(name)]
    return bool(
        any(_NOTHING.match(size.strip()) for size in sizes)
        or _HIDDEN.search(style)
        or _NO_SIZE.search(style)
        or element.get("hidden") is not None
    )


def _words_of_input(element):
    kind = element.get("type", "text").lower()
    if kind in ("hidden", "password", "radio", "checkbox", "file", "color", "range"):
        return ""
    return visible(element.get("value") or element.get("alt") or "")


def _remove(element):
    """Let an element be taken out with what is in it, but not the text behind it."""
    element.tag = _TO_REMOVE


def _unwrap(element):
    """Let an element's tag be taken out, leaving what is in it."""
    element.tag = _TO_UNWRAP


def _replace(element, words):
    """Put words in the place of an element."""
    del element[:]
    element.text = words
    element.tag = _TO_UNWRAP


def _sweep(body):
    """Take out what was marked: all at once, since one by one takes far too long."""
    etree.strip_elements(body, _TO_REMOVE, with_tail=False)
    etree.strip_tags(body, _TO_UNWRAP)


# -- the sender's own words


def _without(text, subject):
    body, lines, out = _read(text, subject)
    if not any(out):
        return _written(body)
    hide = _Cut(body, lines, out)
    for element in hide.elements:
        if (element.tail or "").strip():
            # the words before and behind it are not one
            element.tail = f" {element.tail}"
        _remove(element)
    for (element, is_tail), ranges in hide.ranges.items():
        whole = (element.tail if is_tail else element.text) or ""
        kept = "".join(whole[start:end] for start, end, gone in ranges if not gone)
        if is_tail:
            element.tail = kept
        else:
            element.text = kept
    _sweep(body)
    _trim(body)
    return _written(body)


def _with_marks(text, subject):
    body, lines, out = _read(text, subject)
    for element in body.iterdescendants():
        for name in list(element.attrib):
            if name.startswith("data-o-mail-quote"):
                del element.attrib[name]
    hide = _Cut(body, lines, out)
    for element in hide.elements:
        element.set("data-o-mail-quote", "1")
    _show_blockquotes(body, hide)
    for (element, is_tail), ranges in hide.ranges.items():
        _mark_text(element, is_tail, ranges)
    for element in list(body.iter()):
        if element.text and _ODOO_MARKS.search(element.text):
            # Odoo looks for quotes in what an element begins with only
            begin = etree.Element("span")
            begin.tail, element.text = element.text, None
            element.insert(0, begin)
    return _written(body)


def _show_blockquotes(body, hide):
    """Rename what is only indented, since Odoo folds every blockquote."""
    hidden = {
        inside for element in hide.elements for inside in element.iter("blockquote")
    }
    for element in list(body.iter("blockquote")):
        if element not in hidden:
            style = element.get("style", "").strip(" ;")
            element.tag = "div"
            element.attrib.pop("type", None)
            if "margin" not in style:
                style = f"margin: 0 0 0 40px; {style}".strip(" ;")
            element.set("style", style)


def _mark_text(element, is_tail, ranges):
    """Wrap the parts of a text that are left out."""
    whole = (element.tail if is_tail else element.text) or ""
    pieces = []
    for start, end, gone in ranges:
        if pieces and pieces[-1][1] == gone:
            pieces[-1][0] += whole[start:end]
        else:
            pieces.append([whole[start:end], gone])
    first = "" if pieces[0][1] else pieces.pop(0)[0]
    last = None
    if is_tail:
        element.tail, last = first, element
    else:
        element.text = first
    for words, gone in pieces:
        if not gone:
            last.tail = (last.tail or "") + words
            continue
        mark = etree.Element("span", {"data-o-mail-quote": "1"})
        mark.text = words
        if last is None:
            element.insert(0, mark)
        else:
            # the text behind belongs behind the mark
            tail, last.tail = last.tail, None
            last.addnext(mark)
            last.tail = tail
        last = mark


def _read(text, subject):
    """Return a text's tree, its lines, and which of them are left out."""
    body = _parsed(text)
    lines = _LineReader(body).lines
    return body, lines, left_out([line.line for line in lines], subject)


class _Place:
    """A line, and where in the tree its pieces are: (element, is it its tail, from, to)."""

    __slots__ = ("line", "pieces", "raw")

    def __init__(self, line):
        self.line = line
        self.pieces = []
        self.raw = []


class _LineReader:
    """Reads a tree line by line, as a browser would show it."""

    def __init__(self, body):
        self.lines = []
        self._place = None
        self._pre = 0  # how deep in elements that keep their lines
        self._cited = 0
        self._signed = 0
        self._begins = False
        # a text mail of several parts is several <pre>
        self._of_texts = len(body) > 1 and all(child.tag == "pre" for child in body)
        self._part = 0
        self._block = 0
        self._blocks = []  # the blockquotes that may be indented text only
        self._walk(body)
        self._end()

    def _walk(self, body):
        self._text(body, False, body.text)
        walk = etree.iterwalk(body, events=("start", "end"))
        for event, element in walk:
            if element is body:
                continue
            if event == "start":
                if _DISPLAY_NONE.search(element.get("style", "")):
                    walk.skip_subtree()
                self._start(element)
                if not _DISPLAY_NONE.search(element.get("style", "")):
                    self._text(element, False, element.text)
            else:
                self._leave(element)
                self._text(element, True, element.tail)

    def _start(self, element):
        if element.tag in _BLOCKS:
            self._end()
        if self._of_texts and element.tag == "pre":
            self._part += 1
        if element.tag == "br":
            self._here().pieces.append((element, None, 0, 0))
            self._end()
            return
        if element.tag in ("img", "hr"):
            place = self._here()
            place.pieces.append((element, None, 0, 0))
            place.line.picture = place.line.picture or element.tag == "img"
        self._count(element, 1)

    def _leave(self, element):
        if element.tag == "br":
            return
        self._count(element, -1)
        if element.tag in _BLOCKS:
            self._end()
        elif element.tag in ("td", "th") and self._place is not None:
            self._place.raw.append(" ")

    def _count(self, element, step):
        """Enter or leave what tells of quotes, signatures and kept lines."""
        if not element.attrib and element.tag not in ("pre", "blockquote", "xmp"):
            return
        style, kind = element.get("style", ""), _kind(element)
        if element.tag in ("pre", "xmp", "listing") or _KEEPS_LINES.search(style):
            self._pre += step
        if kind == "quote":
            self._cited += step
        elif kind == "block":
            if step > 0:
                self._block += 1
                self._blocks.append(self._block)
            else:
                self._blocks.pop()
        elif kind == "signature":
            self._signed += step
        elif kind == "history" and step > 0:
            self._end()
            self._begins = True

    def _here(self):
        if self._place is None:
            self._place = _Place(
                Line(
                    text="",
                    cited=self._cited > 0,
                    block=self._blocks[0] if self._blocks else None,
                    signed=self._signed > 0,
                    part=self._part,
                )
            )
        return self._place

    def _text(self, element, is_tail, text):
        if not text or (not self._pre and self._place is None and text.isspace()):
            return
        if not self._pre:
            self._add(element, is_tail, text, 0, len(text))
            return
        start = 0
        while (end := text.find("\n", start)) >= 0:
            self._add(element, is_tail, text, start, end + 1)
            self._end()
            start = end + 1
        if start < len(text):
            self._add(element, is_tail, text, start, len(text))

    def _add(self, element, is_tail, text, start, end):
        place = self._here()
        place.pieces.append((element, is_tail, start, end))
        place.raw.append(text[start:end])

    def _end(self):
        place, self._place = self._place, None
        if place is None:
            return
        raw = "".join(place.raw)
        place.line.text = visible(raw)
        place.line.delimiter = raw.strip("\r\n").replace("\xa0", " ") == "-- "
        if self._begins and (place.line.text or place.line.picture):
            place.line.begins, self._begins = True, False
        self.lines.append(place)


def _kind(element):
    """Tell what mail programs use an element for: quote, block, signature, history, ''."""
    names = f"{element.get('class', '')} {element.get('id', '')}"
    if element.tag == "blockquote":
        sure = (
            element.get("type", "").lower() == "cite"
            or element.get("cite")
            or "quote" in names.lower()
            or _QUOTE_BORDER.search(element.get("style", ""))
        )
        return "quote" if sure else "block"
    if element.get("data-smartmail"):
        return "signature"
    if names == " ":
        return ""
    if _HISTORY.search(names):
        return "history"
    if _QUOTES.search(names):
        return "quote"
    return "signature" if _SIGNATURES.search(names) else ""


class _Cut:
    """What is left out of a tree: whole elements, and ranges of the texts of others."""

    def __init__(self, body, lines, out):
        self.elements = []
        self.ranges = {}
        gone, kept, texts, single = {}, {}, {}, {}
        for place, is_out in zip(lines, out, strict=True):
            for element, is_tail, start, end in place.pieces:
                if is_tail is None:
                    single[element] = is_out
                    # a line break alone keeps nothing
                    if element.tag == "img" or is_out:
                        (gone if is_out else kept)[element] = 1
                    continue
                texts.setdefault((element, is_tail), []).append((start, end, is_out))
                blank = not place.line.text
                if not blank or is_out:
                    holder = element.getparent() if is_tail else element
                    counted = gone if is_out else kept
                    counted[holder] = counted.get(holder, 0) + 1
        order = list(body.iter())
        for element in reversed(order):
            parent = element.getparent()
            if element is not body:
                for counted in (gone, kept):
                    if element in counted:
                        counted[parent] = counted.get(parent, 0) + counted[element]
        self._collect(body, gone, kept)
        inside = set()
        for element in self.elements:
            inside.update(element.iter())
        for (element, is_tail), ranges in texts.items():
            holder = element.getparent() if is_tail else element
            if holder not in inside and any(is_out for *_, is_out in ranges):
                self.ranges[element, is_tail] = ranges

    def _collect(self, body, gone, kept):
        """Find the outermost elements of which nothing is kept."""
        waiting = [body]
        while waiting:
            element = waiting.pop()
            if element is not body and gone.get(element) and not kept.get(element):
                self.elements.append(element)
            elif gone.get(element):
                waiting += element


def _trim(body):
    """Take away empty lines at the end."""
    element = body
    while len(element):
        last = element[-1]
        if (last.tail or "").strip():
            return
        if last.tag in ("br", "hr") or not (
            any(text.strip() for text in last.itertext())
            or next(last.iter("img"), None) is not None
        ):
            element.remove(last)
        else:
            element = last
