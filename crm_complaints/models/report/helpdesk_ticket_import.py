"""helpdesk.ticket, import: Odoo's import screen takes complaints handled elsewhere.

What history may hold is settled in ``core/history``. Here are the columns that the
screen offers for it, and what makes an import of many rows quick and its errors exact.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# When something happened, in the file as it was then.
_MOMENTS = (
    "complaint_acknowledged_at",
    "complaint_responded_at",
    "complaint_resolved_at",
    "closed_date",
    "complaint_decided_at",
    "complaint_reopened_at",
    "complaint_review_requested_at",
    "complaint_referred_at",
    "complaint_follow_up_at",
)


class SeveralRows(Exception):
    """One of several rows is refused; Odoo's import then takes them one by one."""


class ComplaintFieldAccess(models.AbstractModel):
    _inherit = "complaint.field.access"

    # Names of the fields that code alone writes, but which a file of history may hold.
    _complaint_imported = frozenset()

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        described = super().fields_get(allfields, attributes)
        if self._complaint_is_history() and self._complaint_is_manager():
            # the import screen offers what is not readonly
            for name in described.keys() & self._complaint_imported:
                described[name]["readonly"] = False
        return described


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    _complaint_imported = frozenset(_MOMENTS) | {
        "number",
        "complaint_acknowledged_by",
        "complaint_decision",
        "complaint_decision_words",
        "complaint_follow_up_result",
        "complaint_reopened_count",
    }

    @api.model
    def get_import_templates(self):
        """Return the file with which complaints that were handled elsewhere start."""
        if not self._complaint_is_manager():
            return super().get_import_templates()
        return [
            {
                "label": self.env._("Template for Complaints Handled Elsewhere"),
                "template": "/crm_complaints/static/xlsx/complaints.xlsx",
            }
        ]

    @api.model
    def _load_records(self, data_list, update=False):
        try:
            return super()._load_records(data_list, update)
        except UserError as error:
            if len(data_list) > 1 and self._complaint_is_history():
                # Odoo would show it at the first row; one by one each has its own
                raise SeveralRows from error
            raise

    @api.constrains(*_MOMENTS)
    def _check_complaint_moments(self):
        """Refuse dates of a file that are still to come."""
        if not self._complaint_is_history():
            return
        now = fields.Datetime.now()
        for ticket in self.filtered("is_complaint"):
            for name in _MOMENTS:
                if ticket[name] and ticket[name] > now:
                    raise ValidationError(
                        self.env._(
                            "The date in “%s” is in the future. Please correct it.",
                            self._fields[name].get_description(self.env, ["string"])[
                                "string"
                            ],
                        )
                    )


class ComplaintRemedy(models.Model):
    _inherit = "complaint.remedy"

    _complaint_imported = frozenset({"state", "offered_at", "decided_at", "done_at"})


class HelpdeskTicketChannel(models.Model):
    _inherit = "helpdesk.ticket.channel"

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Return channels by name; in an import, ours where helpdesk_mgmt's is the same.

        Two of one name would stop it.
        """
        found = super().name_search(name, domain, operator, limit)
        Ticket = self.env["helpdesk.ticket"]
        if len(found) > 1 and Ticket._complaint_is_history():
            ours = Ticket._complaint_channel_counterparts()
            ids = [channel_id for channel_id, _name in found]
            found = [pair for pair in found if ours.get(pair[0]) not in ids]
        return found


class BaseImport(models.TransientModel):
    _inherit = "base_import.import"

    @api.model
    def get_fields_tree(self, model, *args, **kwargs):
        """Return the fields to choose from; for complaints those of history as well."""
        Ticket = self.env["helpdesk.ticket"]
        if model == Ticket._name and Ticket._complaint_is_manager():
            context = Ticket._complaint_as_history().env.context
            self = self.with_context(**context)
        return super().get_fields_tree(model, *args, **kwargs)


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def db_id_for(self, model, field, subfield, value, savepoint):
        """Return the record that a cell names; in history each name is looked up once."""
        cache = self.env.context.get("import_cache")
        if cache is None or not self.env["helpdesk.ticket"]._complaint_is_history():
            return super().db_id_for(model, field, subfield, value, savepoint)
        key = (field.comodel_name, subfield, value)
        if field.comodel_name == model._name or key not in cache:
            cache[key] = super().db_id_for(model, field, subfield, value, savepoint)
        return cache[key]
