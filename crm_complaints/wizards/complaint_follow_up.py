"""complaint.follow.up: records the result of a follow-up call."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, html2plaintext

from ..engine import phases
from ..models.followup.complaint_follow_up_call import WAYS_TO_ASK

# Characters of a message that are shown before the call.
_SHOWN = 160


class ComplaintFollowUp(models.TransientModel):
    _name = "complaint.follow.up"
    _description = "Follow-up Call"
    _inherit = ["complaint.wizard"]

    # chosen here if the call was planned by hand
    ticket_id = fields.Many2one(readonly=False, domain=[("is_complaint", "=", True)])
    script = fields.Html(compute="_compute_script")
    since = fields.Html(
        string="Since the Resolution", compute="_compute_since", compute_sudo=False
    )
    is_heard_since = fields.Boolean(compute="_compute_since", compute_sudo=False)
    call_ids = fields.Many2many(
        comodel_name="complaint.follow.up.call",
        string="Earlier Calls",
        compute="_compute_step",
        compute_sudo=False,
    )
    attempt = fields.Integer(compute="_compute_step", compute_sudo=False)
    attempts = fields.Integer(compute="_compute_step", compute_sudo=False)
    step = fields.Selection(
        selection=[
            ("again", "Call Again on the Next Working Day"),
            ("write", "Ask in Writing"),
            ("tell", "Ask the Team Leader"),
            ("close", "Close Without a Result"),
        ],
        string="If There Is No Answer",
        compute="_compute_step",
        compute_sudo=False,
    )
    review_possible = fields.Boolean(compute="_compute_step", compute_sudo=False)
    how = fields.Selection(
        selection=WAYS_TO_ASK,
        string="Contacted By",
        compute="_compute_how",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    words = fields.Text(
        string="In the Customer's Words",
        help="The words are kept on the complaint as entered.",
    )
    reason = fields.Text(
        string="Reason for Reopening",
        help="What is still missing. If empty, the customer's words above are used.",
    )

    remedy_ids = fields.Many2many(
        comodel_name="complaint.remedy",
        string="Remedies",
        compute="_compute_remedy_ids",
        compute_sudo=False,
    )
    is_promise_open = fields.Boolean(compute="_compute_remedy_ids", compute_sudo=False)
    promise_reason = fields.Char(
        string="Reason for Closing",
        help="Why the complaint can be closed although a remedy is still outstanding. "
        "The reason is kept on the complaint.",
    )

    @api.depends("ticket_id")
    def _compute_remedy_ids(self):
        for wizard in self:
            remedies = wizard.ticket_id.complaint_remedy_ids
            promised = remedies.filtered(lambda r: r.state in ("accepted", "done"))
            wizard.remedy_ids = promised
            wizard.is_promise_open = "accepted" in promised.mapped("state")

    @api.depends("ticket_id")
    def _compute_script(self):
        for wizard in self:
            ticket = wizard.ticket_id.with_context(complaint_signer=self.env.user)
            scripts = (
                ticket._complaint_render_scripts("mail_template_follow_up_call")
                # the script names the customer, whom the user must be allowed to see
                if ticket and ticket.has_access("read")
                else {}
            )
            wizard.script = scripts.get(ticket.id, False)

    @api.depends("ticket_id")
    def _compute_since(self):
        for wizard in self:
            lines = (
                wizard._since_lines()
                if wizard.ticket_id and wizard.ticket_id.has_access("read")
                else []
            )
            wizard.is_heard_since = bool(lines)
            wizard.since = lines and Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % line for line in lines
            )

    def _since_lines(self):
        """Return a line for each complaint and message since the resolution."""
        tickets, messages = self.ticket_id._complaint_contacts_since()
        lines = [
            self.env._(
                "Complained again on %(day)s: %(complaint)s",
                day=self._day(ticket.complaint_received_at or ticket.create_date),
                complaint=ticket._get_html_link(title=ticket.display_name),
            )
            if ticket.is_complaint
            else self.env._(
                "Wrote to another team on %(day)s: %(ticket)s",
                day=self._day(ticket.create_date),
                ticket=ticket._get_html_link(title=ticket.display_name),
            )
            for ticket in tickets
        ]
        for message in messages:
            text = " ".join(html2plaintext(message.body or "").split())
            lines.append(
                self.env._(
                    "Wrote to us on %(day)s: “%(words)s”",
                    day=self._day(message.date),
                    words=text
                    if len(text) <= _SHOWN
                    else f"{text[:_SHOWN].rstrip()} …",
                )
            )
        return lines

    def _day(self, moment):
        return format_date(
            self.env,
            fields.Datetime.context_timestamp(
                self.with_context(tz=self.ticket_id.complaint_tz), moment
            ).date(),
        )

    @api.depends("ticket_id")
    def _compute_step(self):
        for wizard in self:
            ticket = wizard.ticket_id
            if not ticket or ticket.complaint_phase not in phases.RESOLVED:
                wizard.call_ids = False
                wizard.step = wizard.review_possible = False
                wizard.attempt = wizard.attempts = 0
                continue
            calls = ticket._complaint_calls()
            wizard.call_ids = ticket.complaint_follow_up_call_ids
            wizard.attempt = calls._in_vain() + 1
            # sudo: the team's setting
            wizard.attempts = ticket.sudo().team_id.complaint_follow_up_attempts
            wizard.step = ticket._complaint_after_no_answer()
            wizard.review_possible = ticket.complaint_level != "second" or bool(
                ticket.complaint_referred_at
            )

    @api.depends("ticket_id")
    def _compute_how(self):
        for wizard in self:
            ticket = wizard.ticket_id
            if ticket.complaint_phone or not ticket.complaint_email_to:
                wizard.how = "phone"
            else:
                wizard.how = "email"

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    # One button for each result, as the next call is waiting.

    def action_restored(self):
        """Record the result "resolved", and close the complaint."""
        return self._record("restored")

    def action_partly(self):
        """Record the result "partly resolved", and close the complaint."""
        return self._record("partly")

    def action_partly_reopen(self):
        """Record the result "partly resolved", and reopen the complaint.

        :raises UserError: where no reason is given
        """
        return self._record("partly", reopen=True)

    def action_lost(self):
        """Record the result "not resolved", and reopen the complaint.

        :raises UserError: where no reason is given
        """
        return self._record("lost", reopen=True)

    def action_lost_review(self):
        """Record the result "not resolved", and ask for a review.

        :raises UserError: where no reason is given, or it was reviewed already
        """
        return self._record("lost", review=True)

    def action_not_reached(self):
        """Record that nobody answered; the next attempt is on the next working day."""
        return self._record_not_reached("again")

    def action_write(self):
        """Record that nobody answered, and ask by letter."""
        return self._record_not_reached("write")

    def action_tell(self):
        """Record that the customer cannot be reached, and ask the leader."""
        return self._record_not_reached("tell")

    def action_close(self):
        """Close the complaint without a result."""
        return self._record_not_reached("close")

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _record(self, result, reopen=False, review=False):
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        reason = (self.reason or "").strip() or (self.words or "").strip()
        if (reopen or review) and not reason:
            raise UserError(
                self.env._(
                    "Please enter what is still missing, so that the handler knows "
                    "where to start."
                )
            )
        if not reopen and not review:
            self._keep_close_reason()
        ticket._complaint_record_follow_up(
            result,
            words=self.words or "",
            reopen=reopen,
            review=review,
            how=self.how,
            reason=reason if reopen or review else "",
        )
        if reopen and ticket._complaint_can_be_written_to():
            # opens the letter, to be sent or cancelled
            return ticket.with_context(
                complaint_letter_kind="reopening"
            ).action_complaint_letter()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _record_not_reached(self, step):
        self.ensure_one()
        ticket = self.ticket_id
        ticket.check_access("write")
        if step == "close":
            self._keep_close_reason()
        letters = ticket._complaint_not_reached(
            step, how=self.how, words=self.words or ""
        )
        return letters._action_print_new(letters) or {
            "type": "ir.actions.client",
            "tag": "soft_reload",
        }

    def _keep_close_reason(self):
        if self.promise_reason:
            self.ticket_id.complaint_close_reason = self.promise_reason
