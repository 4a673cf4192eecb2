"""Files by Odoo's own route: one that cannot be kept is said, and is no error."""

from werkzeug.exceptions import HTTPException, NotFound

from odoo.http import request, route

from odoo.addons.mail.controllers.attachment import AttachmentController

from ..models.core.constants import TICKET
from ..models.core.isolation import isolated
from ..models.portal.helpdesk_ticket_portal import MOST_MESSAGES
from .complaint_form import MOST_FILES, id_of, is_empty, text_of


class ComplaintAttachment(AttachmentController):
    @route()
    def mail_attachment_upload(self, ufile=None, thread_id=None, **kwargs):
        thread_model = text_of(kwargs, "thread_model")
        ticket_id = id_of(thread_id)
        if not hasattr(ufile, "read") or not hasattr(
            request.env.get(thread_model), "message_post"
        ):
            raise NotFound()
        if thread_model != TICKET or not request.env.user.share:
            return super().mail_attachment_upload(ufile, ticket_id, **kwargs)
        if not ufile.read(1):
            return request.make_json_response({"error": is_empty(ufile.filename)})
        ufile.seek(0)
        ticket = request.env[TICKET].browse(ticket_id).exists()
        ticket._complaint_count_message(None, "file", MOST_MESSAGES * MOST_FILES)
        # as it was sent: making large pictures smaller takes memory without limit
        request.update_context(image_no_postprocess=True)
        with isolated(request.env, "A file cannot be kept") as outcome:
            response = super().mail_attachment_upload(ufile, ticket_id, **kwargs)
        if isinstance(outcome.error, HTTPException):
            raise outcome.error
        if outcome.error:
            message = request.env._("We could not accept this file: %s", ufile.filename)
            return request.make_json_response({"error": message})
        return response
