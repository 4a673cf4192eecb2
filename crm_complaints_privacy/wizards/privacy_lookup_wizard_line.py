"""privacy.lookup.wizard.line: a complaint that was found, and whether to erase it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.crm_complaints.engine import phases
from odoo.addons.crm_complaints.models.core.constants import TICKET

LETTER = "complaint.dead.letter"
ENTRY = "complaint.incoming.mail"


class PrivacyLookupWizardLine(models.TransientModel):
    _inherit = "privacy.lookup.wizard.line"

    complaint_status = fields.Selection(
        selection=[
            ("open", "Not Closed"),
            ("held", "Legal Hold"),
            ("ended", "Closed"),
            ("mail", "E-mail"),
            ("gone", "Anonymised"),
        ],
        compute="_compute_complaint_status",
    )

    @api.depends("res_model", "res_id", "is_unlinked", "execution_details")
    def _compute_complaint_status(self):
        tickets = self._complaint_tickets()
        held = tickets._complaint_under_legal_hold()
        mails = self._complaint_mail_status()
        by_id = {ticket.id: ticket for ticket in tickets}
        for line in self:
            line.complaint_status = mails.get((line.res_model, line.res_id), False)
            ticket = line.res_model == TICKET and by_id.get(line.res_id)
            if not ticket or line.is_unlinked:
                continue
            root = ticket._complaint_survivor()
            if ticket.complaint_anonymised_at:
                line.complaint_status = "gone"
            elif root in held:
                line.complaint_status = "held"
            else:
                ended = root.complaint_phase in phases.ENDED
                line.complaint_status = "ended" if ended else "open"

    # ---------------------------------------------------
    # Actions
    # ---------------------------------------------------

    def action_complaint_anonymise(self):
        """Erase the complaints on these lines that have ended, unless on legal hold.

        Mails without a complaint lose their senders and texts. The other complaints are
        left alone, and counted in the notification.

        :raises AccessError: where the user is no administrator
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._("Only administrators can anonymise complaints on request.")
            )
        self.check_access("write")
        by_status = self.grouped("complaint_status")
        ended = by_status.get("ended", self.browse())
        roots = ended._complaint_tickets()._complaint_roots()
        roots._complaint_erase("request")
        for line in ended:
            line.execution_details = self.env._(
                "Anonymised complaint %s", line._complaint_tickets().number
            )
        mails = by_status.get("mail", self.browse())
        mails._complaint_erase_found_mails()
        self.invalidate_recordset(["res_name", "resource_ref", "complaint_status"])
        (ended | mails).modified(["res_id"])
        return self._complaint_say(
            len(ended),
            len(mails),
            len(by_status.get("open", ())),
            len(by_status.get("held", ())),
        )

    def action_unlink(self):
        self._complaint_ensure_not_held()
        return super().action_unlink()

    # ---------------------------------------------------
    # Business methods
    # ---------------------------------------------------

    def _complaint_tickets(self):
        """Return the complaints on these lines, with one query."""
        ids = self.filtered(
            lambda line: line.res_model == TICKET and not line.is_unlinked
        ).mapped("res_id")
        # sudo: as the whole lookup
        return self.env[TICKET].sudo().browse(ids).exists().filtered("is_complaint")

    def _complaint_mail_status(self):
        """Return the status of the mails among these that have no complaint.

        :return: dict (model, id) -> status
        """
        status = {}
        entries = self._complaint_mails(ENTRY)
        awaited = (
            self.env[LETTER]
            .sudo()  # as the whole lookup
            .search([("entry_id", "in", entries.ids), ("state", "=", "open")])
            .entry_id
        )
        for mail in self._complaint_mails(LETTER):
            status[LETTER, mail.id] = "open" if mail.state == "open" else "mail"
        for mail in entries:
            status[ENTRY, mail.id] = (
                "gone" if not mail.email_from else "open" if mail in awaited else "mail"
            )
        return status

    def _complaint_mails(self, model):
        """Return the mails of a model on these lines that have no complaint."""
        ids = self.filtered(
            lambda line: line.res_model == model and not line.is_unlinked
        ).mapped("res_id")
        # sudo: as the whole lookup
        mails = self.env[model].sudo().browse(ids).exists()
        return mails.filtered(lambda mail: not mail.ticket_id)  # else erased with it

    def _complaint_erase_found_mails(self):
        self.env[TICKET]._complaint_erase_mails(
            self._complaint_mails(LETTER), self._complaint_mails(ENTRY), "request"
        )
        for line in self:
            line.execution_details = self.env._(
                "Anonymised %(kind)s #%(id)s",
                kind=line.res_model_id.name,
                id=line.res_id,
            )
            line.is_unlinked = line.res_model == LETTER

    def _complaint_ensure_not_held(self):
        """Refuse to delete what belongs to a complaint on legal hold.

        :raises UserError:
        """
        tickets = self.env[TICKET].sudo()  # as the whole lookup
        for line in self.filtered("res_model"):
            record = self.env[line.res_model].sudo().browse(line.res_id).exists()
            if not record:
                continue
            for name in {"model", "res_model"} & record._fields.keys():
                # not a template, which is for a model but belongs to no record
                if record[name] == TICKET and "res_id" in record._fields:
                    tickets |= tickets.browse(record.res_id)
            link = record._fields.get("ticket_id")
            if link and link.comodel_name == TICKET:
                tickets |= record.ticket_id
        tickets = tickets.exists().filtered("is_complaint")
        held = tickets and tickets._complaint_under_legal_hold()
        for ticket in tickets:
            if ticket in held or ticket._complaint_survivor() in held:
                raise UserError(
                    self.env._(
                        "%s is on legal hold and cannot be deleted.", ticket.number
                    )
                )

    def _complaint_say(self, anonymised, mails, still_open, held):
        said = [
            self.env._(
                "Complaints anonymised: %(complaints)s. E-mails anonymised: %(mails)s.",
                complaints=anonymised,
                mails=mails,
            )
        ]
        if still_open:
            said.append(
                self.env._(
                    "Not anonymised because they are not closed: %s. Close them first.",
                    still_open,
                )
            )
        if held:
            said.append(
                self.env._("Not anonymised because they are on legal hold: %s.", held)
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": " ".join(said),
                "type": "warning" if still_open or held else "success",
                "sticky": bool(still_open or held),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
