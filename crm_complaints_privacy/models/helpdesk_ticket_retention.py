"""Retention: every night, complaints whose retention period is over are erased."""

import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.crm_complaints.models.clock.sweep import sweep
from odoo.addons.crm_complaints.models.core.isolation import isolated

from . import erasure

_logger = logging.getLogger(__name__)

# Complaints erased in one transaction.
CHUNK = 50
# Mails without a complaint that are erased in one night.
_MAILS = 2000


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _cron_complaint_retention(self, chunk_size=CHUNK):
        """Retention: erase complaints that ended longer ago than they are kept.

        Each chunk is committed, so that an interrupted run goes on the next time.

        :param int chunk_size: complaints at a time
        """
        tickets = self.sudo()  # sudo: the cron may run as any user
        failed = []

        def erase(limit, _careful):
            tried = tickets._complaint_erase_ended(limit, failed)
            if not tried:
                tickets._complaint_erase_outside_complaints()
            return tried

        tried = sweep(self.env, erase, chunk_size)
        if tried > len(failed):
            _logger.info("%s complaints were anonymised", tried - len(failed))

    @api.model
    def _complaint_retention_limits(self):
        """Return dict company -> UTC; complaints that ended before are to be erased."""
        now = fields.Datetime.now()
        companies = self.env["res.company"].search(
            [("complaint_retention_months", ">", 0)]
        )
        return {
            company: now - relativedelta(months=company.complaint_retention_months)
            for company in companies
        }

    @api.model
    def _complaint_erase_ended(self, limit, failed):
        """Erase some of the complaints whose retention period is over.

        A failure is noted on the complaint, and the others go on.

        :param int limit: how many at most
        :param list failed: ids not to try again in this run; failures are added
        :return: how many were tried
        """
        over = Domain.OR(
            Domain("company_id", "=", company.id) & Domain("closed_date", "<", before)
            for company, before in self._complaint_retention_limits().items()
        )
        due = self.with_context(active_test=False).search(
            self._complaint_erasable_domain()
            & over
            & Domain(
                "id", "not in", [*failed, *self._complaint_under_legal_hold().ids]
            ),
            order="closed_date, id",
            limit=limit,
        )
        if not due:
            return 0

        def report(ticket, summary, note):
            failed.append(ticket.id)
            ticket._complaint_something_failed(summary, note)

        due._complaint_isolated(
            lambda some: some._complaint_erase("retention"),
            self.env._("The complaint could not be anonymised"),
            report,
        )
        return len(due)

    @api.model
    def _complaint_erase_outside_complaints(self):
        """Erase old mails without a complaint, and contact restrictions.

        A failure in one company does not stop the others.
        """
        for company, before in self._complaint_retention_limits().items():
            with isolated(
                self.env,
                f"Old mails are not erased in {company}",
                log_level=logging.ERROR,
            ):
                self._complaint_erase_old_mails(company, before)
                self._complaint_erase_old_restrictions(company, before)

    @api.model
    def _complaint_erase_old_mails(self, company, before):
        """Erase the senders and texts of old mails without a complaint.

        Failed e-mails that are still to be handled are kept.

        :param company: res.company
        :param datetime before: those received earlier
        """
        old = [("company_id", "=", company.id), ("ticket_id", "=", False)]
        Letter = self.env["complaint.dead.letter"]
        letters = Letter.search(
            [*old, ("state", "!=", "open"), ("received_at", "<", before)], limit=_MAILS
        )
        entries = self.env["complaint.incoming.mail"].search(
            [*old, ("email_from", "!=", False), ("received_at", "<", before)],
            limit=_MAILS,
        )
        # failed e-mails still to be handled are kept
        entries -= Letter.search(
            [("entry_id", "in", entries.ids), ("state", "=", "open")]
        ).entry_id
        self._complaint_erase_mails(letters, entries, "retention")

    @api.model
    def _complaint_erase_old_restrictions(self, company, before):
        """Delete contact restrictions that ended long ago, if no legal hold keeps them.

        :param company: res.company
        :param datetime before: those that ended earlier
        """
        day = before.date()
        held = self._complaint_under_legal_hold().commercial_partner_id
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
    def _complaint_erase_mails(self, letters, entries, action):
        """Erase the senders and texts of mails without a complaint.

        :param letters: complaint.dead.letter, all of them handled
        :param entries: complaint.incoming.mail, whose rows remain to be counted
        :param str action: what the log says of it, as ``retention``
        """
        # sudo: this is permitted here; no user may write them otherwise
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
        erasure.wipe(entries)
        entries.invalidate_recordset()
        for company, details in counts.items():
            self.env["complaint.privacy.log"]._note(
                action, self.browse(), details, company=company
            )
