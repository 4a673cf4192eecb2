"""S/MIME: what is signed, taken out of the envelope that Outlook makes of both (RFC 8551).

No signature is checked, and nothing is decrypted.
"""

import base64
import re
import zlib

from . import budget

SIGNED, ENCRYPTED, COMPRESSED = "signed", "encrypted", "compressed"
# Object identifiers of PKCS #7 and CMS, as they are encoded.
_KINDS = {
    bytes.fromhex("2a864886f70d010702"): SIGNED,
    bytes.fromhex("2a864886f70d010703"): ENCRYPTED,
    bytes.fromhex("2a864886f70d010704"): ENCRYPTED,
    bytes.fromhex("2a864886f70d010706"): ENCRYPTED,
    bytes.fromhex("2a864886f70d0109100117"): ENCRYPTED,
    bytes.fromhex("2a864886f70d0109100109"): COMPRESSED,
}
_OBJECT, _OCTETS, _SEQUENCE, _CONTENT = 0x06, 0x04, 0x30, 0xA0
_CONSTRUCTED = 0x20
_DEEPEST = 20
# What is compressed may be a thousand times as large.
_LONGEST = 64 * 2**20
_ARMOUR = re.compile(rb"\s*-----BEGIN [A-Z0-9 #]{1,30}-----\s")


def kind_of(data):
    """Return what kind of envelope it is: SIGNED, ENCRYPTED, COMPRESSED or ''.

    :param bytes data: the file, in base64 too
    """
    try:
        return _content(_binary(data))[0]
    except (ValueError, IndexError):
        return ""


def opened(data):
    """Return what kind of envelope it is, and what is in it as far as that can be read.

    :param bytes data: the file, in base64 too
    :return: SIGNED, ENCRYPTED, COMPRESSED or '', and bytes
    :rtype: tuple
    """
    try:
        data = _binary(data)
        kind, content = _content(data)
        if kind == SIGNED:
            return kind, _signed(data, content)
        if kind == COMPRESSED:
            unpacking = zlib.decompressobj()
            return kind, unpacking.decompress(_signed(data, content), _LONGEST)
    except (ValueError, IndexError, zlib.error):
        return "", b""
    return kind, b""


def _binary(data):
    if armour := _ARMOUR.match(data):
        return base64.b64decode(data[armour.end() :].partition(b"-----")[0])
    return base64.b64decode(data) if data.lstrip().startswith(b"MI") else data


def _content(data):
    """Return the kind of envelope, and where its content is."""
    kind, content = _children(data, _element(data, 0, len(data)))[:2]
    if kind.tag != _OBJECT or content.tag != _CONTENT:
        raise ValueError("no ContentInfo")
    return _KINDS.get(data[kind.start : kind.stop], ""), content


def _signed(data, content):
    """Return the octets of the EncapsulatedContentInfo."""
    (envelope,) = _children(data, content)[:1]
    for child in _children(data, envelope):
        if child.tag != _SEQUENCE:
            continue
        inside = _children(data, child)
        if len(inside) > 1 and inside[1].tag == _CONTENT:
            return b"".join(_octets(data, _children(data, inside[1]), 0))
    return b""


def _octets(data, elements, depth):
    """Yield the octets of a string, which may be made of others (X.690, 8.7)."""
    for element in elements:
        budget.check()
        if element.tag == _OCTETS:
            yield data[element.start : element.stop]
        elif element.tag == _OCTETS | _CONSTRUCTED and depth < _DEEPEST:
            yield from _octets(data, _children(data, element), depth + 1)


class _Element:
    """An element: its tag, where its content is, and where the next one begins."""

    __slots__ = ("end", "start", "stop", "tag")

    def __init__(self, tag, start, stop, end):
        self.tag, self.start, self.stop, self.end = tag, start, stop, end


def _children(data, element):
    if not element.tag & _CONSTRUCTED:
        raise ValueError("nothing in it")
    found, at = [], element.start
    while at < element.stop:
        child = _element(data, at, element.stop)
        found.append(child)
        at = child.end
    return found


def _element(data, at, most, depth=0):
    """Read an element; one that breaks off ends where the data does."""
    tag, length = data[at], data[at + 1]
    at += 2
    if tag & 31 == 31 or depth > _DEEPEST:
        raise ValueError("no CMS")
    if length == 0x80:
        budget.check()
        start = at
        while at < most and data[at : at + 2] != b"\0\0":
            at = _element(data, at, most, depth + 1).end
        return _Element(tag, start, min(at, most), at + 2)
    if length > 0x80:
        count = length & 0x7F
        if count > 8:
            raise ValueError("no length")
        length = int.from_bytes(data[at : at + count])
        at += count
    stop = min(at + length, most)
    return _Element(tag, at, stop, stop)
