"""res.partner: finding customers with complaints, and their counts and names."""

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine import phone_numbers
from .customer_search import index_definition, name_index_definition, phone_domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_ids = fields.One2many(
        comodel_name="helpdesk.ticket",
        inverse_name="partner_id",
        string="Complaints",
        domain=[("is_complaint", "=", True)],
    )
    complaint_salutation = fields.Char(
        string="Salutation in Letters",
        translate=False,
        help="The name by which letters address this person after “Dear”, such as "
        "“Ms Weber”. If empty, the full name is used.",
    )

    complaint_no_rating = fields.Boolean(
        string="No Rating Requests",
        groups="base.group_user",
        help="This person is not asked by e-mail to rate the solution of a complaint.",
    )

    _complaint_phone_idx = models.Index(index_definition("phone"))

    _complaint_name_idx = models.Index(name_index_definition)

    @api.model
    def _search_display_name(self, operator, value):
        """Find a caller by phone number in any spelling, or by words in any order.

        Only where the context has ``complaint_find_customer``.
        """
        text = value.strip() if isinstance(value, str) else ""
        if (
            not text
            or operator != "ilike"
            or not self.env.context.get("complaint_find_customer")
        ):
            return super()._search_display_name(operator, value)
        found = Domain("ref", "=", text)
        if phone_numbers.is_number(text):
            return found | phone_domain(self, "phone", text)
        if "@" in text:
            return found | Domain("email_normalized", "like", text.lower())
        return found | Domain.AND(
            Domain("complete_name", "ilike", word) for word in text.split()
        )

    def action_view_complaints(self):
        """Open the complaints of this customer and of their whole company."""
        self.ensure_one()
        return self.env["helpdesk.ticket"]._complaint_list_action(
            [("commercial_partner_id", "=", self.commercial_partner_id.id)],
            context={"default_is_complaint": True, "default_partner_id": self.id},
        )

    def _complaint_as_body(self):
        """Return an ombudsman or ADR body as letters name it: name and contact lines.

        :return: str, empty for no contact
        """
        if not self:
            return ""
        self.ensure_one()
        address = self._display_address(without_company=True).splitlines()
        lines = (self.name, *address, self.phone, self.email, self.website)
        return "\n".join(line.strip() for line in lines if line and line.strip())
