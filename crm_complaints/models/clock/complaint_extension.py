"""complaint.extension: the later deadlines that customers were told, with reasons."""

from odoo import fields, models


class ComplaintExtension(models.Model):
    _name = "complaint.extension"
    _description = "Complaint Extension"
    _inherit = ["complaint.child"]
    _complaint_moves = False
    _order = "id desc"
    _rec_name = "ticket_id"

    milestone_id = fields.Many2one(
        comodel_name="complaint.milestone",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    old_deadline = fields.Datetime(string="Previous Deadline", readonly=True)
    new_deadline = fields.Datetime(readonly=True)
    reason = fields.Text(required=True, readonly=True, complaint_privacy="forget")
    findings = fields.Text(
        string="Findings So Far", readonly=True, complaint_privacy="forget"
    )
    message_id = fields.Many2one(
        comodel_name="mail.message",
        string="Letter",
        ondelete="set null",
        readonly=True,
        complaint_privacy="forget",
        complaint_told=False,
    )
    team_id = fields.Many2one(related="ticket_id.team_id", string="Team")
