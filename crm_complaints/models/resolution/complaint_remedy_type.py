"""complaint.remedy.type: types of remedies, such as an apology or a refund."""

from odoo import fields, models


class ComplaintRemedyType(models.Model):
    _name = "complaint.remedy.type"
    _description = "Remedy Type"
    _complaint_privacy = "keep"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="If empty, it applies to the complaints of all companies.",
    )
    customer_text = fields.Text(
        string="Text for Customers",
        translate=True,
        help="The wording used in letters and on the customer page, such as “We will "
        "send you a new one.”",
    )
    immediate = fields.Boolean(
        string="No Action Needed",
        help="For an apology or an explanation: once the customer accepts it, nothing "
        "is left to do, so it needs no due date.",
    )
