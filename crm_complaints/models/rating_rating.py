"""rating.rating: ratings of a complaint are read by its readers."""

from odoo import api, models
from odoo.fields import Domain

from .complaint_gateway import TICKET


class RatingRating(models.Model):
    _inherit = "rating.rating"

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            # every employee reads ratings, those whom a complaint is about as well
            Ticket = self.env[TICKET].with_context(active_test=False)
            complaints = Domain("is_complaint", "=", True)
            domain = Domain(domain) & (
                Domain("res_model", "!=", TICKET)
                | Domain("res_id", "not in", Ticket.sudo()._search(complaints))
                | Domain("res_id", "in", Ticket._search(complaints))
            )
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not any(self._ids):
            return result
        # sudo: to know what they are about, before asking for it
        rated = self.sudo().filtered(lambda rating: rating.res_model == TICKET)
        tickets = self.env[TICKET].browse(rated.mapped("res_id")).exists()
        complaints = tickets.sudo().filtered("is_complaint").sudo(False)
        barred = complaints - complaints._filtered_access("read")
        if not barred:
            return result
        forbidden = rated.filtered(lambda rating: rating.res_id in barred.ids)
        forbidden = forbidden.sudo(False) | (result[0] if result else self.browse())
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(
            operation, forbidden
        )
