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
        return super().create(self._complaint_without_concerned(vals_list))

    def write(self, vals):
        if vals.get("user_id"):
            wanted = self._complaint_without_concerned([vals] * len(self))
            for activity, values in zip(self, wanted, strict=True):
                if values["user_id"] != vals["user_id"]:
                    super(MailActivity, activity).write(values)
                    self -= activity
        return super().write(vals)

    def _complaint_without_concerned(self, vals_list):
        """Return these values, reassigned where they assign to staff complained about.

        Rules, plans and colleagues may assign to them without knowing.

        :param list vals_list: one for each of these activities, or of new ones
        """
        Ticket = self.env["helpdesk.ticket"]
        model_id = self.env["ir.model"]._get_id(Ticket._name)
        ticket_ids = [
            vals.get("user_id")
            and (vals.get("res_model_id") or activity.res_model_id.id) == model_id
            and (vals.get("res_id") or activity.res_id)
            for vals, activity in zip(
                vals_list, self or [self] * len(vals_list), strict=True
            )
        ]
        # sudo: the list is hidden from those on it
        tickets = Ticket.sudo().browse(dict.fromkeys(filter(None, ticket_ids))).exists()
        by_id = {ticket.id: ticket for ticket in tickets}
        return [
            {**vals, "user_id": by_id[ticket_id].complaint_responsible_id.id}
            if ticket_id in by_id
            and vals["user_id"] in by_id[ticket_id].complaint_concerned_user_ids.ids
            else vals
            for vals, ticket_id in zip(vals_list, ticket_ids, strict=True)
        ]
