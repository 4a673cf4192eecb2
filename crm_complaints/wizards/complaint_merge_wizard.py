"""complaint.merge.wizard: merge, with complaints side by side to choose which stays."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class ComplaintMergeWizard(models.TransientModel):
    _name = "complaint.merge.wizard"
    _description = "Merge Complaints"
    _inherit = ["complaint.wizard.access"]

    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        relation="complaint_merge_wizard_ticket_rel",
        string="Complaints",
        domain=[
            ("is_complaint", "=", True),
            ("duplicate_id", "=", False),
            ("complaint_is_open", "=", True),
        ],
    )
    keep_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint to Keep",
        compute="_compute_keep_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        ondelete="cascade",
        domain="[('id', 'in', ticket_ids)]",
    )
    comparison = fields.Html(
        compute="_compute_comparison", compute_sudo=False, sanitize=False
    )
    obstacle = fields.Char(compute="_compute_obstacle", compute_sudo=False)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        defaults.pop("keep_id", None)  # computed, among those the user may write
        return defaults

    def _tickets(self):
        tickets = self.ticket_ids._origin
        tickets.check_access("write")
        return tickets.sorted(lambda t: (t.complaint_received_at, t.id))

    @api.depends("ticket_ids")
    def _compute_keep_id(self):
        for wizard in self:
            tickets = wizard._tickets()
            if wizard.keep_id._origin not in tickets:
                may_stay = [t for t in tickets if not self._obstacle(t, tickets - t)]
                wizard.keep_id = may_stay[0] if may_stay else tickets[:1]

    @api.depends("ticket_ids", "keep_id")
    def _compute_comparison(self):
        for wizard in self:
            tickets = wizard._tickets()
            wizard.comparison = bool(tickets) and self.env["ir.qweb"]._render(
                "crm_complaints.complaint_merge_comparison",
                {"tickets": tickets, "keep": wizard.keep_id._origin},
            )

    @api.depends("ticket_ids", "keep_id")
    def _compute_obstacle(self):
        for wizard in self:
            tickets = wizard._tickets()
            wizard.obstacle = self._obstacle(
                wizard.keep_id._origin, tickets - wizard.keep_id._origin
            )

    @api.model
    def _obstacle(self, keep, others):
        """Return why these cannot be merged, if so."""
        if not keep or not others:
            return False
        try:
            self.env["complaint.merge"]._ensure_can_merge(keep, others)
        except UserError as error:
            return error.args[0]
        return False

    def action_merge(self):
        """Merge the complaints, and open the one that stays.

        :raises UserError: where they cannot be merged
        """
        self.ensure_one()
        tickets, keep = self._tickets(), self.keep_id
        if keep not in tickets:
            raise UserError(self.env._("Please choose the complaint to keep."))
        self.env["complaint.merge"]._merge(keep, tickets - keep)
        return keep.get_formview_action()
