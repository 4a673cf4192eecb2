"""Odoo's page for ratings: what its form cannot have sent is no error of the server."""

from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.rating.controllers.main import Rating

from ..models.followup.rating_rating import VALUES
from .complaint_form import text_of


class ComplaintRating(Rating):
    @route()
    def action_open_rating(self, token, rate, **kwargs):
        if rate not in VALUES:
            raise NotFound()
        return super().action_open_rating(token, rate, **kwargs)

    @route()
    def action_submit_rating(self, token, rate=0, **kwargs):
        if request.httprequest.method == "POST":
            rate = {str(value): value for value in VALUES}.get(str(rate))
            if not rate:
                raise NotFound()
            kwargs["feedback"] = text_of(kwargs, "feedback")
        return super().action_submit_rating(token, rate=rate, **kwargs)

    def _get_rating_and_record(self, token):
        if "\0" in token:  # which the database refuses
            raise NotFound()
        return super()._get_rating_and_record(token)
