"""complaint.follow.up: how the call "Did it work?" went."""

from odoo import api, fields, models


class ComplaintFollowUp(models.TransientModel):
    _name = "complaint.follow.up"
    _description = "Follow-up of a Complaint"
    _inherit = ["complaint.wizard"]

    # chosen here where the call was planned by hand
    ticket_id = fields.Many2one(readonly=False, domain=[("is_complaint", "=", True)])
    script = fields.Html(compute="_compute_script")
    words = fields.Text(
        string="In the customer's words", help="Kept on the complaint as it is."
    )

    remedy_ids = fields.Many2many(
        comodel_name="complaint.remedy",
        string="Promised",
        compute="_compute_remedy_ids",
        compute_sudo=False,
    )
    is_promise_open = fields.Boolean(compute="_compute_remedy_ids", compute_sudo=False)
    promise_reason = fields.Char(
        string="Why it is closed all the same",
        help="Something promised is not done yet. The reason stays on the complaint.",
    )

    @api.depends("ticket_id")
    def _compute_remedy_ids(self):
        for wizard in self:
            remedies = wizard.ticket_id.complaint_remedy_ids
            promised = remedies.filtered(lambda r: r.state in ("accepted", "done"))
            wizard.remedy_ids = promised
            wizard.is_promise_open = "accepted" in promised.mapped("state")

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

    # One click an answer: the call is over, the next one rings.

    def action_restored(self):
        """Record that trust is restored; the complaint is closed."""
        return self._record("restored", reopen=False)

    def action_partly(self):
        """Record that it worked in part, and that this is enough for the customer."""
        return self._record("partly", reopen=False)

    def action_partly_reopen(self):
        """Record that it worked in part, and open the complaint again."""
        return self._record("partly", reopen=True)

    def action_lost(self):
        """Record that trust is lost, and open the complaint again."""
        return self._record("lost", reopen=True)

    def _record(self, result, reopen):
        for wizard in self:
            wizard.ticket_id.check_access("write")
            if wizard.promise_reason and not reopen:
                wizard.ticket_id.complaint_promise_reason = wizard.promise_reason
            wizard.ticket_id._complaint_record_follow_up(
                result, words=wizard.words or "", reopen=reopen
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
