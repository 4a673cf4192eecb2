"""helpdesk.ticket, intake: nothing that follows a registration can undo it."""

import html
import logging
import re

from markupsafe import Markup

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .helpdesk_ticket import DeferredIntake

_logger = logging.getLogger(__name__)

WARNING_ACTIVITY = "crm_complaints.mail_activity_type_not_acknowledged"
# The clock, or a rule, failed: a type of its own, so that nobody's other warnings
# stand for it.
FAILURE_ACTIVITY = "crm_complaints.mail_activity_type_failure"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _complaint_registered(self):
        """Do what follows the registration; none of it may undo the registration."""
        super()._complaint_registered()
        looking = False

        def act(tickets):
            nonlocal looking
            looking = True
            tickets._complaint_look_around()
            looking = False
            tickets._complaint_start_clock()

        def report(ticket, summary, note):
            if looking:
                ticket._complaint_something_failed(summary, note)
            ticket._complaint_start_clock_safely()

        # both in one go, since each safety costs queries
        # sudo: what follows a registration, whoever registers it
        self.sudo()._complaint_isolated(
            act, self.env._("Earlier complaints could not be looked up"), report
        )
        self._complaint_taken_in()

    def _complaint_start_clock_safely(self):
        """Start the clock; where that fails the change stands, and the leader is told."""
        # sudo: what follows a permitted change
        self.sudo()._complaint_isolated(
            lambda some: some._complaint_start_clock(),
            self.env._("The clock could not be set"),
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
        """Create a complaint with facts that only code writes, before its intake.

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
        """Create a complaint; where that fails, with nobody following or told of it."""
        try:
            with self.env.cr.savepoint():
                return self.create(vals)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.info("A complaint is registered plainly", exc_info=error)
            quiet = self.with_context(tracking_disable=True, mail_notrack=True)
            return quiet.create(vals).with_env(self.env)

    def _complaint_keep_extras(self, error, customer, files):
        """Keep what came with a complaint, each thing by itself, after one failed.

        :param Exception error: what went wrong at first
        :param customer: res.partner who is to follow it
        :param list files: pairs of name and content
        """
        self.ensure_one()
        failed = self._complaint_keep_files(files)
        self._complaint_isolated(
            lambda ticket: ticket.message_subscribe(partner_ids=customer.ids),
            self.env._("The customer does not follow the complaint"),
            type(self)._complaint_something_failed,
        )
        summary = (
            self.env._("Not kept: %s. Please ask for it again", ", ".join(failed))
            if failed
            else self.env._("Something failed beside the registration")
        )
        self._complaint_something_failed(
            summary, f"{summary}: {self._complaint_error_text(error)}"
        )

    def _complaint_keep_files(self, files):
        """Keep files that came with a complaint, each by itself.

        :param list files: pairs of name and content, as bytes
        :return: the names of those that could not be kept
        """
        failed = []
        for name, content in files:
            values = {
                "name": name,
                "raw": content,
                "res_model": self._name,
                "res_id": self.id,
            }
            self._complaint_isolated(
                lambda ticket, values=values: ticket.env["ir.attachment"].create(
                    values
                ),
                name,
                lambda _ticket, name, _note: failed.append(name),
            )
        return failed

    def _complaint_isolated(self, act, summary, report):
        """Call ``act(tickets)`` on all; where that fails, on each, and report failures.

        :param act: function of tickets
        :param str summary: what to tell the leader about those on which it failed
        :param report: function of (ticket, summary, note) that does so
        """
        if not self:
            return
        # before the savepoint: what is pending belongs to the registration
        self.env.cr.flush()
        try:
            with self.env.cr.savepoint():
                act(self)
            return
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # the whole transaction has to be taken again
        except Exception as error:
            if len(self) == 1:
                _logger.info(
                    "Complaint %s: %s (%s)", self.id, summary, type(error).__name__
                )
                report(self, summary, f"{summary}: {self._complaint_error_text(error)}")
                return
        for ticket in self:
            ticket._complaint_isolated(act, summary, report)

    @api.model
    def _complaint_error_text(self, error):
        """Return one line that tells people what went wrong.

        QWeb's messages hold the template and a traceback; what counts in them is the
        line of the error itself.
        """
        text = html.unescape(str(error.args[0] if error.args else error)).strip()
        found = re.search(r"^\s*([\w.]*(?:Error|Exception): .+)$", text, re.MULTILINE)
        if found:
            return found[1][:250]
        return (text.splitlines() or [type(error).__name__])[0][:250]

    def _complaint_rule_failed(self, rule, error):
        """Say on each complaint that an automation rule failed on it.

        :param str rule: its name
        :param Exception error:
        """
        summary = self.env._("The automation rule “%s” failed", rule)
        note = f"{summary}: {self._complaint_error_text(error)}"
        _logger.info("Rule failed on complaints %s", self.ids, exc_info=error)
        for ticket in self:
            ticket._message_log(body=note)
        # a rule that fails on hundreds in one night sends no hundreds of mails
        self.with_context(mail_activity_quick_update=True)._complaint_tell_leader(
            summary, note, FAILURE_ACTIVITY
        )

    def _complaint_something_failed(self, summary, note):
        """Say on a complaint that something beside it failed, and tell the leader."""
        self._message_log(body=note)
        self._complaint_tell_leader(summary, note, FAILURE_ACTIVITY)

    def _complaint_tell_leader(self, summary, note, activity_type=WARNING_ACTIVITY):
        """Plan an activity for the leader of each complaint's team, if not there yet.

        :param str summary: short, one line
        :param str note: plain text
        :param str activity_type: XML id
        """
        told = self.activity_search([activity_type]).mapped("res_id")
        self.env.flush_all()
        for ticket in self.filtered(lambda t: t.id not in told):
            ticket._complaint_plan_warning(activity_type, summary, note)

    def _complaint_plan_warning(self, activity_type, summary, note):
        """Plan an activity for the leader; where that fails, the complaint says it alone."""
        try:
            with self.env.cr.savepoint():
                self.activity_schedule(
                    activity_type,
                    summary=summary,
                    # what errors and mail servers say is no HTML of ours
                    note=Markup("<p>%s</p>") % note,
                    user_id=self.complaint_leader_id.id,
                )
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            _logger.info("No activity on complaint %s", self.id, exc_info=error)
