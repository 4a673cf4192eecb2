"""complaint.gateway: takes in each mail that concerns complaints, and loses none.

Odoo's own gateway drops mail without a word: all reports, whatever has a Message-ID it
knows, whatever a busy sender writes; and what fails on its way is gone from the mailbox
all the same. So mail for complaints goes through here. Other mail is left to Odoo.
"""

import ast
import json
import logging
import random
import threading
import time
from dataclasses import asdict, dataclass, replace
from functools import partial

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...engine.mail import (
    headers as mail_headers,
)
from ...engine.mail import (
    incoming as incoming_mail,
)
from ...engine.mail import (
    mending as mail_mending,
)
from ...engine.mail import (
    parts as mail_parts,
)
from ...engine.mail import source
from ...engine.mail.incoming import IncomingMail
from ..core.isolation import RETRIED, isolated
from .complaint_mail_attempt import MOST_ATTEMPTS

_logger = logging.getLogger(__name__)

TICKET = "helpdesk.ticket"
# How often a mail is taken again when somebody writes what it writes.
_TRIES = 5
# What could not even be kept is left in its mailbox: see fetchmail.server.
not_kept = threading.local()


@dataclass(frozen=True)
class Delivery:
    """How the gateway was called: the arguments of ``mail.thread.message_process``."""

    model: str | None = None
    custom_values: dict | None = None
    save_original: bool = False
    strip_attachments: bool = False
    thread_id: int | None = None

    def as_json(self):
        """Return it so that it can be kept; what JSON does not know becomes text."""
        return json.loads(json.dumps(asdict(self), default=str))


class TooManyAttempts(Exception):
    """Taking a mail in ended the worker, more than once."""


