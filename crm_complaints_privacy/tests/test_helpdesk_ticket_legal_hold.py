"""Legal hold: only managers set it, and nothing on legal hold is deleted."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.crm_complaints.hooks import uninstall_hook

from .common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestLegalHold(PrivacyCommon):
    def test_a_manager_holds_and_lets_go(self):
        ticket = self.create_complaint()
        self.hold(ticket)
        self.assertEqual(ticket.complaint_legal_hold_user_id, self.manager)
        self.assertEqual(ticket.complaint_legal_hold_at, self.clock)
        ticket.with_user(self.manager).complaint_legal_hold = False
        self.assertFalse(ticket.complaint_legal_hold_reason)
        self.assertFalse(ticket.complaint_legal_hold_user_id)
        self.assertEqual(self.Log.search([]).mapped("action"), ["release", "hold"])
        self.assertEqual(self.Log.search([]).user_id, self.manager)

    def test_nobody_else_does(self):
        ticket = self.create_complaint()
        with self.assertRaises(AccessError):
            self.hold(ticket, self.leader)
        self.hold(ticket)
        with self.assertRaises(AccessError):
            ticket.with_user(self.leader).complaint_legal_hold = False
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).complaint_legal_hold_user_id = self.leader
        values = {"name": "New", "description": "x", "team_id": self.team.id}
        for sent in (
            {"complaint_legal_hold": True, "complaint_legal_hold_reason": "Mine"},
            {"complaint_legal_hold_user_id": self.manager.id},
        ):
            with self.subTest("value"), self.assertRaises(AccessError):
                self.Ticket.with_user(self.leader).create({**values, **sent})
            context = {f"default_{name}": value for name, value in sent.items()}
            with self.subTest("default"), self.assertRaises(AccessError):
                self.Ticket.with_user(self.leader).with_context(**context).create(
                    values
                )

    def test_it_has_a_reason(self):
        ticket = self.create_complaint()
        for reason in (False, " "):
            with self.assertRaises(UserError):
                ticket.with_user(self.manager).write(
                    {
                        "complaint_legal_hold": True,
                        "complaint_legal_hold_reason": reason,
                    }
                )

    def test_what_is_held_is_not_deleted(self):
        ticket = self.create_complaint(partner_id=self.person.id)
        self.hold(ticket)
        with self.assertRaises(UserError):
            ticket.sudo().unlink()
        with self.assertRaises(UserError):
            self.person.unlink()
        ticket.with_user(self.manager).complaint_legal_hold = False
        self.person.unlink()
        ticket.sudo().unlink()
        self.assertFalse(ticket.exists())

    def test_uninstalling_leaves_no_filter_on_it(self):
        """This addon goes with crm_complaints, whose hook clears up for both."""
        ours = self.env["ir.filters"].create(
            {
                "name": "Held",
                "model_id": "helpdesk.ticket",
                "domain": "[('complaint_legal_hold', '=', True)]",
            }
        )
        uninstall_hook(self.env)
        self.assertFalse(ours.exists())
