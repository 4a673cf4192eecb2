"""helpdesk.ticket, figures: what reports add up and average, kept on each complaint.

Working hours depend on a calendar and holidays, which PostgreSQL cannot read, and
remedies lie in a table of their own.
"""

from odoo import api, fields, models
from odoo.fields import Domain

# Figure in working hours -> the date up to which it counts, from the receipt.
_WORKING_HOURS = {
    "complaint_acknowledge_hours": "complaint_acknowledged_at",
    "complaint_respond_hours": "complaint_responded_at",
    "complaint_resolve_hours": "complaint_resolved_at",
}
_HOUR = 3600


class _Amount(fields.Monetary):
    """An amount that is often zero, which is written without reading a currency.

    Otherwise each ordinary ticket would cost one more query.
    """

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        if not value:
            return 0.0
        return super().convert_to_column_insert(value, record, values, validate)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_acknowledge_hours = fields.Float(
        string="Working Hours to Acknowledgement",
        groups="base.group_user",
        compute="_compute_complaint_working_hours",
        store=True,
        complaint_written_by="code",
        aggregator=None,  # zero also means: not yet
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_respond_hours = fields.Float(
        string="Working Hours to First Reply",
        groups="base.group_user",
        compute="_compute_complaint_working_hours",
        store=True,
        complaint_written_by="code",
        aggregator=None,  # zero also means: not yet
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_resolve_hours = fields.Float(
        string="Working Hours to Final Response",
        groups="base.group_user",
        compute="_compute_complaint_working_hours",
        store=True,
        complaint_written_by="code",
        aggregator=None,  # zero also means: not yet
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_amount_given = _Amount(
        string="Amount Given",
        currency_field="complaint_currency_id",
        groups="base.group_user",
        compute="_compute_complaint_given",
        store=True,
        complaint_written_by="code",
        help="The amount of the remedies that are done.",
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_cost = _Amount(
        string="Cost",
        currency_field="complaint_currency_id",
        groups="base.group_user",
        compute="_compute_complaint_given",
        store=True,
        complaint_written_by="code",
        help="What the remedies that are done cost the company.",
        complaint_told=False,
        complaint_merge="keep",
    )

    # The order of the register. And read without the table by the dashboard and by pivots
    # of a period: numbers by month, outcome, root cause, channel and team; shares; hours
    # to the first reply; cost.
    _complaint_report_idx = models.Index(
        """
        (complaint_received_at, id)
        INCLUDE (company_id, team_id, channel_id, complaint_cause_id, complaint_outcome,
                 complaint_rating, complaint_follow_up_result, complaint_repeat_of_id,
                 complaint_responded_at, complaint_cost)
        WHERE is_complaint IS TRUE AND duplicate_id IS NULL
        """
    )

    # Not by calendar: what was worked stays as it was when the calendar changes.
    @api.depends("is_complaint", "complaint_received_at", *_WORKING_HOURS.values())
    def _compute_complaint_working_hours(self):
        spans = []
        for ticket in self:
            received = ticket.is_complaint and ticket.complaint_received_at
            for name, until in _WORKING_HOURS.items():
                reached = received and ticket[until]
                if reached and reached > received:
                    spans.append((ticket, name, received, reached))
                else:
                    ticket[name] = 0
        # read once, however many and however far apart they are
        moments = [moment for *_span, start, stop in spans for moment in (start, stop)]
        timetables = {}
        for ticket, name, start, stop in spans:
            timetable = ticket._complaint_timetable(
                timetables, [min(moments), max(moments)]
            )
            ticket[name] = timetable.elapsed(start, stop).total_seconds() / _HOUR

    @api.depends(
        "complaint_remedy_ids.state",
        "complaint_remedy_ids.amount",
        "complaint_remedy_ids.cost",
    )
    def _compute_complaint_given(self):
        for ticket in self:
            given = ticket._complaint_given()
            ticket.complaint_amount_given = sum(given.mapped("amount"))
            ticket.complaint_cost = sum(given.mapped("cost"))

    def _complaint_given(self):
        """Return the remedies that the customer has received."""
        return self.complaint_remedy_ids.filtered(lambda one: one.state == "done")

    @api.model
    def _complaint_counted_domain(self):
        """Return the domain of the complaints that reports count.

        Merged complaints are left out: the ones that they were merged into stand for
        them. To be searched with archived ones. ``_condition`` of ``complaint.report``
        says the same in SQL.
        """
        return Domain("is_complaint", "=", True) & Domain("duplicate_id", "=", False)
