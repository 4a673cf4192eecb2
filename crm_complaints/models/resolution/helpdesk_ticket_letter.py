"""helpdesk.ticket, letters: findings, remedies and decision in letters."""

from odoo import fields, models

from ...engine import phases, plain_text, promises

# states of remedies that letters list
_LISTED_STATES = ("draft", "proposed", "accepted", "done")
_APOLOGY = "crm_complaints.complaint_remedy_type_apology"
# A short letter will do for what is accepted by the end of this working day after the
# complaint was received (FCA, DISP 1.5.4R).
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
        self._complaint_ensure_can_offer()
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
            # a second stage has no third
            "review": self.complaint_level != "second",
            "agreed_on": self.complaint_decision == "accepted"
            and self.complaint_decided_at,
            **self._complaint_letter_remedies(),
        }

    def _complaint_letter_remedies(self):
        """Return the remedies of a letter, and the alternatives to choose from."""
        self.ensure_one()
        rows = {"remedies": [], "choices": [], "agreed": []}
        apology_id = self.env["ir.model.data"]._xmlid_to_res_id(_APOLOGY)
        remedies = self.complaint_remedy_ids.filtered(
            lambda remedy: remedy.state in _LISTED_STATES
        )
        for remedy in remedies:
            open_choice = remedy.alternative and remedy.state in ("draft", "proposed")
            row = {
                "text": plain_text.without_full_stop(remedy.text or ""),
                "date": remedy.promised_date,
                "done_at": remedy.state == "done"
                and not remedy.type_id.immediate
                and remedy.done_at,
                "is_apology": remedy.type_id.id == apology_id,
            }
            rows["choices" if open_choice else "remedies"].append(row)
            immediate = remedy.type_id.immediate
            if remedy.state == "accepted" or immediate and remedy.decided_at:
                doer = remedy.user_id or self.complaint_responsible_id
                rows["agreed"].append({**row, "who": not immediate and doer.name})
        if len(rows["choices"]) == 1:
            # a single alternative is no choice
            rows["remedies"] += rows.pop("choices")
            rows["choices"] = []
        return rows

    def _complaint_letter_values(self):
        values = super()._complaint_letter_values()
        # for letters that apologise themselves
        values["repairs"] = [
            row for row in values["remedies"] if not row.get("is_apology")
        ]
        return values

    def _complaint_is_summary(self):
        """Tell whether the customer accepted so quickly that a short letter will do."""
        self.ensure_one()
        accepted_at = (
            self.complaint_decision == "accepted" and self.complaint_decided_at
        )
        received_at = self.complaint_received_at
        if not accepted_at or not received_at:
            return False
        # sudo: the working hours of the team, whatever the user may read
        timetable = self.sudo()._complaint_timetable({}, [received_at])
        return accepted_at <= timetable.deadline(
            received_at, SUMMARY_DAYS, "day", working_time=True
        )

    def _complaint_review_terms(self):
        """Return the terms of a review, for the letter that announces it.

        :return: (complaint.policy, datetime of the final response, or False)
        """
        self.ensure_one()
        # sudo: the targets of the policy and the working hours of the team
        ticket = self.sudo()
        asked = ticket.new({"complaint_level": "second"}, origin=ticket)
        found, _errors = self.env["complaint.policy"]._match(asked)
        policy = found[asked]
        now = begun_at = fields.Datetime.now()
        if ticket.complaint_review_open:
            begun_at = ticket.complaint_review_requested_at
        timetable = ticket._complaint_timetable({}, [begun_at])
        due = min(
            (
                timetable.deadline(
                    # the letter is the acknowledgement
                    now if target.start_event == promises.ACKNOWLEDGED else begun_at,
                    target.delay,
                    target.delay_unit,
                    target.working_time,
                )
                for target in policy.target_ids
                if target.milestone == promises.RESOLVE
            ),
            default=False,
        )
        return policy, due

    def _complaint_accept_by_letter(self):
        """Accept the remedies of a final response without asking; plan them.

        Alternatives to choose from stay on offer.
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
        # sudo: progress of remedies is written by methods only; the caller has
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
        """Move on to the follow-up, as the final response has been sent."""
        self.ensure_one()
        self._complaint_accept_by_letter()
        if self.complaint_is_open:
            self._complaint_set_phase(phases.FOLLOW_UP)
