"""Cost: statements and seconds that an operation takes, to compare them."""

import statistics
from dataclasses import asdict, dataclass


@dataclass
class Cost:
    """Cost of an operation: statements, seconds, those of these in PostgreSQL, and CPU.

    CPU seconds are those of Odoo and of PostgreSQL together: other load on the machine
    does not change them.
    """

    queries: float
    seconds: float
    sql_seconds: float
    cpu_seconds: float = 0.0

    def per(self, count):
        return Cost(*(value / count for value in asdict(self).values()))

    @classmethod
    def median(cls, costs):
        values = [asdict(cost).values() for cost in costs]
        return cls(*(statistics.median(column) for column in zip(*values, strict=True)))
