from . import account_move, complaint_intake, helpdesk_ticket
