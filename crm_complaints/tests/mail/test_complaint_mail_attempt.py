"""Once: however often a mail is delivered, it is one complaint and one answer."""

import base64
from contextlib import ExitStack
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import html2plaintext

from ...models.mail.complaint_mail_attempt import MOST_ATTEMPTS
from ..fault_common import FaultMixin, InjectedFault
from .common import ComplaintMailCommon

ID = "<one@novak.example>"


class Killed(BaseException):
    """The end of a worker."""


@tagged("post_install", "-at_install")
class TestMailOnce(ComplaintMailCommon):
    def count(self, subject="Broken on arrival"):
        return self.Ticket.search_count([("name", "=", subject)])

    def entry(self, complaint):
        return self.env["complaint.incoming.mail"].search(
            [("ticket_id", "=", complaint.id)]
        )

    # ---------------------------------------------------
    # The same mail
    # ---------------------------------------------------

    def test_same_mail_again_is_the_same_complaint(self):
        plain = self.mail(Message_Id=ID, attachments=[("a.txt", "text/plain", b"Note")])
        with_crlf = plain.replace(b"\n", b"\r\n")
        copies = {
            "as it was": plain,
            "another way": b"Received: from a by b; Mon, 2 Mar 2026 08:59:00 +0000\n"
            + plain,
            "redirected": b"Delivered-To: " + self.team.alias_email.encode() + b"\n"
            b"X-Spam-Score: 1\nX-Original-To: someone@novak.example\n" + plain,
            "line ends": with_crlf,
            "line ends, another way": b"Received: from c by d; Mon, 2 Mar 2026 "
            b"08:58:00 +0000\r\nReturn-Path: <peter@novak.example>\r\n" + with_crlf,
            "blank lines at the end": plain + b"\n\n",
        }
        complaint = self.receive(plain)
        for number, (name, raw) in enumerate(copies.items(), 1):
            with self.subTest(name):
                self.assertFalse(self.receive(raw))
                self.assertEqual(self.count(), 1)
                self.entry(complaint).invalidate_recordset()
                self.assertEqual(self.entry(complaint).copies, number)
        self.assertEqual(len(complaint.attachment_ids), 1)
        self.the_acknowledgement()

    def test_without_an_id_as_well(self):
        raw = self.mail(Message_Id=None)
        complaint = self.receive(raw)
        self.assertFalse(self.receive(b"Received: from a by b\n" + raw))
        self.assertFalse(self.receive(raw.replace(b"\n", b"\r\n")))
        self.assertEqual(self.count(), 1)
        self.assertEqual(self.entry(complaint).copies, 2)
        self.the_acknowledgement()

    def test_answer_again_stands_on_its_complaint_once(self):
        complaint = self.receive()
        raw = self.mail(
            "One more thing.", In_Reply_To=self.the_acknowledgement()["Message-Id"]
        )
        self.assertEqual(self.receive(raw), complaint)
        number = len(complaint.message_ids)
        self.assertFalse(self.receive(raw))
        self.assertEqual(len(complaint.message_ids), number)

    # ---------------------------------------------------
    # Not the same mail
    # ---------------------------------------------------

    def test_what_differs_is_kept_whatever_its_id(self):
        """Web forms and scanners give all that they send one id, or none."""
        for message_id in (ID, None):
            with self.subTest(message_id=message_id):
                subject = f"About {message_id}"
                first, second = (
                    self.receive(body=body, Message_Id=message_id, Subject=subject)
                    for body in ("The first one.", "The second one.")
                )
                self.assertEqual(self.count(subject), 2)
                for complaint, text in ((first, "first"), (second, "second")):
                    self.assertIn(
                        f"The {text} one.", html2plaintext(complaint.description)
                    )
                    self.assertAcknowledged(complaint)
                ids = [
                    set(complaint.message_ids.mapped("message_id"))
                    for complaint in (first, second)
                ]
                self.assertFalse(ids[0] & ids[1])

    def test_subject_sender_or_date_make_another_mail(self):
        self.receive(Message_Id=ID)
        for headers in (
            {"Subject": "Another one"},
            {"From": "Paul Novak <paul@novak.example>"},
            {"Date": "Mon, 2 Mar 2026 08:00:00 +0000"},
        ):
            with self.subTest(headers=headers):
                self.assertTrue(self.receive(Message_Id=ID, **headers))

    def test_answer_finds_the_second_one_of_an_id(self):
        first = self.receive(body="The first one.", Message_Id=ID)
        second = self.receive(body="The second one.", Message_Id=ID)
        answers = self.acknowledgements()
        self.assertEqual(len(answers), 2)
        for complaint, answer in zip((first, second), answers, strict=True):
            own_id = answer["Message-Id"]
            for headers in (
                {"In_Reply_To": own_id, "References": f"{ID} {own_id}"},
                {"In_Reply_To": own_id},
                {"References": f"{ID} {own_id}"},
            ):
                with self.subTest(complaint=complaint, headers=list(headers)):
                    self.assertEqual(self.receive(**headers), complaint)

    def test_same_mail_to_two_desks_is_a_complaint_at_each(self):
        """A blind copy comes to each desk by a delivery of its own."""
        raw = self.mail(To="Undisclosed <someone@novak.example>", Message_Id=ID)
        found = self.Ticket
        for team in (self.team, self.team_b):
            delivery = b"Delivered-To: " + team.alias_email.encode() + b"\n" + raw
            complaint = self.receive(delivery)
            self.assertEqual(complaint.team_id, team)
            self.assertFalse(self.receive(delivery), "at each of them once")
            found |= complaint
        self.assertEqual(self.count(), 2)
        self.assertEqual(len(self.acknowledgements()), 2)


