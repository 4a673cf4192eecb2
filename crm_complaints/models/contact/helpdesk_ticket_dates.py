"""helpdesk.ticket, dates in letters: written out, in the language of the letter.

The fields are placeholders: whoever words a letter chooses them in the template's editor.
"""

from datetime import date, datetime

from odoo import api, fields, models

from ...engine import dates, working_time


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_received_day = fields.Char(
        string="Received (Written Out)",
        groups="base.group_user",
        compute="_compute_complaint_days",
        help="The date of receipt as stated in letters, such as “2 March 2026”.",
        complaint_told=False,
    )
    complaint_letter_day = fields.Char(
        string="Letter Date (Written Out)",
        groups="base.group_user",
        compute="_compute_complaint_days",
        help="The date on the customer's letter as stated in our letters. Without "
        "it, this is the date of receipt.",
        complaint_told=False,
    )
    complaint_due_day = fields.Char(
        string="Final Response Deadline (Written Out)",
        groups="base.group_user",
        compute="_compute_complaint_due_day",
        help="The deadline of the final response as stated in letters. It is empty "
        "if there is no deadline or if the deadline has passed.",
        complaint_told=False,
    )

    @api.depends("complaint_received_at", "complaint_letter_date", "complaint_tz")
    @api.depends_context("lang")
    def _compute_complaint_days(self):
        for ticket in self:
            received = ticket._complaint_date(ticket.complaint_received_at)
            ticket.complaint_received_day = received
            ticket.complaint_letter_day = (
                ticket._complaint_day(ticket.complaint_letter_date) or received
            )

    @api.depends("complaint_promised_at", "complaint_tz")
    @api.depends_context("lang")
    def _compute_complaint_due_day(self):
        for ticket in self:
            ticket.complaint_due_day = ticket._complaint_date(
                ticket.complaint_promised_at
            )

    @api.model
    def mail_allowed_qweb_expressions(self):
        return (
            *super().mail_allowed_qweb_expressions(),
            "object.number",
            "object.team_id.name",
            "object.company_id.name",
            "object.complaint_greeting_name",
            "object.complaint_received_day",
            "object.complaint_letter_day",
            "object.complaint_due_day",
        )

    def _complaint_date(self, moment):
        """Return the day of a moment as letters name it, in the complaint's time zone."""
        if not moment:
            return ""
        zone = working_time.zone(self.complaint_tz)
        return self._complaint_day(working_time.local_date(moment, zone))

    def _complaint_day(self, day):
        """Return a date as letters name it."""
        return dates.written_out(day, self.env.lang) if day else ""

    def _complaint_dates_written_out(self, value):
        """Return a value of a letter with the dates in it written out."""
        if isinstance(value, datetime):
            return self._complaint_date(value)
        if isinstance(value, date):
            return self._complaint_day(value)
        if isinstance(value, list):
            return list(map(self._complaint_dates_written_out, value))
        if isinstance(value, dict):
            return {
                name: self._complaint_dates_written_out(some)
                for name, some in value.items()
            }
        return value
