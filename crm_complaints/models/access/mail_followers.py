"""mail.followers: who follows a complaint is for those who may read it.

Odoo lets all employees read followers, and by them who complains.
"""

from odoo import models
from odoo.fields import Domain

from ..core.constants import TICKET
from .names import readable


class MailFollowers(models.Model):
    _inherit = "mail.followers"

    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            domain = Domain(domain) & readable(self.env)
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if result or self.env.su or not any(self._ids):
            return result
        # sudo: only what they follow, whose access is checked then
        places = {one: one.res_id for one in self.sudo() if one.res_model == TICKET}
        complaints = self.env["mail.message"]._complaint_among(
            (TICKET, res_id) for res_id in places.values()
        )
        tickets = self.env[TICKET].browse(complaints)
        barred = set((tickets - tickets._filtered_access("read"))._ids)
        forbidden = self.browse(
            one.id for one, res_id in places.items() if res_id in barred
        )
        if not forbidden:
            return None
        Rule = self.env["ir.rule"]
        return forbidden, lambda: Rule._make_access_error(operation, forbidden)
