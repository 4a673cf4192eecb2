"""complaint.policy: policies for the review; the ombudsman or ADR body of each."""

from odoo import api, fields, models

# First decision, and review (stage 2) by another person.
LEVELS = [("first", "First"), ("second", "Second")]


class ComplaintPolicy(models.Model):
    _inherit = "complaint.policy"

    body_id = fields.Many2one(
        comodel_name="res.partner",
        string="Outside Body",
        index="btree_not_null",
        ondelete="restrict",
        help="To whom letters of referral send the customer: name, address, phone, "
        "website and e-mail are this contact's.",
    )
    level = fields.Selection(
        selection=LEVELS,
        help="Second: once another person looks at the complaint afresh. Empty: both.",
    )

    @api.model
    def _fact_conditions(self):
        return {**super()._fact_conditions(), "level": "complaint_level"}
