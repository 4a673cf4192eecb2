"""Assignment: a handler for several complaints at once."""

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..common import ComplaintCommon


@tagged("post_install", "-at_install")
class TestAssign(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaints = cls.create_complaint(name="Cold soup") | cls.create_complaint(
            name="Cold coffee"
        )

    def wizard(self, user, handler, complaints=None):
        return (
            self.env["complaint.assign"]
            .with_user(user)
            .create(
                {
                    "ticket_ids": [Command.set((complaints or self.complaints).ids)],
                    "user_id": handler.id,
                }
            )
        )

    def test_all_of_them_get_the_handler(self):
        self.wizard(self.leader, self.team_handler).action_assign()
        self.assertEqual(self.complaints.user_id, self.team_handler)

    def test_members_of_the_team_are_offered(self):
        wizard = self.wizard(self.leader, self.team_handler)
        self.assertIn(self.team_handler, wizard.team_user_ids)
        self.assertLessEqual(wizard.team_user_ids, self.team.user_ids)

    def test_nobody_assigns_what_they_may_not_work(self):
        colleague_s = self.complaints[0]
        colleague_s.user_id = self.leader
        with self.assertRaises(AccessError):
            self.wizard(self.own_handler, self.own_handler, colleague_s)

    def test_nobody_handles_a_complaint_about_themselves(self):
        self.complaints[1].complaint_concerned_user_ids = self.team_handler
        with self.assertRaises(ValidationError):
            self.wizard(self.leader, self.team_handler).action_assign()
            self.env.flush_all()
