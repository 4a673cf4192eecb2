"""complaint.incoming.mail: who sees the register of mail."""

from odoo.tests import tagged

from .common import ComplaintMailCommon


@tagged("post_install", "-at_install")
class TestIncomingMailRegister(ComplaintMailCommon):
    def test_a_shared_desk_shows_each_company_its_own_mail(self):
        manager_b = self.create_user("manager_b", "Mona", "manager", self.company_b)
        self.team.company_id = False
        Entry = self.env["complaint.incoming.mail"]
        ours = self.receive()
        self.assertEqual(ours.company_id, self.env.company)
        of_ours = self.entry()
        theirs = self.receive(From="Vera <vera@novak.example>")
        theirs.company_id = self.company_b
        message = theirs.message_post(
            body="Dear Vera", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        self.answer(message.message_id, From="Vera <vera@novak.example>")
        of_theirs = self.entry()
        self.assertEqual(of_theirs.ticket_id, theirs)
        for user, seen, hidden in (
            (self.manager, of_ours, of_theirs),
            (manager_b, of_theirs, of_ours),
        ):
            found = Entry.with_user(user).search([])
            self.assertIn(seen, found)
            self.assertNotIn(hidden, found)
            self.assertFalse(
                Entry.with_user(user).search([("email_from", "=", hidden.email_from)])
                & hidden
            )
