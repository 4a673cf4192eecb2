"""Clock: milestones follow the facts of a complaint, however these change."""

import random
from datetime import datetime, timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import ComplaintCommon
from ..mail.common import ComplaintMailCommon

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
OPEN = ("waiting", "running", "at_risk", "breached", "paused")
FORM = "crm_complaints.helpdesk_ticket_view_form_complaint"


class ClockCommon(ComplaintCommon):
    """A policy for all teams with targets of every kind.

    The answer has two: ours within five days, paused while we wait for the customer,
    and the regulator's within fourteen, which never pauses.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["complaint.policy"].search([]).active = False
        cls.policy = cls.create_policy(
            ("acknowledge", 1),
            ("respond", 3),
            ("resolve", 5, {"pausable": True}),
            ("resolve", 14),
            ("follow_up", 7),
        )

    @classmethod
    def create_policy(cls, *promises, **vals):
        """Return a policy of (milestone, days[, other values])."""
        return cls.env["complaint.policy"].create(
            {
                "name": "Everything",
                "target_ids": [
                    Command.create(
                        {"milestone": kind, "delay": days, **(more[0] if more else {})}
                    )
                    for kind, days, *more in promises
                ],
                **vals,
            }
        )

    @classmethod
    def create_complaint(cls, user=None, **vals):
        """Return a complaint by letter, so that somebody has to acknowledge it."""
        vals = {
            "partner_id": cls.customer.id,
            "channel_id": cls.channel_letter.id,
            **vals,
        }
        return super().create_complaint(user=user, **vals)

    @staticmethod
    def end_of(day, hour=22):
        """Return the last second of a day of March; in Brussels, if nothing is said."""
        return datetime(2026, 3, day, hour, 59, 59)

    @staticmethod
    def promises(ticket, kind=None, cycle=None):
        return ticket.complaint_milestone_ids.filtered(
            lambda row: kind in (None, row.milestone) and cycle in (None, row.cycle)
        ).sorted(lambda row: (row.cycle, row.deadline or datetime.max, row.id))

    def states(self, ticket, cycle=None):
        """Return {kind: state}; our own target to resolve is called "own"."""
        return {
            "own" if row.pausable else row.milestone: row.state
            for row in self.promises(ticket, cycle=cycle)
        }

    def assertStates(self, ticket, cycle=None, **expected):
        self.assertEqual(
            {kind: self.states(ticket, cycle).get(kind) for kind in expected}, expected
        )

    def assertShown(self, tickets):
        """Check that what is stored is what the milestones say, computed naively."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT id, complaint_sla_state, complaint_deadline, complaint_next_milestone"
            " FROM helpdesk_ticket WHERE id IN %s",
            [tuple(tickets.ids)],
        )
        shown = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        for ticket in tickets.sudo():
            rows = ticket.complaint_milestone_ids
            states = set(rows.mapped("state"))
            expected = next(
                (
                    name
                    for name, some in (
                        ("breached", {"breached"}),
                        ("at_risk", {"at_risk"}),
                        ("on_track", {"running", "waiting"}),
                        ("paused", {"paused"}),
                        ("missed", {"missed"}),
                        ("met", {"met"}),
                    )
                    if some & states
                ),
                "none",
            )
            due = rows.filtered(lambda r: r.state in ("running", "at_risk", "breached"))
            first = min(due.mapped("deadline"), default=None)
            state, deadline, kind = shown[ticket.id]
            self.assertEqual((state, deadline), (expected, first))
            self.assertIn(
                kind,
                due.filtered(lambda r, first=first: r.deadline == first).mapped(
                    "milestone"
                )
                or [None],
            )


