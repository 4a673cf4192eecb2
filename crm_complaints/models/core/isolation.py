"""Isolation: errors in side tasks are caught in one place and lose no complaint."""

import errno
import html
import logging
import re
import traceback
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

from psycopg2 import Error as PostgresError
from psycopg2.errors import DiskFull

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
# A conflict with another transaction: Odoo repeats the whole transaction.
RETRIED = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


@contextmanager
def isolated(env, what, *, savepoint=True, flush=True, log_level=logging.INFO):
    """Isolation: run the block; where it raises, undo it, log the error and go on.

    What is pending before the block is not part of it: it is written first, and its
    errors are raised. So are those of ``RETRIED``, which no savepoint can solve.

    What the block changes is written when it ends, which may fail as well. So never
    leave it by ``return``, and check the error before using what it made.

    :param str what: what failed, for the log
    :param bool savepoint: False for what only reads and runs too often for a
        savepoint; database errors are then raised, since they end the savepoint or
        transaction that the caller is in
    :param bool flush: False in a hook before a commit, where a savepoint that flushes
        would run the other hooks and, on an error, forget them
    :param int log_level: of the log; warnings and above tell where it failed, but not
        the error's words, which may be a customer's
    :return: an outcome, whose ``error`` is the exception or None
    """
    outcome = SimpleNamespace(error=None)
    if flush or not savepoint:
        undone = env.cr.savepoint() if savepoint else nullcontext()
    else:
        env.flush_all()
        undone = env.cr.savepoint(flush=False)
    try:
        # a part that fails here is undone here
        with undone, at_once(env, is_running=False):
            yield outcome
            if not flush:
                env.flush_all()
    except RETRIED:
        raise
    except Exception as error:
        if not savepoint and isinstance(error, PostgresError):
            raise
        if not flush:
            env.transaction.clear()
        outcome.error = error
        is_told = log_level > logging.INFO or _logger.isEnabledFor(logging.DEBUG)
        _logger.log(
            log_level,
            "%s (%s)%s",
            what,
            type(error).__name__,
            f"\n{error_place(error)}" if is_told else "",
        )


class AtOnce:
    """In the context: whoever began undoes all where any part of it fails.

    So its parts need no isolation of their own, while ``is_running``.
    """

    is_running = False


def is_at_once(env):
    """Tell whether errors of parts are left to who does all of them at once."""
    state = env.context.get("complaint_at_once")
    return isinstance(state, AtOnce) and state.is_running


@contextmanager
def at_once(env, *, is_running=True):
    """Leave errors of parts to the caller, or not, until the block ends.

    What outlives the block, such as mails sent after the commit, keeps the context.
    """
    state = env.context.get("complaint_at_once")
    if not isinstance(state, AtOnce):
        yield
        return
    before, state.is_running = state.is_running, is_running
    try:
        yield
    finally:
        state.is_running = before


def is_disk_full(error):
    """Tell whether an error is that of a full disk, the database's or the files'."""
    return isinstance(error, DiskFull) or getattr(error, "errno", None) in _DISK_FULL


def error_place(error):
    """Return where an error occurred, as a traceback without what it says."""
    return "".join(traceback.format_tb(error.__traceback__))


def error_text(env, error):
    """Return one line that tells people what went wrong.

    QWeb's messages hold the template and a traceback; only the line of the error is
    taken.
    """
    if is_disk_full(error):
        return env._("The server's disk is full. Please inform your administrator.")
    said = getattr(error, "strerror", None) or (error.args[0] if error.args else error)
    text = html.unescape(str(said)).strip()
    found = re.search(r"^[ \t]*([\w.]*(?:Error|Exception): .+)$", text, re.MULTILINE)
    if found:
        return found[1][:250]
    return (text.splitlines() or [type(error).__name__])[0][:250]
