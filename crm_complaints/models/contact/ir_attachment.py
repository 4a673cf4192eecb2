"""ir.attachment: the document of a consent stays with the consent."""

from odoo import api, models
from odoo.exceptions import UserError

# Where the document of a consent may stand.
_OF_CONSENTS = frozenset({"complaint.consent", "helpdesk.ticket"})


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_consents(self):
        """What a customer signed stays with the consent that rests on it.

        :raises UserError:
        """
        if self.env.su:
            return
        # sudo: where they stand, and whether a consent rests on them
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
