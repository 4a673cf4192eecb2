"""complaint.milestone, figures: whether it was met, and how late, for pivots."""

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import milestones

_KEPT = (milestones.MET,)
_BROKEN = (milestones.MISSED, milestones.BREACHED)


class ComplaintMilestone(models.Model):
    _inherit = "complaint.milestone"

    team_id = fields.Many2one(related="ticket_id.team_id")
    user_id = fields.Many2one(related="ticket_id.user_id", string="Handler")
    channel_id = fields.Many2one(related="ticket_id.channel_id")
    category_id = fields.Many2one(related="ticket_id.category_id")
    severity = fields.Selection(related="ticket_id.complaint_severity")
    received_at = fields.Datetime(
        related="ticket_id.complaint_received_at", string="Received"
    )
    on_time_share = fields.Float(
        string="On Time (%)",
        compute="_compute_figures",
        aggregator="avg",
        help="Share of milestones that were met, among those that were met or missed "
        "or are overdue.",
    )
    overdue_hours = fields.Float(
        string="Overdue by (Hours)",
        compute="_compute_figures",
        aggregator="avg",
        help="How long after its deadline the milestone was reached or, while it is "
        "not, how long the deadline has passed. Empty if it is on time.",
    )

    @api.depends("state", "deadline", "reached_at")
    def _compute_figures(self):
        now = fields.Datetime.now()
        for record in self:
            record.on_time_share = 100 * (record.state in _KEPT)
            late = record.state in _BROKEN and record.reached_at
            if record.state == milestones.BREACHED:
                late = now
            record.overdue_hours = (
                late
                and record.deadline
                and (late - record.deadline).total_seconds() / 3600
            )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let pivots add up figures, which are not stored."""
        if field_expr not in ("on_time_share", "overdue_hours"):
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        state = self._field_to_sql(alias, "state", query)
        if field_expr == "on_time_share":
            return SQL(
                "CASE WHEN %s IN %s THEN 100.0 WHEN %s IN %s THEN 0.0 END",
                state,
                _KEPT,
                state,
                _BROKEN,
            )
        # missed and never reached, as when it was withdrawn: nobody knows how late
        late = SQL(
            "CASE WHEN %s = %s THEN %s::timestamp WHEN %s IN %s THEN %s END",
            state,
            milestones.BREACHED,
            fields.Datetime.now(),
            state,
            _BROKEN,
            self._field_to_sql(alias, "reached_at", query),
        )
        return SQL(
            "EXTRACT(EPOCH FROM %s - %s) / 3600.0",
            late,
            self._field_to_sql(alias, "deadline", query),
        )

    def action_complaint_open(self):
        """Open the complaint of this milestone."""
        self.ensure_one()
        return self.ticket_id.get_formview_action()
