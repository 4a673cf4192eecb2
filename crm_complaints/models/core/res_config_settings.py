"""res.config.settings: the complaints desk's settings."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    complaint_acknowledge_automatically = fields.Boolean(
        related="company_id.complaint_acknowledge_automatically", readonly=False
    )
    complaint_acknowledge_limit = fields.Integer(
        related="company_id.complaint_acknowledge_limit", readonly=False
    )
    complaint_reopen_days = fields.Integer(
        related="company_id.complaint_reopen_days", readonly=False
    )
    complaint_repeat_days = fields.Integer(
        related="company_id.complaint_repeat_days", readonly=False
    )
    complaint_hear_first = fields.Boolean(
        related="company_id.complaint_hear_first", readonly=False
    )
    complaint_attachment_limit = fields.Integer(
        related="company_id.complaint_attachment_limit", readonly=False
    )
    complaint_public_form = fields.Boolean(
        related="company_id.complaint_public_form", readonly=False
    )
    complaint_form_limit = fields.Integer(
        related="company_id.complaint_form_limit", readonly=False
    )
    complaint_link_days = fields.Integer(
        related="company_id.complaint_link_days", readonly=False
    )
    complaint_rating_request = fields.Boolean(
        related="company_id.complaint_rating_request", readonly=False
    )
    complaint_rating_delay = fields.Integer(
        related="company_id.complaint_rating_delay", readonly=False
    )
    complaint_rating_reminder_days = fields.Integer(
        related="company_id.complaint_rating_reminder_days", readonly=False
    )
