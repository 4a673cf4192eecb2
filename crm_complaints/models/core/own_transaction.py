"""A transaction of its own, for notes that stay whatever becomes of the current one."""

from contextlib import contextmanager

from odoo import modules
from odoo.tools import SQL

# In front of a first statement. What is noted so is meant for a worker that dies, not
# for a database that does: it is not worth waiting for the disk.
UNHURRIED = SQL("SET LOCAL synchronous_commit TO off;")


@contextmanager
def apart(env):
    """Yield an environment whose changes are committed when the block ends.

    In tests it is the current one, as nothing may be committed there.
    """
    if modules.module.current_test:
        yield env
        return
    with env.registry.cursor() as cr:
        yield env(cr=cr)
