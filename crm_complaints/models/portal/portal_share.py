"""portal.share: a ticket is shared by its link, which staff do not read of complaints."""

from odoo import models

from .helpdesk_ticket_portal import SHARING


class PortalShare(models.TransientModel):
    _inherit = "portal.share"

    def action_send_mail(self):
        # Odoo asks whether the record has a token
        sharing = self.with_context(complaint_sharing=SHARING)
        return super(PortalShare, sharing).action_send_mail()
