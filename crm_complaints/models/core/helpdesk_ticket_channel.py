"""helpdesk.ticket.channel: how a complaint on a channel is acknowledged."""

from odoo import api, fields, models


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"

    complaint_acknowledge_by = fields.Selection(
        selection=[
            ("email", "Automatic E-mail"),
            ("phone", "Phone Call"),
            ("letter", "Letter Within Two Days"),
            ("in_person", "In Person"),
        ],
        string="Acknowledgement Method",
        help="A channel with an acknowledgement method is used for complaints. "
        "E-mails are sent automatically. For the other methods, an activity is "
        "created for the handler or the team leader.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_complaints(self):
        self.env["helpdesk.ticket"]._complaint_ensure_unused("channel_id", self)
