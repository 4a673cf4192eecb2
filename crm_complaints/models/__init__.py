# One file a model; helpdesk.ticket has one file a subject.
from . import (
    helpdesk_ticket,
    helpdesk_ticket_acknowledge,
    helpdesk_ticket_channel,
    helpdesk_ticket_concerned,
    helpdesk_ticket_follow_up,
    helpdesk_ticket_mail,
    helpdesk_ticket_phase,
    helpdesk_ticket_stage,
    helpdesk_ticket_team,
    mail_activity,
    mail_mail,
    mail_thread,
    res_company,
    res_config_settings,
    res_partner,
)
