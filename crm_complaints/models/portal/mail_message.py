"""mail.message: a link's token goes out by mail, and stays in no message."""

from markupsafe import Markup

from odoo import models

from ..mail.complaint_gateway import TICKET
from .tracking_link import without_tokens


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _complaint_drop_tokens(self):
        """Remove tokens from links, once the mails to the recipients were made.

        Colleagues of the customer and staff read messages in many ways, and whoever has
        the token is the customer. An answer may quote the link.
        """
        # sudo: the message has just been posted by whoever may do so
        messages = self.sudo().filtered(
            lambda message: message.model == TICKET and message.body
        )
        bodies = {message: without_tokens(message.body) for message in messages}
        found = messages.filtered(lambda message: bodies[message] != message.body)
        tickets = self.env[TICKET].sudo().browse(set(found.mapped("res_id")))
        complaints = tickets.filtered("is_complaint")
        for message in found:
            if message.res_id in complaints._ids:
                message.body = Markup(bodies[message])
