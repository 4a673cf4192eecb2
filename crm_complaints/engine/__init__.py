# Plain Python, no ORM: the rules of complaint work as functions of values.
from . import (
    acknowledgement,
    mail_headers,
    milestones,
    phases,
    promises,
    working_time,
)
