"""helpdesk.ticket, the customer's words: what is corrected stays to be read as it was.

A form, and what is taken down on the phone, is the only copy there is. Staff correct it,
and who wrote to us, but nothing that a customer told is lost by it.
"""

from markupsafe import Markup

from odoo import models
from odoo.tools import html2plaintext

# What customers tell, and which no tracking keeps.
_TOLD = (
    "name",
    "description",
    "complaint_remedy_sought",
    "partner_id",
    "partner_name",
    "partner_email",
    "complaint_phone",
)
_EXACT = {"partner_email", "complaint_phone"}


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    def _complaint_before_write(self, vals):
        before = super()._complaint_before_write(vals)
        names = [name for name in _TOLD if name in vals]
        if names:
            # sudo: for comparing; whoever may not write it is refused next
            before["told"] = {
                ticket.id: {name: ticket[name] for name in names if ticket[name]}
                for ticket in self.sudo()
                if ticket.is_complaint
            }
        return before

    def _complaint_written(self, vals, before):
        super()._complaint_written(vals, before)
        # sudo: a note of what stood there, by whoever may have changed it
        tickets = self.sudo().browse(before.get("told", ())).exists()
        notes = {
            ticket.id: note
            for ticket in tickets
            if (note := ticket._complaint_note_of_told(before["told"][ticket.id]))
        }
        if notes:
            tickets.browse(notes)._message_log_batch(bodies=notes)

    def _complaint_note_of_told(self, before):
        """Return a note with what is not to be read on the complaint any more, or ''.

        :param dict before: field name -> what it said
        """
        self.ensure_one()
        lost = Markup().join(
            Markup("<li><strong>%s</strong>: %s</li>")
            % (self._fields[name]._description_string(self.env), self._as_told(old))
            for name, old in before.items()
            if not self._complaint_is_told(name, old, self[name])
        )
        if not lost:
            return ""
        head = self.env._("Previous content of the fields that were changed:")
        return Markup("<p>%s</p><ul>%s</ul>") % (head, lost)

    def _as_told(self, value):
        if isinstance(value, models.BaseModel):
            return " ".join(filter(None, (value.display_name, value.email_formatted)))
        return value

    def _complaint_is_told(self, name, old, new):
        """Tell whether all that a field said is to be read in what it says now."""
        if isinstance(old, models.BaseModel):
            return old == new
        old, new = (
            " ".join((html2plaintext(v) if isinstance(v, Markup) else v or "").split())
            for v in (old, new)
        )
        # a number or an address that is part of another one is another one
        return old == new if name in _EXACT else old in new
