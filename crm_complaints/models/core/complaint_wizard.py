"""complaint.wizard: base of the wizards on a complaint, for those who may work it."""

from odoo import api, fields, models


class ComplaintWizard(models.AbstractModel):
    _name = "complaint.wizard"
    _description = "Wizard of a Complaint"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        readonly=True,
        ondelete="cascade",
    )

    @api.model_create_multi
    def create(self, vals_list):
        wizards = super().create(vals_list)
        wizards._check_ticket()
        return wizards

    def write(self, vals):
        result = super().write(vals)
        if "ticket_id" in vals:
            self._check_ticket()
        return result

    def _check_ticket(self):
        """Refuse users who may not work the complaint, before they see its customer.

        No constraint: Odoo checks those with the rights of the superuser.
        """
        self.ticket_id.check_access("write")
