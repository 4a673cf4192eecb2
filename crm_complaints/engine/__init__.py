# Plain Python, no ORM: the rules of complaint work as functions of values.
from . import (
    acknowledgement,
    addresses,
    mail,
    milestones,
    outcomes,
    phases,
    phone_numbers,
    promises,
    repeats,
    similarity,
    tone,
    working_time,
)
