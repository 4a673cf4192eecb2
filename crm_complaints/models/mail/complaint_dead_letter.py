"""complaint.dead.letter: a failed e-mail, one that could not be processed, as it came."""

import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import plain_text
from ...engine.mail import incoming as mail_incoming
from ...engine.mail import source
from ..core.isolation import error_place, error_text, isolated
from .incoming import COMPLAINT, DEAD

ACTIVITY = "crm_complaints.mail_activity_type_dead_letter"


class ComplaintDeadLetter(models.Model):
    _name = "complaint.dead.letter"
    _description = "Failed E-mail"
    # a thread, since whoever gets an activity is notified on it
    _inherit = ["mail.thread", "mail.activity.mixin", "complaint.field.access"]
    _order = "state, received_at desc, id desc"
    _complaint_written_by = "code"

    name = fields.Char(string="Subject", readonly=True, complaint_privacy="forget")
    email_from = fields.Char(string="Sender", readonly=True, complaint_privacy="forget")
    received_at = fields.Datetime(string="Received", readonly=True)
    state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("done", "Processed"),
            ("dismissed", "Dismissed"),
        ],
        default="open",
        required=True,
        index=True,
        readonly=True,
        tracking=True,
    )
    failure = fields.Char(
        string="Reason for Failure", readonly=True, complaint_privacy="forget"
    )
    error_details = fields.Text(
        readonly=True,
        groups="base.group_system",
        complaint_privacy="forget",
        complaint_told=False,
    )
    attempts = fields.Integer(default=1, readonly=True, complaint_told=False)
    # in the table: where attachments cannot be stored it is the last resort
    raw = fields.Binary(
        string="Original E-mail",
        attachment=False,
        required=True,
        readonly=True,
        complaint_privacy="forget",
        complaint_told=False,
    )
    raw_size = fields.Integer(string="Size (Bytes)", readonly=True)
    preview = fields.Html(
        compute="_compute_preview",
        help="The readable text of the e-mail, without attachments.",
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, readonly=True
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Complaint",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="The complaint created from the e-mail or, while the e-mail is open, "
        "the complaint that contains the readable part of it.",
        complaint_link=True,
        complaint_privacy="keep",
    )
    entry_id = fields.Many2one(
        comodel_name="complaint.incoming.mail",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        complaint_privacy="keep",
    )
    delivery = fields.Json(
        string="Route",
        readonly=True,
        groups="base.group_system",
        help="The way in which the e-mail reached the mail gateway.",
        complaint_privacy="forget",
        complaint_told=False,
    )
    dismiss_reason = fields.Char(
        string="Reason for Dismissal", readonly=True, complaint_privacy="forget"
    )

    @api.depends("raw")
    def _compute_preview(self):
        for letter in self.with_context(bin_size=False):
            mail = mail_incoming.IncomingMail.from_bytes(
                letter._raw(), fields.Datetime.now()
            )
            letter.preview = plain_text.as_html(
                source.first_text(mail.message)[:20_000].replace("\0", "")
            )

    def _raw(self):
        """Return the mail as it came, as bytes."""
        return base64.b64decode(self.with_context(bin_size=False).raw or b"")

    def write(self, vals):
        result = super().write(vals)
        if "team_id" in vals:
            self._hand_over()
        return result

    def _hand_over(self):
        """Ask the leader of the team it was given to, in place of the one before."""
        # sudo: what the change of team, which was permitted, brings with it
        for letter in self.sudo().filtered(lambda letter: letter.state == "open"):
            company = letter.team_id.company_id
            if company and company != letter.company_id:
                letter.company_id = company
            letter.activity_unlink([ACTIVITY])
            letter._tell_leader()

    # ---------------------------------------------------
    # Keeping
    # ---------------------------------------------------

    @api.model
    def _keep(self, recognised, delivery, error, entry, ticket=None):
        """Keep a failed e-mail, and tell the team's leader.

        :param Recognised recognised:
        :param Delivery delivery: how the gateway got it
        :param Exception error: why it could not be processed
        :param entry: its complaint.incoming.mail, or an empty recordset
        :param ticket: the complaint that holds a part of it
        """
        mail, header = recognised.mail, recognised.mail.message
        team = self.env["helpdesk.ticket.team"].browse(recognised.team_ids[:1])
        company = team.company_id or (ticket and ticket.company_id) or self.env.company
        if not team and not ticket:
            team = self.env["helpdesk.ticket"]._complaint_default_teams(company)[
                company
            ]
        # nothing that could fail is done beside
        letter = self.with_context(
            tracking_disable=True, mail_create_nolog=True
        ).create(
            {
                "name": source.shortened(
                    source.decoded(source.header(header, "Subject")), 250
                ),
                "email_from": source.shortened(
                    source.decoded(source.header(header, "From")), 250
                ),
                "received_at": mail.facts.received_at,
                "failure": self._said(error),
                "error_details": self._details(error),
                "raw": base64.b64encode(mail.raw),
                "raw_size": len(mail.raw),
                "team_id": (ticket and ticket.team_id or team).id,
                "company_id": company.id,
                "ticket_id": ticket and ticket.id,
                "entry_id": entry.id,
                "delivery": delivery.as_json(),
            }
        )
        if entry:
            entry.write({"outcome": DEAD, "ticket_id": ticket and ticket.id})
        letter = letter.with_env(self.env)
        letter._tell_leader()
        return letter

    @api.model
    def _said(self, error):
        text = error_text(self.env, error)
        # these say in words what is wrong
        if not isinstance(error, OSError | UserError):
            text = f"{type(error).__name__}: {text}"
        return source.shortened(text, 250)

    @api.model
    def _details(self, error):
        """Return where it went wrong, without what the mail says."""
        text = error_place(error)[-20_000:].replace("\0", "")
        return text.encode("utf-8", "replace").decode()

    def _tell_leader(self):
        """Plan an activity for the leader; where that fails the mail is kept anyway."""
        with isolated(self.env, f"No activity for {self}"):
            self.activity_schedule(
                ACTIVITY,
                summary=self.env._("An e-mail could not be processed"),
                note=Markup("<p>%s</p>") % self.failure,
                user_id=self._responsible().id,
            )
            if self.ticket_id:
                self.ticket_id._message_log(
                    body=self.env._(
                        "Only part of this e-mail could be processed. The complete "
                        "e-mail is kept under Failed E-mails: %(letter)s.",
                        letter=self._get_html_link(title=self.name or "–"),
                    )
                )

    def _responsible(self):
        """Return whoever is to see to it: the team's leader, else a manager."""
        leader = self.team_id.user_id.filtered("active")
        if leader:
            return leader
        managers = self.env.ref("helpdesk_mgmt.group_helpdesk_manager").all_user_ids
        return managers.filtered(
            lambda user: (
                user.active
                and not user._is_superuser()
                and self.company_id in user.company_ids
            )
        ).sorted("id")[:1]

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_retry(self):
        """Process these mails again; each by itself, so one that fails stops no other.

        :raises UserError: where one of them is not to be seen to any more
        """
        self._ensure_open()
        failed = self.browse()
        for letter in self:
            if not letter._retry():
                failed |= letter
        if len(self) == 1 and not failed:
            return self.action_open_complaint()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if failed else "success",
                "message": self.env._(
                    "E-mails processed: %(done)s. E-mails that failed again: "
                    "%(failed)s. Open a failed e-mail to see the reason.",
                    done=len(self) - len(failed),
                    failed=len(failed),
                )
                if failed
                else self.env._("E-mails processed: %(done)s.", done=len(self)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_register(self):
        """Make a complaint of what can be read; the mail itself is attached to it.

        For a mail that fails again and again, so that nobody has to type it over.

        :raises UserError: where it is not to be seen to any more
        """
        self.ensure_one()
        self._ensure_open()
        ticket = self.ticket_id
        if not ticket:
            if not self.team_id:
                raise UserError(
                    self.env._(
                        "Please choose the team that should receive this e-mail."
                    )
                )
            # sudo: as the gateway, which acts for whoever sent the mail
            ticket = self.sudo()._register_readable()
        self._settle("done", ticket_id=ticket.id)
        return self.action_open_complaint()

    def action_dismiss(self):
        """Ask why it needs no complaint, and put it away.

        :raises UserError: where one of them is not to be seen to any more
        """
        self._ensure_open()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss Failed E-mails"),
            "res_model": "complaint.dead.letter.dismiss",
            "view_mode": "form",
            "target": "new",
            "context": {"default_letter_ids": self.ids},
        }

    def action_download(self):
        """Save the mail as it came."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/raw/mail-{self.id}.eml"
            "?download=true",
            "target": "download",
        }

    def action_open_complaint(self):
        """Go to the complaint it became."""
        self.ensure_one()
        if not self.ticket_id:
            return True
        return self.ticket_id.get_formview_action()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _ensure_open(self):
        self.check_access("read")  # which only the leader and managers may
        if any(letter.state != "open" for letter in self):
            raise UserError(
                self.env._("This e-mail has already been processed or dismissed.")
            )

    def _retry(self):
        """Process it again; return whether that went well."""
        letter = self.sudo()  # the gateway acts for whoever sent the mail
        with isolated(self.env, f"{self} cannot be processed yet") as outcome:
            ticket = self.env["complaint.gateway"]._retry(letter)
        if outcome.error:
            letter.write(
                {
                    "attempts": letter.attempts + 1,
                    "failure": self._said(outcome.error),
                    "error_details": self._details(outcome.error),
                }
            )
            return False
        letter._settle("done", ticket_id=ticket.id)
        return True

    def _register_readable(self):
        """Make a complaint of what can be read, and attach the mail as it came."""
        ticket = self.env["complaint.gateway"]._register_readable(self)
        self.entry_id.write({"outcome": COMPLAINT, "ticket_id": ticket.id})
        self.env["ir.attachment"].create(
            {
                "name": f"mail-{self.id}.eml",
                "raw": self._raw(),
                "mimetype": "message/rfc822",
                "res_model": ticket._name,
                "res_id": ticket.id,
            }
        )
        return ticket

    def _settle(self, state, **values):
        """Put these away, with what their leaders were asked to do."""
        # sudo: who may write the letter, settles what was planned because of it
        letters = self.sudo()
        letters.write({"state": state, **values})
        letters.activity_unlink([ACTIVITY])