@tagged("post_install", "-at_install")
class TestMailAttempts(FaultMixin, ComplaintMailCommon):
    """A mail that takes the worker down is not tried for ever."""

    def setUp(self):
        super().setUp()
        self.Attempt = self.env["complaint.mail.attempt"]

    def break_off(self, raw, *patches, error):
        """Let a mail come in, and end by an error with which all is rolled back.

        But for what is counted in a transaction of its own: no savepoint here, which
        ``assertRaises`` would bring along.
        """
        with ExitStack() as stack:
            for one in patches:
                stack.enter_context(one)
            try:
                self.receive(raw)
            except error:
                self.env["complaint.incoming.mail"].search([]).unlink()
            else:
                self.fail("It came to an end")

    def take_the_worker_down(self, raw):
        """Begin a mail, and do not come to an end with it."""
        gateway = self.registry["complaint.gateway"]
        killed = patch.object(gateway, "_process_once", side_effect=Killed)
        self.break_off(raw, killed, error=Killed)

    def test_mail_that_takes_the_worker_down_becomes_a_dead_letter(self):
        raw = self.mail()
        for _attempt in range(MOST_ATTEMPTS):
            self.take_the_worker_down(raw)
        Letter = self.env["complaint.dead.letter"]
        self.assertFalse(Letter.search([]))
        self.assertFalse(self.receive(raw))
        letter = Letter.search([])
        self.assertEqual(len(letter), 1)
        self.assertIn(str(MOST_ATTEMPTS), letter.failure)
        self.assertEqual(letter.activity_ids.user_id, self.leader)
        letter.with_user(self.leader).action_retry()
        self.assertEqual(letter.state, "done")
        self.assertTrue(letter.ticket_id.is_complaint)
        self.the_acknowledgement()

    def test_mail_that_ends_whatever_reads_it_is_kept_unread(self):
        raw = self.mail()
        gateway = self.registry["complaint.gateway"]
        recognise = gateway._recognise

        def read(this, raw, delivery, is_unread=False):
            if not is_unread:
                raise Killed
            return recognise(this, raw, delivery, is_unread)

        killing = patch.object(gateway, "_recognise", read)
        for _attempt in range(MOST_ATTEMPTS):
            self.break_off(raw, killing, error=Killed)
        self.assertEqual(self.attempts(), [MOST_ATTEMPTS])
        with killing:
            self.receive(raw)
        letter = self.env["complaint.dead.letter"].search([])
        self.assertEqual(len(letter), 1)
        self.assertEqual(base64.b64decode(letter.raw), raw)

    def test_a_worker_that_is_stopped_by_chance_costs_nothing(self):
        raw = self.mail()
        for _attempt in range(MOST_ATTEMPTS - 1):
            self.take_the_worker_down(raw)
        complaint = self.receive(raw)
        self.assertTrue(complaint.is_complaint)
        self.assertFalse(self.env["complaint.dead.letter"].search([]))

    def attempts(self):
        self.Attempt.invalidate_model()
        return self.Attempt.search([]).mapped("attempts")

    def test_somebody_in_the_way_over_rpc_is_no_attempt(self):
        """Odoo calls the method again by itself, more often than we would."""
        raw = self.mail()
        in_the_way = patch.object(
            self.registry["helpdesk.ticket"],
            "create",
            side_effect=SerializationFailure("could not serialize access"),
        )
        for _attempt in range(MOST_ATTEMPTS + 2):
            self.break_off(raw, in_the_way, error=SerializationFailure)
        self.assertEqual(self.attempts(), [0])
        self.assertTrue(self.receive(raw).is_complaint)

    def test_mail_that_cannot_even_be_kept_is_no_attempt(self):
        """The worker is well; the mail comes again until there is room for it."""
        raw = self.mail()
        for _attempt in range(MOST_ATTEMPTS + 2):
            failing = self.failing(
                ("mail.thread", "message_parse"), ("complaint.dead.letter", "create")
            )
            self.break_off(raw, failing, error=InjectedFault)
        self.assertEqual(self.attempts(), [0])
        self.assertTrue(self.receive(raw).is_complaint)
