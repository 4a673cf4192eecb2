"""Nothing that a customer told is lost when staff correct it."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...models.core.helpdesk_ticket_words import _TOLD
from ..common import ComplaintCommon
from ..engine.common import property_of

WORDS = "The zip broke on the second day, and nobody called me back."


@tagged("post_install", "-at_install")
class TestWords(ComplaintCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaint = cls.create_complaint(
            cls.handler,
            name="Broken zip",
            description=f"<p>{WORDS}</p>",
            channel_id=cls.channel_web.id,
            complaint_remedy_sought="A new jacket.",
            partner_id=cls.customer.id,
            partner_name="Anna",
            partner_email="anna@private.example",
            complaint_phone="+32 2 555 01 01",
        )
        cls.other_customer = cls.env["res.partner"].create(
            {"name": "Peter Novak", "email": "peter@novak.example"}
        )

    def said(self):
        """Return all that is to be read on the complaint and in its messages."""
        ticket = self.complaint.sudo()
        values = [ticket[name] for name in _TOLD if name != "partner_id"]
        values += [ticket.partner_id.display_name, ticket.partner_id.email]
        texts = [*filter(None, values), *ticket.message_ids.mapped("body")]
        return " ".join(" ".join(html2plaintext(text) for text in texts).split())

    def change(self, **vals):
        before = self.complaint.sudo().message_ids
        self.complaint.with_user(self.handler).write(vals)
        return self.complaint.sudo().message_ids - before

    def test_an_address_that_is_part_of_another_is_kept(self):
        for name, new in (
            ("partner_email", "joanna@private.example"),
            ("complaint_phone", "+32 2 555 01 012"),
        ):
            old = self.complaint[name]
            with self.subTest(name):
                self.assertIn(f": {old}</li>", self.change(**{name: new}).body)

    def test_whatever_is_overwritten_is_kept(self):
        """Each field that customers fill in, alone, together, emptied."""
        new = {
            "name": "Complaint",
            "description": "<p>Nothing.</p>",
            "complaint_remedy_sought": False,
            "partner_id": self.other_customer.id,
            "partner_name": "Peter",
            "partner_email": "hanna@handler.example",
            "complaint_phone": False,
        }
        self.assertEqual(set(new), set(_TOLD))
        told = [
            *("Broken zip", WORDS, "A new jacket.", "Anna Weber", "anna@weber.example"),
            *("anna@private.example", "+32 2 555 01 01"),
        ]
        for changes in [{name: value} for name, value in new.items()] + [new]:
            with self.subTest(changes), self.env.cr.savepoint() as savepoint:
                note = self.change(**changes)
                self.assertEqual(note.author_id, self.handler.partner_id)
                self.assertTrue(note.is_internal or note.subtype_id.internal)
                for words in told:
                    self.assertIn(words, self.said())
                savepoint.rollback()
            self.env.invalidate_all()

    def test_what_adds_to_it_or_changes_nothing_makes_no_note(self):
        for changes in (
            {"description": f"<div>{WORDS}</div>"},
            {"description": f"<p>{WORDS}</p><p>He called again.</p>"},
            {"name": "Broken zip, jacket"},
            {"partner_email": "anna@private.example"},
            {"partner_id": self.customer.id},
        ):
            with self.subTest(changes):
                self.assertFalse(self.change(**changes))

    def test_the_note_stays(self):
        note = self.change(description="<p>Nothing.</p>").with_user(self.handler)
        with self.assertRaises(AccessError):
            note.write({"body": "x"})
        with self.assertRaises(AccessError):
            note.unlink()
        # twice in a row
        self.change(description="<p>Nothing at all.</p>")
        self.assertIn(WORDS, self.said())

    def test_ordinary_tickets_are_as_before(self):
        ticket = self.create_ticket(self.outsider)
        before = ticket.sudo().message_ids
        ticket.with_user(self.outsider).write({"name": "Other", "description": "Other"})
        self.assertEqual(ticket.sudo().message_ids, before)

    @settings(property_of(40), suppress_health_check=[HealthCheck.differing_executors])
    @given(
        st.lists(
            st.text(
                st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=3
            ),
            min_size=1,
            max_size=4,
        )
    )
    def test_any_words_however_often_they_are_changed(self, texts):
        ticket = self.complaint.with_user(self.handler)
        told = []
        for text in texts:
            ticket.name = text
            told.append(text)
        for text in told:
            bodies = [
                str(body) for body in self.complaint.sudo().message_ids.mapped("body")
            ]
            found = " ".join([ticket.name, *map(html2plaintext, bodies)])
            self.assertIn(" ".join(text.split()), found)
