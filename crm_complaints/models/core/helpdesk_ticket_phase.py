"""helpdesk.ticket, phases: the phase of a complaint, and what follows from a move."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine import phases


class Moves:
    """Moves between phases: which complaints were resolved, reopened, withdrawn, closed.

    :ivar before: dict ticket id -> phase before, false for a new complaint
    """

    def __init__(self, tickets, before):
        self.before = before
        self._moved = [(t, before[t.id], t.complaint_phase) for t in tickets]
        self._tickets = tickets
        self.resolved = self.those(phases.is_resolution)
        # a new complaint may come with a phase; nobody has decided anything now
        self.decided = self.resolved.filtered(lambda t: before[t.id])
        open_phases = tickets.stage_id._complaint_open_phases()
        self.reopened = self.those(
            lambda old, new: phases.is_reopening(old, new, open_phases)
        )
        self.withdrawn = self.those(
            lambda old, new: new == phases.WITHDRAWN and old != new
        )
        self.closed = self.those(
            lambda old, new: bool(old) and new == phases.CLOSED != old
        )

    def those(self, test):
        """Return the complaints whose move passes a test.

        :param test: function of (phase before, phase after)
        """
        return self._tickets.browse(
            ticket.id for ticket, old, new in self._moved if test(old, new)
        )


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    stage_id = fields.Many2one(
        domain="[('complaint_phase', is_complaint and '!=' or '=', False),"
        "'|', ('team_ids', '=', team_id), ('team_ids', '=', False)]",
    )
    complaint_phase = fields.Selection(
        related="stage_id.complaint_phase",
        string="Phase",
        store=True,
        complaint_written_by="code",
        index="btree_not_null",
        complaint_merge="keep",
    )
    complaint_is_open = fields.Boolean(
        related="stage_id.complaint_is_open",
        string="Open",
        store=True,
        complaint_written_by="code",
        complaint_merge="keep",
    )
    # for searches of open complaints, or of a customer's
    _complaint_open_idx = models.Index(
        "(commercial_partner_id) WHERE complaint_is_open IS TRUE"
    )
    complaint_resolved_at = fields.Datetime(
        string="Resolved",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        tracking=True,
        complaint_merge="keep",
    )
    complaint_reopened_at = fields.Datetime(
        string="Reopened",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        help="The date and time at which the complaint was last reopened.",
        complaint_merge="keep",
    )
    complaint_reopened_count = fields.Integer(
        string="Times Reopened",
        readonly=True,
        copy=False,
        complaint_written_by="code",
        complaint_merge="keep",
    )

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Show the phases as columns in a complaints pipeline, and only there."""
        defaults = self.default_get(["team_id"])
        team = self.env["helpdesk.ticket.team"].browse(defaults.get("team_id") or ())
        if team.is_complaint_team or self.env.context.get("default_is_complaint"):
            shown = team._get_applicable_stages().filtered("complaint_phase")
            return (stages | shown).sorted(lambda stage: (stage.sequence, stage.id))
        shown = super()._read_group_stage_ids(stages, domain)
        return shown.filtered(
            lambda stage: stage in stages or not stage.complaint_phase
        )

    @api.constrains("stage_id", "team_id")
    def _check_complaint_stage(self):
        """Refuse a complaint in a stage without a phase: it would never be answered."""
        for ticket in self:
            phase = ticket.stage_id.complaint_phase
            if ticket.stage_id and bool(phase) != ticket.is_complaint:
                raise ValidationError(
                    self.env._(
                        "The stage “%(stage)s” is for complaints only. Please choose "
                        "another stage.",
                        stage=ticket.stage_id.name,
                    )
                    if phase
                    else self.env._(
                        "The stage “%(stage)s” is not for complaints. Please choose "
                        "a stage that has a phase.",
                        stage=ticket.stage_id.name,
                    )
                )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_next_phase(self):
        """Move each complaint to its next phase.

        :raises UserError: where there is no such phase, or no stage for it
        """
        open_phases = self.stage_id._complaint_open_phases()
        for phase, tickets in self.grouped("complaint_phase").items():
            wanted = phases.following(phase, open_phases)
            if not wanted:
                raise UserError(
                    self.env._(
                        "This complaint has no next phase. Resolve or reopen it "
                        "instead."
                    )
                )
            tickets._complaint_set_phase(wanted)
        return True

    def action_complaint_resolve(self):
        """Move to the follow-up: the customer has received the final response.

        :raises UserError: where a complaint is not open
        """
        if not all(ticket.complaint_is_open for ticket in self):
            raise UserError(self.env._("Only an open complaint can be resolved."))
        self._complaint_set_phase(phases.FOLLOW_UP)
        return True

    def action_complaint_withdraw(self):
        """Note that the customer withdraws the complaint.

        :raises UserError: where a complaint is no longer open
        """
        if not all(ticket.complaint_is_open for ticket in self):
            raise UserError(self.env._("Only an open complaint can be withdrawn."))
        self._complaint_set_phase(phases.WITHDRAWN)
        return True

    def action_complaint_reopen(self):
        """Reopen resolved, closed or withdrawn complaints, in the phase Listening.

        The customer is heard again before anything is offered.

        :raises UserError: where a complaint is open already
        """
        if any(t.complaint_is_open or not t.complaint_phase for t in self):
            raise UserError(self.env._("This complaint is already open."))
        self._complaint_set_phase(phases.HEARING)
        return True

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_set_phase(self, phase, values=None):
        """Move to the first stage of ``phase`` that each complaint's team uses.

        :param dict values: further values to write
        :raises UserError: where a team has no stage for that phase
        """
        for team, tickets in self.grouped("team_id").items():
            stage = team._get_applicable_stages().filtered(
                lambda stage: stage.complaint_phase == phase
            )[:1]
            if not stage:
                label = dict(
                    self.env["helpdesk.ticket.stage"]
                    ._fields["complaint_phase"]
                    ._description_selection(self.env)
                )[phase]
                raise UserError(
                    self.env._(
                        "The team %(team)s has no stage for the phase “%(phase)s”. "
                        "Please add one under Complaints > Configuration > Stages.",
                        team=team.display_name,
                        phase=label,
                    )
                )
            tickets.write({**(values or {}), "stage_id": stage.id})

    def _complaint_move(self, before):
        """Check moves between phases and do what follows from them.

        :param dict before: ticket id -> phase before, false for a new complaint
        :raises UserError: where one of them is not allowed
        """
        moves = Moves(self, before)
        self._complaint_ensure_can_move(moves)
        self._complaint_phase_changed(moves)

    def _complaint_ensure_can_move(self, moves):
        super()._complaint_ensure_can_move(moves)
        taken_back = moves.those(
            lambda old, new: old in phases.RESOLVED and new == phases.WITHDRAWN
        )
        # a complaint that was answered keeps its outcome, however it is moved
        if taken_back and not self._complaint_is_history():
            raise UserError(self.env._("Only an open complaint can be withdrawn."))

    def _complaint_phase_changed(self, moves):
        """Set the dates of a move between phases.

        The first date of receipt stays; the date of resolution is cleared on reopening.
        """
        super()._complaint_phase_changed(moves)
        for count, tickets in moves.reopened.grouped(
            "complaint_reopened_count"
        ).items():
            tickets.write(tickets._complaint_prepare_reopening_vals(count + 1))
        moves.resolved._complaint_fill_in_date("complaint_resolved_at", "closed_date")
        moves.those(lambda old, new: new not in phases.ENDED).filtered(
            "closed_date"
        ).write({"closed_date": False})
        ended = moves.those(lambda old, new: new in phases.ENDED and old != new)
        # helpdesk_mgmt sets it only where the stage itself is written
        at_once = ended & moves.resolved
        at_once._complaint_fill_in_date("closed_date", "complaint_resolved_at")
        (ended - at_once)._complaint_fill_in_date("closed_date")

    def _complaint_fill_in_date(self, name, other=None):
        """Set the date of a move where there is none yet: now.

        What is imported as history has often one of two dates; it stands for both.

        :param str name: of the date
        :param str other: of the one that stands for it as well
        """
        now = fields.Datetime.now()
        imported = other and self._complaint_is_history()
        for at, tickets in (
            self.filtered(lambda ticket: not ticket[name])
            .grouped(lambda ticket: imported and ticket[other] or now)
            .items()
        ):
            tickets.write({name: at})
