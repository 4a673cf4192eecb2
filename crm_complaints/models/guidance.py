"""helpdesk.ticket, guidance: the next step, in one line."""

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..engine import dates, outcomes, phases


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_guide = fields.Html(
        related="stage_id.description", string="Guide", groups="base.group_user"
    )
    complaint_next_step = fields.Char(
        string="Next Step",
        groups="base.group_user",
        compute="_compute_complaint_next_step",
        help="What the complaint needs before it can go on.",
    )
    complaint_waiting = fields.Char(
        string="Waiting",
        groups="base.group_user",
        compute="_compute_complaint_waiting",
        help="Whether we are waiting for the customer or the customer for us, and "
        "since when.",
    )
    complaint_has_new_message = fields.Boolean(
        string="New Message from the Customer",
        groups="base.group_user",
        compute="_compute_complaint_waiting",
        help="The customer has written since our last message.",
    )
    complaint_is_unassigned = fields.Boolean(
        string="Unassigned",
        groups="base.group_user",
        compute="_compute_complaint_is_unassigned",
        help="The complaint is open and has no handler.",
    )

    @api.depends(
        "complaint_phase",
        "user_id",
        "complaint_acknowledged_by",
        "complaint_remedy_sought",
        "complaint_findings",
        "complaint_cause_id",
        "complaint_remedy_ids.state",
        "complaint_decision",
        "complaint_answer_by",
        "complaint_outcome",
    )
    def _compute_complaint_next_step(self):
        for ticket in self:
            ticket.complaint_next_step = " ".join(ticket._complaint_needs())

    @api.depends(
        "complaint_phase",
        "complaint_is_open",
        "complaint_received_at",
        "complaint_answered_at",
        "complaint_offer_count",
        "stage_id.complaint_pause",
        "message_ids",
    )
    def _compute_complaint_waiting(self):
        wrote = self._complaint_last_messages(by_customer=True)
        replied = self._complaint_last_messages(by_customer=False)
        for ticket in self:
            theirs = wrote.get(ticket._origin.id)
            ours = replied.get(ticket._origin.id)
            is_new = (
                bool(theirs)
                and theirs > (ours or ticket.complaint_received_at or theirs)
                and ticket.complaint_phase not in phases.ENDED
            )
            ticket.complaint_has_new_message = is_new
            ticket.complaint_waiting = False
            if is_new:
                ticket.complaint_waiting = ticket._complaint_customer_waits(theirs)
            elif not ticket.complaint_is_open:
                continue
            elif ticket.complaint_offer_count or (
                ticket.stage_id.complaint_pause and not ticket.complaint_answered_at
            ):
                ticket.complaint_waiting = self.env._(
                    "Waiting for customer since %(date)s",
                    date=ticket._complaint_short_date(
                        ours or ticket.last_stage_update or ticket.create_date
                    ),
                )
            else:
                ticket.complaint_waiting = ticket._complaint_customer_waits(
                    ticket.complaint_received_at or ticket.create_date
                )

    @api.depends("complaint_is_open", "user_id")
    def _compute_complaint_is_unassigned(self):
        for ticket in self:
            ticket.complaint_is_unassigned = (
                ticket.complaint_is_open and not ticket.user_id
            )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let lists be sorted by whether a complaint is unassigned, which is not stored."""
        if field_expr != "complaint_is_unassigned":
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        return SQL(
            "(%s AND %s IS NULL)",
            self._field_to_sql(alias, "complaint_is_open", query),
            self._field_to_sql(alias, "user_id", query),
        )

    def _complaint_customer_waits(self, since):
        return self.env._(
            "Waiting for us since %(date)s",
            date=self._complaint_short_date(since),
        )

    def _complaint_short_date(self, moment):
        if not moment:
            return ""
        here = fields.Datetime.context_timestamp(self, moment)
        return dates.short(here.date(), self.env.lang)

    def _complaint_last_messages(self, by_customer):
        """Return when the customer, or else we, last wrote, by the id of the complaint."""
        author = [("author_id.partner_share", "=", by_customer)]
        if by_customer:
            author = ["|", ("author_id", "=", False), *author]
        # sudo: only the date of messages of complaints that the user reads
        groups = (
            self.env["mail.message"]
            .sudo()
            ._read_group(
                [
                    ("model", "=", self._name),
                    ("res_id", "in", self._origin.ids),
                    ("message_type", "in", ("email", "comment", "email_outgoing")),
                    ("is_internal", "=", False),
                    ("subtype_id.internal", "=", False),
                    *author,
                ],
                ["res_id"],
                ["date:max"],
            )
        )
        return dict(groups)

    def _complaint_needs(self):
        """Hook: return what is needed next in the complaint's phase.

        :return: iterable of sentences
        """
        self.ensure_one()
        return {
            phases.RECEPTION: self._complaint_needs_at_reception,
            phases.HEARING: self._complaint_needs_at_hearing,
            phases.CALMING: self._complaint_needs_for_solution,
            phases.SOLUTION: self._complaint_needs_for_agreement,
            phases.AGREEMENT: self._complaint_needs_for_resolution,
            phases.FOLLOW_UP: self._complaint_needs_at_the_end,
        }.get(self.complaint_phase, list)()

    def _complaint_needs_at_reception(self):
        if not self.user_id:
            yield self.env._("Assign a handler.")
        elif not self.complaint_acknowledged_by:
            yield self.env._(
                "Acknowledge the complaint: the acknowledgement is outstanding."
            )
        else:
            yield self.env._(
                "Listen to the customer: call, or ask for what is missing."
            )

    def _complaint_needs_at_hearing(self):
        if not self.complaint_remedy_sought:
            yield self.env._("Ask for the customer's desired outcome, and record it.")
        else:
            yield self.env._("Once the customer has been heard, move on.")

    def _complaint_needs_for_solution(self):
        yield self.env._("Reassure the customer, then prepare a resolution.")

    def _complaint_needs_for_agreement(self):
        if self.complaint_offer_count:
            if self.complaint_answer_by:
                yield self.env._(
                    "The offer is with the customer, who was asked to reply by "
                    "%(date)s.",
                    date=format_date(self.env, self.complaint_answer_by),
                )
            else:
                yield self.env._("The offer is with the customer.")
            return
        if self.complaint_decision == "rejected":
            yield self.env._("The customer declined the offer. Ask what would help.")
        missing = [
            label
            for present, label in (
                (self.complaint_findings, self.env._("findings")),
                (self.complaint_cause_id, self.env._("root cause")),
                (self.complaint_draft_count, self.env._("at least one remedy")),
            )
            if not present
        ]
        if missing:
            yield self.env._("To send an offer, enter: %s.", ", ".join(missing))
        else:
            yield self.env._("Everything is ready: send the offer.")

    def _complaint_needs_for_resolution(self):
        if self.complaint_outcome not in outcomes.DECIDED:
            yield self.env._("Agreed. Enter the outcome and write the final response.")
        else:
            yield self.env._("Agreed. Write the final response.")

    def _complaint_needs_at_the_end(self):
        if self.complaint_outstanding_count:
            yield self.env._(
                "Complete the outstanding remedies, then make the follow-up call."
            )
        else:
            yield self.env._("Make the follow-up call.")
