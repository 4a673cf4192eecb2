"""res.company: period and shares of revenue for the value classes of customers."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

_SETTINGS = (
    "complaint_value_months",
    "complaint_value_share_a",
    "complaint_value_share_b",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_value_months = fields.Integer(
        string="Revenue Period (Months)",
        default=12,
        help="A customer's value is calculated from the revenue of this many months.",
    )
    complaint_value_share_a = fields.Integer(
        string="Revenue Share of Class A (%)",
        default=80,
        help="The largest customers who together make this share of the "
        "revenue are class A.",
    )
    complaint_value_share_b = fields.Integer(
        string="Revenue Share of Classes A and B (%)",
        default=95,
        help="The next customers up to this share of the revenue are class "
        "B. All other customers with revenue are class C.",
    )

    @api.constrains(*_SETTINGS)
    def _check_complaint_value(self):
        for company in self:
            if not 1 <= company.complaint_value_months <= 120:
                raise ValidationError(
                    self.env._("The revenue period must be between 1 and 120 months.")
                )
            share_a = company.complaint_value_share_a
            if not 1 <= share_a <= company.complaint_value_share_b <= 100:
                raise ValidationError(
                    self.env._(
                        "The revenue share of class A must be at least 1%, and the "
                        "share of classes A and B must be between that of class A "
                        "and 100%."
                    )
                )

    def write(self, vals):
        before = {company: [company[name] for name in _SETTINGS] for company in self}
        result = super().write(vals)
        if any(
            [company[name] for name in _SETTINGS] != before[company] for company in self
        ):
            cron = self.env.ref(
                "crm_complaints_sale.ir_cron_complaint_value_class", False
            )
            if cron:
                cron.sudo()._trigger()  # sudo: whoever may change the settings
        return result
