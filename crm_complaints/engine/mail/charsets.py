"""Which charset a text is in: what its name means, and what its bytes allow."""

import codecs
import re

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


def codec_of(charset):
    """Return the name of Python's codec, None where there is none that reads text."""
    try:
        codec = codecs.lookup(charset).name
        b"a\xe4".decode(codec, "replace")
    except (LookupError, ValueError):
        return None
    return codec


def decodes(content, codec):
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
