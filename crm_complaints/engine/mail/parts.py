"""A mail's parts put in order before Odoo reads it: names, sizes, Outlook's winmail.dat.

Odoo makes an attachment of nearly every part, and calls it "attachment" where the mail
does not name it. Whatever is taken out of a mail here is told.
"""

import mimetypes
import re
import unicodedata
from collections import defaultdict
from contextlib import suppress
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from . import forms, layout, tree
from . import parser as mail_parser
from . import source as mail_source
from .tnef import SIGNATURE, unpack

# Odoo needs half a millisecond a part; nobody looks at more.
_MOST_PARTS = 500
# A text that browsers still show at once.
_LONGEST_TEXT = 400_000
_MOST_LINES = 20_000
# Odoo reads each tag some ten times.
_MOST_TAGS = 10_000
# Odoo looks for the partner of each.
_MOST_ADDRESSES = 100
_LONGEST_NAME = 150
_LONGEST_EXTENSION = 20
# What is wrong with a name may hide behind something else that is.
_ROUNDS = 8

_NAMES = {
    "text/calendar": "invite.ics",
    "text/plain": "text.txt",
    "text/html": "text.html",
    "text/x-amp-html": "amp.html",
    "text/watch-html": "watch.html",
    "text/rfc822-headers": "headers.txt",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "text/csv": "table.csv",
    "text/rtf": "text.rtf",
    "text/enriched": "text.rtf",
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/global-delivery-status": "delivery-status.txt",
    "message/disposition-notification": "receipt.txt",
    "message/feedback-report": "feedback-report.txt",
    "message/partial": "partial.eml",
    "message/external-body": "external.txt",
    "application/pdf": "document.pdf",
    "application/rtf": "text.rtf",
    "application/msword": "document.doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        "document.docx"
    ),
    "application/vnd.oasis.opendocument.text": "document.odt",
    "application/vnd.ms-excel": "table.xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "table.xlsx",
    "application/zip": "archive.zip",
    "application/x-zip-compressed": "archive.zip",
    "application/ics": "invite.ics",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.txt",
    "application/pgp-keys": "key.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "image/jpeg": "image.jpg",
    "image/jpg": "image.jpg",
    "image/pjpeg": "image.jpg",
    "image/png": "image.png",
    "image/gif": "image.gif",
    "image/webp": "image.webp",
    "image/heic": "image.heic",
    "image/svg+xml": "image.svg",
    "image/tiff": "image.tif",
    "image/bmp": "image.bmp",
    "audio/mpeg": "audio.mp3",
    "audio/mp4": "audio.m4a",
    "audio/wav": "audio.wav",
    "audio/x-wav": "audio.wav",
    "audio/amr": "audio.amr",
    "audio/ogg": "audio.ogg",
    "video/mp4": "video.mp4",
    "video/quicktime": "video.mov",
    "video/3gpp": "video.3gp",
}
_STEMS = {"image": "image", "audio": "audio", "video": "video", "text": "text"}
# How files begin, in base64, where the type does not say what they are.
_BEGINNINGS = {
    "JVBERi0": "document.pdf",
    "iVBORw0KGgo": "image.png",
    "/9j/": "image.jpg",
    "R0lGOD": "image.gif",
    "UEsDB": "archive.zip",
    "0M8R4KGxGuE": "document.doc",
}
_TNEF_TYPES = frozenset(["application/ms-tnef", "application/vnd.ms-tnef"])
_TNEF_NAMES = frozenset(["winmail.dat", "win.dat"])
_ODD = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]+"
)
# RFC 2231, left as it is where Python could not read it
_HALF_READ = re.compile(r"([\w.:-]{2,40})'[\w-]*'(.*%[0-9A-Fa-f]{2}.*)$")
_LINE_END = re.compile(r"\r\n?|\n")
_TAG_START = re.compile("<")
_NO_NAME = re.compile(r'[<>:"|?*]')
_PATH = re.compile(r"^(?:[a-zA-Z]:|~|[.]{0,2}[\\/])|\\|(?:^|/)[.]{2}(?:/|$)")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)", re.I)
_EXTENSION = re.compile(rf"\.\w{{1,{_LONGEST_EXTENSION - 1}}}$")


class LeftOut(NamedTuple):
    """What was taken out of a mail.

    :param name: the file's name
    :param size: in bytes, estimated
    :param count: how many parts of the mail it was
    """

    name: str
    size: int
    count: int = 1


