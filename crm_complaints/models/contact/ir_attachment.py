"""ir.attachment: what a customer signed, and letters as they were sent, are kept."""

from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _complaint_cited(self):
        cited = super()._complaint_cited()
        domain = [("attachment_ids", "in", self.ids)]
        cited |= self & self.env["complaint.consent"].search(domain).attachment_ids
        domain = [("attachment_id", "in", self.ids)]
        return cited | self.env["complaint.letter"].search(domain).attachment_id
