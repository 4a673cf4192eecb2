"""mail.mail: in the mail to the customer stands the token, in its message does not."""

from odoo import api, models
from odoo.tools import html2plaintext
from odoo.tools.mail import email_normalize_all

from ..core.constants import TICKET
from .tracking_link import has_placeholder, with_tokens

# Headers that would have it delivered to others as well.
_ADDRESSING = frozenset(
    {"to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc", "x-forge-to"}
)


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        for mail in mails:
            if mail.model == TICKET and has_placeholder(mail.body_html):
                addresses = f"{mail.email_to or ''},{mail.email_cc or ''}"
                ticket, tokens = mail._complaint_tokens(
                    mail.recipient_ids, email_normalize_all(addresses)
                )
                if tokens:
                    mail.body_html = with_tokens(
                        mail.body_html, tokens, ticket.id, ticket.get_base_url()
                    )
        # those of a message that was posted leave it to the message
        of_templates = self.browse(
            mail.id
            for mail, vals in zip(mails, vals_list, strict=True)
            if not vals.get("mail_message_id")
        )
        of_templates.mail_message_id._complaint_drop_tokens()
        return mails

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
