"""res.users: the complaints about a member of staff, which are hidden from them."""

from odoo import api, fields, models
from odoo.tools import SQL, ormcache


class ResUsers(models.Model):
    _inherit = "res.users"

    complaint_concerns = fields.Boolean(
        string="Subject of Complaints",
        compute="_compute_complaint_concerns",
        groups="base.group_system",
        help="There are complaints about this user, who cannot see them.",
    )
    # a list of ids, for rules of models that know a complaint by its id only
    complaint_hidden_ids = fields.Json(
        compute="_compute_complaint_concerns", groups="base.group_system"
    )

    def _compute_complaint_concerns(self):
        for user in self:
            hidden = self._complaint_hidden_ids(user._origin.id)
            user.complaint_concerns = bool(hidden)
            user.complaint_hidden_ids = list(hidden)

    @api.model
    @ormcache("user_id")
    def _complaint_hidden_ids(self, user_id):
        """Return the ids of complaints about a user; cached, as access checks ask.

        Nothing is hidden from administrators, who could grant themselves any right.
        """
        self.env["helpdesk.ticket"].flush_model(["complaint_concerned_user_ids"])
        rows = self.env.execute_query(
            SQL(
                "SELECT ticket_id FROM helpdesk_ticket_complaint_concerned_rel"
                " WHERE user_id = %s ORDER BY ticket_id",
                user_id,
            )
        )
        if rows and self.sudo().browse(user_id).has_group("base.group_system"):
            return ()
        return tuple(ticket_id for (ticket_id,) in rows)
