"""helpdesk.ticket, guidance: the next step, in one line."""

from odoo import api, fields, models
from odoo.tools import format_date

from ..engine import outcomes, phases


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
            yield self.env._("Somebody has to take it: the customer wants a name.")
        elif not self.complaint_acknowledged_by:
            yield self.env._("Thank the customer: the receipt is not confirmed yet.")
        else:
            yield self.env._("Hear the customer out: call, or ask for what is missing.")

    def _complaint_needs_at_hearing(self):
        if not self.complaint_remedy_sought:
            yield self.env._("Ask what the customer would like, and note it as “Wish”.")
        else:
            yield self.env._("When everything is said, go on to calming.")

    def _complaint_needs_for_solution(self):
        yield self.env._("Once you can talk about facts, go on to the solution.")

    def _complaint_needs_for_agreement(self):
        if self.complaint_offer_count:
            if self.complaint_answer_by:
                yield self.env._(
                    "The offer is with the customer, who was asked to answer by "
                    "%(date)s.",
                    date=format_date(self.env, self.complaint_answer_by),
                )
            else:
                yield self.env._("The offer is with the customer.")
            return
        if self.complaint_decision == "rejected":
            yield self.env._("The offer does not suit. What would?")
        missing = [
            label
            for present, label in (
                (self.complaint_findings, self.env._("what you found")),
                (self.complaint_cause_id, self.env._("the cause")),
                (self.complaint_draft_count, self.env._("what you offer")),
            )
            if not present
        ]
        if missing:
            yield self.env._("To make an offer, enter: %s.", ", ".join(missing))
        else:
            yield self.env._("Everything is there: make the offer.")

    def _complaint_needs_for_resolution(self):
        if self.complaint_outcome not in outcomes.DECIDED:
            yield self.env._(
                "Agreed. Write the answer, with the outcome, and it is resolved."
            )
        else:
            yield self.env._("Agreed. Write the answer and it is resolved.")

    def _complaint_needs_at_the_end(self):
        if self.complaint_outstanding_count:
            yield self.env._("Keep what was promised, then ask whether it worked.")
        else:
            yield self.env._("Call some days later: did it work?")
