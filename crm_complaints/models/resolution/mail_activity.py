"""mail.activity: what was promised to a customer is done with its activity."""

from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        on_tickets = self.filtered(lambda a: a.res_model == "helpdesk.ticket")
        kept = on_tickets._complaint_promised_remedies()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        kept._done()
        return result

    def _complaint_promised_remedies(self):
        """Return the remedies that are carried out with these activities."""
        if not self:
            return self.env["complaint.remedy"]
        # sudo: an activity may be done by whoever it is assigned to
        Remedy = self.env["complaint.remedy"].sudo()
        remedies = Remedy.search([("activity_id", "in", self.ids)])
        remedies.activity_id = False  # what is done stays in the history
        return remedies
