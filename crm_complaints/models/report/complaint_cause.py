"""complaint.cause, corrective actions: planned as activities, kept when they are done."""

from odoo import fields, models


class ComplaintCause(models.Model):
    _name = "complaint.cause"
    _inherit = ["complaint.cause", "mail.thread", "mail.activity.mixin"]

    action_ids = fields.One2many(
        comodel_name="complaint.cause.action",
        inverse_name="cause_id",
        string="Corrective Actions Taken",
    )
