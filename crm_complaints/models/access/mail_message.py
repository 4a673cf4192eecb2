"""mail.message: hides notes from customers, complaints from staff complained about."""

from odoo import models
from odoo.fields import Domain

TICKET = "helpdesk.ticket"


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _get_forbidden_access(self, operation):
        """Hide e-mails that are internal notes from customers who ask for their ids.

        Odoo hides all notes from their searches, but of those asked for by id only the
        ones that were written in Odoo.
        """
        forbidden = super()._get_forbidden_access(operation)
        allowed = self - forbidden
        if operation != "read" or self.env.user._is_internal() or not allowed:
            return forbidden
        # sudo: to see which are notes, not to show them
        notes = allowed.sudo().search(
            Domain(
                [
                    ("id", "in", allowed.ids),
                    ("model", "=", TICKET),
                    ("message_type", "=", "email"),
                ]
            )
            & (
                Domain("is_internal", "=", True)
                | Domain("subtype_id.internal", "=", True)
            )
        )
        return forbidden + self.browse(notes.ids)

    def _notify_message_notification_update(self):
        # Odoo shows authors on their screen what became of their message
        return super(
            MailMessage, self - self._complaint_hidden_from_author()
        )._notify_message_notification_update()

    def _complaint_hidden_from_author(self):
        """Return those of these messages on complaints that are about their author."""
        Users = self.env["res.users"]

        def is_hidden(message):
            return message.model == TICKET and any(
                message.res_id in Users._complaint_hidden_ids(user.id)
                for user in message.author_id.user_ids
            )

        # sudo: only to see which complaint they belong to
        return self.sudo().filtered(is_hidden).sudo(False)
