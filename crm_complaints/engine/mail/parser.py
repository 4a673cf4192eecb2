"""Mail parser: a mail read as Odoo's gateway and Python do, to learn what of it raises."""

import email
import re
from email import policy
from functools import lru_cache

from . import budget, source

ADDRESS_FIELDS = frozenset(
    [
        "from",
        "sender",
        "to",
        "cc",
        "bcc",
        "reply-to",
        "resent-from",
        "resent-sender",
        "resent-to",
        "resent-cc",
        "resent-bcc",
    ]
)
# Headers that Python interprets; in others it decodes encoded words.
STRUCTURED = ADDRESS_FIELDS | {
    "date",
    "resent-date",
    "orig-date",
    "mime-version",
    "content-type",
    "content-disposition",
    "content-transfer-encoding",
    "message-id",
    "resent-message-id",
}
PARAMETER_FIELDS = frozenset(["content-type", "content-disposition"])
# Odoo takes these for application/octet-stream by itself.
ODD_TYPES = frozenset(["binary/octet-stream", "*/*"])
NO_CHARACTER = re.compile("[\ud800-\udfff\x00]")


# What Python reads within a few milliseconds, whatever is in it, and at all: for
# parameters it takes a time that grows with the square of their number.
_SHORT, _LONGEST, _LONGEST_ADDRESSES = 1_000, 8_000, 32_000


@lru_cache(maxsize=256)
def _read_once(name, value):
    return policy.SMTP.header_fetch_parse(name, value)


@lru_cache(maxsize=4)
def _read_long(name, value):
    return policy.SMTP.header_fetch_parse(name, value)


class _Policy(policy.EmailPolicy):
    """Odoo's policy, which reads a header once rather than each time it is asked for.

    Of a long text Python makes a tree, in a time that grows with the square of it.
    """

    def header_fetch_parse(self, name, value):
        if not isinstance(value, str) or hasattr(value, "name"):
            return super().header_fetch_parse(name, value)
        budget.check()
        if len(value) < _SHORT:
            return _read_once(name, value)
        if name.lower() in STRUCTURED:
            is_list = name.lower() in ADDRESS_FIELDS
            longest = _LONGEST_ADDRESSES if is_list else _LONGEST
            return _read_long(name, value[:longest])
        text = "".join(value.splitlines())
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        return source.decoded(text)


# Reads as policy.SMTP does; what is written again is written as it came.
POLICY = _Policy(linesep="\r\n", refold_source="none")


def unreadable(raw):
    """Tell what of a mail raises when it is read as Odoo's gateway reads it.

    :param bytes raw:
    :return: a line for each thing, such as "text/plain: LookupError: …"; empty where
        the mail can be read
    :rtype: list
    """
    found, parts = [], []
    with source.tolerant(found):
        message = email.message_from_bytes(raw, policy=POLICY)
        parts = list(message.walk())
    if found:
        return found
    for part in parts:
        for name, value in part.raw_items():
            if not reads(name, value):
                found.append(f"{name} cannot be read")
        with source.tolerant(found):
            _read_part(part)
    with source.tolerant(found):
        _read_report(message)
    return found


def is_plain(name, value):
    """Tell whether there is nothing in a header that could be misread."""
    return (
        name.lower() not in STRUCTURED
        and value.isascii()
        and "\0" not in value
        and "\x1b" not in value
        and "=?" not in value
    )


def reads(name, value):
    """Tell whether a header can be read, and what is read can be stored."""
    if is_plain(name, value):
        return True
    header, text = parsed(name, value)
    return header is not None and not NO_CHARACTER.search(text)


def _read_part(part):
    """Read a part as Odoo's ``_message_parse_extract_payload`` does."""
    if part.get_content_maintype() == "multipart":
        return part.get_payload(decode=True)
    name = part.get_filename()
    if NO_CHARACTER.search(name or ""):
        raise ValueError("file name")
    if part.get_content_maintype() == "text" and not part.get_param("charset"):
        part.set_charset("utf-8")
    if part.get_content_type() in ODD_TYPES:
        return part.get_payload(decode=True)
    content = part.get_content()
    if isinstance(content, str):
        if not name and NO_CHARACTER.search(content):
            raise ValueError("characters that cannot be stored")
    elif not isinstance(content, bytes):
        content.as_bytes()
    return content


def _read_report(message):
    """Find what a report returns as Odoo's ``_message_parse_extract_bounce`` does."""
    if message.get_content_type() != "multipart/report":
        return
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status" and len(part.get_payload()) > 1:
            part.get_payload()[1].get_all("Final-Recipient")
        elif kind == "text/rfc822-headers":
            text = part.get_content()
            email.message_from_string(text, policy=POLICY).get_all("Message-Id")
        elif kind in ("message/rfc822", "multipart/report"):
            part.get_payload()[0].get_all("Message-Id")


def parsed(name, value):
    """Return a header as Python reads it, and all text in it; None where it raises."""
    read = None, ""
    with source.tolerant():
        header = POLICY.header_fetch_parse(name, value)
        text = str(header)
        if name.lower() in PARAMETER_FIELDS:
            text += "".join(map(str, header.params.values()))
        read = header, text
    return read
