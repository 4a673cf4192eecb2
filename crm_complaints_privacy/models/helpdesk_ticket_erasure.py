"""Erasure (GDPR, article 17): personal data of a complaint goes, its figures remain."""

from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.crm_complaints.engine import phases
from odoo.addons.crm_complaints.models.core.constants import TICKET

from . import erasure, personal_data

# Models that refer to any record -> the fields that name it.
_BESIDE = {
    "mail.activity": ("res_model", "res_id"),
    "mail.followers": ("res_model", "res_id"),
    "mail.scheduled.message": ("model", "res_id"),
    "calendar.event": ("res_model", "res_id"),
}
# Models, if installed, whose records are not deleted with their message.
_SENT = {"sms.sms": "mail_message_id", "snailmail.letter": "message_id"}
# Models of files that belong to the message, unlike those of a template or an order.
_OF_MESSAGES = (False, "mail.message", "mail.mail", "mail.compose.message")


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    complaint_anonymised_at = fields.Datetime(
        string="Anonymised",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="The date and time at which the personal data of this complaint were "
        "erased. Its figures remain.",
        complaint_written_by="code",
        complaint_merge="keep",
    )

    # for retention: the longest ended first
    _complaint_retention_idx = models.Index(
        "(closed_date) WHERE is_complaint IS TRUE AND complaint_anonymised_at IS NULL"
    )

    # ---------------------------------------------------
    # CRUD
    # ---------------------------------------------------

    def _complaint_ensure_can_write(self, vals):
        super()._complaint_ensure_can_write(vals)
        if not self.env.su and any(
            value and personal_data.is_personal(self._fields[name])
            for name, value in vals.items()
            if name in self._fields
        ):
            # erased data is not written back
            self._complaint_ensure_not_erased()

    def _portal_ensure_token(self):
        # sudo: only whether it is erased; Odoo makes a token when an old link is opened
        if self.sudo().complaint_anonymised_at:
            return ""
        return super()._portal_ensure_token()

    def _complaint_ensure_can_move(self, moves):
        super()._complaint_ensure_can_move(moves)
        moves.reopened._complaint_ensure_not_erased()

    def _complaint_ensure_not_erased(self):
        """Refuse to reopen an erased complaint, or to fill personal data in again.

        :raises UserError: where one of these is erased
        """
        gone = self.filtered("complaint_anonymised_at")
        if gone:
            raise UserError(
                self.env._(
                    "The personal data of %s have been erased, so it can no longer "
                    "be reopened or completed. Please register a new complaint.",
                    ", ".join(gone.mapped("number")),
                )
            )

    # ---------------------------------------------------
    # Which complaints
    # ---------------------------------------------------

    @api.model
    def _complaint_erasable_domain(self):
        """Return the domain of complaints that may be erased, legal holds aside.

        A merged one is erased with the complaint it was merged into.
        """
        return Domain(
            [
                ("is_complaint", "=", True),
                ("complaint_phase", "in", phases.ENDED),
                ("complaint_anonymised_at", "=", False),
            ]
        ) & Domain.OR(
            [
                [("duplicate_id", "=", False)],
                [("duplicate_id.is_complaint", "=", False)],
            ]
        )

    def _complaint_with_merged(self):
        """Return these with all that were merged into them, and into those."""
        found = level = self
        while level:
            level = (
                self.with_context(active_test=False).search(
                    [("duplicate_id", "in", level.ids), ("is_complaint", "=", True)]
                )
                - found
            )
            found |= level
        return found

    def _complaint_roots(self):
        """Return these, with merged ones replaced by those they were merged into."""
        return self.browse().union(*(ticket._complaint_survivor() for ticket in self))

    @api.model
    def _complaint_under_legal_hold(self):
        """Return the complaints on legal hold, and those they were merged into."""
        # sudo: a legal hold counts, whoever may see the complaint
        held = (
            self.sudo()
            .with_context(active_test=False)
            .search([("complaint_legal_hold", "=", True)])
        )
        return held | held._complaint_roots()

    # ---------------------------------------------------
    # Erasing
    # ---------------------------------------------------

    def _complaint_erase(self, action):
        """Erase who complained and what was said, with complaints merged into these.

        What does not belong to the complaint stays: the customer's contact and orders,
        the files of other documents.

        :param str action: what the log says of it, as ``retention``
        :return: those that were erased, merged ones among them
        :raises UserError: where one has not ended, is on legal hold, or was merged
        """
        # sudo: a permitted erasure takes messages and files of everybody with it
        roots = self.sudo().with_context(active_test=False)
        roots = roots.filtered(lambda ticket: not ticket.complaint_anonymised_at)
        roots._complaint_ensure_can_erase()
        tickets = roots._complaint_with_merged()
        if not tickets:
            return tickets
        self.env.flush_all()
        rows = tickets._complaint_rows()
        counts = Counter({TICKET: len(tickets)})
        concerned = bool(tickets.complaint_concerned_user_ids)
        letters = rows.get("complaint.dead.letter", self.env["complaint.dead.letter"])
        letters.filtered(lambda letter: letter.state == "open")._settle("dismissed")
        tickets._complaint_wipe_ratings(counts)
        tickets._complaint_drop_beside(rows, counts)
        for records in rows.values():
            said = personal_data.said_by_model(records)
            if said == personal_data.DELETE or records._transient:
                erasure.delete(records)
            elif said != personal_data.KEEP:
                erasure.wipe(records)
            counts[records._name] += len(records)
        for model in (TICKET, *self._complaint_row_models()):
            erasure.cut_links(self.env[model], tickets)
        tickets._complaint_wipe_tickets()
        self.env.invalidate_all()
        if concerned:
            self._complaint_concerned_changed()
        self.env["complaint.privacy.log"]._note(
            action, tickets, self._complaint_counted(counts)
        )
        return tickets

    def _complaint_ensure_can_erase(self):
        """Refuse where a complaint has not ended, or is on legal hold.

        :raises UserError:
        """
        held = self._complaint_under_legal_hold()
        for ticket in self:
            if ticket.duplicate_id.is_complaint:
                raise UserError(
                    self.env._(
                        "%(number)s was merged into %(other)s and can only be "
                        "anonymised together with it.",
                        number=ticket.number,
                        other=ticket.duplicate_id.number,
                    )
                )
            if not ticket.is_complaint or ticket.complaint_phase not in phases.ENDED:
                raise UserError(
                    self.env._(
                        "%s is not closed or withdrawn yet. Close it before you "
                        "anonymise it.",
                        ticket.number,
                    )
                )
            if ticket in held:
                raise UserError(
                    self.env._(
                        "%s is on legal hold and cannot be anonymised.", ticket.number
                    )
                )

    @api.model
    def _complaint_row_models(self):
        """Return the names of models whose rows belong to a complaint, by ticket_id."""
        parts = self.env.registry.descendants(["complaint.child"], "_inherit")
        return sorted(
            name
            for name, model in self.env.registry.items()
            if (name.startswith("complaint.") or name in parts)
            and not model._abstract
            and model._auto
            and "ticket_id" in model._fields
            and model._fields["ticket_id"].store
            and model._fields["ticket_id"].comodel_name == TICKET
        )

    def _complaint_rows(self):
        """Return what belongs to these: dict model -> records, where there are any."""
        found = {}
        for name in self._complaint_row_models():
            # sudo: all rows are erased, whoever may see them
            Model = self.env[name].sudo().with_context(active_test=False)
            records = Model.search([("ticket_id", "in", self.ids)])
            if records:
                found[name] = records
        return found

    def _complaint_wipe_ratings(self, counts):
        """Erase ratings but for their values, before their messages are deleted."""
        ratings = self.env["rating.rating"].search(
            [("res_model", "=", TICKET), ("res_id", "in", self.ids)]
        )
        erasure.wipe(ratings)
        counts[ratings._name] = len(ratings)
        if ratings:
            self.env.cr.execute(
                SQL(
                    "UPDATE rating_rating SET res_name = ticket.number"
                    "  FROM helpdesk_ticket ticket"
                    " WHERE ticket.id = rating_rating.res_id AND rating_rating.id IN %s",
                    tuple(ratings.ids),
                )
            )

    def _complaint_drop_beside(self, rows, counts):
        """Delete messages, mails, files, activities, followers, SMS and posted letters.

        :param dict rows: model -> records that belong to these
        :param Counter counts: gets the numbers of messages and files
        """
        owners = [self, *rows.values()]
        messages = self.env["mail.message"].search(
            Domain.OR(
                [("model", "=", some._name), ("res_id", "in", some.ids)]
                for some in owners
            )
        )
        files = self.env["ir.attachment"].search(
            Domain.OR(
                [("res_model", "=", some._name), ("res_id", "in", some.ids)]
                for some in owners
            )
            # a search for ids finds the files of fields as well
            & Domain("id", "!=", False)
        )
        files |= messages.attachment_ids.filtered(
            lambda file: file.res_model in _OF_MESSAGES
        )
        for model, name in _SENT.items():
            if model in self.env:
                sent = self.env[model].sudo().search([(name, "in", messages.ids)])
                sent.unlink()
        for model, (model_field, id_field) in _BESIDE.items():
            if model not in self.env or model_field not in self.env[model]._fields:
                continue
            for some in owners:
                self.env[model].sudo().with_context(active_test=False).search(
                    [(model_field, "=", some._name), (id_field, "in", some.ids)]
                ).unlink()
        # the external id of an import leads back to its source
        self.env["ir.model.data"].sudo().search(
            [
                ("model", "=", TICKET),
                ("res_id", "in", self.ids),
                ("module", "in", ("__import__", "__export__")),
            ]
        ).unlink()
        counts.update({messages._name: len(messages), files._name: len(files)})
        files.unlink()
        messages.unlink()
        self.env.flush_all()

    def _complaint_wipe_tickets(self):
        erasure.wipe(self, name=SQL("%s", self.env._("Anonymised complaint")))
        self.env.cr.execute(
            SQL(
                "UPDATE helpdesk_ticket SET complaint_anonymised_at = %s"
                " WHERE id IN %s",
                fields.Datetime.now(),
                tuple(self.ids),
            )
        )

    @api.model
    def _complaint_counted(self, counts):
        """Return the counts in words, one line for each kind of record."""
        IrModel = self.env["ir.model"].sudo()  # what kinds of records are called
        return "\n".join(
            f"{IrModel._get(name).name}: {count}"
            for name, count in sorted(counts.items())
            if count
        )
