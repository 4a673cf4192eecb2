"""Hostile mails: deep, wide, long, in odd encodings and containers; the same for each seed."""

import base64
import random
import struct

from ..engine.mails import attribute, tnef

# How often a thing is repeated; the largest mails take some megabytes.
COUNTS = (1, 40, 900, 16_000)
MANY = 60_000
CHARSETS = (
    "utf-8",
    "x-unknown",
    "utf-7",
    "utf-16",
    "iso-2022-jp",
    "punycode",
    "idna",
    "zlib",
)
PIECES = (
    *(
        " ",
        "\n",
        "\r",
        "\0",
        "<",
        ">",
        "&",
        '"',
        "(",
        ",",
        ";",
        "=?",
        "=?utf-8?q?=E4?= ",
    ),
    *(
        "a@b.example, ",
        "<a@b.example>",
        "--b\n",
        "\n>",
        "On 1.1.2026 10:00 a@b wrote:\n",
    ),
    *(
        "<div>",
        "<blockquote>",
        "<b>x",
        "</p>",
        "<!--",
        "<o:p>",
        "&#0;",
        "ä",
        "\ud83d\ude00",
    ),
    *("From: a\n", "-- \n", "http://a/", "color:red;", "http://", "_", "0"),
)


def hostile(number, to):
    """Return the hostile mail of a number, to an address, as bytes."""
    dice = random.Random(number)
    make = dice.choice((_text, _page, _headers, _nested, _parts, _report, _packed))
    headers, content = make(dice)
    head = (
        f"From: Peter Novak <peter{number}@novak.example>\r\nTo: {to}\r\n"
        f"Subject: Hostile {number}\r\nMessage-ID: <hostile{number}@novak.example>\r\n"
        "MIME-Version: 1.0\r\n"
    )
    return head.encode() + headers + content


def _many(dice, most=MANY):
    piece = dice.choice(PIECES) + dice.choice(("", "", dice.choice(PIECES)))
    count = min(dice.choice((*COUNTS, MANY)), most)
    return (piece * count).encode("utf-8", "surrogatepass")


def _type(dice, kind):
    charset = dice.choice(CHARSETS)
    encoding = dice.choice(
        ("7bit", "8bit", "base64", "quoted-printable", "x-uuencode", "x")
    )
    return (
        f"Content-Type: {kind}; charset={charset}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    ).encode()


def _text(dice):
    return _type(dice, "text/plain"), b"The parcel was open.\n" + _many(dice)


def _page(dice):
    inside = _many(dice)
    around = dice.choice(
        (b"<p>%s</p>", b'<p style="%s">x</p>', b'<img src="http://a/b" width="%s">')
        + (
            b'<a href="%s">x</a>',
            b'<p class="%s" title="%s">x</p>',
            b"<style>%s</style>",
        )
    )
    inside = around.replace(b"%s", inside)
    return b"Content-Type: text/html; charset=utf-8\r\n\r\n", b"<p>Open.</p>" + inside


def _headers(dice):
    name = dice.choice(
        b"To Cc From Subject References In-Reply-To Reply-To Date X-Odd Received "
        b"Content-Type Content-Disposition Return-Path List-Id Message-ID".split()
    )
    value = _many(dice).replace(b"\n", b"").replace(b"\r", b"")
    line = name + b": " + value + b"\r\n"
    return line * (dice.choice(COUNTS) if len(line) < 200 else 1), b"\r\nOpen.\r\n"


def _nested(dice):
    raw = b"Content-Type: text/plain\r\n\r\nOpen.\r\n"
    kind = dice.choice(("rfc822", "multipart", "both"))
    for depth in range(min(dice.choice(COUNTS), 1_500)):
        if kind == "rfc822" or (kind == "both" and depth % 2):
            raw = b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" + raw
        else:
            box = b"Content-Type: multipart/mixed; boundary=n%d\r\n\r\n--n%d\r\n"
            raw = box % (depth, depth) + raw
    return b"", raw


def _parts(dice):
    kind = dice.choice(("text/plain", "image/png", "message/rfc822", "text/html", "x"))
    part = b"--b\r\n" + _type(dice, kind) + _many(dice, 40) + b"\r\n"
    count = min(dice.choice(COUNTS), 4_000)
    head = b"Content-Type: multipart/%s; boundary=b\r\n\r\n"
    sub = dice.choice((b"mixed", b"alternative", b"related", b"signed", b"odd"))
    return head % sub, part * count + b"--b--\r\n"


def _report(dice):
    fields = b"Reporting-MTA: dns; a\r\n\r\n" + _many(dice)
    kind = dice.choice(
        ("delivery-status", "disposition-notification", "feedback-report")
    )
    return (
        f"Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n".encode(),
        b"--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/%s\r\n\r\n" % kind.encode()
        + fields
        + b"\r\n--b--\r\n",
    )


def _packed(dice):
    count = dice.choice(COUNTS)
    values = struct.pack("<I", min(count, 5_000)) + struct.pack(
        "<HHI", dice.choice((0x1001, 0x101F, 0x1102, 0x1F)), 0x1000, count
    ) * min(count, 5_000)
    raw = tnef(*[attribute(1, 0x00069003, values)] * dice.choice((1, 40)))
    return (
        b"Content-Type: application/ms-tnef; name=winmail.dat\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n",
        base64.encodebytes(raw),
    )
