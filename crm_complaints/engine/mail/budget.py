"""Budget of time for reading a mail: where it is used up, reading stops.

What strangers send is bounded before it is read, but nobody thinks of everything. The
time is that of the processor, so that a busy machine reads what an idle one does.
"""

import time
from contextlib import contextmanager
from contextvars import ContextVar

# An idle machine needs a third of that for a mail with a file of 25 MB.
_SECONDS, _SECONDS_A_MEGABYTE = 2.0, 0.1
_end = ContextVar("end", default=None)


class OutOfTime(Exception):
    """Reading a mail took more time than there is for one."""


def seconds_for(raw):
    """Return how many seconds reading a mail may take: large files take theirs.

    :param bytes raw: the mail
    """
    return _SECONDS + _SECONDS_A_MEGABYTE * len(raw) / 2**20


@contextmanager
def limited(seconds):
    """Give the block so many seconds; one around it that ends earlier stays.

    :return: function without arguments that returns how many of them are left
    """
    end = time.thread_time() + seconds
    token = _end.set(min(end, _end.get() or end))
    try:
        yield lambda: end - time.thread_time()
    finally:
        _end.reset(token)


def check():
    """Go on, if there is time left.

    :raises OutOfTime:
    """
    end = _end.get()
    if end is not None and time.thread_time() > end:
        raise OutOfTime
