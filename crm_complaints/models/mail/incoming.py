"""Incoming mail about complaints: the values that stand for it while it is processed.

Each is made once all of it is known, and is not changed afterwards: ``Delivery`` by
whoever called the gateway, ``Recognised`` when a mail turns out to concern complaints,
``Decision`` when its place is known, ``Content`` when it was read.

What Odoo calls in between (``message_new``, tracking, automation rules) has to know what
it is part of, and Odoo's way to tell it is the context. So ``MailInWork`` travels there,
as the one key ``complaint_incoming``, from the decision to the end. Its type is its seal:
no value that comes over RPC has it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

from ...engine.mail.incoming import IncomingMail
from ..core.helpdesk_ticket import DeferredIntake

# What becomes of a mail.
COMPLAINT = "complaint"
ANSWER = "answer"
NOTE = "note"
LET_GO = "let_go"
DEAD = "dead"


@dataclass(frozen=True)
class Delivery:
    """How the gateway was called: the arguments of ``mail.thread.message_process``."""

    model: str | None = None
    custom_values: dict | None = None
    save_original: bool = False
    strip_attachments: bool = False
    thread_id: int | None = None

    def digest(self, raw, mailbox_id=0):
        """Return what tells this delivery of a mail, before anything of it is read.

        :param bytes raw: the mail as it came
        :param int mailbox_id: the fetchmail.server it was fetched from, or 0
        """
        digest = hashlib.sha256(raw)
        told = {**self.as_json(), "mailbox": mailbox_id}
        digest.update(json.dumps(told, sort_keys=True).encode())
        return digest.hexdigest()

    def as_json(self):
        """Return it so that it can be kept; what JSON does not know becomes text."""
        return json.loads(json.dumps(asdict(self), default=str))


@dataclass(frozen=True, eq=False)
class Recognised:
    """A mail that concerns complaints, and what tells so.

    :ivar IncomingMail mail:
    :ivar tuple team_ids: the complaints teams it was sent to
    :ivar tuple alias_ids: the mail aliases it was sent to, of teams and others
    :ivar int cited_id: the complaint whose mail it answers or reports on, or 0
    :ivar int reported_id: the message of ours that it reports on, or 0
    :ivar dict own_addresses: address -> whether it is one of ours, of those it names
    """

    mail: IncomingMail
    team_ids: tuple = ()
    alias_ids: tuple = ()
    cited_id: int = 0
    reported_id: int = 0
    own_addresses: Mapping = field(default_factory=dict)

    @cached_property
    def key(self):
        """Return what this delivery has in common with no other mail."""
        return self.mail.key(self.team_ids)


@dataclass(frozen=True)
class Decision:
    """Where a mail belongs, and what it may do there.

    :ivar tuple team_ids: the teams at each of which it begins a complaint
    :ivar int ticket_id: the complaint it is put on, 0 where it begins one
    :ivar int earlier_id: the closed complaint that a new one continues, or 0
    :ivar bool is_let_go: it reports on mail that is not ours, and on nothing else
    :ivar bool is_note: it is kept on its complaint and sets nothing off
    :ivar bool is_staff: a colleague wrote it
    :ivar bool is_customers: the customer, or who speaks for them, wrote it
    :ivar bool is_passed_on: a colleague forwarded it, with words for colleagues
    :ivar bool is_completing: a part of it stands on its complaint already
    :ivar bool reopens: it opens its complaint again
    :ivar str remark: what staff are told about it, '' where there is nothing to tell
    """

    team_ids: tuple = ()
    ticket_id: int = 0
    earlier_id: int = 0
    is_let_go: bool = False
    is_note: bool = False
    is_staff: bool = False
    is_customers: bool = False
    is_passed_on: bool = False
    is_completing: bool = False
    reopens: bool = False
    remark: str = ""

    @property
    def outcome(self):
        """Return what becomes of the mail by this decision."""
        if self.is_let_go:
            return LET_GO
        if not self.ticket_id:
            return COMPLAINT
        return NOTE if self.is_note else ANSWER


@dataclass(frozen=True, eq=False)
class Content:
    """What a mail says, as it is put on complaints.

    :ivar dict values: of the message, as ``mail.thread.message_parse`` reads them
    :ivar Markup own_words: what the sender wrote, without history and signature
    :ivar tuple left_out: ``mail_parts.LeftOut``, parts that are not kept
    """

    values: Mapping
    own_words: str
    left_out: tuple = ()


@dataclass(frozen=True, eq=False)
class MailInWork:
    """A mail while it is put on complaints, and what has come of it so far.

    :ivar Recognised recognised:
    :ivar Decision decision:
    :ivar DeferredIntake created_ids: complaints it began, added by their ``create``
    :ivar set answerable_ids: those of them within the limit on automatic answers, asked
        for by the stage's own mail and by the acknowledgement
    :ivar dict own_addresses: as in ``recognised``, with what was looked up since
    :ivar set asking_names: models of which Odoo is about to ask what fields they have
    """

    recognised: Recognised
    decision: Decision
    created_ids: DeferredIntake = field(default_factory=DeferredIntake)
    answerable_ids: set = field(default_factory=set)
    own_addresses: dict = field(default_factory=dict)
    asking_names: set = field(default_factory=set)

    @property
    def facts(self):
        return self.recognised.mail.facts

    @property
    def sender(self):
        return self.recognised.mail.sender

    def put_into(self, records):
        """Return records in whose context this mail is in work."""
        return records.with_context(
            complaint_incoming=self,
            # a photograph is kept as it was sent, and a broken one is no error
            image_no_postprocess=True,
        )


def mail_in_work(env):
    """Return the ``MailInWork`` that a call is part of, None where it is of none."""
    work = env.context.get("complaint_incoming")
    return work if isinstance(work, MailInWork) else None
