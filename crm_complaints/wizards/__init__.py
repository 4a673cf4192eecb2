from . import complaint_follow_up, helpdesk_ticket_duplicate_wizard
