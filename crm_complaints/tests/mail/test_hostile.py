"""Hostile mails come in like any other: each is a complaint, a report, or a failed e-mail."""

import logging
import os
import statistics
import time
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...engine.mail import budget
from ...models.mail.incoming import LET_GO
from .common import ComplaintMailCommon
from .hostile import hostile
from .test_walk import REPORTS

_logger = logging.getLogger(__name__)

# How many; more are for whoever wants to know how long they take.
COUNT = int(os.environ.get("CRM_COMPLAINTS_HOSTILE", "14"))


@tagged("post_install", "-at_install")
class TestHostileMail(ComplaintMailCommon):
    def set_up_gateway(self):
        """Prepare nothing: each mail has a gateway of its own."""

    def test_mail_that_takes_too_long_is_registered_unread_and_kept(self):
        raw = self.mail(
            "The bread is mouldy.", attachments=[("a.pdf", "application/pdf", b"%PDF")]
        )
        with (
            self.mock_mail_gateway(),
            patch.object(budget, "seconds_for", lambda _: -1),
        ):
            complaint = self.receive(raw)
        self.assertTrue(complaint.is_complaint)
        self.assertEqual(complaint.name, "Broken on arrival")
        self.assertEqual(complaint.partner_email, "peter@novak.example")
        self.assertIn("The bread is mouldy.", complaint.description)
        (kept,) = self.newest(complaint).attachment_ids
        self.assertEqual(kept.raw, raw)

    def test_one_address_many_times_is_one(self):
        for count in (16_000, 2_000):
            raw = self.mail(Subject=f"{count} times")
            raw = b"Cc: " + b"anna@b.example, " * count + b"z@b.example\n" + raw
            with self.mock_mail_gateway():
                complaint = self.receive(raw)
            self.assertTrue(complaint.is_complaint)
            copied = self.newest(complaint).incoming_email_cc
            self.assertLess(copied.count("@"), 101)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_every_hostile_mail_comes_in(self):
        Entry = self.env["complaint.incoming.mail"]
        Letter = self.env["complaint.dead.letter"]
        took = {}
        for number in range(COUNT):
            with self.subTest(number=number):
                raw = hostile(number, self.team.alias_email)
                last = Entry.search([], limit=1)
                began = time.thread_time()
                with self.mock_mail_gateway():
                    self.env["mail.thread"].message_process(None, raw)
                    self.env.flush_all()
                took[number] = time.thread_time() - began
                entry = Entry.search([("id", ">", last.id or 0)])
                self.assertEqual(len(entry), 1)
                letter = Letter.search([("entry_id", "=", entry.id)])
                self.assertTrue(
                    entry.ticket_id
                    or letter
                    or (entry.outcome == LET_GO and entry.kind in REPORTS),
                    entry.outcome,
                )
            self.env.invalidate_all()
        slowest = sorted(took, key=took.get)[-5:]
        _logger.info(
            "%s hostile mails: median %.2f s, slowest %s",
            COUNT,
            statistics.median(took.values()),
            {number: round(took[number], 2) for number in slowest},
        )
