"""A mail as a tree of parts: which of them are shown, and parts made for it.

A mail in the mail is a document of its own: none of its texts is shown.
"""

import base64
import re
from email.message import EmailMessage
from typing import NamedTuple

from . import source as mail_source

# Of a mail in the mail the texts are neither shown nor files: they lie in it.
TEXT, FILE, INNER = "text", "file", "inner"
# Exchange makes files of these names of what stood between and below the pictures.
_CUT_BY_EXCHANGE = re.compile(r"att\d{5}\.(?:txt|html?)", re.I)


# -- walking


def children(part):
    """Return the list of the parts of a part, None where it is not made of parts."""
    found = mail_source.payload(part)
    return found if isinstance(found, list) else None


def walk(message):
    """Return each part that Odoo reads, with the list it stands in and its parent."""
    return _walked(message, into_mails=True)


def outer(message):
    """Return each part of a mail, as ``walk`` does, but none of the mails in it."""
    return _walked(message, into_mails=False)


def _walked(message, into_mails):
    found, waiting = [], [(message, None, None)]
    while waiting:
        part, holder, parent = waiting.pop()
        found.append((part, holder, parent))
        inside = children(part)
        if inside and (into_mails or not is_document(part)):
            waiting += [(child, inside, part) for child in reversed(inside)]
    return found


class Read(NamedTuple):
    """What becomes of a part that is not made of parts."""

    part: EmailMessage
    holder: list | None  # the list that it stands in; the mail itself stands in none
    parent: EmailMessage | None
    role: str


def read(message):
    """Return the parts of a mail, one after the other, but the containers."""
    found, waiting = [], [(message, None, None, False)]
    while waiting:
        part, holder, parent, is_inner = waiting.pop()
        inside = children(part)
        if inside:
            is_mail = is_inner or is_document(part)
            waiting += [(child, inside, part, is_mail) for child in reversed(inside)]
        if type_of(part).startswith("multipart/"):
            continue
        if holder is None and type_of(part).startswith("text/"):
            role = TEXT
        elif not is_text(part):
            role = FILE
        else:
            role = INNER if is_inner else TEXT
        found.append(Read(part, holder, parent, role))
    return found


def is_document(part):
    """Tell whether a part is a mail, or a report that is made of parts."""
    return type_of(part).startswith("message/")


def is_text(part):
    """Tell whether a part is a text to be shown, and no file."""
    return type_of(part) in ("text/plain", "text/html") and not is_named(part)


def is_named(part):
    """Tell whether a part is meant to be a file."""
    name = name_of(part)
    if name and _CUT_BY_EXCHANGE.fullmatch(name):
        return False
    return bool(name) or disposition_of(part).startswith("attachment")


def disposition_of(part):
    return mail_source.header(part, "Content-Disposition").lower()


def type_of(part):
    """Return a part's type as Odoo reads it."""
    found = None
    with mail_source.tolerant():
        found = part.get_content_type()
    return found or mail_source.content_type(part)


def name_of(part):
    """Return the name that Odoo finds, '' where it finds none."""
    found = None
    with mail_source.tolerant():
        found = part.get_filename()
    return found or ""


def text_of(part):
    """Return all of a part's text, decoded as well as it can be."""
    raw = None
    with mail_source.tolerant():
        raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    return mail_source.as_text(raw, mail_source.parameter(part, "charset"))


def size_of(part):
    """Return a part's size in bytes without decoding it."""
    inside = mail_source.payload(part)
    if isinstance(inside, list):
        return sum(size_of(child) for child in leaves_inside(inside))
    if not isinstance(inside, str):
        return 0
    encoding = mail_source.header(part, "Content-Transfer-Encoding").lower().strip()
    if encoding == "base64":
        letters = len(inside) - inside.count("\n") - inside.count("\r")
        return max(letters * 3 // 4 - inside[-6:].count("="), 0)
    if encoding == "quoted-printable":
        return len(inside) - 2 * inside.count("=")
    return len(inside)


def leaves_inside(parts):
    """Return all parts in these that are not made of parts."""
    return [
        found
        for part in parts
        for found, *_place in walk(part)
        if not isinstance(mail_source.payload(found), list)
    ]


# -- making parts


def new_part(data, name, mime_type="application/octet-stream", content_id=""):
    """Return an attachment."""
    part = EmailMessage()
    main, _slash, sub = mime_type.lower().partition("/")
    # Python raises on others
    if main not in ("application", "image", "audio", "video") or not re.fullmatch(
        r"[\w.+-]+", sub, re.ASCII
    ):
        main, sub = "application", "octet-stream"
    part["Content-Type"] = f"{main}/{sub}"
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(data).decode("ascii"))
    if content_id and re.fullmatch(r"[^\s<>]{1,200}", content_id.strip("<>")):
        part["Content-ID"] = f"<{content_id.strip('<>')}>"
    set_name(part, name)
    return part


def text_part(text, subtype="plain"):
    part = EmailMessage()
    set_text(part, text, subtype)
    return part


def set_text(part, text, subtype):
    """Put another text in a part, in UTF-8."""
    for name in ("Content-Type", "Content-Transfer-Encoding"):
        del part[name]
    part["Content-Type"] = f'text/{subtype}; charset="utf-8"'
    part["Content-Transfer-Encoding"] = "base64"
    raw = text.encode("utf-8", "replace")
    part.set_payload(base64.encodebytes(raw).decode("ascii"))


def set_name(part, name):
    """Write a part's name so that Python reads the same."""
    kept = disposition_of(part).startswith("inline")
    del part["Content-Disposition"]
    part.add_header(
        "Content-Disposition", "inline" if kept else "attachment", filename=name
    )
    if name_of(part) != name:
        plain = re.sub(r"[^\w .()-]", "_", name, flags=re.ASCII)
        del part["Content-Disposition"]
        part.add_header("Content-Disposition", "attachment", filename=plain)


def add(message, parts):
    """Add parts to a mail, which becomes one of several parts if it is none yet."""
    inside = children(message)
    if inside is not None and type_of(message).startswith("multipart/"):
        inside += parts
        return
    message.set_payload([split_off(message), *parts])


def split_off(message):
    """Return a part with a mail's content; the mail becomes an empty container."""
    first = EmailMessage()
    first.set_payload(mail_source.payload(message))
    for name, value in list(message.raw_items()):
        if name.lower().startswith("content-"):
            first.set_raw(name, value)
    make_container(message)
    message.set_payload([])
    return first


def make_container(message):
    for name in {name.lower() for name, _value in message.raw_items()}:
        if name.startswith("content-"):
            del message[name]
    message["Content-Type"] = "multipart/mixed"


def replace(part, holder, parts):
    """Put parts in the place of a part; in that of a mail they become all of it."""
    if holder is None:
        make_container(part)
        part.set_payload(parts)
    else:
        at = next(at for at, other in enumerate(holder) if other is part)
        holder[at : at + 1] = parts
