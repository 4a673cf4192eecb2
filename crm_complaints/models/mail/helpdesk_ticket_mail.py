"""helpdesk.ticket, intake by mail: a mail to a complaints team becomes a complaint."""

import re

from markupsafe import Markup

from odoo import api, models
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_tuples

from .incoming import mail_in_work

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
        work = mail_in_work(self.env)
        return work and work.facts

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Fill in what a mail tells about a complaint, and leave the rest open."""
        custom_values = dict(custom_values or {})
        team = self.env["helpdesk.ticket.team"].browse(
            custom_values.get("team_id") or ()
        )
        if not team.is_complaint_team:
            return super().message_new(msg_dict, custom_values=custom_values)
        work = mail_in_work(self.env)
        words = custom_values.get("description") or msg_dict.get("body")
        values = self._complaint_prepare_mail_vals(work, msg_dict, team, words)
        if work:
            work.asking_names.add(self._name)
        return super().message_new(msg_dict, custom_values={**values, **custom_values})

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Describe fields; to Odoo's ``message_new`` by no more than their types.

        It asks for all of every field to see whether one is there, which takes a tenth
        of the time in which a mail is taken in.
        """
        work = mail_in_work(self.env)
        if work and self._name in work.asking_names and not (allfields or attributes):
            work.asking_names.discard(self._name)  # it asks once
            return {
                name: {"type": field.type}
                for name, field in self._fields.items()
                if self._has_field_access(field, "read")
            }
        return super().fields_get(allfields, attributes)

    def message_update(self, msg_dict, update_vals=None):
        work = mail_in_work(self.env)
        if work and work.decision.is_note:
            # whom a stranger, or a machine, names does not follow the complaint
            msg_dict = dict(msg_dict, to="", cc="")
        return super().message_update(msg_dict, update_vals=update_vals)

    @api.model
    def _complaint_prepare_mail_vals(self, work, msg, team, words):
        """Return the values of the complaint that a mail begins, but its description.

        :param MailInWork work: or None
        :param dict msg: the mail, as ``mail.thread.message_parse`` reads it
        :param team: to which it was sent
        :param str words: what the sender wrote, as HTML
        """
        sender = msg.get("email_from") or msg.get("from") or ""
        name, address = (email_split_tuples(sender) or [("", "")])[0]
        partner_id = msg.get("author_id")
        if work:
            name, address = work.sender.name, work.sender.reply_address
            if work.sender.is_forwarded or work.sender.is_untold:
                partner_id = self._complaint_find_contact([address], team.company_id).id
        values = {
            "team_id": team.id,
            # nobody, rather than OdooBot: it waits in the pipeline to be taken
            "user_id": False,
            # a line break in it would be a header of its own in the answer
            "name": " ".join((msg.get("subject") or "").split())
            or self.env._("No subject"),
            "channel_id": self.env["ir.model.data"]._xmlid_to_res_id(
                "crm_complaints.helpdesk_ticket_channel_email"
            ),
            "partner_id": partner_id,
            "partner_name": name,
            "partner_email": email_normalize(address) or address,
        }
        if work:
            values["complaint_received_at"] = work.facts.received_at
        if work and work.decision.earlier_id:
            earlier = self.browse(work.decision.earlier_id)
            # its subject names a reference that is not this one's
            values.update(
                self._complaint_prepare_continuing_vals(earlier), name=earlier.name
            )
        # a contact tells its language itself
        if not values["partner_id"] and (
            lang := self._complaint_guess_lang(words, team.company_id)
        ):
            values.setdefault("complaint_lang", lang)
        return values

    def _complaint_show_pictures(self, content):
        """Let the description show the pictures that stand in the mail's text.

        They were kept with the message, which now says where they are.

        :param Content content: of the mail that began these complaints
        """
        if not _PICTURE.search(content.own_words):
            return
        before = _PICTURE.findall(content.values["body"])
        for ticket in self:
            message = ticket.message_ids.filtered(
                lambda message: message.message_id == content.values["message_id"]
            )[:1]
            after = _KEPT_PICTURE.findall(message.body or "")
            if len(before) == len(after):
                kept = dict(zip(before, after, strict=True))
                ticket.description = Markup(
                    _PICTURE.sub(
                        lambda found, kept=kept: f'src="{kept.get(found[1], "")}"',
                        content.own_words,
                    )
                )

    def _complaint_log_mail(self, values):
        """Put a mail on the complaint without anything that could go wrong beside it.

        :param dict values: of the message, as ``mail.thread.message_parse`` reads them
        """
        self.ensure_one()
        self._message_log(
            body=Markup(values.get("body") or ""),
            subject=values.get("subject"),
            email_from=values.get("email_from"),
            author_id=False,
            message_type="email",
        )
        # what cannot be kept lies in the failed mail
        self._complaint_keep_files(
            [
                (name, _as_bytes(content))
                for name, content, *_info in values.get("attachments") or ()
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
        work = mail_in_work(self.env)
        if work and not work.decision.ticket_id and not parent_id:
            return False  # nothing was said before the mail that begins it
        return super()._message_compute_parent_id(parent_id)

    # ---------------------------------------------------
    # Whose it is
    # ---------------------------------------------------

    def _complaint_without_customer(self):
        """Return those that a mail begins which does not say who wrote it.

        There is a customer whom somebody has to find out, so none of it is settled by
        nobody being there to answer.
        """
        work = mail_in_work(self.env)
        if not work or not work.sender.is_untold:
            return self.browse()
        return self.filtered(
            lambda ticket: (
                ticket.id in work.created_ids and not ticket.complaint_email_to
            )
        )

    def _complaint_note_not_applicable(self):
        untold = self._complaint_without_customer()
        return super(HelpdeskTicket, self - untold)._complaint_note_not_applicable()

    def _complaint_acknowledge_new(self):
        untold = self._complaint_without_customer()
        untold._complaint_isolated(
            type(self)._complaint_ask_whose,
            self.env._("The customer's identity could not be requested"),
            type(self)._complaint_not_acknowledged_because,
        )
        return super(HelpdeskTicket, self - untold)._complaint_acknowledge_new()

    def _complaint_ask_whose(self):
        """Ask somebody whose complaint it is that was passed on, and acknowledge it then."""
        work = mail_in_work(self.env)
        sent_by = work.sender.sent_by or self.env._("unknown sender")
        note = self.env._(
            "This complaint was forwarded (%(sender)s), and the original author "
            "could not be identified. Please enter the customer and acknowledge the "
            "complaint.",
            sender=sent_by,
        )
        if work.sender.named:
            note = self.env._(
                "This complaint was forwarded (%(sender)s), and its text contains several "
                "addresses: %(addresses)s. Please enter the customer and acknowledge the "
                "complaint.",
                sender=sent_by,
                addresses=", ".join(work.sender.named),
            )
        for ticket in self:
            ticket.complaint_acknowledge_note = self.env._(
                "The customer is not known yet."
            )
            ticket._complaint_ask_to_look(self.env._("Identify the customer"), note)

    # ---------------------------------------------------
    # What a mail sets off
    # ---------------------------------------------------

    def _track_template(self, changes):
        """A stage's own mail is an automatic answer as well, and limited as they are."""
        work = mail_in_work(self.env)
        if work and work.facts.automatic:
            return {}
        templates = super()._track_template(changes)
        if (
            templates
            and work
            and self.id in work.created_ids
            and self.complaint_email_to
            and self._complaint_too_many()
        ):
            return {}
        return templates

    def _complaint_too_many(self):
        """Ask once for each complaint that a mail begins, and not for each answer."""
        work = mail_in_work(self.env)
        if not work:
            return super()._complaint_too_many()
        asking = self.filtered(lambda ticket: ticket.id not in work.answerable_ids)
        too_many = super(HelpdeskTicket, asking)._complaint_too_many()
        work.answerable_ids.update((asking - too_many).ids)
        return too_many

    def _notify_thread_with_out_of_office(self, *args, **kwargs):
        work = mail_in_work(self.env)
        # it would quote a note where the customer reads it
        if work and (work.facts.automatic or work.decision.is_note):
            return self.env["mail.message"]
        return super()._notify_thread_with_out_of_office(*args, **kwargs)
