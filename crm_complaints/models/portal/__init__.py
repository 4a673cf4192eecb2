from . import (
    complaint_form_key,
    complaint_letter,
    helpdesk_ticket_frame,
    helpdesk_ticket_portal,
    ir_http,
    mail_mail,
    mail_message,
    mail_render_mixin,
    portal_share,
)
