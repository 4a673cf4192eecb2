"""Fault injection: any method of any model fails, with an error of either kind."""

from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.tools import mute_logger

# Texts of the errors, to find them in notes and activities.
PYTHON = "injected fault"
DATABASE = "division by zero"
KINDS = ("python", "database")


class InjectedFault(Exception):
    """What a broken addon raises."""


class FaultMixin:
    @contextmanager
    def failing(self, *methods, kind="python"):
        """Let methods raise; yield the list of those that were called.

        :param methods: pairs of model and method name, for all records of the model
        :param str kind: "database" runs into an error of PostgreSQL, which leaves a
            transaction that only a savepoint can save
        """
        called = []

        def broken(name):
            def method(records, /, *args, **kwargs):
                called.append(name)
                if kind == "database":
                    records.env.cr.execute("SELECT 1 / 0")
                raise InjectedFault(PYTHON)

            return method

        with ExitStack() as stack:
            for model, name in methods:
                stack.enter_context(
                    patch.object(self.registry[model], name, broken(f"{model}.{name}"))
                )
            stack.enter_context(mute_logger("odoo.sql_db"))
            yield called
