"""Phases of a complaint, and what a move between two of them means."""

RECEPTION = "reception"
HEARING = "hearing"
CALMING = "calming"
SOLUTION = "solution"
AGREEMENT = "agreement"
FOLLOW_UP = "follow_up"
CLOSED = "closed"
WITHDRAWN = "withdrawn"

# Open: the customer waits for an answer; in the order of the work. Other addons may
# add more: ``helpdesk.ticket.stage._complaint_open_phases`` returns all.
OPEN = (RECEPTION, HEARING, CALMING, SOLUTION, AGREEMENT)
# The customer is heard: no guesses at causes, and no solutions yet.
LISTENING = (RECEPTION, HEARING)
# The final response has been given.
RESOLVED = (FOLLOW_UP, CLOSED)
# Nothing is left to do.
ENDED = (CLOSED, WITHDRAWN)

ALL = (*OPEN, FOLLOW_UP, CLOSED, WITHDRAWN)


def is_resolution(before, after):
    """Tell whether moving from phase ``before`` to ``after`` resolves the complaint.

    :param before: phase or a false value (a complaint that is just created)
    :param after: phase or a false value
    """
    return after in RESOLVED and before not in RESOLVED


def is_reopening(before, after, open_phases=OPEN):
    """Tell whether moving from phase ``before`` to ``after`` reopens the complaint.

    :param before: phase or a false value (a complaint that is just created)
    :param after: phase or a false value
    :param open_phases: all of them, in order
    """
    return bool(before) and before not in open_phases and after in open_phases


def is_undecided(phase, open_phases=OPEN):
    """Tell whether a complaint in ``phase`` may still become an ordinary ticket.

    :param phase: phase or a false value
    :param open_phases: all of them, in order
    """
    return phase in open_phases and phase != AGREEMENT


def following(phase, open_phases=OPEN):
    """Return the phase that comes after an open ``phase``, or None.

    None comes after the last one, agreement: the handler resolves the complaint.

    :param phase: phase or a false value
    :param open_phases: all of them, in order
    """
    if phase in open_phases[:-1]:
        return open_phases[open_phases.index(phase) + 1]
    return None


def known(phase, open_phases):
    """Return an open ``phase`` as one of this addon: itself, or the last one before it.

    :param phase: one of ``open_phases``, perhaps of another addon
    :param open_phases: all of them, in order
    """
    if phase in OPEN:
        return phase
    earlier = open_phases[: open_phases.index(phase)]
    return next((one for one in reversed(earlier) if one in OPEN), RECEPTION)
