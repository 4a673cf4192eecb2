"""base.automation: a rule that fails neither stops the clock nor loses a complaint.

Odoo runs rules in patches around ``create`` and ``write``, outside the overrides of an
addon. So what the patches call is overridden here: the look-up of rules (so that they
cost ordinary tickets nothing), their conditions, and ``_process``, which runs a rule.
"""

import logging
from functools import partial

from odoo import api, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import ormcache

from odoo.addons.base_automation.models.base_automation import TIME_TRIGGERS

from ..core.helpdesk_ticket import REGISTERING
from ..core.helpdesk_ticket_failure import FAILURE_ACTIVITY
from ..core.isolation import error_text, isolated
from .helpdesk_ticket_clock import CLOCK, CLOCK_FIELDS
from .ir_actions_server import Postponed

# Users get so many mails on new activities from one run of a rule, one for each as in
# Odoo; of more they are told in one mail.
_FEW_MAILS = 9


class BaseAutomation(models.Model):
    _inherit = "base.automation"

    @property
    def CRITICAL_FIELDS(self):
        # the look-up below depends on it as well
        return [*super().CRITICAL_FIELDS, "trigger_field_ids"]

    def _update_registry(self):
        """Clear the cache of rules, now and again once others can see the change.

        Odoo calls this whenever it has to patch models anew, so that create, write and
        unlink need no override.
        """
        super()._update_registry()
        self.env.registry.clear_cache()
        self.env.cr.postcommit.add(self.env.registry.clear_cache)

    # ---------------------------------------------------
    # Which rules to look at
    # ---------------------------------------------------

    def _get_actions(self, records, triggers):
        """Look up rules on tickets in a cache, and skip those that cannot apply.

        A rule on nothing but fields that the clock alone writes cannot apply to other
        writes; the same holds for the other ``_complaint_batches``. Odoo asks for rules
        at every write and create: without this, the rules that come with the addon cost
        3 more queries to write a ticket, and 6 more to create one.
        """
        if records._name != "helpdesk.ticket":
            return super()._get_actions(records, triggers)
        batch = self.env.context.get("complaint_batch")
        unwritten = frozenset().union(
            *(
                names
                for writer, names in self._complaint_batches().items()
                if writer is not batch
            )
        )
        rules = self.browse(self._complaint_rule_ids(tuple(triggers), unwritten))
        if rules and "__action_done" not in self.env.context:
            # as Odoo does; where nothing applies, it is an environment for nothing
            rules = rules.with_context(__action_done={})
        return rules

    @api.model
    def _complaint_batches(self):
        """Hook: return {writer of many complaints: names of fields it alone writes}.

        The writers are objects that stand in the context as ``complaint_batch`` while
        they write, so that nobody can send them over RPC.
        """
        return {CLOCK: CLOCK_FIELDS}

    @api.model
    @ormcache("triggers", "unwritten")
    def _complaint_rule_ids(self, triggers, unwritten):
        # sudo: rules apply to whoever writes, as in the method above
        rules = (
            self.sudo()
            .with_context(active_test=True)
            .search(
                [("model_name", "=", "helpdesk.ticket"), ("trigger", "in", triggers)]
            )
        )
        return rules.filtered(
            lambda rule: (
                not rule.trigger_field_ids
                or set(rule.trigger_field_ids.mapped("name")) - unwritten
            )
        )._ids

    # ---------------------------------------------------
    # What becomes of a rule that fails
    # ---------------------------------------------------

    # Odoo reads conditions before it calls ``_process``, so their errors are caught
    # here; those of time-based rules even outside Odoo's own ``try``.

    def _filter_pre(self, records, feedback=False):
        function = partial(super()._filter_pre, records, feedback=feedback)
        return self._complaint_filter(records, function, records.browse())

    def _filter_post_export_domain(self, records, feedback=False):
        function = partial(
            super()._filter_post_export_domain, records, feedback=feedback
        )
        return self._complaint_filter(records, function, (records.browse(), None))

    def _search_time_based_automation_records(self, *, until):
        function = partial(super()._search_time_based_automation_records, until=until)
        # sudo: rules are the administrator's
        nothing = self.env[self.sudo().model_name]
        return self._complaint_filter(nothing, function, nothing)

    def _complaint_filter(self, records, function, nothing):
        """Call ``function``; a condition that cannot be read fits nothing.

        A field it names may be gone, with the addon that defined it. As in
        ``_process``, the error is raised where a user can be shown it.
        """
        if not self._complaint_isolates(records):
            return function()
        fitting = nothing
        with isolated(
            self.env,
            f"The condition of {self} cannot be read",
            savepoint=False,
            # time-based: there is no record yet to note it on
            log_level=logging.INFO if records else logging.ERROR,
        ) as outcome:
            fitting = function()
        if outcome.error:
            self._complaint_failed(records, outcome.error)
        return fitting

    def _complaint_isolates(self, records):
        """Tell whether errors of a rule on these records are isolated."""
        registering = (
            self.env.context.get("old_values", True) is None
            # rules set off by computed fields during a creation
            or self.env.context.get("complaint_registering") is REGISTERING
        )
        return (
            records._name == "helpdesk.ticket"
            and (registering or self._complaint_unattended(records))
            # while the kind is being computed, the team decides
            and all(
                ticket.is_complaint or ticket.team_id.is_complaint_team
                for ticket in records.sudo()  # sudo: to read teams, for any user
            )
        )

    def _complaint_unattended(self, records):
        """Tell whether nobody is there to show an error to."""
        user = self.env.user
        return (
            self._complaint_by_itself()
            or records._complaint_incoming_mail()
            # sudo: rules are the administrator's
            or self.sudo().trigger in TIME_TRIGGERS
            # neither a customer nor a robot can do anything about it
            or not user._is_internal()
            or user._is_superuser()
        )

    def _complaint_by_itself(self):
        """Tell whether code writes many complaints at once, as the clock does."""
        batch = self.env.context.get("complaint_batch")
        return any(writer is batch for writer in self._complaint_batches())

    def _complaint_failed(self, records, error):
        """Note on each complaint that the rule failed on it, and tell the leader.

        :param Exception error:
        :raises UserError: the rule's own, to a colleague who registers a complaint: it
            may say what is missing, and what was typed stays in the form
        """
        if isinstance(
            error, (UserError, RedirectWarning)
        ) and not self._complaint_unattended(records):
            raise error
        summary = self.env._("The automation rule “%s” failed", self.sudo().name)
        note = f"{summary}: {error_text(self.env, error)}"
        # sudo: the rule's name, and an activity for the leader
        complaints = records.sudo()
        for complaint in complaints:
            complaint._message_log(body=note)
        # no mail each: a rule may fail on hundreds in one night
        complaints.with_context(mail_activity_quick_update=True)._complaint_tell_leader(
            summary, note, FAILURE_ACTIVITY
        )

    def _process(self, records, domain_post=None):
        """Isolate a failing rule to its complaint where no user can be shown the error.

        That is so for the clock, for time-based rules, while a mail is processed, and
        where customers write. A colleague who registers a complaint is shown only the
        errors meant for users. Elsewhere a rule may be meant to stop its user, so
        nothing changes there.

        This is the one place that knows which rule failed on which record before the
        error reaches the caller.
        """
        process = super()._process.__func__  # of Odoo, on whichever environment
        if records._name != "helpdesk.ticket":
            return process(self, records, domain_post=domain_post)
        with records._complaint_together(len(records), few=_FEW_MAILS) as together:
            self = self.with_context(
                complaint_notices=together.env.context.get("complaint_notices")
            )
            return self._complaint_process(records, process, domain_post=domain_post)

    def _complaint_process(self, records, process, domain_post=None):
        """Run a rule on tickets, and isolate it where nobody can be shown the error.

        :param process: Odoo's ``_process`` as a function
        """
        if not records or not self._complaint_isolates(records):
            return process(self, records, domain_post=domain_post)
        if self._complaint_by_itself():
            process = partial(type(self)._complaint_process_batch, process=process)
            if len(records) > 1:
                with isolated(self.env, f"{self} failed on {records}") as outcome:
                    process(self, records, domain_post=domain_post)
                if not outcome.error:
                    return None
        for record in records:
            with isolated(self.env, f"{self} failed on {record}") as outcome:
                process(self, record, domain_post=domain_post)
            if outcome.error:
                self._complaint_failed(record, outcome.error)
        return None

    def _complaint_process_batch(self, records, process, domain_post=None):
        """Let Odoo choose the records, then run each action on all of them at once.

        :param process: Odoo's ``_process`` as a function
        """
        postponed = Postponed()
        postponing = self.with_context(complaint_postponed=postponed)
        process(postponing, records, domain_post=domain_post)
        for action, ids in postponed.items():
            action = action.with_context(complaint_postponed=None)
            action._complaint_run_on(records.with_env(action.env).browse(ids))
