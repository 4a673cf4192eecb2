"""helpdesk.ticket, extension: a later deadline, by a letter with the reason."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine import milestones, promises, working_time
from .complaint_policy_target import terms_of


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_extension_ids = fields.One2many(
        comodel_name="complaint.extension",
        inverse_name="ticket_id",
        string="Extensions",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
    )
    complaint_extension_count = fields.Integer(
        string="Times Extended",
        groups="base.group_user",
        compute="_compute_complaint_extension_count",
    )

    @api.depends("complaint_extension_ids")
    def _compute_complaint_extension_count(self):
        for ticket in self:
            ticket.complaint_extension_count = len(ticket.complaint_extension_ids)

    def action_complaint_extend(self):
        """Open the wizard that extends the deadlines, with a letter for each.

        Complaints whose final response is not due are left out.

        :raises UserError: where it is due on none of them
        """
        self.check_access("write")
        tickets = self.filtered(lambda ticket: ticket._complaint_extendable())
        if not tickets:
            raise UserError(
                self.env._(
                    "This complaint has no open deadline for a final response that "
                    "could be extended."
                )
            )
        return {
            "name": self.env._("Extend Deadline"),
            "type": "ir.actions.act_window",
            "res_model": "complaint.extend",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_id": tickets[0].id,
                "default_ticket_ids": tickets.ids,
            },
        }

    def _complaint_extendable(self):
        """Return the open milestones for the answer, the one due first in front."""
        return self.complaint_milestone_ids.filtered(
            lambda row: (
                row.milestone == promises.RESOLVE and row.state in milestones.STARTED
            )
        ).sorted(lambda row: (row.deadline, row.id))

    def _complaint_latest_extension(self, milestone):
        """Return the latest moment to which a milestone may be extended, or False."""
        if not milestone.extension_delay:
            return False
        timetable = self.sudo()._complaint_timetable({}, [milestone.started_at])
        return timetable.deadline(
            milestone.started_at,
            milestone.extension_delay,
            milestone.delay_unit,
            milestone.working_time,
        )

    def _complaint_extend(self, milestone, date, reason, findings=""):
        """Extend a milestone to the end of a later day.

        :param milestone: an open one of this complaint
        :param date date: the day, in the team's time zone
        :param str reason: as told to the customer, plain text
        :param str findings: what is known so far, plain text
        :return: the complaint.extension
        :raises UserError: where the date is not later, in the past, or later than
            the policy allows; where the reason is empty
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: the clock's records are moved by its own methods only
        ticket, milestone = self.sudo(), milestone.sudo()
        if milestone not in ticket._complaint_extendable():
            raise UserError(
                self.env._(
                    "This milestone is no longer open, so its deadline cannot be "
                    "extended."
                )
            )
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "Please enter the reason for the extension. The customer will "
                    "read it in the letter."
                )
            )
        zone = working_time.zone(ticket.complaint_tz)
        deadline = working_time.end_of_day(date, zone)
        if deadline <= milestone.deadline or deadline <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "The new deadline must be in the future and later than the "
                    "current deadline."
                )
            )
        old_deadline = milestone.deadline
        timetable = ticket._complaint_timetable({}, [milestone.started_at, deadline])
        # customers are told one date: milestones for the answer due sooner follow it
        for row in ticket._complaint_extendable():
            if row.deadline < deadline:
                ticket._complaint_extend_to(row, date, deadline, timetable)
        extension = (
            self.env["complaint.extension"]
            .sudo()
            .create(
                {
                    "ticket_id": ticket.id,
                    "milestone_id": milestone.id,
                    "old_deadline": old_deadline,
                    "new_deadline": milestone.deadline,
                    "reason": reason,
                    "findings": findings,
                }
            )
        )
        ticket._complaint_settle_safely()
        return extension.sudo(False)

    def _complaint_extend_to(self, milestone, date, deadline, timetable):
        zone = working_time.zone(self.complaint_tz)
        latest = self._complaint_latest_extension(milestone)
        if latest:
            last_date = working_time.local_date(latest, zone)
            if date > last_date:
                raise UserError(
                    self.env._(
                        "Under the policy “%(policy)s”, the deadline can be extended "
                        "until %(date)s at the latest.",
                        policy=self.complaint_policy_id.name,
                        date=format_date(self.env, last_date),
                    )
                )
            deadline = min(deadline, latest)
        value = milestones.extend(
            milestone._to_value(),
            deadline,
            promises.warning(
                terms_of(milestone), milestone.started_at, deadline, timetable
            ),
        )
        milestone.write(milestone._from_value(value))
