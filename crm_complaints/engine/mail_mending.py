"""Mending a broken mail so that Python and Odoo can read it, touching only what is broken.

A mail is taken apart into header fields and bodies, which put together again are the
same bytes. Each mender looks at one thing, and changes it only where the reader would
raise, or lose what the sender wrote. A mail in which nothing is broken comes back as it
came.
"""

import base64
import binascii
import codecs
import email
import quopri
import re
from email import policy
from itertools import groupby
from urllib.parse import unquote_to_bytes

# What Python takes for a line of a header (email.feedparser).
_HEADER_LINE = re.compile(rb"(?:From |[!-9;-~]*:|[\t ])")
# RFC 5322, 4.5: white space before the colon was allowed once; Python knows it no more.
_OLD_HEADER_LINE = re.compile(rb"([A-Za-z][\w-]{1,40})[\t ]+:")
# A line with one of these is a header, whatever has gone wrong above it.
_SURE_HEADER = re.compile(
    rb"(?:From|To|Subject|Date|Received|Return-Path|Message-ID|MIME-Version|"
    rb"Content-Type|Content-Transfer-Encoding|Delivered-To)[\t ]*:",
    re.I,
)
_STRUCTURED = frozenset(
    [
        "date",
        "resent-date",
        "orig-date",
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
        "mime-version",
        "content-type",
        "content-disposition",
        "content-transfer-encoding",
        "message-id",
        "resent-message-id",
    ]
)
_ADDRESS_FIELDS = frozenset(
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
    ]
)
_PARAMETER_FIELDS = frozenset(["content-type", "content-disposition"])
# Python reads an address list of this size in a second, and of twice the size in four.
_LONGEST_FIELD = 64_000
_MOST_WORDS = 2_000  # encoded words: the same
# Deeper nesting than any real mail has makes Python's parser give up.
_DEEPEST = 30
_MAIN_TYPES = frozenset(
    ["text", "image", "audio", "video", "application", "message", "multipart"]
)
# Odoo takes these for application/octet-stream by itself.
_ODD_TYPES = frozenset(["binary/octet-stream", "*/*"])
_ENCODINGS = {
    "base64": "base64",
    "quotedprintable": "quoted-printable",
    "qp": "quoted-printable",
    "quotedprintible": "quoted-printable",
    "quoteprintable": "quoted-printable",
    "b64": "base64",
    "bas64": "base64",
}
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

# Names that mail programs use and Python's codecs do not know, without punctuation.
_CHARSETS = {
    "utf8mb4": "utf-8",
    "utf8mb3": "utf-8",
    "utf": "utf-8",
    "uft8": "utf-8",
    "ut8": "utf-8",
    "utf8n": "utf-8",
    "unicode": "utf-8",
    "xutf8": "utf-8",
    "ansi": "windows-1252",
    "xansi": "windows-1252",
    "xuserdefined": "windows-1252",
    "windowslatin1": "windows-1252",
    "latin": "iso-8859-1",
    "iso88598i": "iso-8859-8",
    "iso88598e": "iso-8859-8",
    "iso88596i": "iso-8859-6",
    "xsjis": "cp932",
    "windows31j": "cp932",
    "cswindows31j": "cp932",
    "xeucjp": "euc-jp",
    "xgbk": "gb18030",
    "xeuccn": "gb18030",
    "gb231280": "gb18030",
    "xbig5": "big5hkscs",
    "xxbig5": "big5hkscs",
    "xeuctw": "big5hkscs",
    "xwindows949": "cp949",
    "xksc5601": "cp949",
    "ksc56011992": "cp949",
    "xmacroman": "mac_roman",
    "xmaccyrillic": "mac_cyrillic",
    "xmaccentraleurroman": "mac_latin2",
    "iso2022jpms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
}
# Charsets whose name is commonly written on text of a larger one.
_LARGER = {
    "ascii": ("utf-8",),
    "gb2312": ("gb18030",),
    "gbk": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "shift_jis": ("cp932", "utf-8"),
    "euc_kr": ("cp949",),
    "iso2022_jp": ("iso2022_jp_ext", "iso2022_jp_3", "utf-8", "cp932"),
    "iso2022_kr": ("cp949",),
    "tis-620": ("cp874",),
}
_ENCODED_WORD = re.compile(
    rb"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?\r\n]*)\?="
)
_ENCODED_RUN = re.compile(
    rb"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\r\n]*\?=(?:\s{0,20}=\?[^?\s]{1,60}\?[bBqQ]\?[^?\r\n]*\?=)*"
)
_EXTENDED_PARAMETER = re.compile(
    rb"(\*(?:0\*)?[ \t]*=[ \t]*\"?)([^'\s;\"=]*)('[^'\s;]*')([^;\s\"]*)"
)
_ADDRESS = re.compile(rb"[\w.!#$%&*+/=?^{|}~-]{1,64}@[\w.-]{1,250}\w")
_NO_CHARACTER = re.compile("[\ud800-\udfff\x00]")


