"""Letters as they leave: one frame of ours, to be read on a phone and as plain text."""

import re
from datetime import timedelta

from lxml import html as lxml_html

from odoo import fields
from odoo.tests import tagged

from ...engine import plain_text, tone
from ...models.contact.complaint_letter import TEMPLATES
from ...models.contact.helpdesk_ticket_letter import LETTER_VALUES
from ...models.contact.recipients import REPRESENTATIVE_LETTERS
from ..browser import BrowserMixin
from ..contact.letters import EXTENDED, TYPED
from .common import ComplaintPortalCommon

PHONE = 390  # px
ADDRESS = "anna@weber.example"
ENDINGS = ("upheld", "partly_upheld", "not_upheld")
# What Odoo's own frames say, and the tokens in their links.
NEVER = (
    *("Powered by", "odoo.com", "View ticket", "View Helpdesk", "Unfollow"),
    *("signup_token", "auth_login", "hash=", "C-2026"),
)


@tagged("post_install", "-at_install")
class TestLetterFrame(BrowserMixin, ComplaintPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.write({"phone": "+32 2 555 00 00", "email": "desk@a.example"})
        cls.handler.partner_id.write(
            {"function": "Advisor", "phone": "+32 2 555 00 07"}
        )
        cls.customer.email = ADDRESS
        cls.ticket = cls.complaint

    def mails_of(self, send, address=ADDRESS):
        """Return the mails to an address, the customer's: dicts, as they were sent."""
        Mail = self.env["mail.mail"].sudo()
        Mail.search([("state", "=", "outgoing")]).state = "cancel"
        with self.mock_mail_gateway():
            send()
            Mail.search([("state", "=", "outgoing")]).send()
        return [mail for mail in self._mails if address in str(mail["email_to"])]

    def letter(self, kind, ticket=None, **typed):
        ticket = self.ticket if ticket is None else ticket
        values = EXTENDED if kind == "extension" else {**TYPED, **typed}
        subject, body, lang = ticket._complaint_render_letter(
            kind, **{LETTER_VALUES: values}
        )
        return self.mails_of(
            lambda: ticket._complaint_send_letter(kind, subject, body, lang, "mail")
        )

    def everything(self):
        """Yield (what it is, mail) of all that customers are sent."""
        for kind in TEMPLATES:
            if kind in REPRESENTATIVE_LETTERS:
                continue  # to others
            for outcome in ENDINGS if kind == "final" else ("upheld",):
                for mail in self.letter(kind, outcome=outcome):
                    yield f"{kind} {outcome}", mail
        for name, send in (
            ("receipt", self.acknowledge),
            ("rating", self.ticket._complaint_send_rating_request),
            ("reply", self.reply),
        ):
            for mail in self.mails_of(send):
                yield name, mail

    def acknowledge(self):
        self.create_complaint(
            partner_id=self.customer.id, channel_id=self.channel_email.id
        )

    def reply(self):
        self.ticket.with_user(self.handler).message_post(
            body="Thank you. Which day was it?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.customer.ids,
        )

    def test_every_letter_is_in_our_frame(self):
        seen = set()
        for name, mail in self.everything():
            seen.add(name.split()[0])
            page, text = mail["body"], mail["body_alternative"]
            with self.subTest(name):
                self.assertEqual(page.count('class="o_complaint_mail"'), 1)
                self.assertIn(self.company_a.name, text)
                self.assertIn("Anna Weber" if name != "reply" else "Which day", text)
                for words in NEVER:
                    self.assertNotIn(words, page + text)
                self.assertFitsPhone(page)
                self.assertLeadsToThePage(name, page, text)
                self.assertSaysTheSame(page, text)
        others = {"receipt", "rating", "reply"}
        self.assertEqual(seen, {*TEMPLATES, *others} - {*REPRESENTATIVE_LETTERS})

    def test_nobody_is_barred_from_a_letter(self):
        mails = list(self.everything())
        with self.browse("/complaints/new") as page:
            for name, mail in mails:
                with self.subTest(name):
                    page.run(
                        """(html) => {
                            const { documentElement } =
                                new DOMParser().parseFromString(html, "text/html");
                            document.replaceChild(documentElement, document.documentElement);
                        }""",
                        mail["body"],
                    )
                    # mail programs show the subject instead of a title
                    known = [("document-title", "html")]
                    self.assertEqual(page.barriers(known=known), [])

    def assertFitsPhone(self, page):
        self.assertIn('name="viewport"', page)
        for width in re.findall(
            r'(?<![\w-])(?:min-)?width(?:="|:\s*)(\d+)(?!\d|%)', page
        ):
            self.assertLessEqual(int(width), PHONE - 40)
        for outer in lxml_html.fromstring(page).iter("table"):
            self.assertNotRegex(outer.get("width") or "", r"^\d+$")
        self.assertNotIn("nowrap", page)

    def assertLeadsToThePage(self, name, page, text):
        links = [a.get("href") for a in lxml_html.fromstring(page).iter("a")]
        ours = [link for link in links if "/my/complaints/" in link]
        self.assertEqual(links, ours, "no other links")
        if name == "rating":
            self.assertEqual(len(links), 4, "three faces, and not to be asked again")
        else:
            self.assertEqual(len(links), 1)
        for link in links:
            self.assertIn("access_token=", link)
            self.assertNotIn("the-link-of-the-customer", link)
            self.assertIn(f"<{link}>", text)

    def assertSaysTheSame(self, page, text):
        body = lxml_html.fromstring(page).find("body")
        words = re.sub(r"[•\s]+", " ", " ".join(body.itertext())).split()
        plain = re.sub(r"<http[^>]*>", " ", text).replace("•", " ")
        # where HTML has no space between tags, the words are joined in neither
        self.assertEqual("".join(words), "".join(plain.split()))

    def test_letters_as_sent_keep_the_tone(self):
        names = (self.ticket.name, self.ticket.number, self.company_a.name)
        for name, mail in self.everything():
            if name == "reply":
                continue
            text = mail["body_alternative"]
            text = text[text.index("Dear ") : text.rindex(self.company_a.name)]
            text = re.sub(r"\s*<http[^>]*>", ".", text).replace("\n•", "\n\n•")
            with self.subTest(name, text=text):
                self.assertFalse(
                    tone.check_letter(text, name="Anna Weber", names=names)
                )

    def test_a_shouted_title_is_not_echoed(self):
        for mail in self.mails_of(
            lambda: self.create_complaint(
                name="MY PARCEL IS BROKEN!!!", partner_id=self.customer.id
            )
        ):
            self.assertIn("My parcel is broken (C/", mail["subject"])
            self.assertNotIn("PARCEL", mail["body"] + mail["body_alternative"])

    def test_what_is_kept_has_no_frame(self):
        """Neither on the customer's page, nor where an acknowledgement is printed."""
        self.letter("update")
        letter = self.ticket.complaint_letter_ids[:1]
        self.assertIn("Thank you for your patience", letter.body)
        self.assertNotIn("o_complaint_mail", letter.body + letter.message_id.body)
        self.mails_of(self.acknowledge)
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertTrue(mail.complaint_acknowledgement)
        self.assertIn("o_complaint_mail", mail.body_html)
        self.assertNotIn("o_complaint_mail", mail.body)
        self.assertIn("Thank you for writing", mail.body)

    def test_an_administrator_edits_the_frame(self):
        view = self.env.ref("crm_complaints.complaint_mail_layout")
        view.arch_db = view.arch_db.replace("<head>", "<head><title>Ours</title>", 1)
        for mail in (*self.letter("update"), *self.mails_of(self.reply)):
            self.assertIn("<title>Ours</title>", mail["body"])

    def test_staff_are_told_in_odoo_s_frame(self):
        self.leader.notification_type = "email"
        self.ticket.message_subscribe(self.leader.partner_id.ids)
        told = self.mails_of(self.reply, self.leader.email)
        self.assertEqual(len(told), 1)
        self.assertNotIn("o_complaint_mail", told[0]["body"])
        self.assertNotIn("access_token=" + self.ticket.access_token, told[0]["body"])

    def test_ordinary_tickets_keep_odoo_s_frame(self):
        ordinary = self.create_ticket(partner_id=self.customer.id).sudo()
        mails = self.mails_of(
            lambda: ordinary.message_post(
                body="Hello",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.customer.ids,
            )
        )
        self.assertEqual(len(mails), 1)
        self.assertNotIn("o_complaint_mail", mails[0]["body"])

    def test_in_arabic_the_frame_runs_from_the_right(self):
        self.env["res.lang"]._activate_lang("ar_001")
        self.customer.lang = "ar_001"
        self.ticket.complaint_lang = "ar_001"
        for xmlid in ("mail_template_update", "mail_template_acknowledgement"):
            template = self.env.ref(f"crm_complaints.{xmlid}")
            template.with_context(lang="ar_001").body_html = template.body_html + "<p/>"
        for send in (
            lambda: self.letter("update"),
            lambda: self.mails_of(self.acknowledge),
        ):
            for mail in send():
                self.assertRegex(mail["body"], r'<html[^>]* dir="rtl"')
                self.assertRegex(mail["body"], r'<html[^>]* lang="ar-001"')

    def test_a_letter_in_the_other_language_says_so(self):
        """Not translated into the customer's language, it is in English as a whole."""
        self.env["res.lang"]._activate_lang("ar_001")
        self.customer.lang = "ar_001"
        self.ticket.complaint_lang = "ar_001"
        for mail in self.letter("update"):
            self.assertRegex(mail["body"], r'<html[^>]* lang="en-US"')
            self.assertRegex(mail["body"], r'<html[^>]* dir="ltr"')


@tagged("post_install", "-at_install")
class TestWhoSigns(ComplaintPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.create_complaint(
            partner_id=cls.customer.id, user_id=cls.handler.id
        ).sudo()

    def away(self, user):
        now = fields.Datetime.now()
        user.write(
            {
                "out_of_office_from": now - timedelta(days=1),
                "out_of_office_to": now + timedelta(days=7),
                "out_of_office_message": "I am away.",
            }
        )
        self.env.invalidate_all()

    def test_on_leave_nobody_signs_anything_new(self):
        def said():
            body = self.ticket._complaint_render_letter("not_reached")[1]
            return plain_text.from_html(body)

        self.assertIn("Hanna Handler", said())
        self.away(self.handler)
        self.assertNotIn("Hanna Handler", said())
        self.assertIn("Lena Leader", said())
        self.assertIn("Lena Leader", self.ticket.complaint_email_from)
        self.away(self.leader)
        self.assertNotIn("Lena Leader", said())
        self.assertIn("Complaints A", said())
        self.assertIn("You can reach us", said())
