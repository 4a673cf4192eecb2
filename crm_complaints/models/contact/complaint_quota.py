"""complaint.quota: how much somebody has had, or sent, within the last hour.

RFC 3834, 2: whoever answers automatically limits the answers to each address, since a
robot that does not say that it is one answers every answer. Forms that anybody may
send are limited as well.
"""

from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.own_transaction import UNHURRIED, apart

_PERIOD = timedelta(hours=1)


class ComplaintQuota(models.Model):
    _name = "complaint.quota"
    _description = "Acknowledgements to one Address, or Forms of one Sender"
    _complaint_privacy = "delete"  # of the last hour; Odoo's cleaning takes them
    _log_access = False

    purpose = fields.Char(required=True, readonly=True)
    key = fields.Char(
        required=True, readonly=True, help="An e-mail address, or what stands for one."
    )
    used_at = fields.Datetime(required=True, readonly=True)

    _used_idx = models.Index("(purpose, key, used_at)")

    @api.model
    def _claim(self, purpose, wanted, limit):
        """Claim uses for keys, as many as their limit leaves.

        A claim stays, also where nothing comes of it after all: one too few is no
        harm. It is made apart from the current transaction, lest two that claim at
        once both get the last one: who comes second waits until the first is done.

        :param str purpose: what is limited; each purpose counts by itself
        :param dict wanted: key -> how many
        :param int limit: the most within an hour for one key
        :return: dict key -> how many it may have
        """
        now = fields.Datetime.now()
        with apart(self.env) as env:
            rows = env.execute_query(
                SQL(
                    # locked before anything is read, so that all of it is seen
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
