"""Odoo's privacy lookup: it finds complaints by an address, and erases them."""

import base64
from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import EMAIL, MARKS, PrivacyCommon


@tagged("post_install", "-at_install")
class TestPrivacyLookup(PrivacyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.create_user("chief", "Chief", "manager")
        cls.admin.group_ids += cls.env.ref("base.group_system")
        cls.Wizard = cls.env["privacy.lookup.wizard"].with_user(cls.admin)

    def lookup(self, name=None, email=EMAIL):
        wizard = self.Wizard.create({"name": name or self.person.name, "email": email})
        wizard.action_lookup()
        return wizard

    def lines(self, wizard, model="helpdesk.ticket"):
        return wizard.line_ids.filtered(lambda line: line.res_model == model)

    def found(self, wizard):
        ids = self.lines(wizard).mapped("res_id")
        self.assertEqual(len(ids), len(set(ids)), "each once")
        return self.Ticket.browse(ids)

    def close(self, ticket):
        self.bring_in(ticket, "closed")
        self.env.flush_all()
        return ticket

    # ---------------------------------------------------
    # Searching
    # ---------------------------------------------------

    def test_it_finds_complaints_wherever_the_address_stands(self):
        tickets = {
            "contact": self.create_complaint(partner_id=self.person.id),
            "sender": self.create_complaint(partner_email=f"Zeb <{EMAIL}>"),
            "copy": self.create_complaint(email_cc=f"a@b.example, {EMAIL.upper()}"),
            "text": self.create_complaint(description=f"<p>Ask {EMAIL}!</p>"),
            "findings": self.create_complaint(complaint_findings=f"See {EMAIL}"),
            "letter": self.create_complaint(partner_id=self.customer.id),
            "message": self.create_complaint(),
        }
        self.env["complaint.letter"].sudo().create(
            {
                "ticket_id": tickets["letter"].id,
                "kind": "update",
                "way": "mail",
                "email_to": EMAIL,
            }
        )
        self.env["mail.message"].create(
            {
                "model": "helpdesk.ticket",
                "res_id": tickets["message"].id,
                "email_from": EMAIL,
                "author_id": False,
                "message_type": "email",
                "body": "Hello",
            }
        )
        strangers = self.create_complaint(partner_id=self.customer.id)
        ordinary = self.create_ticket(description=EMAIL)
        found = self.found(self.lookup())
        for way, ticket in tickets.items():
            with self.subTest(way):
                self.assertIn(ticket, found)
        self.assertNotIn(strangers, found)
        self.assertNotIn(ordinary, found)

    def test_signs_of_patterns_mean_themselves(self):
        self.create_complaint(partner_email="a_b@x.example")
        other = self.create_complaint(partner_email="acb@x.example")
        found = self.found(self.lookup("Nobody Else", "a_b@x.example"))
        self.assertEqual(len(found), 1)
        self.assertNotIn(other, found)

    # ---------------------------------------------------
    # Erasing
    # ---------------------------------------------------

    def test_at_once_all_that_have_ended_are_anonymised(self):
        ticket = self.everything()
        open_one = self.create_complaint(partner_id=self.person.id)
        held = self.close(self.create_complaint(partner_id=self.person.id))
        held.with_user(self.manager).write(
            {"complaint_legal_hold": True, "complaint_legal_hold_reason": "Court"}
        )
        wizard = self.lookup()
        status = {line.res_id: line.complaint_status for line in self.lines(wizard)}
        merged = ticket._complaint_with_merged() - ticket
        self.assertEqual(
            status,
            {
                ticket.id: "ended",
                merged.id: "ended",
                open_one.id: "open",
                held.id: "held",
            },
        )
        self.assertEqual(
            wizard.complaint_count, len(wizard.line_ids.filtered("complaint_status"))
        )
        answer = wizard.action_complaint_anonymise()
        self.assertEqual(answer["params"]["type"], "warning")
        self.env.invalidate_all()
        self.assertTrue(ticket.complaint_anonymised_at)
        self.assertTrue(merged.complaint_anonymised_at)
        for kept in (open_one, held):
            self.assertFalse(kept.complaint_anonymised_at)
            self.assertEqual(kept.partner_id, self.person)
        log = self.Log.search([("action", "=", "request")])
        self.assertEqual(log[-1].user_id, self.admin)
        self.assertIn(ticket.number, log[-1].references)
        odoos = self.env["privacy.log"].search([])
        self.assertIn(ticket.number, odoos.execution_details)
        self.assertEqual(
            self.lines(wizard)
            .filtered(lambda line: line.res_id == ticket.id)
            .complaint_status,
            "gone",
        )
        self.assertEqual(
            wizard.action_complaint_anonymise()["params"]["type"], "warning"
        )

    def test_nothing_is_left_of_them_but_their_contact(self):
        self.everything()
        wizard = self.lookup()
        wizard.action_complaint_anonymise()
        aside = ("privacy_lookup_wizard", "privacy_lookup_wizard_line", "bus_bus")
        found = self.said_of(*MARKS, aside=(*aside, "res_partner", "complaint_quota"))
        self.assertEqual(found, [])

    def test_somebody_of_the_same_name_is_left_alone(self):
        homonym = self.env["res.partner"].create(
            {"name": self.person.name, "email": "other@quack.example"}
        )
        ours = self.close(self.create_complaint(partner_id=self.person.id))
        theirs = self.close(self.create_complaint(partner_id=homonym.id))
        wizard = self.lookup()
        self.assertEqual(self.found(wizard), ours | theirs)
        wizard.action_complaint_anonymise()
        self.env.invalidate_all()
        self.assertTrue(ours.complaint_anonymised_at)
        self.assertEqual(theirs.partner_id, homonym)
        line = self.lines(wizard).filtered(lambda line: line.res_id == theirs.id)
        line.action_complaint_anonymise()
        self.env.invalidate_all()
        self.assertTrue(theirs.complaint_anonymised_at, "chosen in the list")

    def test_mails_that_stand_on_no_complaint_are_forgotten(self):
        values = {"company_id": self.company_a.id, "email_from": EMAIL}
        entry = self.env["complaint.incoming.mail"].create(
            {**values, "key": "x", "received_at": datetime(2026, 1, 1)}
        )
        letter = {**values, "name": "Q", "raw": base64.b64encode(b"Zebulon")}
        Letter = self.env["complaint.dead.letter"]
        dismissed = Letter.create({**letter, "state": "dismissed"})
        waiting = Letter.create(letter)
        self.lookup().action_complaint_anonymise()
        self.env.invalidate_all()
        self.assertFalse(dismissed.exists())
        self.assertTrue(waiting.exists(), "somebody has to see to it first")
        self.assertTrue(entry.exists())
        self.assertFalse(entry.email_from)

    def test_what_is_held_is_not_deleted_from_the_lookup(self):
        ticket = self.create_complaint(partner_id=self.person.id)
        message = ticket.with_user(self.handler).message_post(body="Evidence")
        message.sudo().author_id = self.person
        ticket.with_user(self.manager).write(
            {"complaint_legal_hold": True, "complaint_legal_hold_reason": "Court"}
        )
        wizard = self.lookup()
        for model in ("helpdesk.ticket", "mail.message", "res.partner"):
            line = self.lines(wizard, model).filtered(
                lambda line, model=model: (
                    model != "mail.message" or line.res_id == message.id
                )
            )
            self.assertTrue(line, model)
            with self.subTest(model), self.assertRaises(UserError):
                line.action_unlink()

    def test_a_template_for_tickets_is_deleted_as_in_odoo(self):
        template = self.env["mail.template"].create(
            {
                "name": "Of a former colleague",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "email_from": EMAIL,
            }
        )
        self.lines(self.lookup(), "mail.template").action_unlink()
        self.assertFalse(template.exists())

    def test_only_administrators_do_it(self):
        self.close(self.create_complaint(partner_id=self.person.id))
        wizard = self.lookup()
        for user in (self.manager, self.handler, self.user_employee):
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    wizard.with_user(user).action_complaint_anonymise()
                with self.assertRaises(AccessError):
                    wizard.line_ids.with_user(user).action_complaint_anonymise()
