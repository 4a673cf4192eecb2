"""res.config.settings: settings of the value classes of customers."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_value_months = fields.Integer(
        related="company_id.complaint_value_months", readonly=False
    )
    complaint_value_share_a = fields.Integer(
        related="company_id.complaint_value_share_a", readonly=False
    )
    complaint_value_share_b = fields.Integer(
        related="company_id.complaint_value_share_b", readonly=False
    )
