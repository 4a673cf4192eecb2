"""ir.attachment: files of a complaint are hidden from staff complained about."""

from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _complaint_hidden(self):
        """Return those among these that belong to a complaint about the user."""
        hidden = self.env["res.users"]._complaint_hidden_ids(self.env.uid)
        if not hidden:
            return self.browse()
        # sudo: only to see which complaint they belong to
        return self.sudo().filtered(
            lambda a: a.res_model == "helpdesk.ticket" and a.res_id in hidden
        )

    def _has_attachments_ownership(self, attachment_tokens):
        # nor may they delete what they added before
        return not self._complaint_hidden() and super()._has_attachments_ownership(
            attachment_tokens
        )
