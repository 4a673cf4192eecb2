"""ir.attachment: the documents on which findings rest are kept."""

from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _complaint_cited(self):
        Ticket = self.env["helpdesk.ticket"].with_context(active_test=False)
        tickets = Ticket.search([("complaint_document_ids", "in", self.ids)])
        return super()._complaint_cited() | self & tickets.complaint_document_ids
