"""Bring the rule on customers who complain again to where there are complaints already."""

from odoo.api import SUPERUSER_ID, Environment
from odoo.tools import convert_file


def migrate(cr, version):
    env = Environment(cr, SUPERUSER_ID, {})
    # an upgrade makes no rules; this one is new
    convert_file(
        env, "crm_complaints", "data/base_automation_repeat_data.xml", {}, "init", True
    )
