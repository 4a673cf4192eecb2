"""helpdesk.ticket.duplicate.wizard: duplicates of complaints are merged."""

from odoo import models


class HelpdeskTicketDuplicateWizard(models.TransientModel):
    _name = "helpdesk.ticket.duplicate.wizard"
    _inherit = ["helpdesk.ticket.duplicate.wizard", "complaint.wizard.access"]
    _complaint_operation = "read"

    def action_confirm(self):
        """Merge a complaint into another; ordinary tickets are only marked.

        :raises UserError: where the two cannot be merged
        """
        self.ensure_one()
        if not self.ticket_id.is_complaint:
            if self.target_stage_id.complaint_phase:
                self.target_stage_id = False
            return super().action_confirm()
        self.env["complaint.merge"]._merge(self.duplicate_of_id, self.ticket_id)
        return {"type": "ir.actions.act_window_close"}
