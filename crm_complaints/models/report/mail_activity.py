"""mail.activity: done warnings are handled, and done corrective actions are kept."""

from odoo import fields, models

from .complaint_cause_action import ACTIVITY as CORRECTIVE_ACTION
from .complaint_warning import ACTIVITY as WARNING


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        warnings = self._complaint_of_type("complaint.warning", WARNING)
        actions = self._complaint_of_type("complaint.cause", CORRECTIVE_ACTION)
        vals_list = [
            {
                "name": activity.summary or activity.activity_type_id.name,
                "cause_id": activity.res_id,
                "user_id": activity.user_id.id,
                "date_done": fields.Date.context_today(activity),
            }
            for activity in actions
        ]
        warned_ids = warnings.mapped("res_id")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        # sudo: the assignee may do the activity without rights to write these
        if vals_list:
            self.env["complaint.cause.action"].sudo().create(vals_list)
        if warned_ids:
            self.env["complaint.warning"].sudo().browse(
                warned_ids
            ).exists()._set_handled()
        return result

    def _complaint_of_type(self, model, xmlid):
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(xmlid, False)
        return self.filtered(
            lambda activity: (
                activity.res_model == model
                and activity.activity_type_id.id == type_id
                and activity.active
            )
        )
