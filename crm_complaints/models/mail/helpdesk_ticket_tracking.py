"""helpdesk.ticket, tracking: an error while changes are noted loses no complaint.

Odoo notes changes and sends the mails of stages in hooks that run before the commit,
where an error undoes everything that was typed. The three methods overridden here are
the only entries; `precommit.data`, which they pass on, may hold unexpected things.
"""

from functools import partial

from odoo import models
from odoo.exceptions import MissingError

from ..core.isolation import error_text, isolated


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _track_finalize(self):
        """Note what changed, all at once, and skip what did not change.

        Most of what Odoo prepared did not. Checking it here saves the clock, which
        writes hundreds of complaints at once, a savepoint each.
        """
        prepared = self.env.cr.precommit.data.get(f"mail.tracking.{self._name}", {})
        changed_ids = []
        for id_, values in prepared.items():
            if values and self.browse(id_)._complaint_differs(values):
                changed_ids.append(id_)
            else:
                prepared[id_] = None  # nothing to note, and nothing to fail
        self.browse(changed_ids)._complaint_track(super()._track_finalize)

    def _complaint_differs(self, values):
        """Tell whether one of these former values has changed."""
        try:
            return any(self[name] != value for name, value in values.items())
        except MissingError:
            return False

    def _track_post_template_finalize(self):
        """Send the mails of stages on creation, where the stage has one.

        Whether it has is checked for all complaints created together, since a savepoint
        each would make every registration slower.
        """
        data = self.env.cr.precommit.data
        prefix = f"mail.tracking.create.{self._name}."
        own = f"{prefix}{self.id}"
        if data.get(own) and not self._complaint_incoming_mail():
            changes = {
                int(key.removeprefix(prefix)): changed
                for key, changed in data.items()
                if changed and key.startswith(prefix)
            }
            complaints = self.browse(changes)._complaint_among().sudo(self.env.su)
            # where this fails, each is looked at separately below
            if complaints:
                with isolated(self.env, "Templates cannot be chosen", flush=False):
                    for complaint in complaints:
                        if not complaint._track_template(changes[complaint.id]):
                            data[f"{prefix}{complaint.id}"] = []
        if data.get(own):
            self._complaint_track(super()._track_post_template_finalize)

    def _message_track_post_template(self, changes):
        """Send what a stage sends; where that fails, the note on the change stays."""
        post = partial(super()._message_track_post_template, changes)
        if not self or not changes or not self.is_complaint:
            return post()
        templates = {}
        # the caller is in a savepoint already
        with isolated(self.env, f"{self}: no template", savepoint=False) as outcome:
            templates = self._track_template(changes)
        if outcome.error:
            self._complaint_track_failed(outcome.error)
        elif templates:
            self._complaint_track(post)
        return True

    def _complaint_track(self, track):
        """Call ``track`` isolated; for ordinary tickets alone, as Odoo does.

        :param track: function without arguments
        """
        complaints = self._complaint_among()
        if not complaints or self._complaint_incoming_mail():
            # the gateway registers the mail in a plainer way where something fails
            track()
            return
        with isolated(
            self.env, f"{complaints} cannot be tracked", flush=False
        ) as outcome:
            track()
        if outcome.error:
            complaints._complaint_track_failed(outcome.error)

    def _complaint_among(self):
        """Return the complaints among these, in sudo; some may be deleted meanwhile."""
        tickets = self.sudo()  # sudo: only which are complaints, whoever changed them
        try:
            return tickets.filtered("is_complaint")
        except MissingError:
            return tickets.exists().filtered("is_complaint")

    def _complaint_track_failed(self, error):
        """Note on complaints that a change was not tracked, and tell the leader."""
        summary = self.env._("A change could not be logged")
        note = f"{summary}: {error_text(self.env, error)}"
        quiet = self.sudo().with_context(  # sudo: an activity for the leader
            tracking_disable=True, mail_activity_quick_update=True
        )
        for complaint in quiet:
            complaint._complaint_something_failed(summary, note)
