"""complaint.restriction: contact restriction of a customer, and until when.

It limits contact, never registration: complaints are registered as always.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...engine import dates

PERSON, WRITING, TIMES, ANSWERED = "person", "writing", "times", "answered"
REVIEW_ACTIVITY = "crm_complaints.mail_activity_type_restriction_review"


class ComplaintRestriction(models.Model):
    _name = "complaint.restriction"
    _description = "Contact Restriction"
    _inherit = ["mail.thread", "mail.activity.mixin", "complaint.field.access"]
    _complaint_privacy = "contact"
    _order = "since desc, id desc"
    _rec_name = "partner_id"
    _complaint_written_by = "code"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        tracking=True,
        help="For a company, it applies to everybody who writes or calls on "
        "its behalf.",
        complaint_written_by="creator",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        complaint_written_by="creator",
    )
    reason = fields.Text(
        required=True,
        tracking=True,
        help="What happened, when, and what was tried before. The customer "
        "may ask to read it.",
    )
    measure = fields.Selection(
        selection=[
            (PERSON, "One Contact Person"),
            (WRITING, "In Writing Only"),
            (TIMES, "At Set Times Only"),
            (ANSWERED, "No Further Replies on Matters Already Answered"),
        ],
        string="Kind of Restriction",
        required=True,
        tracking=True,
    )
    contact_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Contact Person",
        help="The only colleague to whom the customer is to write or speak.",
        domain=[("share", "=", False)],
        ondelete="restrict",
        tracking=True,
    )
    times = fields.Char(
        string="Contact Times", tracking=True, help="Such as “Tuesdays, ten to twelve”."
    )
    since = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self),
        tracking=True,
    )
    until = fields.Date(
        string="Last Day",
        required=True,
        tracking=True,
        help="The restriction ends by itself after this day.",
    )
    review_date = fields.Date(
        required=True,
        tracking=True,
        help="The day to check whether it is still needed. Whoever approved "
        "it is reminded.",
    )
    ended_on = fields.Date(
        string="Ended Early On",
        readonly=True,
        copy=False,
        tracking=True,
        help="The day from which the restriction no longer applies.",
    )
    approved_by_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
        copy=False,
        complaint_told=False,
    )
    told_on = fields.Date(
        string="Customer Informed On",
        tracking=True,
        copy=False,
        help="When the customer was told in writing why, what it means for "
        "them, until when, and how they can object.",
    )
    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("in_force", "In Force"),
            ("ended", "Ended"),
        ],
        string="Status",
        compute="_compute_state",
        search="_search_state",
    )

    # ---------------------------------------------------
    # Computes and constraints
    # ---------------------------------------------------

    @api.depends("since", "until", "ended_on")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for restriction in self:
            ended = restriction.ended_on and restriction.ended_on <= today
            if ended or (restriction.until and restriction.until < today):
                restriction.state = "ended"
            elif restriction.since and restriction.since <= today:
                restriction.state = "in_force"
            else:
                restriction.state = "planned"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        ended = Domain("until", "<", today) | Domain("ended_on", "<=", today)
        by_state = {
            "planned": ~ended & Domain("since", ">", today),
            "in_force": ~ended & Domain("since", "<=", today),
            "ended": ended,
        }
        return Domain.OR(by_state[state] for state in value if state in by_state)

    @api.constrains("since", "until", "review_date")
    def _check_dates(self):
        for restriction in self:
            if restriction.until < restriction.since:
                raise ValidationError(
                    self.env._(
                        "The last day of the restriction is before its first day. "
                        "Please correct the dates."
                    )
                )
            if not restriction.since <= restriction.review_date <= restriction.until:
                raise ValidationError(
                    self.env._(
                        "The review date must be between the first and the last day of "
                        "the restriction."
                    )
                )

    @api.constrains("measure", "contact_user_id", "times")
    def _check_measure(self):
        for restriction in self:
            if restriction.measure == PERSON and not restriction.contact_user_id:
                raise ValidationError(self.env._("Please enter the contact person."))
            if restriction.measure == TIMES and not (restriction.times or "").strip():
                raise ValidationError(
                    self.env._(
                        "Please enter the times at which the customer can contact you."
                    )
                )

    @api.constrains("partner_id")
    def _check_partner(self):
        for restriction in self:
            # sudo: which of the contacts are colleagues
            users = restriction.partner_id.sudo().user_ids
            if any(user._is_internal() for user in users):
                raise ValidationError(
                    self.env._(
                        "This contact is a colleague. Only contact with customers can "
                        "be restricted."
                    )
                )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        restrictions = super().create(vals_list)
        restrictions._plan_review()
        return restrictions

    def write(self, vals):
        result = super().write(vals)
        if {"review_date", "ended_on", "until", "since"} & vals.keys():
            self._plan_review()
        return result

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_end(self):
        """End these restrictions today, before their last day."""
        self.check_access("write")
        # sudo: its end is noted by this method alone; access checked above
        self.sudo().filtered(lambda some: some.state != "ended").write(
            {"ended_on": fields.Date.context_today(self)}
        )
        return True

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _plan_review(self):
        """Plan one activity for the approver on the review date, unless it ended."""
        self.activity_unlink([REVIEW_ACTIVITY])
        for restriction in self.filtered(lambda some: some.state != "ended"):
            restriction.activity_schedule(
                REVIEW_ACTIVITY,
                date_deadline=restriction.review_date,
                user_id=restriction.approved_by_id.id,
            )

    def _describe(self):
        """Return one line for whoever is about to contact the customer."""
        self.ensure_one()
        date = dates.written_out(self.until, self.env.lang)
        if self.measure == PERSON:
            return self.env._(
                "Until %(date)s, only %(name)s is in contact with %(customer)s.",
                # sudo: a colleague's name
                name=self.contact_user_id.sudo().name,
                customer=self.partner_id.name,
                date=date,
            )
        if self.measure == WRITING:
            return self.env._(
                "Until %(date)s, contact with %(customer)s is in writing only.",
                customer=self.partner_id.name,
                date=date,
            )
        if self.measure == TIMES:
            return self.env._(
                "Until %(date)s, contact with %(customer)s is at set times only "
                "(%(times)s).",
                customer=self.partner_id.name,
                times=self.times,
                date=date,
            )
        return self.env._(
            "Until %(date)s, %(customer)s receives no further replies on matters "
            "already answered. New matters are answered as usual.",
            customer=self.partner_id.name,
            date=date,
        )
