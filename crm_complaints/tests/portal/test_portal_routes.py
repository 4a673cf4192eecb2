"""Portal routes of the helpdesk: customers reach their own tickets, and nothing else."""

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..common import ComplaintCommon
from .common import huge_photo

_REFUSALS = "odoo.http"


@tagged("post_install", "-at_install")
class TestPortalRoutes(ComplaintCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage_withdrawn = cls.env.ref(
            "crm_complaints.helpdesk_ticket_stage_withdrawn"
        )
        cls.stage_withdrawn.close_from_portal = True
        cls.other_customer = new_test_user(
            cls.env,
            login="other_customer",
            groups="base.group_portal",
            company_id=cls.company_a.id,
            company_ids=[(6, 0, cls.company_a.ids)],
        )
        cls.mine = cls.create_complaint(partner_id=cls.customer.id)
        cls.mine.message_subscribe(cls.customer.ids)
        cls.theirs = cls.create_complaint(partner_id=cls.other_customer.partner_id.id)
        cls.ordinary_team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Ordinary", "company_id": cls.company_a.id}
        )

    def as_user(self, user):
        self.authenticate(user.login, user.login)

    def close(self, ticket_id, stage_id, method="POST"):
        values = {"ticket_id": ticket_id, "stage_id": stage_id}
        if method == "POST":
            values["csrf_token"] = Request.csrf_token(self)
            return self.url_open("/ticket/close", data=values, allow_redirects=False)
        query = "&".join(f"{name}={value}" for name, value in values.items())
        return self.url_open(f"/ticket/close?{query}", allow_redirects=False)

    def submit(self, **values):
        return self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": Request.csrf_token(self),
                "subject": "Broken on arrival",
                "description": "It was open.",
                "team": "",
                "category": "",
                **values,
            },
            allow_redirects=False,
        )

    def test_a_number_that_is_none_of_ours(self):
        self.as_user(self.portal_user)
        long = "9" * 5000
        with mute_logger(_REFUSALS):
            for path in (f"/my/complaints/{long}", f"/my/complaints/page/{long}"):
                self.assertEqual(self.url_open(path).status_code, 404)

    def test_a_parameter_that_no_page_takes(self):
        self.as_user(self.portal_user)
        with mute_logger(_REFUSALS):
            for path in (
                f"/my/complaints/{self.mine.id}",
                "/my/complaints",
                "/complaints/new",
                "/my/tickets",
            ):
                with self.subTest(path):
                    self.assertEqual(self.url_open(f"{path}?self=1").status_code, 400)

    # ---------------------------------------------------
    # Closing
    # ---------------------------------------------------

    def test_complaints_are_not_closed_without_an_outcome(self):
        closed = self.env.ref("crm_complaints.helpdesk_ticket_stage_closed")
        closed.close_from_portal = True
        self.as_user(self.portal_user)
        for stage in (closed, self.stage_withdrawn):
            with self.subTest(stage.name):
                answer = self.close(self.mine.id, stage.id)
                self.assertIn(
                    f"/my/complaints/{self.mine.id}", answer.headers["Location"]
                )
                self.assertEqual(self.mine.complaint_phase, "reception")

    def test_opening_the_link_closes_nothing(self):
        """Mail scanners open every link in a mail."""
        self.as_user(self.portal_user)
        answer = self.close(self.mine.id, self.stage_withdrawn.id, "GET")
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self.mine.complaint_phase, "reception")

    @mute_logger(_REFUSALS)
    def test_nobody_closes_what_is_not_theirs(self):
        for user in (self.portal_user, self.user_employee, self.handler_b):
            with self.subTest(user.name):
                self.as_user(user)
                answer = self.close(self.theirs.id, self.stage_withdrawn.id)
                self.assertEqual(answer.status_code, 404)
                self.assertEqual(self.theirs.complaint_phase, "reception")

    @mute_logger(_REFUSALS)
    def test_ordinary_tickets_of_others_are_closed_by_nobody_either(self):
        stage = self.env["helpdesk.ticket.stage"].create(
            {"name": "Done", "closed": True, "close_from_portal": True}
        )
        ticket = self.Ticket.create(
            {
                "name": "A question",
                "description": "<p>When?</p>",
                "team_id": self.ordinary_team.id,
                "partner_id": self.other_customer.partner_id.id,
            }
        )
        before = ticket.stage_id
        self.as_user(self.portal_user)
        self.assertEqual(self.close(ticket.id, stage.id).status_code, 404)
        self.assertEqual(ticket.stage_id, before)
        ticket.message_subscribe(self.other_customer.partner_id.ids)
        self.as_user(self.other_customer)
        answer = self.close(ticket.id, stage.id)
        self.assertEqual(answer.status_code, 302)  # as helpdesk_mgmt's
        self.assertIn(f"/my/ticket/{ticket.id}", answer.headers["Location"])
        self.assertEqual(ticket.stage_id, stage)

    def test_only_stages_that_the_page_offers(self):
        ticket = self.create_ticket(partner_id=self.customer.id).sudo()
        stages = self.env["helpdesk.ticket.stage"]
        inner = stages.create({"name": "Done", "closed": True})
        foreign = stages.create(
            {
                "name": "Done",
                "closed": True,
                "close_from_portal": True,
                "team_ids": self.team.ids,
            }
        )
        before = ticket.stage_id
        self.as_user(self.portal_user)
        for stage_id in (inner.id, foreign.id, self.stage_withdrawn.id, 0, 2**31 - 1):
            with self.subTest(stage_id):
                answer = self.close(ticket.id, stage_id)
                self.assertEqual(answer.status_code, 302)  # as helpdesk_mgmt's
                self.assertIn(f"/my/ticket/{ticket.id}", answer.headers["Location"])
        self.assertEqual(ticket.stage_id, before)

    @mute_logger(_REFUSALS)
    def test_bad_parameters_are_no_errors_of_the_server(self):
        self.as_user(self.portal_user)
        for value in (
            "abc",
            "-1",
            "1 OR 1=1",
            "9" * 30,
            "9" * 5000,
            "1.5",
            "²",
            "<script>",
        ):
            with self.subTest(value):
                self.assertEqual(self.close(value, value).status_code, 400)
        self.assertEqual(self.close("", "").status_code, 404)

    # ---------------------------------------------------
    # Filing
    # ---------------------------------------------------

    @mute_logger(_REFUSALS)
    def test_what_the_form_cannot_have_sent_is_refused(self):
        hidden = self.env["helpdesk.ticket.category"].create(
            {"name": "Internal", "show_in_portal": False}
        )
        foreign = self.env["helpdesk.ticket.category"].create(
            {"name": "B", "show_in_portal": True, "company_id": self.company_b.id}
        )
        self.as_user(self.portal_user)
        before = self.Ticket.search_count([])
        for values in (
            {"category": "abc"},
            {"category": str(hidden.id)},
            {"category": str(foreign.id)},
            {"category": str(2**31 - 1)},
            {"category": "9" * 30},
            {"team": "abc"},
            {"team": "-1"},
            {"team": "9" * 30},
            {"team": str(self.team_b.id)},
            {"subject": ""},
            {"subject": " \n "},
        ):
            with self.subTest(values):
                self.assertEqual(self.submit(**values).status_code, 400)
        self.assertEqual(self.Ticket.search_count([]), before)

    def test_what_the_form_sends_is_registered(self):
        category = self.env["helpdesk.ticket.category"].create(
            {"name": "Delivery", "show_in_portal": True}
        )
        self.as_user(self.portal_user)
        answer = self.submit(
            category=str(category.id), subject="Op\0en", description="<b>Op\0en</b>"
        )
        self.assertEqual(answer.status_code, 302)
        ticket = self.Ticket.search([], order="id desc", limit=1)
        self.assertEqual(ticket.category_id, category)
        self.assertEqual(ticket.partner_id, self.customer)
        self.assertIn("&lt;b&gt;Open", ticket.description)

    def test_a_photo_of_200_megapixels_is_kept_as_it_was_sent(self):
        self.as_user(self.portal_user)
        answer = self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": Request.csrf_token(self),
                "subject": "Broken on arrival",
                "description": "It was open.",
            },
            files={"attachment": ("photo.png", huge_photo(), "image/png")},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 302)
        ticket = self.Ticket.search([], order="id desc", limit=1)
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(kept.raw, huge_photo())

    def test_an_empty_file_of_a_complaint_is_named(self):
        self.team.show_in_portal = True
        self.company_a.helpdesk_mgmt_portal_select_team = True
        self.as_user(self.portal_user)
        answer = self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": Request.csrf_token(self),
                "team": str(self.team.id),
                "subject": "Broken on arrival",
                "description": "It was open.",
            },
            files=[
                ("attachment", ("bill.pdf", b"%PDF", "application/pdf")),
                ("attachment", ("empty.pdf", b"", "application/pdf")),
            ],
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 302)
        complaint = self.Ticket.search([], order="id desc", limit=1)
        self.assertTrue(complaint.is_complaint)
        kept = self.env["ir.attachment"].search(
            [("res_model", "=", complaint._name), ("res_id", "=", complaint.id)]
        )
        self.assertEqual(kept.mapped("name"), ["bill.pdf"])
        self.assertIn("It was open.", complaint.description)
        self.assertIn("These files are empty: empty.pdf.", complaint.description)
        self.assertIn("empty.pdf", str(complaint.activity_ids.mapped("summary")))

    # ---------------------------------------------------
    # Reading
    # ---------------------------------------------------

    @mute_logger(_REFUSALS)
    def test_pages_of_others_are_not_shown(self):
        self.as_user(self.portal_user)
        for path in (
            f"/my/ticket/{self.theirs.id}",
            f"/my/ticket/{self.theirs.id}/{self.mine._portal_ensure_token()}",
            f"/my/ticket/{2**31 - 1}",
        ):
            with self.subTest(path):
                answer = self.url_open(path, allow_redirects=False)
                self.assertEqual(answer.status_code, 303)
                self.assertNotIn("ticket", answer.headers["Location"])
        self.assertEqual(self.url_open(f"/my/ticket/{'9' * 30}").status_code, 404)

    def test_list_is_shown_whatever_its_link_asks_for(self):
        self.as_user(self.portal_user)
        for query in (
            "sortby=nothing",
            "filterby=nothing",
            "groupby=nothing",
            "search_in=nothing&search=%25",
            "search_in=number&search=%00",
            "date_begin=yesterday&date_end=tomorrow",
            "date_begin=2026-02-30&date_end=2026-03-01",
        ):
            with self.subTest(query):
                answer = self.url_open(f"/my/tickets?{query}")
                self.assertEqual(answer.status_code, 200)
