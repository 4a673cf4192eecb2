"""helpdesk.ticket, tracking: a note on what changed, where it fails, costs no complaint."""

import logging
from functools import partial

from psycopg2 import Error as PostgresError

from odoo import models
from odoo.exceptions import MissingError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _track_template(self, changes):
        incoming = self._complaint_incoming_mail()
        if incoming and incoming.facts.automatic:
            # a stage's own mail would answer it as well
            return {}
        return super()._track_template(changes)

    def _track_finalize(self):
        prepared = self.env.cr.precommit.data.get(f"mail.tracking.{self._name}", {})
        changed_ids = []
        for id_, values in prepared.items():
            if values and self.browse(id_)._complaint_differs(values):
                changed_ids.append(id_)
            else:
                prepared[id_] = None  # nothing to note, and nothing to fail
        changed = self.browse(changed_ids)
        return changed._complaint_track(super()._track_finalize)

    def _complaint_differs(self, values):
        """Tell whether one of these values is another one by now.

        Most are not: what is written is prepared for tracking, whatever it is.
        """
        try:
            return any(self[name] != value for name, value in values.items())
        except MissingError:
            return False

    def _track_post_template_finalize(self):
        # once for all that were made together: a savepoint each would cost too much
        data = self.env.cr.precommit.data
        prefix = f"mail.tracking.create.{self._name}."
        if data.get(f"{prefix}{self.id}") and not self._complaint_incoming_mail():
            changes = {
                int(key.removeprefix(prefix)): changed
                for key, changed in data.items()
                if changed and key.startswith(prefix)
            }
            for ticket_id in self._complaint_without_template(changes):
                data[f"{prefix}{ticket_id}"] = []
        if not data.get(f"{prefix}{self.id}"):
            return None
        return self._complaint_track(super()._track_post_template_finalize)

    def _complaint_without_template(self, changes):
        """Return the ids of new complaints for which nothing is to be sent.

        :param dict changes: ticket id -> what changed
        """
        complaints = self.browse(changes)._complaint_among()
        if not complaints:
            return []
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):  # as below
                return [
                    complaint.id
                    for complaint in complaints.sudo(self.env.su)
                    if not complaint._track_template(changes[complaint.id])
                ]
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            self.env.transaction.clear()
            return []  # each is looked at by itself

    def _message_track_post_template(self, changes):
        post = partial(super()._message_track_post_template, changes)
        if not self or not changes or not self.is_complaint:
            return post()
        try:
            templates = self._track_template(changes)
        except PostgresError:
            raise  # to the savepoint that whoever calls this is in
        except Exception as error:
            self._complaint_track_failed(error)
            return True
        if templates and not self._complaint_is_beyond_limit():
            return self._complaint_track(post)
        return True

    def _complaint_track(self, track):
        """Call ``track``, which runs when all else is done and about to be committed.

        What a stage's template, or somebody's addon, does then is no reason to lose a
        complaint. For ordinary tickets nothing changes.

        :param track: function without arguments
        """
        complaints = self._complaint_among()
        if not complaints or self._complaint_incoming_mail():
            # the gateway takes a mail in plainly where something fails
            return track()
        self.env.flush_all()
        try:
            # one that flushes runs all other hooks first, and forgets what was changed
            with self.env.cr.savepoint(flush=False):
                result = track()
                self.env.flush_all()
                return result
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            self.env.transaction.clear()
            complaints._complaint_track_failed(error)
        return None

    def _complaint_among(self):
        """Return the complaints among these, in sudo; some may be deleted meanwhile."""
        tickets = self.sudo()  # what kind it is, whoever changed it
        try:
            return tickets.filtered("is_complaint")
        except MissingError:
            return tickets.exists().filtered("is_complaint")

    def _complaint_track_failed(self, error):
        """Say on complaints that what changed could not be noted."""
        _logger.info("Tracking failed on complaints %s", self.ids, exc_info=error)
        summary = self.env._("What changed could not be noted")
        note = f"{summary}: {self._complaint_error_text(error)}"
        quiet = self.sudo().with_context(  # sudo: an activity for the leader
            tracking_disable=True, mail_activity_quick_update=True
        )
        for complaint in quiet:
            complaint._complaint_something_failed(summary, note)