def prepare(message, max_bytes):
    """Put a mail's parts in order, in place.

    Every attachment gets a name that tells something and that can be stored anywhere,
    winmail.dat gives way to what is in it, texts too long to be shown become files, and
    what comes after the first 500 parts becomes one file. Never raises.

    :param message: an `email.message.EmailMessage`
    :param max_bytes: the size of the largest attachment that is kept
    :return: the list of what was taken out, as `LeftOut`
    """
    left_out = []
    for step in _STEPS:
        # where a step fails the mail stays as it is: who reads it has to catch errors
        with mail_source.tolerant():
            step(message, max_bytes, left_out)
    return left_out


def shorten_recipients(message):
    """Let a long list of recipients be its first ones."""
    for name in ("To", "Cc", "Resent-To", "Resent-Cc", "Delivered-To"):
        text = ", ".join(mail_source.headers(message, name))
        found = mail_source.addresses(text)
        # the same one many times takes as long
        if text.count("@") > _MOST_ADDRESSES:
            del message[name]
            message[name] = ", ".join(found[:_MOST_ADDRESSES])


def add_file(message, name, content):
    """Add a file to a mail."""
    tree.add(message, [tree.new_part(content, name)])


# -- taking parts out


def _is_mail(read):
    """Tell whether a part is a mail of its own, with its headers."""
    return read.holder is None or tree.type_of(read.parent).startswith("message/")


def _take_out(read):
    """Take a part out; a mail that is nothing else becomes an empty text."""
    if read.holder is not None and len(read.holder) > 1:
        read.holder[:] = [other for other in read.holder if other is not read.part]
        return
    for name in {name.lower() for name, _value in read.part.raw_items()}:
        if name.startswith("content-"):
            del read.part[name]
    tree.set_text(read.part, "", "plain")


# -- too many parts


def _bundle(message, max_bytes, left_out):
    """Put what comes after the first parts into one file."""
    rest = _cut_off(message)
    if not rest:
        return
    raws = [raw for part in rest for raw in _raws(part)]
    size = sum(map(len, raws))
    if size > max_bytes:
        left_out.append(LeftOut("more.eml", size, len(raws)))
        return
    data = b"".join(
        [
            b"Subject: More parts of this mail\r\nMIME-Version: 1.0\r\n"
            b'Content-Type: multipart/mixed; boundary="=_more_parts_of_this_mail"\r\n\r\n',
            *(b"--=_more_parts_of_this_mail\r\n" + raw + b"\r\n" for raw in raws),
            b"--=_more_parts_of_this_mail--\r\n",
        ]
    )
    tree.add(message, [tree.new_part(data, "more.eml")])


def _cut_off(message):
    """Take what comes after the first parts out of a mail and return it."""
    found, rest, taken, waiting = 0, [], {}, [(message, None)]
    while waiting:
        part, holder = waiting.pop()
        if found >= _MOST_PARTS and holder is not None:
            rest.append(part)
            taken.setdefault(id(holder), (holder, set()))[1].add(id(part))
            continue
        found += 1
        inside = tree.children(part) or ()
        # a mail in the mail cannot be without what is in it
        is_mail = tree.type_of(part).startswith("message/")
        waiting += [(child, None if is_mail else inside) for child in reversed(inside)]
    for holder, gone in taken.values():
        holder[:] = [part for part in holder if id(part) not in gone]
    return rest


def _raws(part):
    """Return the bytes of a part, of each part in it where it is only their container."""
    raws, waiting = [], [part]
    while waiting:
        part = waiting.pop()
        inside = mail_source.payload(part)
        if isinstance(inside, list):
            with mail_source.tolerant():
                if mail_source.content_type(part).startswith("message/"):
                    raws.append(part.as_bytes())
                    continue
            waiting += reversed(inside)
        else:
            raws.append(_raw(part, inside))
    return raws


def _raw(part, inside):
    """Return the bytes of a part that is not made of parts."""
    head = "".join(f"{name}: {value}\r\n" for name, value in part.raw_items())
    text = f"{head}\r\n{inside if isinstance(inside, str) else ''}"
    return text.encode("utf-8", "surrogateescape")


# -- Outlook's winmail.dat


