"""base: links to complaints, in all models, show names to the readers of these only.

Odoo names what a record is linked to in sudo: whoever may read, or fill in, a form with
a link to a ticket could read the names of all complaints.
"""

from odoo import api, models

from ..core.constants import TICKET
from .names import hidden_among


class Base(models.AbstractModel):
    _inherit = "base"

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load)
        if load == "_classic_read":
            for name in self._complaint_ticket_links(fnames):
                hidden = self._complaint_hidden_behind(name)
                for values in result if hidden else ():
                    if values.get(name) and values[name][0] in hidden:
                        values[name] = (values[name][0], self._complaint_unnamed())
        return result

    def web_read(self, specification):
        result = super().web_read(specification)
        for name in self._complaint_ticket_links(specification):
            if "display_name" not in specification[name].get("fields", ()):
                continue
            hidden = self._complaint_hidden_behind(name)
            for values in result if hidden else ():
                if values[name] and values[name]["id"] in hidden:
                    values[name]["display_name"] = self._complaint_unnamed()
        return result

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        if not self._complaint_ticket_links([groupby_spec]):
            return formatter
        hidden = hidden_among(self.env[TICKET].union(*filter(None, values)))

        def formatter_link(value):
            label, domain = formatter(value)
            if label and label[0] in hidden:
                label = (label[0], self._complaint_unnamed())
            return label, domain

        return formatter_link

    @api.model
    def _complaint_ticket_links(self, names):
        """Return those of some fields that lead to a ticket; none for code in sudo."""
        if self.env.su:
            return []
        found = self._fields
        return [
            name
            for name in names
            if name in found
            and found[name].type == "many2one"
            and found[name].comodel_name == TICKET
        ]

    def _complaint_hidden_behind(self, name):
        """Return the ids of linked complaints that the user may not read.

        :param str name: of a field
        """
        # sudo: only where the link leads; access to that is checked next
        return hidden_among(self.sudo().mapped(name).sudo(False))

    @api.model
    def _complaint_unnamed(self):
        return self.env._("Another complaint")
