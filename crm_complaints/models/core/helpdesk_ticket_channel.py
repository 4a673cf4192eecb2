"""helpdesk.ticket.channel: how a complaint on a channel is acknowledged."""

from odoo import fields, models


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"

    complaint_acknowledge_by = fields.Selection(
        selection=[
            ("email", "E-mail, at once"),
            ("phone", "Call back"),
            ("letter", "Letter within two days"),
            ("in_person", "In person"),
        ],
        string="Acknowledge Complaints by",
        help="Makes this a channel for complaints. E-mails go out by themselves; for "
        "the others the responsible person gets an activity.",
    )
