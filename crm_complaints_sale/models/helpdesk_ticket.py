"""helpdesk.ticket: the order a complaint is about."""

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Order",
        groups="base.group_user",
        check_company=True,
        index="btree_not_null",
        copy=False,
        help="The order that the complaint is about.",
        complaint_privacy="forget",
        complaint_merge="fill",
    )

    @api.model
    def _complaint_document_fields(self):
        return [*super()._complaint_document_fields(), "complaint_order_id"]

    def _complaint_register_product(self):
        """Return the order with its products."""
        # sudo: what the complaint is about, without prices
        order = self.sudo().complaint_order_id
        products = order.order_line.product_id.mapped("display_name")
        about = super()._complaint_register_product()
        return ": ".join(filter(None, (about, ", ".join(products))))

    @api.constrains("complaint_order_id", "company_id")
    def _check_complaint_order_id(self):
        self._check_company(["complaint_order_id"])
