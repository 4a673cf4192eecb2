"""complaint.consent: consent of the customer to what a representative may do."""

import uuid

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import NO_ACCESS, Domain

from ...engine import dates

READ, WRITE, DECIDE = "read", "write", "decide"
SCOPES = [
    (READ, "Access to the Complaint"),
    (WRITE, "Access and Correspondence"),
    (DECIDE, "Access, Correspondence and Decisions"),
]


class ComplaintConsent(models.Model):
    _name = "complaint.consent"
    _description = "Consent to Act for a Customer"
    _inherit = ["complaint.child"]
    _complaint_privacy = "delete"  # who acted for the customer, with what was signed
    _order = "given_on desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Representative",
        required=True,
        index=True,
        ondelete="restrict",
        complaint_written_by="creator",
    )
    scope = fields.Selection(
        selection=SCOPES,
        required=True,
        default=WRITE,
        help="The extent of the customer's consent.",
        complaint_written_by="creator",
    )
    given_on = fields.Date(
        required=True,
        default=lambda self: fields.Date.context_today(self),
        help="The day on which the customer signed the consent.",
        complaint_written_by="creator",
    )
    until = fields.Date(
        string="Valid Until",
        help="The last day on which the consent is valid. If empty, it is valid "
        "until the complaint ends.",
        complaint_written_by="creator",
    )
    ended_on = fields.Date(
        string="Withdrawn On",
        readonly=True,
        help="The representative receives nothing more from this day on.",
        complaint_written_by="code",
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="complaint_consent_attachment_rel",
        string="Signed Documents",
        help="The documents that the customer signed.",
        complaint_written_by="creator",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Filed By",
        ondelete="set null",
        readonly=True,
        default=lambda self: self.env.user,
        complaint_told=False,
    )
    is_valid = fields.Boolean(
        string="Valid Today", compute="_compute_is_valid", search="_search_is_valid"
    )
    # tracking link of the representative, as far as the consent goes; in letters only
    access_token = fields.Char(groups=NO_ACCESS, copy=False, complaint_told=False)

    _access_token_idx = models.Index("(access_token) WHERE access_token IS NOT NULL")

    # ---------------------------------------------------
    # Computes and constraints
    # ---------------------------------------------------

    @api.depends("given_on", "until", "ended_on")
    def _compute_is_valid(self):
        for consent in self:
            consent.is_valid = consent._holds_on(consent._today())

    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        holds = (
            Domain("given_on", "<=", today)
            & (Domain("until", "=", False) | Domain("until", ">=", today))
            & (Domain("ended_on", "=", False) | Domain("ended_on", ">", today))
        )
        return holds if True in value else ~holds

    @api.constrains("given_on", "until", "ended_on", "attachment_ids")
    def _check_consent(self):
        for consent in self:
            if consent.given_on > consent._today():
                raise ValidationError(
                    self.env._(
                        "The date of the consent is in the future. Please correct it."
                    )
                )
            if consent.until and consent.until < consent.given_on:
                raise ValidationError(
                    self.env._(
                        "The consent would end before it begins. Please correct the "
                        "dates."
                    )
                )
            if not consent.attachment_ids:
                raise ValidationError(
                    self.env._(
                        "Please attach the document that the customer signed. The "
                        "consent cannot be filed without it."
                    )
                )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        consents = super().create(vals_list)
        consents._keep_documents()
        for consent in consents:
            consent.ticket_id._message_log(body=consent._describe())
        consents.ticket_id._complaint_subscribe_recipients()
        return consents

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_end(self):
        """End the consent today; the representative gets nothing more."""
        self.check_access("write")
        # sudo: checked; nobody ends one by hand, or opens it again
        for consent in self.filtered("is_valid").sudo():
            consent.ended_on = consent._today()
            consent.ticket_id._message_log(body=consent._describe())
            consent.ticket_id._complaint_subscribe_recipients()
        return True

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _today(self):
        # sudo: the time zone of a desk is no secret
        zone = self.sudo().ticket_id.complaint_tz
        return fields.Date.context_today(self.with_context(tz=zone))

    def _holds_on(self, day):
        """Tell whether this consent is valid on ``day`` (a date)."""
        return bool(
            self.given_on
            and self.given_on <= day
            and (not self.until or self.until >= day)
            and (not self.ended_on or self.ended_on > day)
        )

    def _keep_documents(self):
        """Let all who may read the complaint read the signed documents."""
        for consent in self:
            fresh = consent.attachment_ids.filtered(lambda some: not some.res_id)
            # without sudo: only documents that the user may write
            fresh.check_access("write")
            # sudo: from now on nobody changes what was signed
            fresh.sudo().write({"res_model": self._name, "res_id": consent.id})

    def _describe(self):
        """Return a sentence about the consent for the complaint's chatter."""
        self.ensure_one()
        label = dict(self._fields["scope"]._description_selection(self.env))[self.scope]
        if self.ended_on:
            return self.env._(
                "The customer's consent for %(name)s ends on %(date)s.",
                name=self.partner_id.display_name,
                date=dates.written_out(self.ended_on, self.env.lang),
            )
        if self.until:
            return self.env._(
                "The customer's consent for %(name)s is on file until %(date)s. "
                "Scope: %(scope)s.",
                name=self.partner_id.display_name,
                date=dates.written_out(self.until, self.env.lang),
                scope=label,
            )
        return self.env._(
            "The customer's consent for %(name)s is on file. Scope: %(scope)s.",
            name=self.partner_id.display_name,
            scope=label,
        )

    def _ensure_token(self):
        """Return the token of this consent's tracking link; create it if needed."""
        self.ensure_one()
        consent = self.sudo()  # hidden from everybody: it is for a letter
        if not consent.access_token:
            consent.access_token = str(uuid.uuid4())
        return consent.access_token
