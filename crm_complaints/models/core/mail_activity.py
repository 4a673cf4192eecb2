"""mail.activity: of many activities on complaints, their user is told in one mail."""

from odoo import models

from .helpdesk_ticket_notice import Notice, Notices


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def action_notify(self):
        notices = Notices.of(self.env)
        waiting = self.browse()
        if notices is not None:
            Ticket = self.env["helpdesk.ticket"]
            on_tickets = self.filtered(lambda a: a.res_model == Ticket._name)
            # sudo: only which are complaints, whoever plans an activity on them
            tickets = Ticket.sudo().browse(on_tickets.mapped("res_id"))
            complaint_ids = set(tickets.exists().filtered("is_complaint")._ids)
            waiting = on_tickets.filtered(
                lambda activity: activity.user_id and activity.res_id in complaint_ids
            )
            notices.waiting += [
                Notice(
                    activity.user_id.partner_id.id,
                    Ticket.browse(activity.res_id),
                    activity,
                    False,
                )
                for activity in waiting
            ]
        return super(MailActivity, self - waiting).action_notify()
