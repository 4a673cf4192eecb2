"""mail.mail: acknowledgements are noted; what no server took now is tried again.

Staff complained about get no mail.
"""

import re
import sys
from contextlib import suppress
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import MissingError
from odoo.tools import email_normalize
from odoo.tools.mail import email_split_and_format

from ...engine import addresses, delivery, plain_text
from .letter_layout import MARK, Framed

_ADDRESS = re.compile(r"[^\s<>,;\"@]{1,64}@[^\s<>,;\"@]{1,255}")
# Up to this number, mails are prefetched before they are sent.
_FEW = 100


def _travelling(text):
    """Return addresses, with their names, as they leave; other values as they are."""
    if not isinstance(text, str) or text.isascii():
        return text
    return _ADDRESS.sub(lambda found: addresses.ascii_domain(found[0]), text)


class MailMail(models.Model):
    _name = "mail.mail"
    _inherit = ["mail.mail", "complaint.field.access"]

    complaint_acknowledgement = fields.Boolean(
        readonly=True, complaint_written_by="code"
    )
    complaint_attempts = fields.Integer(
        string="Failed Attempts",
        readonly=True,
        help="The number of times that the mail server could not be reached or asked "
        "us to try again later.",
        complaint_written_by="code",
    )

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(
            [
                # the complaint keeps the letter, not the frame in which it is sent
                {**vals, "body": vals["body_html"].letter}
                if isinstance(vals.get("body_html"), Framed)
                else vals
                for vals in vals_list
            ]
        )
        # notifications were checked before
        mails.filtered(
            lambda mail: mail.model == "helpdesk.ticket" and not mail.is_notification
        )._complaint_leave_out_concerned()
        return mails

    def _complaint_leave_out_concerned(self):
        """Remove staff complained about from the recipients of mails from templates."""
        if not self:
            return
        tickets = self.env["helpdesk.ticket"].sudo()  # the list is hidden from staff
        tickets = tickets.with_context(active_test=False).search(
            [
                ("id", "in", self.mapped("res_id")),
                ("complaint_concerned_user_ids", "!=", False),
            ]
        )
        for mail in self.filtered(lambda mail: mail.res_id in tickets.ids):
            ticket = tickets.browse(mail.res_id)
            concerned = ticket.complaint_concerned_user_ids.partner_id
            barred = concerned.mapped("email_normalized")
            values = {}
            if gone := mail.recipient_ids & concerned:
                values["recipient_ids"] = [Command.unlink(pid) for pid in gone.ids]
            for name in ("email_to", "email_cc"):
                named = email_split_and_format(mail[name] or "")
                kept = [a for a in named if email_normalize(a) not in barred]
                if len(kept) < len(named):
                    values[name] = ", ".join(kept)
            if values:
                mail.write(values)
                if not mail.recipient_ids and not mail.email_to:
                    mail.state = "cancel"

    def _prepare_outgoing_list(self, *args, **kwargs):
        """Let internationalised domains leave as punycode, which every server takes.

        Odoo writes them as they are, and then finds no recipient to whom a mail could go.
        """
        outgoing = super()._prepare_outgoing_list(*args, **kwargs)
        for email in outgoing:
            for name in ("email_to", "email_cc", "email_to_normalized"):
                if email.get(name):
                    email[name] = [_travelling(some) for some in email[name]]
            for name in ("email_from", "reply_to"):
                email[name] = _travelling(email.get(name))
            self._complaint_write_plain_text(email)
        return outgoing

    @api.model
    def _complaint_write_plain_text(self, email):
        """Write the plain text part of a mail in our frame.

        :param dict email: one of ``_prepare_outgoing_list``
        """
        if MARK in (email["body"] or ""):
            email["body_alternative"] = plain_text.from_html(email["body"])

    def _split_by_mail_configuration(self):
        if len(self) <= _FEW:
            # Odoo would read one column after the other, for very many mails; missing
            # mails, rolled back or deleted, are handled there
            with suppress(MissingError):
                self.mapped("record_alias_domain_id.name")
        return super()._split_by_mail_configuration()

    def _send(self, *args, **kwargs):
        """Send mails, with what is read of each read of many at once."""
        for start in range(0, len(self), _FEW):
            some = self[start : start + _FEW]
            some._complaint_prefetch()
            super(MailMail, some)._send(*args, **kwargs)
        return True

    def _complaint_prefetch(self):
        """Read what sending reads of each mail; Odoo reads it of one after the other."""
        # missing ones, rolled back or deleted, are handled where they are sent
        with suppress(MissingError):
            self.mapped("recipient_ids.email")
            self.mapped("attachment_ids.name")
            self.mapped("mail_message_id.attachment_ids")
            if len(self) > 1:
                # sudo: asked for by the ORM, as sending changes the message's own id
                self.sudo().mapped("mail_message_id.mail_ids")
            self._complaint_acknowledged()

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # Whom it reached already must not get it twice.
        once_more = self.browse()
        if failure_type and not success_pids and not success_emails:
            error = sys.exc_info()[1]  # Odoo calls this while it handles the error
            if failure_type == "mail_smtp" or delivery.is_temporary(error):
                once_more = self._complaint_try_again()
        if failure_type:
            reason = failure_reason or self[:1].failure_reason
            summary = self.env._("The acknowledgement will be sent later")
            once_more._complaint_acknowledged()._complaint_acknowledgement_failed(
                reason, summary
            )
            (
                self - once_more
            )._complaint_acknowledged()._complaint_acknowledgement_failed(reason)
        else:
            self._complaint_acknowledged()._complaint_acknowledgement_sent()
        return super(MailMail, self - once_more)._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    def _complaint_acknowledged(self):
        """Return the complaints that these mails acknowledge, where they still exist."""
        Ticket = self.env["helpdesk.ticket"]
        mails = self.filtered(
            lambda mail: mail.complaint_acknowledgement and mail.model == Ticket._name
        )
        tickets = Ticket.browse(dict.fromkeys(mails.mapped("res_id")))
        tickets.fetch(["complaint_acknowledged_at"])
        field = Ticket._fields["complaint_acknowledged_at"]
        known = field._get_cache(self.env)
        return tickets.filtered(lambda ticket: ticket.id in known)

    def _complaint_try_again(self):
        """Plan the next attempt of mails about complaints, after growing pauses.

        :return: those that are tried again
        """
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        about = self.filtered(lambda mail: mail.model == tickets._name)
        complaints = tickets.search(
            [("id", "in", about.mapped("res_id")), ("is_complaint", "=", True)]
        )
        about = about.filtered(
            lambda mail: (
                mail.res_id in complaints._ids
                and mail.complaint_attempts < len(delivery.PAUSES)
            )
        )
        if not about:
            return about
        # sudo: the state of delivery, whoever wrote the mail
        scheduler = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        for attempts, some in about.sudo().grouped("complaint_attempts").items():
            pause = timedelta(minutes=delivery.PAUSES[attempts])
            next_time = fields.Datetime.now() + pause
            some.write(
                {
                    "state": "outgoing",
                    "scheduled_date": next_time,
                    "complaint_attempts": attempts + 1,
                }
            )
            scheduler._trigger(next_time)
        self.env["mail.notification"].sudo().search(
            [
                ("mail_mail_id", "in", about.ids),
                ("notification_status", "=", "exception"),
            ]
        ).write(
            {
                "notification_status": "ready",
                "failure_type": False,
                "failure_reason": False,
            }
        )
        return about
