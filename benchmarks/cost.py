"""Cost: statements and seconds that an operation takes, to compare them."""

import statistics
from dataclasses import asdict, dataclass


@dataclass
class Cost:
    """Cost of an operation: statements, seconds, and seconds of these in PostgreSQL."""

    queries: float
    seconds: float
    sql_seconds: float

    def per(self, count):
        return Cost(
            self.queries / count, self.seconds / count, self.sql_seconds / count
        )

    @classmethod
    def median(cls, costs):
        values = [asdict(cost).values() for cost in costs]
        return cls(*(statistics.median(column) for column in zip(*values, strict=True)))
