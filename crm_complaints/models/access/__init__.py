from . import (
    helpdesk_ticket_concerned,
    ir_attachment,
    ir_binary,
    mail_activity,
    mail_message,
    res_users,
)
