"""Reading winmail.dat: what Outlook packs into one file when it sends in its own format."""

import struct
from dataclasses import dataclass, field

from . import budget, source

SIGNATURE = b"\x78\x9f\x3e\x22"
# Attributes of the file, of the message (level 1) and of its attachments (level 2).
_BODY = 0x800C
_DATA = 0x800F
_TITLE = 0x8010
_BEGIN = 0x9002
_MESSAGE_PROPERTIES = 0x9003
_ATTACHMENT_PROPERTIES = 0x9005
_CODE_PAGE = 0x9007
# Properties (MS-OXPROPS).
_PLAIN = 0x1000
_RTF = 0x1009
_HTML = 0x1013
_DISPLAY_NAME = 0x3001
_CONTENT = 0x3701
_SHORT_NAME = 0x3704
_METHOD = 0x3705
_LONG_NAME = 0x3707
_MIME_TYPE = 0x370E
_CONTENT_ID = 0x3712
_EMBEDDED, _OLE = 5, 6

_SIZES = {0x02: 2, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 2}
_SIZES |= {0x14: 8, 0x40: 8, 0x48: 16, 0x01: 0}
_TEXT8, _TEXT16, _BINARY, _OBJECT = 0x1E, 0x1F, 0x102, 0x0D
# Of all of them in a file together, each with its values.
_MOST_PROPERTIES = 50_000
_MOST_FILES = 500
# How compressed RTF begins to be read (MS-OXRTFCP, 2.1.2.1).
_RTF_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}"
    rb"{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_MOST_RTF = 20_000_000


@dataclass
class Packed:
    """One file in a winmail.dat."""

    name: str = ""
    data: bytes | None = None
    mime_type: str = ""
    content_id: str = ""


@dataclass
class Unpacked:
    """What is in a winmail.dat.

    :param files: the attachments that could be read
    :param plain, html, rtf: the mail's text, as far as it is there
    :param whole: everything could be read
    :param properties: how many properties and values of theirs were read
    """

    files: list = field(default_factory=list)
    plain: str = ""
    html: str = ""
    rtf: bytes = b""
    whole: bool = True
    properties: int = 0

    def count(self, properties):
        """Count properties, or values of one.

        :raises _Broken: where there are more than are read
        """
        self.properties += properties
        if self.properties > _MOST_PROPERTIES:
            raise _Broken


class _Broken(Exception):
    """The file ends before it should, or says what cannot be."""


def unpack(data):
    """Return what is in a winmail.dat; what cannot be read is left out, never raised."""
    found = Unpacked()
    broken = []
    with source.tolerant(broken):
        _read(data, found)
    found.whole = found.whole and not broken
    read = [packed for packed in found.files if packed.data is not None]
    found.whole = found.whole and len(read) == len(found.files)
    found.files = read
    return found


def _read(data, found):
    if data[:4] != SIGNATURE:
        raise _Broken
    codec, at = "cp1252", 6
    while at + 11 <= len(data):
        budget.check()
        _level, name, _kind, size = struct.unpack_from("<BHHI", data, at)
        at += 9
        if at + size > len(data):
            raise _Broken
        value = data[at : at + size]
        at += size + 2  # and a check sum, which many writers get wrong
        if name == _CODE_PAGE and size >= 4:
            codec = _codec(struct.unpack_from("<I", value)[0])
        elif name == _BEGIN:
            if len(found.files) >= _MOST_FILES:
                raise _Broken
            found.files.append(Packed())
        elif name == _BODY:
            found.plain = found.plain or _text(value, codec)
        elif name == _MESSAGE_PROPERTIES:
            _read_message(value, codec, found)
        elif found.files and name in (_TITLE, _DATA, _ATTACHMENT_PROPERTIES):
            _read_file(name, value, codec, found)
    if at < len(data) and data[at:].strip(b"\0"):
        raise _Broken


def _read_message(value, codec, found):
    for name, content in _properties(value, codec, found):
        if name == _PLAIN and isinstance(content, str):
            found.plain = content
        elif name == _HTML:
            found.html = content if isinstance(content, str) else _html(content, codec)
        elif name == _RTF and isinstance(content, bytes):
            found.rtf = _rtf(content)


