"""complaint.report: what complaints say, one row a complaint, for pivots and charts."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..clock.complaint_policy_target import MILESTONES
from ..clock.helpdesk_ticket_clock import SLA_STATES
from ..core.constants import TICKET
from ..followup.rating_rating import COMPLAINT_RATINGS

HOUR = 1
DAY = 24
WEEK = 7 * DAY
# Bands of time: key, label, up to how many hours (None: whatever is longer).
_REPLY_BANDS = (
    ("1_hour", "Within 1 Hour", HOUR),
    ("2_day", "Within 24 Hours", DAY),
    ("3_two_days", "Within 2 Days", 2 * DAY),
    ("4_longer", "Longer", None),
)
_RESOLVE_BANDS = (
    ("1_day", "Within 1 Day", DAY),
    ("2_week", "Within 1 Week", WEEK),
    ("3_two_weeks", "Within 2 Weeks", 2 * WEEK),
    ("4_eight_weeks", "Within 8 Weeks", 8 * WEEK),
    ("5_longer", "Longer", None),
)
_AGE_BANDS = (
    ("1_week", "Up to 1 Week", WEEK),
    ("2_two_weeks", "1 to 2 Weeks", 2 * WEEK),
    ("3_four_weeks", "2 to 4 Weeks", 4 * WEEK),
    ("4_eight_weeks", "4 to 8 Weeks", 8 * WEEK),
    ("5_longer", "More Than 8 Weeks", None),
)
# Field of the report -> field of the complaint.
_OF_TICKET = {
    "number": "number",
    "name": "name",
    "company_id": "company_id",
    "team_id": "team_id",
    "user_id": "user_id",
    "channel_id": "channel_id",
    "category_id": "category_id",
    "stage_id": "stage_id",
    "partner_id": "partner_id",
    "commercial_partner_id": "commercial_partner_id",
    "cause_id": "complaint_cause_id",
    "policy_id": "complaint_policy_id",
    "kind": "complaint_kind",
    "severity": "complaint_severity",
    "phase": "complaint_phase",
    "is_open": "complaint_is_open",
    "outcome": "complaint_outcome",
    "customer_decision": "complaint_decision",
    "rating": "complaint_rating",
    "follow_up_result": "complaint_follow_up_result",
    "level": "complaint_level",
    "sla_state": "complaint_sla_state",
    "next_milestone": "complaint_next_milestone",
    "deadline": "complaint_deadline",
    "received_at": "complaint_received_at",
    "acknowledged_at": "complaint_acknowledged_at",
    "responded_at": "complaint_responded_at",
    "resolved_at": "complaint_resolved_at",
    "reopened_count": "complaint_reopened_count",
    "amount_claimed": "complaint_amount_claimed",
    "amount_given": "complaint_amount_given",
    "cost": "complaint_cost",
}


def _same(name):
    """Return the selection of a field of the complaint, for one of the report."""
    return lambda self: self.env[TICKET]._fields[name]._description_selection(self.env)


class ComplaintReport(models.Model):
    _name = "complaint.report"
    _description = "Complaint Analysis"
    _auto = False
    _rec_name = "number"
    _order = "received_at desc, id desc"
    # what has to be written to the database before the query reads it
    _depends = {
        TICKET: [
            *_OF_TICKET.values(),
            "is_complaint",
            "duplicate_id",
            "complaint_repeat_of_id",
            "complaint_acknowledge_hours",
            "complaint_respond_hours",
            "complaint_resolve_hours",
        ],
        "complaint.extension": ["ticket_id"],
        "complaint.milestone": [
            "ticket_id",
            "milestone",
            "cycle",
            "state",
            "deadline",
            "reached_at",
        ],
    }

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", string="Complaint", readonly=True
    )
    number = fields.Char(string="Reference", readonly=True)
    name = fields.Char(string="Subject", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    team_id = fields.Many2one(comodel_name="helpdesk.ticket.team", readonly=True)
    user_id = fields.Many2one(comodel_name="res.users", string="Handler", readonly=True)
    channel_id = fields.Many2one(comodel_name="helpdesk.ticket.channel", readonly=True)
    category_id = fields.Many2one(
        comodel_name="helpdesk.ticket.category", readonly=True
    )
    stage_id = fields.Many2one(comodel_name="helpdesk.ticket.stage", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Contact", readonly=True
    )
    commercial_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    cause_id = fields.Many2one(
        comodel_name="complaint.cause", string="Root Cause", readonly=True
    )
    policy_id = fields.Many2one(comodel_name="complaint.policy", readonly=True)
    kind = fields.Selection(selection=_same("complaint_kind"), readonly=True)
    severity = fields.Selection(selection=_same("complaint_severity"), readonly=True)
    phase = fields.Selection(selection=_same("complaint_phase"), readonly=True)
    is_open = fields.Boolean(string="Open", readonly=True)
    outcome = fields.Selection(selection=_same("complaint_outcome"), readonly=True)
    customer_decision = fields.Selection(
        selection=_same("complaint_decision"),
        string="Customer's Decision",
        readonly=True,
    )
    rating = fields.Selection(
        selection=COMPLAINT_RATINGS, string="Customer's Rating", readonly=True
    )
    follow_up_result = fields.Selection(
        selection=_same("complaint_follow_up_result"), readonly=True
    )
    level = fields.Selection(
        selection=_same("complaint_level"), string="Review Stage", readonly=True
    )
    sla_state = fields.Selection(
        selection=SLA_STATES, string="Deadline Status", readonly=True
    )
    next_milestone = fields.Selection(selection=MILESTONES, readonly=True)
    deadline = fields.Datetime(string="Next Deadline", readonly=True)
    received_at = fields.Datetime(string="Received", readonly=True)
    acknowledged_at = fields.Datetime(string="Acknowledged", readonly=True)
    responded_at = fields.Datetime(string="First Reply", readonly=True)
    resolved_at = fields.Datetime(string="Final Response", readonly=True)
    cycle = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="1 at first, and one more each time the complaint is reopened.",
    )
    reopened_count = fields.Integer(string="Times Reopened", readonly=True)
    extension_count = fields.Integer(string="Extensions", readonly=True)
    is_repeat = fields.Boolean(
        string="Repeat Complaint",
        readonly=True,
        help="The customer had complained before.",
    )
    amount_claimed = fields.Monetary(readonly=True)
    amount_given = fields.Monetary(readonly=True)
    cost = fields.Monetary(readonly=True)

    hours_to_acknowledge = fields.Float(
        string="Hours to Acknowledgement", readonly=True, aggregator="avg"
    )
    hours_to_respond = fields.Float(
        string="Hours to First Reply", readonly=True, aggregator="avg"
    )
    hours_to_resolve = fields.Float(
        string="Hours to Final Response", readonly=True, aggregator="avg"
    )
    working_hours_to_acknowledge = fields.Float(
        string="Working Hours to Acknowledgement", readonly=True, aggregator="avg"
    )
    working_hours_to_respond = fields.Float(
        string="Working Hours to First Reply", readonly=True, aggregator="avg"
    )
    working_hours_to_resolve = fields.Float(
        string="Working Hours to Final Response", readonly=True, aggregator="avg"
    )
    overdue_hours = fields.Float(
        string="Overdue by (Hours)",
        readonly=True,
        aggregator="avg",
        help="How long after its deadline the final response was sent or, while there "
        "is none, how long the deadline has passed. Empty if it is on time.",
    )
    age_days = fields.Float(
        string="Age (Days)",
        readonly=True,
        aggregator="avg",
        help="How long ago an open complaint was received. Empty if it is not open.",
    )
    reply_band = fields.Selection(
        selection=[band[:2] for band in _REPLY_BANDS],
        string="Time to First Reply",
        readonly=True,
    )
    resolve_band = fields.Selection(
        selection=[band[:2] for band in _RESOLVE_BANDS],
        string="Time to Final Response",
        readonly=True,
    )
    age_band = fields.Selection(
        selection=[band[:2] for band in _AGE_BANDS],
        string="Age of Open Complaints",
        readonly=True,
    )
    # shares: 100 or 0, and empty where there is nothing to tell, so averages are right
    on_time_share = fields.Float(
        string="On Time (%)",
        readonly=True,
        aggregator="avg",
        help="Share of complaints whose final response was sent by its deadline, among "
        "those whose deadline was met or has passed.",
    )
    upheld_share = fields.Float(
        string="Upheld (%)",
        readonly=True,
        aggregator="avg",
        help="Share of complaints that were upheld or partly upheld, among those with "
        "a decision.",
    )
    satisfied_share = fields.Float(
        string="Satisfied (%)",
        readonly=True,
        aggregator="avg",
        help="Share of satisfied customers among those who gave a rating.",
    )
    restored_share = fields.Float(
        string="Trust Restored (%)",
        readonly=True,
        aggregator="avg",
        help="Share of complaints after which the customer's trust was restored, among "
        "those with a follow-up result.",
    )
    repeat_share = fields.Float(
        string="Repeats (%)",
        readonly=True,
        aggregator="avg",
        help="Share of complaints whose customer had complained before.",
    )

    @property
    def _table_query(self):
        """The rows, in a query of ours rather than a view of PostgreSQL.

        A view would keep Odoo from changing the columns it reads, and would be dropped
        with the columns of an addon that is uninstalled.
        """
        columns = {
            "id": SQL("ticket.id"),
            "ticket_id": SQL("ticket.id"),
            **{
                name: SQL.identifier("ticket", column)
                for name, column in _OF_TICKET.items()
            },
            **self._columns(),
        }
        return SQL(
            "SELECT %s FROM helpdesk_ticket ticket WHERE %s",
            SQL(", ").join(
                SQL("%s AS %s", expression, SQL.identifier(name))
                for name, expression in columns.items()
            ),
            self._condition(),
        )

    @api.model
    def _condition(self):
        """Hook: return which tickets count: complaints, each merged one only once."""
        return SQL("ticket.is_complaint IS TRUE AND ticket.duplicate_id IS NULL")

    @api.model
    def _columns(self):
        """Hook: return the columns beside those that are fields of the complaint.

        PostgreSQL works out only those that a query asks for, so that a costly one is
        no cost to the others.

        :return: dict: name of a field of this model -> SQL, with the table ``ticket``
        """
        final = SQL(
            """
              FROM complaint_milestone m
             WHERE m.ticket_id = ticket.id
               AND m.milestone = 'resolve'
               AND m.cycle = COALESCE(ticket.complaint_reopened_count, 0) + 1
               AND m.state IN ('met', 'missed', 'breached')
          ORDER BY m.deadline
             LIMIT 1"""
        )
        # missed and never reached: nobody knows how late
        late = SQL(
            """(
            SELECT EXTRACT(EPOCH FROM CASE m.state WHEN 'breached' THEN %s
                                                   ELSE m.reached_at END - m.deadline)
            %s)""",
            _now(),
            final,
        )
        hours = {
            "acknowledge": _hours_until("complaint_acknowledged_at"),
            "respond": _hours_until("complaint_responded_at"),
            "resolve": _hours_until("complaint_resolved_at"),
        }
        age = SQL(
            "CASE WHEN ticket.complaint_is_open THEN %s END",
            _hours_between(SQL("ticket.complaint_received_at"), _now()),
        )
        return {
            "cycle": SQL("COALESCE(ticket.complaint_reopened_count, 0) + 1"),
            "extension_count": SQL(
                "(SELECT COUNT(*) FROM complaint_extension e"
                " WHERE e.ticket_id = ticket.id)"
            ),
            "is_repeat": SQL("ticket.complaint_repeat_of_id IS NOT NULL"),
            **{f"hours_to_{step}": sql for step, sql in hours.items()},
            **{
                f"working_hours_to_{step}": SQL(
                    "CASE WHEN %s IS NOT NULL THEN %s END",
                    sql,
                    SQL.identifier("ticket", f"complaint_{step}_hours"),
                )
                for step, sql in hours.items()
            },
            "overdue_hours": SQL("NULLIF(GREATEST(%s, 0), 0) / 3600.0", late),
            "age_days": SQL("%s / 24", age),
            "reply_band": _band(hours["respond"], _REPLY_BANDS),
            "resolve_band": _band(hours["resolve"], _RESOLVE_BANDS),
            "age_band": _band(age, _AGE_BANDS),
            "on_time_share": SQL(
                "(SELECT CASE m.state WHEN 'met' THEN 100.0 ELSE 0.0 END %s)", final
            ),
            "upheld_share": _share(
                "complaint_outcome", ("upheld", "partly_upheld"), ("not_upheld",)
            ),
            "satisfied_share": _share(
                "complaint_rating", ("happy",), ("partly", "unhappy")
            ),
            "restored_share": _share(
                "complaint_follow_up_result", ("restored",), ("partly", "lost")
            ),
            "repeat_share": SQL(
                "CASE WHEN ticket.complaint_repeat_of_id IS NULL THEN 0.0 ELSE 100.0 END"
            ),
        }

    def action_complaint_open(self):
        """Open the complaint of this row."""
        self.ensure_one()
        return self.ticket_id.get_formview_action()


def _now():
    return SQL("%s::timestamp", fields.Datetime.now())


def _hours_between(start, stop):
    return SQL("EXTRACT(EPOCH FROM %s - %s) / 3600.0", stop, start)


def _hours_until(column):
    """Return SQL for the hours from the receipt until a date of the complaint."""
    return _hours_between(
        SQL("ticket.complaint_received_at"), SQL.identifier("ticket", column)
    )


def _band(hours, bands):
    """Return SQL for the band in which a number of hours lies; empty without any."""
    whens = [
        SQL("WHEN %s <= %s THEN %s", hours, limit, key)
        for key, _label, limit in bands
        if limit is not None
    ]
    return SQL(
        "CASE %s WHEN %s IS NOT NULL THEN %s END",
        SQL(" ").join(whens),
        hours,
        bands[-1][0],
    )


def _share(column, good, bad):
    """Return SQL for 100 where a column has a good value, 0 for a bad one, else empty."""
    name = SQL.identifier("ticket", column)
    return SQL(
        "CASE WHEN %s IN %s THEN 100.0 WHEN %s IN %s THEN 0.0 END",
        name,
        good,
        name,
        bad,
    )
