"""ir.attachment: files of a complaint are hidden from those it is about; consents stay."""

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

    def _complaint_hidden(self):
        """Return those among these that belong to a complaint about the user."""
        hidden = self.env["res.users"]._complaint_hidden_ids(self.env.uid)
        if not hidden:
            return self.browse()
        # sudo: to tell whose they are
        return self.sudo().filtered(
            lambda a: a.res_model == "helpdesk.ticket" and a.res_id in hidden
        )

    def _has_attachments_ownership(self, attachment_tokens):
        # nor does he delete what he brought before
        return not self._complaint_hidden() and super()._has_attachments_ownership(
            attachment_tokens
        )
