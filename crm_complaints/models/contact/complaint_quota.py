"""complaint.quota: limits for an address, of what it got or sent within an hour.

RFC 3834, 2: automatic answers to one address are limited, as two robots would answer
each other for ever. Forms that anybody may send are limited as well.
"""

import logging
from collections import Counter
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.own_transaction import UNHURRIED, apart, when_rolled_back

_logger = logging.getLogger(__name__)

_PERIOD = timedelta(hours=1)


class ComplaintQuota(models.Model):
    _name = "complaint.quota"
    _description = "Hourly Limit of Complaints"
    _complaint_privacy = "delete"  # of the last hour; Odoo's cleaning takes them
    _log_access = False

    purpose = fields.Char(required=True, readonly=True)
    key = fields.Char(
        required=True,
        readonly=True,
        help="An e-mail address, or a key that stands for it.",
    )
    used_at = fields.Datetime(required=True, readonly=True)

    _used_idx = models.Index("(purpose, key, used_at)")

    @api.model
    def _claim(self, purpose, wanted, limit):
        """Claim uses of quotas, as many as the limit leaves for each key.

        A claim is made in a transaction of its own, so that two claims at the same time
        do not both get the last use: the second waits for the first. If the current
        transaction is rolled back, as for a second attempt, the claim does not count;
        if the process dies, it does.

        :param str purpose: what is limited; each purpose counts by itself
        :param dict wanted: key -> how many
        :param int limit: the most within an hour for one key
        :return: dict key -> how many it may have
        """
        now = fields.Datetime.now()
        with apart(self.env) as env:
            rows = env.execute_query(
                SQL(
                    # locked before it is read, so that the other's claims are seen
                    """
                    %s
                    LOCK TABLE complaint_quota IN SHARE UPDATE EXCLUSIVE MODE;
                    INSERT INTO complaint_quota (purpose, key, used_at)
                         SELECT %s, wanted.key, %s
                           FROM unnest(%s, %s) AS wanted (key, count)
                          CROSS JOIN generate_series(1, least(wanted.count, %s - (
                                SELECT count(*)
                                  FROM complaint_quota
                                 WHERE purpose = %s AND key = wanted.key
                                   AND used_at > %s)))
                      RETURNING id, key
                    """,
                    UNHURRIED,
                    purpose,
                    now,
                    list(wanted),
                    list(wanted.values()),
                    limit,
                    purpose,
                    now - _PERIOD,
                )
            )
        if rows:
            claimed = self.browse([row_id for row_id, _key in rows])
            when_rolled_back(self.env, claimed._release)
        granted = Counter(key for _row_id, key in rows)
        return {key: granted[key] for key in wanted}

    def _release(self):
        """Give claims back, once what they were made for is rolled back."""
        try:
            with apart(self.env) as env:
                env.execute_query(
                    SQL("DELETE FROM complaint_quota WHERE id = ANY(%s)", self.ids)
                )
        except psycopg2.Error:
            # the rollback goes on; PostgreSQL may be what failed
            _logger.info("Claims of an hourly limit still count", exc_info=True)

    @api.autovacuum
    def _gc_quotas(self):
        self.search([("used_at", "<", fields.Datetime.now() - _PERIOD)]).unlink()
