"""mail.mail: of a letter from a template the mail names the token, the message does not."""

from odoo import api, models


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        # those of a message that was posted leave it to the message
        of_templates = self.browse(
            mail.id
            for mail, vals in zip(mails, vals_list, strict=True)
            if not vals.get("mail_message_id")
        )
        of_templates.mail_message_id._complaint_drop_tokens()
        return mails
