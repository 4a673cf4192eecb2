"""complaint.acknowledgement.quota: how many automatic answers a sender has had lately.

RFC 3834, 2: whoever answers automatically limits the answers to each address, since a
robot that does not say that it is one answers every answer.
"""

import random
import time
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models, modules
from odoo.tools import SQL

from .own_transaction import UNHURRIED, apart

_PERIOD = timedelta(hours=1)
_TRIES = 20


class ComplaintAcknowledgementQuota(models.Model):
    _name = "complaint.acknowledgement.quota"
    _description = "Acknowledgements to one Address"
    _log_access = False

    email = fields.Char(required=True, readonly=True)
    answered = fields.Json(readonly=True, help="When, within the last hour.")
    last_at = fields.Datetime(readonly=True)

    _email_unique = models.UniqueIndex("(email)")

    @api.model
    def _claim(self, wanted, limit):
        """Claim answers to addresses, as many as their limit leaves.

        A claim stays, also where the answer is not sent after all: one too few is no
        harm. It is made apart from the current transaction, lest two that claim at
        once both get the last one.

        :param dict wanted: address -> how many
        :param int limit: the most within an hour to one address
        :return: dict address -> how many it may have
        """
        for _try in range(_TRIES):
            granted = self._claim_apart(wanted, limit)
            if granted is not None:
                return granted
            time.sleep(random.uniform(0, 0.02))
        return dict.fromkeys(wanted, 0)

    @api.model
    def _claim_apart(self, wanted, limit):
        """Claim; None where somebody else claims for the same address at this moment."""
        try:
            with apart(self.env) as env:
                return self.with_env(env)._claim_now(wanted, limit)
        except SerializationFailure:
            if modules.module.current_test:
                raise  # it is the current transaction that failed
            return None

    @api.model
    def _claim_now(self, wanted, limit):
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                %s
                INSERT INTO complaint_acknowledgement_quota AS quota (email, last_at)
                     SELECT unnest(%s), %s
                ON CONFLICT (email) DO UPDATE SET last_at = EXCLUDED.last_at
                  RETURNING id, email, answered
                """,
                UNHURRIED,
                sorted(wanted),
                now,
            ),
            log_exceptions=False,  # two at once are no news, it is tried again
        )
        rows = self.env.cr.fetchall()
        since = fields.Datetime.to_string(now - _PERIOD)
        granted = {}
        for quota_id, email, answered in rows:
            recent = [at for at in answered or () if at > since]
            granted[email] = max(0, min(wanted[email], limit - len(recent)))
            recent += [fields.Datetime.to_string(now)] * granted[email]
            self.browse(quota_id).answered = recent
        self.env.flush_all()
        return granted

    @api.autovacuum
    def _gc_quotas(self):
        self.search([("last_at", "<", fields.Datetime.now() - _PERIOD)]).unlink()