def _open_tnef(message, max_bytes, _left_out):
    for read in tree.read(message):
        part = read.part
        name = tree.name_of(part).strip().lower()
        if (
            (tree.type_of(part) in _TNEF_TYPES or name in _TNEF_NAMES)
            and isinstance(mail_source.payload(part), str)
            and tree.size_of(part) <= 4 * max_bytes
        ):
            data = part.get_payload(decode=True)
            if isinstance(data, bytes) and data[:4] == SIGNATURE:
                _replace_tnef(message, read, unpack(data))


def _replace_tnef(message, tnef, found):
    """Put what is in a winmail.dat in its place, beside it where something is missing."""
    parts = [
        tree.new_part(
            packed.data,
            packed.name or _NAMES.get(packed.mime_type.lower(), "file.bin"),
            packed.mime_type,
            packed.content_id,
        )
        for packed in found.files
    ]
    has_text = any(
        read.role != tree.FILE and mail_source.text(read.part).strip()
        for read in tree.read(message)
    )
    if not has_text:
        if found.plain.strip():
            parts.insert(0, tree.text_part(found.plain))
        elif found.html.strip():
            parts.insert(0, tree.text_part(found.html, "html"))
        elif found.rtf:
            parts.append(tree.new_part(found.rtf, "message.rtf", "application/rtf"))
    if not parts:
        return
    holder = None if _is_mail(tnef) else tnef.holder
    if found.whole:
        tree.replace(tnef.part, holder, parts)
    elif holder is None:
        tree.add(tnef.part, parts)
    else:
        tree.replace(tnef.part, holder, [*parts, tnef.part])


# -- too large parts


def _drop_large(message, max_bytes, left_out):
    """Take out the attachments that are too large."""
    # from the inside out: a mail in the mail may be small enough without its own
    for read in reversed(tree.read(message)):
        if read.role == tree.FILE and (size := tree.size_of(read.part)) > max_bytes:
            name = safe_name(tree.name_of(read.part)) or _telling(read.part)
            left_out.append(LeftOut(name, size))
            _take_out(read)


def _shorten_texts(message, _max_bytes, _left_out):
    """Let texts that are too long to be shown be cut, with all of them in files.

    The bounds are those of all parts together, as Odoo reads what it has for each part
    that it adds; plain texts and HTML have their own, as they may say the same.
    """
    files = []
    length_left = defaultdict(lambda: _LONGEST_TEXT)  # by whether it is HTML
    lines_left = defaultdict(lambda: _MOST_LINES)
    tags_left = _MOST_TAGS
    for part, _holder, _parent, role in tree.read(message):
        if role != tree.TEXT:
            continue
        raw = part.get_payload(decode=True)
        text = whole = tree.text_of(part)
        is_html = tree.type_of(part) == "text/html"
        if is_html and (
            len(text) > length_left[is_html]
            or text.count("<") > tags_left
            or text.count("\n") > lines_left[is_html]
        ):
            text = forms.seen(text)
        most = min(length_left[is_html], len(text))
        most = _place(_LINE_END, text, lines_left[is_html], most)
        if is_html:
            most = _place(_TAG_START, text, tags_left, most)
            tags_left -= text.count("<", 0, most)
        length_left[is_html] -= most
        lines_left[is_html] -= text.count("\n", 0, most) or text.count("\r", 0, most)
        if len(text) <= most:
            if text != whole:
                tree.set_text(part, text, "html")
            continue
        name = _NAMES["text/html" if is_html else "text/plain"]
        cut = text[:most]
        if is_html:
            # not in the middle of a tag
            cut = cut[: cut.rfind(">") + 1] or cut
            cut += f"<p>… ({name})</p>"
        else:
            cut += f"\n… ({name})\n"
        files.append(tree.new_part(raw, name))
        tree.set_text(part, cut, "html" if is_html else "plain")
    if files:
        tree.add(message, files)


def _place(pattern, text, count, end):
    """Return where a pattern stands once more than so often, or the given end."""
    found = next(islice(pattern.finditer(text, 0, end), count, None), None)
    return found.start() if found else end


# -- texts that Odoo would hide


