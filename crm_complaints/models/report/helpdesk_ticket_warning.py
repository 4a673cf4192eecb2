"""helpdesk.ticket, early warnings: by what complaints are counted together."""

from odoo import api, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _complaint_warning_dimensions(self):
        """Hook: return the fields by which early warnings count complaints.

        :return: list of stored fields, each a link to one record or a short text; those
            that tell most first
        """
        return [
            "complaint_cause_id",
            "complaint_incident_place",
            "category_id",
            "team_id",
        ]

    def _complaint_reassign_work_of(self, users):
        super()._complaint_reassign_work_of(users)
        # sudo: the user has just written the complaint, not its warnings
        self.env["complaint.warning"].sudo().search(
            [("ticket_ids", "in", self.ids), ("user_id", "in", users.ids)]
        )._reassign()
