from . import helpdesk_ticket_import
