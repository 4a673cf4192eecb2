from . import (
    helpdesk_ticket_concerned,
    helpdesk_ticket_thread,
    ir_attachment,
    ir_binary,
    ir_default,
    mail_activity,
    mail_compose_message,
    mail_followers,
    mail_message,
    mail_template,
    mail_thread,
    res_users,
)
