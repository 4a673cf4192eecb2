"""Privacy log: nobody changes it, and staff complained about do not see entries."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestPrivacyLog(PrivacyCommon):
    def test_the_log_names_no_complaint_to_whom_it_is_about(self):
        other = self.create_user("other_manager", "Otto Other", "manager")
        hidden = self.create_complaint()
        hidden.sudo().complaint_concerned_user_ids = other
        for ticket in (hidden, self.create_complaint()):
            self.hold(ticket)
        self.assertEqual(self.Log.with_user(self.manager).search_count([]), 2)
        entries = self.Log.with_user(other).search([])
        self.assertEqual(len(entries), 1)
        self.assertNotIn(hidden.number, entries.references)
        with self.assertRaises(AccessError):
            (self.Log.search([]) - entries.sudo()).with_user(other).read(["date"])

    def test_the_log_can_be_read_once_a_complaint_about_its_reader_is_gone(self):
        other = self.create_user("other_manager", "Otto Other", "manager")
        hidden = self.create_complaint()
        hidden.sudo().complaint_concerned_user_ids = other
        self.hold(self.create_complaint())
        self.assertTrue(other.complaint_concerns)
        self.env.flush_all()
        hidden.sudo().unlink()
        self.assertEqual(self.Log.with_user(other).search_count([]), 1)

    def test_nobody_touches_the_log(self):
        self.hold(self.create_complaint())
        entry = self.Log.search([])
        for env in (self.env, self.env(user=self.manager)):
            with self.assertRaises(UserError):
                entry.with_env(env).write({"details": "Nothing happened"})
            with self.assertRaises(UserError):
                entry.with_env(env).unlink()
        with self.assertRaises(AccessError):
            self.Log.with_user(self.manager).create({"action": "export"})
        self.assertEqual(self.Log.with_user(self.manager).search([]), entry)
        with self.assertRaises(AccessError):
            self.Log.with_user(self.leader).search([])
        manager_b = self.create_user("b", "Mona", "manager", self.company_b)
        self.assertFalse(self.Log.with_user(manager_b).search([]))
