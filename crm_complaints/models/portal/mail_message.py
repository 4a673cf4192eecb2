"""mail.message: a link's token goes out by mail, and stays in no message."""

from markupsafe import Markup

from odoo import api, models

from ..core.constants import TICKET
from .tracking_link import PLACEHOLDER, without_tokens


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(list(map(self._complaint_without_tokens, vals_list)))

    @api.model
    def _complaint_without_tokens(self, vals):
        """Return the values of a message with placeholders for the tokens in its links.

        An answer quotes the customer's link, and whoever handles the complaint is
        notified of it by mail.
        """
        body = vals.get("body")
        if vals.get("model") != TICKET or not isinstance(body, str):
            return vals
        if without_tokens(body, {PLACEHOLDER}) == body:
            return vals
        # sudo: tokens of the complaint, which are taken out here
        ticket = self.env[TICKET].sudo().browse(vals.get("res_id") or ()).exists()
        if not ticket._complaint_ever():
            return vals
        own = {
            PLACEHOLDER,
            ticket.access_token,
            ticket.complaint_consent_id.access_token,
        }
        clean = without_tokens(body, own)
        return {**vals, "body": Markup(clean) if isinstance(body, Markup) else clean}

    def _complaint_drop_tokens(self):
        """Remove tokens from links, once the mails to the recipients were made.

        Colleagues of the customer and staff read messages in many ways, and whoever has
        the token is the customer.
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
