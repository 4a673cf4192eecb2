"""helpdesk.ticket, complaint form: the fields that an administrator added to it."""

from lxml import etree

from odoo import api, fields, models

from ..core.constants import TICKET

_GREATEST_INTEGER = 2**31 - 1


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        for place in arch.xpath("//group[@name='complaint_form_fields']"):
            for field in self._complaint_form_fields():
                # an administrator may have put it elsewhere
                if not arch.xpath("//field[@name=$name]", name=field.name):
                    etree.SubElement(place, "field", name=field.name)
        return arch, view

    @api.model
    def _complaint_form_fields(self):
        """Return the fields that were added to the form, in their order."""
        # sudo: which fields there are, for whoever opens the form
        return (
            self.env["ir.model.fields"]
            .sudo()
            .search(
                [
                    ("model", "=", TICKET),
                    ("state", "=", "manual"),
                    ("complaint_form", "!=", False),
                ],
                order="id",
            )
        )

    @api.model
    def _complaint_form_options(self, field):
        """Return what there is to choose from: pairs of value and label."""
        if field.ttype != "selection":
            return []
        return self._fields[field.name]._description_selection(self.env)

    @api.model
    def _complaint_form_value(self, field, text):
        """Return the value of a field as it was typed on the form.

        :param field: ir.model.fields, one that was added to the form
        :param str text: '' where nothing was typed
        :raises ValueError: where it is no such value
        """
        if field.ttype == "boolean":
            return bool(text)
        if not text:
            return False
        if field.ttype == "integer":
            # Python takes other digits too, and refuses to convert thousands of them
            value = int(text.replace(" ", "")[:20])
            if abs(value) > _GREATEST_INTEGER:
                raise ValueError(text)
            return value
        if field.ttype == "date":
            return fields.Date.to_date(text[:10])
        if field.ttype == "selection" and text not in dict(
            self._complaint_form_options(field)
        ):
            raise ValueError(text)
        return text

    def _complaint_form_values(self):
        """Return what was filled in, for the customer page: pairs of label and text."""
        self.ensure_one()
        shown = []
        for field in self._complaint_form_fields():
            value = self[field.name]
            if field.ttype == "boolean":
                value = self.env._("Yes") if value else self.env._("No")
            elif field.ttype == "selection":
                value = dict(self._complaint_form_options(field)).get(value)
            elif field.ttype == "date":
                value = self._complaint_day(value)
            elif field.ttype == "integer" and value:
                value = str(value)
            if value:
                shown.append((field.field_description, value))
        return shown
