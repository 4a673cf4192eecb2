"""Mending a broken mail so that Python and Odoo can read it, touching only what is broken.

A mail is taken apart into header fields and bodies, which put together again are the
same bytes. Each mender looks at one thing, and changes it only where the parser would
raise, or lose what the sender wrote. A mail in which nothing is broken comes back as it
came.
"""

import base64
import quopri
import re
from email.message import Message

from . import charsets, parser, source
from .blocks import HEADER_LINE, Mail
from .charsets import codec_of, decodes, meant_charset
from .fields import mend_fields
from .parser import unreadable

# RFC 5322, 4.5: white space before the colon was allowed once; Python knows it no more.
_OLD_HEADER_LINE = re.compile(rb"([A-Za-z][\w-]{1,40})[\t ]+:")
# A line with one of these is a header, whatever has gone wrong above it.
_SURE_HEADER = re.compile(
    rb"(?:From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|"
    rb"Content-Type|Content-Transfer-Encoding|Delivered-To)[\t ]*:",
    re.I,
)
# Deeper nesting than any real mail has makes Python's parser give up.
_DEEPEST = 50
# For each line Python looks at all multiparts that it is in.
_MOST_LOOKS = 4_000_000
# Each takes Python a third of a millisecond.
_MOST_RECIPIENTS = 200
_LONGEST_REPORT = 500_000
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_BLANK = re.compile(rb"^(?:\r\n|\r|\n)", re.M)
_BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_BLANK_LINES = re.compile(rb"(?:\r\n|\r|\n){2,}")
_MAIN_TYPES = frozenset(
    ["text", "image", "audio", "video", "application", "message", "multipart"]
)
_ENCODINGS = {
    "base64": "base64",
    "quotedprintable": "quoted-printable",
    "qp": "quoted-printable",
    "quotedprintible": "quoted-printable",
    "quoteprintable": "quoted-printable",
    "b64": "base64",
    "bas64": "base64",
}
_PLAIN_ENCODINGS = frozenset(["", "7bit", "8bit", "binary"])
_MAILS = frozenset(["message/rfc822", "message/global"])
_SHORTEST_BASE64 = 40
_ONLY_BASE64 = re.compile(rb"[A-Za-z0-9+/\r\n]+={0,2}")
_QUOTED_LETTER = re.compile(rb"=[89A-Fa-f][0-9A-Fa-f]")
_NOT_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,9}\r?\n|\Z)")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# What is no header in a part or, without a hyphen, in a mail.
_KNOWN_HEADERS = frozenset(
    b"""
    from to cc bcc subject date sender received references keywords comments
    importance priority sensitivity organization organisation precedence status lines
    newsgroups path xref encrypted distribution expires approved control summary
    supersedes
    """.split()
)
_KNOWN_ENCODINGS = frozenset(
    [
        "7bit",
        "8bit",
        "binary",
        "base64",
        "quoted-printable",
        "uuencode",
        "x-uuencode",
        "uue",
        "x-uue",
    ]
)


def mend(raw, left_out=None):
    """Mend what is broken in a mail; never raises but for ``budget.OutOfTime``.

    :param bytes raw: the mail as it came
    :param list left_out: to which a line is added where there was more than is read
    :return: the mended mail, the very same bytes where nothing was broken, and a list
        of what was mended, in words
    :rtype: tuple
    """
    # broken in a way nobody thought of, it goes on as it came
    mended = raw, []
    with source.tolerant():
        mended = _mended(raw, [] if left_out is None else left_out)
    return mended


def _mended(raw, left_out):
    mail = Mail(raw)
    for _turn in range(3):  # one thing mended may bring another to light
        before = mail.raw
        for mender in _MENDERS:
            mender(mail)
        if mail.raw == before:
            break
        mail.again()
    for last_resort in _LAST_RESORTS:
        if not unreadable(mail.raw):
            break
        last_resort(mail)
    if mail.is_cut:
        left_out.append("; ".join(mail.mended))
    return (mail.raw, mail.mended) if mail.raw != raw else (raw, [])


# Headers as a whole -----------------------------------------------------------


