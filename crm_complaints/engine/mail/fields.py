"""Mending a header field that Python cannot read, or reads wrongly."""

import base64
import binascii
import quopri
import re
from urllib.parse import unquote_to_bytes

from . import budget, parser
from .charsets import codec_of, decodes, meant_charset, reread

# Python reads an address list of this size in a second, and of twice the size in four;
# one address, or the parameters of a type, much more slowly.
_LONGEST_LIST = 64_000
_LONGEST_TEXT = 200_000
_LONGEST_FIELD = 8_000
_LONGEST_ADDRESS = 2_000
_MOST_WORDS = 2_000  # encoded words: the same
# From so many bytes of long headers on, the long ones are cut to what is usual.
_ALL_FIELDS = 64_000
_USUAL_FIELD = 1_000
_ENCODED_WORD = re.compile(
    rb"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([bBqQ])\?([^?\r\n]*)\?="
)
_ENCODED_RUN = re.compile(
    rb"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\r\n]*\?=(?:\s{0,20}=\?[^?\s]{1,60}\?[bBqQ]\?[^?\r\n]*\?=)*"
)
_EXTENDED_PARAMETER = re.compile(
    rb"(\*(?:0\*)?[ \t]*=[ \t]*\"?)([^'\s;\"=]*)('[^'\s;]*')([^;\s\"]*)"
)
# What Python reads fast: no quotes, comments and groups.
_PLAIN_ADDRESS = re.compile(
    rb"[^\"(),:;<>@\[\]\\]{0,200}<?[\w.+=-]{1,64}@[\w.-]{1,250}>?\s{0,20}"
)
_ADDRESS = re.compile(rb"[\w.!#$%&*+/=?^{|}~-]{1,64}@[\w.-]{1,250}\w")


def mend_fields(mail):
    """Mend the header fields of a mail and of its parts.

    :param mail_blocks.Mail mail:
    """
    mail.long_fields = 0
    for block in mail.blocks:
        for place, field in enumerate(block.fields):
            budget.check()
            name, colon, value = field.partition(b":")
            # what continues no header is none for Python
            if not colon or field.startswith((b"From ", b" ", b"\t")):
                continue
            if block.is_quoted and name.lower() != b"message-id":
                continue
            mended = _mended_field(mail, name, value)
            if mended is not None:
                block.fields[place] = mended


def _mended_field(mail, name, value):
    """Return a field's new bytes, None where it is well."""
    key = name.decode("ascii").lower()
    if parser.is_plain(key, value.decode("ascii", "surrogateescape")):
        return None
    ending = value[len(value.rstrip(b"\r\n")) :]
    words, old = f"header {name.decode('ascii')[:60]}", value
    if len(cut := _cut(mail, key, value)) < len(value):
        value = cut + ending
        mail.cut(f"{words} cut from {len(old)} bytes")
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


def _damage(key, value):
    """Return how much of a header cannot be read."""
    header, text = parser.parsed(
        key, value.decode("ascii", "surrogateescape").strip("\r\n")
    )
    if header is None:
        return _RAISES
    if parser.NO_CHARACTER.search(text):
        return _UNSTORABLE
    # an encoded word that could not be read stays as it is
    return sum(map(text.count, ("\ufffd", "\x1b", "=?")))


def _cut(mail, key, value):
    """Return of a header what Python reads within reasonable time."""
    if len(value) <= _USUAL_FIELD:
        return value
    longest = _LONGEST_TEXT
    if key in parser.ADDRESS_FIELDS:
        longest = _LONGEST_LIST
        if len(value) > _LONGEST_LIST:
            value = _beginning(value, _LONGEST_LIST)
        addresses = value.split(b",")
        if max(map(len, addresses)) > _LONGEST_ADDRESS:
            value = b",".join(map(_short_address, addresses))
        if len(value) > _LONGEST_FIELD and not all(
            map(_PLAIN_ADDRESS.fullmatch, value.split(b","))
        ):
            value = b" " + b", ".join(_ADDRESS.findall(value))
    elif key in parser.STRUCTURED:
        longest = _LONGEST_FIELD
    elif value.count(b"=?") > _MOST_WORDS:
        longest = _LONGEST_LIST
    if mail.long_fields > _ALL_FIELDS:
        longest = _USUAL_FIELD
    if len(value) > longest:
        value = _beginning(value, longest)
    mail.long_fields += len(value)
    return value


