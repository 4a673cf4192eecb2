"""Which charset a text is in: what its name means, and what its bytes allow."""

import codecs
import re

from . import iso2022

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
    "iso8859-1": ("cp1252",),
    "iso8859-15": ("cp1252",),
    "iso8859-7": ("cp1253",),
    "iso8859-8": ("cp1255",),
    "iso8859-9": ("cp1254",),
    "iso8859-11": ("cp874",),
}
# Nobody writes these: they are letters and quotes of the larger one.
_CONTROLS = re.compile(rb"[\x80-\x9f]")
# Of one byte a letter, where hardly any text could be UTF-8 as well; Thai could.
_SINGLE_BYTE = re.compile(
    r"iso8859-(?!11)|cp125|cp437|cp850|cp866|koi8|mac|latin|ascii"
)
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
# Letters of a text that was encoded twice; a single one somebody may have written.
_MOST_BY_CHANCE = 3


# Python reads text by them, though they are no charsets of mail.
_NO_CHARSETS = frozenset(
    ["punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined", "charmap"]
)


# Of five bytes Microsoft's code page makes no letter, and programs do as Latin 1 does.
_AS_LATIN_1 = "crm_complaints.latin-1"
codecs.register_error(
    _AS_LATIN_1,
    lambda error: (error.object[error.start : error.end].encode("latin-1"), error.end),
)


def codec_of(charset):
    """Return the name of Python's codec, None where there is none that reads text."""
    try:
        codec = codecs.lookup(charset).name
        b"a\xe4".decode(codec, "replace")
    except (LookupError, ValueError):
        return None
    return None if codec in _NO_CHARSETS else codec


def decodes(content, codec):
    """Tell whether bytes are text in that charset, and text that can be stored."""
    if codec.startswith(("iso8859", "tis-620")) and _CONTROLS.search(content):
        return False
    try:
        return not re.search("[\ud800-\udfff]", content.decode(codec))
    except ValueError:
        return False


def is_well(content, charset):
    """Tell whether bytes are text in the charset that they are said to be in."""
    codec = codec_of(charset or "us-ascii")
    return bool(
        codec
        and decodes(content, codec)
        and not (_SINGLE_BYTE.match(codec) and _is_utf8(content))
        and (codec.startswith("iso2022") or not iso2022.is_escaped(content))
        and not (codec == "utf-16" and _byte_order(content))
    )


def reread(content, charset):
    """Return the text of bytes that no charset of Python's reads, else None."""
    codec = codec_of(charset or "us-ascii") or _alias(charset)
    if codec == "utf-8" and (text := _undoubled(content)) is not None:
        return text
    if codec and codec.startswith("iso2022_jp"):
        escaped = iso2022.with_escapes(content)
        if escaped != content:
            return iso2022.decoded(escaped)
    if iso2022.is_escaped(content) and not (
        codec and codec.startswith("iso2022") and decodes(content, codec)
    ):
        return iso2022.decoded(content)
    return None


def _undoubled(content):
    """Return the text of bytes in UTF-8 that were taken for something else on their way."""
    if content.isascii():
        return None
    try:
        once = content.decode().encode("cp1252", _AS_LATIN_1)
        meant = once.decode()
    except UnicodeError:
        return None
    letters = len(meant) - len(meant.encode("ascii", "ignore"))
    return meant if letters > _MOST_BY_CHANCE else None


def _is_utf8(content):
    return not content.isascii() and decodes(content, "utf-8")


def _byte_order(content):
    """Return the order of bytes where none is told, and the usual one is wrong."""
    if content.startswith(_BYTE_ORDER_MARKS):
        return None
    wrong = content[::2].count(0) > content[1::2].count(0)
    return "utf-16-be" if wrong else None


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
        codec = found and codec_of(name.format(*found.groups()))
        if codec:
            return codec
    return None


def meant_charset(content, charset):
    """Return the charset that bytes are in, None where none is better than the named.

    What is called by a known name and is mostly in it stays: a damaged letter in a
    long text is no reason to read all others differently.
    """
    codec = codec_of(charset or "us-ascii") or codec_of(_alias(charset) or "")
    if content.startswith(_BYTE_ORDER_MARKS) and decodes(content, "utf-16"):
        return "utf-16"
    if codec == "utf-16" and (meant := _byte_order(content)):
        return meant
    if codec and _SINGLE_BYTE.match(codec) and _is_utf8(content):
        return "utf-8"
    for meant in filter(None, (codec, *_LARGER.get(codec, ()))):
        if decodes(content, meant):
            return meant
    if codec not in (None, "ascii") and codec_of(charset):
        wrong = content.decode(codec, "replace").count("\ufffd")
        if wrong * 3 < sum(byte > 127 for byte in content) or codec.startswith(
            "iso2022"
        ):
            return None
    for meant in ("utf-8", "windows-1252", "iso-8859-1"):
        if decodes(content, meant):
            return meant
    return None
