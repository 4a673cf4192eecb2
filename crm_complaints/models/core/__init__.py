# isort: skip_file
# helpdesk_ticket declares the hooks that all others extend; before it what it inherits.
from . import (
    field_access,
    helpdesk_ticket,
    complaint_child,
    complaint_wizard,
    customer_search,
    helpdesk_ticket_activity,
    helpdesk_ticket_channel,
    helpdesk_ticket_customer,
    helpdesk_ticket_document,
    helpdesk_ticket_intake,
    helpdesk_ticket_phase,
    helpdesk_ticket_register,
    helpdesk_ticket_stage,
    helpdesk_ticket_team,
    helpdesk_ticket_tracking,
    own_transaction,
    res_company,
    res_config_settings,
    res_partner,
)
