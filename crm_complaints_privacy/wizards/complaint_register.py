"""complaint.register: downloads of the register are noted in the privacy log."""

from odoo import models
from odoo.tools import format_date


class ComplaintRegister(models.TransientModel):
    _inherit = "complaint.register"

    def _begin(self, count):
        super()._begin(count)
        if self.what != "register":
            return  # the event log names no customer
        details = self.env._(
            "Complaints received from %(date_from)s to %(date_to)s: %(count)s",
            date_from=format_date(self.env, self.date_from),
            date_to=format_date(self.env, self.date_to),
            count=count,
        )
        for company in self.company_ids:
            self.env["complaint.privacy.log"]._note(
                "register", self.env["helpdesk.ticket"], details, company=company
            )
