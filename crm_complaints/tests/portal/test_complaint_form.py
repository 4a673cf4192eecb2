"""Public form: anybody may complain, and nothing that was typed is lost."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...controllers import complaint_form
from .common import TEXT, ComplaintPortalCommon, huge_photo

NEW = "/complaints/new"
_REFUSALS = "odoo.http"
PDF = b"%PDF-1.4 a bill"


@tagged("post_install", "-at_install")
class TestComplaintForm(ComplaintPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the form is for the public user's company
        cls.env.ref("base.public_user").write(
            {
                "company_id": cls.company_a.id,
                "company_ids": [(6, 0, cls.company_a.ids)],
            }
        )
        cls.company_a.complaint_form_limit = 100

    def open_form(self, seconds=30):
        """Return the values of a form that was opened so many seconds ago."""
        values = self.form_values(self.get(NEW), NEW)
        self.frozen.tick(timedelta(seconds=seconds))
        return values

    def file(self, status=303, files=(), seconds=30, **values):
        values = {
            **self.open_form(seconds),
            "story": "The parcel was open.",
            "email": "new@customers.example",
            **values,
        }
        return self.send(NEW, values, files, status)

    def filed(self):
        """Return the complaint that was registered last."""
        return self.Ticket.search([], order="id desc", limit=1)

    # ---------------------------------------------------
    # Registering
    # ---------------------------------------------------

    def test_whoever_complains_has_a_reference_a_link_and_a_receipt(self):
        self.as_user(None)
        with self.mock_mail_gateway():
            answer = self.file(
                name="Nina New", phone="+32 2 1", wish="A new one.", story="<b>Open</b>"
            )
        complaint = self.filed()
        self.assertEqual(complaint.team_id, self.team)
        self.assertEqual(complaint.company_id, self.company_a)
        self.assertEqual(complaint.channel_id, self.channel_web)
        self.assertEqual(complaint.partner_name, "Nina New")
        self.assertEqual(complaint.partner_email, "new@customers.example")
        self.assertEqual(complaint.complaint_phone, "+32 2 1")
        self.assertEqual(complaint.complaint_remedy_sought, "A new one.")
        self.assertEqual(complaint.name, "<b>Open</b>")
        self.assertIn("&lt;b&gt;Open", complaint.description)
        self.assertFalse(complaint.user_id)
        self.assertEqual(complaint.complaint_acknowledged_by, "email")
        self.assertTrue(complaint.complaint_deadline)

        sent = self.get(answer.headers["Location"])
        self.assertIn(complaint.number, self.read_text(sent))
        self.assertIn("new@customers.example", self.read_text(sent))
        page = self.get(self.following_link(sent))
        self.assertIn(complaint.number, self.read_text(page))
        self.assertIn("<b>Open</b>", self.read_text(page))

    def test_without_a_name_nothing_tells_who_it_was(self):
        for user in (None, self.portal_user):
            with self.subTest(user and user.name):
                self.as_user(user)
                self.file(anonymous="1", name="Anna", email="a@b.example", phone="1")
                complaint = self.filed()
                self.assertFalse(complaint.partner_id)
                self.assertFalse(complaint.partner_name)
                self.assertFalse(complaint.complaint_email_to)
                self.assertFalse(complaint.complaint_phone)
                self.assertEqual(complaint.complaint_acknowledged_by, "not_applicable")
                self.assertTrue(complaint.create_uid._is_public())
                self.assertFalse(complaint.message_partner_ids)
                keys = self.env["complaint.form.key"].search(
                    [("ticket_id", "=", complaint.id)]
                )
                self.assertTrue(keys.create_uid._is_public())

    def test_whoever_is_not_known_is_written_to_in_the_language_of_the_page(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self.as_user(None)
        for email, lang in (
            ("new@customers.example", "en_US"),
            (self.customer.email, "fr_FR"),
        ):
            with self.subTest(email):
                self.file(email=email)
                self.assertEqual(self.filed().complaint_lang, lang)

    def test_a_page_that_is_not_translated_is_in_one_language(self):
        self.env["res.lang"]._activate_lang("nl_NL")
        self.as_user(None)
        self.opener.cookies["frontend_lang"] = "nl_NL"
        values = self.form_values(self.url_open(NEW), NEW)
        self.frozen.tick(timedelta(seconds=30))
        values.update(story="Open.", email="new@customers.example")
        sent = self.send(NEW, values, status=303)
        self.assertEqual(self.filed().complaint_lang, "nl_NL")
        day = self.filed().complaint_promised_at.strftime("%B")
        page = self.url_open(sent.headers["Location"])
        self.assertIn(day, self.read_text(page))
        page = self.url_open(self.following_link(page))
        self.assertIn(day, self.read_text(page))

    def test_a_limit_to_contact_keeps_nobody_from_complaining(self):
        self.env["complaint.restriction"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company_a.id,
                "reason": "Thirty calls a day",
                "measure": "answered",
                "since": "2026-03-01",
                "until": "2026-06-01",
                "review_date": "2026-04-15",
            }
        )
        self.as_user(self.portal_user)
        self.file()
        complaint = self.filed()
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.complaint_acknowledged_by, "email")

    def test_whoever_is_signed_in_files_their_own(self):
        self.as_user(self.portal_user)
        values = self.open_form()
        self.assertEqual(values["email"], self.customer.email)
        self.send(NEW, {**values, "story": "Open."}, status=303)
        complaint = self.filed()
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertIn(self.customer, complaint.message_partner_ids)
        self.assertIn(complaint.number, self.get("/my/complaints").text)

    def test_a_known_address_is_the_customers(self):
        self.as_user(None)
        self.file(email=f"Anna <{self.customer.email}>")
        self.assertEqual(self.filed().partner_id, self.customer)

    def test_nobody_complains_in_a_colleagues_name(self):
        self.as_user(None)
        self.file(email=self.handler.email)
        self.assertFalse(self.filed().partner_id)

    def test_files_come_along(self):
        self.as_user(None)
        answer = self.file(
            files=[("../../bi\0ll.pdf", PDF, "application/pdf")],
        )
        complaint = self.filed()
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertEqual(kept.raw, PDF)
        self.assertNotIn("/", kept.name)
        sent = self.get(answer.headers["Location"])
        page = self.get(self.following_link(sent))
        href = self.tree(page).xpath("//a[contains(@href, '/documents/')]/@href")[0]
        document = self.get(href)
        self.assertEqual(document.content, PDF)
        self.assertIn("attachment", document.headers["Content-Disposition"])

    def test_what_fails_beside_it_loses_no_complaint(self):
        self.as_user(None)
        with self.patched("ir.attachment", "create"):
            answer = self.file(files=[("bill.pdf", PDF, "application/pdf")])
        sent = self.read_text(self.get(answer.headers["Location"]))
        self.assertIn("We could not accept some files", sent)
        complaint = self.filed()
        self.assertEqual(complaint.name, "The parcel was open.")
        self.assertIn("bill.pdf", complaint.activity_ids.mapped("summary")[0])

    def test_a_photo_of_200_megapixels_is_kept_as_it_was_sent(self):
        self.as_user(None)
        self.file(files=[("photo.png", huge_photo(), "image/png")])
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.filed().id)]
        )
        self.assertEqual(kept.raw, huge_photo())

    def following_link(self, page):
        """Return the tracking link on the page with the reference."""
        return page and self.tree(page).find_class("o_complaint_link")[0].get("href")

    def patched(self, model, method):
        """Let a method fail while complaints are registered."""
        return patch.object(
            self.registry[model], method, side_effect=ValueError("Broken")
        )

    # ---------------------------------------------------
    # Sent twice
    # ---------------------------------------------------

    def test_sent_twice_is_one_complaint(self):
        self.as_user(None)
        values = {**self.open_form(), "story": "Open.", "phone": "1"}
        first = self.send(NEW, values, status=303)
        complaint, count = self.filed(), self.Ticket.search_count([])
        again = self.send(NEW, values, status=303)
        self.assertEqual(again.headers["Location"], first.headers["Location"])
        for _reload in range(2):
            self.get(first.headers["Location"])
        self.assertEqual(self.Ticket.search_count([]), count)
        self.assertFalse(complaint._complaint_shown_messages())

    def test_what_was_added_after_going_back_is_not_lost(self):
        self.as_user(None)
        values = {**self.open_form(), "story": "Open.", "phone": "1"}
        self.send(NEW, values, status=303)
        complaint, count = self.filed(), self.Ticket.search_count([])
        self.send(NEW, {**values, "story": "Open. And wet."}, status=303)
        self.assertEqual(self.Ticket.search_count([]), count)
        self.assertIn("And wet.", complaint._complaint_shown_messages().body)

    @mute_logger(_REFUSALS)
    def test_the_page_with_the_reference_is_nobody_elses(self):
        self.as_user(None)
        values = self.open_form()
        sent = {**values, "story": "The parcel was open.", "phone": "1"}
        path = self.send(NEW, sent, status=303).headers["Location"]
        self.assertNotIn(values["form_key"], path)
        self.get(path)
        FormKey = self.env["complaint.form.key"]
        session = self.session.sid[:42]
        self.assertIsNotNone(FormKey._age(values["form_key"], session))
        key, stamp, signature = values["form_key"].split(".")
        for wrong in (
            f"{key}.{stamp}.{signature[:-1]}x",
            f"{key}.{int(stamp) + 1}.{signature}",
            key,
            f"{'0' * 32}.{stamp}.{signature}",
            "ü.ü.ü",
            "a.b.c.d",
        ):
            with self.subTest(wrong):
                self.get(f"/complaints/sent/{wrong}", 404)
                self.assertIsNone(FormKey._age(wrong, session))
        self.frozen.tick(timedelta(days=8))
        self.get(path, 404)
        self.frozen.tick(timedelta(days=-8))
        for user in (None, self.portal_user):
            self.as_user(user)
            self.get(path, 404)
            self.get(f"/complaints/sent/{values['form_key']}", 404)
            self.assertIsNone(FormKey._age(values["form_key"], self.session.sid[:42]))

    def test_a_key_that_a_stranger_knows_is_not_taken(self):
        """A page of theirs sends the form in the visitor's browser."""
        self.as_user(None)
        planted = self.open_form()["form_key"]
        self.as_user(self.portal_user)
        mine = self.open_form()
        for values, files in (
            ({"csrf_token": ""}, ()),
            ({"csrf_token": "", "story": ""}, ()),
            ({}, ()),
            ({"email": "anna@"}, ()),
            ({}, [("run.exe", b"MZ", TEXT)]),
        ):
            with self.subTest(values):
                sent = {**mine, "form_key": planted, "story": "Open.", **values}
                answer = self.send(NEW, sent, files, 400)
                again = self.form_values(answer, NEW)["form_key"]
                self.assertNotEqual(again, planted)
        # nor one of the visitor's own, which they have seen on another page
        sent = {**mine, "csrf_token": "", "story": "Open."}
        again = self.form_values(self.send(NEW, sent, status=400), NEW)["form_key"]
        self.assertNotEqual(again, mine["form_key"])

    # ---------------------------------------------------
    # What is refused
    # ---------------------------------------------------

    def assertKept(self, answer, field, text="Open, and wet.", message=True):
        """Assert that the form is shown again, with what was typed and what is wrong."""
        page = self.tree(answer)
        values = self.form_values(answer, NEW)
        self.assertEqual(values["story"].strip(), text)
        if message:
            self.assertTrue(
                page.xpath(
                    f"//*[@name='{field}']/..//*[contains(@class, 'invalid-feedback')]"
                ),
                f"nothing is said next to {field}",
            )
        return values

    def test_what_is_missing_is_said_next_to_its_field(self):
        self.as_user(None)
        for values, field in (
            ({"story": " \n "}, "story"),
            ({"email": "", "phone": ""}, "email"),
            ({"email": "anna@"}, "email"),
            ({"email": "(anna)@example.com"}, "email"),
            ({"name": "x" * 201}, "name"),
            ({"phone": "1" * 201}, "phone"),
            ({"wish": "x" * 20_001}, "wish"),
        ):
            with self.subTest(values):
                count = self.Ticket.search_count([])
                answer = self.file(400, **{"story": "Open, and wet.", **values})
                self.assertKept(
                    answer, field, values.get("story", "Open, and wet.").strip()
                )
                self.assertEqual(self.Ticket.search_count([]), count)

    def ask(self, email, **values):
        """Send the form with an address that is questioned; return the page."""
        with self.no_new_complaint():
            return self.file(400, email=email, story="It was open.", **values)

    @contextmanager
    def no_new_complaint(self):
        before = self.Ticket.search_count([])
        yield
        self.assertEqual(self.Ticket.search_count([]), before)

    @mute_logger(_REFUSALS)
    def test_mistyped_address_is_asked_about_and_nothing_is_lost(self):
        self.as_user(None)
        for email, meant in (
            ("jane@kunde,example", "jane@kunde.example"),
            ("jane@kunde.example.", "jane@kunde.example"),
            ("jane @kunde.example", "jane@kunde.example"),
            ("jane@@kunde.example", "jane@kunde.example"),
            ("jane@kunde..example", "jane@kunde.example"),
            ("jane@gmail,com", "jane@gmail.com"),
            ("jane@kunde.example, john@kunde.example", "jane@kunde.example"),
        ):
            with self.subTest(email=email):
                page = self.ask(email)
                self.assertIn(f"Did you mean {meant}?", page.text)
                values = self.form_values(page, NEW)
                self.assertEqual(values["email"], email)
                self.assertEqual(values["story"], "It was open.")
                # what cannot be an address is none at the second attempt either
                with self.no_new_complaint():
                    page = self.send(NEW, values, status=400)
                self.send(NEW, {**values, "email": meant}, status=303)
                self.assertEqual(self.filed().partner_email, meant)

    @mute_logger(_REFUSALS)
    def test_address_that_may_be_mistyped_is_asked_about_once(self):
        self.as_user(None)
        for email in ("jane@gmial.com", "jane@firm.con", "käthe@kunde.example"):
            with self.subTest(email=email):
                values = self.form_values(self.ask(email), NEW)
                self.send(NEW, values, status=303)
                self.assertEqual(self.filed().partner_email, email)

    @mute_logger(_REFUSALS)
    def test_what_is_no_address_is_refused(self):
        self.as_user(None)
        for email in ("jane", "jane@", "@kunde.example", "jane@kunde", "call me"):
            self.assertIn("check this e-mail address", self.ask(email).text)

    def test_address_is_taken_however_it_is_written(self):
        self.as_user(None)
        for email, kept in (
            ("Jane Doe <jane@kunde.example>", "jane@kunde.example"),
            ("mailto:jane@kunde.example", "jane@kunde.example"),
            ("JANE@KUNDE.EXAMPLE", "jane@kunde.example"),
            ("jane@kunde.example;", "jane@kunde.example"),
            ("jane+shop@kunde.example", "jane+shop@kunde.example"),
            ("kaethe@büro-müller.example", "kaethe@büro-müller.example"),
        ):
            with self.subTest(email=email), self.mock_mail_gateway():
                self.file(email=email)
                self.assertEqual(self.filed().partner_email, kept)
                self.assertEqual(self.filed().complaint_acknowledged_by, "email")
        self.assertIn(
            "kaethe@xn--bro-mller-q9ae.example", self._mails[-1]["EmailMessage"]["To"]
        )

    def test_contact_of_another_company_is_not_the_customer(self):
        self.as_user(None)
        Partner = self.env["res.partner"]
        values = {"name": "Two", "email": "two@kunde.example"}
        Partner.create({**values, "company_id": self.company_b.id})
        self.file(email="two@kunde.example")
        self.assertFalse(self.filed().partner_id)
        of_a = Partner.create({**values, "company_id": self.company_a.id})
        self.file(email="two@kunde.example", story="And again.")
        self.assertEqual(self.filed().partner_id, of_a)

    def test_what_was_mended_is_sent(self):
        self.as_user(None)
        answer = self.file(400, email="")
        values = self.form_values(answer, NEW)
        self.send(NEW, {**values, "phone": "12"}, status=303)
        self.assertEqual(self.filed().complaint_phone, "12")

    def test_files_are_kept_until_the_form_is_taken(self):
        self.as_user(None)
        self.company_a.complaint_attachment_limit = 1
        big = b"%PDF-1.4" + b"x" * complaint_form.MEGABYTE
        bill = ("bill.pdf", PDF, "application/pdf")
        for name, files, values, mended in (
            ("missing", [bill], {"story": ""}, {"story": "Open."}),
            ("trap", [bill], {"homepage": "https://x.example"}, {}),
            ("stale", [bill], {"form_key": "0.1.2"}, {}),
            ("beside a bad one", [bill, ("b.pdf", big, TEXT)], {}, {}),
        ):
            with self.subTest(name):
                answer = self.file(400, files, **values)
                self.assertIn("Already attached: bill.pdf", self.read_text(answer))
                again = {**self.form_values(answer, NEW), **mended}
                self.frozen.tick(timedelta(seconds=10))
                # each further try keeps them, and what is added comes along
                answer = self.send(NEW, {**again, "story": ""}, status=400)
                again = {**self.form_values(answer, NEW), "story": name, **mended}
                self.send(NEW, again, [("note.txt", b"words", TEXT)], status=303)
                found = self.filed()._complaint_shown_documents()
                self.assertEqual(found.mapped("name"), ["bill.pdf", "note.txt"])
                self.assertEqual(found[0].raw, PDF)
                count = self.Ticket.search_count([])
                self.send(NEW, again, [("note.txt", b"words", TEXT)], status=303)
                self.assertEqual(self.Ticket.search_count([]), count)
                self.assertEqual(len(self.filed()._complaint_shown_messages()), 0)

    def test_a_kept_file_that_is_not_wanted_is_left_out(self):
        self.as_user(None)
        bill = ("bill.pdf", PDF, "application/pdf")
        again = self.form_values(self.file(400, [bill], story=""), NEW)
        self.frozen.tick(timedelta(seconds=10))
        del again["kept"]
        self.send(NEW, {**again, "story": "Open."}, status=303)
        self.assertFalse(self.filed()._complaint_shown_documents())

    def test_kept_files_are_nobody_elses(self):
        self.as_user(None)
        bill = ("bill.pdf", PDF, "application/pdf")
        kept = self.form_values(self.file(400, [bill], story=""), NEW)["kept"]
        self.as_user(self.portal_user)
        answer = self.file(400, kept=kept)
        self.assertIn("Please choose the files again.", self.read_text(answer))
        self.assertFalse(
            self.env["ir.attachment"]
            .with_user(self.handler)
            .search([("id", "=", kept)])
        )

    def test_files_that_are_not_taken_are_kept_for_one_connection_within_its_limit(
        self,
    ):
        self.as_user(None)
        self.company_a.complaint_form_limit = 2
        bill = ("bill.pdf", PDF, "application/pdf")
        told = [
            "Already attached" in self.read_text(self.file(400, [bill], story=""))
            for _ in range(3)
        ]
        self.assertEqual(told, [True, True, False])

    def test_kept_files_go_with_the_form(self):
        self.as_user(None)
        bill = ("bill.pdf", PDF, "application/pdf")
        kept = self.form_values(self.file(400, [bill], story=""), NEW)["kept"]
        self.frozen.tick(timedelta(days=8))
        self.env["complaint.form.key"]._gc_form_keys()
        self.assertFalse(self.env["ir.attachment"].browse(int(kept)).exists())

    def test_files_that_cannot_be_taken(self):
        self.as_user(None)
        self.company_a.complaint_attachment_limit = 1
        big = b"%PDF-1.4" + b"x" * complaint_form.MEGABYTE
        many = [("a.txt", b"a", TEXT)] * (complaint_form.MOST_FILES + 1)
        for name, files in (
            ("large", [("big.pdf", big, "application/pdf")]),
            ("many", many),
            ("program", [("run.exe", b"MZ", TEXT)]),
            ("page", [("page.html", b"<p>a</p>", "text/html")]),
            (
                "page called a picture",
                [("p.png", b"<!DOCTYPE html><html><script>", TEXT)],
            ),
            (
                "drawing",
                [("p.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", TEXT)],
            ),
            ("program called a picture", [("p.png", b"MZ\x90\0\3", TEXT)]),
            ("no kind", [("jpg", b"a", TEXT)]),
            ("empty", [("a.txt", b"a", TEXT), ("empty.pdf", b"", "application/pdf")]),
        ):
            # the library that knows more kinds may be missing
            with (
                self.subTest(name),
                patch.object(
                    complaint_form, "guess_mimetype", return_value="text/plain"
                ),
            ):
                count = self.Ticket.search_count([])
                answer = self.file(400, files, story="Open, and wet.")
                self.assertKept(answer, "attachment", message=False)
                self.assertEqual(self.Ticket.search_count([]), count)

    def test_an_empty_file_is_named_and_the_others_are_kept(self):
        self.as_user(None)
        answer = self.file(
            400,
            [("bill.pdf", PDF, "application/pdf"), ("empty.pdf", b"", TEXT)],
            story="Open, and wet.",
        )
        self.assertIn(
            "empty.pdf is empty. Please choose it again.", self.read_text(answer)
        )
        self.assertKept(answer, "attachment", message=False)
        self.assertIn("bill.pdf", self.read_text(answer))

    @mute_logger(_REFUSALS, "werkzeug")
    def test_what_no_form_sends_is_no_error_of_the_server(self):
        self.as_user(None)
        values = {**self.open_form(), "story": "Open.", "phone": "1"}
        for name in ("story", "wish", "name", "email", "phone", "form_key", "homepage"):
            with self.subTest(name):
                answer = self.url_open(
                    NEW,
                    data={key: val for key, val in values.items() if key != name},
                    files={name: ("file", b"a", TEXT)},
                    allow_redirects=False,
                )
                self.assertEqual(answer.status_code, 400)
        self.assertLess(
            self.send(NEW, {**values, "attachment": "text"}).status_code, 400
        )
        huge = self.send(NEW, {**values, "story": "x" * 10_500_000})
        self.assertIn(huge.status_code, (400, 413))
        odd = self.url_open(NEW, data="{", headers={"Content-Type": "application/json"})
        self.assertEqual(odd.status_code, 400)

    def test_nul_and_long_titles(self):
        self.as_user(None)
        story = "It was\0 open. " * 20
        self.file(story=story)
        complaint = self.filed()
        self.assertLess(len(complaint.name), 75)
        self.assertTrue(complaint.name.endswith("…"))
        self.assertNotIn("\0", complaint.description)

    def test_title_of_a_story_without_spaces(self):
        self.as_user(None)
        self.file(story="水壶坏了" * 30)
        self.assertTrue(self.filed().name.startswith("水壶坏了水壶"))

    # ---------------------------------------------------
    # Robots
    # ---------------------------------------------------

    def test_robots_are_asked_again(self):
        self.as_user(None)
        for name, values, seconds in (
            ("quick", {}, 1),
            ("fills in what nobody sees", {"homepage": "https://x.example"}, 30),
        ):
            with self.subTest(name):
                count = self.Ticket.search_count([])
                answer = self.file(
                    400, seconds=seconds, story="Open, and wet.", **values
                )
                self.assertEqual(self.Ticket.search_count([]), count)
                again = self.assertKept(answer, "story", message=False)
                self.assertFalse(again.get("homepage"))
                self.frozen.tick(timedelta(seconds=10))
                # a browser that fills it in does so again
                self.send(NEW, {**again, **values}, status=303)
                self.assertEqual(self.Ticket.search_count([]), count + 1)

    def test_being_asked_once_holds_for_one_session(self):
        self.as_user(None)
        answer = self.file(400, homepage="https://x.example")
        asked = self.form_values(answer, NEW)["asked_key"]
        self.as_user(self.portal_user)
        self.file(400, homepage="https://x.example", asked_key=asked)

    def test_a_form_we_never_showed_is_shown_first(self):
        self.as_user(None)
        for name, values in (
            ("no key", {"form_key": ""}),
            ("forged", {"form_key": "0.1.2"}),
            ("no csrf token", {"csrf_token": ""}),
            ("another's", {"csrf_token": "0o99999999999"}),
        ):
            with self.subTest(name):
                count = self.Ticket.search_count([])
                answer = self.file(400, story="Open, and wet.", **values)
                again = self.assertKept(answer, "story", message=False)
                self.assertEqual(self.Ticket.search_count([]), count)
                self.frozen.tick(timedelta(seconds=10))
                self.send(NEW, again, status=303)
                self.assertEqual(self.Ticket.search_count([]), count + 1)

    def test_one_connection_sends_no_more_than_its_limit(self):
        self.company_a.complaint_form_limit = 2
        self.as_user(None)
        values = {**self.open_form(), "story": "Open, and wet.", "phone": "1"}
        self.send(NEW, values, status=303)
        self.file()
        self.send(NEW, values, status=303)  # the same form again
        answer = self.file(429, story="Open, and wet.")
        again = self.assertKept(answer, "story", message=False)
        quotas = self.env["complaint.quota"].search([("purpose", "=", "form")])
        self.assertTrue(quotas)
        self.assertNotIn("127.0.0.1", "".join(quotas.mapped("key")))
        self.frozen.tick(timedelta(hours=1, seconds=1))
        self.send(NEW, again, status=303)

    # ---------------------------------------------------
    # Settings
    # ---------------------------------------------------

    @mute_logger(_REFUSALS)
    def test_there_is_no_form_where_it_is_off(self):
        self.as_user(None)
        values = {**self.open_form(), "story": "Open.", "phone": "1"}
        self.company_a.complaint_public_form = False
        count = self.Ticket.search_count([])
        self.assertFalse(self.actions(self.get(NEW, 404)))
        self.send(NEW, values, status=404)
        self.assertEqual(self.Ticket.search_count([]), count)

    @mute_logger(_REFUSALS)
    def test_there_is_no_form_where_nobody_would_read_it(self):
        teams = self.env["helpdesk.ticket.team"].search(
            [
                ("is_complaint_team", "=", True),
                ("company_id", "in", [False, self.company_a.id]),
            ]
        )
        teams.active = False
        self.as_user(None)
        self.get(NEW, 404)
