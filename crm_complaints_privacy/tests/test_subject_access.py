"""Subject access request: the archive has all data of the person, and nobody else's."""

import io
import json
import tracemalloc
import zipfile

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.crm_complaints.tests.common import ComplaintCommon

from ..models import subject_access
from ..models.subject_access import SubjectAccessArchive
from .common import EMAIL, NAME, PrivacyCommon


class SubjectAccessCommon(PrivacyCommon):
    def held(self, partner=None, user=None, **vals):
        """Return the archive that a manager saves."""
        wizard = (
            self.env["complaint.personal.data"]
            .with_user(user or self.manager)
            .create({"partner_id": (partner or self.person).id, **vals})
        )
        file = io.BytesIO()
        wizard._hand_out(file)
        return zipfile.ZipFile(file)

    def data(self, archive):
        return json.loads(archive.read("data.json"))

    def numbers(self, archive):
        return [complaint["number"] for complaint in self.data(archive)["complaints"]]

    def content(self, archive):
        """Return all of the archive as one text."""
        return "\n".join(
            name + "\n" + archive.read(name).decode("utf-8", "replace")
            for name in archive.namelist()
        )


@tagged("post_install", "-at_install")
class TestSubjectAccess(SubjectAccessCommon):
    def test_all_that_is_said_of_them_is_in_it(self):
        ticket = self.everything()
        merged = ticket._complaint_with_merged() - ticket
        archive = self.held()
        data = self.data(archive)
        self.assertEqual(data["contact"]["email"], EMAIL)
        self.assertEqual(self.numbers(archive), [ticket.number, merged.number])
        complaint = data["complaints"][0]
        for name in (
            "complaint_remedy_sought",
            "complaint_incident_place",
            "complaint_findings",
            "complaint_evidence",
            "complaint_reason",
            "partner_email",
            "complaint_phone",
        ):
            self.assertTrue(complaint[name], name)
        parts = complaint["parts"]
        self.assertEqual(
            parts["complaint.remedy"][0]["description"], f"A new parcel for {NAME}"
        )
        self.assertEqual(
            {letter["kind"] for letter in parts["complaint.letter"]},
            {"information", "offer"},
        )
        self.assertIn(NAME, parts["complaint.event"][0]["name"])
        self.assertEqual(parts["rating.rating"][0]["rating"], 1)
        self.assertIn(NAME, parts["rating.rating"][0]["feedback"])
        self.assertTrue(
            [m for m in complaint["messages"] if f"I am {NAME}" in m["text"]]
        )
        self.assertTrue([f for f in complaint["files"] if "quackenbush.txt" in f])
        self.assertIn(complaint["files"][0], archive.namelist())
        self.assertEqual(data["complaint.dead.letter"][0]["email_from"], EMAIL)
        mail = [name for name in archive.namelist() if name.endswith(".eml")]
        self.assertIn(NAME.encode(), archive.read(mail[0]))
        self.assertTrue(data["complaint.incoming.mail"])

    def test_what_the_manager_may_not_read_is_left_out(self):
        """Such as the orders of a complaint, without the rights of Sales."""
        ticket = self.everything()
        tag = self.env["helpdesk.ticket.tag"].create({"name": "Fragile"})
        category = self.env["helpdesk.ticket.category"].create({"name": "Glass"})
        ticket.write({"tag_ids": tag.ids, "category_id": category.id})
        held = self.data(self.held())["complaints"][0]
        self.assertEqual((held["tag_ids"], held["category_id"]), (["Fragile"], "Glass"))
        self.env["ir.model.access"].search(
            [("model_id.model", "in", (tag._name, category._name))]
        ).unlink()
        archive = self.held()
        held = self.data(archive)["complaints"][0]
        self.assertFalse(held.get("tag_ids") or held.get("category_id"))
        self.assertEqual(held["number"], ticket.number)
        self.assertNotIn("Glass", archive.read("overview.html").decode())

    def test_the_page_says_what_the_data_say(self):
        ticket = self.everything()
        page = self.held().read("overview.html").decode()
        for text in (
            ticket.number,
            f"I am {NAME}",
            f"A new parcel for {NAME}",
            "quackenbush.txt",
            EMAIL,
            "Phone",
        ):
            self.assertIn(text, page)

    def test_the_page_speaks_the_customers_language(self):
        self.everything()
        page = self.held().read("overview.html").decode().lower()
        for word in ("ticket", "sla", "stage", "case"):
            self.assertNotRegex(page, rf"\b{word}s?\b")

    def test_what_somebody_typed_does_nothing_on_the_page(self):
        ticket = self.create_complaint(
            partner_id=self.person.id, name="<script>alert(1)</script>"
        )
        ticket.complaint_remedy_sought = "</td><img src=x onerror=alert(1)>"
        page = self.held().read("overview.html").decode()
        self.assertNotIn("<script", page)
        self.assertNotIn("<img", page)

    def test_neither_colleagues_nor_secrets_are_in_it(self):
        ticket = self.everything()
        ticket.complaint_former_handler_ids = self.own_handler
        ticket._portal_ensure_token()
        content = self.content(self.held(with_notes=True))
        self.assertNotIn(self.outsider.name, content)
        self.assertNotIn(self.own_handler.name, content)
        self.assertNotIn('access_token":', content)
        self.assertNotIn("complaint_concerned", content)

    def test_notes_are_in_it_where_asked_for(self):
        ticket = self.create_complaint(partner_id=self.person.id)
        ticket.message_post(
            body="Difficult man", attachments=[("minutes.txt", b"He shouted")]
        )
        ticket.message_post(
            body="Good morning",
            subtype_xmlid="mail.mt_comment",
            attachments=[("leaflet.txt", b"Our terms")],
        )
        ticket.complaint_document_ids = [
            Command.create({"name": "log.txt", "raw": b"door opened"})
        ]
        for notes in (False, True):
            content = self.content(self.held(with_notes=notes))
            for text in ("Difficult man", "He shouted", "door opened"):
                (self.assertIn if notes else self.assertNotIn)(text, content)
            self.assertIn("Good morning", content)
            self.assertIn("Our terms", content)
        self.assertNotIn(
            self.handler.name,
            json.dumps(
                [
                    m
                    for m in self.data(self.held(with_notes=True))["complaints"][0][
                        "messages"
                    ]
                    if m["internal"]
                ]
            ),
        )

    # ---------------------------------------------------
    # Whose data
    # ---------------------------------------------------

    def test_it_is_theirs_by_contact_address_or_number(self):
        phone = {"channel_id": self.channel_phone.id}
        his = [
            self.create_complaint(partner_id=self.person.id),
            self.create_complaint(partner_email=f"Zeb <{EMAIL.upper()}>"),
            self.create_complaint(complaint_phone="02/777.88.99", **phone),
        ]
        family = self.create_complaint(
            complaint_phone="02/777.88.99", partner_name="Mrs Quackenbush", **phone
        )
        other = self.create_complaint(
            complaint_phone="02/777.88.99", partner_email="x@example.com", **phone
        )
        colleague = self.create_complaint(
            partner_id=self.customer.id, complaint_phone="02/777.88.99"
        )
        # written from the person's address, but of another customer
        colleague.partner_email = EMAIL
        archived = self.create_complaint(partner_id=self.person.id)
        archived.active = False
        numbers = self.numbers(self.held())
        self.assertEqual(
            sorted(numbers), sorted([*(one.number for one in his), archived.number])
        )
        for one in (family, other, colleague):
            self.assertNotIn(one.number, numbers)

    def test_a_person_does_not_get_their_companys(self):
        boss = self.env["res.partner"].create(
            {"name": "Boss", "parent_id": self.customer_company.id}
        )
        hers = self.create_complaint(partner_id=self.customer.id)
        his = self.create_complaint(partner_id=boss.id)
        self.assertEqual(self.numbers(self.held(self.customer)), [hers.number])
        self.assertEqual(
            sorted(self.numbers(self.held(self.customer_company))),
            sorted((hers | his).mapped("number")),
        )

    def test_what_they_wrote_for_somebody_else_is_theirs(self):
        hers = self.create_complaint(partner_id=self.customer.id)
        for author, body in ((self.person, "She asks"), (self.customer, "I ask")):
            hers.sudo().message_post(
                body=body, author_id=author.id, subtype_xmlid="mail.mt_comment"
            )
        archive = self.held()
        self.assertEqual(self.numbers(archive), [])
        content = self.content(archive)
        self.assertIn("She asks", content)
        self.assertNotIn("I ask", content)

    def test_only_what_the_manager_may_read(self):
        ours = self.create_complaint(partner_id=self.person.id)
        theirs = self.create_complaint(
            self.handler_b, team_id=self.team_b.id, partner_id=self.person.id
        )
        about_her = self.create_complaint(
            self.leader,
            partner_id=self.person.id,
            complaint_concerned_user_ids=[Command.set(self.manager.ids)],
        )
        self.assertEqual(self.numbers(self.held()), [ours.number])
        both = self.create_user(
            "both", "Both", "manager", self.company_a | self.company_b
        )
        self.assertEqual(
            sorted(self.numbers(self.held(user=both))),
            sorted((ours | about_her).mapped("number") + [theirs.sudo().number]),
        )

    def test_handlers_hand_nothing_out(self):
        for user in (self.leader, self.user_employee, self.portal_user):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.held(user=user)

    def test_a_contact_of_another_company_is_refused(self):
        self.person.company_id = self.company_b
        Wizard = self.env["complaint.personal.data"].with_user(self.manager)
        with self.assertRaises(AccessError):
            Wizard.create({"partner_id": self.person.id})
        wizard = Wizard.create({"partner_id": self.customer.id})
        with self.assertRaises(AccessError):
            wizard.partner_id = self.person

    # ---------------------------------------------------
    # How it is handed out
    # ---------------------------------------------------

    def test_files_of_one_name_do_not_overwrite_each_other(self):
        ticket = self.create_complaint(partner_id=self.person.id)
        for content, name in (
            (b"one", "a.txt"),
            (b"two", "a.txt"),
            (b"3", "../../A.TXT"),
        ):
            self.env["ir.attachment"].create(
                {
                    "name": name,
                    "raw": content,
                    "res_model": ticket._name,
                    "res_id": ticket.id,
                }
            )
        archive = self.held()
        files = [name for name in archive.namelist() if name.startswith("files/")]
        self.assertEqual({archive.read(name) for name in files}, {b"one", b"two", b"3"})
        self.assertEqual(len({name.lower() for name in files}), 3)
        self.assertFalse([name for name in files if ".." in name.split("/")])

    def test_it_is_logged_without_a_name(self):
        ticket = self.create_complaint(partner_id=self.person.id)
        self.held()
        entry = self.Log.search([])
        self.assertEqual(entry.action, "export")
        self.assertEqual(entry.user_id, self.manager)
        self.assertEqual(entry.references, ticket.number)
        self.assertEqual(entry.complaint_count, 1)
        self.assertNotIn(("complaint_privacy_log", "details"), self.said_of(NAME))

    def test_nobody_known_gets_an_archive_as_well(self):
        archive = self.held(self.env["res.partner"].create({"name": "Nobody"}))
        self.assertEqual(self.numbers(archive), [])
        self.assertEqual(self.Log.search([]).company_id, self.company_a)

    def test_however_much_there_is_it_is_never_all_in_memory(self):
        megabyte = 2**20
        for number in range(8):
            ticket = self.create_complaint(partner_id=self.person.id)
            self.env["ir.attachment"].create(
                {
                    "name": f"{number}.bin",
                    "raw": bytes([number]) * 4 * megabyte,
                    "res_model": ticket._name,
                    "res_id": ticket.id,
                }
            )
        self.env.flush_all()
        self.env.invalidate_all()
        self.patch(subject_access, "_CHUNK", 2)
        held = SubjectAccessArchive(self.person.with_user(self.manager))
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        with open("/dev/null", "wb") as file:
            held.write_to(_NoSeek(file))
        _now, peak = tracemalloc.get_traced_memory()
        self.assertLess(peak, 12 * megabyte, "of 32 megabytes")


