"""What the property tests of the engine share."""

from hypothesis import settings

# No database of a single example decides what another machine tests.
PROPERTY = settings(max_examples=300, deadline=None, database=None, derandomize=True)
