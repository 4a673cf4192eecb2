"""Acknowledgement: each complaint is acknowledged once, by the way of its channel."""

import re
from datetime import date, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from urllib.parse import urlsplit

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ...engine import delivery
from ..mail.common import ComplaintMailCommon

MAIL = "odoo.addons.mail.models.mail_mail"
RENDER = "odoo.addons.mail.models.mail_render_mixin"


@tagged("post_install", "-at_install")
class TestAcknowledgeByMail(ComplaintMailCommon):
    def test_complaint_on_a_written_channel_is_acknowledged_at_once(self):
        for channel in ("email", "web", "chat", "messenger", "social"):
            with self.subTest(channel=channel):
                complaint = self.create_complaint(
                    channel_id=getattr(self, f"channel_{channel}").id,
                    partner_email=f"{channel}@novak.example",
                )
                self.assertEqual(len(self.sent_to(f"{channel}@novak.example")), 1)
                self.assertAcknowledged(complaint)
                self.assertEqual(complaint.complaint_acknowledged_at, self.clock)
                self.assertFalse(complaint.activity_ids, "nothing is left to do")

    def test_complaint_without_a_channel_is_acknowledged_by_mail(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.assertAcknowledged(complaint)
        self.assertEqual(len(self.sent_to("anna@weber.example")), 1)

    def test_the_mail_itself_is_all_that_is_noted_of_an_acknowledgement(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.env.flush_all()
        self.env.cr.flush()  # what changed is noted before a commit
        self.assertIn("my/complaints", self.html_of(self.the_acknowledgement()))
        self.assertNotIn(
            "complaint_acknowledged_at",
            complaint.message_ids.sudo().tracking_value_ids.field_id.mapped("name"),
        )

    def test_answer_says_that_it_is_automatic(self):
        """RFC 3834: lest robots and out-of-office messages answer it."""
        self.receive()
        answer = self.the_acknowledgement()
        self.assertEqual(answer["Auto-Submitted"], "auto-replied")
        self.assertEqual(answer["X-Auto-Response-Suppress"], "All")

    def test_answer_refers_to_the_mail_it_answers(self):
        """So that mail programs show it in the customer's thread."""
        self.receive(Message_Id="<the-first@novak.example>")
        self.assertIn(
            "<the-first@novak.example>", self.the_acknowledgement()["References"]
        )

    def test_answer_comes_from_the_desk_with_the_leader_s_name(self):
        self.receive()
        answer = self.the_acknowledgement()
        for header in ("From", "Reply-To"):
            self.assertIn("Lena Leader", answer[header])
            self.assertIn("complaints-a@test.mycompany.com", answer[header])
        self.assertIn("Lena Leader", self.text_of(answer))

    def test_answer_is_signed_by_the_handler_where_there_is_one(self):
        self.handler.partner_id.write({"function": "Advisor", "phone": "+32 2 1"})
        self.create_complaint(partner_id=self.customer.id, user_id=self.handler.id)
        answer = self.the_acknowledgement()
        self.assertIn("Hanna Handler", answer["From"])
        self.assertIn("complaints-a@test.mycompany.com", answer["Reply-To"])
        text = self.text_of(answer)
        self.assertIn("Hanna Handler, Advisor", text)
        self.assertIn("You can reach me on +32 2 1 or", text)
        self.assertNotIn("Lena Leader", text)

    def test_leader_a_complaint_is_about_does_not_sign_it(self):
        self.create_complaint(
            partner_id=self.customer.id,
            user_id=False,
            complaint_concerned_user_ids=[Command.link(self.leader.id)],
        )
        answer = self.the_acknowledgement()
        self.assertNotIn("Lena Leader", answer["From"] + self.text_of(answer))

    def test_answer_names_the_matter_and_the_number(self):
        complaint = self.receive(Subject="Broken on arrival")
        answer = self.the_acknowledgement()
        self.assertEqual(answer["Subject"], f"Broken on arrival ({complaint.number})")
        self.assertIn(complaint.number, self.text_of(answer))

    def test_answer_goes_to_the_sender_alone(self):
        """Neither those in copy nor colleagues who follow the complaint get it."""
        self.receive(Cc=f"friend@novak.example, {self.handler.email}")
        answer = self.the_acknowledgement()
        self.assertEqual(answer["To"], "peter@novak.example")
        self.assertFalse(answer["Cc"])

    def test_answer_promises_two_weeks_in_the_team_s_time_zone(self):
        """23:30 in Greenwich is the next day in Brussels, the same day in New York."""
        for team, arrived, due in (
            (self.team, "10 March 2026", "24 March 2026"),
            (self.team_b, "9 March 2026", "23 March 2026"),
        ):
            with self.subTest(team=team.name), self.at(datetime(2026, 3, 9, 23, 30)):
                self._init_mail_mock()
                self.receive(To=team.alias_email)
                text = self.text_of(self.the_acknowledgement())
                self.assertIn(f"arrived on {arrived};", text)
                self.assertIn(f"By *{due}* you will have our answer", text)

    def test_team_s_own_hours_tell_its_time_zone(self):
        self.team.complaint_calendar_id = self.env["resource.calendar"].create(
            {"name": "Auckland", "tz": "Pacific/Auckland", "company_id": False}
        )
        with self.at(datetime(2026, 3, 9, 12, 0)):
            self.receive()
        self.assertIn("By *24 March 2026*", self.text_of(self.the_acknowledgement()))

    def test_template_of_the_team_is_used(self):
        own = self.env.ref("crm_complaints.mail_template_acknowledgement").copy(
            {"subject": "We have it: {{ object.number }}"}
        )
        self.team.complaint_acknowledgement_template_id = own
        complaint = self.receive()
        other = self.receive(To=self.team_b.alias_email)
        self.assertEqual(
            [mail["Subject"] for mail in self.acknowledgements()],
            [f"We have it: {complaint.number}", f"{other.name} ({other.number})"],
        )

    def test_address_of_the_ticket_goes_before_that_of_the_contact(self):
        self.create_complaint(
            partner_id=self.customer.id, partner_email="Anna.Private@weber.example"
        )
        self.assertEqual(self.the_acknowledgement()["To"], "anna.private@weber.example")

    def test_batch_gives_each_customer_their_own_letter(self):
        complaints = self.Ticket.with_user(self.handler).create(
            [
                {
                    "name": f"Matter {number}",
                    "description": "<p>Text</p>",
                    "team_id": self.team.id,
                    "partner_email": f"c{number}@novak.example",
                    "partner_name": f"Customer {number}",
                }
                for number in range(3)
            ]
        )
        for number, complaint in enumerate(complaints):
            self.assertAcknowledged(complaint)
            (answer,) = self.sent_to(f"c{number}@novak.example")
            self.assertIn(complaint.number, answer["Subject"])
            self.assertIn(f"Dear Customer {number},", self.text_of(answer))

    def test_colleagues_see_the_letter_in_the_complaint_s_history(self):
        complaint = self.receive()
        answer = self.the_acknowledgement()
        message = complaint.with_user(self.handler).message_ids.filtered(
            lambda message: message.message_id == answer["Message-Id"]
        )
        self.assertEqual(len(message), 1)
        self.assertEqual(message.notification_ids.notification_status, "sent")


@tagged("post_install", "-at_install")
class TestAcknowledgeInPerson(ComplaintMailCommon):
    """Acknowledgements by other ways are planned as an activity."""

    # unassigned: by default the user who registers a complaint is its handler
    waiting = {"user_id": False}

    def assertOneActivity(self, complaint, kind, user, day):
        self.assertEqual(len(complaint.sudo().activity_ids), 1)
        activity = self.activities(complaint, kind)
        self.assertEqual(activity.user_id, user)
        self.assertEqual(activity.date_deadline, day)
        self.assertNotAcknowledged(complaint)
        self.assertFalse(self.acknowledgements())
        return activity

    def test_phone_complaint_is_called_back_today_with_the_script(self):
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id,
            partner_id=self.customer.id,
            user_id=self.handler.id,
        )
        activity = self.assertOneActivity(
            complaint, "call_back", self.handler, date(2026, 3, 2)
        )
        for words in (
            "I am Hanna Handler from",
            "Anna Weber",
            "first of all I want to say thank you",
            "+32 2 555 01 01",
            "16 March 2026",
            complaint.number,
        ):
            self.assertIn(words, activity.note)
        activity.with_user(self.handler).action_feedback(feedback="He was glad.")
        self.assertAcknowledged(complaint, by="phone")

    def test_call_back_is_the_leader_s_while_nobody_handles_it(self):
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, complaint_phone="+32 2 1", **self.waiting
        )
        self.assertOneActivity(complaint, "call_back", self.leader, date(2026, 3, 2))

    def test_call_back_goes_along_when_the_complaint_is_handed_over(self):
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, complaint_phone="+32 2 1", **self.waiting
        )
        complaint.with_user(self.leader).user_id = self.handler
        self.assertEqual(self.activities(complaint, "call_back").user_id, self.handler)

    def test_today_is_the_team_s_today(self):
        with self.at(datetime(2026, 3, 2, 23, 30)):
            complaint = self.create_complaint(
                channel_id=self.channel_phone.id,
                complaint_phone="+32 2 1",
                **self.waiting,
            )
            self.assertOneActivity(
                complaint, "call_back", self.leader, date(2026, 3, 3)
            )

    def test_letter_is_answered_on_paper_within_two_days(self):
        complaint = self.create_complaint(
            channel_id=self.channel_letter.id,
            partner_id=self.customer.id,
            **self.waiting,
        )
        activity = self.assertOneActivity(
            complaint, "letter", self.leader, date(2026, 3, 4)
        )
        self.assertIn("Thank you for your letter of", activity.note)
        activity.with_user(self.leader).action_feedback()
        self.assertAcknowledged(complaint, by="letter")

    def test_fax_is_answered_by_fax_within_two_days(self):
        complaint = self.create_complaint(
            channel_id=self.channel_fax.id, partner_id=self.customer.id, **self.waiting
        )
        activity = self.assertOneActivity(
            complaint, "letter", self.leader, date(2026, 3, 4)
        )
        activity.with_user(self.leader).action_feedback()
        self.assertAcknowledged(complaint, by="fax")

    def test_visitor_is_thanked_in_person(self):
        complaint = self.create_complaint(
            channel_id=self.channel_visit.id, user_id=self.handler.id
        )
        activity = self.assertOneActivity(
            complaint, "in_person", self.handler, date(2026, 3, 2)
        )
        activity.with_user(self.handler).action_feedback()
        self.assertAcknowledged(complaint, by="in_person")

    def test_who_left_a_number_but_no_address_is_called_back(self):
        complaint = self.create_complaint(
            channel_id=self.channel_web.id, complaint_phone="+32 2 1", **self.waiting
        )
        self.assertOneActivity(complaint, "call_back", self.leader, date(2026, 3, 2))

    def test_caller_without_a_number_is_answered_by_mail(self):
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, partner_email="peter@novak.example"
        )
        self.assertAcknowledged(complaint)
        self.assertIn("for calling us", self.text_of(self.the_acknowledgement()))

    def test_letter_with_a_name_on_it_is_answered_though_no_address_is_noted(self):
        complaint = self.create_complaint(
            channel_id=self.channel_letter.id,
            partner_name="Peter Novak",
            **self.waiting,
        )
        self.assertOneActivity(complaint, "letter", self.leader, date(2026, 3, 4))

    def test_who_cannot_be_answered_is_noted_as_such(self):
        for channel in (
            self.channel_email,
            self.channel_phone,
            self.channel_letter,
            self.channel_social,
        ):
            with self.subTest(channel=channel.name):
                complaint = self.create_complaint(channel_id=channel.id)
                self.assertEqual(complaint.complaint_acknowledged_by, "not_applicable")
                self.assertFalse(complaint.complaint_acknowledged_at, "no date")
                self.assertFalse(complaint.sudo().activity_ids)
                self.assertFalse(complaint.complaint_acknowledge_note)
        self.assertFalse(self.acknowledgements())

    def test_administrator_decides_how_a_channel_is_acknowledged(self):
        self.channel_web.with_user(self.manager).complaint_acknowledge_by = "phone"
        complaint = self.create_complaint(
            channel_id=self.channel_web.id, partner_id=self.customer.id, **self.waiting
        )
        self.assertOneActivity(complaint, "call_back", self.leader, date(2026, 3, 2))

    def test_other_activities_acknowledge_nothing(self):
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, complaint_phone="+32 2 1", **self.waiting
        )
        other = complaint.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.handler.id
        )
        other.with_user(self.handler).action_feedback()
        self.assertNotAcknowledged(complaint)
        self.assertEqual(len(self.activities(complaint, "call_back")), 1)

    def test_activity_that_is_cancelled_acknowledges_nothing(self):
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id,
            complaint_phone="+32 2 1",
            user_id=self.handler.id,
        )
        self.activities(complaint, "call_back").with_user(self.handler).unlink()
        self.assertNotAcknowledged(complaint)

    def test_broken_script_costs_the_script_and_not_the_call(self):
        script = self.env.ref("crm_complaints.mail_template_call_back")
        self.edit_template(script, body_html='<t t-out="object.no_such_field"/>')
        with mute_logger(RENDER):
            complaint = self.create_complaint(
                channel_id=self.channel_phone.id,
                complaint_phone="+32 2 1",
                **self.waiting,
            )
        activity = self.assertOneActivity(
            complaint, "call_back", self.leader, date(2026, 3, 2)
        )
        self.assertFalse(activity.note)
        self.assertFalse(complaint.complaint_acknowledge_note)

    def test_error_of_the_database_in_the_script_costs_the_script_only(self):
        script = self.env.ref("crm_complaints.mail_template_call_back")
        with self.database_error_in(script):
            complaint = self.create_complaint(
                channel_id=self.channel_phone.id,
                complaint_phone="+32 2 1",
                **self.waiting,
            )
        self.assertOneActivity(complaint, "call_back", self.leader, date(2026, 3, 2))

    def test_deleted_script_costs_the_script_and_not_the_call(self):
        self.env.ref("crm_complaints.mail_template_call_back").unlink()
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, complaint_phone="+32 2 1", **self.waiting
        )
        self.assertOneActivity(complaint, "call_back", self.leader, date(2026, 3, 2))


