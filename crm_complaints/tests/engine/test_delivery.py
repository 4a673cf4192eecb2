"""Delivery: what may be tried again, and what may not."""

import errno
import smtplib
import socket
import ssl
import unittest

from ...engine import delivery


def wrapped(error):
    """Return an error as Odoo raises it: another one, because of this one."""
    try:
        try:
            raise error
        except Exception:
            raise ValueError("Mail Delivery Failed")  # noqa: B904, as Odoo does it
    except ValueError as outer:
        return outer


class TestDelivery(unittest.TestCase):
    def test_what_may_be_taken_later(self):
        for error in (
            ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
            TimeoutError("timed out"),
            socket.gaierror(-3, "Temporary failure in name resolution"),
            ssl.SSLError("handshake failure"),
            OSError(errno.ENETUNREACH, "Network is unreachable"),
            smtplib.SMTPServerDisconnected("Connection unexpectedly closed"),
            smtplib.SMTPConnectError(421, b"Too many connections"),
            smtplib.SMTPDataError(451, b"Greylisted"),
            smtplib.SMTPSenderRefused(452, b"Insufficient storage", "us@x.example"),
            smtplib.SMTPRecipientsRefused({"a@x.example": (450, b"Try again")}),
        ):
            with self.subTest(error):
                self.assertTrue(delivery.is_temporary(error))
                self.assertTrue(delivery.is_temporary(wrapped(error)))

    def test_what_is_refused_for_good(self):
        for error in (
            None,
            ValueError("No recipient"),
            OSError(errno.ENOSPC, "No space left on device"),
            smtplib.SMTPNotSupportedError("SMTPUTF8"),
            smtplib.SMTPDataError(554, b"Relay access denied"),
            smtplib.SMTPRecipientsRefused({}),
            smtplib.SMTPRecipientsRefused(
                {"a@x.example": (450, b"Later"), "b@x.example": (550, b"No such user")}
            ),
        ):
            with self.subTest(error):
                self.assertFalse(delivery.is_temporary(error))
                self.assertFalse(error and delivery.is_temporary(wrapped(error)))

    def test_pauses_grow(self):
        self.assertEqual(list(delivery.PAUSES), sorted(delivery.PAUSES))
        self.assertEqual(sum(delivery.PAUSES), 3680)  # minutes: two days and a half
