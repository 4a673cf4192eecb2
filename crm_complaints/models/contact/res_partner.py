"""res.partner, language: open complaints get the language of their customer."""

from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        before = (
            {partner: partner.lang for partner in self.sudo()}  # for comparing only
            if "lang" in vals
            else {}
        )
        result = super().write(vals)
        changed = {p: lang for p, lang in before.items() if p.lang != lang}
        if changed:
            self.env["helpdesk.ticket"]._complaint_customers_speak(changed)
        return result
