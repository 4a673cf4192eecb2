from . import (
    base_automation,
    complaint_banner_mixin,
    complaint_document_mixin,
    complaint_merge,
    complaint_restriction,
    complaint_wizard,
    helpdesk_ticket_duplicate,
    helpdesk_ticket_repeat,
    helpdesk_ticket_restriction,
    res_partner_history,
    res_partner_restriction,
)
