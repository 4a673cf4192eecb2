"""res.company: the retention period of complaints."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_retention_months = fields.Integer(
        string="Retention Period (Months)",
        # off until somebody decides: erased data cannot be restored
        default=0,
        help="Personal data of a complaint are erased this many months after it is "
        "closed or withdrawn. Its figures remain. With zero, the data are kept "
        "indefinitely. Many regulators require at least 36 months.",
    )

    @api.constrains("complaint_retention_months")
    def _check_complaint_retention_months(self):
        if any(not 0 <= company.complaint_retention_months <= 1200 for company in self):
            raise ValidationError(
                self.env._(
                    "The retention period must be between 0 and 1200 months. With 0, "
                    "complaints are kept indefinitely."
                )
            )
