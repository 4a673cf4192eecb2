"""A mail that is being taken in: what is known of it, and what becomes of it."""

import hashlib
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from email.parser import BytesHeaderParser

from . import headers as mail_headers
from . import mending as mail_mending
from . import source

# What becomes of a mail.
COMPLAINT = "complaint"
ANSWER = "answer"
NOTE = "note"
LET_GO = "let_go"
DEAD = "dead"

# More than the header of any mail that is meant to be read.
_LONGEST_HEADER = 512 * 1024
# Where servers and senders say whom a mail is for.
_RECIPIENT_HEADERS = (
    "Delivered-To",
    "X-Original-To",
    "X-Delivered-To",
    "Envelope-To",
    "X-Envelope-To",
    "To",
    "Cc",
    "Resent-To",
    "Resent-Cc",
)
# What says whose mail it is; servers on its way add and change all the others.
_LASTING_HEADERS = ("From", "Subject", "Date", "Content-Type")


@dataclass
class IncomingMail:
    """A mail on its way in.

    :ivar bytes raw: as it came
    :ivar message: the mended mail, as Python parsed it
    :ivar list mended: what had to be mended, in words
    :ivar facts: what its header tells
    :ivar str sender: bare address, in lower case; '' where there is none
    :ivar str written_for: name and address of whoever filled in a form that sent it, ''
        where the sender is to be answered
    :ivar tuple team_ids: the desks it was sent to
    :ivar tuple alias_ids: the mail aliases it was sent to, of desks and others
    :ivar int ticket_id: the complaint it belongs to, 0 where it begins one
    :ivar bool is_placed: where it belongs is settled
    :ivar bool is_completing: a part of it stands on its complaint already
    :ivar bool is_staff: a colleague wrote it
    :ivar bool is_note: it is kept on its complaint and sets nothing off
    :ivar str remark: what staff are told about it, '' where there is nothing to tell
    :ivar bool reopens: it opens its complaint again
    :ivar int earlier_id: the complaint a new one takes up again, or 0
    :ivar report: what it says of a mail of ours, None where it is no report
    :ivar int reported_id: the message of ours that a report is about, or 0
    :ivar str own_words: what the sender wrote himself, as HTML
    :ivar dict values: of the message it becomes, None until it was read
    :ivar list created_ids: complaints it began
    :ivar set answerable_ids: those of them that are within the limit on automatic answers
    :ivar dict own_addresses: address -> whether it is one of ours, of those looked up
    :ivar list left_out: ``mail_parts.LeftOut``, parts that were not kept
    """

    raw: bytes
    message: Message
    facts: mail_headers.IncomingFacts
    mended: list = field(default_factory=list)
    sender: str = ""
    written_for: str = ""
    team_ids: tuple = ()
    alias_ids: tuple = ()
    ticket_id: int = 0
    is_placed: bool = False
    is_completing: bool = False
    is_staff: bool = False
    is_note: bool = False
    remark: str = ""
    reopens: bool = False
    earlier_id: int = 0
    report: object = None
    reported_id: int = 0
    own_words: str = ""
    values: dict | None = None
    created_ids: list = field(default_factory=list)
    own_addresses: dict = field(default_factory=dict)
    answerable_ids: set = field(default_factory=set)
    left_out: list = field(default_factory=list)

    @classmethod
    def from_bytes(cls, raw, now, own_addresses=()):
        """Mend a mail and read it.

        :param bytes raw:
        :param datetime now: naive, UTC
        :param own_addresses: as for ``mail_headers.kind_of``
        """
        mended, words = mail_mending.mend(raw)
        message = message_from_bytes(mended, policy=policy.SMTP)
        message_id = source.header(message, "Message-ID")
        return cls(
            raw=raw,
            message=message,
            mended=words,
            facts=mail_headers.IncomingFacts.from_message(
                message, now, message_id, own_addresses
            ),
            sender=source.sender(message),
            written_for=mail_headers.written_for(message, own_addresses),
        )

    @property
    def key(self):
        """Return what this delivery has in common with no other mail.

        The Message-ID alone does not tell: different mails share one, and some have
        none. The desks belong to it, since the same mail may go to each in turn.
        """
        desks = ",".join(map(str, sorted(self.team_ids)))
        text = f"{self.facts.message_id}\n{desks}\n{content_digest(self.raw)}"
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def header_of(raw):
    """Parse the header of a mail alone; never raises.

    :param bytes raw:
    :rtype: email.message.Message
    """
    return BytesHeaderParser(policy=policy.SMTP).parsebytes(raw[:_LONGEST_HEADER])


def recipients(message):
    """Return the bare addresses a mail was sent to, in lower case, each once."""
    return source.addresses(
        ", ".join(
            value
            for name in _RECIPIENT_HEADERS
            for value in source.headers(message, name)
        )
    )


def cited_ids(message):
    """Return the Message-IDs a mail answers to: the one it names first, then the latest.

    References grow with each answer; what is far back in them is of no use.
    """
    answered = source.message_ids(source.header(message, "In-Reply-To"))
    thread = source.message_ids(source.header(message, "References"))
    return list(dict.fromkeys([*answered[:4], *thread[:-33:-1]]))


def content_digest(raw):
    """Return a digest of what does not change on a mail's way, nor by line endings.

    :param bytes raw:
    """
    header = header_of(raw)
    lasting = "\n".join(source.header(header, name) for name in _LASTING_HEADERS)
    digest = hashlib.sha256(lasting.encode("utf-8", "replace"))
    text = raw.replace(b"\r\n", b"\n")
    digest.update(text.partition(b"\n\n")[2].rstrip())
    return digest.hexdigest()


def another_id(message_id, key):
    """Return an id for a mail whose own one is taken, or that has none.

    :param str message_id: its own, or ''
    :param str key: as ``IncomingMail.key``
    """
    _local, _at, domain = message_id.strip("<> ").rpartition("@")
    return f"<{key[:40]}@{domain[:120] or 'no-message-id.invalid'}>"
