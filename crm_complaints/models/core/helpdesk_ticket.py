"""helpdesk.ticket: what makes a ticket a complaint, and what is noted of it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .helpdesk_ticket_intake import REGISTERING, DeferredIntake

# Whoever stamps a receipt may have a clock that runs ahead by this much.
CLOCK_SKEW = timedelta(minutes=5)
# What may change kind, phase or handler: stage and team by hand, the others by the
# computes that hang on them.
_COMPLAINT_TRIGGERS = frozenset({"stage_id", "team_id", "user_id", "is_complaint"})


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"
    _rec_names_search = ["number", "name", "complaint_former_number"]

    is_complaint = fields.Boolean(
        string="Complaint",
        compute="_compute_is_complaint",
        inverse="_inverse_is_complaint",
        store=True,
        readonly=False,
        copy=False,
        help="Worked by a complaints team, through the phases of a complaint.",
    )
    complaint_kind = fields.Selection(
        selection=[("complaint", "Complaint"), ("claim", "Claim")],
        string="Kind",
        default=lambda self: self._default_for_complaint("complaint"),
        tracking=True,
        help="A complaint voices dissatisfaction. A claim is a formal demand for a "
        "remedy, often for money, with a legal term for the answer.",
    )
    complaint_received_at = fields.Datetime(
        string="Received",
        default=lambda self: self._default_for_complaint(fields.Datetime.now()),
        copy=False,
        tracking=True,
        help="When the complaint reached you. A letter may have come in yesterday.",
    )
    complaint_letter_date = fields.Date(
        string="Date of the Letter",
        copy=False,
        help="As it stands on the letter; our answer names it.",
    )
    complaint_severity = fields.Selection(
        selection=[("minor", "Minor"), ("major", "Major"), ("critical", "Critical")],
        string="Severity",
        groups="base.group_user",  # customers may read their tickets over RPC
        default=lambda self: self._default_for_complaint("minor"),
        tracking=True,
    )
    complaint_remedy_sought = fields.Text(
        string="Wish",
        help="What the customer would like to happen, in his words.",
    )
    complaint_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Complaint Currency"
    )
    complaint_amount_claimed = fields.Monetary(
        string="Amount Claimed", currency_field="complaint_currency_id", tracking=True
    )
    complaint_phone = fields.Char(
        string="Phone",
        compute="_compute_complaint_phone",
        store=True,
        readonly=False,
        help="The number on which the customer can be reached about this complaint.",
    )
    complaint_leader_id = fields.Many2one(
        comodel_name="res.users",
        string="Team Leader",
        compute="_compute_complaint_responsible",
        help="The handler where the team has no leader, or the complaint is about him.",
    )
    complaint_responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_complaint_responsible",
        help="The handler, or the team's leader while there is none.",
    )
    complaint_tz = fields.Char(
        string="Complaint Time Zone", compute="_compute_complaint_tz"
    )

    # PostgreSQL takes them for nothing but the condition as Odoo writes it
    _complaint_partner_idx = models.Index("(partner_id) WHERE is_complaint IS TRUE")
    _complaint_commercial_partner_idx = models.Index(
        "(commercial_partner_id, complaint_phase) WHERE is_complaint IS TRUE"
    )
    _complaint_former_number_idx = models.Index(
        "(complaint_former_number) WHERE complaint_former_number IS NOT NULL"
    )

    # ---------------------------------------------------
    # Defaults and computes
    # ---------------------------------------------------

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if self.env.context.get("default_is_complaint") and not defaults.get("team_id"):
            team = self._complaint_default_teams(self.env.company)[self.env.company]
            if "team_id" in fields and team:
                defaults["team_id"] = team.id
                # a handler takes what she registers, unless she belongs elsewhere
                if self.env.user not in team.user_ids:
                    defaults.pop("user_id", None)
        return defaults

    @api.model
    def _default_for_complaint(self, value):
        # a plain default would stamp ordinary tickets with it as well
        return self.env.context.get("default_is_complaint") and value

    @api.depends("team_id")
    def _compute_is_complaint(self):
        for ticket in self:
            ticket.is_complaint = ticket.team_id.is_complaint_team

    def _inverse_is_complaint(self):
        """Setting the box by hand moves the ticket to a team of that kind."""
        enter = self.filtered(
            lambda ticket: ticket.is_complaint and not ticket.team_id.is_complaint_team
        )
        leave = self.filtered(
            lambda ticket: not ticket.is_complaint and ticket.team_id.is_complaint_team
        )
        enter._complaint_enter_team()
        leave._complaint_leave_team()

    @api.depends("partner_id")
    def _compute_complaint_phone(self):
        for ticket in self:
            phone = ticket.complaint_phone
            before = ticket._origin.partner_id
            if before and before != ticket.partner_id and phone == before.phone:
                phone = False  # in the form: another customer, not that one's number
            ticket.complaint_phone = ticket.partner_id.phone or phone

    @api.depends(
        "user_id.active",
        "team_id.user_id.active",
        "complaint_concerned_user_ids",
    )
    def _compute_complaint_responsible(self):
        for ticket in self:
            # sudo: the list of concerned staff is hidden from those on it
            concerned = ticket.sudo().complaint_concerned_user_ids
            leader = (ticket.team_id.user_id - concerned).filtered("active")
            handler = ticket.user_id.filtered("active")
            ticket.complaint_leader_id = leader or handler
            ticket.complaint_responsible_id = handler or leader

    @api.depends(
        "team_id.complaint_calendar_id.tz", "company_id.resource_calendar_id.tz"
    )
    def _compute_complaint_tz(self):
        for ticket in self:
            # sudo: the time zone of a calendar is no secret, reading calendars of
            # another company is barred
            ticket.complaint_tz = (
                ticket.team_id.sudo().complaint_calendar_id.tz
                or ticket.company_id.sudo().resource_calendar_id.tz
                or "UTC"
            )

    @api.constrains("complaint_received_at")
    def _check_complaint_received_at(self):
        limit = fields.Datetime.now() + CLOCK_SKEW
        for ticket in self:
            if ticket.complaint_received_at and ticket.complaint_received_at > limit:
                raise ValidationError(
                    self.env._(
                        "A complaint cannot be received in the future. Please check "
                        "the date in “Received”."
                    )
                )

    @api.constrains("complaint_amount_claimed")
    def _check_complaint_amount_claimed(self):
        if any(ticket.complaint_amount_claimed < 0 for ticket in self):
            raise ValidationError(
                self.env._("The amount claimed cannot be less than zero.")
            )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    @api.depends("number", "name")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for ticket in self.filtered(lambda ticket: not ticket.name):
            ticket.display_name = (
                self.env._("New complaint") if ticket.is_complaint else ticket.number
            )
        return result

    @api.model_create_multi
    def create(self, vals_list):
        # rules run in the midst of it, where something is computed
        registering = self.with_context(complaint_registering=REGISTERING)
        tickets = super(HelpdeskTicket, registering).create(
            self._complaint_prepare_vals_list(vals_list)
        )
        tickets._complaint_without_ratings()
        complaints = tickets.filtered("is_complaint")
        if complaints:
            # a team that a compute chose was not known when values were prepared
            complaints.filtered(
                lambda ticket: not ticket.complaint_received_at
            )._complaint_registered()
            complaints._complaint_phase_changed(dict.fromkeys(complaints.ids, False))
            deferred = self.env.context.get("complaint_deferred_ids")
            if isinstance(deferred, DeferredIntake):
                # the gateway takes them in when the mail itself stands on them
                deferred.extend(complaints.ids)
            else:
                complaints._complaint_take_in()
        return tickets.with_env(self.env)

    def write(self, vals):
        changing = _COMPLAINT_TRIGGERS & vals.keys()
        before = self._complaint_snapshot() if changing else {}
        idle = self._complaint_in_stage(vals.get("stage_id"))
        if idle:
            # helpdesk_mgmt would note a move, and a closing, that do not happen
            others = {name: value for name, value in vals.items() if name != "stage_id"}
            if others:
                super(HelpdeskTicket, idle).write(others)
        result = super(HelpdeskTicket, self - idle).write(vals)
        if changing:
            # sudo: what a permitted change brings with it, on tickets that may have
            # left the user's reach by it
            self.sudo()._complaint_follow_changes(before)
        # last: phases bring dates with them, which the clock goes by
        self._complaint_facts_written(vals.keys())
        return result

    def copy(self, default=None):
        # helpdesk_mgmt copies one at a time and draws a ticket's number
        copies = self.browse()
        for ticket in self:
            values = dict(default or {})
            if ticket.is_complaint:
                values.setdefault("number", "/")
            copies |= super(HelpdeskTicket, ticket).copy(values)
        return copies

    def _creation_subtype(self):
        if not self.is_complaint:
            return super()._creation_subtype()
        # sudo: whether anybody follows the team, not who
        if (
            not self._complaint_incoming_mail()
            and not self.team_id.sudo().message_follower_ids
        ):
            # nobody to be told: a whole batch is logged at once
            return self.env["mail.message.subtype"]
        Subtype = self.env["mail.message.subtype"]
        return Subtype.browse(
            self.env["ir.model.data"]._xmlid_to_res_id(
                "crm_complaints.mail_message_subtype_registered"
            )
        )

    def _creation_message(self):
        if self.is_complaint:
            return self.env._("Complaint registered")
        return super()._creation_message()

    def get_formview_id(self, access_uid=None):
        if len(self) == 1 and self.is_complaint:
            return self.env.ref("crm_complaints.helpdesk_ticket_view_form_complaint").id
        return super().get_formview_id(access_uid=access_uid)

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_in_stage(self, stage_id):
        """Return the complaints among these that are in that stage already."""
        if not stage_id:
            return self.browse()
        return self.filtered(lambda t: t.is_complaint and t.stage_id.id == stage_id)

    def _complaint_snapshot(self):
        """Return {id: (is complaint, phase, responsible)} to compare with afterwards."""
        return {
            ticket.id: (
                ticket.is_complaint,
                ticket.complaint_phase,
                ticket.is_complaint and ticket.complaint_responsible_id,
            )
            for ticket in self
        }

    def _complaint_follow_changes(self, before):
        """Do what a change of kind, phase or handler brings with it.

        Called once after each write, however the change came about: written, or set
        by a compute that the write set off.

        :param dict before: what ``_complaint_snapshot`` returned
        """
        put_back = self.filtered(lambda t: before[t.id][0] and not t.is_complaint)
        if put_back:
            put_back._complaint_put_back({t.id: before[t.id][1] for t in put_back})
        complaints = self.filtered("is_complaint")
        if not complaints:
            return
        registered = complaints.filtered(lambda t: not before[t.id][0])
        if registered:
            registered._complaint_registered()
        complaints._complaint_phase_changed({t.id: before[t.id][1] for t in complaints})
        (complaints - registered)._complaint_hand_over(
            {t.id: before[t.id][2] for t in complaints - registered}
        )
        if registered:
            registered._complaint_take_in()

    @api.model
    def _complaint_is_mixed(self, field_name, records, for_complaints):
        """Tell whether some of ``records`` hold tickets of a kind that is not theirs.

        :param str field_name: the ticket's field for these records
        :param for_complaints: those of them that are for complaints
        """
        return bool(
            # sudo: tickets of teams and companies the user cannot see count as well
            self.sudo()
            .with_context(active_test=False)
            .search_count(
                (
                    Domain(field_name, "in", for_complaints.ids)
                    & Domain("is_complaint", "=", False)
                )
                | (
                    Domain(field_name, "in", (records - for_complaints).ids)
                    & Domain("is_complaint", "=", True)
                ),
                limit=1,
            )
        )
