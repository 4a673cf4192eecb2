"""Register: each download is in the privacy log, with the period and the number."""

from odoo.tests import tagged

from .common import PrivacyCommon


@tagged("post_install", "-at_install")
class TestComplaintRegister(PrivacyCommon):
    def begin(self, **vals):
        wizard = (
            self.env["complaint.register"]
            .with_user(self.manager)
            .create({"date_from": "2026-03-01", "date_to": "2026-03-31", **vals})
        )
        return wizard, wizard.make_part()

    def test_a_download_is_noted_once_when_it_begins(self):
        self.create_complaint()
        self.create_complaint()
        wizard, part = self.begin()
        (entry,) = self.Log.with_user(self.manager).search([])
        self.assertEqual(entry.action, "register")
        self.assertEqual(entry.user_id, self.manager)
        self.assertEqual(entry.company_id, self.company_a)
        self.assertEqual(
            entry.details, "Complaints received from 03/01/2026 to 03/31/2026: 2"
        )
        self.assertFalse(part["state"])
        wizard.make_part(
            {
                "after": ["2026-03-02T09:00:00", 0],
                "done": 1,
                "total": 2,
                "file": {},
            }
        )
        self.assertEqual(self.Log.search([]), entry, "a part that follows is not")

    def test_the_event_log_names_nobody_and_is_not_noted(self):
        self.create_complaint()
        self.begin(what="events")
        self.assertFalse(self.Log.search([]))
