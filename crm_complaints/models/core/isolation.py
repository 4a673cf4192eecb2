"""Isolation: what fails beside a complaint costs the complaint nothing."""

import html
import logging
import re
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

from psycopg2 import Error as PostgresError

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# Another transaction was in the way: Odoo takes the whole transaction again.
RETRIED = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


@contextmanager
def isolated(env, what, *, savepoint=True, flush=True, level=logging.INFO):
    """Run the block; where it raises, undo it, log it and go on behind it.

    What is pending before the block is not part of it: it is written first, and its
    errors are raised. So are those of ``RETRIED``, which no savepoint cures.

    What the block does is written when it ends, which may fail as well: so leave it by
    no ``return``, and ask for the error before using what it made.

    :param str what: what failed, for the log
    :param bool savepoint: False for what only reads, and runs too often to pay for a
        savepoint; errors of the database are then raised, since they end whatever
        savepoint or transaction the caller is in
    :param bool flush: False in a hook before a commit, where a savepoint that flushes
        would run the other hooks and, on an error, forget them
    :param int level: of the log; from warnings on with the traceback
    :return: what becomes of it: ``error``, the exception or None
    """
    outcome = SimpleNamespace(error=None)
    if flush or not savepoint:
        undone = env.cr.savepoint() if savepoint else nullcontext()
    else:
        env.flush_all()
        undone = env.cr.savepoint(flush=False)
    try:
        with undone:
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
        _logger.log(
            level,
            "%s (%s)",
            what,
            type(error).__name__,
            exc_info=level > logging.INFO or _logger.isEnabledFor(logging.DEBUG),
        )


def error_text(error):
    """Return one line that tells people what went wrong.

    QWeb's messages hold the template and a traceback; what counts in them is the line
    of the error itself.
    """
    text = html.unescape(str(error.args[0] if error.args else error)).strip()
    found = re.search(r"^\s*([\w.]*(?:Error|Exception): .+)$", text, re.MULTILINE)
    if found:
        return found[1][:250]
    return (text.splitlines() or [type(error).__name__])[0][:250]
