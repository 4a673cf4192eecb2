"""res.company: settings of early warnings."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_warning = fields.Boolean(
        string="Early Warnings",
        default=True,
        help="Every day, the last seven days of each root cause, category, place and "
        "team are compared with the weeks before.",
    )
    complaint_warning_level = fields.Integer(
        string="One False Warning In",
        default=20,
        help="With 20, about one warning in 20 is by chance alone. A higher number "
        "means fewer and later warnings.",
    )
    complaint_warning_weeks = fields.Integer(
        string="Weeks of Comparison",
        default=26,
        help="The number of weeks before, by which the usual number of complaints is "
        "measured.",
    )
    complaint_warning_minimum = fields.Integer(
        string="Fewest Complaints",
        default=3,
        help="No warning is given for fewer complaints than this in seven days.",
    )

    @api.constrains(
        "complaint_warning_level",
        "complaint_warning_weeks",
        "complaint_warning_minimum",
    )
    def _check_complaint_warning(self):
        for company in self:
            if not 2 <= company.complaint_warning_level <= 100_000:
                raise ValidationError(
                    self.env._(
                        "The warnings of which one is false must be between 2 and "
                        "100,000."
                    )
                )
            if not 4 <= company.complaint_warning_weeks <= 104:
                raise ValidationError(
                    self.env._("The weeks of comparison must be between 4 and 104.")
                )
            if not 2 <= company.complaint_warning_minimum <= 1000:
                raise ValidationError(
                    self.env._(
                        "The fewest complaints of a warning must be between 2 and 1000."
                    )
                )