def mend(raw):
    """Mend what is broken in a mail; never raises.

    :param bytes raw: the mail as it came
    :return: the mended mail, the very same bytes where nothing was broken, and a list
        of what was mended, in words
    :rtype: tuple
    """
    mail = _Mail(raw)
    for _turn in range(3):  # one thing mended may bring another to light
        before = mail.raw
        for mender in _MENDERS:
            mender(mail)
        if mail.raw == before:
            break
    for last_resort in _LAST_RESORTS:
        if not unreadable(mail.raw):
            break
        last_resort(mail)
    return (mail.raw, mail.mended) if mail.raw != raw else (raw, [])


def unreadable(raw):
    """Tell what of a mail raises when it is read as Odoo's gateway reads it.

    :param bytes raw:
    :return: a line for each thing, such as "text/plain: LookupError: …"; empty where
        the mail can be read
    :rtype: list
    """
    try:
        message = email.message_from_bytes(raw, policy=policy.SMTP)
        parts = list(message.walk())
    except (Exception, RecursionError) as error:
        return [_said(error)]
    found = []
    for part in parts:
        for name, value in part.raw_items():
            if not _reads(name, value):
                found.append(f"{name} cannot be read")
        try:
            _read_part(part)
        except Exception as error:
            found.append(_said(error))
    try:
        _read_report(message)
    except Exception as error:
        found.append(_said(error))
    return found


def _said(error):
    return f"{type(error).__name__}: {error}"[:200]


def _reads(name, value):
    header, text = _parsed(name, value)
    return header is not None and not _NO_CHARACTER.search(text)


def _read_part(part):
    """Read a part as Odoo's ``_message_parse_extract_payload`` does."""
    if part.get_content_maintype() == "multipart":
        return part.get_payload(decode=True)
    name = part.get_filename()
    if _NO_CHARACTER.search(name or ""):
        raise ValueError("file name")
    if part.get_content_maintype() == "text" and not part.get_param("charset"):
        part.set_charset("utf-8")
    if part.get_content_type() in _ODD_TYPES:
        return part.get_payload(decode=True)
    content = part.get_content()
    if isinstance(content, str):
        if not name and _NO_CHARACTER.search(content):
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
            email.message_from_string(text, policy=policy.SMTP).get_all("Message-Id")
        elif kind in ("message/rfc822", "multipart/report"):
            part.get_payload()[0].get_all("Message-Id")


# Taking a mail apart ----------------------------------------------------------


