"""complaint.decision: the customer's decision on an offer, as the handler heard it."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintDecision(models.TransientModel):
    _name = "complaint.decision"
    _description = "Customer's Decision"
    _inherit = ["complaint.wizard"]

    remedy_ids = fields.Many2many(
        comodel_name="complaint.remedy",
        string="Remedies on Offer",
        compute="_compute_remedy_ids",
        compute_sudo=False,
    )
    choosing = fields.Boolean(compute="_compute_remedy_ids", compute_sudo=False)
    remedy_id = fields.Many2one(
        comodel_name="complaint.remedy",
        string="Chosen Option",
        domain="[('ticket_id', '=', ticket_id), ('state', '=', 'proposed'), "
        "('alternative', '=', True)]",
    )
    words = fields.Text(
        string="In the Customer's Words",
        help="The words are kept on the complaint as entered.",
    )

    @api.depends("ticket_id")
    def _compute_remedy_ids(self):
        for wizard in self:
            remedies = wizard.ticket_id.complaint_remedy_ids.filtered(
                lambda remedy: remedy.state == "proposed"
            )
            wizard.remedy_ids = remedies
            wizard.choosing = len(remedies.filtered("alternative")) > 1

    # One button for each decision, as the customer is on the phone.

    def action_accept(self):
        """Record that the customer accepts the offer.

        :raises UserError: where a choice is to be made, or nothing is on offer
        """
        self.ensure_one()
        if self.choosing and not self.remedy_id:
            raise UserError(
                self.env._("Please enter the option that the customer has chosen.")
            )
        self.ticket_id.check_access("write")
        self.ticket_id._complaint_accept(self.remedy_id, self.words or "")
        return {"type": "ir.actions.act_window_close"}

    def action_reject(self):
        """Record that the customer rejects the offer; another one may follow.

        :raises UserError: where nothing is on offer
        """
        self.ensure_one()
        self.ticket_id.check_access("write")
        self.ticket_id._complaint_reject(self.words or "")
        return {"type": "ir.actions.act_window_close"}
