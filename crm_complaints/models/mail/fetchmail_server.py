"""fetchmail.server: a mail that could not even be kept stays in its mailbox."""

import logging

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
        return connection
