from . import (
    complaint_privacy_log,
    helpdesk_ticket_erasure,
    helpdesk_ticket_legal_hold,
    helpdesk_ticket_retention,
    res_company,
    res_config_settings,
    res_partner,
)
