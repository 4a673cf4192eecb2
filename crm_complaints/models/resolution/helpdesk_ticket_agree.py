"""helpdesk.ticket, agreement: the offer, the customer's decision, the outcome."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine import outcomes, phases, plain_text
from .complaint_remedy import OPEN_STATES, REMEDY_ACTIVITY

# In the context, an object that cannot be sent over RPC: the complaint is closed, and
# accepted remedies remain outstanding.
REMEDIES_STAND = object()


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_remedy_ids = fields.One2many(
        comodel_name="complaint.remedy",
        inverse_name="ticket_id",
        string="Remedies",
        groups="base.group_user",
        copy=False,
    )
    complaint_outcome = fields.Selection(
        selection=[
            ("upheld", "Upheld"),
            ("partly_upheld", "Partly Upheld"),
            ("not_upheld", "Not Upheld"),
            ("withdrawn", "Withdrawn"),
        ],
        string="Outcome",
        groups="base.group_user",
        copy=False,
        tracking=True,
        help="Whether the complaint was justified. Statistics count “Partly Upheld” as "
        "upheld. A gesture of goodwill does not change the outcome.",
        complaint_merge="fill",
    )
    complaint_decision = fields.Selection(
        selection=[
            ("pending", "Awaiting Decision"),
            ("accepted", "Accepted"),
            ("rejected", "Declined"),
        ],
        string="Customer's Decision",
        readonly=True,
        copy=False,
        tracking=True,
        complaint_written_by="manager",
        complaint_merge="keep",
    )
    complaint_decided_at = fields.Datetime(
        string="Decided On",
        readonly=True,
        copy=False,
        complaint_written_by="manager",
        complaint_merge="keep",
    )
    complaint_decision_words = fields.Text(
        string="In the Customer's Words",
        readonly=True,
        copy=False,
        complaint_written_by="manager",
        complaint_privacy="forget",
        complaint_merge="keep",
    )
    complaint_answer_by = fields.Date(
        string="Decision Requested By",
        readonly=True,
        copy=False,
        help="The day by which the customer was asked to decide on the offer.",
        complaint_written_by="manager",
        complaint_merge="keep",
    )
    complaint_close_reason = fields.Char(
        string="Reason for Closing",
        groups="base.group_user",
        copy=False,
        tracking=True,
        help="Why the complaint is closed while a remedy is still outstanding.",
        complaint_privacy="forget",
        complaint_merge="keep",
    )
    complaint_outstanding_count = fields.Integer(
        string="Outstanding Remedies",
        groups="base.group_user",
        compute="_compute_complaint_remedy_counts",
    )
    complaint_draft_count = fields.Integer(
        string="Remedies to Offer",
        groups="base.group_user",
        compute="_compute_complaint_remedy_counts",
    )
    complaint_offer_count = fields.Integer(
        string="Remedies on Offer",
        groups="base.group_user",
        compute="_compute_complaint_remedy_counts",
    )

    @api.depends("complaint_remedy_ids.state")
    def _compute_complaint_remedy_counts(self):
        for ticket in self:
            states = ticket.complaint_remedy_ids.mapped("state")
            ticket.complaint_outstanding_count = states.count("accepted")
            ticket.complaint_draft_count = states.count("draft")
            ticket.complaint_offer_count = states.count("proposed")

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    def _complaint_ensure_can_write(self, vals):
        super()._complaint_ensure_can_write(vals)
        if "complaint_outcome" in vals and not self.env.su:
            self._complaint_ensure_can_enter_outcome(vals["complaint_outcome"])

    def _complaint_ensure_can_put_back(self, phases_before):
        super()._complaint_ensure_can_put_back(phases_before)
        for ticket in self.filtered("complaint_remedy_ids.offered_at"):
            ticket._complaint_refuse_putting_back()

    def _complaint_ensure_can_move(self, moves):
        super()._complaint_ensure_can_move(moves)
        if not self._complaint_is_history():
            moves.decided._complaint_ensure_outcome()
            moves.closed._complaint_ensure_remedies_done()

    def _complaint_phase_changed(self, moves):
        super()._complaint_phase_changed(moves)
        moves.reopened._complaint_decide_anew()
        moves.closed._complaint_cancel_remedies()
        moves.withdrawn._complaint_withdrawn()

    def _complaint_ensure_can_enter_outcome(self, outcome):
        """Refuse outcomes that cannot be entered by hand, as statistics rest on them.

        :raises UserError: on withdrawal, which has its own action, or once closed
        """
        changed = self.filtered(lambda t: (t.complaint_outcome or False) != outcome)
        if outcome == outcomes.WITHDRAWN and changed:
            raise UserError(
                self.env._(
                    "“Withdrawn” cannot be entered as an outcome here. If the customer "
                    "withdraws the complaint, please use the button “Withdraw”."
                )
            )
        # resolved ones cannot lose their outcome; closed ones cannot change it either
        standing = phases.ENDED if outcome else (*phases.RESOLVED, phases.WITHDRAWN)
        if any(t.complaint_phase in standing for t in changed if t.complaint_outcome):
            raise UserError(
                self.env._(
                    "This complaint is closed. Please reopen it to change the outcome."
                )
            )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_record_decision(self):
        """Open the wizard that records what the customer said to the offer.

        :raises UserError: where nothing is on offer
        """
        self.ensure_one()
        self.check_access("write")
        self._complaint_on_offer()
        return {
            "name": self.env._("Record Customer's Decision"),
            "type": "ir.actions.act_window",
            "res_model": "complaint.decision",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def action_complaint_resolve(self):
        """Move to the follow-up; where a single complaint has no outcome, ask for it.

        :raises UserError: where several are resolved at once and one has no outcome
        """
        if (
            len(self) == 1
            and self.complaint_is_open
            # sudo: whether there is one; access is checked by the dialog as well
            and self.sudo().complaint_outcome not in outcomes.DECIDED
        ):
            self.check_access("write")
            return {
                "name": self.env._("Resolve Without a Letter"),
                "type": "ir.actions.act_window",
                "res_model": "complaint.resolve",
                "view_mode": "form",
                "target": "new",
                "context": {"default_ticket_id": self.id},
            }
        return super().action_complaint_resolve()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    @api.model
    def _complaint_handed_types(self):
        return [*super()._complaint_handed_types(), REMEDY_ACTIVITY]

    def _complaint_reassign_work_of(self, users):
        result = super()._complaint_reassign_work_of(users)
        self.complaint_remedy_ids.filtered(
            lambda remedy: remedy.user_id in users and remedy.state in OPEN_STATES
        ).write({"user_id": self.complaint_responsible_id.id})
        return result

    def _complaint_on_offer(self):
        """Return the remedies on offer, about which the customer is to decide.

        :raises UserError: where there are none
        """
        remedies = self.complaint_remedy_ids.filtered(lambda r: r.state == "proposed")
        if not remedies:
            raise UserError(
                self.env._(
                    "This complaint has no offer to decide on. Please send an offer "
                    "first."
                )
            )
        return remedies

    def _complaint_ensure_can_offer(self):
        """Return the remedies that are ready to be offered.

        :raises UserError: saying what is missing
        """
        self.ensure_one()
        if not self.complaint_is_open:
            raise UserError(
                self.env._(
                    "This complaint is closed. Please reopen it to make another offer."
                )
            )
        self._complaint_ensure_heard()
        drafts = self.complaint_remedy_ids.filtered(lambda r: r.state == "draft")
        if not drafts:
            raise UserError(
                self.env._(
                    "Please add at least one remedy first. An apology alone is a "
                    "remedy, too."
                )
            )
        undated = drafts.filtered(
            lambda r: not r.promised_date and not r.type_id.immediate
        )
        if undated:
            raise UserError(
                self.env._(
                    "Please enter the due date of these remedies: %(remedies)s",
                    remedies=", ".join(undated.mapped("text")),
                )
            )
        today = fields.Date.context_today(self.with_context(tz=self.complaint_tz))
        past = drafts.filtered(lambda r: r.promised_date and r.promised_date < today)
        if past:
            raise UserError(
                self.env._(
                    "The due date of these remedies has passed. Please enter a later "
                    "one: %(remedies)s",
                    remedies=", ".join(past.mapped("text")),
                )
            )
        return drafts

    def _complaint_propose(self, answer_by=None):
        """Note that the drafted remedies have been offered to the customer.

        The caller has checked the access.

        :param date answer_by: the day by which they were asked to answer
        :raises UserError: where nothing is ready to be offered
        """
        drafts = self._complaint_ensure_can_offer()
        # sudo: the course of an offer is kept by its own methods
        drafts.sudo().write({"state": "proposed", "offered_at": fields.Datetime.now()})
        # sudo: as above
        self.sudo().write(
            {
                "complaint_decision": "pending",
                "complaint_decided_at": False,
                "complaint_decision_words": False,
                "complaint_answer_by": answer_by,
            }
        )
        self._complaint_move_to(phases.SOLUTION)

    def _complaint_offer_withdrawn(self, remedies):
        """Log that some remedies are no longer on offer; others may still be."""
        self.ensure_one()
        self._message_log(
            body=self.env._(
                "Offer withdrawn: %(remedies)s",
                remedies=", ".join(remedies.mapped("text")),
            )
        )
        self._complaint_nothing_pending()

    def _complaint_nothing_pending(self):
        """Reset the pending decision where nothing is on offer any more."""
        # sudo: the decision is kept by these methods
        self.sudo().filtered(
            lambda ticket: (
                ticket.complaint_decision == "pending"
                and "proposed" not in ticket.complaint_remedy_ids.mapped("state")
            )
        ).write({"complaint_decision": False, "complaint_answer_by": False})

    def _complaint_accept(
        self, remedies=None, words="", by_customer=False, partner=None
    ):
        """Note that the customer accepts the offer, and plan the remedies they chose.

        The caller has checked that it is the customer, or the handler.

        :param remedies: which alternatives were chosen, where there is a choice
        :param str words: what they said, plain text
        :param bool by_customer: they did it themselves, on their page
        :param partner: res.partner who did it there; by default the customer
        :raises UserError: where nothing is on offer, where a choice is to be made,
            or where what was chosen is not on offer
        """
        self.ensure_one()
        on_offer = self._complaint_on_offer()
        chosen = (remedies or on_offer.browse()) & on_offer
        if remedies and remedies - on_offer:
            raise UserError(
                self.env._(
                    "The offer has changed in the meantime. Please read it again."
                )
            )
        alternatives = on_offer.filtered("alternative")
        if len(alternatives) == 1:
            chosen |= alternatives
        if alternatives and len(alternatives & chosen) != 1:
            raise UserError(self.env._("Please choose one of the options first."))
        accepted = (on_offer - alternatives) | (alternatives & chosen)
        now = fields.Datetime.now()
        # sudo: the course of an offer is kept by its own methods
        accepted.sudo().write({"state": "accepted", "decided_at": now})
        (on_offer - accepted).sudo().write({"state": "rejected", "decided_at": now})
        self._complaint_decided("accepted", words, accepted, by_customer, partner)
        # the customer's message tells them
        accepted.with_context(mail_activity_quick_update=by_customer)._promise()
        self._complaint_move_to(phases.AGREEMENT)
        self._complaint_confirm_agreement()

    def _complaint_confirm_agreement(self):
        """Send the customer, by mail, what was agreed; a failure undoes no agreement."""
        # sudo: it follows from the decision, whoever noted it
        ticket = self.sudo()
        if not ticket._complaint_letter_addresses("agreement"):
            return
        signer = ticket._complaint_present_signer()

        def render(recipient, way):
            return recipient._complaint_render_letter(
                "agreement", on_paper=way == "paper", signer=signer
            )

        ticket._complaint_isolated(
            lambda some: some._complaint_send_letters(
                "agreement", render, "mail", signer, automatic=True
            ),
            self.env._("The confirmation of the agreement could not be sent"),
            type(self)._complaint_something_failed,
        )

    def _complaint_agreement_stands(self):
        """Tell whether the customer accepted an offer that can still be kept."""
        self.ensure_one()
        if self.complaint_decision != "accepted":
            return False
        today = fields.Date.context_today(self.with_context(tz=self.complaint_tz))
        # sudo: all remedies count, whatever the user may read
        return self.complaint_phase == phases.AGREEMENT or any(
            remedy.state == "accepted"
            and (not remedy.promised_date or remedy.promised_date >= today)
            for remedy in self.sudo().complaint_remedy_ids
        )

    def _complaint_reject(self, words="", by_customer=False, partner=None):
        """Note that the customer rejects the offer.

        The caller has checked that it is the customer, or the handler.

        :param str words: why, plain text
        :param bool by_customer: they did it themselves, on their page
        :param partner: res.partner who did it there; by default the customer
        :raises UserError: where nothing is on offer
        """
        self.ensure_one()
        on_offer = self._complaint_on_offer()
        # sudo: the course of an offer is kept by its own methods
        on_offer.sudo().write(
            {"state": "rejected", "decided_at": fields.Datetime.now()}
        )
        self._complaint_decided("rejected", words, on_offer, by_customer, partner)
        self._complaint_move_to(phases.SOLUTION)

    def _complaint_decided(self, decision, words, remedies, by_customer, partner=None):
        # sudo: the decision is kept by these methods
        self.sudo().write(
            {
                "complaint_decision": decision,
                "complaint_decided_at": fields.Datetime.now(),
                "complaint_decision_words": words,
            }
        )
        accepted = decision == "accepted"
        summary = (
            self.env._("The customer has accepted the offer")
            if accepted
            else self.env._("The customer has declined the offer")
        )
        said = summary
        if by_customer:
            said = (
                self.env._("I accept the offer.")
                if accepted
                else self.env._("I decline the offer.")
            )
        body = Markup("<p>%s</p><ul>%s</ul>") % (
            said,
            Markup("").join(Markup("<li>%s</li>") % r.text for r in remedies),
        )
        if words:
            body += Markup("<p>%s</p>") % words
        if not by_customer:
            self._message_log(body=body)
            return
        told = self._complaint_present_user()
        if accepted:
            # sudo: who carries out what, of those who may see it
            told |= remedies.sudo().user_id.filtered(
                lambda user: self.with_user(user).has_access("read")
            )
        self.message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            # in one mail, whether or not they follow it
            partner_ids=told.partner_id.ids,
            **self._complaint_author(partner),
        )
        self.with_context(mail_activity_quick_update=True)._complaint_ask_to_look(
            summary, words or ", ".join(remedies.mapped("text"))
        )

    def _complaint_move_to(self, phase):
        """Move an open complaint to a phase, if the team has a stage for it.

        A missing stage must not lose what the customer said. A choice still open after
        the final response reopens nothing.
        """
        if not self.complaint_is_open:
            return
        stages = self.team_id._get_applicable_stages().mapped("complaint_phase")
        if self.complaint_phase != phase and phase in stages:
            self._complaint_set_phase(phase)

    def _complaint_ensure_outcome(self):
        """Refuse to resolve complaints without an outcome.

        :raises UserError: naming those complaints
        """
        undecided = self.filtered(
            lambda ticket: ticket.complaint_outcome not in outcomes.DECIDED
        )
        if undecided:
            raise UserError(
                self.env._(
                    "Please enter the outcome of %(numbers)s first.",
                    numbers=", ".join(undecided.mapped("number")),
                )
            )

    def _complaint_ensure_remedies_done(self):
        """Refuse to close over a remedy that was accepted and is not done.

        :raises UserError: naming the outstanding remedies
        """
        if self.env.context.get("complaint_remedies_stand") is REMEDIES_STAND:
            return
        # sudo: all remedies count, whatever the user may read
        for ticket in self.sudo():
            promised = ticket.complaint_remedy_ids.filtered(
                lambda r: r.state == "accepted"
            )
            if promised and not (ticket.complaint_close_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Some remedies are still outstanding. Please complete them, or "
                        "enter a reason for closing:\n%(remedies)s",
                        remedies="\n".join(
                            self.env._(
                                "%(remedy)s (due on %(date)s)",
                                remedy=plain_text.without_full_stop(remedy.text),
                                date=format_date(self.env, remedy.promised_date),
                            )
                            if remedy.promised_date
                            else remedy.text
                            for remedy in promised
                        ),
                    )
                )

    def _complaint_cancel_remedies(self):
        """Cancel the remedies of closed complaints that are not done."""
        if self.env.context.get("complaint_remedies_stand") is REMEDIES_STAND:
            return
        # sudo: all remedies count, whatever the user may read
        for ticket in self.sudo():
            remedies = ticket.complaint_remedy_ids
            remedies.filtered(lambda r: r.state == "accepted")._cancel(
                (ticket.complaint_close_reason or "").strip()
            )
            remedies.filtered(lambda r: r.state in ("draft", "proposed"))._cancel(
                self.env._("The complaint was closed without a decision on the offer")
            )

    def _complaint_withdrawn(self):
        """Note the outcome "withdrawn", and cancel the remedies."""
        if not self:
            return
        # sudo: the customer withdraws, who may have no rights on these
        tickets = self.sudo()
        tickets.write({"complaint_outcome": outcomes.WITHDRAWN})
        tickets.complaint_remedy_ids._cancel(self.env._("The complaint was withdrawn"))

    def _complaint_decide_anew(self):
        """Reset the withdrawal of reopened complaints; findings and remedies stay."""
        # sudo: part of a reopening, which was checked before
        tickets = self.sudo()
        tickets.filtered(
            lambda t: t.complaint_outcome == outcomes.WITHDRAWN
        ).complaint_outcome = False
        tickets.filtered("complaint_close_reason").complaint_close_reason = False