class _Block:
    """The header of a mail or of a part, and what follows up to the next header.

    :ivar list fields: bytes of each header field with its continuation lines
    :ivar bytes rest: the blank line, the body, and the boundary after it
    :ivar int end: where in ``rest`` the boundary begins
    :ivar bool is_quoted: the header of a returned mail, which is a text for Python
    """

    def __init__(self, is_quoted=False):
        self.fields = []
        self.rest = b""
        self.end = None
        self.is_quoted = is_quoted

    @property
    def body(self):
        return self.rest[: self.end]

    def find(self, name):
        """Return the place of the first field of that name, None where there is none."""
        name = name.lower().encode() + b":"
        for place, field in enumerate(self.fields):
            if field[: len(name)].lower() == name:
                return place
        return None

    def value(self, name):
        """Return the text of a field on one line, '' where there is none."""
        place = self.find(name)
        if place is None:
            return ""
        return " ".join(self.fields[place].decode("latin-1").partition(":")[2].split())

    def put(self, name, value, newline=b"\r\n"):
        """Replace a field, or add it."""
        place = self.find(name)
        if place is None:
            line = f"{name}: {value}".encode("latin-1", "replace") + newline
            self.fields.append(line)
            return
        old = self.fields[place]
        end = old[len(old.rstrip(b"\r\n")) :] or newline
        name = old.partition(b":")[0]
        self.fields[place] = name + b": " + value.encode("latin-1", "replace") + end

    @property
    def type(self):
        found = re.match(r"([^\s/;]+/[^\s/;]+)", self.value("Content-Type"))
        return found[1].lower() if found else "text/plain"

    def parameter(self, name, of="Content-Type"):
        found = re.search(
            rf';\s*{name}\s*=\s*(?:"([^"]*)"|([^\s;]*))', self.value(of), re.I
        )
        return (found[1] if found[1] is not None else found[2]) if found else ""

    @property
    def boundary_for_python(self):
        """Return the boundary as Python reads it: without quotes it stops at an "="."""
        value = self.value("Content-Type").encode("latin-1").decode("ascii", "ignore")
        header, _text = _parsed("content-type", value)
        boundary = header.params.get("boundary", "") if header else ""
        return boundary.encode("latin-1", "ignore").decode("latin-1")

    @property
    def is_named(self):
        """Tell whether Odoo makes an attachment of it."""
        return bool(
            self.value("Content-Disposition").lower().startswith("attachment")
            or re.search(
                r";\s*(?:file)?name\*?", self.value("Content-Disposition"), re.I
            )
            or re.search(r";\s*name\*?", self.value("Content-Type"), re.I)
        )

    @property
    def encoding(self):
        return self.value("Content-Transfer-Encoding").lower()


class _Mail:
    """A mail taken apart, and what has been mended in it."""

    def __init__(self, raw):
        self.mended = []
        self.newline = b"\r\n" if b"\r\n" in raw[:10_000] else b"\n"
        self.take_apart(raw)

    @property
    def raw(self):
        return b"".join(b"".join([*block.fields, block.rest]) for block in self.blocks)

    @property
    def parts(self):
        return [block for block in self.blocks if not block.is_quoted]

    def note(self, words):
        if words not in self.mended:
            self.mended.append(words)

    def again(self):
        """Take it apart anew after a change in what makes its parts."""
        self.take_apart(self.raw)

    def take_apart(self, raw):
        self.blocks = [_Block()]
        self._boundaries, rest, in_header = set(), [], True
        for line in raw.splitlines(keepends=True):
            block = self.blocks[-1]
            if in_header and self._take_header_line(block, line):
                continue
            if in_header:
                in_header = False
                self._remember_boundary(block)
                if not line.strip() and self._holds_header(block):
                    block.rest = line
                    self.blocks.append(_Block(block.type == "text/rfc822-headers"))
                    in_header = True
                    continue
            is_boundary = self._is_boundary(line)
            if is_boundary and block.end is None:
                block.end = sum(map(len, rest))
            rest.append(line)
            if is_boundary and not self._is_last(line):
                block.rest = b"".join(rest)
                rest, in_header = [], True
                self.blocks.append(_Block())
        self.blocks[-1].rest += b"".join(rest)

    def _is_boundary(self, line):
        if not line.startswith(b"--"):
            return False
        line = line[2:].rstrip()
        return line in self._boundaries or self._is_last(b"--" + line)

    def _is_last(self, line):
        """Tell whether a line closes a multipart (RFC 2046, 5.1.1)."""
        line = line[2:].rstrip()
        return line.endswith(b"--") and line[:-2] in self._boundaries

    @staticmethod
    def _take_header_line(block, line):
        if not _HEADER_LINE.match(line):
            return False
        if block.fields and line[:1] in b" \t":
            block.fields[-1] += line
        else:
            block.fields.append(line)
        return True

    @staticmethod
    def _holds_header(block):
        """Tell whether the body is a mail, or the header of one."""
        return block.type in (
            "message/rfc822",
            "message/global",
            "text/rfc822-headers",
        ) and block.encoding not in ("base64", "quoted-printable")

    def _remember_boundary(self, block):
        if block.type.startswith("multipart/"):
            named = block.boundary_for_python, block.parameter("boundary")
            self._boundaries.update(name.rstrip().encode("latin-1") for name in named)
            self._boundaries.discard(b"")


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
                mail.note("lines before the header taken away")
                mail.again()
            return


