"""mail.activity: a remedy is done when its activity is."""

from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        on_tickets = self.filtered(lambda a: a.res_model == "helpdesk.ticket")
        kept = on_tickets._complaint_remedies_of_activities()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        kept._done()
        return result

    def _complaint_remedies_of_activities(self):
        """Return the outstanding remedies of these activities."""
        if not self:
            return self.env["complaint.remedy"]
        # sudo: the assignee may do the activity without rights on the remedy
        Remedy = self.env["complaint.remedy"].sudo()
        remedies = Remedy.search([("activity_id", "in", self.ids)])
        remedies.activity_id = False  # so that done activities are not deleted
        return remedies
