# Plain Python, no ORM: the rules of complaint work as functions of values.
from . import acknowledgement, deadlines, mail_headers, phases
