"""Letters: the texts for customers follow the rules of tone that can be computed."""

import re

from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...engine import tone
from ...models.contact.complaint_letter import TEMPLATES
from .letters import (
    CLOSING,
    LENGTHS,
    RATING,
    RECEIPT_TO_OTHERS,
    RECEIPTS,
    SPOKEN,
    TAKING,
    UNDATED,
    WRITTEN,
    ComplaintLettersCommon,
)

MONTHS = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
}


@tagged("post_install", "-at_install")
class TestLetters(ComplaintLettersCommon):
    @staticmethod
    def names(complaint):
        """Return names, which are not subject to the rules of tone."""
        return (complaint.name, complaint.partner_id.name, complaint.number)

    @staticmethod
    def sentences(text):
        return [sentence for _start, sentence in tone.sentences(text)]

    # ---------------------------------------------------
    # Tone
    # ---------------------------------------------------

    def test_all_templates_are_checked(self):
        names = (
            self.env["ir.model.data"]
            .search(
                [("module", "=", "crm_complaints"), ("model", "=", "mail.template")]
            )
            .mapped("name")
        )
        self.assertEqual(
            set(names), {*WRITTEN, *SPOKEN, *TAKING, CLOSING, RECEIPT_TO_OTHERS}
        )

    def test_all_kinds_of_letters_are_checked(self):
        self.assertEqual(
            {xmlid.rpartition(".")[2] for xmlid in TEMPLATES.values()},
            {*WRITTEN, RECEIPT_TO_OTHERS} - {"mail_template_acknowledgement", RATING},
        )

    def test_letters_have_the_tone(self):
        """By all rules of ``engine.tone``."""
        for template, complaint, text in self.texts(WRITTEN):
            # list items are no sentences
            text = re.sub(r" \* | [😊😐😞]", ". ", text)
            findings = tone.check_letter(
                text,
                name=complaint.complaint_greeting_name or "",
                names=self.names(complaint),
            )
            with self.subTest(template, text=text):
                self.assertFalse(findings)

    def test_thanks_come_first(self):
        for _template, _complaint, text in self.texts(WRITTEN):
            self.assertIn("thank you", self.sentences(text)[0].lower())

    def test_calls_thank_right_after_the_introduction(self):
        for _template, _complaint, text in self.texts(SPOKEN):
            said = text[text.index("I am ") :].lower()
            self.assertLess(said.index("thank you"), 120, said[:120])

    def test_what_is_said_while_a_complaint_is_taken(self):
        Intake = self.env["complaint.intake"].with_user(self.handler)
        texts = [self.render(CLOSING, self.complaints["named"])[1]]
        for channel in (self.channel_phone, self.channel_visit, self.channel_letter):
            for customer in (self.customer, self.env["res.partner"]):
                intake = Intake.new(
                    {"channel_id": channel.id, "partner_id": customer.id}
                )
                texts.append(" ".join(html2plaintext(intake.script).split()))
        for text in texts:
            with self.subTest(text=text):
                self.assertFalse(
                    tone.check_words(text, names=self.names(self.complaints["named"]))
                )
        for text in texts[1:5]:
            said = text[text.index("I am ") :].lower()
            self.assertLess(said.index("thank you"), 120, said[:120])

    def test_calls_keep_the_tone(self):
        for template, complaint, text in self.texts(SPOKEN):
            # an instruction to the handler, not to be said
            text = text.replace("let the customer finish", "")
            findings = tone.check_words(text, names=self.names(complaint))
            with self.subTest(template, text=text):
                self.assertFalse(findings)

    def test_no_exclamation_mark_and_no_shouting(self):
        for _template, complaint, text in self.texts():
            self.assertNotIn("!", text)
            text = text.replace(complaint.number, "")
            # stricter than the engine, which allows one short word
            self.assertNotRegex(text, r"\b[A-Z]{3,}\b")

    def test_follow_up_asks_positively(self):
        for _template, _complaint, text in self.texts(["mail_template_follow_up_call"]):
            questions = [part for part in self.sentences(text) if part.endswith("?")]
            self.assertEqual(len(questions), 3)
            for question in questions:
                self.assertNotRegex(question, r"(?i)\b(not|no|problems?)\b|n't")

    def test_follow_up_promises_nothing_without_a_date(self):
        """ "You hear from me" is followed by a date."""
        for _template, _complaint, text in self.texts(["mail_template_follow_up_call"]):
            for promise in re.finditer(r"you (?:will )?hear from me([^.]*)\.", text):
                self.assertRegex(promise.group(1), r"\bby\b")

    # ---------------------------------------------------
    # Length
    # ---------------------------------------------------

    def test_letters_are_short(self):
        """Greeting, contact and signature are not counted."""
        for template, limit in LENGTHS.items():
            for _template, _complaint, text in self.texts([template]):
                body = re.sub(r"^(?:Dear [^,]*|Good day),", "", text)
                body = re.split(r"You can reach me|(?:Hanna|Lena) \w+ ", body)[0]
                with self.subTest(template):
                    self.assertLessEqual(len(body.split()), limit, body)

    # ---------------------------------------------------
    # What is filled in
    # ---------------------------------------------------

    def test_nothing_is_left_unfilled(self):
        for template, complaint, text in self.texts():
            self.assertNotRegex(text, r"\b(False|None|True)\b")
            self.assertNotRegex(text, r"[{}]|object\.|\bt-")
            self.assertNotRegex(text, r" [,.;:?]|,,|\.\.|\(\)|“”", "an empty place")
            subject = self.env.ref(f"crm_complaints.{template}")._render_field(
                "subject", complaint.ids
            )[complaint.id]
            self.assertEqual(subject, f"{complaint.name} ({complaint.number})")

    def test_dates_are_full_dates(self):
        for template, complaint, text in self.texts():
            if template == "mail_template_follow_up_call":
                continue
            text = text.replace(complaint.number, "")
            self.assertNotRegex(text, r"\d[/.-]\d", "no digits only")
            dates = re.findall(r"\b\d{1,2} (\w+) \d{4}\b", text)
            self.assertLessEqual(set(dates), MONTHS)
            if complaint.complaint_promised_at and template not in UNDATED:
                self.assertIn("16 March 2026", text)

    def test_no_date_is_promised_where_none_is_due(self):
        ended = self.complaints["ended"]
        self.assertFalse(ended.complaint_promised_at)
        for template in RECEIPTS + SPOKEN:
            text = self.render(template, ended)[1]
            self.assertNotRegex(text, r"\b(answer by|By) \d")
            self.assertNotIn("you will have our answer", text)

    def test_reference_is_in_every_letter(self):
        for template in (*WRITTEN, "mail_template_call_back"):
            for complaint in self.complaints.values():
                self.assertIn(complaint.number, self.render(template, complaint)[1])

    def test_letter_greets_by_name_or_else_politely(self):
        for template in WRITTEN:
            for kind, greeting in (
                ("named", "Dear Anna Weber,"),
                ("stranger", "Dear Peter Novak,"),
                ("nameless", "Good day,"),
            ):
                with self.subTest(template=template, complaint=kind):
                    text = self.render(template, self.complaints[kind])[1]
                    self.assertTrue(text.startswith(greeting), text[:40])

    def test_letter_greets_as_the_customer_likes(self):
        self.customer.complaint_salutation = "Ms Weber"
        self.env.invalidate_all()
        for template in WRITTEN:
            text = self.render(template, self.complaints["named"])[1]
            self.assertTrue(text.startswith("Dear Ms Weber,"), text[:40])

    def test_one_person_signs_with_role_phone_team_and_company(self):
        for kind, name, role, phone in (
            ("named", "Hanna Handler", "Advisor", "+32 2 555 00 07"),
            ("stranger", "Lena Leader", "Head of Service", "+32 2 555 00 00"),
        ):
            with self.subTest(complaint=kind):
                text = self.render(
                    "mail_template_acknowledgement", self.complaints[kind]
                )[1]
                self.assertIn(f"You can reach me on {phone} or online.", text)
                self.assertTrue(
                    text.endswith(
                        f"{name}, {role} Complaints A, {self.company_a.name}"
                    ),
                    text[-90:],
                )

    def test_letter_on_paper_repeats_what_we_understood(self):
        text = self.render("mail_template_letter", self.complaints["named"])[1]
        self.assertIn("You tell us: Broken on arrival.", text)
        self.assertIn("You would like: a new parcel.", text)
        self.assertIn("will answer by 16 March 2026", text)
        text = self.render("mail_template_letter", self.complaints["nameless"])[1]
        self.assertNotIn("You would like", text)

    def test_letter_on_paper_has_one_full_stop_after_the_customer_s_own(self):
        complaint = self.create_complaint(
            name="The parcel was open.",
            partner_id=self.customer.id,
            complaint_remedy_sought="I want a new one.",
        )
        text = self.render("mail_template_letter", complaint)[1]
        self.assertNotIn("..", text)

    def test_letter_that_asks_for_a_call_gives_the_number(self):
        for template, complaint, text in self.texts(WRITTEN):
            if re.search(r"\b(call|reach) me\b", text):
                handled = complaint.user_id == self.handler
                phone = "+32 2 555 00 07" if handled else "+32 2 555 00 00"
                self.assertIn(phone, text, template)

    def test_letter_is_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("crm_complaints.mail_template_letter").with_context(
            lang="fr_FR"
        ).body_html = "<p>Merci de votre lettre.</p>"
        self.customer.lang = "fr_FR"
        complaint = self.create_complaint(
            partner_id=self.customer.id, channel_id=self.channel_letter.id
        )
        self.assertIn("Merci de votre lettre.", complaint.activity_ids.note)

    def test_mail_without_anybody_to_sign_speaks_for_the_team(self):
        self.team.user_id = False
        complaint = self.create_complaint(partner_id=self.customer.id, user_id=False)
        text = self.render("mail_template_acknowledgement", complaint)[1]
        self.assertTrue(text.endswith(f"Complaints A, {self.company_a.name}"), text)
        self.assertNotRegex(text, r"\b(from|reach) me\b")

    # ---------------------------------------------------
    # What customers may write
    # ---------------------------------------------------

    def test_markup_in_what_customers_write_stays_text(self):
        hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
        complaint = self.create_complaint(
            name=hostile,
            partner_name=hostile,
            complaint_remedy_sought=hostile,
            complaint_phone=hostile,
        )
        for template in WRITTEN + SPOKEN:
            with self.subTest(template=template):
                html = self.render(template, complaint)[0]
                self.assertNotIn("<script", html)
                self.assertNotIn("<img", html)
                self.assertIn("&lt;script&gt;", html)

    def test_markup_in_a_contact_s_name_stays_text(self):
        self.customer.name = "Anna <b>Weber</b>"
        for template in WRITTEN:
            html = self.render(template, self.complaints["named"])[0]
            self.assertIn("Anna &lt;b&gt;Weber&lt;/b&gt;", html)