def _read_file(name, value, codec, found):
    packed = found.files[-1]
    if name == _TITLE:
        packed.name = packed.name or _text(value, codec)
        return
    if name == _DATA:
        packed.data = packed.data or value
        return
    known = dict(_properties(value, codec, found))
    names = (known.get(kind) for kind in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
    packed.name = next((name for name in names if _is_text(name)), packed.name)
    packed.mime_type = known.get(_MIME_TYPE, "") or ""
    packed.content_id = known.get(_CONTENT_ID, "") or ""
    content = known.get(_CONTENT)
    if known.get(_METHOD) in (_EMBEDDED, _OLE):
        # a mail or a document in Outlook's own form: nobody could open it
        packed.data = None
    elif isinstance(content, bytes) and content:
        packed.data = content


def _is_text(value):
    return isinstance(value, str) and bool(value.strip())


def _properties(value, codec, unpacked):
    """Return the (number, value) of the properties in a block of them."""
    (count,) = struct.unpack_from("<I", value)
    unpacked.count(count)
    found, at = [], 4
    for _number in range(count):
        budget.check()
        kind, name = struct.unpack_from("<HH", value, at)
        at += 4
        if name >= 0x8000:
            at = _after_name(value, at)
        content, at = _values(value, at, kind, codec, unpacked)
        if name < 0x8000:
            found.append((name, content))
    return found


def _after_name(value, at):
    """Return where the value of a property with a name begins."""
    (is_text,) = struct.unpack_from("<I", value, at + 16)
    at += 20
    (size,) = struct.unpack_from("<I", value, at)
    return at + 4 + (_padded(size) if is_text else 0)


def _padded(size):
    return (size + 3) // 4 * 4


def _values(value, at, kind, codec, unpacked):
    """Return a property's first value, and where the next property begins."""
    several, kind = kind & 0x1000, kind & 0x0FFF
    count, content = 1, None
    if several or kind not in _SIZES:
        (count,) = struct.unpack_from("<I", value, at)
        at += 4
        # each takes some bytes, but for those that are nothing
        if count * (_SIZES.get(kind, 4) or len(value)) > len(value) - at:
            raise _Broken
        unpacked.count(count)
    for number in range(count):
        if kind in _SIZES:
            size = _SIZES[kind]
        else:
            (size,) = struct.unpack_from("<I", value, at)
            at += 4
        if at + size > len(value):
            raise _Broken
        if not number:
            content = _value(kind, value[at : at + size], codec)
        at += size if several and kind in (0x02, 0x0B) else _padded(size)
    return content, _padded(at) if several else at


def _value(kind, raw, codec):
    if kind == _TEXT8:
        return _text(raw, codec)
    if kind == _TEXT16:
        return raw.decode("utf-16-le", "replace").rstrip("\0")
    if kind == _BINARY:
        return raw
    if kind == _OBJECT:
        return raw[16:]  # behind the name of its interface
    return int.from_bytes(raw, "little")


def _codec(page):
    known = {65001: "utf-8", 1200: "utf-16-le", 20127: "ascii", 28591: "latin-1"}
    name = known.get(page, f"cp{page}")
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name


def _text(raw, codec):
    return raw.decode(codec, "replace").rstrip("\0")


def _html(raw, codec):
    try:
        return raw.decode("utf-8").rstrip("\0")
    except UnicodeDecodeError:
        return _text(raw, codec)


def _rtf(packed):
    """Return compressed RTF as it was (MS-OXRTFCP), what could be read of it."""
    _size, raw_size, kind, _check = struct.unpack_from("<IIII", packed)
    if kind == 0x414C454D:  # not compressed
        return packed[16 : 16 + raw_size]
    if kind != 0x75465A4C:
        raise _Broken
    window, place, at = bytearray(4096), len(_RTF_START), 16
    window[:place] = _RTF_START
    out, most = bytearray(), min(raw_size, _MOST_RTF)
    while at < len(packed) and len(out) < most:
        budget.check()
        flags, at = packed[at], at + 1
        for bit in range(8):
            if at >= len(packed) or len(out) >= most:
                break
            if not flags >> bit & 1:
                letters, at = packed[at : at + 1], at + 1
            else:
                reference = int.from_bytes(packed[at : at + 2], "big")
                at += 2
                start, size = reference >> 4, (reference & 15) + 2
                if start == place % 4096:
                    return bytes(out)
                letters = None
            for step in range(1 if letters else size):
                letter = letters[0] if letters else window[(start + step) % 4096]
                out.append(letter)
                window[place % 4096] = letter
                place += 1
    return bytes(out)
