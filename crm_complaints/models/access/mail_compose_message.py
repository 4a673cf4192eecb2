"""mail.compose.message: nobody writes about a complaint in a customer's name."""

from odoo import models

from ..core.constants import TICKET
from .mail_notification import MAILS_MADE


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail(self, auto_commit=False):
        # many mails at once are made in sudo, past the check of mail.message
        Message = self.env["mail.message"]
        for composer in self:
            if composer.model == TICKET and not Message._complaint_may_be_author(
                composer.author_id
            ):
                composer.author_id = self.env.user.partner_id
        return super()._action_send_mail(auto_commit=auto_commit)

    def _action_send_mail_mass_mail(self, *args, **kwargs):
        # Odoo notes in the user's name to whom it made mails
        making = self.with_context(complaint_mails_made=MAILS_MADE)
        return super(MailComposeMessage, making)._action_send_mail_mass_mail(
            *args, **kwargs
        )
