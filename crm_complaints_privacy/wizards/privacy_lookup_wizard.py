"""privacy.lookup.wizard: finds complaints by an address in their texts."""

from odoo import fields, models
from odoo.tools import SQL, email_normalize

from odoo.addons.crm_complaints.models.core.constants import TICKET

from ..models import personal_data

_TEXTS = ("char", "text", "html")


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    complaint_count = fields.Integer(
        string="Complaints",
        compute="_compute_complaint_count",
        help="The number of complaints with this e-mail address. Complaints found "
        "only by name may belong to somebody else and must be anonymised "
        "individually from the list.",
    )

    def _compute_complaint_count(self):
        for wizard in self:
            wizard.complaint_count = len(wizard._complaint_lines_by_address())

    def action_complaint_anonymise(self):
        """Erase the complaints of this address that have ended.

        :raises AccessError: where the user is no administrator
        """
        self.ensure_one()
        return self._complaint_lines_by_address().action_complaint_anonymise()

    def _complaint_lines_by_address(self):
        """Return the lines of complaints and mails that are of the address itself."""
        self.ensure_one()
        address = email_normalize(self.email or "")
        lines = self.line_ids.filtered("complaint_status")
        if not address:
            return lines.browse()

        def bears(line):
            # sudo: as the whole lookup
            record = self.env[line.res_model].sudo().browse(line.res_id)
            if line.res_model == TICKET:
                mine = {
                    record.partner_id.email_normalized,
                    email_normalize(record.partner_email or "", strict=False),
                }
            else:
                mine = {email_normalize(record.email_from or "", strict=False)}
            return address in mine

        return lines.filtered(bears)

    # ---------------------------------------------------
    # Searching
    # ---------------------------------------------------

    def _get_query(self):
        """Find complaints too whose texts, letters or messages contain the address."""
        like = self.email.strip()
        for sign in "\\%_":
            like = like.replace(sign, f"\\{sign}")
        like = f"%{like}%"
        # one line for what is found in two ways
        return SQL(
            "SELECT DISTINCT * FROM (SELECT * FROM (%s) AS odoos UNION ALL %s) AS "
            "found",
            super()._get_query(),
            self._complaint_query(like),
        )

    def _complaint_query(self, like):
        """Return the query for complaints that contain an address.

        :param str like: a pattern for ILIKE
        """
        Ticket = self.env[TICKET]
        # sudo: as the whole lookup
        ticket_model = self.env["ir.model"].sudo()._get(TICKET)
        conditions = [self._complaint_condition(Ticket, "ticket", like)]
        for name in Ticket._complaint_row_models():
            model = self.env[name]
            condition = self._complaint_condition(model, "part", like)
            if model._transient or not condition:
                continue
            conditions.append(
                SQL(
                    "EXISTS (SELECT FROM %s AS part"
                    " WHERE part.ticket_id = ticket.id AND (%s))",
                    SQL.identifier(model._table),
                    condition,
                )
            )
        conditions.append(
            SQL(
                "EXISTS (SELECT FROM mail_message AS message"
                " WHERE message.model = %s AND message.res_id = ticket.id"
                " AND message.email_from ILIKE %s)",
                TICKET,
                like,
            )
        )
        return SQL(
            "SELECT %s AS res_model_id, ticket.id AS res_id, ticket.active AS is_active"
            "  FROM helpdesk_ticket AS ticket"
            " WHERE ticket.is_complaint IS TRUE AND (%s)",
            ticket_model.id,
            SQL(" OR ").join(conditions),
        )

    def _complaint_condition(self, model, alias, like):
        """Return the SQL condition that a text of a model contains the address."""
        texts = [
            field
            for field in personal_data.stored_fields(model)
            if field.type in _TEXTS and personal_data.is_personal(field)
        ]
        return texts and SQL(" OR ").join(
            SQL("%s::text ILIKE %s", SQL.identifier(alias, field.name), like)
            for field in texts
        )
