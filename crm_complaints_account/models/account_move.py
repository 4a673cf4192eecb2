"""account.move: complaints of the customer, and about the invoice."""

from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "complaint.document.mixin"]
    _complaint_link_field = "complaint_invoice_id"

    def _complaint_banner_depends(self):
        return [*super()._complaint_banner_depends(), "move_type"]

    def _complaint_customers(self):
        """Leave out vendor bills and plain entries, which have no customer."""
        nobody = self.env["res.partner"]
        return {
            move: customers if move.is_sale_document(include_receipts=True) else nobody
            for move, customers in super()._complaint_customers().items()
        }
