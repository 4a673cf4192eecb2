"""complaint.extend: extends a deadline, with a letter that gives the reason."""

from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import working_time
from ..models.contact.helpdesk_ticket_letter import LETTER_VALUES


class ComplaintExtend(models.TransientModel):
    _name = "complaint.extend"
    _description = "Extend Deadline"
    _inherit = ["complaint.wizard"]

    # With several the first one is the complaint, whose letter is shown.
    ticket_ids = fields.Many2many(
        comodel_name="helpdesk.ticket",
        relation="complaint_extend_ticket_rel",
        string="Complaints",
        readonly=True,
    )
    is_several = fields.Boolean(compute="_compute_is_several")
    milestone_id = fields.Many2one(
        comodel_name="complaint.milestone",
        compute="_compute_milestone_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        domain="[('ticket_id', '=', ticket_id), ('milestone', '=', 'resolve'), "
        "('state', 'in', ('running', 'at_risk', 'breached', 'paused'))]",
    )
    milestone_count = fields.Integer(compute="_compute_milestone_count")
    old_deadline = fields.Datetime(
        related="milestone_id.deadline",
        related_sudo=False,
        string="Current Deadline",
    )
    latest = fields.Date(
        string="Latest Date",
        compute="_compute_latest",
        help="The latest date that the policy allows.",
    )
    date = fields.Date(string="New Deadline", required=True)
    reason = fields.Text(
        required=True,
        help="The reason as the customer will read it, in one or two sentences.",
    )
    findings = fields.Text(string="Findings So Far")
    email_to = fields.Char(
        compute="_compute_email_to", compute_sudo=False, string="Letter To"
    )
    subject = fields.Char(compute="_compute_letter")
    letter = fields.Html(compute="_compute_letter", sanitize=False)

    @api.depends("ticket_ids")
    def _compute_is_several(self):
        for wizard in self:
            wizard.is_several = len(wizard.ticket_ids) > 1

    @api.depends("ticket_id")
    def _compute_milestone_id(self):
        for wizard in self:
            wizard.milestone_id = wizard.ticket_id._complaint_extendable()[:1]

    @api.depends("ticket_id")
    def _compute_milestone_count(self):
        for wizard in self:
            wizard.milestone_count = len(wizard.ticket_id._complaint_extendable())

    @api.depends("milestone_id")
    def _compute_latest(self):
        for wizard in self:
            latest = (
                wizard.milestone_id
                and wizard.ticket_id._complaint_latest_extension(wizard.milestone_id)
            )
            wizard.latest = latest and working_time.local_date(
                latest, working_time.zone(wizard.ticket_id.complaint_tz)
            )

    @api.depends("ticket_id")
    def _compute_email_to(self):
        for wizard in self:
            ticket = wizard.ticket_id
            wizard.email_to = ticket._complaint_letter_addresses() if ticket else False

    @api.depends("ticket_id", "date", "reason", "findings", "milestone_id")
    def _compute_letter(self):
        for wizard in self:
            wizard.subject = wizard.letter = False
            if wizard.ticket_id and wizard.date:
                wizard.subject, wizard.letter, _lang = wizard._render()

    def _render(self, recipient=None, way=None, old_deadline=None):
        """Return subject, text and language of the letter.

        :param recipient: the complaint in the context of the recipient, the first one by
            default
        :param str way: "mail" or "paper"
        :param datetime old_deadline: what the customer was told before, by default the
            deadline of the milestone shown
        """
        recipient = recipient or self.ticket_id._complaint_per_recipient()[0]
        way = way or recipient._complaint_way_to("mail")
        return recipient._complaint_render_letter(
            "extension",
            on_paper=way == "paper",
            **{
                LETTER_VALUES: {
                    "old_due": old_deadline or self.old_deadline,
                    "due": self.date,
                    "reason": self.reason or "",
                    "findings": self.findings or "",
                }
            },
        )

    def action_extend(self):
        """Extend the deadlines, all or none, and send the letters.

        A letter to a customer without an address is printed.

        :raises UserError: where the date or the reason is not allowed
        """
        self.ensure_one()
        if not self.letter:
            raise UserError(self.env._("The letter is empty. Please check its text."))
        for ticket in self.ticket_id | self.ticket_ids._origin:
            self._extend(ticket)
        return {"type": "ir.actions.act_window_close"}

    def _extend(self, ticket):
        milestone = self.milestone_id
        if ticket != self.ticket_id:
            milestone = ticket._complaint_extendable()[:1]
        old_deadline = milestone.deadline
        try:
            extension = ticket._complaint_extend(
                milestone, self.date, self.reason, self.findings
            )
        except UserError as error:
            if self.is_several:  # which of them is it about?
                error.args = (f"{ticket.display_name}: {error}",)
            raise
        letters = ticket._complaint_send_letters(
            "extension",
            partial(self._render, old_deadline=old_deadline),
            "mail" if ticket._complaint_letter_addresses() else "paper",
        )
        # sudo: users may not write the register of extensions
        extension.sudo().message_id = letters[:1].sudo().message_id
