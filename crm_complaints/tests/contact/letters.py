"""Tools for tests of letters: complaints that they are about, and all that is typed in them."""

import re
from datetime import date, datetime

from odoo.tools import html2plaintext

from ...models.contact.helpdesk_ticket_letter import LETTER_VALUES
from ..mail.common import ComplaintMailCommon

# Acknowledgements: by mail, and as a letter.
RECEIPTS = ("mail_template_acknowledgement", "mail_template_letter")
# Letters of the wizard: words allowed without greeting, contact and signature.
LETTERS = {
    "mail_template_information": 100,
    "mail_template_update": 70,
    "mail_template_offer": 120,
    "mail_template_agreement": 100,
    "mail_template_summary_resolution": 100,
    "mail_template_final_response": 400,
    "mail_template_second_stage": 100,
    "mail_template_referral": 100,
    "mail_template_reopening": 70,
    "mail_template_follow_up_not_reached": 50,
}
RATING = "mail_template_rating"
WRITTEN = (*RECEIPTS, "mail_template_extension", *LETTERS, RATING)
# Letters that need no date of our next answer.
UNDATED = (
    "mail_template_offer",
    "mail_template_agreement",
    "mail_template_summary_resolution",
    "mail_template_final_response",
    "mail_template_referral",
    "mail_template_follow_up_not_reached",
    RATING,
)
LENGTHS = {
    "mail_template_acknowledgement": 90,
    "mail_template_letter": 100,
    "mail_template_extension": 120,
    **LETTERS,
    RATING: 50,
}
# To the representative; tested with representatives.
RECEIPT_TO_OTHERS = "mail_template_authority"
SPOKEN = ("mail_template_call_back", "mail_template_follow_up_call")
# Scripts beside the fields of the intake page, and for the end of the call.
TAKING = (
    "mail_template_intake_phone",
    "mail_template_intake_desk",
    "mail_template_intake_letter",
)
CLOSING = "mail_template_intake_close"

# Inputs of the wizard that extends a deadline.
EXTENDED = {
    "old_due": datetime(2026, 3, 9, 12, 0),
    "due": date(2026, 3, 16),
    "reason": "the carrier's report reaches us on 12 March 2026",
    "findings": "the parcel left our house closed",
}
# Inputs of the wizard for all other letters.
REFUND = {"text": "We pay your money back", "date": date(2026, 3, 20), "done_at": False}
TYPED = {
    "remedy_sought": "a new parcel",
    "needed": "the bill and a photo of the box",
    "answer_by": date(2026, 3, 9),
    "done": "asked the carrier for the film of that day",
    "open": "the carrier's report",
    "who": "Anna Carrier",
    "next_date": date(2026, 3, 11),
    "remedies": [REFUND],
    "agreed": [{**REFUND, "who": "Anna Carrier"}],
    "agreed_on": datetime(2026, 3, 2, 9, 0),
    "choices": [{**REFUND, "text": "A new one"}, {**REFUND, "text": "A voucher"}],
    "evidence": "the bill of 1 March 2026",
    "findings": "the parcel left our house open",
    "outcome": "upheld",
    "cause": "We packed it badly",
    "impact": "the evening this cost you",
    "change": "check each box before it leaves our house",
    "points": "we packed it badly",
    "other_points": "the price of the delivery",
    "reason": "it is the price you saw when you ordered",
    "reviewer": "Rita Reviewer",
    "body": "The Ombudsman",
    "body_contact": "Main Street 5, 1000 Brussels",
    "words": "I thank you for your patience with us.",
}


class ComplaintLettersCommon(ComplaintMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.phone = "+32 2 555 00 00"
        cls.leader.partner_id.write({"function": "Head of Service", "phone": False})
        cls.handler.partner_id.write(
            {"function": "Advisor", "phone": "+32 2 555 00 07"}
        )
        cls.complaints = {
            "named": cls.create_complaint(
                partner_id=cls.customer.id, complaint_remedy_sought="a new parcel"
            ),
            "named, by phone": cls.create_complaint(
                partner_id=cls.customer.id, channel_id=cls.channel_phone.id
            ),
            "stranger": cls.create_complaint(partner_name="Peter Novak", user_id=False),
            "nameless": cls.create_complaint(partner_email="x@novak.example"),
            "ended": cls.create_complaint(
                partner_id=cls.customer.id, stage_id=cls.stages["withdrawn"].id
            ),
        }

    def render(self, template, complaint, **typed):
        """Return (HTML, text) of a template, rendered for a complaint."""
        template = self.env.ref(f"crm_complaints.{template}").sudo()
        if not template.get_external_id()[template.id].endswith("_letter"):
            typed = {**TYPED, **typed}
        if template == self.env.ref("crm_complaints.mail_template_extension"):
            typed = EXTENDED
        html = template.with_context(**{LETTER_VALUES: typed})._render_field(
            "body_html", complaint.ids
        )[complaint.id]
        # html2plaintext marks links and emphasis
        text = html2plaintext(re.sub(r"</?(a|strong)\b[^>]*>", "", html))
        return html, " ".join(text.split())

    def texts(self, templates=WRITTEN + SPOKEN):
        """Yield (template, complaint, text) of all letters about all complaints."""
        for template in templates:
            endings = ("upheld",)
            if template == "mail_template_final_response":
                endings = ("upheld", "partly_upheld", "not_upheld")
            for complaint in self.complaints.values():
                for outcome in endings:
                    text = self.render(template, complaint, outcome=outcome)[1]
                    yield template, complaint, text