def _mend_interrupted_header(mail):
    """A line in a header that is none ends it for Python: what follows became text."""
    for _turn in range(20):
        if not [block for block in mail.blocks if _go_on_with_header(mail, block)]:
            return
        mail.again()


def _go_on_with_header(mail, block):
    lines = block.rest[:20_000].splitlines(keepends=True)
    if not lines or not lines[0].strip() or lines[0].startswith(b"--"):
        return False
    line = lines[0]
    if _OLD_HEADER_LINE.match(line):
        if not block.fields and not any(map(_SURE_HEADER.match, lines[:10])):
            return False
        mended = _OLD_HEADER_LINE.sub(rb"\1:", line)
        mail.note("space between a header's name and its colon taken away")
    elif block.fields and block.fields[-1].rstrip().endswith(b";") and b"=" in line:
        mended = b" " + line
        mail.note("continuation line of a header indented")
    elif block.fields and _header_follows(lines[1:]):
        mended = b"X-Unreadable: " + line
        mail.note("line in the header that is none marked as X-Unreadable")
    else:
        return False
    block.rest = mended + block.rest[len(line) :]
    return True


def _header_follows(lines):
    """Tell whether at least two sure headers come before the next blank line."""
    found = 0
    for line in lines[:60]:
        if not line.strip():
            break
        if not (_HEADER_LINE.match(line) or _OLD_HEADER_LINE.match(line)):
            break
        found += bool(_SURE_HEADER.match(line))
    return found >= 2


def _mend_nesting(mail):
    """Parts in parts in parts: from some depth on they are left as they are."""
    multiparts = [block for block in mail.blocks if _is_container(block)]
    if len(multiparts) <= _DEEPEST:
        return
    try:
        list(email.message_from_bytes(mail.raw, policy=policy.SMTP).walk())
    except RecursionError:
        for block in multiparts[_DEEPEST:]:
            block.put("Content-Type", "text/plain", mail.newline)
        mail.note("parts nested too deep taken for text")
        mail.again()


def _is_container(block):
    return block.type.startswith(("multipart/", "message/"))


# Parts ------------------------------------------------------------------------


def _mend_multiparts(mail):
    """A multipart whose boundary is missing or wrong has no parts for Python."""
    for place, block in enumerate(mail.blocks):
        if block.is_quoted or not block.type.startswith("multipart/"):
            continue
        if _has_parts(mail, place, block.boundary_for_python):
            continue
        boundary = block.parameter("boundary")
        if not _has_parts(mail, place, boundary):
            boundary = _used_boundary(block.rest)
        if boundary and boundary != block.boundary_for_python:
            block.put("Content-Type", _with_boundary(block, boundary))
            mail.note(f"boundary of {block.type} set to the one that is used")
        elif block.body.strip() or block.type == "multipart/report":
            html = re.search(rb"<(?:html|body|div|p|table)[ >]", block.body, re.I)
            mail.note(f"{block.type} without parts taken for text")
            block.put("Content-Type", "text/html" if html else "text/plain")
    if mail.mended:
        mail.again()


def _with_boundary(block, boundary):
    """Return a multipart's type with that boundary; what kind of report stays known."""
    told = block.parameter("report-type")
    told = f"; report-type={told}" if re.fullmatch(r"[\w-]+", told) else ""
    return f'{block.type}{told}; boundary="{boundary}"'


def _has_parts(mail, place, boundary):
    """Tell whether a boundary stands somewhere after a multipart's header."""
    boundary = boundary.rstrip().encode("latin-1")
    if not boundary:
        return False
    line = re.compile(rb"^--" + re.escape(boundary) + rb"[ \t]*\r?$", re.M)
    return any(line.search(block.rest) for block in mail.blocks[place:])


def _used_boundary(body):
    """Return the boundary that a body uses, '' where it uses none."""
    found = re.search(
        rb"^--([!-~][ -~]{0,68}?)[ \t]*\r?\n(?:Content-|\r?\nContent-)",
        body,
        re.M | re.I,
    )
    return found[1].decode("latin-1").replace('"', "") if found else ""


def _mend_base64(mail, block):
    """Python leaves base64 encoded that is a character too long, and garbles a text."""
    _blank, body, _boundary = _split_rest(block)
    bare = body.translate(None, delete=_NO_BASE64)
    if block.type.startswith("text/") and re.search(rb"\w[,.!?]? \w+ \w", body):
        block.put("Content-Transfer-Encoding", "8bit")
        mail.note("text called base64 that is none left as it is")
    elif len(bare) % 4 == 1 and len(bare) > 1:
        _put_content(mail, block, base64.b64decode(bare[:-1]))
        mail.note("base64 that breaks off read as far as it goes")


