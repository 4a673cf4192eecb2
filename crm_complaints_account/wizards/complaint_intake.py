"""complaint.intake: the invoice a complaint is about."""

from odoo import fields, models


class ComplaintIntake(models.TransientModel):
    _inherit = "complaint.intake"

    complaint_invoice_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        check_company=True,
        domain=[("move_type", "in", ("out_invoice", "out_refund", "out_receipt"))],
    )
