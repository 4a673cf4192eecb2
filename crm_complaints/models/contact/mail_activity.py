"""mail.activity: acknowledgements and calls are noted when their activity is done."""

from odoo import SUPERUSER_ID, models

from .helpdesk_ticket_acknowledge import ACTIVITY_TYPES


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Note the acknowledgement, or the call, on the complaint."""
        on_tickets = self.filtered(lambda a: a.res_model == "helpdesk.ticket")
        acknowledged = on_tickets._complaint_acknowledged_tickets()
        heard = on_tickets._complaint_called_tickets()
        if self._complaint_by_staff():
            # an acknowledgement by a person counts as a personal answer
            heard = heard.union(*acknowledged.values())
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for by, tickets in acknowledged.items():
            tickets._complaint_set_acknowledged(by)
        if heard:
            heard._complaint_heard_from_us()
        return result

    def _complaint_acknowledged_tickets(self):
        """Return {way of acknowledging: complaints} of these activities."""
        ref = self.env["ir.model.data"]._xmlid_to_res_id
        by_type = {
            ref(xmlid, raise_if_not_found=False): by
            for by, (xmlid, _days) in ACTIVITY_TYPES.items()
        }
        found = {}
        Ticket = self.env["helpdesk.ticket"]
        fax = self.env.ref("crm_complaints.helpdesk_ticket_channel_fax", False)
        for activity in self:
            by = by_type.get(activity.activity_type_id.id)
            # sudo: the assignee may have no rights on the complaint
            ticket = Ticket.sudo().browse(activity.res_id)
            if by and ticket.is_complaint:
                if by == "letter" and fax and ticket.channel_id == fax:
                    by = "fax"
                found[by] = found.get(by, Ticket.sudo()) | ticket
        return found

    def _complaint_by_staff(self):
        return not self.env.user.share and self.env.uid != SUPERUSER_ID

    def _complaint_called_tickets(self):
        """Return the complaints whose customer a member of staff has just called."""
        calls = self.filtered(lambda a: a.activity_type_id.category == "phonecall")
        if not calls or not self._complaint_by_staff():
            return self.env["helpdesk.ticket"]
        # sudo: the assignee may have no rights on the complaint
        tickets = self.env["helpdesk.ticket"].sudo().browse(calls.mapped("res_id"))
        return tickets.exists().filtered("is_complaint")
