"""Start the clock of complaints that had none; no rule is set off by what is history."""

from odoo.api import SUPERUSER_ID, Environment
from odoo.tools import convert_file

from odoo.addons.crm_complaints.engine import phases


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {"import_file": True, "active_test": False})
    # an upgrade makes none of these again; here they are new
    for name in ("complaint_policy_data.xml", "base_automation_data.xml"):
        convert_file(env, "crm_complaints", f"data/{name}", {}, "init", True)
    _note_personal_answers(cr)
    env.invalidate_all()
    complaints = env["helpdesk.ticket"].search(
        [
            ("is_complaint", "=", True),
            ("complaint_sla_state", "=", False),
            ("complaint_phase", "in", [*phases.OPEN, phases.FOLLOW_UP]),
        ]
    )
    complaints._complaint_start_clock()


def _note_personal_answers(cr):
    """Take the first message of staff for the first personal answer."""
    cr.execute(
        """
        UPDATE helpdesk_ticket t
           SET complaint_responded_at = m.answered_at
          FROM (SELECT m.res_id, min(m.date) AS answered_at
                  FROM mail_message m
                  JOIN res_users u ON u.partner_id = m.author_id
                                  AND NOT u.share AND u.id != %s
                  JOIN mail_message_subtype s ON s.id = m.subtype_id
                                             AND NOT coalesce(s.internal, false)
                 WHERE m.model = 'helpdesk.ticket'
                   AND m.message_type IN ('comment', 'email')
              GROUP BY m.res_id) m
         WHERE m.res_id = t.id
           AND t.is_complaint
           AND t.complaint_responded_at IS NULL
        """,
        [SUPERUSER_ID],
    )
