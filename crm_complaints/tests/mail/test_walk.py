"""A mailbox is walked, mail by mail: each ends where it should, and no robot is answered.

The mails are ours unless CRM_COMPLAINTS_MAILS names a folder; so anybody can try a
mailbox of their own. They are processed and forgotten; nothing is sent.
"""

import logging
import os
from collections import Counter
from pathlib import Path

from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from ...engine.mail import headers as mail_headers
from ...models.mail import incoming
from .common import ComplaintMailCommon

_logger = logging.getLogger(__name__)

FOLDER = os.environ.get("CRM_COMPLAINTS_MAILS")
REPORTS = (mail_headers.BOUNCE, mail_headers.RECEIPT, mail_headers.FEEDBACK)
# What may become of a mail of each kind; a mailbox with our own mail has answers, too.
OUTCOMES = {
    mail_headers.HUMAN: {incoming.COMPLAINT, incoming.ANSWER},
    mail_headers.LIST: {incoming.COMPLAINT, incoming.ANSWER},
    mail_headers.AUTOMATIC: {incoming.COMPLAINT, incoming.NOTE},
    mail_headers.OWN: {incoming.COMPLAINT, incoming.NOTE},
    **{kind: {incoming.LET_GO, incoming.NOTE} for kind in REPORTS},
}
# What only sounds like a bounce, and names no mail, may be a customer's.
OUTCOMES[mail_headers.BOUNCE].add(incoming.COMPLAINT)


@tagged("post_install", "-at_install")
class TestWalkMailbox(ComplaintMailCommon):
    def _own_mails(self):
        """Yield a mail of each kind, well written and broken."""
        yield self.mail()
        yield self.mail(Message_Id=None)
        yield self.mail(From=None, Message_Id="<nobody@novak.example>")
        yield self.mail(body="")
        yield self.mail(From="Anna <anna@weber.example>").replace(
            b'charset="utf-8"', b'charset="x-unknown"'
        )
        yield self.mail().replace(
            b"From: Peter Novak <peter@novak.example>",
            b"From: =?x-none?Q?P=E9ter?= <peter@novak.example>, <<>, @",
        )
        yield self.mail(attachments=[("bill.pdf", "application/pdf", b"%PDF")])
        yield self.mail(Auto_Submitted="auto-replied")
        yield self.mail(Precedence="bulk")
        yield self.mail(List_Id="<news.novak.example>")
        yield self.mail(From=f"Us <{self.team.alias_email}>")
        for kind, fields in (
            (
                "delivery-status",
                "Reporting-MTA: dns; mx.novak.example\n\n"
                "Final-Recipient: rfc822; peter@novak.example\n"
                "Action: failed\nStatus: 5.1.1\n",
            ),
            (
                "disposition-notification",
                "Final-Recipient: rfc822; peter@novak.example\n"
                "Disposition: manual-action/MDN-sent-manually; displayed\n",
            ),
            (
                "feedback-report",
                "Feedback-Type: abuse\nUser-Agent: Desk/1\nVersion: 1\n",
            ),
        ):
            yield (
                f"From: postmaster@novak.example\nTo: {self.team.alias_email}\n"
                f"Subject: Report\nMessage-ID: <{kind}@novak.example>\n"
                f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n"
                "--b\nContent-Type: text/plain\n\nA report.\n"
                f"--b\nContent-Type: message/{kind}\n\n{fields}\n--b--\n"
            ).encode()

    def _mailbox(self):
        """Yield the mails with what to call them."""
        if not FOLDER:
            yield from enumerate(self._own_mails())
            return
        to = f"Delivered-To: {self.team.alias_email}\n".encode()
        for path in sorted(Path(FOLDER).rglob("*")):
            if path.is_file():
                yield path.relative_to(FOLDER), to + path.read_bytes()

    def set_up_gateway(self):
        """Prepare nothing: each mail has a gateway of its own."""

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_every_mail_ends_where_it_should(self):
        Entry = self.env["complaint.incoming.mail"]
        table = Counter()
        count = 0
        for name, raw in self._mailbox():
            count += 1
            with self.subTest(mail=str(name)):
                last = Entry.search([], limit=1)
                # One gateway for each, as it keeps all that was ever sent.
                with self.mock_mail_gateway():
                    self.env["mail.thread"].message_process(None, raw)
                    answers = len(self.acknowledgements())
                entry = Entry.search([("id", ">", last.id or 0)])
                if not entry:
                    # the very same mail lies there twice
                    self.assertTrue(FOLDER, "ours are all different")
                    table["", "copy of another"] += 1
                    continue
                table[entry.kind, self._what_became_of(entry, answers)] += 1
                self._check(entry, answers)
            self.env.invalidate_all()
        self.assertTrue(count, "there is a mail at least")
        self.assertEqual(sum(table.values()), count, "each mail is accounted for")
        copies = sum(Entry.search([]).mapped("copies"))
        self.assertEqual(copies, table["", "copy of another"])
        for (kind, outcome), number in sorted(table.items()):
            _logger.info("| %s | %s | %s |", kind, outcome, number)

    def _what_became_of(self, entry, answers):
        if entry.outcome != incoming.COMPLAINT:
            return entry.outcome
        return "complaint, acknowledged" if answers else "complaint, not answered"

    def _check(self, entry, answers):
        self.assertIn(entry.outcome, OUTCOMES[entry.kind], entry.reason)
        if entry.kind != mail_headers.HUMAN:
            self.assertFalse(answers, "nobody answers a machine")
        if entry.outcome != incoming.COMPLAINT:
            return
        complaint = entry.ticket_id
        self.assertTrue(complaint.is_complaint)
        self.assertTrue(html2plaintext(complaint.description).strip())
        self.assertEqual(complaint.team_id, self.team)
        self.assertTrue(
            complaint.complaint_acknowledged_at
            or complaint.complaint_acknowledge_note
            or complaint.complaint_acknowledged_by == "not_applicable",
            "answered, or it says why not",
        )
