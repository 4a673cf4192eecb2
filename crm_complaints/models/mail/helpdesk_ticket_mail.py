"""helpdesk.ticket, intake by mail: a mail to a complaints team becomes a complaint."""

import re

from markupsafe import Markup

from odoo import api, models
from odoo.tools import email_normalize, html2plaintext
from odoo.tools.mail import email_split_tuples

# A picture that comes with the mail, and one that is kept.
_PICTURE = re.compile(r'src="cid:([^"]*)"')
_KEPT_PICTURE = re.compile(r'src="(/web/image/[^"]*)"')


def _as_bytes(content):
    """Return what is attached to a mail: text, bytes, or a mail in it."""
    if isinstance(content, str):
        return content.encode("utf-8", "replace")
    return content if isinstance(content, bytes) else content.as_bytes()


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _complaint_incoming_mail(self):
        return self.env["mail.thread"]._complaint_incoming_mail()

    @api.model
    def message_new(self, msg, custom_values=None):
        """Fill in what a mail tells about a complaint, and leave the rest open."""
        custom_values = dict(custom_values or {})
        team = self.env["helpdesk.ticket.team"].browse(
            custom_values.get("team_id") or ()
        )
        if not team.is_complaint_team:
            return super().message_new(msg, custom_values=custom_values)
        values = self._complaint_mail_values(self._complaint_incoming_mail(), msg, team)
        return super().message_new(msg, custom_values={**values, **custom_values})

    def message_update(self, msg, update_vals=None):
        incoming = self._complaint_incoming_mail()
        if incoming and incoming.is_note:
            # whom a stranger, or a machine, names does not follow the complaint
            msg = dict(msg, to="", cc="")
        return super().message_update(msg, update_vals=update_vals)

    @api.model
    def _complaint_mail_values(self, incoming, msg, team):
        """Return the values of the complaint that a mail begins.

        :param incoming: ``IncomingMail``, or None
        :param dict msg: the mail, as ``mail.thread.message_parse`` reads it
        :param team: to which it was sent
        """
        sender = msg.get("email_from") or msg.get("from") or ""
        partner_id = msg.get("author_id")
        if incoming and incoming.written_for:
            sender = incoming.written_for
            partner_id = self._partner_find_from_emails_single(
                [sender], no_create=True
            ).id
        name, address = (email_split_tuples(sender) or [("", "")])[0]
        channel_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "crm_complaints.helpdesk_ticket_channel_email"
        )
        body = Markup((incoming and incoming.own_words) or msg.get("body") or "")
        if not html2plaintext(body).strip() and "<img" not in body:
            # an empty mail with an attachment is a complaint as well
            body = Markup("<p>%s</p>") % self.env._("(The mail had no text.)")
        values = {
            "team_id": team.id,
            # nobody, rather than OdooBot: it waits in the pipeline to be taken
            "user_id": False,
            # a line break in it would be a header of its own in the answer
            "name": " ".join((msg.get("subject") or "").split())
            or self.env._("No subject"),
            "channel_id": channel_id,
            "partner_id": partner_id,
            "partner_name": name,
            "partner_email": email_normalize(address) or address,
            "description": body,
        }
        if incoming:
            values["complaint_received_at"] = incoming.facts.received_at
        if incoming and incoming.earlier_id:
            earlier = self.browse(incoming.earlier_id)
            # its subject names a reference that is not this one's
            values.update(
                self._complaint_prepare_continuing_vals(earlier), name=earlier.name
            )
        return values

    def _complaint_show_pictures(self, incoming, msg):
        """Let the description show the pictures that stand in the mail's text.

        They were kept with the message, which now says where they are.
        """
        wanted = _PICTURE.findall(incoming.own_words)
        if not wanted:
            return
        for ticket in self:
            message = ticket.message_ids.filtered(
                lambda message: message.message_id == msg.get("message_id")
            )[:1]
            before = _PICTURE.findall(msg.get("body") or "")
            after = _KEPT_PICTURE.findall(message.body or "")
            if len(before) == len(after):
                kept = dict(zip(before, after, strict=True))
                ticket.description = Markup(
                    _PICTURE.sub(
                        lambda found, kept=kept: f'src="{kept.get(found[1], "")}"',
                        incoming.own_words,
                    )
                )

    def _complaint_log_mail(self, incoming, msg):
        """Put a mail on the complaint without anything that could go wrong beside it.

        :param incoming: ``IncomingMail``
        :param dict msg: the mail, as ``mail.thread.message_parse`` reads it
        """
        self.ensure_one()
        self._message_log(
            body=Markup(msg.get("body") or ""),
            subject=msg.get("subject"),
            email_from=msg.get("email_from"),
            author_id=False,
            message_type="email",
        )
        # what cannot be kept lies in the dead letter
        self._complaint_keep_files(
            [
                (name, _as_bytes(content))
                for name, content, *_info in msg.get("attachments") or ()
            ]
        )

    def _complaint_missing_files(self, attachments):
        """Return those attachments of a mail that are not kept here yet.

        :param attachments: tuples as ``mail.thread.message_parse`` makes them
        """
        kept = self.env["ir.attachment"].search_fetch(
            [("res_model", "=", self._name), ("res_id", "=", self.id)], ["checksum"]
        )
        checksums = set(kept.mapped("checksum"))
        return [
            attachment
            for attachment in attachments
            if kept._compute_checksum(_as_bytes(attachment[1])) not in checksums
        ]

    def _message_compute_parent_id(self, parent_id):
        incoming = self._complaint_incoming_mail()
        if incoming and not incoming.ticket_id and not parent_id:
            return False  # nothing was said before the mail that begins it
        return super()._message_compute_parent_id(parent_id)

    # ---------------------------------------------------
    # What a mail sets off
    # ---------------------------------------------------

    def _track_template(self, changes):
        """A stage's own mail is an automatic answer as well, and limited as they are."""
        incoming = self._complaint_incoming_mail()
        if incoming and incoming.facts.automatic:
            return {}
        templates = super()._track_template(changes)
        if (
            templates
            and incoming
            and self.id in incoming.created_ids
            and self.complaint_email_to
            and self._complaint_too_many()
        ):
            return {}
        return templates

    def _notify_thread_with_out_of_office(self, *args, **kwargs):
        incoming = self._complaint_incoming_mail()
        # it would quote a note where the customer reads it
        if incoming and (incoming.facts.automatic or incoming.is_note):
            return self.env["mail.message"]
        return super()._notify_thread_with_out_of_office(*args, **kwargs)
