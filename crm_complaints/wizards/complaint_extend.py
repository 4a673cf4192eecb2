"""complaint.extend: promises a later date, with a letter that says why."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..engine import working_time


class ComplaintExtend(models.TransientModel):
    _name = "complaint.extend"
    _description = "Extend a Complaint"
    _inherit = ["complaint.wizard"]

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    milestone_id = fields.Many2one(
        comodel_name="complaint.milestone",
        string="Promise",
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
        string="Promised until now",
    )
    latest = fields.Date(
        compute="_compute_latest", help="What the policy allows at most."
    )
    date = fields.Date(string="New date", required=True)
    reason = fields.Text(
        required=True, help="As the customer reads it, a sentence or two."
    )
    findings = fields.Text(string="Found so far")
    email_to = fields.Char(
        related="ticket_id.complaint_email_to", related_sudo=False, string="Letter to"
    )
    subject = fields.Char(compute="_compute_letter")
    letter = fields.Html(compute="_compute_letter", sanitize=False)

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

    @api.depends("ticket_id", "date", "reason", "findings", "milestone_id")
    def _compute_letter(self):
        # sudo: handlers have no rights on templates
        template = (
            self.env.ref("crm_complaints.mail_template_extension", False)
            or self.env["mail.template"]
        ).sudo()
        for wizard in self:
            ticket = wizard.ticket_id
            if not ticket or not wizard.date or not template:
                wizard.subject = wizard.letter = False
                continue
            ticket.check_access("read")
            # sudo: the text of a letter about a complaint the user may read
            rendering = template.with_context(**wizard._letter_values())
            lang = {"compute_lang": bool(template.lang)}
            wizard.subject = rendering._render_field("subject", ticket.ids, **lang)[
                ticket.id
            ]
            wizard.letter = rendering._render_field("body_html", ticket.ids, **lang)[
                ticket.id
            ]

    def _letter_values(self):
        noon = timedelta(hours=12)  # of no day but that one, wherever it is read
        return {
            "complaint_old_due": self.old_deadline,
            "complaint_due": fields.Datetime.to_datetime(self.date) + noon,
            "complaint_reason": (self.reason or "").strip().rstrip(".!?"),
            "complaint_findings": (self.findings or "").strip().rstrip(".!?"),
        }

    def action_extend(self):
        """Promise the date and send the letter, or keep it where there is no address.

        :raises UserError: where the date or the reason will not do
        """
        self.ensure_one()
        ticket = self.ticket_id
        if not self.letter:
            raise UserError(self.env._("The letter is empty. Please check its text."))
        subject, letter = self.subject, self.letter
        extension = ticket._complaint_extend(
            self.milestone_id, self.date, self.reason, self.findings
        )
        message = self._send(subject, letter)
        # sudo: the register is kept by the clock's own methods
        extension.sudo().message_id = message
        return {"type": "ir.actions.act_window_close"}

    def _send(self, subject, letter):
        ticket = self.ticket_id
        address = ticket.complaint_email_to
        if not address:
            return ticket.message_post(
                subject=subject, body=letter, subtype_xmlid="mail.mt_note"
            )
        partner = ticket.partner_id
        known = email_normalize(partner.email, strict=False) == address
        return ticket.message_post(
            subject=subject,
            body=letter,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            email_layout_xmlid="mail.mail_notification_light",
            # the letter's heading says “Your …”
            model_description=ticket.with_context(
                lang=partner.lang or self.env.lang
            ).env._("complaint"),
            **(
                {"partner_ids": partner.ids}
                if known
                else {"outgoing_email_to": address}
            ),
        )