def _short_address(address):
    """Return an address without whatever makes it too long, commented or quoted."""
    if len(address) <= _LONGEST_ADDRESS:
        return address
    return b" " + b", ".join(_ADDRESS.findall(address)[-1:])


def _beginning(value, length):
    """Return the beginning of a long header, up to a place where it can be cut."""
    value = value[:length]
    for separator in (b",", b">", b" "):
        head, found, _rest = value.rpartition(separator)
        if found:
            return head + (found if separator == b">" else b"")
    return value


def _without_nul(mail, value):
    """NUL characters removed."""
    return value.replace(b"\0", b"")


def _in_utf8(mail, value):
    """Non-ASCII letters converted to UTF-8."""
    if (read := reread(value, "us-ascii")) is not None:
        return read.encode()
    if value.isascii() or decodes(value, "utf-8"):
        return value
    named = (block.parameter("charset") for block in mail.blocks)
    for codec in (*filter(None, map(codec_of, filter(None, named))), "cp1252"):
        if codec not in ("utf-8", "ascii", "utf-7") and decodes(value, codec):
            return value.decode(codec).encode()
    return value.decode("latin-1").encode()


def _with_known_words(mail, value):
    """Encoded words converted to a readable charset."""
    return _ENCODED_RUN.sub(_mended_words, value)


def _mended_words(run):
    """Write a row of encoded words anew where they cannot be read one by one.

    Some programs cut a text into words in the midst of a letter (against RFC 2047, 5),
    so all words in one charset are read together.
    """
    rows = []
    for found in _ENCODED_WORD.finditer(run[0]):
        charset, code, word = found.groups()
        if not rows or rows[-1][0] != charset.lower():
            rows.append((charset.lower(), []))
        rows[-1][1].append(_word_content(code, word))
    text = ""
    for charset, some in rows:
        content = b"".join(some)
        charset = charset.decode("latin-1")
        if (read := reread(content, charset)) is not None:
            text += read
            continue
        meant = meant_charset(content, charset) or codec_of(charset) or "utf-8"
        text += parser.NO_CHARACTER.sub("", content.decode(meant, "replace"))
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
    """Parameters converted to a readable charset."""

    def mended(found):
        charset = found[2].decode("latin-1")
        content = unquote_to_bytes(found[4])
        meant = meant_charset(content, charset) or "iso-8859-1"
        return found[1] + meant.encode() + found[3] + found[4].replace(b"%00", b"")

    return _EXTENDED_PARAMETER.sub(mended, value)


def _readable_rest(mail, name, key, value, ending):
    """Return what can be saved of a header that Python cannot read in any way."""
    words = f"header {name.decode('ascii')[:60]}"
    for part in _savable(key, value):
        if _damage(key, part) < _RAISES:
            mail.note(f"{words} reduced to its readable part")
            return name + b": " + part + ending
    mail.note(f"unreadable {words} renamed")
    value = value.replace(b"\0", b"")
    if not decodes(value, "utf-8"):
        value = value.decode("latin-1").encode()
    return b"X-Unreadable-" + name + b":" + value


def _savable(key, value):
    """Yield what a header may come down to."""
    value = b" ".join(value.replace(b"\0", b"").split())
    if key in parser.ADDRESS_FIELDS and (addresses := _ADDRESS.findall(value)):
        yield b", ".join(addresses[:1000])
    elif key.endswith("message-id"):
        bare = re.sub(rb"[^\w.@+=$%-]", b"", value)
        if bare.strip(b"@."):
            yield b"<" + bare + b">"
    elif key in parser.PARAMETER_FIELDS:
        found = re.match(rb"[\w.+-]+(?:/[\w.+-]+)?", value)
        kept = re.findall(
            rb';\s*(?:boundary|charset|filename|name)="?[\w.=+-]+"?', value
        )
        if found:
            yield found[0] + b"".join(kept)
            yield found[0]
