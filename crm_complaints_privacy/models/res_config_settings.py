"""res.config.settings: the retention period of complaints."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_retention_months = fields.Integer(
        related="company_id.complaint_retention_months", readonly=False
    )
