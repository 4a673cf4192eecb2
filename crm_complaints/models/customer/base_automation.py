"""base.automation: rules on repeat complaints run when earlier ones are looked up."""

from odoo import api, models

from .helpdesk_ticket_repeat import LOOKING_BACK, REPEAT_FIELDS


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @api.model
    def _complaint_batches(self):
        return {**super()._complaint_batches(), LOOKING_BACK: REPEAT_FIELDS}
