"""sale.order: complaints of the customer, and about the order."""

from odoo import models


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "complaint.document.mixin"]
    _complaint_link_field = "complaint_order_id"
