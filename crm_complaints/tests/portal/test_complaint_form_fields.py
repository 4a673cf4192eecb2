"""Fields that an administrator added to the complaint form, and its privacy notice."""

from datetime import date

from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ComplaintPortalCommon

NEW = "/complaints/new"


@tagged("post_install", "-at_install")
class TestComplaintFormFields(ComplaintPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.public_user").write(
            {
                "company_id": cls.company_a.id,
                "company_ids": [(6, 0, cls.company_a.ids)],
            }
        )
        cls.company_a.complaint_form_limit = 100
        cls.add("x_booking", "Booking number", help="It is on your confirmation.")
        cls.add("x_nights", "Nights", "integer")
        cls.add("x_arrival", "Arrival", "date")
        cls.add("x_more", "Anything else", "text")
        cls.add("x_insured", "I am insured", "boolean")
        cls.add(
            "x_room",
            "Kind of room",
            "selection",
            selection_ids=[
                (0, 0, {"value": "single", "name": "Single", "sequence": 1}),
                (0, 0, {"value": "double", "name": "Double", "sequence": 2}),
            ],
        )
        cls.add("x_internal", "For us alone", complaint_form=False)

    @classmethod
    def add(cls, name, label, ttype="char", **values):
        """Add a field to complaints, as an administrator does, and to the form."""
        values = {"complaint_form": "optional", **values}
        return cls.env["ir.model.fields"].create(
            {
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
                "name": name,
                "field_description": label,
                "ttype": ttype,
                **values,
            }
        )

    def file(self, status=303, **values):
        self.as_user(None)
        shown = self.form_values(self.get(NEW), NEW)
        self.look()
        values = {"story": "The parcel was open.", "phone": "12", **values}
        return self.send(NEW, {**shown, **values}, status=status)

    def filed(self):
        return self.Ticket.search([], order="id desc", limit=1)

    def test_each_type_lands_on_the_complaint(self):
        self.file(
            x_booking=" B-17 ",
            x_nights="3",
            x_arrival="2026-02-14",
            x_more="One\nTwo",
            x_insured="1",
            x_room="double",
        )
        complaint = self.filed()
        self.assertEqual(complaint.x_booking, "B-17")
        self.assertEqual(complaint.x_nights, 3)
        self.assertEqual(complaint.x_arrival, date(2026, 2, 14))
        self.assertEqual(complaint.x_more, "One\nTwo")
        self.assertTrue(complaint.x_insured)
        self.assertEqual(complaint.x_room, "double")
        shown = self.read_text(self.get(self.link(complaint)))
        for words in ("Booking number B-17", "Arrival 14 February 2026", "Double"):
            self.assertIn(words, shown)

    def test_nothing_has_to_be_filled_in_but_what_is_required(self):
        self.file()
        self.assertFalse(self.filed().x_booking)
        self.assertFalse(self.filed().x_arrival)
        self.env["ir.model.fields"]._get(
            "helpdesk.ticket", "x_booking"
        ).complaint_form = "required"
        count = self.Ticket.search_count([])
        answer = self.file(400)
        self.assertEqual(self.Ticket.search_count([]), count)
        page = self.tree(answer)
        (field,) = page.xpath("//input[@name='x_booking']")
        self.assertEqual(field.get("aria-invalid"), "true")
        self.assertIsNotNone(field.get("autofocus"))
        said = [
            page.get_element_by_id(name).text_content().strip()
            for name in field.get("aria-describedby").split()
        ]
        self.assertEqual(
            said, ["Please fill in: Booking number.", "It is on your confirmation."]
        )
        self.assertTrue(page.xpath("//*[@id='errors']//a[@href='#x_booking']"))
        # a mail needs no booking number
        self.assertFalse(self.create_complaint().x_booking)

    def test_what_is_no_such_value_is_said_at_its_field_and_nothing_is_lost(self):
        for name, value in (
            ("x_nights", "three"),
            ("x_nights", "9" * 5000),
            ("x_nights", str(2**31)),
            ("x_arrival", "2026-02-30"),
            ("x_arrival", "soon"),
            ("x_room", "suite"),
            ("x_booking", "x" * 201),
            ("x_more", "x" * 20_001),
        ):
            with self.subTest(name, value=value[:20]):
                count = self.Ticket.search_count([])
                answer = self.file(400, **{"x_booking": "B-17", name: value})
                self.assertEqual(self.Ticket.search_count([]), count)
                (field,) = self.tree(answer).xpath(f"//*[@name='{name}']")
                self.assertEqual(field.get("aria-invalid"), "true")
                kept = self.form_values(answer, NEW)
                self.assertEqual(kept["story"].strip(), "The parcel was open.")
                if name != "x_booking":
                    self.assertEqual(kept["x_booking"], "B-17")

    def test_nothing_else_is_written(self):
        self.file(
            x_internal="Mine",
            user_id=str(self.handler.id),
            priority="3",
            complaint_findings="You are right.",
            is_complaint="",
        )
        complaint = self.filed()
        self.assertFalse(complaint.x_internal)
        self.assertFalse(complaint.user_id)
        self.assertFalse(complaint.complaint_findings)
        self.assertTrue(complaint.is_complaint)
        self.assertNotIn("x_internal", self.get(NEW).text)

    def test_handler_sees_it_on_the_complaint(self):
        view = self.env.ref("crm_complaints.helpdesk_ticket_view_form_complaint")
        ticket = self.complaint.with_user(self.handler)
        arch = etree.fromstring(ticket.get_view(view.id, "form")["arch"])
        place = "//group[@name='complaint_form_fields']//field/@name"
        self.assertIn("x_booking", arch.xpath(place))
        self.assertNotIn("x_internal", arch.xpath(place))

    def test_only_what_the_form_knows_is_taken(self):
        for name, ttype, values in (
            ("x_amount", "float", {}),
            ("x_who", "many2one", {"relation": "res.partner"}),
            ("x_page", "html", {}),
            ("x_fixed", "char", {"readonly": True}),
            ("x_their", "char", {"related": "partner_id.name"}),
        ):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.add(name, "Not on the form", ttype, **values)
                self.env.flush_all()
        with self.assertRaises(ValidationError):
            self.env["ir.model.fields"].create(
                {
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                    "name": "x_elsewhere",
                    "field_description": "Elsewhere",
                    "ttype": "char",
                    "complaint_form": "optional",
                }
            )

    def test_privacy_notice_is_shown_in_the_language_of_the_visitor(self):
        self.as_user(None)
        self.assertFalse(self.tree(self.get(NEW)).xpath("//*[@id='privacy_notice']"))
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company_a.complaint_privacy_notice = (
            '<p>We keep it. <a href="/privacy">More</a></p><script>alert(1)</script>'
        )
        page = self.get(NEW)
        (notice,) = self.tree(page).xpath("//*[@id='privacy_notice']")
        self.assertIn("We keep it.", notice.text_content())
        self.assertEqual(notice.xpath(".//a/@href"), ["/privacy"])
        self.assertNotIn("alert(1)", page.text)
        self.company_a.with_context(
            lang="fr_FR"
        ).complaint_privacy_notice = "<p>Gardé.</p>"
        view = self.env.ref("crm_complaints.portal_complaint_new")
        view.update_field_translations("arch_db", {"fr_FR": {"Send": "Envoyer"}})
        self.opener.cookies["frontend_lang"] = "fr_FR"
        self.assertIn("Gardé.", self.get(NEW).text)
