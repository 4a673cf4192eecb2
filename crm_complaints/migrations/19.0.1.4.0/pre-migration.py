"""Add what follow-up and the customer's file bring to the ticket's table at once."""

from odoo.api import SUPERUSER_ID, Environment

from odoo.addons.crm_complaints.hooks import pre_init_hook


def migrate(cr, version):
    pre_init_hook(Environment(cr, SUPERUSER_ID, {}))
