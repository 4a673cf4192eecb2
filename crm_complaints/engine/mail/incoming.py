"""An incoming mail: what it says of itself, read once and never changed."""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser

from . import blocks as mail_blocks
from . import budget, forwards, senders, source
from . import headers as mail_headers
from . import mending as mail_mending
from . import parser as mail_parser
from . import reports as mail_reports

# Of a mail that is not read: fields of so many bytes, and the beginning of its text.
_SHORT_FIELD, _SHORT_TEXT = 1_000, 5_000
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
# What lists and servers write into a subject, above a text, and below it.
_TAGS = re.compile(
    r"\[[^\[\]]{1,60}\]|\*{2,5}[^*]{1,40}\*{2,5}|\b(?:ext(?:ern(?:al)?)?|spam)\s?:",
    re.I,
)
_WARNING = re.compile(
    r"\b(?:external|outside|caution|warning|extern\w*|vorsicht|achtung|außerhalb|"
    r"ext[ée]rieur|attention|externo|fuera|precauci[óo]n|esterno|attenzione|внешн\w*|"
    r"внимание|outside)\b"
)
_FOOTER = re.compile(
    r"\b(?:mailing list|unsubscribe|mailman|groups|listinfo|abmelden|d[ée]sabonner|"
    r"google groups|subscription|https? |list\b|virus|avast|disclaimer|confidential)"
)
# What says whose mail it is; servers on its way add and change all the others.
_LASTING_HEADERS = ("From", "Subject", "Date", "Content-Type")


@dataclass(frozen=True)
class Facts:
    """Facts of a mail that it takes its raw form to tell.

    :ivar datetime received_at: when it reached the mailbox; naive, UTC
    :ivar str kind: as ``mail_headers.Kind``
    :ivar str automatic: what in its header tells that no person wrote it, '' otherwise
    :ivar bool is_guess: its kind is told by what people's mail has as well
    :ivar int signs: how many such things of different kinds tell it
    :ivar str message_id: '' where it has none
    :ivar report: ``mail_reports.Report``, None where it reports on no other mail
    """

    received_at: datetime
    kind: str = mail_headers.HUMAN
    automatic: str = ""
    is_guess: bool = False
    signs: int = 1
    message_id: str = ""
    report: mail_reports.Report | None = None

    @classmethod
    def from_message(cls, message, now, own_addresses=(), is_form=False):
        """Read the facts of a mail; never raises.

        :param email.message.Message message:
        :param datetime now: naive, UTC
        :param own_addresses, is_form: as for ``mail_headers.kind_of``
        """
        kind = mail_headers.kind_of(message, own_addresses, is_form)
        return cls(
            received_at=mail_headers.arrival_time(message, now),
            kind=kind.name,
            automatic=kind.reason,
            is_guess=kind.is_guess,
            signs=kind.signs,
            message_id=source.header(message, "Message-ID"),
            report=mail_reports.report_of(message) if kind.is_report else None,
        )


