"""complaint.resolve: outcome of a complaint that is resolved without a letter."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import dates, outcomes, phases


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
        required=True,
        help="Statistics count “Partly Upheld” as upheld. A gesture of goodwill does "
        "not change the outcome.",
    )
    reason = fields.Text(
        related="ticket_id.complaint_reason",
        related_sudo=False,
        readonly=False,
        string="Reasons",
    )

    def action_resolve(self):
        """Enter the outcome and resolve the complaint.

        :raises UserError: naming who resolved it meanwhile
        """
        self.ensure_one()
        self.ticket_id.check_access("write")
        self._ensure_first()
        self.ticket_id.complaint_outcome = self.outcome
        self.ticket_id.action_complaint_resolve()
        return {"type": "ir.actions.act_window_close"}

    def _ensure_first(self):
        """Refuse to resolve what a colleague resolved meanwhile.

        :raises UserError: naming who did, and when
        """
        ticket = self.ticket_id
        if ticket.complaint_phase not in phases.RESOLVED:
            return
        # sudo: who changed a field that the user may read
        messages = ticket.sudo().message_ids.filtered(
            lambda message: (
                "complaint_resolved_at"
                in message.tracking_value_ids.field_id.mapped("name")
            )
        )
        raise UserError(
            self.env._(
                "%(name)s resolved this complaint on %(moment)s. Please read it first, "
                "and reopen it if your outcome is different.",
                name=messages.sorted("id")[-1:].author_id.name or ticket.team_id.name,
                moment=dates.with_time(
                    fields.Datetime.context_timestamp(
                        self, ticket.complaint_resolved_at
                    ),
                    self.env.lang,
                ),
            )
        )
