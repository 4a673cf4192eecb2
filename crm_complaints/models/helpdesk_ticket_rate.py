"""helpdesk.ticket, rating: how well the solution met the customer's wish."""

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.rating.models import rating_data


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "rating.mixin"]

    def _complaint_without_ratings(self):
        """Note that nobody has rated these yet, which were just made.

        Odoo would ask for it, with a query for each time that tickets are made.
        """
        field = self._fields["rating_last_value"]
        with self.env.protecting([field], self):
            self.rating_last_value = 0

    def _complaint_rating(self, partner=None):
        """Return the rating somebody gave this complaint, if he did.

        :param partner: res.partner; by default the customer
        """
        self.ensure_one()
        partner = partner or self.partner_id
        return (
            self.env["rating.rating"]
            .sudo()  # the customer's own words, on a complaint he may read
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("partner_id", "=", partner.id),
                    ("consumed", "=", True),
                ],
                limit=1,
            )
        )

    def _complaint_rate(self, value, words="", partner=None):
        """Note how the customer rates the solution; the second time he changes it.

        Whoever calls it has checked that it is the customer.

        :param int value: 5 fully, 3 partly, 1 not at all
        :param str words: plain text
        :param partner: res.partner who rates; by default the customer
        :raises UserError: where nothing has been resolved yet
        """
        self.ensure_one()
        if not self._complaint_can_rate():
            raise UserError(self.env._("Let us answer first, then tell us how well."))
        partner = partner or self.partner_id
        rating = self._complaint_rating(partner)
        if not rating:
            token = self._rating_get_access_token(partner)
            rating = rating.search([("access_token", "=", token)], limit=1)
        before = rating.consumed and rating.rating
        self.rating_apply(value, rating=rating, feedback=words)
        if value == rating_data.RATING_UNHAPPY_VALUE != before:
            self._complaint_ask_to_look(
                self.env._("The customer is not satisfied"),
                words or self.env._("He rated the solution: not at all."),
            )
        return rating
