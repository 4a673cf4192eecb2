"""res.country: the codes of countries in front of phone numbers."""

from odoo import api, models
from odoo.tools import ormcache


class ResCountry(models.Model):
    _inherit = "res.country"

    @api.model
    @ormcache(cache="stable")
    def _complaint_phone_codes(self):
        """Return the codes, as a frozenset of strings such as "32"."""
        # sudo: they are no secret
        countries = self.sudo().search_fetch([], ["phone_code"])
        return frozenset(str(code) for code in countries.mapped("phone_code") if code)
