"""Legal hold: a contact with complaints on legal hold is not deleted."""

from odoo import api, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_complaint_under_legal_hold(self):
        # sudo: a legal hold counts, whoever may see the complaint
        held = (
            self.env["helpdesk.ticket"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [("partner_id", "in", self.ids), ("complaint_legal_hold", "=", True)]
            )
        )
        if held:
            raise UserError(
                self.env._(
                    "Complaints of %s are on legal hold. The contact cannot be "
                    "deleted until the legal hold is lifted.",
                    ", ".join(held.partner_id.mapped("display_name")),
                )
            )
