"""Start the clock of complaints that had none; no rule is set off by what is history."""

from odoo.api import SUPERUSER_ID, Environment

from odoo.addons.crm_complaints.engine import phases


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {"import_file": True, "active_test": False})
    complaints = env["helpdesk.ticket"].search(
        [
            ("is_complaint", "=", True),
            ("complaint_sla_state", "=", False),
            ("complaint_phase", "in", [*phases.OPEN, phases.FOLLOW_UP]),
        ]
    )
    complaints._complaint_start_clock()
