"""complaint.remedy: what is offered to put things right, accepted, and done."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_amount

from ...engine import plain_text

REMEDY_ACTIVITY = "crm_complaints.mail_activity_type_promise"
# Terms that the customer has read: they are not changed while offered or after.
_TERMS = frozenset({"ticket_id", "type_id", "description", "amount", "alternative"})
OPEN_STATES = ("draft", "proposed", "accepted")


class ComplaintRemedy(models.Model):
    _name = "complaint.remedy"
    _description = "Remedy"
    _inherit = ["complaint.child"]
    _order = "id"
    _rec_name = "text"
    _check_company_auto = True

    type_id = fields.Many2one(
        comodel_name="complaint.remedy.type",
        string="Remedy Type",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    description = fields.Text(
        compute="_compute_description",
        store=True,
        readonly=False,
        precompute=True,
        help="The text that the customer reads in letters and on the customer page.",
        complaint_privacy="forget",
    )
    alternative = fields.Boolean(
        string="Option",
        help="The customer chooses one of the remedies marked as options, "
        "and receives those that are not marked in any case.",
    )
    amount = fields.Monetary(
        currency_field="complaint_currency_id",
        help="What the customer receives, in money or value.",
    )
    cost = fields.Monetary(
        currency_field="complaint_currency_id",
        help="What it costs the company. The customer never sees it.",
        complaint_told=False,
    )
    complaint_currency_id = fields.Many2one(related="ticket_id.complaint_currency_id")
    promised_date = fields.Date(
        string="Due Date", help="The day by which the remedy has to be done."
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("share", "=", False)],
        help="The person who carries out the remedy.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Not Offered"),
            ("proposed", "Offered"),
            ("accepted", "Accepted"),
            ("rejected", "Declined"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        index=True,
        copy=False,
    )
    offered_at = fields.Datetime(string="Offered On", readonly=True, copy=False)
    decided_at = fields.Datetime(string="Decided On", readonly=True, copy=False)
    done_at = fields.Datetime(string="Done On", readonly=True, copy=False)
    cancel_reason = fields.Char(
        string="Reason for Cancellation",
        readonly=True,
        copy=False,
        complaint_privacy="forget",
    )
    activity_id = fields.Many2one(
        comodel_name="mail.activity",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        copy=False,
        complaint_privacy="forget",
        complaint_told=False,
    )
    text = fields.Char(
        string="Remedy",
        compute="_compute_text",
        help="The text that the customer reads, in one line.",
    )
    late = fields.Boolean(
        string="Overdue",
        compute="_compute_late",
        search="_search_late",
        help="The remedy was accepted, and its due date has passed.",
    )
    team_id = fields.Many2one(related="ticket_id.team_id", string="Team")
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")

    # ---------------------------------------------------
    # Computes and constraints
    # ---------------------------------------------------

    @api.depends("type_id")
    def _compute_description(self):
        for lang, remedies in self.grouped(
            lambda remedy: remedy.ticket_id._complaint_language() or self.env.lang
        ).items():
            kinds = self.env["complaint.remedy.type"].with_context(lang=lang)
            written = list({r.description for r in remedies if r.description})
            # a text that is no type's was written by hand
            texts = written and kinds.search([("customer_text", "in", written)]).mapped(
                "customer_text"
            )
            for remedy in remedies:
                if not remedy.description or remedy.description in texts:
                    remedy.description = remedy.type_id.with_context(
                        lang=lang
                    ).customer_text

    @api.depends("ticket_id")
    def _compute_user_id(self):
        for remedy in self:
            remedy.user_id = remedy.user_id or remedy.ticket_id.user_id

    @api.depends("description", "type_id.name", "amount", "complaint_currency_id")
    @api.depends_context("lang")
    def _compute_text(self):
        for remedy in self:
            text = " ".join((remedy.description or remedy.type_id.name or "").split())
            if remedy.amount and remedy.complaint_currency_id:
                text = self.env._(
                    "%(remedy)s (%(amount)s)",
                    remedy=plain_text.without_full_stop(text),
                    amount=format_amount(
                        self.env, remedy.amount, remedy.complaint_currency_id
                    ),
                )
            remedy.text = text

    @api.depends("state", "promised_date")
    def _compute_late(self):
        today = fields.Date.context_today(self)
        for remedy in self:
            date = remedy.promised_date
            remedy.late = remedy.state == "accepted" and bool(date) and date < today

    def _search_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = [
            ("state", "=", "accepted"),
            ("promised_date", "<", fields.Date.context_today(self)),
        ]
        if set(value) == {True}:
            return late
        return NotImplemented

    @api.constrains("amount", "cost")
    def _check_amounts(self):
        if any(remedy.amount < 0 or remedy.cost < 0 for remedy in self):
            raise ValidationError(
                self.env._("The amount and the cost of a remedy cannot be negative.")
            )

    @api.constrains("user_id")
    def _check_user_id(self):
        if self.user_id.filtered("share"):
            raise ValidationError(
                self.env._(
                    "The person responsible for a remedy must be an internal user."
                )
            )

    @api.constrains("ticket_id", "type_id", "description", "amount")
    def _check_phase(self):
        """Refuse remedies before the customer has been heard (rule of the phases)."""
        self.ticket_id._complaint_ensure_heard()

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    def write(self, vals):
        if not self.env.su:
            changed = self.filtered(
                lambda remedy: remedy.state != "draft" and remedy._changed_terms(vals)
            )
            if changed:
                raise UserError(
                    self.env._(
                        "“%(remedy)s” has already been offered to the customer. "
                        "Withdraw the offer first to change it, or add another remedy.",
                        remedy=changed[0].text,
                    )
                )
        return super().write(vals)

    def _changed_terms(self, vals):
        """Return the names of the terms that ``vals`` would change."""

        def differs(name):
            to_cache = self._fields[name].convert_to_cache
            return to_cache(vals[name], self) != to_cache(self[name], self)

        return {name for name in _TERMS & vals.keys() if differs(name)}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_offered(self):
        if any(remedy.state != "draft" for remedy in self):
            raise UserError(
                self.env._(
                    "A remedy that has been offered to the customer cannot be deleted."
                )
            )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_done(self):
        """Note that accepted remedies have been carried out.

        :raises UserError: where one has not been accepted
        """
        self.check_access("write")
        if any(remedy.state != "accepted" for remedy in self):
            raise UserError(
                self.env._(
                    "Only remedies that the customer has accepted can be marked as "
                    "done."
                )
            )
        self._done()
        return True

    def action_withdraw_offer(self):
        """Withdraw offers that the customer has not answered, to change them.

        :raises UserError: where one is not on offer
        """
        self.check_access("write")
        if any(remedy.state != "proposed" for remedy in self):
            raise UserError(
                self.env._(
                    "This remedy is no longer on offer. Please refresh the page."
                )
            )
        # sudo: progress is written by this model's methods only; access checked above
        self.sudo().write({"state": "draft", "offered_at": False})
        for ticket, remedies in self.grouped("ticket_id").items():
            ticket._complaint_offer_withdrawn(remedies)
        return True

    def action_open_complaint(self):
        """Open the complaint a remedy belongs to."""
        self.ensure_one()
        return self.ticket_id.get_formview_action()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _done(self):
        """Note that remedies are done, and remove their activities."""
        now = fields.Datetime.now()
        # sudo: its course is kept by this model's own methods, after a check
        remedies = self.sudo().filtered(lambda remedy: remedy.state == "accepted")
        remedies.write({"state": "done", "done_at": now})
        for ticket, group in remedies.grouped("ticket_id").items():
            ticket._message_log(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    self.env._("These remedies have been carried out:"),
                    Markup("").join(
                        Markup("<li>%s</li>") % remedy.text for remedy in group
                    ),
                )
            )
        remedies.activity_id.unlink()

    def _promise(self):
        """Plan the remedies that the customer has just accepted, each for its date."""
        # sudo: activities for other users; whoever accepted may have no rights
        remedies = self.sudo()
        spoken = remedies.filtered("type_id.immediate")
        spoken.write({"state": "done", "done_at": fields.Datetime.now()})
        activity_type = self.env.ref(REMEDY_ACTIVITY, raise_if_not_found=False)
        for remedy in remedies - spoken:
            ticket = remedy.ticket_id
            user = remedy.user_id.filtered("active") or ticket.complaint_responsible_id
            if user in ticket.complaint_concerned_user_ids or not ticket.with_user(
                user
            ).has_access("read"):
                user = ticket.complaint_responsible_id
            remedy.activity_id = ticket.activity_schedule(
                **(
                    {"activity_type_id": activity_type.id}
                    if activity_type
                    else {"act_type_xmlid": "mail.mail_activity_data_todo"}
                ),
                summary=self.env._("Complete the remedy: %s", remedy.text)[:200],
                date_deadline=remedy.promised_date
                or fields.Date.context_today(
                    ticket.with_context(tz=ticket.complaint_tz)
                ),
                user_id=user.id,
            )

    def _cancel(self, reason):
        """Cancel remedies that are not done.

        :param str reason: why, plain text
        """
        # sudo: its course is kept by this model's own methods, after a check
        remedies = self.sudo().filtered(lambda remedy: remedy.state in OPEN_STATES)
        remedies.write({"state": "cancelled", "cancel_reason": reason})
        remedies.activity_id.unlink()
        remedies.ticket_id._complaint_nothing_pending()