@dataclass(frozen=True, eq=False)
class IncomingMail:
    """An incoming mail, mended and read.

    :ivar bytes raw: as it came
    :ivar message: the mended mail, as Python parsed it
    :ivar tuple mended: what had to be mended, in words
    :ivar senders.Sender sender:
    :ivar Facts facts:
    :ivar bool is_cut: there is more in it than was read
    :ivar float seconds_left: how long reading on may take
    :ivar frozenset own, house: as for ``senders.sender_of``
    """

    raw: bytes
    message: Message
    mended: tuple
    sender: senders.Sender
    facts: Facts
    is_cut: bool = False
    seconds_left: float = 0.0
    own: frozenset = frozenset()
    house: frozenset = frozenset()

    @classmethod
    def from_bytes(cls, raw, now, own_addresses=(), house=()):
        """Mend a mail and read it; never raises.

        :param bytes raw:
        :param datetime now: naive, UTC
        :param own_addresses: as for ``mail_headers.kind_of``
        :param house: as for ``senders.sender_of``
        """
        try:
            with budget.limited(budget.seconds_for(raw)) as left:
                left_out = []
                mended, words = mail_mending.mend(raw, left_out)
                message = message_from_bytes(mended, policy=mail_parser.POLICY)
                mail = cls._of(
                    message, raw, now, own_addresses, house, words, bool(left_out)
                )
                return replace(mail, seconds_left=left())
        except budget.OutOfTime:
            return cls.unread(raw, now, own_addresses, house)

    @classmethod
    def unread(cls, raw, now, own_addresses=(), house=()):
        """Make of a mail, without reading it, what its header says and its text's beginning.

        The parameters are those of ``from_bytes``.
        """
        message = _unread_message(raw)
        mail = cls._of(message, raw, now, own_addresses, house, [_UNREAD], True)
        # what kind of mail it is, its type tells as well
        facts = Facts.from_message(
            header_of(raw), now, own_addresses, mail.sender.is_form
        )
        return replace(mail, facts=facts, seconds_left=budget.seconds_for(b""))

    def with_own_addresses(self, own_addresses, house=()):
        """Return this mail as one that was read by whoever has these addresses."""
        told_by = header_of(self.raw) if _UNREAD in self.mended else self.message
        own, house = _addresses(own_addresses), _addresses(house)
        sender = senders.sender_of(self.message, own, house)
        return replace(
            self,
            sender=sender,
            facts=Facts.from_message(
                told_by, self.facts.received_at, own_addresses, sender.is_form
            ),
            own=own,
            house=house,
        )

    @classmethod
    def _of(cls, message, raw, now, own_addresses, house, mended, is_cut):
        own, house = _addresses(own_addresses), _addresses(house)
        sender = senders.sender_of(message, own, house)
        return cls(
            raw=raw,
            message=message,
            mended=tuple(mended),
            sender=sender,
            facts=Facts.from_message(message, now, own_addresses, sender.is_form),
            is_cut=is_cut,
            own=own,
            house=house,
        )

    def without_reading(self):
        """Return this mail as ``unread`` makes it."""
        return replace(
            self,
            message=_unread_message(self.raw),
            mended=(*self.mended, _UNREAD),
            is_cut=True,
        )

    def heard(self):
        """Return this mail as a person's: it answers us from the customer's address.

        That weighs more than one thing that speaks for a machine. What spoke for it is
        still told, as nothing is answered automatically then.
        """
        facts = replace(
            self.facts, kind=mail_headers.HUMAN, is_guess=False, signs=0, report=None
        )
        return replace(self, facts=facts)

    def originals(self):
        """Return who wrote what this mail passes on, as ``forwards.originals``."""
        try:
            with budget.limited(budget.seconds_for(b"")):
                return forwards.originals(self.message, self.own, self.house)
        except budget.OutOfTime:
            return None

    def sent_by(self, sender):
        """Return this mail as one that somebody else wrote."""
        return replace(self, sender=sender)

    def received(self, at):
        """Return this mail as one that reached the mailbox at another time."""
        return replace(self, facts=replace(self.facts, received_at=at))

    def way_key(self):
        """Return what one mail that came by two ways has in common, '' for nothing.

        Lists and servers change subject, text and Message-ID; who wrote it and in which
        second stays.
        """
        moment = mail_headers.sent_at(self.message)
        if not moment or not self.sender.address:
            return ""
        text = f"{self.sender.address}\n{moment.isoformat()}"
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()

    def key(self, recipient_ids):
        """Return what this delivery has in common with no other mail.

        The Message-ID alone does not tell: different mails share one, and some have
        none. The recipients belong to it, since the same mail may go to each in turn.

        :param recipient_ids: numbers of those it was delivered to
        """
        recipients = ",".join(map(str, sorted(recipient_ids)))
        text = f"{self.facts.message_id}\n{recipients}\n{content_digest(self.raw)}"
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _addresses(some):
    return frozenset(address.strip().lower() for address in some if address)


def came_by_another_way(one, other, is_listed=False):
    """Tell whether two mails, sent by one author in one second, are one that came twice.

    What shows it is what the ways do: a list writes its headers, a tag into the subject
    and a footer below, and a server warns above of mail from outside. Without a trace of
    that they are two, however alike.

    :param one, other: (subject, text) of each, as plain text
    :param bool is_listed: a list passed one of them on
    """
    shorter, longer = sorted(
        (
            " ".join(re.findall(r"\w+", text.casefold()))
            for _subject, text in (one, other)
        ),
        key=len,
    )
    above, found, below = f" {longer} ".partition(f" {shorter} ")
    if not shorter or not found:
        return False
    subjects = [" ".join(subject.split()) for subject, _text in (one, other)]
    is_tagged = subjects[0] != subjects[1] and len(set(map(_untagged, subjects))) == 1
    is_added = bool(
        _WARNING.search(above) if above.strip() else below and _FOOTER.search(below)
    )
    return is_listed or is_tagged or is_added


def _untagged(subject):
    return " ".join(_TAGS.sub(" ", subject.casefold()).split())


def header_of(raw):
    """Parse the header of a mail alone; never raises.

    :param bytes raw:
    :rtype: email.message.Message
    """
    fields, _end = mail_blocks.header_fields(raw)
    parser = BytesHeaderParser(policy=mail_parser.POLICY)
    return parser.parsebytes(b"".join(fields) + b"\r\n")


_UNREAD = "not read, as it would take too long"
_KEPT_FIELDS = frozenset(
    name.lower().encode()
    for name in (
        *_RECIPIENT_HEADERS,
        *("From", "Reply-To", "Subject", "Date", "Received"),
        *("Message-ID", "In-Reply-To", "References"),
    )
)


def _unread_message(raw):
    """Return a mail of a few headers and the beginning of a text."""
    fields, end = mail_blocks.header_fields(raw)
    kept, seen = [], set()
    for field in fields:
        name = field.partition(b":")[0].strip().lower()
        if name in _KEPT_FIELDS and name not in seen:
            seen.add(name)
            kept.append(b" ".join(field[:_SHORT_FIELD].split()) + b"\r\n")
    kept.append(b"Content-Type: text/plain; charset=utf-8\r\n\r\n")
    text = raw[end : end + _SHORT_TEXT].decode("utf-8", "replace").replace("\0", "")
    short = b"".join(kept) + text.strip().encode()
    return message_from_bytes(mail_mending.mend(short)[0], policy=mail_parser.POLICY)


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
