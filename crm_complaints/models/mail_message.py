"""mail.message: what is between staff is not read by customers, however it came."""

from odoo import models
from odoo.fields import Domain

from .complaint_gateway import TICKET


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _get_forbidden_access(self, operation):
        """Keep mails that are notes from customers who name their ids.

        Odoo hides all notes from their searches, but of those named by id only the
        ones that were written in Odoo.
        """
        forbidden = super()._get_forbidden_access(operation)
        allowed = self - forbidden
        if operation != "read" or self.env.user._is_internal() or not allowed:
            return forbidden
        # sudo: to tell which are notes, not to show them
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
