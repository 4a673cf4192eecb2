"""mail.mail: acknowledgements are noted; staff complained about get no mail."""

from contextlib import suppress

from odoo import Command, api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_and_format

# Up to this number, mails are prefetched before they are sent.
_FEW = 100


class MailMail(models.Model):
    _name = "mail.mail"
    _inherit = ["mail.mail", "complaint.field.access"]

    complaint_acknowledgement = fields.Boolean(
        string="Acknowledges a Complaint", readonly=True, complaint_written_by="code"
    )

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        # notifications were checked before
        mails.filtered(
            lambda mail: mail.model == "helpdesk.ticket" and not mail.is_notification
        )._complaint_leave_out_concerned()
        return mails

    def _complaint_leave_out_concerned(self):
        """Remove staff complained about from the recipients of mails from templates."""
        if not self:
            return
        tickets = self.env["helpdesk.ticket"].sudo()  # the list is hidden from staff
        tickets = tickets.with_context(active_test=False).search(
            [
                ("id", "in", self.mapped("res_id")),
                ("complaint_concerned_user_ids", "!=", False),
            ]
        )
        for mail in self.filtered(lambda mail: mail.res_id in tickets.ids):
            ticket = tickets.browse(mail.res_id)
            concerned = ticket.complaint_concerned_user_ids.partner_id
            barred = concerned.mapped("email_normalized")
            values = {}
            if gone := mail.recipient_ids & concerned:
                values["recipient_ids"] = [Command.unlink(pid) for pid in gone.ids]
            for name in ("email_to", "email_cc"):
                addresses = email_split_and_format(mail[name] or "")
                kept = [a for a in addresses if email_normalize(a) not in barred]
                if len(kept) < len(addresses):
                    values[name] = ", ".join(kept)
            if values:
                mail.write(values)
                if not mail.recipient_ids and not mail.email_to:
                    mail.state = "cancel"

    def _split_by_mail_configuration(self):
        if len(self) <= _FEW:
            # Odoo would read one column after the other, for very many mails; missing
            # mails, rolled back or deleted, are handled there
            with suppress(MissingError):
                self.mapped("record_alias_domain_id.name")
        return super()._split_by_mail_configuration()

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        acknowledgements = self.filtered(
            lambda mail: (
                mail.complaint_acknowledgement and mail.model == "helpdesk.ticket"
            )
        )
        if acknowledgements:
            # some may be deleted meanwhile
            Ticket = self.env["helpdesk.ticket"].with_context(active_test=False)
            tickets = Ticket.search_fetch(
                [("id", "in", acknowledgements.mapped("res_id"))],
                ["complaint_acknowledged_at"],
            ).with_env(self.env)
            if failure_type:
                reason = failure_reason or acknowledgements[0].failure_reason
                tickets._complaint_acknowledgement_failed(reason)
            else:
                tickets._complaint_acknowledgement_sent()
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