def _mend_beginning(mail):
    """Lines before the first header: blank ones, or an envelope line quoted by an mbox."""
    block = mail.blocks[0]
    if block.fields:
        return
    lines = block.rest.splitlines(keepends=True)
    for place, line in enumerate(lines[:5]):
        if line.strip() and not line.startswith((b">From ", b"From ")):
            # two headers in a row; a text may begin with one by chance
            following = lines[place : place + 2]
            if (
                place
                and len(following) == 2
                and all(map(_SURE_HEADER.match, following))
            ):
                block.rest = b"".join(lines[place:])
                mail.note("lines before the header removed")
                mail.again()
            return


def _mend_interrupted_header(mail):
    """A line in a header that is none ends it for Python: what follows became text."""
    for _turn in range(3):
        if not [block for block in mail.blocks if _go_on_with_header(mail, block)]:
            return
        mail.again()


def _go_on_with_header(mail, block):
    lines = block.rest[:20_000].splitlines(keepends=True)
    at = 0
    # all at once, since for each turn the mail is taken apart anew
    for _line in range(20):
        mended = _as_header_line(mail, block, lines[at : at + 62])
        if not mended:
            break
        block.fields.append(mended)
        at += 1
        while at < len(lines) and HEADER_LINE.match(lines[at]):
            block.fields.append(lines[at])
            at += 1
    block.rest = block.rest[sum(map(len, lines[:at])) :]
    return bool(at)


def _as_header_line(mail, block, lines):
    """Return the first line as one that goes on with a header, None where it is not."""
    if not lines or not lines[0].strip() or lines[0].startswith(b"--"):
        return None
    line = lines[0]
    if _OLD_HEADER_LINE.match(line):
        if not block.fields and not any(map(_SURE_HEADER.match, lines[:10])):
            return None
        mail.note("space before the colon of a header removed")
        return _OLD_HEADER_LINE.sub(rb"\1:", line)
    if block.fields and block.fields[-1].rstrip().endswith(b";") and b"=" in line:
        mail.note("continuation line of a header indented")
        return b" " + line
    if block.fields and _header_follows(lines[1:]):
        mail.note("invalid header line marked as X-Unreadable")
        return b"X-Unreadable: " + line
    return None


def _mend_lost_blank_line(mail):
    """Words below a header without a blank line between are fields for Python."""
    found = False
    for block in mail.parts:
        if not block.type.startswith("text/") or block.body.strip():
            continue
        for place, field in enumerate(block.fields):
            name = field.partition(b":")[0].strip().lower()
            is_field = name.startswith((b"content-", b"x-", b"mime-")) or (
                block.is_mail and (b"-" in name or name in _KNOWN_HEADERS)
            )
            if not is_field:
                words = b"".join(block.fields[place:])
                block.rest = mail.newline + words + block.rest
                del block.fields[place:]
                found = True
                break
    if found:
        mail.note("text below the header without a blank line read as text")
        mail.again()


def _header_follows(lines):
    """Tell whether at least two sure headers come before the next blank line."""
    found = 0
    for line in lines[:60]:
        if not line.strip():
            break
        if not (HEADER_LINE.match(line) or _OLD_HEADER_LINE.match(line)):
            break
        found += bool(_SURE_HEADER.match(line))
    return found >= 2


