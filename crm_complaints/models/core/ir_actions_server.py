"""ir.actions.server: the copy of a rule plans its activity as well."""

from odoo import fields, models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    # the fields of these names in mail.activity.mixin are not copied
    activity_type_id = fields.Many2one(copy=True)
    activity_summary = fields.Char(copy=True)
    activity_user_id = fields.Many2one(copy=True)
