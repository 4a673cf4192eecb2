"""ISO 2022: text of Japanese, Korean and Chinese mail, with characters of the vendors.

Python's codecs read the standards, and of a text with one other character nothing. Here
each character is read by itself; one that cannot be told is a replacement mark.
"""

import re

from . import budget

MARK = "\ufffd"
# Which set of characters follows, and whether it is behind a shift-out.
_DESIGNATION = re.compile(rb"\x1b(?:\$?[()*][0-9@A-Z]|\$[@ABC])")
_ESCAPE = re.compile(rb"\x1b(?:\$?[()*+\-.][0-9@A-Z]|\$[@ABC]|[NO]|&@)?")
# A row of Japanese whose escapes lost their first byte on the way.
_BARE = re.compile(rb"(\$[@B])((?:[!-~]{2}){1,60}?)(\([BJ])")
_ASCII, _KATAKANA, _UNKNOWN = "ascii", "katakana", ""
# Sets by the end of their escapes; the first two of 94 characters, the others of 94².
_SINGLE = {b"B": _ASCII, b"J": _ASCII, b"I": _KATAKANA}
_DOUBLE = {
    b"@": "japanese",
    b"B": "japanese",
    b"D": "japanese more",
    b"O": "japanese 2004",
    b"Q": "japanese 2004",
    b"A": "gb2312",
    b"C": "cp949",
}


def is_escaped(content):
    """Tell whether bytes are in a charset of ISO 2022, whatever they are said to be."""
    return b"\x1b" in content and bool(_DESIGNATION.search(content))


def with_escapes(content):
    """Return Japanese text with the escapes that were lost on its way."""
    if b"\x1b" in content:
        return content
    return _BARE.sub(
        lambda found: b"\x1b" + found[1] + found[2] + b"\x1b" + found[3], content
    )


def decoded(content):
    """Return the text of bytes, each character by itself."""
    found, current, shifted, is_shifted = [], _ASCII, _KATAKANA, False
    at = 0
    for escape in [*_ESCAPE.finditer(content), None]:
        budget.check()
        end = escape.start() if escape else len(content)
        for line, is_out in _lines(content[at:end], is_shifted):
            budget.check()
            found.append(_read(line, shifted if is_out else current))
            is_shifted = is_out
            if line.endswith(b"\n"):
                current, is_shifted = _ASCII, False
        if escape is None:
            break
        at = escape.end()
        designated = escape[0][1:]
        ending, behind = designated[-1:], designated[:-1]
        if behind in (b"(", b"$(", b"$"):
            known = _DOUBLE if b"$" in behind else _SINGLE
            current, is_shifted = known.get(ending, _UNKNOWN), False
        elif behind in (b")", b"$)"):
            known = _DOUBLE if b"$" in behind else _SINGLE
            shifted = known.get(ending, _UNKNOWN)
        elif ending not in b"&@":
            found.append(MARK)
    return "".join(found)


def _lines(content, is_out):
    """Yield pieces that are in one set, and whether it is the one behind a shift-out."""
    for line in content.splitlines(keepends=True):
        for piece in re.split(rb"([\x0e\x0f])", line):
            if piece in (b"\x0e", b"\x0f"):
                is_out = piece == b"\x0e"
            elif piece:
                yield piece, is_out
        is_out = is_out and not line.endswith(b"\n")


def _read(piece, charset):
    if charset == _ASCII:
        return _read_single(piece)
    if charset == _KATAKANA:
        raised = bytes(byte | 0x80 if 0x21 <= byte < 0x60 else byte for byte in piece)
        return raised.decode("cp932", "replace")
    if charset == _UNKNOWN:
        ending = piece[len(piece.rstrip(b"\r\n")) :]
        return (MARK if piece.rstrip(b"\r\n") else "") + ending.decode("ascii")
    found, at = [], 0
    while at < len(piece):
        pair = piece[at : at + 2]
        if pair[0] <= 0x20 or pair[0] > 0x7E:
            found.append(pair[:1].decode("ascii", "replace"))
            at += 1
            continue
        found.append(_read_double(pair, charset))
        at += 2 if len(pair) == 2 and 0x21 <= pair[1] < 0x7F else 1
    return "".join(found)


def _read_single(piece):
    """Read what is outside of all escapes."""
    if piece.isascii():
        return piece.decode("ascii")
    if all(byte < 0x80 or 0xA1 <= byte < 0xE0 for byte in piece):
        return piece.decode("cp932", "replace")  # katakana of half the width
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return piece.decode("cp932", "replace")


def _read_double(pair, charset):
    if len(pair) < 2 or not 0x21 <= pair[1] < 0x7F:
        return MARK
    high, low = pair
    raised = bytes([high | 0x80, low | 0x80])
    if charset == "japanese":
        tries = ((_shifted(high, low), "cp932"), (raised, "euc_jis_2004"))
    elif charset == "japanese more":
        tries = ((b"\x8f" + raised, "euc_jp"),)
    elif charset == "japanese 2004":
        tries = ((raised, "euc_jis_2004"),)
    else:
        tries = ((raised, charset),)
    return next(filter(None, (_told(*some) for some in tries)), MARK)


def _told(content, codec):
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return ""


def _shifted(high, low):
    """Return a character of JIS X 0208 as Microsoft's code page has it."""
    if high % 2:
        low += 0x1F if low < 0x60 else 0x20
    else:
        low += 0x7E
    high = (high - 0x21) // 2 + 0x81
    return bytes([high + 0x40 if high > 0x9F else high, low])
