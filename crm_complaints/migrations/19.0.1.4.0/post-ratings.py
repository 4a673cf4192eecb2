"""Say of ratings given so far which solution of their complaint they are about."""

from odoo.api import SUPERUSER_ID, Environment
from odoo.tools import SQL


def migrate(cr, version):
    # until now there was one a customer, changed as he changed his mind
    cr.execute(
        SQL(
            """
            UPDATE rating_rating r
               SET complaint_cycle = t.complaint_reopened_count
                   - CASE WHEN r.rated_on < t.complaint_reopened_at THEN 1 ELSE 0 END
              FROM helpdesk_ticket t
             WHERE r.res_model = 'helpdesk.ticket'
               AND r.res_id = t.id
               AND r.consumed
               AND t.is_complaint
               AND t.complaint_reopened_count > 0
            """
        )
    )
    env = Environment(cr, SUPERUSER_ID, {"active_test": False})
    rated = env["helpdesk.ticket"].search(
        [("is_complaint", "=", True), ("rating_last_value", ">", 0)]
    )
    for name in ("rating_last_value", "complaint_rating"):
        env.add_to_compute(rated._fields[name], rated)
    env.flush_all()
