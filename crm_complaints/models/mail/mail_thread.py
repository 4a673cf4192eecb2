"""mail.thread: Odoo's gateway hands mail about complaints over to theirs."""

import xmlrpc.client
from functools import partial

from odoo import api, models

from ..core.constants import TICKET
from .incoming import Delivery, mail_in_work

# What whoever hands over a mail may say of the ticket: where it goes. All else says the
# mail itself.
_PLACE = frozenset({"company_id", "team_id"})


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Process a mail; see Odoo's own docstring for the arguments.

        Of ``custom_values`` only the team and the company count for complaints, and for
        whoever calls this over RPC: Odoo creates records with the rights of the system.

        :raises AccessError: where ``thread_id`` is a ticket that the user may not write
        """
        place = custom_values
        if model == TICKET:
            values = custom_values if isinstance(custom_values, dict) else {}
            place = {name: values[name] for name in _PLACE & values.keys()}
            if not self.env.su:
                custom_values = place
            if thread_id:
                self.env[TICKET].browse(thread_id).exists().check_access("write")
        if isinstance(message, xmlrpc.client.Binary):
            message = bytes(message.data)
        if isinstance(message, str):
            message = message.encode("utf-8", "surrogateescape")
        delivery = Delivery(model, place, save_original, strip_attachments, thread_id)
        return self.env["complaint.gateway"]._process(
            message,
            delivery,
            partial(
                super().message_process,
                model,
                message,
                custom_values=custom_values,
                save_original=save_original,
                strip_attachments=strip_attachments,
                thread_id=thread_id,
            ),
        )

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        # reports on complaints are read and kept whole, others are left to Odoo
        if mail_in_work(self.env):
            return False
        return super()._detect_is_bounce(message, message_dict)
