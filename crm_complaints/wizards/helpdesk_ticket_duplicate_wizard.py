"""helpdesk.ticket.duplicate.wizard: a complaint keeps to the stages of complaints."""

from odoo import models


class HelpdeskTicketDuplicateWizard(models.TransientModel):
    _inherit = "helpdesk.ticket.duplicate.wizard"

    def action_confirm(self):
        """Leave a complaint in its phase where the stage for duplicates has none."""
        self.ensure_one()
        stage = self.target_stage_id
        if stage and bool(stage.complaint_phase) != self.ticket_id.is_complaint:
            self.target_stage_id = False
        return super().action_confirm()
