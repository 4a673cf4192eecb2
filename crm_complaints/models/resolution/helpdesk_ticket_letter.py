"""helpdesk.ticket, letters: what was found, offered and decided, as letters say it."""

from odoo import fields, models

from ...engine import phases, promises

# what a letter lists of the remedies
_LISTED_STATES = ("draft", "proposed", "accepted", "done")
# Accepted by the end of this working day after the receipt, a short letter will do
# (FCA, DISP 1.5.4R).
SUMMARY_DAYS = 3


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_propose(self):
        """Open the letter that offers the remedies entered on the complaint.

        :raises UserError: saying what is missing
        """
        self.check_access("write")
        self._complaint_check_offer()
        return self.with_context(
            complaint_letter_kind="offer"
        ).action_complaint_letter()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_letter_facts(self):
        return {
            **super()._complaint_letter_facts(),
            "evidence": self.complaint_evidence,
            "findings": self.complaint_findings,
            "cause": self.complaint_cause_id.customer_text,
            "reason": self.complaint_reason,
            "change": self.complaint_corrective_action,
            "outcome": self.complaint_outcome,
            "answer_by": self.complaint_answer_by,
            **self._complaint_letter_remedies(),
        }

    def _complaint_letter_remedies(self):
        """Return the remedies of a letter: what the customer gets, and what they choose from."""
        self.ensure_one()
        rows = {"remedies": [], "choices": []}
        remedies = self.complaint_remedy_ids.filtered(
            lambda remedy: remedy.state in _LISTED_STATES
        )
        for remedy in remedies:
            open_choice = remedy.alternative and remedy.state in ("draft", "proposed")
            rows["choices" if open_choice else "remedies"].append(
                {
                    "text": (remedy.text or "").rstrip(". "),
                    "date": remedy.promised_date,
                    "done_at": remedy.state == "done"
                    and not remedy.type_id.immediate
                    and remedy.done_at,
                }
            )
        if len(rows["choices"]) == 1:
            # nothing to choose from
            rows["remedies"] += rows.pop("choices")
            rows["choices"] = []
        return rows

    def _complaint_is_summary(self):
        """Tell whether the customer accepted so quickly that a short letter will do."""
        self.ensure_one()
        accepted_at = (
            self.complaint_decision == "accepted" and self.complaint_decided_at
        )
        received_at = self.complaint_received_at
        if not accepted_at or not received_at:
            return False
        # sudo: the hours of the team, whoever may read calendars
        reader = self.sudo()._complaint_reader({}, [received_at])
        return accepted_at <= reader.deadline(
            received_at, SUMMARY_DAYS, "day", working_time=True
        )

    def _complaint_second_look_terms(self):
        """Return what a letter promises that goes out with a second look.

        :return: (complaint.policy, the day by which it would be resolved, or False)
        """
        self.ensure_one()
        # sudo: the promises of the policy and the hours of the team
        ticket = self.sudo()
        asked = ticket.new({"complaint_level": "second"}, origin=ticket)
        found, _errors = self.env["complaint.policy"]._match(asked)
        policy = found[asked]
        now = fields.Datetime.now()
        reader = ticket._complaint_reader({}, [now])
        due = min(
            (
                reader.deadline(
                    now, target.delay, target.delay_unit, target.working_time
                )
                for target in policy.target_ids
                if target.milestone == promises.RESOLVE
            ),
            default=False,
        )
        return policy, due

    def _complaint_promise_by_letter(self):
        """What a final response says will be done is promised, whether asked for or not.

        What the customer has a choice of stays on offer.
        """
        self.ensure_one()
        remedies = self.complaint_remedy_ids.filtered(
            lambda remedy: remedy.state in ("draft", "proposed")
        )
        alternatives = remedies.filtered("alternative")
        promised = remedies - (
            alternatives if len(alternatives) > 1 else alternatives.browse()
        )
        if not promised:
            return
        now = fields.Datetime.now()
        # sudo: the course of an offer is kept by its own methods; the caller has
        # checked the access to the complaint
        for remedy in promised.sudo():
            remedy.write(
                {
                    "state": "accepted",
                    "offered_at": remedy.offered_at or now,
                    "decided_at": now,
                }
            )
        promised._promise()
        self._complaint_nothing_pending()

    def _complaint_resolve_by_letter(self):
        """The answer has been given: on to the follow-up."""
        self.ensure_one()
        self._complaint_promise_by_letter()
        if self.complaint_is_open:
            self._complaint_set_phase(phases.FOLLOW_UP)
