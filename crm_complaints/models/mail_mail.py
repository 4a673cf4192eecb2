"""mail.mail: what became of an acknowledgement is noted on its complaint."""

from odoo import fields, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    complaint_acknowledgement = fields.Boolean(
        string="Acknowledges a Complaint", readonly=True
    )

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        acknowledgements = self.filtered(
            lambda mail: (
                mail.complaint_acknowledgement and mail.model == "helpdesk.ticket"
            )
        )
        if acknowledgements:
            tickets = (
                self.env["helpdesk.ticket"]
                .browse(acknowledgements.mapped("res_id"))
                .exists()
            )
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