def _mend_types(mail):
    """Types that Python has no reader for: fonts, models, inventions."""
    for block in mail.parts:
        main = block.type.partition("/")[0]
        if main in _MAIN_TYPES or block.type in _ODD_TYPES:
            continue
        rest = block.value("Content-Type")[len(block.type) :]
        mail.note(f"type {block.type[:60]} taken for application/octet-stream")
        block.put("Content-Type", "application/octet-stream" + rest)


def _mend_encodings(mail):
    """Misspelt transfer encodings, and base64 that is cut off or none at all."""
    for block in mail.parts:
        encoding = block.encoding
        if encoding == "base64" and not _is_container(block):
            _mend_base64(mail, block)
        if not encoding or encoding in _KNOWN_ENCODINGS:
            continue
        bare = re.sub(r"\(.*?\)|[^a-z0-9]", "", encoding.partition(";")[0])
        if meant := _ENCODINGS.get(bare):
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
        if not block.type.startswith("text/") or mail._holds_header(block):
            continue
        content, charset = _content(block), block.parameter("charset")
        codec = _codec(charset or "us-ascii")
        if codec and _decodes(content, codec):
            continue
        if block.is_named and codec and not _decodes(content, "utf-8"):
            rest = block.value("Content-Type").partition(";")
            block.put("Content-Type", "application/octet-stream" + rest[1] + rest[2])
            mail.note("attachment called text that is none kept as it is")
            continue
        meant = _meant(content, charset)
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
        if not block.type.startswith("text/") or mail._holds_header(block):
            continue
        if block.is_named:
            continue
        content = _content(block)
        codec = _codec(block.parameter("charset") or "us-ascii") or "latin-1"
        text = content.decode(codec, "replace")
        if "\0" not in text:
            continue
        mail.note("NUL taken out of the text")
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
    header = f"Content-Transfer-Encoding: {block.encoding}\n\n".encode()
    # as Python does it, with all it forgives
    return email.message_from_bytes(header + body).get_payload(decode=True)


def _put_content(mail, block, content):
    """Replace an encoded part's content."""
    blank, _body, boundary = _split_rest(block)
    block.put("Content-Transfer-Encoding", "base64")
    lines = base64.encodebytes(content).replace(b"\n", mail.newline)
    block.rest = blank + lines + boundary


def _codec(charset):
    """Return the name of Python's codec, None where there is none that reads text."""
    try:
        codec = codecs.lookup(charset).name
        b"a\xe4".decode(codec, "replace")
    except (LookupError, ValueError):
        return None
    return codec


def _decodes(content, codec):
    """Tell whether bytes are text in that charset, and text that can be stored."""
    try:
        return not re.search("[\ud800-\udfff]", content.decode(codec))
    except ValueError:
        return False


def _alias(charset):
    """Return the codec that is meant by a name Python does not know, None if unclear."""
    bare = re.sub(r"[^a-z0-9]", "", charset.lower())
    if bare in _CHARSETS:
        return _CHARSETS[bare]
    for pattern, name in (
        (r"(?:x|ms)?(?:cp|windows|win|ibm|dos)(\d{3,5})$", "cp{}"),
        (r"x?iso8859(\d{1,2})", "iso8859-{}"),
        (r"x?utf8", "utf-8"),
        (r"x?utf16", "utf-16"),
        (r"x?koi8?r", "koi8-r"),
        (r"x?koi8?u", "koi8-u"),
        (r"x?iso2022jp", "iso2022_jp_ext"),
        (r"(?:us)?ascii", "ascii"),
    ):
        found = re.match(pattern, bare)
        codec = found and _codec(name.format(*found.groups()))
        if codec:
            return codec
    return None


