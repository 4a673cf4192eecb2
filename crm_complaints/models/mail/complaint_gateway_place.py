"""complaint.gateway, decisions: where a mail belongs, and what it may do there."""

import re
from dataclasses import replace
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ...engine import phases
from ...engine.mail import headers as mail_headers
from ...engine.mail import reports as mail_reports
from ...engine.mail import source
from ..core.constants import TICKET
from .incoming import COMPLAINT, Decision

# More answers of one sender to one complaint within an hour are a machine's.
MOST_ANSWERS = 20
# What they write is kept as a note.
_MACHINES = (mail_headers.AUTOMATIC, mail_headers.OWN)
# A mail server gives up after four or five days (RFC 5321, 4.5.4.1).
_LONGEST_BOUNCE = timedelta(days=7)
# What may be a reference, whatever stands around it.
_REFERENCE = re.compile(r"\w[\w/.-]*\w")


class ComplaintGateway(models.AbstractModel):
    _inherit = "complaint.gateway"

    def _decide(self, recognised):
        """Decide to which complaint a mail belongs, and what it may do there.

        :rtype: Decision
        """
        mail, facts = recognised.mail, recognised.mail.facts
        ticket = self.env[TICKET].browse(recognised.cited_id or ())
        if facts.report:
            if ticket:
                return Decision(ticket_id=ticket.id, is_note=True)
            # what only sounds like a report has to name a mail; else a customer may
            # have written it, by a form on a web site
            is_doubtful = facts.is_guess and not facts.report.original_ids
            return Decision(recognised.team_ids, is_let_go=not is_doubtful)
        if facts.kind == mail_headers.OWN and not ticket:
            _message, ticket = self._message_complaint([facts.message_id])
        ticket = (ticket or self._named_complaint(mail))._complaint_survivor()
        if not ticket:
            return Decision(recognised.team_ids, is_passed_on=mail.sender.is_forwarded)
        if facts.kind in _MACHINES:
            remark = ""
            if facts.is_guess and self._relation(mail.sender, ticket) == "customer":
                remark = self.env._(
                    "This e-mail came from the customer's address but may have been "
                    "sent automatically (%(reason)s). It did not change the "
                    "complaint. Please check whether it is a reply from the "
                    "customer.",
                    reason=facts.automatic,
                )
            return Decision(ticket_id=ticket.id, is_note=True, remark=remark)
        return self._decide_for_person(recognised, ticket)

    def _decide_for_person(self, recognised, ticket):
        """Decide what a person's mail may do on the complaint it belongs to."""
        relation = self._relation(recognised.mail.sender, ticket)
        sender = next(iter(recognised.mail.sender.addresses), "")
        if not relation:
            return self._decide_for_stranger(sender, ticket)
        if self._is_flood(sender, ticket):
            return Decision(
                ticket_id=ticket.id,
                is_note=True,
                remark=self.env._(
                    "%(sender)s sent more than %(count)s e-mails within an hour. "
                    "There is no notification for each of them.",
                    count=MOST_ANSWERS,
                    sender=sender,
                ),
            )
        decision = Decision(
            ticket_id=ticket.id,
            is_staff=relation == "staff",
            is_customers=relation == "customer",
            is_passed_on=recognised.mail.sender.is_forwarded,
        )
        if relation == "staff" or ticket.complaint_phase not in phases.ENDED:
            return decision
        if relation != "customer":
            # whoever is in copy may thank for it: that reopens nothing
            return replace(
                decision,
                is_note=True,
                remark=self.env._(
                    "%(sender)s takes part in this complaint but is not the "
                    "customer, so the e-mail did not reopen the complaint. Please "
                    "check whether it should be reopened.",
                    sender=sender,
                ),
            )
        if ticket._complaint_may_reopen():
            return replace(decision, reopens=True)
        return Decision(
            recognised.team_ids or tuple(ticket.team_id.ids),
            earlier_id=ticket.id,
            is_passed_on=recognised.mail.sender.is_forwarded,
        )

    def _relation(self, sender, ticket):
        """Tell what the sender of a mail has to do with a complaint.

        That a mail is somebody else's is believed of colleagues, and of forms and lists
        of our own: anybody can write a customer's address into Reply-To.

        :param sender: ``senders.Sender``
        :return: as ``_complaint_relation``
        """
        if sender.is_forwarded:
            relation = ticket._complaint_relation(sender.address)
            return relation if relation == "customer" else "staff"
        if not sender.is_relayed:
            return ticket._complaint_relation(sender.address)
        is_ours = self.env["mail.alias.domain"]._complaint_has(sender.sent_by)
        return ticket._complaint_relation(sender.address if is_ours else sender.sent_by)

    def _decide_for_stranger(self, sender, ticket):
        return Decision(
            ticket_id=ticket.id,
            is_note=True,
            remark=self.env._(
                "This e-mail came from somebody who has no part in this complaint "
                "(%(sender)s). It did not change the complaint. Please check who "
                "wrote it.",
                sender=sender or self.env._("unknown sender"),
            ),
        )

    def _decide_completing(self, mail, ticket):
        """Decide what a mail may do on the complaint where a part of it stands.

        It opens nothing again; but what was a note is one still.

        :rtype: Decision
        """
        relation = self._relation(mail.sender, ticket)
        if mail.facts.report or mail.facts.kind in _MACHINES:
            decision = Decision(ticket_id=ticket.id, is_note=True)
        elif relation:
            decision = Decision(
                ticket_id=ticket.id,
                is_staff=relation == "staff",
                is_customers=relation == "customer",
                is_passed_on=mail.sender.is_forwarded,
            )
        else:
            sender = next(iter(mail.sender.addresses), "")
            decision = self._decide_for_stranger(sender, ticket)
        return replace(decision, is_completing=True)

    def _is_flood(self, sender, ticket):
        Entry = self.env["complaint.incoming.mail"]
        return (
            Entry.search_count(
                [
                    *Entry._lately(sender),
                    ("ticket_id", "=", ticket.id),
                    # the mail that began it is no answer
                    ("outcome", "!=", COMPLAINT),
                ],
                limit=MOST_ANSWERS,
            )
            >= MOST_ANSWERS
        )

    def _named_complaint(self, mail):
        """Return the complaint that the subject names, if its customer wrote it."""
        subject = source.decoded(source.header(mail.message, "Subject"))
        # people write "no.C/2026/00042", and in small letters
        words = {
            form
            for word in _REFERENCE.findall(subject)
            for part in (word.strip("_"), word.rpartition(".")[2])
            for form in (part, part.upper())
            if re.search(r"\d", part)
        }
        Ticket = self.env[TICKET].with_context(active_test=False)
        if not words or not mail.sender.addresses:
            return Ticket
        return Ticket.search(
            [
                ("is_complaint", "=", True),
                "|",
                ("number", "in", list(words)),
                ("complaint_former_number", "in", list(words)),
            ],
            order="id desc",
        ).filtered(lambda ticket: self._relation(mail.sender, ticket) == "customer")[:1]

    # ---------------------------------------------------
    # Reports
    # ---------------------------------------------------

    def _reported(self, report):
        """Return the message of ours that a report is about, and its complaint.

        The message may stand on another document.

        :param report: ``mail_reports.Report``
        """
        message, ticket = self._message_complaint(report.original_ids)
        if not ticket:
            message = self.env["mail.message"].search(
                [("message_id", "in", report.original_ids)], limit=1
            )
        # ids in Odoo's form that nothing here has are of mail that was deleted since
        deleted = any("-openerp-" in some for some in report.original_ids)
        if not message and not deleted and report.outcome == mail_reports.FAILED:
            ticket = self._acknowledged_lately(report.recipients)
            message = ticket._complaint_acknowledgement_mails().mail_message_id[:1]
        return message, ticket

    def _message_complaint(self, message_ids):
        """Return the message on a complaint with one of these ids, and the complaint."""
        Message = self.env["mail.message"]
        Ticket = self.env[TICKET].with_context(active_test=False)
        if not message_ids:
            return Message, Ticket
        for message in Message.search(
            [("message_id", "in", list(message_ids)), ("model", "=", TICKET)],
            order="id desc",
        ):
            ticket = Ticket.browse(message.res_id or ()).exists()
            if ticket.is_complaint:
                return message, ticket
        return Message, Ticket

    def _acknowledged_lately(self, addresses):
        """Return the complaint acknowledged last to one of these addresses.

        For servers whose report does not say which mail it is about.
        """
        Ticket = self.env[TICKET].with_context(active_test=False)
        if not addresses:
            return Ticket
        since = fields.Datetime.now() - _LONGEST_BOUNCE
        # no more than a hint: addresses are kept as they were typed
        address_like = Domain.OR(
            Domain(name, "ilike", address)
            for address in addresses
            for name in (
                "partner_email",
                "partner_id.email_normalized",
                "complaint_representative_id.email_normalized",
            )
        )
        return Ticket.search(
            Domain("is_complaint", "=", True)
            & Domain("complaint_acknowledged_by", "=", "email")
            & Domain("complaint_acknowledged_at", ">=", since)
            & address_like,
            order="complaint_acknowledged_at desc, id desc",
        ).filtered(
            lambda ticket: (
                not {
                    ticket.complaint_email_to,
                    # at least the receipt went there
                    ticket.complaint_representative_id.email_normalized,
                }.isdisjoint(addresses)
            )
        )[:1]
