"""helpdesk.ticket, tracking: a note on what changed, where it fails, costs no complaint.

Odoo notes changes and sends the mails of stages in hooks that run before the commit,
where an error takes everything back that was typed. The three methods overridden here
are all there is around them; what they hand on, `precommit.data`, is read with care.
"""

from functools import partial

from odoo import models
from odoo.exceptions import MissingError

from .isolation import error_text, isolated


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _track_finalize(self):
        """Note what changed, all in one go, and nothing of what did not.

        Most of what was prepared did not: to look at it here saves the clock, which
        writes hundreds of complaints at once, the savepoint.
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
        """Tell whether one of these values is another one by now."""
        try:
            return any(self[name] != value for name, value in values.items())
        except MissingError:
            return False

    def _track_post_template_finalize(self):
        """Send what the stage of a new complaint sends, where it sends anything.

        Whether it does is asked for all that were made together: a savepoint each
        would make every registration dearer.
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
            # where this fails, each is looked at by itself below
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
        # its caller is in a savepoint, as it is above
        with isolated(self.env, f"{self}: no template", savepoint=False) as outcome:
            templates = self._track_template(changes)
        if outcome.error:
            self._complaint_track_failed(outcome.error)
        elif templates:
            self._complaint_track(post)
        return True

    def _complaint_track(self, track):
        """Call ``track``; for ordinary tickets alone nothing changes.

        :param track: function without arguments
        """
        complaints = self._complaint_among()
        if not complaints or self._complaint_incoming_mail():
            # the gateway takes a mail in plainly where something fails
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
        tickets = self.sudo()  # what kind it is, whoever changed it
        try:
            return tickets.filtered("is_complaint")
        except MissingError:
            return tickets.exists().filtered("is_complaint")

    def _complaint_track_failed(self, error):
        """Say on complaints that what changed could not be noted."""
        summary = self.env._("What changed could not be noted")
        note = f"{summary}: {error_text(error)}"
        quiet = self.sudo().with_context(  # sudo: an activity for the leader
            tracking_disable=True, mail_activity_quick_update=True
        )
        for complaint in quiet:
            complaint._complaint_something_failed(summary, note)
