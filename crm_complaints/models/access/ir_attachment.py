"""ir.attachment: files of a complaint stay as they came or went out.

They are hidden from staff complained about.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..core.constants import TICKET

# What may be written on it: the token of a link to it, which Odoo makes.
_HARMLESS = frozenset({"access_token"})
# How long a colleague may delete what they uploaded by mistake.
_MISTAKE = timedelta(hours=1)


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    # ---------------------------------------------------
    # Writing
    # ---------------------------------------------------

    def write(self, vals):
        if not self.env.su and vals.keys() - _HARMLESS:
            self._complaint_ensure_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_complaints(self):
        if not self.env.su:
            (self - self._complaint_just_uploaded())._complaint_ensure_kept()

    def _delete_and_notify(self, message=None):
        # Odoo calls it in sudo for whoever removes a file from a message
        self.sudo(False)._unlink_except_complaints()
        return super()._delete_and_notify(message)

    def _complaint_ensure_kept(self):
        """Refuse to change or delete files of complaints.

        :raises AccessError: where one of these is
        """
        if self._complaint_kept():
            raise AccessError(
                self.env._(
                    "This file belongs to a complaint and cannot be changed or "
                    "deleted. Please add another file, with a note that explains "
                    "why."
                )
            )

    def _complaint_kept(self):
        """Return those of these files that belong to complaints."""
        children = self.env.registry.descendants(["complaint.child"], "_inherit")
        # sudo: only where they are
        files = self.sudo()
        return files.filtered(
            lambda file: file.res_id and file.res_model in children
        ).with_env(self.env) | (
            files._complaint_on_complaints() | files._complaint_cited()
        ).with_env(self.env)

    def _complaint_on_complaints(self):
        """Return those of these files, in sudo, that lie on complaints themselves."""
        on_tickets = self.filtered(lambda file: file.res_model == TICKET)
        complaints = self.env["mail.message"]._complaint_among(
            (file.res_model, file.res_id) for file in on_tickets
        )
        return on_tickets.filtered(lambda file: file.res_id in complaints)

    def _complaint_cited(self):
        """Hook: return those of these files, in sudo, that something rests on.

        A message that the customer sent or was sent does, and each mail, wherever the
        file lies.
        """
        Message = self.env["mail.message"]
        messages = Message.search(
            Domain("attachment_ids", "in", self.ids)
            & Domain("model", "=", TICKET)
            & (
                Message._get_search_domain_share()
                | Domain("message_type", "=", "email")
            )
        )
        return self & messages._complaint_of_complaints().attachment_ids

    def _complaint_just_uploaded(self):
        """Return those that the user has just put on a complaint, for nobody else yet."""
        if not self.env.user._is_internal():
            return self.browse()
        since = fields.Datetime.now() - _MISTAKE
        # sudo: where they are, and what rests on them
        files = self.sudo()._complaint_on_complaints()
        files = files.filtered(
            lambda file: file.create_uid == self.env.user and file.create_date > since
        )
        return (files - files._complaint_cited()).with_env(self.env)

    # ---------------------------------------------------
    # Staff complained about
    # ---------------------------------------------------

    def _complaint_hidden(self):
        """Return those among these that belong to a complaint about the user."""
        hidden = self.env["res.users"]._complaint_hidden_ids(self.env.uid)
        if not hidden:
            return self.browse()
        # sudo: only to see which complaint they belong to
        return self.sudo().filtered(
            lambda a: a.res_model == TICKET and a.res_id in hidden
        )

    def _has_attachments_ownership(self, attachment_tokens):
        # nor may they delete what they added before
        return not self._complaint_hidden() and super()._has_attachments_ownership(
            attachment_tokens
        )
