"""mail.activity: nothing is assigned to staff complained about."""

from odoo import api, models

from .names import hide_names


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _compute_res_name(self):
        result = super()._compute_res_name()
        hide_names(self, "res_name")
        return result

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [self._complaint_without_concerned(vals) for vals in vals_list]
        )

    def write(self, vals):
        if vals.get("user_id"):
            barred = self.filtered(
                lambda activity: (
                    activity._complaint_without_concerned(vals)["user_id"]
                    != vals["user_id"]
                )
            )
            for activity in barred:
                super(MailActivity, activity).write(
                    activity._complaint_without_concerned(vals)
                )
            self -= barred
        return super().write(vals)

    def _complaint_without_concerned(self, vals):
        """Return these values, reassigned where they assign to staff complained about.

        Rules, plans and colleagues may assign to them without knowing.

        :param dict vals: of a new activity, or of this one
        """
        if not vals.get("user_id"):
            return vals
        Ticket = self.env["helpdesk.ticket"]
        model_id = vals.get("res_model_id") or self.res_model_id.id
        if model_id != self.env["ir.model"]._get_id(Ticket._name):
            return vals
        # sudo: the list is hidden from those on it
        ticket = Ticket.sudo().browse(vals.get("res_id") or self.res_id).exists()
        if vals["user_id"] not in ticket.complaint_concerned_user_ids.ids:
            return vals
        return {**vals, "user_id": ticket.complaint_responsible_id.id}
