"""complaint.policy: policies for the review; the ombudsman or ADR body of each."""

from odoo import api, fields, models

# First decision, and review (stage 2) by another person.
LEVELS = [("first", "First Stage"), ("second", "Review (Stage 2)")]


class ComplaintPolicy(models.Model):
    _inherit = "complaint.policy"

    body_id = fields.Many2one(
        comodel_name="res.partner",
        string="Ombudsman or ADR Body",
        index="btree_not_null",
        ondelete="restrict",
        help="The body that letters of referral name, with the address, phone number, "
        "website and e-mail address of this contact.",
    )
    level = fields.Selection(
        selection=LEVELS,
        string="Review Stage",
        help="“Review (Stage 2)” applies once a complaint is in review. If empty, the "
        "policy applies to both stages.",
    )

    @api.model
    def _fact_conditions(self):
        return {**super()._fact_conditions(), "level": "complaint_level"}
