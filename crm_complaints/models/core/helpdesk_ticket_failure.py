"""helpdesk.ticket, failure: errors in side tasks are noted and told to the leader."""

from markupsafe import Markup

from odoo import models

from .isolation import error_text, is_at_once, isolated

WARNING_ACTIVITY = "crm_complaints.mail_activity_type_not_acknowledged"
# For failures of the clock or of a rule: an activity type of its own, so that no other
# warning is taken for it.
FAILURE_ACTIVITY = "crm_complaints.mail_activity_type_failure"


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _complaint_isolated(self, act, summary, report):
        """Call ``act(tickets)`` on all; where that fails, on each, and report failures.

        :param act: function of tickets
        :param str summary: what to tell the leader about those on which it failed
        :param report: function of (ticket, summary, note) that does so
        """
        if not self:
            return
        if is_at_once(self.env):
            act(self)
            return
        with isolated(self.env, f"{self}: {summary}") as outcome:
            act(self)
        if not outcome.error:
            return
        if len(self) == 1:
            report(self, summary, f"{summary}: {error_text(self.env, outcome.error)}")
            return
        for ticket in self:
            ticket._complaint_isolated(act, summary, report)

    def _complaint_something_failed(self, summary, note):
        """Note on a complaint that a side task failed, and tell the leader."""
        self._message_log(body=note)
        self._complaint_tell_leader(summary, note, FAILURE_ACTIVITY)

    def _complaint_tell_leader(self, summary, note, activity_type=WARNING_ACTIVITY):
        """Plan an activity for the leader of each complaint's team, once.

        Where that fails, only the note on the complaint remains.

        :param str summary: short, one line
        :param str note: plain text
        :param str activity_type: XML id
        """
        told = self.activity_search([activity_type]).mapped("res_id")
        for ticket in self.filtered(lambda t: t.id not in told):
            with isolated(self.env, f"No activity on {ticket}"):
                ticket.activity_schedule(
                    activity_type,
                    summary=summary,
                    # the texts of errors and mail servers are not HTML of ours
                    note=Markup("<p>%s</p>") % note,
                    user_id=ticket.complaint_leader_id.id,
                )