def _meant(content, charset):
    """Return the charset that bytes are in, None where none is better than the named.

    What is called by a known name and is mostly in it stays: a damaged letter in a
    long text is no reason to read all others differently.
    """
    codec = _codec(charset or "us-ascii") or _codec(_alias(charset) or "")
    for meant in filter(None, (codec, *_LARGER.get(codec, ()))):
        if _decodes(content, meant):
            return meant
    if codec not in (None, "ascii") and _codec(charset):
        wrong = content.decode(codec, "replace").count("\ufffd")
        if wrong * 3 < sum(byte > 127 for byte in content) or codec.startswith(
            "iso2022"
        ):
            return None
    for meant in ("utf-8", "windows-1252", "iso-8859-1"):
        if _decodes(content, meant):
            return meant
    return None


# Header fields ----------------------------------------------------------------


def _mend_fields(mail):
    for block in mail.blocks:
        for place, field in enumerate(block.fields):
            name, colon, value = field.partition(b":")
            if not colon or field.startswith(b"From "):
                continue
            if block.is_quoted and name.lower() != b"message-id":
                continue
            mended = _mended_field(mail, name, value)
            if mended is not None:
                block.fields[place] = mended


def _mended_field(mail, name, value):
    """Return a field's new bytes, None where it is well."""
    key = name.decode("ascii").lower()
    plain = value.isascii() and b"\0" not in value and b"=?" not in value
    if plain and key not in _STRUCTURED:
        return None  # nothing is interpreted in it
    ending = value[len(value.rstrip(b"\r\n")) :]
    words, old = f"header {name.decode('ascii')[:60]}", value
    if len(value) > _LONGEST_FIELD and (
        (key in _STRUCTURED) or value.count(b"=?") > _MOST_WORDS
    ):
        value = _cut(value) + ending
        mail.note(f"{words} cut: it was {len(old)} bytes long")
    damage = _damage(key, value)
    for step in (_without_nul, _in_utf8, _with_known_words, _with_known_parameters):
        if damage:
            better = step(mail, value)
            if better != value and (left := _damage(key, better)) < damage:
                value, damage = better, left
                mail.note(
                    f"{words}: {step.__doc__.splitlines()[0].rstrip('.').lower()}"
                )
    if damage >= _RAISES:
        return _readable_rest(mail, name, key, value, ending)
    return None if value == old else name + b":" + value


# What is damaged, from bad to worse: a letter, a value that cannot be stored, all.
_UNSTORABLE, _RAISES = 100_000, 1_000_000


def _parsed(name, value):
    """Return a header as Python reads it, and all text in it; None where it raises."""
    try:
        header = policy.SMTP.header_fetch_parse(name, value)
        text = str(header)
        if name.lower() in _PARAMETER_FIELDS:
            text += "".join(map(str, header.params.values()))
    except (Exception, RecursionError):
        return None, ""
    return header, text


def _damage(key, value):
    """Return how much of a header cannot be read."""
    header, text = _parsed(key, value.decode("ascii", "surrogateescape").strip("\r\n"))
    if header is None:
        return _RAISES
    if _NO_CHARACTER.search(text):
        return _UNSTORABLE
    return text.count("\ufffd")


def _cut(value):
    """Return the beginning of a long header, up to a place where it can be cut."""
    value = value[:_LONGEST_FIELD]
    for separator in (b",", b">", b" "):
        head, found, _rest = value.rpartition(separator)
        if found:
            return head + (found if separator == b">" else b"")
    return value


def _without_nul(mail, value):
    """NUL taken out."""
    return value.replace(b"\0", b"")


def _in_utf8(mail, value):
    """Letters outside ASCII written in UTF-8."""
    if value.isascii() or _decodes(value, "utf-8"):
        return value
    named = (block.parameter("charset") for block in mail.blocks)
    for codec in (*filter(None, map(_codec, filter(None, named))), "cp1252"):
        if codec not in ("utf-8", "ascii", "utf-7") and _decodes(value, codec):
            return value.decode(codec).encode()
    return value.decode("latin-1").encode()


def _with_known_words(mail, value):
    """Encoded words written in a charset that can be read."""
    return _ENCODED_RUN.sub(_mended_words, value)


def _mended_words(run):
    """Write a row of encoded words anew where they cannot be read one by one.

    Some programs cut a text into words in the midst of a letter (against RFC 2047, 5),
    so all words in one charset are read together.
    """
    words = [found.groups() for found in _ENCODED_WORD.finditer(run[0])]
    text = ""
    for charset, some in groupby(words, key=lambda word: word[0].lower()):
        content = b"".join(_word_content(code, word) for _charset, code, word in some)
        charset = charset.decode("latin-1")
        meant = _meant(content, charset) or _codec(charset) or "utf-8"
        text += _NO_CHARACTER.sub("", content.decode(meant, "replace"))
    return b"\r\n ".join(_encoded_words(text)) or run[0]


