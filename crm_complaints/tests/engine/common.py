"""Settings of the engine's property tests."""

from hypothesis import settings

# Derandomized and without a database of examples: all machines test the same.
PROPERTY = settings(max_examples=300, deadline=None, database=None, derandomize=True)
