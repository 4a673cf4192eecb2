from . import (
    complaint_dead_letter,
    complaint_gateway,
    complaint_gateway_place,
    complaint_incoming_mail,
    complaint_mail_attempt,
    fetchmail_server,
    helpdesk_ticket_burst,
    helpdesk_ticket_correspondence,
    helpdesk_ticket_mail,
    mail_alias_domain,
    mail_thread,
)
