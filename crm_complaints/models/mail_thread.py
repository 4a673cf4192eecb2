"""mail.thread: the gateway tells complaints what only the raw mail knows."""

from odoo import api, fields, models

from ..engine import mail_headers
from .helpdesk_ticket_intake import DeferredIntake


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Take complaints in after the mail that brings them stands on them.

        The gateway calls this on mail.thread itself, so it is done here rather than
        on the ticket.
        """
        if not any(model == "helpdesk.ticket" for model, *_rest in routes or ()):
            return super()._message_route_process(message, message_dict, routes)
        facts = mail_headers.IncomingFacts.from_message(
            message, fields.Datetime.now(), message_dict.get("message_id")
        )
        self = self.with_context(complaint_mail=facts)
        created_ids = DeferredIntake()
        thread_id = super(
            MailThread, self.with_context(complaint_deferred_ids=created_ids)
        )._message_route_process(message, message_dict, routes)
        if created_ids:
            # sudo: as the gateway does, which acts for whoever sent the mail
            self.env["helpdesk.ticket"].sudo().browse(created_ids)._complaint_take_in()
        return thread_id
