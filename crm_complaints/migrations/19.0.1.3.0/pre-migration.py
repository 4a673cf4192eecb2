"""Add what the investigation brings to the ticket's table without touching a row."""

from odoo.api import SUPERUSER_ID, Environment

from odoo.addons.crm_complaints.hooks import pre_init_hook


def migrate(cr, version):
    pre_init_hook(Environment(cr, SUPERUSER_ID, {}))
