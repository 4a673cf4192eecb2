"""helpdesk.ticket, activities: what is planned, for whom, and what they say then."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from .isolation import isolated

# A person should look at what came in.
LOOK_ACTIVITY = "crm_complaints.mail_activity_type_look"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _complaint_plan_activity(self, type_xmlid, days, users=None):
        """Plan one activity for each complaint's responsible user, all at once.

        :param str type_xmlid: of the activity type
        :param dict days: ticket id -> days from today, in the team's time zone
        :param dict users: ticket id -> res.users who gets it instead
        """
        if not self:
            return
        notes = {}
        for user, tickets in (
            self.grouped(lambda ticket: users[ticket.id]) if users else {None: self}
        ).items():
            if user:  # the script names the speaker
                tickets = tickets.with_context(complaint_signer=user)
            notes.update(
                tickets._complaint_render_scripts(
                    self._complaint_scripts().get(type_xmlid)
                )
            )
        activity_type = self.env.ref(type_xmlid, raise_if_not_found=False)
        if not activity_type:
            activity_type = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "summary": activity_type.summary,
                    "note": notes.get(ticket.id) or activity_type.default_note,
                    "automated": True,
                    "date_deadline": fields.Date.context_today(
                        ticket.with_context(tz=ticket.complaint_tz)
                    )
                    + timedelta(days=days[ticket.id]),
                    "res_model_id": model_id,
                    "res_id": ticket.id,
                    "user_id": (
                        users[ticket.id] if users else ticket.complaint_responsible_id
                    ).id,
                }
                for ticket in self
            ]
        )

    def _complaint_render_scripts(self, template_xmlid):
        """Return {id: script of what to say or write}, {} where there is no script.

        Scripts are templates, so that an administrator can word them; where one is
        missing or broken, the activity is planned without it.
        """
        return self._complaint_render_script_of(template_xmlid, self.ids)

    @api.model
    def _complaint_render_script_of(self, template_xmlid, ids):
        """Return {id: text} for records of the script's model.

        :param ids: of records that the user may write, or has not saved yet
        """
        template = template_xmlid and self.env.ref(
            f"crm_complaints.{template_xmlid}", raise_if_not_found=False
        )
        if not template:
            return {}
        texts = {}
        with isolated(self.env, f"Script {template_xmlid} is broken"):
            # sudo: handlers have no rights on templates
            texts = template.sudo()._render_field(
                "body_html", ids, compute_lang=bool(template.sudo().lang)
            )
        return texts

    def _complaint_handed_over(self, before):
        """Hand over open activities of ours to the new responsible user."""
        super()._complaint_handed_over(before)
        changed = self.filtered(lambda t: before[t.id] != t.complaint_responsible_id)
        if not changed:
            return
        # sudo: activities may belong to a colleague; the ticket was just written
        activities = changed.sudo().activity_search(self._complaint_handed_types())
        handed = activities.filtered(
            lambda activity: (
                activity.user_id == before[activity.res_id]
                and self.browse(activity.res_id)._complaint_is_handed(activity)
            )
        )
        for activity_type, group in handed.grouped("activity_type_id").items():
            tickets = self.browse(group.mapped("res_id"))
            # the script names the caller
            scripts = tickets._complaint_render_scripts(
                self._complaint_scripts().get(
                    activity_type.get_external_id()[activity_type.id]
                )
            )
            for activity in group:
                ticket = self.browse(activity.res_id)
                activity.write(
                    {
                        "user_id": ticket.complaint_responsible_id.id,
                        "note": scripts.get(ticket.id) or activity.note,
                    }
                )

    @api.model
    def _complaint_scripts(self):
        """Hook: return {XML id of an activity type: XML id of its script's template}.

        The template is one of this addon, without the module in front.
        """
        return {}

    @api.model
    def _complaint_handed_types(self):
        """Hook: return the XML ids of activity types that are handed over."""
        return []

    def _complaint_is_handed(self, activity):
        """Hook: tell whether an activity of one of these types is handed over.

        :param activity: mail.activity of this complaint, of its former responsible user
        """
        self.ensure_one()
        return True

    def _complaint_present_user(self):
        """Return who is told that something came: the responsible user, if present.

        Otherwise the leader, or a colleague of the team who may work the complaint and
        is not out of office; where nobody is, the responsible user all the same.
        """
        self.ensure_one()
        ticket = self.sudo()  # whether colleagues are away, and who is in the team
        responsible = ticket.complaint_responsible_id
        if not responsible.is_out_of_office:
            return responsible.sudo(False)
        others = (ticket.complaint_leader_id | ticket.team_id.user_ids) - responsible
        for user in others.filtered("active"):
            if not user.is_out_of_office and ticket.with_user(user).has_access("write"):
                return user.sudo(False)
        return responsible.sudo(False)

    def _complaint_ask_to_look(self, summary, note):
        """Ask the responsible user, or who is present, to look at each of these, once.

        :param str summary: short, one line
        :param str note: plain text
        """
        asked = {
            (activity.res_id, activity.summary)
            # sudo: activities of colleagues count as well
            for activity in self.sudo().activity_search([LOOK_ACTIVITY])
        }
        for ticket in self:
            if (ticket.id, summary) not in asked:
                ticket.activity_schedule(
                    LOOK_ACTIVITY,
                    summary=summary,
                    # the texts of mail servers are not HTML of ours
                    note=Markup("<p>%s</p>") % note,
                    user_id=ticket._complaint_present_user().id,
                )
