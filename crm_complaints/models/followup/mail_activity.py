"""mail.activity: follow-up calls are marked done with the customer's answer."""

from odoo import models
from odoo.exceptions import RedirectWarning

from odoo.addons.mail.tools.discuss import Store

from ...engine import phases
from .helpdesk_ticket_follow_up import FOLLOW_UP_ACTIVITY, RECORDED


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _to_store_defaults(self, target):
        # tells the web client to ask for the answer when it is marked done
        asking = self._complaint_asking_for_result()
        return super()._to_store_defaults(target) + [
            Store.Attr("complaint_follow_up", lambda activity: activity in asking)
        ]

    def _action_done(self, feedback=False, attachment_ids=None):
        """Refuse to mark a follow-up call done without the customer's answer.

        :raises RedirectWarning: leads to the wizard that records the answer
        """
        if self.env.context.get("complaint_follow_up_recorded") is not RECORDED:
            self._complaint_ask_for_result(feedback)
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _complaint_ask_for_result(self, feedback):
        asking = self._complaint_asking_for_result()
        if not asking:
            return
        action = self.env.ref("crm_complaints.complaint_follow_up_action")
        raise RedirectWarning(
            self.env._("A follow-up call is completed by recording its result."),
            action.id,
            self.env._("Record Result"),
            {"default_ticket_id": asking[0].res_id, "default_words": feedback or ""},
        )

    def _complaint_asking_for_result(self):
        """Return the follow-up calls among these whose answer can be recorded."""
        follow_up = self.env["ir.model.data"]._xmlid_to_res_id(FOLLOW_UP_ACTIVITY)
        calls = self.filtered(
            lambda a: (
                a.res_model == "helpdesk.ticket" and a.activity_type_id.id == follow_up
            )
        )
        if not follow_up or not calls:
            return self.browse()
        # sudo: the assignee may do the activity without rights on the complaint
        tickets = self.env["helpdesk.ticket"].sudo().browse(calls.mapped("res_id"))
        resolved = tickets.exists().filtered(
            lambda t: t.is_complaint and t.complaint_phase in phases.RESOLVED
        )
        return calls.filtered(lambda a: a.res_id in resolved.ids)
