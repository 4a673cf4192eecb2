"""Nothing personal is logged while a complaint comes in and is worked.

The erasure is tested by crm_complaints_privacy.
"""

import logging
from unittest.mock import patch

from odoo.tests import tagged

from .contact.test_complaint_letter_compose import LetterCommon
from .log_common import OURS, LogMixin
from .mail.common import ComplaintMailCommon
from .portal.common import ComplaintPortalCommon

NAME = "Quackenbush"
EMAIL = "zebulon@quackenbush.example"
PHONE = "777 88 99"
STREET = "Sycamore Alley"
TOLD = "The parrot spoke."
MARKS = (NAME, "zebulon", PHONE, STREET, "parrot")
TEXT = f"I am Zebulon {NAME} of {STREET}, call me: {PHONE}. {TOLD}"
NEW = "/complaints/new"


@tagged("post_install", "-at_install")
class TestLogs(LogMixin, LetterCommon, ComplaintMailCommon, ComplaintPortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.ref("base.public_user").write(
            {
                "company_id": cls.company_a.id,
                "company_ids": [(6, 0, cls.company_a.ids)],
            }
        )
        cls.person = cls.env["res.partner"].create(
            {
                "name": f"Zebulon {NAME}",
                "email": EMAIL,
                "phone": f"+32 2 {PHONE}",
                "street": STREET,
            }
        )

    def mail_of_person(self, **headers):
        return self.mail(
            **{
                "From": f"Zebulon {NAME} <{EMAIL}>",
                "Subject": f"{NAME} complains",
                "body": TEXT,
                **headers,
            }
        )

    def failing_with_words(self, model, method):
        """Let a method of a model fail with an error that repeats what was told."""
        return patch.object(
            self.registry[model], method, side_effect=ValueError(f"{TEXT} {EMAIL}")
        )

    # ---------------------------------------------------
    # Tests
    # ---------------------------------------------------

    def test_what_is_logged_is_seen(self):
        for name, level in (("odoo.addons.mail", "INFO"), (f"{OURS}.x", "DEBUG")):
            logging.getLogger(name)
            with (
                self.subTest(name),
                self.assertRaises(AssertionError),
                self.logging_nothing_of(NAME),
            ):
                logging.getLogger(name).log(getattr(logging, level), "Of %s", NAME)

    def test_mails(self):
        with self.logging_nothing_of(*MARKS) as lines:
            ticket = self.receive(self.mail_of_person())
            self.assertTrue(ticket)
            self.receive(
                self.mail_of_person(
                    Subject=f"Re: {ticket.number}",
                    In_Reply_To=self.acknowledgements()[-1]["Message-Id"],
                )
            )
            for model, method in (
                ("mail.thread", "message_parse"),
                ("complaint.gateway", "_decide"),
                ("helpdesk.ticket", "create"),
                ("helpdesk.ticket", "_complaint_start_clock"),
                ("mail.template", "send_mail_batch"),
            ):
                with self.failing_with_words(model, method):
                    self.receive(self.mail_of_person(Subject=f"{model} {NAME}"))
            with self.no_mail_server(OSError(f"{EMAIL} was refused")):
                self.receive(self.mail_of_person(Subject=f"{NAME} again"))
            self.env.cr.precommit.run()
        letters = self.env["complaint.dead.letter"].search([])
        self.assertIn(NAME, letters[0].name)
        self.assertTrue([line for line in lines if OURS in line], "nothing was logged")

    def test_form(self):
        self.as_user(None)
        with self.logging_nothing_of(*MARKS):
            for failing in (False, True):
                values = self.form_values(self.get(NEW), NEW)
                self.look()
                values |= {
                    "name": f"Zebulon {NAME}",
                    "email": EMAIL,
                    "phone": PHONE,
                    "story": TEXT,
                }
                with self.failing_with_words(
                    "helpdesk.ticket",
                    "_complaint_start_clock" if failing else "action_complaint_reopen",
                ):
                    self.send(NEW, values, [("parrot.txt", b"x", "text/plain")], 303)
        complaint = self.Ticket.search([], order="id desc", limit=1)
        self.assertEqual(complaint.partner_email, EMAIL)

    def test_letter_and_decision(self):
        ticket = self.create_complaint(
            partner_id=self.person.id, user_id=self.handler.id, description=TEXT
        ).sudo()
        token = ticket._portal_ensure_token()
        self.as_user(None)
        with self.logging_nothing_of(*MARKS, token):
            self.send_letter("information", ticket)
            self.offer(TOLD, complaint=ticket)
            page = self.get(self.link(ticket))
            path = self.path(ticket, "accept")
            self.look()
            values = {**self.form_values(page, path), "words": TEXT}
            self.send(path, values, status=303)
            self.env.cr.precommit.run()
        self.assertEqual(ticket.complaint_decision, "accepted")

    def send_letter(self, kind, ticket):
        return LetterCommon.send(self, kind, ticket)

    def send(self, *args, **kwargs):
        return ComplaintPortalCommon.send(self, *args, **kwargs)
