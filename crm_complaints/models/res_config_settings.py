"""res.config.settings: the complaints desk's settings."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_acknowledge_automatically = fields.Boolean(
        related="company_id.complaint_acknowledge_automatically", readonly=False
    )
