"""helpdesk.ticket, intake by mail: a mail to a complaints team becomes a complaint."""

from markupsafe import Markup

from odoo import api, models
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import email_split_tuples


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def message_new(self, msg, custom_values=None):
        """Fill in what a mail tells about a complaint, and leave the rest open."""
        custom_values = dict(custom_values or {})
        team = self.env["helpdesk.ticket.team"].browse(
            custom_values.get("team_id") or ()
        )
        if not team.is_complaint_team:
            return super().message_new(msg, custom_values=custom_values)
        facts = self._complaint_incoming_mail()
        sender = msg.get("email_from") or msg.get("from") or ""
        name, address = (email_split_tuples(sender) or [("", "")])[0]
        channel = self.env.ref(
            "crm_complaints.helpdesk_ticket_channel_email", raise_if_not_found=False
        )
        defaults = {
            # nobody, rather than OdooBot: it waits in the pipeline to be taken
            "user_id": False,
            # a line break in it would be a header of its own in the answer
            "name": " ".join((msg.get("subject") or "").split())
            or self.env._("No subject"),
            "channel_id": channel.id if channel else False,
            "partner_name": name,
            "partner_email": email_normalize(address) or address,
        }
        if facts:
            defaults["complaint_received_at"] = facts.received_at
        body = msg.get("body") or ""
        if not html2plaintext(body).strip() and "<img" not in body:
            # an empty mail with an attachment is a complaint as well
            msg = dict(
                msg, body=Markup("<p>%s</p>") % self.env._("(The mail had no text.)")
            )
        return super().message_new(msg, custom_values={**defaults, **custom_values})
