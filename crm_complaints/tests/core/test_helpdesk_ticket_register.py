"""Registering: any ticket becomes a complaint, and an ordinary ticket again."""

from datetime import datetime, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestRegister(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # tickets from before the complaint was recognized
        cls.earlier = cls.clock - timedelta(days=3)

    def earlier_ticket(self, **vals):
        with self.at(self.earlier):
            return self.create_ticket(**vals)

    def assertComplaint(self, ticket, team=None):
        self.assertTrue(ticket.is_complaint)
        self.assertEqual(ticket.team_id, team or self.team)
        self.assertEqual(ticket.stage_id, self.stages["reception"])
        self.assertEqual(ticket.complaint_phase, "reception")
        self.assertRegex(ticket.number, r"^C/2026/\d{5}$")
        self.assertTrue(ticket.complaint_received_at)
        self.assertTrue(ticket.complaint_promised_at)

    def assertOrdinary(self, ticket, team=None):
        self.assertFalse(ticket.is_complaint)
        self.assertEqual(ticket.team_id, team or self.ordinary_team)
        self.assertFalse(ticket.complaint_phase)
        self.assertFalse(ticket.stage_id.complaint_phase)
        self.assertRegex(ticket.number, r"^HT\d+$")
        self.assertFalse(ticket.complaint_promised_at)

    def test_a_complaint_is_not_deleted(self):
        complaint = self.create_complaint()
        ordinary = self.create_ticket()
        for user in (self.manager, self.env.ref("base.user_admin")):
            with self.subTest(user.name), self.assertRaises(UserError):
                (ordinary | complaint).with_user(user).unlink()
        self.assertTrue(complaint.exists())
        ordinary.with_user(self.manager).unlink()
        self.assertFalse(ordinary.exists())

    def all_ways(self):
        """Yield (name, function) for each way to make a complaint of a ticket."""

        def by_action(ticket):
            ticket.action_complaint_register()

        def by_box(ticket):
            ticket.is_complaint = True

        def by_team(ticket):
            ticket.team_id = self.team

        def by_form(ticket):
            with Form(ticket) as form:
                form.team_id = self.team

        for way in (by_action, by_box, by_team, by_form):
            yield way.__name__, way

    # ---------------------------------------------------
    # Registering
    # ---------------------------------------------------

    def test_every_way_of_registering_has_the_same_effect(self):
        for name, way in self.all_ways():
            with self.subTest(name):
                ticket = self.earlier_ticket()
                number = ticket.number
                way(ticket)
                self.assertComplaint(ticket)
                self.assertEqual(ticket.complaint_former_number, number)
                self.assertEqual(ticket.complaint_received_at, self.earlier)
                self.assertEqual(ticket.complaint_kind, "complaint")
                self.assertEqual(ticket.complaint_severity, "minor")

    def test_every_role_registers_the_tickets_it_works(self):
        roles = ("user_own", "user_team", "user", "manager")
        users = [self.create_user(f"support_{role}", role, role) for role in roles]
        for user in users:
            self.ordinary_team.user_ids += user
        for user in users:
            with self.subTest(user.name):
                mine = self.create_ticket(user_id=user.id)
                nobodys = self.create_ticket(user_id=False)
                for ticket in mine, nobodys:
                    # they need not follow it, as those who write to customers do
                    ticket.sudo().message_unsubscribe(user.partner_id.ids)
                    ticket.with_user(user).action_complaint_register()
                    self.assertComplaint(ticket)

    def test_number_to_call_is_the_customer_s_and_what_was_typed_stays(self):
        nobody = self.env["res.partner"].create({"name": "No Phone"})
        view = "crm_complaints.helpdesk_ticket_view_form_complaint"
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.assertEqual(complaint.complaint_phone, self.customer.phone)
        with Form(complaint.with_user(self.handler), view) as form:
            form.partner_id = nobody
            self.assertFalse(form.complaint_phone)
            form.complaint_phone = "+32 2 555 00 99"
        with Form(complaint.with_user(self.handler), view) as form:
            form.partner_id = self.env["res.partner"]
        self.assertEqual(complaint.complaint_phone, "+32 2 555 00 99")

    def test_closed_ticket_is_open_again_as_a_complaint(self):
        ticket = self.create_ticket()
        ticket.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        self.assertTrue(ticket.closed_date)
        ticket.action_complaint_register()
        self.assertEqual(ticket.complaint_phase, "reception")
        self.assertFalse(ticket.closed_date)

    def test_whoever_brings_it_handles_it_as_a_member_of_the_team_only(self):
        for user in self.handler, self.manager, self.env.ref("base.user_root"):
            with self.subTest(user.name):
                complaint = self.Ticket.with_user(user).create(
                    {"name": "T", "description": "D", "is_complaint": True}
                )
                member = user & complaint.team_id.user_ids
                self.assertEqual(complaint.user_id, member)

    def test_context_from_outside_puts_nothing_off(self):
        complaint = self.Ticket.with_context(
            complaint_deferred_ids=[], complaint_incoming={"automatic": "me"}
        ).create(
            {
                "name": "T",
                "description": "D",
                "is_complaint": True,
                "partner_id": self.customer.id,
            }
        )
        self.assertEqual(complaint.complaint_acknowledged_by, "email")

    def test_who_may_only_read_a_ticket_does_not_register_it(self):
        ticket = self.create_ticket()
        ticket.message_subscribe(partner_ids=self.user_employee.partner_id.ids)
        ticket = ticket.with_user(self.user_employee)
        self.assertTrue(ticket.name)
        with self.assertRaises(UserError):
            ticket.action_complaint_register()
        with self.assertRaises(UserError):
            ticket.action_complaint_unregister()

    def test_automation_rule_that_sets_the_team_registers(self):
        model = self.env.ref("helpdesk_mgmt.model_helpdesk_ticket")
        automation = self.env["base.automation"].create(
            {
                "name": "Urgent ones are complaints",
                "model_id": model.id,
                "trigger": "on_create_or_write",
                "filter_domain": "[('priority', '=', '3')]",
                "trigger_field_ids": [
                    Command.set(
                        self.env.ref(
                            "helpdesk_mgmt.field_helpdesk_ticket__priority"
                        ).ids
                    )
                ],
            }
        )
        self.env["ir.actions.server"].create(
            {
                "name": "To the complaints team",
                "model_id": model.id,
                "base_automation_id": automation.id,
                "state": "object_write",
                "update_path": "team_id",
                "resource_ref": f"helpdesk.ticket.team,{self.team.id}",
            }
        )
        ticket = self.earlier_ticket()
        ticket.priority = "3"
        self.assertComplaint(ticket)
        self.assertEqual(ticket.complaint_received_at, self.earlier)
        self.assertComplaint(self.create_ticket(priority="3"))

    def test_the_teams_of_an_assignee_make_no_complaint(self):
        """A ticket without a team gets one of its assignee, as without this addon."""
        ticket = self.create_ticket(team_id=False, user_id=False)
        ticket.user_id = self.handler
        self.assertFalse(ticket.is_complaint)
        self.assertFalse(ticket.team_id)
        self.assertEqual(ticket.user_id, self.handler)
        vals = {"name": "T", "description": "D", "user_id": self.handler.id}
        new = self.Ticket.with_user(self.outsider).create(vals)
        self.assertFalse(new.is_complaint)
        self.assertEqual(new.user_id, self.handler)
        self.ordinary_team.user_ids += self.handler
        later = self.Ticket.with_user(self.outsider).create(vals)
        self.assertEqual(later.team_id, self.ordinary_team)
        self.assertFalse(later.is_complaint)

    def test_keeps_everything_it_had(self):
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Delivery"})
        category = self.env["helpdesk.ticket.category"].create({"name": "Parcels"})
        kept = {
            "name": "Where is it?",
            "description": "<p>Since Monday!</p>",
            "partner_id": self.customer.id,
            "partner_name": "A. Weber",
            "partner_email": "anna@home.example",
            "tag_ids": [Command.set(tag.ids)],
            "category_id": category.id,
        }
        ticket = self.earlier_ticket(**kept)
        message = ticket.message_post(body="It is on its way.")
        attachment = self.env["ir.attachment"].create(
            {"name": "photo.txt", "raw": b"x", "res_model": ticket._name}
        )
        attachment.res_id = ticket.id
        followers = ticket.message_partner_ids
        before = ticket.read(list(kept))
        ticket.action_complaint_register()
        self.assertEqual(ticket.read(list(kept)), before)
        self.assertIn(message, ticket.message_ids)
        self.assertEqual(ticket.attachment_ids, attachment)
        self.assertLessEqual(followers, ticket.message_partner_ids)

    def test_old_number_stays_searchable(self):
        ticket = self.earlier_ticket()
        old = ticket.number
        ticket.action_complaint_register()
        handler = self.Ticket.with_user(self.handler)
        self.assertEqual([id_ for id_, _n in handler.name_search(old)], ticket.ids)
        self.assertEqual(handler.search([("display_name", "ilike", old)]), ticket)
        new = ticket.number
        self.assertEqual([id_ for id_, _n in handler.name_search(new)], ticket.ids)

    def test_channel_of_the_neighbour_becomes_ours(self):
        for name in ("web", "email", "phone"):
            theirs = self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_channel_{name}")
            ours = getattr(self, f"channel_{name}")
            with self.subTest(name):
                created = self.create_complaint(channel_id=theirs.id)
                self.assertEqual(created.channel_id, ours)
                registered = self.create_ticket(channel_id=theirs.id)
                self.assertEqual(registered.channel_id, theirs)
                registered.action_complaint_register()
                self.assertEqual(registered.channel_id, ours)

    def test_other_channels_stay(self):
        channel = self.env["helpdesk.ticket.channel"].create({"name": "Suggestion box"})
        self.assertEqual(
            self.create_complaint(channel_id=channel.id).channel_id, channel
        )
        ticket = self.create_ticket(channel_id=channel.id)
        ticket.action_complaint_register()
        self.assertEqual(ticket.channel_id, channel)

    def test_several_at_once_from_the_list(self):
        tickets = self.create_ticket()
        for _index in range(3):
            tickets |= self.create_ticket()
        already = self.create_complaint()
        number = already.number
        (tickets | already.with_env(tickets.env)).action_complaint_register()
        for ticket in tickets:
            self.assertComplaint(ticket)
        self.assertEqual(len(set(tickets.mapped("number"))), 4)
        self.assertEqual(already.number, number)

    def test_goes_to_the_team_of_its_own_company(self):
        companies = self.company_a | self.company_b
        both = self.create_user("both", "Of Both", "user", companies)
        Ticket = self.Ticket.with_user(both).with_context(
            allowed_company_ids=companies.ids
        )
        tickets = Ticket.create(
            [
                {"name": "T", "description": "D", "company_id": id_, "team_id": False}
                for id_ in companies.ids
            ]
        )
        tickets.action_complaint_register()
        self.assertEqual(tickets.team_id, self.team | self.team_b)
        for ticket in tickets:
            self.assertEqual(ticket.team_id.company_id, ticket.company_id)
            self.assertRegex(ticket.number, "^C/")

    def test_own_team_comes_first_then_the_companys_then_a_shared_one(self):
        Team = self.env["helpdesk.ticket.team"]
        shared = Team.create(
            {
                "name": "Shared",
                "company_id": False,
                "is_complaint_team": True,
                "sequence": 0,
            }
        )
        second = Team.create(
            {
                "name": "Second of A",
                "company_id": self.company_a.id,
                "is_complaint_team": True,
                "sequence": 99,
                "user_ids": [Command.set(self.outsider.ids)],
            }
        )
        ticket = self.create_ticket()
        ticket.action_complaint_register()
        self.assertEqual(ticket.team_id, second)

        ticket = self.create_ticket().with_user(self.manager)
        ticket.action_complaint_register()
        self.assertEqual(ticket.team_id, self.team)

        (self.team | second).active = False
        ticket = self.create_ticket().with_user(self.manager)
        ticket.action_complaint_register()
        self.assertEqual(ticket.team_id, shared)

    def test_no_complaints_team_is_said_clearly(self):
        ticket = self.create_ticket()
        self.env["helpdesk.ticket.team"].search(
            [("is_complaint_team", "=", True)]
        ).active = False
        name = self.company_a.name
        for way in (
            ticket.action_complaint_register,
            lambda: ticket.write({"is_complaint": True}),
            lambda: self.create_ticket(team_id=False, is_complaint=True),
        ):
            with self.assertRaises(UserError) as caught:
                way()
            self.assertIn(f"{name} has no complaints team", str(caught.exception))
        self.assertOrdinary(ticket)

    # ---------------------------------------------------
    # Created as a complaint
    # ---------------------------------------------------

    def test_created_in_a_complaints_team_it_is_a_complaint(self):
        ticket = self.create_complaint()
        self.assertComplaint(ticket)
        self.assertEqual(ticket.complaint_received_at, self.clock)
        self.assertFalse(ticket.complaint_former_number)

    def test_a_complaints_team_by_default_registers(self):
        self.env["ir.default"].set("helpdesk.ticket", "team_id", self.team.id)
        vals = {"name": "Cold coffee", "description": "Twice."}
        ticket = self.Ticket.create(vals)
        self.assertComplaint(ticket)
        self.assertEqual(ticket.complaint_received_at, self.clock)

    def test_created_with_the_box_it_goes_to_the_complaints_team(self):
        ticket = self.create_ticket(is_complaint=True, user_id=False)
        self.assertComplaint(ticket)

    def test_box_contradicting_the_complaints_team_follows_the_team(self):
        self.assertComplaint(self.create_complaint(is_complaint=False))

    def test_created_from_the_complaints_menu_by_form(self):
        Ticket = self.Ticket.with_user(self.handler).with_context(
            default_is_complaint=True
        )
        form = Form(Ticket, "crm_complaints.helpdesk_ticket_view_form_complaint")
        form.name = "Cold soup"
        form.description = "Twice"
        form.channel_id = self.channel_visit
        ticket = form.save()
        self.assertComplaint(ticket)
        self.assertEqual(ticket.user_id, self.handler)

    def test_receipt_may_lie_back_but_not_ahead(self):
        yesterday = self.clock - timedelta(days=1)
        ticket = self.create_complaint(complaint_received_at=yesterday)
        self.assertEqual(ticket.complaint_received_at, yesterday)
        ahead = self.clock + timedelta(hours=1)
        with self.assertRaises(ValidationError):
            ticket.complaint_received_at = ahead
        with self.assertRaises(ValidationError):
            self.create_complaint(complaint_received_at=ahead)

    def test_negative_amount_is_refused(self):
        ticket = self.create_complaint(complaint_amount_claimed=0)
        with self.assertRaises(ValidationError):
            ticket.complaint_amount_claimed = -0.01
        with self.assertRaises(ValidationError):
            self.create_complaint(complaint_amount_claimed=-1)

    def test_ordinary_ticket_has_no_receipt(self):
        self.assertFalse(self.create_ticket().complaint_received_at)
        self.assertFalse(self.create_ticket().complaint_promised_at)

    def test_several_complaints_of_different_teams_in_one_call(self):
        vals = {"name": "T", "description": "D"}
        tickets = self.Ticket.with_user(self.handler).create(
            [
                {**vals, "team_id": self.team.id},
                {**vals, "team_id": self.ordinary_team.id},
                {**vals, "is_complaint": True},
            ]
        )
        self.assertEqual(tickets.mapped("is_complaint"), [True, False, True])
        self.assertComplaint(tickets[0])
        self.assertOrdinary(tickets[1])
        self.assertComplaint(tickets[2])

    def test_values_of_the_caller_are_left_alone(self):
        vals = {"name": "T", "description": "D", "is_complaint": True}
        before = dict(vals)
        self.Ticket.with_user(self.handler).create([vals])
        self.assertEqual(vals, before)

    # ---------------------------------------------------
    # Copies
    # ---------------------------------------------------

    def test_copy_is_a_new_complaint(self):
        ticket = self.create_complaint(
            complaint_received_at=self.clock - timedelta(days=5)
        )
        ticket.action_complaint_acknowledge()
        self.move(ticket, "closed")
        copy = ticket.copy()
        self.assertComplaint(copy)
        self.assertNotEqual(copy.number, ticket.number)
        self.assertEqual(copy.complaint_received_at, self.clock)
        for name in (
            "complaint_resolved_at",
            "complaint_follow_up_at",
            "complaint_follow_up_result",
            "complaint_former_number",
            "complaint_reopened_count",
            "closed_date",
        ):
            self.assertFalse(copy[name], name)

    def test_copies_of_several_have_numbers_of_their_own(self):
        tickets = self.create_complaint() | self.create_complaint()
        copies = tickets.copy()
        self.assertEqual(len(set((tickets | copies).mapped("number"))), 4)

    def test_copy_of_an_ordinary_ticket_stays_one(self):
        self.assertOrdinary(self.create_ticket().copy())

    def test_copy_leaves_out_links_that_its_user_may_not_read(self):
        """As those of other addons, to orders and leads."""
        ticket = self.create_ticket()
        ticket.sudo().tag_ids = self.env["helpdesk.ticket.tag"].create({"name": "VIP"})
        access = self.env["ir.model.access"].search(
            [("model_id.model", "=", "helpdesk.ticket.tag")]
        )
        self.assertTrue(ticket.copy().sudo().tag_ids)
        access.perm_read = False
        self.env.invalidate_all()
        self.assertFalse(ticket.copy().sudo().tag_ids)

    # ---------------------------------------------------
    # Made an ordinary ticket again
    # ---------------------------------------------------

    def test_every_way_of_putting_back_restores_number_and_team(self):
        def by_action(ticket):
            ticket.action_complaint_unregister()

        def by_box(ticket):
            ticket.is_complaint = False

        def by_team(ticket):
            ticket.team_id = self.ordinary_team

        for way in (by_action, by_box, by_team):
            with self.subTest(way.__name__):
                ticket = self.earlier_ticket()
                number = ticket.number
                ticket.action_complaint_register()
                way(ticket)
                self.assertOrdinary(ticket)
                self.assertEqual(ticket.number, number)

    def test_complaint_number_stays_searchable_after_putting_back(self):
        ticket = self.earlier_ticket()
        ticket.action_complaint_register()
        number = ticket.number
        ticket.action_complaint_unregister()
        found = self.Ticket.with_user(self.handler).name_search(number)
        self.assertEqual([id_ for id_, _name in found], ticket.ids)

    def test_there_and_back_again_starts_at_reception_with_the_same_number(self):
        ticket = self.earlier_ticket()
        ticket.action_complaint_register()
        number = ticket.number
        self.move(ticket, "solution")
        ticket.action_complaint_unregister()
        ticket.action_complaint_register()
        self.assertComplaint(ticket)
        self.assertEqual(ticket.number, number)
        self.assertEqual(ticket.complaint_received_at, self.earlier)

    def test_put_back_while_nothing_is_decided(self):
        for phase in ("reception", "hearing", "calming", "solution"):
            with self.subTest(phase):
                ticket = self.earlier_ticket()
                ticket.action_complaint_register()
                self.move(ticket, phase)
                ticket.action_complaint_unregister()
                self.assertOrdinary(ticket)

    def test_stays_a_complaint_once_something_is_decided(self):
        for phase in ("agreement", "follow_up", "closed", "withdrawn"):
            ticket = self.create_ticket()
            ticket.action_complaint_register()
            self.move(ticket, phase)
            self.assertStaysComplaint(ticket, phase)

    def test_stays_a_complaint_when_it_was_reopened(self):
        for phase in ("follow_up", "closed", "withdrawn"):
            ticket = self.create_ticket()
            ticket.action_complaint_register()
            self.move(ticket, phase)
            ticket.action_complaint_reopen()
            self.assertStaysComplaint(ticket, phase)

    def assertStaysComplaint(self, ticket, name):
        number = ticket.number
        for way in (
            lambda: ticket.action_complaint_unregister(),
            lambda: ticket.write({"is_complaint": False}),
            lambda: ticket.write({"team_id": self.ordinary_team.id}),
        ):
            with self.subTest(name), self.assertRaises(UserError):
                way()
            self.env.invalidate_all()
            self.assertTrue(ticket.is_complaint)
            self.assertEqual(ticket.number, number)

    def test_complaint_from_the_start_can_be_put_back_as_well(self):
        ticket = self.create_complaint()
        number = ticket.number
        ticket.action_complaint_unregister()
        self.assertFalse(ticket.is_complaint)
        self.assertFalse(ticket.complaint_phase)
        self.assertRegex(ticket.number, r"^HT\d+$")
        self.assertEqual(ticket.complaint_former_number, number)
        ticket.action_complaint_register()
        self.assertEqual(ticket.number, number)

    def test_putting_back_drops_what_was_planned_for_the_complaint(self):
        ticket = self.create_ticket(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        own = ticket.activity_schedule("mail.mail_activity_data_todo", summary="Mine")
        ticket.action_complaint_register()
        self.assertEqual(len(ticket.activity_ids), 2)
        ticket.action_complaint_unregister()
        self.assertEqual(ticket.activity_ids, own)

    def test_moving_between_complaints_teams_keeps_number_and_phase(self):
        other = self.team.copy({"name": "Complaints A, second line"})
        ticket = self.create_complaint()
        number = ticket.number
        self.move(ticket, "solution")
        ticket.team_id = other
        self.assertTrue(ticket.is_complaint)
        self.assertEqual(ticket.number, number)
        self.assertEqual(ticket.complaint_phase, "solution")

    def test_complaint_opens_in_its_own_form(self):
        view = self.env.ref("crm_complaints.helpdesk_ticket_view_form_complaint")
        self.assertEqual(self.create_complaint().get_formview_id(), view.id)
        self.assertNotEqual(self.create_ticket().get_formview_id(), view.id)

    # ---------------------------------------------------
    # The deadline of the answer
    # ---------------------------------------------------

    def test_due_at_the_end_of_the_14th_day_in_the_companys_zone(self):
        ticket = self.create_complaint(
            complaint_received_at=datetime(2026, 2, 28, 23, 30)
        )
        # 1 March in Brussels already
        self.assertEqual(
            ticket.complaint_promised_at, datetime(2026, 3, 15, 22, 59, 59)
        )

    def test_due_in_the_zone_of_the_teams_calendar(self):
        self.team.complaint_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Night shift",
                "tz": "Asia/Tokyo",
                "company_id": self.company_a.id,
            }
        )
        ticket = self.create_complaint(
            complaint_received_at=datetime(2026, 2, 28, 23, 30)
        )
        self.assertEqual(
            ticket.complaint_promised_at, datetime(2026, 3, 15, 14, 59, 59)
        )

    def test_due_in_utc_without_any_calendar(self):
        self.company_a.resource_calendar_id = False
        ticket = self.create_complaint()
        self.assertEqual(
            ticket.complaint_promised_at, datetime(2026, 3, 16, 23, 59, 59)
        )

    def test_another_date_of_receipt_moves_the_date_promised(self):
        ticket = self.create_complaint()
        ticket.complaint_received_at = self.clock - timedelta(days=10)
        self.assertEqual(ticket.complaint_promised_at, datetime(2026, 3, 6, 22, 59, 59))

    def test_due_while_open_only(self):
        ticket = self.create_complaint()
        due = ticket.complaint_promised_at
        for phase in ("hearing", "calming", "solution", "agreement"):
            self.move(ticket, phase)
            self.assertEqual(ticket.complaint_promised_at, due)
        for phase in ("follow_up", "closed", "withdrawn"):
            self.bring_in(ticket, phase)
            self.assertFalse(ticket.complaint_promised_at, phase)
        ticket.action_complaint_reopen()
        self.assertEqual(ticket.complaint_promised_at, due)