class ComplaintGateway(models.AbstractModel):
    _name = "complaint.gateway"
    _description = "Mail Gateway of Complaints"

    # ---------------------------------------------------
    # Taking in
    # ---------------------------------------------------

    @api.model
    def _process(self, raw, delivery, otherwise):
        """Take a mail in if it concerns complaints.

        :param bytes raw: the mail as it came
        :param Delivery delivery:
        :param otherwise: function without arguments that does what Odoo does
        :return: id of the complaint, or a false value
        :raises isolation.RETRIED: the caller has to try again
        :raises psycopg2.Error: the mail could not even be kept
        """
        # anybody may call this over RPC; Odoo's own gateway asks for as much
        self.env["mail.alias"].check_access("read")
        gateway = self.sudo()  # the gateway acts for whoever sent the mail
        not_kept.flag = True
        incoming = None
        # better taken in by Odoo alone than by nobody
        with isolated(
            self.env,
            "Whether a mail concerns complaints cannot be told",
            savepoint=False,
            level=logging.ERROR,
        ):
            incoming = gateway._recognise(raw, delivery)
        if not incoming:
            not_kept.flag = False
            return otherwise()
        ticket_id = gateway._take(incoming, delivery)
        not_kept.flag = False
        # kept, unless it cannot be committed
        self.env.cr.postrollback.add(partial(setattr, not_kept, "flag", True))
        return ticket_id

    def _take(self, incoming, delivery):
        """Take a mail in, again where somebody is in the way, or keep it as it is."""
        Attempt = self.env["complaint.mail.attempt"]
        attempts = Attempt._begin(incoming.key)
        for left in reversed(range(_TRIES)):
            try:
                return self._take_once(incoming, delivery, attempts)
            except RETRIED:  # what ``isolated`` lets through
                if not self._may_begin_anew():
                    Attempt._end(incoming.key)
                    raise  # whoever called has to begin anew
                self.env.cr.rollback()
                if not left:
                    Attempt._end(incoming.key)
                    raise
            except Exception:
                # hides nothing: it could not be kept either, but the worker lives
                Attempt._end(incoming.key)
                raise
            time.sleep(random.uniform(0, 0.1 * 2 ** (_TRIES - left)))
            incoming = self._recognise(incoming.raw, delivery) or incoming

    def _may_begin_anew(self):
        """Tell whether the transaction holds nothing but this mail.

        So it is with the fetcher, which commits after each; it would take an error for
        the end of the mail. Over RPC Odoo begins anew by itself.
        """
        return self._from_mailbox() and not modules.module.current_test

    def _take_once(self, incoming, delivery, attempts):
        """Enter a mail and take it in; what fails becomes a dead letter."""
        entry = self.env["complaint.incoming.mail"]._enter(incoming)
        if not entry:
            _logger.info("A mail of kind %s came in again", incoming.facts.kind)
            return False
        with isolated(self.env, "A mail could not be taken in") as outcome:
            if attempts > MOST_ATTEMPTS:
                raise TooManyAttempts(
                    self.env._(
                        "%(count)s times the server stopped while it took this mail in.",
                        count=attempts - 1,
                    )
                )
            ticket = self._take_in(incoming, delivery, entry)
        if outcome.error:
            ticket = self._take_plainly(incoming, delivery, entry, outcome.error)
        return ticket.id

    def _take_plainly(self, incoming, delivery, entry, error):
        """Register what can be of a mail that was read, and keep it for a person.

        :param Exception error: why it could not be taken in as it should
        :return: the complaint, empty where there is none
        """
        ticket = self.env[TICKET]
        if incoming.values is not None:
            with isolated(self.env, "Nor could it plainly") as outcome:
                ticket = self._mail_thread(incoming)._complaint_deliver_plainly(
                    incoming, incoming.values
                )
            if outcome.error:
                ticket = self.env[TICKET]
        self.env["complaint.dead.letter"]._keep(
            incoming, delivery, error, entry, ticket=ticket
        )
        return ticket

    def _mail_thread(self, incoming):
        return self.env["mail.thread"].with_context(
            complaint_incoming=incoming,
            # a photograph is kept as it was sent, and a broken one is no error
            image_no_postprocess=True,
        )

    def _take_in(self, incoming, delivery, entry):
        """Put a mail where it belongs.

        :param incoming: ``IncomingMail``
        :param Delivery delivery:
        :param entry: its complaint.incoming.mail
        :return: the complaint, empty where the mail was let go
        :raises UserError: where nobody took it
        """
        if not incoming.is_placed:
            self._find_place(incoming)
        if self._is_foreign_report(incoming):
            entry.outcome = incoming_mail.LET_GO
            return self.env[TICKET]
        incoming.left_out = mail_parts.prepare(
            incoming.message, self._attachment_limit(incoming)
        )
        MailThread = self._mail_thread(incoming)
        incoming.values = MailThread._complaint_parse(incoming, delivery)
        ticket = MailThread._complaint_deliver(incoming, delivery, incoming.values)
        if not ticket:
            raise UserError(self.env._("The mail was let go without a reason."))
        entry.write(
            {
                "ticket_id": ticket.id,
                "team_id": ticket.team_id.id,
                "company_id": ticket.company_id.id,
                "outcome": incoming_mail.COMPLAINT
                if incoming.created_ids
                else incoming_mail.NOTE
                if incoming.is_note
                else incoming_mail.ANSWER,
            }
        )
        return ticket

    def _is_foreign_report(self, incoming):
        """Tell whether a mail reports on mail that is not ours, and nothing else.

        What only sounds like a report has to name a mail. Else a customer may have
        written it, by a form on a web site; it is registered, and not answered.
        """
        return (
            incoming.facts.is_report
            and not incoming.ticket_id
            and not (incoming.facts.is_guess and not incoming.report.original_ids)
        )

    def _attachment_limit(self, incoming):
        """Return how many bytes a file that comes with this mail may have."""
        ticket = self.env[TICKET].browse(incoming.ticket_id or ())
        team = self.env["helpdesk.ticket.team"].browse(incoming.team_ids[:1])
        company = ticket.company_id or team.company_id or self.env.company
        return company.complaint_attachment_limit * 2**20

    # ---------------------------------------------------
    # Recognising
    # ---------------------------------------------------

    def _recognise(self, raw, delivery):
        """Read a mail if it concerns complaints.

        It does if it was sent to a complaints desk, if it answers a mail on a
        complaint, or if it reports on one.

        :return: ``IncomingMail``, None for all other mail
        """
        header = incoming_mail.header_of(raw)
        if not incoming_mail.recipients(header):
            header = incoming_mail.header_of(mail_mending.mend(raw)[0])
        addresses = incoming_mail.recipients(header)
        # the sender may be one of us
        known = self._aliases([*addresses, source.sender(header)])
        aliases, teams = self._desks(known, addresses, delivery)
        cited = self._cited(incoming_mail.cited_ids(header), delivery)
        is_report = mail_headers.kind_of(header).is_report
        # what names nobody is for the model of its mailbox, where that has one
        mailbox = self._from_mailbox()
        is_adrift = not addresses and mailbox and not mailbox.object_id
        if not (teams or cited or is_report or is_adrift):
            return None
        domains = self.env["mail.alias.domain"].search_fetch(
            [], ["name", "bounce_alias", "catchall_alias", "default_from"]
        )
        ours = {
            *domains.mapped("catchall_email"),
            *domains.mapped("bounce_email"),
            *domains.mapped("default_from_email"),
        }
        incoming = IncomingMail.from_bytes(
            raw,
            fields.Datetime.now(),
            own_addresses=[*aliases.mapped("alias_full_name"), *ours],
        )
        incoming.own_addresses = {
            address: address in ours or bool(self._of_address(known, address))
            for address in (*addresses, incoming.sender)
        }
        incoming.team_ids = tuple(sorted(teams.ids))
        incoming.alias_ids = tuple(aliases.ids)
        incoming.ticket_id = cited.id or 0
        if incoming.facts.is_report:
            self._read_report(incoming)
            if not incoming.ticket_id and (
                not teams or incoming.reported_id and self._is_bounce_to_odoo(incoming)
            ):
                return None
        return incoming

    def _is_bounce_to_odoo(self, incoming):
        """Tell whether Odoo sees to a report by itself; else it would be a complaint."""
        return self.env["mail.thread"]._detect_is_bounce(
            incoming.message,
            {
                "to": ",".join(incoming_mail.recipients(incoming.message)),
                "email_from": incoming.sender,
            },
        )

    def _desks(self, aliases, addresses, delivery):
        """Return the aliases a mail was sent to, and the complaints desks among them.

        :param aliases: that may be meant
        :param addresses: to which it was sent, bare, in lower case
        """
        aliases = aliases.filtered(
            lambda alias: any(self._of_address(alias, some) for some in addresses)
        )
        given = delivery.model == TICKET and (delivery.custom_values or {}).get(
            "team_id"
        )
        teams = self._teams([given], aliases)
        mailbox = self._from_mailbox()
        if not teams and mailbox:
            # a blind copy names nobody; what lies in the desk's own mailbox is for it
            aliases = self._aliases([(mailbox.user or "").lower()])
            teams = self._teams([], aliases)
        return aliases, teams

    def _aliases(self, addresses):
        """Return the aliases that have one of these addresses, as Odoo sees it."""
        names = [address.partition("@")[0] for address in addresses]
        return self.env["mail.alias"].search_fetch(
            Domain("alias_full_name", "in", addresses)
            | Domain("alias_name", "in", names)
            & Domain("alias_incoming_local", "=", True),
            [
                "alias_name",
                "alias_full_name",
                "alias_incoming_local",
                "alias_model_id",
                "alias_defaults",
                # for the address to reply to, and that of the answer
                "alias_domain_id",
                "alias_parent_thread_id",
            ],
        )

    def _of_address(self, aliases, address):
        """Return those of the aliases that have this address."""
        name = address.partition("@")[0]
        return aliases.filtered(
            lambda alias: (
                address == alias.alias_full_name
                or (alias.alias_incoming_local and alias.alias_name == name)
            )
        )

    def _from_mailbox(self):
        """Return the fetchmail.server a mail was fetched from, if it was."""
        return self.env["fetchmail.server"].browse(
            self.env.context.get("default_fetchmail_server_id") or ()
        )

    def _teams(self, team_ids, aliases):
        """Return the complaints teams among these and those of the aliases."""
        named = [*team_ids, *(self._alias_defaults(a).get("team_id") for a in aliases)]
        ids = [some for some in named if some and isinstance(some, int)]
        # the address of an archived desk takes mail still
        Team = self.env["helpdesk.ticket.team"].with_context(active_test=False)
        return Team.search_fetch([("id", "in", ids), ("is_complaint_team", "=", True)])

    def _alias_defaults(self, alias):
        """Return what an alias gives the tickets it makes, {} if it makes none."""
        if alias.alias_model_id.id != self.env["ir.model"]._get_id(TICKET):
            return {}
        try:
            return dict(ast.literal_eval(alias.alias_defaults or "{}"))
        except (ValueError, SyntaxError, TypeError):
            return {}

    def _cited(self, message_ids, delivery):
        """Return the complaint on which one of these messages stands."""
        Ticket = self.env[TICKET].with_context(active_test=False)
        if delivery.model == TICKET and delivery.thread_id:
            return Ticket.browse(delivery.thread_id).exists().filtered("is_complaint")
        if not message_ids:
            return Ticket
        found = {
            message.message_id: message.res_id
            for message in self.env["mail.message"].search_fetch(
                [("message_id", "in", message_ids), ("model", "=", TICKET)],
                ["message_id", "res_id"],
                order="id desc",
            )
        }
        tickets = Ticket.browse(
            dict.fromkeys(found[some] for some in message_ids if found.get(some))
        )
        return tickets.exists().filtered("is_complaint")[:1]

    # ---------------------------------------------------
    # Again
    # ---------------------------------------------------

    def _take_again(self, letter):
        """Take the mail of a dead letter in.

        :param letter: complaint.dead.letter, in sudo
        :return: the complaint, empty where the mail was let go
        :raises Exception: whatever goes wrong
        """
        delivery = Delivery(**(letter.delivery or {}))
        raw = letter._raw()
        incoming = self.sudo()._recognise(raw, delivery)
        if not incoming:
            # its address is gone; the leader says whose it is
            incoming = IncomingMail.from_bytes(raw, fields.Datetime.now())
        # it came when it came, however late it is taken in
        incoming.facts = replace(incoming.facts, received_at=letter.received_at)
        if letter.team_id and not incoming.ticket_id:
            incoming.team_ids = (letter.team_id.id,)
        if letter.ticket_id:
            # a part of it stands there; it is not to be a second one
            incoming.is_completing = True
            self.sudo()._find_place_again(incoming, letter.ticket_id)
        entry = letter.entry_id or self.env["complaint.incoming.mail"]._enter(incoming)
        return self.sudo()._take_in(incoming, delivery, entry)

    def _register_plainly(self, letter):
        """Make a complaint of what can be read of a dead letter, whatever is wrong.

        :param letter: complaint.dead.letter, in sudo, with its team
        :return: the complaint
        """
        incoming = IncomingMail.from_bytes(letter._raw(), letter.received_at)
        incoming.facts = replace(incoming.facts, received_at=letter.received_at)
        incoming.team_ids = (letter.team_id.id,)
        message = incoming.message
        values = {
            "subject": source.decoded(source.header(message, "Subject")),
            "email_from": source.decoded(source.header(message, "From")),
            "body": plaintext2html(source.first_text(message).replace("\0", "")),
        }
        return self._mail_thread(incoming)._complaint_deliver_plainly(incoming, values)
