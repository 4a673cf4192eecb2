"""helpdesk.ticket, clock: policy, milestones and deadline status of a complaint."""

from collections import defaultdict

from odoo import api, fields, models

from ...engine import milestones, promises
from ..core.helpdesk_ticket_failure import FAILURE_ACTIVITY
from ..core.isolation import error_text
from .complaint_policy import POLICY_FIELDS
from .complaint_policy_target import MILESTONES

SLA_STATES = [
    ("none", "No Deadline"),
    ("on_track", "On Track"),
    ("at_risk", "At Risk"),
    ("breached", "Overdue"),
    ("paused", "Paused"),
    ("met", "Met"),
    ("missed", "Missed"),
]
# Fields that milestones are derived from, beside the policy.
_FACTS = frozenset(
    {
        "active",
        "duplicate_id",
        "is_complaint",
        "stage_id",
        "team_id",
        # a change may bring another stage with it
        "user_id",
        "complaint_answered_at",
        "complaint_received_at",
        "complaint_responded_at",
        "complaint_resolved_at",
        "complaint_reopened_count",
    }
)
_URGENT = ("at_risk", "breached")
# Activities that are planned while a deadline is at risk or overdue.
AT_RISK_ACTIVITY = "crm_complaints.mail_activity_type_at_risk"
LATE_ACTIVITY = "crm_complaints.mail_activity_type_late"
# The activity that is planned while there is no personal answer.
ANSWER_ACTIVITY = "crm_complaints.mail_activity_type_answer"
URGENT_ACTIVITIES = (AT_RISK_ACTIVITY, LATE_ACTIVITY)
# In the context while the clock writes; an object, so it cannot come by RPC.
CLOCK = object()
# Fields that the clock alone writes; rules that depend on nothing else are skipped
# when anybody else writes.
CLOCK_FIELDS = frozenset(
    {"complaint_sla_state", "complaint_deadline", "complaint_next_milestone"}
)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_policy_id = fields.Many2one(
        comodel_name="complaint.policy",
        string="Policy",
        groups="base.group_user",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        help="The first policy that matches. It sets the complaint's deadlines.",
        complaint_merge="keep",
    )
    complaint_milestone_ids = fields.One2many(
        comodel_name="complaint.milestone",
        inverse_name="ticket_id",
        string="Milestones",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
    )
    # Written by code, in batches, and not computed: automation rules depend on it, and
    # the failure of a rule in a recomputation could not be told apart.
    complaint_sla_state = fields.Selection(
        selection=SLA_STATES,
        string="Deadline Status",
        groups="base.group_user",
        index="btree_not_null",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        help="The most urgent status of the open milestones or, once none is "
        "open, whether all were met.",
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_deadline = fields.Datetime(
        string="Next Deadline",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        help="The earliest deadline of the open milestones.",
        complaint_merge="keep",
    )
    # the first page of the list and of each column of the pipeline, in their order, and
    # what is due by a time
    _complaint_deadline_idx = models.Index(
        "(complaint_deadline, id) WHERE is_complaint IS TRUE"
    )
    complaint_next_milestone = fields.Selection(
        selection=MILESTONES,
        string="Next Milestone",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        help="The milestone that is due next.",
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_responded_at = fields.Datetime(
        string="First Reply",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        help="The date and time at which a member of staff first wrote or spoke to "
        "the customer.",
        complaint_merge="earliest",
    )
    complaint_answered_at = fields.Datetime(
        string="Customer Replied",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        help="The date and time at which the customer replied while we were waiting "
        "for them. Paused deadlines run again from then on.",
        complaint_merge="keep",
    )
    complaint_working_days_left = fields.Integer(
        string="Working Days Left",
        groups="base.group_user",
        compute="_compute_complaint_working_days_left",
        help="The number of working days from tomorrow up to and including the day "
        "of the deadline.",
    )
    complaint_urgency = fields.Selection(
        selection=[("at_risk", "At Risk"), ("breached", "Overdue")],
        string="Urgency",
        compute="_compute_complaint_urgency",
        help="This status sets the colour of rows in lists.",
    )
    complaint_promised_at = fields.Datetime(
        string="Final Response Deadline",
        compute="_compute_complaint_promised_at",
        compute_sudo=True,
        help="The deadline of the final response, as long as it is in the future and "
        "can be stated in a letter.",
    )

    # ---------------------------------------------------
    # Computes
    # ---------------------------------------------------

    @api.depends("complaint_sla_state")
    @api.depends_context("uid")
    def _compute_complaint_urgency(self):
        internal = self.env.user._is_internal()
        for ticket in self:
            state = internal and ticket.complaint_sla_state
            ticket.complaint_urgency = state in _URGENT and state

    @api.depends("complaint_deadline")
    def _compute_complaint_working_days_left(self):
        now = fields.Datetime.now()
        timetables = {}
        for ticket in self:
            deadline = ticket.complaint_deadline
            if not deadline or deadline <= now:
                ticket.complaint_working_days_left = 0
                continue
            timetable = ticket._complaint_timetable(timetables, [now])
            ticket.complaint_working_days_left = timetable.working_days_between(
                now, deadline
            )

    @api.depends(
        "complaint_milestone_ids.state",
        "complaint_milestone_ids.deadline",
        "complaint_milestone_ids.cycle",
    )
    def _compute_complaint_promised_at(self):
        now = fields.Datetime.now()
        timetables = {}
        for ticket in self:
            dates = []
            for row in ticket.complaint_milestone_ids:
                if row.milestone != promises.RESOLVE:
                    continue
                if row.state in (milestones.RUNNING, milestones.AT_RISK):
                    dates.append(row.deadline)
                elif row.state == milestones.WAITING and row.cycle == 1:
                    # it starts with the acknowledgement, which is being written
                    dates.append(
                        ticket._complaint_timetable(timetables, [now]).deadline(
                            now, row.delay, row.delay_unit, row.working_time
                        )
                    )
            ticket.complaint_promised_at = min(
                (date for date in dates if date > now), default=False
            )

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_with_clock(self):
        """Return these in the context in which the clock writes."""
        return self.with_context(complaint_batch=CLOCK)

    def _complaint_written(self, vals, before):
        super()._complaint_written(vals, before)
        if "stage_id" in vals:
            # sudo: the clock follows a permitted change
            self.sudo().filtered("complaint_answered_at").complaint_answered_at = False
        # after super: a move between phases sets dates that the clock reads
        rematch = not vals.keys().isdisjoint(
            POLICY_FIELDS | self.browse()._complaint_policy_facts().keys()
        )
        if rematch or not vals.keys().isdisjoint(self._complaint_clock_facts()):
            # sudo: the clock follows a permitted change
            self.sudo().filtered("complaint_sla_state")._complaint_settle_safely(
                rematch=rematch
            )

    def _complaint_policy_facts(self):
        """Hook: return {field: value} of what policies are chosen by, without relations.

        On an empty recordset only the names count.
        """
        return {
            "complaint_kind": self.complaint_kind,
            "complaint_severity": self.complaint_severity,
        }

    @api.model
    def _complaint_clock_facts(self):
        """Hook: return the names of the fields that ``_complaint_facts`` reads."""
        return _FACTS

    def _complaint_phase_changed(self, moves):
        super()._complaint_phase_changed(moves)
        # new milestones, by the policy that fits now
        moves.reopened._complaint_start_clock_safely()

    def _complaint_stage_changed(self):
        super()._complaint_stage_changed()
        self.filtered("complaint_sla_state")._complaint_settle_safely()

    def _complaint_start_clock(self):
        super()._complaint_start_clock()
        self._complaint_settle(rematch=True)

    def _complaint_settle_safely(self, rematch=False, heard_at=None):
        """Settle; where that fails, the change stays and the leader is told."""
        self._complaint_isolated(
            lambda some: some._complaint_settle(rematch=rematch, heard_at=heard_at),
            self.env._("The deadlines could not be set"),
            type(self)._complaint_clock_failed,
        )

    def _complaint_clock_failed(self, summary, note):
        if not self.complaint_sla_state:
            self.complaint_sla_state = "none"
        super()._complaint_clock_failed(summary, note)

    def _complaint_settle(self, rematch=False, heard_at=None):
        """Update milestones and deadline status from the facts of complaints.

        :param bool rematch: look for the policy again, and follow it from the first
            start on
        :param datetime heard_at: the customers have just heard from us personally
        """
        # sudo: the clock follows the work of any user, and no user writes it
        tickets = self.sudo().with_context(active_test=False)
        if rematch:
            tickets._complaint_find_policy()
        tickets._complaint_settle_milestones(rematch=rematch, heard_at=heard_at)

    def _complaint_find_policy(self):
        found, errors = self.env["complaint.policy"]._match(
            self.filtered("is_complaint")
        )
        by_policy = defaultdict(list)
        for ticket, policy in found.items():
            if ticket.complaint_policy_id != policy:
                by_policy[policy].append(ticket.id)
        for policy, ids in by_policy.items():
            self.browse(ids).write({"complaint_policy_id": policy.id})
        for policy, (error, concerned) in errors.items():
            summary = self.env._("The policy “%s” could not be checked", policy.name)
            note = f"{summary}: {error_text(self.env, error)}"
            for ticket in concerned:
                ticket._message_log(body=note)
            concerned._complaint_tell_leader(summary, note, FAILURE_ACTIVITY)

    def _complaint_settle_milestones(
        self, rematch=False, heard_at=None, policies=None, dry_run=False
    ):
        """Settle by the policies that the complaints have.

        :param policies: dict ticket -> policy to follow instead
        :param bool dry_run: change nothing
        :return: dict ticket -> list of rows as they are afterwards
        """
        now = fields.Datetime.now()
        timetables = {}
        changed = []
        rows_after = {}
        targets_of = {}
        for ticket in self:
            policy = policies[ticket] if policies else ticket.complaint_policy_id
            if policy not in targets_of:
                targets_of[policy] = policy._terms() if policy else ()
            rows = ticket.complaint_milestone_ids._to_rows()
            after = promises.settle(
                rows,
                targets_of[policy],
                ticket._complaint_facts(),
                now,
                ticket._complaint_timetable(timetables, [now]),
                rematch=rematch,
                heard_at=heard_at,
            )
            known = {row.key: row for row in rows}
            changed += [
                (ticket, row)
                for row in after
                if row.key is None or row != known[row.key]
            ]
            rows_after[ticket] = after
        if dry_run:
            return rows_after
        Milestone = self.env["complaint.milestone"]
        Milestone._store(changed)
        # an import of history sets off no rules
        imported = self._complaint_is_history()
        (self if imported else self._complaint_with_clock())._complaint_show_clock(
            {ticket: [row.shown for row in rows] for ticket, rows in rows_after.items()}
        )
        events = (row.milestone.next_event_at for _ticket, row in changed)
        Milestone._wake_up_at(min(filter(None, events), default=None))
        return rows_after

    def _complaint_facts(self):
        """Hook: return the facts that the clock reads: ``engine.promises.Facts``.

        A later layer adds what it knows with ``dataclasses.replace``, and names the
        fields in ``_complaint_clock_facts``.
        """
        self.ensure_one()
        cycle = self._complaint_cycle()
        # a duplicate has no milestones: those of the complaint it repeats count
        own = not self.duplicate_id
        return promises.Facts(
            phase=self.complaint_phase,
            is_open=self.complaint_is_open,
            received_at=self.complaint_received_at or self.create_date,
            responded_at=(cycle == 1 and self.complaint_responded_at) or None,
            resolved_at=(own and self.complaint_resolved_at) or None,
            # a cycle starts with the receipt, and with each reopening
            reopened_at=self.complaint_reopened_at or None,
            cycle=cycle,
            active=own and self.active and self.is_complaint,
            pausing=self.stage_id.complaint_pause and not self.complaint_answered_at,
            tz_name=self.complaint_tz,
        )

    def _complaint_cycle(self):
        """Hook: return the cycle of the clock; the first one is 1."""
        return self.complaint_reopened_count + 1

    def _complaint_timetable(self, timetables, moments):
        """Return the timetable of a complaint: of the team's hours, else the company's.

        :param dict timetables: those made so far; complaints with the same hours share one
        """
        calendar = (
            self.team_id.complaint_calendar_id or self.company_id.resource_calendar_id
        )
        key = (calendar.id, self.company_id.id, self.complaint_tz)
        if key not in timetables:
            # holidays that apply to all calendars are those of this company
            calendar = calendar.with_company(self.company_id)
            timetables[key] = calendar._complaint_timetable(
                moments, tz_name=self.complaint_tz
            )
        return timetables[key]

    def _complaint_show_clock(self, rows):
        """Write deadline status, deadline and next milestone on each complaint.

        :param dict rows: ticket -> list of (milestone, state, deadline)
        """
        by_dates = defaultdict(list)
        by_state = defaultdict(list)
        relieved = []
        worse = []
        for ticket in self:
            values = self._complaint_clock_values(rows[ticket])
            state = values.pop("complaint_sla_state")
            before = ticket.complaint_sla_state
            if before in _URGENT and state not in (before, "breached"):
                relieved.append(ticket.id)
            elif before == "at_risk" and state == "breached":
                worse.append(ticket.id)
            dates = tuple(
                (name, value)
                for name, value in values.items()
                if (ticket[name] or False) != value
            )
            if dates:
                by_dates[dates].append(ticket.id)
            if ticket.complaint_sla_state != state:
                by_state[state].append(ticket.id)
        if relieved:
            # rules plan the activity anew where the status demands it
            self.browse(relieved).activity_unlink(list(URGENT_ACTIVITIES))
        # the leader keeps one activity, that for overdue complaints
        if worse:
            self.browse(worse).activity_search([AT_RISK_ACTIVITY]).filtered(
                lambda a: a.user_id == self.browse(a.res_id).complaint_leader_id
            ).unlink()
        for dates, ids in by_dates.items():
            self.browse(ids).write(dict(dates))
        # deadlines may differ; the status, which rules depend on, is written for many
        for state, ids in by_state.items():
            self.browse(ids).write({"complaint_sla_state": state})

    @api.model
    def _complaint_clock_values(self, rows):
        running = (milestones.RUNNING, milestones.AT_RISK, milestones.BREACHED)
        following = min(
            (
                (deadline, promises.rank(kind), kind)
                for kind, state, deadline in rows
                if state in running
            ),
            default=None,
        )
        return {
            "complaint_sla_state": milestones.overall(row[1] for row in rows),
            "complaint_deadline": following[0] if following else False,
            "complaint_next_milestone": following[2] if following else False,
        }

    @api.model
    def _complaint_handed_types(self):
        return [*super()._complaint_handed_types(), *URGENT_ACTIVITIES]

    def _complaint_is_handed(self, activity):
        late = self.env["ir.model.data"]._xmlid_to_res_id(LATE_ACTIVITY, False)
        if (
            activity.activity_type_id.id == late
            and activity.user_id == self.complaint_leader_id
        ):
            # it stays with the leader, whoever handles the complaint
            return False
        return super()._complaint_is_handed(activity)

    def _complaint_end_waiting(self):
        """The customer answered: the clock goes on, in a stage that waits as well.

        :return: those that waited
        """
        # sudo: the customer answers, who has no write access
        waiting = self.sudo().filtered(
            lambda t: t.stage_id.complaint_pause and not t.complaint_answered_at
        )
        if waiting:
            waiting.complaint_answered_at = fields.Datetime.now()
        return waiting

    def _complaint_heard_from_us(self, at=None):
        super()._complaint_heard_from_us(at)
        at = at or fields.Datetime.now()
        # sudo: whoever wrote to the customer need not be able to write the ticket
        tickets = self.sudo().filtered("complaint_sla_state")
        first = tickets.filtered(lambda t: not t.complaint_responded_at)
        if first:
            first.write({"complaint_responded_at": at})
            first.activity_unlink([ANSWER_ACTIVITY])
        if tickets:
            tickets._complaint_settle_safely(heard_at=at)
