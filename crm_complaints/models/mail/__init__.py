from . import (
    complaint_dead_letter,
    complaint_gateway,
    complaint_gateway_place,
    complaint_gateway_post,
    complaint_incoming_mail,
    complaint_mail_attempt,
    fetchmail_server,
    helpdesk_ticket_bulk,
    helpdesk_ticket_correspondence,
    helpdesk_ticket_mail,
    mail_alias_domain,
    mail_thread,
)
