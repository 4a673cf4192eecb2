from . import (
    complaint_milestone,
    complaint_report,
    complaint_return,
    complaint_return_code,
    complaint_return_counted,
    complaint_return_figure,
    complaint_return_filing,
    complaint_return_issue,
    complaint_return_line,
    helpdesk_ticket_figures,
    import,
)
