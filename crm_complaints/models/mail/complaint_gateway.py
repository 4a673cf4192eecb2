"""complaint.gateway: processes each mail that concerns complaints, and loses none.

Odoo's own gateway drops mail without a word: all reports, whatever has a Message-ID it
knows, whatever a busy sender writes; and what fails on its way is gone from the mailbox
all the same. So mail for complaints goes through here. Other mail is left to Odoo.
"""

import ast
import logging
import random
import threading
import time
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from odoo import api, fields, models, modules
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext

from ...engine import addresses as mail_addresses
from ...engine import plain_text
from ...engine.mail import headers as mail_headers
from ...engine.mail import incoming as mail_incoming
from ...engine.mail import senders, source
from ..core.constants import TICKET
from ..core.isolation import RETRIED, isolated
from .complaint_mail_attempt import MOST_ATTEMPTS
from .incoming import (
    LET_GO,
    Content,
    Decision,
    Delivery,
    MailInWork,
    Recognised,
)

_logger = logging.getLogger(__name__)

# How often a mail is processed again when somebody writes what it writes.
_TRIES = 5
# Of those on a complaint, with which one that may have come by another way is compared.
_MOST_TEXTS = 20
# More than a mail to people has.
_MOST_RECIPIENTS = 2_000
# What could not even be kept is left in its mailbox: see fetchmail.server.
not_kept = threading.local()


class TooManyAttempts(Exception):
    """Processing a mail ended the worker, more than once."""


