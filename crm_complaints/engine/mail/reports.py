"""Reading reports on mail we sent: which mail, which recipients, and what became of it.

Sources: RFC 3464 (delivery status), RFC 8098 (read receipts), RFC 5965 (feedback), and
the bounces of servers that keep to none of them.
"""

import re
from dataclasses import dataclass

from . import source

FAILED = "failed"
DELAYED = "delayed"
DELIVERED = "delivered"

# RFC 3464, 2.3.3; what went into another mail system has left ours well.
_ACTIONS = {
    "failed": FAILED,
    "failure": FAILED,
    "expired": FAILED,
    "delayed": DELAYED,
    "delivered": DELIVERED,
    "relayed": DELIVERED,
    "expanded": DELIVERED,
}
_ORIGINAL_TYPES = (
    "message/rfc822",
    "message/global",
    "message/rfc822-headers",
    "message/global-headers",
    "text/rfc822-headers",
    "text/rfc822",
    "message/partial",
)
RECEIPT_TYPES = frozenset(
    ["message/disposition-notification", "message/global-disposition-notification"]
)
REPORT_TYPES = RECEIPT_TYPES | {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/feedback-report",
}
_ID_NAMES = ("Message-ID", "X-Microsoft-Original-Message-ID", "X-Original-Message-ID")
_FIELD = re.compile(r"^([A-Za-z][\w-]{1,40})[ \t]*:[ \t]*(.*(?:\n[ \t]+\S.*)*)", re.M)
_ID_IN_TEXT = re.compile(
    r"^[ \t>|]{0,20}(?:Original-|X-Microsoft-Original-)?Message[ -]?ID[ \t]*:"
    r"\s{0,20}(<[^\s<>]{3,500}>)",
    re.I | re.M,
)
# Where the text of a bounce ends and the returned mail begins: qmail, Exim, Sendmail …
_RETURNED = re.compile(
    r"^(?:--- (?:Below this line|Enclosed) |-{2,} ?This is a copy of |"
    r"-{2,} ?(?:The )?(?:header of the )?original message|Return-Path:|Received:|"
    r"-{2,} ?(?:Message|Returned|Unsent|Undelivered|Transcript of original))",
    re.I | re.M,
)
_RECIPIENT_LINE = re.compile(
    r"^[ \t>*]{0,12}(?:(?:To|RCPT TO|Recipient|Final-Recipient|Failed recipient)"
    r"[ \t]{0,8}:[ \t]{0,8})?(?:rfc822;[ \t]{0,8})?<?(?:mailto:)?"
    r"([^\s<>()\",;:@]{1,64}@[\w.-]{1,255}\w)>?"
    r"(?=[ \t]{0,8}(?:$|[:;,.(]|\.\.\.))",
    re.I | re.M,
)
_REPLY_CODE = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_DIAGNOSIS = re.compile(
    r"^.*?((?:\b[45]\d\d[ -]|\b[45]\.\d\.\d{1,3}\b|user unknown|mailbox (?:is )?full|"
    r"over quota|no such (?:user|mailbox)|does not exist|could not be delivered|"
    r"unknown user|host not found|timed out|rejected|unrouteable).*)$",
    re.I | re.M,
)
_DELAY = re.compile(
    r"\bdelay|warning: (?:could not|message)|will (?:be retried|keep trying|continue to)|"
    r"has not yet been delivered|still (?:being retried|trying)|no action is required",
    re.I,
)


@dataclass(frozen=True)
class Report:
    """What a report on mail says.

    :ivar tuple original_ids: Message-IDs of the mail it is about; the surest first
    :ivar tuple recipients: addresses it is about, in lower case
    :ivar str outcome: failed, delayed, delivered, or what a receipt or a feedback
        report calls it ("displayed", "abuse")
    :ivar str status: "5.1.1" (RFC 3463), '' where it does not say
    :ivar str diagnostic: the server's words, one line
    """

    original_ids: tuple = ()
    recipients: tuple = ()
    outcome: str = ""
    status: str = ""
    diagnostic: str = ""


def report_of(message):
    """Read what a report says; never raises.

    :param email.message.Message message: a bounce, a receipt or a feedback report
    """
    parts = source.parts(message)
    fields = _fields(parts)
    reported = source.first_text(message)
    own_words = _RETURNED.split(reported, maxsplit=1)[0]
    return Report(
        original_ids=tuple(_original_ids(message, parts, fields)),
        recipients=tuple(_recipients(message, fields, own_words)),
        outcome=_outcome(message, fields, own_words),
        status=_status(fields, own_words),
        diagnostic=_diagnostic(fields, own_words),
    )


