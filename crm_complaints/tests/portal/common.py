"""Customer page tests: forms are read from the page and sent as shown."""

import struct
import zlib
from datetime import timedelta
from urllib.parse import urlsplit

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, new_test_user

from ..common import ComplaintCommon

TEXT = "text/plain"


def huge_photo():
    """Return a PNG that says it has 200 megapixels, which PIL refuses to open."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 20_000, 10_000, 8, 2, 0, 0, 0))]
    parts += [(b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )


class ComplaintPortalCommon(ComplaintCommon, HttpCase):
    """Beside the customer: their colleague Bert, and a customer of another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls.create_customer("bert", "Bert Weber", cls.customer_company)
        cls.stranger = cls.create_customer("karl", "Karl Kunde")
        cls.complaint = cls.create_complaint(
            partner_id=cls.customer.id,
            user_id=cls.handler.id,
            complaint_remedy_sought="My money back.",
        ).sudo()
        cls.remedy_type = cls.env["complaint.remedy.type"].create(
            {"name": "Voucher", "customer_text": "We send you a voucher."}
        )

    def setUp(self):
        super().setUp()
        if self.clock:
            # the test before may have moved the clock
            self.frozen.move_to(self.clock)

    @classmethod
    def create_customer(cls, login, name, company=None):
        """Return a portal user who may work at ``company``."""
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "email": f"{login}@customers.example",
                "parent_id": company.id if company else False,
            }
        )
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            partner_id=partner.id,
            name=name,
            email=partner.email,
            company_id=cls.company_a.id,
            company_ids=[(6, 0, cls.company_a.ids)],
            context={"no_reset_password": True, "mail_create_nolog": True},
        )

    def as_user(self, user):
        """Sign in as ``user``; as nobody where it is None."""
        self.authenticate(user and user.login, user and user.login)

    def offer(self, *texts, complaint=None, alternative=False):
        """Send an offer of remedies with these texts, and return them."""
        complaint = complaint or self.complaint
        if complaint.complaint_phase != "solution":
            self.move(complaint, "solution")
        day = fields.Date.today() + timedelta(days=10)
        remedies = self.env["complaint.remedy"].create(
            [
                {
                    "ticket_id": complaint.id,
                    "type_id": self.remedy_type.id,
                    "description": text,
                    "alternative": alternative,
                    "promised_date": day,
                }
                for text in texts
            ]
        )
        complaint._complaint_propose(day)
        return remedies

    def resolve(self, complaint=None):
        """Give the customer the final response."""
        complaint = complaint or self.complaint
        complaint.write(
            {
                "complaint_outcome": "upheld",
                "complaint_findings": "The seal was broken.",
            }
        )
        self.move(complaint, "follow_up")

    # ---------------------------------------------------
    # Pages and forms
    # ---------------------------------------------------

    def get(self, path, status=200):
        """Return the response of a path, and assert its status.

        A link with a token leads to the same address without it.
        """
        response = self.url_open(path, allow_redirects=False)
        if "access_token=" in path and response.is_redirect:
            location = response.headers["Location"]
            self.assertNotIn("token", location)
            if urlsplit(location).path == urlsplit(path).path:
                response = self.url_open(location, allow_redirects=False)
        self.assertEqual(response.status_code, status, response.text[:500])
        return response

    def tree(self, response):
        return html.fromstring(response.text)

    def read_text(self, response):
        """Return the text that people see on a page, in one line."""
        return " ".join(self.tree(response).xpath("//main")[0].text_content().split())

    def form_values(self, response, action):
        """Return what a form on the page sends if it is left as it is."""
        forms = self.tree(response).xpath(f"//form[@action='{action}']")
        self.assertEqual(len(forms), 1, f"{action} is not on the page")
        return dict(forms[0].form_values())

    def actions(self, response):
        """Return the paths to which forms of the page are sent."""
        return {
            form.get("action") for form in self.tree(response).xpath("//main//form")
        }

    def send(self, path, values, files=(), status=None):
        """Send a form without following redirects."""
        response = self.url_open(
            path,
            data=values,
            files=[("attachment", file) for file in files] or None,
            allow_redirects=False,
        )
        if status:
            self.assertEqual(response.status_code, status, response.text[:500])
        return response

    def look(self):
        """Let the time pass that people take to look at a page."""
        if self.clock:
            self.frozen.tick(timedelta(seconds=5))

    def path(self, complaint=None, act=""):
        complaint = complaint or self.complaint
        return f"/my/complaints/{complaint.id}" + (act and f"/{act}")

    def act(self, act, page=None, status=303, files=(), complaint=None, **values):
        """Fill in and send one of the forms on the complaint's page.

        :param page: the page as it was shown; by default, as it is now for the user
        """
        path = self.path(complaint, act)
        page = page or self.get(self.path(complaint))
        sent = {**self.form_values(page, path), **values}
        self.look()
        return self.send(path, sent, files, status)

    def link(self, complaint=None):
        """Return the path of the tracking link."""
        return (complaint or self.complaint).get_portal_url()
