"""mail.message: a link's token goes out by mail, and stays in no message."""

import re

from markupsafe import Markup

from odoo import models

from ..mail.complaint_gateway import TICKET

_TOKEN = re.compile(r"access_token=[\w-]+(?:&amp;|&)?")


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _complaint_drop_tokens(self):
        """Remove tokens from links, once the mails to the recipients were made.

        Colleagues of the customer and staff read messages in many ways, and whoever has
        the token is the customer. An answer may quote the link.
        """
        # sudo: the message has just been posted by whoever may do so
        for message in self.sudo():
            if message.model != TICKET or "access_token=" not in (message.body or ""):
                continue
            ticket = self.env[TICKET].sudo().browse(message.res_id)
            if ticket.is_complaint:
                message.body = Markup(_TOKEN.sub("", message.body))
