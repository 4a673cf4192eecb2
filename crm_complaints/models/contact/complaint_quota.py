"""complaint.quota: limits for an address, of what it got or sent within an hour.

RFC 3834, 2: automatic answers to one address are limited, as two robots would answer
each other for ever. Forms that anybody may send are limited as well.
"""

from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.own_transaction import UNHURRIED, apart

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

        A claim counts even where it is not used in the end. It is made in a transaction
        of its own, so that two claims at the same time do not both get the last use:
        the second waits for the first.

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
                      RETURNING key
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
        granted = Counter(key for (key,) in rows)
        return {key: granted[key] for key in wanted}

    @api.autovacuum
    def _gc_quotas(self):
        self.search([("used_at", "<", fields.Datetime.now() - _PERIOD)]).unlink()
