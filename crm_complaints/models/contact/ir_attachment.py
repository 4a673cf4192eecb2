"""ir.attachment: the signed document of a consent cannot be deleted."""

from odoo import api, models
from odoo.exceptions import UserError

# Models whose attachments may be documents of a consent.
_OF_CONSENTS = frozenset({"complaint.consent", "helpdesk.ticket"})


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_consents(self):
        """Refuse to delete the signed document of a consent."""
        if self.env.su:
            return
        # sudo: only to check which of them are documents of a consent
        files = self.sudo().filtered(lambda file: file.res_model in _OF_CONSENTS)
        Consent = self.env["complaint.consent"].sudo()
        if files and Consent.search_count(
            [("attachment_ids", "in", files.ids)], limit=1
        ):
            raise UserError(
                self.env._(
                    "This is what the customer signed. Please end the consent instead; "
                    "the document stays with it."
                )
            )
