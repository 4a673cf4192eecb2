"""helpdesk.ticket, review (stage 2): another person, or an ADR body, decides again."""

from collections import defaultdict
from dataclasses import replace

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...engine import phases
from .complaint_policy import LEVELS

# The leader has to choose the reviewer.
REVIEW_ACTIVITY = "crm_complaints.mail_activity_type_second_look"
# Fields that change the handler or the phase.
_HANDLING = frozenset({"user_id", "team_id", "stage_id", "is_complaint"})


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_level = fields.Selection(
        selection=LEVELS,
        string="Review Stage",
        readonly=True,
        copy=False,
        tracking=True,
        help="In a review (stage 2), another person who had no part in the complaint "
        "decides again. If empty, the complaint is at the first stage.",
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_review_requested_at = fields.Datetime(
        string="Review Requested On",
        readonly=True,
        copy=False,
        help="When the customer last requested a review or a colleague escalated the "
        "complaint. The deadlines of the review run from then.",
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_escalated_at = fields.Datetime(
        string="Review Started On",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        complaint_merge="keep",
    )
    # reviews that began a cycle of milestones; reopenings are counted elsewhere
    complaint_escalated_count = fields.Integer(
        string="Reviews Started While Open",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_review_cycle = fields.Integer(
        string="Review Cycle",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="The cycle of milestones that the last review started.",
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_reviewer_id = fields.Many2one(
        comodel_name="res.users",
        string="Reviewer",
        groups="base.group_user",
        index="btree_not_null",
        readonly=True,
        copy=False,
        help="The person who reviews the complaint.",
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_former_handler_ids = fields.Many2many(
        comodel_name="res.users",
        relation="helpdesk_ticket_complaint_former_handler_rel",
        column1="ticket_id",
        column2="user_id",
        string="Previous Handlers",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="None of them can be the reviewer.",
        complaint_written_by="code",
        complaint_told=False,
        complaint_merge="rule",
    )
    complaint_reviewer_candidate_ids = fields.Many2many(
        comodel_name="res.users",
        string="Possible Reviewers",
        groups="base.group_user",
        compute="_compute_complaint_reviewer_candidate_ids",
        help="Users who may handle this complaint and had no part in it so far.",
    )
    complaint_review_open = fields.Boolean(
        compute="_compute_complaint_review_open",
        help="The customer requested a review, and no reviewer has been chosen yet.",
    )
    # the reviewer decides again; the first decision stays on record
    complaint_first_outcome = fields.Selection(
        selection=lambda self: self._fields["complaint_outcome"]._description_selection(
            self.env
        ),
        string="First Outcome",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_first_decision = fields.Selection(
        selection=lambda self: self._fields[
            "complaint_decision"
        ]._description_selection(self.env),
        string="Customer's First Decision",
        groups="base.group_user",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_referred_at = fields.Datetime(
        string="Referred On",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        complaint_merge="keep",
    )
    complaint_body_id = fields.Many2one(
        comodel_name="res.partner",
        string="Ombudsman or ADR Body",
        compute="_compute_complaint_body_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        copy=False,
        help="The body that the customer can turn to, or was referred to. "
        "The policy proposes it.",
        complaint_privacy="keep",
        complaint_merge="keep",
    )
    complaint_body_address = fields.Text(
        string="Address of the Ombudsman or ADR Body",
        compute="_compute_complaint_body_address",
        compute_sudo=True,  # the customer is told, whoever may read contacts
        help="The address as letters state it.",
    )

    # ---------------------------------------------------
    # Computes and constraints
    # ---------------------------------------------------

    @api.depends(
        "company_id",
        "user_id",
        "complaint_former_handler_ids",
        "complaint_concerned_user_ids",
        "complaint_review_open",
    )
    def _compute_complaint_reviewer_candidate_ids(self):
        Users = self.env["res.users"]
        workers = {}
        for ticket in self:
            company = ticket.company_id
            if company not in workers:
                domain = Domain("share", "=", False) & Domain(
                    "all_group_ids",
                    "in",
                    self.env.ref("helpdesk_mgmt.group_helpdesk_user_own").ids,
                )
                if company:
                    domain &= Domain("company_ids", "in", company.ids)
                # sudo: colleagues may be in companies that the user is not in
                workers[company] = Users.sudo().search(domain)
            # sudo: the list of staff complained about is hidden from them
            barred = ticket.sudo().complaint_concerned_user_ids
            barred |= ticket.sudo().complaint_former_handler_ids
            if not ticket.complaint_review_open:
                barred |= ticket.sudo().user_id
            ticket.complaint_reviewer_candidate_ids = workers[company] - barred

    @api.depends(
        "complaint_review_requested_at", "complaint_escalated_at", "complaint_is_open"
    )
    def _compute_complaint_review_open(self):
        for ticket in self:
            asked, given = (
                ticket.complaint_review_requested_at,
                ticket.complaint_escalated_at,
            )
            ticket.complaint_review_open = (
                bool(asked)
                and not (given and given >= asked)
                and ticket.complaint_is_open
            )

    @api.depends("complaint_policy_id")
    def _compute_complaint_body_id(self):
        for ticket in self:
            ticket.complaint_body_id = (
                ticket.complaint_body_id
                if ticket.complaint_referred_at
                else ticket.complaint_policy_id.body_id
            )

    @api.depends(
        "complaint_body_id.name",
        "complaint_body_id.phone",
        "complaint_body_id.email",
        "complaint_body_id.website",
        "complaint_body_id.contact_address",
    )
    def _compute_complaint_body_address(self):
        for ticket in self:
            ticket.complaint_body_address = (
                ticket.complaint_body_id._complaint_as_body()
            )

    @api.constrains("user_id", "complaint_level")
    def _check_complaint_reviewer(self):
        """Nobody reviews their own decision."""
        for ticket in self:
            # sudo: the user may not be able to read the handler set here
            ticket = ticket.sudo()
            if (
                ticket.complaint_level == "second"
                and ticket.user_id in ticket.complaint_former_handler_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(name)s has handled this complaint before. Please assign the "
                        "review to somebody who had no part in it.",
                        name=ticket.user_id.name,
                    )
                )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    def _complaint_before_write(self, vals):
        before = super()._complaint_before_write(vals)
        if not _HANDLING.isdisjoint(vals):
            # sudo: the user may lose the complaint by this change
            complaints = self.sudo().filtered("is_complaint")
            before["handlers"] = {t: (t.user_id, t.complaint_phase) for t in complaints}
        return before

    def _complaint_written(self, vals, before):
        super()._complaint_written(vals, before)
        if before.get("handlers"):
            complaints = self.sudo().browse(t.id for t in before["handlers"])
            complaints._complaint_note_handlers(before["handlers"])

    def _complaint_prepare_merge_links(self, merged):
        """None of those who had the other one can look at this one afresh."""
        handlers = merged.complaint_former_handler_ids | merged.user_id
        return {
            **super()._complaint_prepare_merge_links(merged),
            "complaint_former_handler_ids": handlers
            - self.complaint_former_handler_ids
            - self.user_id,
        }

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_escalate(self):
        """Open the letter that tells the customer who the reviewer is.

        :raises UserError: where it cannot be reviewed yet, or is already
        """
        self.ensure_one()
        self.check_access("write")
        self._complaint_ensure_can_escalate()
        return self.with_context(
            complaint_letter_kind="second_stage"
        ).action_complaint_letter()

    def action_complaint_refer(self):
        """Open the letter that refers the customer to an ombudsman or ADR body.

        :raises UserError: where the complaint is taken back
        """
        self.ensure_one()
        self.check_access("write")
        self._complaint_ensure_can_refer()
        return self.with_context(
            complaint_letter_kind="referral"
        ).action_complaint_letter()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_ensure_can_put_back(self, phases_before):
        super()._complaint_ensure_can_put_back(phases_before)
        for ticket in self:
            if (
                ticket.complaint_review_requested_at
                or ticket.complaint_level == "second"
            ):
                ticket._complaint_refuse_putting_back()

    def _complaint_phase_changed(self, moves):
        super()._complaint_phase_changed(moves)
        # withdrawn ones need no reviewer
        moves.withdrawn.filtered("complaint_review_requested_at").activity_unlink(
            [REVIEW_ACTIVITY]
        )

    def _complaint_policy_facts(self):
        return {
            **super()._complaint_policy_facts(),
            "complaint_level": self.complaint_level or "first",
        }

    @api.model
    def _complaint_clock_facts(self):
        return super()._complaint_clock_facts() | {
            "complaint_escalated_at",
            "complaint_escalated_count",
        }

    def _complaint_facts(self):
        facts = super()._complaint_facts()
        asked, given = self.complaint_review_requested_at, self.complaint_escalated_at
        begun_again = filter(None, (facts.reopened_at, asked))
        facts = replace(facts, reopened_at=max(begun_again, default=None))
        if (
            self.complaint_review_cycle == facts.cycle
            # policies for all levels mean the receipt of the complaint
            and self.complaint_policy_id.level == "second"
            and not facts.anonymous
        ):
            # acknowledged with the letter that names the reviewer
            acknowledged_at = given if given and given >= asked else None
            facts = replace(facts, acknowledged_at=acknowledged_at)
        return facts

    def _complaint_cycle(self):
        # the review of an open complaint begins a cycle, as a reopening does
        return super()._complaint_cycle() + self.complaint_escalated_count

    def _complaint_note_handlers(self, before):
        """Note former handlers: who handed a complaint over, or moved it on.

        :param dict before: complaint -> (handler, phase) before the change
        """
        by_users = defaultdict(list)
        for ticket in self.filtered("is_complaint"):
            handler, phase = before[ticket]
            users = handler if handler != ticket.user_id else handler.browse()
            if ticket.complaint_level != "second" and phase != ticket.complaint_phase:
                users |= ticket.user_id
            users -= ticket.complaint_former_handler_ids
            if users:
                by_users[users].append(ticket.id)
        for users, ids in by_users.items():
            self.browse(ids).write(
                {
                    "complaint_former_handler_ids": [
                        Command.link(user.id) for user in users
                    ]
                }
            )

    def _complaint_ensure_can_escalate(self):
        """Check that the complaint can be reviewed.

        :raises UserError: where it was not answered yet, or is under review
        """
        if self.complaint_phase == phases.WITHDRAWN:
            raise UserError(
                self.env._("This complaint was withdrawn. Please reopen it first.")
            )
        if (
            self.complaint_level == "second"
            and not self.complaint_review_open
            and not self.complaint_referred_at
        ):
            raise UserError(self.env._("This complaint is already in review."))
        if self.complaint_decision == "pending":
            raise UserError(
                self.env._(
                    "The customer has not decided on the offer yet. Please record "
                    "their decision first."
                )
            )
        if not self._complaint_was_answered():
            raise UserError(
                self.env._(
                    "This complaint has not been answered yet. A review is possible "
                    "once the customer has had an offer or a final response."
                )
            )

    def _complaint_was_answered(self):
        """Tell whether the customer ever had an offer or a final response."""
        return bool(
            self.complaint_phase in phases.RESOLVED
            or self.complaint_decision
            or self.complaint_reopened_count
        )

    def _complaint_request_review(self, words=""):
        """Note that the customer asks for a review; they need not say why.

        Reopens a resolved complaint, and takes it from its handler. Asking again
        changes nothing. Callers check who asks.

        :param str words: what they say, plain text
        :raises UserError: where it has not been answered yet, or has been reviewed
            already
        """
        self.ensure_one()
        ticket = self.sudo()  # the customer asks, who has no write access
        asked = self.env._("The customer has requested a review.")
        if ticket.complaint_review_open:
            if words:
                ticket._complaint_log_words(asked, words)
            return
        if ticket.complaint_phase == phases.WITHDRAWN:
            raise UserError(
                self.env._(
                    "You have withdrawn this complaint. If you would like us to take "
                    "it up again, please write to us."
                )
            )
        if ticket.complaint_level == "second" and not ticket.complaint_referred_at:
            raise UserError(
                self.env._(
                    "A colleague who had not dealt with your complaint before is "
                    "already reviewing it, or has reviewed it. Please write to us if "
                    "you would like to add something."
                )
            )
        if not ticket._complaint_was_answered():
            raise UserError(
                self.env._(
                    "We are still working on our answer to you. Once you have it, you "
                    "can ask for a review."
                )
            )
        if ticket.complaint_decision == "pending":
            ticket._complaint_reject()
        ticket._complaint_log_words(asked, words)
        ticket._complaint_set_phase(
            phases.SOLUTION,
            {
                **ticket._complaint_prepare_review_vals(),
                "complaint_reviewer_id": False,
                "complaint_former_handler_ids": [
                    Command.link(user.id) for user in ticket.user_id
                ],
                "user_id": False,
            },
        )
        ticket._complaint_tell_leader(
            self.env._("Choose a reviewer"),
            words or asked,
            REVIEW_ACTIVITY,
        )

    def _complaint_prepare_review_vals(self):
        """Review: return the values of its beginning.

        Its promises run from then on; the former ones stay on record.
        """
        values = {
            "complaint_level": "second",
            "complaint_review_requested_at": fields.Datetime.now(),
            "complaint_review_cycle": self._complaint_cycle() + 1,
        }
        if self.complaint_is_open:  # otherwise it is reopened
            values["complaint_escalated_count"] = self.complaint_escalated_count + 1
        if self.complaint_level != "second":
            values["complaint_first_outcome"] = self.complaint_outcome
            values["complaint_first_decision"] = self.complaint_decision
        return values

    def _complaint_log_words(self, summary, words):
        """Log what the customer asks for, in their name where they are known.

        :param str summary: plain text
        :param str words: their own, plain text
        """
        body = Markup("<p>%s</p>") % summary
        if words:
            body += Markup("<p>%s</p>") % words
        self._message_log(body=body, author_id=self.partner_id.id or None)

    def _complaint_escalate(self, reviewer):
        """Escalate a complaint for review, to somebody who had no part in it.

        The review begins now, unless the customer asked for it before.

        :param reviewer: res.users
        :raises UserError: where it was not answered yet, is under review already, or
            the reviewer had a part in it, is complained about or has no right to
            work it
        """
        self.ensure_one()
        self.check_access("write")
        self._complaint_ensure_can_escalate()
        # sudo: the user may lose the complaint by handing it over
        ticket = self.sudo()
        if (
            len(reviewer) != 1
            or reviewer not in ticket.complaint_reviewer_candidate_ids
        ):
            raise UserError(
                self.env._(
                    "Please choose a reviewer who may handle this complaint, had no "
                    "part in it so far, and is not complained about."
                )
            )
        values = {
            **(
                {}
                if ticket.complaint_review_open
                else ticket._complaint_prepare_review_vals()
            ),
            "complaint_escalated_at": fields.Datetime.now(),
            "complaint_reviewer_id": reviewer.id,
            "user_id": reviewer.id,
            # to be decided again; the first ones stay on record
            "complaint_outcome": False,
            "complaint_decision": False,
            "complaint_decided_at": False,
            "complaint_decision_words": False,
            "complaint_answer_by": False,
        }
        ticket._complaint_set_phase(phases.SOLUTION, values)
        ticket.activity_unlink([REVIEW_ACTIVITY])
        if not ticket.with_user(reviewer).has_access("write"):
            # because of a custom record rule
            raise UserError(
                self.env._(
                    "%s does not have the rights to handle this complaint. Please "
                    "choose another reviewer.",
                    reviewer.name,
                )
            )

    def _complaint_ensure_can_refer(self):
        if not self.is_complaint or self.complaint_phase == phases.WITHDRAWN:
            raise UserError(
                self.env._(
                    "This complaint was withdrawn, so it cannot be referred. Please "
                    "reopen it first."
                )
            )

    def _complaint_refer(self, body):
        """Note that the customer was referred to an ombudsman or ADR body.

        The phase does not change.

        :param body: res.partner
        :raises UserError: where there is no body, or the complaint is taken back
        """
        self.ensure_one()
        self.check_access("write")
        self._complaint_ensure_can_refer()
        if len(body) != 1:
            raise UserError(self.env._("Please choose the ombudsman or ADR body."))
        # sudo: fields that only this method writes
        self.sudo().write(
            {
                "complaint_referred_at": fields.Datetime.now(),
                "complaint_body_id": body.id,
            }
        )
        self._message_log(
            body=self.env._("The customer was referred to %s.", body.display_name)
        )
