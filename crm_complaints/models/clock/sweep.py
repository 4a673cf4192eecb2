"""Sweeps: crons that handle what is due, chunk by chunk, each committed by itself."""

from ..core.isolation import RETRIED

# How often in a row a chunk is retried after conflicts with other transactions.
_ATTEMPTS = 8


def sweep(env, handle, chunk_size):
    """Sweep: handle whatever is due, until nothing is or the cron's time is up.

    Several may run at once, in other workers and on other hosts, where ``handle`` locks
    what it takes. One that is killed leaves nothing half done.

    :param handle: function of (limit, careful) that handles what is due and returns
        how many that were; with ``careful``, after an error, it isolates each record
    :param int chunk_size: how many at a time
    :return: int, how many were handled
    """
    Cron = env["ir.cron"]
    attempts = total = 0
    careful = False
    while True:
        try:
            done = handle(chunk_size, careful)
            env.flush_all()
            seconds_left = Cron._commit_progress(
                done, remaining=chunk_size if done == chunk_size else 0
            )
        except RETRIED:
            # somebody wrote one of these records meanwhile
            env.cr.rollback()
            attempts += 1
            if attempts == _ATTEMPTS:
                raise
            continue
        except Exception:  # no savepoint could undo what is committed in the block
            if careful:
                raise
            # another addon may refuse the write of one of them
            env.cr.rollback()
            careful = True
            continue
        attempts = 0
        careful = False
        total += done
        if not done or not seconds_left:
            return total
