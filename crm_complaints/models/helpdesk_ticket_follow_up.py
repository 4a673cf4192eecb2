"""helpdesk.ticket, follow-up: a personal call some days later tells whether it worked."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..engine import phases

FOLLOW_UP_ACTIVITY = "crm_complaints.mail_activity_type_follow_up"
# In the context, an object that nobody can send over RPC: the answer is recorded.
RECORDED = object()


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_follow_up_result = fields.Selection(
        selection=[
            ("restored", "Trust restored"),
            ("partly", "Partly"),
            ("lost", "Trust lost"),
        ],
        string="Follow-up Result",
        groups="base.group_user",
        readonly=True,
        copy=False,
        tracking=True,
        help="What the customer said when asked whether the solution worked.",
    )
    complaint_follow_up_at = fields.Datetime(
        string="Followed up", readonly=True, copy=False
    )

    def action_complaint_follow_up(self):
        """Open the wizard that records how the follow-up call went.

        :raises UserError: where the complaint has not been resolved
        """
        self.ensure_one()
        if self.complaint_phase not in phases.RESOLVED:
            raise UserError(
                self.env._("Resolve the complaint first, then ask whether it worked.")
            )
        return {
            "name": self.env._("Did it work?"),
            "type": "ir.actions.act_window",
            "res_model": "complaint.follow.up",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _complaint_plan_follow_up(self):
        """Plan the call "Did it work?" for each complaint, once a resolution."""
        if not self:
            return
        self.complaint_follow_up_result = False  # the answer to the last resolution
        planned = self.activity_search([FOLLOW_UP_ACTIVITY]).mapped("res_id")
        todo = self.filtered(lambda t: t.id not in planned)
        todo._complaint_plan_activity(
            FOLLOW_UP_ACTIVITY,
            # sudo: the team's setting, whether or not the user sees the team
            {t.id: t.team_id.sudo().complaint_follow_up_days for t in todo},
        )

    def _complaint_drop_follow_up(self):
        """Remove the call planned for a resolution that no longer stands."""
        self.activity_unlink([FOLLOW_UP_ACTIVITY])

    def _complaint_record_follow_up(self, result, words="", reopen=False):
        """Record the answer, do the activity, and close the complaint or open it again.

        :param str result: "restored", "partly" or "lost"
        :param str words: what the customer said, plain text
        :param bool reopen: open it again instead of closing it
        :raises UserError: where the complaint has not been resolved
        """
        self.ensure_one()
        if self.complaint_phase not in phases.RESOLVED:
            raise UserError(
                self.env._("Resolve the complaint first, then ask whether it worked.")
            )
        activities = self.activity_search([FOLLOW_UP_ACTIVITY], only_automated=False)
        self.write(
            {
                "complaint_follow_up_result": result,
                "complaint_follow_up_at": fields.Datetime.now(),
            }
        )
        if activities:
            activities.with_context(
                complaint_follow_up_recorded=RECORDED
            ).action_feedback(feedback=words)
        elif words:
            self._message_log(body=words)
        if reopen:
            self.action_complaint_reopen()
        elif self.complaint_phase != phases.CLOSED:
            self._complaint_set_phase(phases.CLOSED)
