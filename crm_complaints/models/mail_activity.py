"""mail.activity: marking our activities done does what they stand for."""

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import RedirectWarning

from odoo.addons.mail.tools.discuss import Store

from ..engine import phases
from .helpdesk_ticket_acknowledge import ACTIVITY_TYPES
from .helpdesk_ticket_follow_up import FOLLOW_UP_ACTIVITY, RECORDED


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [self._complaint_without_concerned(vals) for vals in vals_list]
        )

    def write(self, vals):
        if vals.get("user_id"):
            barred = self.filtered(
                lambda activity: (
                    activity._complaint_without_concerned(vals)["user_id"]
                    != vals["user_id"]
                )
            )
            for activity in barred:
                super(MailActivity, activity).write(
                    activity._complaint_without_concerned(vals)
                )
            self -= barred
        return super().write(vals)

    def _complaint_without_concerned(self, vals):
        """Return these values with somebody else to do it than whom it is about.

        Rules, plans and colleagues who do not know give it to whom they always do.

        :param dict vals: of an activity, this one's where it is there already
        """
        if not vals.get("user_id"):
            return vals
        Ticket = self.env["helpdesk.ticket"]
        model_id = vals.get("res_model_id") or self.res_model_id.id
        if model_id != self.env["ir.model"]._get_id(Ticket._name):
            return vals
        # sudo: the list is hidden from those on it
        ticket = Ticket.sudo().browse(vals.get("res_id") or self.res_id).exists()
        if vals["user_id"] not in ticket.complaint_concerned_user_ids.ids:
            return vals
        return {**vals, "user_id": ticket.complaint_responsible_id.id}

    def _to_store_defaults(self, target):
        # the web client asks for the answer when one of these is marked done
        asking = self._complaint_asking_for_result()
        return super()._to_store_defaults(target) + [
            Store.Attr("complaint_follow_up", lambda activity: activity in asking)
        ]

    def _action_done(self, feedback=False, attachment_ids=None):
        """A call back, a letter or a word in person acknowledges its complaint.

        :raises RedirectWarning: for a follow-up call whose answer is not recorded;
            it leads to the wizard that takes it
        """
        on_tickets = self.filtered(lambda a: a.res_model == "helpdesk.ticket")
        acknowledged = on_tickets._complaint_acknowledged_tickets()
        if self.env.context.get("complaint_follow_up_recorded") is not RECORDED:
            on_tickets._complaint_ask_for_result(feedback)
        heard = on_tickets._complaint_called_tickets()
        if self._complaint_by_staff():
            # a word in person or a letter by hand is as good as a call
            heard = heard.union(*acknowledged.values())
        kept = on_tickets._complaint_promised_remedies()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        kept._done()
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
            # sudo: an activity may be done by whoever it is assigned to
            ticket = Ticket.sudo().browse(activity.res_id)
            if by and ticket.is_complaint:
                if by == "letter" and fax and ticket.channel_id == fax:
                    by = "fax"
                found[by] = found.get(by, Ticket.sudo()) | ticket
        return found

    def _complaint_promised_remedies(self):
        """Return the remedies that are carried out with these activities."""
        if not self:
            return self.env["complaint.remedy"]
        # sudo: an activity may be done by whoever it is assigned to
        Remedy = self.env["complaint.remedy"].sudo()
        remedies = Remedy.search([("activity_id", "in", self.ids)])
        remedies.activity_id = False  # what is done stays in the history
        return remedies

    def _complaint_by_staff(self):
        return not self.env.user.share and self.env.uid != SUPERUSER_ID

    def _complaint_called_tickets(self):
        """Return the complaints whose customer a member of staff has just called."""
        calls = self.filtered(lambda a: a.activity_type_id.category == "phonecall")
        if not calls or not self._complaint_by_staff():
            return self.env["helpdesk.ticket"]
        # sudo: an activity may be done by whoever it is assigned to
        tickets = self.env["helpdesk.ticket"].sudo().browse(calls.mapped("res_id"))
        return tickets.exists().filtered("is_complaint")

    def _complaint_ask_for_result(self, feedback):
        asking = self._complaint_asking_for_result()
        if not asking:
            return
        action = self.env.ref("crm_complaints.complaint_follow_up_action")
        raise RedirectWarning(
            self.env._("What did the customer say? The answer belongs to the call."),
            action.id,
            self.env._("Record the answer"),
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
        # sudo: an activity may be done by whoever it is assigned to
        tickets = self.env["helpdesk.ticket"].sudo().browse(calls.mapped("res_id"))
        resolved = tickets.exists().filtered(
            lambda t: t.is_complaint and t.complaint_phase in phases.RESOLVED
        )
        return calls.filtered(lambda a: a.res_id in resolved.ids)