@tagged("post_install", "-at_install")
class TestClock(ClockCommon):
    # ---------------------------------------------------
    # Beginning
    # ---------------------------------------------------

    def test_whoever_registers_it_the_clock_runs(self):
        for user in (
            self.leader,
            self.handler,
            self.team_handler,
            self.own_handler,
            self.manager,
            self.outsider,
        ):
            with self.subTest(user.name):
                ticket = self.create_complaint(user, user_id=False).sudo()
                self.assertEqual(ticket.complaint_policy_id, self.policy)
                self.assertEqual(
                    [
                        (row.milestone, row.state, row.deadline)
                        for row in self.promises(ticket)
                    ],
                    [
                        ("acknowledge", "running", self.end_of(3)),
                        ("respond", "running", self.end_of(5)),
                        ("resolve", "running", self.end_of(7)),
                        ("resolve", "running", self.end_of(16)),
                        ("follow_up", "waiting", False),
                    ],
                )
                self.assertEqual(ticket.complaint_sla_state, "on_track")
                self.assertEqual(ticket.complaint_deadline, self.end_of(3))
                self.assertEqual(ticket.complaint_next_milestone, "acknowledge")
                self.assertShown(ticket)

    def test_created_in_any_phase(self):
        working = {
            "acknowledge": "running",
            "respond": "running",
            "own": "running",
            "resolve": "running",
            "follow_up": "waiting",
        }
        for phase in self.stages:
            expected = {
                "follow_up": {"own": "met", "resolve": "met", "follow_up": "running"},
                "closed": {"own": "met", "resolve": "met"},
                "withdrawn": {},
            }.get(phase, working)
            with self.subTest(phase):
                ticket = self.create_complaint(stage_id=self.stages[phase].id)
                self.assertEqual(self.states(ticket), expected)
                self.assertShown(ticket)

    def test_ordinary_tickets_have_no_clock(self):
        ticket = self.create_ticket()
        ticket.write({"stage_id": self.create_stage(None).id, "priority": "2"})
        self.assertFalse(ticket.complaint_milestone_ids)
        self.assertFalse(ticket.complaint_sla_state)

    def test_without_a_policy_there_is_no_clock_to_show(self):
        self.policy.active = False
        ticket = self.create_complaint()
        self.assertFalse(ticket.complaint_milestone_ids)
        self.assertEqual(ticket.complaint_sla_state, "none")
        self.assertFalse(ticket.complaint_promised_at)
        self.assertEqual(ticket.complaint_working_days_left, 0)
        self.move(ticket, "closed")
        self.assertEqual(ticket.complaint_sla_state, "none")

    def test_import_of_history(self):
        names = [
            "name",
            "description",
            "team_id/.id",
            "stage_id/.id",
            "partner_id/.id",
            "channel_id/.id",
            "complaint_received_at",
            "complaint_acknowledged_at",
            "complaint_resolved_at",
        ]
        start = [
            "Of last year",
            "Text",
            str(self.team.id),
        ]
        end = [
            str(self.customer.id),
            str(self.channel_letter.id),
            "2025-02-03 08:00:00",
        ]
        rows = [
            [*start, str(self.stages["closed"].id), *end, "2025-02-03 09:00:00", when]
            for when in ("2025-02-08 22:59:59", "2025-02-08 23:00:00")
        ] + [[*start, str(self.stages["hearing"].id), *end, "2025-02-03 09:00:00", ""]]
        Ticket = self.Ticket.with_user(self.manager).with_context(import_file=True)
        result = Ticket.load(names, rows)
        self.assertTrue(result["ids"], result["messages"])
        kept, missed, late = Ticket.browse(result["ids"])
        self.assertStates(kept, acknowledge="met", own="met", resolve="met")
        self.assertEqual(kept.complaint_sla_state, "met")
        self.assertStates(missed, own="missed", resolve="met")
        self.assertEqual(missed.complaint_sla_state, "missed")
        self.assertStates(
            late, acknowledge="met", respond="breached", resolve="breached"
        )
        self.assertEqual(late.complaint_sla_state, "breached")
        self.assertFalse(late.sudo().activity_ids, "no rule is set off by history")
        self.assertShown(kept | missed | late)

    # ---------------------------------------------------
    # Resolving, reopening, withdrawing
    # ---------------------------------------------------

    def test_every_way_of_resolving_reaches_the_promise(self):
        other = self.team.copy(
            {"name": "Closes at once", "user_ids": [Command.set(self.handler.ids)]}
        )

        def by_drag(ticket):
            self.move(ticket, "follow_up")

        def by_action(ticket):
            ticket.action_complaint_resolve()

        def by_form(ticket):
            with Form(ticket, FORM) as form:
                form.stage_id = self.stages["follow_up"]

        def by_load(ticket):
            names, row = [".id", "stage_id/.id"], self.stages["follow_up"].id
            self.assertTrue(ticket.load(names, [[str(ticket.id), str(row)]])["ids"])

        def by_import(ticket):
            by_load(ticket.with_context(import_file=True))

        def by_own_handler(ticket):
            ticket.sudo().user_id = self.own_handler
            self.move(ticket.with_user(self.own_handler), "follow_up")

        def by_configuration(ticket):
            stage = self.create_stage("agreement")
            ticket.stage_id = stage
            stage.with_user(self.manager).complaint_phase = "follow_up"

        def by_rule(ticket):
            rule = self.env["base.automation"].create(
                {
                    "name": "Urgent ones are done at once",
                    "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                    "trigger": "on_create_or_write",
                    "trigger_field_ids": [
                        Command.set(
                            self.env["ir.model.fields"]
                            ._get("helpdesk.ticket", "priority")
                            .ids
                        )
                    ],
                    "filter_domain": "[('priority', '=', '3')]",
                }
            )
            self.env["ir.actions.server"].create(
                {
                    "name": "Resolve",
                    "model_id": rule.model_id.id,
                    "base_automation_id": rule.id,
                    "usage": "base_automation",
                    "state": "object_write",
                    "update_path": "stage_id",
                    "resource_ref": f"{self.stages['follow_up']._name},"
                    f"{self.stages['follow_up'].id}",
                    "value": str(self.stages["follow_up"].id),
                }
            )
            ticket.priority = "3"

        def by_team(ticket):
            # reception is not for this team: its first stage is the follow-up
            self.stages["follow_up"].sequence = 1
            self.stages["reception"].team_ids = self.team
            ticket.team_id = other

        for way in (
            by_drag,
            by_action,
            by_form,
            by_load,
            by_import,
            by_own_handler,
            by_configuration,
            by_rule,
            by_team,
        ):
            with self.subTest(way.__name__):
                ticket = self.create_complaint()
                with self.at(self.clock + DAY):
                    way(ticket)
                ticket = ticket.sudo()
                self.assertStates(
                    ticket,
                    acknowledge="cancelled",
                    respond="cancelled",
                    own="met",
                    resolve="met",
                    follow_up="running",
                )
                for row in self.promises(ticket, "resolve"):
                    self.assertEqual(row.reached_at, self.clock + DAY)
                follow_up = self.promises(ticket, "follow_up")
                self.assertEqual(follow_up.started_at, self.clock + DAY)
                self.assertEqual(follow_up.deadline, self.end_of(10))
                self.assertEqual(ticket.complaint_deadline, self.end_of(10))
                self.assertEqual(ticket.complaint_next_milestone, "follow_up")
                self.assertShown(ticket)

    def test_a_duplicate_promises_nothing_of_its_own(self):
        """Nor does it count as resolved in time."""
        for stage in (self.stages["closed"], False):
            ticket = self.create_complaint().sudo()
            ticket.duplicate_id = self.create_complaint()
            if stage:
                ticket.stage_id = stage
            self.assertStates(ticket, resolve="cancelled", follow_up="cancelled")
            self.assertShown(ticket)
            # it was no duplicate after all
            ticket.duplicate_id = False
            expected = "running" if not stage else "met"
            self.assertStates(ticket, resolve=expected)
            self.assertShown(ticket)

    def test_reopening_starts_anew_and_leaves_the_first_time_on_record(self):
        ticket = self.create_complaint()
        with self.at(self.clock + 6 * DAY):
            self.move(ticket, "closed")
        self.assertEqual(ticket.complaint_sla_state, "missed")
        first = self.promises(ticket)
        record = first.read()
        ways = {
            "drag": lambda: self.move(ticket, "hearing"),
            "action": ticket.action_complaint_reopen,
        }
        for cycle, (name, reopen) in enumerate(ways.items(), start=2):
            again = self.clock + cycle * 5 * DAY
            with self.subTest(name), self.at(again):
                reopen()
                self.assertStates(
                    ticket,
                    cycle=cycle,
                    respond="running",
                    own="running",
                    resolve="running",
                    follow_up="waiting",
                )
                for row in self.promises(ticket, "resolve", cycle):
                    self.assertEqual(row.started_at, again)
                self.assertEqual(ticket.complaint_sla_state, "on_track")
                self.assertShown(ticket)
                self.assertEqual(first.read(), record)
                self.move(ticket, "closed")
                self.assertStates(ticket, cycle=cycle, own="met", resolve="met")
                # the first answer was missed, and stays so
                self.assertEqual(ticket.complaint_sla_state, "missed")

    def test_withdrawing_drops_what_is_open(self):
        for acknowledged, state in ((False, "none"), (True, "met")):
            channel = self.channel_email if acknowledged else self.channel_letter
            ticket = self.create_complaint(channel_id=channel.id)
            with self.at(self.clock + DAY):
                ticket.action_complaint_withdraw()
            self.assertStates(
                ticket,
                acknowledge="met" if acknowledged else "cancelled",
                respond="cancelled",
                own="cancelled",
                resolve="cancelled",
                follow_up="cancelled",
            )
            self.assertEqual(ticket.complaint_sla_state, state)
            self.assertFalse(ticket.complaint_deadline)
            self.assertShown(ticket)

    def test_following_up_reaches_the_last_promise(self):
        ticket = self.create_complaint()
        ticket.action_complaint_resolve()
        with self.at(self.clock + 2 * DAY):
            ticket._complaint_record_follow_up("restored")
        self.assertStates(ticket, follow_up="met")
        self.assertEqual(ticket.complaint_sla_state, "met")

    def test_following_up_what_was_closed_at_once_counts_as_well(self):
        ticket = self.create_complaint()
        self.move(ticket, "closed")
        self.assertStates(ticket, follow_up="cancelled")
        with self.at(self.clock + 2 * DAY):
            ticket._complaint_record_follow_up("restored")
        self.assertStates(ticket, follow_up="met")

    # ---------------------------------------------------
    # Acknowledging
    # ---------------------------------------------------

    def test_every_way_of_acknowledging_reaches_the_promise(self):
        def by_action(ticket):
            ticket.action_complaint_acknowledge()

        def by_call(ticket):
            ticket.with_context(
                complaint_acknowledge_by="phone"
            ).action_complaint_acknowledge()

        def by_activity(ticket):
            ticket.activity_ids.action_feedback()

        for way in (by_action, by_call, by_activity):
            with self.subTest(way.__name__):
                ticket = self.create_complaint()
                with self.at(self.clock + HOUR):
                    way(ticket)
                self.assertStates(ticket, acknowledge="met", own="running")
                self.assertShown(ticket)

    def test_failed_mail_takes_the_acknowledgement_back(self):
        ticket = self.create_complaint(channel_id=self.channel_email.id)
        self.assertStates(ticket, acknowledge="met")
        ticket.sudo()._complaint_acknowledgement_failed("No such mailbox")
        self.assertStates(ticket, acknowledge="running")
        self.assertEqual(self.promises(ticket, "acknowledge").deadline, self.end_of(3))
        self.assertShown(ticket)

    def test_nobody_to_answer_is_never_late(self):
        """A letter without a name that lay in a tray for a week."""
        ticket = self.create_complaint(
            partner_id=False, complaint_received_at=self.clock - 8 * DAY
        )
        self.assertEqual(ticket.complaint_acknowledged_by, "not_applicable")
        self.assertStates(ticket, resolve="running")
        for kind in ("acknowledge", "respond"):
            for row in self.promises(ticket, kind):
                self.assertEqual(row.state, "cancelled", kind)
                self.assertFalse(row.breached_at)
        late = self.env.ref("crm_complaints.mail_activity_type_late")
        self.assertEqual(
            len(
                ticket.sudo().activity_ids.filtered(
                    lambda a: a.activity_type_id == late
                )
            ),
            1,
            "late with the answer that we promised ourselves, and with nothing else",
        )

    # ---------------------------------------------------
    # Pausing
    # ---------------------------------------------------

    def test_only_our_own_promise_stands_still(self):
        stage = self.create_stage("agreement", complaint_pause=True)
        ticket = self.create_complaint()
        with self.at(self.clock + DAY):
            ticket.stage_id = stage
        self.assertStates(ticket, own="paused", resolve="running", respond="running")
        self.assertShown(ticket)
        with self.at(self.clock + 4 * DAY):
            self.move(ticket, "agreement")
        self.assertStates(ticket, own="running", resolve="running")
        own, legal = self.promises(ticket, "resolve")
        self.assertEqual(own.deadline, self.end_of(10))
        self.assertEqual(own.original_deadline, self.end_of(7))
        self.assertEqual(legal.deadline, self.end_of(16))
        self.assertShown(ticket)

    def test_an_answer_ends_the_wait(self):
        stage = self.create_stage("agreement", complaint_pause=True)
        ticket = self.create_complaint(stage_id=stage.id)
        self.assertStates(ticket, own="paused")
        with self.at(self.clock + DAY):
            self.assertEqual(ticket._complaint_end_waiting(), ticket)
            self.assertStates(ticket, own="running", resolve="running")
            self.assertEqual(ticket.stage_id, stage)
            self.assertFalse(ticket._complaint_end_waiting(), "once")
        own, _legal = self.promises(ticket, "resolve")
        self.assertEqual(own.deadline, self.end_of(8))
        with self.at(self.clock + 2 * DAY):
            ticket.complaint_severity = "critical"
            self.assertStates(ticket, own="running")
            self.move(ticket, "hearing")
            ticket.stage_id = stage
            self.assertStates(ticket, own="paused")
        self.assertShown(ticket)

    def test_stage_in_use_begins_and_ceases_to_pause(self):
        stage = self.create_stage("agreement")
        ticket = self.create_complaint(stage_id=stage.id)
        archived = self.create_complaint(stage_id=stage.id)
        archived.active = False
        other = self.create_complaint(
            user=self.handler_b, team_id=self.team_b.id, stage_id=stage.id
        )
        with self.at(self.clock + DAY):
            stage.with_user(self.manager).complaint_pause = True
        for one in (ticket, other):
            self.assertStates(one, own="paused", resolve="running")
            self.assertShown(one)
        self.assertStates(archived, own="cancelled")
        with self.at(self.clock + 3 * DAY):
            stage.with_user(self.manager).complaint_pause = False
        own, _legal = self.promises(ticket, "resolve")
        self.assertEqual((own.state, own.deadline), ("running", self.end_of(9)))
        self.assertShown(ticket | other.sudo() | archived)

    def test_stage_that_a_hand_over_brings_with_it(self):
        """helpdesk_mgmt looks for another stage where a team has lost its own."""
        waiting = self.create_stage("reception", sequence=1, complaint_pause=True)
        waiting.team_ids = self.team
        ticket = self.create_complaint(stage_id=self.stages["hearing"].id)
        self.stages["hearing"].team_ids = self.team.copy({"name": "Second line"})
        ticket.user_id = self.leader
        self.assertEqual(ticket.stage_id, waiting)
        self.assertStates(ticket, own="paused", resolve="running")

    def test_archived_while_it_stood_still_it_is_not_late_when_it_comes_back(self):
        stage = self.create_stage("agreement", complaint_pause=True)
        ticket = self.create_complaint(stage_id=stage.id)
        with self.at(self.clock + 9 * DAY):
            ticket.active = False
        with self.at(self.clock + 10 * DAY):
            ticket.active = True
            self.assertStates(ticket, own="paused")

    # ---------------------------------------------------
    # Ordinary tickets, archived ones, and back
    # ---------------------------------------------------

    def test_archiving_ends_the_clock_and_restoring_goes_on_with_it(self):
        ticket = self.create_complaint()
        before = [
            (row.milestone, row.state, row.deadline) for row in self.promises(ticket)
        ]
        with self.at(self.clock + HOUR):
            ticket.active = False
            self.assertEqual(ticket.complaint_sla_state, "none")
            self.assertFalse(ticket.complaint_deadline)
            self.assertShown(ticket)
        with self.at(self.clock + 2 * HOUR):
            ticket.active = True
        self.assertEqual(
            [(row.milestone, row.state, row.deadline) for row in self.promises(ticket)],
            before,
        )
        self.assertShown(ticket)

    def test_put_back_and_registered_again(self):
        ticket = self.create_ticket(
            user=self.handler,
            partner_id=self.customer.id,
            channel_id=self.channel_letter.id,
            user_id=False,
        )
        ticket.action_complaint_register()
        self.assertStates(ticket, acknowledge="running", resolve="running")
        with self.at(self.clock + HOUR):
            ticket.action_complaint_unregister()
        self.assertFalse(
            [state for state in self.states(ticket).values() if state in OPEN]
        )
        self.assertFalse(ticket.complaint_deadline)
        with self.at(self.clock + 4 * DAY):
            ticket.action_complaint_register()
        # the customer waited all the time
        self.assertStates(
            ticket, acknowledge="breached", respond="breached", resolve="running"
        )
        self.assertEqual(len(self.promises(ticket)), 5)
        self.assertEqual(self.promises(ticket, "acknowledge").started_at, self.clock)
        self.assertShown(ticket)

    # ---------------------------------------------------
    # Other terms
    # ---------------------------------------------------

    def test_corrected_date_of_receipt_moves_the_dates(self):
        ticket = self.create_complaint()
        with Form(ticket, FORM) as form:
            form.complaint_received_at = self.clock - DAY
        self.assertEqual(
            self.promises(ticket, "resolve").mapped("deadline"),
            [self.end_of(6), self.end_of(15)],
        )
        self.assertEqual(ticket.complaint_deadline, self.end_of(2))
        self.assertShown(ticket)

    def test_corrected_date_moves_the_first_news_as_well(self):
        self.create_policy(("update", 5), sequence=1)
        ticket = self.create_complaint()
        ticket.complaint_received_at = self.clock - 2 * DAY
        self.assertEqual(self.promises(ticket, "update").deadline, self.end_of(5))

    def test_what_the_match_hangs_on_recalculates_from_the_first_start(self):
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Tag"})
        category = self.env["helpdesk.ticket.category"].create({"name": "Category"})
        for condition, change in (
            (
                {"channel_ids": self.channel_phone.ids},
                {"channel_id": self.channel_phone.id},
            ),
            ({"tag_ids": tag.ids}, {"tag_ids": [Command.link(tag.id)]}),
            ({"category_ids": category.ids}, {"category_id": category.id}),
            ({"severity": "critical"}, {"complaint_severity": "critical"}),
            ({"kind": "claim"}, {"complaint_kind": "claim"}),
            (
                {"partner_domain": "[('is_company', '=', True)]"},
                {"partner_id": self.customer_company.id},
            ),
        ):
            policy = self.create_policy(("resolve", 2), sequence=1, **condition)
            ticket = self.create_complaint()
            with self.subTest(condition):
                with self.at(self.clock + DAY):
                    ticket.write(change)
                self.assertEqual(ticket.complaint_policy_id, policy)
                legal = self.promises(ticket, "resolve").filtered(
                    lambda row: row.state in OPEN
                )
                self.assertEqual(legal.started_at, self.clock)
                self.assertEqual(legal.deadline, self.end_of(4))
                self.assertEqual(ticket.complaint_sla_state, "on_track")
                # and there is no other milestone
                self.assertEqual(len(legal), 1)
                self.assertStates(ticket, own="cancelled", respond="cancelled")
                self.assertShown(ticket)
            policy.active = False

    def test_team_in_another_time_zone(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Tokyo", "tz": "Asia/Tokyo", "company_id": self.company_a.id}
        )
        tokyo = self.team.copy({"name": "Tokyo", "complaint_calendar_id": calendar.id})
        ticket = self.create_complaint()
        ticket.with_user(self.leader).team_id = tokyo
        self.assertEqual(
            self.promises(ticket.sudo(), "resolve").mapped("deadline"),
            [self.end_of(7, 14), self.end_of(16, 14)],
        )
        self.assertShown(ticket.sudo())

    def test_team_of_another_company(self):
        both = self.create_user(
            "both", "Berta Both", "user", self.company_a | self.company_b
        )
        self.create_policy(
            ("resolve", 3), sequence=1, company_id=self.company_b.id, name="B's own"
        )
        ticket = self.create_complaint().with_user(both)
        ticket = ticket.with_context(
            allowed_company_ids=(self.company_a | self.company_b).ids
        )
        ticket.write({"team_id": self.team_b.id, "company_id": self.company_b.id})
        legal = self.promises(ticket.sudo(), "resolve").filtered(
            lambda row: row.state in OPEN
        )
        # the end of the third day in New York
        self.assertEqual(legal.mapped("deadline"), [datetime(2026, 3, 6, 4, 59, 59)])
        self.assertEqual(ticket.complaint_policy_id.name, "B's own")
        self.assertShown(ticket.sudo())

    def test_edited_policy_leaves_open_complaints_as_they_are(self):
        ticket = self.create_complaint()
        before = [
            (row.milestone, row.state, row.deadline, row.delay)
            for row in self.promises(ticket)
        ]

        def unchanged():
            # any change that makes the clock settle again
            self.move(
                ticket, "hearing" if ticket.complaint_phase != "hearing" else "calming"
            )
            self.assertEqual(
                [
                    (row.milestone, row.state, row.deadline, row.delay)
                    for row in self.promises(ticket)
                ],
                before,
            )

        policy = self.policy.with_user(self.manager)
        policy.target_ids.filtered("pausable").delay = 2
        unchanged()
        policy.target_ids.filtered(lambda t: t.milestone == "respond").unlink()
        unchanged()
        self.assertFalse(self.promises(ticket, "respond").target_id)
        policy.active = False
        unchanged()
        policy.active = True
        fresh = self.create_complaint()
        self.assertFalse(self.promises(fresh, "respond"))
        self.assertEqual(self.promises(fresh, "resolve")[0].deadline, self.end_of(4))
        # until somebody applies it
        wizard = self.env["complaint.policy.apply"].with_user(self.manager)
        wizard.create({"policy_id": policy.id}).action_apply()
        self.assertEqual(self.promises(ticket, "resolve")[0].deadline, self.end_of(4))
        self.assertStates(ticket, respond="cancelled")
        self.assertShown(ticket)

    def test_deleted_policy_leaves_open_complaints_as_they_are(self):
        ticket = self.create_complaint()
        self.policy.with_user(self.manager).unlink()
        self.assertEqual(len(self.promises(ticket)), 5)
        self.move(ticket, "hearing")
        self.assertStates(ticket, resolve="running", own="running")
        self.move(ticket, "follow_up")
        self.assertStates(ticket, resolve="met", own="met", follow_up="running")
        self.assertShown(ticket)

    def test_deleted_calendar_is_no_error(self):
        calendar = self.env["resource.calendar"].create(
            {"name": "Tokyo", "tz": "Asia/Tokyo", "company_id": self.company_a.id}
        )
        self.team.complaint_calendar_id = calendar
        ticket = self.create_complaint()
        self.assertEqual(ticket.complaint_deadline, self.end_of(3, 14))
        calendar.unlink()
        self.assertEqual(ticket.complaint_deadline, self.end_of(3, 14))
        self.move(ticket, "hearing")
        self.assertEqual(ticket.complaint_deadline, self.end_of(3, 14))
        self.assertEqual(self.create_complaint().complaint_deadline, self.end_of(3))

    def test_company_without_hours_counts_around_the_clock(self):
        self.create_policy(
            ("resolve", 16, {"working_time": True, "delay_unit": "hour"}), sequence=1
        )
        self.company_a.resource_calendar_id = False
        ticket = self.create_complaint()
        self.assertEqual(ticket.complaint_deadline, self.clock + 16 * HOUR)
        self.assertEqual(ticket.complaint_working_days_left, 1)

    def test_working_hours_are_the_teams_then_the_companys(self):
        self.create_policy(
            ("resolve", 16, {"working_time": True, "delay_unit": "hour"}), sequence=1
        )
        # eight hours a day from eight to five in Brussels; it is ten there
        self.assertEqual(
            self.create_complaint().complaint_deadline, datetime(2026, 3, 4, 9, 0)
        )
        self.team.complaint_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Four hours a day",
                "tz": "UTC",
                "company_id": self.company_a.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": "Morning",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 12,
                            }
                        )
                        for day in range(5)
                    ),
                ],
            }
        )
        self.assertEqual(
            self.create_complaint().complaint_deadline, datetime(2026, 3, 6, 9, 0)
        )

    # ---------------------------------------------------
    # What is shown
    # ---------------------------------------------------

    def test_promised_date_is_the_one_that_can_still_be_kept(self):
        ticket = self.create_complaint()
        self.assertEqual(ticket.complaint_promised_at, self.end_of(7))
        with self.at(self.end_of(7)):
            self.env.invalidate_all()
            self.assertEqual(ticket.complaint_promised_at, self.end_of(16))
        with self.at(self.end_of(17)):
            self.env.invalidate_all()
            self.assertFalse(ticket.complaint_promised_at)
        self.move(ticket, "closed")
        self.assertFalse(ticket.complaint_promised_at)

    def test_promised_date_counted_from_the_acknowledgement_being_written(self):
        self.create_policy(
            ("acknowledge", 2),
            ("resolve", 10, {"start_event": "acknowledged"}),
            sequence=1,
        )
        ticket = self.create_complaint()
        with self.at(self.clock + DAY):
            self.env.invalidate_all()
            self.assertEqual(ticket.complaint_promised_at, self.end_of(13))
            ticket.action_complaint_acknowledge()
            self.assertEqual(ticket.complaint_promised_at, self.end_of(13))
            self.assertStates(ticket, resolve="running")

    def test_working_days_left(self):
        ticket = self.create_complaint()
        ticket.action_complaint_acknowledge()
        ticket.sudo().complaint_responded_at = self.clock
        # due on Saturday, the seventh
        for user in (self.handler, self.leader, self.team_handler):
            for day, left in ((2, 4), (5, 1), (6, 0), (7, 0), (8, 0)):
                with self.at(datetime(2026, 3, day, 9, 0)):
                    self.env.invalidate_all()
                    self.assertEqual(
                        ticket.with_user(user).complaint_working_days_left, left
                    )

    def test_wakes_up_for_the_next_event(self):
        ticket = self.create_complaint()
        for row in self.promises(ticket):
            self.assertEqual(
                bool(row.next_event_at), row.state in ("running", "at_risk")
            )
        first = min(filter(None, self.promises(ticket).mapped("next_event_at")))
        with self.at(first - timedelta(seconds=1)):
            self.assertEqual(self.env["complaint.milestone"]._sweep(100), 0)
        with self.at(first):
            self.assertEqual(self.env["complaint.milestone"]._sweep(100), 1)
        self.assertStates(ticket, acknowledge="at_risk")
        self.assertEqual(ticket.complaint_sla_state, "at_risk")
        self.assertShown(ticket)

    def reachable(self, some):
        """Return the stages to which all of these may be moved."""
        now_in = set(some.mapped("complaint_phase"))
        barred = set()
        if now_in & {"follow_up", "closed"}:
            barred.add("withdrawn")
        if "withdrawn" in now_in:
            barred |= {"follow_up", "closed"}
        return [s for phase, s in self.stages.items() if phase not in barred]

    def test_any_history_leaves_what_is_shown_right(self):
        """Random steps by random users, in any order; the sweep runs in between."""
        pausing = self.create_stage("agreement", complaint_pause=True)
        tickets = self.create_complaint()
        for number in range(3):
            tickets |= self.create_complaint(
                complaint_received_at=self.clock - number * DAY,
                partner_id=number < 2 and self.customer.id,
            )
        chance = random.Random(7)
        now = self.clock
        staff = (self.leader, self.handler, self.manager)

        def move(some):
            # what was withdrawn has to be decided anew
            undecided = some.filtered(lambda t: not t.complaint_outcome)
            undecided.complaint_outcome = "upheld"
            stages = self.reachable(some)
            some.stage_id = chance.choice([*stages, pausing])

        def restore(some):
            some.active = True

        def archive(some):
            some.active = False

        def acknowledge(some):
            some.action_complaint_acknowledge()

        def hear(some):
            for one in some:
                one.message_post(
                    body="We are looking into it.",
                    partner_ids=self.customer.ids,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )

        def receive(some):
            some.complaint_received_at = now - chance.randrange(4) * DAY

        def grade(some):
            some.complaint_severity = chance.choice(("minor", "critical"))

        def sweep(some):
            self.env["complaint.milestone"]._sweep(500)

        self.create_policy(
            ("update", 2), ("resolve", 4), severity="critical", sequence=1
        )
        ways = (move, move, move, restore, archive, acknowledge, hear, receive, grade)
        breaches = {}
        for _step in range(60):
            now += chance.randrange(20) * HOUR
            with self.at(now):
                some = self.Ticket.browse(chance.sample(tickets.ids, 2))
                way = chance.choice([*ways, sweep, sweep])
                way(some.with_user(chance.choice(staff)))
                self.assertShown(tickets)
                for row in tickets.sudo().complaint_milestone_ids:
                    # unless the date it was judged by was corrected
                    if row in breaches and way is not receive:
                        self.assertEqual(row.breached_at, breaches[row], way)
                    breaches.pop(row, None)
                    if row.breached_at:
                        breaches[row] = row.breached_at
                        self.assertNotIn(row.state, ("met", "cancelled"))
                    expected = row._to_value().next_event_at or False
                    self.assertEqual(row.next_event_at, expected)
                # settling again changes nothing
                some.sudo()._complaint_settle()
                rows = tickets.sudo().complaint_milestone_ids
                before = [row._to_value() for row in rows]
                some.sudo()._complaint_settle()
                after = tickets.sudo().complaint_milestone_ids
                self.assertEqual(after, rows, way)
                self.assertEqual([row._to_value() for row in rows], before, way)


