"""res.users: whether a complaint is about a member of staff."""

from odoo import fields, models
from odoo.tools import SQL


class ResUsers(models.Model):
    _inherit = "res.users"

    complaint_concerns = fields.Boolean(
        string="Concerned by a Complaint",
        compute="_compute_complaint_concerns",
        groups="base.group_system",
        help="There are complaints about this person, which are hidden from him.",
    )

    def _compute_complaint_concerns(self):
        self.env["helpdesk.ticket"].flush_model(["complaint_concerned_user_ids"])
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT user_id FROM helpdesk_ticket_complaint_concerned_rel"
                " WHERE user_id = ANY(%s)",
                self.ids,
            )
        )
        concerned = {user_id for (user_id,) in rows}
        for user in self:
            user.complaint_concerns = user.id in concerned
