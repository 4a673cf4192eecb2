"""Phases: dates and activities are right after every way of moving."""

from datetime import timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import ComplaintCommon

FOLLOW_UP = "crm_complaints.mail_activity_type_follow_up"


@tagged("post_install", "-at_install")
class TestMoves(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.later = cls.clock + timedelta(days=2)

    def planned(self, ticket):
        return ticket.sudo().activity_search([FOLLOW_UP])

    # ---------------------------------------------------
    # Resolving
    # ---------------------------------------------------

    def assertResolved(self, ticket, phase, at):
        self.assertEqual(ticket.complaint_phase, phase)
        self.assertEqual(ticket.complaint_resolved_at, at)
        self.assertFalse(ticket.complaint_promised_at)
        self.assertEqual(len(self.planned(ticket)), int(phase == "follow_up"))
        self.assertEqual(ticket.closed_date, at if phase == "closed" else False)

    def test_every_way_of_resolving_has_the_same_effect(self):
        other = self.team.copy(
            {"name": "Closes at once", "user_ids": [Command.set(self.handler.ids)]}
        )

        def by_action(ticket):
            ticket.action_complaint_resolve()

        def by_write(ticket):
            ticket.write({"stage_id": self.stages["follow_up"].id})

        def by_form(ticket):
            view = "crm_complaints.helpdesk_ticket_view_form_complaint"
            with Form(ticket, view) as form:
                form.stage_id = self.stages["follow_up"]

        def by_import(ticket):
            fields = [".id", "stage_id/.id"]
            row = [str(ticket.id), str(self.stages["follow_up"].id)]
            self.assertTrue(ticket.load(fields, [row])["ids"])

        def by_team(ticket):
            # reception is not for this team: its first stage is the follow-up
            self.stages["follow_up"].sequence = 1
            self.stages["reception"].team_ids = self.team
            ticket.team_id = other

        for way in (by_action, by_write, by_form, by_import, by_team):
            with self.subTest(way.__name__):
                ticket = self.create_complaint(channel_id=self.channel_visit.id)
                with self.at(self.later):
                    way(ticket)
                self.assertResolved(ticket, "follow_up", self.later)

    def test_created_or_imported_in_any_phase(self):
        for phase in self.stages:
            with self.subTest(phase):
                ticket = self.create_complaint(stage_id=self.stages[phase].id)
                self.assertEqual(ticket.complaint_phase, phase)
                resolved = phase in ("follow_up", "closed")
                ended = phase in ("closed", "withdrawn")
                self.assertEqual(bool(ticket.complaint_resolved_at), resolved)
                self.assertEqual(bool(ticket.closed_date), ended)
                self.assertEqual(
                    bool(ticket.complaint_promised_at), not resolved | ended
                )
                self.assertFalse(ticket.complaint_reopened_count)
                self.assertEqual(len(self.planned(ticket)), int(phase == "follow_up"))

    def test_imported_history_keeps_its_dates(self):
        resolved, closed = (
            self.clock - timedelta(days=9),
            self.clock - timedelta(days=2),
        )
        fields = [
            "name",
            "description",
            "team_id/.id",
            "stage_id/.id",
            "complaint_received_at",
            "complaint_resolved_at",
            "closed_date",
        ]
        row = [
            "Of last month",
            "Text",
            str(self.team.id),
            str(self.stages["closed"].id),
            "2026-02-10 08:00:00",
            str(resolved),
            str(closed),
        ]
        Ticket = self.Ticket.with_user(self.manager).with_context(import_file=True)
        result = Ticket.load(fields, [row])
        self.assertTrue(result["ids"], result["messages"])
        ticket = Ticket.browse(result["ids"])
        self.assertEqual(ticket.complaint_resolved_at, resolved)
        self.assertEqual(ticket.closed_date, closed)
        self.assertRegex(ticket.number, "^C/")

    def test_who_resolves_it_second_is_told_who_was_first(self):
        ticket = self.create_complaint(channel_id=self.channel_visit.id)
        first, second = (
            self.env["complaint.resolve"]
            .with_user(user)
            .create(
                {"ticket_id": ticket.id, "outcome": "upheld", "reason": "So it is."}
            )
            for user in (self.leader, self.handler)
        )
        first.action_resolve()
        self.flush_tracking()
        told = f"{self.leader.name} resolved this complaint on 2 March 2026, "
        with self.assertRaisesRegex(UserError, told):
            second.action_resolve()

    def test_of_history_one_date_stands_for_both(self):
        day = self.clock - timedelta(days=90)
        Ticket = self.Ticket.with_user(self.manager)._complaint_as_history()
        common = {
            "name": "Of last year",
            "description": "Text",
            "team_id": self.team.id,
            "partner_id": self.customer.id,
            "complaint_received_at": day - timedelta(days=5),
        }
        for phase, given, expected in (
            ("closed", {"closed_date": day}, (day, day)),
            ("closed", {"complaint_resolved_at": day}, (day, day)),
            ("follow_up", {"closed_date": day}, (day, False)),
            ("withdrawn", {"closed_date": day}, (False, day)),
        ):
            stage = self.stages[phase].id
            created = Ticket.create({**common, **given, "stage_id": stage})
            moved = Ticket.create(common)
            moved.write({**given, "stage_id": stage})
            for way, ticket in (("created", created), ("moved", moved)):
                with self.subTest(phase, way=way, given=given):
                    self.assertEqual(
                        (ticket.complaint_resolved_at, ticket.closed_date), expected
                    )

    def test_history_keeps_the_day_of_closing_where_it_says_none(self):
        stages = self.env["helpdesk.ticket.stage"]
        done = stages.create({"name": "Done", "closed": True})
        filed = stages.create(
            {"name": "Filed", "complaint_phase": "closed", "closed": True}
        )
        day = self.clock - timedelta(days=90)
        complaint = self.create_complaint()
        self.move(complaint, "closed")
        complaint.sudo().closed_date = day
        complaint.with_user(self.manager)._complaint_as_history().stage_id = filed
        self.assertEqual(complaint.closed_date, day)
        # ordinary tickets are closed as helpdesk_mgmt closes them
        ordinary = self.create_ticket().with_user(self.manager)
        ordinary._complaint_as_history().stage_id = done
        self.assertEqual(ordinary.closed_date, self.clock)

    def test_nothing_old_mails_or_reminds_anybody_by_itself(self):
        Ticket = self.Ticket.with_user(self.manager)._complaint_as_history()
        day = self.clock - timedelta(days=400)
        tickets = Ticket.create(
            [
                {
                    "name": f"Of last year {number}",
                    "description": "Text",
                    "team_id": self.team.id,
                    "partner_id": self.customer.id,
                    "user_id": self.handler.id,
                    "complaint_received_at": day,
                    "stage_id": self.stages[phase].id,
                    "complaint_outcome": "upheld",
                    **given,
                }
                for number, (phase, given) in enumerate(
                    (phase, given)
                    for phase in ("follow_up", "closed", "withdrawn")
                    for given in (
                        {},
                        {"closed_date": day},
                        {"complaint_resolved_at": day},
                    )
                )
            ]
        )
        phases_before = tickets.mapped("complaint_phase")
        Cron = self.env["ir.cron"].search(
            [("cron_name", "ilike", "complaint"), ("active", "in", [True, False])]
        )
        self.assertTrue(Cron)
        with self.mock_mail_gateway():
            for days in (0, 1, 8, 40):
                with self.at(self.clock + timedelta(days=days)):
                    for cron in Cron:
                        cron.method_direct_trigger()
        self.assertEqual(tickets.mapped("complaint_phase"), phases_before)
        self.assertFalse(self._mails)
        self.assertFalse(tickets.sudo().activity_ids.mapped("summary"))

    def test_closing_afterwards_keeps_the_first_date_of_the_answer(self):
        ticket = self.create_complaint()
        self.move(ticket, "follow_up")
        with self.at(self.later):
            self.move(ticket, "closed")
        self.assertEqual(ticket.complaint_resolved_at, self.clock)
        self.assertEqual(ticket.closed_date, self.later)

    def test_several_at_once_each_by_its_own_phase(self):
        new = self.create_complaint()
        done = self.create_complaint(stage_id=self.stages["follow_up"].id)
        gone = self.create_complaint(stage_id=self.stages["withdrawn"].id)
        with self.at(self.later):
            self.move(new | done | gone, "hearing")
        self.assertEqual(
            (new | done | gone).mapped("complaint_reopened_count"), [0, 1, 1]
        )
        gone.complaint_outcome = "upheld"  # nobody withdraws it now
        with self.at(self.later):
            self.move(new | done | gone, "closed")
        self.assertEqual(
            (new | done | gone).mapped("complaint_resolved_at"), [self.later] * 3
        )

    def test_withdrawing_is_no_answer(self):
        ticket = self.create_complaint(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        self.assertTrue(ticket.activity_ids)
        ticket.action_complaint_withdraw()
        self.assertFalse(ticket.complaint_resolved_at)
        self.assertEqual(ticket.closed_date, self.clock)
        self.assertFalse(ticket.activity_ids)

    # ---------------------------------------------------
    # Reopening
    # ---------------------------------------------------

    def assertReopened(self, ticket, times=1):
        self.assertEqual(ticket.complaint_reopened_count, times)
        self.assertFalse(ticket.complaint_resolved_at)
        self.assertFalse(ticket.complaint_follow_up_at)
        self.assertFalse(ticket.closed_date)
        self.assertFalse(self.planned(ticket))
        self.assertTrue(ticket.complaint_promised_at)
        self.assertEqual(ticket.complaint_received_at, self.clock)

    def test_back_from_any_end_is_a_reopening(self):
        for end in ("follow_up", "closed", "withdrawn"):
            for phase in ("reception", "hearing", "calming", "solution", "agreement"):
                with self.subTest(end=end, phase=phase):
                    ticket = self.create_complaint()
                    self.move(ticket, end)
                    with self.at(self.later):
                        self.move(ticket, phase)
                    self.assertReopened(ticket)
                    self.assertEqual(ticket.complaint_phase, phase)

    def test_action_reopens_at_the_hearing(self):
        ticket = self.create_complaint()
        ticket.action_complaint_resolve()
        ticket._complaint_record_follow_up("restored", words="Thank you")
        self.assertEqual(ticket.complaint_phase, "closed")
        ticket.action_complaint_reopen()
        self.assertReopened(ticket)
        self.assertEqual(ticket.complaint_phase, "hearing")

    def test_each_reopening_counts_and_each_answer_has_its_date(self):
        ticket = self.create_complaint()
        for times in (1, 2, 3):
            with self.at(self.clock + timedelta(days=times)):
                self.move(ticket, "follow_up")
                self.assertResolved(
                    ticket, "follow_up", self.clock + timedelta(days=times)
                )
                self.move(ticket, "hearing")
            self.assertReopened(ticket, times)

    def test_other_team_whose_first_stage_is_open_reopens(self):
        other = self.team.copy({"name": "Second line"})
        ticket = self.create_complaint()
        self.stages["follow_up"].team_ids = self.team
        self.move(ticket, "follow_up")
        ticket.team_id = other
        self.assertReopened(ticket)
        self.assertEqual(ticket.complaint_phase, "reception")

    def test_going_back_to_the_follow_up_is_no_reopening_and_not_closed(self):
        ticket = self.create_complaint()
        self.move(ticket, "closed")
        with self.at(self.later):
            self.move(ticket, "follow_up")
        self.assertFalse(ticket.complaint_reopened_count)
        self.assertEqual(ticket.complaint_resolved_at, self.clock)
        self.assertFalse(ticket.closed_date)

    def test_whoever_comes_back_is_promised_an_answer_anew(self):
        ticket = self.create_complaint()
        self.move(ticket, "closed")
        with self.at(self.later):
            self.move(ticket, "hearing")
        self.assertEqual(ticket.complaint_reopened_at, self.later)
        self.assertEqual(ticket.complaint_received_at, self.clock)
        self.assertEqual(
            ticket.complaint_promised_at.date(),
            (self.later + timedelta(days=14)).date(),
        )

    def test_back_among_open_phases_is_no_reopening(self):
        ticket = self.create_complaint()
        self.move(ticket, "agreement")
        self.move(ticket, "hearing")
        self.assertFalse(ticket.complaint_reopened_count)

    def test_first_receipt_and_acknowledgement_stay(self):
        ticket = self.create_complaint(channel_id=self.channel_visit.id)
        ticket.action_complaint_acknowledge()
        with self.at(self.later):
            self.move(ticket, "closed")
            self.move(ticket, "hearing")
        self.assertEqual(ticket.complaint_received_at, self.clock)
        self.assertEqual(ticket.complaint_acknowledged_at, self.clock)
        self.assertEqual(ticket.complaint_acknowledged_by, "in_person")

    # ---------------------------------------------------
    # Writes that change nothing
    # ---------------------------------------------------

    def test_writing_the_same_stage_is_no_update(self):
        ticket = self.create_complaint()
        self.move(ticket, "closed")
        with self.at(self.later):
            self.move(ticket, "closed")
        self.assertEqual(ticket.last_stage_update, self.clock)
        self.assertEqual(ticket.closed_date, self.clock)

    def test_writing_a_stage_on_several_updates_those_that_move_only(self):
        closed = self.create_complaint()
        self.move(closed, "closed")
        moving = self.create_complaint()
        with self.at(self.later):
            self.move(closed | moving, "closed")
        self.assertEqual(moving.last_stage_update, self.later)
        self.assertEqual(moving.closed_date, self.later)
        self.assertEqual(closed.last_stage_update, self.clock)
        self.assertEqual(closed.closed_date, self.clock)

    def test_other_values_beside_the_same_stage_are_written(self):
        ticket = self.create_complaint()
        ticket.write({"stage_id": ticket.stage_id.id, "name": "Better title"})
        self.assertEqual(ticket.name, "Better title")

    def test_a_move_is_an_update(self):
        ticket = self.create_complaint()
        with self.at(self.later):
            self.move(ticket, "hearing")
        self.assertEqual(ticket.last_stage_update, self.later)

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def test_next_phase_goes_through_the_work_and_stops_before_the_answer(self):
        ticket = self.create_complaint()
        seen = [ticket.complaint_phase]
        for _step in range(4):
            ticket.action_complaint_next_phase()
            seen.append(ticket.complaint_phase)
        self.assertEqual(
            seen, ["reception", "hearing", "calming", "solution", "agreement"]
        )
        with self.assertRaises(UserError):
            ticket.action_complaint_next_phase()

    def test_next_phase_of_several_in_different_phases(self):
        first, second = self.create_complaint(), self.create_complaint()
        self.move(second, "calming")
        (first | second).action_complaint_next_phase()
        self.assertEqual(
            (first | second).mapped("complaint_phase"), ["hearing", "solution"]
        )

    def test_actions_refuse_what_they_make_no_sense_for(self):
        open_phases = ("reception", "hearing", "calming", "solution", "agreement")
        for phase in self.stages:
            ticket = self.create_complaint(stage_id=self.stages[phase].id)
            open_one = phase in open_phases
            for action, sensible in (
                ("resolve", open_one),
                ("withdraw", open_one),
                ("reopen", not open_one),
                ("next_phase", phase in open_phases[:-1]),
                ("follow_up", phase in ("follow_up", "closed")),
            ):
                if sensible:
                    continue
                with (
                    self.subTest(phase=phase, action=action),
                    self.assertRaises(UserError),
                ):
                    getattr(ticket, f"action_complaint_{action}")()

    def test_actions_refuse_ordinary_tickets(self):
        ticket = self.create_ticket()
        for action in ("resolve", "withdraw", "reopen", "next_phase", "follow_up"):
            with self.subTest(action), self.assertRaises(UserError):
                getattr(ticket, f"action_complaint_{action}")()

    def test_one_that_is_done_refuses_for_all(self):
        done = self.create_complaint(stage_id=self.stages["closed"].id)
        new = self.create_complaint()
        with self.assertRaises(UserError):
            (new | done).action_complaint_resolve()
        self.assertEqual(new.complaint_phase, "reception")

    def test_team_without_a_stage_for_the_phase_is_said_clearly(self):
        self.stages["hearing"].active = False
        ticket = self.create_complaint()
        with self.assertRaises(UserError) as caught:
            ticket.action_complaint_next_phase()
        self.assertIn("Listening", str(caught.exception))
        self.assertIn(self.team.name, str(caught.exception))

    # ---------------------------------------------------
    # Stages are the administrator's, phases are ours
    # ---------------------------------------------------

    def test_renamed_stages_work(self):
        for index, stage in enumerate(self.stages.values()):
            stage.with_user(self.manager).name = f"Step {index}"
        ticket = self.create_complaint()
        ticket.action_complaint_next_phase()
        ticket.action_complaint_resolve()
        self.assertResolved(ticket, "follow_up", self.clock)
        ticket.action_complaint_reopen()
        self.assertReopened(ticket)

    def test_split_stages_work(self):
        second = self.create_stage("hearing", sequence=102)
        ticket = self.create_complaint()
        ticket.action_complaint_next_phase()
        self.assertEqual(ticket.stage_id, self.stages["hearing"])
        with self.at(self.later):
            ticket.stage_id = second
        self.assertEqual(ticket.complaint_phase, "hearing")
        self.assertEqual(ticket.last_stage_update, self.later)
        ticket.action_complaint_next_phase()
        self.assertEqual(ticket.complaint_phase, "calming")

    def test_split_ends_keep_their_dates(self):
        archive = self.create_stage("closed", closed=True)
        ticket = self.create_complaint()
        self.move(ticket, "closed")
        with self.at(self.later):
            ticket.stage_id = archive
        self.assertEqual(ticket.complaint_resolved_at, self.clock)
        self.assertFalse(ticket.complaint_reopened_count)

    def test_end_without_the_closed_box_has_its_date_as_well(self):
        self.stages["withdrawn"].closed = False
        ticket = self.create_complaint()
        ticket.action_complaint_withdraw()
        self.assertEqual(ticket.closed_date, self.clock)

    def test_stage_that_changes_its_phase_moves_its_complaints(self):
        stage = self.create_stage("agreement")
        ticket = self.create_complaint(stage_id=stage.id)
        elsewhere = self.create_complaint()
        archived = self.create_complaint(stage_id=stage.id)
        archived.active = False
        with self.at(self.later):
            stage.with_user(self.manager).complaint_phase = "follow_up"
        self.assertResolved(ticket, "follow_up", self.later)
        self.assertFalse(ticket.complaint_is_open)
        self.assertEqual(archived.complaint_resolved_at, self.later)
        self.assertFalse(elsewhere.complaint_resolved_at)
        stage.with_user(self.manager).complaint_phase = "hearing"
        self.assertReopened(ticket)
        self.assertTrue(ticket.complaint_is_open)

    def test_stage_changes_its_phase_for_every_companys_complaints(self):
        stage = self.create_stage("agreement")
        ticket = self.create_complaint(
            user=self.handler_b, team_id=self.team_b.id, stage_id=stage.id
        )
        stage.with_user(self.manager).complaint_phase = "closed"
        self.assertEqual(ticket.complaint_resolved_at, self.clock)

    def test_stage_in_use_changes_neither_to_complaints_nor_away(self):
        self.create_complaint()
        ticket = self.create_ticket()
        with self.assertRaises(ValidationError):
            self.stages["reception"].with_user(self.manager).complaint_phase = False
        with self.assertRaises(ValidationError):
            ticket.stage_id.with_user(self.manager).complaint_phase = "hearing"

    def test_stage_used_by_archived_tickets_of_others_is_in_use(self):
        stage = self.create_stage("hearing")
        self.create_complaint(
            user=self.handler_b, team_id=self.team_b.id, stage_id=stage.id
        ).active = False
        with self.assertRaises(ValidationError):
            stage.with_user(self.manager).complaint_phase = False

    def test_unused_stage_changes_freely(self):
        stage = self.create_stage("hearing").with_user(self.manager)
        stage.complaint_phase = False
        stage.complaint_phase = "calming"
        self.assertEqual(stage.complaint_phase, "calming")
