"""complaint.remedy, rating: the customer is asked once what was agreed on is done."""

from odoo import models


class ComplaintRemedy(models.Model):
    _inherit = "complaint.remedy"

    def _done(self):
        super()._done()
        # sudo: when the customer is asked, whoever did what was agreed on
        tickets = self.sudo().ticket_id.filtered(
            lambda t: t.complaint_rating_due_at and not t.complaint_rating_asked_at
        )
        tickets._complaint_plan_rating()
