"""complaint.dead.letter.dismiss: asks why a mail needs no complaint."""

from odoo import fields, models
from odoo.exceptions import UserError


class ComplaintDeadLetterDismiss(models.TransientModel):
    _name = "complaint.dead.letter.dismiss"
    _description = "Dismiss Dead Letters"

    letter_ids = fields.Many2many(
        comodel_name="complaint.dead.letter",
        relation="complaint_dead_letter_dismiss_rel",
        string="Mails",
        required=True,
    )
    reason = fields.Char(required=True)

    def action_dismiss(self):
        """Put the mails away with the reason; they are kept.

        :raises UserError: where there is no reason, or one was seen to meanwhile
        :raises AccessError: where one of them is not the user's to see to
        """
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Please say why, in a few words."))
        self.letter_ids._ensure_open()
        self.letter_ids._settle("dismissed", dismiss_reason=reason)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
