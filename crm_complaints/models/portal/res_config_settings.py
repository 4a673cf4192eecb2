"""res.config.settings: what the complaint form says."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_privacy_notice = fields.Html(
        related="company_id.complaint_privacy_notice", readonly=False
    )
