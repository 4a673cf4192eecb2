from . import (
    complaint_privacy_log,
    forgetting,
    held_on_person,
    helpdesk_ticket_anonymise,
    helpdesk_ticket_hold,
    helpdesk_ticket_retention,
    res_partner,
)
