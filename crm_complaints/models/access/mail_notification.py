"""mail.notification: whether a message arrived is noted by the system, not by hand.

A notification that somebody makes up would be a bounce that never was, or an address to
which we never wrote.
"""

from odoo import api, models
from odoo.exceptions import AccessError

# In the context, an object that nobody can send over RPC: mails were made by Odoo, and
# what becomes of them is noted in the name of whoever sends them.
MAILS_MADE = object()
# What people note themselves.
_OWN = frozenset({"is_read", "read_date"})


class MailNotification(models.Model):
    _inherit = "mail.notification"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("complaint_mails_made") is not MAILS_MADE:
            self._complaint_ensure_noted(
                self.env["mail.message"].browse(
                    filter(None, (vals.get("mail_message_id") for vals in vals_list))
                )
            )
        return super().create(vals_list)

    def write(self, vals):
        if vals.keys() - _OWN:
            self._complaint_ensure_noted()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_complaints(self):
        self._complaint_ensure_noted()

    def _complaint_ensure_noted(self, messages=None):
        """Refuse what users note about messages on complaints.

        Administrators send mails again, by which their state is noted.

        :param messages: mail.message, by default those of these notifications
        :raises AccessError: where the user may not
        """
        if self.env.su or self.env.is_system():
            return
        # sudo: only where they are
        messages = self.sudo().mail_message_id if messages is None else messages
        if messages.with_env(self.env)._complaint_of_complaints():
            raise AccessError(
                self.env._(
                    "The delivery status of a message on a complaint is recorded "
                    "automatically and cannot be changed."
                )
            )
