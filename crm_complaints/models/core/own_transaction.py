"""Own transaction: for notes that stay even where the current one is rolled back."""

from contextlib import contextmanager

from odoo import modules
from odoo.tools import SQL

# In front of the first statement. These notes are for the crash of a worker, not of the
# database, so the commit need not wait for the disk.
UNHURRIED = SQL("SET LOCAL synchronous_commit TO off;")


@contextmanager
def apart(env):
    """Own transaction: yield an environment that is committed when the block ends.

    In tests it is the current one, since nothing may be committed there.
    """
    if modules.module.current_test:
        yield env
        return
    with env.registry.cursor() as cr:
        yield env(cr=cr)


def when_rolled_back(env, undo):
    """Call ``undo()`` once the current transaction is rolled back.

    It is for what was done apart. In tests that is in the current transaction, and is
    undone with it.
    """
    if not modules.module.current_test:
        env.cr.postrollback.add(undo)