class _NoSeek:
    """A file that can be written from beginning to end only."""

    def __init__(self, file):
        self.file = file
        self.write = file.write
        self.flush = file.flush


@tagged("post_install", "-at_install")
class TestSubjectAccessOverHttp(ComplaintCommon, HttpCase):
    clock = None  # the server has a clock of its own

    def address(self, user):
        wizard = (
            self.env["complaint.personal.data"]
            .with_user(user)
            .create({"partner_id": self.customer.id})
        )
        return wizard.action_download()["url"]

    def test_the_manager_who_asked_saves_it(self):
        ticket = self.create_complaint(partner_id=self.customer.id)
        self.env["ir.attachment"].create(
            {
                "name": "photo.txt",
                "raw": b"a picture",
                "res_model": ticket._name,
                "res_id": ticket.id,
            }
        )
        self.authenticate("manager", "manager")
        answer = self.url_open(self.address(self.manager))
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        self.assertIsNone(archive.testzip())
        self.assertIn(ticket.number, archive.read("overview.html").decode())
        log = self.env["complaint.privacy.log"].search([])
        self.assertEqual(log.references, ticket.number)

    def test_nobody_else_does(self):
        address = self.address(self.manager)
        self.create_user("manager2", "Mo Manager", "manager")
        for login in ("manager2", "handler", self.portal_user.login):
            self.authenticate(login, login)
            with self.subTest(login):
                self.assertEqual(self.url_open(address).status_code, 404)
        self.authenticate("manager", "manager")
        for number in (0, 2**31 - 1, 2**40):
            url = f"/complaints/personal-data/{number}"
            self.assertEqual(self.url_open(url).status_code, 404)
        self.assertEqual(self.url_open(address, method="HEAD").status_code, 404)
        self.assertFalse(self.env["complaint.privacy.log"].search([]))
