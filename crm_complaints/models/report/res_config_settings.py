"""res.config.settings: settings of early warnings."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_warning = fields.Boolean(
        related="company_id.complaint_warning", readonly=False
    )
    complaint_warning_level = fields.Integer(
        related="company_id.complaint_warning_level", readonly=False
    )
    complaint_warning_weeks = fields.Integer(
        related="company_id.complaint_warning_weeks", readonly=False
    )
    complaint_warning_minimum = fields.Integer(
        related="company_id.complaint_warning_minimum", readonly=False
    )
