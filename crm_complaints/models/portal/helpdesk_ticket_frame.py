"""helpdesk.ticket, frame: what customers get by mail is in our frame, with one link."""

from odoo import models
from odoo.tools.misc import get_lang

from ..contact.helpdesk_ticket_letter import LETTER_LANG
from ..contact.letter_layout import LAYOUT
from .tracking_link import as_draft

# Odoo's own frames: what they advertise, and the buttons they have, are for staff.
_STAFF_LAYOUT = "mail.mail_notification_layout"
_OTHERS = (False, None, "", _STAFF_LAYOUT, "mail.mail_notification_light", LAYOUT)
_CUSTOMER_GROUP = "portal_customer"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """Give the customer's side a button to their page, and nobody else outside.

        Odoo's own leads there by tokens for signing up and for writing in their name.
        """
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        # sudo: who is on the customer's side, whoever writes
        ticket = self.sudo()
        if len(ticket) != 1 or not ticket.is_complaint:
            return groups
        partners = ticket.partner_id | ticket.complaint_consent_id.partner_id
        addresses = ticket._complaint_customer_side()

        def is_customer(data):
            return data["id"] in partners.ids or (
                data["share"] and data.get("email_normalized") in addresses
            )

        page = ticket.get_base_url()
        # the token takes the place of a placeholder in each recipient's own mail
        link = page + as_draft(ticket).get_portal_url()
        for group in groups:
            if group[0] == "portal":
                group[2]["button_access"] = {"url": page + ticket.access_url}
        return [
            [
                _CUSTOMER_GROUP,
                is_customer,
                {
                    "active": True,
                    "has_button_access": True,
                    "button_access": {"url": link},
                },
            ],
            *(group for group in groups if group[0] != _CUSTOMER_GROUP),
        ]

    def _notify_by_email_render_layout(
        self, message, recipients_group, msg_vals=False, render_values=None
    ):
        """Write to people outside in our frame, and to staff in Odoo's."""
        msg_vals = dict(msg_vals or {})
        given = msg_vals.get("email_layout_xmlid", message.email_layout_xmlid)
        # sudo: only whether it is a complaint
        if len(self) == 1 and self.sudo().is_complaint and given in _OTHERS:
            is_outside = recipients_group[
                "notification_group_name"
            ] == _CUSTOMER_GROUP or all(
                data["share"] for data in recipients_group["recipients_data"]
            )
            if is_outside:
                msg_vals["email_layout_xmlid"] = LAYOUT
                render_values, recipients_group = self._complaint_frame_values(
                    message, msg_vals, render_values or {}, recipients_group
                )
            elif given == LAYOUT:
                msg_vals["email_layout_xmlid"] = _STAFF_LAYOUT
        return super()._notify_by_email_render_layout(
            message, recipients_group, msg_vals=msg_vals, render_values=render_values
        )

    def _complaint_frame_values(self, message, msg_vals, values, group):
        """Return values and group of recipients, as the frame reads them."""
        lang = self.env.context.get(LETTER_LANG) or values.get("lang")
        lang = get_lang(self.env, lang)
        body = msg_vals.get("body") or message.body or ""
        return (
            {**values, "lang": lang.code, "text_direction": lang.direction},
            {
                **group,
                # one link is enough
                "has_button_access": group["has_button_access"]
                and self.access_url not in body,
            },
        )
