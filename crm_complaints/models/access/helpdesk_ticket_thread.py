"""helpdesk.ticket, messages: who changes them, and what of a ticket customers are told."""

from odoo import api, models
from odoo.exceptions import UserError

# What Odoo's web client asks for of a thread; a link with a token would show all of it.
_FOR_STAFF = frozenset(
    {"activities", "attachments", "followers", "scheduledMessages"}
    | {"suggestedRecipients"}
)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _complaint_ensure_can_write(self, vals):
        super()._complaint_ensure_can_write(vals)
        if (
            "complaint_received_at" in vals
            and not vals["complaint_received_at"]
            and not self.env.su
            and self._complaint_ever()
        ):
            raise UserError(
                self.env._("Please enter the date on which the complaint was received.")
            )

    @api.model
    def _check_can_update_message_content(self, messages):
        # Odoo asks with the user's rights, and then writes in sudo
        messages.sudo(self.env.su)._complaint_ensure_kept({"body"})
        return super()._check_can_update_message_content(messages)

    def _thread_to_store(self, store, fields, *, request_list=None):
        if request_list and not self.env.user._is_internal():
            request_list = [some for some in request_list if some not in _FOR_STAFF]
        return super()._thread_to_store(store, fields, request_list=request_list)
