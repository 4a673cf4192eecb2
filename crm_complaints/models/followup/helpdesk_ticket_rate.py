"""helpdesk.ticket, ratings: how well the solution met the desired outcome."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from odoo.addons.rating.models import rating_data

from ...engine import phases, plain_text
from ..portal import tracking_link
from .rating_rating import COMPLAINT_RATINGS, RATED

_FACES = {"happy": "😊", "partly": "😐", "unhappy": "😞"}


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "rating.mixin"]

    rating_last_value = fields.Float(
        string="Rating",
        help="The last rating of the current solution: 5 satisfied, 3 partly "
        "satisfied, 1 not satisfied, 0 not rated.",
        complaint_written_by="code",
    )
    complaint_rating = fields.Selection(
        selection=COMPLAINT_RATINGS,
        string="Customer's Rating",
        groups="base.group_user",
        compute="_compute_complaint_rating",
        store=True,
        help="The customer's last answer to the question whether the solution gave the "
        "result they wanted.",
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_rating_ids = fields.One2many(
        comodel_name="rating.rating",
        inverse_name="res_id",
        string="Customer Ratings",
        domain=[("res_model", "=", "helpdesk.ticket"), ("consumed", "=", True)],
        bypass_search_access=True,
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
    )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    def _complaint_created(self):
        super()._complaint_created()
        self._complaint_without_ratings()

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_answer_rating(self):
        """Open the wizard that answers the customer's rating.

        :raises UserError: where they have not rated
        """
        self.ensure_one()
        self.check_access("write")
        if not self._complaint_counting_ratings():
            raise UserError(self.env._("The customer has not rated the solution yet."))
        return {
            "name": self.env._("Reply to Rating"),
            "type": "ir.actions.act_window",
            "res_model": "complaint.rating.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    # ---------------------------------------------------
    # Which rating counts
    # ---------------------------------------------------

    # not on is_complaint: a change of handler would recompute it
    @api.depends("complaint_reopened_count", "complaint_resolved_at")
    def _compute_rating_last_value(self):
        """For complaints, use the last rating of the current solution."""
        complaints = self.filtered("is_complaint")
        others = self - complaints
        result = super(HelpdeskTicket, others)._compute_rating_last_value()
        counting = complaints._complaint_counting_ratings()
        for complaint in complaints:
            rating = counting.get(complaint._origin.id)
            complaint.rating_last_value = rating.rating if rating else 0
        return result

    @api.depends("is_complaint", "rating_last_value")
    def _compute_complaint_rating(self):
        for ticket in self:
            text = rating_data._rating_to_text(ticket.rating_last_value)
            ticket.complaint_rating = ticket.is_complaint and RATED.get(text)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        select = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec == "rating_last_value:avg":
            # zero means not rated, and is left out of averages
            field = self._fields["rating_last_value"]
            column = SQL.identifier(self._table, field.name, to_flush=field)
            select = SQL("AVG(NULLIF(%s, 0))", column)
        return select

    def _complaint_counting_ratings(self):
        """Return the rating that counts, of each complaint that has one.

        It is the last one of the current solution; for reopened complaints, which have
        none, the last one of all.

        :return: dict ticket id -> rating.rating, in sudo
        """
        # sudo: the result is stored for all who may read the complaint
        Rating = self.env["rating.rating"].sudo()
        if not self.ids:
            return {}
        tickets = {ticket._origin.id: ticket for ticket in self}
        found = {}
        # not by write_date, which our answer to a rating changes
        for rating in Rating.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", list(tickets)),
                ("consumed", "=", True),
            ],
            order="id",
        ):
            ticket = tickets[rating.res_id]
            is_current = rating.complaint_cycle == ticket.complaint_reopened_count
            if is_current or not ticket.complaint_resolved_at:
                found[ticket._origin.id] = rating
        return found

    def _complaint_expected_at_the_end(self):
        if not self.rating_last_value:
            return self.env._(
                "Please tell us below: did the solution give the result you wanted?"
            )
        return super()._complaint_expected_at_the_end()

    def _complaint_without_ratings(self):
        """Set the rating of new complaints to none, which saves Odoo a query."""
        field = self._fields["rating_last_value"]
        with self.env.protecting([field], self):
            self.rating_last_value = 0

    def _complaint_rating(self, partner=None):
        """Return somebody's rating of the current solution, if there is one.

        :param partner: res.partner; by default the customer
        """
        self.ensure_one()
        partner = partner or self.partner_id
        return (
            self.env["rating.rating"]
            .sudo()  # the customer's own words, on a complaint they may read
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("partner_id", "=", partner.id),
                    ("consumed", "=", True),
                    ("complaint_cycle", "=", self.complaint_reopened_count),
                ],
                order="id desc",
                limit=1,
            )
        )

    # ---------------------------------------------------
    # Rating
    # ---------------------------------------------------

    def _complaint_can_rate(self):
        """Tell whether there is a resolution that can be rated."""
        return self.complaint_phase in phases.RESOLVED

    def _complaint_rate(self, value, words="", partner=None):
        """Add the customer's rating of the solution; earlier ones stay.

        The caller has checked that it is the customer.

        :param int value: 5 fully, 3 partly, 1 not at all
        :param str words: plain text
        :param partner: res.partner who rates; by default the customer
        :return: rating.rating
        :raises UserError: where nothing has been resolved yet
        """
        self.ensure_one()
        if not self._complaint_can_rate():
            raise UserError(
                self.env._("You can rate the solution once you have our answer.")
            )
        partner = partner or self.partner_id
        words = words.strip()
        before = self._complaint_rating(partner)
        if before and (before.rating, before.feedback or "") == (value, words):
            return before
        values = {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "partner_id": partner.id,
            "rated_partner_id": self._rating_get_operator().id,
            "rating": value,
            "feedback": words,
            "consumed": True,
            "complaint_cycle": self.complaint_reopened_count,
            "is_internal": False,
        }
        # sudo: users have no rights to rate; the caller has checked who it is
        rating = self.env["rating.rating"].sudo().create(values)
        self._complaint_post_rating(rating)
        self._complaint_drop_rating()
        if self.complaint_rating == "unhappy":
            self._complaint_not_satisfied(rating)
        return rating

    def _complaint_post_rating(self, rating):
        """Post a rating in the chatter, as a message of the customer.

        It is not linked to the message, so that deleting that keeps the rating.
        """
        kind = RATED[rating_data._rating_to_text(rating.rating)]
        text = {
            "happy": self.env._("The solution fully gave the result I wanted."),
            "partly": self.env._("The solution partly gave the result I wanted."),
            "unhappy": self.env._("The solution did not give the result I wanted."),
        }[kind]
        body = Markup("<p>%s %s</p>") % (_FACES[kind], text)
        if rating.feedback:
            body += plain_text.as_html(rating.feedback)
        self.with_context(
            mail_post_autofollow_author_skip=True, mail_post_autofollow=False
        ).message_post(
            body=body,
            message_type="comment",
            subtype_id=self._rating_apply_get_default_subtype_id(),
            **self._complaint_author(rating.partner_id),
        )

    def _complaint_not_satisfied(self, rating):
        """Follow up a low rating: call today, or have somebody look at it.

        No second activity where the responsible person makes the call.
        """
        summary = self.env._("The customer is not satisfied")
        note = rating.feedback or self.env._(
            "The customer's rating is “Not at all”, without a comment."
        )
        self._complaint_follow_up_today(summary, note)
        calls = self._complaint_planned_calls()[0].filtered(
            lambda call: (
                call.summary == summary
                and call.user_id == self.complaint_responsible_id
            )
        )
        if not calls:
            self._complaint_ask_to_look(summary, note)

    def _complaint_end_links(self):
        super()._complaint_end_links()
        ratings = self.env["rating.rating"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
        for rating in ratings:
            rating.access_token = rating._default_access_token()

    def _rating_get_access_token(self, partner=None):
        token = super()._rating_get_access_token(partner)
        # sudo: only whether it is a complaint
        if tracking_link.is_draft(self.env) and self.sudo().is_complaint:
            return tracking_link.RATING_PLACEHOLDER
        return token

    def _complaint_customer_tokens(self):
        return {
            **super()._complaint_customer_tokens(),
            tracking_link.RATING_PLACEHOLDER: self._rating_get_access_token,
        }

    # ---------------------------------------------------
    # Core's ways of rating, restricted to the customer
    # ---------------------------------------------------

    def rating_apply(
        self,
        rate,
        token=None,
        rating=None,
        feedback=None,
        subtype_xmlid=None,
        notify_delay_send=False,
    ):
        """Rate; for a complaint, as the customer does on the customer page.

        Core's rating page, which has checked the token, calls this.

        :raises AccessError: where a colleague rates a complaint
        :raises UserError: where it cannot be rated, or no longer
        """
        if len(self) != 1 or not self.sudo().is_complaint:
            return super().rating_apply(
                rate,
                token=token,
                rating=rating,
                feedback=feedback,
                subtype_xmlid=subtype_xmlid,
                notify_delay_send=notify_delay_send,
            )
        user = self.env.user
        if not self.env.su or (user._is_internal() and not user._is_superuser()):
            raise AccessError(self.env._("Only the customer can rate a complaint."))
        asked = rating or self.env["rating.rating"].search(
            [("access_token", "=", token), ("access_token", "!=", False)], limit=1
        )
        if (asked.res_model, asked.res_id) != (self._name, self.id):
            raise UserError(
                self.env._(
                    "This link belongs to another complaint. Please open the link in "
                    "our last e-mail."
                )
            )
        if self.complaint_phase in phases.ENDED and self._complaint_link_ended():
            raise UserError(
                self.env._("This link is no longer valid. Please write to us.")
            )
        if rating_data._rating_to_text(rate) not in RATED:
            raise UserError(self.env._("Please choose one of the answers."))
        return self._complaint_rate(rate, feedback or "", asked.partner_id)

    def message_post(self, **kwargs):
        # sudo: only whether it is a complaint
        if {"rating_value", "rating_id"} & kwargs.keys() and self.sudo().is_complaint:
            # a message of any author would count as the customer's rating
            kwargs = {
                name: value
                for name, value in kwargs.items()
                if name not in ("rating_value", "rating_id")
            }
        return super().message_post(**kwargs)

    def _message_update_content(self, message, /, *, rating_value=None, **kwargs):
        if self.sudo().is_complaint:  # sudo: as above
            rating_value = None
        return super()._message_update_content(
            message, rating_value=rating_value, **kwargs
        )
