"""Staff complained about: they neither read nor handle the complaint."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestConcerned(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # sees all tickets, and is in the team
        cls.concerned = cls.handler
        cls.partner = cls.concerned.partner_id

    def complaint(self, **vals):
        return self.create_complaint(self.leader, user_id=False, **vals)

    def about(self, ticket, users=None):
        users = users or self.concerned
        ticket.complaint_concerned_user_ids = [Command.link(u.id) for u in users]
        return ticket

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    def test_hidden_from_those_it_is_about_however_they_look(self):
        self.concerned.group_ids += self.env.ref("base.group_allow_export")
        ticket = self.complaint(name="Rude at the counter")
        mine = ticket.with_user(self.concerned)
        domain = [("id", "=", ticket.id)]
        self.assertEqual(mine.search(domain), mine)

        self.about(ticket)
        self.env.invalidate_all()
        self.assertFalse(mine.search(domain))
        self.assertFalse(mine.search_count(domain))
        self.assertFalse(mine.name_search(ticket.number))
        self.assertFalse(mine.name_search("Rude"))
        self.assertFalse(mine.search_read(domain, ["name"]))
        self.assertFalse(mine.formatted_read_group(domain, ["team_id"], ["__count"]))
        self.assertFalse(
            mine.web_read_group(domain, ["team_id"], ["__count"])["length"]
        )
        self.assertFalse(mine.exists().filtered(lambda t: t.has_access("read")))
        for method, arguments in (
            ("read", [["name"]]),
            ("web_read", [{"name": {}}]),
            ("export_data", [["number", "name"]]),
            ("write", [{"name": "Nothing happened"}]),
            ("copy", []),
            ("action_complaint_resolve", []),
            ("action_complaint_unregister", []),
        ):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(mine, method)(*arguments)

    def test_others_still_see_it(self):
        ticket = self.about(self.complaint())
        for user in (self.leader, self.team_handler, self.manager):
            self.assertTrue(ticket.with_user(user).read(["name"]), user.name)

    def test_shown_again_once_no_longer_concerned(self):
        ticket = self.about(self.complaint())
        ticket.complaint_concerned_user_ids = False
        self.assertTrue(ticket.with_user(self.concerned).read(["name"]))

    def test_even_managers_do_not_see_complaints_about_them(self):
        ticket = self.about(self.complaint(), self.manager)
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).read(["name"])

    def test_attachments_are_hidden_as_well(self):
        ticket = self.complaint()
        attachment = self.env["ir.attachment"].create(
            {
                "name": "letter.txt",
                "raw": b"He was rude.",
                "res_model": ticket._name,
                "res_id": ticket.id,
            }
        )
        mine = attachment.with_user(self.concerned)
        self.assertTrue(mine.read(["name"]))
        self.about(ticket)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            mine.read(["raw"])

    def test_messages_they_were_told_of_are_hidden_as_well(self):
        ticket = self.complaint()
        message = ticket.message_post(
            body="The customer named him.", partner_ids=self.partner.ids
        )
        mine = message.with_user(self.concerned)
        self.assertTrue(mine.read(["body"]))
        self.about(ticket)
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            mine.read(["body"])
        self.assertFalse(mine.search([("id", "=", message.id)]))

    # ---------------------------------------------------
    # Handling
    # ---------------------------------------------------

    def test_cannot_become_the_handler(self):
        ticket = self.about(self.complaint())
        with self.assertRaises(ValidationError):
            ticket.user_id = self.concerned
        with self.assertRaises(ValidationError):
            self.create_complaint(
                self.leader,
                user_id=self.concerned.id,
                complaint_concerned_user_ids=[Command.set(self.concerned.ids)],
            )
        with self.assertRaises(ValidationError):
            self.complaint().write(
                {
                    "user_id": self.concerned.id,
                    "complaint_concerned_user_ids": [Command.set(self.concerned.ids)],
                }
            )

    def test_handler_who_turns_out_to_be_concerned_is_unassigned(self):
        for command in (
            [Command.link(self.concerned.id)],
            [Command.set(self.concerned.ids)],
            [(4, self.concerned.id)],
            [(6, 0, self.concerned.ids)],
        ):
            ticket = self.create_complaint(self.leader, user_id=self.concerned.id)
            ticket.complaint_concerned_user_ids = command
            self.assertFalse(ticket.user_id)
            self.assertEqual(ticket.complaint_responsible_id, self.leader)

    def test_only_handlers_who_are_concerned_are_unassigned(self):
        his = self.create_complaint(self.leader, user_id=self.concerned.id)
        other = self.create_complaint(self.leader, user_id=self.team_handler.id)
        self.about(his | other)
        self.assertFalse(his.user_id)
        self.assertEqual(other.user_id, self.team_handler)

    def test_handler_may_say_that_it_is_about_themselves(self):
        for user in (self.handler, self.team_handler, self.own_handler):
            with self.subTest(user.name):
                ticket = self.create_complaint(self.leader, user_id=user.id)
                self.about(ticket.with_user(user), user)
                self.assertFalse(ticket.user_id)
                self.assertIn(user, ticket.complaint_concerned_user_ids)
                self.env.invalidate_all()
                self.assertFalse(ticket.with_user(user).has_access("read"))

    def test_concerned_leader_is_not_responsible(self):
        ticket = self.about(self.complaint(), self.leader).with_user(self.manager)
        self.assertFalse(ticket.complaint_leader_id)
        self.assertFalse(ticket.complaint_responsible_id)
        ticket.user_id = self.handler
        self.assertEqual(ticket.complaint_responsible_id, self.handler)

    def test_another_handler_is_fine(self):
        ticket = self.about(self.complaint())
        ticket.user_id = self.team_handler
        self.assertEqual(ticket.user_id, self.team_handler)

    # ---------------------------------------------------
    # Followers, notifications, activities
    # ---------------------------------------------------

    def test_unsubscribed(self):
        ticket = self.complaint()
        ticket.message_subscribe(self.partner.ids)
        self.about(ticket)
        self.assertNotIn(self.partner, ticket.message_partner_ids)

    def test_notifications_are_removed_those_of_others_stay(self):
        ticket = self.complaint()
        both = self.partner | self.team_handler.partner_id
        ticket.message_post(body="Look at this.", partner_ids=both.ids)
        elsewhere = self.complaint()
        elsewhere.message_post(body="And this.", partner_ids=both.ids)
        self.about(ticket)
        notified = self.env["mail.notification"].search(
            [("mail_message_id.model", "=", ticket._name)]
        )
        told = {
            (row.res_partner_id, row.mail_message_id.res_id)
            for row in notified
            if row.res_partner_id in both
        }
        self.assertEqual(
            told,
            {
                (self.team_handler.partner_id, ticket.id),
                (self.team_handler.partner_id, elsewhere.id),
                (self.partner, elsewhere.id),
            },
        )

    def test_activities_go_to_the_leader(self):
        ticket = self.create_complaint(
            self.leader,
            user_id=self.concerned.id,
            channel_id=self.channel_phone.id,
            partner_id=self.customer.id,
        )
        ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.concerned.id
        )
        others = ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.team_handler.id
        )
        self.about(ticket)
        self.assertEqual(len(ticket.activity_ids), 3)
        self.assertEqual((ticket.activity_ids - others).user_id, self.leader)
        self.assertEqual(others.user_id, self.team_handler)

    def test_activities_of_a_concerned_leader_are_nobodys(self):
        ticket = self.complaint(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        self.assertEqual(ticket.activity_ids.user_id, self.leader)
        self.about(ticket.with_user(self.manager), self.leader)
        ticket = ticket.with_user(self.manager)
        self.assertTrue(ticket.activity_ids)
        self.assertFalse(ticket.activity_ids.user_id)

    def test_not_subscribed_later(self):
        ticket = self.about(self.complaint())
        ticket.message_subscribe((self.partner | self.customer).ids)
        self.assertNotIn(self.partner, ticket.message_partner_ids)
        self.assertIn(self.customer, ticket.message_partner_ids)

    def test_not_subscribed_as_a_follower_of_the_team(self):
        other = self.team.copy({"name": "Second line"})
        (self.team | other).message_subscribe(self.partner.ids)
        self.assertIn(self.partner, self.complaint().message_partner_ids)
        made = self.complaint(
            complaint_concerned_user_ids=[Command.set(self.concerned.ids)]
        )
        self.assertNotIn(self.partner, made.message_partner_ids)
        self.assertFalse(
            made.message_ids.notification_ids.filtered(
                lambda row: row.res_partner_id == self.partner
            )
        )
        made.team_id = other
        self.assertNotIn(self.partner, made.message_partner_ids)

    def test_not_notified_later(self):
        ticket = self.about(self.complaint())
        message = ticket.message_post(
            body="He must not read this.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=(self.partner | self.team_handler.partner_id).ids,
        )
        notified = message.notification_ids.res_partner_id
        self.assertNotIn(self.partner, notified)
        self.assertIn(self.team_handler.partner_id, notified)
        self.assertFalse(message.with_user(self.concerned).has_access("read"))

    def test_other_workers_ask_anew_once_it_is_committed(self):
        """Otherwise what they cached before the commit would stay."""
        ticket = self.complaint()
        self.env.cr.postcommit.clear()
        with patch.object(type(self.env.registry), "clear_cache") as clear:
            self.about(ticket, self.concerned)
            before = clear.call_count
            self.env.cr.postcommit.run()
            self.assertGreater(before, 0)
            self.assertGreater(clear.call_count, before)

    def test_later_activities_are_not_theirs(self):
        ticket = self.about(self.complaint(), self.concerned | self.leader).with_user(
            self.manager
        )
        ticket.action_complaint_resolve()
        self.assertTrue(ticket.activity_ids)
        self.assertFalse(ticket.activity_ids.user_id)

    def test_everything_at_once_for_a_complaint_made_that_way(self):
        ticket = self.complaint(
            complaint_concerned_user_ids=[Command.set(self.concerned.ids)],
            channel_id=self.channel_phone.id,
            partner_id=self.customer.id,
        )
        self.assertNotIn(self.partner, ticket.message_partner_ids)
        self.assertEqual(ticket.activity_ids.user_id, self.leader)
        self.assertFalse(ticket.with_user(self.concerned).has_access("read"))

    def test_a_copy_is_about_nobody_yet(self):
        ticket = self.about(self.complaint())
        self.assertFalse(ticket.copy().complaint_concerned_user_ids)

    def test_form_tells_who_marks_themselves_whom_to_ask(self):
        ticket = self.complaint().with_user(self.team_handler)
        link = [Command.link(self.team_handler.id)]
        with self.assertRaises(UserError) as caught:
            ticket.web_save({"complaint_concerned_user_ids": link}, {"name": {}})
        self.assertIn("leader", str(caught.exception))
