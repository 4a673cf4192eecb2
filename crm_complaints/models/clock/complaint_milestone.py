"""complaint.milestone: one clock of a complaint; and the sweep of all that are due."""

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import milestones, promises
from .complaint_policy_target import (
    MILESTONES,
    START_EVENTS,
    UNITS,
    terms_of,
    values_of,
)
from .sweep import sweep

_logger = logging.getLogger(__name__)

# How many due milestones are handled and committed at a time.
CHUNK = 500
CLOCK_CRON = "crm_complaints.ir_cron_complaint_clock"


class ComplaintMilestone(models.Model):
    _name = "complaint.milestone"
    _description = "Complaint Milestone"
    _inherit = ["complaint.child"]
    _complaint_told = False
    _complaint_moves = False
    _order = "cycle, started_at, id"
    _rec_name = "milestone"

    target_id = fields.Many2one(
        comodel_name="complaint.policy.target",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    milestone = fields.Selection(selection=MILESTONES, required=True, readonly=True)
    cycle = fields.Integer(
        default=1,
        readonly=True,
        help="Cycle 1 starts when the complaint is received, cycle 2 when it is "
        "first reopened, and so on.",
    )
    state = fields.Selection(
        string="Deadline Status",
        selection=[
            (milestones.WAITING, "Not Started"),
            (milestones.RUNNING, "On Track"),
            (milestones.AT_RISK, "At Risk"),
            (milestones.BREACHED, "Overdue"),
            (milestones.PAUSED, "Paused"),
            (milestones.MET, "Met"),
            (milestones.MISSED, "Missed"),
            (milestones.CANCELLED, "Cancelled"),
        ],
        default=milestones.WAITING,
        required=True,
        readonly=True,
    )
    started_at = fields.Datetime(string="Started", readonly=True)
    deadline = fields.Datetime(readonly=True)
    original_deadline = fields.Datetime(
        readonly=True,
        help="The deadline before any extension or pause.",
    )
    warn_at = fields.Datetime(string="At Risk From", readonly=True)
    next_event_at = fields.Datetime(
        string="Next Status Change",
        readonly=True,
        help="The date and time at which the status will change on its own.",
    )
    reached_at = fields.Datetime(string="Reached", readonly=True)
    paused_at = fields.Datetime(string="Paused Since", readonly=True)
    breached_at = fields.Datetime(
        string="Overdue Since",
        readonly=True,
        help="This date remains even if the milestone is reached later.",
    )
    pauses = fields.Json(readonly=True, complaint_privacy="keep")
    extended = fields.Boolean(readonly=True)
    dropped = fields.Boolean(
        string="Not in Current Policy",
        readonly=True,
        help="The policy that now applies does not have this target.",
    )

    # copied from the target, so that a change of the policy leaves them alone
    delay = fields.Float(string="Time Limit", readonly=True)
    delay_unit = fields.Selection(selection=UNITS, readonly=True)
    working_time = fields.Boolean(readonly=True)
    start_event = fields.Selection(selection=START_EVENTS, readonly=True)
    warn_percent = fields.Integer(readonly=True)
    pausable = fields.Boolean(readonly=True)
    extension_delay = fields.Float(readonly=True)

    _next_event_at_idx = models.Index("(next_event_at) WHERE next_event_at IS NOT NULL")

    @api.depends("milestone", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["milestone"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            record.display_name = (
                f"{labels.get(record.milestone, '')}: {states.get(record.state, '')}"
            )

    # ---------------------------------------------------
    # Between records and the engine
    # ---------------------------------------------------

    def _to_rows(self):
        """Return these as rows of the engine."""
        return [
            promises.Row(
                key=record,
                target=record.target_id.id,
                terms=terms_of(record),
                cycle=record.cycle,
                milestone=record._to_value(),
            )
            for record in self
        ]

    def _shown(self):
        """Return what their complaint shows of these, like ``promises.Row.shown``."""
        return [(record.milestone, record.state, record.deadline) for record in self]

    def _to_value(self):
        return milestones.Milestone(
            state=self.state,
            started_at=self.started_at or None,
            deadline=self.deadline or None,
            original_deadline=self.original_deadline or None,
            warn_at=self.warn_at or None,
            reached_at=self.reached_at or None,
            paused_at=self.paused_at or None,
            breached_at=self.breached_at or None,
            pauses=tuple(
                tuple(fields.Datetime.to_datetime(text) for text in pause)
                for pause in self.pauses or ()
            ),
            extended=self.extended,
            dropped=self.dropped,
        )

    @api.model
    def _from_value(self, value):
        return {
            "state": value.state,
            "started_at": value.started_at or False,
            "deadline": value.deadline or False,
            "original_deadline": value.original_deadline or False,
            "warn_at": value.warn_at or False,
            "next_event_at": value.next_event_at or False,
            "reached_at": value.reached_at or False,
            "paused_at": value.paused_at or False,
            "breached_at": value.breached_at or False,
            "pauses": [
                [fields.Datetime.to_string(moment) for moment in pause]
                for pause in value.pauses
            ]
            or False,
            "extended": value.extended,
            "dropped": value.dropped,
        }

    @api.model
    def _store(self, changed):
        """Write the rows that the engine changed, and create the new ones.

        :param changed: list of (ticket, Row)
        """
        new = []
        for ticket, row in changed:
            values = self._from_value(row.milestone)
            if (
                row.key is None
                or row.key.target_id.id != row.target
                or terms_of(row.key) != row.terms
            ):
                values.update(values_of(row.terms), target_id=row.target)
            if row.key is None:
                new.append({**values, "ticket_id": ticket.id, "cycle": row.cycle})
            else:
                row.key.write(values)
        self.create(new)

    # ---------------------------------------------------
    # The sweep
    # ---------------------------------------------------

    @api.model
    def _cron_clock(self, chunk_size=CHUNK):
        """Sweep: handle all milestones that are due, chunk by chunk, each committed.

        Several may run at once, in other workers and on other hosts, and share the
        work. One that is killed leaves nothing half done.

        :param int chunk_size: milestones to handle at a time
        """
        self = self.sudo()  # sudo: the clock runs for all, whoever the cron's user is
        total = sweep(self.env, self._sweep, chunk_size)
        if total:
            _logger.info("%s milestones were due", total)
        self._wake_up_for_next()

    @api.model
    def _sweep(self, limit, careful=False):
        """Sweep: move one chunk of due milestones, and update their complaints.

        :param int limit: how many at most
        :param bool careful: isolate complaints that cannot be written
        :return: how many were due
        """
        now = fields.Datetime.now()
        due, tickets = self._claim_due(now, limit)
        if not due:
            return 0
        stored = [name for name, field in self._fields.items() if field.store]
        all_rows = self.search_fetch([("ticket_id", "in", tickets.ids)], stored)
        changed = [
            (record, value)
            for record in due
            if (value := milestones.pass_time(record._to_value(), now)).next_event_at
            != record.next_event_at
        ]
        self._write_passed(changed)
        rows_by_ticket = all_rows.grouped("ticket_id")

        def show(some):
            some._complaint_with_clock()._complaint_show_clock(
                {ticket: rows_by_ticket[ticket]._shown() for ticket in some}
            )
            self.env.flush_all()

        if careful:
            tickets._complaint_isolated(
                show,
                self.env._("The deadline status could not be updated"),
                type(tickets)._complaint_clock_failed,
            )
        else:
            show(tickets)
        return len(due)

    @api.model
    def _claim_due(self, now, limit):
        """Lock due milestones and their complaints, except those locked by others.

        :return: (milestones, tickets)
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT m.id, m.ticket_id
                  FROM complaint_milestone m
                  JOIN helpdesk_ticket t ON t.id = m.ticket_id
                 WHERE m.next_event_at <= %s
                 ORDER BY m.next_event_at, m.id
                 LIMIT %s
                   FOR UPDATE OF m SKIP LOCKED
                   FOR NO KEY UPDATE OF t SKIP LOCKED
                """,
                now,
                limit,
            )
        )
        ids, ticket_ids = zip(*rows, strict=True) if rows else ((), ())
        return (
            self.browse(ids),
            self.env["helpdesk.ticket"].browse(dict.fromkeys(ticket_ids)),
        )

    @api.model
    def _write_passed(self, changed):
        """Store the new states of milestones, all of them with one statement.

        :param changed: list of (record, milestone as the engine returned it)
        """
        if not changed:
            return
        columns = ("state", "next_event_at", "breached_at")
        self.env.execute_query(
            SQL(
                """
                UPDATE complaint_milestone m
                   SET state = v.state,
                       next_event_at = v.next_event_at,
                       breached_at = v.breached_at,
                       write_uid = %s,
                       write_date = %s
                  FROM unnest(%s::int[], %s::varchar[], %s::timestamp[],
                              %s::timestamp[])
                       AS v(id, state, next_event_at, breached_at)
                 WHERE m.id = v.id
             RETURNING m.id
                """,
                self.env.uid,
                self.env.cr.now(),
                [record.id for record, _value in changed],
                *([getattr(value, name) for _r, value in changed] for name in columns),
            )
        )
        for name in (*columns, "write_uid", "write_date"):
            field = self._fields[name]
            for record, value in changed:
                if name in columns:
                    field._update_cache(record, getattr(value, name) or False)
                else:
                    record.invalidate_recordset([name], flush=False)

    @api.model
    def _wake_up_for_next(self):
        """Schedule the cron for when the next milestone is due."""
        self._wake_up_at(
            SQL(
                # a milestone that was locked by others is due already: run now
                "(SELECT CASE WHEN first IS NOT NULL THEN greatest(first, %s) END"
                " FROM (SELECT min(next_event_at) AS first"
                " FROM complaint_milestone) AS due)",
                fields.Datetime.now(),
            )
        )

    @api.model
    def _wake_up_at(self, moment, cron_xmlid=CLOCK_CRON):
        """Schedule a cron for ``moment``, unless it runs before that anyway.

        :param moment: naive datetime, UTC; an SQL expression; or None to do nothing
        :param str cron_xmlid: the clock's by default
        """
        cron_id = self.env["ir.model.data"]._xmlid_to_res_id(
            cron_xmlid, raise_if_not_found=False
        )
        if not moment or not cron_id:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT w.at
                  FROM ir_cron c,
                       -- the cron wakes once a minute
                       (SELECT date_trunc('minute', %(moment)s::timestamp)
                               + interval '1 minute' AS at) w
                 WHERE c.id = %(cron)s
                   AND w.at IS NOT NULL
                   AND NOT (c.nextcall > %(now)s AND c.nextcall <= w.at)
                   AND NOT EXISTS (
                        SELECT 1 FROM ir_cron_trigger g
                         WHERE g.cron_id = c.id
                           AND g.call_at > %(now)s AND g.call_at <= w.at)
                """,
                moment=moment,
                cron=cron_id,
                now=fields.Datetime.now(),
            )
        )
        if rows:
            # sudo: whoever registers a complaint starts its clock
            self.env["ir.cron"].sudo().browse(cron_id)._trigger(rows[0][0])
