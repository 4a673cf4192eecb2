"""complaint.resolve: outcome of a complaint that is resolved without a letter."""

from odoo import fields, models

from ..engine import outcomes


class ComplaintResolve(models.TransientModel):
    _name = "complaint.resolve"
    _description = "Resolve a Complaint"
    _inherit = ["complaint.wizard"]

    outcome = fields.Selection(
        selection=lambda self: [
            (value, label)
            for value, label in self.env["helpdesk.ticket"]
            ._fields["complaint_outcome"]
            ._description_selection(self.env)
            if value in outcomes.DECIDED
        ],
        string="Was the customer right?",
        required=True,
        help="Partly counts as upheld. What you give out of goodwill does not change it.",
    )
    reason = fields.Text(
        related="ticket_id.complaint_reason",
        related_sudo=False,
        readonly=False,
        string="Reasons",
    )

    def action_resolve(self):
        """Enter the outcome and resolve the complaint."""
        self.ensure_one()
        self.ticket_id.check_access("write")
        self.ticket_id.complaint_outcome = self.outcome
        self.ticket_id.action_complaint_resolve()
        return {"type": "ir.actions.act_window_close"}
