"""Settings of the engine's property tests."""

import os

from hypothesis import settings

# Derandomized and without a database of examples: all machines test the same.
PROPERTY = settings(max_examples=300, deadline=None, database=None, derandomize=True)
# As many others as somebody asks for.
if examples := int(os.environ.get("CRM_COMPLAINTS_EXAMPLES", "0")):
    PROPERTY = settings(PROPERTY, max_examples=examples, derandomize=False)
