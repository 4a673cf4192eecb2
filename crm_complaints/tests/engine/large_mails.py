"""Large mails of all kinds: what one repeats makes up nearly all of it, as long as asked."""

import base64
import struct

from .mails import attribute, tnef

HEAD = (
    b"From: Peter Novak <peter@novak.example>\r\nTo: %s\r\nSubject: Large\r\n"
    b"Message-ID: <large@novak.example>\r\nMIME-Version: 1.0\r\n"
)
TEXT = b"text/plain; charset=utf-8"
HTML = b"text/html; charset=utf-8"
TNEF = b"application/ms-tnef; name=winmail.dat"
STATUS = b"Final-Recipient: rfc822; a@b.example\r\nStatus: 5.1.1\r\n"


def _repeated(piece, size):
    return piece * max(1, size // len(piece))


def _numbered(piece, size):
    count = size // len(piece % 10_000)
    return b"".join(piece % number for number in range(max(1, count)))


def field(name, piece, repeat=_repeated):
    return lambda size: name + b": " + repeat(piece, size) + b"\r\n\r\nOpen.\r\n"


def fields(piece, repeat=_repeated):
    return lambda size: repeat(piece, size) + b"\r\nOpen.\r\n"


def text(piece, kind=TEXT, encoding=b"8bit", around=b"%s", repeat=_repeated):
    head = b"Content-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n"
    return lambda size: (
        head % (kind, encoding) + around.replace(b"%s", repeat(piece, size))
    )


def page(piece, around=b"<p>Open.</p>%s", repeat=_repeated):
    return text(piece, HTML, around=around, repeat=repeat)


def parts(part, kind=b"mixed"):
    head = b"Content-Type: multipart/" + kind + b"; boundary=b\r\n\r\n"
    return lambda size: head + _repeated(b"--b\r\n" + part, size) + b"--b--\r\n"


def report(piece, kind):
    head = (
        b"Content-Type: multipart/report; report-type=%s; boundary=b\r\n\r\n"
        b"--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/%s\r\n\r\n" % (kind, kind)
    )
    return lambda size: head + _repeated(piece, size) + b"\r\n--b--\r\n"


def file(make, kind):
    head = b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return lambda size: head + base64.encodebytes(make(size * 3 // 4))


def _nothing(size):
    values = struct.pack("<I", 3_000) + struct.pack("<HHI", 0x1102, 0x1000, 0) * 3_000
    return tnef(*[attribute(1, 0x00069003, values)] * max(1, size // len(values)))


def _values(size):
    count = size // 4
    head = struct.pack("<IHHI", 1, 0x101E, 0x1000, count)
    return tnef(attribute(1, 0x00069003, head + b"\0\0\0\0" * count))


def _files(size):
    return tnef(*[attribute(2, 0x00069002, b"x" * 14)] * max(1, size // 25))


# name -> function that returns a mail's last headers and text, of about a length
KINDS = {
    "blank lines": text(b"\r\n"),
    "blank lines of a Mac": text(b"\r"),
    "one long line": text(b"a"),
    "one long line of links": text(b"http://"),
    "blanks": text(b" "),
    "NUL": text(b"\0"),
    "quoted lines": text(b"> a b c\r\n"),
    "lines that begin quotes": text(b"On 1.1.2026 10:00 a@b.example wrote:\r\n"),
    "lines of a header": text(b"From: a\r\n"),
    "signatures": text(b"-- \r\n"),
    "lines like boundaries": text(b"--%d\r\n", repeat=_numbered),
    "addresses in a text": text(b"a@b.example "),
    "letters beyond ASCII": text("é😀".encode()),
    "quoted-printable": text(b"=41", encoding=b"quoted-printable"),
    "quoted-printable, broken": text(b"=", encoding=b"quoted-printable"),
    "quoted-printable, blanks": text(b" ", encoding=b"quoted-printable"),
    "base64": text(b"QUJD\r\n", encoding=b"base64"),
    "base64, letter by letter": text(b"A\r\n", encoding=b"base64"),
    "base64, none": text(b"!", encoding=b"base64"),
    "base64 and words": text(
        b"QUJD" * 19 + b"\r\n", encoding=b"base64", around=b"%shello to all of you\r\n"
    ),
    "uuencode": text(
        b"#0V%T\n", encoding=b"x-uuencode", around=b"begin 644 a\n%send\n"
    ),
    "uuencode, begun": text(b"begin 644 a\n", encoding=b"x-uuencode"),
    **{
        f"charset {name.decode()}": text(
            b"a\xe4 +AOQ-\x1b$B", kind=b"text/plain; charset=" + name
        )
        for name in (b"punycode", b"utf-7", b"utf-16", b"iso-2022-jp", b"hz", b"odd")
    },
    "one address": field(b"Cc", b"a@b.example, "),
    "addresses": field(b"Cc", b"a%d@b.example,\r\n ", _numbered),
    "names": field(b"To", b'"A, B" <a@b.example>, '),
    "quotes in an address": field(b"To", b'"\\'),
    "comments": field(b"To", b"(a) "),
    "brackets": field(b"Reply-To", b"<"),
    "references": field(b"References", b"<a%d@b.example>\r\n ", _numbered),
    "half a reference": field(b"References", b"<a@"),
    "encoded words": field(b"Subject", b"=?utf-8?q?=E4?= "),
    "half an encoded word": field(b"Subject", b"=?utf-8?q?"),
    "semicolons": field(b"Content-Type", b"text/plain; "),
    "parameters": field(b"Content-Disposition", b"attachment; a*%d*=b", _numbered),
    "comments of an encoding": field(b"Content-Transfer-Encoding", b"(a) "),
    "servers": fields(b"Received: from a by b; Mon, 2 Mar 2026 08:59:00 +0000\r\n"),
    "fields": fields(b"X%d: a\r\n", _numbered),
    "one field in lines": field(b"X-Odd", b"a\r\n "),
    "a header that is broken": fields(b"a b\r\nFrom: x\r\nTo: y\r\n"),
    "a header as of old": fields(b"Subject : a\r\n"),
    "empty parts": parts(b"\r\n"),
    "texts": parts(b"Content-Type: text/plain\r\n\r\na b c\r\n"),
    "pages": parts(b"Content-Type: text/html\r\n\r\n<p>a</p>\r\n", b"alternative"),
    "long texts": parts(b"Content-Type: text/plain\r\n\r\n" + b"a b c\r\n" * 2_000),
    "texts of an unknown charset": parts(
        b"Content-Type: text/plain; charset=x-odd\r\n\r\n" + b"\xe4\r\n" * 500
    ),
    "pictures": parts(b"Content-Type: image/png; name=a.png\r\n\r\nQUJD\r\n"),
    "mails": parts(b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\na\r\n"),
    "multiparts": parts(b"Content-Type: multipart/mixed\r\n\r\na\r\n"),
    "pictures in multiparts": parts(
        b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n"
        b"Content-Type: image/png; name=a.png\r\n\r\nQUJD\r\n--c--\r\n"
    ),
    "mails in mails": fields(b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n"),
    "multiparts in multiparts": fields(
        b"Content-Type: multipart/mixed; boundary=n\r\n\r\n--n\r\n"
    ),
    "blank lines in a report": report(b"\r\n", b"delivery-status"),
    "recipients of a report": report(STATUS + b"\r\n", b"delivery-status"),
    "fields of a report": report(STATUS, b"delivery-status"),
    "fields of a receipt": report(
        b"Original-Message-ID: <a@b>\r\n", b"disposition-notification"
    ),
    "open paragraphs": page(b"<p>"),
    "open blocks": page(b"<div>"),
    "open words": page(b"<b>x"),
    "cells": page(b"<td>a"),
    "tables": page(b"<table><tr><td>a</td></tr></table>"),
    "tables in tables": page(b"<table><tr><td>"),
    "citations": page(b"<blockquote>"),
    "comments of a page": page(b"<!--"),
    "brackets of a page": page(b"<"),
    "entities": page(b"&#0;"),
    "links": page(b'<a href="http://a.example/">x</a>'),
    "pictures of a page": page(b'<img src="http://a.example/b" alt="c">'),
    "a long width": page(b" ", b'<p>x</p><img src="http://a/b" width="%sx">'),
    "a long style": page(b"color:red;", b'<p style="%s">x</p>'),
    "a long style sheet": page(b"p{color:red}", b"<style>%s</style>x"),
    "styles": page(b'<p style="color:red;margin:0">x</p>'),
    "links with styles": page(
        b'<div style="color:red"><a href="http://a.example">x</a> y</div>'
    ),
    "attributes": page(b" a%d=b", b"<p%s>x</p>", _numbered),
    "attributes in quotes": page(b" a%d='>\"<b'", b"<p%s>x</p>", _numbered),
    "lines of a page": page(b"\n", b"<pre>%s</pre>"),
    "empty values of winmail.dat": file(_nothing, TNEF),
    "values of winmail.dat": file(_values, TNEF),
    "files of winmail.dat": file(_files, TNEF),
    "a file": file(lambda size: b"%PDF" * (size // 4), b"application/pdf; name=a.pdf"),
    "a text as a file": file(lambda size: b"a b\n" * (size // 4), TEXT),
    "bytes": lambda size: bytes(range(256)) * (size // 256 or 1),
}


def large(kind, size, to="desk@us.example"):
    """Return a mail of a kind, to an address, as bytes."""
    return HEAD % to.encode() + KINDS[kind](size)
