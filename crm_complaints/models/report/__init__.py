from . import (
    helpdesk_ticket_event_log,
    helpdesk_ticket_import,
    helpdesk_ticket_register_file,
)
