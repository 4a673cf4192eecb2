"""complaint.follow.up: how the call "Did it work?" went."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintFollowUp(models.TransientModel):
    _name = "complaint.follow.up"
    _description = "Follow-up of a Complaint"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        ondelete="cascade",
        domain=[("is_complaint", "=", True)],
    )
    script = fields.Html(compute="_compute_script")
    result = fields.Selection(
        selection=[
            ("restored", "Yes, it gave the result the customer wanted"),
            ("partly", "Partly"),
            ("lost", "Trust is lost"),
        ],
        string="Did it work?",
    )
    words = fields.Text(
        string="In the customer's words", help="Kept on the complaint as it is."
    )
    reopen = fields.Boolean(
        string="Open the complaint again",
        compute="_compute_reopen",
        store=True,
        readonly=False,
    )

    @api.constrains("ticket_id")
    def _check_ticket_id(self):
        """Whoever may not work a complaint does not get to see whose it is either."""
        self.ticket_id.check_access("write")

    @api.depends("ticket_id")
    def _compute_script(self):
        for wizard in self:
            ticket = wizard.ticket_id
            scripts = (
                ticket._complaint_render_scripts("mail_template_follow_up_call")
                # the script names the customer: not for those who may not see him
                if ticket and ticket.has_access("read")
                else {}
            )
            wizard.script = scripts.get(ticket.id, False)

    @api.depends("result")
    def _compute_reopen(self):
        for wizard in self:
            wizard.reopen = wizard.result == "lost"

    def action_record(self):
        """Record the answer; the complaint is closed, or open again.

        :raises UserError: where no answer was chosen, or the complaint is not resolved
        """
        for wizard in self:
            if not wizard.result:
                raise UserError(self.env._("Please choose what the customer said."))
            wizard.ticket_id.check_access("write")
            wizard.ticket_id._complaint_record_follow_up(
                wizard.result, words=wizard.words or "", reopen=wizard.reopen
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # One click an answer: the call is over, the next one rings.

    def action_restored(self):
        """Record that trust is restored; the complaint is closed."""
        self.write({"result": "restored", "reopen": False})
        return self.action_record()

    def action_partly(self):
        """Record that it worked in part, and that this is enough for the customer."""
        self.write({"result": "partly", "reopen": False})
        return self.action_record()

    def action_partly_reopen(self):
        """Record that it worked in part, and open the complaint again."""
        self.write({"result": "partly", "reopen": True})
        return self.action_record()

    def action_lost(self):
        """Record that trust is lost, and open the complaint again."""
        self.write({"result": "lost", "reopen": True})
        return self.action_record()
