"""Portal: a complaint a customer files stands, whatever fails beside it."""

from odoo.http import request, route
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController


class ComplaintPortal(HelpdeskTicketController):
    @route()
    def submit_ticket(self, **kw):
        """Register what was typed; where the usual way fails, without its extras.

        Subscribing the customer, or keeping a file of his, is no reason to lose what
        he wrote. He is told what to send again by whoever takes the complaint.
        """
        try:
            with request.env.cr.savepoint():
                return super().submit_ticket(**kw)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            ticket = request.env["helpdesk.ticket"].sudo()  # as helpdesk_mgmt does
            vals = self._prepare_submit_ticket_vals(**kw)
            if not ticket._complaint_is_meant(vals):
                raise
            files = request.httprequest.files.getlist("attachment")
            for file in files:
                file.seek(0)
            ticket = ticket._complaint_create_plainly(vals)
            ticket._complaint_keep_extras(
                error,
                request.env.user.partner_id,
                [(file.filename, file.read()) for file in files if file.filename],
            )
        return request.redirect(f"/my/ticket/{ticket.id}")
