# Plain Python, no ORM: the rules of complaint work as functions of values.
from . import (
    acknowledgement,
    mail_body,
    mail_headers,
    mail_mending,
    mail_parts,
    mail_quotes,
    mail_reports,
    mail_source,
    mail_tnef,
    milestones,
    phases,
    promises,
    working_time,
)
