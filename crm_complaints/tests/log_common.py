"""Logs: what is logged while somebody complains tells nothing of them."""

import logging
from contextlib import contextmanager

OURS = "odoo.addons.crm_complaints"
# Odoo logs a query that PostgreSQL refuses, with its values: see docs/security.md.
_QUERIES = "odoo.sql_db"


class _Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record):
        if record.name != _QUERIES:
            self.lines.append(self.format(record))


class LogMixin:
    @contextmanager
    def logging_nothing_of(self, *words):
        """Assert that no logged line has any of these words; yield the lines so far.

        Logged is what Odoo logs by default, and of our addons everything. Callables
        are called in the end, for words that are not known before.
        """
        handler = _Lines()
        root = logging.getLogger()
        levels = {root: logging.INFO}
        for name in [*logging.root.manager.loggerDict]:
            if name.startswith(OURS):
                levels[logging.getLogger(name)] = logging.DEBUG
        before = {logger: logger.level for logger in levels}
        for logger, level in levels.items():
            logger.setLevel(level)
        root.addHandler(handler)
        try:
            yield handler.lines
        finally:
            root.removeHandler(handler)
            for logger, level in before.items():
                logger.setLevel(level)
        words = [word() if callable(word) else word for word in words]
        self.assertTrue(all(words), "nothing to look for")
        telling = [
            line
            for line in handler.lines
            if any(word.lower() in line.lower() for word in words)
        ]
        self.assertFalse(telling, "\n".join(["", *telling]))
