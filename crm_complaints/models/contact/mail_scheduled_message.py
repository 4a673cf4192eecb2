"""mail.scheduled.message: a personal answer that is sent later counts as one."""

from odoo import models


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    def _message_created_hook(self, message):
        # Odoo posts it as a notification, which would look automatic
        result = super()._message_created_hook(message)
        if self.model == "helpdesk.ticket" and not self.is_note:
            # sudo: posted for its author, whoever the cron runs as
            ticket = self.env["helpdesk.ticket"].sudo().browse(self.res_id)
            ticket = ticket._complaint_survivor()
            message = message.sudo()
            if ticket.is_complaint and any(
                partner.partner_share for partner in message.notified_partner_ids
            ):
                ticket._complaint_answered_by(message)
        return result
