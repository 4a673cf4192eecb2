"""Representatives on the customer page, by their own link or account."""

from datetime import date, datetime

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import ComplaintPortalCommon


@tagged("post_install", "-at_install")
class TestRepresentativePages(ComplaintPortalCommon):
    """Karl is Anna's representative, and not of her company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.karl = cls.stranger.partner_id
        cls.complaint.complaint_representative_id = cls.karl

    def consent(self, scope):
        """File a consent; return the path of the link in letters to Karl."""
        document = self.env["ir.attachment"].create({"name": "signed", "raw": b"I do"})
        consent = self.env["complaint.consent"].create(
            {
                "ticket_id": self.complaint.id,
                "partner_id": self.karl.id,
                "scope": scope,
                "given_on": date(2026, 2, 27),
                "attachment_ids": [Command.set(document.ids)],
            }
        )
        reader = self.complaint._complaint_per_recipient()[-1]
        path = reader.get_portal_url()
        self.assertIn(consent.sudo().access_token, path)
        return path

    def test_without_a_consent_there_is_no_page(self):
        self.as_user(self.stranger)
        self.get(self.path(), 404)
        self.assertNotIn(self.complaint.number, self.get("/my/complaints").text)

    def test_who_reads_does_nothing(self):
        link = self.consent("read")
        self.offer("A voucher")
        for user, path in ((None, link), (self.stranger, self.path())):
            self.as_user(user)
            page = self.get(path)
            text = self.read_text(page)
            self.assertIn(
                "You are acting for: Anna Weber You can read everything here.", text
            )
            self.assertIn("A voucher", text)
            self.assertEqual(self.actions(page), set())
            token = link.partition("access_token=")[2]
            for act in ("write", "accept", "reject", "withdraw", "rate", "second_look"):
                sent = self.send(
                    self.path(act=act), {"words": "Mine", "access_token": token}
                )
                self.assertEqual(sent.status_code, 403, act)

    def test_who_speaks_writes_in_their_own_name(self):
        link = self.consent("write")
        self.offer("A voucher")
        page = self.get(link)
        self.assertEqual(self.actions(page), {self.path(act="write")})
        self.act("write", page, words="She would rather have the money.")
        message = self.complaint._complaint_shown_messages(acting=True)[0]
        self.assertEqual(message.author_id, self.karl)
        self.assertIn("rather have the money", message.body)
        sent = self.send(
            self.path(act="accept"),
            {"access_token": link.partition("access_token=")[2]},
        )
        self.assertEqual(sent.status_code, 403)
        self.assertEqual(self.complaint.complaint_decision, "pending")

    def test_who_decides_accepts_in_their_own_name(self):
        link = self.consent("decide")
        self.offer("A voucher")
        page = self.get(link)
        self.act("accept", page)
        self.assertEqual(self.complaint.complaint_decision, "accepted")
        # the latest is our confirmation
        message = self.complaint._complaint_shown_messages(acting=True)[1]
        self.assertEqual(message.author_id, self.karl)

    def test_by_their_account_it_is_among_their_complaints(self):
        self.consent("write")
        self.as_user(self.stranger)
        self.assertIn(self.complaint.number, self.get("/my/complaints").text)
        page = self.get(self.path())
        self.act("write", page, words="I write for her.")
        message = self.complaint._complaint_shown_messages(acting=True)[0]
        self.assertEqual(message.author_id, self.karl)

    def test_the_link_ends_with_the_consent(self):
        link = self.consent("decide")
        self.complaint.complaint_consent_id.action_end()
        self.get(link, 404)
        self.as_user(self.stranger)
        self.get(self.path(), 404)

    def test_his_account_ends_with_the_consent_and_is_nobody_else_s(self):
        self.consent("read")
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        self.karl.parent_id = firm
        colleague = new_test_user(
            self.env,
            login="colleague_of_karl",
            groups="base.group_portal",
            partner_id=self.env["res.partner"]
            .create({"name": "Carl", "parent_id": firm.id})
            .id,
        )
        # followers get letters, which Karl's whole firm must not read
        self.assertIn(self.karl, self.complaint.message_partner_ids)
        self.as_user(colleague)
        self.get(self.path(), 404)
        self.as_user(self.stranger)
        self.get(self.path())
        self.complaint.complaint_consent_ids.until = date(2026, 3, 10)
        with self.at(datetime(2026, 3, 11, 9, 0)):
            self.get(self.path(), 404)
            self.assertNotIn(self.complaint.number, self.get("/my/complaints").text)
            for user in (self.stranger, colleague):
                mine = self.complaint.with_user(user)
                self.assertFalse(mine.has_access("read"), user.name)
        self.as_user(self.portal_user)
        self.get(self.path())

    def test_nobody_finds_the_other_s_link_on_the_page(self):
        link = self.consent("write")
        ticket = self.complaint.with_user(self.handler)
        letters = ticket._complaint_send_letters(
            "update",
            lambda reader, way: (
                "News",
                f"<p>Dear {reader.complaint_greeting_name}, {reader.get_portal_url()}</p>",
                "en_US",
            ),
            "mail",
        )
        self.assertEqual(len(letters), 2)
        hers = self.complaint.access_token
        his = link.partition("access_token=")[2]
        for path, mine, other, name in (
            (self.link(), hers, his, "Dear Anna Weber"),
            (link, his, hers, "Dear Karl Kunde"),
        ):
            page = self.get(path)
            self.assertNotIn(mine, page.text)
            self.assertNotIn(other, page.text)
            self.assertEqual(page.text.count("Dear "), 1, "of two each sees their own")
            self.assertIn(name, page.text)
        self.as_user(self.portal_user)
        page = self.get(self.path())
        self.assertNotIn(his, page.text)
