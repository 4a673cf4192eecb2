"""Investigation: listening first, causes as a tree, and the next step."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .test_helpdesk_ticket_agree import FORM, TYPE, AgreementCommon

LISTENING = ("reception", "hearing")
AFTERWARDS = ("calming", "solution", "agreement", "follow_up")


@tagged("post_install", "-at_install")
class TestHearing(AgreementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cause = cls.env["complaint.cause"].create({"name": "Double booking"})
        cls.refund = cls.env.ref(TYPE + "refund")

    def test_no_cause_before_the_customer_is_heard(self):
        for phase in LISTENING:
            with self.subTest(phase):
                ticket = self.complaint(phase)
                with self.refused("listen to the customer first"):
                    ticket.complaint_cause_id = self.cause
                with self.refused("listen to the customer first"):
                    self.complaint(phase, complaint_cause_id=self.cause.id)
        for phase in AFTERWARDS:
            with self.subTest(phase):
                self.complaint(phase).complaint_cause_id = self.cause

    def test_no_solution_before_the_customer_is_heard(self):
        for phase in LISTENING:
            with self.subTest(phase):
                ticket = self.complaint(phase)
                with self.refused("listen to the customer first"):
                    self.remedy(ticket)
                with self.refused("listen to the customer first"):
                    ticket.write(
                        {"complaint_remedy_ids": [(0, 0, {"type_id": self.refund.id})]}
                    )

    def test_no_offer_while_the_customer_is_heard_anew(self):
        ticket = self.complaint()
        self.remedy(ticket)
        self.move(ticket, "hearing")
        with self.refused("listen to the customer first"):
            ticket._complaint_propose()

    def test_causes_and_kinds_of_its_own_company(self):
        ticket = self.complaint().sudo()
        self.cause.company_id = self.company_b
        with self.refused("company"):
            ticket.complaint_cause_id = self.cause
        kind = self.refund.copy({"company_id": self.company_b.id})
        with self.refused("company"):
            self.env["complaint.remedy"].create(
                {"ticket_id": ticket.id, "type_id": kind.id}
            )

    def test_documents_brought_are_the_complaints(self):
        ticket = self.complaint()
        bring = {"raw": b"x", "name": "note.txt"}
        Attachment = self.env["ir.attachment"]
        own = Attachment.with_user(self.handler).create(bring).sudo()
        theirs = Attachment.with_user(self.leader).create(bring).sudo()
        elsewhere = own.copy({"res_model": ticket._name, "res_id": self.complaint().id})
        # even with access to all of them
        ticket.with_user(self.handler).sudo().write(
            {"complaint_document_ids": [(6, 0, (own | theirs | elsewhere).ids)]}
        )
        self.assertEqual(own.res_id, ticket.id)
        self.assertFalse(theirs.res_id)
        self.assertNotEqual(elsewhere.res_id, ticket.id)

    def test_facts_may_be_collected_at_any_time(self):
        ticket = self.complaint("hearing")
        ticket.write(
            {
                "complaint_findings": "The room was let twice.",
                "complaint_event_ids": [(0, 0, {"name": "He arrives at ten"})],
            }
        )
        self.assertEqual(ticket.complaint_event_ids.name, "He arrives at ten")

    def test_setting_relaxes_it(self):
        self.company_a.complaint_hear_first = False
        ticket = self.complaint("hearing")
        ticket.complaint_cause_id = self.cause
        self.assertTrue(self.remedy(ticket))

    def test_heard_again_keeps_what_was_found(self):
        ticket = self.complaint("calming")
        ticket.complaint_cause_id = self.cause
        remedy = self.remedy(ticket)
        self.move(ticket, "hearing")
        ticket.name = "Something else is said"
        remedy.cost = 5
        with self.assertRaises(UserError):
            remedy.amount = 50
        self.assertEqual(ticket.complaint_cause_id, self.cause)
        ticket.complaint_cause_id = False
        self.assertFalse(ticket.complaint_cause_id)

    def test_ordinary_tickets_are_left_alone(self):
        ticket = self.create_ticket()
        ticket.sudo().complaint_cause_id = self.cause
        self.assertFalse(ticket.is_complaint)
        self.assertEqual(ticket.sudo().complaint_cause_id, self.cause)


@tagged("post_install", "-at_install")
class TestCauses(AgreementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Cause = cls.env["complaint.cause"].with_user(cls.manager)
        cls.booking = Cause.create(
            {"name": "Booking", "corrective_action": "look twice"}
        )
        cls.twice = Cause.create(
            {
                "name": "Twice",
                "parent_id": cls.booking.id,
                "corrective_action": "check each booking",
            }
        )

    def test_tree(self):
        self.assertEqual(self.twice.full_name, "Booking / Twice")
        self.booking.name = "Rooms"
        self.assertEqual(self.twice.full_name, "Rooms / Twice")
        with self.assertRaises(UserError):
            self.booking.parent_id = self.twice

    def test_names_are_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        parent, child = self.env["complaint.cause"].create(
            [{"name": "Building"}, {"name": "Heating"}]
        )
        child.parent_id = parent
        french = child.with_context(lang="fr_FR")
        french.name = "Chauffage"
        french.parent_id.name = "Bâtiment"
        self.assertEqual(french.display_name, "Bâtiment / Chauffage")
        self.assertEqual(child.display_name, "Building / Heating")
        found = french.name_search("Chauffage")
        self.assertEqual(found, [(child.id, "Bâtiment / Chauffage")])

    def test_brings_what_is_to_change(self):
        with Form(self.complaint("calming"), view=FORM) as form:
            form.complaint_cause_id = self.twice
            self.assertEqual(form.complaint_corrective_action, "check each booking")
            form.complaint_cause_id = self.booking
            self.assertEqual(form.complaint_corrective_action, "look twice")
            form.complaint_corrective_action = "ask the guest"
            form.complaint_cause_id = self.twice
            self.assertEqual(form.complaint_corrective_action, "ask the guest")

    def test_counts_what_comes_from_it_and_from_its_parts(self):
        self.complaint("calming").complaint_cause_id = self.twice
        self.complaint("calming").complaint_cause_id = self.booking
        self.complaint("calming")
        self.assertEqual(self.twice.complaint_count, 1)
        self.assertEqual(self.booking.complaint_count, 2)
        action = self.booking.action_complaint_show()
        self.assertEqual(
            self.Ticket.with_user(self.handler).search_count(action["domain"]), 2
        )

    def test_in_use_it_stays(self):
        self.complaint("calming").complaint_cause_id = self.twice
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.twice.sudo().unlink()

    def test_named_by_managers(self):
        with self.assertRaises(AccessError):
            self.twice.with_user(self.handler).name = "Mine"
        theirs = self.env["complaint.cause"].create(
            {"name": "Of B", "company_id": self.company_b.id}
        )
        found = self.env["complaint.cause"].with_user(self.handler).search([])
        self.assertIn(self.twice, found.sudo(False).with_user(self.manager))
        self.assertNotIn(theirs, found)


@tagged("post_install", "-at_install")
class TestGuidance(AgreementCommon):
    def assertNext(self, ticket, words):
        ticket.invalidate_recordset()
        self.assertIn(words, ticket.with_user(self.handler).complaint_next_step)

    def test_names_what_is_needed_for_the_next_phase(self):
        ticket = self.complaint("reception", channel_id=self.channel_visit.id)
        ticket.user_id = False
        self.assertNext(ticket, "Assign a handler")
        ticket.user_id = self.handler
        self.assertNext(ticket, "acknowledgement is outstanding")
        ticket.with_context(
            complaint_acknowledge_by="in_person"
        ).action_complaint_acknowledge()
        self.assertNext(ticket, "Listen to the customer")
        self.move(ticket, "hearing")
        self.assertNext(ticket, "desired outcome")
        ticket.complaint_remedy_sought = "His money"
        self.assertNext(ticket, "has been heard")
        self.move(ticket, "solution")
        self.assertNext(ticket, "enter: findings, root cause, at least one remedy.")
        ticket.complaint_findings = "We let the room twice."
        ticket.complaint_cause_id = self.env["complaint.cause"].search([], limit=1)
        self.assertNext(ticket, "enter: at least one remedy.")
        self.remedy(ticket)
        self.assertNext(ticket, "send the offer")
        ticket._complaint_propose(self.today)
        self.assertNext(ticket, "with the customer")
        ticket._complaint_reject()
        self.assertNext(ticket, "declined the offer")
        self.remedy(ticket, "compensation")
        ticket._complaint_propose()
        ticket._complaint_accept()
        self.assertNext(ticket, "Enter the outcome")
        ticket.complaint_outcome = "upheld"
        self.assertNext(ticket, "Write the final response")
        self.move(ticket, "follow_up")
        self.assertNext(ticket, "outstanding remedies")
        ticket.complaint_remedy_ids.filtered(
            lambda r: r.state == "accepted"
        ).action_done()
        self.assertNext(ticket, "follow-up call")
