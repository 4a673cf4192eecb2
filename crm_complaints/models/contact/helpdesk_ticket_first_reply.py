"""helpdesk.ticket, personal answers: when staff wrote or spoke to the customer."""

from odoo import fields, models
from odoo.tools import email_normalize_all


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Note a personal answer of staff; here the recipients are known."""
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        if self.is_complaint:
            # sudo: what is noted depends on the message, not on the user's rights
            message = message.sudo()
            written = message.message_type in ("comment", "email")
            if written and (
                self._complaint_reaches_customer(recipients or ())
                or self._complaint_addressed_already(message)
            ):
                self._complaint_answered_by(message)
        return recipients

    def message_mail_with_source(self, *args, **kwargs):
        # not a personal answer: the template of a stage, for example
        self = self.with_context(complaint_automatic=True)
        return super().message_mail_with_source(*args, **kwargs)

    def _message_mail_after_hook(self, mails):
        # letters written to many at once
        result = super()._message_mail_after_hook(mails)
        if self.env.context.get("complaint_automatic"):
            return result
        tickets = {ticket.id: ticket for ticket in self if ticket.is_complaint}
        for mail in mails:
            if mail.res_id in tickets and (mail.recipient_ids or mail.email_to):
                tickets[mail.res_id]._complaint_answered_by(mail.mail_message_id)
        return result

    def _complaint_reaches_customer(self, recipients):
        """Tell whether the customer is among those to whom a message goes.

        Colleagues of the customer count as the customer, and so does a representative
        with consent. Where the customer is unknown, anybody outside counts.

        :param recipients: dicts as ``_notify_get_recipients`` returns them
        """
        # sudo: only to compare with the customer, whatever the user may read
        ticket = self.sudo()
        outside = [data for data in recipients if data["share"]]
        if not ticket.partner_id and not ticket.complaint_email_to:
            return bool(outside)
        partners = ticket.env["res.partner"].browse(
            data["id"] for data in outside if data["id"]
        )
        ours = ticket.partner_id | ticket.complaint_consent_id.partner_id
        addresses = {data.get("email_normalized") for data in outside}
        return bool(
            ours.commercial_partner_id & partners.commercial_partner_id
        ) or not addresses.isdisjoint(ticket._complaint_customer_side())

    def _complaint_addressed_already(self, message):
        """Tell whether a mail from staff was already sent to the customer.

        A colleague may answer from their own mail program, with the team in copy.
        """
        addresses = (
            f"{message.incoming_email_to or ''},{message.incoming_email_cc or ''}"
        )
        return not self._complaint_customer_side().isdisjoint(
            email_normalize_all(addresses)
        )

    def _complaint_answered_by(self, message):
        """Note that a message is a personal answer, if a member of staff wrote it.

        :param message: mail.message, in sudo
        """
        author = message.author_id.with_context(active_test=False)
        robot = self.env.ref("base.partner_root")
        staff = author.user_ids.filtered(lambda user: user._is_internal())
        if staff and author != robot and not message.subtype_id.internal:
            # the sender's clock may be ahead
            self._complaint_heard_from_us(min(message.date, fields.Datetime.now()))
