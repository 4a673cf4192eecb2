from . import (
    base_automation,
    complaint_extension,
    complaint_milestone,
    complaint_policy,
    complaint_policy_condition,
    complaint_policy_target,
    helpdesk_ticket_clock,
    helpdesk_ticket_extend,
    ir_actions_server,
    resource_calendar,
    sweep,
)
