"""complaint.return: what a regulator, or the public, is told of a period, as data."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import returns


class ComplaintReturn(models.Model):
    _name = "complaint.return"
    _description = "Regulator's Return"
    _complaint_privacy = "keep"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="If empty, all companies can make this return, each for its own "
        "complaints.",
    )
    regulator = fields.Char(
        translate=True, help="The body that receives the return, or the public."
    )
    source = fields.Char(
        translate=True,
        help="The act or handbook that demands it, with the section.",
    )
    source_url = fields.Char(string="Link to the Source")
    checked_on = fields.Date(
        string="Source Checked On",
        help="The day on which the definitions were last compared with the source. "
        "If empty, that has not been done yet.",
    )
    note = fields.Text(
        string="Notes",
        translate=True,
        help="What whoever prepares the return has to know, such as what these "
        "definitions leave out.",
    )
    period = fields.Selection(
        selection=[
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half_year", "Half-year"),
            ("year", "Year"),
        ],
        default="half_year",
        required=True,
    )
    first_month = fields.Selection(
        selection=[
            ("1", "January"),
            ("2", "February"),
            ("3", "March"),
            ("4", "April"),
            ("5", "May"),
            ("6", "June"),
            ("7", "July"),
            ("8", "August"),
            ("9", "September"),
            ("10", "October"),
            ("11", "November"),
            ("12", "December"),
        ],
        string="Reporting Year Starts In",
        help="Quarters and half-years are counted from this month.",
        default="1",
        required=True,
    )
    code_version = fields.Char(
        string="Version of the Codes",
        help="The version of the regulator's codes that is used. If empty, all codes of "
        "this return are, each in the time for which it is valid.",
    )
    smallest_number = fields.Integer(
        string="No Percentages Below",
        help="Percentages of fewer complaints than this are not shown, since they say "
        "little and may tell who complained. 0 shows all.",
    )
    line_ids = fields.One2many(
        comodel_name="complaint.return.line",
        inverse_name="return_id",
        string="Lines",
    )

    @api.constrains("line_ids")
    def _check_line_ids(self):
        for one in self:
            if not one.line_ids:
                raise ValidationError(
                    self.env._(
                        "The return “%(name)s” has no lines. Please add at least one, "
                        "such as the number of complaints received.",
                        name=one.name,
                    )
                )

    def copy(self, default=None):
        copies = super().copy(default)
        for one, copy in zip(self, copies, strict=True):
            copied = dict.fromkeys([one.line_ids.browse()], one.line_ids.browse())
            # shares last: they are of lines of the copy
            for line in one.line_ids.sorted(lambda line: line.measure == "share"):
                copied[line] = line.copy(
                    {
                        "return_id": copy.id,
                        "numerator_id": copied[line.numerator_id].id,
                        "denominator_id": copied[line.denominator_id].id,
                    }
                )
        # in the order of their sequence, not in that of their creation
        copies.invalidate_recordset(["line_ids"])
        return copies

    def copy_data(self, default=None):
        copies = super().copy_data(default)
        if "name" in (default or {}):
            return copies
        return [
            dict(vals, name=self.env._("%s (copy)", one.name))
            for one, vals in zip(self, copies, strict=True)
        ]

    def _period_before(self, day):
        """Return the first and the last date of the last full period before ``day``."""
        self.ensure_one()
        return returns.period_before(day, self.period, int(self.first_month))
