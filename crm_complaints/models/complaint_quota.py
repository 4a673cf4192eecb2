"""complaint.quota: how much somebody has had, or sent, within the last hour.

RFC 3834, 2: whoever answers automatically limits the answers to each address, since a
robot that does not say that it is one answers every answer. Forms that anybody may
send are limited as well.
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


class ComplaintQuota(models.Model):
    _name = "complaint.quota"
    _description = "Acknowledgements to one Address, or Forms of one Sender"
    _log_access = False

    purpose = fields.Char(required=True, readonly=True)
    key = fields.Char(
        required=True, readonly=True, help="An e-mail address, or what stands for one."
    )
    used = fields.Json(readonly=True, help="When, within the last hour.")
    last_at = fields.Datetime(readonly=True)

    _key_unique = models.UniqueIndex("(purpose, key)")

    @api.model
    def _claim(self, purpose, wanted, limit):
        """Claim uses for keys, as many as their limit leaves.

        A claim stays, also where nothing comes of it after all: one too few is no
        harm. It is made apart from the current transaction, lest two that claim at
        once both get the last one.

        :param str purpose: what is limited; each purpose counts by itself
        :param dict wanted: key -> how many
        :param int limit: the most within an hour for one key
        :return: dict key -> how many it may have
        """
        for _try in range(_TRIES):
            granted = self._claim_apart(purpose, wanted, limit)
            if granted is not None:
                return granted
            time.sleep(random.uniform(0, 0.02))
        return dict.fromkeys(wanted, 0)

    @api.model
    def _claim_apart(self, purpose, wanted, limit):
        """Claim; None where somebody else claims for the same key at this moment."""
        try:
            with apart(self.env) as env:
                return self.with_env(env)._claim_now(purpose, wanted, limit)
        except SerializationFailure:
            if modules.module.current_test:
                raise  # it is the current transaction that failed
            return None

    @api.model
    def _claim_now(self, purpose, wanted, limit):
        now = fields.Datetime.now()
        self.env.cr.execute(
            SQL(
                """
                %s
                INSERT INTO complaint_quota AS quota (purpose, key, last_at)
                     SELECT %s, unnest(%s), %s
                ON CONFLICT (purpose, key) DO UPDATE SET last_at = EXCLUDED.last_at
                  RETURNING id, key, used
                """,
                UNHURRIED,
                purpose,
                sorted(wanted),
                now,
            ),
            log_exceptions=False,  # two at once are no news, it is tried again
        )
        rows = self.env.cr.fetchall()
        since = fields.Datetime.to_string(now - _PERIOD)
        granted = {}
        for quota_id, key, used in rows:
            recent = [at for at in used or () if at > since]
            granted[key] = max(0, min(wanted[key], limit - len(recent)))
            recent += [fields.Datetime.to_string(now)] * granted[key]
            self.browse(quota_id).used = recent
        self.env.flush_all()
        return granted

    @api.autovacuum
    def _gc_quotas(self):
        self.search([("last_at", "<", fields.Datetime.now() - _PERIOD)]).unlink()
