"""Reading the reports of mail servers: which mail they mean, and what became of it."""

import email
import email.policy
import unittest

from hypothesis import given
from hypothesis import strategies as st

from ...engine.mail.headers import AUTOMATIC, BOUNCE, HUMAN, LIST, RECEIPT, kind_of
from ...engine.mail.reports import DELAYED, DELIVERED, FAILED, report_of
from .common import property_of
from .mails import FAILING, PLAIN_BOUNCE, RECEIPT_MAIL, message, parsed


class TestReport(unittest.TestCase):
    def test_delivery_report_tells_mail_recipients_and_diagnosis(self):
        report = report_of(parsed(FAILING))
        self.assertEqual(
            report.original_ids, ("<sent@us.example>", "<answered@us.example>")
        )
        self.assertEqual(report.recipients, ("anna@example.org", "info@example.org"))
        self.assertEqual((report.outcome, report.status), (FAILED, "5.1.1"))
        self.assertEqual(report.diagnostic, "550 5.1.1 no such person")

    def test_worst_of_several_outcomes_counts(self):
        two = FAILING.replace(
            b"Original-Recipient: rfc822; info@example.org\nAction: failed",
            b"Action: delivered\n\nFinal-Recipient: rfc822; b@example.org\nAction: %s",
        )
        for word, outcome in ((b"failed", FAILED), (b"delayed", DELAYED)):
            self.assertEqual(report_of(parsed(two % word)).outcome, outcome)
        self.assertEqual(report_of(parsed(two % b"relayed")).outcome, DELIVERED)
        both = (two % b"failed").replace(b"Action: delivered", b"Action: delayed")
        self.assertEqual(report_of(parsed(both)).outcome, FAILED)

    def test_line_that_is_no_field_hides_none_of_those_after_it(self):
        broken = FAILING.replace(b"Action: failed", b"oh dear\nAction: delayed")
        report = report_of(parsed(broken))
        self.assertEqual((report.outcome, report.status), (DELAYED, "5.1.1"))

    def test_returned_header_alone_tells_the_mail(self):
        header = FAILING.replace(b"message/rfc822", b"text/rfc822-headers")
        self.assertEqual(report_of(parsed(header)).original_ids[0], "<sent@us.example>")

    def test_receipt_tells_which_mail_was_seen(self):
        report = report_of(parsed(RECEIPT_MAIL))
        self.assertEqual(report.original_ids, ("<sent@us.example>",))
        self.assertEqual(report.outcome, "displayed")

    def test_bounce_in_no_standard_form_is_read_from_its_text(self):
        report = report_of(parsed(PLAIN_BOUNCE))
        self.assertEqual(report.original_ids, ("<sent@us.example>",))
        self.assertEqual(report.recipients, ("anna@example.org",), "not the sender")
        self.assertEqual((report.outcome, report.status), (FAILED, "5.2.2"))
        self.assertIn("mailbox is full", report.diagnostic)

    def test_warning_that_a_mail_is_late_is_no_failure(self):
        late = PLAIN_BOUNCE.replace(b"Failure notice", b"Mail delayed")
        self.assertEqual(report_of(parsed(late)).outcome, DELAYED)

    def test_recipients_in_a_header_of_the_server_s_own(self):
        mail = message(X_Failed_Recipients="A@example.org, b@example.org")
        self.assertEqual(report_of(mail).recipients, ("a@example.org", "b@example.org"))

    def test_report_s_own_id_is_not_the_original_s(self):
        mail = message(Message_ID="<own@mx.example>", References="<own@mx.example>")
        self.assertEqual(report_of(mail).original_ids, ())

    @property_of(150)
    @given(
        st.sampled_from([FAILING, RECEIPT_MAIL, PLAIN_BOUNCE]),
        st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=6)), max_size=6),
        st.sampled_from([email.policy.SMTP, email.policy.compat32]),
    )
    def test_any_bytes_in_a_report(self, raw, changes, policy):
        for place, content in changes:
            raw = raw[:place] + content + raw[place + 2 :]
        mail = email.message_from_bytes(raw, policy=policy)
        self.assertIn(kind_of(mail).name, (HUMAN, AUTOMATIC, LIST, BOUNCE, RECEIPT))
        report = report_of(mail)
        for text in (*report.original_ids, *report.recipients, report.diagnostic):
            text.encode()  # can be stored
            self.assertNotIn("\0", text)