def _mend_types(message, _max_bytes, _left_out):
    """Put in the semicolon that is missing behind a text's type; name odd types."""
    for part, *_place in tree.walk(message):
        said = mail_source.header(part, "Content-Type")
        if part.get_content_type() in mail_parser.ODD_TYPES:
            # Odoo reads it so as well, with a warning in the log
            part.set_type("application/octet-stream")
            continue
        if found := re.match(r"\s*(text/(?:plain|html))\s+(\w+\s*=.*)", said, re.I):
            del part["Content-Type"]
            part["Content-Type"] = f"{found[1]}; {found[2]}"


# -- names


def _name_all(message, _max_bytes, _left_out):
    """Give all attachments a name that tells something, each its own."""
    taken, next_number = set(), {}
    for part, _holder, _parent, role in tree.read(message):
        if role != tree.FILE:
            continue
        old = tree.name_of(part)
        name = safe_name(old) or _telling(part)
        name = _distinct(name, taken, next_number)
        if name != old:
            tree.set_name(part, name)


def safe_name(name):
    """Return a file's name as it can be stored and shown anywhere, '' if nothing is left.

    Its extension stays what it is.
    """
    for _round in range(_ROUNDS):
        before, name = name, _safer_name(name)
        if name == before:
            break
    return name


def _safer_name(name):
    """Mend one layer of what can be wrong with a name."""
    name = mail_source.clean(name)
    if half_read := _HALF_READ.match(name):
        name = mail_source.as_text(unquote_to_bytes(half_read[2]), half_read[1])
    name = mail_source.decoded(name)
    with suppress(ValueError):
        # UTF-8 taken for another charset
        name = name.encode("latin-1").decode("utf-8")
    name = _ODD.sub("", mail_source.clean(name))
    name = unicodedata.normalize("NFC", name)
    if _PATH.search(name):
        name = re.split(r"[\\/]|^[a-zA-Z]:", name)[-1]
    name = _NO_NAME.sub("_", name.replace("/", "-")).lstrip().rstrip(" .")
    if re.fullmatch(r"\.\w{1,5}", name):
        name = f"file{name}"
    name = name.lstrip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
    if len(name) > _LONGEST_NAME:
        extension = _EXTENSION.search(name)
        ending = extension[0] if extension else ""
        name = name[: _LONGEST_NAME - len(ending)].rstrip(" .") + ending
    return name


def _telling(part):
    """Return a name for a part that has none."""
    kind = tree.type_of(part)
    if kind in ("message/rfc822", "message/global") and tree.children(part):
        subject = mail_source.decoded(
            mail_source.header(tree.children(part)[0], "Subject")
        )
        subject = mail_source.shortened(subject, 100).rstrip("?!:.…")
        return safe_name(f"{subject or 'message'}.eml")
    usual = _NAMES.get(kind) or _guessed(part, kind)
    described = mail_source.decoded(mail_source.header(part, "Content-Description"))
    extension = _EXTENSION.search(usual)[0]
    described = safe_name(mail_source.shortened(described, 80))
    if described and not described.lower().endswith(extension):
        described = f"{described.removesuffix('…')}{extension}"
    return described or usual


def _guessed(part, kind):
    beginning = mail_source.payload(part)
    if isinstance(beginning, str):
        for start, name in _BEGINNINGS.items():
            if beginning[:40].lstrip().startswith(start):
                return name
    main = kind.split("/")[0]
    extension = mimetypes.guess_extension(kind) or (
        ".txt" if main == "text" else ".bin"
    )
    return _STEMS.get(main, "file") + extension


def _distinct(name, taken, next_number):
    """Return a name that no other attachment of the mail has, in whatever case."""
    extension = _EXTENSION.search(name)
    ending = extension[0] if extension else ""
    stem, tried = name.removesuffix(ending), name
    while tried.casefold() in taken:
        number = next_number.get(name.casefold(), 2)
        next_number[name.casefold()] = number + 1
        mark = f" ({number})"
        tried = stem[: _LONGEST_NAME - len(ending) - len(mark)] + mark + ending
    taken.add(tried.casefold())
    return tried


def _alone(step):
    """Return a step that needs to know nothing but the mail."""
    return lambda message, _max_bytes, _left_out: step(message)


_STEPS = (
    _bundle,
    _mend_types,
    _alone(layout.open_seals),
    _open_tnef,
    _alone(layout.keep_outside),
    _alone(layout.take_data),
    _alone(layout.convert_texts),
    _alone(layout.choose_forms),
    _alone(layout.show_inline),
    _alone(layout.say_something),
    _drop_large,
    _shorten_texts,
    _name_all,
)
