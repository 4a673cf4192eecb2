"""complaint.event: timeline of an investigation, with the sources."""

from odoo import fields, models


class ComplaintEvent(models.Model):
    _name = "complaint.event"
    _description = "Timeline Entry"
    _inherit = ["complaint.child"]
    _complaint_privacy = "delete"
    _order = "ticket_id, date, sequence, id"

    sequence = fields.Integer(default=10)
    date = fields.Datetime(string="When", help="Leave empty if the time is not known.")
    name = fields.Char(string="What happened", required=True)
    source = fields.Char(
        help="A colleague, a log, a receipt, for example.",
        complaint_told=False,
    )
