"""A transaction of its own, for notes that stay whatever becomes of the current one."""

from contextlib import contextmanager

from odoo import modules


@contextmanager
def apart(env):
    """Yield an environment whose changes are committed when the block ends.

    In tests it is the current one, as nothing may be committed there.
    """
    if modules.module.current_test:
        yield env
        return
    with env.registry.cursor() as cr:
        # meant for a worker that dies, not for a database that does: not worth a wait
        cr.execute("SET LOCAL synchronous_commit TO off")
        yield env(cr=cr)
