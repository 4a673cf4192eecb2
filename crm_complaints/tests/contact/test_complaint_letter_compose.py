"""Letters by the wizard: previewed, complete, sent once, and kept as they were sent."""

import re
from contextlib import suppress
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from ...engine import tone
from ...models.contact.complaint_letter import KINDS, TEMPLATES
from ...wizards.complaint_letter_compose import FACTS, REQUIRED, REQUIRED_BY_OUTCOME
from ..clock.common import ComplaintClockCommon
from ..resolution.test_helpdesk_ticket_agree import AgreementCommon
from ..resolution.test_helpdesk_ticket_review import SecondStageCommon

# Inputs of each kind; the rest comes from the complaint.
FINAL = {
    "told": "The parcel came open",
    "remedy_sought": "a new parcel",
    "evidence": "the bill of 1 March 2026",
    "findings": "Our box was too thin.",
}
TYPED = {
    "acknowledgement": {},
    "information": {"needed": "a photo of the box"},
    "update": {
        "done": "asked the carrier",
        "still_open": "their answer",
        "next_date": date(2026, 3, 4),
    },
    "offer": {},
    "summary": {"outcome": "upheld"},
    "final": {
        **FINAL,
        "outcome": "upheld",
        "cause": "We packed it badly.",
        "impact": "the evening this cost you",
        "change": "check each box",
    },
    "reopening": {},
}
PARTLY = {
    **FINAL,
    "outcome": "partly_upheld",
    "points": "we packed it badly",
    "other_points": "the price of the delivery",
    "reason": "it is the price you saw",
}
NOT_UPHELD = {**FINAL, "outcome": "not_upheld", "reason": "the carrier opened it"}
RIGHTS = "You may turn to the Ombudsman, free of charge."
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"


class LetterCommon(AgreementCommon, ComplaintClockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.handler.partner_id.phone = "+32 2 555 00 07"
        cls.Compose = cls.env["complaint.letter.compose"]

    def complaint(self, phase="solution", **vals):
        return self.create_complaint(
            **{
                "stage_id": self.stages[phase].id,
                "partner_id": self.customer.id,
                "user_id": self.handler.id,
                "complaint_outcome": False,
                **vals,
            }
        )

    def answerable(self, phase="solution", **vals):
        """Return a complaint about which every kind of letter can be sent."""
        vals = {
            "channel_id": self.channel_phone.id,
            "complaint_remedy_sought": "a new parcel",
            **vals,
        }
        ticket = self.complaint(phase, **vals)
        self.remedy(ticket)
        return ticket

    def compose(self, kind, ticket=None, user=None, **vals):
        """Return the wizard for a complaint, with all required inputs."""
        ticket = ticket if ticket is not None else self.answerable()
        return self.Compose.with_user(user or self.handler).create(
            {"ticket_id": ticket.id, "kind": kind, **TYPED.get(kind, {}), **vals}
        )

    def send(self, kind, ticket=None, user=None, **vals):
        """Send a letter and return it."""
        wizard = self.compose(kind, ticket, user, **vals)
        wizard.action_send()
        return self.letters(wizard.ticket_id)[0]

    def speak_arabic(self):
        self.env["res.lang"]._activate_lang("ar_001")
        self.customer.lang = "ar_001"
        template = self.env.ref("crm_complaints.mail_template_update")
        # in Arabic as well, as far as Odoo can tell
        template.with_context(lang="ar_001").body_html = template.body_html + "<p/>"

    def letters(self, ticket):
        return ticket.sudo().complaint_letter_ids

    def text(self, html):
        # html2plaintext marks links and emphasis
        html = re.sub(r"</?(a|strong)\b[^>]*>", "", html or "")
        return " ".join(html2plaintext(html).split())

    def printing(self, content=b"%PDF-1.4 a letter", state="ok"):
        """Simulate wkhtmltopdf, printing ``content``."""
        Report = type(self.env["ir.actions.report"])
        state = patch.object(Report, "get_wkhtmltopdf_state", return_value=state)
        run = patch.object(Report, "_run_wkhtmltopdf", return_value=content)
        self.startPatcher(state)
        return self.startPatcher(run)

    def mails(self, letter):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("mail_message_id", "=", letter.sudo().message_id.id)])
        )


