"""helpdesk.ticket, phases: where a complaint stands, and what a move brings with it."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine import outcomes, phases


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
        index="btree_not_null",
    )
    complaint_guide = fields.Html(
        related="stage_id.description", string="Guide", groups="base.group_user"
    )
    complaint_resolved_at = fields.Datetime(
        string="Resolved", readonly=True, copy=False, tracking=True
    )
    complaint_reopened_at = fields.Datetime(
        string="Reopened", readonly=True, copy=False, help="The last time."
    )
    complaint_reopened_count = fields.Integer(
        string="Times Reopened", readonly=True, copy=False
    )

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Show the phases in a complaints pipeline, and none of them elsewhere."""
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
        """A complaint outside the phases would never be answered."""
        for ticket in self:
            phase = ticket.stage_id.complaint_phase
            if ticket.stage_id and bool(phase) != ticket.is_complaint:
                raise ValidationError(
                    self.env._(
                        "“%(stage)s” is a stage for complaints only.",
                        stage=ticket.stage_id.name,
                    )
                    if phase
                    else self.env._(
                        "“%(stage)s” is not a stage for complaints.",
                        stage=ticket.stage_id.name,
                    )
                )

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_next_phase(self):
        """Move each complaint to the phase that comes after its own.

        :raises UserError: where there is no such phase, or no stage for it
        """
        for phase, tickets in self.grouped("complaint_phase").items():
            wanted = phases.following(phase)
            if not wanted:
                raise UserError(
                    self.env._("There is no next phase: resolve or reopen it instead.")
                )
            tickets._complaint_set_phase(wanted)
        return True

    def action_complaint_resolve(self):
        """Move to the follow-up: the customer has his answer.

        Where a single complaint has no outcome yet, ask for it.

        :raises UserError: where a complaint is not open; where several are resolved
            at once and one has no outcome
        """
        if any(ticket.complaint_phase not in phases.OPEN for ticket in self):
            raise UserError(self.env._("Only an open complaint can be resolved."))
        self.check_access("write")
        if len(self) == 1 and self.sudo().complaint_outcome not in outcomes.DECIDED:
            return {
                "name": self.env._("How did it end?"),
                "type": "ir.actions.act_window",
                "res_model": "complaint.resolve",
                "view_mode": "form",
                "target": "new",
                "context": {"default_ticket_id": self.id},
            }
        self._complaint_set_phase(phases.FOLLOW_UP)
        return True

    def action_complaint_withdraw(self):
        """Note that the customer takes his complaint back.

        :raises UserError: where a complaint is no longer open
        """
        self.filtered(
            lambda ticket: ticket.complaint_phase not in phases.OPEN
        )._complaint_refuse_withdrawing()
        self._complaint_set_phase(phases.WITHDRAWN)
        return True

    def action_complaint_reopen(self):
        """Open resolved, closed or withdrawn complaints again, at the hearing.

        The customer is heard again before anything is offered to him.

        :raises UserError: where a complaint is open already
        """
        if any(ticket.complaint_phase in (False, *phases.OPEN) for ticket in self):
            raise UserError(self.env._("This complaint is open already."))
        self._complaint_set_phase(phases.HEARING)
        return True

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_refuse_withdrawing(self):
        """What has been answered keeps its outcome, by whatever way it is moved.

        :raises UserError: where there is any of these
        """
        if self and not self.env.context.get("import_file"):
            raise UserError(self.env._("Only an open complaint can be withdrawn."))

    def _complaint_set_phase(self, phase, values=None):
        """Move to the first stage of ``phase`` that each complaint's team uses.

        :param dict values: what is written with it
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

    def _complaint_phase_changed(self, before):
        """Keep dates and activities right after moves between phases.

        Dates are facts: the first receipt stays, what belongs to a resolution goes
        with it when the complaint is opened again.

        :param dict before: ticket id -> phase before, false for a new complaint
        """
        now = fields.Datetime.now()

        def moved(test):
            return self.filtered(lambda t: test(before[t.id], t.complaint_phase))

        # what a new complaint comes with is history, and nobody's decision now
        decided = moved(lambda old, new: old and phases.is_resolution(old, new))
        decided._complaint_check_resolution()
        decided._complaint_ask_anew()
        moved(
            lambda old, new: old in phases.RESOLVED and new == phases.WITHDRAWN
        )._complaint_refuse_withdrawing()
        closed = moved(lambda old, new: old and new == phases.CLOSED != old)
        closed._complaint_check_promises()

        reopened = moved(phases.is_reopening)
        reopened._complaint_refuse_anonymised()
        reopened._complaint_decide_anew()
        for count, tickets in reopened.grouped("complaint_reopened_count").items():
            tickets.write(
                {
                    "complaint_reopened_at": now,
                    "complaint_reopened_count": count + 1,
                    "complaint_resolved_at": False,
                    "complaint_follow_up_at": False,
                }
            )
        resolved = moved(phases.is_resolution)
        resolved.filtered(lambda t: not t.complaint_resolved_at).write(
            {"complaint_resolved_at": now}
        )
        moved(lambda old, new: new not in phases.ENDED).filtered("closed_date").write(
            {"closed_date": False}
        )
        ended = moved(lambda old, new: new in phases.ENDED and old != new)
        # helpdesk_mgmt sets it on a written stage only
        ended.filtered(lambda t: not t.closed_date).write({"closed_date": now})

        # nobody has to be thanked for what is answered or taken back
        withdrawn = moved(lambda old, new: new == phases.WITHDRAWN and old != new)
        withdrawn._complaint_withdrawn()
        (resolved | withdrawn)._complaint_drop_acknowledging()
        (reopened | withdrawn)._complaint_drop_follow_up()
        (reopened | withdrawn)._complaint_drop_rating()
        # but for what comes back without ever having been acknowledged
        unthanked = reopened.filtered(lambda t: not t.complaint_acknowledge_note)
        unthanked._complaint_note_nobody()
        # promised anew, by the policy that fits now
        reopened._complaint_start_clock()
        unthanked._complaint_acknowledge_new()
        resolved.filtered(
            lambda t: t.complaint_phase == phases.FOLLOW_UP
        )._complaint_plan_follow_up()
        decided._complaint_plan_rating()
