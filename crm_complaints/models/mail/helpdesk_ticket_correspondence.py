"""helpdesk.ticket, correspondence: what an answer, or a mail that comes back, sets off."""

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import email_normalize, email_normalize_all

from ...engine import addresses as mail_addresses
from ...engine import phases
from ...engine.mail import reports as mail_reports
from .incoming import ANSWER, COMPLAINT


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    _complaint_number_idx = models.Index("(number) WHERE is_complaint IS TRUE")
    _complaint_acknowledged_idx = models.Index(
        "(complaint_acknowledged_at) WHERE complaint_acknowledged_by = 'email'"
    )

    # ---------------------------------------------------
    # Who writes
    # ---------------------------------------------------

    def _complaint_relation(self, address):
        """Tell what somebody who writes has to do with this complaint.

        :param str address: bare, in lower case
        :return: "customer" (or their representative with consent), "staff", "party" (we or
            the customer wrote to them about it), or '' for a stranger and for staff
            complained about
        """
        self.ensure_one()
        if not address:
            return ""
        ticket = self.sudo()  # who takes part, whoever may read partners
        mailbox = mail_addresses.mailbox
        theirs = {
            *ticket._complaint_customer_side(),
            email_normalize(ticket.partner_email, strict=False),
            ticket.partner_id.email_normalized,
        }
        if mailbox(address) in {mailbox(some) for some in theirs if some}:
            return "customer"
        partners = ticket.env["res.partner"].search(
            [("email_normalized", "in", mail_addresses.spellings(address))], limit=50
        )
        staff = partners.user_ids.filtered(lambda user: user._is_internal())
        if staff & ticket.complaint_concerned_user_ids:
            return ""  # their words are looked at before the customer reads them
        if staff:
            return "staff"
        if ticket._complaint_began_by(address):
            return "customer"
        acting = ticket.complaint_representative_id
        sides = ticket.partner_id | ticket.complaint_consent_id.partner_id
        for ours in sides.commercial_partner_id.filtered("is_company"):
            if ours in partners.commercial_partner_id:
                return "customer"
        if acting and acting.commercial_partner_id in partners.commercial_partner_id:
            return "party"  # who claims to act for the customer, and has to show it
        if partners & ticket.message_partner_ids or ticket._complaint_wrote_to(
            address, partners
        ):
            return "party"
        return ""

    def _complaint_began_by(self, address):
        """Tell whether the mail that began this complaint came from an address.

        People who want to be answered at another mailbox go on writing from their own.

        :param str address: bare, in lower case
        """
        return bool(
            self.env["complaint.incoming.mail"].search_count(
                [
                    ("ticket_id", "=", self.id),
                    ("email_from", "=", address),
                    ("outcome", "=", COMPLAINT),
                ],
                limit=1,
            )
            # who passed it on is none
            and not self.env["mail.alias.domain"]._complaint_has(address)
        )

    def _complaint_wrote_to(self, address, partners):
        """Tell whether a message on this complaint went to an address.

        :param str address: bare, in lower case
        :param partners: res.partner who have it
        """
        messages = Domain(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                # what machines and strangers write is kept as a note
                ("subtype_id.internal", "=", False),
            ]
        )
        Message = self.env["mail.message"]
        told = Domain("notification_ids.mail_email_address", "=", address) | Domain(
            "notification_ids.res_partner_id", "in", partners.ids
        )
        if Message.search_count(messages & told, limit=1):
            return True
        # no more than a hint: one address is part of another
        copied = Domain("incoming_email_cc", "ilike", address) | Domain(
            "incoming_email_to", "ilike", address
        )
        return any(
            address in email_normalize_all(addresses or "")
            for message in Message.search(messages & copied)
            for addresses in (message.incoming_email_cc, message.incoming_email_to)
        )

    def _complaint_may_reopen(self):
        """Tell whether an answer still opens this closed complaint again."""
        days = self.company_id.complaint_reopen_days
        closed = self.closed_date or self.complaint_resolved_at or self.write_date
        return bool(days) and closed >= fields.Datetime.subtract(
            fields.Datetime.now(), days=days
        )

    # ---------------------------------------------------
    # What comes in
    # ---------------------------------------------------

    def _complaint_mail_came(self, work, left_out):
        """Do what a mail that now stands on these complaints sets off.

        None of it can undo that it stands there.

        :param MailInWork work:
        :param tuple left_out: ``mail_parts.LeftOut``, the files that were not kept
        """
        decision = work.decision
        if not decision.ticket_id and not decision.earlier_id and not left_out:
            return  # it sets off what each new complaint does, and no more
        self._complaint_isolated(
            lambda some: some._complaint_follow_mail(work, left_out),
            self.env._("An e-mail could not be handled completely"),
            type(self)._complaint_something_failed,
        )

    def _complaint_follow_mail(self, work, left_out):
        decision = work.decision
        for ticket in self:
            if not ticket.active:
                # nobody would see it there
                ticket.active = True
            if work.facts.report:
                ticket._complaint_report_came(
                    work.facts.report, work.recognised.reported_id
                )
            elif decision.remark:
                ticket._complaint_ask_to_look(
                    self.env._("E-mail to be checked"), decision.remark
                )
            elif decision.reopens:
                ticket._complaint_reopen_by_answer()
            elif decision.earlier_id:
                ticket._complaint_continued()
            elif decision.outcome == ANSWER and decision.is_customers:
                ticket._complaint_answer_came()
            if left_out:
                ticket._complaint_note_left_out(left_out)

    def _complaint_answer_came(self):
        """The customer wrote again: see that somebody who is there reads it."""
        if self._complaint_end_waiting():
            self._complaint_ask_to_look(
                self.env._("The customer replied"),
                self.env._(
                    "The deadlines are running again. Please read the reply and "
                    "continue with the complaint."
                ),
            )
            return
        if self.complaint_phase != phases.FOLLOW_UP:
            if self._complaint_present_user() != self.complaint_responsible_id:
                self._complaint_ask_to_look(
                    self.env._("The customer wrote to an absent colleague"),
                    self.env._(
                        "%s is away. Please read the message, and reply if it cannot "
                        "wait.",
                        self.complaint_responsible_id.name,
                    ),
                )
            return
        # one thing to do, not two
        if not self._complaint_customer_wrote():
            self._complaint_ask_to_look(
                self.env._("The customer wrote again"),
                self.env._(
                    "The customer wrote after the complaint was resolved. Please "
                    "check whether it is still resolved."
                ),
            )

    def _complaint_reopen_by_answer(self):
        self._complaint_set_phase(phases.HEARING)
        self._complaint_ask_to_look(
            self.env._("Reopened by the customer's reply"),
            self.env._(
                "The customer wrote after the complaint was closed. Please listen to "
                "the customer again."
            ),
        )

    def _complaint_note_left_out(self, left_out):
        """Name the files that were too large to be kept, or came empty.

        :param left_out: ``mail_parts.LeftOut`` of each
        """
        lines = Markup().join(
            Markup("<li>%s</li>")
            % (
                self.env._(
                    "%(name)s (%(size)s MB)",
                    name=some.name,
                    size=-(-some.size // 2**20),
                )
                if some.size
                else self.env._("%s (empty file)", some.name)
            )
            for some in left_out
        )
        self._message_log(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                self.env._(
                    "The following attachments of this e-mail were not saved. Please "
                    "ask for them another way:"
                ),
                lines,
            )
        )

    # ---------------------------------------------------
    # What comes back
    # ---------------------------------------------------

    def _complaint_bounced_notifications(self, message, addresses):
        """Return what is noted of those whom a message did not reach.

        :param message: mail.message, in sudo
        :param addresses: of whom a report is, in lower case
        """
        mails = message.notification_ids.filtered(
            lambda notification: notification.notification_type == "email"
        )
        named = mails.filtered(
            lambda notification: (
                (
                    notification.mail_email_address
                    or notification.res_partner_id.email_normalized
                )
                in addresses
            )
        )
        # a server may name the address to which the customer's own one leads
        return named or mails

    def _complaint_report_came(self, report, reported_id):
        """A mail server reports on a mail of ours.

        :param report: ``mail_reports.Report``
        :param int reported_id: the message that it is about, or 0
        """
        if report.outcome != mail_reports.FAILED:
            return
        message = self.env["mail.message"].sudo().browse(reported_id or ())
        reason = " ".join(filter(None, (report.status, report.diagnostic)))
        self._complaint_bounced_notifications(message, report.recipients).write(
            {
                "notification_status": "bounce",
                "failure_type": "mail_bounce",
                "failure_reason": reason,
            }
        )
        acknowledgements = self._complaint_acknowledgement_mails().mail_message_id
        if message in acknowledgements[1:]:
            return  # it came back late: another one has been sent since
        if message in acknowledgements:
            self._complaint_acknowledgement_failed(
                reason,
                self.env._(
                    "Contact the customer another way, as the acknowledgement was "
                    "returned"
                ),
            )
        else:
            address = ", ".join(report.recipients[:3])
            self._complaint_ask_to_look(
                self.env._("An e-mail was not delivered"),
                self.env._(
                    "The e-mail to %(address)s was not delivered. Please contact the "
                    "customer another way. Reason: %(reason)s",
                    address=address or self.complaint_email_to or "–",
                    reason=reason or "–",
                ),
            )
