"""ir.model.fields: custom fields of complaints that stand on the complaint form."""

import re
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.constants import TICKET

# The types that the form knows, and the kind of their input.
FORM_KINDS = {
    "char": "text",
    "text": "textarea",
    "date": "date",
    "selection": "select",
    "integer": "text",
    "boolean": "checkbox",
}


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    complaint_form = fields.Selection(
        selection=[("optional", "Optional"), ("required", "Required")],
        string="On the Complaint Form",
        help="Customers fill it in on the complaint form, and handlers see it on the "
        "complaint. Leave it empty to keep the field off the form.",
    )

    @api.constrains("complaint_form", "ttype", "readonly", "related", "compute")
    def _check_complaint_form(self):
        for field in self.filtered("complaint_form"):
            if (
                field.model != TICKET
                or field.state != "manual"
                or field.ttype not in FORM_KINDS
                or not field.store
                or field.readonly
                or field.related
                or field.compute
            ):
                raise ValidationError(
                    self.env._(
                        "%(field)s cannot be on the complaint form. The form takes "
                        "custom fields of tickets that hold a text, a date, a choice, "
                        "a whole number, or yes or no.",
                        field=field.field_description,
                    )
                )

    @api.onchange("field_description")
    def _onchange_complaint_label(self):
        """Propose a technical name for a field that is made for the form."""
        if self.env.context.get("complaint_form_field") and not self._origin:
            plain = unicodedata.normalize("NFKD", self.field_description or "")
            plain = plain.encode("ascii", "ignore").decode().lower()
            self.name = "x_" + re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50]
