from . import (
    complaint_cause,
    complaint_cause_action,
    complaint_warning,
    helpdesk_ticket_warning,
    mail_activity,
    res_company,
    res_config_settings,
)
