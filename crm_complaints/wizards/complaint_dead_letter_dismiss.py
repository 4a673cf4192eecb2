"""complaint.dead.letter.dismiss: asks why a failed e-mail needs no complaint."""

from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintDeadLetterDismiss(models.TransientModel):
    _name = "complaint.dead.letter.dismiss"
    _description = "Dismiss Failed E-mails"
    _inherit = ["complaint.wizard.access"]

    letter_ids = fields.Many2many(
        comodel_name="complaint.dead.letter",
        relation="complaint_dead_letter_dismiss_rel",
        string="E-mails",
        required=True,
    )
    reason = fields.Char(required=True)

    def action_dismiss(self):
        """Dismiss failed e-mails with the reason; they are not deleted.

        :raises UserError: where there is no reason, or one was handled meanwhile
        :raises AccessError: where the user may not handle one of them
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please enter a reason."))
        self.letter_ids._ensure_open()
        self.letter_ids._settle("dismissed", dismiss_reason=reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
