from . import (
    complaint_assign,
    complaint_dead_letter_dismiss,
    complaint_decision,
    complaint_extend,
    complaint_follow_up,
    complaint_intake,
    complaint_letter_compose,
    complaint_merge_wizard,
    complaint_policy_apply,
    complaint_rating_answer,
    complaint_resolve,
    helpdesk_ticket_duplicate_wizard,
)
