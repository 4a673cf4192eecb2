"""helpdesk.ticket, retention: by night, what has been kept long enough is anonymised."""

import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..clock.sweep import sweep
from . import forgetting

_logger = logging.getLogger(__name__)

# Complaints that are anonymised, and committed, at a time.
CHUNK = 50
# Mails that stand on no complaint and are forgotten, in one night.
_MAILS = 2000


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _cron_complaint_retention(self, chunk_size=CHUNK):
        """Anonymise what ended longer ago than its company keeps it.

        Chunk by chunk, each committed: killed anywhere, it goes on the next time.

        :param int chunk_size: complaints at a time
        """
        tickets = self.sudo()  # whoever the cron runs as
        failed = []

        def forget(limit, _careful):
            tried = tickets._complaint_forget_ended(limit, failed)
            if not tried:
                tickets._complaint_forget_beside()
            return tried

        tried = sweep(self.env, forget, chunk_size)
        if tried > len(failed):
            _logger.info("%s complaints were anonymised", tried - len(failed))

    @api.model
    def _complaint_retention_limits(self):
        """Return what ended before when may go: dict company -> date and time, UTC."""
        now = fields.Datetime.now()
        companies = self.env["res.company"].search(
            [("complaint_retention_months", ">", 0)]
        )
        return {
            company: now - relativedelta(months=company.complaint_retention_months)
            for company in companies
        }

    @api.model
    def _complaint_forget_ended(self, limit, failed):
        """Anonymise some of the complaints that have been kept long enough.

        One that cannot be is noted, and the others go on.

        :param int limit: how many at most
        :param list failed: ids of those not to be tried again now; added to
        :return: how many were tried
        """
        over = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("closed_date", "<", before)
            for company, before in self._complaint_retention_limits().items()
        )
        due = self.with_context(active_test=False).search(
            self._complaint_ended_domain()
            & over
            & Domain("id", "not in", [*failed, *self._complaint_held().ids]),
            order="closed_date, id",
            limit=limit,
        )
        if not due:
            return 0

        def report(ticket, summary, note):
            failed.append(ticket.id)
            ticket._complaint_something_failed(summary, note)

        due._complaint_isolated(
            lambda some: some._complaint_anonymise("retention"),
            self.env._("It could not be anonymised"),
            report,
        )
        return len(due)

    @api.model
    def _complaint_forget_beside(self):
        """Forget what stands on no complaint: mails, and limits to contact.

        What fails for one company is no reason to keep it for another.
        """
        for company, before in self._complaint_retention_limits().items():
            self.env.flush_all()
            try:
                with self.env.cr.savepoint():
                    self._complaint_forget_mails(company, before)
                    self._complaint_forget_restrictions(company, before)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception:
                _logger.exception("Old mails could not be forgotten in %s", company)

    @api.model
    def _complaint_forget_mails(self, company, before):
        """Forget who sent the mails that stand on no complaint, and what they said.

        Dead letters that nobody has seen to are kept.

        :param company: res.company
        :param datetime before: what is older
        """
        old = [("company_id", "=", company.id), ("ticket_id", "=", False)]
        Letter = self.env["complaint.dead.letter"]
        letters = Letter.search(
            [*old, ("state", "!=", "open"), ("received_at", "<", before)], limit=_MAILS
        )
        entries = self.env["complaint.incoming.mail"].search(
            [*old, ("email_from", "!=", False), ("taken_at", "<", before)], limit=_MAILS
        )
        # what a letter that is still to be seen to came from
        entries -= Letter.search(
            [("entry_id", "in", entries.ids), ("state", "=", "open")]
        ).entry_id
        self._complaint_forget_letters(letters, entries, "retention")

    @api.model
    def _complaint_forget_restrictions(self, company, before):
        """Delete limits to contact that ended long ago, but of whom something is held.

        :param company: res.company
        :param datetime before: what ended earlier
        """
        day = before.date()
        held = self._complaint_held().commercial_partner_id
        gone = self.env["complaint.restriction"].search(
            [
                ("company_id", "=", company.id),
                "|",
                ("until", "<", day),
                ("ended_on", "<", day),
                ("partner_id.commercial_partner_id", "not in", held.ids),
            ]
        )
        if gone:
            details = self._complaint_counted({gone._name: len(gone)})
            gone.unlink()
            self.env["complaint.privacy.log"]._note(
                "retention", self.browse(), details, company=company
            )

    @api.model
    def _complaint_forget_letters(self, letters, entries, action):
        """Forget mails that stand on no complaint: what they said, and who sent them.

        :param letters: complaint.dead.letter, all of them seen to
        :param entries: complaint.incoming.mail, which go on being counted
        :param str action: what the log says of it, as ``retention``
        """
        # sudo: what is permitted here is written by nobody otherwise
        letters, entries = letters.sudo(), entries.sudo()
        counts = {
            company: self._complaint_counted(
                {
                    some._name: len(
                        some.filtered(lambda r, of=company: r.company_id == of)
                    )
                    for some in (letters, entries)
                }
            )
            for company in letters.company_id | entries.company_id
        }
        letters.unlink()
        self.env.flush_all()
        forgetting.wipe(entries)
        entries.invalidate_recordset()
        for company, details in counts.items():
            self.env["complaint.privacy.log"]._note(
                action, self.browse(), details, company=company
            )
