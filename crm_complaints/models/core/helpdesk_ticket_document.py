"""helpdesk.ticket, documents: the order or the invoice that a complaint is about."""

from odoo import api, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _complaint_document_fields(self):
        """Return the names of the fields that link a document; addons add theirs.

        The intake page has fields of the same names.
        """
        return []

    def _complaint_created(self):
        super()._complaint_created()
        # all of them: a default of the context may have set one
        self._complaint_ensure_can_read_documents(self._complaint_document_fields())

    def _complaint_written(self, vals, before):
        super()._complaint_written(vals, before)
        self._complaint_ensure_can_read_documents(vals)

    def _complaint_ensure_can_read_documents(self, written):
        """Refuse documents the user may not read: the link would show their name.

        :param written: names of fields
        """
        for name in self._complaint_document_fields():
            if name in written and self[name]:
                self[name].check_access("read")
