"""helpdesk.ticket, staff complained about: they neither read nor handle it."""

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_concerned_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="helpdesk_ticket_complaint_concerned_rel",
        column1="ticket_id",
        column2="user_id",
        string="Staff Complained About",
        groups="base.group_user",
        domain=[("share", "=", False)],
        copy=False,
        help="The members of staff this complaint is about. They can neither "
        "see nor handle it.",
        complaint_privacy="forget",
        complaint_told=False,
        complaint_merge="union",
    )

    @api.depends_context("uid")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        # links show the name of their target to those who may not read it
        for ticket in self._complaint_hidden():
            ticket.display_name = self.env._("Another complaint")
        return result

    @api.depends("complaint_concerned_user_ids")
    def _compute_complaint_responsible(self):
        return super()._compute_complaint_responsible()

    def _complaint_barred_users(self):
        # sudo: the list is hidden from those on it
        return (
            super()._complaint_barred_users() | self.sudo().complaint_concerned_user_ids
        )

    @api.constrains("user_id", "complaint_concerned_user_ids")
    def _check_complaint_concerned(self):
        for ticket in self._complaint_ever():
            # sudo: the handler set here may be one that the user does not see
            concerned = ticket.sudo().complaint_concerned_user_ids
            if ticket.user_id in concerned:
                raise ValidationError(
                    self.env._(
                        "This complaint is about %(name)s, who therefore cannot "
                        "handle it. Please choose another handler.",
                        name=ticket.user_id.name,
                    )
                )

    def _complaint_created(self):
        super()._complaint_created()
        # sudo: the list is hidden from those on it
        if self.sudo().complaint_concerned_user_ids:
            self._complaint_concerned_changed()
            self._complaint_remove_concerned()

    def _complaint_before_write(self, vals):
        if "complaint_concerned_user_ids" in vals and "user_id" not in vals:
            # a handler whom the complaint turns out to be about is unassigned
            users = self.new(
                {"complaint_concerned_user_ids": vals["complaint_concerned_user_ids"]}
            ).complaint_concerned_user_ids._origin
            affected = self.filtered(lambda ticket: ticket.user_id in users)
            if affected:
                affected.write({"user_id": False})
        before = super()._complaint_before_write(vals)
        if "complaint_concerned_user_ids" in vals:
            # sudo: the list is hidden from those on it
            before["concerned"] = {
                t: t.complaint_concerned_user_ids for t in self.sudo()
            }
        return before

    def _complaint_written(self, vals, before):
        super()._complaint_written(vals, before)
        if "complaint_concerned_user_ids" in vals:
            self._complaint_concerned_changed()
            # sudo: tokens, on which no user has rights
            self.sudo().filtered(
                lambda t: t.complaint_concerned_user_ids - before["concerned"][t]
            )._complaint_end_known_links()
        if {"complaint_concerned_user_ids", "user_id", "team_id"} & vals.keys():
            self._complaint_remove_concerned()

    @api.ondelete(at_uninstall=True)
    def _unlink_concerned(self):
        # sudo: the list is hidden from those on it
        if self.sudo().complaint_concerned_user_ids:
            self._complaint_concerned_changed()

    def web_save(self, vals, specification, next_id=None):
        if "complaint_concerned_user_ids" in vals:
            users = self.new(
                {"complaint_concerned_user_ids": vals["complaint_concerned_user_ids"]},
                origin=self or None,
            ).complaint_concerned_user_ids._origin
            if self.env.user in users:
                # the form could not show what it has just saved
                raise UserError(
                    self.env._(
                        "You cannot enter yourself here, because you would lose "
                        "access to the complaint at once. Please ask your team "
                        "leader to record that it is about you."
                    )
                )
        return super().web_save(vals, specification, next_id=next_id)

    def _complaint_end_known_links(self):
        """End links that staff complained about may have seen while they could read it.

        Without signing in, they would be the customer.
        """
        linked = self._complaint_ever().filtered("access_token")
        linked._complaint_end_links()
        linked._complaint_ask_to_look(
            self.env._("Send the customer a new link"),
            self.env._(
                "Until now, the staff complained about could read the complaint and "
                "the tracking link in its letters. That link is no longer valid; the "
                "next letter will contain a new one."
            ),
        )

    @api.model
    def _complaint_concerned_changed(self):
        """Clear the caches of which complaints are hidden from whom, in all workers.

        Again after the commit: until then other workers read, and keep, the old state.
        """
        self.env["res.users"].invalidate_model(
            ["complaint_concerns", "complaint_hidden_ids"]
        )
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    def _complaint_hidden(self):
        """Return those of these complaints that are about the user, in sudo as well."""
        hidden = self.env["res.users"]._complaint_hidden_ids(self.env.uid)
        return self.filtered(lambda t: t.id in hidden) if hidden else self.browse()

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        if self.browse(thread_id)._complaint_hidden():
            return self.browse()  # not even by a link with a token
        return super()._get_thread_with_access(thread_id, **kwargs)

    def _complaint_ever(self):
        """Return those that are or were complaints; no other ticket is about staff.

        By a stored field that is not computed: constraints run during computes.
        """
        return self.filtered("complaint_received_at")

    def _complaint_remove_concerned(self):
        """Take staff complained about off followers, notifications and activities."""
        # sudo: followers, notifications and activities belong to the colleague who
        # must not know; the user has just written the ticket
        for ticket in self._complaint_ever().sudo():
            users = ticket.complaint_concerned_user_ids
            if not users:
                continue
            ticket.message_unsubscribe(partner_ids=users.partner_id.ids)
            ticket.message_ids.filtered("partner_ids").write(
                {"partner_ids": [Command.unlink(pid) for pid in users.partner_id.ids]}
            )
            self.env["mail.notification"].sudo().search(
                [
                    ("res_partner_id", "in", users.partner_id.ids),
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "=", ticket.id),
                ]
            ).unlink()
            ticket._complaint_stop_scheduled(users)
            ticket._complaint_reassign_work_of(users)

    def _complaint_reassign_work_of(self, users):
        """Hook: reassign what staff complained about were to do for this complaint.

        :param users: res.users whom it is about
        """
        self.ensure_one()
        self.activity_ids.filtered(lambda a: a.user_id in users).write(
            {"user_id": self.complaint_responsible_id.id}
        )

    def _complaint_stop_scheduled(self, users):
        """Cancel messages that these users have scheduled, and note their text.

        :param users: res.users whom it is about
        """
        messages = self.env["mail.scheduled.message"].search(
            [
                ("model", "=", self._name),
                ("res_id", "=", self.id),
                "|",
                ("create_uid", "in", users.ids),
                ("author_id", "in", users.partner_id.ids),
            ]
        )
        for message in messages:
            self._message_log(
                body=Markup("<p>%s</p>%s")
                % (
                    self.env._(
                        "The following scheduled message from %(name)s was not sent, "
                        "because the complaint is about this person:",
                        name=message.author_id.name,
                    ),
                    message.body or "",
                )
            )
        messages.unlink()

    def message_post(self, *, partner_ids=None, **kwargs):
        # sudo: the list is hidden from those on it
        concerned = (
            self._complaint_ever().sudo().complaint_concerned_user_ids.partner_id
        )
        if partner_ids and concerned:
            # addressees may read the message
            partner_ids = [pid for pid in partner_ids if pid not in concerned.ids]
        return super().message_post(partner_ids=partner_ids, **kwargs)

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        # sudo: the list is hidden from those on it
        concerned = (
            self._complaint_ever().sudo().complaint_concerned_user_ids.partner_id
        )
        if partner_ids and concerned:
            # a batch shares its list: better one follower too few than too many
            partner_ids = [pid for pid in partner_ids if pid not in concerned.ids]
        return super()._message_subscribe(
            partner_ids=partner_ids, subtype_ids=subtype_ids, customer_ids=customer_ids
        )

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        concerned = set(
            self._complaint_ever().sudo().complaint_concerned_user_ids.partner_id.ids
        )
        return [data for data in recipients if data["id"] not in concerned]
