"""Stages and teams: complaint stages are for complaints alone."""

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ...engine import phases
from ..common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestStagesTeams(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Stage = cls.env["helpdesk.ticket.stage"]
        cls.complaint_stages = cls.Stage.union(*cls.stages.values())
        cls.ordinary_stage = cls.create_stage(None, name="Anywhere", sequence=3)
        cls.own_stage = cls.create_stage(
            None, name="Support only", team_ids=[Command.set(cls.ordinary_team.ids)]
        )

    def columns(self, user, domain=(), **context):
        """Return the stages a kanban shows as columns, as the client asks for them."""
        result = (
            self.Ticket.with_user(user)
            .with_context(read_group_expand=True, **context)
            .web_read_group(list(domain), ["stage_id"], ["__count"])
        )
        return self.Stage.browse(
            group["stage_id"][0] for group in result["groups"] if group["stage_id"]
        )

    def offered(self, ticket):
        """Return the stages the form offers for a ticket."""
        domain = self.Ticket._fields["stage_id"].domain
        values = {"is_complaint": ticket.is_complaint, "team_id": ticket.team_id.id}
        return self.Stage.with_user(self.handler).search(safe_eval(domain, values))

    # ---------------------------------------------------
    # What a team is offered
    # ---------------------------------------------------

    def test_complaints_teams_have_complaint_stages_only(self):
        stages = self.team.with_user(self.handler)._get_applicable_stages()
        self.assertEqual(stages, self.complaint_stages)

    def test_other_teams_never_have_complaint_stages(self):
        stages = self.ordinary_team.with_user(self.outsider)._get_applicable_stages()
        self.assertFalse(stages & self.complaint_stages)
        self.assertLessEqual(self.ordinary_stage | self.own_stage, stages)

    def test_teams_made_later_are_told_apart_as_well(self):
        Team = self.env["helpdesk.ticket.team"].with_user(self.manager)
        complaints = Team.create({"name": "Later", "is_complaint_team": True})
        others = Team.create({"name": "Later, ordinary"})
        self.assertEqual(complaints._get_applicable_stages(), self.complaint_stages)
        self.assertFalse(others._get_applicable_stages() & self.complaint_stages)
        ticket = self.create_complaint(team_id=complaints.id)
        self.assertEqual(ticket.complaint_phase, "reception")
        ticket = self.create_ticket(team_id=others.id)
        self.assertFalse(ticket.complaint_phase)

    def test_stages_made_later_are_told_apart_as_well(self):
        Stage = self.Stage.with_user(self.manager)
        hearing = Stage.create({"name": "Second hearing", "complaint_phase": "hearing"})
        ordinary = Stage.create({"name": "Waiting"})
        complaints = self.team._get_applicable_stages()
        others = self.ordinary_team._get_applicable_stages()
        self.assertIn(hearing, complaints)
        self.assertNotIn(ordinary, complaints)
        self.assertIn(ordinary, others)
        self.assertNotIn(hearing, others)

    def test_complaint_stage_of_one_team_is_not_offered_to_another(self):
        own = self.create_stage("hearing", team_ids=[Command.set(self.team_b.ids)])
        self.assertNotIn(own, self.team._get_applicable_stages())
        self.assertIn(own, self.team_b._get_applicable_stages())

    def test_tickets_without_team_have_the_first_ordinary_stage(self):
        ticket = self.create_ticket(team_id=False, user_id=False)
        self.assertEqual(
            ticket.stage_id, self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        )

    def test_tickets_without_team_never_see_complaint_stages(self):
        ticket = self.create_ticket(team_id=False, user_id=False)
        self.assertFalse(ticket.team_id)
        self.assertFalse(ticket.complaint_phase)
        self.assertFalse(self.offered(ticket) & self.complaint_stages)

    def test_form_offers_the_stages_of_the_kind(self):
        self.assertEqual(self.offered(self.create_complaint()), self.complaint_stages)
        offered = self.offered(self.create_ticket())
        self.assertLessEqual(self.ordinary_stage | self.own_stage, offered)
        self.assertFalse(offered & self.complaint_stages)

    def test_stage_of_the_other_kind_is_refused_or_put_right(self):
        """A complaint without a phase would never be answered."""
        ticket = self.create_complaint()
        try:
            with self.env.cr.savepoint():
                ticket.stage_id = self.ordinary_stage
        except UserError:
            self.env.invalidate_all()
        self.assertTrue(ticket.complaint_phase)
        try:
            with self.env.cr.savepoint():
                ticket = self.create_complaint(stage_id=self.ordinary_stage.id)
        except UserError:
            self.env.invalidate_all()
        self.assertTrue(ticket.complaint_phase)

    def test_leaving_the_complaints_team_leaves_the_complaint_stages(self):
        ticket = self.create_complaint()
        ticket.team_id = self.ordinary_team
        self.assertNotIn(ticket.stage_id, self.complaint_stages)
        ticket.team_id = False
        self.assertNotIn(ticket.stage_id, self.complaint_stages)

    # ---------------------------------------------------
    # Columns of the kanban
    # ---------------------------------------------------

    def test_empty_complaints_kanban_shows_all_phases_in_their_order(self):
        self.assertEqual(
            self.columns(
                self.handler, [("is_complaint", "=", True)], default_is_complaint=True
            ),
            self.complaint_stages,
        )

    def test_complaints_kanban_is_the_same_for_every_role(self):
        for user in (self.own_handler, self.team_handler, self.manager, self.handler_b):
            with self.subTest(user.name):
                columns = self.columns(
                    user, [("is_complaint", "=", True)], default_is_complaint=True
                )
                self.assertEqual(columns, self.complaint_stages)

    def test_complaints_kanban_shows_phases_before_there_is_a_team(self):
        self.env["helpdesk.ticket.team"].search(
            [("is_complaint_team", "=", True)]
        ).active = False
        columns = self.columns(
            self.handler, [("is_complaint", "=", True)], default_is_complaint=True
        )
        self.assertEqual(columns, self.complaint_stages)

    def test_complaints_kanban_shows_split_stages_between_their_neighbours(self):
        second = self.create_stage("hearing", sequence=102)
        columns = self.columns(
            self.handler, [("is_complaint", "=", True)], default_is_complaint=True
        )
        self.assertEqual(
            columns[:4].ids,
            [
                self.stages["reception"].id,
                self.stages["hearing"].id,
                second.id,
                self.stages["calming"].id,
            ],
        )

    def test_kanban_of_ordinary_tickets_never_shows_a_phase(self):
        self.create_complaint()
        for domain, context in (
            ([("is_complaint", "=", False)], {}),
            ([("team_id", "=", self.ordinary_team.id)], {}),
            (
                [("team_id", "=", self.ordinary_team.id)],
                {"default_team_id": self.ordinary_team.id},
            ),
        ):
            with self.subTest(domain=domain, context=context):
                columns = self.columns(self.handler, domain, **context)
                self.assertFalse(columns & self.complaint_stages)
                self.assertIn(self.ordinary_stage, columns)

    def test_kanban_of_a_complaints_team_shows_phases_only(self):
        columns = self.columns(
            self.handler,
            [("team_id", "=", self.team.id)],
            default_team_id=self.team.id,
        )
        self.assertEqual(columns, self.complaint_stages)

    def test_kanban_of_all_tickets_loses_no_complaint(self):
        ticket = self.create_complaint()
        self.assertIn(ticket.stage_id, self.columns(self.handler))
        columns = self.columns(self.handler, default_team_id=self.ordinary_team.id)
        self.assertIn(ticket.stage_id, columns)

    def test_complaints_in_a_stage_of_another_team_are_not_lost(self):
        own = self.create_stage("hearing", team_ids=[Command.set(self.team_b.ids)])
        self.create_complaint(stage_id=own.id)
        columns = self.columns(
            self.handler, [("is_complaint", "=", True)], default_is_complaint=True
        )
        self.assertIn(own, columns)

    def test_next_stage_is_one_the_team_has(self):
        self.stages["hearing"].team_ids = self.team_b
        own = self.create_stage("hearing", team_ids=[Command.set(self.team.ids)])
        ticket = self.create_complaint()
        ticket.action_complaint_next_phase()
        self.assertEqual(ticket.stage_id, own)

    def test_next_stage_shows_in_an_unsaved_form(self):
        form = Form(
            self.Ticket.with_user(self.handler).with_context(default_is_complaint=True),
            "crm_complaints.helpdesk_ticket_view_form_complaint",
        )
        self.assertEqual(form.team_id, self.team)
        self.assertEqual(form.stage_id, self.stages["reception"])

    # ---------------------------------------------------
    # Teams
    # ---------------------------------------------------

    def test_kind_of_a_team_with_tickets_is_fixed(self):
        self.create_complaint().active = False
        self.create_ticket()
        with self.assertRaises(ValidationError):
            self.team.with_user(self.manager).is_complaint_team = False
        with self.assertRaises(ValidationError):
            self.ordinary_team.with_user(self.manager).is_complaint_team = True

    def test_kind_of_a_team_with_tickets_of_another_company_is_fixed(self):
        shared = self.env["helpdesk.ticket.team"].create(
            {"name": "Shared", "company_id": False, "is_complaint_team": True}
        )
        self.create_complaint(user=self.handler_b, team_id=shared.id)
        with self.assertRaises(ValidationError):
            shared.with_user(self.manager).is_complaint_team = False

    def test_kind_of_an_empty_team_changes(self):
        team = self.team.with_user(self.manager)
        team.is_complaint_team = False
        self.assertFalse(self.team._get_applicable_stages() & self.complaint_stages)
        team.is_complaint_team = True
        self.assertEqual(self.team._get_applicable_stages(), self.complaint_stages)

    def test_team_with_complaints_is_not_deleted(self):
        ticket = self.create_complaint()
        with self.assertRaises(UserError):
            self.team.with_user(self.manager).unlink()
        self.assertEqual(ticket.team_id, self.team)
        unused = self.team.copy({"name": "Never used"})
        unused.with_user(self.manager).unlink()
        self.assertFalse(unused.exists())

    def test_days_until_the_follow_up_are_sensible(self):
        team = self.team.with_user(self.manager)
        team.complaint_follow_up_days = 0
        team.complaint_follow_up_days = 365
        for days in (-1, 366):
            with self.assertRaises(ValidationError):
                team.complaint_follow_up_days = days

    def test_leader_then_handler_is_responsible(self):
        ticket = self.create_complaint(user_id=False)
        self.assertEqual(ticket.complaint_leader_id, self.leader)
        self.assertEqual(ticket.complaint_responsible_id, self.leader)
        ticket.user_id = self.handler
        self.assertEqual(ticket.complaint_leader_id, self.leader)
        self.assertEqual(ticket.complaint_responsible_id, self.handler)

    def test_data_has_a_stage_a_phase_and_a_team_for_every_company(self):
        order = self.Stage._fields["complaint_phase"].get_values(self.env)
        self.assertEqual(self.complaint_stages.mapped("complaint_phase"), order)
        for stage in self.complaint_stages:
            self.assertFalse(stage.company_id or stage.team_ids, stage.name)
            self.assertEqual(
                stage.closed, stage.complaint_phase in ("closed", "withdrawn")
            )
        team = self.env.ref("crm_complaints.helpdesk_ticket_team_complaints")
        self.assertTrue(team.is_complaint_team)
        self.assertFalse(team.company_id)

    def test_stages_before_the_follow_up_are_open(self):
        for stage in self.complaint_stages:
            self.assertEqual(
                stage.complaint_is_open, stage.complaint_phase in phases.OPEN
            )
        self.assertFalse(self.ordinary_stage.complaint_is_open)
        self.assertFalse(self.create_ticket().complaint_is_open)
        self.assertEqual(self.Stage._complaint_open_phases(), phases.OPEN)

    def test_open_complaints_are_found_by_an_index(self):
        asked = self.Ticket.sudo()._search([("complaint_is_open", "=", True)])
        self.assertUsesIndex(asked, "helpdesk_ticket_complaint_open_idx")

    def test_channels_come_without_a_company(self):
        channels = self.env["helpdesk.ticket.channel"].search(
            [("complaint_acknowledge_by", "!=", False)]
        )
        self.assertEqual(len(channels), 9)
        self.assertFalse(channels.company_id)
        # so another company's users can read them
        self.assertTrue(self.channel_phone.with_user(self.handler_b).name)
