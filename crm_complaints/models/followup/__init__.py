from . import (
    complaint_follow_up_call,
    complaint_remedy,
    helpdesk_ticket_follow_up,
    helpdesk_ticket_rate,
    helpdesk_ticket_rating_request,
    mail_activity,
    rating_rating,
)