class ComplaintGateway(models.AbstractModel):
    _name = "complaint.gateway"
    _description = "Complaint E-mail Gateway"

    # ---------------------------------------------------
    # Processing
    # ---------------------------------------------------

    @api.model
    def _process(self, raw, delivery, otherwise):
        """Process a mail if it concerns complaints.

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
        Attempt = gateway.env["complaint.mail.attempt"]
        # before anything of it is read, since that may be what ends the worker
        key = delivery.digest(raw, self._from_mailbox().id or 0)
        attempts = Attempt._begin(key)
        try:
            recognised = gateway._recognise_safely(raw, delivery, attempts)
            if recognised:
                ticket_id = gateway._process_retrying(recognised, delivery, attempts)
            else:
                not_kept.flag = False
                ticket_id = otherwise()
                Attempt._end(key)
                return ticket_id
        except Exception:
            # hides nothing: it could not be kept either, but the worker lives
            Attempt._end(key)
            raise
        not_kept.flag = False
        # kept, unless it cannot be committed
        self.env.cr.postrollback.add(partial(setattr, not_kept, "flag", True))
        return ticket_id

    def _recognise_safely(self, raw, delivery, attempts):
        """Read a mail if it concerns complaints, or if it ends whatever reads it.

        :param int attempts: how often processing it was begun
        :rtype: Recognised, None for all other mail
        """
        recognised = None
        is_unread = attempts > MOST_ATTEMPTS
        # better processed by Odoo alone than by nobody
        with isolated(
            self.env,
            "Whether a mail concerns complaints cannot be told",
            savepoint=False,
            log_level=logging.ERROR,
        ):
            recognised = self._recognise(raw, delivery, is_unread)
        if is_unread and not recognised:
            now = fields.Datetime.now()
            recognised = Recognised(mail_incoming.IncomingMail.unread(raw, now))
        return recognised

    def _process_retrying(self, recognised, delivery, attempts):
        """Process a mail, again where somebody is in the way, or keep it as it is."""
        for left in reversed(range(_TRIES)):
            try:
                return self._process_once(recognised, delivery, attempts)
            except RETRIED:  # what ``isolated`` lets through
                if not self._may_begin_anew():
                    raise  # whoever called has to begin anew
                self.env.cr.rollback()
                if not left:
                    raise
            time.sleep(random.uniform(0, 0.1 * 2 ** (_TRIES - left)))
            recognised = self._recognise(recognised.mail.raw, delivery) or recognised

    def _may_begin_anew(self):
        """Tell whether the transaction holds nothing but this mail.

        So it is with the fetcher, which commits after each; it would take an error for
        the end of the mail. Over RPC Odoo begins anew by itself.
        """
        return self._from_mailbox() and not modules.module.current_test

    def _process_once(self, recognised, delivery, attempts):
        """Enter a mail and put it where it belongs; what fails is kept as a failed mail.

        :param int attempts: how often processing it was begun
        :return: id of the complaint, or a false value
        """
        entry, twin = self.env["complaint.incoming.mail"]._enter(recognised)
        if not entry:
            kind = recognised.mail.facts.kind
            _logger.info("A mail of kind %s came in again", kind)
            return False
        work = content = None
        ticket = self.env[TICKET]
        with isolated(self.env, "A mail could not be registered") as outcome:
            if attempts > MOST_ATTEMPTS:
                raise TooManyAttempts(
                    self.env._(
                        "The server stopped %(count)s times while processing this "
                        "e-mail.",
                        count=attempts - 1,
                    )
                )
            work = self._begin(recognised, self._decide(recognised))
            if work.decision.is_let_go:
                entry.outcome = LET_GO
            else:
                work, content = self._read_in_time(work, delivery)
                work, content = self._come_by_another_way(work, content, twin)
                ticket = self._deliver(work, content, delivery, entry)
        if outcome.error:
            ticket = self._deliver_safely(work, content)
            self.env["complaint.dead.letter"]._keep(
                recognised, delivery, outcome.error, entry, ticket=ticket
            )
        return ticket.id

    def _come_by_another_way(self, work, content, twin):
        """Keep what came by another way before as a note, with files that came now alone.

        :param twin: helpdesk.ticket on which such a mail stands, perhaps the same
        :return: work and content, those given where it is another mail
        """
        decision = work.decision
        is_here = not decision.ticket_id or decision.ticket_id == twin.id
        if not twin or decision.is_note or not is_here:
            return work, content
        subject = content.values.get("subject") or ""
        is_listed = senders.is_listed(work.recognised.mail.message)
        words = html2plaintext(content.values.get("body") or "")
        if not any(
            mail_incoming.came_by_another_way(
                (subject, words),
                (message.subject or twin.name, html2plaintext(message.body or "")),
                is_listed,
            )
            for message in twin.message_ids[:_MOST_TEXTS]
            if message.message_type == "email"
        ):
            return work, content
        values = {
            **content.values,
            "attachments": twin._complaint_missing_files(
                content.values.get("attachments") or ()
            ),
        }
        decision = Decision(ticket_id=twin.id, is_note=True)
        return (
            self._begin(work.recognised, decision),
            replace(content, values=MappingProxyType(values)),
        )

    def _begin(self, recognised, decision):
        return MailInWork(
            recognised, decision, own_addresses=dict(recognised.own_addresses)
        )

    def _deliver_safely(self, work, content):
        """Register plainly what could be read of a mail.

        :return: the complaint, empty where that failed too
        """
        ticket = self.env[TICKET]
        if content:
            with isolated(self.env, "Nor could it plainly") as outcome:
                ticket = self._deliver_plainly(work, content)
            if outcome.error:
                ticket = self.env[TICKET]
        return ticket

    # ---------------------------------------------------
    # Recognising
    # ---------------------------------------------------

    def _recognise(self, raw, delivery, is_unread=False):
        """Read a mail if it concerns complaints.

        It does if it was sent to a complaints desk, if it answers a mail on a
        complaint, or if it reports on one.

        :param bool is_unread: go by its header alone
        :rtype: Recognised, None for all other mail
        """
        IncomingMail, now, mail = (
            mail_incoming.IncomingMail,
            fields.Datetime.now(),
            None,
        )
        header = mail_incoming.header_of(raw)
        if is_unread:
            mail = IncomingMail.unread(raw, now)
        elif not mail_incoming.recipients(header):
            mail = IncomingMail.from_bytes(raw, now)
            header = mail.message
        addresses = mail_incoming.recipients(header)[:_MOST_RECIPIENTS]
        sender = source.sender(header)
        answered = [
            address
            for value in source.headers(header, "Reply-To")[:3]
            for address in source.addresses(value)[:3]
        ]
        # the sender may be one of us
        known = self._aliases([*addresses, sender, *answered])
        aliases, teams = self._desks(known, addresses, delivery)
        cited = self._cited(mail_incoming.cited_ids(header), delivery)
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
        own_addresses = [*aliases.mapped("alias_full_name"), *ours]
        house = [
            *known.mapped("alias_full_name"),
            *(f"@{name}" for name in domains.mapped("name")),
        ]
        mail = (
            mail.with_own_addresses(own_addresses, house)
            if mail
            else IncomingMail.from_bytes(raw, now, own_addresses, house)
        )
        mail = self._as_written(mail)
        if (
            cited
            and mail.facts.is_guess
            and mail.facts.signs == 1
            and self._relation(mail.sender, cited) == "customer"
        ):
            mail = mail.heard()
        reported = self.env["mail.message"]
        if mail.facts.report:
            reported, ticket = self._reported(mail.facts.report)
            cited = ticket or cited
            if not cited and (not teams or reported and self._is_bounce_to_odoo(mail)):
                return None
        return Recognised(
            mail,
            team_ids=tuple(sorted(teams.ids)),
            alias_ids=tuple(aliases.ids),
            cited_id=cited.id or 0,
            reported_id=reported.id or 0,
            own_addresses={
                address: address in ours or bool(self._of_address(known, address))
                for address in {*addresses, *mail.sender.addresses}
            },
        )

    def _as_written(self, mail):
        """Return a mail that a colleague passes on as one of who wrote it.

        Where it does not say who that was, it is nobody's: not the colleague's either.
        """
        is_own = mail.facts.kind == mail_headers.OWN
        if mail.facts.report or is_own or mail.sender.is_form:
            return mail
        originals = mail.originals()
        if not originals:
            return mail
        addresses = [mail.sender.sent_by, *(some.address for some in originals)]
        colleagues = self._colleagues(addresses, mail.house)
        if mail.sender.sent_by not in colleagues:
            return mail
        for original in originals:
            if original.address and original.address not in colleagues:
                return mail.sent_by(mail.sender.forwarding(original))
        untold = originals[-1] if not originals[-1].address else senders.Sender()
        return mail.sent_by(mail.sender.forwarding(untold))

    def _colleagues(self, addresses, house):
        """Return those of the addresses from which people within the company write.

        :param addresses: bare, in lower case; empty ones are nobody's
        :param frozenset house: addresses and domains of ours
        """
        companies = self.env["res.company"].search_fetch([], ["email"])
        domains = {
            (email_normalize(email, strict=False) or "").rpartition("@")[2]
            for email in companies.mapped("email")
        }.difference(mail_addresses.PROVIDERS, mail_addresses.RESERVED)
        found = {
            address
            for address in addresses
            if address
            and (senders.is_in(address, house) or address.rpartition("@")[2] in domains)
        }
        staff = self.env["res.partner"].search_fetch(
            [
                ("email_normalized", "in", [some for some in addresses if some]),
                ("partner_share", "=", False),
            ],
            ["email_normalized"],
        )
        return found.union(staff.mapped("email_normalized"))

    def _is_bounce_to_odoo(self, mail):
        """Tell whether Odoo sees to a report by itself; else it would be a complaint."""
        return self.env["mail.thread"]._detect_is_bounce(
            mail.message,
            {
                "to": ",".join(mail_incoming.recipients(mail.message)),
                "email_from": mail.sender.sent_by,
            },
        )

    def _desks(self, aliases, addresses, delivery):
        """Return the aliases a mail was sent to, and the complaints desks among them.

        :param aliases: that may be meant
        :param addresses: to which it was sent, bare, in lower case
        """
        aliases = self.env["mail.alias"].union(
            *(self._of_address(aliases, address) for address in addresses)
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
        addresses = [*addresses, *map(mail_addresses.without_detail, addresses)]
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
        """Return those of the aliases that have this address.

        What follows a plus sign only sorts the mail of one mailbox (RFC 5233), unless
        there is an alias of just that name.
        """
        for some in (address, mail_addresses.without_detail(address)):
            name = some.partition("@")[0]
            found = aliases.filtered(
                lambda alias, some=some, name=name: (
                    some == alias.alias_full_name
                    or (alias.alias_incoming_local and alias.alias_name == name)
                )
            )
            if found:
                return found
        return aliases.browse()

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
    # Failed mails
    # ---------------------------------------------------

    def _retry(self, letter):
        """Process a failed mail again.

        :param letter: complaint.dead.letter, in sudo
        :return: the complaint, empty where the mail was let go
        :raises Exception: whatever goes wrong
        """
        gateway = self.sudo()  # as ``_process``
        delivery = Delivery(**(letter.delivery or {}))
        # without a team where its address is gone; the leader says whose it is
        recognised = gateway._recognise(letter._raw(), delivery) or Recognised(
            self._read_letter(letter)
        )
        recognised = replace(
            recognised,
            # it came when it came, however late it is processed
            mail=recognised.mail.received(letter.received_at),
            team_ids=recognised.team_ids
            if recognised.cited_id or not letter.team_id
            else tuple(letter.team_id.ids),
        )
        # a part of it may stand on a complaint; it is not to be a second one
        decision = (
            gateway._decide_completing(recognised.mail, letter.ticket_id)
            if letter.ticket_id
            else gateway._decide(recognised)
        )
        entry = (
            letter.entry_id
            or gateway.env["complaint.incoming.mail"]._enter(recognised)[0]
        )
        if decision.is_let_go:
            entry.outcome = LET_GO
            return self.env[TICKET]
        work = gateway._begin(recognised, decision)
        work, content = gateway._read_in_time(work, delivery)
        return gateway._deliver(work, content, delivery, entry)

    def _register_readable(self, letter):
        """Register a complaint of what can be read of a failed mail, whatever is wrong.

        :param letter: complaint.dead.letter, in sudo, with its team
        :return: the complaint
        """
        mail = self._read_letter(letter)
        team_ids = tuple(letter.team_id.ids)
        work = self._begin(Recognised(mail, team_ids), Decision(team_ids))
        body = plain_text.as_html(source.first_text(mail.message).replace("\0", ""))
        values = {
            "subject": source.decoded(source.header(mail.message, "Subject")),
            "email_from": source.decoded(source.header(mail.message, "From")),
            "body": body,
        }
        return self._deliver_plainly(work, Content(values, self._own_words(body)))

    def _read_letter(self, letter):
        mail = mail_incoming.IncomingMail.from_bytes(letter._raw(), letter.received_at)
        return mail.received(letter.received_at)
