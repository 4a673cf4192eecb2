"""helpdesk.ticket: what makes a ticket a complaint, its create and write, and all hooks.

Every other subject has a file of its own, which extends the hooks at the end of this one
with ``super()``. Within a layer none relies on which of two files is loaded first.
"""

from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .context import OwnValue

# How far ahead of ours the clock of a mail server or client may run.
CLOCK_SKEW = timedelta(minutes=5)
# Fields whose change may change kind, phase or handler: stage and team by hand, the
# others by the computes that depend on them.
_COMPLAINT_TRIGGERS = frozenset({"stage_id", "team_id", "user_id", "is_complaint"})

# Of fields that the wizard of a new complaint has as well.
KIND_HELP = (
    "A complaint expresses dissatisfaction. A claim is a formal demand for "
    "a remedy, often for money, and the law may set a deadline for the response."
)
SEVERITY_HELP = (
    "How serious it is for the customer. Policies can set other deadlines by severity."
)

REGISTERED_SUBTYPE = "crm_complaints.mail_message_subtype_registered"

# In the context while a ticket is being created; an object, so it cannot come by RPC.
REGISTERING = object()


# What nobody filters or groups by: Odoo's own, for links and alarms.
_TECHNICAL = (
    "access_token",
    "access_url",
    "access_warning",
    "activity_exception_decoration",
    "activity_exception_icon",
    "activity_type_icon",
    "has_message",
    "message_has_error",
    "message_has_sms_error",
    "message_attachment_count",
    "message_bounce",
    "message_main_attachment_id",
    "rating_ids",
    "website_message_ids",
)


class DeferredIntake(OwnValue, list):
    """Intake: ids of complaints whose intake the caller does later."""