@tagged("post_install", "-at_install")
class TestAcknowledgeOnce(ComplaintMailCommon):
    def test_no_way_through_the_phases_sends_a_second_answer(self):
        complaint = self.receive()
        acknowledged_at = complaint.complaint_acknowledged_at
        sent = len(self.sent_to("peter@novak.example"))
        with self.at(datetime(2026, 3, 5, 9, 0)):
            complaint.with_user(self.handler).user_id = self.handler
            for phase in (
                "hearing",
                "reception",
                "calming",
                "solution",
                "agreement",
                "follow_up",
                "hearing",
                "reception",
                "withdrawn",
                "reception",
                "closed",
            ):
                self.move(complaint.with_user(self.handler), phase)
                self.flush_tracking()
        self.assertEqual(len(self.acknowledgements()), 1)
        self.assertEqual(len(self.sent_to("peter@novak.example")), sent)
        self.assertEqual(complaint.complaint_acknowledged_at, acknowledged_at)

    def test_registered_ticket_is_acknowledged_once(self):
        ticket = self.create_ticket(partner_email="peter@novak.example")
        self.assertFalse(self.acknowledgements())
        ticket.with_user(self.leader).action_complaint_register()
        self.assertAcknowledged(ticket)
        self.the_acknowledgement()

    def test_put_back_and_registered_again_is_not_acknowledged_again(self):
        ticket = self.create_ticket(partner_email="peter@novak.example")
        ticket = ticket.with_user(self.leader)
        ticket.action_complaint_register()
        acknowledged_at = ticket.complaint_acknowledged_at
        with self.at(datetime(2026, 3, 3, 9, 0)):
            ticket.action_complaint_unregister()
            ticket.action_complaint_register()
        self.the_acknowledgement()
        self.assertEqual(ticket.complaint_acknowledged_at, acknowledged_at)

    def test_moving_to_another_complaints_team_sends_nothing(self):
        complaint = self.receive()
        complaint.team_id = self.team.copy({"name": "Second desk", "alias_name": False})
        self.the_acknowledgement()

    def test_imported_complaints_are_history_and_not_acknowledged(self):
        # as base_import does, for users who may import history
        importing = self.Ticket.with_user(self.manager).with_context(import_file=True)
        importing.load(
            ["name", "description", "team_id/.id", "partner_id/.id", "channel_id/.id"],
            [
                ["Old", "Text", str(self.team.id), str(self.customer.id), str(channel)]
                for channel in (
                    self.channel_email.id,
                    self.channel_phone.id,
                    self.channel_letter.id,
                )
            ],
        )
        complaints = self.Ticket.search([("name", "=", "Old")])
        self.assertEqual(len(complaints), 3)
        for complaint in complaints:
            self.assertTrue(complaint.is_complaint)
            self.assertNotAcknowledged(complaint)
            self.assertFalse(complaint.activity_ids)
        self.assertFalse(self.sent_to("anna@weber.example"))

    def test_complaint_that_has_ended_when_it_is_noted_is_not_acknowledged(self):
        for phase in ("closed", "withdrawn", "follow_up"):
            with self.subTest(phase=phase):
                complaint = self.create_complaint(
                    partner_id=self.customer.id, stage_id=self.stages[phase].id
                )
                self.assertEqual(complaint.complaint_phase, phase)
                self.assertNotAcknowledged(complaint)
        self.assertFalse(self.acknowledgements())

    def test_copy_is_a_complaint_of_its_own(self):
        complaint = self.create_complaint(partner_id=self.customer.id)
        copy = complaint.copy()
        self.assertAcknowledged(copy)
        self.assertEqual(len(self.sent_to("anna@weber.example")), 2)
        self.assertNotEqual(copy.number, complaint.number)

    def test_ordinary_ticket_is_never_acknowledged(self):
        ticket = self.create_ticket(partner_id=self.customer.id)
        ticket.with_user(self.leader).action_complaint_acknowledge()
        self.assertNotAcknowledged(ticket)
        self.assertFalse(self.sent_to("anna@weber.example"))

    def test_company_that_acknowledges_by_hand(self):
        self.company_a.complaint_acknowledge_automatically = False
        complaint = self.create_complaint(partner_id=self.customer.id)
        self.assertNotAcknowledged(complaint)
        self.assertTrue(complaint.complaint_acknowledge_note)
        self.assertFalse(self.acknowledgements())
        # the setting changes neither the other company nor calls
        other = self.create_complaint(
            user=self.handler_b, team_id=self.team_b.id, partner_email="b@novak.example"
        )
        self.assertAcknowledged(other)
        called = self.create_complaint(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        self.assertTrue(self.activities(called, "call_back"))
        # and a handler sends it when they are ready
        complaint.action_complaint_acknowledge()
        self.assertAcknowledged(complaint)
        self.assertEqual(len(self.sent_to("anna@weber.example")), 1)


@tagged("post_install", "-at_install")
class TestAcknowledgeByHand(ComplaintMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.complaint_acknowledge_automatically = False
        cls.complaint = cls.create_complaint(
            partner_id=cls.customer.id, user_id=cls.handler.id
        )

    def test_button_sends_the_mail_once(self):
        complaint = self.complaint.with_user(self.handler)
        complaint.action_complaint_acknowledge()
        complaint.action_complaint_acknowledge()
        self.the_acknowledgement()
        self.assertAcknowledged(complaint)

    def test_second_call_changes_neither_date_nor_way(self):
        complaint = self.complaint.with_user(self.handler)
        complaint.with_context(
            complaint_acknowledge_by="phone"
        ).action_complaint_acknowledge()
        with self.at(datetime(2026, 3, 3, 9, 0)):
            complaint.action_complaint_acknowledge()
        self.assertAcknowledged(complaint, by="phone")
        self.assertEqual(complaint.complaint_acknowledged_at, self.clock)
        self.assertFalse(self.acknowledgements())

    def test_what_a_person_did_is_noted_as_they_say(self):
        for by in ("phone", "letter", "fax", "in_person"):
            with self.subTest(by=by):
                complaint = self.create_complaint(partner_id=self.customer.id)
                complaint.with_context(
                    complaint_acknowledge_by=by
                ).action_complaint_acknowledge()
                self.assertAcknowledged(complaint, by=by)
        self.assertFalse(self.acknowledgements())

    def test_call_back_is_no_longer_to_be_done_after_it(self):
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        self.assertTrue(self.activities(complaint, "call_back"))
        complaint.with_context(
            complaint_acknowledge_by="phone"
        ).action_complaint_acknowledge()
        self.assertFalse(complaint.sudo().activity_ids)

    def test_mail_instead_of_the_call_ends_the_call_back(self):
        complaint = self.create_complaint(
            channel_id=self.channel_phone.id, partner_id=self.customer.id
        )
        complaint.with_context(
            complaint_acknowledge_by="email"
        ).action_complaint_acknowledge()
        self.assertAcknowledged(complaint)
        self.assertFalse(self.activities(complaint, "call_back"))

    def test_every_handler_of_the_complaint_may(self):
        for user in (self.leader, self.team_handler, self.manager):
            with self.subTest(user=user.name):
                complaint = self.create_complaint(partner_id=self.customer.id)
                complaint.with_user(user).action_complaint_acknowledge()
                self.assertAcknowledged(complaint)
        own = self.create_complaint(
            partner_id=self.customer.id, user_id=self.own_handler.id
        )
        own.with_user(self.own_handler).action_complaint_acknowledge()
        self.assertAcknowledged(own)

    def test_others_may_not(self):
        for user in (
            self.own_handler,  # a colleague handles it
            self.user_employee,
            self.portal_user,
            self.handler_b,
        ):
            with self.subTest(user=user.name), self.assertRaises(AccessError):
                self.complaint.with_user(user).action_complaint_acknowledge()
        self.assertFalse(self.acknowledgements())

    def test_mail_without_an_address_is_refused_with_advice(self):
        complaint = self.create_complaint(complaint_phone="+32 2 1")
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            complaint.with_context(
                complaint_acknowledge_by="email"
            ).action_complaint_acknowledge()

    def test_broken_template_is_told_to_whoever_pressed_the_button(self):
        template = self.env.ref("crm_complaints.mail_template_acknowledgement")
        self.edit_template(template, body_html='<t t-out="object.no_such_field"/>')
        with mute_logger(RENDER), self.assertRaisesRegex(UserError, "no_such_field"):
            self.complaint.with_user(self.handler).action_complaint_acknowledge()
        self.assertNotAcknowledged(self.complaint)

    def test_address_that_comes_later_can_be_used(self):
        """The acknowledgement can be sent once an address is entered."""
        complaint = self.create_complaint(channel_id=self.channel_email.id)
        self.assertEqual(complaint.complaint_acknowledged_by, "not_applicable")
        complaint.partner_email = "peter@novak.example"
        complaint.action_complaint_acknowledge()
        self.assertAcknowledged(complaint)


@tagged("post_install", "-at_install")
class TestAcknowledgementFails(ComplaintMailCommon):
    """Failed acknowledgements are noted; the complaint is registered all the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref("crm_complaints.mail_template_acknowledgement")

    def assertToldAbout(self, complaint):
        """Assert that it is registered, not acknowledged, and the leader told once."""
        self.assertTrue(complaint.exists())
        self.assertTrue(complaint.is_complaint)
        self.assertTrue(complaint.number.startswith("C/"))
        self.assertNotAcknowledged(complaint)
        self.assertTrue(complaint.complaint_acknowledge_note)
        warning = self.warnings(complaint)
        self.assertEqual(len(warning), 1)
        self.assertEqual(warning.user_id, self.leader)

    def test_unknown_field_in_the_template(self):
        self.edit_template(
            self.template, body_html='<p><t t-out="object.no_such_field"/></p>'
        )
        with mute_logger(RENDER):
            complaint = self.receive()
        self.assertToldAbout(complaint)
        self.assertIn("no_such_field", complaint.complaint_acknowledge_note)
        self.assertFalse(self.acknowledgements())
        self.assertIn("The parcel was open.", complaint.message_ids.mapped("body")[-1])

    def test_unknown_field_in_the_subject(self):
        self.edit_template(self.template, subject="{{ object.no_such_field }}")
        with mute_logger(RENDER):
            complaint = self.receive()
        self.assertToldAbout(complaint)

    def test_empty_subject_or_text(self):
        for field, value in (("subject", False), ("body_html", False)):
            with self.subTest(field=field):
                before = self.template[field]
                self.edit_template(self.template, **{field: value})
                complaint = self.receive()
                self.assertToldAbout(complaint)
                self.assertFalse(self.acknowledgements())
                self.assertFalse(
                    self._acknowledgement_mail(complaint), "nor is it sent later"
                )
                self.edit_template(self.template, **{field: before})

    def test_error_of_the_database(self):
        """It aborts the transaction, unless there is a savepoint."""
        with self.database_error_in(self.template):
            complaint = self.receive()
        self.assertToldAbout(complaint)
        self.assertIn("division by zero", complaint.complaint_acknowledge_note)

    def test_deleted_template(self):
        self.template.unlink()
        self.assertToldAbout(self.receive())

    def test_team_s_template_serves_though_the_standard_one_is_deleted(self):
        self.team.complaint_acknowledgement_template_id = self.template.copy()
        self.template.unlink()
        self.assertAcknowledged(self.receive())

    def test_template_of_another_document(self):
        self.team.complaint_acknowledgement_template_id = self.env[
            "mail.template"
        ].create(
            {
                "name": "For partners",
                "model_id": self.env.ref("base.model_res_partner").id,
                "subject": "Hello",
                "body_html": "<p>Hello</p>",
            }
        )
        complaint = self.receive()
        self.assertToldAbout(complaint)

    def test_in_a_batch_only_the_failing_one_fails(self):
        self.edit_template(
            self.template,
            subject="{{ object.no_such_field if object.name == 'Bad' else object.name }}",
        )
        with mute_logger(RENDER):
            complaints = self.Ticket.with_user(self.handler).create(
                [
                    {
                        "name": name,
                        "description": "<p>Text</p>",
                        "team_id": self.team.id,
                        "partner_email": f"{name.lower()}@novak.example",
                    }
                    for name in ("First", "Bad", "Last")
                ]
            )
        first, bad, last = complaints
        self.assertAcknowledged(first)
        self.assertAcknowledged(last)
        self.assertToldAbout(bad)
        for complaint in (first, last):
            self.assertEqual(len(self.sent_to(complaint.partner_email)), 1)
            self.assertFalse(self.warnings(complaint))

    def test_team_with_a_broken_template_does_not_double_the_mail_of_another(self):
        broken = self.template.copy()
        self.edit_template(broken, subject="{{ object.no_such_field }}")
        second = self.team.copy({"name": "Second desk", "alias_name": False})
        second.complaint_acknowledgement_template_id = broken
        with mute_logger(RENDER):
            good, bad = self.Ticket.with_user(self.handler).create(
                [
                    {
                        "name": team.name,
                        "description": "<p>Text</p>",
                        "team_id": team.id,
                        "partner_email": f"at{team.id}@novak.example",
                    }
                    for team in (self.team, second)
                ]
            )
        self.assertAcknowledged(good)
        self.assertToldAbout(bad)
        self.assertEqual(len(self.sent_to(good.partner_email)), 1)

    def test_no_mail_server(self):
        with self.no_mail_server():
            complaint = self.receive()
        self.assertToldAbout(complaint)
        self.assertIn("Connection refused", complaint.complaint_acknowledge_note)

    def test_server_that_refuses_the_mail(self):
        refusal = SMTPDataError(554, b"5.7.1 Relay access denied")
        self.testing_smtp_session.send_message = lambda *args: self._raise(refusal)
        with mute_logger(MAIL):
            complaint = self.receive()
        self.assertToldAbout(complaint)
        self.assertEqual(self._acknowledgement_mail(complaint).state, "exception")

    def _raise(self, error):
        raise error

    def test_second_attempt_acknowledges(self):
        with self.no_mail_server():
            complaint = self.receive()
        with self.at(datetime(2026, 3, 2, 11, 0)):
            mail = self._acknowledgement_mail(complaint)
            mail.mark_outgoing()
            mail.send()
        self.assertAcknowledged(complaint)
        self.assertEqual(
            complaint.complaint_acknowledged_at, datetime(2026, 3, 2, 11, 0)
        )

    def _run_scheduler(self, at):
        """Let the scheduler of mails run at a time; return how many were sent."""
        before = len(self._mails)
        with self.at(at):
            self.env["mail.mail"].process_email_queue()
        return len(self._mails) - before

    def test_server_that_is_away_is_asked_again_and_the_mail_sent_once(self):
        Trigger = self.env["ir.cron.trigger"]
        cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
        with self.no_mail_server():
            complaint = self.receive()
        mail = self._acknowledgement_mail(complaint)
        at = datetime(2026, 3, 2, 9, 0)
        for attempt, pause in enumerate(delivery.PAUSES, start=1):
            at += timedelta(minutes=pause)
            self.assertEqual(
                (mail.state, mail.scheduled_date, mail.complaint_attempts),
                ("outgoing", at, attempt),
            )
            domain = [("cron_id", "=", cron.id), ("call_at", "=", at)]
            self.assertTrue(Trigger.search_count(domain))
            self.assertEqual(mail.notification_ids.notification_status, "ready")
            with self.no_mail_server():
                early = at - timedelta(seconds=1)
                self.assertFalse(self._run_scheduler(early))
                self.assertEqual(mail.complaint_attempts, attempt, "not before")
                if attempt < len(delivery.PAUSES):
                    self._run_scheduler(at)
        self.assertToldAbout(complaint)
        self.assertEqual(self._run_scheduler(at), 1)
        self.assertEqual(self._run_scheduler(at + timedelta(days=9)), 0)
        self.assertAcknowledged(complaint)
        self.assertEqual(complaint.complaint_acknowledged_at, at)
        self.assertFalse(self.warnings(complaint))

    def test_server_that_stays_away_is_given_up(self):
        with self.no_mail_server():
            complaint = self.receive()
            at = datetime(2026, 3, 2, 9, 0)
            for pause in delivery.PAUSES:
                at += timedelta(minutes=pause)
                self._run_scheduler(at)
        mail = self._acknowledgement_mail(complaint)
        self.assertEqual(mail.state, "exception")
        self.assertEqual(mail.notification_ids.notification_status, "exception")
        self.assertToldAbout(complaint)

    def test_server_that_asks_to_try_later(self):
        greylisted = SMTPRecipientsRefused({"peter@novak.example": (450, b"Later")})
        send = self.testing_smtp_session.send_message
        self.testing_smtp_session.send_message = lambda *args: self._raise(greylisted)
        with mute_logger(MAIL):
            complaint = self.receive()
        mail = self._acknowledgement_mail(complaint)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.notification_ids.notification_status, "ready")
        self.testing_smtp_session.send_message = send
        self.assertEqual(self._run_scheduler(mail.scheduled_date), 1)
        self.assertAcknowledged(complaint)

    def test_mails_about_nothing_of_ours_are_left_as_they_are(self):
        ticket = self.create_complaint(team_id=self.ordinary_team.id)
        for model, record in (("res.partner", self.customer), (ticket._name, ticket)):
            with self.subTest(model), self.no_mail_server():
                mail = self.env["mail.mail"].create(
                    {
                        "model": model,
                        "res_id": record.id,
                        "email_to": "peter@novak.example",
                        "body_html": "<p>Hello</p>",
                    }
                )
                mail.send()
                self.assertEqual(mail.state, "exception")
                self.assertFalse(mail.scheduled_date)

    def _acknowledgement_mail(self, complaint):
        return self.env["mail.mail"].search(
            [
                ("complaint_acknowledgement", "=", True),
                ("model", "=", "helpdesk.ticket"),
                ("res_id", "=", complaint.id),
            ]
        )

    def test_leader_is_told_once_however_often_it_fails(self):
        with self.no_mail_server():
            complaint = self.receive()
            mail = self._acknowledgement_mail(complaint)
            for _attempt in range(3):
                mail.mark_outgoing()
                mail.send()
        self.assertToldAbout(complaint)

    def test_leader_is_told_once_though_a_handler_tries_again(self):
        with self.no_mail_server():
            complaint = self.receive()
            for _attempt in range(2):
                complaint.with_user(self.handler).action_complaint_acknowledge()
        self.assertToldAbout(complaint)

    def test_call_made_in_the_meantime_stands(self):
        with self.no_mail_server():
            complaint = self.receive()
            complaint.with_user(self.handler).with_context(
                complaint_acknowledge_by="phone"
            ).action_complaint_acknowledge()
            mail = self._acknowledgement_mail(complaint)
            mail.mark_outgoing()
            mail.send()
        self.assertAcknowledged(complaint, by="phone")

    def test_complaint_deleted_in_the_meantime_stops_no_mail(self):
        with self.no_mail_server():
            complaint = self.receive()
        mail = self._acknowledgement_mail(complaint)
        # as if another addon had deleted the complaint, but not the mail
        mail.res_id = self.Ticket.search([], order="id desc", limit=1).id + 1
        complaint.unlink()
        mail.mark_outgoing()
        mail.send()
        self.assertEqual(mail.state, "sent")

    def test_leader_a_complaint_is_about_is_not_the_one_told(self):
        with self.no_mail_server():
            complaint = self.create_complaint(
                partner_id=self.customer.id,
                user_id=self.handler.id,
                complaint_concerned_user_ids=[Command.link(self.leader.id)],
            )
        self.assertEqual(self.warnings(complaint).user_id, self.handler)

    def test_team_without_a_leader(self):
        self.team.user_id = False
        with self.no_mail_server():
            complaint = self.receive()
        self.assertNotAcknowledged(complaint)
        self.assertTrue(complaint.complaint_acknowledge_note)
        self.assertEqual(len(self.warnings(complaint)), 1)

    def test_handler_without_rights_on_mail_sees_the_same(self):
        """Failures are handled without rights on templates and mails."""
        for user in (self.own_handler, self.team_handler, self.handler):
            with self.subTest(user=user.name), self.no_mail_server():
                self.assertToldAbout(
                    self.create_complaint(user=user, partner_id=self.customer.id)
                )


@tagged("post_install", "-at_install")
class TestAcknowledgementLink(ComplaintMailCommon, HttpCase):
    """The tracking link opens the customer page without a login."""

    clock = None

    def _link(self, text):
        (link,) = re.findall(r'href="([^"]*/my/complaints/[^"]*)"', text)
        parts = urlsplit(link.replace("&amp;", "&"))
        self.assertTrue(parts.scheme and parts.netloc, "absolute: it stands in a mail")
        return f"{parts.path}?{parts.query}"

    def test_link_opens_the_complaint_and_a_wrong_one_does_not(self):
        complaint = self.receive(Subject="Broken on arrival, once more")
        link = self._link(self.html_of(self.the_acknowledgement()))
        page = self.url_open(link)
        self.assertEqual(page.status_code, 200)
        self.assertIn("Broken on arrival, once more", page.text)
        token = complaint.access_token
        for wrong in (
            link.replace(token, token[::-1]),
            link.partition("?")[0],
            link.replace(token, self.receive().access_token or "none"),
        ):
            with self.subTest(link=wrong):
                self.authenticate(None, None)  # without the cookie of the link
                page = self.url_open(wrong)
                self.assertNotIn("Broken on arrival, once more", page.text)

    def test_stranger_with_a_login_needs_the_link_too(self):
        complaint = self.receive(Subject="Broken on arrival, once more")
        new_test_user(
            self.env,
            login="stranger",
            password="stranger-1",
            groups="base.group_portal",
            context={"no_reset_password": True},
        )
        self.authenticate("stranger", "stranger-1")
        page = self.url_open(f"/my/complaints/{complaint.id}")
        self.assertNotIn("Broken on arrival, once more", page.text)
        link = self._link(self.html_of(self.the_acknowledgement()))
        self.assertIn("Broken on arrival, once more", self.url_open(link).text)
