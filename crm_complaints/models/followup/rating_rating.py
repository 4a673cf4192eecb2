"""rating.rating: ratings of complaints follow their access, and cannot be changed."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from odoo.addons.rating.models import rating_data

from ..access.names import hide_names, readable
from ..core.constants import TICKET

COMPLAINT_RATINGS = [
    ("happy", "Satisfied"),
    ("partly", "Partly Satisfied"),
    ("unhappy", "Not Satisfied"),
]
# Core's value -> value on a complaint.
RATED = {"top": "happy", "ok": "partly", "ko": "unhappy"}
# The values of core that can be given.
VALUES = (
    rating_data.RATING_HAPPY_VALUE,
    rating_data.RATING_NEUTRAL_VALUE,
    rating_data.RATING_UNHAPPY_VALUE,
)
# What staff may write: their answer; core notes author and time.
_OURS = {"publisher_comment"}


class RatingRating(models.Model):
    _name = "rating.rating"
    _inherit = ["rating.rating", "complaint.field.access"]

    access_token = fields.Char(
        copy=False, complaint_privacy="forget", complaint_told=False
    )
    complaint_cycle = fields.Integer(
        string="Rated Solution",
        readonly=True,
        complaint_written_by="code",
        help="Which solution was rated: 0 the first, 1 the one after the "
        "first reopening, and so on.",
    )

    complaint_rating = fields.Selection(
        selection=COMPLAINT_RATINGS,
        string="Customer's Rating",
        compute="_compute_complaint_rating",
    )

    @api.model
    def _has_field_access(self, field, operation):
        if field.name == "access_token" and operation == "read" and not self.env.su:
            # whoever has the token rates as the customer
            return False
        return super()._has_field_access(field, operation)

    @api.depends("rating")
    def _compute_complaint_rating(self):
        for rating in self:
            text = rating_data._rating_to_text(rating.rating)
            rating.complaint_rating = RATED.get(text)

    def _compute_res_name(self):
        result = super()._compute_res_name()
        hide_names(self, "res_name")
        return result

    def _compute_parent_res_name(self):
        result = super()._compute_parent_res_name()
        hide_names(self, "parent_res_name", "parent_res_model", "parent_res_id")
        return result

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._complaint_refuse_forging()
        return ratings

    def write(self, vals):
        is_answer = vals.keys() <= _OURS
        if not is_answer:
            self._complaint_refuse_forging()
        result = super().write(vals)
        if not is_answer:
            self._complaint_refuse_forging()  # it may be a complaint's now
        return result

    def unlink(self):
        self._complaint_refuse_forging()
        return super().unlink()

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su:
            # core lets all employees read ratings, even the staff complained about
            domain = Domain(domain) & readable(self.env)
        return super()._search(domain, *args, **kwargs)

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not any(self._ids):
            return result
        complaints = self._complaint_rated()
        barred = complaints - complaints._filtered_access(
            "read" if operation == "read" else "write"
        )
        if not barred:
            return result
        forbidden = self.sudo().filtered(
            lambda rating: rating.res_model == TICKET and rating.res_id in barred.ids
        )
        forbidden = forbidden.sudo(False) | (result[0] if result else self.browse())
        return forbidden, lambda: self.env["ir.rule"]._make_access_error(
            operation, forbidden
        )

    def _complaint_rated(self):
        """Return the complaints of these ratings, without sudo."""
        # sudo: only to find the complaints, whose access is checked then
        rated = self.sudo().filtered(lambda rating: rating.res_model == TICKET)
        tickets = self.env[TICKET].browse(rated.mapped("res_id")).exists()
        return tickets.sudo().filtered("is_complaint").sudo(False)

    def _complaint_refuse_forging(self):
        """Refuse to create, change or delete ratings of complaints by hand.

        :raises AccessError: where one of these is a complaint's
        """
        if not self.env.su and self._complaint_rated():
            raise AccessError(
                self.env._("A customer's rating of a complaint cannot be changed.")
            )
