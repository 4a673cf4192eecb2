"""helpdesk.ticket.stage: the phase of complaint work that a stage stands for."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine import phases


class HelpdeskTicketStage(models.Model):
    _inherit = "helpdesk.ticket.stage"

    complaint_phase = fields.Selection(
        selection=[
            ("reception", "Reception"),
            ("hearing", "Listening"),
            ("calming", "Reassurance"),
            ("solution", "Solution"),
            ("agreement", "Agreement"),
            ("follow_up", "Follow-up"),
            ("closed", "Closed"),
            ("withdrawn", "Withdrawn"),
        ],
        index="btree_not_null",
        help="A stage with a phase is used for complaints. You can rename stages and "
        "have several for one phase; only the phase determines how complaints are "
        "handled.",
    )

    complaint_is_open = fields.Boolean(
        compute="_compute_complaint_is_open",
        store=True,
        help="In this stage the customer is waiting for a response.",
    )
    complaint_pause = fields.Boolean(
        string="Deadlines Paused",
        help="In this stage we are waiting for the customer. Milestones that are "
        "pausable pause until the customer replies. A regulator's deadline never "
        "pauses.",
    )

    # the guide for handlers, which customers must not read on their way to the stage
    description = fields.Html(groups="base.group_user")
    # for colleagues in other departments who meet the customer meanwhile
    complaint_say = fields.Text(
        string="Suggested Wording",
        translate=True,
        groups="base.group_user",
        help="The wording for colleagues in sales, accounting or elsewhere who speak "
        "to a customer whose complaint is in this phase.",
    )
    complaint_avoid = fields.Text(
        string="Points to Avoid",
        translate=True,
        groups="base.group_user",
        help="The points that colleagues in sales, accounting or elsewhere should "
        "avoid while a complaint is in this phase.",
    )

    @api.depends("complaint_phase")
    def _compute_complaint_is_open(self):
        open_phases = self._complaint_open_phases()
        for stage in self:
            stage.complaint_is_open = stage.complaint_phase in open_phases

    @api.model
    def _complaint_open_phases(self):
        """Return the open phases, in which the customer waits for an answer, in order.

        They are those before the follow-up in the selection, other addons' included.
        """
        order = self._fields["complaint_phase"].get_values(self.env)
        return tuple(order[: order.index(phases.FOLLOW_UP)])

    @api.constrains("complaint_phase")
    def _check_complaint_phase(self):
        """A stage in use cannot change between complaints and ordinary tickets."""
        if self.env["helpdesk.ticket"]._complaint_is_mixed(
            "stage_id", self, self.filtered("complaint_phase")
        ):
            raise ValidationError(
                self.env._(
                    "This stage already contains tickets. Move them to another stage "
                    "first, or create a new stage for the phase."
                )
            )

    def write(self, vals):
        """Move the complaints of a stage that is given another phase.

        Where the stage's pause of the clock changes, their clocks follow from now on.
        """
        if not {"complaint_phase", "complaint_pause"} & vals.keys():
            return super().write(vals)
        tickets = (
            self.env["helpdesk.ticket"]
            # sudo: complaints the administrator of stages cannot see follow as well
            .sudo()
            .with_context(active_test=False)
            .search([("stage_id", "in", self.ids), ("is_complaint", "=", True)])
        )
        before = {ticket.id: ticket.complaint_phase for ticket in tickets}
        result = super().write(vals)
        tickets._complaint_move(before)
        tickets._complaint_stage_changed()
        return result
