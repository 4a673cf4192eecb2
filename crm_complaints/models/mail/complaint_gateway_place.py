"""complaint.gateway, where a mail belongs: to which complaint, and in what manner."""

import re
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ...engine import phases
from ...engine.mail import headers as mail_headers
from ...engine.mail import reports as mail_reports
from ...engine.mail import source
from ...engine.mail.incoming import COMPLAINT
from .complaint_gateway import TICKET

# More answers of one sender to one complaint within an hour are a machine's.
MOST_ANSWERS = 20
# A mail server gives up after four or five days (RFC 5321, 4.5.4.1).
_LONGEST_BOUNCE = timedelta(days=7)
# What may be a reference, whatever stands around it.
_REFERENCE = re.compile(r"\w[\w/.-]*\w")


class ComplaintGateway(models.AbstractModel):
    _inherit = "complaint.gateway"

    def _find_place(self, incoming):
        """Settle to which complaint a mail belongs, and what it may do there.

        :param incoming: ``IncomingMail``; ``ticket_id`` is the complaint it cites
        """
        incoming.is_placed = True
        kind = incoming.facts.kind
        if incoming.facts.is_report:
            incoming.is_note = bool(incoming.ticket_id)
            return
        ticket = self.env[TICKET].browse(incoming.ticket_id or ())
        if kind == mail_headers.OWN and not ticket:
            ticket = self._own_complaint(incoming)
        if not ticket:
            ticket = self._named_complaint(incoming)
        ticket = ticket._complaint_survivor()
        incoming.ticket_id = ticket.id or 0
        if not ticket:
            return
        if kind in (mail_headers.AUTOMATIC, mail_headers.OWN):
            incoming.is_note = True
            return
        self._find_manner(incoming, ticket)

    def _find_place_again(self, incoming, ticket):
        """Settle what a mail may do on the complaint where a part of it stands.

        It opens nothing again; but what was a note is one still.
        """
        incoming.is_placed = True
        incoming.ticket_id = ticket.id
        kind = incoming.facts.kind
        if incoming.facts.is_report or kind in (
            mail_headers.AUTOMATIC,
            mail_headers.OWN,
        ):
            incoming.is_note = True
        elif relation := ticket._complaint_relation(incoming.sender):
            incoming.is_staff = relation == "staff"
        else:
            self._note_stranger(incoming)

    def _note_stranger(self, incoming):
        incoming.is_note = True
        incoming.remark = self.env._(
            "From %(sender)s, who has no part in this complaint. Nothing was "
            "set off by it. Please see whose words they are.",
            sender=incoming.sender or self.env._("an unknown sender"),
        )

    def _find_manner(self, incoming, ticket):
        """Settle what a person's mail may do on the complaint it belongs to."""
        relation = ticket._complaint_relation(incoming.sender)
        if not relation:
            self._note_stranger(incoming)
            return
        if self._is_flood(incoming, ticket):
            incoming.is_note = True
            incoming.remark = self.env._(
                "One of more than %(count)s mails from %(sender)s within an hour. "
                "Nobody is notified of each.",
                count=MOST_ANSWERS,
                sender=incoming.sender,
            )
            return
        incoming.is_staff = relation == "staff"
        if incoming.is_staff or ticket.complaint_phase not in phases.ENDED:
            return
        if ticket._complaint_may_reopen():
            incoming.reopens = True
        else:
            incoming.earlier_id = ticket.id
            incoming.ticket_id = 0

    def _is_flood(self, incoming, ticket):
        Entry = self.env["complaint.incoming.mail"]
        return (
            Entry.search_count(
                [
                    *Entry._lately(incoming.sender),
                    ("ticket_id", "=", ticket.id),
                    # the mail that began it is no answer
                    ("outcome", "!=", COMPLAINT),
                ],
                limit=MOST_ANSWERS,
            )
            >= MOST_ANSWERS
        )

    def _own_complaint(self, incoming):
        """Return the complaint from which a mail of ours came back."""
        return self._message_complaint([incoming.facts.message_id])[1]

    def _named_complaint(self, incoming):
        """Return the complaint that the subject names, if its customer wrote it."""
        subject = source.decoded(source.header(incoming.message, "Subject"))
        # people write "no.C/2026/00042", and in small letters
        words = {
            form
            for word in _REFERENCE.findall(subject)
            for part in (word.strip("_"), word.rpartition(".")[2])
            for form in (part, part.upper())
            if re.search(r"\d", part)
        }
        Ticket = self.env[TICKET].with_context(active_test=False)
        if not words or not incoming.sender:
            return Ticket
        return Ticket.search(
            [
                ("is_complaint", "=", True),
                "|",
                ("number", "in", list(words)),
                ("complaint_former_number", "in", list(words)),
            ],
            order="id desc",
        ).filtered(
            lambda ticket: ticket._complaint_relation(incoming.sender) == "customer"
        )[:1]

    # ---------------------------------------------------
    # Reports
    # ---------------------------------------------------

    def _read_report(self, incoming):
        """Find the mail of ours that a report is about, on a complaint or elsewhere."""
        report = mail_reports.report_of(incoming.message)
        message, ticket = self._message_complaint(report.original_ids)
        if not ticket:
            # one on another document
            message = self.env["mail.message"].search(
                [("message_id", "in", report.original_ids)], limit=1
            )
        # ids in Odoo's form that nothing here has are of mail that was deleted since
        deleted = any("-openerp-" in some for some in report.original_ids)
        if not message and not deleted and report.outcome == mail_reports.FAILED:
            ticket = self._acknowledged_lately(report.recipients)
            message = ticket._complaint_acknowledgement_mails().mail_message_id[:1]
        incoming.report = report
        incoming.reported_id = message.id or 0
        incoming.ticket_id = ticket.id or incoming.ticket_id

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
