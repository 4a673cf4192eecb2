# Plain Python, no ORM: the rules of complaint work as functions of values.
from . import (
    acknowledgement,
    incoming_mail,
    mail_blocks,
    mail_charsets,
    mail_fields,
    mail_headers,
    mail_mending,
    mail_reader,
    mail_reports,
    mail_source,
    milestones,
    phases,
    promises,
    working_time,
)
