from . import (
    complaint_form_key,
    helpdesk_ticket_portal,
    ir_http,
    mail_mail,
    mail_message,
)
