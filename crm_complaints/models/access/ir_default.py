"""ir.default: nobody's own defaults tell what happened to messages and ratings.

Odoo lets every user keep defaults for any field, and takes them for what it creates in
sudo as well: dates and authors of messages, tokens of ratings.
"""

from odoo import SUPERUSER_ID, api, models

_NOTED = frozenset(
    {
        "mail.followers",
        "mail.mail",
        "mail.message",
        "mail.notification",
        "mail.tracking.value",
        "rating.rating",
    }
)


class IrDefault(models.Model):
    _inherit = "ir.default"

    @api.model
    def _get_model_defaults(self, model_name, condition=False):
        if model_name in _NOTED:
            # those that administrators set for everybody in this company
            company = self.env.company
            self = self.with_user(SUPERUSER_ID)
            if company:  # there is none without a user
                self = self.with_company(company)
        return super()._get_model_defaults(model_name, condition)
