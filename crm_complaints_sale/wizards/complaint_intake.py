"""complaint.intake: the order a complaint is about."""

from odoo import fields, models


class ComplaintIntake(models.TransientModel):
    _inherit = "complaint.intake"

    complaint_order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Order",
        check_company=True,
    )
