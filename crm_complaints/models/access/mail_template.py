"""mail.template: whoever sends one says neither who wrote it, nor on which record."""

from odoo import models
from odoo.exceptions import AccessError

from ..core.constants import TICKET
from .mail_message import NOTED

# Values of a mail by which it would become another one, or somebody else's.
_FORGED = NOTED | {
    "author_id",
    "mail_message_id",
    "message_type",
    "model",
    "res_id",
    "subtype_id",
}


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def send_mail_batch(self, res_ids, *args, email_values=None, **kwargs):
        if email_values and not self.env.su:
            if self.model == TICKET:
                email_values = {
                    name: value
                    for name, value in email_values.items()
                    if name not in _FORGED
                }
            elif email_values.get("mail_message_id") or (
                email_values.get("model") == TICKET
            ):
                raise AccessError(
                    self.env._(
                        "E-mails about a complaint can only be sent with a template "
                        "for complaints."
                    )
                )
        return super().send_mail_batch(
            res_ids, *args, email_values=email_values, **kwargs
        )