def outcomes(message):
    """Return what a report says of each recipient in its fields (RFC 3464, 2.3.3)."""
    fields = _fields(source.parts(message))
    words = [value.split(" ")[0].strip().lower() for value in fields.get("action", ())]
    return [_ACTIONS[word] for word in words if word in _ACTIONS]


def _fields(parts):
    """Return the fields of the machine-readable parts: lists of values by lower name.

    They are read from the text rather than from what the parser makes of it: a line
    that is no field ends the headers for Python, and hides all that follows.
    """
    found = {}
    for part in parts:
        if source.content_type(part) in REPORT_TYPES:
            for name, value in _FIELD.findall(_unfolded(part)):
                found.setdefault(name.lower(), []).append(source.clean(value))
    return found


def _unfolded(part):
    """Return all text of a part that the parser took for a row of header blocks."""
    inside = source.payload(part)
    if not isinstance(inside, list):
        return source.text(part).replace("\r\n", "\n")
    blocks = []
    for block in inside:
        lines = []
        with source.tolerant():
            lines = [f"{name}: {value}" for name, value in block.raw_items()]
        blocks.append("\n".join([*lines, source.text(block)]))
    return "\n\n".join(blocks).replace("\r\n", "\n")


def _address(value):
    """Return the address of "rfc822; name@example.com" in a list; [] where it is none."""
    return source.addresses(value.rpartition(";")[2])[:1]


def _recipients(message, fields, own_words):
    found = []
    for name in ("final-recipient", "original-recipient", "original-rcpt-to"):
        for value in fields.get(name, ()):
            found += _address(value)
    for name in (
        "X-Failed-Recipients",
        "X-Mailer-Daemon-Recipients",
        "X-Bounced-Address",
    ):
        for value in source.headers(message, name):
            found += source.addresses(value)
    if not found:
        found = [address.lower() for address in _RECIPIENT_LINE.findall(own_words)]
    return list(dict.fromkeys(found))[:100]


def _outcome(message, fields, own_words):
    told = outcomes(message)
    for outcome in (FAILED, DELAYED, DELIVERED):
        if outcome in told:
            return outcome
    for name in ("disposition", "feedback-type"):
        for value in fields.get(name, ()):
            # "manual-action/MDN-sent-manually; displayed" (RFC 8098, 3.2.6)
            return source.shortened(value.rpartition(";")[2].strip().lower(), 40)
    subject = source.decoded(source.header(message, "Subject"))
    if _DELAY.search(subject) or _DELAY.search(own_words[:3000]):
        return DELAYED
    # who says nothing of it did not come to tell that all is well
    return FAILED


def _status(fields, own_words):
    for value in (*fields.get("status", ()), *fields.get("diagnostic-code", ())):
        if found := _REPLY_CODE.search(value):
            return found[1]
    found = _REPLY_CODE.search(own_words)
    return found[1] if found else ""


def _diagnostic(fields, own_words):
    for value in fields.get("diagnostic-code", ()):
        kind, _separator, words = value.partition(";")
        if words.strip() or kind.strip():
            return source.shortened(words.strip() or kind, 250)
    found = _DIAGNOSIS.search(own_words)
    return source.shortened(found[1], 250) if found else ""


def _original_ids(message, parts, fields):
    """Return the ids of the mail a report is about.

    First what was returned of it, which is the mail itself; then what the report's own
    headers say, which forwarding servers rewrite; last what stands in its text.
    """
    found = []
    for part in parts:
        if source.content_type(part) in _ORIGINAL_TYPES:
            found += _returned_ids(part)
    for value in fields.get("original-message-id", ()):
        found += source.message_ids(value)
    for name in ("X-MS-Exchange-Parent-Message-Id", *_ID_NAMES[1:]):
        found += source.message_ids(source.header(message, name))
    in_reply_to = source.message_ids(source.header(message, "In-Reply-To"))
    references = source.message_ids(source.header(message, "References"))
    found += in_reply_to + references[::-1]
    if not found:
        for part in parts:
            if not isinstance(source.payload(part), list):
                found += _ID_IN_TEXT.findall(source.text(part))
    own = source.header(message, "Message-ID")
    return [some for some in dict.fromkeys(found) if some != own][:50]


def _returned_ids(part):
    """Return the ids in what a report returns of a mail: the mail, or its headers."""
    inside = source.payload(part)
    if isinstance(inside, list):
        return [
            some
            for mail in inside[:3]
            for name in _ID_NAMES
            for some in source.message_ids(source.header(mail, name))
        ] or _ID_IN_TEXT.findall("\n".join(source.text(mail) for mail in inside[:3]))
    return _ID_IN_TEXT.findall(source.text(part))
