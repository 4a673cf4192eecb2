"""ir.attachment: the signed document of a consent cannot be changed or deleted."""

from odoo import api, models
from odoo.exceptions import UserError

# What may be written on it: the token of a link to it, which Odoo makes.
_HARMLESS = frozenset({"access_token"})


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def write(self, vals):
        if vals.keys() - _HARMLESS:
            self._complaint_ensure_not_signed()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_consents(self):
        self._complaint_ensure_not_signed()

    def _complaint_ensure_not_signed(self):
        """Refuse to change what a customer signed, or to take it away.

        :raises UserError: where a consent rests on one of these files
        """
        if self.env.su or not self:
            return
        # sudo: whether a consent rests on them, whoever may read it
        Consent = self.env["complaint.consent"].sudo()
        if Consent.search_count([("attachment_ids", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "This is what the customer signed. Please end the consent instead; "
                    "the document stays with it."
                )
            )
