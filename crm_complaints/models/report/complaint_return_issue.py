"""complaint.return.issue: what is missing for a filing, and the complaints that miss it."""

from odoo import fields, models


class ComplaintReturnIssue(models.Model):
    _name = "complaint.return.issue"
    _description = "Open Point of a Return"
    _inherit = ["complaint.return.counted"]
    _complaint_privacy = "keep"
    _order = "filing_id, id"

    filing_id = fields.Many2one(
        comodel_name="complaint.return.filing",
        required=True,
        ondelete="cascade",
        index=True,
    )
    name = fields.Text(string="Open Point", required=True)
    complaint_count = fields.Integer(string="Complaints")
