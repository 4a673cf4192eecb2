"""complaint.event: timeline of an investigation, with the sources."""

from odoo import fields, models


class ComplaintEvent(models.Model):
    _name = "complaint.event"
    _description = "Timeline Entry"
    _inherit = ["complaint.child"]
    _complaint_privacy = "delete"
    _order = "ticket_id, date, sequence, id"

    sequence = fields.Integer(default=10)
    date = fields.Datetime(
        string="Date and Time", help="Leave empty if the time is not known."
    )
    name = fields.Char(string="Event", required=True)
    source = fields.Char(
        help="Where the information comes from, such as a colleague, a log or a "
        "receipt.",
        complaint_told=False,
    )
