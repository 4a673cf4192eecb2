"""The phases a complaint goes through, and what a move between two of them means."""

RECEPTION = "reception"
HEARING = "hearing"
CALMING = "calming"
SOLUTION = "solution"
AGREEMENT = "agreement"
FOLLOW_UP = "follow_up"
CLOSED = "closed"
WITHDRAWN = "withdrawn"

# In the order of the work; the customer waits for an answer.
OPEN = (RECEPTION, HEARING, CALMING, SOLUTION, AGREEMENT)
# The customer is heard: no guesses at causes and no solutions yet.
LISTENING = (RECEPTION, HEARING)
# The answer has been given.
RESOLVED = (FOLLOW_UP, CLOSED)
# Nothing is left to do.
ENDED = (CLOSED, WITHDRAWN)
# Nothing has been decided yet, so a complaint may still become an ordinary ticket.
UNDECIDED = (RECEPTION, HEARING, CALMING, SOLUTION)

ALL = (*OPEN, FOLLOW_UP, CLOSED, WITHDRAWN)


def is_resolution(before, after):
    """Tell whether moving from phase ``before`` to ``after`` answers the complaint.

    :param before: phase or a false value (a complaint that is just created)
    :param after: phase or a false value
    """
    return after in RESOLVED and before not in RESOLVED


def is_reopening(before, after):
    """Tell whether moving from phase ``before`` to ``after`` opens it again.

    :param before: phase or a false value (a complaint that is just created)
    :param after: phase or a false value
    """
    return before in (*RESOLVED, WITHDRAWN) and after in OPEN


def following(phase):
    """Return the phase that comes after an open ``phase``, or None.

    Agreement is left by resolving, which is the handler's own act, so nothing
    follows it here.
    """
    if phase in OPEN[:-1]:
        return OPEN[OPEN.index(phase) + 1]
    return None
