"""The phases a complaint goes through, and what a move between two of them means."""

RECEPTION = "reception"
HEARING = "hearing"
CALMING = "calming"
SOLUTION = "solution"
AGREEMENT = "agreement"
FOLLOW_UP = "follow_up"
CLOSED = "closed"
WITHDRAWN = "withdrawn"

# In the order of the work; the customer waits for an answer. Another addon may have
# more of them: ``helpdesk.ticket.stage._complaint_open_phases`` returns all.
OPEN = (RECEPTION, HEARING, CALMING, SOLUTION, AGREEMENT)
# The customer is heard: no guesses at causes and no solutions yet.
LISTENING = (RECEPTION, HEARING)
# The answer has been given.
RESOLVED = (FOLLOW_UP, CLOSED)
# Nothing is left to do.
ENDED = (CLOSED, WITHDRAWN)

ALL = (*OPEN, FOLLOW_UP, CLOSED, WITHDRAWN)


def is_resolution(before, after):
    """Tell whether moving from phase ``before`` to ``after`` answers the complaint.

    :param before: phase or a false value (a complaint that is just created)
    :param after: phase or a false value
    """
    return after in RESOLVED and before not in RESOLVED


def is_reopening(before, after, open_phases=OPEN):
    """Tell whether moving from phase ``before`` to ``after`` opens it again.

    :param before: phase or a false value (a complaint that is just created)
    :param after: phase or a false value
    :param open_phases: all there are, in their order
    """
    return bool(before) and before not in open_phases and after in open_phases


def is_undecided(phase, open_phases=OPEN):
    """Tell whether a complaint in ``phase`` may still become an ordinary ticket.

    :param phase: phase or a false value
    :param open_phases: all there are, in their order
    """
    return phase in open_phases and phase != AGREEMENT


def following(phase, open_phases=OPEN):
    """Return the phase that comes after an open ``phase``, or None.

    The last one, agreement, is left by resolving, which is the handler's own act, so
    nothing follows it here.

    :param phase: phase or a false value
    :param open_phases: all there are, in their order
    """
    if phase in open_phases[:-1]:
        return open_phases[open_phases.index(phase) + 1]
    return None


def known(phase, open_phases):
    """Return an open ``phase`` as this addon knows it: itself, or the one before it.

    :param phase: one of ``open_phases``, perhaps of another addon
    :param open_phases: all there are, in their order
    """
    if phase in OPEN:
        return phase
    earlier = open_phases[: open_phases.index(phase)]
    return next((one for one in reversed(earlier) if one in OPEN), RECEPTION)
