"""Odoo's page for ratings: what its form cannot have sent is no error of the server.

For complaints it is guarded as the customer's page is: servers that check the links in
mails open it and send its form at once.
"""

from werkzeug.exceptions import NotFound

from odoo import fields
from odoo.http import request, route

from odoo.addons.rating.controllers.main import Rating

from ..models.followup.rating_rating import VALUES
from .complaint_form import QUICKEST, hidden, remember, speak, text_of
from .complaints import SHORTLY

# In the session: when this visitor opened the page of a rating, and what they rated.
_OPENED, _RATED = "complaint_rating_opened", "complaint_rating_given"


class ComplaintRating(Rating):
    @route()
    def action_open_rating(self, token, rate, **kwargs):
        if rate not in VALUES:
            raise NotFound()
        rating, record = self._get_rating_and_record(token)
        remember(_OPENED, rating, self._now())
        user = request.env.user
        if not self._is_of_complaint(rating, record) or (
            not user._is_public()
            and user.partner_id.commercial_partner_id
            != rating.partner_id.commercial_partner_id
        ):
            return super().action_open_rating(token, rate, **kwargs)
        values = {"token": token, "rate": rate, "feedback": rating.feedback}
        return self._page("crm_complaints.rating_page", rating, record, values)

    @route()
    def action_submit_rating(self, token, rate=0, **kwargs):
        if request.httprequest.method == "POST":
            rate = {str(value): value for value in VALUES}.get(str(rate))
            if not rate:
                raise NotFound()
            kwargs["feedback"] = text_of(kwargs, "feedback")
            rating, record = self._get_rating_and_record(token)
            if self._is_asked_again(rating, record, rate):
                values = {"token": token, "rate": rate, "feedback": kwargs["feedback"]}
                values["again"] = True
                return self._page(
                    "crm_complaints.rating_page", rating, record, values, 409
                )
            remember(_RATED, rating, rate)
        response = super().action_submit_rating(token, rate=rate, **kwargs)
        rating, record = self._get_rating_and_record(token)
        if not self._is_of_complaint(rating, record):
            return response
        return self._page("crm_complaints.rating_thanks", rating, record)

    def _page(self, template, rating, complaint, values=(), status=200):
        """Show a page of ours, in the customer's language."""
        lang = rating.partner_id.lang or complaint.complaint_lang or request.env.lang
        speak(template, lang)
        complaint = complaint.with_context(lang=request.env.lang)
        values = {
            "complaint": complaint,
            "desk": complaint.company_id,
            **dict(values),
        }
        return hidden(request.render(template, values, status=status))

    @staticmethod
    def _is_of_complaint(rating, record):
        return rating.res_model == "helpdesk.ticket" and record.is_complaint

    def _get_rating_and_record(self, token):
        if "\0" in token:  # which the database refuses
            raise NotFound()
        return super()._get_rating_and_record(token)

    @staticmethod
    def _now():
        return int(fields.Datetime.now().timestamp())

    def _is_asked_again(self, rating, record, rate):
        """Tell whether a rating may be a robot's, and has to be sent once more.

        So it is where the page was opened this moment, and where another visitor gave
        another answer shortly before.
        """
        if (
            not self._is_of_complaint(rating, record)
            or not request.env.user._is_public()
        ):
            return False
        opened = request.session.get(_OPENED, {}).get(str(rating.id), self._now())
        if self._now() - opened < QUICKEST:
            remember(_OPENED, rating, opened)
            return True
        given = record._complaint_rating(rating.partner_id)
        own = request.session.get(_RATED, {}).get(str(rating.id))
        if own or not given or given.rating == rate:
            return False
        if given.create_date < fields.Datetime.now() - SHORTLY:
            return False
        # sent once more it counts
        remember(_RATED, rating, rate)
        return True
