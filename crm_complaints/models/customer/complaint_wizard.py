"""complaint.wizard: shows the contact restriction of the customer."""

from odoo import api, fields, models


class ComplaintWizard(models.AbstractModel):
    _inherit = "complaint.wizard"

    restriction = fields.Char(
        compute="_compute_restriction",
        compute_sudo=False,
        help="How contact with the customer is limited.",
    )

    @api.depends("ticket_id")
    def _compute_restriction(self):
        for wizard in self:
            wizard.restriction = wizard.ticket_id.complaint_restriction
