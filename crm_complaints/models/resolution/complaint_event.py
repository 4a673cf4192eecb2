"""complaint.event: timeline of an investigation, with the sources."""

from odoo import fields, models


class ComplaintEvent(models.Model):
    _name = "complaint.event"
    _description = "What Happened"
    _inherit = ["complaint.child"]
    _complaint_privacy = "delete"
    _order = "ticket_id, date, sequence, id"

    sequence = fields.Integer(default=10)
    date = fields.Datetime(string="When", help="Empty: not known to the hour.")
    name = fields.Char(string="What happened", required=True)
    source = fields.Char(
        string="Known from", help="A colleague, a log, a receipt…", complaint_told=False
    )
