"""res.company: complaint numbers, and settings of how complaints are answered."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

SEQUENCE_CODE = "helpdesk.ticket.complaint"
# The longest wait before a customer is asked for a rating: later they have forgotten.
LONGEST_RATING_DAYS = 30


class ResCompany(models.Model):
    _inherit = "res.company"

    complaint_acknowledge_automatically = fields.Boolean(
        string="Automatic Acknowledgement by E-mail", default=True
    )
    complaint_acknowledge_limit = fields.Integer(
        string="Acknowledgements per Hour",
        default=5,
        help="The maximum number of acknowledgements sent to one address within an "
        "hour. This prevents loops with automatic replies.",
    )
    complaint_reopen_days = fields.Integer(
        string="Reopening Period (Days)",
        default=30,
        help="A reply within this many days reopens a closed complaint. A later "
        "reply becomes a new complaint, linked to the earlier one.",
    )
    complaint_repeat_days = fields.Integer(
        string="Repeat Period (Days)",
        default=180,
        help="A complaint counts as a repeat if the same customer complained "
        "within this many days before it. Zero switches this off.",
    )
    complaint_attachment_limit = fields.Integer(
        string="Largest Attachment (MB)",
        default=25,
        help="Larger attachments are not saved, and a note on the complaint lists "
        "them.",
    )
    complaint_hear_first = fields.Boolean(
        string="Require Listening Before Solutions",
        default=True,
        help="Root causes and remedies cannot be entered before the customer "
        "has been heard.",
    )
    complaint_public_form = fields.Boolean(
        string="Public Complaint Form",
        default=True,
        help="Anyone can complain at /complaints/new, with or without giving their "
        "name.",
    )
    complaint_form_limit = fields.Integer(
        string="Web Complaints per Hour",
        default=20,
        help="The maximum number of complaints accepted from one IP address within "
        "an hour.",
    )
    complaint_link_days = fields.Integer(
        string="Link Validity (Days)",
        default=90,
        help="The tracking link in letters remains valid for this many days after "
        "the complaint is closed or withdrawn.",
    )
    complaint_rating_request = fields.Boolean(
        string="Rating Requests",
        default=True,
        help="Some days after the final response, the customer is asked once by "
        "e-mail to rate the solution.",
    )
    complaint_rating_delay = fields.Integer(
        string="Rating Request Delay (Days)",
        default=1,
        help="The customer is asked this many days after the final response.",
    )
    complaint_rating_reminder_days = fields.Integer(
        string="Rating Reminder Delay (Days)",
        default=5,
        help="The customer is reminded once, this many days after the request. With "
        "zero, no reminder is sent.",
    )

    @api.constrains(
        "complaint_acknowledge_limit",
        "complaint_reopen_days",
        "complaint_repeat_days",
        "complaint_attachment_limit",
        "complaint_form_limit",
        "complaint_link_days",
        "complaint_rating_delay",
        "complaint_rating_reminder_days",
    )
    def _check_complaint_limits(self):
        for company in self:
            if company.complaint_acknowledge_limit < 1:
                raise ValidationError(
                    self.env._(
                        "The number of acknowledgements per hour must be at least 1."
                    )
                )
            if company.complaint_reopen_days < 0:
                raise ValidationError(
                    self.env._(
                        "The reopening period cannot be negative. Please enter 0 "
                        "days or more."
                    )
                )
            if not 0 <= company.complaint_repeat_days <= 3650:
                raise ValidationError(
                    self.env._("The repeat period must be between 0 and 3650 days.")
                )
            if not 1 <= company.complaint_attachment_limit <= 1000:
                raise ValidationError(
                    self.env._(
                        "The size of the largest attachment must be between 1 and "
                        "1000 MB."
                    )
                )
            if company.complaint_form_limit < 1:
                raise ValidationError(
                    self.env._(
                        "The number of web complaints per hour must be at least 1."
                    )
                )
            if company.complaint_link_days < 1:
                raise ValidationError(
                    self.env._("The link validity must be at least one day.")
                )
            days = (
                company.complaint_rating_delay,
                company.complaint_rating_reminder_days,
            )
            if not all(0 <= number <= LONGEST_RATING_DAYS for number in days):
                raise ValidationError(
                    self.env._(
                        "The delays of the rating request and of the rating reminder "
                        "must be between 0 and 30 days."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._complaint_create_sequences()
        return companies

    def _complaint_create_sequences(self):
        """Give each company its own sequence for complaints, such as C/2026/00042."""
        # sudo: whoever may create a company need not be able to create sequences
        Sequence = self.env["ir.sequence"].sudo()
        present = Sequence.search(
            [("code", "=", SEQUENCE_CODE), ("company_id", "in", self.ids)]
        ).company_id
        Sequence.create(
            [
                {
                    "name": self.env._("Complaints"),
                    "code": SEQUENCE_CODE,
                    "prefix": "C/%(year)s/",
                    "padding": 5,
                    "company_id": company.id,
                }
                for company in self - present
            ]
        )

    def _complaint_next_numbers(self, count):
        """Draw numbers for ``count`` complaints, with one query for the whole batch.

        :param int count: how many
        :return: list of ``count`` numbers, unique within the company; ordinary ticket
            numbers where an administrator deleted the sequence, since a complaint is
            registered in any case
        """
        self.ensure_one()
        # sudo: handlers draw numbers, they do not read sequences
        sequence = (
            self.env["ir.sequence"]
            .sudo()
            .search_fetch(
                [
                    ("code", "=", SEQUENCE_CODE),
                    ("company_id", "in", [self.id, False]),
                ],
                order="company_id",
                limit=1,
            )
        )
        if not sequence:
            Ticket = self.env["helpdesk.ticket"]
            return [
                Ticket._prepare_ticket_number({"company_id": self.id})
                for _index in range(count)
            ]
        if sequence.use_date_range or sequence.implementation != "standard":
            return [sequence._next() for _index in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence.id:03d}",
                count,
            )
        )
        # the date in it is the same for all
        prefix, suffix = sequence._get_prefix_suffix()
        return [f"{prefix}{number:0{sequence.padding}d}{suffix}" for (number,) in rows]

    def _complaint_tz(self):
        """Return the name of the time zone by which the company counts its days."""
        # sudo: the time zone of a calendar is no secret
        return self.sudo().resource_calendar_id.tz or "UTC"

    def _complaint_today(self):
        """Return the day that the company has now."""
        return fields.Date.context_today(self.with_context(tz=self._complaint_tz()))
