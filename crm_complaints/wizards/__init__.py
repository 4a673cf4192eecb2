from . import (
    complaint_dead_letter_dismiss,
    complaint_extend,
    complaint_follow_up,
    complaint_policy_apply,
    helpdesk_ticket_duplicate_wizard,
)
