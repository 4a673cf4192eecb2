"""res.users: whoever leaves, leaves complaints without a handler."""

from odoo import models

from ...engine import phases


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        if not vals.get("active", True):
            self.check_access("write")
            self.filtered("active")._complaint_leave()
        return super().write(vals)

    def unlink(self):
        self.check_access("unlink")
        self._complaint_leave()
        return super().unlink()

    def _complaint_leave(self):
        """Unassign the complaints of these users, as long as they are not closed.

        They show up as unassigned, and what is planned goes to the team's leader.
        """
        # sudo: whoever manages users need not see complaints
        tickets = self.env["helpdesk.ticket"].sudo()
        tickets.search(
            [
                ("user_id", "in", self.ids),
                ("is_complaint", "=", True),
                ("complaint_phase", "not in", phases.ENDED),
            ]
        ).user_id = False
