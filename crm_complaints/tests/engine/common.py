"""Settings of the engine's property tests.

CRM_COMPLAINTS_EXAMPLES=100000 in the environment makes each property test take as many
examples, and others at each run: make test-engine NAMES=mail_layout takes half an hour so.
"""

import os

from hypothesis import settings

_ASKED_FOR = int(os.environ.get("CRM_COMPLAINTS_EXAMPLES", "0"))


def property_of(examples):
    """Return settings with a number of examples, or with as many as are asked for.

    Derandomized and without a database of examples: all machines test the same.
    """
    return settings(
        max_examples=_ASKED_FOR or examples,
        deadline=None,
        database=None,
        derandomize=not _ASKED_FOR,
    )


PROPERTY = property_of(300)
