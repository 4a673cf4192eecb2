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
        help="If empty, for the complaints of all companies.",
    )
    customer_text = fields.Text(
        string="Text for Customers",
        translate=True,
        help="As letters and the customer page say it: “We send you a new one.”",
    )
    immediate = fields.Boolean(
        string="No Action Needed",
        help="For an apology or an explanation: once it is accepted nothing "
        "is left to do, and it needs no date.",
    )
