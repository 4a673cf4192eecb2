"""helpdesk.ticket.category: one that complaints use is not deleted."""

from odoo import api, models


class HelpdeskTicketCategory(models.Model):
    _inherit = "helpdesk.ticket.category"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_complaints(self):
        # sub-categories would go with it
        tree = self.with_context(active_test=False).search(
            [("id", "child_of", self.ids)]
        )
        self.env["helpdesk.ticket"]._complaint_ensure_unused("category_id", tree)
