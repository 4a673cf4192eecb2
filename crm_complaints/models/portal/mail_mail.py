"""mail.mail: in the mail to the customer stands the token, in its message does not."""

from markupsafe import Markup

from odoo import Command, api, models
from odoo.exceptions import MissingError
from odoo.tools import html2plaintext
from odoo.tools.mail import email_normalize_all

from ..contact.letter_layout import Framed
from ..core.constants import TICKET
from .tracking_link import has_placeholder, with_tokens, without_tokens

# Headers that would have it delivered to others as well.
_ADDRESSING = frozenset(
    {"to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc", "x-forge-to"}
)


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: only where the message is that was posted
        Message = self.env["mail.message"].sudo()
        places = []
        for vals in vals_list:
            message = Message.browse(vals.get("mail_message_id") or ())
            of = {"model": message.model, "res_id": message.res_id} if message else vals
            places.append((of.get("model"), of.get("res_id")))
        # sudo: for a mail to the customer, whoever makes it
        tickets = self.env[TICKET].sudo()
        tickets = tickets.browse({id for model, id in places if model == TICKET and id})
        try:
            tickets.mapped("is_complaint")  # known of those just registered
        except MissingError:
            tickets = tickets.exists()
        found = {ticket.id: ticket for ticket in tickets}
        return super().create(
            [
                self._complaint_with_link(vals, found[res_id])
                if model == TICKET and res_id in found
                else vals
                for vals, (model, res_id) in zip(vals_list, places, strict=True)
            ]
        )

    @api.model
    def _complaint_with_link(self, vals, ticket):
        """Return the values of a mail with the recipient's token, its message without.

        Before the mail is made, since changing it costs as much again. Where these
        values do not tell who gets it, the token is put in as it is sent.

        :param ticket: helpdesk.ticket in sudo, whose mail it is
        """
        body_html = framed = vals.get("body_html")
        partners = self._complaint_recipients(vals.get("recipient_ids") or ())
        if has_placeholder(framed) and partners is not None:
            addresses = f"{vals.get('email_to') or ''},{vals.get('email_cc') or ''}"
            tokens = ticket._complaint_tokens_for(
                partners, email_normalize_all(addresses)
            )
            if tokens:
                body_html = with_tokens(
                    str(framed), tokens, ticket.id, ticket.get_base_url()
                )
        # a message that was posted drops its own once it was sent to all
        drops = ticket.is_complaint and not vals.get("mail_message_id")
        if isinstance(framed, Framed):
            letter = without_tokens(framed.letter) if drops else framed.letter
            return {**vals, "body_html": Framed(body_html, Markup(letter))}
        vals = {**vals, "body_html": body_html}
        if drops and vals.get("body"):
            vals["body"] = type(vals["body"])(without_tokens(vals["body"]))
        return vals

    @api.model
    def _complaint_recipients(self, commands):
        """Return the contacts that these commands add to a new mail, None if unknown."""
        partners = self.env["res.partner"]
        for command in commands:
            if command[0] == Command.LINK:
                partners |= partners.browse(command[1])
            elif command[0] == Command.SET:
                partners |= partners.browse(command[2])
            else:
                return None
        return partners

    def _complaint_tokens(self, partners, addresses):
        """Return the complaint, and the tokens of these recipients of the mail."""
        # sudo: for a mail to the customer, whoever sends it
        ticket = self.env[TICKET].sudo().browse(self.res_id or ()).exists()
        return ticket, ticket and ticket._complaint_tokens_for(partners, addresses)

    def _prepare_outgoing_list(self, *args, **kwargs):
        """Give each recipient of one mail the link that is theirs."""
        outgoing = super()._prepare_outgoing_list(*args, **kwargs)
        if self.model != TICKET:
            return outgoing
        for one in outgoing:
            one["headers"] = {
                name: value
                for name, value in one["headers"].items()
                if name.lower() not in _ADDRESSING
            }
            if has_placeholder(one["body"]):
                ticket, tokens = self._complaint_tokens(
                    one["partner_id"] or self.env["res.partner"],
                    one["email_to_normalized"],
                )
                one["body"] = with_tokens(
                    one["body"], tokens, ticket.id, ticket.get_base_url()
                )
                one["body_alternative"] = html2plaintext(one["body"])
                self._complaint_write_plain_text(one)
        return outgoing
