from . import (
    complaint_cause,
    complaint_event,
    complaint_policy,
    complaint_remedy,
    complaint_remedy_type,
    helpdesk_ticket_agree,
    helpdesk_ticket_investigate,
    helpdesk_ticket_letter,
    helpdesk_ticket_review,
    ir_attachment,
    mail_activity,
)
