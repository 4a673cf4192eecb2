from . import (
    complaint_report,
    helpdesk_ticket,
    helpdesk_ticket_value_class,
    res_company,
    res_config_settings,
    res_partner,
    sale_order,
)
