"""Delivery: when a mail that a server did not take is tried again."""

import errno
import smtplib
import socket
import ssl

# Minutes until the next attempt. After the last one somebody has to look: two days and a
# half have passed, about as long as mail servers themselves go on (RFC 5321, 4.5.4.1).
PAUSES = (5, 15, 60, 240, 720, 1200, 1440)

_AWAY = (
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    ssl.SSLError,
    smtplib.SMTPServerDisconnected,
)
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}


def is_temporary(error):
    """Delivery: tell whether a mail may be taken later that was not taken now.

    That is so where the server could not be reached, and where its reply begins with a
    4 (RFC 5321, 4.2.1), as with greylisting; with several recipients, where it is so
    for all of them.

    :param error: the exception, or one that was raised because of it
    """
    while error is not None:
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            codes = [code for code, _reply in error.recipients.values()]
            return bool(codes) and all(400 <= code < 500 for code in codes)
        if isinstance(error, smtplib.SMTPResponseException):
            return 400 <= error.smtp_code < 500
        if isinstance(error, _AWAY) or (
            isinstance(error, OSError) and error.errno in _UNREACHABLE
        ):
            return True
        error = error.__cause__ or error.__context__
    return False
