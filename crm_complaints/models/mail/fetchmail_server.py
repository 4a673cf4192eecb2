"""fetchmail.server: a mail that could not even be kept stays in its mailbox."""

import logging
from imaplib import IMAP4

from odoo import models

from .complaint_gateway import not_kept

_logger = logging.getLogger(__name__)


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    def _connect__(self, allow_archived=False):
        """Leave what was not kept unread, and undeleted.

        Odoo marks each mail as handled, also after an error; from a POP mailbox it
        would be gone.
        """
        connection = super()._connect__(allow_archived=allow_archived)
        handled = connection.handled_message
        not_kept.flag = False

        def handled_message(num):
            if getattr(not_kept, "flag", False):
                not_kept.flag = False
                _logger.info("A mail could not be kept, and stays in its mailbox")
            else:
                handled(num)

        connection.handled_message = handled_message
        if isinstance(connection, IMAP4):
            fetch = connection.fetch

            def peek(num, parts):
                return fetch(num, "(BODY.PEEK[])" if parts == "(RFC822)" else parts)

            # Odoo's command marks a mail as read, which is taken back by the next one:
            # whoever is killed in between has lost it
            connection.fetch = peek
        return connection
