from . import complaint_milestone, complaint_report, helpdesk_ticket_figures
