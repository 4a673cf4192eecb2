"""complaint.quota: how much somebody has had, or sent, within the last hour.

RFC 3834, 2: whoever answers automatically limits the answers to each address, since a
robot that does not say that it is one answers every answer. Forms that anybody may
send are limited as well.
"""

import json
import random
import time
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models, modules
from odoo.tools import SQL

from ..core.own_transaction import UNHURRIED, apart

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
        since = fields.Datetime.to_string(now - _PERIOD)
        keys = sorted(wanted)

        def grant(key, used):
            """Return how many the key may have, and what is noted of it then."""
            recent = [at for at in used if at > since]
            count = max(0, min(wanted[key], limit - len(recent)))
            return count, recent + [fields.Datetime.to_string(now)] * count

        # most keys are new, and cost no more than this
        first = {key: grant(key, ()) for key in keys}
        self.env.cr.execute(
            SQL(
                """
                %s
                INSERT INTO complaint_quota AS quota (purpose, last_at, key, used)
                     SELECT %s, %s, new.* FROM unnest(%s, %s::jsonb[]) AS new
                ON CONFLICT (purpose, key) DO UPDATE SET last_at = EXCLUDED.last_at
                  RETURNING id, key, used, xmax = 0 AS is_new
                """,
                UNHURRIED,
                purpose,
                now,
                keys,
                [json.dumps(first[key][1]) for key in keys],
            ),
            log_exceptions=False,  # two at once are no news, it is tried again
        )
        granted = {}
        for quota_id, key, used, is_new in self.env.cr.fetchall():
            granted[key], noted = first[key] if is_new else grant(key, used or ())
            if not is_new:
                self.browse(quota_id).used = noted
        self.env.flush_all()
        return granted

    @api.autovacuum
    def _gc_quotas(self):
        self.search([("last_at", "<", fields.Datetime.now() - _PERIOD)]).unlink()