@tagged("post_install", "-at_install")
class TestClockQueries(ClockCommon):
    def queries(self, function, *args):
        """Return the queries of ``function``, writing included."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function(*args)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def many(self, count, **vals):
        return self.Ticket.with_user(self.handler).create(
            [
                {
                    "name": f"T{number}",
                    "description": "D",
                    "team_id": self.team.id,
                    "partner_id": self.customer.id,
                    "channel_id": self.channel_letter.id,
                    **vals,
                }
                for number in range(count)
            ]
        )

    def test_searching_sorting_and_grouping_is_one_query(self):
        self.many(5)
        Ticket = self.Ticket.with_user(self.handler)
        domains = (
            [("complaint_sla_state", "=", "on_track")],
            [("complaint_sla_state", "in", ["breached", "at_risk"])],
            [("complaint_deadline", "<", "2026-03-05 00:00:00")],
            [("complaint_deadline", "=", False), ("is_complaint", "=", True)],
        )
        for domain in domains:
            for order in ("complaint_deadline", "complaint_sla_state desc, id"):
                with self.subTest(domain=domain, order=order):

                    def search(domain=tuple(domain), order=order):
                        Ticket.search(list(domain), order=order)

                    search()
                    self.assertLessEqual(self.warm(search), 1)
        for groupby in ("complaint_sla_state", "complaint_deadline:day"):

            def group(groupby=groupby):
                Ticket._read_group(
                    [("is_complaint", "=", True)], [groupby], ["__count"]
                )

            with self.subTest(groupby):
                group()
                self.assertLessEqual(self.warm(group), 1)

    def warm(self, function):
        """Return the queries of ``function`` when access rights are cached."""
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        function()
        return self.env.cr.sql_log_count - before

    def test_settling_many_takes_the_queries_of_few(self):
        def settle(tickets):
            tickets.sudo()._complaint_settle(rematch=True)

        def hear(tickets):
            tickets.sudo()._complaint_settle(heard_at=fields.Datetime.now())

        def start(tickets):
            tickets.sudo().complaint_milestone_ids.unlink()
            tickets.sudo()._complaint_settle(rematch=True)

        def archive(tickets):
            tickets.sudo().active = False

        few, many = self.many(3), self.many(30)
        for way in (settle, hear, start, archive):
            with self.subTest(way.__name__), self.at(self.clock + DAY):
                self.queries(way, self.many(2))
                self.assertLessEqual(
                    self.queries(way, many), self.queries(way, few) + 2
                )

    def test_late_ones_of_many_days_are_settled_with_few_queries(self):
        """Each has dates of its own, so nothing can be written for all alike."""

        def of_many_days(count):
            tickets = self.many(count)
            for number, ticket in enumerate(tickets):
                ticket.complaint_received_at = self.clock - number * 7 * HOUR
            return tickets

        def settle(tickets):
            tickets.sudo()._complaint_settle(rematch=True)

        rules = self.env["base.automation"].search([])
        for with_rules, each in ((False, 0.1), (True, 6)):
            self.policy.active = False
            warm_up, few, many = map(of_many_days, (2, 3, 30))
            self.policy.active = True
            rules.active = with_rules
            self.queries(settle, warm_up)
            low, high = self.queries(settle, few), self.queries(settle, many)
            with self.subTest(rules=with_rules):
                self.assertLessEqual(high, low + 27 * each)


@tagged("post_install", "-at_install")
class TestFirstPersonalAnswer(ClockCommon, ComplaintMailCommon):
    """First reply: noted when staff write to the customer or speak with them."""

    def setUp(self):
        super().setUp()
        self.ticket = self.create_complaint(user_id=self.handler.id)
        self.later = self.clock + HOUR
        self.frozen.move_to(self.later)
        self.addCleanup(self.frozen.move_to, self.clock)

    def assertAnswered(self, ticket=None, at=None):
        ticket = (ticket or self.ticket).sudo()
        self.assertEqual(ticket.complaint_responded_at, at or self.later)
        self.assertStates(ticket, respond="met")
        self.assertEqual(self.promises(ticket, "respond").reached_at, at or self.later)
        self.assertShown(ticket)

    def assertNotAnswered(self, ticket=None):
        ticket = (ticket or self.ticket).sudo()
        self.assertFalse(ticket.complaint_responded_at)
        self.assertStates(ticket, respond="running")

    def post(self, user, partners=None, subtype="mail.mt_comment", **kwargs):
        return self.ticket.with_user(user).message_post(
            body="We are looking into it.",
            partner_ids=(partners or self.env["res.partner"]).ids,
            message_type="comment",
            subtype_xmlid=subtype,
            **kwargs,
        )

    # ---------------------------------------------------
    # Written in Odoo
    # ---------------------------------------------------

    def test_comment_to_the_customer_by_staff_of_any_role(self):
        for user in (
            self.leader,
            self.handler,
            self.team_handler,
            self.own_handler,
            self.manager,
            self.outsider,
        ):
            with self.subTest(user.name):
                self.ticket = self.create_complaint(
                    user_id=user.id if user == self.own_handler else self.handler.id
                )
                self.post(user, self.customer)
                self.assertAnswered()

    def test_comment_to_a_customer_who_follows(self):
        self.ticket.sudo().message_subscribe(self.customer.ids)
        self.post(self.handler)
        self.assertAnswered()

    def test_comment_to_somebody_else_at_the_customers(self):
        self.post(self.handler, self.customer_company)
        self.assertAnswered()

    def test_comment_among_ourselves(self):
        self.post(self.handler)
        self.post(self.handler, self.leader.partner_id)
        self.assertNotAnswered()

    def test_comment_among_ourselves_where_nobody_is_known_to_be_the_customer(self):
        self.ticket = self.create_complaint(partner_id=False)
        self.post(self.handler, self.leader.partner_id)
        self.assertFalse(self.ticket.complaint_responded_at)

    def test_internal_note(self):
        self.ticket.sudo().message_subscribe(self.customer.ids)
        self.post(self.handler, subtype="mail.mt_note")
        self.post(self.handler, self.customer, subtype="mail.mt_note")
        self.assertNotAnswered()

    def test_question_to_a_supplier(self):
        supplier = self.env["res.partner"].create(
            {"name": "Carrier", "email": "carrier@parcels.example"}
        )
        self.post(self.handler, supplier)
        self.assertNotAnswered()

    def test_customer_on_the_portal(self):
        self.ticket.sudo().message_subscribe(
            (self.customer | self.customer_company).ids
        )
        self.ticket.with_user(self.portal_user).sudo().message_post(
            body="Any news?",
            author_id=self.customer.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertNotAnswered()

    def test_odoobot(self):
        self.ticket.sudo().message_post(
            body="Thank you.",
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=self.customer.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertNotAnswered()

    def test_only_the_first_is_noted(self):
        self.post(self.handler, self.customer)
        with self.at(self.later + DAY):
            self.post(self.leader, self.customer)
        self.assertAnswered()

    def test_after_a_reopening_the_second_answer_keeps_the_second_promise(self):
        self.post(self.handler, self.customer)
        self.move(self.ticket, "closed")
        with self.at(self.later + 9 * DAY):
            self.move(self.ticket, "hearing")
            self.assertStates(self.ticket, cycle=2, respond="running")
        with self.at(self.later + 10 * DAY):
            self.post(self.handler, self.customer)
        self.assertStates(self.ticket, cycle=2, respond="met")
        self.assertEqual(self.ticket.complaint_responded_at, self.later)
        self.assertEqual(
            self.promises(self.ticket, "respond").mapped("reached_at"),
            [self.later, self.later + 10 * DAY],
        )

    def test_composer(self):
        for mode, to in (
            ("comment", {"partner_ids": self.customer.ids}),
            ("mass_mail", {}),
        ):
            with self.subTest(mode):
                self.ticket = self.create_complaint()
                composer = (
                    self.env["mail.compose.message"]
                    .with_user(self.handler)
                    .create(
                        {
                            "composition_mode": mode,
                            "model": "helpdesk.ticket",
                            "res_ids": str(self.ticket.ids),
                            "subject": "Your complaint",
                            "body": "<p>We are looking into it.</p>",
                            **to,
                        }
                    )
                )
                composer._action_send_mail()
                self.assertAnswered()

    def test_composer_for_a_note(self):
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.handler)
            .create(
                {
                    "composition_mode": "comment",
                    "model": "helpdesk.ticket",
                    "res_ids": str(self.ticket.ids),
                    "body": "<p>He is right.</p>",
                    "subtype_id": self.env.ref("mail.mt_note").id,
                }
            )
        )
        composer._action_send_mail()
        self.assertNotAnswered()

    def scheduled(self, **vals):
        return (
            self.env["mail.scheduled.message"]
            .with_user(self.handler)
            .create(
                {
                    "author_id": self.handler.partner_id.id,
                    "model": "helpdesk.ticket",
                    "res_id": self.ticket.id,
                    "body": "<p>We are looking into it.</p>",
                    "scheduled_date": self.later + HOUR,
                    **vals,
                }
            )
        )

    def test_message_written_now_and_sent_later(self):
        self.scheduled(partner_ids=self.customer.ids)
        self.assertNotAnswered()
        sent = self.later + 2 * HOUR
        with self.at(sent):
            self.env["mail.scheduled.message"]._post_messages_cron()
        self.assertAnswered(at=sent)

    def test_note_written_now_and_posted_later(self):
        self.scheduled(is_note=True)
        with self.at(self.later + 2 * HOUR):
            self.env["mail.scheduled.message"]._post_messages_cron()
        self.assertNotAnswered()

    # ---------------------------------------------------
    # By mail
    # ---------------------------------------------------

    def test_the_automatic_receipt(self):
        for ticket in (
            self.receive(),
            self.create_complaint(channel_id=self.channel_email.id),
        ):
            self.assertTrue(ticket.sudo().complaint_acknowledged_at)
            self.assertNotAnswered(ticket)

    def test_the_customers_own_mails(self):
        ticket = self.receive(Message_Id="<first@novak.example>")
        self.receive(
            Subject="Re: Broken on arrival", In_Reply_To="<first@novak.example>"
        )
        mails = ticket.sudo().message_ids.filtered(lambda m: m.message_type == "email")
        self.assertEqual(len(mails), 2)
        self.assertNotAnswered(ticket)

    def answer_by_mail(self, **headers):
        ticket = self.receive(Message_Id=f"<{headers['Message_Id']}0>")
        headers = {
            "From": self.handler.email_formatted,
            "To": "peter@novak.example",
            "Cc": self.team.alias_email,
            "Subject": "Re: Broken on arrival",
            "References": f"<{headers['Message_Id']}0>",
            "Message_Id": f"<{headers['Message_Id']}>",
            **{name: headers[name] for name in headers if name != "Message_Id"},
        }
        self.assertEqual(self.receive(**headers), ticket)
        return ticket

    def test_staffs_own_mail_program_with_the_desk_in_copy(self):
        ticket = self.answer_by_mail(Message_Id="a@staff.example.com")
        self.assertAnswered(ticket)

    def test_staffs_own_mail_program_to_the_desk_only(self):
        ticket = self.answer_by_mail(
            Message_Id="b@staff.example.com", To=self.team.alias_email, Cc=None
        )
        self.assertNotAnswered(ticket)

    def test_mail_program_with_a_clock_of_its_own(self):
        ticket = self.answer_by_mail(
            Message_Id="c@staff.example.com", Date="Tue, 03 Mar 2037 10:00:00 +0000"
        )
        self.assertAnswered(ticket)

    # ---------------------------------------------------
    # By rules
    # ---------------------------------------------------

    def rule(self, **vals):
        model = self.env["ir.model"]._get("helpdesk.ticket")
        template = self.env["mail.template"].create(
            {
                "name": "We go on",
                "model_id": model.id,
                "subject": "Your complaint",
                "body_html": "<p>We are looking into it.</p>",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        automation = self.env["base.automation"].create(
            {
                "name": "Write when it gets urgent",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                "filter_domain": "[('priority', '=', '3')]",
            }
        )
        self.env["ir.actions.server"].create(
            {
                "name": "Write",
                "model_id": model.id,
                "base_automation_id": automation.id,
                "usage": "base_automation",
                "state": "mail_post",
                "template_id": template.id,
                **vals,
            }
        )

    def test_template_sent_by_a_rule(self):
        for method in ("comment", "email"):
            self.rule(mail_post_method=method)
        for user in (self.handler, self.env.ref("base.user_root")):
            with self.subTest(user.name):
                self.ticket = self.create_complaint()
                self.ticket.with_user(user).priority = "3"
                self.env.flush_all()
                self.assertNotAnswered()

    def test_template_of_a_stage(self):
        self.stages["hearing"].mail_template_id = self.env["mail.template"].create(
            {
                "name": "We listen",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "Your complaint",
                "body_html": "<p>We are looking into it.</p>",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        self.move(self.ticket, "hearing")
        self.cr.flush()
        self.assertTrue(
            self.env["mail.mail"].search([("subject", "=", "Your complaint")])
        )
        self.assertNotAnswered()

    # ---------------------------------------------------
    # Spoken, or written by hand
    # ---------------------------------------------------

    def planned(self, xmlid, user=None):
        return self.ticket.sudo().activity_schedule(
            xmlid, user_id=(user or self.handler).id
        )

    def done(self, activity, user):
        activity.with_user(user).action_feedback(feedback="Done")

    def test_calls(self):
        for xmlid in (
            "crm_complaints.mail_activity_type_call_back",
            "mail.mail_activity_data_call",
        ):
            for user in (self.handler, self.own_handler):
                with self.subTest(xmlid=xmlid, user=user.name):
                    self.ticket = self.create_complaint(user_id=user.id)
                    self.done(self.planned(xmlid, user), user)
                    self.assertAnswered()

    def test_call_that_a_robot_ticks_off(self):
        call = self.planned("mail.mail_activity_data_call")
        call.with_user(self.env.ref("base.user_root")).action_feedback()
        self.assertNotAnswered()

    def test_a_word_in_person_and_a_letter_by_hand(self):
        for xmlid in (
            "crm_complaints.mail_activity_type_in_person",
            "crm_complaints.mail_activity_type_letter",
        ):
            with self.subTest(xmlid):
                self.ticket = self.create_complaint()
                self.done(self.planned(xmlid), self.handler)
                self.assertStates(self.ticket, acknowledge="met")
                self.assertAnswered()

    def test_acknowledged_by_hand_without_an_activity(self):
        for way in ("phone", "in_person", "letter", "fax"):
            with self.subTest(way):
                self.ticket = self.create_complaint()
                self.ticket.with_context(
                    complaint_acknowledge_by=way
                ).action_complaint_acknowledge()
                self.assertAnswered()

    def test_other_activities(self):
        self.done(self.planned("mail.mail_activity_data_todo"), self.handler)
        self.assertNotAnswered()
