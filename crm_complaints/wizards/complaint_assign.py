"""complaint.assign: assigns a handler to several complaints at once."""

from odoo import api, fields, models


class ComplaintAssign(models.TransientModel):
    _name = "complaint.assign"
    _description = "Assign Complaints"
    _inherit = ["complaint.wizard.access"]

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        relation="complaint_assign_ticket_rel",
        string="Complaints",
        required=True,
    )
    team_user_ids = fields.Many2many(
        comodel_name="res.users",
        compute="_compute_team_user_ids",
        compute_sudo=False,
        help="The colleagues who are members of the teams of all these complaints.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Handler",
        required=True,
        domain="[('id', 'in', team_user_ids)]",
    )
    is_out_of_office = fields.Boolean(related="user_id.is_out_of_office")

    @api.depends("ticket_ids")
    def _compute_team_user_ids(self):
        group = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own")
        handlers = self.env["res.users"].search([("all_group_ids", "in", group.ids)])
        for wizard in self:
            users = handlers
            for team in wizard.ticket_ids.team_id:
                users &= team.user_ids
            wizard.team_user_ids = users

    def action_assign(self):
        """Make the user the handler of all these complaints.

        :raises ValidationError: where one of them is about this user
        """
        self.ensure_one()
        self.ticket_ids.user_id = self.user_id
        return {"type": "ir.actions.act_window_close"}
