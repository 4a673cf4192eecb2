"""helpdesk.ticket, intake: what follows a registration, and can never undo it."""

from odoo import api, models

from .helpdesk_ticket import DeferredIntake
from .isolation import AtOnce, at_once, error_text, isolated


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _complaint_registered(self):
        """Intake: do what follows the registration, with each part isolated.

        All of it at once, as each part that is isolated has what is pending written to
        the database; where anything fails, all is undone and done part by part.
        """
        super()._complaint_registered()
        if not self:
            return
        tickets = self.with_context(complaint_at_once=AtOnce())
        with (
            isolated(self.env, f"The intake of {self} at once") as outcome,
            at_once(tickets.env),
        ):
            tickets._complaint_do_intake()
        if outcome.error:
            self._complaint_do_intake()

    def _complaint_do_intake(self):
        looking = False

        def act(tickets):
            nonlocal looking
            looking = True
            tickets._complaint_intake_facts()
            looking = False
            tickets._complaint_start_clock()

        def report(ticket, summary, note):
            if looking:
                ticket._complaint_something_failed(summary, note)
            ticket._complaint_start_clock_safely()

        # both in one isolated call, since each savepoint costs queries
        # sudo: what follows a permitted registration
        self.sudo()._complaint_isolated(
            act, self.env._("The search for earlier complaints failed"), report
        )
        self._complaint_intake_done()

    def _complaint_start_clock_safely(self):
        """Start the clock; a failure undoes nothing, and the leader is told."""
        # sudo: what follows a permitted change
        self.sudo()._complaint_isolated(
            lambda some: some._complaint_start_clock(),
            self.env._("The deadlines could not be set"),
            type(self)._complaint_clock_failed,
        )

    def _complaint_clock_failed(self, summary, note):
        """Hook: say on a complaint that its clock does not run, and tell the leader."""
        self._complaint_something_failed(summary, note)

    @api.model
    def _complaint_is_meant(self, vals):
        """Tell whether a ticket with these values becomes a complaint."""
        team = self.env["helpdesk.ticket.team"].browse(vals.get("team_id") or ())
        return bool(team.is_complaint_team or vals.get("is_complaint"))

    @api.model
    def _complaint_create_noted(self, vals, noted):
        """Create a complaint with fields that only code writes, set before its intake.

        :param dict vals: as for ``create``, with the rights of the user
        :param dict noted: fields that are ``complaint_written_by="code"``
        """
        deferring = self.with_context(complaint_deferred_ids=DeferredIntake())
        ticket = deferring.create(vals).with_env(self.env)
        if noted:
            # sudo: noted by code on what the user has just been allowed to create
            ticket.sudo().write(noted)
        if ticket.is_complaint:
            ticket._complaint_registered()
        return ticket

    @api.model
    def _complaint_create_plainly(self, vals):
        """Create a complaint; where that fails, again without followers and notes."""
        with isolated(self.env, "A complaint is registered plainly") as outcome:
            ticket = self.create(vals)
        if outcome.error:
            quiet = self.with_context(tracking_disable=True, mail_notrack=True)
            ticket = quiet.create(vals).with_env(self.env)
        return ticket

    def _complaint_keep_extras(self, error, customer, files):
        """Keep customer and files of a complaint, each isolated, after a failure.

        :param Exception error: the first failure
        :param customer: res.partner who is to follow it
        :param list files: pairs of name and content
        """
        self.ensure_one()
        failed = self._complaint_keep_files(files)[1]
        self._complaint_isolated(
            lambda ticket: ticket.message_subscribe(partner_ids=customer.ids),
            self.env._("The customer could not be added as a follower"),
            type(self)._complaint_something_failed,
        )
        summary = (
            self.env._(
                "Ask the customer again for %s, which could not be saved",
                ", ".join(failed),
            )
            if failed
            else self.env._("A step after the registration failed")
        )
        self._complaint_something_failed(
            summary, f"{summary}: {error_text(self.env, error)}"
        )

    def _complaint_keep_files(self, files, pending=False):
        """Keep files that came with a complaint or a message, each isolated.

        :param list files: pairs of name and content, as bytes
        :param bool pending: for a message that is about to be posted
        :return: ir.attachment, and the names of those that could not be kept
        """
        # as they were sent: Odoo would have large pictures made smaller, which takes
        # memory without limit
        Attachment = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        kept, failed = [], []
        for name, content in files:
            values = {
                "name": name,
                "raw": content,
                "res_model": "mail.compose.message" if pending else self._name,
                "res_id": 0 if pending else self.id,
            }
            with isolated(self.env, "A file cannot be kept") as outcome:
                attachment = Attachment.create(values)
            if outcome.error:
                failed.append(name)
            else:
                kept.append(attachment.id)
        return Attachment.browse(kept), failed
