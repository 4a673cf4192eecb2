"""Reading a mail's headers, parts and text without ever raising.

Python's parser interprets a header when it is asked for, and raises a whole zoo of
errors on broken ones. Here headers are read as they stand.
"""

import re
from contextlib import contextmanager
from email.errors import HeaderParseError
from email.header import decode_header
from html import unescape

from . import budget

# More than any real mail has; a hostile one may have millions of parts.
_MOST_PARTS = 500
# What people and machines say stands at the beginning.
_MOST_TEXT = 200_000
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@]{1,64}@[^\s<>()\[\]\",;:@]{1,255}")
# Names in quotes, and comments (RFC 5322, 3.2).
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*(?:(")|\\?\Z)|\([^()]*(\))')
_BRACKETED = re.compile(r"<([^<>]*)>")
# Where a line of HTML ends, and where a cell of a table does.
_BREAK = re.compile(
    r"<(?:br|/?p|/?div|/tr|/?table|/li|/h\d|/?blockquote|hr|/?pre)\b[^<>]*>", re.I
)
_CELL = re.compile(r"</t[dh]\s*>", re.I)
_TAG = re.compile(r"<[^<>]*>")
_STYLE = re.compile(r"<(style|script|title)\b[^<>]*>[^<]*</\1>", re.I)
_MESSAGE_ID = re.compile(r"<[^\s<>]{1,250}@[^\s<>]{1,250}>")


@contextmanager
def tolerant(told=None):
    """Run the block, and go on behind it where what was sent makes it raise.

    No list of errors would do: broken mails lead Python's parser, and what reads on
    from it, to errors of any kind.

    :param list told: to which a line is added that says what was raised
    """
    budget.check()
    try:
        yield
    except budget.OutOfTime:
        raise  # nothing of the mail is wrong
    except Exception as error:
        if told is not None:
            told.append(f"{type(error).__name__}: {error}"[:200])


def clean(text):
    """Return a text as one line that can be shown and stored: no NUL, no surrogates."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(text.replace("\0", " ").split())


def shortened(text, width=120):
    """Return the beginning of a text, with an ellipsis where something is missing."""
    text = clean(text)
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"


def headers(message, name):
    """Return the texts of all headers of that name, topmost first."""
    items, found = [], []
    with tolerant():
        items = list(message.raw_items())
    name = name.lower()
    for key, value in items:
        if key.lower() == name:
            text = ""
            # it may be an object of the parser's own that cannot be printed
            with tolerant():
                text = clean(str(value))
            found.append(text)
    return found


def header(message, name):
    """Return the text of the topmost header of that name, '' where there is none."""
    return next(iter(headers(message, name)), "")


def decoded(text):
    """Return a header's text with its encoded words (RFC 2047) decoded where they can be."""
    if "=?" not in text:
        return text
    words = []
    try:
        for word, charset in decode_header(text):
            words.append(as_text(word, charset) if isinstance(word, bytes) else word)
    except (HeaderParseError, ValueError):
        return text
    return clean("".join(words))


def as_text(content, charset):
    """Return bytes as text, whatever the charset is said to be."""
    try:
        return content.decode(charset or "utf-8", "replace")
    except (LookupError, ValueError):
        return content.decode("latin-1")


def content_type(message):
    """Return a part's type in lower case, text/plain where it tells none (RFC 2045, 5.2)."""
    found = re.match(
        r"\s*([^\s/;]{1,80}/[^\s/;]{1,80})", header(message, "Content-Type")
    )
    return found[1].lower() if found else "text/plain"


def parameter(message, name, of="Content-Type"):
    """Return a header's parameter as it stands, '' where there is none."""
    found = re.search(
        rf';\s*{re.escape(name)}\s*=\s*(?:"([^"]*)"|([^\s;]+))',
        header(message, of),
        re.I,
    )
    return (found[1] or found[2] or "") if found else ""


def parts(message):
    """Return the mail and its parts in their order, but nothing of mails inside it."""
    found, waiting = [], [message]
    while waiting and len(found) < _MOST_PARTS:
        part = waiting.pop()
        found.append(part)
        inside = payload(part)
        if isinstance(inside, list) and not content_type(part).startswith("message/"):
            waiting += reversed(inside)
    return found


def payload(part):
    """Return what a part holds, as the parser left it: parts, text, or None."""
    inside = None
    with tolerant():
        inside = part.get_payload()
    return inside


def text(part):
    """Return a part's text, decoded as well as it can be."""
    content = None
    with tolerant():
        content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        inside = payload(part)
        content = inside.encode("utf-8", "replace") if isinstance(inside, str) else b""
    return as_text(content[:_MOST_TEXT], parameter(part, "charset"))


def first_text(message):
    """Return the text of a mail that people see first."""
    for part in parts(message):
        if content_type(part).startswith("text/") and (found := text(part)).strip():
            return found
    inside = payload(message)
    return text(message) if isinstance(inside, str) else ""


def plain(message):
    """Return the text of a mail as lines, with a tab behind each cell of a table."""
    for part in parts(message):
        kind = content_type(part)
        if not kind.startswith("text/"):
            continue
        found = text(part)
        if kind == "text/html":
            found = _CELL.sub("\t", _BREAK.sub("\n", _STYLE.sub("", found)))
            found = unescape(_TAG.sub("", found))
        if found.strip():
            return found
    return ""


def addresses(text):
    """Return the addresses in a text, in lower case, each once."""
    return list(dict.fromkeys(found.lower() for found in _ADDRESS.findall(text)))


def sender(message):
    """Return whose address a mail is from, in lower case, '' where there is none.

    A name may look like an address, of somebody else as well: brackets go before it.
    """
    text = header(message, "From")
    # a quote that is never closed is none
    unquoted = _QUOTED.sub(lambda found: " " if found.lastindex else found[0], text)
    bracketed = _BRACKETED.findall(unquoted)
    for some in (*bracketed, unquoted, text):
        if found := addresses(some):
            return found[0]
    return ""


def message_ids(text):
    """Return the Message-IDs in a text, each once, with their angle brackets."""
    return list(dict.fromkeys(_MESSAGE_ID.findall(text)))
