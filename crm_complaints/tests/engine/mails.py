"""Mails and files of mail programs that several tests read."""

import email
import email.policy
import struct


def parsed(raw):
    if isinstance(raw, str):
        raw = raw.encode("utf-8", "surrogateescape")
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


def message(**headers):
    """Return a mail with these headers; a list gives one header for each value."""
    lines = []
    for name, values in headers.items():
        values = values if isinstance(values, list) else [values]
        lines += [f"{name.replace('_', '-')}: {value}" for value in values]
    raw = "\r\n".join([*lines, "", "Text"]).encode()
    return email.message_from_bytes(raw, policy=email.policy.SMTP)


FAILING = b"""\
From: Mail System <mailer@mx.example.org>
Return-Path: <>
Subject: Could not deliver
In-Reply-To: <answered@us.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b

There is no such person here.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; Anna@Example.org
Original-Recipient: rfc822; info@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such
 person
--b
Content-Type: message/rfc822

Message-ID: <sent@us.example>
Subject: We have received your complaint

We have.
--b--
"""
RECEIPT_MAIL = b"""\
From: anna@example.org
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b

She has seen it.
--b
Content-Type: message/disposition-notification

Final-Recipient: rfc822; anna@example.org
Original-Message-ID: <sent@us.example>
Disposition: manual-action/MDN-sent-manually; displayed
--b--
"""
FEEDBACK_MAIL = b"""\
Return-Path: <>
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b

This is an abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
--b--
"""
PLAIN_BOUNCE = b"""\
Return-Path: <>
From: post@mx.example.org
Subject: Failure notice

Nothing doing:

<anna@example.org>:
550 5.2.2 her mailbox is full

--- Below this line is a copy of the message.

To: bertha@example.org
Message-ID: <sent@us.example>
"""
FORWARDED = (
    b"""\
From: anna@example.org
Subject: Fwd: Your answer never reached me
Content-Type: multipart/mixed; boundary=f

--f

Look what your server sends me.
--f
Content-Type: message/rfc822

"""
    + FAILING
    + b"""
--f--
"""
)


def attribute(level, name, value):
    """Return one attribute of a TNEF file."""
    check = sum(value) % 65536
    return (
        struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", check)
    )


def properties(*values):
    """Return a block of MAPI properties: (number, type, raw value)."""
    block = struct.pack("<I", len(values))
    for name, kind, value in values:
        block += struct.pack("<HH", kind, name)
        if kind in (0x1E, 0x1F, 0x102, 0x0D):
            block += struct.pack("<II", 1, len(value)) + value
            block += b"\0" * (-len(value) % 4)
        else:
            block += value
    return block


def tnef(*attributes):
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


RECEIPT = (
    attribute(2, 0x00069002, b"\0" * 14)
    + attribute(2, 0x00018010, b"KASSEN~1.PDF\0")
    + attribute(2, 0x0006800F, b"%PDF-1.4 receipt")
    + attribute(
        2,
        0x00069005,
        properties(
            (0x3707, 0x1F, "Kassenbon März.pdf\0".encode("utf-16-le")),
            (0x370E, 0x1E, b"application/pdf\0"),
            (0x0E21, 0x03, b"\0\0\0\0"),
        ),
    )
)
BODY = attribute(1, 0x0002800C, "Das Brot schimmelt. Grüße\0".encode("cp1252"))
EMBEDDED = attribute(2, 0x00069002, b"\0" * 14) + attribute(
    2,
    0x00069005,
    properties((0x3705, 0x03, b"\5\0\0\0"), (0x3701, 0x0D, b"\0" * 16 + b"mail")),
)
