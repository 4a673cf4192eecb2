"""Notices: of many complaints at once, everybody is told in one mail."""

from collections import Counter
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.clock.ir_actions_server import Postponed
from ...models.core.helpdesk_ticket import DeferredIntake
from ...models.core.helpdesk_ticket_notice import Notices
from ..common import ComplaintCommon

MANY = 12


@tagged("post_install", "-at_install")
class TestNotices(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        staff = cls.leader | cls.handler | cls.team_handler | cls.outsider
        staff.notification_type = "email"
        cls.customers = cls.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "email": f"customer{number}@many.example",
                    "phone": f"+32 2 55501{number:02}",
                }
                for number in range(MANY)
            ]
        )

    def setUp(self):
        super().setUp()
        self.last = self.env["mail.message"].search([], order="id desc", limit=1).id

    def prepare(self, **vals):
        """Return values of many complaints, of a customer each."""
        return [
            {
                "name": f"Broken {number}",
                "description": "<p>In pieces.</p>",
                "team_id": self.team.id,
                "partner_id": customer.id,
                "channel_id": self.channel_email.id,
                "user_id": False,
                **vals,
            }
            for number, customer in enumerate(self.customers)
        ]

    def create_many(self, user=None, **vals):
        return self.Ticket.with_user(user or self.team_handler).create(
            self.prepare(**vals)
        )

    def told(self):
        """Return how many notifications each member of staff got, and the messages."""
        self.env.flush_all()
        notifications = self.env["mail.notification"].search(
            [
                ("mail_message_id", ">", self.last),
                ("res_partner_id.user_ids.share", "=", False),
            ]
        )
        count = Counter(some.res_partner_id.user_ids for some in notifications)
        return count, notifications.mail_message_id

    def assertToldOnce(self, user, *words):
        count, messages = self.told()
        self.assertEqual(count, {user: 1})
        for word in words:
            self.assertIn(word, messages.body)
        return messages

    # ---------------------------------------------------
    # Many
    # ---------------------------------------------------

    def test_whoever_is_assigned_many_gets_one_mail(self):
        complaints = self.create_many(user_id=self.handler.id)
        message = self.assertToldOnce(self.handler, "Assigned to you: 12")
        for complaint in complaints:
            self.assertIn(complaint.number, message.body)
            self.assertIn(f"res_id={complaint.id}", message.body)

    def test_activities_of_all_channels_are_told_in_one_mail(self):
        for channel in (self.channel_visit, self.channel_phone, self.channel_letter):
            with self.subTest(channel=channel.name):
                self.setUp()
                complaints = self.create_many(channel_id=channel.id)
                self.assertEqual(len(complaints.sudo().activity_ids), MANY)
                self.assertToldOnce(self.leader, f": {MANY}</b>")

    def test_assignment_and_activity_are_one_mail(self):
        self.create_many(user_id=self.handler.id, channel_id=self.channel_visit.id)
        self.assertToldOnce(
            self.handler, "Assigned to you: 12", "(due on 03/02/2026): 12"
        )

    def test_each_of_several_gets_one_mail(self):
        values = self.prepare(channel_id=self.channel_visit.id)
        for number, vals in enumerate(values):
            if number % 3:
                vals["user_id"] = (self.handler.id, self.outsider.id)[number % 3 - 1]
        self.team.user_ids |= self.outsider
        self.Ticket.with_user(self.team_handler).create(values)
        count, _messages = self.told()
        self.assertEqual(count, {self.leader: 1, self.handler: 1, self.outsider: 1})

    def test_each_customer_is_acknowledged(self):
        with self.mock_mail_gateway():
            complaints = self.create_many(user_id=self.handler.id)
        self.assertEqual(
            Counter(self._new_mails.filtered("email_to").mapped("email_to")),
            Counter(customer.email for customer in self.customers),
        )
        self.assertEqual(set(complaints.mapped("complaint_acknowledged_by")), {"email"})

    def test_the_leader_is_warned_of_many_in_one_mail(self):
        template = self.env.ref("crm_complaints.mail_template_acknowledgement")
        template.body_html = '<t t-out="object.no_such_field"/>'
        with mute_logger("odoo.addons.mail.models.mail_render_mixin"):
            complaints = self.create_many()
        self.assertTrue(all(complaints.mapped("complaint_acknowledge_note")))
        self.assertToldOnce(self.leader, f": {MANY}</b>")

    def test_followers_of_the_team_get_one_mail(self):
        self.team.message_subscribe(partner_ids=self.outsider.partner_id.ids)
        self.create_many()
        self.assertToldOnce(self.outsider, "New complaints: 12")

    def test_reassigning_many_is_one_mail(self):
        complaints = self.create_many(channel_id=self.channel_visit.id)
        self.setUp()
        complaints.write({"user_id": self.handler.id})
        self.assertEqual(complaints.sudo().activity_ids.user_id, self.handler)
        self.assertToldOnce(self.handler, "Assigned to you: 12")

    def test_rules_on_new_complaints_tell_in_one_mail(self):
        self.env["base.automation"].create(
            {
                "name": "Look at it",
                "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
                "trigger": "on_create",
                "action_server_ids": [
                    Command.create(
                        {
                            "name": "Look at it",
                            "model_id": self.env["ir.model"]._get("helpdesk.ticket").id,
                            "state": "next_activity",
                            "activity_type_id": self.env.ref(
                                "mail.mail_activity_data_todo"
                            ).id,
                            "activity_user_type": "specific",
                            "activity_user_id": self.outsider.id,
                        }
                    )
                ],
            }
        )
        self.create_many()
        self.assertToldOnce(self.outsider)

    def test_long_lists_are_cut(self):
        with patch(
            "odoo.addons.crm_complaints.models.core.helpdesk_ticket_notice._NAMED", 5
        ):
            complaints = self.create_many(user_id=self.handler.id)
        message = self.assertToldOnce(self.handler, "and 7 more")
        self.assertIn(complaints[4].number, message.body)
        self.assertNotIn(complaints[5].number, message.body)

    # ---------------------------------------------------
    # One
    # ---------------------------------------------------

    def test_a_single_complaint_is_told_as_odoo_does(self):
        vals = self.prepare(user_id=self.handler.id, channel_id=self.channel_visit.id)
        complaint = self.Ticket.with_user(self.team_handler).create(vals[0])
        count, messages = self.told()
        self.assertEqual(count, {self.handler: 2}, "assignment and activity")
        self.assertEqual(set(messages.mapped("res_id")), {complaint.id})

    def test_the_only_one_of_a_batch_is_told_as_odoo_does(self):
        values = self.prepare()
        values[3]["user_id"] = self.handler.id
        complaint = self.Ticket.with_user(self.team_handler).create(values)[3]
        count, message = self.told()
        self.assertEqual(count, {self.handler: 1})
        self.assertEqual(message.res_id, complaint.id)

    def test_nobody_is_told_of_their_own(self):
        self.create_many(user=self.handler, user_id=self.handler.id)
        self.assertEqual(self.told()[0], {})

    def test_ordinary_tickets_are_told_as_odoo_does(self):
        vals = {
            "name": "A question",
            "description": "<p>How?</p>",
            "team_id": self.ordinary_team.id,
            "user_id": self.outsider.id,
        }
        self.Ticket.with_user(self.handler).create([dict(vals) for _one in range(3)])
        self.assertEqual(self.told()[0], {self.outsider: 3})

    # ---------------------------------------------------
    # What is not told
    # ---------------------------------------------------

    def test_nobody_is_told_of_complaints_about_them(self):
        self.team.message_subscribe(
            partner_ids=(self.outsider | self.handler).partner_id.ids
        )
        values = self.prepare()
        for vals in values[:5]:
            vals["complaint_concerned_user_ids"] = [Command.set(self.outsider.ids)]
        complaints = self.Ticket.with_user(self.leader).create(values)
        messages = self.told()[1]
        told = messages.filtered(lambda m: self.outsider.partner_id in m.partner_ids)
        self.assertIn(complaints[5].number, told.body)
        for complaint in complaints[:5]:
            self.assertNotIn(complaint.number, told.body)

    def test_what_is_undone_is_not_told(self):
        plan = type(self.Ticket)._complaint_plan_activity

        def plan_and_fail(tickets, *args, **kwargs):
            plan(tickets, *args, **kwargs)
            raise UserError("It cannot be planned")

        with (
            patch.object(type(self.Ticket), "_complaint_plan_activity", plan_and_fail),
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
        ):
            self.create_many(channel_id=self.channel_visit.id)
        message = self.assertToldOnce(self.leader)
        self.assertEqual(message.body.count(f": {MANY}</b>"), 1, "the warning alone")

    def test_a_mail_that_cannot_be_made_undoes_no_complaint(self):
        with (
            patch.object(
                type(self.Ticket), "_complaint_links", side_effect=KeyError("layout")
            ) as links,
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
        ):
            complaints = self.create_many(user_id=self.handler.id)
        links.assert_called()
        self.assertEqual(len(complaints.exists()), MANY)

    def test_no_client_holds_anything_back(self):
        vals = self.prepare(user_id=self.handler.id)
        ticket = self.Ticket.with_user(self.team_handler).with_context(
            complaint_notices=[1]
        )
        ticket.create(vals[0])
        self.assertEqual(self.told()[0], {self.handler: 1})

    def test_a_batch_is_never_taken_for_a_former_one(self):
        for kind in (DeferredIntake, Notices, Postponed):
            with self.subTest(kind=kind.__name__):
                former = self.env(context={"complaint_batch": kind()})
                now = self.env(context={"complaint_batch": kind()})
                self.assertIsNot(
                    former.context["complaint_batch"], now.context["complaint_batch"]
                )
