"""complaint.mail.attempt: a mail that kills the worker is not tried for ever."""

from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models, modules
from odoo.tools import SQL

from ..core.own_transaction import UNHURRIED, apart

# A worker may be stopped in the midst of a mail by chance, though hardly so often.
MOST_ATTEMPTS = 4
_TRIES = 10
_FORGOTTEN_AFTER = timedelta(days=7)


class ComplaintMailAttempt(models.Model):
    _name = "complaint.mail.attempt"
    _description = "E-mail Processing Attempt"
    _complaint_privacy = "keep"  # digests
    _log_access = False

    key = fields.Char(required=True, readonly=True)
    attempts = fields.Integer(readonly=True)
    last_at = fields.Datetime(required=True, readonly=True)

    _key_unique = models.UniqueIndex("(key)")

    @api.model
    def _begin(self, key):
        """Note that a mail is going to be processed, before anything is done with it.

        :param str key: as ``Recognised.key``
        :return: how many times that was begun and not ended, this one included
        """
        with apart(self.env) as env:
            env.cr.execute(
                SQL(
                    """
                    %(unhurried)s
                    INSERT INTO complaint_mail_attempt AS attempt (key, attempts, last_at)
                         VALUES (%(key)s, 1, %(now)s)
                    ON CONFLICT (key) DO UPDATE
                            SET attempts = attempt.attempts + 1, last_at = %(now)s
                      RETURNING attempts
                    """,
                    unhurried=UNHURRIED,
                    key=key,
                    now=fields.Datetime.now(),
                ),
                log_exceptions=False,  # two at once: it is processed again
            )
            return env.cr.fetchone()[0]

    @api.model
    def _end(self, key):
        """Note that an attempt is over, though the mail is to come again."""
        for _try in range(_TRIES):
            if self._end_now(key):
                return

    @api.model
    def _end_now(self, key):
        """Return whether it could be noted, with nobody else in the way."""
        try:
            with apart(self.env) as env:
                env.cr.execute(
                    SQL(
                        "UPDATE complaint_mail_attempt SET attempts = attempts - 1 "
                        "WHERE key = %s",
                        key,
                    ),
                    log_exceptions=False,  # two at once: as above
                )
        except SerializationFailure:
            if modules.module.current_test:
                raise  # it is the current transaction that failed
            return False
        return True

    @api.autovacuum
    def _gc_attempts(self):
        self.search(
            [("last_at", "<", fields.Datetime.now() - _FORGOTTEN_AFTER)]
        ).unlink()