def _word_content(code, word):
    if code in b"qQ":
        return quopri.decodestring(word.replace(b"_", b"=20"))
    word = re.sub(rb"[^A-Za-z0-9+/]", b"", word)
    word = word[: len(word) - (len(word) % 4 == 1)]
    try:
        return binascii.a2b_base64(word + b"=" * (-len(word) % 4))
    except binascii.Error:
        return b""


def _encoded_words(text):
    """Yield encoded words of at most 75 characters (RFC 2047, 2)."""
    for start in range(0, len(text), 10):
        content = text[start : start + 10].encode("utf-8", "replace")
        yield b"=?utf-8?B?" + base64.b64encode(content) + b"?="


def _with_known_parameters(mail, value):
    """Parameters written in a charset that can be read."""

    def mended(found):
        charset = found[2].decode("latin-1")
        content = unquote_to_bytes(found[4])
        meant = _meant(content, charset) or "iso-8859-1"
        return found[1] + meant.encode() + found[3] + found[4].replace(b"%00", b"")

    return _EXTENDED_PARAMETER.sub(mended, value)


def _readable_rest(mail, name, key, value, ending):
    """Return what can be saved of a header that Python cannot read in any way."""
    words = f"header {name.decode('ascii')[:60]}"
    for part in _savable(key, value):
        if _damage(key, part) < _RAISES:
            mail.note(f"{words} reduced to what can be read")
            return name + b": " + part + ending
    mail.note(f"{words} renamed: it cannot be read")
    value = value.replace(b"\0", b"")
    if not _decodes(value, "utf-8"):
        value = value.decode("latin-1").encode()
    return b"X-Unreadable-" + name + b":" + value


def _savable(key, value):
    """Yield what a header may come down to."""
    value = b" ".join(value.replace(b"\0", b"").split())
    if key in _ADDRESS_FIELDS and (addresses := _ADDRESS.findall(value)):
        yield b", ".join(addresses[:1000])
    elif key.endswith("message-id"):
        bare = re.sub(rb"[^\w.@+=$%-]", b"", value)
        if bare.strip(b"@."):
            yield b"<" + bare + b">"
    elif key in _PARAMETER_FIELDS:
        found = re.match(rb"[\w.+-]+(?:/[\w.+-]+)?", value)
        kept = re.findall(
            rb';\s*(?:boundary|charset|filename|name)="?[\w.=+-]+"?', value
        )
        if found:
            yield found[0] + b"".join(kept)
            yield found[0]


# What is left when a mail still cannot be read -----------------------------------


def _without_any_nul(mail):
    """NUL where no mender looks: in what a report says, between the parts."""
    raw = mail.raw
    if b"\0" in raw:
        mail.note("NUL taken out of the whole mail")
        mail.take_apart(raw.replace(b"\0", b""))


def _returned_as_files(mail):
    """A mail inside that cannot be read is kept as a file."""
    for block in mail.parts[1:]:
        if block.type.startswith("message/") or block.type == "text/rfc822-headers":
            mail.note(f"{block.type[:60]} that cannot be read kept as a file")
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
    if not _decodes(body, "utf-8"):
        body = body.decode("latin-1").encode()
    fields = [field for field in fields if _field_reads(field)]
    fields.append(b"Content-Type: text/plain; charset=utf-8" + mail.newline)
    fields.append(b"Content-Transfer-Encoding: 8bit" + mail.newline)
    mail.note("parts that cannot be read taken for one text")
    mail.take_apart(b"".join(fields) + mail.newline + body.lstrip(b"\r\n"))


def _field_reads(field):
    name, _colon, value = field.partition(b":")
    value = value.decode("ascii", "surrogateescape").strip("\r\n")
    return _reads(name.decode("ascii", "replace"), value)


_MENDERS = (
    _mend_beginning,
    _mend_interrupted_header,
    _mend_nesting,
    _mend_fields,
    _mend_multiparts,
    _mend_types,
    _mend_encodings,
    _mend_charsets,
    _mend_unstorable_text,
)
_LAST_RESORTS = (_without_any_nul, _returned_as_files, _all_as_text)
