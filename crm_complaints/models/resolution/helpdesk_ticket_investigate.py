"""helpdesk.ticket, investigation: findings, evidence, root cause, timeline."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import phases


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_incident_date = fields.Date(
        string="Incident Date",
        help="The day on which it happened, as far as the customer knows.",
        complaint_merge="fill",
    )
    complaint_incident_place = fields.Char(
        string="Incident Place",
        help="Where it happened, such as the shop, the room, the web page or the "
        "train.",
        complaint_privacy="forget",
        complaint_merge="fill",
    )
    complaint_event_ids = fields.One2many(
        comodel_name="complaint.event",
        inverse_name="ticket_id",
        string="Timeline",
        groups="base.group_user",
        copy=False,
    )
    complaint_document_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="helpdesk_ticket_complaint_document_rel",
        column1="ticket_id",
        column2="attachment_id",
        string="Documents",
        groups="base.group_user",
        copy=False,
        help="The evidence behind the findings. The customer does not see it.",
        complaint_privacy="forget",
        complaint_merge="union",
    )
    complaint_evidence = fields.Text(
        string="Evidence Reviewed",
        groups="base.group_user",
        copy=False,
        help="The evidence as named in the final response, such as the bill of 3 March "
        "or the night log. The letter says: “I have checked …”",
        complaint_privacy="forget",
        complaint_merge="fill",
    )
    complaint_findings = fields.Text(
        string="Findings",
        groups="base.group_user",
        copy=False,
        help="The result of the investigation, written for the customer. Use "
        "notes for internal remarks.",
        complaint_privacy="forget",
        complaint_merge="fill",
    )
    complaint_reason = fields.Text(
        string="Reasons",
        groups="base.group_user",
        copy=False,
        help="Why we have come to a different conclusion, written for the customer.",
        complaint_privacy="forget",
        complaint_merge="fill",
    )
    complaint_cause_id = fields.Many2one(
        comodel_name="complaint.cause",
        string="Root Cause",
        groups="base.group_user",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
        copy=False,
        tracking=True,
        complaint_merge="fill",
    )
    complaint_corrective_action = fields.Text(
        string="Corrective Action",
        groups="base.group_user",
        compute="_compute_complaint_corrective_action",
        store=True,
        readonly=False,
        copy=False,
        help="What is done to prevent a recurrence. The letter says: “To prevent it "
        "from now on, we …”",
        complaint_privacy="forget",
        complaint_merge="fill",
    )

    complaint_is_listening = fields.Boolean(
        string="Listening Phase",
        compute="_compute_complaint_is_listening",
        help="The customer is still being heard, so root causes and remedies cannot be "
        "entered yet.",
    )

    @api.depends("complaint_phase", "is_complaint", "company_id")
    def _compute_complaint_is_listening(self):
        for ticket in self:
            ticket.complaint_is_listening = (
                ticket.is_complaint
                and ticket.complaint_phase in phases.LISTENING
                # sudo: a setting of the company, for all users
                and ticket.company_id.sudo().complaint_hear_first
            )

    @api.depends("complaint_cause_id")
    def _compute_complaint_corrective_action(self):
        written = {t.complaint_corrective_action for t in self} - {False}
        # a text that is no cause's was written by hand
        texts = written and self.env["complaint.cause"].search(
            [("corrective_action", "in", list(written))]
        ).mapped("corrective_action")
        for ticket in self:
            text = ticket.complaint_corrective_action
            if not text or text in texts:
                text = ticket.complaint_cause_id.corrective_action
            ticket.complaint_corrective_action = text

    def _complaint_created(self):
        super()._complaint_created()
        self.filtered("complaint_document_ids")._complaint_keep_documents()

    def _complaint_written(self, vals, before):
        super()._complaint_written(vals, before)
        if vals.get("complaint_document_ids"):
            self._complaint_keep_documents()

    def _complaint_keep_documents(self):
        """Link new documents to the complaint, for all who may read that."""
        # sudo: the user's own files; by now they may have lost the complaint
        for ticket in self.sudo():
            ticket.complaint_document_ids.filtered(
                lambda file: not file.res_id and file.create_uid.id == self.env.uid
            ).write({"res_model": self._name, "res_id": ticket.id})

    @api.constrains("complaint_cause_id")
    def _check_complaint_cause(self):
        self.filtered("complaint_cause_id")._complaint_ensure_heard()

    @api.constrains("complaint_cause_id", "company_id")
    def _check_complaint_cause_company(self):
        self._check_company(["complaint_cause_id"])

    def _complaint_ensure_heard(self):
        """Refuse causes and solutions while the customer is still being heard.

        Source: the study of complaint work, phase "hearing": no guesses at causes and
        no solutions yet.

        :raises UserError: where one of these is still in Listening, unless its
            company allows it
        """
        for ticket in self:
            if ticket.complaint_is_listening and not self._complaint_is_history():
                raise UserError(
                    self.env._(
                        "%(number)s is still in Listening. Please listen to the "
                        "customer first, and move the complaint to Reassurance before "
                        "you enter a root cause or remedies.",
                        number=ticket.number,
                    )
                )