@tagged("post_install", "-at_install")
class TestLetterCompose(LetterCommon):
    def test_tests_know_every_kind(self):
        # those with wizards of their own, of reviews and referrals, and to the
        # representative
        others = {"extension", "second_stage", "referral", "not_reached", "authority"}
        others.add("agreement")  # sent at once when the customer accepts
        self.assertEqual(set(TYPED) | others, set(TEMPLATES))
        self.assertEqual([kind for kind, _label in KINDS], list(TEMPLATES))
        own = {"extension", "not_reached", "agreement"}  # with wizards of their own
        self.assertEqual(set(REQUIRED), set(TEMPLATES) - own)

    # ---------------------------------------------------
    # Sent and kept
    # ---------------------------------------------------

    def test_every_kind_goes_out_as_it_was_shown(self):
        for kind in TYPED:
            with self.subTest(kind):
                wizard = self.compose(kind)
                ticket = wizard.ticket_id
                shown, subject = self.text(wizard.letter), wizard.subject
                self.assertFalse(wizard.missing)
                wizard.action_send()
                letter = self.letters(ticket)
                self.assertEqual(len(letter), 1)
                self.assertEqual(self.text(letter.body), shown)
                self.assertEqual(letter.subject, subject)
                self.assertEqual(letter.kind, kind)
                self.assertEqual(letter.user_id, self.handler)
                self.assertEqual(letter.sent_at, self.clock)
                self.assertEqual(self.text(letter.message_id.body), shown)
                self.assertNotIn("…", shown)
                self.assertNotRegex(shown, r" [,.;:?]|,,|\.\.|\(\)")

    def test_a_mail_reaches_the_customer(self):
        letter = self.send("update")
        self.assertEqual(letter.way, "mail")
        self.assertEqual(letter.email_to, self.customer.email)
        self.assertEqual(letter.message_id.author_id, self.handler.partner_id)
        self.assertEqual(self.mails(letter).recipient_ids, self.customer)

    def test_a_bare_address_gets_it_too(self):
        ticket = self.answerable(partner_id=False, partner_email="peter@novak.example")
        letter = self.send("update", ticket)
        self.assertEqual(
            self.mails(letter).filtered("email_to").mapped("email_to"),
            ["peter@novak.example"],
        )

    def test_it_is_kept_as_sent_whatever_changes(self):
        letter = self.send("final")
        body, subject = letter.body, letter.subject
        letter.ticket_id.write({"name": "Another matter", "complaint_findings": "X"})
        self.customer.write({"name": "Anna Novak", "street": "Elsewhere 2"})
        template = self.env.ref(TEMPLATES["final"])
        self.edit_template(template, body_html="<p>New text</p>")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((letter.body, letter.subject), (body, subject))
        self.assertIn("Main Street 1", letter.address)
        self.assertIn("Anna Weber", letter.address)

    def test_what_the_browser_says_the_letter_is_does_not_count(self):
        forged = {"letter": "<p>Pay me</p>", "subject": "Forged", "missing": ""}
        letter = self.send("update", **forged)
        self.assertNotIn("Pay me", letter.body)
        self.assertNotIn("Forged", letter.subject)

    def test_what_the_context_says_does_not_count(self):
        policy = self.create_policy("Other", [("resolve", 1, "day")], sequence=99)
        policy.rights = "<p>Not for you</p>"
        wizard = self.compose("final").with_context(
            complaint_letter_values={"findings": "Forged"},
            complaint_letter_policy_id=policy.id,
            complaint_signer=self.leader,
            complaint_on_paper=True,
        )
        wizard.action_send()
        letter = self.letters(wizard.ticket_id)
        for forged in ("Forged", "Not for you", "Lena Leader"):
            self.assertNotIn(forged, letter.body)
        self.assertIn("<a ", letter.body)

    def test_the_form_follows_what_is_typed(self):
        ticket = self.answerable()
        Compose = self.Compose.with_user(self.handler).with_context(
            default_ticket_id=ticket.id, default_kind="information"
        )
        with Form(Compose) as form:
            self.assertIn("Information Needed", form.missing)
            form.needed = "The bill"
            self.assertIn("The bill", form.letter)
            self.assertFalse(form.missing)
            form.way = "paper"
            self.assertNotIn("<a ", form.letter)

    def test_own_words_stand_in_every_letter(self):
        for kind in TYPED:
            with self.subTest(kind):
                letter = self.send(kind, words="It was good to talk to you.\n\nReally.")
                self.assertIn("It was good to talk to you.", self.text(letter.body))
                self.assertIn("Really.", self.text(letter.body))

    def test_markup_in_what_is_typed_stays_text(self):
        for kind, vals in (
            ("final", {**TYPED["final"]}),
            ("final", PARTLY),
            ("final", NOT_UPHELD),
            *((kind, TYPED[kind]) for kind in TYPED if kind != "final"),
        ):
            wizard = self.compose(kind, **vals)
            typed = {
                name: HOSTILE
                for name in {*wizard._input_names(), "words"}
                if wizard._fields[name].type in ("char", "text")
            }
            with self.subTest(kind, outcome=vals.get("outcome")):
                wizard.write(typed)
                self.assertNotIn("<script", wizard.letter)
                self.assertNotIn("<img", wizard.letter)
                wizard.action_send()
                letter = self.letters(wizard.ticket_id)
                self.assertNotIn("<script", letter.body)
                self.assertNotIn("<img", letter.body)
                self.assertIn("alert(1)", self.text(letter.body))

    def test_markup_in_a_remedy_stays_text(self):
        ticket = self.complaint()
        self.remedy(ticket, description=HOSTILE)
        letter = self.compose("offer", ticket).letter
        self.assertNotIn("<script", letter)
        self.assertIn("&lt;script&gt;", letter)

    def test_without_words_in_the_template_nothing_is_sent(self):
        template = self.env.ref(TEMPLATES["update"])
        self.edit_template(template, body_html="<p><br></p>")
        wizard = self.compose("update")
        with self.assertRaisesRegex(UserError, "The letter is empty"):
            wizard.action_send()
        self.assertFalse(self.letters(wizard.ticket_id))

    def test_a_mail_that_cannot_be_sent_stays_and_says_so(self):
        self.assertFalse(self.send("update").not_delivered)
        with self.no_mail_server():
            letter = self.send("update")
            self.env.cr.precommit.run()
            self.mails(letter).send()
        letter.invalidate_recordset()
        self.assertTrue(letter.not_delivered)
        self.assertTrue(letter.body)
        self.mails(letter).send()  # tried again
        self.assertFalse(letter.not_delivered)

    # ---------------------------------------------------
    # An empty placeholder stops the sending
    # ---------------------------------------------------

    def test_whatever_is_missing_is_named_and_nothing_goes_out(self):
        cases = [(kind, vals) for kind, vals in TYPED.items() if kind != "final"]
        cases += [("final", vals) for vals in (TYPED["final"], PARTLY, NOT_UPHELD)]
        for kind, vals in cases:
            required = REQUIRED[kind] + (
                REQUIRED_BY_OUTCOME[vals["outcome"]] if kind == "final" else ()
            )
            self.assertTrue(required)
            for name in required:
                wizard = self.compose(kind, **vals)
                ticket = wizard.ticket_id
                label = wizard._fields[name]._description_string(self.env)
                blank = "  \n" if wizard._fields[name].type == "text" else False
                with self.subTest(kind, name=name):
                    wizard[name] = blank
                    self.assertIn(label, wizard.missing)
                    self.assertIn(name, wizard.missing_inputs.split(","))
                    before = ticket.read(list(FACTS.values()))
                    with self.assertRaises(UserError) as refused:
                        wizard.action_send()
                    self.assertIn(label, str(refused.exception))
                    self.assertFalse(self.letters(ticket))
                    self.assertEqual(ticket.read(list(FACTS.values())), before)

    def test_a_remedy_without_a_day_stops_the_sending(self):
        ticket = self.complaint()
        self.remedy(ticket, promised_date=False)
        for kind in ("offer", "summary", "final"):
            with self.subTest(kind):
                wizard = self.compose(kind, ticket)
                self.assertIn("Due date of “We pay your money back", wizard.missing)
                with self.assertRaises(UserError):
                    wizard.action_send()

    def test_an_apology_needs_no_day_and_nobody_to_start(self):
        ticket = self.complaint()
        self.remedy(ticket, "apology")
        wizard = self.compose("offer", ticket, who=False)
        self.assertFalse(wizard.missing)
        self.assertNotIn("will start on the day", self.text(wizard.letter))

    def test_who_is_right_gets_something(self):
        ticket = self.complaint()
        for kind, vals, needed in (
            ("summary", {}, True),
            ("final", {}, True),
            ("final", PARTLY, True),
            ("final", NOT_UPHELD, False),
        ):
            with self.subTest(kind, **vals):
                missing = self.compose(kind, ticket, **vals).missing or ""
                self.assertEqual("Remedies (on the complaint)" in missing, needed)

    def test_without_an_address_no_mail(self):
        ticket = self.answerable(partner_id=False, partner_name="Peter Novak")
        wizard = self.compose("update", ticket, way="mail")
        with self.assertRaisesRegex(UserError, "e-mail address"):
            wizard.action_send()

    # ---------------------------------------------------
    # Facts of the complaint
    # ---------------------------------------------------

    def test_facts_are_typed_once(self):
        ticket = self.answerable(
            complaint_evidence="the log",
            complaint_findings="Found it.",
            complaint_reason="Because.",
        )
        cause = self.env.ref("crm_complaints.complaint_cause_delivery_damaged")
        ticket.complaint_cause_id = cause
        wizard = self.Compose.with_user(self.handler).create(
            {"ticket_id": ticket.id, "kind": "final"}
        )
        for name, fact in FACTS.items():
            self.assertEqual(wizard[name], ticket[fact])
        self.assertEqual(wizard.cause, cause.customer_text)
        self.assertTrue(wizard.change)
        wizard.write({**PARTLY, "reason": "New reason"})
        self.assertEqual(ticket.complaint_reason, "Because.")
        wizard.action_send()
        self.assertEqual(ticket.complaint_reason, "New reason")
        self.assertEqual(ticket.complaint_evidence, PARTLY["evidence"])
        self.assertEqual(ticket.name, "Broken on arrival", "the customer's own words")
        self.assertEqual(ticket.complaint_outcome, "partly_upheld")

    def test_facts_of_other_letters_stay_as_they_are(self):
        ticket = self.answerable(complaint_findings="Found it.")
        self.send("update", ticket, findings="Other", outcome="upheld", matter="X")
        self.assertEqual(ticket.complaint_findings, "Found it.")
        self.assertFalse(ticket.complaint_outcome)
        self.assertEqual(ticket.name, "Broken on arrival")

    # ---------------------------------------------------
    # Endings and rights
    # ---------------------------------------------------

    def test_outcome_picks_the_ending(self):
        right, partly, other = "You are right.", "right about this", "not the answer"
        for vals, expected in (
            (TYPED["final"], right),
            (PARTLY, partly),
            (NOT_UPHELD, other),
        ):
            text = self.text(self.compose("final", **vals).letter)
            with self.subTest(vals["outcome"]):
                for ending in (right, partly, other):
                    self.assertEqual(ending in text, ending == expected)
                for name, value in vals.items():
                    if name != "outcome":
                        self.assertIn(value.rstrip("."), text)
                self.assertIn("We pay your money back", text)

    def test_rights_are_those_of_the_policy(self):
        for kind, vals, told in (
            ("summary", {}, True),
            ("final", {}, True),
            ("final", PARTLY, True),
            ("final", NOT_UPHELD, True),
            ("information", {}, False),
            ("update", {}, False),
            ("offer", {}, False),
            ("reopening", {}, False),
        ):
            with self.subTest(kind, **vals):
                self.policy.rights = False
                wizard = self.compose(kind, **vals)
                self.assertNotIn("o_complaint_rights", wizard.letter)
                self.assertNotIn("another opinion", wizard.letter)
                self.policy.rights = f"<p>{RIGHTS}</p>"
                wizard = self.compose(kind, **vals)
                self.assertEqual(RIGHTS in wizard.letter, told)

    def test_no_date_where_none_is_promised(self):
        self.Policy.search([]).active = False
        ticket = self.answerable()
        self.assertFalse(ticket.complaint_promised_at)
        for kind in ("information", "update", "reopening"):
            text = self.text(self.compose(kind, ticket).letter).lower()
            self.assertNotIn("our answer", text)

    # ---------------------------------------------------
    # Effects of letters
    # ---------------------------------------------------

    def test_offer_in_two_clicks(self):
        """Once the findings are entered: the button, then “Send”."""
        ticket = self.answerable(user_id=self.handler.id)
        action = ticket.with_user(self.handler).action_complaint_propose()
        Compose = self.env[action["res_model"]].with_user(self.handler)
        wizard = Form(Compose.with_context(**action["context"])).save()
        self.assertEqual(wizard.kind, "offer")
        wizard.action_send()
        self.assertEqual(self.states(ticket), {"Refund": "proposed"})
        self.assertEqual(ticket.complaint_decision, "pending")
        # the day by which it is to be answered, in this policy
        self.assertEqual(ticket.complaint_answer_by, date(2026, 3, 2))
        self.assertEqual(self.letters(ticket).kind, "offer")

    def test_an_offer_is_answered_before_it_is_due(self):
        ticket = self.answerable()
        ticket.complaint_remedy_ids.promised_date = date(2026, 3, 9)
        for days, latest, reason in (
            (3, date(2026, 3, 5), "as the final response is due then"),
            (30, date(2026, 3, 8), "before the first remedy is due"),
        ):
            policy = self.create_policy("Own", [("resolve", days, "day")], sequence=-1)
            ticket.sudo()._complaint_settle(rematch=True)
            wizard = self.compose("offer", ticket)
            with self.subTest(days):
                self.assertEqual(wizard.answer_by, latest)
                self.assertIn(reason, wizard.answer_note)
                wizard.answer_by = latest + timedelta(days=1)
                with self.assertRaisesRegex(UserError, "reply earlier.*" + reason):
                    wizard.action_send()
            policy.active = False
        ticket.complaint_remedy_ids.promised_date = False
        ticket.complaint_remedy_ids.type_id.sudo().immediate = True
        wizard = self.compose("offer", ticket)
        self.assertEqual(wizard.answer_by, date(2026, 3, 16))
        wizard.action_send()

    def test_offer_with_a_choice(self):
        ticket = self.complaint()
        self.remedy(ticket, "apology")
        one = self.compose("offer", ticket)
        self.assertNotIn("choose", self.text(one.letter))
        self.remedy(ticket, "refund", alternative=True)
        self.remedy(ticket, "replacement", alternative=True)
        text = self.text(self.compose("offer", ticket).letter)
        self.assertIn("You can also choose one of these", text)
        self.assertIn("by 9 March 2026", text)

    def test_nothing_to_offer_is_said_kindly(self):
        with self.assertRaisesRegex(UserError, "add at least one remedy first"):
            self.complaint().with_user(self.handler).action_complaint_propose()

    def test_final_response_resolves(self):
        ticket = self.answerable("agreement")
        self.send("final", ticket, **PARTLY)
        self.assertEqual(ticket.complaint_phase, "follow_up")
        self.assertEqual(ticket.complaint_outcome, "partly_upheld")
        self.assertEqual(ticket.complaint_resolved_at, self.clock)

    def test_what_a_final_response_promises_somebody_has_to_do(self):
        ticket = self.answerable()
        self.send("final", ticket)
        self.assertEqual(self.states(ticket), {"Refund": "accepted"})
        self.assertEqual(self.planned(ticket).user_id, self.handler)

    def test_what_they_may_choose_stays_their_choice(self):
        ticket = self.complaint()
        self.remedy(ticket, "refund", alternative=True)
        self.remedy(ticket, "replacement", alternative=True)
        ticket._complaint_propose()
        letter = self.send("final", ticket, **NOT_UPHELD)
        self.assertIn("the choice is yours", self.text(letter.body))
        self.assertEqual(
            self.states(ticket), {"Refund": "proposed", "Replacement": "proposed"}
        )

    def test_a_second_final_response_does_not_open_it_again(self):
        ticket = self.answerable()
        self.send("final", ticket)
        ticket.complaint_remedy_ids._done()
        text = self.text(self.send("final", ticket).body)
        self.assertIn("done on 2 March 2026", text)
        self.assertEqual(ticket.complaint_phase, "follow_up")
        self.assertFalse(ticket.complaint_reopened_count)

    def test_quickly_settled_the_short_letter_is_suggested(self):
        # received on a Monday; the third working day after it ends on Thursday
        for at, expected in (
            (datetime(2026, 3, 5, 22, 0), True),
            (datetime(2026, 3, 6, 7, 0), False),
        ):
            ticket = self.offered(channel_id=self.channel_phone.id)
            with self.subTest(at), self.at(at):
                self.assertFalse(self.compose("final", ticket).is_summary)
                ticket._complaint_accept()
                wizard = self.compose("final", ticket)
                self.assertEqual(wizard.is_summary, expected)
                self.assertFalse(self.compose("update", ticket).is_summary)
                if expected:
                    wizard.action_summary()
                    wizard.action_send()
                    self.assertEqual(
                        self.letters(ticket).mapped("kind"), ["summary", "agreement"]
                    )
                    self.assertEqual(ticket.complaint_phase, "follow_up")

    def test_a_letter_is_a_personal_answer(self):
        for way in ("mail", "paper"):
            ticket = self.answerable()
            self.assertFalse(ticket.complaint_responded_at)
            with self.subTest(way):
                self.send("update", ticket, way=way)
                self.assertEqual(ticket.complaint_responded_at, self.clock)

    # ---------------------------------------------------
    # On paper
    # ---------------------------------------------------

    def test_the_way_follows_the_customer(self):
        by_letter = {"channel_id": self.channel_letter.id}
        unknown = {"partner_id": False, "partner_name": "Peter"}
        for vals, way in (
            ({}, "mail"),
            (by_letter, "paper"),
            (unknown, "paper"),
            ({**unknown, "partner_email": "p@novak.example"}, "mail"),
            # without a postal address it goes by mail
            ({**by_letter, **unknown, "partner_email": "p@novak.example"}, "mail"),
        ):
            with self.subTest(**vals):
                ticket = self.complaint(**vals)
                self.assertEqual(self.compose("update", ticket).way, way)

    def test_on_paper_it_is_kept_and_printed(self):
        self.printing()
        wizard = self.compose("update", way="paper")
        self.assertNotIn("<a ", wizard.letter)
        self.assertIn("Your reference is", wizard.letter)
        action = wizard.action_send()
        letter = self.letters(wizard.ticket_id)
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(action["context"]["active_ids"], letter.ids)
        self.assertTrue(letter.message_id.subtype_id.internal)
        self.assertFalse(self.mails(letter))
        self.assertFalse(letter.email_to)

    def test_acknowledgement_on_paper(self):
        ticket = self.complaint("reception", channel_id=self.channel_letter.id)
        self.assertTrue(ticket.activity_ids)
        letter = self.send("acknowledgement", ticket)
        self.assertEqual(letter.way, "paper")
        self.assertIn("You tell us: Broken on arrival.", self.text(letter.body))
        self.assertEqual(ticket.complaint_acknowledged_by, "letter")
        self.assertEqual(ticket.complaint_acknowledged_at, self.clock)
        self.assertEqual(ticket.complaint_responded_at, self.clock)

    def test_acknowledgement_by_mail_can_be_printed(self):
        self.printing()
        ticket = self.create_complaint(
            partner_id=self.customer.id, channel_id=self.channel_email.id
        ).with_user(self.handler)
        self.assertEqual(ticket.complaint_acknowledged_by, "email")
        for _time in range(2):
            action = ticket.action_complaint_print_acknowledgement()
            letter = self.letters(ticket)
            self.assertEqual(action["context"]["active_ids"], letter.ids)
            self.assertIn("Thank you for writing to us", letter.body)
            self.assertEqual(letter.email_to, self.customer.email)
        with self.assertRaisesRegex(UserError, "No acknowledgement"):
            self.answerable().action_complaint_print_acknowledgement()

    def test_an_extension_is_among_the_letters(self):
        ticket = self.answerable()
        self.env["complaint.extend"].with_user(self.handler).create(
            {"ticket_id": ticket.id, "date": date(2026, 3, 16), "reason": "The report"}
        ).action_extend()
        letter = self.letters(ticket)
        self.assertEqual(letter.kind, "extension")
        self.assertEqual(letter.message_id, ticket.complaint_extension_ids.message_id)

    # ---------------------------------------------------
    # Languages, and who signs
    # ---------------------------------------------------

    def test_letter_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        for xmlid, text in (
            ("complaint_letter_greeting", "<p>Bonjour <t t-out='object.name'/>,</p>"),
            ("complaint_letter_signature", "<p>Cordialement</p>"),
        ):
            self.env.ref(f"crm_complaints.{xmlid}").with_context(
                lang="fr_FR"
            ).arch_db = f"<t t-name='crm_complaints.{xmlid}'>{text}</t>"
        template = self.env.ref(TEMPLATES["information"]).with_context(lang="fr_FR")
        body = """<div><t t-set="letter" t-value="object._complaint_letter_values()"/>
            <t t-call="crm_complaints.complaint_letter_greeting"/><p>Réponse :
            <t t-out="letter['answer_by']"/></p>
            <t t-call="crm_complaints.complaint_letter_signature"/></div>"""
        self.edit_template(template, subject="Votre réclamation", body_html=body)
        self.customer.lang = "fr_FR"
        letter = self.send("information", needed="unfortunately soon")
        self.assertEqual(letter.lang, "fr_FR")
        self.assertEqual(letter.subject, "Votre réclamation")
        text = self.text(letter.body)
        self.assertEqual(
            text, "Bonjour Broken on arrival, Réponse : 9 mars 2026 Cordialement"
        )

    def test_hints_are_for_english_letters(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        wizard = self.compose("information", needed="Unfortunately I need it soon!")
        hints = self.text(wizard.hints)
        for words in ("“Unfortunately”", "“soon”", "“!”"):
            self.assertIn(words, hints)
        self.assertFalse(wizard.missing, "hints do not stop anything")
        wizard.needed = "The bill, please"
        self.assertFalse(wizard.hints)
        wizard.needed = "Unfortunately I need it soon!"
        self.customer.lang = "fr_FR"
        wizard.invalidate_recordset(["hints"])
        self.assertFalse(wizard.hints)

    def test_hints_show_markup_as_text_and_leave_names_alone(self):
        self.customer.name = "Anna Guest"
        wizard = self.compose("information", needed="<b>Mr Guest</b> was rude!<i>")
        self.assertNotIn("<i>", wizard.hints)
        self.assertNotIn("Use the name", wizard.hints)

    def test_every_hint_says_what_to_write_instead(self):
        advice = self.Compose._advice()
        self.assertEqual(set(advice), set(tone.RULES) - {tone.THANKS, tone.GREETING})

    def test_right_to_left(self):
        self.speak_arabic()
        letter = self.send("update")
        self.assertIn('<div dir="rtl">', letter.body)
        # numbers keep their order in text from right to left
        self.assertIn("\u200e+32 2 555 00 07\u200e", letter.body)
        self.customer.lang = "en_US"
        letter = self.send("update")
        self.assertNotIn("rtl", letter.body)
        self.assertNotIn("\u200e", letter.body)

    def test_a_second_final_response_says_who_answered(self):
        ticket = self.answerable()
        # the handler signs, whoever sends it
        first = self.compose("final", ticket, self.manager, **NOT_UPHELD)
        second = self.compose("summary", ticket, self.leader, **NOT_UPHELD)
        update = self.compose("update", ticket, self.leader)
        first.action_send()
        count = len(self.letters(ticket))
        with self.assertRaisesRegex(
            UserError, f"{self.manager.name} .* on 2 March 2026, "
        ):
            second.action_send()
        self.assertEqual(len(self.letters(ticket)), count)
        update.action_send()
        # whoever has seen it may add to it
        self.compose("final", ticket, self.leader, **NOT_UPHELD).action_send()
        self.assertEqual(len(self.letters(ticket)), count + 2)

    def test_the_leader_signs_where_there_is_no_handler(self):
        ticket = self.answerable(user_id=False)
        letter = self.send("update", ticket)
        self.assertEqual(letter.user_id, self.leader)
        self.assertIn("Lena Leader", letter.body)

    def test_the_team_signs_where_there_is_nobody(self):
        self.team.user_id = False
        self.company_a.phone = False
        ticket = self.answerable(user_id=False)
        letter = self.send("update", ticket, who="Our workshop")
        self.assertFalse(letter.user_id)
        text = self.text(letter.body)
        self.assertIn("You can reach us online.", text)
        self.assertTrue(text.endswith(f"Complaints A, {self.company_a.name}"))
        text = self.text(self.compose("update", ticket, way="paper").letter)
        self.assertIn("Your reference is", text)

    # ---------------------------------------------------
    # Who may
    # ---------------------------------------------------

    def test_nobody_writes_who_may_not_work_the_complaint(self):
        ticket = self.answerable()
        self.send("update", ticket)
        letter = self.letters(ticket)
        for user in (
            self.handler_b,
            self.user_employee,
            self.portal_user,
            self.own_handler,
        ):
            ticket.message_unsubscribe(user.partner_id.ids)
            with self.subTest(user.name):
                with self.assertRaises(AccessError):
                    self.compose("update", ticket, user)
                for action in (
                    "action_complaint_letter",
                    "action_complaint_propose",
                    "action_complaint_print_acknowledgement",
                ):
                    with self.assertRaises(AccessError):
                        getattr(ticket.with_user(user), action)()
                theirs = letter.with_user(user)
                for method, arguments in (
                    ("read", [["body"]]),
                    ("action_print", []),
                    ("write", [{"body": "X"}]),
                ):
                    with self.assertRaises(AccessError):
                        getattr(theirs, method)(*arguments)
                with suppress(AccessError):  # some may not even search
                    self.assertFalse(theirs.search([("id", "=", letter.id)]))

    def test_a_letter_on_its_way_is_its_writers(self):
        wizard = self.compose("update")
        for user in (self.team_handler, self.leader):
            with self.assertRaises(AccessError):
                wizard.with_user(user).action_send()
        wizard.ticket_id.sudo().complaint_concerned_user_ids = self.handler
        with self.assertRaises(AccessError):
            wizard.action_send()

    def test_those_it_is_about_do_not_read_it(self):
        letter = self.send("update")
        letter.ticket_id.sudo().complaint_concerned_user_ids = [
            Command.set(self.team_handler.ids)
        ]
        with self.assertRaises(AccessError):
            letter.with_user(self.team_handler).read(["body"])

    def test_nobody_edits_the_register(self):
        letter = self.send("update")
        for user in (self.handler, self.leader, self.manager):
            theirs = letter.with_user(user)
            for method, arguments in (
                ("write", [{"body": "<p>Another</p>"}]),
                ("unlink", []),
                ("create", [{"ticket_id": letter.ticket_id.id, "kind": "final"}]),
            ):
                with (
                    self.subTest(method, user=user.name),
                    self.assertRaises(AccessError),
                ):
                    getattr(theirs, method)(*arguments)

    def test_only_letters_there_are(self):
        ticket = self.answerable().with_user(self.handler)
        with self.assertRaisesRegex(UserError, "not available"):
            ticket.with_context(
                complaint_letter_kind="ransom"
            ).action_complaint_letter()
        action = ticket.with_context(
            complaint_letter_kind="extension"
        ).action_complaint_letter()
        self.assertEqual(action["res_model"], "complaint.extend")
        action = ticket.action_complaint_letter()
        self.assertNotIn("default_kind", action["context"])

    # ---------------------------------------------------
    # Cost
    # ---------------------------------------------------

    def test_the_preview_costs_the_same_however_much_is_offered(self):
        counts = []
        for number in (2, 2, 12):
            ticket = self.complaint()
            for _remedy in range(number):
                self.remedy(ticket)
            wizard = self.compose("offer", ticket)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(wizard.letter)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestLetterSecondStage(LetterCommon, SecondStageCommon):
    def test_a_second_look_is_told_as_it_was_shown(self):
        self.second_policy.rights = f"<p>{RIGHTS}</p>"
        ticket = self.answered()
        wizard = self.compose(
            "second_stage", ticket, self.leader, reviewer_id=self.team_handler.id
        )
        self.assertFalse(wizard.missing)
        shown = self.text(wizard.letter)
        wizard.action_send()
        letter = self.letters(ticket)
        self.assertEqual(self.text(letter.body), shown)
        # the target of the policy for reviews, from now on
        self.assertIn("the result by 4 March 2026", shown)
        self.assertIn(RIGHTS, shown)
        self.assertIn("Tim Team, who had no part in it", shown)
        self.assertEqual(ticket.complaint_reviewer_id, self.team_handler)
        self.assertEqual(ticket.complaint_level, "second")
        # the former handler signs, as the letter names the reviewer as somebody else
        self.assertEqual(letter.user_id, self.handler)
        self.assertIn("Hanna Handler", shown)

    def test_who_had_a_part_in_it_does_not_look_afresh(self):
        ticket = self.answered()
        wizard = self.compose("second_stage", ticket, self.leader)
        self.assertIn("Reviewer", wizard.missing)
        self.assertNotIn(self.handler, wizard.reviewer_candidate_ids)
        wizard.reviewer_id = self.handler
        with self.assertRaisesRegex(UserError, "had no part"):
            wizard.action_send()
        self.assertFalse(self.letters(ticket))

    def test_handing_it_over_may_take_it_out_of_reach(self):
        for way in ("mail", "paper"):
            ticket = self.create_complaint(
                self.leader, user_id=self.own_handler.id, partner_id=self.customer.id
            )
            ticket.complaint_outcome = "not_upheld"
            self.move(ticket, "follow_up")
            wizard = self.compose(
                "second_stage",
                ticket,
                self.own_handler,
                reviewer_id=self.team_handler.id,
                way=way,
            )
            ticket.message_unsubscribe(self.own_handler.partner_id.ids)
            with self.subTest(way):
                wizard.action_send()
                letter = self.letters(ticket)
                self.assertEqual(letter.kind, "second_stage")
                self.assertEqual(
                    letter.message_id.author_id, self.own_handler.partner_id
                )

    def test_referral_names_the_body(self):
        ticket = self.answered()
        wizard = self.compose("referral", ticket)
        self.assertIn("Ombudsman or ADR Body", wizard.missing)
        wizard.body_id = self.body
        shown = self.text(wizard.letter)
        wizard.action_send()
        self.assertEqual(self.text(self.letters(ticket).body), shown)
        for part in ("Ombudsman of Parcels", "Fair Street 7", "+32 2 555 99 99"):
            self.assertEqual(shown.count(part), 1)
        self.assertTrue(ticket.complaint_referred_at)
        self.assertEqual(ticket.complaint_body_id, self.body)

    def test_without_prescribed_words_the_body_is_named_all_the_same(self):
        self.policy.write({"rights": False, "body_id": self.body.id})
        ticket = self.answerable()
        text = self.text(self.compose("final", ticket, **NOT_UPHELD).letter)
        self.assertIn("You may also ask for another opinion:", text)
        self.assertIn("independent body: Ombudsman of Parcels, Fair Street 7", text)
        self.policy.rights = f"<p>{RIGHTS}</p>"
        text = self.text(self.compose("final", ticket, **NOT_UPHELD).letter)
        self.assertIn(RIGHTS, text)
        self.assertNotIn("Fair Street", text)


@tagged("post_install", "-at_install")
class TestLetterPdf(LetterCommon):
    REPORT = "crm_complaints.complaint_letter_report"

    def page(self, letter, user=None):
        """Return the printed page of the letter as HTML."""
        Report = self.env["ir.actions.report"].with_user(user or self.handler)
        html, kind = Report._render_qweb_html(
            self.REPORT, letter.ids, data={"report_type": "pdf"}
        )
        self.assertEqual(kind, "html")
        return html.decode()

    def pdf(self, letter, user=None):
        Report = self.env["ir.actions.report"].with_user(user or self.handler)
        return Report.with_context(force_report_rendering=True)._render_qweb_pdf(
            self.REPORT, letter.ids
        )[0]

    def test_a_page_has_all_that_a_letter_has(self):
        self.company_a.write({"street": "Company Street 1", "city": "Brussels"})
        letter = self.send("update", way="paper")
        page = self.page(letter)
        text = " ".join(html2plaintext(page).split())
        for part in (
            "Company Street 1",
            "Anna Weber",
            "Weber Ltd",
            "Main Street 1",
            "2 March 2026",
            letter.ticket_id.number,
            letter.subject,
            "asked the carrier",
            "Hanna Handler",
        ):
            with self.subTest(part):
                self.assertIn(part, text)
        self.assertIn("o_complaint_signature", page, "room to sign")
        self.assertIn('class="topage"', page)
        self.assertIn('dir="ltr"', page)

    def test_address_of_the_window(self):
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        self.company_a.country_id = belgium
        prepare = self.env["complaint.letter"]._prepare_address
        for vals, expected in (
            ({"country_id": belgium.id}, ["Anna Weber", "Weber Ltd", "Main Street 1"]),
            ({"parent_id": False}, ["Anna Weber", "Main Street 1"]),
            (
                {"country_id": france.id},
                ["Anna Weber", "Main Street 1", "France"],
            ),
        ):
            self.customer.write(vals)
            lines = prepare(self.complaint()).splitlines()
            with self.subTest(**vals):
                self.assertEqual(lines, expected)
        self.assertEqual(
            prepare(self.complaint(partner_id=False, partner_name="Peter Novak")),
            "Peter Novak",
        )

    def test_scripts_in_an_address_are_text(self):
        self.customer.write({"name": HOSTILE, "street": HOSTILE})
        page = self.page(self.send("update", way="paper"))
        self.assertNotIn("<script>alert", page)
        self.assertNotIn("<img src=x", page.replace('src="x"', "src=x"))

    def test_right_to_left(self):
        self.speak_arabic()
        page = self.page(self.send("update", way="paper"))
        article = page[page.index('class="article') :]
        self.assertIn('dir="rtl"', article[:400])
        # the envelope's window is in the same place for all languages
        self.assertIn('<table dir="ltr">', article)

    def test_logo_or_name(self):
        letter = self.send("update", way="paper")
        self.company_a.logo = False
        self.assertNotIn('alt="Logo"', self.page(letter))
        self.company_a.logo = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            "awAAAABJRU5ErkJggg=="
        )
        self.assertIn('alt="Logo"', self.page(letter))

    def test_the_pdf_is_kept_on_the_complaint(self):
        run = self.printing()
        letter = self.send("update", way="paper")
        self.assertFalse(letter.attachment_id)
        self.assertEqual(self.pdf(letter), b"%PDF-1.4 a letter")
        kept = letter.attachment_id
        self.assertEqual(kept.raw, b"%PDF-1.4 a letter")
        self.assertEqual(
            (kept.res_model, kept.res_id), ("helpdesk.ticket", letter.ticket_id.id)
        )
        self.assertIn(letter.ticket_id.number.replace("/", "-"), kept.name)
        # printed again, it is the same file
        self.assertEqual(self.pdf(letter, self.leader), b"%PDF-1.4 a letter")
        self.assertEqual(run.call_count, 1)
        self.assertEqual(letter.attachment_id, kept)

    def test_a_kept_pdf_is_not_for_everybody(self):
        """Odoo itself returns a stored PDF without an access check."""
        self.printing()
        letter = self.send("update", way="paper")
        self.pdf(letter)
        letter.ticket_id.message_unsubscribe(self.own_handler.partner_id.ids)
        for user in (
            self.portal_user,
            self.user_employee,
            self.handler_b,
            self.own_handler,
        ):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.pdf(letter, user)

    def test_sending_does_not_depend_on_the_printer(self):
        Report = type(self.env["ir.actions.report"])
        self.startPatcher(
            patch.object(Report, "_run_wkhtmltopdf", side_effect=OSError("no printer"))
        )
        letter = self.send("final", way="paper")
        self.assertTrue(letter.body)
        self.assertEqual(letter.ticket_id.complaint_phase, "follow_up")
        # without a PDF the page can be shown
        self.assertIn("Hanna Handler", self.page(letter))

    def test_without_a_printer_the_browser_prints(self):
        self.printing(state="install")
        wizard = self.compose("update", way="paper")
        action = wizard.action_send()
        letter = self.letters(wizard.ticket_id)
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertEqual(
            action["url"],
            f"/report/html/crm_complaints.complaint_letter_document/{letter.id}",
        )

    def test_the_date_is_that_of_the_place(self):
        with self.at(datetime(2026, 3, 2, 23, 30)):
            letter = self.send("update", way="paper", next_date=date(2026, 3, 5))
        self.assertEqual(letter.date, date(2026, 3, 3))
        self.assertIn("3 March 2026", self.page(letter))

    def test_a_reader_prints_what_they_may_not_change(self):
        self.printing()
        letter = self.send("update", way="paper")
        self.assertTrue(self.pdf(letter, self.team_handler))
        self.assertTrue(letter.attachment_id)
