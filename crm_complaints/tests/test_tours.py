"""Journeys of handlers and administrators, played in a browser."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..controllers import complaints
from .browser import BrowserMixin
from .mail.common import ComplaintMailCommon


class TourCommon(BrowserMixin, ComplaintMailCommon, HttpCase):
    def accept(self, complaint):
        """Accept an offer without a choice on the customer page, in two taps."""
        complaint._portal_ensure_token()
        with self.browse(complaint.sudo().get_portal_url()) as page:
            page.click("summary", "Accept this offer")
            page.go("#accept button", "Yes, I accept the offer")
            page.see(".o_complaint_done", "Thank you for accepting")


@tagged("post_install", "-at_install")
class TestTours(TourCommon):
    """Each journey is played by its own role, with no more rights than that."""

    clock = None  # browsers have a clock of their own

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.administrator = new_test_user(
            cls.env,
            login="administrator",
            name="Ada Administrator",
            email="administrator@staff.example.com",
            groups="base.group_system,helpdesk_mgmt.group_helpdesk_manager",
            company_id=cls.company_a.id,
            company_ids=[Command.set(cls.company_a.ids)],
            tz="UTC",
            context={"no_reset_password": True, "mail_create_nolog": True},
        )
        # tours look for these texts rather than those that come as data
        for phase, stage in cls.stages.items():
            stage.description = f"<p>Guide: {phase}.</p>"

    def setUp(self):
        super().setUp()
        # a tour presses at once
        self.startPatcher(patch.object(complaints, "QUICKEST", 0))

    def play(self, tour, user):
        self.start_tour("/odoo", tour, login=user.login)

    # ---------------------------------------------------
    # Colleagues elsewhere
    # ---------------------------------------------------

    def play_on_contact(self, tour, user):
        self.start_tour(f"/odoo/res.partner/{self.customer.id}", tour, login=user.login)

    def test_colleague_who_meets_the_customer_sees_that_their_complaint_is_open(self):
        self.stages["hearing"].write(
            {"complaint_say": "We hear you out.", "complaint_avoid": "Guesses."}
        )
        complaint = self.create_complaint(
            self.leader, partner_id=self.customer.id, user_id=self.handler.id
        )
        self.move(complaint, "hearing")
        self.play_on_contact("complaint_banner", self.user_employee)

    def test_handler_goes_from_the_contact_to_the_complaint_that_lost_trust(self):
        complaint = self.create_complaint(
            name="Cold coffee", partner_id=self.customer.id
        )
        self.move(complaint, "follow_up")
        complaint._complaint_record_follow_up("lost")
        self.play_on_contact("complaint_banner_lost", self.team_handler)

    # ---------------------------------------------------
    # Handlers
    # ---------------------------------------------------

    def test_phone_complaint_from_call_to_restored_trust(self):
        self.play("complaint_by_phone", self.team_handler)

        complaint = self.Ticket.search([("name", "=", "Cold coffee")])
        self.assertRegex(complaint.number, r"^C/")
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(complaint.user_id, self.team_handler)
        self.assertEqual(complaint.create_uid, self.team_handler)
        self.assertEqual(complaint.partner_name, "Karl Muster")
        self.assertEqual(complaint.complaint_phone, "+32 2 555 77 88")
        self.assertEqual(complaint.channel_id, self.channel_phone)
        self.assertIn("The coffee was cold, twice.", complaint.description)
        self.assertAcknowledged(complaint, by="phone")
        self.assertTrue(complaint.complaint_resolved_at)
        self.assertEqual(complaint.stage_id, self.stages["closed"])
        self.assertTrue(complaint.closed_date)
        self.assertEqual(complaint.complaint_follow_up_result, "restored")
        self.assertTrue(complaint.complaint_follow_up_at)
        self.assertFalse(complaint.complaint_reopened_count)
        self.assertFalse(complaint.activity_ids)
        self.assertTrue(
            complaint.message_ids.filtered(
                lambda message: "the best coffee in town" in message.body
            )
        )

    def test_call_is_taken_then_the_next_about_the_same(self):
        earlier = self.create_complaint(
            name="Cold soup", partner_id=self.customer.id, user_id=self.leader.id
        )
        self.play("complaint_intake", self.team_handler)

        complaint = (
            self.Ticket.search([("partner_id", "=", self.customer.id)]) - earlier
        )
        self.assertEqual(complaint.name, "Cold coffee")
        self.assertEqual(complaint.complaint_phone, self.customer.phone)
        self.assertIn("The coffee was cold, twice.", complaint.description)
        self.assertEqual(complaint.complaint_remedy_sought, "A hot one")
        self.assertAcknowledged(complaint, by="phone")
        self.assertTrue(
            earlier.message_ids.filtered(lambda m: "Now the bread, too" in m.body)
        )
        self.assertEqual(self.activities(earlier, "look").user_id, self.leader)

    def test_two_become_one_and_two_again(self):
        first, second = (
            self.create_complaint(
                name=name,
                description=f"<p>{text}</p>",
                partner_id=self.customer.id,
                user_id=self.team_handler.id,
            )
            for name, text in (
                ("Towels not changed", "The towels in room 214 were not changed."),
                ("Dirty towels", "Towels in my room not changed for days now."),
            )
        )
        self.play("complaint_merge", self.team_handler)
        self.assertTrue(second.active)
        self.assertFalse(second.duplicate_id)
        self.assertFalse(first.complaint_merge_ids)
        self.assertIn(second, first.complaint_distinct_ids)

    def test_mail_complaint_from_nobody_to_lost_trust(self):
        complaint = self.receive()
        self.assertFalse(complaint.user_id)
        self.assertAcknowledged(complaint)

        self.play("complaint_by_mail", self.team_handler)

        self.assertEqual(complaint.user_id, self.team_handler)
        self.assertEqual(complaint.stage_id, self.stages["hearing"])
        self.assertEqual(complaint.complaint_follow_up_result, "lost")
        self.assertEqual(complaint.complaint_reopened_count, 1)
        self.assertFalse(complaint.complaint_resolved_at)
        self.assertTrue(complaint.complaint_promised_at)
        self.assertFalse(complaint.activity_ids)

    def test_follow_up_reaches_nobody_and_then_finds_trust_lost(self):
        complaint = self.create_complaint(
            self.team_handler,
            name="Cold coffee",
            partner_id=self.customer.id,
            user_id=self.team_handler.id,
            stage_id=self.stages["solution"].id,
            complaint_received_at=fields.Datetime.now() - timedelta(days=3),
        )
        self.env["complaint.remedy"].create(
            {
                "ticket_id": complaint.id,
                "type_id": self.env.ref(
                    "crm_complaints.complaint_remedy_type_gesture"
                ).id,
                "description": "A new cup",
                "state": "accepted",
                "promised_date": "2036-12-31",
            }
        )
        complaint.action_complaint_resolve()
        # the browser and the transaction share a second
        complaint.sudo().complaint_resolved_at -= timedelta(minutes=1)
        # of another category, so that it does not count as not resolved
        Category = self.env["helpdesk.ticket.category"]
        complaint.category_id = Category.create({"name": "Coffee"})
        self.create_complaint(
            name="Cold tea",
            partner_id=self.customer.id,
            category_id=Category.create({"name": "Tea"}).id,
        )
        complaint.sudo().message_post(
            body="Is it warm now?",
            author_id=self.customer.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

        with mute_logger("odoo.http"):  # the handler is asked for a reason
            self.play("complaint_follow_up", self.team_handler)

        self.assertEqual(
            complaint.complaint_follow_up_call_ids.mapped("followed"),
            ["reopened", "written", "again"],
        )
        self.assertEqual(complaint.complaint_phase, "hearing")
        self.assertEqual(complaint.complaint_letter_ids.mapped("kind"), ["not_reached"])

    def resolved_and_rated(self):
        """Return a complaint whose customer is not satisfied."""
        complaint = self.create_complaint(
            self.team_handler,
            name="Cold coffee",
            partner_id=self.customer.id,
            user_id=self.team_handler.id,
        )
        complaint.action_complaint_resolve()
        complaint.sudo()._complaint_rate(1, "It was cold again.")
        return complaint

    def test_low_rating_is_seen_and_answered(self):
        complaint = self.resolved_and_rated()
        self.play("complaint_rating_answered", self.team_handler)
        rating = complaint.sudo().complaint_rating_ids
        self.assertEqual(rating.publisher_comment, "I call you this afternoon.")
        self.assertEqual(rating.publisher_id, self.team_handler.partner_id)

    def test_offer_accepted_on_the_customers_page_and_answered(self):
        """From the call to the letter; the customer acts on the customer page."""
        self.create_complaint(
            name="Cold soup", partner_id=self.customer.id, user_id=self.leader.id
        )
        self.play("complaint_intake", self.team_handler)
        complaint = self.Ticket.search([("name", "=", "Cold coffee")])

        self.play("complaint_offer", self.team_handler)
        self.assertEqual(complaint.complaint_decision, "pending")
        self.assertTrue(complaint.complaint_responded_at)

        self.accept(complaint)
        self.assertEqual(complaint.complaint_decision, "accepted")
        self.assertEqual(complaint.complaint_remedy_ids.state, "done")

        self.play("complaint_answer", self.team_handler)
        self.assertEqual(complaint.complaint_phase, "follow_up")
        self.assertEqual(complaint.complaint_outcome, "upheld")
        self.assertEqual(
            complaint.complaint_letter_ids.mapped("kind"),
            ["summary", "agreement", "offer"],
        )

    def test_second_person_after_an_offer_that_did_not_suit(self):
        complaint = self.create_complaint(
            partner_id=self.customer.id,
            user_id=self.team_handler.id,
            stage_id=self.stages["solution"].id,
            complaint_outcome=False,
        )
        self.env["complaint.remedy"].create(
            {
                "ticket_id": complaint.id,
                "type_id": self.env.ref(
                    "crm_complaints.complaint_remedy_type_apology"
                ).id,
                "description": "A voucher.",
            }
        )
        complaint._complaint_propose()
        complaint._portal_ensure_token()
        with self.browse(complaint.sudo().get_portal_url()) as page:
            page.click("summary", "Decline this offer")
            page.type("#reject_words", "I want my money back.")
            page.go("#reject button[type=submit]")
            page.click("summary", "Ask for a review")
            page.go("#second_look button[type=submit]")
            page.see("h1", "Someone else will review your complaint")
        self.assertTrue(complaint.complaint_review_open)

        self.start_tour(
            f"/odoo/complaints/{complaint.id}",
            "complaint_second_person",
            login=self.leader.login,
        )
        self.assertEqual(complaint.complaint_level, "second")
        self.assertEqual(complaint.user_id, self.own_handler)
        self.assertIn(self.team_handler, complaint.complaint_former_handler_ids)
        self.assertEqual(complaint.complaint_letter_ids.kind, "second_stage")

    def test_ticket_becomes_a_complaint_and_a_ticket_again(self):
        self.ordinary_team.user_ids += self.team_handler
        ticket = self.create_ticket(name="Where is my parcel?")
        number = ticket.number

        self.play("complaint_of_ticket", self.team_handler)

        self.assertFalse(ticket.is_complaint)
        self.assertEqual(ticket.number, number)
        self.assertEqual(ticket.team_id, self.ordinary_team)
        self.assertFalse(ticket.complaint_phase)
        self.assertRegex(ticket.complaint_former_number, r"^C/")

    def test_pipeline_of_another_team_has_no_phases(self):
        for phase, stage in self.stages.items():
            stage.name = f"Phase of {phase}"
        self.create_stage(False, name="Waiting for parts")
        self.create_ticket()
        self.create_complaint()
        self.play("complaint_other_team", self.outsider)

    def test_late_complaint_is_promised_a_later_date(self):
        long_ago = fields.Datetime.now() - timedelta(days=30)
        late = self.create_complaint(
            name="Old cheese",
            partner_id=self.customer.id,
            complaint_received_at=long_ago,
            channel_id=self.channel_email.id,
        )
        self.create_complaint(name="Fresh bread", channel_id=self.channel_email.id)
        self.assertEqual(late.complaint_sla_state, "breached")

        self.play("complaint_late", self.leader)

        self.assertEqual(late.complaint_extension_count, 1)
        extension = late.complaint_extension_ids
        self.assertEqual(extension.create_uid, self.leader)
        self.assertEqual(extension.reason, "the dairy has to answer first")
        # in Brussels
        self.assertEqual(extension.new_deadline, datetime(2036, 12, 31, 22, 59, 59))
        self.assertIn(self.customer, extension.message_id.notified_partner_ids)
        self.assertEqual(late.complaint_sla_state, "on_track")
        self.assertTrue(late.complaint_responded_at)

    def test_five_late_complaints_are_handed_over_at_once(self):
        long_ago = fields.Datetime.now() - timedelta(days=30)
        late = self.Ticket.union(
            *(
                self.create_complaint(name=f"C{i}", complaint_received_at=long_ago)
                for i in range(5)
            )
        )
        self.play("complaint_hand_over", self.leader)
        self.assertEqual(late.user_id, self.handler)

    # ---------------------------------------------------
    # Leaders
    # ---------------------------------------------------

    def dead_letter(self, subject):
        """Let a mail come in that becomes a failed e-mail."""
        with patch.object(
            self.registry["mail.thread"], "message_parse", side_effect=ValueError("Odd")
        ):
            self.receive(Subject=subject)
        return self.env["complaint.dead.letter"].search([("name", "=", subject)])

    def test_dead_letter_is_taken_in_again(self):
        letter = self.dead_letter("A letter to keep")
        self.play("complaint_dead_letter_retry", self.leader)
        self.assertEqual(letter.state, "done")
        self.assertEqual(letter.ticket_id.name, "A letter to keep")
        self.assertAcknowledged(letter.ticket_id)

    def test_dead_letter_is_dismissed(self):
        letter = self.dead_letter("Advertising")
        self.play("complaint_dead_letter_dismiss", self.leader)
        self.assertEqual(letter.state, "dismissed")
        self.assertEqual(letter.dismiss_reason, "Advertising")

    # ---------------------------------------------------
    # Administrators
    # ---------------------------------------------------

    def test_promise_in_the_houses_own_terms(self):
        with mute_logger("odoo.http"):  # it is told what is refused
            self.play("complaint_policy", self.administrator)

        policy = self.env["complaint.policy"].search(
            [("name", "=", "Guests in the house")]
        )
        self.assertEqual(policy.promise, "Final response: 5 working days")
        self.assertEqual(policy.target_ids.warn_percent, 80)

    def test_stage_and_guide_in_the_houses_own_words(self):
        self.stages["hearing"].name = "Listening"
        complaint = self.create_complaint(
            user_id=self.administrator.id, stage_id=self.stages["hearing"].id
        )

        self.play("complaint_rename_stage", self.administrator)

        stage = self.stages["hearing"]
        self.assertEqual(stage.name, "First Conversation")
        self.assertIn("Listen, and listen again.", stage.description)
        self.assertEqual(complaint.stage_id, stage)
        self.assertEqual(complaint.complaint_phase, "hearing")

    def test_acknowledgement_in_the_houses_own_words(self):
        self.play("complaint_edit_acknowledgement", self.administrator)

        complaint = self.receive()
        self.assertEqual(
            self.the_acknowledgement()["Subject"],
            f"Thank you for your words, {complaint.number}",
        )


@tagged("post_install", "-at_install")
class TestPhoneTours(TourCommon):
    """The same on a phone's screen."""

    clock = None  # browsers have a clock of their own
    browser_size = "375x667"
    touch_enabled = True

    def setUp(self):
        super().setUp()
        # a tour presses at once
        self.startPatcher(patch.object(complaints, "QUICKEST", 0))

    def test_offer_is_made_and_answered_on_a_phone(self):
        complaint = self.create_complaint(
            self.team_handler,
            name="Cold coffee",
            partner_id=self.customer.id,
            channel_id=self.channel_email.id,
            complaint_remedy_sought="A hot one",
            complaint_outcome=False,
        )
        login = self.team_handler.login
        self.start_tour("/odoo/complaints", "complaint_offer_phone", login=login)
        self.assertEqual(complaint.complaint_decision, "pending")
        self.accept(complaint)
        self.start_tour(
            f"/odoo/complaints/{complaint.id}", "complaint_answer_phone", login=login
        )
        self.assertEqual(complaint.complaint_phase, "follow_up")
        self.assertEqual(complaint.complaint_outcome, "upheld")

    def test_follow_up_on_a_phone(self):
        complaint = self.create_complaint(
            self.team_handler,
            name="Cold coffee",
            partner_id=self.customer.id,
            user_id=self.team_handler.id,
            stage_id=self.stages["solution"].id,
        )
        self.env["complaint.remedy"].create(
            {
                "ticket_id": complaint.id,
                "type_id": self.env.ref(
                    "crm_complaints.complaint_remedy_type_gesture"
                ).id,
                "description": "A new cup",
                "state": "done",
            }
        )
        complaint.action_complaint_resolve()
        self.start_tour(
            f"/odoo/complaints/{complaint.id}",
            "complaint_follow_up_phone",
            login=self.team_handler.login,
        )
        self.assertEqual(complaint.complaint_phase, "closed")
        [call] = complaint.complaint_follow_up_call_ids
        self.assertEqual(
            (call.result, call.customer_words), ("restored", "Now it is warm.")
        )

    def test_banner_is_in_sight_on_a_phone(self):
        self.stages["hearing"].write(
            {"complaint_say": "We hear you out.", "complaint_avoid": "Guesses."}
        )
        complaint = self.create_complaint(
            self.leader, partner_id=self.customer.id, user_id=self.handler.id
        )
        self.move(complaint, "hearing")
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}",
            "complaint_banner",
            login=self.user_employee.login,
        )

    def test_call_is_taken_on_a_phone(self):
        self.start_tour(
            "/odoo/complaints", "complaint_intake_phone", login=self.team_handler.login
        )
        complaint = self.Ticket.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(complaint.name, "The coffee was cold, twice.")
        self.assertAcknowledged(complaint, by="phone")