class HelpdeskTicket(models.Model):
    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "complaint.field.access"]
    _rec_names_search = ["number", "name", "complaint_former_number"]

    is_complaint = fields.Boolean(
        string="Complaint",
        compute="_compute_is_complaint",
        inverse="_inverse_is_complaint",
        store=True,
        readonly=False,
        copy=False,
        help="The ticket is handled by a complaints team and goes through the phases "
        "of a complaint.",
        complaint_told=False,
        complaint_merge="keep",
    )
    complaint_kind = fields.Selection(
        selection=[("complaint", "Complaint"), ("claim", "Claim")],
        string="Kind",
        default=lambda self: self._default_for_complaint("complaint"),
        tracking=True,
        help=KIND_HELP,
        complaint_merge="highest",
    )
    complaint_received_at = fields.Datetime(
        string="Received",
        default=lambda self: self._default_for_complaint(fields.Datetime.now()),
        copy=False,
        tracking=True,
        help="The date and time at which the complaint reached the company. Correct "
        "it if, for example, a letter arrived the day before.",
        complaint_merge="earliest",
    )
    complaint_letter_date = fields.Date(
        string="Letter Date",
        copy=False,
        help="The date on the customer's letter. Our reply refers to it.",
        complaint_merge="fill",
    )
    complaint_severity = fields.Selection(
        selection=[("minor", "Minor"), ("major", "Major"), ("critical", "Critical")],
        string="Severity",
        groups="base.group_user",  # customers may read their tickets over RPC
        default=lambda self: self._default_for_complaint("minor"),
        tracking=True,
        help=SEVERITY_HELP,
        complaint_merge="highest",
    )
    complaint_remedy_sought = fields.Text(
        string="Desired Outcome",
        help="The outcome that the customer asks for, in their own words.",
        complaint_privacy="forget",
        complaint_merge="fill",
    )
    complaint_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Complaint Currency"
    )
    complaint_amount_claimed = fields.Monetary(
        string="Amount Claimed",
        currency_field="complaint_currency_id",
        tracking=True,
        complaint_merge="fill",
    )
    complaint_phone = fields.Char(
        string="Phone",
        compute="_compute_complaint_phone",
        store=True,
        readonly=False,
        help="The number on which the customer can be reached about this complaint.",
        complaint_privacy="forget",
        complaint_merge="fill",
    )
    complaint_leader_id = fields.Many2one(
        comodel_name="res.users",
        string="Team Leader",
        compute="_compute_complaint_responsible",
        help="The leader of the team. If the team has no leader, or if the complaint "
        "is about the leader, this is the handler.",
    )
    complaint_responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        compute="_compute_complaint_responsible",
        help="The handler or, while no handler is assigned, the team leader.",
    )
    # Odoo searches them in sudo, so that customers could search for words of notes
    message_ids = fields.One2many(bypass_search_access=False)
    website_message_ids = fields.One2many(bypass_search_access=False)
    number = fields.Char(complaint_filled_in=True)
    assigned_date = fields.Datetime(complaint_filled_in=True)
    closed_date = fields.Datetime(complaint_filled_in=True)
    last_stage_update = fields.Datetime(complaint_filled_in=True)
    duplicate_id = fields.Many2one(complaint_filled_in=True, complaint_link=True)
    commercial_partner_id = fields.Many2one(complaint_written_by="code")
    unattended = fields.Boolean(complaint_written_by="code")
    access_token = fields.Char(complaint_written_by="code")
    complaint_category_ids = fields.Many2many(
        related="team_id.category_ids", string="Team Categories"
    )
    complaint_tz = fields.Char(
        string="Complaint Time Zone", compute="_compute_complaint_tz"
    )

    # PostgreSQL uses these indexes only for the condition exactly as Odoo writes it
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
    def fields_get(self, allfields=None, attributes=None):
        """Return the fields; technical ones are not offered in filters and groupings."""
        described = super().fields_get(allfields, attributes)
        for name in described.keys() & set(_TECHNICAL):
            for offered in ("searchable", "groupable"):
                if offered in described[name]:
                    described[name][offered] = False
        return described

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if self.env.context.get("default_is_complaint") and not defaults.get("team_id"):
            team = self._complaint_default_teams(self.env.company)[self.env.company]
            if "team_id" in fields and team:
                defaults["team_id"] = team.id
                # handlers keep what they register, unless they belong to another team
                if self.env.user not in team.user_ids:
                    defaults.pop("user_id", None)
        return defaults

    @api.model
    def _default_for_complaint(self, value):
        # a plain default would be set on ordinary tickets as well
        return self.env.context.get("default_is_complaint") and value

    @api.depends("user_id")
    def _compute_team_id(self):
        """Make no ticket a complaint because of the teams of whoever it is assigned to.

        The first team of the assignee is that of a ticket without a team. Complaints
        have a team before: it is set when they are registered.
        """
        without = self.filtered(lambda ticket: not ticket.team_id)
        result = super()._compute_team_id()
        for ticket in without.filtered("team_id.is_complaint_team"):
            teams = ticket.user_id.helpdesk_team_ids
            ticket.team_id = teams.filtered(lambda t: not t.is_complaint_team)[:1]
        return result

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

    @api.depends("user_id.active", "team_id.user_id.active")
    def _compute_complaint_responsible(self):
        for ticket in self:
            barred = ticket._complaint_barred_users()
            leader = (ticket.team_id.user_id - barred).filtered("active")
            handler = ticket.user_id.filtered("active")
            ticket.complaint_leader_id = leader or handler
            ticket.complaint_responsible_id = handler or leader

    def _complaint_barred_users(self):
        """Hook: return the staff who must neither see nor handle this complaint."""
        return self.env["res.users"]

    @api.depends(
        "team_id.complaint_calendar_id.tz", "company_id.resource_calendar_id.tz"
    )
    def _compute_complaint_tz(self):
        for ticket in self:
            # sudo: the time zone of a calendar is no secret, reading calendars of
            # another company is barred
            ticket.complaint_tz = (
                ticket.team_id.sudo().complaint_calendar_id.tz
                or ticket.company_id._complaint_tz()
            )

    @api.constrains("complaint_received_at")
    def _check_complaint_received_at(self):
        limit = fields.Datetime.now() + CLOCK_SKEW
        for ticket in self:
            if ticket.complaint_received_at and ticket.complaint_received_at > limit:
                raise ValidationError(
                    self.env._(
                        "The date in “Received” is in the future. Please correct it."
                    )
                )

    @api.constrains("complaint_amount_claimed")
    def _check_complaint_amount_claimed(self):
        if any(ticket.complaint_amount_claimed < 0 for ticket in self):
            raise ValidationError(
                self.env._(
                    "The amount claimed cannot be negative. Please enter zero or more."
                )
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
        entered = [
            {
                name
                for name, value in vals.items()
                if value and (name != "number" or value != "/")
            }
            for vals in vals_list
        ]
        with self._complaint_together(len(vals_list)) as together:
            # rules run during the creation, where something is computed
            registering = together.with_context(complaint_registering=REGISTERING)
            tickets = super(HelpdeskTicket, registering).create(
                self._complaint_prepare_vals_list(vals_list)
            )
            tickets._complaint_check_created(entered)
            tickets._complaint_created()
            # sudo: what comes with a permitted registration
            complaints = tickets.filtered("is_complaint").sudo()
            if complaints:
                # a default team was not known when values were prepared
                complaints.filtered(
                    lambda ticket: not ticket.complaint_received_at
                )._complaint_fill_in()
                complaints._complaint_move(dict.fromkeys(complaints.ids, False))
                deferred = self.env.context.get("complaint_deferred_ids")
                if isinstance(deferred, DeferredIntake):
                    # the gateway does the intake once the mail is on the complaints
                    deferred.extend(complaints.ids)
                else:
                    complaints.sudo(self.env.su)._complaint_registered()
        return tickets.with_env(self.env)

    def write(self, vals):
        with self._complaint_together(len(self)) as self:
            self._complaint_ensure_can_write(vals)
            # sudo: what they are; whoever may not write them is refused next
            if any(ticket.is_complaint for ticket in self.sudo()):
                self._complaint_check_entered(vals)
            before = self._complaint_before_write(vals)
            idle = self._complaint_in_stage(vals.get("stage_id"))
            if idle:
                # helpdesk_mgmt would note a move, and a closing, that did not happen
                others = {
                    name: value for name, value in vals.items() if name != "stage_id"
                }
                if others:
                    super(HelpdeskTicket, idle).write(others)
            moved = self - idle
            closed = moved._complaint_closed_before(vals)
            result = super(HelpdeskTicket, moved).write(dict(vals))
            for date, ids in closed.items():
                # helpdesk_mgmt closes today what is moved
                super(HelpdeskTicket, self.browse(ids)).write({"closed_date": date})
            self._complaint_written(vals, before)
        return result

    def _complaint_closed_before(self, vals):
        """Return {date: ids of complaints that a move of history leaves closed then}."""
        closed = defaultdict(list)
        if vals.get("stage_id") and self._complaint_is_history():
            # sudo: what they are, and when they were closed
            for ticket in self.sudo().filtered("is_complaint"):
                closed[vals.get("closed_date", ticket.closed_date)].append(ticket.id)
        return closed

    @api.ondelete(at_uninstall=False)
    def _unlink_except_complaint(self):
        """Refuse to delete complaints: their register is complete."""
        # sudo: what they are
        if not self.env.su and any(ticket.is_complaint for ticket in self.sudo()):
            raise UserError(
                self.env._(
                    "Complaints cannot be deleted. Withdraw the complaint, merge it "
                    "with another one, or turn it back into an ordinary ticket."
                )
            )

    def copy(self, default=None):
        # helpdesk_mgmt copies one at a time and draws a ticket's number
        copies = self.browse()
        for ticket in self:
            values = dict(default or {})
            if ticket.is_complaint:
                values.setdefault("number", "/")
            copies |= super(HelpdeskTicket, ticket).copy(values)
        return copies

    def copy_data(self, default=None):
        given = dict(default or {})
        # other addons link to records, such as orders, which a handler may not read
        left_out = self._complaint_unreadable_links() - given.keys()
        vals_list = super().copy_data({**dict.fromkeys(left_out), **given})
        for ticket, vals in zip(self, vals_list, strict=True):
            for name in left_out:
                del vals[name]
            if ticket.is_complaint and "last_stage_update" not in given:
                vals.pop("last_stage_update", None)
        return vals_list

    def _complaint_unreadable_links(self):
        """Return the names of copied fields with lists of what the user may not read."""
        return {
            name
            for name, field in self._fields.items()
            if field.copy
            and field.type in ("one2many", "many2many")
            and not self.env[field.comodel_name].has_access("read")
        }

    def _complaint_check_created(self, entered):
        """Refuse what only helpdesk_mgmt fills in; whether they are complaints is known.

        :param entered: for each of these, the names of the fields that have a value
        """
        defaults = {
            key.removeprefix("default_")
            for key, value in self.env.context.items()
            if key.startswith("default_") and value
        }
        for ticket, names in zip(self, entered, strict=True):
            # sudo: a colleague's complaint, which its creator may not read
            if ticket.sudo().is_complaint:
                self._complaint_check_entered(names | defaults)

    def _creation_subtype(self):
        if not self.is_complaint:
            return super()._creation_subtype()
        # sudo: only whether anybody follows the team, not who
        if (
            not self._complaint_incoming_mail()
            and not self.team_id.sudo().message_follower_ids
        ):
            # nobody to notify: a whole batch is logged at once
            return self.env["mail.message.subtype"]
        Subtype = self.env["mail.message.subtype"]
        return Subtype.browse(
            self.env["ir.model.data"]._xmlid_to_res_id(REGISTERED_SUBTYPE)
        )

    def _creation_message(self):
        if self.is_complaint:
            return self.env._("Complaint registered")
        return super()._creation_message()

    def get_formview_id(self, access_uid=None):
        if len(self) == 1 and self.is_complaint:
            return self.env.ref("crm_complaints.helpdesk_ticket_view_form_complaint").id
        return super().get_formview_id(access_uid=access_uid)

    @api.model
    def _complaint_list_action(self, domain, **values):
        """Return the action that opens complaints as a list, with our views.

        :param domain: which complaints
        :param values: of the action, such as its ``name``
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_complaints.complaint_action"
        )
        return {
            **action,
            "domain": list(Domain("is_complaint", "=", True) & Domain(domain)),
            "context": {"default_is_complaint": True},
            "views": sorted(action["views"], key=lambda view: view[1] != "list"),
            **values,
        }

    @api.model
    def _complaint_ensure_unused(self, name, records):
        """Refuse to delete records that complaints use in the field ``name``."""
        # sudo: complaints that the user cannot see count as well
        tickets = self.sudo().with_context(active_test=False)
        used = tickets.search(
            [(name, "in", records.ids), ("is_complaint", "=", True)], limit=1
        )[name]
        if used:
            raise UserError(
                self.env._(
                    "“%s” is used by complaints. Archive it instead of deleting it.",
                    used.display_name,
                )
            )

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_survivor(self):
        """Merge: return the complaint this one was merged into, else itself."""
        # sudo: only where a link leads; who may read that complaint is checked there
        ticket = seen = self.sudo()
        while (after := ticket.duplicate_id) and after.is_complaint:
            if after in seen:
                break
            seen |= after
            ticket = after
        return ticket.sudo(self.env.su)

    def _complaint_in_stage(self, stage_id):
        """Return those of these complaints that are in that stage already."""
        if not stage_id:
            return self.browse()
        return self.filtered(lambda t: t.is_complaint and t.stage_id.id == stage_id)

    def _complaint_follow_changes(self, before):
        """Update what depends on kind, phase or handler.

        Called once after each write, whether they were written or computed.

        :param dict before: ticket id -> (is complaint, phase, responsible)
        """
        put_back = self.filtered(lambda t: before[t.id][0] and not t.is_complaint)
        if put_back:
            put_back._complaint_ensure_can_put_back(
                {t.id: before[t.id][1] for t in put_back}
            )
            put_back._complaint_put_back()
        complaints = self.filtered("is_complaint")
        if not complaints:
            return
        registered = complaints.filtered(lambda t: not before[t.id][0])
        if registered:
            registered._complaint_fill_in()
        complaints._complaint_move({t.id: before[t.id][1] for t in complaints})
        (complaints - registered)._complaint_handed_over(
            {t.id: before[t.id][2] for t in complaints - registered}
        )
        if registered:
            registered._complaint_registered()

    @api.model
    def _complaint_is_mixed(self, field_name, records, for_complaints):
        """Tell whether ``records`` hold tickets of the wrong kind.

        :param str field_name: the ticket's field for these records
        :param for_complaints: those of the records that are for complaints
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

    # ---------------------------------------------------
    # Hooks: creating and writing
    # ---------------------------------------------------

    @contextmanager
    def _complaint_together(self, count, few=1):
        """Hook: yield these in a context in which mails to staff wait for the end.

        :param int count: how many tickets there are; of a single one nothing waits
        :param int few: up to so many mails are sent to somebody one by one, as Odoo
            does; of more they get one
        """
        yield self

    def _complaint_created(self):
        """Hook: these tickets, complaints or not, have just been created.

        Called before the complaints among them are registered; with the user's rights.
        """

    def _complaint_ensure_can_write(self, vals):
        """Hook: refuse a write, before anything is changed.

        Who may write a field at all is set by ``complaint_written_by`` on the field.

        :param dict vals: what is to be written
        :raises UserError: with the reason
        """

    def _complaint_before_write(self, vals):
        """Hook: return what ``_complaint_written`` has to know of the time before.

        :param dict vals: what is to be written; not to be changed
        :return: dict, to which each subject adds under a key of its own
        """
        if not _COMPLAINT_TRIGGERS & vals.keys():
            return {}
        return {
            "core": {
                ticket.id: (
                    ticket.is_complaint,
                    ticket.complaint_phase,
                    ticket.is_complaint and ticket.complaint_responsible_id,
                )
                for ticket in self
            }
        }

    def _complaint_written(self, vals, before):
        """Hook: these tickets have just been written.

        :param dict vals: what was written
        :param dict before: what ``_complaint_before_write`` returned
        """
        if "core" in before:
            # sudo: what follows from a permitted change, on tickets that the user may
            # no longer see after it
            self.sudo()._complaint_follow_changes(before["core"])

    def _complaint_handed_over(self, before):
        """Hook: somebody else may be responsible for these now.

        :param dict before: ticket id -> user who was responsible
        """

    # ---------------------------------------------------
    # Hooks: registering
    # ---------------------------------------------------

    def _complaint_registered(self):
        """Hook: these have just become complaints, created or registered.

        Does the intake, by the three hooks below.
        """

    def _complaint_intake_facts(self):
        """Hook: note on new complaints what their policy may depend on.

        Isolated: where it fails, the clock is started without it.
        """

    def _complaint_start_clock(self):
        """Hook: start the clock of new or reopened complaints, by the policy that fits.

        In sudo. The acknowledgement states the dates that result.
        """

    def _complaint_intake_done(self):
        """Hook: intake: these complaints are registered, and their clock runs.

        The acknowledgement is sent here. Nothing raised here may undo the registration,
        so an extension isolates what may fail.
        """

    def _complaint_ensure_can_put_back(self, phases_before):
        """Hook: refuse to make an ordinary ticket of a complaint with a decision on it.

        :param dict phases_before: ticket id -> phase it was in
        :raises UserError: naming the complaint
        """

    def _complaint_put_back(self):
        """Hook: these complaints have just become ordinary tickets."""

    # ---------------------------------------------------
    # Hooks: moving between phases
    # ---------------------------------------------------

    def _complaint_ensure_can_move(self, moves):
        """Hook: refuse a move between phases; an error undoes the move.

        :param Moves moves: of these complaints
        :raises UserError: saying what is missing
        """

    def _complaint_prepare_reopening_vals(self, count):
        """Hook: reopening: return the values written on complaints that are reopened.

        :param int count: how often they have been reopened, this time included
        """
        return {
            "complaint_reopened_at": fields.Datetime.now(),
            "complaint_reopened_count": count,
            "complaint_resolved_at": False,
        }

    def _complaint_phase_changed(self, moves):
        """Hook: these complaints have moved between phases, or were created in one.

        In sudo. Core notes the dates of a move before later layers add theirs, unless
        they do so before ``super()``.

        :param Moves moves: of these complaints
        """

    def _complaint_stage_changed(self):
        """Hook: the stage of these complaints starts or ends a pause of the clock."""

    # ---------------------------------------------------
    # Hooks: contact with the customer, and merging
    # ---------------------------------------------------

    def _complaint_customer_wrote(self):
        """Hook: the customer's side has written again about this complaint.

        :return: whether somebody has been asked to act on it already
        """
        return False

    def _complaint_heard_from_us(self, at=None):
        """Hook: a member of staff has just written to these customers, or spoken to them.

        :param datetime at: naive, UTC; now by default
        """

    def _complaint_end_links(self):
        """Hook: end all links by which these complaints are reached without an account.

        In sudo. The next letter brings a new one.
        """
        self.filtered("access_token").write({"access_token": False})
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("access_token", "!=", False),
            ]
        ).write({"access_token": False})

    def _complaint_prepare_merge_vals(self, merged):
        """Hook: merge: return the values that this one takes over from another.

        Only of fields with a "rule" of their own; the other values of
        ``complaint_merge`` are handled for all fields at once. In sudo.

        :param merged: helpdesk.ticket, before the merge
        """
        return {}

    def _complaint_prepare_merge_links(self, merged):
        """Hook: merge: return {many2many field: records to add}."""
        return {}

    @api.model
    def _complaint_prepare_continuing_vals(self, earlier):
        """Hook: return the values of a complaint that continues an earlier one.

        :param earlier: helpdesk.ticket, closed too long ago to be reopened
        """
        return {}

    def _complaint_continued(self):
        """Hook: note on these and on the earlier complaints which continues which."""

    # ---------------------------------------------------
    # Hooks: the mail that is being processed
    # ---------------------------------------------------

    @api.model
    def _complaint_incoming_mail(self):
        """Hook: return the ``engine.mail.incoming.Facts`` of the mail in work.

        None where what happens is not part of processing a mail.
        """
        return None