def _mend_nesting(mail):
    """Parts in parts in parts: from some depth on they are left as they are."""
    deepest = max(4, min(_DEEPEST, _MOST_LOOKS // (mail.lines + 1)))
    too_deep = [
        block
        for block in mail.blocks
        if block.depth >= deepest and not block.is_quoted and _is_container(block)
    ]
    for block in too_deep:
        block.put("Content-Type", "text/plain", mail.newline)
    if too_deep:
        mail.cut("parts nested too deeply read as text")
        mail.again()


def _mend_long_reports(mail):
    """Blank lines in a report on delivery: each begins the fields of another recipient."""
    for block in mail.parts:
        if block.type not in _STATUS_TYPES:
            _mend_long_fields(mail, block)
            continue
        blank, body, boundary = _split_rest(block)
        if len(body) > _LONGEST_REPORT:
            mail.cut(f"bytes of a report beyond the first {_LONGEST_REPORT} omitted")
            body = body[:_LONGEST_REPORT] + mail.newline
            block.rest, block.end = blank + body + boundary, len(blank + body)
        if len(_BLANK.findall(body)) <= _MOST_RECIPIENTS:
            continue
        groups = [group for group in _BLANK_LINES.split(body) if group]
        if len(groups) > _MOST_RECIPIENTS:
            mail.cut(f"recipients beyond the first {_MOST_RECIPIENTS} omitted")
        mail.note("blank lines removed from a report")
        groups = groups[:_MOST_RECIPIENTS]
        block.rest = blank + (mail.newline * 2).join(groups) + mail.newline + boundary
        block.end = len(block.rest) - len(boundary)


def _mend_long_fields(mail, block):
    """Fields of a report of another kind, which Python reads like a mail's header."""
    if not block.type.startswith("message/") or block.holds_header:
        return
    blank, body, boundary = _split_rest(block)
    fields = _BLANK_LINE.split(body, maxsplit=1)[0]
    if len(fields) > _LONGEST_REPORT:
        mail.cut(f"bytes of a report beyond the first {_LONGEST_REPORT} omitted")
        body = body[:_LONGEST_REPORT] + mail.newline + body[len(fields) :]
        block.rest, block.end = blank + body + boundary, len(blank + body)


def _is_container(block):
    return block.type.startswith(("multipart/", "message/"))


# Parts ------------------------------------------------------------------------


def _mend_multiparts(mail):
    """A multipart whose boundary is missing or wrong has no parts for Python."""
    for place, block in enumerate(mail.blocks):
        if block.is_quoted or not block.type.startswith("multipart/"):
            continue
        if mail.has_parts(place, block.boundary_for_python):
            continue
        boundary = block.parameter("boundary")
        if not mail.has_parts(place, boundary):
            boundary = _used_boundary(block.rest)
        if boundary and boundary != block.boundary_for_python:
            block.put("Content-Type", _with_boundary(block, boundary))
            mail.note(f"boundary of {block.type} corrected")
        elif block.body.strip() or block.type == "multipart/report":
            html = re.search(rb"<(?:html|body|div|p|table)[ >]", block.body, re.I)
            mail.note(f"{block.type} without parts read as text")
            block.put("Content-Type", "text/html" if html else "text/plain")
    if mail.mended:
        mail.again()


def _with_boundary(block, boundary):
    """Return a multipart's type with that boundary; what kind of report stays known."""
    told = block.parameter("report-type")
    told = f"; report-type={told}" if re.fullmatch(r"[\w-]+", told) else ""
    return f'{block.type}{told}; boundary="{boundary}"'


def _used_boundary(body):
    """Return the boundary that a body uses, '' where it uses none."""
    found = re.search(
        rb"^--([!-~][ -~]{0,68}?)[ \t]*\r?\n(?:Content-|\r?\nContent-)",
        body,
        re.M | re.I,
    )
    return found[1].decode("latin-1").replace('"', "") if found else ""


# No base64 has these.
_WORDS = re.compile(rb"\w[,.!?]? \w+ \w")
_WORDS_OR_MARKUP = re.compile(_WORDS.pattern + rb"|[<>{}@]")
# What begins like this is base64, whatever a list or a scanner wrote below it.
_BASE64_LINES = re.compile(
    rb"\s{0,9}[A-Za-z0-9+/]{48}[A-Za-z0-9+/]*\r?\n(?:[A-Za-z0-9+/]+={0,2}[ \t]*\r?\n)*"
)


def _has_words(body):
    # most base64 has no blanks, and is long
    return b" " in body and bool(_WORDS.search(body))


def _mend_base64(mail, block):
    """Python leaves base64 encoded that is a character too long, and garbles a text."""
    _blank, body, _boundary = _split_rest(block)
    bare = body.translate(None, delete=_NO_BASE64)
    if block.type.startswith("text/") and _has_words(body):
        if found := _BASE64_LINES.match(body):
            _put_content(mail, block, read_base64(found[0]) + body[found.end() :])
            mail.note("unencoded text below base64 kept")
            return
        encoding = "quoted-printable" if _is_quoted_printable(body) else "8bit"
        block.put("Content-Transfer-Encoding", encoding)
        mail.note("text wrongly marked as base64 left unchanged")
    elif len(bare) % 4 == 1 and len(bare) > 1 and not _has_words(body):
        _put_content(mail, block, read_base64(bare))
        mail.note("incomplete base64 decoded as far as possible")


def read_base64(content):
    """Return what is encoded, as much as can be decoded."""
    bare = content.translate(None, delete=_NO_BASE64)
    bare = bare[: len(bare) - (len(bare) % 4 == 1)]
    return base64.b64decode(bare + b"=" * (-len(bare) % 4))


def _mend_types(mail):
    """Types that Python has no parser for: fonts, models, inventions."""
    for block in mail.parts:
        main = block.type.partition("/")[0]
        if main in _MAIN_TYPES or block.type in parser.ODD_TYPES:
            continue
        _type, semicolon, rest = block.value("Content-Type").partition(";")
        mail.note(f"type {block.type[:60]} read as application/octet-stream")
        block.put("Content-Type", "application/octet-stream" + semicolon + rest)


def _mend_encodings(mail):
    """Misspelt transfer encodings, and base64 that is cut off or none at all."""
    for block in mail.parts:
        _mend_encoding_name(mail, block)
        if block.type in _MAILS and block.encoding in ("base64", "quoted-printable"):
            _open_mail(mail, block)
            return
        _mend_missing_encoding(mail, block)
        if block.encoding == "base64" and not _is_container(block):
            _mend_base64(mail, block)


def _open_mail(mail, block):
    """Decode a mail in the mail, which must not be encoded (RFC 2046, 5.2.1)."""
    blank, _body, boundary = _split_rest(block)
    content = _content(block)
    block.put("Content-Transfer-Encoding", "8bit")
    block.rest = blank + content + mail.newline + boundary
    mail.note("attached e-mail decoded")
    mail.again()


def _mend_missing_encoding(mail, block):
    """Text that is encoded, and does not say so."""
    if not block.type.startswith("text/") or block.is_named or block.holds_header:
        return
    _blank, body, _boundary = _split_rest(block)
    found = ""
    if block.encoding in _PLAIN_ENCODINGS | {"quoted-printable"} and _is_base64(body):
        found = "base64"
    elif block.encoding in _PLAIN_ENCODINGS and _is_quoted_printable(body):
        found = "quoted-printable"
    if found:
        block.put("Content-Transfer-Encoding", found)
        mail.note(f"encoded text read as {found}")


def _is_base64(body):
    """Tell whether a body is base64 of a text, and nothing else."""
    bare = body.strip()
    if len(bare) < _SHORTEST_BASE64 or not _ONLY_BASE64.fullmatch(bare):
        return False
    try:
        text = base64.b64decode(bare).decode()
    except ValueError:
        return False
    return not _CONTROL.search(text) and (" " in text or "<" in text)


def _is_quoted_printable(body):
    """Tell whether a body is quoted-printable: all "=" are, and some letters."""
    return bool(
        body.isascii()
        and _QUOTED_LETTER.search(body)
        and not _NOT_QUOTED.search(body)
        and decodes(quopri.decodestring(body), "utf-8")
    )


def _mend_encoding_name(mail, block):
    encoding = block.encoding
    if not encoding or encoding in _KNOWN_ENCODINGS:
        return
    bare = re.sub(r"\([^()]*\)|[^a-z0-9]", "", encoding.partition(";")[0])
    meant = _ENCODINGS.get(bare)
    # without a name that Python knows a text is read as it stands
    if meant and not (meant == "base64" and _WORDS_OR_MARKUP.search(block.body)):
        block.put("Content-Transfer-Encoding", meant)
        mail.note(f"transfer encoding “{encoding[:40]}” read as {meant}")


_NO_BASE64 = bytes(
    set(range(256))
    - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
)


# Text -------------------------------------------------------------------------


def _mend_charsets(mail):
    """Text whose charset is unknown, or cannot be the one it is written in."""
    for block in mail.parts:
        if not block.type.startswith("text/") or block.holds_header:
            continue
        content, charset = _content(block), block.parameter("charset")
        codec = codec_of(charset or "us-ascii")
        text = None if block.is_named else charsets.reread(content, charset)
        if text is not None:
            _put_content(mail, block, text.encode())
            _put_charset(mail, block, "utf-8")
            mail.note("text in several charsets converted to UTF-8")
            continue
        if charsets.is_well(content, charset):
            continue
        if block.is_named and codec and not decodes(content, "utf-8"):
            rest = block.value("Content-Type").partition(";")
            block.put("Content-Type", "application/octet-stream" + rest[1] + rest[2])
            mail.note("attachment wrongly marked as text left unchanged")
            continue
        meant = meant_charset(content, charset)
        if meant:
            _put_charset(mail, block, meant)


def _put_charset(mail, block, charset):
    value, old = block.value("Content-Type"), block.parameter("charset")
    if re.search(r";\s*charset\s*=", value, re.I):
        value = re.sub(
            r';\s*charset\s*=\s*(?:"[^"]*"|[^\s;]*)',
            f"; charset={charset}",
            value,
            count=1,
            flags=re.I,
        )
    else:
        value = (
            f"{value.rstrip('; ') if '/' in value else block.type}; charset={charset}"
        )
    block.put("Content-Type", value, mail.newline)
    old = old.replace("\0", "")[:40]
    mail.note(
        f"charset “{old}” read as {charset}" if old else f"charset {charset} added"
    )


def _mend_unstorable_text(mail):
    """NUL, which no database takes, in a text."""
    for block in mail.parts:
        if not block.type.startswith("text/") or block.holds_header:
            continue
        if block.is_named:
            continue
        content = _content(block)
        codec = codec_of(block.parameter("charset") or "us-ascii") or "latin-1"
        text = content.decode(codec, "replace")
        if "\0" not in text:
            continue
        mail.note("NUL characters removed from the text")
        if block.encoding in ("base64", "quoted-printable"):
            content = text.replace("\0", "").encode(codec, "replace")
            _put_content(mail, block, content)
        else:
            blank, body, boundary = _split_rest(block)
            block.rest = blank + body.replace(b"\0", b"") + boundary


def _split_rest(block):
    """Return the blank line, the body, and what follows it from the boundary on."""
    found = re.match(rb"[ \t]*\r?\n", block.body)
    start = found.end() if found else 0
    return block.rest[:start], block.body[start:], block.rest[len(block.body) :]


def _content(block):
    """Return the decoded content of a part."""
    _blank, body, _boundary = _split_rest(block)
    if block.encoding not in _KNOWN_ENCODINGS - {"7bit", "8bit", "binary"}:
        return body
    # as Python does it, with all it forgives
    message = Message()
    message["Content-Transfer-Encoding"] = block.encoding
    message.set_payload(body.decode("ascii", "surrogateescape"))
    return message.get_payload(decode=True)


def _put_content(mail, block, content):
    """Replace an encoded part's content."""
    blank, _body, boundary = _split_rest(block)
    block.put("Content-Transfer-Encoding", "base64")
    lines = base64.encodebytes(content).replace(b"\n", mail.newline)
    block.rest = blank + lines + boundary


# What is left when a mail still cannot be read -----------------------------------


def _without_any_nul(mail):
    """NUL where no mender looks: in what a report says, between the parts."""
    raw = mail.raw
    if b"\0" in raw:
        mail.note("NUL characters removed from the whole e-mail")
        mail.take_apart(raw.replace(b"\0", b""))


def _returned_as_files(mail):
    """A mail inside that cannot be read is kept as a file."""
    for block in mail.parts[1:]:
        if block.type.startswith("message/") or block.type == "text/rfc822-headers":
            mail.note(f"unreadable {block.type[:60]} kept as a file")
            block.put("Content-Type", "application/octet-stream")
    mail.again()


def _all_as_text(mail):
    """The header as it is, all else one text: better read with its code than not at all."""
    first = mail.blocks[0]
    made_anew = (
        b"content-type:",
        b"content-transfer-encoding:",
        b"content-disposition:",
    )
    fields = [
        field for field in first.fields if not field.lower().startswith(made_anew)
    ]
    body = mail.raw[sum(map(len, first.fields)) :].replace(b"\0", b"")
    if not decodes(body, "utf-8"):
        body = body.decode("latin-1").encode()
    fields = [
        field.rstrip(b"\r\n") + mail.newline for field in fields if _field_reads(field)
    ]
    fields.append(b"Content-Type: text/plain; charset=utf-8" + mail.newline)
    fields.append(b"Content-Transfer-Encoding: 8bit" + mail.newline)
    mail.note("unreadable parts read as one text")
    mail.take_apart(b"".join(fields) + mail.newline + body.lstrip(b"\r\n"))


def _field_reads(field):
    name, _colon, value = field.partition(b":")
    value = value.decode("ascii", "surrogateescape").strip("\r\n")
    return parser.reads(name.decode("ascii", "replace"), value)


_MENDERS = (
    _mend_beginning,
    _mend_interrupted_header,
    _mend_lost_blank_line,
    _mend_nesting,
    _mend_long_reports,
    mend_fields,
    _mend_multiparts,
    _mend_types,
    _mend_encodings,
    _mend_charsets,
    _mend_unstorable_text,
)
_LAST_RESORTS = (_without_any_nul, _returned_as_files, _all_as_text)
