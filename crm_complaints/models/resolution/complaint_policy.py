"""complaint.policy: policies for the review; the ombudsman or ADR body of each."""

from odoo import api, fields, models

# First decision, and review (stage 2) by another person.
LEVELS = [("first", "First"), ("second", "Second")]


class ComplaintPolicy(models.Model):
    _inherit = "complaint.policy"

    body_id = fields.Many2one(
        comodel_name="res.partner",
        string="Ombudsman or ADR Body",
        index="btree_not_null",
        ondelete="restrict",
        help="The body named in letters of referral, with this contact's "
        "address, phone, website and e-mail.",
    )
    level = fields.Selection(
        selection=LEVELS,
        help="Second applies once a complaint is in review (stage 2). If empty, both.",
    )

    @api.model
    def _fact_conditions(self):
        return {**super()._fact_conditions(), "level": "complaint_level"}
