"""complaint.policy.apply: previews and applies a policy to open complaints."""

from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..engine import milestones
from ..models.clock.helpdesk_ticket_clock import SLA_STATES

# Lines shown at most; the totals count all.
_SHOWN = 200


class ComplaintPolicyApply(models.TransientModel):
    _name = "complaint.policy.apply"
    _description = "Apply Policy to Open Complaints"
    _inherit = ["complaint.wizard.access"]

    policy_id = fields.Many2one(
        comodel_name="complaint.policy",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    line_ids = fields.One2many(
        comodel_name="complaint.policy.apply.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )
    open_count = fields.Integer(
        string="Open Complaints Under This Policy",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )
    change_count = fields.Integer(
        string="Complaints That Would Change",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )
    late_count = fields.Integer(
        string="Complaints Overdue at Once",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
    )

    @api.depends("policy_id")
    def _compute_line_ids(self):
        for wizard in self:
            tickets, found = wizard._tickets()
            changes = wizard._changes(tickets, found)
            wizard.open_count = len(tickets)
            wizard.change_count = len(changes)
            wizard.late_count = sum(
                values["state_after"] == "breached" != values["state_before"]
                for values in changes
            )
            wizard.line_ids = [
                Command.clear(),
                *(Command.create(values) for values in changes[:_SHOWN]),
            ]

    def _tickets(self):
        """Return the open complaints that this policy applies to, now or then.

        :return: (tickets, dict ticket -> policy that matches now)
        """
        policy = self.policy_id
        Ticket = self.env["helpdesk.ticket"]
        domain = Domain("is_complaint", "=", True)
        domain &= Ticket._complaint_unsettled_domain()
        if policy.company_id:
            domain &= Domain("company_id", "=", policy.company_id.id)
        tickets = Ticket.search(domain)
        found, _errors = self.env["complaint.policy"]._match(tickets.sudo())
        tickets = tickets.filtered(
            lambda t: policy in (t.complaint_policy_id, found[t.sudo()])
        )
        return tickets, found

    def _changes(self, tickets, found):
        """Return the changes as values of lines."""
        # sudo: only the clock's methods may write milestones, and preview them
        tickets = tickets.sudo()
        after = tickets._complaint_settle_milestones(
            rematch=True, policies=found, dry_run=True
        )
        changes = []
        for ticket in tickets:
            values = ticket._complaint_clock_values(
                [row.shown for row in after[ticket]]
            )
            before = ticket._complaint_clock_values(
                ticket.complaint_milestone_ids._shown()
            )
            changed = any(
                row.key is None or row.milestone != row.key._to_value()
                for row in after[ticket]
            )
            if changed or found[ticket] != ticket.complaint_policy_id:
                changes.append(
                    {
                        "ticket_id": ticket.id,
                        "deadline_before": before["complaint_deadline"],
                        "deadline_after": values["complaint_deadline"],
                        "state_before": before["complaint_sla_state"],
                        "state_after": values["complaint_sla_state"],
                        "promise_count": sum(
                            row.milestone.state in milestones.OPEN
                            for row in after[ticket]
                        ),
                    }
                )
        return changes

    def action_apply(self):
        """Recalculate open milestones of these complaints from their first start."""
        self.ensure_one()
        self.policy_id.check_access("write")
        tickets, _found = self._tickets()
        # sudo: an administrator of policies applies them to complaints of every team
        tickets.sudo()._complaint_settle_safely(rematch=True)
        return {"type": "ir.actions.act_window_close"}


class ComplaintPolicyApplyLine(models.TransientModel):
    _name = "complaint.policy.apply.line"
    _description = "Policy Change on a Complaint"
    _inherit = ["complaint.wizard.access"]
    _complaint_operation = "read"

    wizard_id = fields.Many2one(
        comodel_name="complaint.policy.apply",
        required=True,
        index=True,
        ondelete="cascade",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        readonly=True,
        ondelete="cascade",
    )
    deadline_before = fields.Datetime(string="Current Deadline", readonly=True)
    deadline_after = fields.Datetime(string="New Deadline", readonly=True)
    state_before = fields.Selection(
        selection=SLA_STATES, string="Current Status", readonly=True
    )
    state_after = fields.Selection(
        selection=SLA_STATES, string="New Status", readonly=True
    )
    promise_count = fields.Integer(
        string="Open Milestones After the Change", readonly=True
    )
