"""complaint.follow.up.call: register of follow-up calls and customers' answers."""

from odoo import api, fields, models
from odoo.tools import format_date

from .helpdesk_ticket_follow_up import RESULTS

# The ways of asking a customer.
WAYS_TO_ASK = [
    ("phone", "Phone"),
    ("in_person", "In Person"),
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("chat", "Chat"),
    ("other", "Other"),
]


class ComplaintFollowUpCall(models.Model):
    _name = "complaint.follow.up.call"
    _description = "Follow-up Call"
    _inherit = ["complaint.child"]
    _order = "date desc, id desc"
    _rec_name = "ticket_id"

    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Called By",
        default=lambda self: self.env.user if self.env.user._is_internal() else False,
        ondelete="set null",
        readonly=True,
    )
    resolution_at = fields.Datetime(
        string="Resolved On",
        readonly=True,
        help="The date of the resolution that the call is about.",
    )
    cycle = fields.Integer(
        default=1,
        readonly=True,
        aggregator=None,
        help="1 until the first reopening. Call attempts are counted within a cycle.",
    )
    attempt_number = fields.Integer(default=1, readonly=True, aggregator="max")
    how = fields.Selection(
        selection=[*WAYS_TO_ASK, ("repeat", "Repeat Complaint")],
        string="Contacted By",
        required=True,
        readonly=True,
        default="phone",
    )
    reached = fields.Boolean(string="Customer Reached", readonly=True)
    result = fields.Selection(
        selection=RESULTS,
        readonly=True,
        help="Empty if the customer was not reached.",
    )
    customer_words = fields.Text(
        string="In the Customer's Words", readonly=True, complaint_privacy="forget"
    )
    reason = fields.Text(
        string="Reason for Reopening", readonly=True, complaint_privacy="forget"
    )
    followed = fields.Selection(
        selection=[
            ("closed", "Closed"),
            ("none", "Remains Closed"),
            ("reopened", "Reopened"),
            ("second_look", "Escalated for Review"),
            ("again", "Next Attempt Planned"),
            ("written", "Asked in Writing"),
            ("told", "Passed to Team Leader"),
        ],
        string="Next Step",
        readonly=True,
    )
    next_call_on = fields.Date(string="Next Attempt", readonly=True)
    letter_id = fields.Many2one(
        comodel_name="complaint.letter",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    # for administrators only; others see the number, where they may read it
    repeat_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="New Complaint",
        groups="base.group_system",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        complaint_link=True,
        complaint_privacy="forget",
    )
    repeat_number = fields.Char(
        string="New Complaint Reference",
        compute="_compute_repeat_number",
        compute_sudo=False,
        help="Empty if you do not have access to the new complaint.",
    )
    team_id = fields.Many2one(related="ticket_id.team_id", string="Team")

    @api.depends("repeat_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_repeat_number(self):
        # sudo: only to check which of them the user may read
        readable = self.sudo().repeat_id.sudo(False)._filtered_access("read")
        for call in self:
            repeat = call.sudo().repeat_id
            call.repeat_number = repeat in readable and repeat.number

    def _in_vain(self):
        """Return the number of attempts that did not reach the customer."""
        return len(
            self.filtered(lambda call: not call.reached and call.how != "repeat")
        )

    def _as_note(self):
        """Return the chatter's text about an attempt that reached nobody."""
        self.ensure_one()
        day = self.next_call_on and format_date(self.env, self.next_call_on)
        note = {
            "again": self.env._(
                "Follow-up attempt %(attempt)s: the customer was not reached. The next "
                "attempt is on %(day)s.",
                attempt=self.attempt_number,
                day=day,
            ),
            "written": self.env._(
                "Follow-up attempt %(attempt)s: the customer was not reached and has "
                "been asked in writing. We are waiting for a reply until %(day)s.",
                attempt=self.attempt_number,
                day=day,
            ),
            "told": self.env._(
                "Follow-up attempt %(attempt)s: the customer was not reached, and no "
                "address is known. The team leader has been asked for another way to "
                "reach them.",
                attempt=self.attempt_number,
            ),
            "closed": self.env._(
                "The customer did not reply to the follow-up. The complaint was closed "
                "without a result."
            ),
        }[self.followed]
        return f"{note} {self.customer_words}" if self.customer_words else note
