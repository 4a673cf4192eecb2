"""complaint.child: base of records of a complaint, read by whoever may read it."""

from odoo import api, fields, models
from odoo.fields import Domain


class ComplaintChild(models.AbstractModel):
    _name = "complaint.child"
    _description = "Part of a Complaint"
    _inherit = ["complaint.field.access"]
    _complaint_written_by = "code"
    # Whether these move to the other complaint on a merge.
    _complaint_moves = True

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
        complaint_written_by="creator",
        complaint_link=True,
        complaint_privacy="keep",
    )
    company_id = fields.Many2one(related="ticket_id.company_id")

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            # record rules cannot tell who may read the complaint
            tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
            domain = Domain(domain) & Domain(
                "ticket_id", "in", tickets._search([("is_complaint", "=", True)])
            )
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or not any(self._ids):
            return result
        # sudo: only to know which complaints to check access on
        tickets = self.sudo().ticket_id.sudo(False)
        barred = tickets - tickets._filtered_access(
            "read" if operation == "read" else "write"
        )
        if barred:
            forbidden = self.sudo().filtered(lambda r: r.ticket_id in barred)
            Rule = self.env["ir.rule"]
            return forbidden.sudo(False), lambda: Rule._make_access_error(
                operation, forbidden.sudo(False)
            )
        return None
