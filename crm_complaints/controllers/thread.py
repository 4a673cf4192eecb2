"""Odoo's route for messages: on complaints it posts comments, and no notes of customers."""

from odoo.http import request

from odoo.addons.mail.controllers.thread import ThreadController


class ComplaintThread(ThreadController):
    def _prepare_message_data(self, post_data, *, thread, **kwargs):
        values = super()._prepare_message_data(post_data, thread=thread, **kwargs)
        if (
            kwargs.get("from_create")
            and thread._name == "helpdesk.ticket"
            # sudo: only whether it is a complaint
            and thread.sudo().is_complaint
        ):
            values["message_type"] = "comment"
            if not request.env.user._is_internal():
                values["subtype_xmlid"] = "mail.mt_comment"
        return values
